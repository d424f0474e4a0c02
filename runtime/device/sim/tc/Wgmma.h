// This file declares wgmma.mma_async on the registers of a warp of a warpgroup.
#ifndef AZULEJO_SIM_TC_WGMMA_H
#define AZULEJO_SIM_TC_WGMMA_H

#include "device/sim/tc/SharedMatrix.h"
#include "device/sim/tc/Sparse.h"
#include "device/sim/tc/Tile.h"

#include <memory>

namespace azulejo::sim::tc {

// wgmma.mma_async.sync.aligned.m64nNkK.d.a.b; K follows from the type.
struct WgmmaForm {
  int n;
  Type d, a, b;
  bool aInRegisters;
  bool aMnMajor, bMnMajor; // imm-trans-a, imm-trans-b; only 16-bit types
  bool negateA, negateB;   // imm-scale-a, imm-scale-b = -1
  bool saturate;           // .satfinite of integer forms
  bool isSparse = false;   // .sp: A holds half of its elements
};

struct WgmmaOp {
  WgmmaForm form;
  DotOp dot; // of what is stored: its k is half of the form's where A is sparse
  SparseRows sparse;
  int k;
  int dRegisters; // per lane
};

// Checks the form and fills `op`; false and a reason in `error` where it does not exist. wgmma is
// in sm_90a only.
bool prepareWgmma(const WgmmaForm &form, Mode mode, int sm, WgmmaOp *op, std::string *error);

// B of one instruction, gathered and decoded once for the four warps.
class WgmmaB {
public:
  WgmmaB();
  ~WgmmaB();
  WgmmaB(const WgmmaB &) = delete;
  WgmmaB &operator=(const WgmmaB &) = delete;

  // Reads B from shared memory; false and a fault where it lies outside.
  bool read(const WgmmaOp &op, const SharedView &shared, const MatrixDescriptor &descriptor,
            SharedFault *fault);

private:
  friend bool wgmmaWarp(const WgmmaOp &, const WgmmaB &, const SharedView &,
                        const MatrixDescriptor &, const uint32_t *const *, int, bool,
                        const SparseMetadata &, uint32_t *const *, SharedFault *);
  struct Storage;
  std::unique_ptr<Storage> storage;
};

// The operands as checkers see them: the rows of A that warp `warp` (0…3) reads, and B.
SharedOperand wgmmaOperandA(const WgmmaOp &op, const MatrixDescriptor &descriptor, int warp);
SharedOperand wgmmaOperandB(const WgmmaOp &op, const MatrixDescriptor &descriptor);

// Computes the rows 16 * warp … of warp `warp` of the warpgroup. A comes from `a` (four registers
// of 32 lanes) where the form says so, else from `descriptorA`. `scaleD` false ignores the old d.
// The metadata of a sparse A have to be valid. d[i] is register i, of op.dRegisters. Returns false
// and fills `fault`, with d untouched, where A lies outside shared memory.
bool wgmmaWarp(const WgmmaOp &op, const WgmmaB &b, const SharedView &shared,
               const MatrixDescriptor &descriptorA, const uint32_t *const *a, int warp, bool scaleD,
               const SparseMetadata &metadata, uint32_t *const *d, SharedFault *fault);

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_WGMMA_H
