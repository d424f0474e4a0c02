// This file declares the number formats of tensor cores and their exact conversions.
#ifndef AZULEJO_SIM_TC_FORMATS_H
#define AZULEJO_SIM_TC_FORMATS_H

#include <cstdint>

namespace azulejo::sim::tc {

// An element type of a tensor-core operand or result.
enum class Type : uint8_t {
  F16,
  BF16,
  TF32, // an f32 register whose low 13 bits are ignored
  E4M3,
  E5M2,
  E3M2,
  E2M3,
  E2M1,
  UE8M0, // scale factor: a power of two
  UE4M3, // scale factor: e4m3 without a sign
  F32,
  F64,
  S8,
  U8,
  S32,
  S4,
  U4,
  B1,
};

// How a conversion to a narrower format rounds. Away: ties away from zero (cvt.rna).
enum class Rounding : uint8_t { NearestEven, NearestAway, TowardZero, Up, Down };

// What the bit patterns of a floating-point type mean.
struct FormatInfo {
  const char *name;
  int storageBits; // bits of the pattern: tf32 32, e2m1 4
  int exponentBits;
  int fractionBits; // stored ones; tf32 10
  int bias;
  bool hasSign;
  bool hasInfinity; // the largest exponent holds infinities and NaNs
  bool hasNan;      // has a NaN pattern (e4m3: all ones); e3m2, e2m3, e2m1: none
  uint32_t nan;     // what NVIDIA's conversions write for NaN

  int minExponent() const { return 1 - bias; }
};

// The format of a floating-point type other than F64. Calling it for an integer type is a fault of
// the caller and gives F32's.
const FormatInfo &formatOf(Type type);

// The name as PTX writes it: "f16", "e4m3", "s8".
const char *typeName(Type type);

// Bits that an element occupies in a packed operand (tf32 32, e2m1 4).
int storageBits(Type type);

inline bool isInteger(Type type) { return type >= Type::S8; }

// The value of a pattern, exact; bits above the storage width are ignored. Not for F64 and
// integers. NaN patterns give a quiet NaN.
float decode(Type type, uint32_t bits);

// True if the pattern is an infinity or a NaN.
bool isSpecial(Type type, uint32_t bits);

// Converts `value` to `type` with one rounding. Overflow gives infinity, or where the format has
// none its NaN, or the largest finite value where it has neither; with `saturate` always the
// largest finite value (cvt.satfinite). NaN gives the format's NaN, or the largest positive value
// where it has none. Unsigned formats: negative values and zero give the smallest pattern. Not for
// F64, S8…
uint32_t encode(Type type, double value, Rounding rounding = Rounding::NearestEven,
                bool saturate = false);

// The same with stochastic rounding (cvt.rs): of the part of the significand that the type has no
// room for, the `count` first bits are added to `random`, which has as many; a carry rounds away
// from zero. Overflow as to nearest. Not for scales.
uint32_t encodeStochastic(Type type, double value, uint32_t random, int count, bool saturate);

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_FORMATS_H
