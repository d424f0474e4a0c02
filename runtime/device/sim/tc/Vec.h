// This file declares vectors of eight lanes, which the compiler turns into AVX2 or into plain code.
#ifndef AZULEJO_SIM_TC_VEC_H
#define AZULEJO_SIM_TC_VEC_H

#include "device/sim/tc/Formats.h"

#include <cmath>
#include <cstdint>
#include <cstring>

#if defined(__AVX2__) && defined(__FMA__) && defined(__F16C__)
#define AZULEJO_SIM_HAVE_AVX2 1
#define AZULEJO_SIM_ISA avx2
#include <immintrin.h>
#else
#define AZULEJO_SIM_ISA base
#endif

namespace azulejo::sim::tc {
inline namespace AZULEJO_SIM_ISA { // so that the linker never mixes instruction sets

typedef float V8f __attribute__((vector_size(32)));
typedef int32_t V8i __attribute__((vector_size(32)));
typedef uint32_t V8u __attribute__((vector_size(32)));
typedef int32_t V4i __attribute__((vector_size(16)));
typedef float V4f __attribute__((vector_size(16)));
typedef double V4d __attribute__((vector_size(32)));
typedef int64_t V4l __attribute__((vector_size(32)));

// Loads and stores are unaligned: operands lie in registers and shared memory of the simulated GPU.
template <typename Vector> inline Vector load(const void *from) {
  Vector value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
template <typename Vector> inline void store(void *to, Vector value) {
  std::memcpy(to, &value, sizeof value);
}

inline V8i splat(int32_t x) { return V8i{x, x, x, x, x, x, x, x}; }
inline V8f splat(float x) { return V8f{x, x, x, x, x, x, x, x}; }

inline V8i maximum(V8i a, V8i b) { return a > b ? a : b; }
inline V8i minimum(V8i a, V8i b) { return a < b ? a : b; }

inline bool anyLane(V8i mask) {
#ifdef AZULEJO_SIM_HAVE_AVX2
  return !_mm256_testz_si256((__m256i)mask, (__m256i)mask);
#else
  int32_t any = 0;
  for (int i = 0; i < 8; ++i)
    any |= mask[i];
  return any != 0;
#endif
}

// Toward zero. Values that do not fit an integer give any.
inline V8i truncated(V8f values) {
#ifdef AZULEJO_SIM_HAVE_AVX2
  return (V8i)_mm256_cvttps_epi32((__m256)values);
#else
  V8i fits = (V8i)((V8u)values & 0x7fffffffu) < 0x4f000000; // below 2^31
  return __builtin_convertvector((V8f)(fits & (V8i)values), V8i);
#endif
}

// a * b + c with one rounding.
inline V8f fusedMultiplyAdd(V8f a, V8f b, V8f c) {
#ifdef AZULEJO_SIM_HAVE_AVX2
  return (V8f)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#else
  for (int i = 0; i < 8; ++i)
    c[i] = std::fma(a[i], b[i], c[i]);
  return c;
#endif
}

// Eight f16 patterns at `from` as f32.
inline V8f loadHalf(const void *from) {
#ifdef AZULEJO_SIM_HAVE_AVX2
  return (V8f)_mm256_cvtph_ps(_mm_loadu_si128(static_cast<const __m128i *>(from)));
#else
  typedef uint16_t V8h __attribute__((vector_size(16)));
  V8u bits = __builtin_convertvector(load<V8h>(from), V8u);
  V8u sign = (bits & 0x8000u) << 16, magnitude = bits & 0x7fffu;
  V8i tiny = magnitude < 0x400u, huge = magnitude >= 0x7c00u;
  V8u normal = (magnitude << 13) + (112u << 23) + ((V8u)huge & (112u << 23));
  V8u subnormal = (V8u)(__builtin_convertvector((V8i)magnitude, V8f) * 0x1p-24f);
  return (V8f)(sign | (tiny ? subnormal : normal));
#endif
}

// Rounds to f16, to nearest even, and stores eight patterns at `to`; NaN becomes NVIDIA's 0x7fff.
inline void storeHalf(void *to, V8f values) {
  V8i isNan = values != values;
#ifdef AZULEJO_SIM_HAVE_AVX2
  V8i clean = isNan ? splat(0x7fffffff) : (V8i)values;
  _mm_storeu_si128(static_cast<__m128i *>(to),
                   _mm256_cvtps_ph((__m256)clean, _MM_FROUND_TO_NEAREST_INT));
#else
  typedef uint16_t V8h __attribute__((vector_size(16)));
  V8u bits = (V8u)values, magnitude = bits & 0x7fffffffu, sign = bits >> 16 & 0x8000u;
  // Below 2^-14 adding 0.5 makes the addition round at the subnormals' last place.
  V8u subnormal = (V8u)((V8f)magnitude + 0.5f) - 0x3f000000u;
  V8u normal = (magnitude - (112u << 23) + 0xfffu + (magnitude >> 13 & 1u)) >> 13;
  V8u result = (V8i)(magnitude < 0x38800000u) ? subnormal : normal;
  result = (V8i)(magnitude >= 0x477ff000u) ? (V8u)splat(0x7c00) : result;
  result = isNan ? (V8u)splat(0x7fff) : result | sign;
  store(to, __builtin_convertvector(result, V8h));
#endif
}

// Transposes eight vectors of eight 32-bit lanes in place.
inline void transpose8(V8u (&r)[8]) {
  V8u t[8], s[8];
  for (int i = 0; i < 8; i += 2) {
    t[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    t[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  for (int i = 0; i < 8; i += 4)
    for (int j = 0; j < 2; ++j) {
      s[i + 2 * j] = __builtin_shufflevector(t[i + j], t[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      s[i + 2 * j + 1] =
          __builtin_shufflevector(t[i + j], t[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  for (int i = 0; i < 4; ++i) {
    r[i] = __builtin_shufflevector(s[i], s[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    r[i + 4] = __builtin_shufflevector(s[i], s[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

} // namespace AZULEJO_SIM_ISA
} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_VEC_H
