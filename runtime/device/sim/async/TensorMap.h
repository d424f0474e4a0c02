// This file declares tensor maps of TMA: our own 128-byte format, the driver's rules for their
// arguments, and the walk over a box.
#ifndef AZULEJO_SIM_ASYNC_TENSORMAP_H
#define AZULEJO_SIM_ASYNC_TENSORMAP_H

#include "device/sim/async/Swizzle.h"

#include "azulejo/runtime/device.h"
#include "device/TensorMapElement.h"

#include <string>

namespace azulejo::sim::async {

enum class TensorMapKind : uint8_t { Tiled, Im2col };

// A decoded tensor map. Dimension 0 is the innermost.
struct TensorMap {
  TensorMapKind kind = TensorMapKind::Tiled;
  azj_tensor_map_type type = AZJ_TENSOR_MAP_U8;
  uint32_t rank = 0;
  uint64_t base = 0;
  uint64_t dims[5] = {};           // elements
  uint64_t strides[5] = {};        // bytes; [0] is the element's size
  uint32_t box[5] = {};            // Tiled: elements before elementStrides are applied
  uint32_t elementStrides[5] = {}; // [0] counts as 1
  Swizzle swizzle = Swizzle::None;
  bool nanFill = false;
  // Im2col: corners of the bounding box relative to the tensor's, for the rank - 2 spatial
  // dimensions, W first.
  int16_t lower[3] = {}, upper[3] = {};
  uint32_t channels = 0; // per pixel
  uint32_t pixels = 0;   // per column
};

// What im2col needs beside azj_tensor_map_desc, whose box is then ignored.
struct Im2colDesc {
  int32_t lower[3], upper[3];
  uint32_t channels, pixels;
};

// Checks the arguments by the driver's rules and writes the map. Returns false and says in `error`
// which argument is wrong, what was expected and what was found; `out` is then untouched.
bool encodeTensorMap(const azj_tensor_map_desc &desc, azj_tensor_map *out, std::string *error);
bool encodeIm2colMap(const azj_tensor_map_desc &desc, const Im2colDesc &im2col, azj_tensor_map *out,
                     std::string *error);

// Reads 128 bytes at `bytes`. Returns false and says why in `error` if they are no map of ours or
// were changed.
bool decodeTensorMap(const void *bytes, TensorMap *out, std::string *error);

// Bytes of one element.
inline uint32_t elementBytes(azj_tensor_map_type type) {
  return runtime::tensorMapElementBytes(type);
}

// Elements of the box along dimension d: element strides taken into account.
uint32_t boxCount(const TensorMap &map, uint32_t d);

// Bytes that one load writes and announces to its mbarrier, filled ones included.
uint32_t boxBytes(const TensorMap &map);

// The pattern of `bytes` bytes (a multiple of the element's size) outside the tensor: zero or NaN.
void fillOutside(const TensorMap &map, uint8_t *to, uint32_t bytes);

// A stretch of the box: neighbours in global and, unswizzled, in shared memory.
struct BoxRun {
  uint32_t offset;  // in the dense box, bytes
  uint64_t address; // global; only if inside
  uint32_t bytes;
  bool inside;
};

// Walks the runs of a box in the order of the dense box.
class BoxWalk {
public:
  // Tiled: `coordinates` are those of the box's first element, rank of them.
  // Im2col: coordinates (c, w[, h[, d]], n), and `offsets` for the rank - 2 spatial dimensions.
  BoxWalk(const TensorMap &map, const int32_t *coordinates, const uint16_t *offsets = nullptr);

  // Gives the next run; false when there are no more.
  bool next(BoxRun *run);

private:
  void startRow();
  bool advanceTiled();
  bool advanceIm2col();

  const TensorMap &map;
  int64_t position[5];    // of the row: element coordinates; [0] of the row's first element
  int64_t origin[5];      // Tiled: of the box. Im2col: offsets of the filter
  uint32_t index[5] = {}; // Tiled: position within the box
  uint32_t pixel = 0;
  uint32_t rowBytes, rowDone = 0;
  uint32_t offset = 0;
  uint64_t rowAddress = 0;
  bool rowInside = false;
  bool finished = false;
};

// Calls fn(sharedAddress, run) for every piece of a box that is contiguous on both sides once the
// swizzle is applied to shared addresses from `sharedBase` on.
template <typename Function>
void forEachPiece(const TensorMap &map, const int32_t *coordinates, const uint16_t *offsets,
                  uint32_t sharedBase, Function &&fn) {
  BoxWalk walk(map, coordinates, offsets);
  BoxRun run;
  while (walk.next(&run)) {
    while (run.bytes != 0) {
      BoxRun piece = run;
      uint32_t address = sharedBase + run.offset;
      if (map.swizzle != Swizzle::None && piece.bytes > 16 - address % 16)
        piece.bytes = 16 - address % 16;
      fn(swizzleAddress(map.swizzle, address), piece);
      run.offset += piece.bytes;
      run.address += piece.bytes;
      run.bytes -= piece.bytes;
    }
  }
}

} // namespace azulejo::sim::async

#endif // AZULEJO_SIM_ASYNC_TENSORMAP_H
