// This file declares mma.sync on the registers of a warp.
#ifndef AZULEJO_SIM_TC_MMA_H
#define AZULEJO_SIM_TC_MMA_H

#include "device/sim/tc/Tile.h"

namespace azulejo::sim::tc {

// The form of an instruction mma.sync.aligned.mMnNkK.row.col.d.a.b.c.
struct MmaForm {
  int m, n, k;
  Type d, a, b, c;
  bool saturate; // .satfinite of integer forms
};

// A form made ready when the module is decoded.
struct MmaOp {
  MmaForm form;
  DotOp dot;
  // Registers per lane; of 64 bits for F64, else 32.
  int aRegisters, bRegisters, cRegisters, dRegisters;
  bool isDirect; // multiplyRegisters() takes it
};

// Checks that the form exists on `sm` and fills `op`. Returns false and says why in `error`, for a
// load error: a form that is not known is refused, never guessed.
bool prepareMma(const MmaForm &form, Mode mode, int sm, MmaOp *op, std::string *error);

// Executes the form for a whole warp. Each register is an array of 32 lanes (structure of arrays):
// uint32_t, or uint64_t behind the same pointer for F64. d may be the same registers as a, b or c.
// Any number of threads may use one op at once.
void mmaWarp(const MmaOp &op, const uint32_t *const *a, const uint32_t *const *b,
             const uint32_t *const *c, uint32_t *const *d);

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_MMA_H
