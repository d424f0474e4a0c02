// This file defines the scalar functions that the rows of AluForms.def use; see exec/Lanes.h for
// why it lives in a namespace per instruction set.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_SCALAR_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_SCALAR_H

#include "exec/Directed.h"
#include "exec/Lanes.h"

namespace azulejo::sim::AZJ_ISA {

inline int32_t clampS32(int64_t v) {
  return int32_t(v > INT32_MAX ? INT32_MAX : (v < INT32_MIN ? INT32_MIN : v));
}
// cvt.pack: b in the lowest `bits`, a above it, and c above both.
inline uint32_t packClamped(int32_t a, int32_t b, uint32_t c, int bits, bool isSigned) {
  int32_t high = int32_t((int64_t{1} << (isSigned ? bits - 1 : bits)) - 1);
  int32_t low = isSigned ? -high - 1 : 0;
  uint64_t mask = (uint64_t{1} << bits) - 1;
  auto clamp = [=](int32_t v) { return uint64_t(uint32_t(v < low ? low : v > high ? high : v)); };
  return uint32_t(uint64_t(c) << (2 * bits) | (clamp(a) & mask) << bits | (clamp(b) & mask));
}
inline int64_t sext24(uint32_t v) { return int32_t(v << 8) >> 8; }
inline uint64_t mulHighU64(uint64_t a, uint64_t b) {
  return uint64_t((static_cast<unsigned __int128>(a) * b) >> 64);
}
inline int64_t mulHighS64(int64_t a, int64_t b) {
  return int64_t((static_cast<__int128>(a) * b) >> 64);
}

// Division by zero is unspecified in PTX and does not trap; the GPUs return all ones, and the
// dividend as the remainder.
template <typename T> inline T divU(T a, T b) { return b == 0 ? T(~T(0)) : T(a / b); }
template <typename T> inline T remU(T a, T b) { return b == 0 ? a : T(a % b); }
inline int64_t divS(int64_t a, int64_t b) {
  return b == 0 ? -1 : (b == -1 ? int64_t(uint64_t{0} - uint64_t(a)) : a / b);
}
inline int64_t remS(int64_t a, int64_t b) { return b == 0 ? a : (b == -1 ? 0 : a % b); }

inline uint32_t funnelLeft(uint32_t lo, uint32_t hi, uint32_t n) {
  uint64_t both = uint64_t(hi) << 32 | lo;
  return uint32_t((both << n) >> 32);
}
inline uint32_t funnelRight(uint32_t lo, uint32_t hi, uint32_t n) {
  return uint32_t((uint64_t(hi) << 32 | lo) >> n);
}
inline uint32_t popCount(uint32_t v) { return uint32_t(__builtin_popcount(v)); }
inline uint32_t popCount(uint64_t v) { return uint32_t(__builtin_popcountll(v)); }
inline uint32_t leadingZeros(uint32_t v) { return v == 0 ? 32 : uint32_t(__builtin_clz(v)); }
inline uint32_t leadingZeros(uint64_t v) { return v == 0 ? 64 : uint32_t(__builtin_clzll(v)); }
inline uint32_t reverseBits(uint32_t v) {
  v = (v >> 1 & 0x55555555u) | (v & 0x55555555u) << 1;
  v = (v >> 2 & 0x33333333u) | (v & 0x33333333u) << 2;
  v = (v >> 4 & 0x0f0f0f0fu) | (v & 0x0f0f0f0fu) << 4;
  return __builtin_bswap32(v);
}
inline uint64_t reverseBits(uint64_t v) {
  return uint64_t(reverseBits(uint32_t(v))) << 32 | reverseBits(uint32_t(v >> 32));
}

// bfe: `length` bits from `position`; for signed types the sign is that of the field's last bit
// that lies in the operand.
template <typename T> inline T bitField(T a, uint32_t position, uint32_t length) {
  using U = std::make_unsigned_t<T>;
  constexpr uint32_t kBits = sizeof(T) * 8;
  if (length == 0)
    return 0;
  uint32_t last = position + length - 1;
  last = last < kBits - 1 ? last : kBits - 1;
  bool fill = std::is_signed_v<T> && ((U(a) >> last) & 1);
  U shifted = position < kBits ? U(a) >> position : U(0);
  U valid = position < kBits ? last - position + 1 : 0;
  U mask = valid >= kBits ? ~U(0) : (U(1) << valid) - 1;
  return T((shifted & mask) | (fill ? ~mask : U(0)));
}

template <typename T> inline T insertField(T a, T b, uint32_t position, uint32_t length) {
  constexpr uint32_t kBits = sizeof(T) * 8;
  position &= 255;
  length &= 255;
  if (length == 0 || position >= kBits)
    return b;
  T mask = length >= kBits ? ~T(0) : (T(1) << length) - 1;
  mask <<= position;
  return (b & ~mask) | ((a << position) & mask);
}

inline uint32_t bitMask(uint32_t position, uint32_t length) {
  if (position > 31 || length == 0)
    return 0;
  uint32_t ones = length > 31 ? ~0u : (1u << length) - 1;
  return ones << position;
}

inline uint32_t logic3(uint32_t a, uint32_t b, uint32_t c, uint32_t table) {
  uint32_t r = 0;
  r |= (table & 0x01) ? ~a & ~b & ~c : 0;
  r |= (table & 0x02) ? ~a & ~b & c : 0;
  r |= (table & 0x04) ? ~a & b & ~c : 0;
  r |= (table & 0x08) ? ~a & b & c : 0;
  r |= (table & 0x10) ? a & ~b & ~c : 0;
  r |= (table & 0x20) ? a & ~b & c : 0;
  r |= (table & 0x40) ? a & b & ~c : 0;
  r |= (table & 0x80) ? a & b & c : 0;
  return r;
}

inline uint32_t permute(uint32_t a, uint32_t b, uint32_t selector) {
  uint64_t bytes = uint64_t(b) << 32 | a;
  uint32_t result = 0;
  for (unsigned i = 0; i < 4; ++i) {
    uint32_t pick = (selector >> (4 * i)) & 0xf;
    uint32_t byte = uint32_t(bytes >> (8 * (pick & 7))) & 0xff;
    uint32_t sign = (byte & 0x80) ? 0xffu : 0u;
    result |= ((pick & 8) ? sign : byte) << (8 * i);
  }
  return result;
}
inline uint32_t permuteBackward(uint32_t c) {
  c &= 3;
  return (c & 7) | ((c - 1) & 7) << 4 | ((c - 2) & 7) << 8 | ((c - 3) & 7) << 12;
}

template <typename A, typename B> inline uint32_t dot4(uint32_t a, uint32_t b) {
  int32_t sum = 0;
  for (unsigned i = 0; i < 4; ++i)
    sum += int32_t(A(a >> (8 * i))) * int32_t(B(b >> (8 * i)));
  return uint32_t(sum);
}
template <typename A, typename B> inline uint32_t dot2(uint32_t a, uint32_t b) {
  return uint32_t(int32_t(A(a)) * int32_t(B(b))) +
         uint32_t(int32_t(A(a >> 16)) * int32_t(B(b >> 8)));
}

inline float fmaf32(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
inline double fmaf64(double a, double b, double c) { return __builtin_fma(a, b, c); }
inline float squareRoot(float a) { return __builtin_sqrtf(a); }
inline double squareRoot(double a) { return __builtin_sqrt(a); }

// The place of set bit number |offset| of `mask`, counted from `base` up, or down where offset is
// negative; number 0 is the bit at `base` itself.
inline uint32_t findNth(uint32_t mask, uint32_t base, int32_t offset) {
  uint32_t left = offset == 0 ? 0 : uint32_t(offset > 0 ? offset : -int64_t(offset)) - 1;
  for (int64_t at = base; at >= 0 && at < 32; at += offset > 0 ? 1 : -1) {
    if (((mask >> at) & 1) != 0 && left-- == 0)
      return uint32_t(at);
    if (offset == 0)
      break;
  }
  return 0xffffffffu;
}

// The approximations of f64 see the upper 32 bits of the operand, and give as many; subnormal
// operands and results are zeros.
inline double highPart(uint64_t bits) {
  bool isSubnormal = ((bits >> 52) & 0x7ff) == 0;
  return bitCast<double>(bits & (isSubnormal ? uint64_t{1} << 63 : ~uint64_t{0xffffffff}));
}
inline uint64_t roundToHigh(double d) {
  uint64_t bits = bitCast<uint64_t>(d);
  if (d != d)
    return 0x7fffffff00000000u;
  if (((bits >> 52) & 0x7ff) == 0)
    return bits & uint64_t{1} << 63;
  return (bits + 0x7fffffff + ((bits >> 32) & 1)) & ~uint64_t{0xffffffff};
}
inline uint64_t rcpHigh(uint64_t a) { return roundToHigh(1.0 / highPart(a)); }
inline uint64_t rsqrtHigh(uint64_t a) { return roundToHigh(1.0 / squareRoot(highPart(a))); }

// The sum, rounded to odd in double: rounding it again, in any direction, gives the sum rounded
// once.
inline double oddSum(double p, double c) {
  double s = p + c;
  double z = s - p;
  double e = (p - (s - z)) + (c - z);
  uint64_t bits = bitCast<uint64_t>(s);
  bool adjust = e != 0 && std::fabs(e) <= 1.7976931348623157e308 && (bits & 1) == 0 &&
                std::fabs(s) <= 1.7976931348623157e308;
  // The exact sum lies beyond s where e has its sign.
  uint64_t step = ((e > 0) == (s > 0)) ? uint64_t{1} : ~uint64_t{0};
  return bitCast<double>(adjust ? bits + step : bits);
}
// The same when rounding down, where an exact zero of two operands of unlike sign is negative.
inline double oddSumDown(double p, double c) {
  double s = oddSum(p, c);
  bool isPlain = s != 0 || (bitCast<uint64_t>(p) == 0 && bitCast<uint64_t>(c) == 0);
  return isPlain ? s : -0.0;
}

inline float nextFloat(float f, bool up) {
  if (f != f)
    return f;
  uint32_t bits = bitCast<uint32_t>(f);
  if ((bits & 0x7fffffffu) == 0)
    return bitCast<float>(up ? 1u : 0x80000001u);
  return bitCast<float>(((bits >> 31) != 0) == up ? bits - 1 : bits + 1);
}
inline float towardZero(double d) {
  float f = float(d);
  return std::fabs(double(f)) > std::fabs(d) ? nextFloat(f, f < 0) : f;
}
inline float downward(double d) {
  float f = float(d);
  return double(f) > d ? nextFloat(f, false) : f;
}
inline float upward(double d) {
  float f = float(d);
  return double(f) < d ? nextFloat(f, true) : f;
}

inline float divApprox(float a, float b) {
  float m = std::fabs(b);
  float zero = std::fabs(a) > 3.402823466e38f
                   ? NAN
                   : bitCast<float>((bitCast<uint32_t>(a) ^ bitCast<uint32_t>(b)) & 0x80000000u);
  return m > 0x1p126f && m <= 3.402823466e38f ? (a != a ? a : zero) : a / b;
}

template <typename T> inline bool isLess(T a, T b) {
  return a < b || (a == b && std::signbit(a) && !std::signbit(b));
}
template <typename T> inline T minNumber(T a, T b) {
  return a != a ? b : (b != b ? a : (isLess(b, a) ? b : a));
}
template <typename T> inline T maxNumber(T a, T b) {
  return a != a ? b : (b != b ? a : (isLess(a, b) ? b : a));
}
// `magnitude` with the sign of a * b.
template <typename T> inline T xorSign(T magnitude, T a, T b) {
  return std::signbit(a) != std::signbit(b) ? -magnitude : magnitude;
}
template <typename T> inline T minNan(T a, T b) {
  return a != a ? a : (b != b ? b : (isLess(b, a) ? b : a));
}
template <typename T> inline T maxNan(T a, T b) {
  return a != a ? a : (b != b ? b : (isLess(a, b) ? b : a));
}

// 2^x: the nearest f32 to a polynomial in double that is right to 2^-40.
inline float exp2Nearest(float x) {
  double clamped = x < -160.0f ? -160.0 : (x > 130.0f ? 130.0 : double(x));
  // The sum's last bits are the whole part, as an integer.
  double shifted = clamped + 0x1.8p52, whole = shifted - 0x1.8p52;
  double t = (clamped - whole) * 0.69314718055994530942;
  double p = 2.5052108385441718775e-08; // 1/11!
  p = p * t + 2.7557319223985890653e-07;
  p = p * t + 2.7557319223985892511e-06;
  p = p * t + 2.4801587301587301566e-05;
  p = p * t + 1.9841269841269841253e-04;
  p = p * t + 1.3888888888888889419e-03;
  p = p * t + 8.3333333333333332177e-03;
  p = p * t + 4.1666666666666664354e-02;
  p = p * t + 1.6666666666666665741e-01;
  p = p * t + 0.5;
  p = p * t + 1.0;
  p = p * t + 1.0;
  double scale = bitCast<double>((bitCast<uint64_t>(shifted) + 1023) << 52);
  float result = float(p * scale);
  return x != x ? x : result;
}
inline float log2Nearest(float x) { return float(__builtin_log2(double(x))); }
inline float sinNearest(float x) { return float(__builtin_sin(double(x))); }
inline float cosNearest(float x) { return float(__builtin_cos(double(x))); }
inline float tanhNearest(float x) { return float(__builtin_tanh(double(x))); }

} // namespace azulejo::sim::AZJ_ISA

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_SCALAR_H
