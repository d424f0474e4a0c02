// This file tests wgmma: matrices placed in shared memory by layout algebra written here, results
// by plain loops.
#include "device/sim/tc/Wgmma.h"
#include "TensorCoreData.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <random>
#include <vector>

using namespace azulejo::sim;
using namespace azulejo::sim::tc;

namespace {

// The canonical layouts as nested shapes and strides in the way that CuTe writes them, in units of
// elements: index = sum of digit * stride, digits taken with the first one fastest.
struct Digit {
  int size;
  int64_t stride;
};

int64_t evaluate(const std::vector<Digit> &layout, int64_t index) {
  int64_t offset = 0;
  for (const Digit &digit : layout) {
    offset += index % digit.size * digit.stride;
    index /= digit.size;
  }
  return offset;
}

struct Canonical {
  std::vector<Digit> mn, k;
};

constexpr int kMany = 1 << 20;

// lbo and sbo in elements; w is 1, 2, 4 or 8.
Canonical canonical(bool mnMajor, int w, int t, int64_t lbo, int64_t sbo) {
  if (!mnMajor && w > 1)
    return {{{8, int64_t(w) * t}, {kMany, sbo}}, {{t, 1}, {kMany, t}}};
  if (!mnMajor)
    return {{{8, t}, {kMany, sbo}}, {{t, 1}, {kMany, lbo}}};
  if (w > 1)
    return {{{t, 1}, {w, t}, {kMany, lbo}}, {{8, int64_t(w) * t}, {kMany, sbo}}};
  return {{{t, 1}, {kMany, sbo}}, {{8, t}, {kMany, lbo}}};
}

// Swizzle<B,4,3> on byte addresses.
uint32_t permute(int w, uint32_t byte) {
  uint32_t mask = w == 8 ? 7 : w == 4 ? 3 : w == 2 ? 1 : 0;
  return byte ^ ((byte >> 7 & mask) << 4);
}

struct Matrix {
  bool mnMajor;
  int w;
  uint32_t start, lbo, sbo; // bytes
  Type type;

  uint64_t descriptor() const {
    uint64_t code = w == 8 ? 1 : w == 4 ? 2 : w == 2 ? 3 : 0;
    return code << 62 | uint64_t(sbo >> 4) << 32 | uint64_t(lbo >> 4) << 16 | start >> 4;
  }
  uint32_t address(int mn, int k) const {
    int bytes = packedBytes(type), t = 16 / bytes;
    Canonical layout = canonical(mnMajor, w, t, lbo / bytes, sbo / bytes);
    int64_t offset = (evaluate(layout.mn, mn) + evaluate(layout.k, k)) * bytes;
    return permute(w, start + uint32_t(offset));
  }
};

struct Warpgroup {
  std::vector<uint8_t> shared = std::vector<uint8_t>(128 * 1024);
  uint32_t d[4][128][32] = {};
  uint32_t *dRows[4][128];
  uint32_t a[4][4][32] = {};
  uint32_t *aRows[4][4];

