// This file numbers the rounding modes and comparisons that decoder and handlers share.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_ROUNDING_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_ROUNDING_H

namespace azulejo::sim {

enum Rounding : unsigned {
  kRoundNone,
  kRoundRn,
  kRoundRz,
  kRoundRm,
  kRoundRp,
  kRoundRni,
  kRoundRzi,
  kRoundRmi,
  kRoundRpi,
  kRoundRna,
};

// Inst::flags of conversions.
enum CvtFlag : unsigned { kCvtFtz = 1, kCvtSat = 2, kCvtRelu = 4 };

enum Comparison : unsigned {
  kCmpEq,
  kCmpNe,
  kCmpLt,
  kCmpLe,
  kCmpGt,
  kCmpGe, // ordered
  kCmpEqu,
  kCmpNeu,
  kCmpLtu,
  kCmpLeu,
  kCmpGtu,
  kCmpGeu, // or unordered
  kCmpNum,
  kCmpNan,
};

// Inst::flags of setp: how the result is joined with another predicate.
enum BoolOp : unsigned { kBoolNone, kBoolAnd, kBoolOr, kBoolXor, kBoolNegate = 4 };

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_ROUNDING_H
