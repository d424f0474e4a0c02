// This file implements the order that the race check knows of between warps and asynchronous
// engines: mbarriers, waits and commits.
#include "check/RaceState.h"

namespace azulejo::sim {

namespace {
MbarrierRace &mbarrierOf(Cta &owner, uint32_t address) {
  ClusterRace &scope = *owner.cluster->race;
  MbarrierRace &mbarrier = scope.mbarriers[uint64_t{owner.rank} << 32 | windowOffset(address)];
  if (mbarrier.actor == 0) {
    mbarrier.actor = scope.firstMbarrier() + uint32_t(scope.mbarrierOwners.size());
    scope.mbarrierOwners.push_back({owner.rank, 0});
  }
  return mbarrier;
}
} // namespace

void raceMbarrierInit(WarpContext &w, const Inst &i, unsigned lane, Cta &owner, uint32_t address) {
  Touch touch = warpTouch(w, i, true);
  touch.lane = lane;
  touch.tag |= kTagInit;
  touchShared(touch, owner, address, 2);
  MbarrierRace &mbarrier = mbarrierOf(owner, address);
  mbarrier.arriving = mbarrier.done = RaceView();
  mbarrier.initWarp = actorOf(w);
  mbarrier.initTime = clocksOf(w).epoch;
}

void raceMbarrierUse(WarpContext &w, const Inst &i, unsigned lane, Cta &owner, uint32_t address) {
  Touch touch = warpTouch(w, i, false);
  touch.lane = lane;
  touch.tag |= kTagStrong;
  touchShared(touch, owner, address, 2);
}

uint32_t raceMbarrierActor(const RaceLoad &load) {
  WarpContext &w = *load.warp;
  MbarrierRace &mbarrier = mbarrierOf(*load.mbarrierOwner, load.mbarrier);
  scopeOf(w).mbarrierOwners[mbarrier.actor - scopeOf(w).firstMbarrier()] = {w.cta->rank, w.index};
  activate(scopeOf(w), mbarrier.actor);
  const RaceView &view = clocksOf(w).view;
  bool isVisible = load.isGeneric || mbarrier.initTime <= timeOf(view.inits, mbarrier.initWarp) ||
                   mbarrier.initTime <= timeOf(view.proxy[kProxyShared], mbarrier.initWarp);
  if (isVisible ||
      w.worker->findings.countAgain("proxy", "mbarrier", load.inst->id, 0, w.cta->linear))
    return mbarrier.actor;
  Finding finding = makeFinding(w, *load.inst, load.lane, "proxy", "mbarrier");
  finding.address = load.mbarrier;
  finding.message =
      "no fence.mbarrier_init or fence.proxy.async lies between mbarrier.init and the "
      "asynchronous copy that arrives at shared address " +
      std::to_string(load.mbarrier);
  report(w, *load.inst, std::move(finding));
  return mbarrier.actor;
}

void raceMbarrierFence(WarpContext &w) {
  raiseClock(clocksOf(w).view.inits, actorOf(w), clocksOf(w).epoch);
  beginEpoch(w);
}

void raceMbarrierArrive(WarpContext &w, Cta &owner, uint32_t address, uint32_t lanes) {
  publishLanes(w, mbarrierOf(owner, address).arriving, lanes);
}

void raceMbarrierPhase(Cta &owner, uint32_t address) {
  MbarrierRace &mbarrier = mbarrierOf(owner, address);
  mbarrier.doneTime = ++owner.warps[0].worker->race->time;
  joinView(mbarrier.done, mbarrier.arriving);
  raiseClock(mbarrier.done.seen, mbarrier.actor, mbarrier.doneTime);
  mbarrier.arriving = RaceView();
}

void raceMbarrierWait(WarpContext &w, Cta &owner, uint32_t address) {
  acquire(w, mbarrierOf(owner, address).done);
}

std::shared_ptr<const RaceView> raceCommit(WarpContext &w, uint32_t operations) {
  auto view = std::make_shared<RaceView>();
  publish(w, *view);
  raiseClock(view->seen, actorOf(w, ClusterRace::kTensorReads), w.worker->race->time);
  raiseClock(view->seen, actorOf(w, ClusterRace::kTensorDone), operations);
  return view;
}

void raceCommitArrive(Cta &owner, uint32_t address, const RaceView &view) {
  joinView(mbarrierOf(owner, address).arriving, view);
}

void raceCopyWaited(WarpContext &w, uint32_t groupsDone) {
  WarpRace &clocks = clocksOf(w);
  bool isAny = false;
  for (; !clocks.copies.empty() && clocks.copies.front().first < groupsDone; isAny = true)
    clocks.copies.pop_front();
  if (!isAny)
    return;
  uint32_t seen = clocks.copies.empty() ? w.worker->race->time : clocks.copies.front().second - 1;
  raiseClock(clocks.view.seen, actorOf(w, ClusterRace::kCopies), seen);
  settle(w);
}

void raceCopyArrive(WarpContext &w, Cta &owner, uint32_t mbarrier) {
  RaceView &arriving = mbarrierOf(owner, mbarrier).arriving;
  publish(w, arriving);
  if (clocksOf(w).lastCopy != 0)
    raiseClock(arriving.seen, actorOf(w, ClusterRace::kCopies), clocksOf(w).lastCopy);
}

void raceStoreWaited(WarpContext &w, uint32_t groupsDone, bool isRead) {
  WarpRace &clocks = clocksOf(w);
  uint32_t seen = 0;
  for (const auto &[group, time] : clocks.stores)
    if (group < groupsDone)
      seen = std::max(seen, time);
  if (seen == 0)
    return;
  raiseClock(clocks.view.seen, actorOf(w, ClusterRace::kStoreReads), seen);
  if (!isRead) {
    raiseClock(clocks.view.seen, actorOf(w, ClusterRace::kStoreWrites), seen);
    while (!clocks.stores.empty() && clocks.stores.front().first < groupsDone)
      clocks.stores.pop_front();
  }
  settle(w);
}

void raceWgmmaWaited(WarpContext &w, uint64_t operationsDone) {
  CtaRace &state = raceOf(w);
  const std::deque<uint32_t> &times = state.wgmmaTimes[w.index / 4];
  uint64_t first = state.wgmmaFirst[w.index / 4];
  uint64_t last = std::min<uint64_t>(operationsDone, first + times.size());
  if (last <= first)
    return;
  size_t next = size_t(last - first);
  uint32_t seen = next < times.size() ? times[next] - 1 : w.worker->race->time;
  raiseClock(clocksOf(w).view.seen, actorOf(w, ClusterRace::kWgmma), seen);
  settle(w);
}

} // namespace azulejo::sim
