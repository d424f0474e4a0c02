// This file tests what is found of setmaxnreg, which has no effect on values.
#include "test/SimHarness.h"

namespace azulejo::sim::test {
namespace {

std::string run(const std::string &body, uint32_t threads) {
  Sim sim("sm=90,checks=all");
  std::string error = sim.load(wrapKernel(
      "", "mov.u32 %r1, %tid.x;\nshr.u32 %r2, %r1, 7;\nsetp.eq.u32 %p1, %r2, 0;\n" + body, "sm_90a",
      "8.0"));
  return error.empty() ? sim.launch("k", {1, 1, 1}, {threads, 1, 1}, {}) : error;
}

// The first warpgroup executes `first`, the others `second`.
std::string split(const std::string &first, const std::string &second) {
  return "@!%p1 bra OTHERS;\n" + first + "bra END;\nOTHERS:\n" + second + "END:\n";
}

std::string set(const char *direction, unsigned count) {
  return "setmaxnreg." + std::string(direction) + ".sync.aligned.u32 " + std::to_string(count) +
         ";\n";
}

TEST(Registers, ProducersGiveWhatConsumersTake) {
  EXPECT_EQ(run(split(set("dec", 24), set("inc", 240)), 384), "");
  EXPECT_EQ(run(split(set("dec", 40), set("inc", 232)), 384), "");
}

TEST(Registers, BlockHasNoMoreThanAMultiprocessor) {
  std::string error = run(split(set("dec", 40), set("inc", 240)), 384);
  EXPECT_NE(error.find("ask for 66560 registers, a block has 65536 at the most"), std::string::npos)
      << error;
}

TEST(Registers, DirectionsAreMeant) {
  EXPECT_NE(run(set("dec", 200), 512).find("takes no more registers than the thread has, 128 at"),
            std::string::npos);
  EXPECT_NE(run(set("dec", 64) + set("inc", 40), 128)
                .find("takes no fewer registers than the thread has, 64, got 40"),
            std::string::npos);
  EXPECT_NE(run(set("dec", 20), 128).find("a multiple of 8 in 24..256, got 20"), std::string::npos);
}

TEST(Registers, WarpgroupsActTogether) {
  EXPECT_NE(run("setp.eq.u32 %p2, %r1, 3;\n@%p2 bra END;\n" + set("dec", 40) + "END:\n", 128)
                .find("executed by a part of the warp"),
            std::string::npos);
  std::string oneWarp = "setp.lt.u32 %p2, %r1, 32;\n@!%p2 bra END;\n" + set("dec", 40) + "END:\n";
  EXPECT_NE(run(oneWarp, 128).find("must be executed by all warps of the warpgroup"),
            std::string::npos);
  std::string differ = "setp.lt.u32 %p2, %r1, 32;\n@!%p2 bra B;\n" + set("dec", 40) +
                       "bra END;\nB:\n" + set("dec", 48) + "END:\n";
  EXPECT_NE(run(differ, 128).find("must execute the same setmaxnreg"), std::string::npos);
}

} // namespace
} // namespace azulejo::sim::test
