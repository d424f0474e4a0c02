// This file defines the decoded form of conversions to and from narrow floating-point types.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_NARROWCONVERT_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_NARROWCONVERT_H

#include "device/sim/tc/Formats.h"

namespace azulejo::sim {

// Elements are packed, the first operand's in the upper place. Inst::ops has the sources of f32.
// Each takes the container of its type: types of 6 bits one of 8.
struct NarrowConversion {
  tc::Type to = tc::Type::F16, from = tc::Type::F32;
  int count = 1; // of elements
  tc::Rounding rounding = tc::Rounding::NearestEven;
  bool saturates = false;    // .satfinite
  bool clamps = false;       // .relu
  bool isStochastic = false; // .rs

  // Random bits of an element: f16 has 13 digits less than f32, and the operands of a pair share
  // the 16 bits of their half, which those of e2m1 divide.
  int randomBits() const { return to == tc::Type::F16 ? 13 : to == tc::Type::E2M1 ? 8 : 16; }
  // Where element `e`, counted from the low end, has its own in the operand.
  int randomShift(int e) const {
    return to == tc::Type::E2M1 ? 16 * (e % 2) + 8 * (e / 2) : count == 4 ? 16 * (e / 2) : 16 * e;
  }
};

inline int containerBits(tc::Type type) {
  int bits = tc::storageBits(type);
  return bits == 6 ? 8 : bits;
}

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_NARROWCONVERT_H
