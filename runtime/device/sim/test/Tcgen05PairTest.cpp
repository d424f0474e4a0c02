// This file tests tcgen05 of pairs of CTAs, .cta_group::2.
#include "test/Tcgen05Kernels.h"
#include "test/TestData.h"

#include <cmath>

namespace azulejo::sim::test {
namespace {

constexpr const char *kClusterBarrier =
    "barrier.cluster.arrive.aligned;\nbarrier.cluster.wait.aligned;\n";

// A cluster of two CTAs multiplies A (m x 16) by B (64 x 16): each has half of the rows of A and of
// B. The CTA of rank 0 issues, its commit arrives at both.
struct PairProgram {
  uint32_t m = 256;
  std::string declare; // shared variables
  std::string prepare; // by the first 32 threads of both CTAs, before the barriers
  std::string multiply = "tcgen05.mma.cta_group::2.kind::f16 [%r3], %rd10, %rd11, %r4, %p2;\n";
  std::string commit =
      "mov.b16 %h1, 3;\ntcgen05.commit.cta_group::2.mbarrier::arrive::one.shared::cluster."
      "multicast::cluster.b64 [%rd12], %h1;\n";
  std::string wait = Program().wait;
  std::string alloc = "mov.b32 %r2, 64;\n"
                      "tcgen05.alloc.cta_group::2.sync.aligned.shared::cta.b32 [slot], %r2;\n"
                      "tcgen05.relinquish_alloc_permit.cta_group::2.sync.aligned;\n";
  std::string dealloc = "tcgen05.dealloc.cta_group::2.sync.aligned.b32 %r3, 64;\n";

  std::string text() const {
    uint32_t rows = m / 2;
    std::string store;
    for (unsigned c = 0; c < 64; ++c)
      store += "st.global.b32 [%rd6+" + std::to_string(4 * c) + "], %q" + std::to_string(c) + ";\n";
    auto offset = [](const char *pointer, uint32_t bytes) {
      return std::string("mul.wide.u32 %rd5, %r6, ") + std::to_string(bytes) + ";\nadd.u64 " +
             pointer + ", " + pointer + ", %rd5;\n";
    };
    return wrapKernel(
        ".param .u64 a, .param .u64 b, .param .u64 out",
        ".reg .b32 %q<256>;\n.shared .align 1024 .b8 sa[4096];\n"
        ".shared .align 1024 .b8 sb[1024];\n"
        ".shared .align 8 .b8 bar[8];\n.shared .align 4 .b8 slot[4];\n" +
            declare +
            "ld.param.u64 %rd1, [a];\nld.param.u64 %rd2, [b];\nld.param.u64 %rd3, [out];\n"
            "mov.u32 %r1, %tid.x;\nmov.u32 %r6, %cluster_ctarank;\nshr.u32 %r9, %r1, 5;\n"
            "setp.ne.u32 %p1, %r1, 0;\n" +
            offset("%rd1", rows * 32) + offset("%rd2", 32 * 32) + offset("%rd3", 128 * 256) +
            "setp.ge.u32 %p4, %r1, " + std::to_string(rows) + ";\n@%p4 bra COPIED;\n" +
            copyRow("%rd1", "sa") + "setp.ge.u32 %p4, %r1, 32;\n@%p4 bra COPIED;\n" +
            copyRow("%rd2", "sb") + prepare +
            "COPIED: fence.proxy.async;\n@%p1 bra READY;\nmbarrier.init.shared.b64 [bar], 1;\n"
            "fence.mbarrier_init.release.cluster;\nREADY:\nsetp.ne.u32 %p5, %r9, 0;\n"
            "@%p5 bra ALLOCATED;\n" +
            alloc + "ALLOCATED:\ntcgen05.fence::before_thread_sync;\nbar.sync 0;\n" +
            kClusterBarrier + "tcgen05.fence::after_thread_sync;\nld.shared.b32 %r3, [slot];\n" +
            describeMatrix("sa", "%rd10") + describeMatrix("sb", "%rd11") +
            "mov.b32 %r8, bar;\ncvt.u64.u32 %rd12, %r8;\ncvta.shared.u64 %rd12, %rd12;\n"
            "mov.b32 %r4, " +
            std::to_string(instructionOf(1, 0, m, 64)) +
            ";\nmov.pred %p2, 0;\nshl.b32 %r5, %r9, 21;\nadd.u32 %r5, %r5, %r3;\n"
            "setp.ne.or.u32 %p6, %r6, 0, %p1;\n@%p6 bra ISSUED;\n" +
            multiply + commit + "ISSUED:\nbar.warp.sync -1;\n" + wait +
            "tcgen05.fence::after_thread_sync;\n"
            "tcgen05.ld.sync.aligned.32x32b.x" +
            (m == 256 ? "64" : "32") + ".b32 " + registers(0, m == 256 ? 64 : 32) +
            ", [%r5];\ntcgen05.wait::ld.sync.aligned;\nmad.wide.u32 %rd6, %r1, 256, %rd3;\n" +
            (m == 256 ? store : store.substr(0, store.find("st.global.b32 [%rd6+128]"))) +
            "tcgen05.fence::before_thread_sync;\n" + kClusterBarrier + "@%p5 bra FREED;\n" +
            dealloc + "FREED:\n",
        "sm_100a", "8.6");
  }
};

struct PairOutcome {
  std::string error;
  std::vector<uint16_t> a = randomHalves(256 * kDepth, 1), b = randomHalves(64 * kDepth, 2);
  std::vector<float> d; // [CTA][lane][64]

