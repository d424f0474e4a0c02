// This file tests the check of what the host reads from global memory.
#include "test/SimHarness.h"

namespace azulejo::sim::test {
namespace {

// A kernel that leaves the second of four words as it was.
TEST(HostRead, OfWhatNothingHasWrittenIsFound) {
  for (const char *checks : {"all", "mem,race,sync"}) {
    Sim sim(std::string("sm=80,checks=") + checks);
    ASSERT_EQ(sim.load(wrapKernel(".param .u64 out",
                                  "ld.param.u64 %rd1, [out];\nst.global.b32 [%rd1], 1;\n"
                                  "st.global.v2.b32 [%rd1+8], {2, 3};\n")),
              "");
    azj_device_ptr out = sim.allocate(16, "out");
    EXPECT_EQ(sim.launch("k", {1, 1, 1}, {1, 1, 1}, {Arg::of(out)}), "");
    sim.download<uint32_t>(out, 1);
    sim.download<uint32_t>(out + 8, 2);
    EXPECT_EQ(sim.findings(), 0u);
    EXPECT_EQ(sim.download<uint32_t>(out, 4)[3], 3u);
    bool isChecked = std::string(checks) == "all";
    EXPECT_EQ(sim.findings(), isChecked ? 1u : 0u);
    EXPECT_EQ(sim.report().find("the host reads 16 bytes of 'out', of which nothing has written 4, "
                                "the first at +4") != std::string::npos,
              isChecked);
  }
}

// What a launch with a finding leaves unwritten is no further finding.
TEST(HostRead, IsNotToldBehindAnotherFinding) {
  Sim sim("sm=80,checks=all");
  ASSERT_EQ(sim.load(wrapKernel(".param .u64 out", "ld.param.u64 %rd1, [out];\n"
                                                   "st.global.b32 [%rd1+4], 1;\n")),
            "");
  azj_device_ptr out = sim.allocate(4, "out");
  EXPECT_NE(sim.launch("k", {1, 1, 1}, {1, 1, 1}, {Arg::of(out)}), "");
  sim.download<uint32_t>(out, 1);
  EXPECT_EQ(sim.findings(), 1u);
}

} // namespace
} // namespace azulejo::sim::test
