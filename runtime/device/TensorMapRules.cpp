// This file implements the driver's rules for the arguments of tensor maps.
#include "device/TensorMapRules.h"
#include "device/TensorMapElement.h"

#include <cstddef>

namespace azulejo::runtime {

namespace {
constexpr uint64_t kMostElements = uint64_t{1} << 32, kStrideEnd = uint64_t{1} << 40;
constexpr uint32_t kInterleave32 = 2, kSwizzle32 = 1, kSwizzle64 = 2;

bool fail(std::string *error, std::string text) {
  *error = "tensor map: " + std::move(text);
  return false;
}

std::string at(const char *name, uint32_t i) {
  return std::string(name) + "[" + std::to_string(i) + "]";
}

// Bytes of a row that swizzle `swizzle` of azj_tensor_map_desc permutes; 0 for none.
uint32_t spanOf(uint32_t swizzle) { return swizzle == 0 ? 0 : 16u << swizzle; }

// Every element must have an address: products of sizes and strides may exceed 64 bits.
bool checkExtent(const azj_tensor_map_desc &desc, std::string *error) {
  uint64_t end = desc.base;
  for (uint32_t i = 0; i < desc.rank; ++i) {
    uint64_t step = i == 0 ? tensorMapElementBytes(desc.type) : desc.strides[i], span = 0;
    uint64_t steps = i == 0 ? desc.dims[i] : desc.dims[i] - 1;
    if (__builtin_mul_overflow(steps, step, &span) || __builtin_add_overflow(end, span, &end))
      return fail(error,
                  "the tensor leaves the 64-bit address space at dimension " + std::to_string(i));
  }
  return true;
}

bool checkShape(const azj_tensor_map_desc &desc, std::string *error) {
  uint32_t unit = desc.interleave == kInterleave32 ? 32 : 16;
  for (uint32_t i = 0; i < desc.rank; ++i) {
    if (desc.dims[i] == 0 || desc.dims[i] > kMostElements)
      return fail(error, at("dims", i) + " must be 1 to 2^32, got " + std::to_string(desc.dims[i]));
    if (desc.element_strides[i] < 1 || desc.element_strides[i] > 8)
      return fail(error, at("element_strides", i) + " must be 1 to 8, got " +
                             std::to_string(desc.element_strides[i]));
    if (i != 0 && (desc.strides[i] % unit != 0 || desc.strides[i] >= kStrideEnd))
      return fail(error, at("strides", i) + " must be a multiple of " + std::to_string(unit) +
                             " below 2^40 bytes, got " + std::to_string(desc.strides[i]));
  }
  return checkExtent(desc, error);
}

bool checkInterleave(const azj_tensor_map_desc &desc, std::string *error) {
  if (desc.interleave > kInterleave32)
    return fail(error, "interleave must be 0 to 2, got " + std::to_string(desc.interleave));
  if (desc.interleave != 0 && desc.rank < 3)
    return fail(error, "an interleaved layout needs rank 3 to 5, got " + std::to_string(desc.rank));
  if (desc.interleave == kInterleave32 && desc.base % 32 != 0)
    return fail(error, "base must be 32-byte aligned for the 32-byte interleave, got " +
                           std::to_string(desc.base));
  if (desc.interleave == kInterleave32 && desc.swizzle != kSwizzle32)
    return fail(error, "the 32-byte interleave needs swizzle 1 (32 bytes), got " +
                           std::to_string(desc.swizzle));
  return true;
}

bool checkCommon(const azj_tensor_map_desc &desc, uint32_t leastRank, std::string *error) {
  if (uint32_t(desc.type) > uint32_t(AZJ_TENSOR_MAP_BF16))
    return fail(error, "unknown element type " + std::to_string(int(desc.type)));
  if (desc.rank < leastRank || desc.rank > 5)
    return fail(error, "rank must be " + std::to_string(leastRank) + " to 5, got " +
                           std::to_string(desc.rank));
  if (desc.base == 0 || desc.base % 16 != 0)
    return fail(error,
                "base must be non-null and 16-byte aligned, got " + std::to_string(desc.base));
  if (desc.swizzle > 3)
    return fail(error, "swizzle must be 0 to 3, got " + std::to_string(desc.swizzle));
  if (!checkInterleave(desc, error))
    return false;
  if (desc.l2_promotion > 3)
    return fail(error, "l2_promotion must be 0 to 3, got " + std::to_string(desc.l2_promotion));
  bool isFloat = desc.type >= AZJ_TENSOR_MAP_F16;
  if (desc.nan_fill > 1 || (desc.nan_fill && !isFloat))
    return fail(error, "nan_fill must be 0, or 1 for a floating-point type");
  return checkShape(desc, error);
}

// The corners' range shrinks with the number of spatial dimensions.
int32_t cornerLimit(uint32_t rank) { return rank == 3 ? 1 << 15 : rank == 4 ? 1 << 7 : 1 << 4; }

bool checkCorners(const azj_tensor_map_desc &desc, const azj_im2col_desc &im2col,
                  std::string *error) {
  bool isWide = im2col.mode != AZJ_IM2COL;
  int32_t limit = isWide ? 1 << 15 : cornerLimit(desc.rank);
  for (uint32_t i = 0; i + 2 < desc.rank && (i == 0 || !isWide); ++i) {
    for (int32_t corner : {im2col.lower[i], im2col.upper[i]})
      if (corner < -limit || corner >= limit)
        return fail(error, at("box corner", i) + " must be " + std::to_string(-limit) + " to " +
                               std::to_string(limit - 1) + ", got " + std::to_string(corner));
    if (int64_t(desc.dims[i + 1]) - 1 + im2col.upper[i] < im2col.lower[i])
      return fail(error, at("box corner", i) + " leaves an empty bounding box");
  }
  return true;
}

bool checkWide(const azj_tensor_map_desc &desc, std::string *error) {
  if (desc.interleave != 0)
    return fail(error, "im2col::w has no interleaved layouts, interleave must be 0, got " +
                           std::to_string(desc.interleave));
  if (desc.swizzle < kSwizzle64)
    return fail(error, "im2col::w needs a swizzle of 64 or 128 bytes, 2 or 3, got " +
                           std::to_string(desc.swizzle));
  return true;
}
} // namespace

bool checkInnerExtent(uint64_t elements, azj_tensor_map_type type, uint32_t swizzleSpan,
                      const char *name, std::string *error) {
  uint64_t bytes = elements * tensorMapElementBytes(type);
  if (bytes % 16 != 0)
    return fail(error, std::string(name) + " must span a multiple of 16 bytes, got " +
                           std::to_string(bytes));
  if (swizzleSpan != 0 && bytes > swizzleSpan)
    return fail(error, std::string(name) + " must span at most the swizzle's " +
                           std::to_string(swizzleSpan) + " bytes, got " + std::to_string(bytes));
  return true;
}

bool checkTiledMap(const azj_tensor_map_desc &desc, std::string *error) {
  if (!checkCommon(desc, 1, error))
    return false;
  for (uint32_t i = 0; i < desc.rank; ++i)
    if (desc.box[i] < 1 || desc.box[i] > 256)
      return fail(error, at("box", i) + " must be 1 to 256, got " + std::to_string(desc.box[i]));
  return desc.interleave != 0 ||
         checkInnerExtent(desc.box[0], desc.type, spanOf(desc.swizzle), "box[0]", error);
}

bool checkIm2colMap(const azj_tensor_map_desc &desc, const azj_im2col_desc &im2col,
                    std::string *error) {
  constexpr size_t kLeastSize = offsetof(azj_im2col_desc, mode) + sizeof(im2col.mode);
  if (im2col.size < kLeastSize)
    return fail(error, "size of azj_im2col_desc must be " + std::to_string(sizeof(im2col)) +
                           ", got " + std::to_string(im2col.size));
  if (im2col.mode > AZJ_IM2COL_W_128)
    return fail(error, "unknown im2col mode " + std::to_string(int(im2col.mode)));
  bool isWide = im2col.mode != AZJ_IM2COL;
  if (!checkCommon(desc, 3, error) || (isWide && !checkWide(desc, error)))
    return false;
  if (im2col.channels < 1 || im2col.channels > 256)
    return fail(error,
                "channels per pixel must be 1 to 256, got " + std::to_string(im2col.channels));
  if (im2col.mode != AZJ_IM2COL_W_128 && (im2col.pixels < 1 || im2col.pixels > 1024))
    return fail(error, "pixels per column must be 1 to 1024, got " + std::to_string(im2col.pixels));
  if (desc.interleave == 0 && !checkInnerExtent(im2col.channels, desc.type, spanOf(desc.swizzle),
                                                "channels per pixel", error))
    return false;
  return checkCorners(desc, im2col, error);
}

} // namespace azulejo::runtime
