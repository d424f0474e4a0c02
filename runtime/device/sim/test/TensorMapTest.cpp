// This file tests tensor maps: the format, the rules for arguments, and boxes against plain loops
// over every element.
#include "device/sim/async/TensorMap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <random>
#include <vector>

using namespace azulejo::sim::async;

namespace {

azj_tensor_map_desc plainDesc() {
  azj_tensor_map_desc desc = {};
  desc.type = AZJ_TENSOR_MAP_F16;
  desc.rank = 2;
  desc.base = 4096;
  desc.dims[0] = 100;
  desc.dims[1] = 50;
  desc.strides[1] = 208;
  desc.box[0] = 64;
  desc.box[1] = 8;
  desc.element_strides[0] = desc.element_strides[1] = 1;
  desc.swizzle = 3;
  return desc;
}

std::string errorOf(const std::function<void(azj_tensor_map_desc &)> &change) {
  azj_tensor_map_desc desc = plainDesc();
  change(desc);
  azj_tensor_map map;
  std::string error;
  EXPECT_FALSE(encodeTensorMap(desc, &map, &error));
  return error;
}

TEST(TensorMap, DecodesWhatWasEncoded) {
  azj_tensor_map_desc desc = plainDesc();
  desc.dims[1] = uint64_t(1) << 32;
  desc.strides[1] = uint64_t(1) << 31;
  desc.nan_fill = 1;
  azj_tensor_map encoded;
  std::string error;
  ASSERT_TRUE(encodeTensorMap(desc, &encoded, &error)) << error;
  TensorMap map;
  ASSERT_TRUE(decodeTensorMap(&encoded, &map, &error)) << error;
  EXPECT_EQ(map.kind, TensorMapKind::Tiled);
  EXPECT_EQ(map.rank, 2u);
  EXPECT_EQ(map.base, 4096u);
  EXPECT_EQ(map.dims[1], uint64_t(1) << 32);
  EXPECT_EQ(map.strides[0], 2u);
  EXPECT_EQ(map.strides[1], desc.strides[1]);
  EXPECT_EQ(map.box[0], 64u);
  EXPECT_EQ(map.swizzle, Swizzle::B128);
  EXPECT_TRUE(map.nanFill);
  EXPECT_EQ(boxBytes(map), 64u * 8 * 2);
}

TEST(TensorMap, RefusesForeignAndChangedBytes) {
  azj_tensor_map encoded = {};
  TensorMap map;
  std::string error;
  EXPECT_FALSE(decodeTensorMap(&encoded, &map, &error));
  EXPECT_NE(error.find("not a tensor map of the simulator"), std::string::npos);
  ASSERT_TRUE(encodeTensorMap(plainDesc(), &encoded, &error));
  for (int i = 0; i < 128; ++i) {
    azj_tensor_map changed = encoded;
    changed.bytes[i] ^= 0x10;
    EXPECT_FALSE(decodeTensorMap(&changed, &map, &error)) << "byte " << i;
  }
}

TEST(TensorMap, AppliesTheDriversRules) {
  EXPECT_EQ(errorOf([](auto &d) { d.rank = 6; }), "tensor map: rank must be 1 to 5, got 6");
  EXPECT_EQ(errorOf([](auto &d) { d.base = 4100; }),
            "tensor map: base must be non-null and 16-byte aligned, got 4100");
  EXPECT_EQ(errorOf([](auto &d) { d.strides[1] = 200; }),
            "tensor map: strides[1] must be a multiple of 16 below 2^40 bytes, got 200");
  EXPECT_EQ(errorOf([](auto &d) { d.box[1] = 257; }),
            "tensor map: box[1] must be 1 to 256, got 257");
  EXPECT_EQ(errorOf([](auto &d) { d.box[0] = 4; }),
            "tensor map: box[0] must span a multiple of 16 bytes, got 8");
  EXPECT_EQ(errorOf([](auto &d) { d.box[0] = 72; }),
            "tensor map: box[0] must span at most the swizzle's 128 bytes, got 144");
  EXPECT_EQ(errorOf([](auto &d) { d.dims[0] = 0; }),
            "tensor map: dims[0] must be 1 to 2^32, got 0");
  EXPECT_EQ(errorOf([](auto &d) { d.element_strides[1] = 9; }),
            "tensor map: element_strides[1] must be 1 to 8, got 9");
  EXPECT_EQ(errorOf([](auto &d) {
              d.dims[1] = uint64_t(1) << 32;
              d.strides[1] = (uint64_t(1) << 40) - 16;
            }),
            "tensor map: the tensor leaves the 64-bit address space at dimension 1");
  EXPECT_EQ(errorOf([](auto &d) {
              d.interleave = 1;
              d.rank = 3;
              d.dims[2] = d.box[2] = d.element_strides[2] = 1;
            }),
            "tensor map: interleaved layouts are not supported, got 1");
  EXPECT_EQ(errorOf([](auto &d) { d.swizzle = 4; }), "tensor map: swizzle must be 0 to 3, got 4");
  EXPECT_EQ(errorOf([](auto &d) {
              d.type = AZJ_TENSOR_MAP_I32;
              d.box[0] = 32;
              d.nan_fill = 1;
            }),
            "tensor map: nan_fill must be 0, or 1 for a floating-point type");
}

// The global tensor is a function of the address: what a load must bring is then known.
uint8_t byteAt(uint64_t address) { return uint8_t(address * 2654435761u >> 13); }

// Loads a box by pieces into a shared memory of 64 KiB.
std::vector<uint8_t> loadByPieces(const TensorMap &map, const int32_t *coordinates,
                                  const uint16_t *offsets, uint32_t base) {
  std::vector<uint8_t> shared(1 << 16, 0xee);
  forEachPiece(map, {coordinates, offsets}, base, [&](uint32_t address, const BoxRun &run) {
    EXPECT_LE(address + run.bytes, shared.size());
    if (run.inside)
      for (uint32_t i = 0; i < run.bytes; ++i)
        shared[address + i] = byteAt(run.address + i);
    else
      fillOutside(map, &shared[address], run.bytes);
  });
  return shared;
}

// One element, outside ones filled with zeros.
void placeElement(const TensorMap &map, const int64_t *at, uint32_t base, uint32_t index,
                  std::vector<uint8_t> *shared) {
  uint64_t address = map.base;
  bool inside = true;
  for (uint32_t d = 0; d < map.rank; ++d) {
    inside &= at[d] >= 0 && at[d] < int64_t(map.dims[d]);
    address += uint64_t(at[d]) * map.strides[d];
  }
  uint32_t size = elementBytes(map.type);
  for (uint32_t i = 0; i < size; ++i)
    (*shared)[swizzleAddress(map.swizzle, base + index * size + i)] =
        inside ? byteAt(address + i) : 0;
}

TEST(TensorMap, TiledBoxesAgreeWithPlainLoops) {
  std::mt19937 random(2);
  for (int round = 0; round < 400; ++round) {
    azj_tensor_map_desc desc = {};
    const azj_tensor_map_type types[] = {AZJ_TENSOR_MAP_U8, AZJ_TENSOR_MAP_F16, AZJ_TENSOR_MAP_F32,
                                         AZJ_TENSOR_MAP_F64};
    desc.type = types[random() % 4];
    desc.rank = 1 + random() % 5;
    desc.base = 4096;
    desc.swizzle = random() % 4;
    uint32_t size = elementBytes(desc.type);
    uint32_t chunks = desc.swizzle ? 1 + random() % (1u << desc.swizzle) : 1 + random() % 8;
    uint64_t stride = 16 * (16 + random() % 8);
    for (uint32_t d = 0; d < desc.rank; ++d) {
      desc.dims[d] = 1 + random() % 20;
      desc.box[d] = d == 0 ? chunks * 16 / size : 1 + random() % 5;
      desc.element_strides[d] = random() % 3 ? 1 : 1 + random() % 3;
      desc.strides[d] = stride;
      stride *= 20;
    }
    azj_tensor_map encoded;
    std::string error;
    TensorMap map;
    ASSERT_TRUE(encodeTensorMap(desc, &encoded, &error)) << error;
    ASSERT_TRUE(decodeTensorMap(&encoded, &map, &error)) << error;
    int32_t coordinates[5];
    for (int32_t &c : coordinates)
      c = int32_t(random() % 30) - 8;
    uint32_t base = 1024 + 128 * (random() % 8);
    std::vector<uint8_t> expected(1 << 16, 0xee);
    uint32_t n[5] = {1, 1, 1, 1, 1}, index = 0;
    for (uint32_t d = 0; d < desc.rank; ++d)
      n[d] = d == 0 ? desc.box[0]
                    : (desc.box[d] + desc.element_strides[d] - 1) / desc.element_strides[d];
    for (uint32_t i4 = 0; i4 < n[4]; ++i4)
      for (uint32_t i3 = 0; i3 < n[3]; ++i3)
        for (uint32_t i2 = 0; i2 < n[2]; ++i2)
          for (uint32_t i1 = 0; i1 < n[1]; ++i1)
            for (uint32_t i0 = 0; i0 < n[0]; ++i0) {
              uint32_t i[5] = {i0, i1, i2, i3, i4};
              int64_t at[5];
              for (uint32_t d = 0; d < desc.rank; ++d)
                at[d] = coordinates[d] + int64_t(i[d]) * (d ? desc.element_strides[d] : 1);
              placeElement(map, at, base, index++, &expected);
            }
    ASSERT_EQ(boxBytes(map), index * size);
    ASSERT_EQ(loadByPieces(map, coordinates, nullptr, base), expected) << "round " << round;
  }
}

// Fields replaced one by one, in any order, give the map that is encoded at once.
TEST(TensorMap, ReplacedFieldsMakeTheMapThatTheDriverEncodes) {
  azj_tensor_map_desc desc = plainDesc();
  azj_tensor_map encoded;
  std::string error;
  TensorMap expected, map;
  ASSERT_TRUE(encodeTensorMap(desc, &encoded, &error)) << error;
  ASSERT_TRUE(decodeTensorMap(&encoded, &expected, &error)) << error;
  struct Value {
    MapField field;
    uint32_t ordinal;
    uint64_t value;
  };
  std::vector<Value> values = {{MapField::GlobalAddress, 0, desc.base},
                               {MapField::Rank, 0, 1},
                               {MapField::BoxDim, 0, desc.box[0]},
                               {MapField::BoxDim, 1, desc.box[1]},
                               {MapField::GlobalDim, 0, desc.dims[0]},
                               {MapField::GlobalDim, 1, desc.dims[1]},
                               {MapField::GlobalStride, 0, desc.strides[1]},
                               {MapField::ElementStride, 0, 1},
                               {MapField::ElementStride, 1, 1},
                               {MapField::ElementType, 0, AZJ_TENSOR_MAP_F16},
                               {MapField::InterleaveLayout, 0, 0},
                               {MapField::SwizzleMode, 0, 3},
                               {MapField::SwizzleAtomicity, 0, 0},
                               {MapField::FillMode, 0, 0}};
  std::mt19937 random(5);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(values.begin(), values.end(), random);
    azj_tensor_map made = {};
    for (const Value &value : values)
      ASSERT_TRUE(replaceField(&made, value.field, value.ordinal, value.value, &error)) << error;
    ASSERT_TRUE(decodeTensorMap(&made, &map, &error)) << error;
    EXPECT_EQ(map.base, expected.base);
    EXPECT_EQ(map.rank, expected.rank);
    EXPECT_EQ(map.type, expected.type);
    EXPECT_EQ(map.swizzle, expected.swizzle);
    EXPECT_EQ(map.strides[1], expected.strides[1]);
    for (int d = 0; d < 2; ++d) {
      EXPECT_EQ(map.dims[d], expected.dims[d]);
      EXPECT_EQ(map.box[d], expected.box[d]);
    }
    EXPECT_EQ(boxBytes(map), boxBytes(expected));
  }
}

