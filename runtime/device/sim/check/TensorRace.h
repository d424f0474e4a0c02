// This file declares the check for races in tensor memory: between the tensor core, which completes
// operations behind the program's back, and the loads and stores of warps.
//
// Every column of 16 lanes remembers its last write and last two reads. An operation of the tensor
// core is ordered before an access of a warp that has learned of its completion, by the mbarrier of
// a commit; loads and stores are ordered by their waits. What crosses threads needs tcgen05.fence
// on either side of the synchronisation.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_CHECK_TENSORRACE_H
#define AZULEJO_RUNTIME_DEVICE_SIM_CHECK_TENSORRACE_H

#include "check/RaceCheck.h"

#include <vector>

namespace azulejo::sim {

struct TensorAccess;

// Cells that an access touches: bit h of `halves` stands for lanes 16 h … 16 h + 15.
struct TensorRange {
  uint32_t halves = 0;
  uint32_t column = 0, columns = 0;

  bool overlaps(const TensorRange &other) const {
    return (halves & other.halves) != 0 && column < other.column + other.columns &&
           other.column < column + columns;
  }
};

// A remembered access; time 0: none.
struct TensorEvent {
  uint32_t time = 0;
  uint32_t inst = 0;
  uint32_t number = 0; // of the tensor core's operation; 0: a load or store of the warp
  uint16_t warp = 0;   // its actor
};

struct TensorRace {
  struct Cell {
    TensorEvent write, reads[2];
  };
  struct Warp {
    WarpClock fenced;                // what it had seen at its last fence::after_thread_sync
    std::vector<uint32_t> published; // times of its fence::before_thread_sync
  };
  std::vector<Cell> cells; // [column][half]
  std::vector<Warp> warps;
};

// How a new access relates to tensor memory.
enum class TensorActor : uint8_t {
  Warp,       // tcgen05.ld and st
  Core,       // an operation of the tensor core: in order with the others of its warp
  Deallocator // synchronous: needs completion, but no fences
};

// tcgen05.fence of the warp.
void tensorFence(WarpContext &w, bool isBefore);
// Reports where the access to tensor memory of `owner`, issued now, is not ordered behind a
// remembered one.
void tensorRaceCheck(WarpContext &w, const Inst &i, unsigned lane, Cta &owner,
                     const TensorRange &range, bool isWrite, TensorActor actor);
// Remembers it: operation `number` of the tensor core, or with 0 a load or store that is complete.
void tensorRaceRecord(WarpContext &w, const Inst &i, Cta &owner, const TensorRange &range,
                      bool isWrite, uint64_t number);
// New owners of columns have nothing to do with what was there.
void tensorRaceForget(Cta &cta, const TensorRange &range);
// Reports that the access meets a load or store that has been issued and not waited for.
void reportTensorOpen(WarpContext &w, const Inst &i, unsigned lane, const TensorAccess &open,
                      bool isWrite);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_CHECK_TENSORRACE_H
