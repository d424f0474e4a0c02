// This file defines the decoded form of conversions to and from narrow floating-point types.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_NARROWCONVERT_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_NARROWCONVERT_H

#include "device/sim/tc/Formats.h"

namespace azulejo::sim {

// Elements are packed, the first operand's in the upper place. Each takes the container of its
// type: types of 6 bits one of 8.
struct NarrowConversion {
  tc::Type to = tc::Type::F16, from = tc::Type::F32;
  int count = 1; // of elements
  tc::Rounding rounding = tc::Rounding::NearestEven;
  bool saturates = false; // .satfinite
  bool clamps = false;    // .relu
};

inline int containerBits(tc::Type type) {
  int bits = tc::storageBits(type);
  return bits == 6 ? 8 : bits;
}

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_NARROWCONVERT_H
