// This file implements exact conversions between f32 and the 16-bit floats, and the packed
// conversions built on them.
#include "exec/SoftFloat.h"

#include "exec/Handlers.h"
#include "exec/Rounding.h"

#include <cmath>
#include <cstring>

namespace azulejo::sim {

namespace {
uint32_t bitsOf(float f) {
  uint32_t bits;
  std::memcpy(&bits, &f, 4);
  return bits;
}
float floatOf(uint32_t bits) {
  float f;
  std::memcpy(&f, &bits, 4);
  return f;
}
} // namespace

float f16ToFloat(uint16_t h) {
  unsigned exponent = (h >> 10) & 31, fraction = h & 0x3ff;
  float magnitude;
  if (exponent == 31)
    magnitude = fraction != 0 ? NAN : INFINITY;
  else if (exponent == 0)
    magnitude = std::ldexp(float(fraction), -24);
  else
    magnitude = std::ldexp(float(fraction | 0x400), int(exponent) - 25);
  return (h & 0x8000) ? -magnitude : magnitude;
}

float bf16ToFloat(uint16_t h) { return floatOf(uint32_t(h) << 16); }

uint16_t floatToF16(float value, bool towardZero) {
  if (value != value)
    return 0x7fff;
  uint16_t sign = bitsOf(value) >> 31 ? 0x8000 : 0;
  float magnitude = std::fabs(value);
  if (std::isinf(magnitude))
    return sign | 0x7c00;
  int exponent;
  std::frexp(magnitude, &exponent);
  // The step of the result: 2^-24 for subnormals, else 10 bits below the leading one.
  int step = magnitude < 0x1p-14f ? -24 : exponent - 11;
  double scaled = std::ldexp(double(magnitude), -step);
  double rounded = towardZero ? std::trunc(scaled) : std::nearbyint(scaled);
  double result = std::ldexp(rounded, step);
  if (result >= 65536.0)
    return towardZero ? sign | 0x7bff : sign | 0x7c00;
  if (result < 0x1p-14)
    return sign | uint16_t(std::ldexp(result, 24));
  std::frexp(result, &exponent);
  return sign |
         uint16_t(((exponent + 14) << 10) + (int(std::ldexp(result, 11 - exponent)) - 0x400));
}

uint16_t floatToBf16(float value, bool towardZero) {
  uint32_t bits = bitsOf(value);
  if (value != value)
    return 0x7fff;
  if (towardZero || std::isinf(value))
    return uint16_t(bits >> 16);
  return uint16_t((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

void convertTf32(WarpContext &w, const Inst &i, uint32_t mask) {
  const uint32_t *a = w.reg<uint32_t>(i.a);
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned l = unsigned(__builtin_ctz(m));
    uint32_t bits = a[l];
    float f = floatOf(bits);
    if (f != f) {
      bits = 0x7fffffff;
    } else {
      if ((i.flags & kCvtRelu) && !(f > 0))
        bits = 0;
      // 13 digits are dropped: ties go away from zero with .rna, to even with .rn.
      if (!std::isinf(f) && i.sub == kRoundRna)
        bits += 0x1000;
      else if (!std::isinf(f) && i.sub == kRoundRn)
        bits += 0xfff + ((bits >> 13) & 1);
      bits &= 0xffffe000u;
    }
    w.reg<uint32_t>(i.d)[l] = bits;
  }
}

} // namespace azulejo::sim
