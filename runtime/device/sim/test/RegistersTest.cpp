// This file tests what is found of setmaxnreg, which has no effect on values.
#include "test/SimHarness.h"

namespace azulejo::sim::test {
namespace {

// `directives` stand between the kernel's parameters and its body.
std::string run(const std::string &body, uint32_t threads, const std::string &directives = "") {
  Sim sim("sm=90,checks=all");
  std::string ptx = wrapKernel(
      "", "mov.u32 %r1, %tid.x;\nshr.u32 %r2, %r1, 7;\nsetp.eq.u32 %p1, %r2, 0;\n" + body, "sm_90a",
      "8.0");
  ptx.insert(ptx.find("{\n.reg"), directives + "\n");
  std::string error = sim.load(ptx);
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

// ptxas takes the count at entry from .maxnreg, or from .minnctapersm and the size of the block:
// for 384 threads these are 168 registers.
TEST(Registers, BlocksHaveWhatTheyAreStartedWith) {
  const std::string kFit = split(set("dec", 24), set("inc", 240)),
                    kTooMuch = split(set("dec", 32), set("inc", 240));
  for (const char *directives :
       {".maxnreg 168", ".maxntid 384\n.minnctapersm 1", ".reqntid 384\n.minnctapersm 1"}) {
    EXPECT_EQ(run(kFit, 384, directives), "") << directives;
    std::string error = run(kTooMuch, 384, directives);
    EXPECT_NE(error.find("ask for 65536 registers, a block of this kernel is started with 64512"),
              std::string::npos)
        << directives << error;
  }
  // Without both it is not known, and the multiprocessor is the limit.
  EXPECT_EQ(run(kTooMuch, 384, ".maxntid 384"), "");
  EXPECT_EQ(run(kTooMuch, 384, ".minnctapersm 1"), "");
  EXPECT_NE(run(kFit, 384, ".maxnreg 160").find("started with 61440"), std::string::npos);
  // Two blocks of 384 threads have 80 registers each, of which 100 would be too many.
  EXPECT_NE(run(split(set("dec", 24), set("inc", 112)), 384, ".maxntid 384\n.minnctapersm 2")
                .find("ask for 31744 registers, a block of this kernel is started with 30720"),
            std::string::npos);
  EXPECT_EQ(run(split(set("dec", 24), set("inc", 104)), 384, ".maxntid 384\n.minnctapersm 2"), "");
}

TEST(Registers, MaxnregIsWhatAThreadHasAtFirst) {
  EXPECT_EQ(run(set("dec", 64), 128, ".maxnreg 64"), "");
  EXPECT_NE(run(set("dec", 72), 128, ".maxnreg 64").find("than the thread has, 64, got 72"),
            std::string::npos);
  EXPECT_EQ(run(split(set("dec", 56), set("inc", 72)), 256, ".maxnreg 64"), "");
  EXPECT_NE(run(set("inc", 160), 384, ".maxnreg 168").find("than the thread has, 168, got 160"),
            std::string::npos);
  EXPECT_NE(run(set("dec", 24), 384, ".maxnreg 200")
                .find("1 blocks of 384 threads with 200 registers each need 76800, a "
                      "multiprocessor has 65536"),
            std::string::npos);
  EXPECT_NE(run(set("dec", 24), 384, ".maxnreg 128\n.minnctapersm 2")
                .find("2 blocks of 384 threads with 128 registers each need 98304"),
            std::string::npos);
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
