// This file tests the numbers of the less plain forms of mma.sync: block scales against sums in
// long double, sparse and quad products against the plain model, and recorded results of V100.
#include "TensorCoreData.h"
#include "device/sim/tc/Mma.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

using namespace azulejo::sim::tc;

namespace {

// Registers of one operand.
struct Registers {
  uint32_t lanes[8][32] = {};
  const uint32_t *from[8];
  uint32_t *to[8];

  Registers() {
    for (int i = 0; i < 8; ++i)
      from[i] = to[i] = lanes[i];
  }
};

MmaForm floatForm(int k, Type type) { return {16, 8, k, Type::F32, type, type, Type::F32, false}; }

uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  return bits;
}

// mxf4nvf4 of any bits: row g and g + 8, elements eight to a register; scales from 2^-9 to 448.
TEST(MmaKinds, BlockScalesAgreeWithSumsInLongDouble) {
  MmaForm form = floatForm(64, Type::E2M1);
  form.factors = 4;
  form.factorType = Type::UE4M3;
  MmaOp op;
  std::string error;
  ASSERT_TRUE(prepareMma(form, Mode::Exact, 120, &op, &error)) << error;
  std::mt19937 random(21);
  for (int round = 0; round < 20; ++round) {
    Registers a, b, c;
    uint32_t scaleA[32], scaleB[32];
    for (int lane = 0; lane < 32; ++lane) {
      for (int r = 0; r < 4; ++r) {
        a.lanes[r][lane] = uint32_t(random());
        b.lanes[r][lane] = uint32_t(random());
        c.lanes[r][lane] = bitsOf(float(int32_t(random())) / 1e6f);
      }
      scaleA[lane] = uint32_t(random()) & 0x7e7e7e7e;
      scaleB[lane] = uint32_t(random()) & 0x7e7e7e7e;
    }
    MmaExtras extras;
    extras.scaleA = {scaleA, 0, 1};
    extras.scaleB = {scaleB, 0, 3};
    Registers d;
    mmaWarp(op, a.from, b.from, c.from, d.to, extras);
    for (int row = 0; row < 16; ++row)
      for (int column = 0; column < 8; ++column) {
        int at = 4 * (row % 8) + column / 2, place = 2 * (row / 8) + column % 2;
        long double sum = decode(Type::F32, c.lanes[place][at]), size = std::fabs(sum);
        for (int k = 0; k < 64; ++k) {
          int lane = k % 32 / 8, shift = 4 * (k % 8);
          float x =
              decode(Type::E2M1, a.lanes[k / 32 * 2 + row / 8][4 * (row % 8) + lane] >> shift);
          float y = decode(Type::E2M1, b.lanes[k / 32][4 * column + lane] >> shift);
          long double product =
              static_cast<long double>(x) * y *
              decode(Type::UE4M3, scaleA[4 * (row % 8) + 2 + row / 8] >> (k / 16 * 8) & 255) *
              decode(Type::UE4M3, scaleB[4 * column + 3] >> (k / 16 * 8) & 255);
          sum += product;
          size += std::fabs(product);
        }
        ASSERT_LE(std::fabs(decode(Type::F32, d.lanes[place][at]) - sum), size * 0x1p-23L)
            << row << "," << column;
      }
  }
}

// Factors of 2^127 and 2^-127 cancel; NaN as a factor makes NaN.
TEST(MmaKinds, ExtremeFactorsNeitherOverflowNorVanish) {
  MmaForm form = floatForm(32, Type::E4M3);
  form.inBytes = true;
  form.factors = 1;
  MmaOp op;
  std::string error;
  ASSERT_TRUE(prepareMma(form, Mode::Fast, 120, &op, &error)) << error;
  Registers a, b, c, d;
  for (int r = 0; r < 4; ++r)
    for (int lane = 0; lane < 32; ++lane)
      a.lanes[r][lane] = b.lanes[r][lane] = 0x7e7e7e7e; // 448
  uint32_t scaleA[32], scaleB[32];
  std::fill(scaleA, scaleA + 32, 0xfe);
  std::fill(scaleB, scaleB + 32, 0x00);
  scaleB[4 * 3] = 0xff;
  MmaExtras extras;
  extras.scaleA = {scaleA, 0, 0};
  extras.scaleB = {scaleB, 0, 0};
  mmaWarp(op, a.from, b.from, c.from, d.to, extras);
  EXPECT_EQ(decode(Type::F32, d.lanes[0][0]), 448.0f * 448.0f * 32);
  EXPECT_TRUE(std::isnan(decode(Type::F32, d.lanes[1][1]))); // column 3
}

