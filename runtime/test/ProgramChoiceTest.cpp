// This file tests session/ProgramChoice and device/PtxVersions.
#include "session/ProgramChoice.h"
#include "TestBundle.h"
#include "device/PtxVersions.h"

#include <gtest/gtest.h>

#include <cstring>

using namespace azulejo::runtime;
using namespace azulejo::runtime::test;

namespace {

struct ProgramSpec {
  std::vector<std::string> targets;
  uint32_t ptx;
};

// Returns the index of the chosen program as text, or the fault.
std::string choose(const std::vector<ProgramSpec> &specs, int32_t sm, int32_t maxPtx = 90) {
  Plan plan;
  for (const ProgramSpec &spec : specs) {
    PlanProgram program;
    for (const std::string &target : spec.targets) {
      program.targets.push_back(*format::parseTarget(target));
      program.targetText += (program.targetText.empty() ? "" : ",") + target;
    }
    program.kernels.emplace_back();
    program.kernels.back().ptxVersion = spec.ptx;
    plan.programs.push_back(program);
  }
  azj_device_info device = {};
  strcpy(device.name, "GPU");
  device.sm = sm;
  device.max_ptx = maxPtx;
  uint32_t index = 0;
  std::string fault = take(chooseProgram(plan, device, index));
  return fault.empty() ? std::to_string(index) : fault;
}

const std::vector<ProgramSpec> all = {{{"sm_75"}, 63},   {{"sm_80", "sm_86"}, 70},
                                      {{"sm_90a"}, 80},  {{"sm_100a"}, 86},
                                      {{"sm_100f"}, 88}, {{"sm_120"}, 87}};

TEST(ProgramChoice, FollowsTheRules) {
  EXPECT_EQ(choose(all, 75), "0");
  EXPECT_EQ(choose(all, 80), "1");
  EXPECT_EQ(choose(all, 86), "1");
  EXPECT_EQ(choose(all, 89), "1");
  EXPECT_EQ(choose(all, 90), "2");
  EXPECT_EQ(choose(all, 100), "3");
  EXPECT_EQ(choose(all, 103), "4");
  EXPECT_EQ(choose(all, 110), "1");
  EXPECT_EQ(choose(all, 120), "5");
  EXPECT_EQ(choose(all, 121), "5");
}

TEST(ProgramChoice, PassesOverWhatTheDriverCannotLoad) {
  EXPECT_EQ(choose(all, 90, 78), "1");
  EXPECT_EQ(choose(all, 103, 87), "1");
  EXPECT_EQ(choose({{{"sm_90a"}, 80}}, 90, 78),
            "unsupported: the program for sm_90a needs PTX 8.0, but GPU loads at most 7.8; install "
            "driver R525 (CUDA 12.0) or newer");
}

TEST(ProgramChoice, NamesTheTargetsThatAreThere) {
  EXPECT_EQ(
      choose({{{"sm_90a"}, 80}, {{"sm_100f"}, 88}}, 80),
      "unsupported: the bundle has no program for sm_80 (GPU); it has sm_90a,sm_100f; compile "
      "it with --target=sm_80");
}

TEST(PtxVersions, FollowCuda) {
  EXPECT_EQ(newestPtxOfDriver(12030), 83);
  EXPECT_EQ(newestPtxOfDriver(12060), 85);
  EXPECT_EQ(newestPtxOfDriver(13000), 90);
  EXPECT_EQ(newestPtxOfDriver(11085), 78);
  EXPECT_GE(newestPtxOfDriver(99000), 90);
  EXPECT_EQ(newestPtxOfDriver(9020), 0);
  EXPECT_EQ(driverForPtx(84).driverBranch, 550);
  EXPECT_EQ(driverForPtx(79).driverBranch, 525);
  EXPECT_EQ(driverForPtx(999).cudaMajor, 0);
}

TEST(Targets, Parse) {
  EXPECT_EQ(format::parseTarget("sm_90a")->suffix, 'a');
  EXPECT_EQ(format::parseTarget("sm_120")->sm, 120);
  for (const char *text : {"", "sm_", "sm_8", "sm_90b", "sm_-90", "SM_90", "sm_99999", "90"})
    EXPECT_FALSE(format::parseTarget(text)) << text;
}

} // namespace
