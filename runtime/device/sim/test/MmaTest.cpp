// This file tests mma.sync through registers: recorded results placed in fragments, random matrices
// against plain loops, and the forms that are refused.
#include "device/sim/tc/Mma.h"
#include "TensorCoreData.h"
#include "device/sim/tc/Fragments.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <random>

using namespace azulejo::sim::tc;

namespace {

// The registers of one operand of a warp.
struct Registers {
  alignas(64) uint32_t lanes[16][64] = {}; // 64 words: room for 64-bit registers
  uint32_t *pointers[16];

  Registers() {
    for (int i = 0; i < 16; ++i)
      pointers[i] = lanes[i];
  }
  void setElement(const FragmentLayout &layout, Type type, int lane, int i, uint64_t bits) {
    int bitsPer = storageBits(type), per = layout.perRegister();
    if (bitsPer == 64) {
      std::memcpy(&lanes[i][2 * lane], &bits, 8);
      return;
    }
    uint32_t mask = bitsPer == 32 ? ~0u : (1u << bitsPer) - 1;
    uint32_t &word = lanes[i / per][lane];
    int shift = bitsPer * (i % per);
    word = (word & ~(mask << shift)) | uint32_t(bits & mask) << shift;
  }
  uint64_t element(const FragmentLayout &layout, Type type, int lane, int i) const {
    int bitsPer = storageBits(type), per = layout.perRegister();
    uint64_t bits = 0;
    if (bitsPer == 64) {
      std::memcpy(&bits, &lanes[i][2 * lane], 8);
      return bits;
    }
    uint32_t mask = bitsPer == 32 ? ~0u : (1u << bitsPer) - 1;
    return lanes[i / per][lane] >> (bitsPer * (i % per)) & mask;
  }
};

struct Warp {
  MmaForm form;
  FragmentLayout a, b, c, d;
  Registers ra, rb, rc, rd;

  explicit Warp(const MmaForm &form)
      : form(form), a(Operand::A, form.m, form.n, form.k, form.a),
        b(Operand::B, form.m, form.n, form.k, form.b),
        c(Operand::C, form.m, form.n, form.k, form.c),
        d(Operand::C, form.m, form.n, form.k, form.d) {}

