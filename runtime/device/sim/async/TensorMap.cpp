// This file checks, writes and reads tensor maps.
#include "device/sim/async/TensorMap.h"

#include <cstring>

namespace azulejo::sim::async {

namespace {

constexpr char kMagic[8] = {'A', 'Z', 'J', 'T', 'M', 'A', 'P', '1'};
constexpr uint32_t kChecksumAt = 124;

bool fail(std::string *error, std::string text) {
  *error = "tensor map: " + std::move(text);
  return false;
}

std::string at(const char *name, uint32_t i) {
  return std::string(name) + "[" + std::to_string(i) + "]";
}

// FNV-1a over everything before the checksum.
uint32_t checksum(const uint8_t *bytes) {
  uint32_t hash = 2166136261u;
  for (uint32_t i = 0; i < kChecksumAt; ++i)
    hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

// Writes or reads a map's fields one after the other.
template <typename Field> void transfer(bool write, uint8_t *&cursor, Field &field) {
  if (write)
    std::memcpy(cursor, &field, sizeof field);
  else
    std::memcpy(&field, cursor, sizeof field);
  cursor += sizeof field;
}

// Sizes go up to 2^32, so that they are stored less one.
void transferFields(bool write, uint8_t *cursor, TensorMap *map) {
  transfer(write, cursor, map->base);
  for (int i = 0; i < 5; ++i) {
    uint32_t dim = uint32_t(map->dims[i] - 1);
    uint16_t box = uint16_t(map->box[i]);
    uint8_t elementStride = uint8_t(map->elementStrides[i]);
    transfer(write, cursor, dim);
    transfer(write, cursor, box);
    transfer(write, cursor, elementStride);
    map->dims[i] = uint64_t(dim) + 1;
    map->box[i] = box;
    map->elementStrides[i] = elementStride;
  }
  for (int i = 1; i < 5; ++i)
    transfer(write, cursor, map->strides[i]);
  for (int i = 0; i < 3; ++i) {
    transfer(write, cursor, map->lower[i]);
    transfer(write, cursor, map->upper[i]);
  }
  uint16_t channels = uint16_t(map->channels), pixels = uint16_t(map->pixels);
  uint8_t small[5] = {uint8_t(map->kind), uint8_t(map->type), uint8_t(map->rank),
                      uint8_t(map->swizzle), uint8_t(map->nanFill)};
  transfer(write, cursor, channels);
  transfer(write, cursor, pixels);
  transfer(write, cursor, small);
  map->channels = channels;
  map->pixels = pixels;
  map->kind = TensorMapKind(small[0]);
  map->type = azj_tensor_map_type(small[1]);
  map->rank = small[2];
  map->swizzle = Swizzle(small[3]);
  map->nanFill = small[4] != 0;
}

// Every element must have an address: products of sizes and strides may exceed 64 bits.
bool checkExtent(const azj_tensor_map_desc &desc, std::string *error) {
  uint64_t end = desc.base;
  for (uint32_t i = 0; i < desc.rank; ++i) {
    uint64_t step = i == 0 ? elementBytes(desc.type) : desc.strides[i], span = 0;
    uint64_t steps = i == 0 ? desc.dims[i] : desc.dims[i] - 1;
    if (__builtin_mul_overflow(steps, step, &span) || __builtin_add_overflow(end, span, &end))
      return fail(error,
                  "the tensor leaves the 64-bit address space at dimension " + std::to_string(i));
  }
  return true;
}

bool checkShape(const azj_tensor_map_desc &desc, std::string *error) {
  for (uint32_t i = 0; i < desc.rank; ++i) {
    if (desc.dims[i] == 0 || desc.dims[i] > (uint64_t(1) << 32))
      return fail(error, at("dims", i) + " must be 1 to 2^32, got " + std::to_string(desc.dims[i]));
    if (desc.element_strides[i] < 1 || desc.element_strides[i] > 8)
      return fail(error, at("element_strides", i) + " must be 1 to 8, got " +
                             std::to_string(desc.element_strides[i]));
    if (i == 0)
      continue;
    if (desc.strides[i] % 16 != 0 || desc.strides[i] >= (uint64_t(1) << 40))
      return fail(error, at("strides", i) + " must be a multiple of 16 below 2^40 bytes, got " +
                             std::to_string(desc.strides[i]));
  }
  return checkExtent(desc, error);
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
  if (desc.swizzle > uint32_t(Swizzle::B128))
    return fail(error, "swizzle must be 0 to 3, got " + std::to_string(desc.swizzle));
  if (desc.interleave != 0)
    return fail(error,
                "interleaved layouts are not supported, got " + std::to_string(desc.interleave));
  if (desc.l2_promotion > 3)
    return fail(error, "l2_promotion must be 0 to 3, got " + std::to_string(desc.l2_promotion));
  bool isFloat = desc.type >= AZJ_TENSOR_MAP_F16;
  if (desc.nan_fill > 1 || (desc.nan_fill && !isFloat))
    return fail(error, "nan_fill must be 0, or 1 for a floating-point type");
  return checkShape(desc, error);
}

// The innermost extent: whole 16-byte chunks, within the swizzle's span.
bool checkInner(uint32_t elements, azj_tensor_map_type type, Swizzle swizzle, const char *name,
                std::string *error) {
  uint32_t bytes = elements * elementBytes(type);
  if (bytes % 16 != 0)
    return fail(error, std::string(name) + " must span a multiple of 16 bytes, got " +
                           std::to_string(bytes));
  if (swizzle != Swizzle::None && bytes > swizzleSpan(swizzle))
    return fail(error, std::string(name) + " must span at most the swizzle's " +
                           std::to_string(swizzleSpan(swizzle)) + " bytes, got " +
                           std::to_string(bytes));
  return true;
}

TensorMap commonMap(const azj_tensor_map_desc &desc, TensorMapKind kind) {
  TensorMap map;
  map.kind = kind;
  map.type = desc.type;
  map.rank = desc.rank;
  map.base = desc.base;
  map.swizzle = Swizzle(desc.swizzle);
  map.nanFill = desc.nan_fill != 0;
  for (uint32_t i = 0; i < 5; ++i) {
    bool used = i < desc.rank;
    map.dims[i] = used ? desc.dims[i] : 1;
    map.strides[i] = used && i > 0 ? desc.strides[i] : 0;
    map.box[i] = used && kind == TensorMapKind::Tiled ? desc.box[i] : 1;
    map.elementStrides[i] = used && i > 0 ? desc.element_strides[i] : 1;
  }
  return map;
}

void writeMap(TensorMap map, azj_tensor_map *out) {
  uint8_t bytes[128] = {};
  std::memcpy(bytes, kMagic, sizeof kMagic);
  transferFields(true, bytes + sizeof kMagic, &map);
  uint32_t sum = checksum(bytes);
  std::memcpy(bytes + kChecksumAt, &sum, sizeof sum);
  std::memcpy(out->bytes, bytes, sizeof bytes);
}

// The corners' range shrinks with the number of spatial dimensions.
int32_t cornerLimit(uint32_t rank) { return rank == 3 ? 1 << 15 : rank == 4 ? 1 << 7 : 1 << 4; }

} // namespace

bool encodeTensorMap(const azj_tensor_map_desc &desc, azj_tensor_map *out, std::string *error) {
  if (!checkCommon(desc, 1, error))
    return false;
  for (uint32_t i = 0; i < desc.rank; ++i)
    if (desc.box[i] < 1 || desc.box[i] > 256)
      return fail(error, at("box", i) + " must be 1 to 256, got " + std::to_string(desc.box[i]));
  if (!checkInner(desc.box[0], desc.type, Swizzle(desc.swizzle), "box[0]", error))
    return false;
  writeMap(commonMap(desc, TensorMapKind::Tiled), out);
  return true;
}

bool encodeIm2colMap(const azj_tensor_map_desc &desc, const Im2colDesc &im2col, azj_tensor_map *out,
                     std::string *error) {
  if (!checkCommon(desc, 3, error))
    return false;
  if (im2col.channels < 1 || im2col.channels > 256)
    return fail(error,
                "channels per pixel must be 1 to 256, got " + std::to_string(im2col.channels));
  if (im2col.pixels < 1 || im2col.pixels > 1024)
    return fail(error, "pixels per column must be 1 to 1024, got " + std::to_string(im2col.pixels));
  if (!checkInner(im2col.channels, desc.type, Swizzle(desc.swizzle), "channels per pixel", error))
    return false;
  TensorMap map = commonMap(desc, TensorMapKind::Im2col);
  int32_t limit = cornerLimit(desc.rank);
  for (uint32_t i = 0; i + 2 < desc.rank; ++i) {
    for (int32_t corner : {im2col.lower[i], im2col.upper[i]})
      if (corner < -limit || corner >= limit)
        return fail(error, at("box corner", i) + " must be " + std::to_string(-limit) + " to " +
                               std::to_string(limit - 1) + ", got " + std::to_string(corner));
    if (int64_t(desc.dims[i + 1]) - 1 + im2col.upper[i] < im2col.lower[i])
      return fail(error, at("box corner", i) + " leaves an empty bounding box");
    map.lower[i] = int16_t(im2col.lower[i]);
    map.upper[i] = int16_t(im2col.upper[i]);
  }
  map.channels = im2col.channels;
  map.pixels = im2col.pixels;
  writeMap(map, out);
  return true;
}

bool decodeTensorMap(const void *from, TensorMap *out, std::string *error) {
  uint8_t bytes[128];
  std::memcpy(bytes, from, sizeof bytes);
  if (std::memcmp(bytes, kMagic, sizeof kMagic) != 0)
    return fail(error, "the 128 bytes are not a tensor map of the simulator; encode it with "
                       "encode_tensor_map of the device that runs the kernel");
  uint32_t sum = 0;
  std::memcpy(&sum, bytes + kChecksumAt, sizeof sum);
  if (sum != checksum(bytes))
    return fail(error, "the 128 bytes were changed after encoding");
  TensorMap map;
  transferFields(false, bytes + sizeof kMagic, &map);
  map.strides[0] = elementBytes(map.type);
  *out = map;
  return true;
}

uint32_t boxCount(const TensorMap &map, uint32_t d) {
  uint32_t stride = d == 0 ? 1 : map.elementStrides[d];
  return (map.box[d] + stride - 1) / stride;
}

uint32_t boxBytes(const TensorMap &map) {
  uint32_t bytes = elementBytes(map.type);
  if (map.kind == TensorMapKind::Im2col)
    return bytes * map.channels * map.pixels;
  uint64_t total = bytes; // at most 256^5 * 8 = 2^43; no shared memory holds more than 2^32
  for (uint32_t i = 0; i < map.rank; ++i)
    total *= boxCount(map, i);
  return total > UINT32_MAX ? UINT32_MAX : uint32_t(total);
}

void fillOutside(const TensorMap &map, uint8_t *to, uint32_t bytes) {
  std::memset(to, 0, bytes);
  if (!map.nanFill)
    return;
  uint32_t step = elementBytes(map.type);
  uint64_t pattern = map.type == AZJ_TENSOR_MAP_F16    ? 0x7fff
                     : map.type == AZJ_TENSOR_MAP_BF16 ? 0x7fff
                     : map.type == AZJ_TENSOR_MAP_F32  ? 0x7fffffff
                                                       : 0x7fffffffffffffff;
  for (uint32_t i = 0; i + step <= bytes; i += step)
    std::memcpy(to + i, &pattern, step);
}

} // namespace azulejo::sim::async
