// This file tests products of tcgen05.mma with block scales, of a CTA and of pairs, and with masks
// of zero columns, against plain loops.
#include "Tcgen05Matrices.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

using namespace azulejo::sim;
using namespace azulejo::sim::tc;
using namespace azulejo::sim::tc::test;

namespace {

struct ScaledCase {
  Tcgen05Kind kind;
  int block;
  uint32_t aCode, bCode, scaleCode;
  Type a, b, scale;
  int k;
};

const ScaledCase kScaledCases[] = {
    {Tcgen05Kind::Mxf8f6f4, 32, 0, 5, 1, Type::E4M3, Type::E2M1, Type::UE8M0, 32},
    {Tcgen05Kind::Mxf8f6f4, 32, 3, 1, 1, Type::E2M3, Type::E5M2, Type::UE8M0, 32},
    {Tcgen05Kind::Mxf4, 32, 1, 1, 1, Type::E2M1, Type::E2M1, Type::UE8M0, 64},
    {Tcgen05Kind::Mxf4nvf4, 16, 1, 1, 0, Type::E2M1, Type::E2M1, Type::UE4M3, 64},
    {Tcgen05Kind::Mxf4nvf4, 16, 1, 1, 1, Type::E2M1, Type::E2M1, Type::UE8M0, 64},
};

// ScaleFactors are put into all four copies: of row r in column r / 32, byte `first` + block.
struct ScaleFactors {
  std::vector<std::vector<double>> values; // [row][block]

  ScaleFactors(std::mt19937 &random, TensorMemory &memory, uint32_t base, int rows, int blocks,
               int first, Type type) {
    for (int row = 0; row < rows; ++row) {
      uint32_t word = uint32_t(random());
      values.emplace_back();
      for (int block = 0; block < blocks; ++block) {
        double value = type == Type::UE8M0 ? std::ldexp(1.0, int(random() % 5) - 2)
                                           : 0.5 * (1 + int(random() % 4));
        uint32_t bits =
            type == Type::UE8M0 ? uint32_t(std::ilogb(value) + 127) : encode(Type::E4M3, value);
        int shift = 8 * (first + block);
        word = (word & ~(0xffu << shift)) | bits << shift;
        values.back().push_back(value);
      }
      for (uint32_t copy = 0; copy < 4; ++copy)
        memory.write(copy * 32 + uint32_t(row % 32), base + uint32_t(row / 32), word);
    }
  }
};

using Values = std::vector<std::vector<int>>; // [row][k]

constexpr uint32_t kScalesOfA = 300, kScalesOfB = 310; // columns of tensor memory

// What one CTA has: 128 rows of A, `rowsOfB` of B, and scales of its rows of A and of all columns.
struct ScaledCta {
  std::vector<uint8_t> shared = std::vector<uint8_t>(160 * 1024);
  TensorMemory memory;
  uint32_t base = 0; // of D
  Values a, b;
  std::vector<std::vector<double>> factorsA, factorsB;

  ScaledCta(std::mt19937 &random, const ScaledCase &test, const Matrix &matrixA,
            const Matrix &matrixB, int n, int rowsOfB) {
    EXPECT_EQ(memory.alloc(512, &base), TmemFault::None);
    int blocks = test.k / test.block;
    factorsA = ScaleFactors(random, memory, kScalesOfA, 128, blocks, 4 - blocks, test.scale).values;
    factorsB = ScaleFactors(random, memory, kScalesOfB, n, blocks, 0, test.scale).values;
    a = fill(random, test, matrixA, test.a, 128);
    b = fill(random, test, matrixB, test.b, rowsOfB);
  }

