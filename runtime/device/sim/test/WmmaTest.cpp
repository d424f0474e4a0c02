// This file tests wmma: fragments cover their matrices, products equal plain loops.
#include "device/sim/tc/Wmma.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <random>
#include <set>
#include <vector>

using namespace azulejo::sim::tc;

namespace {

struct Shape {
  int m, n, k;
  Type d, a;
  int aRegisters, bRegisters, cRegisters; // as PTX has them
};

const Shape kShapes[] = {
    {16, 16, 16, Type::F32, Type::F16, 8, 8, 8},  {16, 16, 16, Type::F16, Type::F16, 8, 8, 4},
    {32, 8, 16, Type::F32, Type::F16, 8, 8, 8},   {8, 32, 16, Type::F16, Type::F16, 8, 8, 4},
    {16, 16, 16, Type::F32, Type::BF16, 4, 4, 8}, {32, 8, 16, Type::F32, Type::BF16, 8, 2, 8},
    {8, 32, 16, Type::F32, Type::BF16, 2, 8, 8},  {16, 16, 8, Type::F32, Type::TF32, 4, 4, 8},
    {16, 16, 16, Type::S32, Type::S8, 2, 2, 8},   {32, 8, 16, Type::S32, Type::U8, 4, 1, 8},
    {8, 32, 16, Type::S32, Type::S8, 1, 4, 8},    {8, 8, 4, Type::F64, Type::F64, 1, 1, 2},
};

MmaForm formOf(const Shape &shape) {
  return {shape.m, shape.n, shape.k, shape.d, shape.a, shape.a, shape.d, false};
}

WmmaFragment fragmentOf(const Shape &shape, Operand operand) {
  return {operand, shape.m, shape.n, shape.k, operand == Operand::C ? shape.d : shape.a};
}

TEST(Wmma, FragmentsHaveTheirRegistersAndCoverTheMatrix) {
  for (const Shape &shape : kShapes) {
    EXPECT_EQ(fragmentOf(shape, Operand::A).registers(), shape.aRegisters);
    EXPECT_EQ(fragmentOf(shape, Operand::B).registers(), shape.bRegisters);
    EXPECT_EQ(fragmentOf(shape, Operand::C).registers(), shape.cRegisters);
    for (Operand operand : {Operand::A, Operand::B, Operand::C}) {
      WmmaFragment fragment = fragmentOf(shape, operand);
      std::set<std::pair<int, int>> seen;
      int rows = operand == Operand::B ? shape.k : shape.m;
      int columns = operand == Operand::A ? shape.k : shape.n;
      for (int lane = 0; lane < 32; ++lane)
        for (int i = 0; i < fragment.elements(); ++i) {
          Coordinate at = fragment.at(lane, i);
          ASSERT_TRUE(at.row >= 0 && at.row < rows && at.column >= 0 && at.column < columns);
          seen.insert({at.row, at.column});
          ASSERT_EQ(fragment.offset(lane, i, true, 100), at.row * 100 + at.column);
          ASSERT_EQ(fragment.offset(lane, i, false, 100), at.column * 100 + at.row);
        }
      ASSERT_EQ(seen.size(), size_t(rows * columns));
    }
  }
}

uint64_t patternOf(Type type, int value) {
  if (type == Type::F64) {
    double wide = value;
    uint64_t bits;
    std::memcpy(&bits, &wide, 8);
    return bits;
  }
  if (isInteger(type))
    return type == Type::S32 ? uint32_t(value) : uint32_t(value) & 0xff;
  return encode(type, value);
}

struct Registers {
  uint32_t lanes[8][64] = {};
  uint32_t *rows[8];
  Registers() {
    for (int i = 0; i < 8; ++i)
      rows[i] = lanes[i];
  }
  void fill(const WmmaFragment &fragment, Type type, const std::function<int(int, int)> &get) {
    for (int lane = 0; lane < 32; ++lane)
      for (int i = 0; i < fragment.elements(); ++i) {
        Coordinate at = fragment.at(lane, i);
        uint64_t bits = patternOf(type, get(at.row, at.column));
        int per = fragment.perRegister();
        if (type == Type::F64)
          std::memcpy(&lanes[i][2 * lane], &bits, 8);
        else
          lanes[i / per][lane] |= uint32_t(bits) << (storageBits(type) % 32 * (i % per));
      }
  }
  uint64_t element(const WmmaFragment &fragment, Type type, int lane, int i) const {
    uint64_t bits = 0;
    if (type == Type::F64)
      std::memcpy(&bits, &lanes[i][2 * lane], 8);
    else if (type == Type::F16)
      bits = lanes[i / 2][lane] >> (16 * (i % 2)) & 0xffff;
    else
      bits = lanes[i / fragment.perRegister()][lane];
    return bits;
  }
};

TEST(Wmma, ProductsEqualPlainLoops) {
  std::mt19937 random(1);
  for (const Shape &shape : kShapes)
    for (Mode mode : {Mode::Fast, Mode::Exact}) {
      WmmaOp op;
      std::string error;
      ASSERT_TRUE(prepareWmma(formOf(shape), mode, 80, &op, &error)) << error;
      int a[32][16], b[16][32], c[32][32];
      auto draw = [&](bool isUnsigned) { return int(random() % 7) - (isUnsigned ? 0 : 3); };
      for (auto &row : a)
        for (int &value : row)
          value = draw(shape.a == Type::U8);
      for (auto &row : b)
        for (int &value : row)
          value = draw(shape.a == Type::U8);
      for (auto &row : c)
        for (int &value : row)
          value = draw(false) * 10;
      Registers ra, rb, rc;
      ra.fill(fragmentOf(shape, Operand::A), shape.a, [&](int r, int k) { return a[r][k]; });
      rb.fill(fragmentOf(shape, Operand::B), shape.a, [&](int k, int n) { return b[k][n]; });
      rc.fill(fragmentOf(shape, Operand::C), shape.d, [&](int r, int n) { return c[r][n]; });
      wmmaWarp(op, ra.rows, rb.rows, rc.rows, rc.rows);
      WmmaFragment fragment = fragmentOf(shape, Operand::C);
      for (int lane = 0; lane < 32; ++lane)
        for (int i = 0; i < fragment.elements(); ++i) {
          Coordinate at = fragment.at(lane, i);
          int expected = c[at.row][at.column];
          for (int k = 0; k < shape.k; ++k)
            expected += a[at.row][k] * b[k][at.column];
          ASSERT_EQ(rc.element(fragment, shape.d, lane, i), patternOf(shape.d, expected))
              << typeName(shape.a) << " m" << shape.m << "n" << shape.n;
        }
    }
}

TEST(Wmma, RefusesUnknownForms) {
  WmmaOp op;
  std::string error;
  EXPECT_FALSE(prepareWmma({16, 16, 16, Type::F32, Type::BF16, Type::BF16, Type::F16, false},
                           Mode::Fast, 80, &op, &error));
  EXPECT_EQ(error, "wmma m16n16k16.f32.bf16.bf16.f16 is not supported");
  EXPECT_FALSE(prepareWmma({16, 16, 16, Type::F32, Type::BF16, Type::BF16, Type::F32, false},
                           Mode::Fast, 75, &op, &error));
  EXPECT_EQ(error, "wmma m16n16k16.f32.bf16.bf16.f32 needs sm_80 or later, got sm_75");
  EXPECT_FALSE(prepareWmma({32, 8, 8, Type::F32, Type::TF32, Type::TF32, Type::F32, false},
                           Mode::Fast, 80, &op, &error));
  EXPECT_FALSE(prepareWmma({16, 16, 16, Type::F16, Type::F16, Type::F16, Type::F16, true},
                           Mode::Fast, 80, &op, &error));
}

} // namespace
