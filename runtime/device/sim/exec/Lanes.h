// This file defines how a lane's bits become values and how handlers walk over the 32 lanes. It is
// compiled once per instruction set, inside a namespace of that name, so that no function compiled
// for a newer CPU can be linked into code for an older one.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_LANES_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_LANES_H

#include "exec/Context.h"

#include <cmath>
#include <cstdint>
#include <cstring>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#ifndef AZJ_ISA
#error "AZJ_ISA must name the namespace of the instruction set"
#endif

// Lanes are independent: a register is either the same as another or disjoint from it.
#if defined(__clang__)
#define AZJ_LANES _Pragma("clang loop vectorize(assume_safety)")
#else
#define AZJ_LANES _Pragma("GCC ivdep")
#endif

namespace azulejo::sim::AZJ_ISA {

constexpr uint32_t kAll = 0xffffffffu;

template <typename To, typename From> inline To bitCast(From from) {
  static_assert(sizeof(To) == sizeof(From), "sizes must agree");
  To to;
  std::memcpy(&to, &from, sizeof(to));
  return to;
}

// f16 and bf16 in software, without branches so that loops over them become vectors.
inline float halfToFloat(uint16_t h) {
  uint32_t magnitude = uint32_t(h & 0x7fff) << 13;
  float scaled = bitCast<float>(magnitude) * 0x1p112f;
  uint32_t bits = bitCast<uint32_t>(scaled);
  bits = (h & 0x7fff) >= 0x7c00 ? (magnitude | 0x7f800000u) : bits;
  return bitCast<float>(bits | uint32_t(h & 0x8000) << 16);
}

inline uint16_t floatToHalf(float f) {
  uint32_t bits = bitCast<uint32_t>(f);
  uint32_t sign = (bits >> 16) & 0x8000;
  uint32_t magnitude = bits & 0x7fffffffu;
  // Adding 0.5 puts the last place at 2^-24, the subnormal step of f16, and rounds to even there.
  uint32_t small = bitCast<uint32_t>(bitCast<float>(magnitude) + 0.5f) - 0x3f000000u;
  uint32_t normal = (magnitude + 0xfff + ((magnitude >> 13) & 1) - (112u << 23)) >> 13;
  uint32_t half = magnitude < 0x38800000u ? small : normal;
  half = magnitude >= 0x477ff000u ? 0x7c00 : half;
  half = magnitude > 0x7f800000u ? 0x7fff : (half | sign);
  return uint16_t(half);
}

inline float bfloatToFloat(uint16_t h) { return bitCast<float>(uint32_t(h) << 16); }

inline uint16_t floatToBfloat(float f) {
  uint32_t bits = bitCast<uint32_t>(f);
  uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  return uint16_t((bits & 0x7fffffffu) > 0x7f800000u ? 0x7fff : rounded);
}

// Rounds to f32 so that a later rounding to fewer digits gives what one rounding would.
inline float oddFloat(double d) {
  float nearest = float(d);
  uint32_t bits = bitCast<uint32_t>(nearest);
  double back = nearest;
  bool inexact = back != d && d == d;
  bool above = std::fabs(back) > std::fabs(d);
  uint32_t truncated = bits - (above ? 1u : 0u);
  return bitCast<float>(inexact ? (truncated | 1u) : bits);
}
inline uint16_t floatToHalf(double d) { return floatToHalf(oddFloat(d)); }
inline uint16_t floatToBfloat(double d) { return floatToBfloat(oddFloat(d)); }

inline uint32_t flushBits(uint32_t bits) {
  return (bits & 0x7f800000u) == 0 ? bits & 0x80000000u : bits;
}
inline float flush(float f) { return bitCast<float>(flushBits(bitCast<uint32_t>(f))); }
inline double flush(double d) { return d; }
inline uint32_t canonicalBits(float f) { return f != f ? 0x7fffffffu : bitCast<uint32_t>(f); }
template <typename T> inline T saturate(T f) { return f > T(0) ? (f < T(1) ? f : T(1)) : T(0); }
template <typename T> inline T positive(T f) { return f > T(0) ? f : (f != f ? f : T(0)); }
inline uint16_t flushHalf(uint16_t h) { return (h & 0x7c00) == 0 ? h & 0x8000 : h; }
inline uint16_t flushBfloat(uint16_t h) { return (h & 0x7f80) == 0 ? h & 0x8000 : h; }

// Type tags. Raw is what a register holds for one lane, Val what an expression computes with.
template <typename RawT> struct IntTag {
  using Raw = RawT;
  static constexpr bool kPacked = false;
  static RawT load(RawT raw) { return raw; }
  template <typename T> static RawT store(T value) { return static_cast<RawT>(value); }
};
using U16 = IntTag<uint16_t>;
using S16 = IntTag<int16_t>;
using U32 = IntTag<uint32_t>;
using S32 = IntTag<int32_t>;
using U64 = IntTag<uint64_t>;
using S64 = IntTag<int64_t>;

struct F32 {
  using Raw = uint32_t;
  static constexpr bool kPacked = false;
  static float load(Raw raw) { return bitCast<float>(raw); }
  static Raw store(float f) { return canonicalBits(f); }
};
struct F32Z : F32 {
  static float load(Raw raw) { return bitCast<float>(flushBits(raw)); }
  static Raw store(float f) { return flushBits(canonicalBits(f)); }
};
struct F32S : F32 {
  static Raw store(float f) { return bitCast<Raw>(saturate(f)); }
};
struct F32ZS : F32Z {
  static Raw store(float f) { return flushBits(bitCast<Raw>(saturate(f))); }
};
struct F64 {
  using Raw = uint64_t;
  static constexpr bool kPacked = false;
  static double load(Raw raw) { return bitCast<double>(raw); }
  static Raw store(double d) { return bitCast<Raw>(d); }
};

// Half-precision tags: with flushing (Z), saturation to [0, 1] (S) and clamping below 0 (R).
template <bool Z, bool S, bool R> struct HalfTag {
  using Raw = uint16_t;
  static constexpr bool kPacked = false;
  static float load(Raw raw) { return halfToFloat(Z ? flushHalf(raw) : raw); }
  template <typename T> static Raw store(T f) {
    Raw raw = floatToHalf(R ? positive(f) : (S ? saturate(f) : f));
    return Z ? flushHalf(raw) : raw;
  }
};
using F16 = HalfTag<false, false, false>;
using F16Z = HalfTag<true, false, false>;
using F16S = HalfTag<false, true, false>;
using F16ZS = HalfTag<true, true, false>;
using F16R = HalfTag<false, false, true>;

template <bool Z, bool R> struct BfloatTag {
  using Raw = uint16_t;
  static constexpr bool kPacked = false;
  static float load(Raw raw) { return bfloatToFloat(Z ? flushBfloat(raw) : raw); }
  template <typename T> static Raw store(T f) {
    Raw raw = floatToBfloat(R ? positive(f) : f);
    return Z ? flushBfloat(raw) : raw;
  }
};
using BF16 = BfloatTag<false, false>;
using BF16Z = BfloatTag<true, false>;
using BF16R = BfloatTag<false, true>;

// Two values in one register; the expression runs on each.
template <typename HalfT, typename RawT> struct Pair {
  using Raw = RawT;
  using Half = HalfT;
  static constexpr bool kPacked = true;
  static constexpr unsigned kBits = sizeof(typename HalfT::Raw) * 8;
  static auto low(Raw raw) { return HalfT::load(static_cast<typename HalfT::Raw>(raw)); }
  static auto high(Raw raw) { return HalfT::load(static_cast<typename HalfT::Raw>(raw >> kBits)); }
  template <typename T> static Raw pack(T lowValue, T highValue) {
    using Bits = std::make_unsigned_t<typename HalfT::Raw>;
    return Raw(Bits(HalfT::store(lowValue))) | Raw(Bits(HalfT::store(highValue))) << kBits;
  }
};
using F16x2 = Pair<F16, uint32_t>;
using F16Zx2 = Pair<F16Z, uint32_t>;
using F16Sx2 = Pair<F16S, uint32_t>;
using F16ZSx2 = Pair<F16ZS, uint32_t>;
using F16Rx2 = Pair<F16R, uint32_t>;
using BF16x2 = Pair<BF16, uint32_t>;
using BF16Zx2 = Pair<BF16Z, uint32_t>;
using BF16Rx2 = Pair<BF16R, uint32_t>;
using U16x2 = Pair<U16, uint32_t>;
using S16x2 = Pair<S16, uint32_t>;
using F32x2 = Pair<F32, uint64_t>;
using F32Zx2 = Pair<F32Z, uint64_t>;

// Stores value(l) into the lanes of `mask` of register `d`.
template <typename Raw, typename Value> inline void forLanes(Raw *d, uint32_t mask, Value value) {
  if (mask == kAll) {
    AZJ_LANES
    for (unsigned l = 0; l < 32; ++l)
      d[l] = value(l);
    return;
  }
  AZJ_LANES
  for (unsigned l = 0; l < 32; ++l) {
    Raw result = value(l);
    d[l] = ((mask >> l) & 1) ? result : d[l];
  }
}

template <typename D, typename A, typename Op>
inline void unary(WarpContext &w, const Inst &i, uint32_t mask, Op op) {
  const auto *a = w.reg<typename A::Raw>(i.a);
  forLanes(w.reg<typename D::Raw>(i.d), mask, [=](unsigned l) {
    if constexpr (A::kPacked)
      return D::pack(op(A::low(a[l])), op(A::high(a[l])));
    else
      return D::store(op(A::load(a[l])));
  });
}

template <typename D, typename A, typename B, typename Op>
inline void binary(WarpContext &w, const Inst &i, uint32_t mask, Op op) {
  const auto *a = w.reg<typename A::Raw>(i.a);
  const auto *b = w.reg<typename B::Raw>(i.b);
  forLanes(w.reg<typename D::Raw>(i.d), mask, [=](unsigned l) {
    if constexpr (A::kPacked)
      return D::pack(op(A::low(a[l]), B::low(b[l])), op(A::high(a[l]), B::high(b[l])));
    else
      return D::store(op(A::load(a[l]), B::load(b[l])));
  });
}

template <typename D, typename A, typename B, typename C, typename Op>
inline void ternary(WarpContext &w, const Inst &i, uint32_t mask, Op op) {
  const auto *a = w.reg<typename A::Raw>(i.a);
  const auto *b = w.reg<typename B::Raw>(i.b);
  const auto *c = w.reg<typename C::Raw>(i.c);
  forLanes(w.reg<typename D::Raw>(i.d), mask, [=](unsigned l) {
    if constexpr (A::kPacked)
      return D::pack(op(A::low(a[l]), B::low(b[l]), C::low(c[l])),
                     op(A::high(a[l]), B::high(b[l]), C::high(c[l])));
    else
      return D::store(op(A::load(a[l]), B::load(b[l]), C::load(c[l])));
  });
}

// Packs the low bits of 32 words (0 or all ones) into a mask.
inline uint32_t packMask(const int32_t *words) {
#if defined(__AVX2__)
  uint32_t mask = 0;
  for (unsigned i = 0; i < 4; ++i)
    mask |= uint32_t(_mm256_movemask_ps(_mm256_castsi256_ps(
                _mm256_loadu_si256(reinterpret_cast<const __m256i *>(words + 8 * i)))))
            << (8 * i);
  return mask;
#else
  uint32_t mask = 0;
  for (unsigned l = 0; l < 32; ++l)
    mask |= uint32_t(words[l] & 1) << l;
  return mask;
#endif
}

} // namespace azulejo::sim::AZJ_ISA

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_LANES_H
