// This file tests sparse products of tcgen05.mma, of a CTA and of pairs, against plain loops over
// the whole rows.
#include "Tcgen05Matrices.h"

#include "device/sim/tc/Tcgen05Sparse.h"

#include <gtest/gtest.h>

#include <random>

using namespace azulejo::sim;
using namespace azulejo::sim::tc;
using namespace azulejo::sim::tc::test;

namespace {

using Values = std::vector<std::vector<int>>; // [row][k]

constexpr uint32_t kMetadata = 300; // column of tensor memory

struct SparseCase {
  Tcgen05Kind kind;
  uint32_t dCode, aCode, bCode;
  Type d, a, b;
  int k; // of whole rows
};

const SparseCase kCases[] = {
    {Tcgen05Kind::F16, 1, 0, 0, Type::F32, Type::F16, Type::F16, 32},
    {Tcgen05Kind::F16, 0, 0, 0, Type::F16, Type::F16, Type::F16, 32},
    {Tcgen05Kind::F16, 1, 1, 1, Type::F32, Type::BF16, Type::BF16, 32},
    {Tcgen05Kind::Tf32, 1, 2, 2, Type::F32, Type::TF32, Type::TF32, 16},
    {Tcgen05Kind::F8f6f4, 1, 0, 1, Type::F32, Type::E4M3, Type::E5M2, 64},
    {Tcgen05Kind::F8f6f4, 1, 5, 3, Type::F32, Type::E2M1, Type::E2M3, 64},
    {Tcgen05Kind::I8, 2, 0, 1, Type::S32, Type::U8, Type::S8, 64},
};

// The four bits for the chunk of element k of a row are at this lane and bit, by CuTe's layouts.
struct Place {
  uint32_t lane, bit;
};

Place placeOf(const SparseCase &test, uint32_t row, uint32_t k) {
  uint32_t m0 = row % 8, m1 = row / 8 % 2, m2 = row / 16;
  if (storageBits(test.a) == 32) { // two elements in four bits
    uint32_t index = m0 + 1024 * m1 + 16 * m2 + 128 * (k % 8) + 8 * (k / 8);
    return {index % 128, 2 * (index / 128)};
  }
  if (storageBits(test.a) == 16) {
    uint32_t index = m0 + 2048 * m1 + 16 * m2 + 128 * (k % 16) + 8 * (k / 16);
    return {index % 128, index / 128};
  }
  return {row, k};
}

struct SparseCta {
  std::vector<uint8_t> shared = std::vector<uint8_t>(160 * 1024);
  TensorMemory memory;
  uint32_t base = 0; // of D
  Values a, b;       // whole rows

  SparseCta(std::mt19937 &random, const SparseCase &test, const Matrix &matrixA,
            const Matrix &matrixB, uint32_t metadata, int rowsOfB) {
    EXPECT_EQ(memory.alloc(512, &base), TmemFault::None);
    uint32_t columns = storageBits(test.a) < 16 ? 2 : 1;
    for (uint32_t lane = 0; lane < 128; ++lane)
      for (uint32_t column = 0; column < columns; ++column)
        memory.write(lane, metadata + column, 0);
    a.assign(128, std::vector<int>(size_t(test.k)));
    for (uint32_t row = 0; row < 128; ++row)
      fillRow(random, test, matrixA, metadata, row);
    b.assign(size_t(rowsOfB), std::vector<int>(size_t(test.k)));
    for (int row = 0; row < rowsOfB; ++row)
      for (int k = 0; k < test.k; ++k) {
        b[size_t(row)][size_t(k)] = int(random() % 5) - 2;
        put(shared, matrixB, test.b, row, k, patternOf(test.b, b[size_t(row)][size_t(k)]));
      }
  }

