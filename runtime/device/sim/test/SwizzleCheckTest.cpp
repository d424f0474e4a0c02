// This file tests the check that tensor cores read what tensor copies have placed by the same
// swizzle: what is found, and what mixes are right.
#include "test/TestData.h"

#include <cmath>

namespace azulejo::sim::test {
namespace {

constexpr uint32_t kSize = 128;

struct Gemm {
  std::string error;
  bool isRight = true;
};

// Multiplies 128 x 128 x 64 steps by the kernel of sm_90a. `a` and `b` are what global memory
// holds, `plainA` and `plainB` the matrices.
Gemm multiply(const std::vector<uint16_t> &a, const std::vector<uint16_t> &b,
              const std::vector<uint16_t> &plainA, const std::vector<uint16_t> &plainB,
              uint32_t steps, uint32_t swizzleA, uint32_t swizzleB) {
  uint32_t k = 64 * steps;
  Sim sim("sm=90,checks=all");
  Gemm run;
  run.error = sim.load(readKernel("gemm_sm90a.ptx"));
  azj_device_ptr da = sim.upload(a), db = sim.upload(b), dc = sim.allocate(kSize * kSize * 2);
  if (run.error.empty())
    run.error = sim.launch("gemm", {1, 1, 1}, {384, 1, 1},
                           {Arg::of(halfMap(sim, da, kSize, k, 128, 64, swizzleA)),
                            Arg::of(halfMap(sim, db, kSize, k, 128, 64, swizzleB)), Arg::of(dc),
                            Arg::of(kSize), Arg::of(steps)},
                           4 * 32768 + 64);
  std::vector<uint16_t> got = sim.download<uint16_t>(dc, kSize * kSize);
  for (uint32_t i = 0; i < kSize; ++i)
    for (uint32_t j = 0; j < kSize; ++j) {
      double sum = 0;
      for (uint32_t l = 0; l < k; ++l)
        sum += halfToDouble(plainA[i * k + l]) * halfToDouble(plainB[j * k + l]);
      run.isRight &=
          std::fabs(halfToDouble(got[i * kSize + j]) - sum) <= 1e-3 * (1 + std::fabs(sum));
    }
  return run;
}

std::vector<uint16_t> matrix(uint32_t steps, uint32_t seed) {
  return randomHalves(kSize * 64 * steps, seed);
}

// Rows of 64 elements with their chunks of eight as the 128-byte swizzle places them.
std::vector<uint16_t> arranged(const std::vector<uint16_t> &plain) {
  std::vector<uint16_t> rows(plain.size());
  for (size_t row = 0; row < plain.size() / 64; ++row)
    for (size_t e = 0; e < 64; ++e)
      rows[row * 64 + (((e / 8) ^ (row % 8)) * 8) + e % 8] = plain[row * 64 + e];
  return rows;
}

TEST(SwizzleCheck, AMapWithoutTheDescriptorsSwizzleIsFound) {
  std::vector<uint16_t> a = matrix(3, 1), b = matrix(3, 2);
  EXPECT_EQ(multiply(a, b, a, b, 3, 3, 3).error, "");
  for (bool isA : {true, false}) {
    Gemm run = multiply(a, b, a, b, 3, isA ? 0 : 3, isA ? 3 : 0);
    EXPECT_FALSE(run.isRight);
    EXPECT_NE(run.error.find("the descriptor has the 128-byte swizzle, the tensor copy that wrote "
                             "shared address"),
              std::string::npos)
        << run.error;
    EXPECT_NE(run.error.find("has no swizzle"), std::string::npos) << run.error;
  }
}

// Weights that were arranged beforehand, in rows of their own, are copied without a swizzle.
TEST(SwizzleCheck, ArrangedRowsMayBeCopiedAsTheyAre) {
  std::vector<uint16_t> a = matrix(1, 3), b = matrix(1, 4);
  Gemm run = multiply(arranged(a), arranged(b), a, b, 1, 0, 0);
  EXPECT_EQ(run.error, "");
  EXPECT_TRUE(run.isRight);
}

// One warpgroup multiplies what a tensor copy has placed; `between` runs behind its arrival.
std::string productKernel(const std::string &between, unsigned descriptorSwizzle) {
  std::string body =
      ".shared .align 1024 .b8 tiles[8192];\n.shared .align 8 .b64 bar;\nmov.u32 %r1, %tid.x;\n"
      "setp.ne.u32 %p1, %r1, 0;\nmov.u32 %r2, tiles;\n"
      "mov.b64 %rd1, map;\ncvta.param.u64 %rd2, %rd1;\n@%p1 bra READY;\n"
      "mbarrier.init.shared.b64 [bar], 1;\nfence.mbarrier_init.release.cluster;\nREADY:\n"
      "bar.sync 0;\n@%p1 bra WAIT;\nmov.b32 %r3, 0;\n"
      "mbarrier.arrive.expect_tx.shared.b64 _, [bar], 8192;\n"
      "cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%r2], "
      "[%rd2, {%r3, %r3}], [bar];\nWAIT: mbarrier.try_wait.parity.shared.b64 %p2, [bar], 0;\n"
      "@!%p2 bra WAIT;\n" +
      between +
      "shr.u32 %r4, %r2, 4;\nand.b32 %r4, %r4, 16383;\ncvt.u64.u32 %rd3, %r4;\n"
      "or.b64 %rd3, %rd3, " +
      std::to_string(uint64_t(descriptorSwizzle) << 62 | uint64_t(64) << 32 | uint64_t(1) << 16) +
      ";\nmov.b32 %r20, 0;\nmov.b32 %r21, 0;\nmov.b32 %r22, 0;\nmov.b32 %r23, 0;\n"
      "wgmma.fence.sync.aligned;\nsetp.ne.u32 %p3, %r1, %r1;\n"
      "wgmma.mma_async.sync.aligned.m64n8k16.f32.f16.f16 {%r20, %r21, %r22, %r23}, %rd3, %rd3, "
      "%p3, 1, 1, 0, 0;\nwgmma.commit_group.sync.aligned;\nwgmma.wait_group.sync.aligned 0;\n";
  return wrapKernel(".param .align 64 .b8 map[128]", body, "sm_90a", "8.0");
}

std::string runProduct(const std::string &between, uint32_t mapSwizzle, unsigned descriptor) {
  Sim sim("sm=90,checks=all");
  std::string error = sim.load(productKernel(between, descriptor));
  if (!error.empty())
    return error;
  azj_device_ptr base = sim.upload(randomHalves(64 * 256, 5));
  return sim.launch("k", {1, 1, 1}, {128, 1, 1},
                    {Arg::of(halfMap(sim, base, 64, 256, 64, 64, mapSwizzle))});
}

// What the threads have written over, by whatever pattern, is theirs.
TEST(SwizzleCheck, OrdinaryStoresMakeThePlacementUnknown) {
  const unsigned kDescriptor128 = 1; // of wgmma's descriptors
  EXPECT_EQ(runProduct("", 3, kDescriptor128), "");
  EXPECT_NE(runProduct("", 0, kDescriptor128).find("swizzle"), std::string::npos);
  std::string rewrite = "mov.b32 %r9, 0;\nEACH:\nshl.b32 %r10, %r1, 4;\nshl.b32 %r11, %r9, 11;\n"
                        "add.u32 %r10, %r10, %r11;\nadd.u32 %r10, %r10, %r2;\n"
                        "ld.shared.v4.b32 {%r12, %r13, %r14, %r15}, [%r10];\n"
                        "st.shared.v4.b32 [%r10], {%r12, %r13, %r14, %r15};\n"
                        "add.u32 %r9, %r9, 1;\nsetp.lt.u32 %p4, %r9, 4;\n@%p4 bra EACH;\n"
                        "fence.proxy.async.shared::cta;\nbar.sync 0;\n";
  EXPECT_EQ(runProduct(rewrite, 0, kDescriptor128), "");
}

} // namespace
} // namespace azulejo::sim::test
