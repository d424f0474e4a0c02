// This file holds the table of number formats and the conversions that follow from it.
#include "device/sim/tc/Formats.h"

#include <cmath>
#include <cstring>
#include <limits>

namespace azulejo::sim::tc {

namespace {

constexpr FormatInfo kFormats[] = {
    {"f16", 16, 5, 10, 15, true, true, true, 0x7fff},
    {"bf16", 16, 8, 7, 127, true, true, true, 0x7fff},
    {"tf32", 32, 8, 10, 127, true, true, true, 0x7fffffff},
    {"e4m3", 8, 4, 3, 7, true, false, true, 0x7f},
    {"e5m2", 8, 5, 2, 15, true, true, true, 0x7f},
    {"e3m2", 6, 3, 2, 3, true, false, false, 0x1f},
    {"e2m3", 6, 2, 3, 1, true, false, false, 0x1f},
    {"e2m1", 4, 2, 1, 1, true, false, false, 0x7},
    {"ue8m0", 8, 8, 0, 127, false, false, true, 0xff},
    {"ue4m3", 8, 4, 3, 7, false, false, true, 0x7f},
    {"f32", 32, 8, 23, 127, true, true, true, 0x7fffffff},
};

constexpr const char *kOtherNames[] = {"f64", "s8", "u8", "s32", "s4", "u4", "b1"};
constexpr int kOtherBits[] = {64, 8, 8, 32, 4, 4, 1};

// How far the fraction lies above bit 0: the low 13 bits of a tf32 register are ignored.
int fractionShift(Type type) { return type == Type::TF32 ? 13 : 0; }

// Fields of a pattern.
struct Fields {
  bool negative;
  int exponent; // as stored
  uint32_t fraction;
};

Fields split(const FormatInfo &format, Type type, uint32_t bits) {
  bits >>= fractionShift(type);
  Fields fields;
  fields.fraction = bits & ((1u << format.fractionBits) - 1);
  fields.exponent = int((bits >> format.fractionBits) & ((1u << format.exponentBits) - 1));
  fields.negative = format.hasSign && ((bits >> (format.fractionBits + format.exponentBits)) & 1);
  return fields;
}

bool isNan(const FormatInfo &format, const Fields &fields) {
  int topExponent = (1 << format.exponentBits) - 1;
  if (fields.exponent != topExponent || !format.hasNan)
    return false;
  if (format.hasInfinity)
    return fields.fraction != 0;
  return fields.fraction == (1u << format.fractionBits) - 1;
}

bool isInfinite(const FormatInfo &format, const Fields &fields) {
  return format.hasInfinity && fields.exponent == (1 << format.exponentBits) - 1 &&
         fields.fraction == 0;
}

// The largest finite pattern without sign, before tf32's shift.
uint32_t largestFinite(const FormatInfo &format) {
  uint32_t all = (1u << (format.exponentBits + format.fractionBits)) - 1;
  if (format.hasInfinity)
    return all - (1u << format.fractionBits);
  return format.hasNan ? all - 1 : all;
}

// Rounds a non-negative `value` to an integer; `negative` is the sign of the number it belongs to.
double roundMagnitude(double value, Rounding rounding, bool negative) {
  switch (rounding) {
  case Rounding::NearestEven: {
    double down = std::floor(value), rest = value - down;
    if (rest > 0.5 || (rest == 0.5 && std::fmod(down, 2.0) != 0))
      return down + 1;
    return down;
  }
  case Rounding::NearestAway: {
    double down = std::floor(value);
    return value - down >= 0.5 ? down + 1 : down;
  }
  case Rounding::TowardZero:
    return std::floor(value);
  case Rounding::Up:
    return negative ? std::floor(value) : std::ceil(value);
  case Rounding::Down:
    return negative ? std::ceil(value) : std::floor(value);
  }
  return value;
}

// Whether an overflow under `rounding` stops at the largest finite value.
bool overflowStays(Rounding rounding, bool negative) {
  return rounding == Rounding::TowardZero || (rounding == Rounding::Up && negative) ||
         (rounding == Rounding::Down && !negative);
}

uint32_t overflowed(const FormatInfo &format, Rounding rounding, bool negative, bool saturate) {
  if (saturate || overflowStays(rounding, negative) || (!format.hasInfinity && !format.hasNan))
    return largestFinite(format);
  if (format.hasInfinity)
    return ((1u << format.exponentBits) - 1) << format.fractionBits;
  return largestFinite(format) + 1;
}

uint32_t encodeScale(double value, Rounding rounding, bool saturate) {
  if (std::isnan(value))
    return 0xff;
  if (!(value > 0x1p-127))
    return 0;
  int exponent = 0;
  double significand = std::isinf(value) ? 0.5 : std::frexp(value, &exponent) * 2;
  exponent = std::isinf(value) ? 1 << 20 : exponent - 1;
  bool up = rounding == Rounding::Up                                         ? significand > 1
            : rounding == Rounding::TowardZero || rounding == Rounding::Down ? false
                                                                             : significand >= 1.5;
  exponent += up;
  if (exponent > 127)
    return saturate || overflowStays(rounding, false) ? 0xfe : 0xff;
  return uint32_t(exponent + 127);
}

} // namespace

const FormatInfo &formatOf(Type type) {
  return kFormats[type <= Type::F32 ? size_t(type) : size_t(Type::F32)];
}

const char *typeName(Type type) {
  return type <= Type::F32 ? formatOf(type).name : kOtherNames[size_t(type) - size_t(Type::F64)];
}

int storageBits(Type type) {
  return type <= Type::F32 ? formatOf(type).storageBits
                           : kOtherBits[size_t(type) - size_t(Type::F64)];
}

float decode(Type type, uint32_t bits) {
  if (type == Type::UE8M0)
    return (bits & 0xff) == 0xff ? std::numeric_limits<float>::quiet_NaN()
                                 : std::ldexp(1.0f, int(bits & 0xff) - 127);
  const FormatInfo &format = formatOf(type);
  Fields fields = split(format, type, bits);
  float magnitude;
  if (isNan(format, fields))
    return std::numeric_limits<float>::quiet_NaN();
  if (isInfinite(format, fields))
    magnitude = std::numeric_limits<float>::infinity();
  else if (fields.exponent == 0)
    magnitude = std::ldexp(float(fields.fraction), format.minExponent() - format.fractionBits);
  else
    magnitude = std::ldexp(float(fields.fraction | (1u << format.fractionBits)),
                           fields.exponent - format.bias - format.fractionBits);
  return fields.negative ? -magnitude : magnitude;
}

bool isSpecial(Type type, uint32_t bits) {
  const FormatInfo &format = formatOf(type);
  if (type == Type::UE8M0)
    return (bits & 0xff) == 0xff;
  Fields fields = split(format, type, bits);
  return isNan(format, fields) || isInfinite(format, fields);
}

namespace {

// `round` makes a non-negative number of units of the last place whole. `overflow` says what
// becomes of too large a result.
template <typename Round>
uint32_t encodeWith(Type type, double value, Rounding overflow, bool saturate, Round round) {
  const FormatInfo &format = formatOf(type);
  if (std::isnan(value))
    return format.nan;
  bool negative = std::signbit(value);
  if (negative && !format.hasSign)
    return 0;
  uint32_t sign = negative ? 1u << (format.exponentBits + format.fractionBits) : 0;
  double magnitude = std::fabs(value);
  uint32_t pattern;
  if (std::isinf(value)) {
    pattern = overflowed(format, Rounding::NearestEven, negative, saturate);
  } else {
    int exponent = magnitude == 0 ? format.minExponent() : std::ilogb(magnitude);
    if (exponent < format.minExponent())
      exponent = format.minExponent();
    // Counted in units of the last place. A carry into the next binade, or from the subnormals into
    // the normals, comes out right because the pattern is one integer across both fields.
    double units = round(std::ldexp(magnitude, format.fractionBits - exponent), negative);
    double whole = units + std::ldexp(double(exponent - format.minExponent()), format.fractionBits);
    pattern = whole > double(largestFinite(format))
                  ? overflowed(format, overflow, negative, saturate)
                  : uint32_t(whole);
  }
  return (sign | pattern) << fractionShift(type);
}

} // namespace

uint32_t encode(Type type, double value, Rounding rounding, bool saturate) {
  if (type == Type::UE8M0)
    return encodeScale(value, rounding, saturate);
  return encodeWith(type, value, rounding, saturate, [&](double units, bool negative) {
    return roundMagnitude(units, rounding, negative);
  });
}

uint32_t encodeStochastic(Type type, double value, uint32_t random, int count, bool saturate) {
  return encodeWith(type, value, Rounding::NearestEven, saturate, [&](double units, bool) {
    double down = std::floor(units), discarded = std::floor(std::ldexp(units - down, count));
    return discarded + double(random) >= std::ldexp(1.0, count) ? down + 1 : down;
  });
}

} // namespace azulejo::sim::tc