  Values fill(std::mt19937 &random, const ScaledCase &test, const Matrix &matrix, Type type,
              int rows) {
    Values values(size_t(rows), std::vector<int>(size_t(test.k)));
    for (int row = 0; row < rows; ++row)
      for (int k = 0; k < test.k; ++k) {
        values[size_t(row)][size_t(k)] = int(random() % 5) - 2;
        uint32_t pattern = encode(type, values[size_t(row)][size_t(k)]);
        if (test.k == 64)
          putNibble(shared, matrix, row, k, pattern);
        else
          put(shared, matrix, type, row, k, pattern);
      }
    return values;
  }
};

// A CTA multiplies 128 rows; of a pair each has half of the columns of B.
void runScaledCase(std::mt19937 &random, const ScaledCase &test, int n, bool isPair) {
  int blocks = test.k / test.block;
  uint32_t bits = test.aCode << 7 | test.bCode << 10 | uint32_t(n >> 3) << 17 |
                  test.scaleCode << 23 | (isPair ? 2u : 1u) << 27 | uint32_t(4 - blocks) << 29;
  Tcgen05Mma op;
  std::string error;
  ASSERT_TRUE(decodeInstruction({test.kind, false, false, isPair, false, test.block}, bits,
                                Mode::Fast, 100, &op, &error))
      << error;
  Matrix matrixA = {8192, false, 2048, 1}, matrixB = {65536, false, 2048, 1};
  int count = isPair ? 2 : 1, rowsOfB = n / count;
  std::vector<ScaledCta> ctas;
  std::vector<Tcgen05Cta> views;
  for (int c = 0; c < count; ++c)
    ctas.emplace_back(random, test, matrixA, matrixB, n, rowsOfB);
  for (ScaledCta &cta : ctas)
    views.push_back({{cta.shared.data(), uint32_t(cta.shared.size())}, &cta.memory});
  Tcgen05Operands operands = {ctas[0].base, false, 0,       {},         {},
                              false,        0,     nullptr, kScalesOfA, kScalesOfB};
  ASSERT_TRUE(decodeTcgen05Descriptor(matrixA.descriptor(), &operands.a, &error)) << error;
  ASSERT_TRUE(decodeTcgen05Descriptor(matrixB.descriptor(), &operands.b, &error)) << error;
  Tcgen05Fault fault;
  ASSERT_TRUE(tcgen05Mma(op, operands, views.data(), &fault)) << describe(fault.tensorMemory);
  for (const ScaledCta &cta : ctas)
    for (int row = 0; row < 128; ++row)
      for (int column = 0; column < n; ++column) {
        const std::vector<int> &ofB = ctas[size_t(column / rowsOfB)].b[size_t(column % rowsOfB)];
        double sum = 0;
        for (size_t k = 0; k < size_t(test.k); ++k)
          sum += cta.a[size_t(row)][k] * ofB[k] *
                 cta.factorsA[size_t(row)][k / size_t(test.block)] *
                 cta.factorsB[size_t(column)][k / size_t(test.block)];
        ASSERT_EQ(cta.memory.read(uint32_t(row), cta.base + uint32_t(column)),
                  encode(Type::F32, sum))
            << int(test.kind) << " block " << test.block << " at " << row << "," << column;
      }
}

TEST(Tcgen05Scale, BlockScalesGiveThePlainResult) {
  std::mt19937 random(5);
  for (const ScaledCase &test : kScaledCases)
    for (int n : {8, 64, 256})
      runScaledCase(random, test, n, false);
}

TEST(Tcgen05Scale, PairsHaveScalesOfTheirOwn) {
  std::mt19937 random(6);
  for (const ScaledCase &test : kScaledCases)
    for (int n : {16, 64, 256})
      runScaledCase(random, test, n, true);
}

TEST(Tcgen05Scale, RefusesWrongDescriptors) {
  Tcgen05Form form = {Tcgen05Kind::Mxf4, false, false, false, false, 32};
  Tcgen05Mma op;
  std::string error;
  uint32_t good = 1u << 7 | 1u << 10 | 8u << 17 | 1u << 23 | 1u << 27;
  EXPECT_TRUE(decodeInstruction(form, good, Mode::Fast, 100, &op, &error));
  for (uint32_t bad : {good | 1u << 31, good | 1u << 24, good | 1u << 29, good & ~(1u << 23),
                       good | 4, (good & ~(1u << 27)) | 1u << 28, good | 1u << 15})
    EXPECT_FALSE(decodeInstruction(form, bad, Mode::Fast, 100, &op, &error)) << std::hex << bad;
}

TEST(Tcgen05Scale, RefusesWrongDescriptorsOfPairs) {
  Tcgen05Mma op;
  std::string error;
  auto decodes = [&](uint32_t m, uint32_t n) {
    uint32_t bits = 1u << 7 | 1u << 10 | n >> 3 << 17 | 1u << 23 | m >> 7 << 27;
    return decodeInstruction({Tcgen05Kind::Mxf4, false, false, true, false, 32}, bits, Mode::Fast,
                             100, &op, &error);
  };
  EXPECT_TRUE(decodes(256, 16));
  EXPECT_FALSE(decodes(256, 24));
  EXPECT_NE(error.find("m must be 256 and n 16 to 256 in steps of 16 for block scales of a pair, "
                       "got 256 and 24"),
            std::string::npos)
      << error;
  EXPECT_FALSE(decodes(128, 64));
  EXPECT_NE(error.find("m = 128 of a pair with block scales is not supported"), std::string::npos);
}

// The fields of the descriptor of a zero-column mask, in the order of the ISA's examples.
struct MaskFields {
  uint8_t start[4]; // sc0 first
  bool first[4];    // fs0 first
  bool isUsed;
  uint8_t skip, use, shift;

