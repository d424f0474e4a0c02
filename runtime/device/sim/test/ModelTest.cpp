// This file tests the tensor-core model against recorded hardware results, and shows that the test
// can fail.
#include "TensorCoreData.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace azulejo::sim::tc;

namespace {

int countEqual(const RecordedSet &set, const BlockModel &model) {
  int equal = 0;
  for (const RecordedLine &line : readRecorded(set))
    equal +=
        dotExact(model, set.type, set.type, line.a.data(), line.b.data(), set.k, line.c) == line.d;
  return equal;
}

BlockModel modelOf(const RecordedSet &set) {
  BlockModel model;
  std::string error;
  EXPECT_TRUE(blockModel(set.sm, set.unit, set.type, set.type, set.result, &model, &error))
      << error;
  return model;
}

uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

TEST(Model, EqualsEveryRecordedResult) {
  if (!haveTensorCoreData())
    GTEST_SKIP() << "no recorded results at " << tensorCoreDataDir();
  std::vector<RecordedSet> sets = recordedSets();
  EXPECT_EQ(sets.size(), 40u);
  for (const RecordedSet &set : sets)
    EXPECT_EQ(countEqual(set, modelOf(set)), 5000)
        << set.gpu << " " << typeName(set.type) << "-" << typeName(set.result);
}

// A second formulation of one block with an f32 result, in doubles and with the deliberate errors
// of the data's README.
struct Fault {
  int guard = 0;             // added to g
  int divideN = 1;           // blocks of N / divideN
  bool toNearest = false;    // the result is rounded, not truncated
  bool renormalised = false; // a product's exponent is raised when its significand is 2 or more
  bool cAfter = false;       // c is added, to nearest, to the rounded sum of the products
};

double toBits(double value, int keep, bool nearest) {
  if (value == 0)
    return 0;
  double unit = std::ldexp(1.0, std::ilogb(value) - keep + 1);
  return (nearest ? std::nearbyint(value / unit) : std::trunc(value / unit)) * unit;
}

double naiveBlock(const RecordedSet &set, const BlockModel &model, const Fault &fault,
                  const uint32_t *a, const uint32_t *b, int n, double c) {
  int least = formatOf(set.type).minExponent(), largest = model.minExponent;
  auto exponentOf = [&](double x) { return std::max(std::ilogb(x), least); };
  for (int i = 0; i < n; ++i) {
    double x = decode(set.type, a[i]), y = decode(set.type, b[i]);
    if (x == 0 || y == 0)
      continue;
    int sum = exponentOf(x) + exponentOf(y);
    largest = std::max(largest, fault.renormalised ? std::max(std::ilogb(x * y), sum) : sum);
  }
  if (c != 0)
    largest = std::max(largest, std::max(std::ilogb(c), -126));
  int guard = model.guardBits + fault.guard;
  double unit = std::ldexp(1.0, largest - 23 - guard);
  double sum = fault.cAfter ? 0 : std::trunc(c / unit);
  for (int i = 0; i < n; ++i)
    sum += std::trunc(double(decode(set.type, a[i])) * decode(set.type, b[i]) / unit);
  int keep = guard < 0 ? 24 + guard : 24;
  double result = toBits(sum * unit, keep, fault.toNearest);
  return fault.cAfter ? double(float(result) + float(c)) : result;
}

int naivePercent(const RecordedSet &set, const Fault &fault) {
  BlockModel model = modelOf(set);
  int equal = 0, n = std::max(1, model.products / fault.divideN);
  for (const RecordedLine &line : readRecorded(set)) {
    double c = decode(Type::F32, line.c);
    for (int i = 0; i < set.k; i += n)
      c = naiveBlock(set, model, fault, &line.a[size_t(i)], &line.b[size_t(i)],
                     std::min(n, set.k - i), c);
    equal += bitsOf(float(c)) == line.d;
  }
  return int(std::lround(equal / 50.0));
}

// The shares are those of the data's README: a model with one error must not pass.
TEST(Model, OneErrorIsSeen) {
  if (!haveTensorCoreData())
    GTEST_SKIP() << "no recorded results at " << tensorCoreDataDir();
  struct Row {
    RecordedSet set;
    int guardLess, guardMore, halfN, toNearest, renormalised, cAfter;
  };
  const Row rows[] = {
      {{"v100", 70, Type::F16, Type::F32, 4, Unit::MmaSync}, 42, 76, 83, 87, 84, 67},
      {{"a100", 80, Type::F16, Type::F32, 8, Unit::MmaSync}, 66, 85, 75, 75, 87, 68},
      {{"a100", 80, Type::BF16, Type::F32, 8, Unit::MmaSync}, 80, 91, 85, 75, 93, 69},
      {{"a100", 80, Type::TF32, Type::F32, 4, Unit::MmaSync}, 77, 91, 82, 77, 92, 71},
      {{"ada", 89, Type::E4M3, Type::F32, 32, Unit::MmaSync}, 38, 42, 80, 77, 89, 0},
      {{"h100", 90, Type::F16, Type::F32, 16, Unit::MmaSync}, 77, 89, 69, 64, 92, 70},
      {{"h100", 90, Type::BF16, Type::F32, 16, Unit::MmaSync}, 90, 97, 81, 66, 97, 67},
      {{"h100", 90, Type::TF32, Type::F32, 4, Unit::MmaSync}, 90, 97, 100, 72, 97, 72},
      {{"h100", 90, Type::E4M3, Type::F32, 32, Unit::Wgmma}, 48, 58, 84, 86, 91, 100},
      {{"b200", 100, Type::F16, Type::F32, 16, Unit::MmaSync}, 77, 89, 68, 65, 92, 71},
  };
  for (const Row &row : rows) {
    SCOPED_TRACE(std::string(row.set.gpu) + " " + typeName(row.set.type));
    EXPECT_EQ(naivePercent(row.set, {}), 100);
    EXPECT_NEAR(naivePercent(row.set, {-1}), row.guardLess, 1);
    EXPECT_NEAR(naivePercent(row.set, {1}), row.guardMore, 1);
    EXPECT_NEAR(naivePercent(row.set, {0, 2}), row.halfN, 1);
    EXPECT_NEAR(naivePercent(row.set, {0, 1, true}), row.toNearest, 1);
    EXPECT_NEAR(naivePercent(row.set, {0, 1, false, true}), row.renormalised, 1);
    EXPECT_NEAR(naivePercent(row.set, {0, 1, false, false, true}), row.cAfter, 2);
  }
}

// A chain of fused multiply-adds is not what the hardware does.
TEST(Model, FmaChainDisagrees) {
  if (!haveTensorCoreData())
    GTEST_SKIP() << "no recorded results at " << tensorCoreDataDir();
  for (const RecordedSet &set : recordedSets()) {
    if (set.result != Type::F32)
      continue;
    int equal = 0;
    for (const RecordedLine &line : readRecorded(set)) {
      float sum = decode(Type::F32, line.c);
      for (int i = 0; i < set.k; ++i)
        sum =
            std::fma(decode(set.type, line.a[size_t(i)]), decode(set.type, line.b[size_t(i)]), sum);
      equal += bitsOf(sum) == line.d;
    }
    if (storageBits(set.type) > 8) { // fp8 sums keep 14 bits on Ada: next to none are equal
      EXPECT_GT(equal, 1750) << set.gpu;
    }
    EXPECT_LT(equal, 3400) << set.gpu;
  }
}

TEST(Model, NanAndInfinityComeFirst) {
  BlockModel model;
  std::string error;
  ASSERT_TRUE(blockModel(80, Unit::MmaSync, Type::F16, Type::F16, Type::F32, &model, &error));
  auto dot = [&](uint32_t a0, uint32_t b0, uint32_t a1, uint32_t b1, uint32_t c) {
    uint32_t a[2] = {a0, a1}, b[2] = {b0, b1};
    return dotExact(model, Type::F16, Type::F16, a, b, 2, c);
  };
  EXPECT_EQ(dot(0x7c00, 0x3c00, 0, 0, 0), 0x7f800000u);           // inf * 1
  EXPECT_EQ(dot(0x7c00, 0xbc00, 0, 0, 0), 0xff800000u);           // inf * -1
  EXPECT_EQ(dot(0x7c00, 0, 0, 0, 0), 0x7fffffffu);                // inf * 0
  EXPECT_EQ(dot(0x7c00, 0x3c00, 0xfc00, 0x3c00, 0), 0x7fffffffu); // inf - inf
  EXPECT_EQ(dot(0x7c00, 0x3c00, 0, 0, 0xff800000), 0x7fffffffu);  // inf with c = -inf
  EXPECT_EQ(dot(0x7e01, 0x3c00, 0, 0, 0), 0x7fffffffu);           // NaN
  EXPECT_EQ(dot(0, 0x3c00, 0x8000, 0x3c00, 0x80000000), 0u);      // no term
  EXPECT_EQ(dot(0x3c00, 0x3c00, 0xbc00, 0x3c00, 0), 0u);          // exact cancellation
}

TEST(Model, OverflowGivesInfinity) {
  BlockModel model;
  std::string error;
  ASSERT_TRUE(blockModel(90, Unit::MmaSync, Type::BF16, Type::BF16, Type::F32, &model, &error));
  uint32_t a = 0x7f00, b = 0x4000; // 2^127 * 2
  EXPECT_EQ(dotExact(model, Type::BF16, Type::BF16, &a, &b, 1, 0), 0x7f800000u);
  ASSERT_TRUE(blockModel(90, Unit::MmaSync, Type::F16, Type::F16, Type::F16, &model, &error));
  a = 0x7800, b = 0x4000; // 32768 * 2
  EXPECT_EQ(dotExact(model, Type::F16, Type::F16, &a, &b, 1, 0), 0x7c00u);
  EXPECT_EQ(dotExact(model, Type::F16, Type::F16, &a, &b, 1, 0xc000), 0x7c00u); // 65534 rounds up
}

// Zero times a large number is aligned to an addend far below it.
TEST(Model, ZeroProductsKeepASubnormalAddend) {
  BlockModel model;
  std::string error;
  ASSERT_TRUE(blockModel(80, Unit::MmaSync, Type::F16, Type::F16, Type::F32, &model, &error));
  uint32_t zero = 0, large = 0x7bff, bits = 1u << 20;
  EXPECT_EQ(dotExact(model, Type::F16, Type::F16, &zero, &large, 1, bits), bits);
}

TEST(Model, RefusesWhatAChipLacks) {
  BlockModel model;
  std::string error;
  EXPECT_FALSE(blockModel(80, Unit::MmaSync, Type::E4M3, Type::E4M3, Type::F32, &model, &error));
  EXPECT_EQ(error, "e4m3 operands need sm_89 or later, got sm_80");
  EXPECT_FALSE(blockModel(75, Unit::MmaSync, Type::BF16, Type::BF16, Type::F32, &model, &error));
  EXPECT_FALSE(blockModel(80, Unit::MmaSync, Type::BF16, Type::F16, Type::F32, &model, &error));
  EXPECT_FALSE(blockModel(80, Unit::MmaSync, Type::BF16, Type::BF16, Type::F16, &model, &error));
  EXPECT_TRUE(blockModel(89, Unit::MmaSync, Type::E4M3, Type::E5M2, Type::F32, &model, &error));
}

} // namespace
