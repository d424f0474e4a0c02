// This file tests tensor copies of sm_100: four rows gathered and scattered, and im2col along W,
// against plain loops.
#include "test/AsyncKernels.h"
#include "test/TestData.h"

#include <algorithm>

namespace azulejo::sim::test {
namespace {

const char *const kOrders[] = {"sm=100,checks=all,async=lazy", "sm=100,checks=all,async=eager",
                               "sm=100,checks=all,async=random,seed=1",
                               "sm=100,checks=all,async=random,seed=7"};

constexpr int kColumns = 24, kRows = 12;

std::vector<uint32_t> matrix() {
  std::vector<uint32_t> data(kColumns * kRows);
  for (size_t k = 0; k < data.size(); ++k)
    data[k] = uint32_t(k * 7 + 1);
  return data;
}

azj_tensor_map rowsMap(Sim &sim, azj_device_ptr base, uint32_t swizzle, uint32_t boxRows = 1,
                       uint32_t boxColumns = 8) {
  return matrixMap(sim, AZJ_TENSOR_MAP_U32, 4, base, kRows, kColumns, boxRows, boxColumns, swizzle);
}

// Sets %r20 to %r24: a column and four rows.
std::string places(const int (&at)[5]) {
  std::string text;
  for (int k = 0; k < 5; ++k)
    text += "mov.b32 %r" + std::to_string(20 + k) + ", " + std::to_string(at[k]) + ";\n";
  return text + "mov.b64 %rd1, map;\ncvta.param.u64 %rd2, %rd1;\n";
}

std::string gatherKernel(const std::string &opcode, const int (&at)[5], const std::string &more) {
  return wrapKernel(".param .u64 out, .param .align 64 .b8 map[128]",
                    ".shared .align 1024 .b8 data[1024];\n.shared .align 8 .b8 bar[8];\n" +
                        startKernel(1) + places(at) +
                        "mov.b64 %rd9, 0;\nmov.b16 %h1, 1;\n@%p1 bra ISSUED;\n"
                        "mbarrier.arrive.expect_tx.shared::cta.b64 _, [bar], 128;\n" +
                        opcode + " [data], [%rd2, {%r20, %r21, %r22, %r23, %r24}], [bar]" + more +
                        ";\nISSUED:\n" + waitFor("bar", "0") +
                        "mov.u32 %r5, data;\nshl.b32 %r6, %r1, 2;\nadd.u32 %r5, %r5, %r6;\n"
                        "ld.shared.b32 %r9, [%r5];\n" +
                        storeOut(32),
                    "sm_100a", "8.6");
}

// Rows one below the other, outside ones zero; 32 bytes a row, whose 16-byte halves the 32-byte
// swizzle exchanges where bit 7 of the address is set: in none of the first four rows.
std::vector<uint32_t> gathered(const int (&at)[5]) {
  std::vector<uint32_t> in = matrix(), rows;
  for (int row = 1; row < 5; ++row)
    for (int column = at[0]; column < at[0] + 8; ++column)
      rows.push_back(column < 0 || column >= kColumns || at[row] < 0 || at[row] >= kRows
                         ? 0
                         : in[size_t(at[row] * kColumns + column)]);
  return rows;
}

TEST(Gather4, LoadsFourRows) {
  const std::string kStart = "cp.async.bulk.tensor.2d.", kEnd = ".global.tile::gather4.mbarrier::"
                                                                "complete_tx::bytes";
  struct Case {
    std::string opcode, more;
  };
  const Case cases[] = {
      {kStart + "shared::cta" + kEnd, ""},
      {kStart + "shared::cluster" + kEnd, ""},
      {kStart + "shared::cluster" + kEnd + ".cta_group::1", ""},
      {kStart + "shared::cluster" + kEnd + ".multicast::cluster", ", %h1"},
      {kStart + "shared::cluster" + kEnd + ".L2::cache_hint", ", %rd9"},
  };
  const int kPlaces[][5] = {
      {0, 0, 1, 2, 3}, {3, 9, 2, 2, 0}, {-3, 5, -1, 11, 12}, {20, 7, 1000, -1000, 4}};
  for (const Case &test : cases)
    for (const auto &at : kPlaces)
      for (uint32_t swizzle : {0u, 1u})
        for (const char *options : kOrders) {
          AsyncRun run =
              runCluster(gatherKernel(test.opcode, at, test.more), 1, 32, options, [&](Sim &sim) {
                return std::vector<Arg>{
                    Arg::of(rowsMap(sim, sim.upload(matrix(), "matrix"), swizzle))};
              });
          ASSERT_EQ(run.error, "") << test.opcode << options;
          EXPECT_EQ(run.out, gathered(at)) << test.opcode << options;
        }
}

// With the 64-byte swizzle and rows of 64 bytes, row r has its four 16-byte chunks permuted by
// (address / 128) % 4: rows 2 and 3 by 1.
TEST(Gather4, RowsAreSwizzledAsOneBox) {
  const int at[5] = {0, 3, 1, 4, 2};
  std::string ptx = gatherKernel("cp.async.bulk.tensor.2d.shared::cta.global.tile::gather4."
                                 "mbarrier::complete_tx::bytes",
                                 at, "");
  ptx.replace(ptx.find("[bar], 128"), 10, "[bar], 256");
  for (const char *options : kOrders) {
    AsyncRun run = runCluster(ptx, 1, 64, options, [&](Sim &sim) {
      azj_tensor_map map = rowsMap(sim, sim.upload(matrix(), "matrix"), 2, 1, 16);
      return std::vector<Arg>{Arg::of(map)};
    });
    ASSERT_EQ(run.error, "") << options;
    // Only the first 64 words come back, of four rows of 16; storeOut() places 32 a row.
    std::vector<uint32_t> in = matrix();
    for (uint32_t row = 0; row < 4; ++row)
      for (uint32_t word = 0; word < 16; ++word) {
        uint32_t chunk = (word / 4) ^ (row / 2);
        EXPECT_EQ(run.out[row * 16 + chunk * 4 + word % 4],
                  in[size_t(at[row + 1]) * kColumns + word])
            << options << row << " " << word;
      }
  }
}

TEST(Gather4, TheBoxHasOneRow) {
  const int at[5] = {0, 1, 2, 3, 4};
  std::string ptx = gatherKernel("cp.async.bulk.tensor.2d.shared::cta.global.tile::gather4."
                                 "mbarrier::complete_tx::bytes",
                                 at, "");
  std::string error = runCluster(ptx, 1, 32, kOrders[0], [&](Sim &sim) {
                        return std::vector<Arg>{Arg::of(
                            rowsMap(sim, sim.upload(matrix(), "matrix"), 0, /*boxRows=*/4))};
                      }).error;
  EXPECT_NE(error.find("box[1] of the tensor map must be 1, got 4"), std::string::npos) << error;
}

std::string scatterKernel(const std::string &opcode, const int (&at)[5]) {
  return wrapKernel(".param .u64 out, .param .align 64 .b8 map[128]",
                    ".shared .align 128 .b8 data[128];\nmov.u32 %r1, %tid.x;\nmov.u32 %r2, 0;\n"
                    "mov.u32 %r5, data;\nshl.b32 %r6, %r1, 2;\nadd.u32 %r5, %r5, %r6;\n"
                    "add.u32 %r9, %r1, 1000;\nst.shared.b32 [%r5], %r9;\n"
                    "fence.proxy.async;\nbar.sync 0;\n" +
                        places(at) + "setp.ne.u32 %p1, %r1, 0;\n@%p1 bra END;\n" + opcode +
                        " [%rd2, {%r20, %r21, %r22, %r23, %r24}], [data];\n"
                        "cp.async.bulk.commit_group;\ncp.async.bulk.wait_group 0;\nEND:\n" +
                        storeOut(32),
                    "sm_100a", "8.6");
}

TEST(Scatter4, StoresFourRowsAndLeavesOutWhatLiesOutside) {
  const int kPlaces[][5] = {
      {0, 0, 1, 2, 3}, {12, 9, 2, 5, 0}, {-3, 5, -1, 11, 12}, {20, 7, 40, 1, 4}};
  for (bool isSum : {false, true})
    for (const auto &at : kPlaces)
      for (const char *options : kOrders) {
        std::string opcode =
            isSum
                ? "cp.reduce.async.bulk.tensor.2d.global.shared::cta.add.tile::scatter4.bulk_group"
                : "cp.async.bulk.tensor.2d.global.shared::cta.tile::scatter4.bulk_group";
        azj_device_ptr base = 0;
        Sim sim(options);
        ASSERT_EQ(sim.load(scatterKernel(opcode, at)), "");
        base = sim.upload(matrix(), "matrix");
        azj_device_ptr out = sim.allocate(128, "out");
        ASSERT_EQ(
            sim.launch("k", {1, 1, 1}, {32, 1, 1}, {Arg::of(out), Arg::of(rowsMap(sim, base, 0))}),
            "")
            << options;
        std::vector<uint32_t> expected = matrix();
        for (int row = 0; row < 4; ++row)
          for (int k = 0; k < 8; ++k) {
            int column = at[0] + k;
            if (column < 0 || column >= kColumns || at[row + 1] < 0 || at[row + 1] >= kRows)
              continue;
            uint32_t &place = expected[size_t(at[row + 1] * kColumns + column)];
            place = (isSum ? place : 0) + uint32_t(1000 + row * 8 + k);
          }
        EXPECT_EQ(sim.download<uint32_t>(base, expected.size()), expected) << options << opcode;
      }
}

// Images of 16 channels, 5 pixels wide, 3 high, 30 of them; rows of 64 bytes.
constexpr int kChannels = 16, kWidth = 5, kHeight = 3, kImages = 30;

struct Wide {
  azj_im2col_mode mode;
  int lower, upper, stride, pixels;
  int w, h, n, offset;
};

azj_tensor_map wideMap(Sim &sim, const Wide &wide) {
  std::vector<uint32_t> data(kChannels * kWidth * kHeight * kImages);
  for (size_t k = 0; k < data.size(); ++k)
    data[k] = uint32_t(k + 1);
  azj_tensor_map_desc desc = {};
  desc.type = AZJ_TENSOR_MAP_U32;
  desc.rank = 4;
  desc.base = sim.upload(data, "images");
  const uint64_t dims[4] = {kChannels, kWidth, kHeight, kImages};
  uint64_t stride = 4;
  for (int d = 0; d < 4; ++d) {
    desc.dims[d] = dims[d];
    desc.strides[d] = stride;
    desc.element_strides[d] = d == 1 ? uint32_t(wide.stride) : 1;
    stride *= dims[d];
  }
  desc.swizzle = 2;
  azj_im2col_desc im2col = {sizeof(azj_im2col_desc), {wide.lower}, {wide.upper}, kChannels,
                            uint32_t(wide.pixels),   wide.mode};
  azj_tensor_map map;
  azj_status status = sim.device->vtable->encode_im2col_map(sim.device, &desc, &im2col, &map);
  EXPECT_EQ(status, nullptr) << azj_status_message(status);
  azj_status_free(status);
  return map;
}

// Pixel after pixel, the 64-byte swizzle undone.
std::vector<uint32_t> wideColumn(const Wide &wide) {
  std::vector<uint32_t> pixels;
  int w = wide.w, n = wide.n, count = wide.mode == AZJ_IM2COL_W_128 ? 128 : wide.pixels;
  for (int pixel = 0; pixel < count; ++pixel) {
    for (int c = 0; c < kChannels; ++c) {
      int x = w + wide.offset;
      bool isInside = x >= 0 && x < kWidth && n < kImages;
      pixels.push_back(
          isInside ? uint32_t(((n * kHeight + wide.h) * kWidth + x) * kChannels + c + 1) : 0);
    }
    w += wide.stride;
    if (w > kWidth - 1 + wide.upper) {
      w = wide.lower;
      ++n;
    }
  }
  return pixels;
}

std::string wideKernel(const Wide &wide, const std::string &opcode, int halo, int bytes) {
  const int at[5] = {0, wide.w, wide.h, wide.n, 0};
  return wrapKernel(
      ".param .u64 out, .param .align 64 .b8 map[128]",
      ".shared .align 1024 .b8 data[8192];\n.shared .align 8 .b8 bar[8];\n" + startKernel(1) +
          places(at) + "mov.b16 %h1, " + std::to_string(halo) + ";\nmov.b16 %h2, " +
          std::to_string(wide.offset) +
          ";\n@%p1 bra ISSUED;\nmbarrier.arrive.expect_tx.shared::cta.b64 _, [bar], " +
          std::to_string(bytes) + ";\n" + opcode +
          " [data], [%rd2, {%r20, %r21, %r22, %r23}], [bar], {%h1, %h2};\nISSUED:\n" +
          waitFor("bar", "0") +
          // A warp is a pixel of 16 words at a time: thread t takes words t, t + 128, …
          "mov.u32 %r30, 0;\nld.param.u64 %rd20, [out];\nEACH:\nmad.lo.u32 %r31, %r30, 128, %r1;\n"
          "shl.b32 %r32, %r31, 2;\nshr.u32 %r33, %r32, 3;\nand.b32 %r33, %r33, 48;\n"
          "xor.b32 %r33, %r33, %r32;\nmov.u32 %r34, data;\nadd.u32 %r34, %r34, %r33;\n"
          "setp.lt.u32 %p3, %r32, " +
          std::to_string(bytes) +
          ";\n@%p3 ld.shared.b32 %r35, [%r34];\ncvt.u64.u32 %rd21, %r32;\n"
          "add.s64 %rd21, %rd21, %rd20;\n@%p3 st.global.b32 [%rd21], %r35;\n"
          "add.u32 %r30, %r30, 1;\nsetp.lt.u32 %p4, %r30, 16;\n@%p4 bra EACH;\n",
      "sm_100a", "8.6");
}

AsyncRun runWide(const std::string &ptx, const Wide &wide, const std::string &options) {
  constexpr size_t kWords = 128 * kChannels;
  Sim sim(options);
  AsyncRun run;
  run.error = sim.load(ptx);
  if (!run.error.empty())
    return run;
  azj_device_ptr out = sim.allocate(kWords * 4, "out");
  run.error = sim.launch("k", {1, 1, 1}, {128, 1, 1}, {Arg::of(out), Arg::of(wideMap(sim, wide))});
  run.out = sim.download<uint32_t>(out, kWords);
  return run;
}

TEST(Im2colW, PixelsAreThoseOfThePlainLoop) {
  const Wide kCases[] = {
      {AZJ_IM2COL_W, 0, 0, 1, 40, 2, 1, 0, 0},   // the ISA's example, smaller
      {AZJ_IM2COL_W, -1, 0, 2, 24, -1, 0, 3, 0}, // its two buffers with steps of 2
      {AZJ_IM2COL_W, -1, 0, 2, 24, -1, 0, 3, 1},
      {AZJ_IM2COL_W, -1, -1, 3, 17, -1, 2, 0, 2}, // and one of three
      {AZJ_IM2COL_W, 0, 0, 1, 8, -2, 1, 29, 0},   // starts left of the box, ends behind the images
      {AZJ_IM2COL_W_128, 0, 0, 1, 1, 2, 1, 0, 0},
      {AZJ_IM2COL_W_128, -1, -1, 1, 1, -1, 2, 5, 2},
  };
  for (const Wide &wide : kCases)
    for (const char *space : {"shared::cta", "shared::cluster"})
      for (const char *options : kOrders) {
        std::vector<uint32_t> expected = wideColumn(wide);
        std::string opcode = std::string("cp.async.bulk.tensor.4d.") + space + ".global.im2col::w" +
                             (wide.mode == AZJ_IM2COL_W_128 ? "::128" : "") +
                             ".mbarrier::complete_tx::bytes";
        AsyncRun run =
            runWide(wideKernel(wide, opcode, 0, int(expected.size() * 4)), wide, options);
        ASSERT_EQ(run.error, "") << opcode << options;
        run.out.resize(expected.size());
        EXPECT_EQ(run.out, expected) << opcode << options;
      }
}

TEST(Im2colW, WhatIsNotKnownOrDoesNotFitIsRefused) {
  const Wide wide = {AZJ_IM2COL_W, 0, 0, 1, 8, 0, 0, 0, 0};
  const std::string kOpcode =
      "cp.async.bulk.tensor.4d.shared::cta.global.im2col::w.mbarrier::complete_tx::bytes";
  auto errorOf = [&](const std::string &ptx) { return runWide(ptx, wide, kOrders[0]).error; };
  EXPECT_NE(errorOf(wideKernel(wide, kOpcode, 2, 512)).find("wHalo are not simulated"),
            std::string::npos);
  std::string other = kOpcode;
  other.replace(other.find("::w"), 3, "::w::128");
  std::string error = errorOf(wideKernel(wide, other, 0, 512));
  EXPECT_NE(error.find("is of mode im2col::w::128, the tensor map of mode im2col::w"),
            std::string::npos)
      << error;
}

// Prefetches move nothing; their operands are checked.
TEST(Gather4, PrefetchesAskForTheirMaps) {
  struct Case {
    const char *opcode, *operands, *error;
  };
  const Case kCases[] = {
      {"2d.L2.global.tile::gather4", "[%rd2, {%r20, %r21, %r22, %r23, %r24}]", ""},
      {"4d.L2.global.im2col::w", "[%rd2, {%r20, %r21, %r22, %r23}], {%h1, %h1}",
       "copies 4 dimensions"},
      {"4d.L2.global.im2col", "[%rd2, {%r20, %r21, %r22, %r23}], {%h1, %h1}",
       "copies 4 dimensions"},
  };
  const int at[5] = {0, 1, 2, 3, 4};
  for (const Case &test : kCases) {
    std::string ptx = wrapKernel(".param .u64 out, .param .align 64 .b8 map[128]",
                                 places(at) + "mov.b16 %h1, 0;\ncp.async.bulk.prefetch.tensor." +
                                     test.opcode + " " + test.operands + ";\n",
                                 "sm_100a", "8.6");
    std::string error =
        runCluster(ptx, 1, 1, kOrders[0], [&](Sim &sim) {
          return std::vector<Arg>{Arg::of(rowsMap(sim, sim.upload(matrix(), "matrix"), 0))};
        }).error;
    EXPECT_EQ(error.empty(), std::string(test.error).empty()) << error;
    EXPECT_NE(error.find(test.error), std::string::npos) << error;
  }
}

} // namespace
} // namespace azulejo::sim::test
