// This file implements the order that the race check knows of by fences and strong accesses, also
// between clusters.
#include "check/RaceState.h"

namespace azulejo::sim {

void raceFence(WarpContext &w, bool isCtaScope) {
  acquireFound(w, true);
  WarpRace &clocks = clocksOf(w);
  auto fence = [&](Clock &fenced) {
    joinClock(fenced, clocks.view.seen);
    raiseClock(fenced, actorOf(w), clocks.epoch);
  };
  fence(clocks.view.fencedCta);
  if (!isCtaScope) {
    fence(clocks.view.fencedGpu);
    clocks.fencedOthers = clocks.view.others;
  }
  beginEpoch(w);
}

void raceProxyFence(WarpContext &w, bool isShared, bool isGlobal) {
  RaceView &view = clocksOf(w).view;
  auto fence = [&](Clock &fenced) {
    joinClock(fenced, view.seen);
    raiseClock(fenced, actorOf(w), clocksOf(w).epoch);
  };
  if (isShared)
    fence(view.proxy[kProxyShared]);
  if (isGlobal) {
    fence(view.proxy[kProxyGlobal]);
    joinOthers(view.othersProxy, view.others);
  }
  beginEpoch(w);
}

namespace {
// Other clusters see a clock of this one as knowledge.
void joinKnowledge(std::shared_ptr<const Knowledge> &to, WarpContext &w, const Clock &mine,
                   const std::shared_ptr<const Knowledge> &others) {
  auto knowledge = std::make_shared<Knowledge>();
  (*knowledge)[scopeOf(w).number] = std::make_shared<Clock>(mine);
  joinOthers(to, others);
  joinOthers(to, knowledge);
}

void joinGlobal(RaceView &to, WarpContext &w, const Clock &seen,
                const std::shared_ptr<const Knowledge> &others) {
  const RaceView &view = clocksOf(w).view;
  joinKnowledge(to.others, w, seen, others);
  joinKnowledge(to.othersProxy, w, view.proxy[kProxyGlobal], view.othersProxy);
}

// What others know of the warp's own cluster.
Clock ownIn(WarpContext &w, const std::shared_ptr<const Knowledge> &others) {
  if (others == nullptr)
    return {};
  auto it = others->find(scopeOf(w).number);
  return it != others->end() ? *it->second : Clock();
}

RaceView fromGlobal(WarpContext &w, const RaceView &from) {
  RaceView view;
  view.others = from.others;
  view.othersProxy = from.othersProxy;
  view.seen = ownIn(w, from.others);
  view.proxy[kProxyGlobal] = ownIn(w, from.othersProxy);
  return view;
}

void find(WarpContext &w, const RaceView &view, bool acquires, bool isAtomic) {
  if (view.seen.empty() && view.others == nullptr)
    return;
  if (acquires)
    return acquire(w, view);
  WarpRace &clocks = clocksOf(w);
  joinView(isAtomic ? clocks.foundByAtomic : clocks.found, view);
  (isAtomic ? clocks.hasFoundByAtomic : clocks.hasFound) = true;
}

// What a strong write hands on: all of the warp's clock where it releases, else what was fenced.
void release(WarpContext &w, const Inst &i, Variable &local, Variable *wide) {
  WarpRace &clocks = clocksOf(w);
  if (!(i.flags & kReleases)) {
    joinClock(local.view.seen, clocks.view.fencedCta);
    for (ProxySpace space : {kProxyShared, kProxyGlobal})
      joinClock(local.view.proxy[space], clocks.view.proxy[space]);
    joinClock(local.view.inits, clocks.view.inits);
    if (wide != nullptr && !clocks.view.fencedGpu.empty())
      joinGlobal(wide->view, w, clocks.view.fencedGpu, clocks.fencedOthers);
    return;
  }
  joinView(local.view, clocks.view);
  raiseClock(local.view.seen, actorOf(w), clocks.epoch);
  if (wide == nullptr || (i.flags & kCtaScope) != 0)
    return;
  Clock seen = clocks.view.seen;
  raiseClock(seen, actorOf(w), clocks.epoch);
  joinGlobal(wide->view, w, seen, clocks.view.others);
}
} // namespace

// A strong write releases what it says, or what fences published; a strong read takes over what it
// finds, at once or with the next fence.
void raceStrong(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                bool isGlobal, Access access) {
  bool acquires = (i.flags & kAcquires) != 0, isNarrow = (i.flags & kCtaScope) != 0;
  bool isAtomic = access == Access::Atomic;
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    uint64_t address = addresses[__builtin_ctz(m)];
    Variable &local = scopeOf(w).variables[address];
    Variable *wide = isGlobal ? &w.worker->race->variables[address] : nullptr;
    if (access != Access::Store) {
      find(w, local.view, acquires, isAtomic);
      local.acquired[scopeOf(w).number] = tick(w);
      if (wide != nullptr) {
        find(w, fromGlobal(w, wide->view), acquires && !isNarrow, isAtomic);
        wide->acquired[scopeOf(w).number] = tick(w);
      }
    }
    if (access != Access::Load)
      release(w, i, local, wide);
  }
  if (access != Access::Load)
    beginEpoch(w);
}

} // namespace azulejo::sim
