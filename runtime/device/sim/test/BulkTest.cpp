// This file tests mbarriers and bulk copies on the simulator, in every asynchronous order.
#include "test/SimHarness.h"
#include "test/TestData.h"

namespace azulejo::sim::test {
namespace {

constexpr uint32_t kColumns = 64, kRows = 8;

// One thread loads a box of 32 x 8 words by TMA and announces it; all threads wait and copy the box
// out.
std::string tileKernel(bool waits, uint32_t announced, bool initialises = true) {
  std::string init = initialises ? "mbarrier.init.shared.b64 [bar], 1;\n"
                                   "fence.mbarrier_init.release.cluster;\n"
                                 : "";
  std::string wait = waits ? "{ .reg .pred P1;\nLAB_WAIT:\n"
                             "mbarrier.try_wait.parity.shared.b64 P1, [bar], 0;\n"
                             "@P1 bra.uni DONE;\nbra.uni LAB_WAIT;\nDONE:\n}\n"
                           : "";
  return wrapKernel(
      ".param .align 64 .b8 map[128], .param .u64 out, .param .u32 x, .param .u32 y",
      ".shared .align 1024 .b8 tile[1024];\n.shared .align 8 .b8 bar[8];\n"
      "mov.u32 %r1, %tid.x;\nsetp.ne.u32 %p1, %r1, 0;\n@%p1 bra READY;\n" +
          init +
          "READY: bar.sync 0;\n@%p1 bra ISSUED;\nmov.b64 %rd1, map;\ncvta.param.u64 %rd2, %rd1;\n"
          "ld.param.u32 %r2, [x];\nld.param.u32 %r3, [y];\nmov.b32 %r4, " +
          std::to_string(announced) +
          ";\nmbarrier.arrive.expect_tx.shared.b64 %rd3, [bar], %r4;\nmov.b32 %r5, tile;\n"
          "cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%r5], "
          "[%rd2, {%r2, %r3}], [bar];\nISSUED:\n" +
          wait +
          "mov.b32 %r6, tile;\nshl.b32 %r7, %r1, 2;\nadd.u32 %r8, %r6, %r7;\n"
          "ld.shared.b32 %r9, [%r8];\nld.param.u64 %rd4, [out];\ncvt.u64.u32 %rd5, %r7;\n"
          "add.s64 %rd4, %rd4, %rd5;\nst.global.b32 [%rd4], %r9;\n",
      "sm_90a", "8.0");
}

struct TileRun {
  std::string error;
  std::vector<uint32_t> tile;
};

TileRun runTile(const std::string &mode, int32_t x, int32_t y, const std::string &ptx) {
  Sim sim("sm=90,checks=all,async=" + mode);
  TileRun run;
  run.error = sim.load(ptx);
  EXPECT_EQ(run.error, "");
  std::vector<uint32_t> data(kColumns * kRows);
  for (uint32_t i = 0; i < data.size(); ++i)
    data[i] = 1000 + i;
  azj_device_ptr base = sim.upload(data, "matrix");
  azj_tensor_map map = matrixMap(sim, AZJ_TENSOR_MAP_U32, 4, base, kRows, kColumns, 8, 32, 3);
  azj_device_ptr out = sim.allocate(1024, "out");
  run.error =
      sim.launch("k", {1, 1, 1}, {256, 1, 1}, {Arg::of(map), Arg::of(out), Arg::of(x), Arg::of(y)});
  run.tile = sim.download<uint32_t>(out, 256);
  return run;
}

TEST(Bulk, LoadsASwizzledBoxAndFillsOutside) {
  for (const char *mode : {"lazy", "eager", "random"}) {
    TileRun run = runTile(mode, 48, 2, tileKernel(true, 1024));
    ASSERT_EQ(run.error, "") << mode;
    for (uint32_t row = 0; row < 8; ++row)
      for (uint32_t column = 0; column < 32; ++column) {
        bool inside = column + 48 < kColumns && row + 2 < kRows;
        uint32_t expected = inside ? 1000 + (row + 2) * kColumns + column + 48 : 0;
        // 16-byte chunks of a 128-byte row change places by the row's number.
        uint32_t at = row * 32 + ((column / 4) ^ row) * 4 + column % 4;
        EXPECT_EQ(run.tile[at], expected) << mode << " " << row << " " << column;
      }
  }
}

TEST(Bulk, ReadWithoutTheWaitIsFound) {
  TileRun run = runTile("lazy", 0, 0, tileKernel(false, 1024));
  EXPECT_NE(run.error.find("which nothing has written"), std::string::npos) << run.error;
}

TEST(Bulk, WrongByteCountIsADeadlock) {
  TileRun run = runTile("lazy", 0, 0, tileKernel(true, 2048));
  EXPECT_NE(run.error.find("deadlock"), std::string::npos) << run.error;
}

TEST(Bulk, UninitialisedMbarrierIsFound) {
  TileRun run = runTile("lazy", 0, 0, tileKernel(true, 1024, false));
  EXPECT_NE(run.error.find("mbarrier"), std::string::npos) << run.error;
}

} // namespace
} // namespace azulejo::sim::test
