// This file holds what the tests of tcgen05.mma put into shared memory and descriptors.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_TEST_TCGEN05MATRICES_H
#define AZULEJO_RUNTIME_DEVICE_SIM_TEST_TCGEN05MATRICES_H

#include "device/sim/tc/Tcgen05.h"

#include <cstring>
#include <vector>

namespace azulejo::sim::tc::test {

// The fields of an instruction descriptor, put together as the ISA's table has them.
struct Fields {
  uint32_t d = 1, a = 0, b = 0, m = 128, n = 64;
  bool negateA = false, negateB = false, transA = false, transB = false, saturate = false;

  uint32_t bits() const {
    return uint32_t(saturate) << 3 | d << 4 | a << 7 | b << 10 | uint32_t(negateA) << 13 |
           uint32_t(negateB) << 14 | uint32_t(transA) << 15 | uint32_t(transB) << 16 |
           (n >> 3) << 17 | (m >> 4) << 24;
  }
};

// A matrix with 128-byte swizzled rows, K-major: row r at r * 128, or MN-major: k at k * 128 (64
// elements of 16 bits per row, further ones `leading` bytes on).
struct Matrix {
  uint32_t start;
  bool mnMajor;
  uint32_t leading;
  int bytes;

  uint64_t descriptor() const {
    return uint64_t(2) << 61 | uint64_t(1) << 46 | uint64_t(1024 >> 4) << 32 |
           uint64_t(leading >> 4) << 16 | start >> 4;
  }
  uint32_t address(int mn, int k) const {
    int perRow = 128 / bytes;
    uint32_t linear = mnMajor ? start + uint32_t(mn / perRow) * leading + uint32_t(k) * 128 +
                                    uint32_t(mn % perRow * bytes)
                              : start + uint32_t(mn) * 128 + uint32_t(k * bytes);
    uint32_t row = linear / 128, chunk = linear % 128 / 16;
    return row * 128 + (chunk ^ row % 8) * 16 + linear % 16;
  }
};

inline uint32_t patternOf(Type type, int value) {
  if (type == Type::S32)
    return uint32_t(value);
  return isInteger(type) ? uint32_t(value) & 0xff : encode(type, value);
}

// Puts an element of `type` into its chunk: types below 8 bits are packed into 16-element chunks.
inline void put(std::vector<uint8_t> &shared, const Matrix &matrix, Type type, int mn, int k,
                uint32_t bits) {
  int width = storageBits(type);
  if (width >= 8) {
    std::memcpy(&shared[matrix.address(mn, k)], &bits, size_t(width / 8));
    return;
  }
  uint8_t *chunk = &shared[matrix.address(mn, k / 16 * 16)];
  for (int bit = 0; bit < width; ++bit) {
    int at = k % 16 * width + bit;
    chunk[at / 8] = uint8_t((chunk[at / 8] & ~(1u << at % 8)) | (bits >> bit & 1) << at % 8);
  }
}

// Elements of 4 bits without padding: 32 in a chunk.
inline void putNibble(std::vector<uint8_t> &shared, const Matrix &matrix, int mn, int k,
                      uint32_t bits) {
  uint8_t &byte = shared[matrix.address(mn, k / 2)];
  byte = uint8_t(k % 2 ? (byte & 0x0f) | bits << 4 : (byte & 0xf0) | bits);
}

} // namespace azulejo::sim::tc::test

#endif // AZULEJO_RUNTIME_DEVICE_SIM_TEST_TCGEN05MATRICES_H
