// This file tests multicast loads: to several blocks at once, and in a pipeline of producers and
// consumers over a cluster as matrix multiplications have it.
#include "test/AsyncKernels.h"

namespace azulejo::sim::test {
namespace {

std::vector<uint32_t> numbers(size_t count) {
  std::vector<uint32_t> data(count);
  for (size_t k = 0; k < count; ++k)
    data[k] = uint32_t(k * 2654435761u >> 7);
  return data;
}

// Each of two blocks loads one half of 512 bytes for both. Block 0 may be left out of the mask.
std::string halvesKernel(unsigned expected, unsigned mask) {
  return wrapKernel(
      ".param .u64 out, .param .u64 in",
      ".shared .align 128 .b8 data[512];\n.shared .align 8 .b8 bar[8];\n" + startKernel(1) +
          "@%p1 bra ISSUED;\nmbarrier.arrive.expect_tx.shared::cta.b64 _, [bar], " +
          std::to_string(expected) +
          ";\nshl.b32 %r3, %r2, 8;\nmov.u32 %r4, data;\nadd.u32 %r4, %r4, %r3;\n"
          "ld.param.u64 %rd1, [in];\ncvt.u64.u32 %rd2, %r3;\nadd.s64 %rd1, %rd1, %rd2;\n"
          "mov.b16 %h1, " +
          std::to_string(mask) +
          ";\ncp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster "
          "[%r4], [%rd1], 256, [bar], %h1;\nISSUED:\n" +
          waitFor("bar", "0") +
          "mov.u32 %r5, data;\nshl.b32 %r6, %r1, 2;\nadd.u32 %r5, %r5, %r6;\n"
          "ld.shared.b32 %r9, [%r5];\n" +
          storeOut(128) + kClusterSync,
      "sm_90", "8.0");
}

AsyncRun runHalves(unsigned expected, unsigned mask, const std::string &options) {
  return runCluster(halvesKernel(expected, mask), 2, 128, options, [](Sim &sim) {
    return std::vector<Arg>{Arg::of(sim.upload(numbers(128), "in"))};
  });
}

TEST(Multicast, RowsArriveInEveryBlockOfTheMask) {
  for (const char *options : kAsyncOptions) {
    AsyncRun run = runHalves(512, 3, options);
    ASSERT_EQ(run.error, "") << options;
    for (uint32_t k = 0; k < 256; ++k)
      EXPECT_EQ(run.out[k], numbers(128)[k % 128]) << options << k;
  }
}

TEST(Multicast, ExpectingHalfOfTheBytesIsFound) {
  std::string error = runHalves(256, 3, kAsyncOptions[0]).error;
  EXPECT_NE(error.find("which nothing has written"), std::string::npos) << error;
  EXPECT_NE(error.find("exits while an asynchronous copy to its shared memory is under way"),
            std::string::npos)
      << error;
}

TEST(Multicast, MasksNameBlocksOfTheCluster) {
  EXPECT_NE(
      runHalves(512, 4, kAsyncOptions[0]).error.find("names blocks of the cluster of 2, got 4"),
      std::string::npos);
  EXPECT_NE(runHalves(512, 0, kAsyncOptions[0]).error.find("got 0"), std::string::npos);
  // A block that the mask leaves out waits for ever.
  std::string error = runHalves(512, 2, kAsyncOptions[0]).error;
  EXPECT_NE(error.find("deadlock: no thread of the cluster can go on"), std::string::npos) << error;
  EXPECT_NE(error.find("block (0,0,0) mbarrier at shared address"), std::string::npos) << error;
  EXPECT_NE(error.find("lacks 0 of 1 arrivals and 512 bytes, with 0 bytes under way"),
            std::string::npos)
      << error;
}

constexpr uint32_t kSteps = 6, kTileRows = 8, kTileColumns = 32;

struct Pipeline {
  unsigned expected = 1024; // bytes of a stage
  unsigned releases = 2;    // blocks whose producer learns that a stage is free
  bool waitsForFree = true;
};

// Warp 0 of each of two blocks loads one half of every tile for both; warp 1 reads the tiles.
std::string pipelineKernel(const Pipeline &p) {
  std::string start =
      ".shared .align 1024 .b8 tiles[2048];\n.shared .align 8 .b8 full[16];\n"
      ".shared .align 8 .b8 empty[16];\nmov.u32 %r1, %tid.x;\nmov.u32 %r2, %cluster_ctarank;\n"
      "mov.u32 %r9, 0;\nsetp.ne.u32 %p1, %r1, 0;\n@%p1 bra READY;\n"
      "mbarrier.init.shared::cta.b64 [full], 1;\nmbarrier.init.shared::cta.b64 [full+8], 1;\n";
  for (const char *at : {"empty", "empty+8"})
    start += "mbarrier.init.shared::cta.b64 [" + std::string(at) + "], " +
             std::to_string(p.releases) + ";\n";
  start += "fence.mbarrier_init.release.cluster;\nREADY:\n" + std::string(kClusterSync) +
           "shr.u32 %r3, %r1, 5;\nand.b32 %r4, %r1, 31;\nmov.u32 %r10, full;\n"
           "mov.u32 %r11, empty;\nmov.u32 %r12, tiles;\nmov.u32 %r20, 0;\n"
           "setp.ne.u32 %p2, %r3, 0;\n@%p2 bra CONSUMER;\n";
  std::string stage = "and.b32 %r21, %r20, 1;\nshr.u32 %r22, %r20, 1;\nand.b32 %r23, %r22, 1;\n"
                      "shl.b32 %r24, %r21, 3;\nadd.u32 %r25, %r10, %r24;\n"
                      "add.u32 %r26, %r11, %r24;\nshl.b32 %r27, %r21, 10;\n"
                      "add.u32 %r27, %r12, %r27;\n";
  std::string next = "add.u32 %r20, %r20, 1;\nsetp.lt.u32 %p5, %r20, 6;\n";
  std::string producer =
      "elect.sync _|%p3, -1;\n@!%p3 bra DONE;\nmov.b64 %rd1, map;\ncvta.param.u64 %rd2, %rd1;\n"
      "prefetch.tensormap [%rd2];\nmov.b16 %h1, 3;\nPRODUCE:\n" +
      stage + "xor.b32 %r28, %r23, 1;\n" + (p.waitsForFree ? waitFor("%r26", "%r28") : "") +
      "mbarrier.arrive.expect_tx.shared::cta.b64 _, [%r25], " + std::to_string(p.expected) +
      ";\nshl.b32 %r29, %r2, 9;\nadd.u32 %r29, %r27, %r29;\nshl.b32 %r30, %r20, 5;\n"
      "shl.b32 %r31, %r2, 2;\n"
      "cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes."
      "multicast::cluster [%r29], [%rd2, {%r30, %r31}], [%r25], %h1;\n" +
      next + "@%p5 bra PRODUCE;\nbra DONE;\n";
  std::string consumer = "CONSUMER:\n" + stage + waitFor("%r25", "%r23") +
                         "shl.b32 %r32, %r4, 2;\n"
                         "add.u32 %r32, %r27, %r32;\n";
  for (uint32_t row = 0; row < kTileRows; ++row)
    consumer += "ld.shared.b32 %r33, [%r32+" + std::to_string(row * 128) +
                "];\nmad.lo.u32 %r9, %r9, 3, %r33;\n";
  consumer += "bar.warp.sync -1;\nsetp.ge.u32 %p4, %r4, " + std::to_string(p.releases) +
              ";\n@%p4 bra RELEASED;\n" +
              (p.releases == 2 ? "mov.u32 %r35, %r4;\n" : "mov.u32 %r35, %r2;\n") +
              "mapa.shared::cluster.u32 %r34, %r26, %r35;\n"
              "mbarrier.arrive.release.cluster.shared::cluster.b64 _, [%r34];\nRELEASED:\n" +
              next + "@%p5 bra CONSUMER;\nDONE:\n";
  return wrapKernel(".param .u64 out, .param .align 64 .b8 map[128]",
                    start + producer + consumer +
                        "barrier.cluster.arrive.release;\nbarrier.cluster.wait.acquire;\n" +
                        storeOut(64),
                    "sm_90a", "8.0");
}

Arg tileMap(Sim &sim, azj_device_ptr base) {
  azj_tensor_map_desc desc = {};
  desc.type = AZJ_TENSOR_MAP_U32;
  desc.rank = 2;
  desc.base = base;
  desc.dims[0] = kSteps * kTileColumns;
  desc.dims[1] = kTileRows;
  desc.strides[1] = kSteps * kTileColumns * 4;
  desc.box[0] = kTileColumns;
  desc.box[1] = kTileRows / 2;
  desc.element_strides[0] = desc.element_strides[1] = 1;
  azj_tensor_map map;
  EXPECT_EQ(sim.device->vtable->encode_tensor_map(sim.device, &desc, &map), nullptr);
  return Arg::of(map);
}

AsyncRun runPipeline(const Pipeline &pipeline, const std::string &options) {
  return runCluster(pipelineKernel(pipeline), 2, 64, options, [](Sim &sim) {
    azj_device_ptr in = sim.upload(numbers(kSteps * kTileColumns * kTileRows), "matrix");
    return std::vector<Arg>{tileMap(sim, in)};
  });
}

TEST(Multicast, PipelineOverAClusterIsRightInEveryOrder) {
  std::vector<uint32_t> in = numbers(kSteps * kTileColumns * kTileRows);
  for (const char *options : kAsyncOptions) {
    AsyncRun run = runPipeline({}, options);
    ASSERT_EQ(run.error, "") << options;
    for (uint32_t rank = 0; rank < 2; ++rank)
      for (uint32_t lane = 0; lane < 32; ++lane) {
        uint32_t expected = 0;
        for (uint32_t step = 0; step < kSteps; ++step)
          for (uint32_t row = 0; row < kTileRows; ++row)
            expected = expected * 3 + in[row * kSteps * kTileColumns + step * kTileColumns + lane];
        EXPECT_EQ(run.out[rank * 64 + 32 + lane], expected) << options << " " << rank << lane;
      }
  }
}

TEST(Multicast, PipelineThatExpectsTooLittleIsFound) {
  Pipeline half;
  half.expected = 512;
  std::string error = runPipeline(half, kAsyncOptions[0]).error;
  EXPECT_NE(error.find("ld.shared.b32 %r33"), std::string::npos) << error;
}

TEST(Multicast, StagesThatTheOtherBlockStillReadsAreARace) {
  Pipeline own;
  own.releases = 1;
  std::string error = runPipeline(own, kAsyncOptions[0]).error;
  EXPECT_NE(error.find("hazard on shared 'tiles'"), std::string::npos) << error;
  Pipeline none;
  none.waitsForFree = false;
  EXPECT_NE(runPipeline(none, kAsyncOptions[0]).error, "");
}

// Of a pair of blocks, the odd one's load may signal the even one's mbarrier.
TEST(Multicast, PairsSignalTheirLeader) {
  std::string body =
      ".shared .align 128 .b8 data[128];\n.shared .align 8 .b8 bar[8];\n" + startKernel(1) +
      "mov.b64 %rd1, map;\ncvta.param.u64 %rd2, %rd1;\n@%p1 bra ISSUED;\n"
      "setp.ne.u32 %p2, %r2, 0;\n@!%p2 mbarrier.arrive.expect_tx.shared::cta.b64 _, [bar], 256;\n"
      "mov.u32 %r3, bar;\nand.b32 %r3, %r3, 0xfeffffff;\nmov.u32 %r4, data;\nmov.u32 %r5, 0;\n"
      "cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes."
      "cta_group::2 [%r4], [%rd2, {%r5, %r2}], [%r3];\nISSUED:\nsetp.eq.u32 %p3, %r2, 0;\n"
      "@!%p3 bra WAITED;\n" +
      waitFor("bar", "0") + "WAITED:\n" + kClusterSync +
      "mov.u32 %r5, data;\nshl.b32 %r6, %r1, 2;\nadd.u32 %r5, %r5, %r6;\n"
      "ld.shared.b32 %r9, [%r5];\n" +
      storeOut(32) + kClusterSync;
  std::string ptx =
      wrapKernel(".param .u64 out, .param .align 64 .b8 map[128]", body, "sm_100a", "8.6");
  for (const char *mode : {"lazy", "eager", "random"}) {
    AsyncRun run =
        runCluster(ptx, 2, 32, std::string("sm=100,checks=all,async=") + mode, [](Sim &sim) {
          azj_tensor_map_desc desc = {};
          desc.type = AZJ_TENSOR_MAP_U32;
          desc.rank = 2;
          desc.base = sim.upload(numbers(64), "matrix");
          desc.dims[0] = 32;
          desc.dims[1] = 2;
          desc.strides[1] = 128;
          desc.box[0] = 32;
          desc.box[1] = 1;
          desc.element_strides[0] = desc.element_strides[1] = 1;
          azj_tensor_map map;
          EXPECT_EQ(sim.device->vtable->encode_tensor_map(sim.device, &desc, &map), nullptr);
          return std::vector<Arg>{Arg::of(map)};
        });
    ASSERT_EQ(run.error, "") << mode;
    EXPECT_EQ(run.out, numbers(64)) << mode;
  }
}

} // namespace
} // namespace azulejo::sim::test
