// This file declares the check for data races in shared and global memory: what the executor tells
// it about accesses and about order.
//
// It is FastTrack in kind. Actors are warps and asynchronous engines: the copies of a warp, the
// tensor cores of a warpgroup, the loads that arrive at an mbarrier. Every warp has a vector clock
// over the actors of its cluster, which barriers, mbarriers, waits and strong accesses join; every
// 4-byte cell remembers its last write and two readers. An access that conflicts with a remembered
// one that its actor's clock does not cover is a race. An asynchronous operation is booked when it
// is issued, with the clock of its issuer, and counts as done for those alone who have learnt of
// its completion: so the verdict does not depend on when the data move. A second clock says which
// ordinary writes the asynchronous proxy may see. Only two readers are kept, so that a race may be
// missed, but none is invented.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_CHECK_RACECHECK_H
#define AZULEJO_RUNTIME_DEVICE_SIM_CHECK_RACECHECK_H

#include "exec/Context.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace azulejo::sim {

class AccessRuns;
enum class Access : uint8_t;

struct Cluster;

// What the check keeps for a CTA, a cluster, and a worker: see check/RaceState.h. Launches with the
// check on have one worker.
struct CtaRace;
struct ClusterRace;
struct WorkerRace;
struct RaceDeleter {
  void operator()(CtaRace *race) const;
  void operator()(ClusterRace *race) const;
  void operator()(WorkerRace *race) const;
};

// Inst::flags of loads, stores and atomics that order.
constexpr unsigned kStrong = 8; // volatile, relaxed or stronger; atomics are always strong
constexpr unsigned kAcquires = 16;
constexpr unsigned kReleases = 32;
constexpr unsigned kCtaScope = 64; // towards threads of the CTA alone

void raceStartCluster(Cluster &cluster);

// An access of a warp. `owner` is the CTA whose shared memory is accessed; null: global memory.
// Shared addresses may hold the owner's rank, here and below. `isRow` says that all 32 lanes access
// consecutive elements.
void raceAccess(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                unsigned bytes, Access access, bool isRow, Cta *owner);

// A read of whole words of the own CTA's shared memory by all lanes, the first one's at `address`,
// of a shape that raceAccess has seen before. Returns false, with nothing done, where raceAccess
// has to look at it.
bool raceReadAgain(WarpContext &w, const Inst &i, uint32_t address, AccessRuns &runs);

// An access of the warp as a whole, such as the address that tcgen05.alloc writes.
void raceRange(WarpContext &w, const Inst &i, uint64_t address, unsigned bytes, bool isWrite,
               Cta *owner);

// cp.async into shared memory; `group` is the number of its group. wait_group and wait_all say how
// many groups are done; cp.async.mbarrier.arrive arrives for all copies so far.
void raceCopyIssued(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *offsets,
                    unsigned bytes, uint32_t group);
void raceCopyWaited(WarpContext &w, uint32_t groupsDone);
void raceCopyArrive(WarpContext &w, Cta &owner, uint32_t mbarrier);

// Loads that arrive at an mbarrier: every piece is told when it is issued (`isDone` false) and when
// it is done; then its bytes are counted.
struct RaceLoad {
  WarpContext *warp;
  const Inst *inst;
  unsigned lane;
  Cta *mbarrierOwner;
  uint32_t mbarrier; // shared address
  bool isGeneric;    // the mbarrier is not reached through the asynchronous proxy
};
// `combines`: what is there is read too.
void raceLoadIssued(const RaceLoad &load, Cta &to, uint32_t shared, unsigned bytes, bool combines);
void raceLoadDone(const RaceLoad &load, Cta &to, uint32_t shared, unsigned bytes);
// The source, in global memory or in the issuing CTA's shared memory.
void raceLoadSource(const RaceLoad &load, uint64_t global, unsigned bytes);
void raceLoadSharedSource(const RaceLoad &load, uint32_t shared, unsigned bytes);

// Bulk stores of a lane, whose groups are numbered like those of cp.async; `combines` as above.
// wait_group.read says that sources have been read.
void raceStoreIssued(WarpContext &w, const Inst &i, unsigned lane, uint32_t shared, uint64_t global,
                     unsigned bytes, uint32_t group, bool combines);
void raceStoreWaited(WarpContext &w, uint32_t groupsDone, bool isRead);

// The operation of that number of a warpgroup reads shared memory. Operations are numbered alike in
// the warps of the group; a wait says how many are done.
void raceWgmmaReads(WarpContext &w, const Inst &i, uint64_t operation, uint32_t shared,
                    unsigned bytes);
void raceWgmmaWaited(WarpContext &w, uint64_t operationsDone);

// CTA barriers, __syncwarp and the end of a warp's lanes.
void raceBarrierArrive(WarpContext &w, unsigned id);
// All have arrived; then every warp that waits leaves; then the barrier is free again.
void raceBarrierPass(Cta &cta, unsigned id, bool isWholeCta);
void raceBarrierLeave(WarpContext &w, unsigned id);
void raceBarrierReset(Cta &cta, unsigned id);
void raceWarpSync(WarpContext &w);
void raceExit(WarpContext &w);
// The last thread of the CTA has ended: reports accesses of other CTAs that need not have happened.
void raceCtaExit(WarpContext &w);
// barrier.cluster: an arrival that releases or does not, all have arrived, a warp goes on.
void raceClusterArrive(WarpContext &w, bool releases);
void raceClusterPass(Cluster &cluster);
void raceClusterLeave(WarpContext &w);

// membar and fence; fence.proxy.async for shared memory, global memory, or both;
// fence.mbarrier_init.
void raceFence(WarpContext &w, bool isCtaScope);
void raceProxyFence(WarpContext &w, bool isShared, bool isGlobal);
void raceMbarrierFence(WarpContext &w);

// mbarriers by owner and shared address. An arrival, of `lanes` at once, is told before it happens;
// that it, or the
// arrival of bytes, has completed the phase afterwards.
void raceMbarrierInit(WarpContext &w, const Inst &i, unsigned lane, Cta &owner, uint32_t address);
void raceMbarrierUse(WarpContext &w, const Inst &i, unsigned lane, Cta &owner, uint32_t address);
void raceMbarrierArrive(WarpContext &w, Cta &owner, uint32_t address, uint32_t lanes);
void raceMbarrierPhase(Cta &owner, uint32_t address);
void raceMbarrierWait(WarpContext &w, Cta &owner, uint32_t address);

// The tensor core of sm_100 reads shared memory of `owner` for operations that the warp has issued.
// A commit publishes what the warp has done; its arrival hands that on.
void raceTensorReads(WarpContext &w, const Inst &i, unsigned lane, Cta &owner, uint32_t shared,
                     unsigned bytes);
struct RaceView;
std::shared_ptr<const RaceView> raceCommit(WarpContext &w, uint32_t operations);
void raceCommitArrive(Cta &owner, uint32_t address, const RaceView &view);

// What the check of tensor memory needs: the warp's clock, its actor and the time of its accesses
// now, the warp that an actor is, and the entry of clocks that counts the operations of a CTA's
// tensor core.
using WarpClock = std::vector<uint32_t>;
const WarpClock &raceClock(WarpContext &w);
uint32_t raceActor(const WarpContext &w);
uint32_t raceEpoch(WarpContext &w);
void raceBeginEpoch(WarpContext &w);
WarpContext &raceWarp(const WarpContext &w, uint32_t actor);
uint32_t raceTensorEntry(const Cta &cta);
inline uint32_t timeOf(const WarpClock &clock, size_t entry) {
  return entry < clock.size() ? clock[entry] : 0;
}

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_CHECK_RACECHECK_H
