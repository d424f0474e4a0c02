// This file declares the check for data races, in shared and in global memory.
//
// It is FastTrack in kind: every warp has a vector clock over the warps of its cluster, which
// barriers and strong accesses join; every 4-byte cell remembers its last write and its last two
// readers. An access that conflicts with a remembered one that its warp's clock does not cover is a
// race. As time is one count for all that a worker does, a clock entry is simply the time up to
// which a warp has seen another one. Only two readers are kept, so that a race may be missed, but
// none is invented.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_CHECK_RACECHECK_H
#define AZULEJO_RUNTIME_DEVICE_SIM_CHECK_RACECHECK_H

#include "exec/Context.h"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace azulejo::sim {

enum class Access : uint8_t;

struct Cluster;

// Times by warp of the cluster, rank by rank; what is missing is 0. At most 8 CTAs of 32 warps.
using WarpClock = std::vector<uint32_t>;
// Behind the warps, by rank: the last operation of the CTA's tensor core that is known to be done.
constexpr unsigned kTensorEntry = 8 * 32;
inline uint32_t timeOf(const WarpClock &clock, size_t entry) {
  return entry < clock.size() ? clock[entry] : 0;
}

// A remembered access; time 0: none.
struct RaceEvent {
  uint32_t time = 0;
  uint32_t inst = 0;
  uint8_t warp = 0;      // in the cluster
  uint8_t bytes = 0;     // which of the cell's four
  bool isStrong = false; // atomic, volatile, relaxed or stronger
};

struct SharedCell {
  RaceEvent write, reads[2];
  bool isPending = false; // an asynchronous copy into it has been issued and not waited for
};

// Cells of global memory also say which CTA of which launch it was.
struct GlobalCell {
  RaceEvent write, reads[2];
  uint32_t writeCta, readCta[2];
  uint32_t launch;
};
static_assert(sizeof(GlobalCell) <= 64, "the race shadow has 64 bytes per cell");

// What the check keeps for a CTA.
struct CtaRace {
  std::vector<SharedCell> cells; // of the shared window
  std::vector<WarpClock> warps;
  WarpClock barriers[16];
  WarpClock exited;              // joined by every barrier of the whole CTA
  uint32_t lastStrong = 0;       // time of the CTA's last strong access to global memory
  std::vector<RaceEvent> remote; // last accesses to the CTA's memory by warps of other CTAs
};

// What it keeps for a cluster.
struct ClusterRace {
  std::unordered_map<uint64_t, WarpClock> variables; // of strong accesses, by address
  WarpClock arriving, passed;                        // of the cluster's barrier
};

// What it keeps for a worker. Launches with the check on have one worker.
struct WorkerRace {
  uint32_t time = 0;
  std::unordered_map<uint64_t, uint32_t> releases; // CTA: time of its last strong global access
};

void raceStartCluster(Cluster &cluster);
// `owner` is the CTA whose shared memory is accessed; null: global memory.
void raceAccess(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                unsigned bytes, Access access, Cta *owner);
// An asynchronous copy into shared memory: issued now, done when waited for.
void raceCopyIssued(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *offsets,
                    unsigned bytes);
void raceCopyDone(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *offsets,
                  unsigned bytes);
// One contiguous access of an asynchronous engine on behalf of the warp. Shared addresses may leave
// out the owner's rank.
void raceRange(WarpContext &w, const Inst &i, unsigned lane, uint64_t address, unsigned bytes,
               bool isWrite, Cta *owner);
void raceBarrierArrive(WarpContext &w, unsigned id);
void raceBarrierLeave(WarpContext &w, unsigned id, bool isWholeCta);
void raceExit(WarpContext &w);
// The last thread of the CTA has ended: reports accesses of other CTAs that need not have happened.
void raceCtaExit(WarpContext &w);
// barrier.cluster: an arrival that releases or does not, all have arrived, a warp goes on.
void raceClusterArrive(WarpContext &w, bool releases);
void raceClusterPass(Cluster &cluster);
void raceClusterLeave(WarpContext &w);
// Order through an object that is not plain memory, such as an mbarrier: what the warp did before
// is seen by whoever acquires the object later.
void raceRelease(WarpContext &w, uint64_t object);
void raceAcquire(WarpContext &w, uint64_t object);
// What others learn from the warp now; and the release of what a warp had published earlier.
WarpClock racePublished(WarpContext &w);
void raceReleaseClock(Cta &cta, uint64_t object, const WarpClock &clock);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_CHECK_RACECHECK_H
