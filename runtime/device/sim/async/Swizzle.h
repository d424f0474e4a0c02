// This file defines the swizzles of TMA, wgmma and tcgen05: permutations of 16-byte chunks of
// shared memory that depend on address bits only.
#ifndef AZULEJO_SIM_ASYNC_SWIZZLE_H
#define AZULEJO_SIM_ASYNC_SWIZZLE_H

#include <cstdint>

namespace azulejo::sim::async {

// The first four have the numbers of azj_tensor_map_desc and of CUtensorMapSwizzle.
enum class Swizzle : uint8_t {
  None = 0,
  B32 = 1,
  B64 = 2,
  B128 = 3,
  B128Atom32 = 4,
  B128Atom64 = 5
};

// Where the byte at shared address `address` of the unswizzled order really lies. It is its own
// inverse.
inline uint32_t swizzleAddress(Swizzle swizzle, uint32_t address) {
  switch (swizzle) {
  case Swizzle::None:
    return address;
  case Swizzle::B32:
    return address ^ ((address >> 3) & 0x10);
  case Swizzle::B64:
    return address ^ ((address >> 3) & 0x30);
  case Swizzle::B128:
    return address ^ ((address >> 3) & 0x70);
  case Swizzle::B128Atom32:
    return address ^ ((address >> 2) & 0x60);
  case Swizzle::B128Atom64:
    return address ^ ((address >> 1) & 0x40);
  }
  return address;
}

// Bytes of a row that the swizzle permutes; 16 for none.
inline uint32_t swizzleSpan(Swizzle swizzle) {
  switch (swizzle) {
  case Swizzle::None:
    return 16;
  case Swizzle::B32:
    return 32;
  case Swizzle::B64:
    return 64;
  default:
    return 128;
  }
}

// Bytes after which the pattern repeats; a matrix must start on such a boundary or give the
// difference as the descriptor's base offset.
inline uint32_t swizzlePeriod(Swizzle swizzle) { return 8 * swizzleSpan(swizzle); }

} // namespace azulejo::sim::async

#endif // AZULEJO_SIM_ASYNC_SWIZZLE_H