// An implicit GEMM: every output pixel of a convolution and one tap of its filter.
TEST(TensorMap, Im2colGathersTheTapsOfAConvolution) {
  const int64_t channels = 16, width = 7, height = 5, images = 3;
  const int pad = 1, filter = 3, stride = 2;
  const int64_t outWidth = (width + 2 * pad - filter) / stride + 1;
  const int64_t outHeight = (height + 2 * pad - filter) / stride + 1;
  azj_tensor_map_desc desc = {};
  desc.type = AZJ_TENSOR_MAP_F16;
  desc.rank = 4;
  desc.base = 4096;
  const int64_t dims[4] = {channels, width, height, images};
  uint64_t bytes = 2;
  for (int d = 0; d < 4; ++d) {
    desc.dims[d] = uint64_t(dims[d]);
    desc.strides[d] = bytes;
    bytes *= uint64_t(dims[d]);
    desc.element_strides[d] = d == 1 || d == 2 ? stride : 1;
  }
  desc.swizzle = 1;
  azj_im2col_desc im2col = {sizeof(azj_im2col_desc),
                            {-pad, -pad},
                            {pad - (filter - 1), pad - (filter - 1)},
                            16,
                            20,
                            AZJ_IM2COL};
  azj_tensor_map encoded;
  std::string error;
  TensorMap map;
  ASSERT_TRUE(encodeIm2colMap(desc, im2col, &encoded, &error)) << error;
  ASSERT_TRUE(decodeTensorMap(&encoded, &map, &error)) << error;
  EXPECT_EQ(boxBytes(map), 20u * 16 * 2);
  for (int64_t first = 0; first < images * outHeight * outWidth; ++first)
    for (int tapY = 0; tapY < filter; ++tapY)
      for (int tapX = 0; tapX < filter; ++tapX) {
        int64_t x0 = first % outWidth, y0 = first / outWidth % outHeight;
        int64_t n0 = first / outWidth / outHeight;
        int32_t coordinates[4] = {0, int32_t(x0 * stride - pad), int32_t(y0 * stride - pad),
                                  int32_t(n0)};
        uint16_t offsets[2] = {uint16_t(tapX), uint16_t(tapY)};
        std::vector<uint8_t> expected(1 << 16, 0xee);
        for (int64_t p = 0; p < 20; ++p)
          for (int64_t c = 0; c < 16; ++c) {
            int64_t pixel = first + p;
            int64_t at[4] = {c, pixel % outWidth * stride - pad + tapX,
                             pixel / outWidth % outHeight * stride - pad + tapY,
                             pixel / outWidth / outHeight};
            placeElement(map, at, 512, uint32_t(p * 16 + c), &expected);
          }
        ASSERT_EQ(loadByPieces(map, coordinates, offsets, 512), expected) << first;
      }
}

