// This file tests the state machine of mbarriers and the faults that it reports.
#include "device/sim/async/Mbarrier.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

using namespace azulejo::sim::async;

namespace {

bool passes(const MbarrierTable &table, uint32_t address, uint32_t parity) {
  bool done = false;
  EXPECT_EQ(table.testParity(address, parity, &done), MbarrierFault::None);
  return done;
}

TEST(Mbarrier, FreshOnePassesParityOne) {
  MbarrierTable table;
  ASSERT_EQ(table.init(16, 2), MbarrierFault::None);
  EXPECT_TRUE(passes(table, 16, 1));
  EXPECT_FALSE(passes(table, 16, 0));
}

TEST(Mbarrier, PhaseNeedsArrivalsAndBytes) {
  MbarrierTable table;
  ASSERT_EQ(table.init(0, 1), MbarrierFault::None);
  uint64_t token = 0;
  ASSERT_EQ(table.arriveExpectTx(0, 4096, &token), MbarrierFault::None);
  EXPECT_EQ(pendingCount(token), 1u);
  EXPECT_FALSE(passes(table, 0, 0));
  ASSERT_EQ(table.completeTx(0, 4095), MbarrierFault::None);
  EXPECT_FALSE(passes(table, 0, 0));
  bool done = true;
  ASSERT_EQ(table.testWait(0, token, &done), MbarrierFault::None);
  EXPECT_FALSE(done);
  ASSERT_EQ(table.completeTx(0, 1), MbarrierFault::None);
  EXPECT_TRUE(passes(table, 0, 0));
  EXPECT_FALSE(passes(table, 0, 1));
  ASSERT_EQ(table.testWait(0, token, &done), MbarrierFault::None);
  EXPECT_TRUE(done);
  EXPECT_EQ(table.find(0)->pending, 1u);
}

// Bytes may come before they are announced, while an arrival is pending.
TEST(Mbarrier, BytesMayComeFirst) {
  MbarrierTable table;
  ASSERT_EQ(table.init(8, 1), MbarrierFault::None);
  ASSERT_EQ(table.completeTx(8, 128), MbarrierFault::None);
  EXPECT_FALSE(passes(table, 8, 0));
  ASSERT_EQ(table.arriveExpectTx(8, 128, nullptr), MbarrierFault::None);
  EXPECT_TRUE(passes(table, 8, 0));
}

TEST(Mbarrier, DroppedArrivalsAreGoneFromLaterPhases) {
  MbarrierTable table;
  ASSERT_EQ(table.init(0, 3), MbarrierFault::None);
  ASSERT_EQ(table.arriveDrop(0, 1, nullptr), MbarrierFault::None);
  ASSERT_EQ(table.arrive(0, 2, nullptr), MbarrierFault::None);
  EXPECT_EQ(table.find(0)->phase, 1u);
  EXPECT_EQ(table.find(0)->pending, 2u);
}

TEST(Mbarrier, CpAsyncAddsAPendingArrival) {
  MbarrierTable table;
  ASSERT_EQ(table.init(0, 1), MbarrierFault::None);
  ASSERT_EQ(table.addPending(0), MbarrierFault::None);
  ASSERT_EQ(table.arrive(0, 1, nullptr), MbarrierFault::None);
  EXPECT_FALSE(passes(table, 0, 0));
  ASSERT_EQ(table.arrive(0, 1, nullptr), MbarrierFault::None);
  EXPECT_TRUE(passes(table, 0, 0));
  EXPECT_EQ(table.find(0)->pending, 1u);
}

TEST(Mbarrier, FaultsAreReportedAndChangeNothing) {
  MbarrierTable table;
  bool done = false;
  EXPECT_EQ(table.init(4, 1), MbarrierFault::Misaligned);
  EXPECT_EQ(table.init(8, 0), MbarrierFault::CountOutOfRange);
  EXPECT_EQ(table.init(8, 1u << 20), MbarrierFault::CountOutOfRange);
  EXPECT_EQ(table.arrive(8, 1, nullptr), MbarrierFault::NotInitialised);
  EXPECT_EQ(table.testParity(8, 0, &done), MbarrierFault::NotInitialised);
  EXPECT_EQ(table.invalidate(8), MbarrierFault::NotInitialised);
  ASSERT_EQ(table.init(8, 2), MbarrierFault::None);
  EXPECT_EQ(table.init(8, 2), MbarrierFault::AlreadyInitialised);
  EXPECT_EQ(table.arrive(8, 3, nullptr), MbarrierFault::TooManyArrivals);
  EXPECT_EQ(table.arrive(8, 0, nullptr), MbarrierFault::CountOutOfRange);
  EXPECT_EQ(table.arriveNoComplete(8, 2, nullptr), MbarrierFault::CompletesPhase);
  EXPECT_EQ(table.expectTx(8, 1u << 20), MbarrierFault::TxOutOfRange);
  EXPECT_EQ(table.completeTx(8, 1u << 20), MbarrierFault::TxOutOfRange);
  EXPECT_EQ(table.find(8)->pending, 2u);
  EXPECT_EQ(table.find(8)->tx, 0);
  uint64_t token = 0;
  ASSERT_EQ(table.arrive(8, 2, &token), MbarrierFault::None);
  ASSERT_EQ(table.arrive(8, 2, nullptr), MbarrierFault::None);
  EXPECT_EQ(table.testWait(8, token, &done), MbarrierFault::StaleToken);
  ASSERT_EQ(table.invalidate(8), MbarrierFault::None);
  EXPECT_EQ(table.find(8), nullptr);
  EXPECT_STREQ(describe(MbarrierFault::Misaligned), "mbarrier address is not a multiple of 8");
}

TEST(Mbarrier, StoresOverLiveObjectsAreSeen) {
  MbarrierTable table;
  ASSERT_EQ(table.init(64, 1), MbarrierFault::None);
  EXPECT_TRUE(table.overlaps(64, 8));
  EXPECT_TRUE(table.overlaps(71, 1));
  EXPECT_TRUE(table.overlaps(60, 5));
  EXPECT_FALSE(table.overlaps(60, 4));
  EXPECT_FALSE(table.overlaps(72, 100));
}

// Random use against a count kept in the simplest way.
TEST(Mbarrier, RandomUseAgreesWithPlainCounts) {
  std::mt19937 random(1);
  MbarrierTable table;
  const uint32_t expected = 5;
  ASSERT_EQ(table.init(0, expected), MbarrierFault::None);
  uint32_t arrived = 0, phases = 0;
  int64_t announced = 0, came = 0;
  for (int i = 0; i < 20000; ++i) {
    switch (random() % 3) {
    case 0:
      if (arrived < expected) {
        ASSERT_EQ(table.arrive(0, 1, nullptr), MbarrierFault::None);
        ++arrived;
      }
      break;
    case 1:
      if (arrived < expected && announced - came < 1000) {
        ASSERT_EQ(table.expectTx(0, 16), MbarrierFault::None);
        announced += 16;
        continue; // announcing completes nothing
      }
      break;
    default:
      if (announced - came >= 16) {
        ASSERT_EQ(table.completeTx(0, 16), MbarrierFault::None);
        came += 16;
      }
    }
    if (arrived == expected && announced == came) {
      ++phases;
      arrived = 0;
    }
    ASSERT_EQ(table.find(0)->phase, phases);
    ASSERT_EQ(table.find(0)->pending, expected - arrived);
    ASSERT_EQ(passes(table, 0, 1), phases % 2 == 0);
  }
  EXPECT_GT(phases, 100u);
}

} // namespace
