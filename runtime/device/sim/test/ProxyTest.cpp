// This file tests which proxy fences the race check asks for: by state space, between blocks, for
// reductions, and for copies between the blocks of a cluster.
#include "test/AsyncKernels.h"
#include "test/SimHarness.h"
#include "test/TestData.h"

namespace azulejo::sim::test {
namespace {

std::string readMutated(const std::string &name) { return readKernel("../mutation/" + name); }

std::string replaced(std::string text, const std::string &from, const std::string &to) {
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

bool isMissing(const std::string &error) {
  EXPECT_TRUE(error.empty() || error.find("missing-proxy-fence on ") != std::string::npos) << error;
  return !error.empty();
}

// The bulk stores of epilogue.ptx read what the threads have written to shared memory.
std::string runEpilogue(const std::string &fence) {
  Sim sim("sm=90,checks=all");
  EXPECT_EQ(
      sim.load(replaced(readMutated("epilogue.ptx"), "fence.proxy.async.shared::cta;", fence)), "");
  azj_device_ptr out = sim.allocate(4096, "out");
  return sim.launch("epilogue", {2, 1, 1}, {256, 1, 1}, {Arg::of(out)});
}

// Block 1 loads what block 0 has written to global memory, with a fence on either side of the flag.
std::string runHandover(const std::string &writerFence, const std::string &readerFence,
                        const std::string &options) {
  std::string ptx = replaced(readMutated("handover.ptx"), "fence.proxy.async.global;", writerFence);
  ptx = replaced(ptx, "mbarrier.arrive.expect_tx", readerFence + "\nmbarrier.arrive.expect_tx");
  Sim sim(options);
  EXPECT_EQ(sim.load(ptx), "");
  azj_device_ptr tile = sim.allocate(512, "tile"),
                 raised = sim.upload(std::vector<uint32_t>{0}, "raised"),
                 out = sim.allocate(512, "out");
  return sim.launch("handover", {2, 1, 1}, {128, 1, 1},
                    {Arg::of(tile), Arg::of(raised), Arg::of(out)});
}

TEST(Proxy, FencesOfSharedMemory) {
  for (const char *fence : {"fence.proxy.async;", "fence.proxy.async.shared::cta;",
                            "fence.proxy.async.shared::cluster;",
                            "fence.proxy.async.global;\nfence.proxy.async.shared::cta;"})
    EXPECT_FALSE(isMissing(runEpilogue(fence))) << fence;
  for (const char *fence : {"", "fence.proxy.async.global;", "fence.proxy.alias;"})
    EXPECT_TRUE(isMissing(runEpilogue(fence))) << fence;
}

// One on the path from the write to the read will do.
TEST(Proxy, FencesOfGlobalMemoryBetweenBlocks) {
  const char *const kGood[] = {"fence.proxy.async;", "fence.proxy.async.global;"};
  const char *const kBad[] = {"", "fence.proxy.async.shared::cta;",
                              "fence.proxy.async.shared::cluster;"};
  for (const char *options : kAsyncOptions) {
    for (const char *good : kGood) {
      EXPECT_FALSE(isMissing(runHandover(good, "", options))) << good;
      EXPECT_FALSE(isMissing(runHandover("", good, options))) << good;
    }
    for (const char *writer : kBad)
      for (const char *reader : kBad)
        EXPECT_TRUE(isMissing(runHandover(writer, reader, options))) << writer << reader;
  }
}

// A warp writes a row of global memory, and its first lane adds to it from shared memory or stores
// to it: an addition reads.
std::string runReduction(const std::string &fence, bool adds) {
  std::string body =
      ".shared .align 16 .b8 row[128];\nld.param.u64 %rd1, [out];\nmov.u32 %r1, %tid.x;\n"
      "mul.wide.u32 %rd2, %r1, 4;\nadd.s64 %rd2, %rd1, %rd2;\nst.global.b32 [%rd2], %r1;\n"
      "shl.b32 %r2, %r1, 2;\nmov.b32 %r3, row;\nadd.u32 %r4, %r3, %r2;\n"
      "st.shared.b32 [%r4], 1;\nfence.proxy.async.shared::cta;\n" +
      fence + "\nbar.warp.sync -1;\nsetp.ne.u32 %p1, %r1, 0;\n@%p1 bra END;\n" +
      (adds ? "cp.reduce.async.bulk.global.shared::cta.bulk_group.add.u32"
            : "cp.async.bulk.global.shared::cta.bulk_group") +
      " [%rd1], [row], 128;\ncp.async.bulk.commit_group;\ncp.async.bulk.wait_group 0;\nEND:\n";
  Sim sim("sm=90,checks=all");
  EXPECT_EQ(sim.load(wrapKernel(".param .u64 out", body, "sm_90")), "");
  azj_device_ptr out = sim.allocate(128, "out");
  return sim.launch("k", {1, 1, 1}, {32, 1, 1}, {Arg::of(out)});
}

TEST(Proxy, ReductionsReadWhatTheyCombine) {
  EXPECT_FALSE(isMissing(runReduction("fence.proxy.async.global;", true)));
  EXPECT_TRUE(isMissing(runReduction("", true)));
  EXPECT_TRUE(isMissing(runReduction("fence.proxy.async.shared::cta;", true)));
  EXPECT_FALSE(isMissing(runReduction("", false)));
}

// Returns all findings.
std::string runPush(const std::string &ptx, const std::string &options) {
  Sim sim(options);
  EXPECT_EQ(sim.load(ptx), "");
  azj_device_ptr out = sim.allocate(1024, "out");
  std::string error = sim.launch("push", {2, 1, 1}, {64, 1, 1}, {Arg::of(out)}, 0, {2, 1, 1});
  return error.empty() ? "" : sim.report();
}

// A copy to another block of the cluster reads its source until the mbarrier there says so.
TEST(Proxy, CopiesToOtherBlocksReadTheirSource) {
  std::string ptx = readMutated("push.ptx"), fence = "fence.proxy.async.shared::cta;";
  std::string reused = replaced(ptx, "SENT:", "SENT:\nbar.sync 0;\nst.shared.u32 [%r11], 0;");
  // The own mbarrier says that the other block's copy has come, not that the own one is done.
  std::string early = replaced(ptx, "ld.shared.u32 %r16",
                               "bar.sync 0;\nst.shared.u32 [%r11], 0;\nld.shared.u32 %r16");
  std::string late =
      replaced(ptx, "add.u32 %r13, %r13, 1;", "add.u32 %r13, %r13, 1;\nst.shared.u32 [%r11], 0;");
  for (const char *options : kAsyncOptions) {
    EXPECT_EQ(runPush(ptx, options), "");
    EXPECT_EQ(runPush(late, options), "");
    EXPECT_TRUE(isMissing(runPush(replaced(ptx, fence, ""), options)));
    EXPECT_TRUE(isMissing(runPush(replaced(ptx, fence, "fence.proxy.async.global;"), options)));
    for (const std::string &wrong : {reused, early})
      EXPECT_NE(runPush(wrong, options).find("write-after-read hazard on shared 'from'"),
                std::string::npos)
          << options;
  }
}

// fence.mbarrier_init orders mbarrier.init before a relaxed arrival at the cluster's barrier, and
// nothing else does.
TEST(Proxy, MbarriersOfOtherBlocksAreInitialised) {
  std::string ptx = replaced(readMutated("push.ptx"), "barrier.cluster.arrive.release;",
                             "barrier.cluster.arrive.relaxed;");
  std::string fence = "fence.mbarrier_init.release.cluster;", copy = "cp.async.bulk.shared";
  // The other block's first thread arrives for this one, and the copy's bytes are expected there.
  std::string remote =
      replaced(replaced(ptx, "shared.b64 [full], 1;", "shared.b64 [full], 2;"), copy,
               "mbarrier.arrive.release.cluster.shared::cluster.b64 _, [%r9];\n" + copy);
  for (const char *options : kAsyncOptions) {
    EXPECT_EQ(runPush(ptx, options), "");
    EXPECT_EQ(runPush(remote, options), "");
    EXPECT_NE(runPush(replaced(ptx, fence, ""), options).find("no fence.mbarrier_init"),
              std::string::npos);
    EXPECT_NE(runPush(replaced(remote, fence, ""), options).find("hazard on shared 'full'"),
              std::string::npos);
  }
}

} // namespace
} // namespace azulejo::sim::test
