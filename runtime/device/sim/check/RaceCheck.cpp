// This file implements the check for data races.
#include "check/RaceCheck.h"

#include "exec/Worker.h"

#include <algorithm>

namespace azulejo::sim {

namespace {
// Inst::flags of loads and stores: a strong access, which orders.
constexpr unsigned kStrong = 8;

CtaRace &stateOf(WarpContext &w) { return *w.cta->race; }

uint32_t &now(WarpContext &w) { return w.worker->race->time; }

// The warp's number in its cluster.
unsigned numberOf(const WarpContext &w) {
  return w.cta->rank * unsigned(w.cta->warps.size()) + w.index;
}

WarpClock &clockOf(WarpContext &w) { return stateOf(w).warps[w.index]; }

void join(WarpClock &to, const WarpClock &from) {
  if (to.size() < from.size())
    to.resize(from.size());
  for (size_t i = 0; i < from.size(); ++i)
    to[i] = std::max(to[i], from[i]);
}

// What others learn from the warp: all it has seen, and itself up to now.
WarpClock published(WarpContext &w) {
  WarpClock clock = clockOf(w);
  clock[numberOf(w)] = now(w);
  return clock;
}

bool isOrdered(WarpContext &w, const RaceEvent &event) {
  return event.time == 0 || event.warp == numberOf(w) || event.time <= clockOf(w)[event.warp];
}

bool conflicts(const RaceEvent &event, uint8_t bytes, bool isStrong) {
  return event.time != 0 && (event.bytes & bytes) != 0 && !(event.isStrong && isStrong);
}

const char *hazard(bool isWrite, bool otherIsWrite) {
  return isWrite ? (otherIsWrite ? "write-after-write" : "write-after-read") : "read-after-write";
}

std::string nameOf(WarpContext &w, uint64_t address, bool isGlobal, int64_t &offset) {
  const Launch &launch = *w.worker->launch;
  offset = 0;
  if (isGlobal) {
    int64_t index = launch.memory->find(address);
    if (index < 0)
      return "";
    offset = int64_t(address - launch.memory->allocation(index).base);
    return launch.memory->allocation(index).name;
  }
  std::string name;
  for (const SharedVariable &variable : launch.shared)
    if (variable.offset <= windowOffset(address)) {
      name = variable.name;
      offset = int64_t(windowOffset(address) - variable.offset);
    }
  return name;
}

FindingSite otherSite(WarpContext &w, const RaceEvent &event, const char *access, uint64_t cta) {
  Inst other;
  other.id = event.inst;
  FindingSite site = makeSite(w, other, 0, access);
  const Launch &launch = *w.worker->launch;
  site.warp = event.warp % uint32_t(w.cta->warps.size());
  uint32_t linear = site.warp * 32;
  site.thread[0] = linear % launch.block.x;
  site.thread[1] = linear / launch.block.x % launch.block.y;
  site.thread[2] = linear / launch.block.x / launch.block.y;
  site.block[0] = uint32_t(cta % launch.grid.x);
  site.block[1] = uint32_t(cta / launch.grid.x % launch.grid.y);
  site.block[2] = uint32_t(cta / launch.grid.x / launch.grid.y);
  return site;
}

void reportRace(WarpContext &w, const Inst &i, unsigned lane, uint64_t address, bool isGlobal,
                bool isWrite, const RaceEvent &other, bool otherIsWrite, uint64_t otherCta,
                const char *detail) {
  const char *kind = hazard(isWrite, otherIsWrite);
  Worker &worker = *w.worker;
  if (worker.findings.countAgain("race", kind, i.id, other.inst + 1, w.cta->linear))
    return;
  Finding finding = makeFinding(w, i, lane, "race", kind);
  finding.sites[0].access = isWrite ? "write" : "read";
  finding.address = address;
  finding.buffer = nameOf(w, address, isGlobal, finding.offset);
  finding.message = std::string(kind) + " hazard on " + (isGlobal ? "global" : "shared") + " '" +
                    finding.buffer + "' +" + std::to_string(finding.offset) + ": " + detail;
  finding.sites.push_back(otherSite(w, other, otherIsWrite ? "write" : "read", otherCta));
  worker.findings.add(i.id, other.inst + 1, std::move(finding));
}

constexpr const char *kNoOrder = "nothing orders the two accesses";

void keepRead(RaceEvent (&reads)[2], const RaceEvent &event) {
  if (reads[0].time != 0 && reads[0].warp != event.warp)
    reads[1] = reads[0];
  reads[0] = event;
}

// The CTA of the cluster that has the warp of that number.
const Cta &ctaOf(WarpContext &w, unsigned number) {
  return *w.cta->cluster->ctas[number / w.cta->warps.size()];
}

SharedCell &sharedCell(Cta &owner, uint64_t address) {
  return owner.race->cells[windowOffset(address) >> 2];
}

void touchShared(WarpContext &w, const Inst &i, unsigned lane, uint64_t offset,
                 const RaceEvent &event, bool isWrite, Cta &owner) {
  SharedCell &cell = sharedCell(owner, offset);
  if (w.cta != &owner)
    owner.race->remote[numberOf(w)] = event;
  auto ctaNumber = [&](const RaceEvent &other) { return ctaOf(w, other.warp).linear; };
  if (cell.isPending) {
    reportRace(w, i, lane, offset, false, isWrite, cell.write, true, ctaNumber(cell.write),
               "an asynchronous copy into it has not been waited for");
    cell.isPending = false;
  } else if (conflicts(cell.write, event.bytes, event.isStrong) && !isOrdered(w, cell.write)) {
    reportRace(w, i, lane, offset, false, isWrite, cell.write, true, ctaNumber(cell.write),
               kNoOrder);
  }
  if (!isWrite)
    return keepRead(cell.reads, event);
  for (const RaceEvent &read : cell.reads)
    if (conflicts(read, event.bytes, event.isStrong) && !isOrdered(w, read))
      reportRace(w, i, lane, offset, false, true, read, false, ctaNumber(read), kNoOrder);
  cell.write = event;
}

// Accesses of different CTAs are unordered unless the earlier CTA made a strong access after its
// own, and the later one a strong access before its own.
bool areOrdered(WarpContext &w, const RaceEvent &event, uint32_t cta) {
  uint64_t other = uint64_t(cta) - 1;
  bool isSameCluster = ctaOf(w, event.warp).linear == other;
  if (other == w.cta->linear || (isSameCluster && isOrdered(w, event)))
    return isOrdered(w, event);
  const auto &releases = w.worker->race->releases;
  auto it = releases.find(other);
  return it != releases.end() && it->second >= event.time && stateOf(w).lastStrong >= event.time;
}

void touchGlobal(WarpContext &w, const Inst &i, unsigned lane, uint64_t address,
                 const RaceEvent &event, bool isWrite) {
  const Launch &launch = *w.worker->launch;
  GlobalCell &cell =
      *reinterpret_cast<GlobalCell *>(launch.memory->raceShadow(address & ~uint64_t{3}));
  if (cell.launch != uint32_t(launch.gridId)) {
    cell = GlobalCell();
    cell.launch = uint32_t(launch.gridId);
  }
  uint32_t cta = uint32_t(w.cta->linear) + 1;
  if (conflicts(cell.write, event.bytes, event.isStrong) &&
      !areOrdered(w, cell.write, cell.writeCta))
    reportRace(w, i, lane, address, true, isWrite, cell.write, true, cell.writeCta - 1, kNoOrder);
  if (isWrite) {
    for (unsigned r = 0; r < 2; ++r)
      if (conflicts(cell.reads[r], event.bytes, event.isStrong) &&
          !areOrdered(w, cell.reads[r], cell.readCta[r]))
        reportRace(w, i, lane, address, true, true, cell.reads[r], false, cell.readCta[r] - 1,
                   kNoOrder);
    cell.write = event;
    cell.writeCta = cta;
    return;
  }
  if (cell.reads[0].time != 0 && (cell.reads[0].warp != event.warp || cell.readCta[0] != cta)) {
    cell.reads[1] = cell.reads[0];
    cell.readCta[1] = cell.readCta[0];
  }
  cell.reads[0] = event;
  cell.readCta[0] = cta;
}

RaceEvent makeEvent(WarpContext &w, const Inst &i, bool isStrong) {
  RaceEvent event;
  event.time = now(w);
  event.inst = i.id;
  event.warp = uint8_t(numberOf(w));
  event.isStrong = isStrong;
  return event;
}

// Calls fn(cell address, bytes of the cell) for every cell of an access.
template <typename Fn> void forCells(uint64_t address, unsigned bytes, Fn fn) {
  if (bytes < 4) {
    fn(address, uint8_t(((1u << bytes) - 1) << (address & 3)));
    return;
  }
  for (unsigned at = 0; at < bytes; at += 4)
    fn(address + at, uint8_t(15));
}

// Strong accesses to one address order each other and what is around them.
void orderStrong(WarpContext &w, uint32_t mask, const uint64_t *addresses, bool isGlobal) {
  CtaRace &state = stateOf(w);
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    WarpClock &variable = w.cta->cluster->race->variables[addresses[__builtin_ctz(m)]];
    join(clockOf(w), variable);
    join(variable, published(w));
  }
  if (isGlobal) {
    state.lastStrong = now(w);
    w.worker->race->releases[w.cta->linear] = now(w);
  }
}
} // namespace

