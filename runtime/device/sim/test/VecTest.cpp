// This file tests the portable conversions between f16 and f32 over all patterns.
#include "device/sim/tc/Vec.h"

#include <gtest/gtest.h>

#include <random>

using namespace azulejo::sim::tc;

namespace {

TEST(Vec, HalfPatternsAsFloats) {
  for (uint32_t first = 0; first < 0x10000; first += 8) {
    uint16_t patterns[8];
    for (uint32_t i = 0; i < 8; ++i)
      patterns[i] = uint16_t(first + i);
    V8f values = loadHalf(patterns);
    uint16_t back[8];
    storeHalf(back, values);
    for (uint32_t i = 0; i < 8; ++i) {
      float expected = decode(Type::F16, patterns[i]);
      if (std::isnan(expected)) {
        ASSERT_TRUE(std::isnan(values[i]));
        ASSERT_EQ(back[i], 0x7fff);
        continue;
      }
      ASSERT_EQ(values[i], expected);
      ASSERT_EQ(back[i], patterns[i]);
    }
  }
}

TEST(Vec, FloatsRoundToHalf) {
  std::mt19937 random(1);
  for (int round = 0; round < 100000; ++round) {
    V8f values;
    for (int i = 0; i < 8; ++i) {
      uint32_t bits = random();
      if (round % 4) // near f16's range, with ties
        bits = (bits & 0x80001fff) | (random() % 0x2200 + 0x1980) << 15 | (random() % 4) << 13;
      if (round % 4 == 1)
        bits = (bits & ~0x1fffu) | 0x1000;
      values[i] = decode(Type::F32, bits);
    }
    uint16_t result[8];
    storeHalf(result, values);
    for (int i = 0; i < 8; ++i)
      ASSERT_EQ(result[i], encode(Type::F16, double(values[i]))) << values[i];
  }
}

TEST(Vec, Transposes) {
  V8u rows[8];
  for (uint32_t i = 0; i < 8; ++i)
    for (uint32_t j = 0; j < 8; ++j)
      rows[i][j] = 10 * i + j;
  transpose8(rows);
  for (uint32_t i = 0; i < 8; ++i)
    for (uint32_t j = 0; j < 8; ++j)
      ASSERT_EQ(rows[i][j], 10 * j + i);
}

} // namespace