TEST(TensorMap, Im2colRules) {
  azj_tensor_map_desc desc = plainDesc();
  azj_tensor_map map;
  std::string error;
  azj_im2col_desc im2col = {sizeof(azj_im2col_desc), {0}, {0}, 64, 8, AZJ_IM2COL};
  EXPECT_FALSE(encodeIm2colMap(desc, im2col, &map, &error));
  EXPECT_EQ(error, "tensor map: rank must be 3 to 5, got 2");
  desc.rank = 4;
  for (int d = 2; d < 4; ++d) {
    desc.dims[d] = 4;
    desc.strides[d] = 1024;
    desc.element_strides[d] = 1;
  }
  im2col.lower[0] = -129;
  EXPECT_FALSE(encodeIm2colMap(desc, im2col, &map, &error));
  EXPECT_EQ(error, "tensor map: box corner[0] must be -128 to 127, got -129");
  im2col.lower[0] = 0;
  im2col.pixels = 1025;
  EXPECT_FALSE(encodeIm2colMap(desc, im2col, &map, &error));
  EXPECT_EQ(error, "tensor map: pixels per column must be 1 to 1024, got 1025");
}

TEST(TensorMap, FillsWithNan) {
  azj_tensor_map_desc desc = plainDesc();
  desc.nan_fill = 1;
  azj_tensor_map encoded;
  std::string error;
  TensorMap map;
  ASSERT_TRUE(encodeTensorMap(desc, &encoded, &error));
  ASSERT_TRUE(decodeTensorMap(&encoded, &map, &error));
  uint8_t bytes[4];
  fillOutside(map, bytes, 4);
  EXPECT_EQ(bytes[0], 0xff);
  EXPECT_EQ(bytes[1], 0x7f);
  EXPECT_EQ(bytes[3], 0x7f);
}

} // namespace
