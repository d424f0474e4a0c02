// This file tests the driver's rules for the arguments of tensor maps: each at its last allowed
// value and at the first that is refused.
#include "device/TensorMapRules.h"

#include <gtest/gtest.h>

#include <functional>

using namespace azulejo::runtime;

namespace {

struct Arguments {
  azj_tensor_map_desc desc = {};
  azj_im2col_desc im2col = {sizeof(azj_im2col_desc), {0}, {0}, 64, 32, AZJ_IM2COL};
};
using Change = std::function<void(Arguments &)>;

// Images of 64 channels, 30 x 20 pixels.
Arguments plain() {
  Arguments a;
  a.desc.type = AZJ_TENSOR_MAP_F16;
  a.desc.rank = 4;
  a.desc.base = 4096;
  const uint64_t dims[4] = {64, 30, 20, 8};
  uint64_t stride = 2;
  for (int d = 0; d < 4; ++d) {
    a.desc.dims[d] = dims[d];
    a.desc.strides[d] = stride;
    a.desc.box[d] = d == 0 ? 64 : 4;
    a.desc.element_strides[d] = 1;
    stride *= dims[d];
  }
  a.desc.swizzle = 3;
  return a;
}

std::string tiled(const Change &change) {
  Arguments a = plain();
  change(a);
  std::string error;
  EXPECT_EQ(checkTiledMap(a.desc, &error), error.empty());
  return error;
}

std::string im2col(const Change &change) {
  Arguments a = plain();
  change(a);
  std::string error;
  EXPECT_EQ(checkIm2colMap(a.desc, a.im2col, &error), error.empty());
  return error;
}

struct Rule {
  Change most, tooMuch;
  const char *error; // behind "tensor map: "
};

void expectRules(const std::vector<Rule> &rules,
                 const std::function<std::string(const Change &)> &check) {
  for (const Rule &rule : rules) {
    EXPECT_EQ(check(rule.most), "") << rule.error;
    EXPECT_EQ(check(rule.tooMuch), std::string("tensor map: ") + rule.error);
  }
}

// Rules of all maps.
std::vector<Rule> commonRules() {
  return {
      {[](Arguments &a) { a.desc.type = AZJ_TENSOR_MAP_BF16; },
       [](Arguments &a) { a.desc.type = azj_tensor_map_type(10); }, "unknown element type 10"},
      {[](Arguments &a) { a.desc.base = 16; }, [](Arguments &a) { a.desc.base = 24; },
       "base must be non-null and 16-byte aligned, got 24"},
      {[](Arguments &) {}, [](Arguments &a) { a.desc.base = 0; },
       "base must be non-null and 16-byte aligned, got 0"},
      {[](Arguments &a) { a.desc.dims[3] = uint64_t(1) << 32, a.desc.strides[3] = 16; },
       [](Arguments &a) { a.desc.dims[3] = (uint64_t(1) << 32) + 1; },
       "dims[3] must be 1 to 2^32, got 4294967297"},
      {[](Arguments &) {}, [](Arguments &a) { a.desc.dims[1] = 0; },
       "dims[1] must be 1 to 2^32, got 0"},
      {[](Arguments &a) { a.desc.strides[3] = (uint64_t(1) << 40) - 16; },
       [](Arguments &a) { a.desc.strides[3] = uint64_t(1) << 40; },
       "strides[3] must be a multiple of 16 below 2^40 bytes, got 1099511627776"},
      {[](Arguments &a) { a.desc.element_strides[1] = 8; },
       [](Arguments &a) { a.desc.element_strides[1] = 9; },
       "element_strides[1] must be 1 to 8, got 9"},
      {[](Arguments &) {}, [](Arguments &a) { a.desc.swizzle = 4; },
       "swizzle must be 0 to 3, got 4"},
      {[](Arguments &a) { a.desc.l2_promotion = 3; }, [](Arguments &a) { a.desc.l2_promotion = 4; },
       "l2_promotion must be 0 to 3, got 4"},
      {[](Arguments &a) { a.desc.nan_fill = 1; },
       [](Arguments &a) { a.desc.nan_fill = 1, a.desc.type = AZJ_TENSOR_MAP_U16; },
       "nan_fill must be 0, or 1 for a floating-point type"},
      {[](Arguments &a) { a.desc.interleave = 2, a.desc.swizzle = 1; },
       [](Arguments &a) { a.desc.interleave = 3; }, "interleave must be 0 to 2, got 3"},
      {[](Arguments &a) { a.desc.interleave = 1; }, [](Arguments &a) { a.desc.interleave = 2; },
       "the 32-byte interleave needs swizzle 1 (32 bytes), got 3"},
      {[](Arguments &a) { a.desc.interleave = 1, a.desc.base = 4112; },
       [](Arguments &a) { a.desc.interleave = 2, a.desc.swizzle = 1, a.desc.base = 4112; },
       "base must be 32-byte aligned for the 32-byte interleave, got 4112"},
      {[](Arguments &a) { a.desc.strides[2] = 4112; },
       [](Arguments &a) { a.desc.interleave = 2, a.desc.swizzle = 1, a.desc.strides[2] = 4112; },
       "strides[2] must be a multiple of 32 below 2^40 bytes, got 4112"},
  };
}

TEST(TensorMapRules, HoldForTiledMaps) {
  expectRules(commonRules(), tiled);
  expectRules(
      {
          {[](Arguments &a) { a.desc.rank = 1; }, [](Arguments &a) { a.desc.rank = 0; },
           "rank must be 1 to 5, got 0"},
          {[](Arguments &) {}, [](Arguments &a) { a.desc.rank = 6; }, "rank must be 1 to 5, got 6"},
          {[](Arguments &a) { a.desc.box[1] = 256; }, [](Arguments &a) { a.desc.box[1] = 257; },
           "box[1] must be 1 to 256, got 257"},
          {[](Arguments &a) { a.desc.box[0] = 8; }, [](Arguments &a) { a.desc.box[0] = 4; },
           "box[0] must span a multiple of 16 bytes, got 8"},
          {[](Arguments &a) { a.desc.box[0] = 16, a.desc.swizzle = 1; },
           [](Arguments &a) { a.desc.box[0] = 24, a.desc.swizzle = 1; },
           "box[0] must span at most the swizzle's 32 bytes, got 48"},
          {[](Arguments &a) { a.desc.rank = 3, a.desc.interleave = 1; },
           [](Arguments &a) { a.desc.rank = 2, a.desc.interleave = 1; },
           "an interleaved layout needs rank 3 to 5, got 2"},
      },
      tiled);
}

TEST(TensorMapRules, HoldForIm2colMaps) {
  expectRules(commonRules(), im2col);
  expectRules(
      {
          {[](Arguments &a) { a.desc.rank = 3; }, [](Arguments &a) { a.desc.rank = 2; },
           "rank must be 3 to 5, got 2"},
          {[](Arguments &a) { a.im2col.lower[1] = -128; },
           [](Arguments &a) { a.im2col.lower[1] = -129; },
           "box corner[1] must be -128 to 127, got -129"},
          {[](Arguments &a) { a.desc.rank = 3, a.im2col.upper[0] = 32767; },
           [](Arguments &a) { a.desc.rank = 3, a.im2col.upper[0] = 32768; },
           "box corner[0] must be -32768 to 32767, got 32768"},
          {[](Arguments &a) { a.im2col.lower[0] = 29; },
           [](Arguments &a) { a.im2col.lower[0] = 30; },
           "box corner[0] leaves an empty bounding box"},
          {[](Arguments &a) { a.im2col.channels = 8; }, [](Arguments &a) { a.im2col.channels = 7; },
           "channels per pixel must span a multiple of 16 bytes, got 14"},
          {[](Arguments &a) { a.im2col.channels = 256, a.desc.swizzle = 0; },
           [](Arguments &a) { a.im2col.channels = 257; },
           "channels per pixel must be 1 to 256, got 257"},
          {[](Arguments &a) { a.im2col.pixels = 1024; },
           [](Arguments &a) { a.im2col.pixels = 1025; },
           "pixels per column must be 1 to 1024, got 1025"},
          {[](Arguments &) {}, [](Arguments &a) { a.im2col.size = 8; },
           "size of azj_im2col_desc must be 40, got 8"},
          {[](Arguments &) {}, [](Arguments &a) { a.im2col.mode = azj_im2col_mode(3); },
           "unknown im2col mode 3"},
          {[](Arguments &a) { a.im2col.mode = AZJ_IM2COL_W_128, a.im2col.pixels = 0; },
           [](Arguments &a) { a.im2col.mode = AZJ_IM2COL_W, a.im2col.pixels = 0; },
           "pixels per column must be 1 to 1024, got 0"},
          {[](Arguments &a) {
             a.im2col.mode = AZJ_IM2COL_W, a.im2col.lower[0] = -32768, a.im2col.lower[1] = 999;
           },
           [](Arguments &a) { a.im2col.mode = AZJ_IM2COL_W, a.im2col.lower[0] = -32769; },
           "box corner[0] must be -32768 to 32767, got -32769"},
          {[](Arguments &a) {
             a.im2col.mode = AZJ_IM2COL_W, a.desc.swizzle = 2, a.im2col.channels = 32;
           },
           [](Arguments &a) {
             a.im2col.mode = AZJ_IM2COL_W, a.desc.swizzle = 1, a.im2col.channels = 16;
           },
           "im2col::w needs a swizzle of 64 or 128 bytes, 2 or 3, got 1"},
          {[](Arguments &) {},
           [](Arguments &a) { a.im2col.mode = AZJ_IM2COL_W, a.desc.interleave = 1; },
           "im2col::w has no interleaved layouts, interleave must be 0, got 1"},
      },
      im2col);
}

// Products of sizes and strides do not wrap around.
TEST(TensorMapRules, TensorsStayInTheAddressSpace) {
  EXPECT_EQ(tiled([](Arguments &a) {
              a.desc.dims[3] = uint64_t(1) << 32;
              a.desc.strides[3] = (uint64_t(1) << 40) - 16;
            }),
            "tensor map: the tensor leaves the 64-bit address space at dimension 3");
}

} // namespace
