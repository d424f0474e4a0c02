// This file tests occupancy and the lower bounds of launches against numbers worked out by hand.
#include "prof/Roofline.h"
#include "prof/Occupancy.h"

#include <gtest/gtest.h>

namespace azulejo::sim {

namespace {
double seconds(const LowerBound &bound, Bound kind) {
  return bound.seconds[static_cast<unsigned>(kind)];
}

// A GPU of round numbers: 10 multiprocessors at 1 GHz.
const Gpu kRound = {"round", 80, 10, 1.0, 1000, 1.28, 0.64, 10, 5, 20, 0, 0, 1, 16};
} // namespace

TEST(Occupancy, LimitsOfAmpere) {
  const SmResources &sm = *findSmResources(80);
  // 64 warps of 8; 164 KiB of (24 + 1).
  Occupancy result = computeOccupancy(sm, 256, 24 << 10, 0);
  EXPECT_EQ(result.byThreads, 8u);
  EXPECT_EQ(result.byShared, 6u);
  EXPECT_EQ(result.byCtas, 32u);
  EXPECT_EQ(result.ctas, 6u);
  EXPECT_STREQ(result.limiter, "shared");
  EXPECT_EQ(result.least, 0u);
  // 100 threads are four warps; nothing but 1 KiB of the system's.
  result = computeOccupancy(sm, 100, 0, 2);
  EXPECT_EQ(result.byThreads, 16u);
  EXPECT_EQ(result.byShared, 164u);
  EXPECT_STREQ(result.limiter, "threads");
  EXPECT_EQ(result.least, 2u);
  // One warp each: 32 CTAs are all that there may be.
  result = computeOccupancy(sm, 32, 0, 0);
  EXPECT_EQ(result.ctas, 32u);
  EXPECT_STREQ(result.limiter, "ctas");
}

TEST(Occupancy, LimitsOfTuring) {
  // 32 warps of 32 bytes and more; no memory is the system's.
  Occupancy result = computeOccupancy(*findSmResources(75), 128, 32 << 10, 0);
  EXPECT_EQ(result.byThreads, 8u);
  EXPECT_EQ(result.byShared, 2u);
  EXPECT_EQ(computeOccupancy(*findSmResources(75), 64, 0, 0).ctas, 16u);
  EXPECT_EQ(findSmResources(70), nullptr);
}

TEST(Roofline, MemoryBound) {
  LaunchWork work;
  work.ctas = 10;
  work.dramSectors = 1 << 20; // 33,554,432 bytes at 1000 GB/s
  work.l2Sectors = 1 << 20;   // at 640 GB/s, 64 bytes a clock of ten multiprocessors
  LowerBound bound = boundLaunch(kRound, work);
  EXPECT_DOUBLE_EQ(seconds(bound, Bound::Dram), 33554432.0 / 1e12);
  EXPECT_DOUBLE_EQ(seconds(bound, Bound::L2), 33554432.0 / 640e9);
  EXPECT_EQ(bound.limiter, Bound::L2);
  EXPECT_DOUBLE_EQ(bound.total, 1.3e-6 + 33554432.0 / 640e9);
}

// 11 CTAs on 10 multiprocessors take as long as 20.
TEST(Roofline, UnevenCtas) {
  LaunchWork work;
  work.ctas = 11;
  work.tensorMacs[0] = 11 * 5000000; // f16, 10 TFLOP/s: 11 us when even
  work.tensorMacs[2] = 11 * 2500000; // tf32, 5 TFLOP/s: 11 us more
  work.fp32 = 110000;                // 64 operations each, 1.28 TFLOP/s: 5.5 us
  work.wavefronts = 11000;           // one a clock: 1.1 us
  work.special = 11000;              // two clocks each: 2.2 us
  work.issued = 44000;               // four a clock: 1.1 us
  LowerBound bound = boundLaunch(kRound, work);
  double uneven = 20.0 / 11;
  EXPECT_NEAR(seconds(bound, Bound::Tensor), uneven * 22e-6, 1e-12);
  EXPECT_NEAR(seconds(bound, Bound::Fp32), uneven * 5.5e-6, 1e-12);
  EXPECT_NEAR(seconds(bound, Bound::Shared), uneven * 1.1e-6, 1e-12);
  EXPECT_NEAR(seconds(bound, Bound::Special), uneven * 2.2e-6, 1e-12);
  EXPECT_NEAR(seconds(bound, Bound::Issue), uneven * 1.1e-6, 1e-12);
  EXPECT_EQ(bound.limiter, Bound::Tensor);
  EXPECT_NEAR(bound.total, 1.3e-6 + 40e-6, 1e-12);
}

TEST(Roofline, SmallLaunchesAreLimitedByTheirStart) {
  LaunchWork work;
  work.ctas = 1;
  work.dramSectors = 10;
  work.tensorMacs[4] = 100; // fp8, which this GPU lacks
  LowerBound bound = boundLaunch(kRound, work);
  EXPECT_EQ(bound.limiter, Bound::Launch);
  EXPECT_EQ(bound.unknownMacs, 100u);
  EXPECT_STREQ(boundName(bound.limiter), "launch");
}

// 4096^3 in f16 on an H100: 2 * 2^36 / 989e12 s; CTAs of 128 x 128 fill 8 rounds of 132 with 1024.
TEST(Roofline, LargeProductOnHopper) {
  LaunchWork work;
  work.ctas = 1024;
  work.tensorMacs[0] = uint64_t{1} << 36;
  LowerBound bound = boundLaunch(*findRooflineGpu("sm_90a"), work);
  EXPECT_NEAR(bound.total, 1.3e-6 + 137438953472.0 / 989e12 * (8 * 132.0 / 1024), 1e-12);
}

TEST(Roofline, SumsNameWhatLimitsMostTime) {
  BoundSums sums;
  LaunchWork small, large;
  small.ctas = large.ctas = 10;
  large.dramSectors = 1 << 20;
  for (int i = 0; i < 3; ++i)
    sums.add(boundLaunch(kRound, small));
  EXPECT_EQ(sums.limiter(), Bound::Launch);
  sums.add(boundLaunch(kRound, large));
  EXPECT_EQ(sums.limiter(), Bound::Dram);
  EXPECT_NEAR(sums.total, 4 * 1.3e-6 + 33554432.0 / 1e12, 1e-12);
}

TEST(Roofline, GpusHaveNamesSeriesAndArchitectures) {
  EXPECT_STREQ(findRooflineGpu("ND_H200_v5")->name, "h200");
  EXPECT_STREQ(findRooflineGpu("NCasT4_v3")->name, "t4");
  EXPECT_STREQ(findRooflineGpu("sm_100f")->name, "b200");
  EXPECT_STREQ(findRooflineGpu("A100")->name, "a100");
  EXPECT_EQ(findRooflineGpu("sm_87"), nullptr);
  EXPECT_EQ(findRooflineGpu(""), nullptr);
}

} // namespace azulejo::sim