namespace {
void startCta(Cta &cta, size_t clusterWarps) {
  if (cta.race == nullptr)
    cta.race = std::make_unique<CtaRace>();
  CtaRace &state = *cta.race;
  uint32_t sharedEnd = cta.warps[0].worker->launch->sharedEnd;
  state.cells.assign((sharedEnd + 4) / 4 + 4, SharedCell());
  state.warps.assign(cta.warps.size(), WarpClock(clusterWarps));
  for (WarpClock &clock : state.barriers)
    clock.clear();
  state.exited.clear();
  state.lastStrong = 0;
  state.remote.assign(clusterWarps, RaceEvent());
}
} // namespace

void raceStartCluster(Cluster &cluster) {
  const Cta &first = *cluster.ctas[0];
  Worker &worker = *first.warps[0].worker;
  if (worker.race == nullptr)
    worker.race = std::make_unique<WorkerRace>();
  cluster.race = std::make_unique<ClusterRace>();
  for (const auto &cta : cluster.ctas)
    startCta(*cta, cluster.ctas.size() * first.warps.size());
}

void raceAccess(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                unsigned bytes, Access access, Cta *owner) {
  bool isStrong = access == Access::Atomic || (i.flags & kStrong) != 0;
  bool isWrite = access != Access::Load;
  ++now(w);
  if (isStrong)
    orderStrong(w, mask, addresses, owner == nullptr);
  RaceEvent event = makeEvent(w, i, isStrong);
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    forCells(addresses[lane], bytes, [&](uint64_t at, uint8_t which) {
      event.bytes = which;
      if (owner == nullptr)
        touchGlobal(w, i, lane, at, event, isWrite);
      else
        touchShared(w, i, lane, at, event, isWrite, *owner);
    });
  }
}