  Warpgroup() {
    for (int w = 0; w < 4; ++w) {
      for (int i = 0; i < 128; ++i)
        dRows[w][i] = d[w][i];
      for (int i = 0; i < 4; ++i)
        aRows[w][i] = a[w][i];
    }
  }
  void put(const Matrix &matrix, int mn, int k, uint32_t bits) {
    std::memcpy(&shared[matrix.address(mn, k)], &bits, size_t(packedBytes(matrix.type)));
  }
  // D register i of warp w: row 16 w + g + 8 ((i / 2) % 2), column 8 (i / 4) + 2 t + i % 2.
  uint32_t result(Type type, int row, int column) const {
    int w = row / 16, g = row % 8, upper = row / 8 % 2;
    int lane = g * 4 + column % 8 / 2;
    if (type == Type::F16) {
      uint32_t pair = d[w][column / 8 * 2 + upper][lane];
      return column % 2 ? pair >> 16 : pair & 0xffff;
    }
    return d[w][column / 8 * 4 + upper * 2 + column % 2][lane];
  }
  bool run(const WgmmaOp &op, uint64_t descA, uint64_t descB, bool scaleD, SharedFault *fault) {
    SharedView view = {shared.data(), uint32_t(shared.size())};
    MatrixDescriptor da = {}, db = {};
    std::string error;
    if (!op.form.aInRegisters) {
      EXPECT_TRUE(decodeWgmmaDescriptor(descA, &da, &error)) << error;
    }
    EXPECT_TRUE(decodeWgmmaDescriptor(descB, &db, &error)) << error;
    WgmmaB b;
    if (!b.read(op, view, db, fault))
      return false;
    for (int w = 0; w < 4; ++w)
      if (!wgmmaWarp(op, b, view, da, aRows[w], w, scaleD, {}, dRows[w], fault))
        return false;
    return true;
  }
};

// Strides that leave no two elements at one place, for `rows` rows and one instruction's k.
Matrix place(Type type, bool mnMajor, int w, uint32_t start, int rows) {
  Matrix matrix = {mnMajor, w, start, 0, 0, type};
  if (!mnMajor && w > 1) {
    matrix.sbo = 128 * uint32_t(w);
  } else if (!mnMajor) {
    matrix.sbo = 128;
    matrix.lbo = 128 * uint32_t((rows + 7) / 8);
  } else if (w > 1) {
    matrix.sbo = 128 * uint32_t(w);
    matrix.lbo = 2 * matrix.sbo; // two groups of 8 k
  } else {
    matrix.sbo = 256;
    matrix.lbo = 128;
  }
  return matrix;
}

struct Case {
  Type d, a, b;
};

const Case kCases[] = {{Type::F32, Type::F16, Type::F16},   {Type::F16, Type::F16, Type::F16},
                       {Type::F32, Type::BF16, Type::BF16}, {Type::F32, Type::TF32, Type::TF32},
                       {Type::F32, Type::E4M3, Type::E5M2}, {Type::F16, Type::E5M2, Type::E4M3},
                       {Type::S32, Type::S8, Type::U8}};

uint32_t patternOf(Type type, int value) {
  return isInteger(type) ? uint32_t(value) & (type == Type::S32 ? ~0u : 0xffu)
                         : encode(type, value);
}

void runCase(std::mt19937 &random, const Case &test, int n, int w, bool transA, bool transB,
             bool inRegisters, Mode mode) {
  bool integers = isInteger(test.a);
  bool negateA = !integers && random() % 2, negateB = !integers && random() % 2;
  WgmmaForm form = {n,      test.d, test.a,  test.b,  inRegisters,
                    transA, transB, negateA, negateB, false};
  WgmmaOp op;
  std::string error;
  ASSERT_TRUE(prepareWgmma(form, mode, 90, &op, &error)) << error;
  auto warpgroup = std::make_unique<Warpgroup>();
  Matrix matrixA = place(test.a, transA, w, 4096, 64);
  Matrix matrixB = place(test.b, transB, w, 32768, n);
  std::vector<std::vector<int>> a(64, std::vector<int>(32)), b(256, std::vector<int>(32)),
      c(64, std::vector<int>(256));
  auto draw = [&](Type type) {
    return type == Type::U8   ? int(random() % 256)
           : type == Type::S8 ? int(random() % 256) - 128
                              : int(random() % 7) - 3;
  };
  int perRegister = 32 / storageBits(test.a);
  for (int row = 0; row < 64; ++row)
    for (int k = 0; k < op.k; ++k) {
      a[row][k] = draw(test.a);
      uint32_t bits = patternOf(test.a, a[row][k]);
      if (!inRegisters) {
        warpgroup->put(matrixA, row, k, bits);
        continue;
      }
      int lane = row % 8 * 4 + k / perRegister % 4;
      int reg = row / 8 % 2 + 2 * (k / (4 * perRegister));
      warpgroup->a[row / 16][reg][lane] |= bits << (storageBits(test.a) % 32 * (k % perRegister));
    }
  for (int column = 0; column < n; ++column)
    for (int k = 0; k < op.k; ++k) {
      b[column][k] = draw(test.b);
      warpgroup->put(matrixB, column, k, patternOf(test.b, b[column][k]));
    }
  SharedFault fault;
  // The first instruction overwrites, the second adds.
  ASSERT_TRUE(warpgroup->run(op, matrixA.descriptor(), matrixB.descriptor(), false, &fault));
  ASSERT_TRUE(warpgroup->run(op, matrixA.descriptor(), matrixB.descriptor(), true, &fault));
  for (int row = 0; row < 64; ++row)
    for (int column = 0; column < n; ++column) {
      int sum = 0;
      for (int k = 0; k < op.k; ++k)
        sum += a[row][k] * b[column][k];
      sum *= negateA != negateB ? -2 : 2;
      ASSERT_EQ(warpgroup->result(test.d, row, column), patternOf(test.d, sum))
          << typeName(test.a) << " n " << n << " w " << w << " " << transA << transB << " at "
          << row << "," << column;
    }
}

TEST(Wgmma, EveryLayoutAndTypeGivesThePlainResult) {
  std::mt19937 random(1);
  for (const Case &test : kCases)
    for (int w : {1, 2, 4, 8})
      for (int trans = 0; trans < 4; ++trans) {
        if (trans && storageBits(test.a) != 16)
          continue;
        int n = 16 * (1 + int(random() % 5));
        for (Mode mode : {Mode::Fast, Mode::Exact})
          runCase(random, test, n, w, trans & 1, trans & 2, false, mode);
        if (!(trans & 1))
          runCase(random, test, n, w, false, trans & 2, true, Mode::Fast);
      }
  runCase(random, kCases[0], 256, 8, false, false, false, Mode::Fast);
  runCase(random, kCases[0], 8, 8, false, false, false, Mode::Exact);
}

// The recorded results of h100 for fp8 are wgmma: line l is row l of A and column l of B.
TEST(Wgmma, RecordedFp8Results) {
  if (!haveTensorCoreData())
    GTEST_SKIP() << "no recorded results at " << tensorCoreDataDir();
  for (const RecordedSet &set : recordedSets()) {
    if (set.unit != Unit::Wgmma)
      continue;
    WgmmaOp op;
    std::string error;
    WgmmaForm form = {64, Type::F32, set.type, set.type, false, false, false, false, false, false};
    ASSERT_TRUE(prepareWgmma(form, Mode::Exact, 90, &op, &error)) << error;
    std::vector<RecordedLine> lines = readRecorded(set);
    int equal = 0;
    auto warpgroup = std::make_unique<Warpgroup>();
    Matrix a = place(set.type, false, 8, 1024, 64), b = place(set.type, false, 4, 65536, 64);
    for (size_t base = 0; base < lines.size(); base += 64) {
      auto line = [&](int l) { return lines[std::min(base + size_t(l), lines.size() - 1)]; };
      for (int l = 0; l < 64; ++l)
        for (int k = 0; k < 32; ++k) {
          warpgroup->put(a, l, k, line(l).a[size_t(k)]);
          warpgroup->put(b, l, k, line(l).b[size_t(k)]);
        }
      SharedFault fault;
      ASSERT_TRUE(warpgroup->run(op, a.descriptor(), b.descriptor(), false, &fault));
      for (int l = 0; l < 64 && base + size_t(l) < lines.size(); ++l)
        equal += warpgroup->result(Type::F32, l, l) == line(l).d;
    }
    EXPECT_EQ(equal, 5000) << typeName(set.type);
  }
}

// Advancing a descriptor by 32 bytes inside a 128-byte row is the next step of k.
TEST(Wgmma, AdvancingTheDescriptorStepsThroughK) {
  WgmmaForm form = {8, Type::F32, Type::F16, Type::F16, false, false, false, false, false, false};
  WgmmaOp op;
  std::string error;
  ASSERT_TRUE(prepareWgmma(form, Mode::Fast, 90, &op, &error));
  auto warpgroup = std::make_unique<Warpgroup>();
  Matrix a = place(Type::F16, false, 8, 0, 64), b = place(Type::F16, false, 8, 65536, 8);
  for (int k = 0; k < 64; ++k) {
    for (int row = 0; row < 64; ++row)
      warpgroup->put(a, row, k, encode(Type::F16, (row + k) % 5));
    for (int column = 0; column < 8; ++column)
      warpgroup->put(b, column, k, encode(Type::F16, (column * k) % 3));
  }
  SharedFault fault;
  for (uint64_t step = 0; step < 4; ++step)
    ASSERT_TRUE(
        warpgroup->run(op, a.descriptor() + 2 * step, b.descriptor() + 2 * step, step > 0, &fault));
  for (int row = 0; row < 64; ++row)
    for (int column = 0; column < 8; ++column) {
      int sum = 0;
      for (int k = 0; k < 64; ++k)
        sum += (row + k) % 5 * ((column * k) % 3);
      ASSERT_EQ(warpgroup->result(Type::F32, row, column), encode(Type::F32, sum));
    }
}

TEST(Wgmma, ReportsReadsOutsideSharedMemory) {
  WgmmaForm form = {16, Type::F32, Type::F16, Type::F16, false, false, false, false, false, false};
  WgmmaOp op;
  std::string error;
  ASSERT_TRUE(prepareWgmma(form, Mode::Fast, 90, &op, &error));
  auto warpgroup = std::make_unique<Warpgroup>();
  Matrix inside = place(Type::F16, false, 8, 0, 64);
  Matrix outside = place(Type::F16, false, 8, 128 * 1024 - 1024, 16);
  SharedFault fault = {};
  EXPECT_FALSE(warpgroup->run(op, inside.descriptor(), outside.descriptor(), false, &fault));
  EXPECT_EQ(fault.address, 128u * 1024);
  EXPECT_EQ(fault.bytes, 16u);
  EXPECT_FALSE(warpgroup->run(op, outside.descriptor(), inside.descriptor(), false, &fault));
}

TEST(Wgmma, RefusesWhatDoesNotExist) {
  WgmmaOp op;
  std::string error;
  WgmmaForm form = {64, Type::F32, Type::F16, Type::F16, false, false, false, false, false, false};
  EXPECT_FALSE(prepareWgmma(form, Mode::Fast, 100, &op, &error));
  EXPECT_EQ(error, "wgmma m64n64.f32.f16.f16 exists on sm_90a only");
  form.n = 12;
  EXPECT_FALSE(prepareWgmma(form, Mode::Fast, 90, &op, &error));
  form = {40, Type::S32, Type::S8, Type::S8, false, false, false, false, false, false};
  EXPECT_FALSE(prepareWgmma(form, Mode::Fast, 90, &op, &error));
  form = {64, Type::F32, Type::TF32, Type::TF32, false, true, false, false, false, false};
  EXPECT_FALSE(prepareWgmma(form, Mode::Fast, 90, &op, &error));
  form = {64, Type::F16, Type::BF16, Type::BF16, false, false, false, false, false, false};
  EXPECT_FALSE(prepareWgmma(form, Mode::Fast, 90, &op, &error));
  MatrixDescriptor descriptor;
  EXPECT_FALSE(decodeWgmmaDescriptor(uint64_t(1) << 46, &descriptor, &error));
}

TEST(Wgmma, Speed) {
  WgmmaForm form = {128, Type::F32, Type::F16, Type::F16, false, false, false, false, false, false};
  auto warpgroup = std::make_unique<Warpgroup>();
  Matrix a = place(Type::F16, false, 8, 0, 64), b = place(Type::F16, false, 8, 65536, 128);
  for (Mode mode : {Mode::Fast, Mode::Exact}) {
    WgmmaOp op;
    std::string error;
    ASSERT_TRUE(prepareWgmma(form, mode, 90, &op, &error));
    double best = 1e9; // the least of several: the machine may be busy
    for (int repeat = 0; repeat < 30; ++repeat) {
      SharedFault fault;
      auto start = std::chrono::steady_clock::now();
      for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(warpgroup->run(op, a.descriptor(), b.descriptor(), true, &fault));
      std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
      best = std::min(best, seconds.count() / 20);
    }
    std::printf("wgmma m64n128k16 f16 %s: %.1f GMAC/s\n", mode == Mode::Fast ? "fast" : "exact",
                64.0 * 128 * 16 / best / 1e9);
  }
}

} // namespace
