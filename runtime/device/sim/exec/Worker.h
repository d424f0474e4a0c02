// This file defines what a worker thread has while it runs CTAs of a launch, and the services that
// handlers call off their fast paths.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_WORKER_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_WORKER_H

#include "check/AccessRuns.h"
#include "check/Findings.h"
#include "check/RaceCheck.h"
#include "exec/Context.h"
#include "exec/Random.h"
#include "mem/DeviceMemory.h"

#include "device/sim/tc/Sparse.h"

#include <string>

namespace azulejo::sim {

class ChangedMaps;

struct Dim3 {
  uint32_t x = 1, y = 1, z = 1;
  uint64_t count() const { return uint64_t(x) * y * z; }
};

// Everything that is the same for all CTAs of a launch.
struct Launch {
  const Kernel *kernel = nullptr;
  const ptx::Module *module = nullptr;
  std::string label;
  Dim3 grid, block, cluster;
  uint32_t dynamicShared = 0;
  uint32_t checks = 0;
  std::vector<uint8_t> params;
  std::vector<SharedVariable> shared; // with the size of the dynamic part
  uint32_t sharedEnd = 0;             // window offset behind the last variable
  DeviceMemory *memory = nullptr;     // its shadows are written
  ChangedMaps *changedMaps = nullptr; // written where races are checked
  uint64_t gridId = 0;
  uint64_t gridWorkspace = 0; // 0, or two words of zeros: what cooperative groups wait on
  int sm = 80;
  uint32_t multiprocessors = 1;
  bool isExact = false;
  unsigned asyncMode = 0;
  uint64_t seed = 0;
  uint64_t branchLimit = 0; // backward branches of a warp
};

struct CtaAsync;
struct Cluster;
struct TensorState;

struct Barrier {
  uint32_t expected = 0; // threads
  bool isWholeCta = false;
  uint32_t arrived = 0; // threads; 0: not in use
  uint32_t redCount = 0;
  bool redAnd = true, redOr = false;
};

struct Cta {
  uint64_t linear = 0;
  uint32_t id[3] = {0, 0, 0};
  uint32_t rank = 0;       // in its cluster
  uint32_t sharedBase = 0; // address of window offset 0: the rank from bit kRankShift on
  std::vector<WarpContext> warps;
  std::vector<uint32_t> order;  // in which they take their turns
  std::vector<uint8_t> storage; // register files and local memory
  std::vector<uint8_t> sharedStorage;
  std::vector<uint8_t> sharedInit; // a byte per byte, check init: see check/SwizzleMarks.h
  uint8_t *shared = nullptr;       // host address of window offset 0
  Barrier barriers[16];
  std::unique_ptr<CtaRace, RaceDeleter> race; // check race
  uint32_t liveThreads = 0;
  std::shared_ptr<CtaAsync> async;     // once the CTA has used an asynchronous engine
  std::shared_ptr<TensorState> tensor; // once it has used tcgen05
  uint64_t progress = 0;               // changes of what other warps may wait for
  bool failed = false;
  Cluster *cluster = nullptr;
};

// CTAs that run at the same time, on one host thread. A launch without clusters has clusters of
// one.
struct Cluster {
  std::vector<std::unique_ptr<Cta>> ctas;         // by rank
  std::vector<uint32_t> order;                    // in which they take their turns
  std::unique_ptr<ClusterRace, RaceDeleter> race; // check race
  uint64_t seenProgress = 0;                      // the CTAs' progress at the end of the last round
  unsigned deadRounds = 0; // rounds in which all waits failed and nothing changed
};

// The CTA of the executing warp's cluster that owns a shared::cluster address; null: there is none.
Cta *ownerOf(WarpContext &w, uint64_t sharedAddress);
// Its offset in the owner's window.
inline uint32_t windowOffset(uint64_t sharedAddress) {
  return uint32_t(sharedAddress) & ((1u << kRankShift) - 1);
}

struct LateStores;
class ClusterQueue;

struct Worker : Counters {
  const Launch *launch = nullptr;
  std::vector<MemCache> caches;           // by Inst::mem
  std::vector<AccessRuns> runs;           // the same, for the checks race and init
  std::shared_ptr<LateStores> lateStores; // of CTAs that have ended
  FindingSet findings;
  std::unique_ptr<WorkerRace, RaceDeleter> race; // check race
  uint32_t checks = 0;
  std::string printed;             // by vprintf; such kernels have one worker
  bool stop = false;               // the launch was given up
  Random random;                   // of the order of clusters, CTAs and warps
  ClusterQueue *pending = nullptr; // clusters that have not been started
  bool handsOver = false;          // other clusters are to run before copies of this one arrive
  std::vector<uint64_t> blockRuns, blockLanes; // by block
};

enum class Access : uint8_t { Load, Store, Atomic };

// Off the fast path of a global access: finds the allocation of every lane, reports what is wrong
// and returns the lanes whose access may happen. Updates the cache.
uint32_t checkGlobal(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                     unsigned bytes, Access access);
// The same for shared addresses of `owner`, or of the own CTA where that is null.
uint32_t checkShared(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                     unsigned bytes, Access access, Cta *owner = nullptr);
// Turns addresses of any other space into host addresses; the same result.
uint32_t resolveAddresses(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                          unsigned bytes, Access access, uint8_t **host);

// What the checks and counters see of an access that happened. `isRow` says that all 32 lanes
// access consecutive elements. `owner` as in checkShared().
void observeGlobal(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                   unsigned bytes, Access access, bool isRow);
void observeShared(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                   unsigned bytes, Access access, bool isRow, Cta *owner = nullptr);

// Reports an access to shared memory of a CTA of the cluster that has exited.
void reportExited(WarpContext &w, const Inst &i, unsigned lane, uint64_t address, const Cta &owner);
// The counting alone, and the checks alone; for those `owner` is null in global memory.
void countGlobal(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                 unsigned bytes, Access access);
void countShared(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *offsets,
                 unsigned bytes, MemCounters &counters);
void checkAccess(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                 unsigned bytes, Access access, bool isRow, Cta *owner);
// Adds what a pattern has counted to the worker's sums: before it changes, and at the end.
void flushCounts(Worker &worker, MemCache &cache);
void countBuffer(Worker &worker, uint32_t allocation, bool isWrite, uint64_t sectors,
                 uint64_t bytes);
// A contiguous piece of a bulk copy in global memory.
void countBulk(Worker &worker, uint64_t address, uint64_t bytes, bool isWrite);

// Reports a read of bytes that nothing has written.
void reportUninitialised(WarpContext &w, const Inst &i, unsigned lane, uint64_t address,
                         unsigned bytes, bool isGlobal);
// The tensor core arrives at an mbarrier of `owner` for a commit of that warp; `done` is what the
// commit published, null where races are not checked.
void arriveForTensor(WarpContext &w, const Inst &i, unsigned lane, Cta &owner, uint32_t mbarrier,
                     const RaceView *done);
// The CTA of the warp has ended: finds setmaxnreg that a part of a warpgroup has executed.
void finishRegisters(WarpContext &w);
// A random number that depends on the seed and on how many the warp has drawn.
uint64_t drawRandom(WarpContext &w);
// Whether all 32 lanes execute an aligned instruction; reports where not. `what` names it.
bool isWholeWarp(WarpContext &w, const Inst &i, uint32_t mask, const char *what);
// Whether the metadata of a sparse operand are ones that the ISA defines; reports where not.
bool isMetadataValid(WarpContext &w, const Inst &i, const tc::SparseRows &rows,
                     const tc::SparseMetadata &metadata);
// Adds multiply-adds of a tensor instruction; `type` is a tc::Type of its operands.
void countMacs(Worker &worker, unsigned type, uint64_t macs);

// Starts a finding of the instruction that `w` executes, with its place filled in for `lane`.
Finding makeFinding(const WarpContext &w, const Inst &i, unsigned lane, const char *check,
                    const char *kind);
FindingSite makeSite(const WarpContext &w, const Inst &i, unsigned lane, const char *access);
// Adds it to the worker's findings.
void report(WarpContext &w, const Inst &i, Finding finding);
// Reports what ends the CTA: it cannot go on in a way that means anything.
void failCta(WarpContext &w, const Inst &i, unsigned lane, const char *check, const char *kind,
             std::string message);

// Makes the contexts of a cluster and fills in what stays the same for the whole launch.
std::unique_ptr<Cluster> makeCluster(Worker &worker);
// Sets the contexts up for the cluster of that number.
void startCluster(Cluster &cluster, Worker &worker, uint64_t number);
// The id of the first CTA of the cluster of that number.
void firstCtaOf(const Launch &launch, uint64_t number, uint32_t (&id)[3]);

enum class ClusterStop : uint8_t { Done, HandedOver, Spinning, Stuck, Failed };
// Runs a cluster until it has ended, lets others run (HandedOver), or all its warps wait for
// something that only another one can do: Spinning; Stuck if for long nothing has changed.
ClusterStop runCluster(Cluster &cluster, Worker &worker);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_WORKER_H
