// This file implements a plain formulation of the number formats, for tests.
#include "test/Numbers.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace azulejo::sim::test {

namespace {
// binary128 has 15 bits of exponent above 112 of fraction.
Quad powerOfTwo(int exponent) {
  unsigned __int128 bits = static_cast<unsigned __int128>(exponent + 16383) << 112;
  Quad power;
  std::memcpy(&power, &bits, sizeof(power));
  return power;
}

// Of a normal number that is positive.
int exponentOf(Quad value) {
  unsigned __int128 bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return int(bits >> 112) - 16383;
}

// The greatest whole number not above a value that is not negative and below 2^112.
Quad wholeBelow(Quad value) {
  unsigned __int128 whole = static_cast<unsigned __int128>(value);
  return static_cast<Quad>(whole);
}

// A value of steps to a whole number of them.
Quad roundSteps(Quad magnitude, bool isNegative, RoundTo rounding) {
  Quad below = wholeBelow(magnitude), rest = magnitude - below;
  bool isOdd = below / 2 != wholeBelow(below / 2);
  bool up = false;
  switch (rounding) {
  case RoundTo::Nearest:
    up = rest > 0.5 || (rest == 0.5 && isOdd);
    break;
  case RoundTo::NearestAway:
    up = rest >= 0.5;
    break;
  case RoundTo::Zero:
    break;
  case RoundTo::Down:
    up = isNegative && rest > 0;
    break;
  case RoundTo::Up:
    up = !isNegative && rest > 0;
    break;
  }
  return up ? below + 1 : below;
}
} // namespace

bool isFloatName(const std::string &type) {
  return type[0] == 'f' || type[0] == 'b' || type == "tf32";
}

FloatFormat formatOf(const std::string &type) {
  if (type == "f16")
    return {5, 10, 2};
  if (type == "bf16")
    return {8, 7, 2};
  if (type == "tf32")
    return {8, 10, 4};
  return type == "f32" ? FloatFormat{8, 23, 4} : FloatFormat{11, 52, 8};
}

bool isSignedName(const std::string &type) { return type[0] == 's'; }
unsigned bitsOfName(const std::string &type) {
  return unsigned(std::strtoul(type.c_str() + type.find_first_of("0123456789"), nullptr, 10));
}

RoundTo roundingOf(const std::string &modifier) {
  if (modifier == "rna")
    return RoundTo::NearestAway;
  return modifier[1] == 'z'   ? RoundTo::Zero
         : modifier[1] == 'm' ? RoundTo::Down
         : modifier[1] == 'p' ? RoundTo::Up
                              : RoundTo::Nearest;
}

Quad valueOf(FloatFormat format, uint64_t bits) {
  unsigned e = format.exponentBits, m = format.fractionBits;
  uint64_t fraction = bits & ((uint64_t{1} << m) - 1);
  unsigned exponent = unsigned(bits >> m) & ((1u << e) - 1);
  bool isNegative = (bits >> (e + m)) & 1;
  Quad value;
  int bias = (1 << (e - 1)) - 1;
  if (exponent == (1u << e) - 1)
    value = fraction != 0 ? __builtin_nan("") : __builtin_inf();
  else if (exponent == 0)
    value = Quad(fraction) * powerOfTwo(1 - bias - int(m));
  else
    value = Quad(fraction | uint64_t{1} << m) * powerOfTwo(int(exponent) - bias - int(m));
  return isNegative ? -value : value;
}

bool isNanBits(FloatFormat format, uint64_t bits) {
  Quad value = valueOf(format, bits);
  return value != value;
}

bool isSubnormal(FloatFormat format, uint64_t bits) {
  uint64_t exponents = (uint64_t{1} << format.exponentBits) - 1;
  return ((bits >> format.fractionBits) & exponents) == 0;
}

uint64_t bitsOf(FloatFormat format, Quad value, RoundTo rounding) {
  unsigned e = format.exponentBits, m = format.fractionBits;
  uint64_t infinity = ((uint64_t{1} << e) - 1) << m, signBit = uint64_t{1} << (e + m);
  if (value != value)
    return signBit - 1;
  bool isNegative = value < 0 || (value == 0 && 1 / value < 0);
  uint64_t sign = isNegative ? signBit : 0;
  Quad magnitude = isNegative ? -value : value;
  if (magnitude == 0)
    return sign;
  if (magnitude > powerOfTwo(1100))
    return magnitude == magnitude / 2 || rounding == RoundTo::Nearest ||
                   rounding == RoundTo::NearestAway || (rounding == RoundTo::Down && isNegative) ||
                   (rounding == RoundTo::Up && !isNegative)
               ? sign | infinity
               : sign | (infinity - 1);
  int bias = (1 << (e - 1)) - 1, exponent = std::max(1 - bias, exponentOf(magnitude));
  Quad steps = roundSteps(magnitude / powerOfTwo(exponent - int(m)), isNegative, rounding);
  uint64_t whole = uint64_t(steps);
  // Subnormal numbers have exponent 1 - bias without the leading bit; a carry adds up by itself.
  uint64_t bits = (uint64_t(exponent + bias - 1) << m) + whole;
  if (bits < infinity)
    return sign | bits;
  bool toLargest = rounding == RoundTo::Zero || (rounding == RoundTo::Down && !isNegative) ||
                   (rounding == RoundTo::Up && isNegative);
  return sign | (toLargest ? infinity - 1 : infinity);
}

Quad roundWhole(Quad value, RoundTo rounding) {
  bool isNegative = value < 0 || (value == 0 && 1 / value < 0);
  Quad magnitude = isNegative ? -value : value;
  // From 2^64 on every value of the formats is whole, as is infinity; NaN stays.
  if (!(magnitude < powerOfTwo(64)))
    return value;
  Quad whole = roundSteps(magnitude, isNegative, rounding);
  return isNegative ? -whole : whole;
}

Quad integerValue(const std::string &type, uint64_t bits) {
  unsigned width = bitsOfName(type);
  if (!isSignedName(type))
    return width == 64 ? bits : bits & ((uint64_t{1} << width) - 1);
  return int64_t(bits << (64 - width)) >> (64 - width);
}

uint64_t saturated(const std::string &type, Quad whole) {
  unsigned width = bitsOfName(type);
  Quad most = powerOfTwo(int(width) - (isSignedName(type) ? 1 : 0)) - 1;
  Quad least = isSignedName(type) ? -most - 1 : Quad(0);
  Quad value = whole > most ? most : (whole < least ? least : whole);
  uint64_t bits = value < 0 ? uint64_t(int64_t(value)) : uint64_t(value);
  return width == 64 ? bits : bits & ((uint64_t{1} << width) - 1);
}

} // namespace azulejo::sim::test