  // Chooses what is stored of a row, and stores it.
  void fillRow(std::mt19937 &random, const SparseCase &test, const Matrix &matrixA,
               uint32_t metadata, uint32_t row) {
    static const uint32_t kHalves[] = {0b0100, 0b1000, 0b1100, 0b1001, 0b1101, 0b0110, 0b1110};
    bool isWide = storageBits(test.a) == 32;
    int perChunk = isWide ? 2 : 4, stored = 0;
    for (int k = 0; k < test.k; k += perChunk) {
      uint32_t half = isWide ? kHalves[random() % 2 * 6] : kHalves[random() % 7];
      Place place = placeOf(test, row, uint32_t(k));
      uint32_t column = metadata + place.bit / 32;
      memory.write(place.lane, column, memory.read(place.lane, column) | half << place.bit % 32);
      int places[2] = {int(half & 3), int(half >> 2)};
      for (int i = 0; i < perChunk / 2; ++i) {
        int value = test.a == Type::U8 ? int(random() % 200) : int(random() % 5) - 2;
        a[row][size_t(k + (isWide ? places[0] / 2 : places[i]))] = value;
        put(shared, matrixA, test.a, int(row), stored++, patternOf(test.a, value));
      }
    }
  }
};

void runCase(std::mt19937 &random, const SparseCase &test, Fields fields, bool isPair,
             bool isOddColumn) {
  fields.d = test.dCode;
  fields.a = test.aCode;
  fields.b = test.bCode;
  fields.m = isPair ? 256 : 128;
  Tcgen05Mma op;
  std::string error;
  uint32_t metadata = kMetadata + isOddColumn;
  ASSERT_TRUE(decodeInstruction({test.kind, false, false, isPair, true},
                                fields.bits() | 4 | uint32_t(isOddColumn), Mode::Fast, 100, &op,
                                &error))
      << error;
  ASSERT_TRUE(checkSelector(op, metadata, &error)) << error;
  EXPECT_FALSE(checkSelector(op, metadata + 1, &error));
  EXPECT_EQ(op.wholeK(), test.k);
  Matrix matrixA = {8192, fields.transA, 2048, packedBytes(test.a)};
  Matrix matrixB = {65536, fields.transB, 4096, packedBytes(test.b)};
  int n = int(fields.n), rowsOfB = isPair ? n / 2 : n;
  std::vector<SparseCta> ctas;
  std::vector<Tcgen05Cta> views;
  for (int c = 0; c < (isPair ? 2 : 1); ++c)
    ctas.emplace_back(random, test, matrixA, matrixB, metadata, rowsOfB);
  for (SparseCta &cta : ctas)
    views.push_back({{cta.shared.data(), uint32_t(cta.shared.size())}, &cta.memory});
  Tcgen05Operands operands = {ctas[0].base, false, 0, {}, {}, false, 0, nullptr};
  operands.metadata = metadata;
  ASSERT_TRUE(decodeTcgen05Descriptor(matrixA.descriptor(), &operands.a, &error)) << error;
  ASSERT_TRUE(decodeTcgen05Descriptor(matrixB.descriptor(), &operands.b, &error)) << error;
  Tcgen05Fault fault;
  ASSERT_TRUE(tcgen05Mma(op, operands, views.data(), &fault)) << describe(fault.tensorMemory);
  operands.accumulate = true;
  ASSERT_TRUE(tcgen05Mma(op, operands, views.data(), &fault)) << describe(fault.tensorMemory);
  for (const SparseCta &cta : ctas)
    for (int row = 0; row < 128; ++row)
      for (int column = 0; column < n; ++column) {
        const std::vector<int> &ofB = ctas[size_t(column / rowsOfB)].b[size_t(column % rowsOfB)];
        int sum = 0;
        for (size_t k = 0; k < size_t(test.k); ++k)
          sum += 2 * cta.a[size_t(row)][k] * ofB[k];
        ASSERT_EQ(cta.memory.read(uint32_t(row), cta.base + uint32_t(column)),
                  patternOf(test.d, sum))
            << typeName(test.a) << " at " << row << "," << column;
      }
}

TEST(Tcgen05Sparse, EveryKindGivesThePlainResult) {
  std::mt19937 random(8);
  for (const SparseCase &test : kCases)
    for (bool isPair : {false, true})
      for (bool isTransposed : {false, true}) {
        Fields fields;
        fields.n = isPair ? 128 : 64;
        if (storageBits(test.a) == 16)
          fields.transB = isTransposed;
        runCase(random, test, fields, isPair, isTransposed && storageBits(test.a) >= 16);
      }
}

TEST(Tcgen05Sparse, RefusesWhatTheIsaShowsInFiguresAlone) {
  std::string error;
  auto decodes = [&](bool isPair, uint32_t m, uint32_t low) {
    Fields fields;
    fields.m = m;
    Tcgen05Mma op;
    return decodeInstruction({Tcgen05Kind::F16, false, false, isPair, true}, fields.bits() | low,
                             Mode::Fast, 100, &op, &error);
  };
  EXPECT_TRUE(decodes(false, 128, 4));
  EXPECT_TRUE(decodes(true, 256, 5));
  EXPECT_FALSE(decodes(false, 64, 4));
  EXPECT_NE(error.find("must have 128 rows in a CTA, got 64"), std::string::npos) << error;
  EXPECT_FALSE(decodes(true, 128, 4));
  EXPECT_FALSE(decodes(false, 128, 6));
  EXPECT_NE(error.find("the sparsity selector must be 0 or 1, got 2"), std::string::npos) << error;
  EXPECT_FALSE(decodes(false, 128, 0));
  EXPECT_NE(error.find("bit 2 must be set for .sp"), std::string::npos) << error;
}

TEST(Tcgen05Sparse, ReportsFaultsOfMetadata) {
  Fields fields;
  Tcgen05Mma op;
  std::string error;
  ASSERT_TRUE(decodeInstruction({Tcgen05Kind::F16, false, false, false, true}, fields.bits() | 4,
                                Mode::Fast, 100, &op, &error));
  TensorMemory memory;
  uint32_t base = 0;
  ASSERT_EQ(memory.alloc(64, &base), TmemFault::None);
  SparsePlaces places;
  EXPECT_EQ(readPlaces(op, base, memory, &places), TmemFault::None);
  EXPECT_FALSE(places.initialised);
  for (uint32_t lane = 0; lane < 128; ++lane)
    memory.write(lane, base, 0x44444444);
  places = {};
  EXPECT_EQ(readPlaces(op, base, memory, &places), TmemFault::None);
  EXPECT_TRUE(places.initialised);
  memory.write(9, base, 0x44444544); // two elements at one place
  EXPECT_EQ(readPlaces(op, base, memory, &places), TmemFault::WrongMetadata);
  EXPECT_EQ(readPlaces(op, 64, memory, &places), TmemFault::NotAllocated);
  EXPECT_EQ(readPlaces(op, 16u << 16, memory, &places), TmemFault::MisalignedLane);
}

} // namespace
