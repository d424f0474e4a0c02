// This file defines the state of execution: lane groups, warps, CTAs and the worker threads that
// run them.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_CONTEXT_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_CONTEXT_H

#include "check/RaceRows.h"
#include "ir/Program.h"
#include "prof/Counters.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace azulejo::sim {

struct Launch;
struct Worker;
struct Cta;
struct WarpAsync;

// One cp.async of a warp that has been issued and not yet performed.
struct PendingCopy {
  const Inst *inst = nullptr;
  uint32_t mask = 0;   // lanes not yet performed
  uint64_t target[32]; // shared offsets
  uint64_t source[32];
  uint8_t sourceBytes[32];
  uint32_t group[32];   // number of the lane's group
  bool isWhole = false; // all lanes copy whole elements, in groups of one number
  uint64_t number = 0;  // among those of the warp
};

// The cp.async operations of a warp; groups belong to lanes.
struct CopyQueue {
  std::vector<PendingCopy> pending;
  uint32_t committed[32] = {}; // groups
  bool isUniform = true;       // all lanes have committed together
  uint64_t issued = 0;         // copies
};

enum class GroupState : uint8_t { Ready, AtBarrier, AtClusterBarrier, AtWarpSync };

// Lanes of a warp that are at the same instruction.
struct Group {
  uint32_t pc = 0;
  uint32_t mask = 0;
  GroupState state = GroupState::Ready;
  uint8_t barrier = 0;   // AtBarrier: its number
  uint32_t syncMask = 0; // AtWarpSync: the lanes waited for
};

// Where the last access of a memory instruction went, and the pattern of its lanes' addresses.
struct MemCache {
  uint64_t base = 1, size = 0; // an access of n bytes at p is inside if p - base <= size - n
  uint32_t allocation = 0;
  // The pattern: addresses relative to that of the first lane.
  uint32_t mask = 0;  // 0: none
  uint32_t phase = 0; // of the first address: modulo a sector, or a word of shared memory
  uint32_t bytes = 0; // of each lane
  uint32_t units = 0; // sectors or wavefronts of the pattern
  uint32_t ideal = 0;
  uint64_t hits = 0;    // times that it came and has not been counted yet
  uint32_t changes = 0; // of the pattern
  MemCounters *counters = nullptr;
  uint64_t span = 0;  // bytes from the least address to the end of the last
  int32_t low = 0;    // the least
  bool isRow = false; // 32 consecutive elements
  bool isGlobal = false;
  int32_t relative[32];
};

// Whether the pattern, with its first lane at `first`, lies in the cached range.
inline bool isInside(const MemCache &cache, uint64_t first) {
  uint64_t least = first + uint64_t(int64_t(cache.low));
  return cache.size >= cache.span && least - cache.base <= cache.size - cache.span;
}

struct WarpContext {
  uint8_t *regs = nullptr;
  uint32_t live = 0;  // lanes that have not exited
  uint32_t index = 0; // in the CTA
  Group current;      // the group that runs
  std::vector<Group> others;
  Cta *cta = nullptr;
  Worker *worker = nullptr;
  const Kernel *kernel = nullptr;
  uint8_t *shared = nullptr;          // shared address a is at shared + a, in the own CTA
  uint8_t *local = nullptr;           // lane l has local + l * kernel->localBytes
  uint64_t spins = 0;                 // taken backward branches since the last barrier
  uint64_t branches = 0;              // backward branches in all
  uint64_t draws = 0;                 // random numbers taken
  uint64_t runs = 0;                  // times the warp was scheduled
  std::vector<uint32_t> registerSets; // the setmaxnreg executed, as indices of instructions
  uint64_t steps = 0;                 // the clock
  uint32_t resumeAfter = ~0u;         // after yielding: groups behind this instruction go first
  std::unique_ptr<CopyQueue> copies;  // cp.async, once the warp has used it
  std::shared_ptr<WarpAsync> async;   // wgmma and bulk stores, once used
  bool waitFailed = false;            // set by a handler of Flow::Wait
  uint32_t clusterArrived = 0;        // lanes whose barrier.cluster.arrive others have yet to join
  uint32_t clusterPassed = 0;         // lanes that all have joined, and that have not waited yet

  template <typename T> T *reg(uint32_t offset) { return reinterpret_cast<T *>(regs + offset); }
  uint32_t &pred(uint32_t offset) { return *reinterpret_cast<uint32_t *>(regs + offset); }
};

// Why a warp stopped running.
enum class Stop : uint8_t { Blocked, Yielded, Done, Failed };

// The functions of one instruction set: the same sources compiled for several.
struct IsaTable {
  const char *name;
  const Handler *alu; // by AluId
  Handler (*load)(Space space, unsigned bytes, unsigned lanes);
  Handler (*store)(Space space, unsigned bytes, unsigned lanes);
  Handler (*convert)(Type to, Type from, unsigned rounding, bool isPlain);
  Handler (*convertPair)(Type to, unsigned rounding);
  Handler (*compare)(Type type, unsigned comparison, bool ftz);
  Handler (*select)(unsigned bytes);
  void (*splat)(uint8_t *slot, unsigned bytes, uint64_t value);
  const RaceRows &raceRows;
};

// Returns the best table that this CPU can run.
const IsaTable &isaTable();
extern const IsaTable kBaseIsa;
#ifdef AZJ_SIM_HAS_AVX2
extern const IsaTable kAvx2Isa;
#endif

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_CONTEXT_H
