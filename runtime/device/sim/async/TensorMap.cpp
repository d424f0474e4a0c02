// This file writes and reads tensor maps.
#include "device/sim/async/TensorMap.h"

#include "device/TensorMapRules.h"

#include <cstring>

namespace azulejo::sim::async {

namespace {

constexpr char kMagic[8] = {'A', 'Z', 'J', 'T', 'M', 'A', 'P', '1'};
constexpr uint32_t kChecksumAt = 124;

bool fail(std::string *error, std::string text) {
  *error = "tensor map: " + std::move(text);
  return false;
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

// Sizes go up to 2^32, so that they are stored less one; those that a replacement has set to none
// are marked.
void transferFields(bool write, uint8_t *cursor, TensorMap *map) {
  transfer(write, cursor, map->base);
  for (int i = 0; i < 5; ++i) {
    uint32_t dim = uint32_t(map->dims[i] - 1);
    uint16_t box = uint16_t(map->box[i]);
    uint8_t elementStride = uint8_t(map->elementStrides[i]);
    transfer(write, cursor, dim);
    transfer(write, cursor, box);
    transfer(write, cursor, elementStride);
    map->dims[i] = map->dims[i] == 0 && write ? 0 : uint64_t(dim) + 1;
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
  uint8_t emptyDims = 0;
  for (int i = 0; i < 5; ++i)
    emptyDims |= uint8_t((map->dims[i] == 0) << i);
  uint8_t small[8] = {
      uint8_t(map->kind),    uint8_t(map->type),    uint8_t(map->rank),       map->swizzleMode,
      uint8_t(map->nanFill), map->swizzleAtomicity, uint8_t(map->isReplaced), emptyDims};
  transfer(write, cursor, channels);
  transfer(write, cursor, pixels);
  transfer(write, cursor, small);
  map->channels = channels;
  map->pixels = pixels;
  map->kind = TensorMapKind(small[0]);
  map->type = azj_tensor_map_type(small[1]);
  map->rank = small[2];
  map->swizzleMode = small[3];
  map->nanFill = small[4] != 0;
  map->swizzleAtomicity = small[5];
  map->isReplaced = small[6] != 0;
  for (int i = 0; i < 5; ++i)
    map->dims[i] = (small[7] >> i & 1) != 0 ? 0 : map->dims[i];
}

TensorMap commonMap(const azj_tensor_map_desc &desc, TensorMapKind kind) {
  TensorMap map;
  map.kind = kind;
  map.type = desc.type;
  map.rank = desc.rank;
  map.base = desc.base;
  map.swizzleMode = uint8_t(desc.swizzle);
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

// What the simulator lacks of what the driver has.
bool checkLayout(const azj_tensor_map_desc &desc, std::string *error) {
  return desc.interleave == 0 || fail(error, "interleaved layouts are not supported, got " +
                                                 std::to_string(desc.interleave));
}

// A map of 128-byte swizzles by other chunks than 16 bytes.
Swizzle swizzleOf(const TensorMap &map) {
  if (map.swizzleMode < uint8_t(Swizzle::B128) || map.swizzleAtomicity == 0)
    return Swizzle(map.swizzleMode);
  return map.swizzleAtomicity == kAtomicity32 ? Swizzle::B128Atom32 : Swizzle::B128Atom64;
}

// A map whose fields were replaced one by one keeps the driver's rules when it is used.
bool checkReplaced(const TensorMap &map, std::string *error) {
  azj_tensor_map_desc desc = {};
  desc.type = map.type;
  desc.rank = map.rank;
  desc.base = map.base;
  desc.swizzle = map.swizzleMode;
  desc.nan_fill = map.nanFill;
  for (uint32_t i = 0; i < 5; ++i) {
    desc.dims[i] = map.dims[i];
    desc.strides[i] = map.strides[i];
    desc.box[i] = map.box[i];
    desc.element_strides[i] = map.elementStrides[i];
  }
  if (!runtime::checkTiledMap(desc, error))
    return false;
  return map.swizzleAtomicity == 0 || map.swizzleMode == uint8_t(Swizzle::B128) ||
         fail(error, "swizzle atomicity " + std::to_string(map.swizzleAtomicity) +
                         " needs swizzle 3 (128 bytes), got " + std::to_string(map.swizzleMode));
}
} // namespace

void writeMap(TensorMap map, void *to) {
  uint8_t bytes[128] = {};
  std::memcpy(bytes, kMagic, sizeof kMagic);
  transferFields(true, bytes + sizeof kMagic, &map);
  uint32_t sum = checksum(bytes);
  std::memcpy(bytes + kChecksumAt, &sum, sizeof sum);
  std::memcpy(to, bytes, sizeof bytes);
}

namespace {
// Whether what walks over a box can rely on the fields; a replacement may leave any rank behind.
bool isSound(const TensorMap &map) {
  return map.kind <= TensorMapKind::Im2colW128 && map.type <= AZJ_TENSOR_MAP_BF16 &&
         (map.isReplaced || (map.rank >= 1 && map.rank <= 5)) &&
         (map.kind == TensorMapKind::Tiled || (map.rank >= 3 && !map.isReplaced)) &&
         map.swizzleMode <= uint8_t(Swizzle::B128) && map.swizzleAtomicity <= kAtomicity64;
}
} // namespace

bool readMap(const void *from, TensorMap *out, std::string *error) {
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
  if (!isSound(map))
    return fail(error, "the 128 bytes were changed after encoding");
  map.strides[0] = elementBytes(map.type);
  map.swizzle = swizzleOf(map);
  *out = map;
  return true;
}

bool encodeTensorMap(const azj_tensor_map_desc &desc, azj_tensor_map *out, std::string *error) {
  if (!runtime::checkTiledMap(desc, error) || !checkLayout(desc, error))
    return false;
  writeMap(commonMap(desc, TensorMapKind::Tiled), out->bytes);
  return true;
}

bool encodeIm2colMap(const azj_tensor_map_desc &desc, const azj_im2col_desc &im2col,
                     azj_tensor_map *out, std::string *error) {
  if (!runtime::checkIm2colMap(desc, im2col, error) || !checkLayout(desc, error))
    return false;
  bool isWide = im2col.mode != AZJ_IM2COL;
  TensorMap map = commonMap(desc, TensorMapKind(im2col.mode + uint32_t(TensorMapKind::Im2col)));
  for (uint32_t i = 0; i + 2 < desc.rank && (i == 0 || !isWide); ++i) {
    map.lower[i] = int16_t(im2col.lower[i]);
    map.upper[i] = int16_t(im2col.upper[i]);
  }
  map.channels = im2col.channels;
  map.pixels = im2col.mode == AZJ_IM2COL_W_128 ? 128 : im2col.pixels;
  writeMap(map, out->bytes);
  return true;
}

bool decodeTensorMap(const void *from, TensorMap *out, std::string *error) {
  return readMap(from, out, error) && (!out->isReplaced || checkReplaced(*out, error));
}

uint32_t boxCount(const TensorMap &map, uint32_t d) {
  uint32_t stride = d == 0 ? 1 : map.elementStrides[d];
  return (map.box[d] + stride - 1) / stride;
}

uint32_t boxBytes(const TensorMap &map) {
  uint32_t bytes = elementBytes(map.type);
  if (isIm2col(map.kind))
    return bytes * map.channels * map.pixels;
  uint64_t total = bytes; // at most 256^5 * 8 = 2^43; no shared memory holds more than 2^32
  for (uint32_t i = 0; i < map.rank; ++i)
    total *= boxCount(map, i);
  return total > UINT32_MAX ? UINT32_MAX : uint32_t(total);
}

uint32_t copyBytes(const TensorMap &map, const BoxPlace &place) {
  return (place.isGather ? kGatherRows : 1) * boxBytes(map);
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
