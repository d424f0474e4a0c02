// This file implements conversions between scalar types, for one instruction set.
#include "exec/AluHandlers.h"
#include "exec/Rounding.h"
#include "exec/Scalar.h"

#include <limits>

namespace azulejo::sim::AZJ_ISA {

namespace {

// 8-bit values live in the low half of a 16-bit register.
template <typename T> struct ByteTag {
  using Raw = uint16_t;
  using Int = T;
  static T load(Raw raw) { return static_cast<T>(raw); }
  static Raw store(T value) { return static_cast<Raw>(static_cast<int16_t>(value)); }
};
template <typename Tag> struct IntOf {
  using type = typename Tag::Raw;
};
template <typename T> struct IntOf<ByteTag<T>> {
  using type = T;
};
using B8U = ByteTag<uint8_t>;
using B8S = ByteTag<int8_t>;

template <typename D, typename S> D clampInt(S v) {
  using L = std::numeric_limits<D>;
  __int128 wide = v;
  return wide > L::max() ? L::max() : (wide < L::min() ? L::min() : static_cast<D>(v));
}

template <typename T> T roundIntegral(T v, unsigned mode) {
  switch (mode) {
  case kRoundRni:
    return T(__builtin_nearbyint(double(v)));
  case kRoundRzi:
    return T(__builtin_trunc(double(v)));
  case kRoundRmi:
    return T(__builtin_floor(double(v)));
  case kRoundRpi:
    return T(__builtin_ceil(double(v)));
  default:
    return v;
  }
}

// NaN becomes 0, or the middle of the range where either side has 64 bits.
template <typename D> D floatToInt(double v, unsigned mode, bool isWide) {
  if (v != v)
    return isWide ? static_cast<D>(uint64_t{1} << (sizeof(D) * 8 - 1)) : D(0);
  double r = roundIntegral(v, mode);
  // 2^bits is exact in double, the greatest value of D may not be.
  double bound = __builtin_ldexp(1.0, std::numeric_limits<D>::digits);
  if (r >= bound)
    return std::numeric_limits<D>::max();
  if (r <= double(std::numeric_limits<D>::min()))
    return std::numeric_limits<D>::min();
  return static_cast<D>(r);
}

inline float roundToFloat(double v, unsigned mode) {
  switch (mode) {
  case kRoundRz:
    return towardZero(v);
  case kRoundRm:
    return downward(v);
  case kRoundRp:
    return upward(v);
  default:
    return float(v);
  }
}

// The half next to `v` toward zero where rounding to nearest went beyond it.
template <uint16_t (*Narrow)(double), float (*Widen)(uint16_t)>
uint16_t roundToHalf(double v, unsigned mode) {
  uint16_t h = Narrow(v);
  if (v != v)
    return h;
  double back = Widen(h);
  bool tooBig = std::fabs(back) > std::fabs(v);
  if (mode == kRoundRz && tooBig)
    return h - 1;
  if (mode == kRoundRm && back > v)
    return (h & 0x7fff) == 0 ? 0x8001 : ((h & 0x8000) ? h + 1 : h - 1);
  if (mode == kRoundRp && back < v)
    return (h & 0x7fff) == 0 ? 0x0001 : ((h & 0x8000) ? h - 1 : h + 1);
  return h;
}
inline uint16_t narrowHalf(double v) { return floatToHalf(v); }
inline uint16_t narrowBfloat(double v) { return floatToBfloat(v); }

template <typename D> typename D::Raw fromDouble(double v, unsigned mode) {
  if constexpr (std::is_same_v<D, F16>)
    return roundToHalf<narrowHalf, halfToFloat>(v, mode);
  else if constexpr (std::is_same_v<D, BF16>)
    return roundToHalf<narrowBfloat, bfloatToFloat>(v, mode);
  else if constexpr (std::is_same_v<D, F32>)
    return F32::store(roundToFloat(v, mode));
  else
    return F64::store(v);
}

// A 64-bit integer in double, toward zero; where that dropped digits the last bit is set, so that
// rounding it again to fewer digits, in any direction, gives the integer rounded once.
template <typename Int> double oddDouble(Int v) {
  double nearest = double(v);
  __int128 error = __int128(nearest) - __int128(v);
  if (error == 0)
    return nearest;
  bool isAway = v < 0 ? error < 0 : error > 0;
  return bitCast<double>((bitCast<uint64_t>(nearest) - (isAway ? 1 : 0)) | 1);
}

template <typename Int> double integerToDouble(Int v, unsigned mode) {
  double nearest = double(v);
  __int128 error = __int128(nearest) - __int128(v);
  bool isTooHigh = error > 0 && (mode == kRoundRm || (mode == kRoundRz && v > 0));
  bool isTooLow = error < 0 && (mode == kRoundRp || (mode == kRoundRz && v < 0));
  uint64_t bits = bitCast<uint64_t>(nearest);
  // The neighbour below of a positive number, and the one above of a negative one, is nearer to 0.
  if (isTooHigh)
    bits += nearest > 0 ? ~uint64_t{0} : 1;
  if (isTooLow)
    bits += nearest > 0 ? 1 : ~uint64_t{0};
  return bitCast<double>(bits);
}

template <typename T> constexpr bool isFloatTag() {
  return std::is_same_v<T, F16> || std::is_same_v<T, BF16> || std::is_same_v<T, F32> ||
         std::is_same_v<T, F64>;
}

template <typename D, typename S>
typename D::Raw convertOne(typename S::Raw raw, unsigned mode, bool ftz, bool sat, bool relu) {
  if constexpr (!isFloatTag<S>()) {
    auto v = S::load(raw);
    if constexpr (!isFloatTag<D>()) {
      using Int = typename IntOf<D>::type;
      return D::store(sat ? clampInt<Int>(v) : static_cast<Int>(v));
    } else {
      double d;
      if constexpr (std::is_same_v<D, F64>)
        d = integerToDouble(v, mode);
      else
        d = oddDouble(v);
      return fromDouble<D>(sat ? saturate(d) : d, mode);
    }
  } else {
    auto v = S::load(raw);
    if (ftz && std::is_same_v<S, F32>)
      v = flush(v);
    if constexpr (!isFloatTag<D>()) {
      using Int = typename IntOf<D>::type;
      return D::store(floatToInt<Int>(double(v), mode, sizeof(Int) == 8 || sizeof(v) == 8));
    } else {
      double d = roundIntegral(double(v), mode);
      // trunc and its kin keep the sign of zero, and so must saturation not invent one.
      if (sat)
        d = saturate(d);
      if (relu)
        d = positive(d);
      typename D::Raw result = fromDouble<D>(d, mode);
      if constexpr (std::is_same_v<D, F32>)
        result = ftz ? flushBits(result) : result;
      return result;
    }
  }
}

template <typename D, typename S> void convertAny(WarpContext &w, const Inst &i, uint32_t mask) {
  const auto *a = w.reg<typename S::Raw>(i.a);
  auto *d = w.reg<typename D::Raw>(i.d);
  typename D::Raw result[32];
  for (unsigned l = 0; l < 32; ++l)
    result[l] =
        convertOne<D, S>(a[l], i.sub, i.flags & kCvtFtz, i.flags & kCvtSat, i.flags & kCvtRelu);
  for (unsigned l = 0; l < 32; ++l)
    d[l] = ((mask >> l) & 1) ? result[l] : d[l];
}

// The plain case: rounding to nearest for results of fewer digits, no modifier.
template <typename D, typename S> void convertPlain(WarpContext &w, const Inst &i, uint32_t mask) {
  unary<D, S>(w, i, mask, [](auto a) {
    if constexpr (isFloatTag<D>())
      return static_cast<decltype(D::load(0))>(a);
    else
      return a;
  });
}

// f32 to 32-bit integers toward zero: the commonest float to integer conversion.
void convertTruncS32(WarpContext &w, const Inst &i, uint32_t mask) {
  const uint32_t *a = w.reg<uint32_t>(i.a);
  forLanes(w.reg<int32_t>(i.d), mask, [=](unsigned l) {
    float v = bitCast<float>(a[l]);
    v = v == v ? v : 0.0f;
    float clamped = v < -2147483648.0f ? -2147483648.0f : (v < 2147483520.0f ? v : 2147483520.0f);
    int32_t r = int32_t(clamped);
    return v >= 2147483648.0f ? INT32_MAX : r;
  });
}

template <typename D, typename S> constexpr bool hasPlain() {
  constexpr bool fs = isFloatTag<S>(), fd = isFloatTag<D>();
  if constexpr (!fs && !fd)
    return !std::is_same_v<S, B8U> && !std::is_same_v<S, B8S> && !std::is_same_v<D, B8U> &&
           !std::is_same_v<D, B8S>;
  else if constexpr (!fs && fd)
    return (std::is_same_v<D, F32> || std::is_same_v<D, F64>) && !std::is_same_v<S, B8U> &&
           !std::is_same_v<S, B8S>;
  else if constexpr (fs && fd)
    return !(std::is_same_v<S, F64> && (std::is_same_v<D, F16> || std::is_same_v<D, BF16>));
  return false;
}

template <typename D, typename S> Handler pick(unsigned rounding, bool isPlain) {
  if constexpr (std::is_same_v<D, S32> && std::is_same_v<S, F32>)
    if (isPlain && rounding == kRoundRzi)
      return convertTruncS32;
  if constexpr (hasPlain<D, S>())
    if (isPlain && (rounding == kRoundNone || rounding == kRoundRn))
      return convertPlain<D, S>;
  return convertAny<D, S>;
}

template <typename D> Handler pickSource(Type from, unsigned rounding, bool isPlain) {
  switch (from) {
  case Type::U8:
  case Type::B8:
    return pick<D, B8U>(rounding, isPlain);
  case Type::S8:
    return pick<D, B8S>(rounding, isPlain);
  case Type::U16:
  case Type::B16:
    return pick<D, U16>(rounding, isPlain);
  case Type::S16:
    return pick<D, S16>(rounding, isPlain);
  case Type::U32:
  case Type::B32:
    return pick<D, U32>(rounding, isPlain);
  case Type::S32:
    return pick<D, S32>(rounding, isPlain);
  case Type::U64:
  case Type::B64:
    return pick<D, U64>(rounding, isPlain);
  case Type::S64:
    return pick<D, S64>(rounding, isPlain);
  case Type::F16:
    return pick<D, F16>(rounding, isPlain);
  case Type::BF16:
    return pick<D, BF16>(rounding, isPlain);
  case Type::F32:
    return pick<D, F32>(rounding, isPlain);
  case Type::F64:
    return pick<D, F64>(rounding, isPlain);
  default:
    return nullptr;
  }
}

template <typename Half, bool TowardZero>
void convertPair(WarpContext &w, const Inst &i, uint32_t mask) {
  const uint32_t *a = w.reg<uint32_t>(i.a);
  const uint32_t *b = w.reg<uint32_t>(i.b);
  bool relu = i.flags & kCvtRelu;
  auto one = [=](uint32_t bits) -> uint32_t {
    float f = bitCast<float>(bits);
    f = relu ? positive(f) : f;
    if constexpr (TowardZero)
      return fromDouble<Half>(double(f), kRoundRz);
    else
      return Half::store(f);
  };
  forLanes(w.reg<uint32_t>(i.d), mask, [=](unsigned l) { return one(a[l]) << 16 | one(b[l]); });
}
} // namespace

Handler convertPairHandler(Type to, unsigned rounding) {
  if (to == Type::F16x2)
    return rounding == kRoundRz ? convertPair<F16, true> : convertPair<F16, false>;
  return rounding == kRoundRz ? convertPair<BF16, true> : convertPair<BF16, false>;
}

Handler convertHandler(Type to, Type from, unsigned rounding, bool isPlain) {
  switch (to) {
  case Type::U8:
  case Type::B8:
    return pickSource<B8U>(from, rounding, isPlain);
  case Type::S8:
    return pickSource<B8S>(from, rounding, isPlain);
  case Type::U16:
  case Type::B16:
    return pickSource<U16>(from, rounding, isPlain);
  case Type::S16:
    return pickSource<S16>(from, rounding, isPlain);
  case Type::U32:
  case Type::B32:
    return pickSource<U32>(from, rounding, isPlain);
  case Type::S32:
    return pickSource<S32>(from, rounding, isPlain);
  case Type::U64:
  case Type::B64:
    return pickSource<U64>(from, rounding, isPlain);
  case Type::S64:
    return pickSource<S64>(from, rounding, isPlain);
  case Type::F16:
    return pickSource<F16>(from, rounding, isPlain);
  case Type::BF16:
    return pickSource<BF16>(from, rounding, isPlain);
  case Type::F32:
    return pickSource<F32>(from, rounding, isPlain);
  case Type::F64:
    return pickSource<F64>(from, rounding, isPlain);
  default:
    return nullptr;
  }
}

} // namespace azulejo::sim::AZJ_ISA
