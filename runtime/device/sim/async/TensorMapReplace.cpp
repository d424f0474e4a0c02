// This file replaces single fields of encoded tensor maps.
#include "device/sim/async/TensorMap.h"

#include <algorithm>
#include <cstring>

namespace azulejo::sim::async {

namespace {
// Fields are narrower than the values given for them: what does not fit stays out of every rule.
uint32_t atMost(uint64_t value, uint32_t most) { return uint32_t(std::min<uint64_t>(value, most)); }

bool isZero(const void *bytes) {
  static const uint8_t kZeros[128] = {};
  return std::memcmp(bytes, kZeros, sizeof(kZeros)) == 0;
}

TensorMap emptyMap() {
  TensorMap map;
  map.rank = 1;
  return map;
}

void setField(TensorMap &map, MapField field, uint32_t ordinal, uint64_t value) {
  switch (field) {
  case MapField::GlobalAddress:
    map.base = value;
    break;
  case MapField::Rank:
    map.rank = atMost(value, 254) + 1;
    break;
  case MapField::BoxDim:
    map.box[ordinal] = atMost(value, UINT16_MAX);
    break;
  case MapField::GlobalDim:
    map.dims[ordinal] = value;
    break;
  case MapField::GlobalStride:
    map.strides[ordinal + 1] = value;
    break;
  case MapField::ElementStride:
    map.elementStrides[ordinal] = atMost(value, UINT8_MAX);
    break;
  case MapField::ElementType:
    map.type = azj_tensor_map_type(value);
    break;
  case MapField::InterleaveLayout:
    break;
  case MapField::SwizzleMode:
    map.swizzleMode = uint8_t(value);
    break;
  case MapField::SwizzleAtomicity:
    map.swizzleAtomicity = uint8_t(value);
    break;
  case MapField::FillMode:
    map.nanFill = value != 0;
    break;
  }
}
} // namespace

bool replaceField(void *bytes, MapField field, uint32_t ordinal, uint64_t value,
                  std::string *error) {
  TensorMap map = emptyMap();
  if (!isZero(bytes) && !readMap(bytes, &map, error))
    return false;
  if (map.kind != TensorMapKind::Tiled) {
    *error = "tensor map: tensormap.replace.tile of a map that is not of mode tile";
    return false;
  }
  setField(map, field, ordinal, value);
  map.isReplaced = true;
  writeMap(map, bytes);
  return true;
}

} // namespace azulejo::sim::async
