// This file compares the eight-column engine with the plain model, over ordinary and special
// values.
#include "device/sim/tc/TileTable.h"

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

// How operands are drawn: ordinary ones, any bits, with zeros, only small ones; with products near
// 2^-100 and near 2^127, where bf16 and tf32 leave the range of the fast formulation.
enum class Draw { Ordinary, AnyBits, Sparse, Tiny, Low, High };
constexpr Draw kDraws[] = {Draw::Ordinary, Draw::AnyBits, Draw::Sparse,
                           Draw::Tiny,     Draw::Low,     Draw::High};

uint32_t drawPattern(std::mt19937 &random, Type type, Draw draw) {
  if (draw == Draw::AnyBits)
    return storageBits(type) == 32 ? random() : random() & ((1u << storageBits(type)) - 1);
  if ((draw == Draw::Sparse || draw == Draw::Low) && random() % 3 == 0)
    return 0;
  double value = std::ldexp(double(int32_t(random())) / 0x1p31, int(random() % 8) - 4);
  if (draw == Draw::Tiny)
    value = std::ldexp(value, formatOf(type).minExponent());
  // An addend is as large as a product.
  if (draw == Draw::Low || draw == Draw::High)
    value = std::ldexp(value, (draw == Draw::Low ? -50 : 62) * (type == Type::F32 ? 2 : 1));
  return encode(type, value, Rounding::NearestEven, true);
}

struct Problem {
  std::vector<uint32_t> a, b; // patterns, [16][k] and [8][k]
  std::vector<uint8_t> packedA, packedB;
  float c[16 * 8];
};

std::vector<uint8_t> pack(Type type, const std::vector<uint32_t> &patterns) {
  size_t bytes = size_t(packedBytes(type));
  std::vector<uint8_t> packed(patterns.size() * bytes);
  for (size_t i = 0; i < patterns.size(); ++i)
    std::memcpy(&packed[i * bytes], &patterns[i], bytes);
  return packed;
}

Problem drawProblem(std::mt19937 &random, const DotOp &op, Draw draw) {
  Problem problem;
  for (int i = 0; i < 16 * op.k; ++i)
    problem.a.push_back(drawPattern(random, op.a, draw));
  for (int i = 0; i < 8 * op.k; ++i)
    problem.b.push_back(drawPattern(random, op.b, draw));
  problem.packedA = pack(op.a, problem.a);
  problem.packedB = pack(op.b, problem.b);
  for (float &value : problem.c)
    value = decode(op.d, drawPattern(random, op.d, draw));
  return problem;
}

void runTile(const DotOp &op, Problem *problem, void *c) {
  static TileA a;
  static TileB b;
  size_t k = size_t(op.k);
  decodeA(op, problem->packedA.data(), k * size_t(packedBytes(op.a)), 16, &a);
  decodeB(op, problem->packedB.data(), k * size_t(packedBytes(op.b)), &b);
  dotTile(op, a, b, 16, c);
}

// Patterns with every NaN made one.
uint32_t canonical(Type type, uint32_t bits) {
  return std::isnan(decode(type, bits)) ? formatOf(type).nan : bits;
}

void compareExact(std::mt19937 &random, int sm, Unit unit, Type a, Type b, Type d, int k) {
  DotOp op;
  std::string error;
  ASSERT_TRUE(prepareDot(sm, unit, Mode::Exact, a, b, d, k, false, &op, &error)) << error;
  for (Draw draw : kDraws)
    for (int round = 0; round < 4; ++round) {
      Problem problem = drawProblem(random, op, draw);
      float result[16 * 8];
      std::memcpy(result, problem.c, sizeof result);
      runTile(op, &problem, result);
      for (int i = 0; i < 16 * 8; ++i) {
        uint32_t c = d == Type::F16 ? encode(Type::F16, problem.c[i]) : bitsOf(problem.c[i]);
        uint32_t expected = dotExact(op.model, a, b, &problem.a[size_t(i / 8 * k)],
                                     &problem.b[size_t(i % 8 * k)], k, c);
        uint32_t actual = d == Type::F16 ? encode(Type::F16, result[i]) : bitsOf(result[i]);
        ASSERT_EQ(canonical(d, actual), canonical(d, expected))
            << "sm_" << sm << " " << typeName(a) << " " << typeName(b) << " " << typeName(d)
            << " k " << k << " draw " << int(draw) << " at " << i;
      }
    }
}

TEST(Tile, ExactEqualsThePlainModel) {
  std::mt19937 random(3);
  for (int sm : {70, 80, 89, 90, 100, 120}) {
    for (Type d : {Type::F32, Type::F16})
      for (int k : {8, 16})
        compareExact(random, sm, Unit::MmaSync, Type::F16, Type::F16, d, k);
    if (sm < 80)
      continue;
    for (int k : {8, 16})
      compareExact(random, sm, Unit::MmaSync, Type::BF16, Type::BF16, Type::F32, k);
    for (int k : {4, 8})
      compareExact(random, sm, Unit::MmaSync, Type::TF32, Type::TF32, Type::F32, k);
    if (sm < 89)
      continue;
    for (Type a : {Type::E4M3, Type::E5M2})
      for (Type b : {Type::E4M3, Type::E5M2})
        for (Type d : {Type::F32, Type::F16})
          for (int k : {16, 32})
            compareExact(random, sm, Unit::MmaSync, a, b, d, k);
  }
  compareExact(random, 90, Unit::Wgmma, Type::E4M3, Type::E5M2, Type::F32, 32);
  compareExact(random, 100, Unit::Tcgen05, Type::E2M1, Type::E3M2, Type::F32, 32);
  compareExact(random, 100, Unit::Tcgen05, Type::E2M3, Type::E4M3, Type::F16, 32);
}