  uint64_t bits() const {
    uint64_t bits =
        uint64_t(isUsed) << 39 | uint64_t(skip) << 40 | uint64_t(use) << 48 | uint64_t(shift) << 56;
    for (int i = 0; i < 4; ++i)
      bits |= uint64_t(start[i]) << 8 * i | uint64_t(first[i]) << (32 + i);
    return bits;
  }
};

Tcgen05Mma stationary(uint32_t m, uint32_t n) {
  Fields fields;
  fields.m = m;
  fields.n = n;
  Tcgen05Mma op;
  std::string error;
  EXPECT_TRUE(decodeInstruction({Tcgen05Kind::F16, false, true}, fields.bits(), Mode::Fast, 100,
                                &op, &error))
      << error;
  return op;
}

// The masks of the ISA's examples, their low bits last as it prints them.
TEST(Tcgen05Scale, ZeroColumnsAreThoseOfTheExamples) {
  struct Row {
    uint32_t m, n;
    MaskFields fields;
    const char *low[4]; // of each sub-mask
  };
  const Row rows[] = {
      {128, 64, {{0, 0, 0, 0}, {false, false, false, false}, false, 4, 3, 0}, {"0000000000"}},
      {128, 64, {{0, 9, 9, 9}, {false, true, true, true}, true, 2, 3, 0}, {"11100001110000"}},
      {64,
       128,
       {{0, 0, 9, 9}, {true, false, true, true}, true, 2, 3, 0},
       {"11100001110000111", "000011100001110000"}},
      {32,
       256,
       {{0, 1, 2, 1}, {true, true, false, false}, true, 2, 3, 0},
       {"00001110000111", "0000111000011", "111000011100", "1110000111000"}}};
  for (const Row &row : rows) {
    Tcgen05Mma op = stationary(row.m, row.n);
    std::bitset<kMaxColumns> mask;
    std::string error;
    ASSERT_TRUE(decodeZeroColumns(row.fields.bits(), op, &mask, &error)) << error;
    size_t width = row.n / size_t(op.parts());
    for (size_t part = 0; part < size_t(op.parts()); ++part) {
      std::string low = row.low[part];
      for (size_t i = 0; i < low.size(); ++i)
        EXPECT_EQ(mask[part * width + i], low[low.size() - 1 - i] == '1')
            << row.m << " sub-mask " << part << " bit " << i;
    }
  }
}

TEST(Tcgen05Scale, RefusesWrongMasks) {
  Tcgen05Mma op = stationary(128, 64);
  std::bitset<kMaxColumns> mask;
  std::string error;
  MaskFields shifted = {{}, {}, true, 2, 3, 2};
  EXPECT_FALSE(decodeZeroColumns(shifted.bits(), op, &mask, &error));
  EXPECT_NE(error.find("column shift"), std::string::npos);
  EXPECT_FALSE(decodeZeroColumns(uint64_t(1) << 36, op, &mask, &error));
  EXPECT_NE(error.find("reserved bits"), std::string::npos);
}

// Columns that the mask names are zeros, whatever lies in shared memory, and what it names alone.
TEST(Tcgen05Scale, MaskedColumnsAreZeros) {
  std::mt19937 random(7);
  for (bool isTransposed : {false, true}) {
    Fields fields;
    fields.transB = isTransposed;
    Tcgen05Mma op;
    std::string error;
    ASSERT_TRUE(decodeInstruction({Tcgen05Kind::F16, false, true}, fields.bits(), Mode::Fast, 100,
                                  &op, &error))
        << error;
    Matrix matrixA = {8192, false, 2048, 2}, matrixB = {65536, isTransposed, 2048, 2};
    std::vector<uint8_t> shared(160 * 1024);
    TensorMemory memory;
    uint32_t base = 0;
    ASSERT_EQ(memory.alloc(64, &base), TmemFault::None);
    MaskFields mask = {{3, 0, 0, 0}, {true, false, false, false}, true, 8, 1, 0};
    Tcgen05Operands operands = {base, false, 0, {}, {}, false, 0, nullptr};
    ASSERT_TRUE(decodeZeroColumns(mask.bits(), op, &operands.zeroColumns, &error));
    Values a(128, std::vector<int>(16)), b(64, std::vector<int>(16));
    auto isZero = [](int column) { return (column + 3) % 11 < 9; }; // nine, then two used
    for (int k = 0; k < 16; ++k) {
      for (int row = 0; row < 128; ++row) {
        a[size_t(row)][size_t(k)] = int(random() % 5) - 2;
        put(shared, matrixA, Type::F16, row, k, encode(Type::F16, a[size_t(row)][size_t(k)]));
      }
      for (int column = 0; column < 64; ++column) {
        b[size_t(column)][size_t(k)] = isZero(column) ? 0 : int(random() % 5) - 2;
        put(shared, matrixB, Type::F16, column, k,
            isZero(column) ? 0x7e00 : encode(Type::F16, b[size_t(column)][size_t(k)]));
      }
    }
    ASSERT_TRUE(decodeTcgen05Descriptor(matrixA.descriptor(), &operands.a, &error)) << error;
    ASSERT_TRUE(decodeTcgen05Descriptor(matrixB.descriptor(), &operands.b, &error)) << error;
    Tcgen05Cta cta = {{shared.data(), uint32_t(shared.size())}, &memory};
    Tcgen05Fault fault;
    ASSERT_TRUE(tcgen05Mma(op, operands, &cta, &fault)) << describe(fault.tensorMemory);
    for (int row = 0; row < 128; ++row)
      for (int column = 0; column < 64; ++column) {
        int sum = 0;
        for (size_t k = 0; k < 16; ++k)
          sum += a[size_t(row)][k] * b[size_t(column)][k];
        ASSERT_EQ(memory.read(uint32_t(row), base + uint32_t(column)), encode(Type::F32, sum))
            << isTransposed << " at " << row << "," << column;
      }
  }
}

} // namespace