void raceRange(WarpContext &w, const Inst &i, unsigned lane, uint64_t address, unsigned bytes,
               bool isWrite, Cta *owner) {
  ++now(w);
  RaceEvent event = makeEvent(w, i, false);
  event.bytes = 15;
  for (uint64_t at = address & ~uint64_t{3}; at < address + bytes; at += 4) {
    if (owner == nullptr)
      touchGlobal(w, i, lane, at, event, isWrite);
    else
      touchShared(w, i, lane, at, event, isWrite, *owner);
  }
}

void raceCopyIssued(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *offsets,
                    unsigned bytes) {
  raceAccess(w, i, mask, offsets, bytes, Access::Store, w.cta);
  for (uint32_t m = mask; m != 0; m &= m - 1)
    forCells(offsets[__builtin_ctz(m)], bytes,
             [&](uint64_t at, uint8_t) { sharedCell(*w.cta, at).isPending = true; });
}

void raceCopyDone(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *offsets,
                  unsigned bytes) {
  for (uint32_t m = mask; m != 0; m &= m - 1)
    forCells(offsets[__builtin_ctz(m)], bytes,
             [&](uint64_t at, uint8_t) { sharedCell(*w.cta, at).isPending = false; });
  raceAccess(w, i, mask, offsets, bytes, Access::Store, w.cta);
}

void raceBarrierArrive(WarpContext &w, unsigned id) { join(stateOf(w).barriers[id], published(w)); }

void raceBarrierLeave(WarpContext &w, unsigned id, bool isWholeCta) {
  CtaRace &state = stateOf(w);
  join(clockOf(w), state.barriers[id]);
  if (isWholeCta)
    join(clockOf(w), state.exited);
}

void raceExit(WarpContext &w) { join(stateOf(w).exited, published(w)); }

void raceCtaExit(WarpContext &w) {
  const CtaRace &state = stateOf(w);
  for (const RaceEvent &event : state.remote) {
    uint32_t seen = event.warp < state.exited.size() ? state.exited[event.warp] : 0;
    if (event.time <= seen)
      continue;
    Inst at;
    at.id = event.inst;
    if (w.worker->findings.countAgain("race", "exit-before-access", at.id, 0, w.cta->linear))
      continue;
    Finding finding = makeFinding(w, at, 0, "race", "exit-before-access");
    finding.sites[0] = otherSite(w, event, "access", ctaOf(w, event.warp).linear);
    finding.message = "the block that owns the shared memory, rank " + std::to_string(w.cta->rank) +
                      " of the cluster, may exit before this access: nothing orders them";
    w.worker->findings.add(at.id, 0, std::move(finding));
  }
}

void raceClusterArrive(WarpContext &w, bool releases) {
  if (releases)
    join(w.cta->cluster->race->arriving, published(w));
}

// Threads that have exited count as arrived.
void raceClusterPass(Cluster &cluster) {
  ClusterRace &state = *cluster.race;
  for (const auto &cta : cluster.ctas)
    join(state.arriving, cta->race->exited);
  state.passed = std::move(state.arriving);
  state.arriving.clear();
}

void raceClusterLeave(WarpContext &w) { join(clockOf(w), w.cta->cluster->race->passed); }

void raceRelease(WarpContext &w, uint64_t object) {
  join(w.cta->cluster->race->variables[object], published(w));
}

WarpClock racePublished(WarpContext &w) { return published(w); }

void raceReleaseClock(Cta &cta, uint64_t object, const WarpClock &clock) {
  join(cta.cluster->race->variables[object], clock);
}

void raceAcquire(WarpContext &w, uint64_t object) {
  const auto &variables = w.cta->cluster->race->variables;
  auto it = variables.find(object);
  if (it != variables.end())
    join(clockOf(w), it->second);
}

} // namespace azulejo::sim
