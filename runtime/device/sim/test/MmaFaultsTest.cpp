// This file tests what is wrong with the operands of mma.sync beside its matrices, and what it
// counts.
#include "test/SimHarness.h"

namespace azulejo::sim::test {
namespace {

// Registers r1 … r40 are zero, or ones where a test says so.
std::string kernelWith(const std::string &setup, const std::string &instruction) {
  std::string body;
  for (int i = 1; i <= 40; ++i)
    body += "mov.b32 %r" + std::to_string(i) + ", 0;\n";
  return body + setup + instruction + ";\n";
}

std::string loadOn(const std::string &target, const std::string &body) {
  Sim sim("sm=" + target.substr(3, target.find('a') - 3));
  return sim.load(wrapKernel("", body, target, "9.0"));
}

std::string runOn(const std::string &target, const std::string &body) {
  Sim sim("sm=" + target.substr(3, target.find('a') - 3) + ",checks=all");
  EXPECT_EQ(sim.load(wrapKernel("", body, target, "9.0")), "");
  return sim.launch("k", {1, 1, 1}, {32, 1, 1}, {});
}

const char kMatrices[] = " {%r50, %r51, %r52, %r53}, {%r1, %r2}, {%r3, %r4}, {%r5, %r6, %r7, %r8}";
const char kScaled[] =
    "mma.sync.aligned.m16n8k64.row.col.kind::mxf4.block_scale.scale_vec::2X.f32.e2m1.e2m1.f32."
    "ue8m0 "
    "{%r50, %r51, %r52, %r53}, {%r1, %r2, %r3, %r4}, {%r5, %r6}, {%r7, %r8, %r9, %r10}, ";

TEST(MmaFaults, MetadataThatPlaceNothingAreFound) {
  std::string sparse =
      "mma.sp.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32" + std::string(kMatrices) + ", %r9, 2";
  std::string ordered = sparse;
  ordered.replace(4, 2, "sp::ordered_metadata");
  // Lanes 2, 6, … have the metadata.
  std::string good = "mov.u32 %r11, %laneid;\nand.b32 %r11, %r11, 3;\nsetp.eq.u32 %p1, %r11, 2;\n"
                     "selp.b32 %r9, 0x44444444, 0, %p1;\n";
  EXPECT_EQ(runOn("sm_80", kernelWith(good, sparse)), "");
  std::string error = runOn("sm_80", kernelWith("", sparse));
  EXPECT_NE(error.find("the metadata place no half of chunk 0 of row 0: the indices are 0 and 0"),
            std::string::npos)
      << error;
  std::string falling = "mov.b32 %r9, 0x44441444;\n";
  EXPECT_EQ(runOn("sm_80", kernelWith(falling, sparse)), "");
  error = runOn("sm_80", kernelWith(falling, ordered));
  EXPECT_NE(error.find("chunk 3 of row 0: the indices are 1 and 0"), std::string::npos) << error;
}

TEST(MmaFaults, SelectorsOutOfRangeAreRefused) {
  std::string sparse =
      "mma.sp.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32" + std::string(kMatrices) + ", %r9, 4";
  std::string error = loadOn("sm_80", kernelWith("", sparse));
  EXPECT_NE(error.find("the sparsity selector must be 0 to 3, got 4"), std::string::npos) << error;
  error = loadOn("sm_120a", kernelWith("", kScaled + std::string("%r11, {1, 0}, %r12, {0, 0}")));
  EXPECT_NE(error.find("the byte selector must be a multiple of 2 below 4 and the thread selector "
                       "below 2, got {1, 0}"),
            std::string::npos)
      << error;
  error = loadOn("sm_120a", kernelWith("", kScaled + std::string("%r11, {2, 1}, %r12, {0, 4}")));
  EXPECT_NE(error.find("got {0, 4}"), std::string::npos) << error;
  error = loadOn("sm_120a", kernelWith("", kScaled + std::string("%r11, 0, %r12, {0, 4}")));
  EXPECT_NE(error.find("expected a byte and a thread selector in braces"), std::string::npos);
}

// In registers they are known when the instruction runs.
TEST(MmaFaults, SelectorsInRegistersAreChecked) {
  auto run = [](const std::string &setup) {
    return runOn("sm_120a", kernelWith("mov.b16 %h1, 0;\nmov.b16 %h2, 1;\n" + setup,
                                       kScaled + std::string("%r11, {%h1, %h2}, %r12, {2, 3}")));
  };
  EXPECT_EQ(run(""), "");
  EXPECT_NE(run("mov.b16 %h1, 3;\n").find("got {3, 1}"), std::string::npos);
  EXPECT_NE(run("mov.u32 %r20, %laneid;\nshr.u32 %r20, %r20, 4;\ncvt.u16.u32 %h2, %r20;\n")
                .find("the lanes of the warp give different selectors of scales"),
            std::string::npos);
}

TEST(MmaFaults, MultiplyAddsAreCountedByType) {
  struct Case {
    const char *instruction, *target, *counted;
  };
  const Case cases[] = {
      {"mma.sync.aligned.m8n8k32.row.col.s32.s4.u4.s32 {%r50, %r51}, {%r1}, {%r2}, {%r3, %r4}",
       "sm_75", "\"int4\": 2048"},
      {"mma.sync.aligned.m8n8k128.row.col.s32.b1.b1.s32.xor.popc {%r50, %r51}, {%r1}, {%r2}, {%r3, "
       "%r4}",
       "sm_75", "\"int1\": 8192"},
      {"mma.sync.aligned.m8n8k4.row.col.f16.f16.f16.f16 {%r50, %r51, %r52, %r53}, {%r1, %r2}, "
       "{%r3, "
       "%r4}, {%r5, %r6, %r7, %r8}",
       "sm_75", "\"f16\": 1024"},
      {"mma.sp.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%r50, %r51, %r52, %r53}, {%r1, %r2}, "
       "{%r3, %r4}, {%r5, %r6, %r7, %r8}, %r9, 0",
       "sm_80", "\"int8\": 2048"}, // of the stored elements
  };
  for (const Case &c : cases) {
    std::string target = c.target;
    Sim sim("sm=" + target.substr(3));
    ASSERT_EQ(sim.load(wrapKernel("", kernelWith("mov.b32 %r9, 0x44444444;\n", c.instruction),
                                  target, "8.0")),
              "");
    ASSERT_EQ(sim.launch("k", {1, 1, 1}, {32, 1, 1}, {}), "");
    EXPECT_NE(sim.report().find(c.counted), std::string::npos) << sim.report();
  }
}

} // namespace
} // namespace azulejo::sim::test
