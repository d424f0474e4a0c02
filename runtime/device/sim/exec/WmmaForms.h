// This file defines the decoded forms of wmma.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_WMMAFORMS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_WMMAFORMS_H

#include "device/sim/tc/Wmma.h"

namespace azulejo::sim {

// wmma.load or wmma.store of one operand.
struct WmmaMove {
  tc::Operand operand = tc::Operand::A;
  int m = 0, n = 0, k = 0;
  tc::Type type = tc::Type::F16;
  bool isRowMajor = true;
  int defaultStride = 0; // in elements
  // Operands of less than a byte are moved as words: `k` and `type` are those of words of so many
  // elements.
  int perWord = 1;
};

// wmma.mma.
struct WmmaMultiply {
  tc::WmmaOp op;
  int registers[4] = {}; // of d, a, b, c
};

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_WMMAFORMS_H