// Fast mode is a chain of f32 fused multiply-adds in k order.
TEST(Tile, FastIsAnFmaChain) {
  std::mt19937 random(4);
  struct Case {
    Type type;
    int k;
  };
  for (Case test :
       {Case{Type::F16, 16}, Case{Type::F16, 4}, Case{Type::BF16, 16}, Case{Type::TF32, 8},
        Case{Type::TF32, 4}, Case{Type::E4M3, 32}, Case{Type::E5M2, 32}, Case{Type::E2M1, 64}}) {
    DotOp op;
    std::string error;
    ASSERT_TRUE(prepareDot(100, Unit::MmaSync, Mode::Fast, test.type, test.type, Type::F32, test.k,
                           false, &op, &error));
    for (Draw draw : {Draw::Ordinary, Draw::AnyBits, Draw::Tiny}) {
      Problem problem = drawProblem(random, op, draw);
      float result[16 * 8];
      std::memcpy(result, problem.c, sizeof result);
      runTile(op, &problem, result);
      for (int i = 0; i < 16 * 8; ++i) {
        float expected = problem.c[i];
        for (int j = 0; j < test.k; ++j)
          expected = std::fma(decode(test.type, problem.a[size_t(i / 8 * test.k + j)]),
                              decode(test.type, problem.b[size_t(i % 8 * test.k + j)]), expected);
        if (std::isnan(expected))
          ASSERT_TRUE(std::isnan(result[i]));
        else
          ASSERT_EQ(bitsOf(result[i]), bitsOf(expected)) << typeName(test.type) << " " << i;
      }
    }
  }
}

// The portable engine gives the bits of the one that the CPU chose.
TEST(Tile, InstructionSetsAgree) {
  std::mt19937 random(6);
  for (Mode mode : {Mode::Fast, Mode::Exact})
    for (Type type : {Type::F16, Type::BF16, Type::TF32, Type::E4M3, Type::E5M2})
      for (Type d : {Type::F32, Type::F16})
        for (Draw draw : kDraws) {
          DotOp op;
          std::string error;
          if (!prepareDot(90, Unit::MmaSync, mode, type, type, d, 8, false, &op, &error))
            continue; // bf16 and tf32 have no f16 result
          Problem problem = drawProblem(random, op, draw);
          float chosen[16 * 8], base[16 * 8];
          std::memcpy(chosen, problem.c, sizeof chosen);
          std::memcpy(base, problem.c, sizeof base);
          runTile(op, &problem, chosen);
          static TileA a;
          static TileB b;
          size_t stride = 8 * size_t(packedBytes(type));
          kBaseTiles.decodeA(op, problem.packedA.data(), stride, 16, &a);
          kBaseTiles.decodeB(op, problem.packedB.data(), stride, &b);
          kBaseTiles.dotTile(op, a, b, 16, base);
          for (int i = 0; i < 16 * 8; ++i)
            ASSERT_EQ(canonical(Type::F32, bitsOf(chosen[i])),
                      canonical(Type::F32, bitsOf(base[i])))
                << typeName(type) << " " << typeName(d) << " draw " << int(draw) << " at " << i;
        }
}

TEST(Tile, IntegersAreExactAndSaturateWhenAsked) {
  std::mt19937 random(5);
  for (Type a : {Type::S8, Type::U8})
    for (Type b : {Type::S8, Type::U8})
      for (bool saturate : {false, true})
        for (int k : {16, 32}) {
          DotOp op;
          std::string error;
          ASSERT_TRUE(prepareDot(80, Unit::MmaSync, Mode::Exact, a, b, Type::S32, k, saturate, &op,
                                 &error));
          std::vector<uint8_t> x(16 * size_t(k)), y(8 * size_t(k));
          for (uint8_t &value : x)
            value = uint8_t(random());
          for (uint8_t &value : y)
            value = uint8_t(random());
          int32_t c[16 * 8], result[16 * 8];
          for (int i = 0; i < 16 * 8; ++i)
            c[i] = result[i] = i % 3 ? int32_t(random()) : i % 2 ? INT32_MAX - 5 : INT32_MIN + 5;
          TileA tileA;
          TileB tileB;
          decodeA(op, x.data(), size_t(k), 16, &tileA);
          decodeB(op, y.data(), size_t(k), &tileB);
          dotTile(op, tileA, tileB, 16, result);
          for (int i = 0; i < 16 * 8; ++i) {
            int64_t sum = c[i];
            for (int j = 0; j < k; ++j) {
              uint8_t u = x[size_t(i / 8 * k + j)], v = y[size_t(i % 8 * k + j)];
              sum += (a == Type::S8 ? int8_t(u) : u) * (b == Type::S8 ? int8_t(v) : v);
            }
            if (saturate)
              sum = std::min<int64_t>(std::max<int64_t>(sum, INT32_MIN), INT32_MAX);
            ASSERT_EQ(result[i], int32_t(uint32_t(sum)));
          }
        }
}

} // namespace
