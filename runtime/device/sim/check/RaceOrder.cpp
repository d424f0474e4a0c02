// This file implements the order that the race check knows of among warps: barriers, and how views
// are handed on.
#include "check/RaceState.h"

namespace azulejo::sim {

void RaceDeleter::operator()(CtaRace *race) const { delete race; }
void RaceDeleter::operator()(ClusterRace *race) const { delete race; }
void RaceDeleter::operator()(WorkerRace *race) const { delete race; }

void settle(WarpContext &w) {
  ClusterRace &scope = scopeOf(w);
  WarpRace &clocks = clocksOf(w);
  uint32_t floor = kPending - 1;
  for (uint32_t actor = 0; actor < scope.isActive.size(); ++actor)
    if (scope.isActive[actor])
      floor = std::min(floor, timeOf(clocks.view.seen, actor));
  clocks.floor = floor;
}

void activate(ClusterRace &scope, uint32_t actor) {
  if (actor < scope.isActive.size() && scope.isActive[actor])
    return;
  if (actor >= scope.isActive.size())
    scope.isActive.resize(actor + 1);
  scope.isActive[actor] = true;
  for (CtaRace *cta : scope.members)
    for (WarpRace &warp : cta->warps)
      warp.floor = std::min(warp.floor, timeOf(warp.view.seen, actor));
}

void joinOthers(std::shared_ptr<const Knowledge> &to,
                const std::shared_ptr<const Knowledge> &from) {
  if (from == nullptr || to == from)
    return;
  if (to == nullptr) {
    to = from;
    return;
  }
  auto joined = std::make_shared<Knowledge>(*to);
  for (const auto &[scope, clock] : *from) {
    std::shared_ptr<const Clock> &mine = (*joined)[scope];
    if (mine == nullptr || mine == clock) {
      mine = clock;
      continue;
    }
    auto both = std::make_shared<Clock>(*mine);
    joinClock(*both, *clock);
    mine = both;
  }
  to = joined;
}

void beginEpoch(WarpContext &w) { clocksOf(w).epoch = tick(w); }

void joinView(RaceView &to, const RaceView &from) {
  joinClock(to.seen, from.seen);
  for (ProxySpace space : {kProxyShared, kProxyGlobal})
    joinClock(to.proxy[space], from.proxy[space]);
  joinClock(to.inits, from.inits);
  joinClock(to.fencedCta, from.fencedCta);
  joinClock(to.fencedGpu, from.fencedGpu);
  joinOthers(to.others, from.others);
  joinOthers(to.othersProxy, from.othersProxy);
  for (const auto &[lane, time] : from.lanes)
    to.lanes[lane] = std::max(to.lanes[lane], time);
}

void publishLanes(WarpContext &w, RaceView &to, uint32_t lanes) {
  if (lanes == w.live)
    return publish(w, to);
  WarpRace &clocks = clocksOf(w);
  joinView(to, clocks.view);
  for (uint32_t m = lanes; m != 0; m &= m - 1)
    to.lanes[{actorOf(w), uint32_t(__builtin_ctz(m))}] = clocks.epoch;
  beginEpoch(w);
}

void publish(WarpContext &w, RaceView &to) {
  WarpRace &clocks = clocksOf(w);
  joinView(to, clocks.view);
  raiseClock(to.seen, actorOf(w), clocks.epoch);
  beginEpoch(w);
}

void acquire(WarpContext &w, const RaceView &from) {
  joinView(clocksOf(w).view, from);
  settle(w);
}

namespace {
void takeOver(WarpContext &w, RaceView &found, bool &hasFound) {
  if (!hasFound)
    return;
  RaceView view = std::move(found);
  found = RaceView();
  hasFound = false;
  acquire(w, view);
}
} // namespace

void acquireFound(WarpContext &w, bool isFence) {
  WarpRace &clocks = clocksOf(w);
  takeOver(w, clocks.foundByAtomic, clocks.hasFoundByAtomic);
  if (isFence)
    takeOver(w, clocks.found, clocks.hasFound);
}

WorkerRace::WorkerRace(DeviceMemory &memory) : memory(memory), rows(isaTable().raceRows) {
  // Time runs on from launch to launch, so that the cells need not be cleared.
  if (memory.raceTime() > kPending / 2)
    memory.forgetRaces();
  time = start = memory.raceTime();
}

WorkerRace::~WorkerRace() { memory.setRaceTime(time); }

void RaceView::clear() {
  for (Clock *clock :
       {&seen, &proxy[kProxyShared], &proxy[kProxyGlobal], &inits, &fencedCta, &fencedGpu})
    clock->clear();
  lanes.clear();
  others = othersProxy = nullptr;
}

void WarpRace::clear() {
  for (RaceView *each : {&view, &found, &foundByAtomic})
    each->clear();
  epoch = floor = lastCopy = 0;
  fencedOthers = nullptr;
  hasFound = hasFoundByAtomic = false;
  copies.clear();
  stores.clear();
}

void ClusterRace::clear() {
  number = warps = 0;
  ctas = 1;
  isActive.clear();
  mbarrierOwners.clear();
  mbarriers.clear();
  variables.clear();
  members.clear();
  arriving.clear();
  passed.clear();
}

namespace {
void startCta(Cta &cta) {
  if (cta.race == nullptr)
    cta.race.reset(new CtaRace(*cta.warps[0].worker->race));
  CtaRace &state = *cta.race;
  const Worker &worker = *cta.warps[0].worker;
  state.cellCount = (worker.launch->sharedEnd + kSharedGap) / 4 + 4;
  state.cells.assign(state.cellCount * 9, 0);
  state.reads.clear();
  state.lastRead = state.lastWrite = 0;
  state.warps.resize(cta.warps.size());
  for (WarpRace &warp : state.warps)
    warp.clear();
  for (RaceView &view : state.barriers)
    view.clear();
  state.exited.clear();
  size_t groups = (cta.warps.size() + 3) / 4;
  state.wgmmaTimes.resize(groups);
  for (std::deque<uint32_t> &times : state.wgmmaTimes)
    times.clear();
  state.wgmmaFirst.assign(groups, 0);
  state.remote.clear();
  for (WarpContext &w : cta.warps) {
    beginEpoch(w);
    activate(scopeOf(w), actorOf(w));
  }
}
} // namespace

void raceStartCluster(Cluster &cluster) {
  const Cta &first = *cluster.ctas[0];
  Worker &worker = *first.warps[0].worker;
  if (worker.race == nullptr)
    worker.race.reset(new WorkerRace(*worker.launch->memory));
  if (cluster.race == nullptr)
    cluster.race.reset(new ClusterRace);
  cluster.race->clear();
  cluster.race->number = uint32_t(first.linear) + 1;
  cluster.race->warps = uint32_t(first.warps.size());
  cluster.race->ctas = uint32_t(cluster.ctas.size());
  for (const auto &cta : cluster.ctas) {
    startCta(*cta);
    cluster.race->members.push_back(cta->race.get());
  }
}

void raceBarrierArrive(WarpContext &w, unsigned id) {
  acquireFound(w, false);
  publish(w, raceOf(w).barriers[id]);
}

namespace {
// Whether all of the warp waits at the barrier.
bool isWhollyAt(const WarpContext &w, unsigned id) {
  uint32_t waiting = 0;
  for (const Group &group : w.others)
    if (group.state == GroupState::AtBarrier && group.barrier == id)
      waiting |= group.mask;
  return waiting != 0 && waiting == w.live;
}
} // namespace

// Warps that wait do nothing meanwhile: they have been seen up to now, and go on with one epoch. So
// the least time of all actors is close behind the barrier.
void raceBarrierPass(Cta &cta, unsigned id, bool isWholeCta) {
  CtaRace &state = *cta.race;
  RaceView &view = state.barriers[id];
  if (isWholeCta)
    joinView(view, state.exited);
  uint32_t now = tick(cta.warps[0]), next = tick(cta.warps[0]);
  for (WarpContext &w : cta.warps)
    if (isWhollyAt(w, id)) {
      raiseClock(view.seen, actorOf(w), now);
      clocksOf(w).epoch = next;
    } else if (w.live == 0 && isWholeCta) {
      raiseClock(view.seen, actorOf(w), now);
    }
}

void raceBarrierLeave(WarpContext &w, unsigned id) { acquire(w, raceOf(w).barriers[id]); }

void raceBarrierReset(Cta &cta, unsigned id) { cta.race->barriers[id].clear(); }

void raceWarpSync(WarpContext &w) {
  WarpRace &clocks = clocksOf(w);
  raiseClock(clocks.view.seen, actorOf(w), clocks.epoch);
  beginEpoch(w);
  settle(w);
}

void raceExit(WarpContext &w) { publish(w, raceOf(w).exited); }

namespace {
// Up to when the view has seen the actor, or some lane of it: which lane made an access of another
// CTA's memory is not kept.
uint32_t latestSeen(const RaceView &view, uint32_t actor) {
  uint32_t time = timeOf(view.seen, actor);
  for (const auto &[lane, seen] : view.lanes)
    if (lane.first == actor)
      time = std::max(time, seen);
  return time;
}
} // namespace

void raceCtaExit(WarpContext &w) {
  const CtaRace &state = raceOf(w);
  for (const auto &[actor, access] : state.remote) {
    if (access.first <= latestSeen(state.exited, actor))
      continue;
    Inst at;
    at.id = access.second;
    if (w.worker->findings.countAgain("race", "exit-before-access", at.id, 0, w.cta->linear))
      continue;
    Finding finding = makeFinding(w, at, 0, "race", "exit-before-access");
    finding.sites[0] = actorSite(w, at.id, actor, "access");
    finding.message = "the block that owns the shared memory, rank " + std::to_string(w.cta->rank) +
                      " of the cluster, may exit before this access: nothing orders them";
    w.worker->findings.add(at.id, 0, std::move(finding));
  }
}

void raceClusterArrive(WarpContext &w, bool releases) {
  acquireFound(w, false);
  // What fence.mbarrier_init has published goes with an arrival that does not release, too.
  if (releases)
    publish(w, scopeOf(w).arriving);
  else
    joinClock(scopeOf(w).arriving.inits, clocksOf(w).view.inits);
}

// Threads that have exited count as arrived.
void raceClusterPass(Cluster &cluster) {
  ClusterRace &state = *cluster.race;
  for (const CtaRace *cta : state.members)
    joinView(state.arriving, cta->exited);
  state.passed = std::move(state.arriving);
  state.arriving = RaceView();
}

void raceClusterLeave(WarpContext &w) { acquire(w, scopeOf(w).passed); }

const WarpClock &raceClock(WarpContext &w) { return clocksOf(w).view.seen; }
uint32_t raceActor(const WarpContext &w) {
  return w.cta->cluster->race->actor(w.cta->rank, w.index, ClusterRace::kWarp);
}
uint32_t raceEpoch(WarpContext &w) { return clocksOf(w).epoch; }
void raceBeginEpoch(WarpContext &w) { beginEpoch(w); }
WarpContext &raceWarp(const WarpContext &w, uint32_t actor) {
  const ClusterRace &scope = *w.cta->cluster->race;
  uint32_t rank = actor / (scope.warps * ClusterRace::kEngines);
  return w.cta->cluster->ctas[rank]->warps[actor % scope.warps];
}
uint32_t raceTensorEntry(const Cta &cta) {
  return cta.cluster->race->actor(cta.rank, 0, ClusterRace::kTensorDone);
}

} // namespace azulejo::sim
