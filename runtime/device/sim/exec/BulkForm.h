// This file defines what a bulk copy instruction does, beside its operands.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_BULKFORM_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_BULKFORM_H

#include "exec/Handlers.h"
#include "ptx/Types.h"

#include <cstdint>

namespace azulejo::sim {

enum class BulkKind : uint8_t {
  Load,      // global to shared memory of the cluster, signals an mbarrier
  Store,     // shared to global memory, in bulk groups
  ToCluster, // shared to shared memory of the cluster, signals an mbarrier
  Word,      // st.async, red.async: registers to shared memory of the cluster, signals an mbarrier
  Prefetch,  // global memory to L2
  Cancel,    // clusterlaunchcontrol.try_cancel: its response to shared memory, signals an mbarrier
};

// How a tensor copy finds its elements.
enum class BulkMode : uint8_t {
  Tile,
  Gather4, // also scatter4: four rows of a matrix
  Im2col,
  Im2colW,
  Im2colW128,
};

// What is done with the elements of a copy: they replace those at the target, or are combined with
// them.
struct BulkReduction {
  bool isUsed = false;
  AtomicOp op = kAtomAdd;
  Type type = Type::None; // None: that of the tensor map
};

// Inst::data of bulk copies.
struct BulkForm {
  BulkKind kind = BulkKind::Load;
  uint8_t rank = 0; // dimensions of the tensor map; 0: a row of bytes
  BulkMode mode = BulkMode::Tile;
  bool isMulticast = false;
  bool isPair = false;   // .cta_group::2: the mbarrier may be the peer's
  uint8_t wordBytes = 0; // of Word, and how many there are
  uint8_t wordCount = 0;
  BulkReduction reduction;
};

// How many coordinates a tensor copy has: of four rows, one of the column and theirs.
inline unsigned coordinatesOf(const BulkForm &form) {
  return form.mode == BulkMode::Gather4 ? 5 : form.rank;
}

// Inst::ops of bulk copies: slots of registers, and offsets of addresses. Bits of Inst::flags say
// which address registers have 64 bits; those of global addresses and tensor maps always have.
enum BulkOperand : unsigned {
  kBulkTarget,
  kBulkTargetOffset,
  kBulkSource,
  kBulkSourceOffset,
  kBulkBytes,
  kBulkBarrier,
  kBulkBarrierOffset,
  kBulkMask,
  kBulkCoordinates,                   // up to 5
  kBulkIm2col = kBulkCoordinates + 5, // up to 3; of the modes W: wHalo, wOffset
  kBulkWords = kBulkCoordinates,      // of Word: up to 4
  kBulkOperands = kBulkIm2col + 3
};
enum BulkFlag : uint8_t { kBulkWideTarget = 1, kBulkWideSource = 2, kBulkWideBarrier = 4 };

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_BULKFORM_H
