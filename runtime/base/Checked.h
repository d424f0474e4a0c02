// This file holds arithmetic on 64-bit integers that reports overflow instead of wrapping.
#ifndef AZULEJO_RUNTIME_BASE_CHECKED_H
#define AZULEJO_RUNTIME_BASE_CHECKED_H

#include <cstdint>

namespace azulejo::runtime {

// Each returns false, and leaves `out` untouched, when the true result does not fit.
template <typename T> [[nodiscard]] inline bool checkedAdd(T a, T b, T &out) {
  T result;
  if (__builtin_add_overflow(a, b, &result))
    return false;
  out = result;
  return true;
}

template <typename T> [[nodiscard]] inline bool checkedSub(T a, T b, T &out) {
  T result;
  if (__builtin_sub_overflow(a, b, &result))
    return false;
  out = result;
  return true;
}

template <typename T> [[nodiscard]] inline bool checkedMul(T a, T b, T &out) {
  T result;
  if (__builtin_mul_overflow(a, b, &result))
    return false;
  out = result;
  return true;
}

// Quotient toward minus infinity and its remainder. `b` must be positive; neither can overflow.
inline int64_t floorDiv(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
inline int64_t floorMod(int64_t a, int64_t b) { return a % b < 0 ? a % b + b : a % b; }

// Quotient toward plus infinity. `b` must be positive.
inline int64_t ceilDiv(int64_t a, int64_t b) { return a / b + (a % b > 0 ? 1 : 0); }

// Rounds up to a multiple of `alignment`, a power of two.
[[nodiscard]] inline bool alignUp(uint64_t value, uint64_t alignment, uint64_t &out) {
  uint64_t sum;
  if (!checkedAdd(value, alignment - 1, sum))
    return false;
  out = sum & ~(alignment - 1);
  return true;
}

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_BASE_CHECKED_H
