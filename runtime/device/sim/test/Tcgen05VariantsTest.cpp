// This file tests the variants of tcgen05.mma on the simulator: .ws and its zero columns, .sp, and
// products with block scales.
#include "test/Tcgen05Kernels.h"
#include "test/TestData.h"

#include <cmath>

namespace azulejo::sim::test {
namespace {

// With .ws and m = 32 the four quarters of 128 columns lie in the lanes of the four warps.
TEST(Tcgen05Variants, WeightStationaryLayout) {
  Program program;
  uint32_t bits = instructionOf(1, 0, 32, 128);
  // A is what is B elsewhere, of 32 rows, and the other way round.
  program.multiply = "mov.b32 %r4, " + std::to_string(bits) +
                     ";\ntcgen05.mma.ws.cta_group::1.kind::f16.collector::b1::fill [%r3], %rd11, "
                     "%rd10, %r4, %p2;\n";
  for (const char *order : kOrders) {
    Outcome result = run(program, order);
    ASSERT_EQ(result.error, "") << order;
    for (uint32_t lane = 0; lane < kRows; ++lane)
      for (uint32_t column = 0; column < 32; ++column)
        ASSERT_EQ(result.d[lane * 32 + column],
                  float(result.product(lane / 32 * 32 + column, lane % 32)))
            << order << " " << lane << " " << column;
  }
}

// Of the columns in each quarter the second half are zeros, whatever lies in their rows of shared
// memory: threads write there without any order.
Program withZeroColumns(bool isUsed) {
  Program program;
  program.prepare = "and.b32 %r20, %r1, 16;\nsetp.eq.u32 %p8, %r20, 0;\n@%p8 bra KEPT;\n"
                    "shr.u32 %r20, %r1, 3;\nshl.b32 %r20, %r20, 8;\nand.b32 %r21, %r1, 7;\n"
                    "shl.b32 %r21, %r21, 4;\nadd.u32 %r20, %r20, %r21;\nmov.b32 %r21, sa;\n"
                    "add.u32 %r20, %r20, %r21;\nst.shared.b32 [%r20], 0x7e007e00;\nKEPT:\n"
                    "bar.warp.sync -1;\n";
  uint64_t mask = uint64_t(isUsed) << 39 | uint64_t(15) << 40 | uint64_t(15) << 48;
  program.multiply = "mov.b32 %r4, " + std::to_string(instructionOf(1, 0, 32, 128)) +
                     ";\nmov.b64 %rd20, " + std::to_string(mask) +
                     ";\ntcgen05.mma.ws.cta_group::1.kind::f16 [%r3], %rd11, %rd10, %r4, %p2, "
                     "%rd20;\n";
  return program;
}

TEST(Tcgen05Variants, ZeroColumnsAreNotRead) {
  for (const char *order : kOrders) {
    Outcome result = run(withZeroColumns(true), order);
    ASSERT_EQ(result.error, "") << order;
    for (uint32_t lane = 0; lane < kRows; ++lane)
      for (uint32_t column = 0; column < 32; ++column)
        ASSERT_EQ(result.d[lane * 32 + column],
                  column < 16 ? float(result.product(lane / 32 * 32 + column, lane % 32)) : 0.0f)
            << order << " " << lane << " " << column;
  }
  expectFinding(withZeroColumns(false), "hazard on shared 'sa'");
  Program program = withZeroColumns(true);
  program.multiply.insert(program.multiply.find("tcgen05.mma"),
                          "or.b64 %rd20, %rd20, 0x0200000000000000;\n");
  expectFinding(program, "the column shift of a zero-column mask");
}

// A dense product makes 32 columns; then a sparse one with A's 16 elements a row as half of 32
// makes the first 16 anew. Chunks keep their elements 0 and 1, or 2 and 3, in turn. Behind the 16
// elements of a column of B its descriptor has those of the column eight further on.
Program withSparseA() {
  Program program;
  program.prepare = "mov.b32 %q50, 0xe4e4e4e4;\n"
                    "tcgen05.st.sync.aligned.32x32b.x1.b32 [%r5+40], {%q50};\n"
                    "tcgen05.wait::st.sync.aligned;\ntcgen05.fence::before_thread_sync;\n"
                    "bar.sync 0;\ntcgen05.fence::after_thread_sync;\n";
  program.multiply +=
      "mov.b32 %r4, " + std::to_string(instructionOf(1, 0, 128, 16) | 4) +
      ";\ntcgen05.mma.sp.cta_group::1.kind::f16 [%r3], %rd10, %rd11, [%r3+40], %r4, "
      "%p2;\n";
  return program;
}

TEST(Tcgen05Variants, MultipliesSparseMatrices) {
  for (const char *order : kOrders) {
    Outcome result = run(withSparseA(), order);
    ASSERT_EQ(result.error, "") << order;
    for (uint32_t row = 0; row < kRows; ++row)
      for (uint32_t column = 0; column < kColumns; ++column) {
        double sum = 0;
        for (uint32_t i = 0; i < kDepth; ++i) {
          uint32_t k = 4 * (i / 2) + i / 2 % 2 * 2 + i % 2; // of the whole row
          sum += halfToDouble(result.a[row * kDepth + i]) *
                 halfToDouble(result.b[(column + k / 16 * 8) % kColumns * kDepth + k % 16]);
        }
        ASSERT_EQ(result.d[row * kColumns + column],
                  column < 16 ? float(sum) : float(result.product(row, column)))
            << order << " " << row << " " << column;
      }
  }
}

TEST(Tcgen05Variants, FindsWrongMetadata) {
  Program program = withSparseA();
  program.prepare.replace(program.prepare.find("0xe4e4e4e4"), 10, "0xe4e4e4e5");
  expectFinding(program, "the metadata of a sparse matrix place no half of some chunk");
  program = withSparseA();
  program.multiply.replace(program.multiply.find("[%r3+40]"), 8, "[%r3+41]");
  expectFinding(program, "the sparsity selector must be the lowest bit of the metadata's column");
  program = withSparseA();
  program.multiply.replace(program.multiply.find("[%r3+40]"), 8, "[%r3+42]");
  expectFinding(program, "tensor memory is read that was never written");
  program = withSparseA();
  std::string wait = "tcgen05.wait::st.sync.aligned;\n";
  program.prepare.erase(program.prepare.find(wait), wait.size());
  expectFinding(program, "the tcgen05.st has not been waited for");
}

// The bytes of A and B as e4m3; row r of A is scaled by 2^(r % 3), column c of B by 2^(c % 2).
Program withScales() {
  Program program;
  program.prepare = "and.b32 %r20, %r1, 31;\n";
  for (unsigned column = 0; column < 4; ++column) {
    std::string slot = "%q" + std::to_string(60 + column);
    program.prepare += "add.u32 " + slot + ", %r20, " + std::to_string(32 * column) +
                       ";\nrem.u32 " + slot + ", " + slot + ", 3;\nadd.u32 " + slot + ", " + slot +
                       ", 127;\n";
  }
  program.prepare += "and.b32 %q64, %r20, 1;\nadd.u32 %q64, %q64, 127;\n"
                     "tcgen05.st.sync.aligned.32x32b.x4.b32 [%r5+40], " +
                     registers(60, 4) +
                     ";\ntcgen05.st.sync.aligned.32x32b.x1.b32 [%r5+44], {%q64};\n"
                     "tcgen05.wait::st.sync.aligned;\ntcgen05.fence::before_thread_sync;\n"
                     "bar.sync 0;\ntcgen05.fence::after_thread_sync;\n";
  program.version = "8.8";
  program.multiply =
      "mov.b32 %r4, " + std::to_string(kColumns >> 3 << 17 | 1u << 23 | 1u << 27) +
      ";\ntcgen05.mma.cta_group::1.kind::mxf8f6f4.block_scale [%r3], %rd10, %rd11, %r4, [%r3+40], "
      "[%r3+44], %p2;\n";
  return program;
}

TEST(Tcgen05Variants, MultipliesWithBlockScales) {
  for (const char *order : kOrders) {
    Outcome result = run(withScales(), order);
    ASSERT_EQ(result.error, "") << order;
    for (uint32_t row = 0; row < kRows; ++row)
      for (uint32_t column = 0; column < kColumns; ++column) {
        double sum = 0;
        for (uint32_t k = 0; k < 32; ++k)
          sum += valueOfByte(result.a, row, k) * valueOfByte(result.b, column, k);
        sum = std::ldexp(sum, int(row % 3 + column % 2));
        ASSERT_EQ(result.d[row * kColumns + column], float(sum)) << order << row << " " << column;
      }
  }
}

TEST(Tcgen05Variants, FindsScalesThatWereNotWaitedFor) {
  Program program = withScales();
  std::string wait = "tcgen05.wait::st.sync.aligned;\n";
  program.prepare.erase(program.prepare.find(wait), wait.size());
  expectFinding(program, "the tcgen05.st has not been waited for");
  program = withScales();
  size_t store = program.prepare.find("tcgen05.st.sync.aligned.32x32b.x1.b32");
  program.prepare.erase(store, program.prepare.find('\n', store) + 1 - store);
  expectFinding(program, "tensor memory is read that was never written");
}

} // namespace
} // namespace azulejo::sim::test
