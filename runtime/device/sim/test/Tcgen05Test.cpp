// This file tests tcgen05.mma: descriptors field by field, products against plain loops.
#include "Tcgen05Matrices.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

using namespace azulejo::sim;
using namespace azulejo::sim::tc;
using namespace azulejo::sim::tc::test;

namespace {

struct Case {
  Tcgen05Kind kind;
  uint32_t dCode, aCode, bCode;
  Type d, a, b;
  int k;
};

const Case kCases[] = {
    {Tcgen05Kind::F16, 1, 0, 0, Type::F32, Type::F16, Type::F16, 16},
    {Tcgen05Kind::F16, 0, 0, 0, Type::F16, Type::F16, Type::F16, 16},
    {Tcgen05Kind::F16, 1, 1, 1, Type::F32, Type::BF16, Type::BF16, 16},
    {Tcgen05Kind::Tf32, 1, 2, 2, Type::F32, Type::TF32, Type::TF32, 8},
    {Tcgen05Kind::F8f6f4, 1, 0, 1, Type::F32, Type::E4M3, Type::E5M2, 32},
    {Tcgen05Kind::F8f6f4, 1, 5, 3, Type::F32, Type::E2M1, Type::E2M3, 32},
    {Tcgen05Kind::F8f6f4, 0, 4, 0, Type::F16, Type::E3M2, Type::E4M3, 32},
    {Tcgen05Kind::I8, 2, 0, 1, Type::S32, Type::U8, Type::S8, 32},
};

void runCase(std::mt19937 &random, const Case &test, Fields fields, bool aInTensorMemory,
             Mode mode) {
  fields.d = test.dCode;
  fields.a = test.aCode;
  fields.b = test.bCode;
  Tcgen05Mma op;
  std::string error;
  ASSERT_TRUE(
      decodeInstruction({test.kind, aInTensorMemory}, fields.bits(), mode, 100, &op, &error))
      << error;
  ASSERT_EQ(op.dot.a, test.a);
  ASSERT_EQ(op.dot.k, test.k);
  std::vector<uint8_t> shared(160 * 1024);
  Matrix matrixA = {8192, fields.transA, 2048, packedBytes(test.a)};
  Matrix matrixB = {65536, fields.transB, 2048, packedBytes(test.b)};
  int m = int(fields.m), n = int(fields.n);
  TensorMemory memory;
  uint32_t base = 0, aBase = 0;
  ASSERT_EQ(memory.alloc(256, &base), TmemFault::None);
  ASSERT_EQ(memory.alloc(32, &aBase), TmemFault::None);
  bool half = m == 64 && random() % 2;
  uint32_t d = base + (half ? 16u << 16 : 0);
  std::vector<std::vector<int>> a(128, std::vector<int>(32)), b(256, std::vector<int>(32));
  for (int row = 0; row < m; ++row)
    for (int k = 0; k < test.k; ++k) {
      a[row][k] = test.a == Type::U8 ? int(random() % 256) : int(random() % 5) - 2;
      uint32_t bits = patternOf(test.a, a[row][k]);
      put(shared, matrixA, test.a, row, k, bits);
      if (!aInTensorMemory)
        continue;
      int width = storageBits(test.a), per = 32 / width;
      uint32_t column = aBase + uint32_t(k / per);
      uint32_t old = k % per ? memory.read(uint32_t(row), column) : 0;
      memory.write(uint32_t(row), column, old | bits << (width % 32 * (k % per)));
    }
  for (int column = 0; column < n; ++column)
    for (int k = 0; k < test.k; ++k) {
      b[column][k] = int(random() % 5) - 2;
      put(shared, matrixB, test.b, column, k, patternOf(test.b, b[column][k]));
    }
  Tcgen05Operands operands = {d, aInTensorMemory, aBase, {}, {}, false, 0, nullptr};
  ASSERT_TRUE(decodeTcgen05Descriptor(matrixA.descriptor(), &operands.a, &error)) << error;
  ASSERT_TRUE(decodeTcgen05Descriptor(matrixB.descriptor(), &operands.b, &error)) << error;
  Tcgen05Cta cta = {{shared.data(), uint32_t(shared.size())}, &memory};
  Tcgen05Fault fault;
  ASSERT_TRUE(tcgen05Mma(op, operands, &cta, &fault)) << describe(fault.tensorMemory);
  operands.accumulate = true;
  ASSERT_TRUE(tcgen05Mma(op, operands, &cta, &fault)) << describe(fault.tensorMemory);
  for (int row = 0; row < m; ++row)
    for (int column = 0; column < n; ++column) {
      int sum = 0;
      for (int k = 0; k < test.k; ++k)
        sum += a[row][k] * b[column][k];
      sum *= fields.negateA != fields.negateB ? -2 : 2;
      uint32_t lane = uint32_t(m == 128 ? row : row / 16 * 32 + row % 16 + (half ? 16 : 0));
      ASSERT_EQ(memory.read(lane, base + uint32_t(column)), patternOf(test.d, sum))
          << typeName(test.a) << " m " << m << " n " << n << " at " << row << "," << column;
    }
}

TEST(Tcgen05, EveryKindGivesThePlainResult) {
  std::mt19937 random(1);
  for (const Case &test : kCases)
    for (uint32_t m : {64u, 128u})
      for (uint32_t n : {16u, 64u, 256u})
        for (Mode mode : {Mode::Fast, Mode::Exact}) {
          Fields fields;
          fields.m = m;
          fields.n = n;
          if (!isInteger(test.a)) {
            fields.negateA = random() % 2;
            fields.negateB = random() % 2;
          }
          if (storageBits(test.a) == 16) {
            fields.transA = random() % 2;
            fields.transB = random() % 2;
          }
          runCase(random, test, fields, false, mode);
          fields.transA = false;
          if (m == 128 && storageBits(test.a) >= 8)
            runCase(random, test, fields, true, mode);
        }
}

// The descriptor of the reference's kernel: f16 to f32, 128 x 128.
TEST(Tcgen05, DecodesTheUsualDescriptor) {
  Tcgen05Mma op;
  std::string error;
  uint32_t bits = 1u << 4 | (128u >> 3) << 17 | (128u >> 4) << 24;
  ASSERT_TRUE(decodeInstruction({Tcgen05Kind::F16}, bits, Mode::Exact, 100, &op, &error));
  EXPECT_EQ(op.m, 128);
  EXPECT_EQ(op.n, 128);
  EXPECT_EQ(op.dot.a, Type::F16);
  EXPECT_EQ(op.dot.d, Type::F32);
  EXPECT_EQ(op.dot.k, 16);
}

std::string refusal(Tcgen05Kind kind, uint32_t bits, int sm = 100, bool aInTensorMemory = false) {
  Tcgen05Mma op;
  std::string error;
  EXPECT_FALSE(decodeInstruction({kind, aInTensorMemory}, bits, Mode::Fast, sm, &op, &error));
  return error.substr(error.find(": ") + 2);
}

TEST(Tcgen05, RefusesWrongDescriptors) {
  Fields good, fields;
  EXPECT_EQ(refusal(Tcgen05Kind::F16, good.bits(), 90),
            "tcgen05 exists on sm_100 to sm_110 only, got sm_90");
  EXPECT_EQ(refusal(Tcgen05Kind::F16, good.bits() | 4), "bit 2 is set, but not for .sp");
  EXPECT_EQ(refusal(Tcgen05Kind::F16, good.bits() | 1u << 23), "reserved bits are set");
  EXPECT_EQ(refusal(Tcgen05Kind::Tf32, good.bits()), "bits 7 to 9 hold no type of a for this kind");
  fields.m = 256;
  EXPECT_EQ(refusal(Tcgen05Kind::F16, fields.bits()),
            "m must be 64 or 128 for cta_group::1, got 256");
  fields.m = 128;
  fields.n = 24;
  EXPECT_EQ(refusal(Tcgen05Kind::F16, fields.bits()),
            "n must be 16 to 256 in steps of 16 for m = 128, got 24");
  fields = good;
  fields.transA = true;
  EXPECT_EQ(refusal(Tcgen05Kind::F16, fields.bits(), 100, true),
            "a in tensor memory must be K-major and of at least 8 bits");
  MatrixDescriptor descriptor;
  std::string error;
  EXPECT_FALSE(decodeTcgen05Descriptor(uint64_t(2) << 61, &descriptor, &error));
  EXPECT_FALSE(decodeTcgen05Descriptor(uint64_t(3) << 61 | uint64_t(1) << 46, &descriptor, &error));
}

TEST(Tcgen05, ReportsFaultsOfItsOperands) {
  Tcgen05Mma op;
  std::string error;
  Fields fields;
  ASSERT_TRUE(decodeInstruction({Tcgen05Kind::F16}, fields.bits(), Mode::Fast, 100, &op, &error));
  std::vector<uint8_t> shared(64 * 1024);
  Tcgen05Operands operands = {0, false, 0, {}, {}, false, 0, nullptr};
  ASSERT_TRUE(decodeTcgen05Descriptor(Matrix{0, false, 16, 2}.descriptor(), &operands.a, &error));
  operands.b = operands.a;
  TensorMemory memory;
  Tcgen05Cta cta = {{shared.data(), uint32_t(shared.size())}, &memory};
  Tcgen05Fault fault;
  EXPECT_FALSE(tcgen05Mma(op, operands, &cta, &fault));
  EXPECT_EQ(fault.tensorMemory, TmemFault::NotAllocated);
  uint32_t base = 0;
  ASSERT_EQ(memory.alloc(64, &base), TmemFault::None);
  operands.accumulate = true;
  EXPECT_FALSE(tcgen05Mma(op, operands, &cta, &fault));
  EXPECT_EQ(fault.tensorMemory, TmemFault::Uninitialised);
  EXPECT_TRUE(tcgen05Mma(op, operands, &cta, &fault)); // now it is written
  operands.d = 8u << 16;
  EXPECT_FALSE(tcgen05Mma(op, operands, &cta, &fault));
  EXPECT_EQ(fault.tensorMemory, TmemFault::MisalignedLane);
  operands.d = 0;
  operands.b.start = 63 * 1024;
  EXPECT_FALSE(tcgen05Mma(op, operands, &cta, &fault));
  EXPECT_TRUE(fault.shared);
  EXPECT_EQ(fault.address, 64u * 1024);
}

TEST(Tcgen05, DisabledLanesAndScaledAccumulator) {
  Tcgen05Mma op;
  std::string error;
  Fields fields;
  ASSERT_TRUE(decodeInstruction({Tcgen05Kind::F16}, fields.bits(), Mode::Exact, 100, &op, &error));
  std::vector<uint8_t> shared(64 * 1024); // zeros: the product is zero
  TensorMemory memory;
  Tcgen05Cta cta = {{shared.data(), uint32_t(shared.size())}, &memory};
  uint32_t base = 0;
  ASSERT_EQ(memory.alloc(64, &base), TmemFault::None);
  for (uint32_t lane = 0; lane < 128; ++lane)
    for (uint32_t column = 0; column < 64; ++column)
      memory.write(lane, column, encode(Type::F32, 48));
  const uint32_t disabled[4] = {2, 0, 0, 1u << 31};
  Tcgen05Operands operands = {base, false, 0, {}, {}, true, 4, disabled};
  ASSERT_TRUE(decodeTcgen05Descriptor(Matrix{0, false, 16, 2}.descriptor(), &operands.a, &error));
  operands.b = operands.a;
  Tcgen05Fault fault;
  ASSERT_TRUE(tcgen05Mma(op, operands, &cta, &fault));
  EXPECT_EQ(memory.read(0, 0), encode(Type::F32, 3));
  EXPECT_EQ(memory.read(1, 0), encode(Type::F32, 48));
  EXPECT_EQ(memory.read(127, 63), encode(Type::F32, 48));
  EXPECT_EQ(memory.read(126, 63), encode(Type::F32, 3));
}

} // namespace