  float product(uint32_t row, uint32_t column) const {
    double sum = 0;
    for (uint32_t k = 0; k < kDepth; ++k)
      sum += halfToDouble(a[row * kDepth + k]) * halfToDouble(b[column * kDepth + k]);
    return float(sum);
  }
};

PairOutcome run(const PairProgram &program, const std::string &order, uint32_t ctas = 2) {
  PairOutcome outcome;
  Sim sim("sm=100,seed=3,checks=all,async=" + order);
  outcome.error = sim.load(program.text());
  if (!outcome.error.empty())
    return outcome;
  azj_device_ptr a = sim.upload(outcome.a, "a"), b = sim.upload(outcome.b, "b"),
                 out = sim.allocate(2 * 128 * 64 * 4, "out");
  outcome.error = sim.launch("k", {ctas, 1, 1}, {128, 1, 1}, {Arg::of(a), Arg::of(b), Arg::of(out)},
                             0, {ctas, 1, 1});
  if (!outcome.error.empty())
    outcome.error = sim.report();
  outcome.d = sim.download<float>(out, 2 * 128 * 64);
  return outcome;
}

TEST(Tcgen05Pair, MultipliesTwoHundredAndFiftySixRows) {
  for (const char *order : kOrders) {
    PairOutcome outcome = run(PairProgram(), order);
    ASSERT_EQ(outcome.error, "") << order;
    for (uint32_t row = 0; row < 256; ++row)
      for (uint32_t column = 0; column < 64; ++column)
        ASSERT_EQ(outcome.d[row * 64 + column], outcome.product(row, column))
            << order << " " << row << " " << column;
  }
}

// Of 128 rows each CTA has 64: lanes 64 to 127 hold the second half of the columns.
TEST(Tcgen05Pair, MultipliesOneHundredAndTwentyEightRows) {
  PairProgram program;
  program.m = 128;
  for (const char *order : kOrders) {
    PairOutcome outcome = run(program, order);
    ASSERT_EQ(outcome.error, "") << order;
    for (uint32_t row = 0; row < 128; ++row)
      for (uint32_t column = 0; column < 64; ++column) {
        uint32_t lane = row / 64 * 128 + row % 64 + column / 32 * 64;
        ASSERT_EQ(outcome.d[lane * 64 + column % 32], outcome.product(row, column))
            << order << " " << row << " " << column;
      }
  }
}

// Rows 1 to 31 of columns 8 to 15 have what was in the row before, in both CTAs.
TEST(Tcgen05Pair, ShiftsRowsInBothCtas) {
  PairProgram program;
  program.multiply += "tcgen05.shift.cta_group::2.down [%r3+8];\n";
  for (const char *order : kOrders) {
    PairOutcome outcome = run(program, order);
    ASSERT_EQ(outcome.error, "") << order;
    for (uint32_t row = 0; row < 256; ++row)
      for (uint32_t column = 0; column < 64; ++column) {
        uint32_t lane = row % 128;
        bool isShifted = lane > 0 && lane < 32 && column / 8 == 1;
        ASSERT_EQ(outcome.d[row * 64 + column], outcome.product(row - isShifted, column))
            << order << " " << row << " " << column;
      }
  }
}

// Row r of A is scaled by 2^(r % 3), column c of B by 2^(c % 2). Each CTA has the scales of its
// rows and those of all columns in its shared memory; copies of the pair bring them to tensor
// memory.
PairProgram withScales() {
  PairProgram program;
  program.declare = ".shared .align 128 .b8 sfa[1024];\n.shared .align 128 .b8 sfb[1024];\n";
  program.prepare = "shl.b32 %r20, %r6, 7;\nadd.u32 %r20, %r20, %r1;\n";
  for (unsigned j = 0; j < 4; ++j) {
    std::string word = "%q" + std::to_string(60 + j);
    program.prepare += "add.u32 " + word + ", %r20, " + std::to_string(32 * j) + ";\nrem.u32 " +
                       word + ", " + word + ", 3;\nadd.u32 " + word + ", " + word + ", 127;\n";
  }
  program.prepare += "and.b32 %q64, %r1, 1;\nadd.u32 %q64, %q64, 127;\n"
                     "shr.u32 %r20, %r1, 3;\nshl.b32 %r20, %r20, 8;\nand.b32 %r21, %r1, 7;\n"
                     "shl.b32 %r21, %r21, 4;\nadd.u32 %r20, %r20, %r21;\nmov.b32 %r21, sfa;\n"
                     "add.u32 %r21, %r21, %r20;\n"
                     "st.shared.v4.b32 [%r21], {%q60, %q61, %q62, %q63};\nmov.b32 %r21, sfb;\n"
                     "add.u32 %r21, %r21, %r20;\n"
                     "st.shared.v4.b32 [%r21], {%q64, %q64, %q64, %q64};\n";
  program.multiply = describeMatrix("sfa", "%rd20") + describeMatrix("sfb", "%rd21") +
                     "tcgen05.cp.cta_group::2.32x128b.warpx4 [%r3+64], %rd20;\n"
                     "tcgen05.cp.cta_group::2.32x128b.warpx4 [%r3+68], %rd21;\nmov.b32 %r4, " +
                     std::to_string(64u >> 3 << 17 | 1u << 23 | 2u << 27) +
                     ";\ntcgen05.mma.cta_group::2.kind::mxf8f6f4.block_scale.scale_vec::1X [%r3], "
                     "%rd10, %rd11, %r4, "
                     "[%r3+64], [%r3+68], %p2;\n";
  for (std::string *text : {&program.alloc, &program.dealloc})
    text->replace(text->find("64;"), 3, "128;");
  return program;
}

TEST(Tcgen05Pair, MultipliesWithBlockScales) {
  for (const char *order : kOrders) {
    PairOutcome outcome = run(withScales(), order);
    ASSERT_EQ(outcome.error, "") << order;
    for (uint32_t row = 0; row < 256; ++row)
      for (uint32_t column = 0; column < 64; ++column) {
        double sum = 0;
        for (uint32_t k = 0; k < 32; ++k)
          sum += valueOfByte(outcome.a, row, k) * valueOfByte(outcome.b, column, k);
        sum = std::ldexp(sum, int(row % 3 + column % 2));
        ASSERT_EQ(outcome.d[row * 64 + column], float(sum)) << order << row << " " << column;
      }
  }
}

// As Tcgen05Variants.MultipliesSparseMatrices, of 256 rows: each CTA has 16 of the 32 columns.
TEST(Tcgen05Pair, MultipliesSparseMatrices) {
  PairProgram program = withScales();
  program.prepare = "shl.b32 %r20, %r1, 5;\nmov.b32 %r21, sfa;\nadd.u32 %r21, %r21, %r20;\n"
                    "mov.b32 %q60, 0xe4e4e4e4;\n"
                    "st.shared.v4.b32 [%r21], {%q60, %q60, %q60, %q60};\n"
                    "st.shared.v4.b32 [%r21+16], {%q60, %q60, %q60, %q60};\n";
  program.multiply = PairProgram().multiply + describeMatrix("sfa", "%rd20") +
                     "tcgen05.cp.cta_group::2.32x128b.warpx4 [%r3+64], %rd20;\nmov.b32 %r4, " +
                     std::to_string(instructionOf(1, 0, 256, 32) | 4) +
                     ";\ntcgen05.mma.sp.cta_group::2.kind::f16 [%r3], %rd10, %rd11, [%r3+64], %r4, "
                     "%p2;\n";
  for (const char *order : kOrders) {
    PairOutcome outcome = run(program, order);
    ASSERT_EQ(outcome.error, "") << order;
    for (uint32_t row = 0; row < 256; ++row)
      for (uint32_t column = 0; column < 32; ++column) {
        double sum = 0;
        for (uint32_t i = 0; i < kDepth; ++i) {
          uint32_t k = 4 * (i / 2) + i / 2 % 2 * 2 + i % 2;
          uint32_t ofB = column / 16 * 32 + column % 16 + k / 16 * 8;
          sum += halfToDouble(outcome.a[row * kDepth + i]) *
                 halfToDouble(outcome.b[ofB * kDepth + k % 16]);
        }
        ASSERT_EQ(outcome.d[row * 64 + column], float(sum)) << order << row << " " << column;
      }
  }
}

TEST(Tcgen05Pair, CopiesReadTheSharedMemoryOfBothCtas) {
  for (const char *order : kOrders) {
    PairProgram program = withScales();
    program.prepare = "setp.ne.u32 %p8, %r6, 0;\n@%p8 bra COPIED;\n" + program.prepare;
    EXPECT_NE(run(program, order)
                  .error.find("shared read of 16 bytes at 'sfa' +0, which nothing has "
                              "written"),
              std::string::npos)
        << order;
  }
}

TEST(Tcgen05Pair, AlonePeerAndMissingCommitAreFound) {
  for (const char *order : kOrders) {
    EXPECT_NE(run(PairProgram(), order, 1).error.find("needs a peer CTA"), std::string::npos)
        << order;
    // The commit arrives at one CTA only: the other waits for ever.
    PairProgram program;
    program.commit = "tcgen05.commit.cta_group::2.mbarrier::arrive::one.b64 [%rd12];\n";
    EXPECT_NE(run(program, order).error.find("deadlock"), std::string::npos) << order;
    // The other CTA does not wait at all.
    program.wait = "setp.ne.u32 %p7, %r6, 0;\n@%p7 bra READ;\n" + PairProgram().wait + "READ:\n";
    std::string error = run(program, order).error;
    EXPECT_NE(error.find("has not waited for the tcgen05.commit"), std::string::npos)
        << order << error;
    program = PairProgram();
    program.dealloc = "";
    EXPECT_NE(run(program, order).error.find("64 columns of tensor memory"), std::string::npos);
    // Only the first CTA allocates: it waits for its peer.
    program = PairProgram();
    program.alloc = "setp.ne.u32 %p7, %r6, 0;\n@%p7 bra ALLOCATED;\n" + PairProgram().alloc;
    EXPECT_NE(run(program, order).error.find("deadlock"), std::string::npos) << order;
  }
}

TEST(Tcgen05Pair, OneKernelHasOneGroup) {
  PairProgram program;
  program.dealloc = Program().dealloc;
  EXPECT_NE(run(program, "lazy").error.find("must have one .cta_group"), std::string::npos);
}

// Commits of single CTAs may arrive at others of the cluster too.
TEST(Tcgen05Pair, CommitsReachOtherCtas) {
  for (const char *order : kOrders) {
    std::string body =
        ".shared .align 8 .b8 bar[8];\nmov.u32 %r1, %tid.x;\nmov.u32 %r6, %cluster_ctarank;\n"
        "setp.ne.u32 %p1, %r1, 0;\n@%p1 bra READY;\nmbarrier.init.shared.b64 [bar], 1;\n"
        "fence.mbarrier_init.release.cluster;\nREADY:\n" +
        std::string(kClusterBarrier) +
        "setp.ne.or.u32 %p6, %r6, 0, %p1;\n@%p6 bra ISSUED;\nmov.b16 %h1, 3;\n"
        "tcgen05.commit.cta_group::1.mbarrier::arrive::one.shared::cluster.multicast::cluster.b64 "
        "[bar], %h1;\nISSUED:\nbar.warp.sync -1;\n" +
        Program().wait + kClusterBarrier;
    Sim sim(std::string("sm=100,checks=all,async=") + order);
    ASSERT_EQ(sim.load(wrapKernel("", body, "sm_100a", "8.6")), "");
    EXPECT_EQ(sim.launch("k", {2, 1, 1}, {32, 1, 1}, {}, 0, {2, 1, 1}), "") << order;
  }
}

TEST(Tcgen05Pair, OnePairCommitAtOneBarrier) {
  // Both CTAs commit to their own mbarrier without having issued anything.
  std::string body =
      ".shared .align 8 .b8 bar[8];\nmov.u32 %r1, %tid.x;\nsetp.ne.u32 %p1, %r1, 0;\n"
      "@%p1 bra READY;\nmbarrier.init.shared.b64 [bar], 1;\n"
      "tcgen05.commit.cta_group::2.mbarrier::arrive::one.shared::cluster.b64 [bar];\nREADY:\n"
      "bar.sync 0;\n" +
      Program().wait + kClusterBarrier;
  Sim sim("sm=100,checks=all");
  ASSERT_EQ(sim.load(wrapKernel("", body, "sm_100a", "8.6")), "");
  EXPECT_EQ(sim.launch("k", {2, 1, 1}, {32, 1, 1}, {}, 0, {2, 1, 1}), "");
}

} // namespace
} // namespace azulejo::sim::test
