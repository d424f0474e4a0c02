// This file implements which group of lanes of a warp runs next.
#include "exec/Handlers.h"
#include "exec/RunState.h"

namespace azulejo::sim {

namespace {
// Joins groups that are at the same place and may go on together.
void mergeGroups(WarpContext &w) {
  auto joinable = [](const Group &g) {
    return g.state == GroupState::Ready || g.state == GroupState::AtWarpSync;
  };
  for (size_t a = 0; a < w.others.size(); ++a)
    for (size_t b = a + 1; b < w.others.size();) {
      if (w.others[a].pc != w.others[b].pc || !joinable(w.others[a]) || !joinable(w.others[b])) {
        ++b;
        continue;
      }
      w.others[a].mask |= w.others[b].mask;
      w.others[a].syncMask |= w.others[b].syncMask;
      // What has not arrived by itself arrives now.
      if (w.others[b].state == GroupState::Ready)
        w.others[a].state = GroupState::Ready;
      w.others.erase(w.others.begin() + static_cast<long>(b));
    }
}

// bar.warp.sync may be reached from different places: it is passed when all its lanes wait at one.
void releaseWarpBarriers(WarpContext &w) {
  for (size_t a = 0; a < w.others.size(); ++a) {
    const Group &first = w.others[a];
    if (first.state != GroupState::AtWarpSync || w.kernel->code[first.pc].fn != warpBarrier)
      continue;
    uint32_t arrived = 0, wanted = first.syncMask;
    auto waitsToo = [&](const Group &g) {
      return g.state == GroupState::AtWarpSync && g.syncMask == wanted &&
             w.kernel->code[g.pc].fn == warpBarrier;
    };
    for (const Group &g : w.others)
      if (waitsToo(g))
        arrived |= g.mask;
    if ((wanted & w.live & ~arrived) != 0)
      continue;
    for (Group &g : w.others)
      if (waitsToo(g)) {
        g.state = GroupState::Ready;
        g.pc += 1;
        g.syncMask = 0;
      }
    if (w.worker->checks & kCheckRace)
      raceWarpSync(w);
  }
}
} // namespace

bool pickGroup(WarpContext &w, uint32_t after) {
  if (w.others.size() > 1) {
    mergeGroups(w);
    releaseWarpBarriers(w);
  } else if (w.others.size() == 1) {
    releaseWarpBarriers(w);
  }
  size_t best = w.others.size(), behind = w.others.size();
  for (size_t g = 0; g < w.others.size(); ++g) {
    if (!isEligible(w, w.others[g]))
      continue;
    if (best == w.others.size() || w.others[g].pc < w.others[best].pc)
      best = g;
    if (w.others[g].pc > after &&
        (behind == w.others.size() || w.others[g].pc < w.others[behind].pc))
      behind = g;
  }
  if (after != ptx::kNone && behind != w.others.size())
    best = behind;
  // Lanes that wait at an aligned barrier for others of the warp, which will not come.
  for (size_t g = 0; best == w.others.size() && g < w.others.size(); ++g)
    if (w.others[g].state == GroupState::AtWarpSync &&
        w.kernel->code[w.others[g].pc].flow == Flow::Barrier)
      best = g;
  if (best == w.others.size())
    return false;
  w.current = w.others[best];
  w.current.state = GroupState::Ready;
  w.others.erase(w.others.begin() + static_cast<long>(best));
  return true;
}

} // namespace azulejo::sim
