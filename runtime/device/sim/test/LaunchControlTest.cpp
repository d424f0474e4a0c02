// This file tests clusterlaunchcontrol: blocks that take over the work of those that have not been
// started, what the ISA leaves undefined, and that nothing depends on the CPU's threads.
#include "exec/LaunchControl.h"
#include "test/SimHarness.h"
#include "test/TestData.h"

#include <algorithm>
#include <set>

namespace azulejo::sim::test {
namespace {

const char *const kOrders[] = {"async=lazy", "async=eager", "async=random,seed=0",
                               "async=random,seed=5", "async=random,seed=42"};

std::string optionsFor(const std::string &order) { return "sm=100,checks=all," + order; }

struct Steal {
  std::string error, report;
  std::vector<uint32_t> out, who;
};

std::string stealKernel() { return readKernel("../mutation/steal.ptx"); }

Steal runSteal(const std::string &ptx, uint32_t tiles, const std::string &options) {
  Sim sim(options);
  Steal run;
  run.error = sim.load(ptx);
  EXPECT_EQ(run.error, "");
  if (!run.error.empty())
    return run;
  std::vector<uint32_t> in(tiles * 128);
  for (uint32_t i = 0; i < in.size(); ++i)
    in[i] = i * i + 7;
  azj_device_ptr from = sim.upload(in, "in"), out = sim.allocate(in.size() * 4, "out"),
                 who = sim.allocate(tiles * 4, "who");
  run.error =
      sim.launch("steal", {tiles, 1, 1}, {128, 1, 1}, {Arg::of(from), Arg::of(out), Arg::of(who)});
  run.report = sim.report();
  run.out = sim.download<uint32_t>(out, in.size());
  run.who = sim.download<uint32_t>(who, tiles);
  return run;
}

std::string replaced(std::string text, const std::string &from, const std::string &to) {
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(LaunchControl, EveryTileIsMadeOnceInEveryOrder) {
  for (const char *order : kOrders)
    for (uint32_t tiles : {1u, 2u, 3u, 12u, 40u}) {
      Steal run = runSteal(stealKernel(), tiles, optionsFor(order));
      ASSERT_EQ(run.error, "") << order;
      for (uint32_t i = 0; i < tiles * 128; ++i)
        ASSERT_EQ(run.out[i], 3 * (i * i + 7) + i / 128) << order << " " << i;
    }
}

// Of the blocks some run, others are cancelled and never do; every block makes its own tile first.
TEST(LaunchControl, SomeBlocksRunAndOthersAreCancelled) {
  for (const char *order : kOrders) {
    Steal run = runSteal(stealKernel(), 40, optionsFor(order));
    std::set<uint32_t> runners(run.who.begin(), run.who.end());
    for (uint32_t block : runners)
      EXPECT_EQ(run.who[block], block) << order;
    EXPECT_LT(runners.size(), 40u) << order;
    std::string counted = "\"canceled_ctas\": " + std::to_string(40 - runners.size());
    EXPECT_NE(run.report.find(counted), std::string::npos) << order << run.report;
  }
  // Eagerly the first takes all; lazily four compete, and all of them get something.
  EXPECT_EQ(runSteal(stealKernel(), 40, optionsFor("async=eager")).who,
            std::vector<uint32_t>(40, 0));
  std::vector<uint32_t> who = runSteal(stealKernel(), 40, optionsFor("async=lazy")).who;
  for (uint32_t block = 0; block < 4; ++block)
    EXPECT_GT(std::count(who.begin(), who.end(), block), 5) << block;
}

// In random order a request is now and then refused although blocks are pending: more of them are
// started than the first wave.
TEST(LaunchControl, RefusalsMayComeEarlyInRandomOrder) {
  bool isLate = false;
  for (unsigned seed = 0; seed < 8; ++seed) {
    Steal run =
        runSteal(stealKernel(), 40, optionsFor("async=random,seed=" + std::to_string(seed)));
    EXPECT_EQ(run.error, "");
    isLate |= std::set<uint32_t>(run.who.begin(), run.who.end()).size() > 1 + seed % 4;
  }
  EXPECT_TRUE(isLate);
}

TEST(LaunchControl, IsTheSameForAnyNumberOfThreads) {
  for (const char *order : kOrders) {
    Steal one = runSteal(stealKernel(), 24, optionsFor(order) + ",threads=1");
    Steal many = runSteal(stealKernel(), 24, optionsFor(order) + ",threads=5");
    EXPECT_EQ(one.who, many.who) << order;
    EXPECT_EQ(one.report, many.report) << order;
  }
}

// Clusters of 2 x 1 blocks on a grid of 4 x 6 x 2; both blocks get the response, and each component
// of its number is asked for by a form of its own.
TEST(LaunchControl, ResponsesReachAllBlocksOfTheCluster) {
  const std::string kBody =
      ".reg .b128 %q<2>;\n.shared .align 16 .b8 response[16];\n.shared .align 8 .b64 bar;\n"
      "mov.u32 %r1, %tid.x;\nmov.u32 %r2, %ctaid.x;\nmov.u32 %r3, %ctaid.y;\n"
      "mov.u32 %r4, %ctaid.z;\nmov.u32 %r5, %cluster_ctarank;\nmov.b32 %r6, 0;\n"
      "mov.u64 %rd1, response;\ncvta.shared.u64 %rd1, %rd1;\nmov.u64 %rd2, bar;\n"
      "cvta.shared.u64 %rd2, %rd2;\nld.param.u64 %rd3, [out];\n"
      "setp.ne.u32 %p1, %r1, 0;\nor.b32 %r7, %r1, %r5;\nsetp.ne.u32 %p2, %r7, 0;\n"
      "@%p1 bra TILE;\nmbarrier.init.shared.b64 [bar], 1;\nfence.mbarrier_init.release.cluster;\n"
      "TILE:\nbarrier.cluster.arrive.release.aligned;\nbarrier.cluster.wait.acquire.aligned;\n"
      "@!%p1 mbarrier.arrive.expect_tx.shared.b64 _, [bar], 16;\n"
      "@!%p2 clusterlaunchcontrol.try_cancel.async.mbarrier::complete_tx::bytes."
      "multicast::cluster::all.b128 [%rd1], [%rd2];\n"
      "mad.lo.u32 %r8, %r4, 6, %r3;\nmad.lo.u32 %r8, %r8, 4, %r2;\n"
      "mul.wide.u32 %rd4, %r8, 4;\nadd.s64 %rd4, %rd3, %rd4;\n"
      "@!%p1 atom.global.add.u32 %r9, [%rd4], 1;\n"
      "WAIT: mbarrier.try_wait.parity.shared.b64 %p3, [bar], %r6;\n@!%p3 bra WAIT;\n"
      "xor.b32 %r6, %r6, 1;\nld.shared.b128 %q1, [response];\n"
      "clusterlaunchcontrol.query_cancel.is_canceled.pred.b128 %p4, %q1;\n"
      "clusterlaunchcontrol.query_cancel.get_first_ctaid::x.b32.b128 %r2, %q1;\n"
      "clusterlaunchcontrol.query_cancel.get_first_ctaid::y.b32.b128 %r3, %q1;\n"
      "clusterlaunchcontrol.query_cancel.get_first_ctaid::z.b32.b128 %r4, %q1;\n"
      "add.u32 %r2, %r2, %r5;\n@%p4 bra TILE;\n";
  for (const char *order : kOrders) {
    Sim sim(optionsFor(order));
    ASSERT_EQ(sim.load(wrapKernel(".param .u64 out", kBody, "sm_100a", "8.6")), "");
    azj_device_ptr out = sim.upload(std::vector<uint32_t>(48), "out");
    ASSERT_EQ(sim.launch("k", {4, 6, 2}, {64, 1, 1}, {Arg::of(out)}, 0, {2, 1, 1}), "") << order;
    EXPECT_EQ(sim.download<uint32_t>(out, 48), std::vector<uint32_t>(48, 1)) << order;
  }
}

struct Fault {
  const char *name, *from, *to, *finding;
};

// Faults in the kernel above, each found in every order unless it says lazily.
TEST(LaunchControl, FaultsAreFound) {
  const Fault kFaults[] = {
      {"misaligned response", "[%r3], [%r4];\nmbarrier", "[%r3+8], [%r4];\nmbarrier", "misaligned"},
      {"outside of the variable", "[%r3], [%r4];\nmbarrier", "[%r3+16], [%r4];\nmbarrier",
       "is not inside a shared variable"},
      {"no wait", "@!%p2 bra ANSWER;", "", "race"},
      {"no barrier", "bar.sync 0;", "", "race"},
      {"no response", "ld.shared.b128 %q1, [%r3];", "mov.b64 %rd9, 1;\nmov.b128 %q1, {%rd9, %rd9};",
       "is no response"},
      {"again", "@!%p3 bra END;\n", "@!%p3 bra AGAIN;\n", "after it has seen a refusal"},
  };
  for (const Fault &fault : kFaults)
    for (const char *order : kOrders) {
      std::string ptx = replaced(stealKernel(), fault.from, fault.to);
      if (std::string(fault.name) == "again")
        ptx = replaced(ptx, "END:\n",
                       "AGAIN:\n@%p1 bra END;\n"
                       "clusterlaunchcontrol.try_cancel.async.shared::cta.mbarrier::complete_tx::"
                       "bytes.b128 [%r3], [%r4];\nEND:\n");
      Steal run = runSteal(ptx, 12, optionsFor(order));
      EXPECT_NE((run.error + run.report).find(fault.finding), std::string::npos)
          << fault.name << " " << order << ": " << run.error;
    }
}

// A block that leaves while its request is under way loses the work that it has taken.
TEST(LaunchControl, ABlockWaitsForItsResponse) {
  std::string ptx = replaced(stealKernel(), "ANSWER:\n", "bra END;\nANSWER:\n");
  for (const char *order : {"async=lazy", "async=random,seed=3"})
    EXPECT_NE(runSteal(ptx, 12, optionsFor(order)).error.find("exits while"), std::string::npos)
        << order;
}

// Several requests may be under way, and be refused, before a block looks at one of the answers.
TEST(LaunchControl, ARefusalThatNobodyHasSeenIsNone) {
  const std::string kBody =
      ".shared .align 16 .b8 responses[32];\n.shared .align 8 .b64 bar;\n"
      "mbarrier.init.shared.b64 [bar], 1;\nmbarrier.arrive.expect_tx.shared.b64 _, [bar], 32;\n"
      "mov.b32 %r1, responses;\nmov.b32 %r2, bar;\n"
      "clusterlaunchcontrol.try_cancel.async.shared::cta.mbarrier::complete_tx::bytes.b128 [%r1], "
      "[%r2];\n"
      "clusterlaunchcontrol.try_cancel.async.shared::cta.mbarrier::complete_tx::bytes.b128 "
      "[%r1+16], [%r2];\n"
      "WAIT: mbarrier.try_wait.parity.shared.b64 %p1, [bar], 0;\n@!%p1 bra WAIT;\n";
  for (const char *order : kOrders) {
    Sim sim(optionsFor(order));
    ASSERT_EQ(sim.load(wrapKernel("", kBody, "sm_100a", "8.6")), "");
    EXPECT_EQ(sim.launch("k", {1, 1, 1}, {1, 1, 1}, {}), "") << order;
  }
}

// While a request is under way, phases that are complete are seen to be.
TEST(LaunchControl, RequestsHoldUpNoOtherMbarrier) {
  const std::string kBody =
      ".shared .align 16 .b8 response[16];\n.shared .align 8 .b8 bars[16];\n"
      "mov.b32 %r1, response;\nmov.b32 %r2, bars;\nmbarrier.init.shared.b64 [%r2], 1;\n"
      "mbarrier.init.shared.b64 [%r2+8], 1;\nmbarrier.arrive.shared.b64 _, [%r2+8];\n"
      "mbarrier.arrive.expect_tx.shared.b64 _, [%r2], 16;\n"
      "clusterlaunchcontrol.try_cancel.async.shared::cta.mbarrier::complete_tx::bytes.b128 [%r1], "
      "[%r2];\nmbarrier.test_wait.parity.shared.b64 %p1, [%r2+8], 0;\n"
      "selp.b32 %r3, 1, 0, %p1;\nld.param.u64 %rd1, [out];\nst.global.b32 [%rd1], %r3;\n"
      "WAIT: mbarrier.try_wait.parity.shared.b64 %p1, [%r2], 0;\n@!%p1 bra WAIT;\n";
  for (const char *order : kOrders) {
    Sim sim(optionsFor(order));
    ASSERT_EQ(sim.load(wrapKernel(".param .u64 out", kBody, "sm_100a", "8.6")), "");
    azj_device_ptr out = sim.allocate(4, "out");
    ASSERT_EQ(sim.launch("k", {1, 1, 1}, {1, 1, 1}, {Arg::of(out)}), "") << order;
    EXPECT_EQ(sim.download<uint32_t>(out, 1)[0], 1u) << order;
  }
}

TEST(LaunchControl, FormsAskForTheirTarget) {
  Sim sim(optionsFor("async=lazy"));
  std::string opcode = "clusterlaunchcontrol.try_cancel.async.mbarrier::complete_tx::bytes";
  std::string operands = ".b128 [%rd1], [%rd2];\n";
  EXPECT_EQ(sim.load(wrapKernel("", opcode + operands, "sm_100", "8.6")), "");
  EXPECT_NE(
      sim.load(wrapKernel("", opcode + ".multicast::cluster::all" + operands, "sm_100", "8.6"))
          .find("needs sm_100a"),
      std::string::npos);
  EXPECT_NE(sim.load(wrapKernel("", opcode + operands, "sm_100", "8.5")).find("needs PTX ISA 8.6"),
            std::string::npos);
}

TEST(LaunchControl, TheQueueGivesEachClusterOnce) {
  ClusterQueue queue(100);
  std::set<uint64_t> taken;
  uint64_t number, turn = 0;
  for (; turn % 3 == 0 ? queue.take(number) : queue.takeAny(turn * 7919, number); ++turn)
    EXPECT_TRUE(taken.insert(number).second) << number;
  EXPECT_EQ(taken.size(), 100u);
  EXPECT_EQ(*taken.rbegin(), 99u);
  EXPECT_FALSE(queue.take(number));
  EXPECT_FALSE(queue.takeAny(3, number));
}

} // namespace
} // namespace azulejo::sim::test
