// This file tests clusters: how CTAs are numbered in them, their barrier, the addresses of their
// shared memory, and what a launch refuses.
#include "test/SimHarness.h"

namespace azulejo::sim::test {
namespace {

const char *const kOut = ".param .u64 out";

// Stores register %r1 of every thread at out[index], where %r2 is the index.
const char *const kStore = "ld.param.u64 %rd1, [out];\nmul.wide.u32 %rd2, %r2, 4;\n"
                           "add.s64 %rd1, %rd1, %rd2;\nst.global.b32 [%rd1], %r1;\n";

std::string wrap(const std::string &body, const std::string &params = kOut) {
  return wrapKernel(params, body, "sm_90", "8.0");
}

struct Outcome {
  std::string error;
  std::vector<uint32_t> out;
};

Outcome run(const std::string &ptx, azj_dim3 grid, azj_dim3 block, azj_dim3 cluster, size_t words,
            const std::string &options = "sm=90,checks=all") {
  Sim sim(options);
  Outcome result;
  result.error = sim.load(ptx);
  if (!result.error.empty())
    return result;
  azj_device_ptr out = sim.upload(std::vector<uint32_t>(words, 0xdeadbeefu), "out");
  result.error = sim.launch("k", grid, block, {Arg::of(out)}, 0, cluster);
  // All findings: the error has the first only.
  if (!result.error.empty())
    result.error += sim.report();
  result.out = sim.download<uint32_t>(out, words);
  return result;
}

// The linear number of the CTA in the grid, in %r2.
const char *const kLinear =
    "mov.u32 %r10, %ctaid.x;\nmov.u32 %r11, %ctaid.y;\nmov.u32 %r12, %ctaid.z;\n"
    "mov.u32 %r13, %nctaid.x;\nmov.u32 %r14, %nctaid.y;\n"
    "mad.lo.u32 %r2, %r12, %r14, %r11;\nmad.lo.u32 %r2, %r2, %r13, %r10;\n";

TEST(Cluster, SpecialRegistersNameThePlace) {
  struct Register {
    const char *name;
    // Of CTA (x, y, z) of a grid of 4 x 6 x 2 in clusters of 2 x 3 x 1.
    uint32_t (*expected)(uint32_t x, uint32_t y, uint32_t z);
  };
  const Register registers[] = {
      {"%clusterid.x", [](uint32_t x, uint32_t, uint32_t) { return x / 2; }},
      {"%clusterid.y", [](uint32_t, uint32_t y, uint32_t) { return y / 3; }},
      {"%clusterid.z", [](uint32_t, uint32_t, uint32_t z) { return z; }},
      {"%nclusterid.x", [](uint32_t, uint32_t, uint32_t) { return 2u; }},
      {"%nclusterid.y", [](uint32_t, uint32_t, uint32_t) { return 2u; }},
      {"%nclusterid.z", [](uint32_t, uint32_t, uint32_t) { return 2u; }},
      {"%cluster_ctaid.x", [](uint32_t x, uint32_t, uint32_t) { return x % 2; }},
      {"%cluster_ctaid.y", [](uint32_t, uint32_t y, uint32_t) { return y % 3; }},
      {"%cluster_ctaid.z", [](uint32_t, uint32_t, uint32_t) { return 0u; }},
      {"%cluster_nctaid.x", [](uint32_t, uint32_t, uint32_t) { return 2u; }},
      {"%cluster_nctaid.y", [](uint32_t, uint32_t, uint32_t) { return 3u; }},
      {"%cluster_nctaid.z", [](uint32_t, uint32_t, uint32_t) { return 1u; }},
      {"%cluster_ctarank", [](uint32_t x, uint32_t y, uint32_t) { return x % 2 + 2 * (y % 3); }},
      {"%cluster_nctarank", [](uint32_t, uint32_t, uint32_t) { return 6u; }},
  };
  for (const Register &reg : registers) {
    std::string body = std::string(kLinear) + "mov.u32 %r1, " + reg.name + ";\n" + kStore;
    Outcome result = run(wrap(body), {4, 6, 2}, {1, 1, 1}, {2, 3, 1}, 48);
    ASSERT_EQ(result.error, "") << reg.name;
    for (uint32_t z = 0; z < 2; ++z)
      for (uint32_t y = 0; y < 6; ++y)
        for (uint32_t x = 0; x < 4; ++x)
          EXPECT_EQ(result.out[x + 4 * (y + 6 * z)], reg.expected(x, y, z)) << reg.name;
  }
}

TEST(Cluster, LaunchesThatNoGpuTakesAreRefused) {
  std::string ptx = wrap("mov.u32 %r1, 1;\nmov.u32 %r2, %ctaid.x;\n" + std::string(kStore));
  auto error = [&](azj_dim3 grid, azj_dim3 cluster, const char *sm = "sm=90") {
    return run(ptx, grid, {1, 1, 1}, cluster, 64, sm).error;
  };
  EXPECT_EQ(error({16, 1, 1}, {8, 1, 1}), "");
  EXPECT_NE(error({16, 1, 1}, {16, 1, 1}).find("up to 8 blocks (the portable size)"),
            std::string::npos);
  EXPECT_NE(error({15, 1, 1}, {2, 1, 1}).find("divides the grid 15,1,1, got 2,1,1"),
            std::string::npos);
  std::string old = wrapKernel(kOut, "mov.u32 %r1, 1;\nmov.u32 %r2, 0;\n" + std::string(kStore));
  EXPECT_NE(run(old, {2, 1, 1}, {1, 1, 1}, {2, 1, 1}, 2, "sm=80").error.find("clusters need sm_90"),
            std::string::npos);
}

std::string withDirective(const std::string &directive) {
  return ".version 8.0\n.target sm_90\n.address_size 64\n.visible .entry k(.param .u64 out)\n" +
         directive + "\n{\n.reg .b32 %r<4>;\n.reg .b64 %rd<4>;\nmov.u32 %r1, %cluster_nctarank;\n" +
         "mov.u32 %r2, %ctaid.x;\n" + kStore + "ret;\n}\n";
}

TEST(Cluster, DirectivesGiveAndLimitTheSize) {
  Outcome given = run(withDirective(".reqnctapercluster 4"), {4, 1, 1}, {1, 1, 1}, {0, 0, 0}, 4);
  EXPECT_EQ(given.error, "");
  EXPECT_EQ(given.out, std::vector<uint32_t>(4, 4));
  auto error = [](const char *directive, azj_dim3 cluster) {
    return run(withDirective(directive), {8, 1, 1}, {1, 1, 1}, cluster, 8).error;
  };
  EXPECT_NE(error(".reqnctapercluster 4, 1, 1", {2, 1, 1}).find("asks for clusters of 4,1,1"),
            std::string::npos);
  EXPECT_NE(error(".maxclusterrank 2", {4, 1, 1}).find(".maxclusterrank allows 2 blocks"),
            std::string::npos);
  EXPECT_EQ(error(".maxclusterrank 2", {2, 1, 1}), "");
  EXPECT_NE(error(".explicitcluster", {0, 0, 0}).find(".explicitcluster asks for a launch"),
            std::string::npos);
  EXPECT_NE(error(".blocksareclusters", {2, 1, 1}).find("is not supported"), std::string::npos);
}

// Every CTA gives its rank to the next one through that one's shared memory.
std::string ringKernel(const std::string &before, const std::string &after,
                       const std::string &end = "") {
  return wrap(".shared .align 4 .b8 box[4];\nmov.u32 %r1, %cluster_ctarank;\n"
              "mov.u32 %r3, %cluster_nctarank;\nadd.u32 %r4, %r1, 1;\nrem.u32 %r4, %r4, %r3;\n"
              "mov.u32 %r5, box;\nmapa.shared::cluster.u32 %r6, %r5, %r4;\n" +
              before + "st.shared::cluster.b32 [%r6], %r1;\n" + after +
              "ld.shared.b32 %r1, [box];\nmov.u32 %r2, %ctaid.x;\n" + kStore + end);
}

const char *const kArriveWait = "barrier.cluster.arrive.aligned;\nbarrier.cluster.wait.aligned;\n";

TEST(Cluster, BarrierOrdersStoresToAnotherBlock) {
  for (const char *mode : {"lazy", "random"}) {
    Outcome result = run(ringKernel(kArriveWait, kArriveWait), {16, 1, 1}, {1, 1, 1}, {8, 1, 1}, 16,
                         std::string("sm=90,checks=all,async=") + mode);
    ASSERT_EQ(result.error, "");
    for (uint32_t cta = 0; cta < 16; ++cta)
      EXPECT_EQ(result.out[cta], (cta % 8 + 7) % 8);
  }
}

TEST(Cluster, StoreThatNothingOrdersIsARace) {
  std::string error = run(ringKernel(kArriveWait, ""), {2, 1, 1}, {1, 1, 1}, {2, 1, 1}, 2).error;
  EXPECT_NE(error.find("hazard on shared 'box' +0"), std::string::npos) << error;
}

TEST(Cluster, RelaxedArrivalOrdersNothing) {
  std::string relaxed = "barrier.cluster.arrive.relaxed.aligned;\nbarrier.cluster.wait.aligned;\n";
  std::string error =
      run(ringKernel(kArriveWait, relaxed), {2, 1, 1}, {1, 1, 1}, {2, 1, 1}, 2).error;
  EXPECT_NE(error.find("read-after-write hazard on shared 'box' +0"), std::string::npos) << error;
}

// Without the last barrier a block may have left when the other one reads its memory.
std::string pullKernel(bool waits) {
  return wrap(".shared .align 4 .b8 box[4];\nmov.u32 %r1, %cluster_ctarank;\n"
              "st.shared.b32 [box], %r1;\nxor.b32 %r4, %r1, 1;\nmov.u32 %r5, box;\n"
              "mapa.shared::cluster.u32 %r6, %r5, %r4;\n" +
              std::string(kArriveWait) + "ld.shared::cluster.b32 %r1, [%r6];\n" +
              (waits ? kArriveWait : "") + "mov.u32 %r2, %ctaid.x;\n" + kStore);
}

TEST(Cluster, BlocksMustOutliveTheReadsOfTheirMemory) {
  Outcome good =
      run(pullKernel(true), {2, 1, 1}, {32, 1, 1}, {2, 1, 1}, 2, "sm=90,checks=mem+sync");
  EXPECT_EQ(good.error, "");
  EXPECT_EQ(good.out, (std::vector<uint32_t>{1, 0}));
  std::string error = run(pullKernel(false), {2, 1, 1}, {1, 1, 1}, {2, 1, 1}, 2).error;
  EXPECT_NE(error.find("which has exited"), std::string::npos) << error;
  EXPECT_EQ(run(pullKernel(true), {2, 1, 1}, {1, 1, 1}, {2, 1, 1}, 2).error, "");
}

// Rank 1 reads the memory of rank 0, which runs first but is kept by a loop: only the race check
// sees that it might have left.
TEST(Cluster, ExitThatIsOnlyLateByChanceIsFound) {
  std::string ptx = wrap(
      ".shared .align 4 .b8 box[4];\nmov.u32 %r1, %cluster_ctarank;\nst.shared.b32 [box], %r1;\n" +
      std::string(kArriveWait) +
      "setp.eq.u32 %p1, %r1, 0;\n@%p1 bra SLOW;\nmov.u32 %r5, box;\nmov.u32 %r4, 0;\n"
      "mapa.shared::cluster.u32 %r6, %r5, %r4;\nld.shared::cluster.b32 %r1, [%r6];\nbra END;\n"
      "SLOW: mov.u32 %r7, 200000;\nLOOP: sub.u32 %r7, %r7, 1;\nsetp.ne.u32 %p2, %r7, 0;\n"
      "@%p2 bra LOOP;\nEND: mov.u32 %r2, %ctaid.x;\n" +
      kStore);
  std::string error = run(ptx, {2, 1, 1}, {1, 1, 1}, {2, 1, 1}, 2).error;
  EXPECT_NE(error.find("may exit before this access"), std::string::npos) << error;
  EXPECT_NE(error.find("ld.shared::cluster.b32"), std::string::npos) << error;
}

TEST(Cluster, AddressesCarryTheRank) {
  // Bit 0: the own address is shared::cta; 1: it is shared::cluster; 2: the other's is shared::cta;
  // 3: the other's is shared::cluster; then the ranks of both.
  std::string body =
      ".shared .align 16 .b8 box[16];\nmov.u64 %rd3, box;\ncvta.shared.u64 %rd4, %rd3;\n"
      "mov.u32 %r3, %cluster_ctarank;\nxor.b32 %r4, %r3, 1;\nmapa.u64 %rd5, %rd4, %r4;\n"
      "isspacep.shared::cta %p1, %rd4;\nisspacep.shared::cluster %p2, %rd4;\n"
      "isspacep.shared::cta %p3, %rd5;\nisspacep.shared::cluster %p4, %rd5;\n"
      "selp.u32 %r5, 1, 0, %p1;\nselp.u32 %r6, 2, 0, %p2;\nselp.u32 %r7, 4, 0, %p3;\n"
      "selp.u32 %r8, 8, 0, %p4;\nor.b32 %r1, %r5, %r6;\nor.b32 %r1, %r1, %r7;\n"
      "or.b32 %r1, %r1, %r8;\ngetctarank.u64 %r9, %rd4;\ngetctarank.u64 %r10, %rd5;\n"
      "mov.u32 %r11, box;\ngetctarank.shared::cluster.u32 %r12, %r11;\n"
      "shl.b32 %r9, %r9, 8;\nshl.b32 %r10, %r10, 12;\nshl.b32 %r12, %r12, 16;\n"
      "or.b32 %r1, %r1, %r9;\nor.b32 %r1, %r1, %r10;\nor.b32 %r1, %r1, %r12;\n"
      "mov.u32 %r2, %ctaid.x;\n";
  Outcome result = run(wrap(body + kStore), {2, 1, 1}, {1, 1, 1}, {2, 1, 1}, 2);
  ASSERT_EQ(result.error, "");
  EXPECT_EQ(result.out[0], 0x0100bu);
  EXPECT_EQ(result.out[1], 0x1010bu);
}

TEST(Cluster, RankOutsideOfTheClusterIsFound) {
  std::string error = run(wrap(".shared .align 4 .b8 box[4];\nmov.u32 %r5, box;\nmov.u32 %r4, 2;\n"
                               "mapa.shared::cluster.u32 %r1, %r5, %r4;\nmov.u32 %r2, 0;\n" +
                               std::string(kStore)),
                          {2, 1, 1}, {1, 1, 1}, {2, 1, 1}, 2)
                          .error;
  EXPECT_NE(error.find("mapa takes the rank of a CTA of the cluster of 2, got 2"),
            std::string::npos)
      << error;
  // ld.shared is for the own CTA.
  error = run(wrap(".shared .align 4 .b8 box[4];\nst.shared.b32 [box], 0;\nmov.u32 %r5, box;\n"
                   "mov.u32 %r4, 1;\nmapa.shared::cluster.u32 %r6, %r5, %r4;\n" +
                   std::string(kArriveWait) +
                   "ld.shared.b32 %r1, [%r6];\nmov.u32 %r2, %ctaid.x;\n" + kStore),
              {2, 1, 1}, {1, 1, 1}, {2, 1, 1}, 2)
              .error;
  EXPECT_NE(error.find("shared read of 4 bytes"), std::string::npos) << error;
}

// All blocks add to one word of rank 0, by atomics with and without result and generic addresses.
TEST(Cluster, AtomicsOnAnotherBlocksMemory) {
  std::string body =
      ".shared .align 4 .b8 sum[4];\nst.shared.b32 [sum], 0;\nmov.u32 %r5, sum;\nmov.u32 %r4, 0;\n"
      "mapa.shared::cluster.u32 %r6, %r5, %r4;\ncvta.shared.u64 %rd3, %rd4;\n" +
      std::string(kArriveWait) +
      "mov.u32 %r3, %cluster_ctarank;\nadd.u32 %r7, %r3, 1;\n"
      "atom.relaxed.cluster.shared::cluster.add.u32 %r8, [%r6], %r7;\n"
      "red.relaxed.cluster.shared::cluster.add.u32 [%r6], 100;\n"
      "mov.u64 %rd5, sum;\ncvta.shared.u64 %rd5, %rd5;\nmapa.u64 %rd6, %rd5, %r4;\n"
      "atom.relaxed.cluster.max.u32 %r9, [%rd6], %r7;\n" +
      kArriveWait + "ld.shared::cluster.b32 %r1, [%r6];\nmov.u32 %r2, %ctaid.x;\n" + kArriveWait +
      kStore;
  Outcome result = run(wrap("mov.u64 %rd4, 0;\n" + body), {4, 1, 1}, {1, 1, 1}, {4, 1, 1}, 4);
  ASSERT_EQ(result.error, "");
  EXPECT_EQ(result.out, std::vector<uint32_t>(4, 1 + 2 + 3 + 4 + 400));
}

TEST(Cluster, MissingArrivalIsADeadlockOfAllBlocks) {
  std::string ptx = wrap("mov.u32 %r3, %cluster_ctarank;\nsetp.eq.u32 %p1, %r3, 1;\n"
                         "@%p1 bra WAITING;\nbarrier.cluster.arrive;\nbarrier.cluster.wait;\n"
                         "bra END;\nWAITING: bar.sync 0, 64;\nEND: ret;\n");
  std::string error = run(ptx, {2, 1, 1}, {32, 1, 1}, {2, 1, 1}, 2).error;
  EXPECT_NE(error.find("deadlock: no thread of the cluster can go on"), std::string::npos) << error;
  EXPECT_NE(error.find("block (0,0,0) warp 0 lanes 0xffffffff at line"), std::string::npos)
      << error;
  EXPECT_NE(error.find("block (1,0,0) warp 0 lanes 0xffffffff at line"), std::string::npos)
      << error;
}

TEST(Cluster, BarrierOutOfTurnIsFound) {
  auto error = [](const std::string &body) {
    return run(wrap(body), {2, 1, 1}, {32, 1, 1}, {2, 1, 1}, 2).error;
  };
  EXPECT_NE(error("barrier.cluster.wait;\n").find("wait without a barrier.cluster.arrive"),
            std::string::npos);
  EXPECT_NE(error("barrier.cluster.arrive;\nbarrier.cluster.arrive;\n").find("arrive twice"),
            std::string::npos);
  EXPECT_NE(error("mov.u32 %r1, %tid.x;\nsetp.lt.u32 %p1, %r1, 4;\n@%p1 bra A;\n"
                  "barrier.cluster.arrive.aligned;\nbra B;\nA: barrier.cluster.arrive.aligned;\n"
                  "B: barrier.cluster.wait.aligned;\n")
                .find("an aligned cluster barrier is executed by 4 of the 32 threads"),
            std::string::npos);
  // Threads that have ended are not waited for.
  EXPECT_EQ(error("mov.u32 %r3, %cluster_ctarank;\nsetp.eq.u32 %p1, %r3, 1;\n@%p1 bra END;\n"
                  "barrier.cluster.arrive;\nbarrier.cluster.wait;\nEND: ret;\n"),
            "");
}

// One lane of warp 0 waits long for warp 1, as a thread that copies does, and meets the others of
// its warp at the aligned barrier.
TEST(Cluster, LanesMeetAtAnAlignedBarrier) {
  std::string body =
      ".shared .align 8 .b8 bar[8];\nmov.u32 %r1, %tid.x;\nsetp.ne.u32 %p1, %r1, 0;\n"
      "setp.ne.u32 %p2, %r1, 32;\n@%p1 bra READY;\nmbarrier.init.shared.b64 [bar], 1;\nREADY:\n"
      "bar.sync 0;\n@%p2 bra ARRIVED;\nmov.u32 %r5, 0;\n"
      "LATER: add.u32 %r5, %r5, 1;\nsetp.lt.u32 %p4, %r5, 100000;\n@%p4 bra LATER;\n"
      "mbarrier.arrive.shared.b64 _, [bar];\nARRIVED:\n@%p1 bra WAITED;\n"
      "WAIT: mbarrier.try_wait.parity.shared.b64 %p3, [bar], 0;\n@!%p3 bra WAIT;\nWAITED:\n" +
      std::string(kArriveWait) + kLinear + "@%p1 bra END;\n" + kStore + "END:\n";
  EXPECT_EQ(run(wrap(body), {2, 1, 1}, {64, 1, 1}, {2, 1, 1}, 2).error, "");
}

} // namespace
} // namespace azulejo::sim::test
