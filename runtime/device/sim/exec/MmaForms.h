// This file defines the decoded form of mma.sync.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_MMAFORMS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_MMAFORMS_H

#include "device/sim/tc/Mma.h"

namespace azulejo::sim {

// mma.sync. Inst::ops holds the registers of d, a, b and c; then that of the metadata of a sparse
// A; then, with block scales, for A and for B the factors and the byte and thread selectors.
struct MmaInstruction {
  tc::MmaOp op;
  int sparsitySelector = 0;
};

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_MMAFORMS_H
