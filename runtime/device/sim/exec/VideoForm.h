// This file defines the decoded form of video instructions.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_VIDEOFORM_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_VIDEOFORM_H

#include <cstdint>

namespace azulejo::sim {

// Bits of a register: `width` of them from `shift` on.
struct VideoPart {
  uint8_t shift = 0, width = 32;
};

// An operation on one part of each source, or on two or four pairs of parts.
struct VideoForm {
  enum Op : uint8_t { Add, Sub, AbsDiff, Min, Max, Average, ShiftLeft, ShiftRight, Mad, Compare };
  enum Second : uint8_t { None, SecondAdd, SecondMin, SecondMax };
  enum Comparison : uint8_t { Eq, Ne, Lt, Le, Gt, Ge };
  Op op = Add;
  Second second = None;
  Comparison comparison = Eq;
  bool resultIsSigned = false, aIsSigned = false, bIsSigned = false;
  bool saturates = false;
  bool wraps = false; // shifts: .wrap, not .clamp
  // vmad.
  bool plusOne = false, negatesProduct = false, negatesC = false;
  uint8_t scale = 0;
  // One part; `result` of less than 32 bits is merged into c.
  VideoPart a, b, result;
  // Parts: how many, which of the eight or four of both sources each pair takes, and which of the
  // results are kept.
  uint8_t parts = 1;
  uint8_t selectA[4] = {0, 1, 2, 3}, selectB[4] = {4, 5, 6, 7};
  uint8_t keeps = 15;
};

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_VIDEOFORM_H
