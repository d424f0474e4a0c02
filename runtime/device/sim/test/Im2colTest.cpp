// This file tests tensor copies in im2col mode against a plain loop over the pixels.
#include "device/sim/async/TensorMap.h"
#include "test/AsyncKernels.h"

namespace azulejo::sim::test {
namespace {

constexpr uint32_t kChannels = 8, kPixels = 16; // of a column; 512 bytes

// An NHWC or NDHWC tensor of words.
struct Shape {
  uint32_t rank;    // 3 to 5
  uint32_t dims[5]; // C, W, H, D, N; without what the rank has not
  int32_t lower[3], upper[3];
  uint32_t stride; // of the pixels
};

azj_im2col_desc cornersOf(const Shape &shape) {
  azj_im2col_desc corners = {};
  corners.size = sizeof(corners);
  std::copy(shape.lower, shape.lower + 3, corners.lower);
  std::copy(shape.upper, shape.upper + 3, corners.upper);
  corners.channels = kChannels;
  corners.pixels = kPixels;
  return corners;
}

azj_tensor_map encode(Sim &sim, const Shape &shape, azj_device_ptr base) {
  azj_tensor_map_desc desc = {};
  desc.type = AZJ_TENSOR_MAP_U32;
  desc.rank = shape.rank;
  desc.base = base;
  uint64_t stride = 4;
  for (uint32_t d = 0; d < shape.rank; ++d) {
    desc.dims[d] = shape.dims[d];
    desc.strides[d] = stride;
    desc.element_strides[d] = d == 0 || d + 1 == shape.rank ? 1 : shape.stride;
    stride *= shape.dims[d];
  }
  azj_tensor_map map;
  azj_im2col_desc corners = cornersOf(shape);
  azj_status status = sim.device->vtable->encode_im2col_map(sim.device, &desc, &corners, &map);
  EXPECT_EQ(status, nullptr) << azj_status_message(status);
  azj_status_free(status);
  return map;
}

uint32_t elementAt(const Shape &shape, const std::vector<uint32_t> &data, const int64_t *at) {
  uint64_t index = 0, step = 1;
  for (uint32_t d = 0; d < shape.rank; ++d) {
    if (at[d] < 0 || at[d] >= int64_t(shape.dims[d]))
      return 0;
    index += uint64_t(at[d]) * step;
    step *= shape.dims[d];
  }
  return data[index];
}

// What a column holds: kPixels pixels from `start` on, each shifted by the offsets.
std::vector<uint32_t> column(const Shape &shape, const std::vector<uint32_t> &data,
                             const int32_t *start, const uint32_t *offsets) {
  std::vector<uint32_t> expected;
  int64_t base[5];
  std::copy(start, start + shape.rank, base);
  while (expected.size() < kPixels * kChannels) {
    for (uint32_t c = 0; c < kChannels; ++c) {
      int64_t at[5];
      std::copy(base, base + shape.rank, at);
      at[0] += c;
      for (uint32_t d = 1; d + 1 < shape.rank; ++d)
        at[d] += offsets[d - 1];
      expected.push_back(elementAt(shape, data, at));
    }
    uint32_t d = 1;
    for (; d + 1 < shape.rank; ++d) {
      base[d] += shape.stride;
      if (base[d] <= int64_t(shape.dims[d]) - 1 + shape.upper[d - 1])
        break;
      base[d] = shape.lower[d - 1];
    }
    if (d + 1 == shape.rank)
      ++base[d];
  }
  return expected;
}

std::string list(const char *prefix, uint32_t first, uint32_t count) {
  std::string text = "{";
  for (uint32_t k = 0; k < count; ++k)
    text += (k == 0 ? "" : ", ") + std::string(prefix) + std::to_string(first + k);
  return text + "}";
}

// One thread loads a column, all store it.
std::string loadKernel(uint32_t rank, const int32_t *start, const uint32_t *offsets,
                       const std::string &mode = "im2col", const std::string &pair = "") {
  std::string body = ".shared .align 128 .b8 data[512];\n.shared .align 8 .b8 bar[8];\n" +
                     startKernel(1) +
                     "mov.b64 %rd1, map;\ncvta.param.u64 %rd2, %rd1;\n"
                     "@%p1 bra ISSUED;\n";
  for (uint32_t d = 0; d < rank; ++d)
    body += "mov.b32 %r" + std::to_string(20 + d) + ", " + std::to_string(start[d]) + ";\n";
  for (uint32_t d = 0; d + 2 < rank; ++d)
    body += "mov.b16 %h" + std::to_string(1 + d) + ", " + std::to_string(offsets[d]) + ";\n";
  std::string dims = std::to_string(rank) + "d";
  std::string coordinates = list("%r", 20, rank);
  std::string more = mode == "im2col" ? ", " + list("%h", 1, rank - 2) : "";
  body += "mbarrier.arrive.expect_tx.shared::cta.b64 _, [bar], 512;\n"
          "cp.async.bulk.tensor." +
          dims + ".shared::cluster.global." + mode + ".mbarrier::complete_tx::bytes" + pair +
          " [data], [%rd2, " + coordinates + "], [bar]" + more + ";\nISSUED:\n" +
          waitFor("bar", "0") +
          "mov.u32 %r5, data;\nshl.b32 %r6, %r1, 2;\nadd.u32 %r5, %r5, %r6;\n"
          "ld.shared.b32 %r9, [%r5];\n" +
          storeOut(128);
  return wrapKernel(".param .u64 out, .param .align 64 .b8 map[128]", body,
                    pair.empty() ? "sm_90" : "sm_100a", pair.empty() ? "8.0" : "8.6");
}

std::vector<uint32_t> tensorOf(const Shape &shape) {
  size_t count = 1;
  for (uint32_t d = 0; d < shape.rank; ++d)
    count *= shape.dims[d];
  std::vector<uint32_t> data(count);
  for (size_t k = 0; k < count; ++k)
    data[k] = uint32_t(k + 1);
  return data;
}

AsyncRun load(const Shape &shape, const std::string &ptx, const std::string &options) {
  return runCluster(ptx, 1, 128, options, [&](Sim &sim) {
    return std::vector<Arg>{Arg::of(encode(sim, shape, sim.upload(tensorOf(shape), "image")))};
  });
}

// Filters of 3 (x 3 (x 3)) with a border of 1, then of 2 with steps of 2.
const Shape kLine = {3, {8, 11, 3}, {-1}, {-1}, 1};
const Shape kImage = {4, {16, 5, 4, 2}, {-1, -1}, {-1, -1}, 1};
const Shape kStrided = {4, {8, 9, 8, 2}, {0, 0}, {-1, -1}, 2};
const Shape kVolume = {5, {8, 3, 3, 3, 2}, {-1, -1, -1}, {-1, -1, -1}, 1};

TEST(Im2col, ColumnsAreThoseOfThePlainLoop) {
  struct Case {
    const Shape *shape;
    int32_t start[5];
    uint32_t offsets[3];
  };
  const Case cases[] = {
      {&kLine, {0, -1, 0}, {0}},
      {&kLine, {0, 7, 1}, {2}},
      {&kImage, {0, -1, -1, 0}, {0, 0}},
      {&kImage, {8, -1, -1, 0}, {2, 1}},
      {&kImage, {0, 2, 1, 0}, {1, 2}},
      {&kImage, {0, 3, 2, 1}, {0, 1}},
      {&kStrided, {0, 0, 0, 0}, {1, 0}},
      {&kStrided, {0, 6, 4, 0}, {1, 1}},
      {&kVolume, {0, -1, 0, -1, 0}, {2, 0, 1}},
      {&kVolume, {0, 0, 0, 0, 1}, {0, 2, 2}},
  };
  for (const Case &test : cases)
    for (const char *options : kAsyncOptions) {
      AsyncRun run =
          load(*test.shape, loadKernel(test.shape->rank, test.start, test.offsets), options);
      ASSERT_EQ(run.error, "") << options;
      EXPECT_EQ(run.out, column(*test.shape, tensorOf(*test.shape), test.start, test.offsets))
          << test.shape->rank << "d from " << test.start[1];
    }
}

// On sm_100 the copy may name the group of blocks whose mbarrier it signals.
TEST(Im2col, GroupsOfBlocksMayBeNamed) {
  const int32_t start[5] = {0, -1, -1, 0};
  const uint32_t offsets[3] = {2, 1};
  for (const char *pair : {".cta_group::1", ".cta_group::2"}) {
    AsyncRun run =
        load(kImage, loadKernel(4, start, offsets, "im2col", pair), "sm=100,checks=all,async=lazy");
    ASSERT_EQ(run.error, "") << pair;
    EXPECT_EQ(run.out, column(kImage, tensorOf(kImage), start, offsets)) << pair;
  }
}

TEST(Im2col, MapAndInstructionMustAgree) {
  const int32_t start[5] = {};
  const uint32_t offsets[3] = {};
  std::string error = load(kImage, loadKernel(4, start, offsets, "tile"), kAsyncOptions[0]).error;
  EXPECT_NE(error.find("the instruction is of mode tile, the tensor map of mode im2col"),
            std::string::npos)
      << error;
  error = load(kImage, loadKernel(3, start, offsets), kAsyncOptions[0]).error;
  EXPECT_NE(error.find("copies 3 dimensions, the tensor map has 4"), std::string::npos) << error;
}

// A store writes the pixels of the column and leaves out what is outside; a reduction adds to them.
void storeColumn(const std::string &opcode, bool isSum) {
  std::string body =
      ".shared .align 128 .b8 data[512];\nmov.u32 %r1, %tid.x;\nmov.u32 %r5, data;\n"
      "shl.b32 %r6, %r1, 2;\nadd.u32 %r5, %r5, %r6;\nadd.u32 %r7, %r1, 1000;\n"
      "st.shared.b32 [%r5], %r7;\nfence.proxy.async;\nbar.sync 0;\nmov.u32 %r9, 0;\n"
      "mov.u32 %r2, 0;\nsetp.ne.u32 %p1, %r1, 0;\n@%p1 bra END;\nmov.b64 %rd1, map;\n"
      "cvta.param.u64 %rd2, %rd1;\nmov.b32 %r20, 0;\nmov.b32 %r21, 1;\nmov.b32 %r22, 0;\n" +
      opcode +
      " [%rd2, {%r20, %r21, %r22, %r20}], "
      "[data];\ncp.async.bulk.commit_group;\ncp.async.bulk.wait_group 0;\nEND:\n" +
      storeOut(128);
  Shape shape = {4, {8, 4, 3, 2}, {0, 0}, {0, 0}, 1};
  for (const char *options : kAsyncOptions) {
    Sim sim(options);
    ASSERT_EQ(sim.load(wrapKernel(".param .u64 out, .param .align 64 .b8 map[128]", body, "sm_90",
                                  "8.0")),
              "");
    std::vector<uint32_t> image = tensorOf(shape);
    azj_device_ptr in = sim.upload(image, "image"), out = sim.allocate(512, "out");
    ASSERT_EQ(
        sim.launch("k", {1, 1, 1}, {128, 1, 1}, {Arg::of(out), Arg::of(encode(sim, shape, in))}),
        "")
        << options;
    for (uint32_t k = 0; k < 128; ++k)
      image[8 + k] = (isSum ? image[8 + k] : 0) + 1000 + k; // from pixel 1 on they are neighbours
    EXPECT_EQ(sim.download<uint32_t>(in, image.size()), image) << options;
  }
}

TEST(Im2col, StoresAndReductionsWithoutOffsets) {
  storeColumn("cp.async.bulk.tensor.4d.global.shared::cta.im2col_no_offs.bulk_group", false);
  storeColumn("cp.reduce.async.bulk.tensor.4d.global.shared::cta.add.im2col_no_offs.bulk_group",
              true);
}

} // namespace
} // namespace azulejo::sim::test
