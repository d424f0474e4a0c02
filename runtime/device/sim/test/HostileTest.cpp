// This file tests that texts made to hurt are refused or reported: what fuzzing found, and short
// texts that ask for much.
#include "test/SimHarness.h"

namespace azulejo::sim::test {
namespace {

// What loading the kernel of that body says.
std::string loadBody(const std::string &body) {
  Sim sim;
  return sim.load(wrapKernel(".param .u64 p", body));
}

void expectRefused(const std::string &message, const std::string &part) {
  EXPECT_NE(message.find(part), std::string::npos) << message.substr(0, 300);
}

std::string repeat(const std::string &text, size_t count) {
  std::string all;
  for (size_t i = 0; i < count; ++i)
    all += text;
  return all;
}

TEST(Hostile, BranchWithoutALabel) {
  expectRefused(loadBody("@%p1 bra ;"), "expected a label, got 0 operands");
  expectRefused(loadBody("x: bra x, x;"), "2 operands");
  expectRefused(loadBody("exit 1;"), "expected 0 operands, got 1");
}

TEST(Hostile, VersionsBeforeTheirTarget) {
  Sim sim("sm=90");
  auto load = [&](const std::string &version, const std::string &target) {
    return sim.load(".version " + version + "\n.target " + target + "\n");
  };
  expectRefused(load("7.7", "sm_90"), "target sm_90 needs PTX ISA 7.8, the module says 7.7");
  expectRefused(load("6.4", "sm_80"), "needs PTX ISA 7.0, the module says 6.4");
  EXPECT_EQ(load("7.8", "sm_90"), "");
}

// What launching the kernel of that body with every check says.
std::string launchBody(const std::string &body) {
  Sim sim("sm=90,checks=all,limit=64");
  EXPECT_EQ(sim.load(wrapKernel(".param .u64 p", body, "sm_90", "8.0")), "");
  return sim.launch("k", {1, 1, 1}, {64, 1, 1}, {Arg::of(sim.allocate(4096))});
}

TEST(Hostile, MbarriersOutsideOfSharedMemory) {
  for (const char *text :
       {"cp.async.mbarrier.arrive.noinc.shared::cta.b64 [%rd1];",
        "mbarrier.init.shared.b64 [%rd1], 1;", "mbarrier.arrive.shared.b64 _, [%rd1];"})
    expectRefused(launchBody("mov.b64 %rd1, 0xfffff0;\n" + std::string(text)),
                  "mbarrier outside any shared variable");
}

TEST(Hostile, CallsThatInlineToMuch) {
  std::string text = ".version 8.0\n.target sm_80\n.func f0()\n{ .reg .b32 %r<9>; ret; }\n";
  for (int i = 1; i <= 40; ++i)
    text += ".func f" + std::to_string(i) + "()\n{ call f" + std::to_string(i - 1) + "; call f" +
            std::to_string(i - 1) + "; ret; }\n";
  Sim sim;
  expectRefused(sim.load(text + ".entry k()\n{ call f40; ret; }\n"), "once calls are inlined");
}

TEST(Hostile, Registers) {
  expectRefused(loadBody(".reg .b32 %many<1048577>;"), "more than 1048576 registers");
  std::string text = ".version 8.0\n.target sm_80\n";
  for (int i = 0; i < 40; ++i)
    text += ".func f" + std::to_string(i) + "()\n{ .reg .b32 %r<1048576>; ret; }\n";
  Sim sim;
  expectRefused(sim.load(text), "the module has more than 16777216 registers");
  expectRefused(loadBody(".reg .b32 %many<1000000>;\n" + repeat("bar.sync 0;\n", 20000)),
                "is too large: it has ");
}

TEST(Hostile, Memory) {
  expectRefused(loadBody(".local .b8 x[600000];\nst.local.u8 [x], 1;"),
                "more than 512 KiB of local memory");
  expectRefused(loadBody(".shared .b8 x[50000];\nst.shared.u8 [x], 1;"),
                "more than 49152 bytes of static shared memory");
  Sim sim;
  expectRefused(sim.load(".version 8.0\n.target sm_80\n.global .b8 a[700000000], b[700000000];\n"),
                "take more than 1 GiB");
  expectRefused(sim.load(".version 8.0\n.target sm_80\n.global .b8 a[3000000000];\n"),
                "larger than 2 GiB");
}

TEST(Hostile, Nesting) {
  expectRefused(loadBody(repeat("{", 1000)), "nested too deeply");
  expectRefused(loadBody("mov.b64 %rd1, " + repeat("{", 1000)), "nested too deeply");
  Sim sim;
  expectRefused(sim.load(".version 8.0\n.target sm_80\n.global .b8 a[4] = " + repeat("{", 1000)),
                "nested too deeply");
}

TEST(Hostile, ListsOfBranchTargets) {
  std::string list = "t: .branchtargets a" + repeat(",a", 4000) + ";\na:\n";
  expectRefused(loadBody(list + repeat("brx.idx %r1, t;\n", 4000)), "more than 1048576 targets");
}

} // namespace
} // namespace azulejo::sim::test
