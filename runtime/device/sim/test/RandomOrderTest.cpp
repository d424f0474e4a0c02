// This file tests the seeded random order: of clusters, of warps and of wgmma. What is right in one
// order only differs between seeds; what is right is right for all of them.
#include "exec/LaunchControl.h"
#include "test/SimHarness.h"

#include <algorithm>
#include <set>

namespace azulejo::sim::test {
namespace {

std::string optionsFor(const std::string &checks, const std::string &order, unsigned threads,
                       int sm = 80) {
  return "sm=" + std::to_string(sm) + ",checks=" + checks + ",threads=" + std::to_string(threads) +
         "," + order;
}
std::string seeded(unsigned seed) { return "async=random,seed=" + std::to_string(seed); }

struct Outcome {
  std::string error;
  std::vector<uint32_t> words;
};

// Runs a kernel with one argument, a buffer of `words` zeros.
Outcome runOn(const std::string &options, const std::string &ptx, azj_dim3 grid, azj_dim3 block,
              size_t words) {
  Sim sim(options);
  Outcome run;
  run.error = sim.load(ptx);
  EXPECT_EQ(run.error, "");
  azj_device_ptr out = sim.upload(std::vector<uint32_t>(words), "out");
  run.error = sim.launch("k", grid, block, {Arg::of(out)});
  run.words = sim.download<uint32_t>(out, words);
  return run;
}

// out[0] = 3 out[0] + the number of the block: each number tells the order of the blocks.
std::string tripleKernel() {
  return wrapKernel(".param .u64 out", "ld.param.u64 %rd1, [out];\nmov.u32 %r1, %ctaid.x;\n"
                                       "ld.global.b32 %r2, [%rd1];\n"
                                       "mad.lo.u32 %r2, %r2, 3, %r1;\n"
                                       "st.global.b32 [%rd1], %r2;\n");
}

TEST(RandomOrder, BlocksRunInAnyOrder) {
  auto run = [](const std::string &order, unsigned threads) {
    return runOn(optionsFor("mem+sync", order, threads), tripleKernel(), {6, 1, 1}, {1, 1, 1}, 1);
  };
  uint32_t inOrder = 0;
  for (uint32_t block = 0; block < 6; ++block)
    inOrder = 3 * inOrder + block;
  EXPECT_EQ(run("async=lazy", 1).words[0], inOrder);
  std::set<uint32_t> results;
  for (unsigned seed = 0; seed < 12; ++seed) {
    uint32_t result = run(seeded(seed), 1).words[0];
    for (unsigned threads : {1u, 2u, 5u})
      EXPECT_EQ(run(seeded(seed), threads).words[0], result) << seed << " on " << threads;
    results.insert(result);
  }
  EXPECT_GT(results.size(), 8u);
  EXPECT_NE(runOn(optionsFor("all", seeded(3), 1), tripleKernel(), {6, 1, 1}, {1, 1, 1}, 1)
                .error.find("hazard on global 'out' +0"),
            std::string::npos);
}

// Block n writes n + 2 where block 0 has left a 1, else nothing.
TEST(RandomOrder, BlocksThatNeedTheFirstOneAreFound) {
  std::string ptx = wrapKernel(
      ".param .u64 out", "ld.param.u64 %rd1, [out];\nmov.u32 %r1, %ctaid.x;\n"
                         "setp.ne.u32 %p1, %r1, 0;\n@%p1 bra OTHER;\n"
                         "st.global.b32 [%rd1], 1;\nbra END;\nOTHER:\n"
                         "ld.global.b32 %r2, [%rd1];\nsetp.eq.u32 %p1, %r2, 0;\n@%p1 bra END;\n"
                         "mul.wide.u32 %rd2, %r1, 4;\nadd.s64 %rd1, %rd1, %rd2;\n"
                         "add.u32 %r3, %r1, 2;\nst.global.b32 [%rd1], %r3;\nEND:\n");
  const std::vector<uint32_t> expected = {1, 3, 4, 5};
  EXPECT_EQ(runOn(optionsFor("mem+sync", "async=lazy", 1), ptx, {4, 1, 1}, {1, 1, 1}, 4).words,
            expected);
  unsigned wrong = 0;
  for (unsigned seed = 0; seed < 8; ++seed)
    wrong += runOn(optionsFor("mem+sync", seeded(seed), 1), ptx, {4, 1, 1}, {1, 1, 1}, 4).words !=
             expected;
  EXPECT_GT(wrong, 3u);
}

// Warp w of one block: out[0] = 3 out[0] + w, in shared memory.
TEST(RandomOrder, WarpsRunInAnyOrder) {
  std::string ptx = wrapKernel(
      ".param .u64 out",
      ".shared .align 4 .b8 sum[4];\nmov.u32 %r1, %tid.x;\nmov.b32 %r3, sum;\n"
      "setp.ne.u32 %p2, %r1, 0;\n@!%p2 st.shared.b32 [%r3], 0;\nbar.sync 0;\n"
      "and.b32 %r4, %r1, 31;\nsetp.ne.u32 %p1, %r4, 0;\n@%p1 bra END;\n"
      "shr.u32 %r1, %r1, 5;\nld.shared.b32 %r2, [%r3];\nmad.lo.u32 %r2, %r2, 3, %r1;\n"
      "st.shared.b32 [%r3], %r2;\nEND:\nbar.sync 0;\n@%p2 ret;\nld.param.u64 %rd1, [out];\n"
      "ld.shared.b32 %r2, [%r3];\nst.global.b32 [%rd1], %r2;\n");
  std::set<uint32_t> results;
  for (unsigned seed = 0; seed < 12; ++seed)
    results.insert(
        runOn(optionsFor("mem+sync", seeded(seed), 1), ptx, {1, 1, 1}, {128, 1, 1}, 1).words[0]);
  EXPECT_GT(results.size(), 6u);
}

// Block n waits until block n - 1 has raised its flag, and writes one more than it has written:
// out[n + 1] = out[n] + 1 is number and flag in one. All but the first wait in vain where a block
// of lower number is never started.
TEST(RandomOrder, BlocksThatWaitForLowerOnesFinish) {
  std::string ptx = wrapKernel(
      ".param .u64 out",
      "ld.param.u64 %rd1, [out];\nmov.u32 %r1, %ctaid.x;\nmul.wide.u32 %rd2, %r1, 4;\n"
      "add.s64 %rd1, %rd1, %rd2;\nmov.b32 %r2, 7;\nsetp.eq.u32 %p1, %r1, 0;\n@%p1 bra FIRST;\n"
      "WAIT:\nld.acquire.gpu.global.b32 %r2, [%rd1];\nsetp.eq.u32 %p1, %r2, 0;\n@%p1 bra WAIT;\n"
      "FIRST:\nadd.u32 %r2, %r2, 1;\nst.release.gpu.global.b32 [%rd1+4], %r2;\n");
  constexpr uint32_t kBlocks = 300; // sm_80 has 108 multiprocessors
  for (const char *checks : {"mem+sync", "all"})
    for (unsigned seed = 0; seed < 4; ++seed) {
      Outcome run =
          runOn(optionsFor(checks, seeded(seed), 2), ptx, {kBlocks, 1, 1}, {1, 1, 1}, kBlocks + 1);
      EXPECT_EQ(run.error, "");
      for (uint32_t n = 0; n < kBlocks; ++n)
        ASSERT_EQ(run.words[n + 1], n + 8) << seed;
    }
}

// The blocks of a window come in any order, but before those of the next.
TEST(RandomOrder, ClustersStartWindowByWindow) {
  constexpr uint64_t kCount = 1000, kWindow = 64;
  ClusterQueue queue(kCount, kWindow, 5);
  std::vector<uint64_t> taken;
  for (uint64_t number; queue.take(number);)
    taken.push_back(number);
  ASSERT_EQ(taken.size(), kCount);
  EXPECT_FALSE(std::is_sorted(taken.begin(), taken.begin() + kWindow));
  for (size_t k = 0; k < kCount; ++k)
    EXPECT_EQ(taken[k] / kWindow, k / kWindow);
  std::sort(taken.begin(), taken.end());
  for (size_t k = 0; k < kCount; ++k)
    EXPECT_EQ(taken[k], k);
}

// A product of ones, 16 of them in a sum, twice; the accumulators are read behind the wait for the
// first, or for nothing.
std::string wgmmaKernel(bool waits) {
  std::string d = "{%f0,%f1,%f2,%f3}", product;
  for (int k = 0; k < 2; ++k)
    product += "wgmma.mma_async.sync.aligned.m64n8k16.f32.f16.f16 " + d +
               ", {%r8,%r8,%r8,%r8}, %rd4, %p2, 1, 1, 0;\nwgmma.commit_group.sync.aligned;\n";
  return wrapKernel(
      ".param .u64 out",
      ".reg .f32 %f<5>;\n.shared .align 1024 .b8 ones[1024];\nmov.u32 %r1, %tid.x;\n"
      "mov.b32 %r2, ones;\nshl.b32 %r3, %r1, 3;\nadd.u32 %r3, %r2, %r3;\n"
      "mov.b32 %r8, 0x3c003c00;\nst.shared.v2.b32 [%r3], {%r8, %r8};\n"
      "fence.proxy.async.shared::cta;\nbar.sync 0;\n"
      "mov.f32 %f0, 0f00000000;\nmov.f32 %f1, %f0;\nmov.f32 %f2, %f0;\nmov.f32 %f3, %f0;\n"
      "shr.u32 %r4, %r2, 4;\ncvt.u64.u32 %rd4, %r4;\nor.b64 %rd4, %rd4, 0x0000000800080000;\n"
      "setp.eq.u32 %p2, 0, 0;\nwgmma.fence.sync.aligned;\n" +
          product + (waits ? "wgmma.wait_group.sync.aligned 0;\n" : "") +
          "mov.f32 %f4, %f0;\nwgmma.wait_group.sync.aligned 0;\n"
          "ld.param.u64 %rd1, [out];\nmul.wide.u32 %rd2, %r1, 4;\nadd.s64 %rd1, %rd1, %rd2;\n"
          "st.global.f32 [%rd1], %f4;\n",
      "sm_90a");
}

TEST(RandomOrder, WgmmaIsDoneAnyTimeBeforeItsWait) {
  auto run = [](const char *checks, unsigned seed, bool waits) {
    return runOn(optionsFor(checks, seeded(seed), 1, 90), wgmmaKernel(waits), {1, 1, 1},
                 {128, 1, 1}, 128);
  };
  auto bits = [](float value) {
    uint32_t word;
    __builtin_memcpy(&word, &value, 4);
    return word;
  };
  std::set<uint32_t> early;
  for (unsigned seed = 0; seed < 16; ++seed) {
    Outcome right = run("all", seed, true);
    EXPECT_EQ(right.error, "");
    EXPECT_EQ(right.words, std::vector<uint32_t>(128, bits(32)));
    Outcome wrong = run("none", seed, false);
    early.insert(wrong.words.begin(), wrong.words.end());
    EXPECT_NE(run("all", seed, false).error, "");
  }
  EXPECT_EQ(early, (std::set<uint32_t>{0, bits(16), bits(32)}));
}

} // namespace
} // namespace azulejo::sim::test
