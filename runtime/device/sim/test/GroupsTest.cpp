// This file tests commit groups.
#include "device/sim/async/Groups.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace azulejo::sim::async;

namespace {

TEST(Groups, WaitLeavesTheLatestPending) {
  Groups<int> groups;
  std::vector<int> done;
  auto perform = [&](int operation) { done.push_back(operation); };
  for (int i = 0; i < 4; ++i) {
    groups.issue(10 * i);
    groups.issue(10 * i + 1);
    groups.commit();
  }
  groups.issue(99);
  groups.wait(2, perform);
  EXPECT_EQ(done, (std::vector<int>{0, 1, 10, 11}));
  groups.wait(2, perform);
  EXPECT_EQ(done.size(), 4u);
  groups.wait(0, perform);
  EXPECT_EQ(done.size(), 8u);
  EXPECT_EQ(groups.uncommitted(), 1u);
  groups.waitAll(perform);
  EXPECT_EQ(done.back(), 99);
  EXPECT_EQ(groups.pending(), 0u);
}

TEST(Groups, EmptyGroupsCount) {
  Groups<int> groups;
  std::vector<int> done;
  auto perform = [&](int operation) { done.push_back(operation); };
  groups.issue(1);
  groups.commit();
  groups.commit();
  groups.wait(1, perform);
  EXPECT_EQ(done, std::vector<int>{1});
  EXPECT_EQ(groups.committedGroups(), 1u);
}

TEST(Groups, VisitingLeavesThemQueued) {
  Groups<int> groups;
  for (int i = 0; i < 3; ++i) {
    groups.issue(i);
    groups.commit();
  }
  std::vector<int> seen;
  groups.visit(1, [&](int &operation) { seen.push_back(operation); });
  EXPECT_EQ(seen, (std::vector<int>{0, 1}));
  EXPECT_EQ(groups.pending(), 3u);
}

TEST(Groups, RandomOrderPerformsEachOnce) {
  Groups<int> groups;
  for (int i = 0; i < 6; ++i) {
    groups.issue(i);
    if (i % 2)
      groups.commit();
  }
  groups.issue(6);
  std::vector<int> done;
  auto perform = [&](int operation) { done.push_back(operation); };
  for (uint64_t random : {4u, 17u, 2u})
    EXPECT_TRUE(groups.performOne(random, perform));
  EXPECT_EQ(done.front(), 4);
  groups.waitAll(perform);
  std::sort(done.begin(), done.end());
  EXPECT_EQ(done, (std::vector<int>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_FALSE(groups.performOne(0, perform));
}

} // namespace
