// This file tests number formats: every pattern of the narrow ones, and conversions against an
// independent search for the nearest value.
#include "device/sim/tc/Formats.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

using namespace azulejo::sim::tc;

namespace {

uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

const Type kSmall[] = {Type::E4M3, Type::E5M2, Type::E3M2, Type::E2M3, Type::E2M1};

TEST(Formats, KnownValues) {
  EXPECT_EQ(decode(Type::F16, 0x3c00), 1.0f);
  EXPECT_EQ(decode(Type::F16, 0x7bff), 65504.0f);
  EXPECT_EQ(decode(Type::F16, 0x0001), 0x1p-24f);
  EXPECT_EQ(decode(Type::F16, 0xfc00), -INFINITY);
  EXPECT_EQ(decode(Type::BF16, 0x4049), 3.140625f);
  EXPECT_EQ(decode(Type::TF32, bitsOf(1.0f) | 0x1fff), 1.0f);
  EXPECT_EQ(decode(Type::E4M3, 0x7e), 448.0f);
  EXPECT_TRUE(std::isnan(decode(Type::E4M3, 0x7f)));
  EXPECT_EQ(decode(Type::E4M3, 0x01), 0x1p-9f);
  EXPECT_EQ(decode(Type::E5M2, 0x7b), 57344.0f);
  EXPECT_EQ(decode(Type::E5M2, 0x7c), INFINITY);
  EXPECT_EQ(decode(Type::E3M2, 0x1f), 28.0f);
  EXPECT_EQ(decode(Type::E2M3, 0x1f), 7.5f);
  EXPECT_EQ(decode(Type::E2M1, 0x7), 6.0f);
  EXPECT_EQ(decode(Type::E2M1, 0x9), -0.5f);
  EXPECT_EQ(decode(Type::UE8M0, 127), 1.0f);
  EXPECT_EQ(decode(Type::UE8M0, 0), 0x1p-127f);
  EXPECT_TRUE(std::isnan(decode(Type::UE8M0, 0xff)));
}

TEST(Formats, EncodingADecodedPatternGivesItBack) {
  for (Type type : {Type::F16, Type::BF16, Type::E4M3, Type::E5M2, Type::E3M2, Type::E2M3,
                    Type::E2M1, Type::UE8M0})
    for (uint32_t bits = 0; bits < 1u << storageBits(type); ++bits) {
      float value = decode(type, bits);
      if (!std::isnan(value))
        ASSERT_EQ(encode(type, value), bits) << typeName(type);
      else
        ASSERT_TRUE(isSpecial(type, encode(type, value)));
    }
}

// The nearest finite value found by looking at all of them; ties to the even pattern.
uint32_t nearestBySearch(Type type, double value) {
  uint32_t best = 0;
  double bestDistance = INFINITY;
  uint32_t signBit = 1u << (storageBits(type) - 1);
  for (uint32_t bits = 0; bits < signBit; ++bits) {
    if (isSpecial(type, bits))
      continue;
    double distance = std::fabs(double(decode(type, bits)) - std::fabs(value));
    if (distance < bestDistance || (distance == bestDistance && bits % 2 == 0)) {
      best = bits;
      bestDistance = distance;
    }
  }
  return std::signbit(value) ? best | signBit : best;
}

TEST(Formats, RoundsToTheNearest) {
  std::mt19937 random(1);
  for (Type type : kSmall) {
    float limit = decode(type, encode(type, 1e9, Rounding::NearestEven, true));
    for (int i = 0; i < 4000; ++i) {
      double value = std::ldexp(double(int32_t(random())) / 0x1p31, int(random() % 24) - 12);
      if (i % 4 == 0) // ties
        value = (double(decode(type, random() & 0x1f)) + decode(type, random() & 0x1f)) / 2;
      if (std::fabs(value) <= limit && !std::isnan(value)) {
        ASSERT_EQ(encode(type, value), nearestBySearch(type, value))
            << typeName(type) << " " << value;
      }
    }
  }
}

TEST(Formats, FloatToHalfAgreesWithTheCompiler) {
  std::mt19937 random(2);
  for (int i = 0; i < 100000; ++i) {
    uint32_t bits = random();
    float value = decode(Type::F32, bits);
    if (std::isnan(value))
      continue;
    ASSERT_EQ(bitsOf(value), bits);
    _Float16 half = _Float16(value);
    uint16_t expected;
    std::memcpy(&expected, &half, sizeof expected);
    ASSERT_EQ(encode(Type::F16, value), expected) << value;
  }
}

TEST(Formats, OverflowAndDirectedRounding) {
  EXPECT_EQ(encode(Type::F16, 65520.0), 0x7c00u);
  EXPECT_EQ(encode(Type::F16, 65519.0), 0x7bffu);
  EXPECT_EQ(encode(Type::F16, 1e9, Rounding::TowardZero), 0x7bffu);
  EXPECT_EQ(encode(Type::F16, 1e9, Rounding::NearestEven, true), 0x7bffu);
  EXPECT_EQ(encode(Type::E4M3, 500.0), 0x7fu);
  EXPECT_EQ(encode(Type::E4M3, 464.0), 0x7eu);
  EXPECT_EQ(encode(Type::E4M3, 500.0, Rounding::NearestEven, true), 0x7eu);
  EXPECT_EQ(encode(Type::E4M3, -INFINITY, Rounding::NearestEven, true), 0xfeu);
  EXPECT_EQ(encode(Type::E2M1, 1e9), 0x7u);
  EXPECT_EQ(encode(Type::F16, 1.0 + 0x1p-12, Rounding::Up), 0x3c01u);
  EXPECT_EQ(encode(Type::F16, -1.0 - 0x1p-12, Rounding::Up), 0xbc00u);
  EXPECT_EQ(encode(Type::F16, -1.0 - 0x1p-12, Rounding::Down), 0xbc01u);
  EXPECT_EQ(encode(Type::TF32, 1.0 + 0x1p-11, Rounding::NearestAway), bitsOf(1.0f + 0x1p-10f));
  EXPECT_EQ(encode(Type::TF32, 1.0 + 0x1p-11), bitsOf(1.0f));
  EXPECT_EQ(encode(Type::UE8M0, 3.0, Rounding::TowardZero), 128u);
  EXPECT_EQ(encode(Type::UE8M0, 3.0, Rounding::Up), 129u);
  EXPECT_EQ(encode(Type::F16, NAN), 0x7fffu);
  EXPECT_EQ(encode(Type::E2M3, NAN), 0x1fu);
}

} // namespace
