// This file walks the boxes of tiled and im2col tensor maps.
#include "device/sim/async/TensorMap.h"

#include <algorithm>

namespace azulejo::sim::async {

BoxWalk::BoxWalk(const TensorMap &map, const int32_t *coordinates, const uint16_t *offsets)
    : map(map) {
  for (uint32_t i = 0; i < 5; ++i) {
    position[i] = i < map.rank ? coordinates[i] : 0;
    origin[i] = position[i];
  }
  uint32_t elements = map.box[0];
  if (isIm2col(map.kind)) {
    elements = map.channels;
    for (uint32_t i = 0; i < 5; ++i)
      origin[i] = offsets && i >= 1 && i + 1 < map.rank ? offsets[i - 1] : 0;
  }
  rowBytes = elements * elementBytes(map.type);
  startRow();
}

// Finds whether the outer coordinates of the row lie in the tensor, and the address of its element
// 0.
void BoxWalk::startRow() {
  rowDone = 0;
  rowInside = true;
  rowAddress = map.base;
  for (uint32_t i = 1; i < map.rank; ++i) {
    int64_t at = position[i] + (isIm2col(map.kind) ? origin[i] : 0);
    if (at < 0 || uint64_t(at) >= map.dims[i])
      rowInside = false;
    else
      rowAddress += uint64_t(at) * map.strides[i];
  }
}

bool BoxWalk::advanceTiled() {
  for (uint32_t i = 1; i < map.rank; ++i) {
    if (++index[i] < boxCount(map, i)) {
      position[i] = origin[i] + int64_t(index[i]) * map.elementStrides[i];
      return true;
    }
    index[i] = 0;
    position[i] = origin[i];
  }
  return false;
}

// The next pixel: W first, then the other spatial dimensions (the modes W: none), then the image. A
// dimension that leaves the bounding box starts again at the box's lower corner.
bool BoxWalk::advanceIm2col() {
  if (++pixel >= map.pixels)
    return false;
  uint32_t end = map.kind == TensorMapKind::Im2col ? map.rank - 1 : 2;
  for (uint32_t i = 1; i < end; ++i) {
    position[i] += map.elementStrides[i];
    if (position[i] <= int64_t(map.dims[i]) - 1 + map.upper[i - 1])
      return true;
    position[i] = map.lower[i - 1];
  }
  ++position[map.rank - 1];
  return true;
}

bool BoxWalk::next(BoxRun *run) {
  if (finished)
    return false;
  // A row has up to three runs: before the tensor, in it, after it.
  int64_t size = elementBytes(map.type);
  int64_t first = position[0] * size + rowDone; // byte along dimension 0
  int64_t end = int64_t(map.dims[0]) * size;
  int64_t left = int64_t(rowBytes - rowDone);
  run->offset = offset;
  run->inside = rowInside && first >= 0 && first < end;
  run->address = run->inside ? rowAddress + uint64_t(first) : 0;
  if (rowInside && first < 0)
    left = std::min(left, -first);
  else if (run->inside)
    left = std::min(left, end - first);
  run->bytes = uint32_t(left);
  offset += run->bytes;
  rowDone += run->bytes;
  if (rowDone == rowBytes) {
    finished = !(isIm2col(map.kind) ? advanceIm2col() : advanceTiled());
    if (!finished)
      startRow();
  }
  return true;
}

} // namespace azulejo::sim::async