  template <typename Get>
  static void fill(Registers &registers, const FragmentLayout &layout, Type type, Get get) {
    for (int lane = 0; lane < 32; ++lane)
      for (int i = 0; i < layout.elements(); ++i) {
        Coordinate at = layout.at(lane, i);
        registers.setElement(layout, type, lane, i, get(at.row, at.column));
      }
  }
  void run(const MmaOp &op) { mmaWarp(op, ra.pointers, rb.pointers, rc.pointers, rd.pointers); }
  uint64_t result(int row, int column) const {
    for (int lane = 0; lane < 32; ++lane)
      for (int i = 0; i < d.elements(); ++i) {
        Coordinate at = d.at(lane, i);
        if (at.row == row && at.column == column)
          return rd.element(d, form.d, lane, i);
      }
    return 0;
  }
};

// The instruction on which a recorded set is run; unused k are zero.
MmaForm formOf(const RecordedSet &set) {
  int k = set.type == Type::TF32 ? (set.sm >= 90 ? 8 : 4) : set.k == 32 ? 32 : set.k == 16 ? 16 : 8;
  return {16, 8, k, set.result, set.type, set.type, set.result, false};
}

// Sixteen lines at once: line l is row l of A, and column l % 8 of B, so that d[l][l % 8] is its
// result.
int countEqualThroughFragments(const RecordedSet &set) {
  MmaForm form = formOf(set);
  MmaOp op;
  std::string error;
  int sm = set.sm == 70 ? 75 : set.sm; // m16n8k8 starts at sm_75, which is modelled like sm_70
  EXPECT_TRUE(prepareMma(form, Mode::Exact, sm, &op, &error)) << error;
  std::vector<RecordedLine> lines = readRecorded(set);
  int equal = 0;
  for (size_t base = 0; base < lines.size(); base += 8) {
    Warp warp(form);
    auto at = [&](int l) -> const RecordedLine & { return lines[base + size_t(l % 8)]; };
    Warp::fill(warp.ra, warp.a, form.a, [&](int row, int k) { return at(row).a[size_t(k)]; });
    Warp::fill(warp.rb, warp.b, form.b, [&](int k, int column) { return at(column).b[size_t(k)]; });
    Warp::fill(warp.rc, warp.c, form.c, [&](int row, int) { return at(row).c; });
    warp.run(op);
    for (int l = 0; l < 8; ++l)
      equal += warp.result(l, l) == at(l).d && warp.result(l + 8, l) == at(l).d;
  }
  return equal;
}

TEST(Mma, RecordedResultsThroughFragments) {
  if (!haveTensorCoreData())
    GTEST_SKIP() << "no recorded results at " << tensorCoreDataDir();
  for (const RecordedSet &set : recordedSets())
    if (set.unit == Unit::MmaSync) {
      EXPECT_EQ(countEqualThroughFragments(set), 5000)
          << set.gpu << " " << typeName(set.type) << "-" << typeName(set.result);
    }
}

const MmaForm kFloatForms[] = {
    {16, 8, 8, Type::F32, Type::F16, Type::F16, Type::F32, false},
    {16, 8, 16, Type::F32, Type::F16, Type::F16, Type::F32, false},
    {16, 8, 16, Type::F16, Type::F16, Type::F16, Type::F16, false},
    {16, 8, 8, Type::F32, Type::BF16, Type::BF16, Type::F32, false},
    {16, 8, 16, Type::F32, Type::BF16, Type::BF16, Type::F32, false},
    {16, 8, 4, Type::F32, Type::TF32, Type::TF32, Type::F32, false},
    {16, 8, 8, Type::F32, Type::TF32, Type::TF32, Type::F32, false},
    {16, 8, 16, Type::F32, Type::E4M3, Type::E5M2, Type::F32, false},
    {16, 8, 32, Type::F32, Type::E5M2, Type::E4M3, Type::F32, false},
    {16, 8, 32, Type::F16, Type::E4M3, Type::E4M3, Type::F16, false},
};

// Small integers: every order of summation and both modes give the same result.
TEST(Mma, SmallIntegersAreExactInEveryModeAndForm) {
  std::mt19937 random(6);
  for (const MmaForm &form : kFloatForms)
    for (Mode mode : {Mode::Fast, Mode::Exact}) {
      MmaOp op;
      std::string error;
      ASSERT_TRUE(prepareMma(form, mode, 90, &op, &error)) << error;
      int a[16][32], b[32][8], c[16][8];
      for (auto &row : a)
        for (int &value : row)
          value = int(random() % 7) - 3;
      for (auto &row : b)
        for (int &value : row)
          value = int(random() % 7) - 3;
      for (auto &row : c)
        for (int &value : row)
          value = int(random() % 201) - 100;
      Warp warp(form);
      Warp::fill(warp.ra, warp.a, form.a, [&](int r, int k) { return encode(form.a, a[r][k]); });
      Warp::fill(warp.rb, warp.b, form.b, [&](int k, int n) { return encode(form.b, b[k][n]); });
      Warp::fill(warp.rc, warp.c, form.c, [&](int r, int n) { return encode(form.c, c[r][n]); });
      warp.run(op);
      for (int row = 0; row < 16; ++row)
        for (int column = 0; column < 8; ++column) {
          int expected = c[row][column];
          for (int k = 0; k < form.k; ++k)
            expected += a[row][k] * b[k][column];
          ASSERT_EQ(warp.result(row, column), encode(form.d, expected))
              << typeName(form.a) << " k " << form.k << " " << row << "," << column;
        }
    }
}

TEST(Mma, IntegersThroughRegisters) {
  std::mt19937 random(7);
  for (int m : {8, 16})
    for (int k : {16, 32})
      for (Type type : {Type::S8, Type::U8}) {
        if (m == 8 && k == 32)
          continue;
        MmaForm form = {m, 8, k, Type::S32, type, Type::S8, Type::S32, false};
        MmaOp op;
        std::string error;
        ASSERT_TRUE(prepareMma(form, Mode::Exact, 80, &op, &error)) << error;
        uint8_t a[16][32], b[32][8];
        for (auto &row : a)
          for (uint8_t &value : row)
            value = uint8_t(random());
        for (auto &row : b)
          for (uint8_t &value : row)
            value = uint8_t(random());
        Warp warp(form);
        Warp::fill(warp.ra, warp.a, form.a, [&](int r, int i) { return a[r][i]; });
        Warp::fill(warp.rb, warp.b, form.b, [&](int i, int n) { return b[i][n]; });
        Warp::fill(warp.rc, warp.c, form.c, [&](int r, int n) { return uint32_t(r * 100 - n); });
        warp.run(op);
        for (int row = 0; row < m; ++row)
          for (int column = 0; column < 8; ++column) {
            int expected = row * 100 - column;
            for (int i = 0; i < k; ++i)
              expected += (type == Type::S8 ? int8_t(a[row][i]) : a[row][i]) * int8_t(b[i][column]);
            ASSERT_EQ(int32_t(warp.result(row, column)), expected);
          }
      }
}

TEST(Mma, DoublesThroughRegisters) {
  std::mt19937 random(8);
  auto bitsOf = [](double value) {
    uint64_t bits;
    std::memcpy(&bits, &value, 8);
    return bits;
  };
  for (MmaForm form : {MmaForm{8, 8, 4, Type::F64, Type::F64, Type::F64, Type::F64, false},
                       MmaForm{16, 8, 4, Type::F64, Type::F64, Type::F64, Type::F64, false},
                       MmaForm{16, 8, 8, Type::F64, Type::F64, Type::F64, Type::F64, false},
                       MmaForm{16, 8, 16, Type::F64, Type::F64, Type::F64, Type::F64, false}}) {
    MmaOp op;
    std::string error;
    ASSERT_TRUE(prepareMma(form, Mode::Fast, 90, &op, &error)) << error;
    double a[16][16], b[16][8];
    for (auto &row : a)
      for (double &value : row)
        value = double(int32_t(random())) / 3;
    for (auto &row : b)
      for (double &value : row)
        value = double(int32_t(random())) / 7;
    Warp warp(form);
    Warp::fill(warp.ra, warp.a, form.a, [&](int r, int k) { return bitsOf(a[r][k]); });
    Warp::fill(warp.rb, warp.b, form.b, [&](int k, int n) { return bitsOf(b[k][n]); });
    Warp::fill(warp.rc, warp.c, form.c, [&](int r, int n) { return bitsOf(r + n / 8.0); });
    warp.run(op);
    for (int row = 0; row < form.m; ++row)
      for (int column = 0; column < 8; ++column) {
        double expected = row + column / 8.0;
        for (int k = 0; k < form.k; ++k)
          expected = std::fma(a[row][k], b[k][column], expected);
        ASSERT_EQ(warp.result(row, column), bitsOf(expected));
      }
  }
}

// d may be the registers of c.
TEST(Mma, ResultMayOverwriteTheAddend) {
  MmaForm form = {16, 8, 16, Type::F32, Type::F16, Type::F16, Type::F32, false};
  MmaOp op;
  std::string error;
  ASSERT_TRUE(prepareMma(form, Mode::Fast, 80, &op, &error));
  Warp warp(form);
  Warp::fill(warp.ra, warp.a, form.a, [](int r, int) { return encode(Type::F16, r); });
  Warp::fill(warp.rb, warp.b, form.b, [](int, int n) { return encode(Type::F16, n); });
  mmaWarp(op, warp.ra.pointers, warp.rb.pointers, warp.rd.pointers, warp.rd.pointers);
  mmaWarp(op, warp.ra.pointers, warp.rb.pointers, warp.rd.pointers, warp.rd.pointers);
  EXPECT_EQ(warp.result(3, 5), encode(Type::F32, 3 * 5 * 32));
}

// Any bits through registers, with results over the registers of c in another order: f16 and bf16
// take a way of their own, which leaves special values to the general one.
void compareAnyBits(std::mt19937 &random, Mode mode, Type type, Type result, int k,
                    bool isOrdinary) {
  MmaForm form = {16, 8, k, result, type, type, result, false};
  MmaOp op;
  std::string error;
  ASSERT_TRUE(prepareMma(form, mode, 80, &op, &error)) << error;
  EXPECT_TRUE(op.isDirect || (mode == Mode::Exact && type == Type::BF16));
  auto draw = [&](Type of) {
    double value = std::ldexp(double(int32_t(random())) / 0x1p31, int(random() % 8) - 4);
    return isOrdinary ? encode(of, random() % 4 ? value : 0.0)
                      : uint32_t(storageBits(of) == 32 ? random() : random() & 0xffff);
  };
  uint32_t a[16][16], b[8][16], c[16][8];
  for (int i = 0; i < 16 * 16; ++i)
    a[i / 16][i % 16] = draw(type);
  for (int i = 0; i < 8 * 16; ++i)
    b[i / 16][i % 16] = draw(type);
  for (int i = 0; i < 16 * 8; ++i)
    c[i / 8][i % 8] = draw(result);
  Warp warp(form);
  Warp::fill(warp.ra, warp.a, type, [&](int r, int i) { return a[r][i]; });
  Warp::fill(warp.rb, warp.b, type, [&](int i, int n) { return b[n][i]; });
  Warp::fill(warp.rd, warp.c, result, [&](int r, int n) { return c[r][n]; });
  const uint32_t *from[4] = {warp.rd.lanes[0], warp.rd.lanes[1], warp.rd.lanes[2],
                             warp.rd.lanes[3]};
  uint32_t *to[4] = {warp.rd.lanes[0], warp.rd.lanes[1], warp.rd.lanes[2], warp.rd.lanes[3]};
  // The result goes to the registers of c in reverse.
  std::reverse(to, to + op.dRegisters);
  mmaWarp(op, warp.ra.pointers, warp.rb.pointers, from, to);
  Warp got(form);
  for (int r = 0; r < op.dRegisters; ++r)
    std::memcpy(got.rd.lanes[r], to[r], sizeof got.rd.lanes[r]);
  for (int row = 0; row < 16; ++row)
    for (int column = 0; column < 8; ++column) {
      uint32_t expected = dotExact(op.dot.model, type, type, a[row], b[column], k, c[row][column]);
      if (mode == Mode::Fast) {
        float sum = decode(result, c[row][column]);
        for (int i = 0; i < k; ++i)
          sum = std::fma(decode(type, a[row][i]), decode(type, b[column][i]), sum);
        expected = encode(result, sum);
      }
      uint32_t actual = uint32_t(got.result(row, column));
      if (std::isnan(decode(result, expected)))
        ASSERT_TRUE(std::isnan(decode(result, actual)));
      else
        ASSERT_EQ(actual, expected) << typeName(type) << " " << typeName(result) << " k " << k
                                    << " at " << row << "," << column;
    }
}

TEST(Mma, AnyBitsThroughRegisters) {
  std::mt19937 random(11);
  for (Mode mode : {Mode::Fast, Mode::Exact})
    for (int k : {8, 16})
      for (int round = 0; round < 40; ++round) {
        compareAnyBits(random, mode, Type::F16, Type::F32, k, round % 2);
        compareAnyBits(random, mode, Type::F16, Type::F16, k, round % 2);
        compareAnyBits(random, mode, Type::BF16, Type::F32, k, round % 2);
      }
}

TEST(Mma, RefusesUnknownForms) {
  MmaOp op;
  std::string error;
  EXPECT_FALSE(prepareMma({16, 8, 16, Type::F32, Type::F16, Type::F16, Type::F32, false},
                          Mode::Fast, 75, &op, &error));
  EXPECT_EQ(error, "mma.sync m16n8k16.f32.f16.f16.f32 needs sm_80 or later, got sm_75");
  EXPECT_FALSE(prepareMma({8, 8, 4, Type::F16, Type::F16, Type::F16, Type::F32, false}, Mode::Fast,
                          80, &op, &error));
  EXPECT_EQ(error, "mma.sync m8n8k4.f16.f16.f16.f32 is not supported");
  EXPECT_FALSE(prepareMma({16, 8, 16, Type::F16, Type::BF16, Type::BF16, Type::F16, false},
                          Mode::Fast, 80, &op, &error));
  EXPECT_FALSE(prepareMma({16, 8, 16, Type::F32, Type::F16, Type::F16, Type::F32, true}, Mode::Fast,
                          80, &op, &error));
}

// Not a check of speed, which depends on the machine: it prints what was measured.
TEST(Mma, Speed) {
  for (Mode mode : {Mode::Fast, Mode::Exact})
    for (int sm : {80, 90}) {
      MmaForm form = {16, 8, 16, Type::F32, Type::F16, Type::F16, Type::F32, false};
      MmaOp op;
      std::string error;
      ASSERT_TRUE(prepareMma(form, mode, sm, &op, &error));
      Warp warp(form);
      std::mt19937 random(9);
      auto draw = [&](int, int) { return encode(Type::F16, double(int32_t(random())) / 0x1p31); };
      Warp::fill(warp.ra, warp.a, form.a, draw);
      Warp::fill(warp.rb, warp.b, form.b, draw);
      const int rounds = 1000;
      double best = 1e9; // the least of several: the machine may be busy
      for (int repeat = 0; repeat < 50; ++repeat) {
        auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < rounds; ++i)
          mmaWarp(op, warp.ra.pointers, warp.rb.pointers, warp.rd.pointers, warp.rd.pointers);
        std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        best = std::min(best, seconds.count() / rounds);
      }
      std::printf("mma m16n8k16 f16, sm_%d %s: %.0f ns, %.1f GMAC/s\n", sm,
                  mode == Mode::Fast ? "fast" : "exact", best * 1e9, 2048.0 / best / 1e9);
      EXPECT_TRUE(std::isfinite(decode(Type::F32, uint32_t(warp.result(0, 0)))));
    }
}

} // namespace