// The model of the chip on the stored elements and those of B that they meet.
TEST(MmaKinds, SparseProductsFollowTheModelOfTheChip) {
  std::mt19937 random(22);
  for (int sm : {80, 90}) {
    MmaForm form = floatForm(32, Type::F16);
    form.isSparse = true;
    MmaOp op;
    std::string error;
    ASSERT_TRUE(prepareMma(form, Mode::Exact, sm, &op, &error)) << error;
    Registers a, b, c, d;
    auto draw = [&] {
      return encode(Type::F16, std::ldexp(double(int32_t(random())) / 0x1p31, int(random() % 8)));
    };
    for (int lane = 0; lane < 32; ++lane)
      for (int r = 0; r < 4; ++r) {
        a.lanes[r][lane] = draw() | draw() << 16;
        b.lanes[r][lane] = draw() | draw() << 16;
        c.lanes[r][lane] = bitsOf(float(int32_t(random())) / 0x1p30f);
      }
    uint32_t metadata[32];
    std::fill(metadata, metadata + 32, 0x4444'1be4); // 0 1, 2 3; 3 2, 1 0; 0 1 four times
    MmaExtras extras;
    extras.metadata = {metadata, 1};
    mmaWarp(op, a.from, b.from, c.from, d.to, extras);
    for (int row = 0; row < 16; ++row)
      for (int column = 0; column < 8; ++column) {
        uint32_t x[16], y[16];
        for (int i = 0; i < 16; ++i) {
          int lane = 4 * (row % 8) + i % 8 / 2;
          x[i] = a.lanes[i / 8 * 2 + row / 8][lane] >> (16 * (i % 2)) & 0xffff;
          // Eight chunks: the first four of a row have 0 1, 2 3, 3 2, 1 0, or 0 1 each.
          static const int kIndices[8] = {0, 1, 2, 3, 3, 2, 1, 0};
          int k = i / 2 * 4 + (row < 8 ? kIndices[i % 8] : i % 2);
          y[i] = b.lanes[k / 8][4 * column + k % 8 / 2] >> (16 * (k % 2)) & 0xffff;
        }
        int at = 4 * (row % 8) + column / 2, place = 2 * (row / 8) + column % 2;
        ASSERT_EQ(d.lanes[place][at],
                  dotExact(op.dot.model, Type::F16, Type::F16, x, y, 16, c.lanes[place][at]))
            << sm << " " << row << "," << column;
      }
  }
}

// Line l of a recorded set is row l of A and column l of B of product l / 8: D has it on its
// diagonal. sm_75 is modelled as V100, whose instruction this is.
TEST(MmaKinds, QuadsGiveTheRecordedResultsOfV100) {
  if (!haveTensorCoreData())
    GTEST_SKIP() << "no recorded results at " << tensorCoreDataDir();
  for (Type result : {Type::F32, Type::F16}) {
    MmaForm form = {8, 8, 4, result, Type::F16, Type::F16, result, false};
    MmaOp op;
    std::string error;
    ASSERT_TRUE(prepareMma(form, Mode::Exact, 75, &op, &error)) << error;
    std::vector<RecordedLine> lines =
        readRecorded({"v100", 70, Type::F16, result, 4, Unit::MmaSync});
    ASSERT_EQ(lines.size(), 5000u);
    int equal = 0;
    for (size_t base = 0; base < lines.size(); base += 32) {
      Registers a, b, c, d;
      auto lineAt = [&](int quad, int row) {
        return lines[(base + size_t(8 * quad + row)) % 5000];
      };
      for (int lane = 0; lane < 32; ++lane) {
        const RecordedLine &line = lineAt(lane / 4 % 4, lane % 4 + lane / 16 * 4);
        for (int i = 0; i < 4; ++i) {
          a.lanes[i / 2][lane] |= line.a[size_t(i)] << (16 * (i % 2));
          b.lanes[i / 2][lane] |= line.b[size_t(i)] << (16 * (i % 2));
        }
        for (int i = 0; i < 8; ++i) {
          int row = (lane & 1) + (i & 2) + lane / 16 * 4;
          if (result == Type::F32)
            c.lanes[i][lane] = lineAt(lane / 4 % 4, row).c;
          else
            c.lanes[i / 2][lane] |= line.c << (16 * (i % 2));
        }
      }
      mmaWarp(op, a.from, b.from, c.from, d.to);
      for (int lane = 0; lane < 32; ++lane)
        for (int i = 0; i < 8; ++i) {
          bool isHalf = result == Type::F16;
          int row = isHalf ? lane % 4 + lane / 16 * 4 : (lane & 1) + (i & 2) + lane / 16 * 4;
          int column = isHalf ? i : (i & 4) + (lane & 2) + (i & 1);
          uint32_t bits =
              isHalf ? d.lanes[i / 2][lane] >> (16 * (i % 2)) & 0xffff : d.lanes[i][lane];
          if (row == column && base + size_t(8 * (lane / 4 % 4) + row) < 5000)
            equal += bits == lineAt(lane / 4 % 4, row).d;
        }
    }
    EXPECT_EQ(equal, 5000) << typeName(result);
  }
}

TEST(MmaKinds, MetadataThatPlaceNoHalfAreFaults) {
  uint32_t words[32];
  std::fill(words, words + 32, 0x44444444);
  MetadataFault fault;
  SparseRows halves = {16, 16, false}, ordered = {16, 16, true}, wide = {8, 32, false};
  EXPECT_TRUE(checkMetadata(halves, {words, 3}, &fault));
  words[4 * 2 + 3] = 0x4444'4144; // indices 0 and 1 in falling order
  EXPECT_TRUE(checkMetadata(halves, {words, 3}, &fault));
  EXPECT_FALSE(checkMetadata(ordered, {words, 3}, &fault));
  EXPECT_EQ(fault.lane, 11);
  EXPECT_EQ(fault.row, 2);
  EXPECT_EQ(fault.chunk, 2);
  EXPECT_EQ(fault.bits, 1u);
  EXPECT_TRUE(checkMetadata(ordered, {words, 2}, &fault));
  words[4 * 2 + 3] = 0x4544'4444; // 1 and 1, in row 10
  EXPECT_FALSE(checkMetadata(halves, {words, 3}, &fault));
  EXPECT_EQ(fault.row, 10);
  words[4 * 2 + 3] = 0x444e'4444;
  EXPECT_TRUE(checkMetadata(wide, {words, 3}, &fault));
  words[4 * 2 + 3] = 0x444c'4444; // halves of two elements
  EXPECT_FALSE(checkMetadata(wide, {words, 3}, &fault));
}

TEST(MmaKinds, RefusesWhatDoesNotExist) {
  MmaOp op;
  std::string error;
  MmaForm form = floatForm(32, Type::E2M1);
  EXPECT_FALSE(prepareMma(form, Mode::Fast, 120, &op, &error)); // without .kind
  form.inBytes = true;
  EXPECT_TRUE(prepareMma(form, Mode::Fast, 120, &op, &error)) << error;
  EXPECT_FALSE(prepareMma(form, Mode::Fast, 103, &op, &error));
  EXPECT_EQ(error, "mma.sync m16n8k32.f32.e2m1.e2m1.f32 needs sm_120 or later, got sm_103");
  form.factors = 2;
  EXPECT_FALSE(prepareMma(form, Mode::Fast, 120, &op, &error));
  form = floatForm(64, Type::E2M1);
  form.factors = 4;
  EXPECT_FALSE(prepareMma(form, Mode::Fast, 120, &op, &error)); // ue8m0 with four factors
  form = floatForm(64, Type::E4M3);
  EXPECT_FALSE(prepareMma(form, Mode::Fast, 120, &op, &error));
  form.isSparse = true;
  EXPECT_TRUE(prepareMma(form, Mode::Fast, 120, &op, &error)) << error;
}

} // namespace
