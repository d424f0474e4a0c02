// This file declares the parts of scheduling that the files of exec/ share.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_RUNSTATE_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_RUNSTATE_H

#include "exec/Worker.h"

namespace azulejo::sim {

// Runs a warp until it is blocked, yields or ends.
Stop runWarp(WarpContext &w);

// Whether the group may run now.
inline bool isEligible(const WarpContext &w, const Group &group) {
  return group.state == GroupState::Ready ||
         (group.state == GroupState::AtWarpSync && (group.syncMask & w.live & ~group.mask) == 0);
}

// WarpMasks.cpp: those of `lanes` whose membership mask is `named`; a lane that its own mask does
// not name; lanes whose masks contradict each other, so that they would wait for ever: ends the
// CTA.
uint32_t lanesNaming(WarpContext &w, const Inst &i, uint32_t lanes, uint32_t named);
void reportMask(WarpContext &w, const Inst &i, unsigned lane, uint32_t named);
void failContradiction(WarpContext &w, const Inst &i, uint32_t lanes);

// Takes the group to run next out of `others`: the one of lowest program counter; after a group has
// spun at `after`, the one behind it. Returns false if none may run. kNone: no group has spun.
bool pickGroup(WarpContext &w, uint32_t after);

// The lanes of `group`, parked at barrier instruction `i`, arrive; whoever waits is released when
// all have. Returns false where the CTA cannot go on.
bool arriveAtBarrier(WarpContext &w, const Inst &i, uint32_t lanes, Group &group);

// The lanes end; barriers that only waited for them are passed.
void lanesExit(WarpContext &w, uint32_t lanes);

// barrier.cluster.arrive of `lanes`.
void arriveAtCluster(WarpContext &w, const Inst &i, uint32_t lanes);
// The lanes of `group`, parked at barrier.cluster.wait, go on if all threads of the cluster have
// arrived. Returns false where the CTA cannot go on.
bool waitForCluster(WarpContext &w, const Inst &i, Group &group);
// Passes the cluster's barrier if only the lanes that have just ended were missing.
void clusterLanesExit(WarpContext &w);

// Reports that no warp of the cluster can run, with the place of every group.
void reportDeadlock(Cluster &cluster);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_RUNSTATE_H
