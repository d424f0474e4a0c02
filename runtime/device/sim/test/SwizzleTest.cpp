// This file tests swizzles against the XOR of chunk and row numbers that they stand for.
#include "device/sim/async/Swizzle.h"

#include <gtest/gtest.h>

#include <set>

using namespace azulejo::sim::async;

namespace {

// A row is 128 bytes: chunk c of row r moves as these formulas of the row say.
TEST(Swizzle, ChunksMoveWithinTheirRow) {
  for (uint32_t address = 0; address < 4096; ++address) {
    uint32_t row = address / 128, chunk = address % 128 / 16, byte = address % 16;
    auto place = [&](uint32_t newChunk) { return row * 128 + newChunk * 16 + byte; };
    EXPECT_EQ(swizzleAddress(Swizzle::None, address), address);
    EXPECT_EQ(swizzleAddress(Swizzle::B128, address), place(chunk ^ (row % 8)));
    EXPECT_EQ(swizzleAddress(Swizzle::B64, address), place(chunk ^ (row % 4)));
    EXPECT_EQ(swizzleAddress(Swizzle::B32, address), place(chunk ^ (row % 2)));
    EXPECT_EQ(swizzleAddress(Swizzle::B128Atom32, address), place(chunk ^ (row % 4 * 2)));
  }
}

TEST(Swizzle, IsAPermutationAndItsOwnInverse) {
  for (Swizzle swizzle : {Swizzle::B32, Swizzle::B64, Swizzle::B128, Swizzle::B128Atom32}) {
    std::set<uint32_t> seen;
    for (uint32_t address = 0; address < 2048; ++address) {
      uint32_t moved = swizzleAddress(swizzle, address);
      EXPECT_EQ(swizzleAddress(swizzle, moved), address);
      EXPECT_EQ(moved / swizzleSpan(swizzle), address / swizzleSpan(swizzle));
      seen.insert(moved);
    }
    EXPECT_EQ(seen.size(), 2048u);
  }
  EXPECT_EQ(swizzlePeriod(Swizzle::B128), 1024u);
  EXPECT_EQ(swizzlePeriod(Swizzle::B32), 256u);
}

} // namespace
