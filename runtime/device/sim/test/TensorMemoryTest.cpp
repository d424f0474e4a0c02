// This file tests the allocation of tensor memory and the layouts of tcgen05.ld and tcgen05.st.
#include "device/sim/tc/TensorMemory.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <set>

using namespace azulejo::sim::tc;

namespace {

TEST(TensorMemory, AllocatesPowersOfTwoAndFreesThem) {
  TensorMemory memory;
  uint32_t first = 1, second = 1, third = 1;
  ASSERT_EQ(memory.alloc(128, &first), TmemFault::None);
  ASSERT_EQ(memory.alloc(256, &second), TmemFault::None);
  EXPECT_EQ(first, 0u);
  EXPECT_EQ(second, 256u);
  EXPECT_EQ(memory.allocatedColumns(), 384u);
  EXPECT_EQ(memory.alloc(256, &third), TmemFault::NoSpace);
  EXPECT_EQ(third, 1u);
  ASSERT_EQ(memory.alloc(32, &third), TmemFault::None);
  EXPECT_EQ(third, 128u);
  EXPECT_EQ(memory.dealloc(0, 64), TmemFault::PartOfAllocation);
  EXPECT_EQ(memory.dealloc(32, 32), TmemFault::PartOfAllocation);
  EXPECT_EQ(memory.dealloc(160, 32), TmemFault::NotAllocated);
  EXPECT_EQ(memory.dealloc(0, 128), TmemFault::None);
  EXPECT_EQ(memory.dealloc(0, 128), TmemFault::NotAllocated);
  EXPECT_EQ(memory.dealloc(256, 256), TmemFault::None);
  EXPECT_EQ(memory.dealloc(128, 32), TmemFault::None);
  EXPECT_EQ(memory.allocatedColumns(), 0u);
}

TEST(TensorMemory, RefusesWrongRequests) {
  TensorMemory memory;
  uint32_t address = 0;
  for (uint32_t columns : {0u, 16u, 48u, 1024u})
    EXPECT_EQ(memory.alloc(columns, &address), TmemFault::BadColumnCount);
  EXPECT_EQ(memory.relinquish(), TmemFault::None);
  EXPECT_EQ(memory.alloc(32, &address), TmemFault::Relinquished);
  EXPECT_STREQ(describe(TmemFault::Relinquished),
               "tcgen05.alloc after tcgen05.relinquish_alloc_permit");
}

// What CuTe's traits of these instructions say, as bit offsets of (thread, value) in a space where
// a row has `rowBits` bits.
struct Layout {
  TmemShape shape;
  int rowBitsPerRepeat;
  std::function<int(int thread, int value, int rowBits)> bit;
};

TEST(TensorMemory, LayoutsAreThoseOfTheIsa) {
  const Layout layouts[] = {
      {TmemShape::S32x32b, 32, [](int t, int v, int row) { return t * row + v * 32; }},
      {TmemShape::S16x64b, 64,
       [](int t, int v, int row) {
         return t % 2 * 8 * row + t / 2 % 2 * 32 + t / 4 * row + v * 64;
       }},
      {TmemShape::S16x128b, 128,
       [](int t, int v, int row) {
         return t % 4 * 32 + t / 4 * row + v % 2 * 8 * row + v / 2 * 128;
       }},
      {TmemShape::S16x256b, 256,
       [](int t, int v, int row) {
         return t % 4 * 64 + t / 4 * row + v % 2 * 32 + v / 2 % 2 * 8 * row + v / 4 * 256;
       }},
  };
  for (const Layout &layout : layouts)
    for (int repeat : {1, 2, 8}) {
      TmemAccess access = {layout.shape, repeat, false, 0};
      int rowBits = layout.rowBitsPerRepeat * repeat;
      std::set<std::pair<uint32_t, uint32_t>> seen;
      for (int t = 0; t < 32; ++t)
        for (int v = 0; v < tmemRegisters(access); ++v) {
          TmemCell cell = tmemCell(access, t, v);
          int bit = layout.bit(t, v, rowBits);
          ASSERT_EQ(cell.lane, uint32_t(bit / rowBits)) << int(layout.shape) << " t" << t;
          ASSERT_EQ(cell.column, uint32_t(bit % rowBits / 32)) << int(layout.shape) << " t" << t;
          ASSERT_TRUE(seen.insert({cell.lane, cell.column}).second);
        }
    }
}

struct Registers {
  uint32_t lanes[128][32] = {};
  uint32_t *rows[128];
  Registers() {
    for (int i = 0; i < 128; ++i)
      rows[i] = lanes[i];
  }
};

TEST(TensorMemory, LoadsGiveBackWhatWasStored) {
  for (TmemShape shape : {TmemShape::S32x32b, TmemShape::S16x64b, TmemShape::S16x128b,
                          TmemShape::S16x256b, TmemShape::S16x32bx2})
    for (bool packed : {false, true})
      for (int warp = 0; warp < 4; ++warp) {
        TensorMemory memory;
        uint32_t address = 0;
        ASSERT_EQ(memory.alloc(256, &address), TmemFault::None);
        TmemAccess access = {shape, 4, packed, 16};
        auto in = std::make_unique<Registers>(), out = std::make_unique<Registers>();
        for (int r = 0; r < tmemRegisters(access); ++r)
          for (uint32_t l = 0; l < 32; ++l)
            in->lanes[r][l] = 0x10001u * uint32_t(r) * 64 + l * 0x7001u;
        address += uint32_t(warp) << 21;
        EXPECT_EQ(tmemLoad(memory, access, address, warp, out->rows), TmemFault::Uninitialised);
        ASSERT_EQ(tmemStore(memory, access, address, warp, in->rows), TmemFault::None);
        ASSERT_EQ(tmemLoad(memory, access, address, warp, out->rows), TmemFault::None);
        for (int r = 0; r < tmemRegisters(access); ++r)
          for (int l = 0; l < 32; ++l)
            ASSERT_EQ(out->lanes[r][l], in->lanes[r][l]);
      }
}

TEST(TensorMemory, PackedLoadsTakeTheLowHalvesOfTwoColumns) {
  TensorMemory memory;
  uint32_t address = 0;
  ASSERT_EQ(memory.alloc(32, &address), TmemFault::None);
  for (uint32_t lane = 0; lane < 32; ++lane)
    for (uint32_t column = 0; column < 4; ++column)
      memory.write(lane, column, 0xabcd0000 | lane << 4 | column);
  auto out = std::make_unique<Registers>();
  ASSERT_EQ(tmemLoad(memory, {TmemShape::S32x32b, 2, true, 0}, address, 0, out->rows),
            TmemFault::None);
  EXPECT_EQ(out->lanes[1][5], 0x00530052u);
}

TEST(TensorMemory, AccessesAreChecked) {
  TensorMemory memory;
  uint32_t address = 0;
  ASSERT_EQ(memory.alloc(32, &address), TmemFault::None);
  auto r = std::make_unique<Registers>();
  TmemAccess access = {TmemShape::S32x32b, 32, false, 0};
  EXPECT_EQ(tmemStore(memory, access, address, 0, r->rows), TmemFault::None);
  EXPECT_EQ(tmemStore(memory, access, address, 1, r->rows), TmemFault::ForeignLanes);
  EXPECT_EQ(tmemStore(memory, access, address + 1, 0, r->rows), TmemFault::NotAllocated);
  EXPECT_EQ(tmemStore(memory, access, address | 500, 0, r->rows), TmemFault::OutOfRange);
  EXPECT_EQ(tmemStore(memory, access, address | 8 << 16, 0, r->rows), TmemFault::MisalignedLane);
  EXPECT_EQ(tmemStore(memory, access, address | 128 << 16, 0, r->rows), TmemFault::OutOfRange);
  std::string error;
  EXPECT_FALSE(checkTmemAccess({TmemShape::S16x256b, 64, false, 0}, &error));
  EXPECT_EQ(error, "tcgen05.ld/st repeat must be a power of two up to 32, got 64");
  EXPECT_FALSE(checkTmemAccess({TmemShape::S32x32b, 3, false, 0}, &error));
}

} // namespace
