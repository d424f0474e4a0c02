// This file implements the scheduling of the CTAs of a cluster, the cluster's barrier, and the
// report of a deadlock.
#include "exec/AsyncState.h"
#include "exec/RunState.h"

#include <cstdio>

namespace azulejo::sim {

namespace {
void failCluster(WarpContext &w, const Inst &i, uint32_t lanes, const char *kind,
                 const std::string &message) {
  Finding finding = makeFinding(w, i, unsigned(__builtin_ctz(lanes)), "sync", kind);
  finding.message = message;
  report(w, i, std::move(finding));
  w.cta->failed = true;
}

// barrier.cluster with .aligned is executed by the whole warp together.
void checkAligned(WarpContext &w, const Inst &i, uint32_t lanes) {
  if (!(i.flags & 1) || lanes == w.live || !(w.worker->checks & kCheckSync))
    return;
  Finding finding = makeFinding(w, i, unsigned(__builtin_ctz(lanes)), "sync", "divergent-barrier");
  finding.message = "an aligned cluster barrier is executed by " +
                    std::to_string(__builtin_popcount(lanes)) + " of the " +
                    std::to_string(__builtin_popcount(w.live)) +
                    " threads of the warp; all must execute it together";
  report(w, i, std::move(finding));
}

void passGroup(WarpContext &w, Group &group) {
  w.clusterPassed &= ~group.mask;
  if (w.worker->checks & kCheckRace)
    raceClusterLeave(w);
  group.state = GroupState::Ready;
  group.pc += 1;
}

// Ends the barrier's phase when all threads that have not exited have arrived.
void passIfComplete(Cluster &cluster) {
  for (const auto &cta : cluster.ctas)
    for (const WarpContext &w : cta->warps)
      if ((w.live & ~w.clusterArrived) != 0)
        return;
  if (cluster.race != nullptr)
    raceClusterPass(cluster);
  for (const auto &cta : cluster.ctas) {
    ++cta->progress;
    for (WarpContext &w : cta->warps) {
      w.clusterPassed |= w.clusterArrived;
      w.clusterArrived = 0;
      for (Group &group : w.others)
        if (group.state == GroupState::AtClusterBarrier && (group.mask & ~w.clusterPassed) == 0)
          passGroup(w, group);
    }
  }
}
} // namespace

void arriveAtCluster(WarpContext &w, const Inst &i, uint32_t lanes) {
  checkAligned(w, i, lanes);
  if (uint32_t twice = lanes & (w.clusterArrived | w.clusterPassed))
    return failCluster(w, i, twice, "cluster-barrier",
                       "barrier.cluster.arrive twice without a barrier.cluster.wait between");
  w.clusterArrived |= lanes;
  ++w.cta->progress;
  if (w.worker->checks & kCheckRace)
    raceClusterArrive(w, i.flags & 8);
  passIfComplete(*w.cta->cluster);
}

bool waitForCluster(WarpContext &w, const Inst &i, Group &group) {
  checkAligned(w, i, group.mask);
  if (uint32_t early = group.mask & ~(w.clusterArrived | w.clusterPassed)) {
    failCluster(w, i, early, "cluster-barrier",
                "barrier.cluster.wait without a barrier.cluster.arrive before");
    return false;
  }
  if ((group.mask & ~w.clusterPassed) == 0)
    passGroup(w, group);
  return true;
}

void clusterLanesExit(WarpContext &w) {
  w.clusterArrived &= w.live;
  w.clusterPassed &= w.live;
  bool isUsed = false;
  for (const auto &cta : w.cta->cluster->ctas)
    for (const WarpContext &other : cta->warps)
      isUsed |= other.clusterArrived != 0;
  if (isUsed)
    passIfComplete(*w.cta->cluster);
}

Cta *ownerOf(WarpContext &w, uint64_t sharedAddress) {
  const auto &ctas = w.cta->cluster->ctas;
  uint64_t rank = sharedAddress >> kRankShift;
  return rank < ctas.size() ? ctas[rank].get() : nullptr;
}

namespace {
// What a round over the warps of a cluster came to.
struct Round {
  bool allWait = true; // every warp is blocked, or looked for something that is not there yet
  bool ran = false, yieldedOnly = true, alive = false, failed = false;
  uint64_t progress = 0;
};

bool isRandom(const Worker &worker) { return worker.launch->asyncMode == kRandom; }

void runRound(Cta &cta, Worker &worker, Round &round) {
  if (isRandom(worker))
    worker.random.shuffleLast(cta.order, cta.order.size());
  for (uint32_t index : cta.order) {
    WarpContext &w = cta.warps[index];
    if (w.live == 0)
      continue;
    round.alive = true;
    uint64_t before = w.runs;
    Stop stop = runWarp(w);
    if (cta.failed || worker.stop) {
      round.failed = true;
      return;
    }
    bool hasRun = w.runs != before;
    round.ran |= hasRun;
    // A warp that stands at a barrier waits for those that spin.
    round.yieldedOnly &= stop == Stop::Yielded || !hasRun;
    round.allWait &= stop == Stop::Blocked || (stop == Stop::Yielded && w.waitFailed);
  }
}

bool anyFailed(const Cluster &cluster) {
  for (const auto &cta : cluster.ctas)
    if (cta->failed)
      return true;
  return false;
}
} // namespace

ClusterStop runCluster(Cluster &cluster, Worker &worker) {
  // Rounds in which every warp that could run only spun.
  const unsigned mostSpinning = isRandom(worker) ? 2 : 16;
  // Rounds after which waits that all fail, while nothing changes, are a deadlock.
  constexpr unsigned kDeadRounds = 1000;
  for (unsigned spinning = 0;;) {
    Round round;
    if (isRandom(worker))
      worker.random.shuffleLast(cluster.order, cluster.order.size());
    for (uint32_t rank : cluster.order) {
      runRound(*cluster.ctas[rank], worker, round);
      if (round.failed || anyFailed(cluster))
        return ClusterStop::Failed;
    }
    if (!round.alive)
      return ClusterStop::Done;
    for (const auto &cta : cluster.ctas)
      round.progress += cta->progress;
    // Kept in the cluster, which may be set aside and taken up again in between.
    bool isDead = round.allWait && round.progress == cluster.seenProgress;
    cluster.deadRounds = isDead ? cluster.deadRounds + 1 : 0;
    cluster.seenProgress = round.progress;
    bool isStuck = cluster.deadRounds > kDeadRounds;
    if (!round.ran || (isStuck && !worker.launch->kernel->isOrdered)) {
      reportDeadlock(cluster);
      return ClusterStop::Failed;
    }
    if (worker.handsOver) {
      worker.handsOver = false;
      return ClusterStop::HandedOver;
    }
    spinning = round.yieldedOnly ? spinning + 1 : 0;
    if (isStuck || spinning >= mostSpinning)
      return isStuck ? ClusterStop::Stuck : ClusterStop::Spinning;
    if (isRandom(worker) && worker.random.draw() % 4 == 0)
      return ClusterStop::HandedOver;
  }
}

namespace {
std::string describeCta(const Cta &cta) {
  return "block (" + std::to_string(cta.id[0]) + "," + std::to_string(cta.id[1]) + "," +
         std::to_string(cta.id[2]) + ") ";
}

// The group's instruction. A wait that failed has put the group behind it, where a fall into the
// next block is no instruction of the program.
const Inst &placeOf(const WarpContext &w, const Group &group) {
  uint32_t pc = group.pc;
  while (pc > 0 && w.kernel->info[w.kernel->code[pc].id].source == nullptr)
    --pc;
  return w.kernel->code[pc];
}

std::string describeGroup(const WarpContext &w, const Group &group) {
  const ptx::Instruction *source = w.kernel->info[placeOf(w, group).id].source;
  char mask[16];
  snprintf(mask, sizeof(mask), "0x%08x", group.mask);
  std::string text = w.cta->cluster->ctas.size() > 1 ? describeCta(*w.cta) : "";
  text += "warp " + std::to_string(w.index) + " lanes " + mask;
  if (source != nullptr)
    text += " at line " + std::to_string(source->line) + " '" + lineOf(*source) + "'";
  if (group.state == GroupState::AtBarrier) {
    const Barrier &barrier = w.cta->barriers[group.barrier];
    text += ", barrier " + std::to_string(group.barrier) + " has " +
            std::to_string(barrier.arrived) + " of " +
            std::to_string(barrier.isWholeCta ? w.cta->liveThreads : barrier.expected);
  }
  return text;
}

// The mbarriers whose phase lacks something.
std::string describeMbarriers(const Cta &cta) {
  std::string text;
  if (cta.async == nullptr)
    return text;
  for (const auto &[address, object] : cta.async->mbarriers.objects()) {
    if (object.pending == object.expected && object.tx == 0)
      continue;
    char place[16];
    snprintf(place, sizeof(place), "0x%x", address);
    text += "; " + (cta.cluster->ctas.size() > 1 ? describeCta(cta) : std::string()) +
            "mbarrier at shared address " + place + " is in phase " + std::to_string(object.phase) +
            " and lacks " + std::to_string(object.pending) + " of " +
            std::to_string(object.expected) + " arrivals and " + std::to_string(object.tx) +
            " bytes, with " + std::to_string(bytesUnderWay(cta, address)) + " bytes under way";
  }
  return text;
}
} // namespace

void reportDeadlock(Cluster &cluster) {
  WarpContext *first = nullptr;
  std::string places;
  for (const auto &cta : cluster.ctas) {
    cta->failed = true;
    for (WarpContext &w : cta->warps)
      for (const Group &group : w.others) {
        if (first == nullptr) {
          first = &w;
          w.current = group;
        }
        places += "; " + describeGroup(w, group);
      }
  }
  if (first == nullptr)
    return;
  for (const auto &cta : cluster.ctas)
    places += describeMbarriers(*cta);
  const Inst &i = placeOf(*first, first->current);
  Finding finding =
      makeFinding(*first, i, unsigned(__builtin_ctz(first->current.mask)), "sync", "deadlock");
  finding.message = std::string("deadlock: no thread of the ") +
                    (cluster.ctas.size() > 1 ? "cluster" : "CTA") + " can go on" + places;
  report(*first, i, std::move(finding));
}

} // namespace azulejo::sim
