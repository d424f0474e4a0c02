// This file tests how buffers are packed: by hand, and by what must hold for random ones.
#include "lib/Scheduling/BufferPacking.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

using namespace azulejo;

static void expectNoOverlap(const std::vector<PackedBuffer> &buffers, int64_t total) {
  for (size_t i = 0; i < buffers.size(); ++i) {
    EXPECT_GE(buffers[i].offset, 0);
    EXPECT_LE(buffers[i].offset + buffers[i].size, total);
    for (size_t j = 0; j < i; ++j) {
      if (!buffers[i].lifetime.overlaps(buffers[j].lifetime))
        continue;
      EXPECT_TRUE(buffers[i].offset + buffers[i].size <= buffers[j].offset ||
                  buffers[j].offset + buffers[j].size <= buffers[i].offset)
          << "buffers " << i << " and " << j;
    }
  }
}

TEST(BufferPacking, NothingNeedsNothing) {
  EXPECT_EQ(packBuffers({}), 0);
  EXPECT_EQ(maxLive({}), 0);
}

TEST(BufferPacking, LifetimesIncludeBothEnds) {
  EXPECT_TRUE((Lifetime{0, 1}).overlaps({1, 2}));
  EXPECT_FALSE((Lifetime{0, 1}).overlaps({2, 3}));
}

TEST(BufferPacking, AChainNeedsTwoPlaces) {
  std::vector<PackedBuffer> buffers;
  for (unsigned step = 0; step < 10; ++step)
    buffers.push_back({{step, step + 1}, 100, 0});
  EXPECT_EQ(packBuffers(buffers), 200);
  EXPECT_EQ(maxLive(buffers), 200);
  expectNoOverlap(buffers, 200);
}

TEST(BufferPacking, TakesTheSmallestGapThatFits) {
  // While the last buffer lives, gaps of 300 and 100 stand between others; 100 must be taken.
  std::vector<PackedBuffer> buffers = {{{0, 9}, 1000, 0}, {{0, 1}, 300, 0}, {{0, 9}, 290, 0},
                                       {{0, 1}, 100, 0},  {{0, 9}, 90, 0},  {{2, 9}, 80, 0}};
  EXPECT_EQ(packBuffers(buffers), 1780);
  EXPECT_EQ(buffers[5].offset, buffers[3].offset);
  expectNoOverlap(buffers, 1780);
}

TEST(BufferPacking, RandomBuffersNeverOverlapAndStayNearTheBound) {
  std::mt19937 random(7);
  double worst = 0;
  for (int round = 0; round < 200; ++round) {
    std::vector<PackedBuffer> buffers;
    for (int i = 0; i < 60; ++i) {
      unsigned first = random() % 50;
      buffers.push_back({{first, first + static_cast<unsigned>(random() % 8)},
                         static_cast<int64_t>(random() % 1000),
                         0});
    }
    int64_t total = packBuffers(buffers);
    int64_t bound = maxLive(buffers);
    expectNoOverlap(buffers, total);
    EXPECT_GE(total, bound);
    worst = std::max(worst, static_cast<double>(total) / bound);
  }
  EXPECT_LT(worst, 1.5);
}
