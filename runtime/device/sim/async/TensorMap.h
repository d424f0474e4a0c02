// This file declares tensor maps of TMA: our own 128-byte format, the driver's rules for their
// arguments, and the walk over a box.
#ifndef AZULEJO_SIM_ASYNC_TENSORMAP_H
#define AZULEJO_SIM_ASYNC_TENSORMAP_H

#include "device/sim/async/Swizzle.h"

#include "azulejo/runtime/device.h"
#include "device/TensorMapElement.h"

#include <string>

namespace azulejo::sim::async {

// The modes of im2col in the order of azj_im2col_mode.
enum class TensorMapKind : uint8_t { Tiled, Im2col, Im2colW, Im2colW128 };
inline bool isIm2col(TensorMapKind kind) { return kind != TensorMapKind::Tiled; }

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
  uint8_t swizzleMode = 0;         // of azj_tensor_map_desc
  uint8_t swizzleAtomicity = 0;    // of tensormap.replace: 0 16 bytes, 1 32, 3 64
  Swizzle swizzle = Swizzle::None; // what both come to
  bool nanFill = false;
  bool isReplaced = false; // tensormap.replace has changed it: its rules are checked at its use
  // Im2col: corners of the bounding box relative to the tensor's, for the rank - 2 spatial
  // dimensions, W first; of the modes W for W alone.
  int16_t lower[3] = {}, upper[3] = {};
  uint32_t channels = 0; // per pixel
  uint32_t pixels = 0;   // per column
};

constexpr uint8_t kAtomicity32 = 1, kAtomicity64 = 3;

// Checks the arguments by the driver's rules and writes the map. Returns false and says in `error`
// which argument is wrong, what was expected and what was found; `out` is then untouched.
bool encodeTensorMap(const azj_tensor_map_desc &desc, azj_tensor_map *out, std::string *error);
bool encodeIm2colMap(const azj_tensor_map_desc &desc, const azj_im2col_desc &im2col,
                     azj_tensor_map *out, std::string *error);

// Reads 128 bytes at `bytes`. Returns false and says why in `error` if they are no map of ours,
// were changed, or if tensormap.replace has made a map of them that the driver would not encode.
bool decodeTensorMap(const void *bytes, TensorMap *out, std::string *error);

// The same without a look at the rules; and writes a map, whatever it says.
bool readMap(const void *bytes, TensorMap *out, std::string *error);
void writeMap(TensorMap map, void *bytes);

// The fields of tensormap.replace.tile.
enum class MapField : uint8_t {
  GlobalAddress,
  Rank, // less one
  BoxDim,
  GlobalDim,
  GlobalStride, // of dimension `ordinal` + 1
  ElementStride,
  ElementType,      // of azj_tensor_map_type
  InterleaveLayout, // 0, as there are no others
  SwizzleMode,
  SwizzleAtomicity,
  FillMode,
};
// Replaces a field of the tiled map at `bytes`; 128 zeros are a map without anything. Values that
// make no sense stay until the map is used. Returns false and says why if there is no tiled map.
bool replaceField(void *bytes, MapField field, uint32_t ordinal, uint64_t value,
                  std::string *error);

// Bytes of one element.
inline uint32_t elementBytes(azj_tensor_map_type type) {
  return runtime::tensorMapElementBytes(type);
}

// Elements of the box along dimension d: element strides taken into account.
uint32_t boxCount(const TensorMap &map, uint32_t d);

// Bytes that one load writes and announces to its mbarrier, filled ones included.
uint32_t boxBytes(const TensorMap &map);

// Where a copy starts.
struct BoxPlace {
  // Tiled: of the box's first element, rank of them; gathered: one of dimension 0, then four rows.
  // Im2col: (c, w[, h[, d]], n).
  const int32_t *coordinates;
  const uint16_t *offsets; // im2col: for the rank - 2 spatial dimensions
  bool isGather = false;   // .tile::gather4 and .tile::scatter4
};
constexpr uint32_t kGatherRows = 4;

// Bytes that one copy moves; of a gathered one, whose box has one row, four rows.
uint32_t copyBytes(const TensorMap &map, const BoxPlace &place);

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
void forEachPiece(const TensorMap &map, const BoxPlace &place, uint32_t sharedBase, Function &&fn) {
  for (uint32_t row = 0; row < (place.isGather ? kGatherRows : 1); ++row) {
    const int32_t gathered[2] = {place.coordinates[0], place.coordinates[1 + row]};
    BoxWalk walk(map, place.isGather ? gathered : place.coordinates, place.offsets);
    uint32_t rowOffset = row == 0 ? 0 : row * boxBytes(map);
    BoxRun run;
    while (walk.next(&run)) {
      run.offset += rowOffset;
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
}

} // namespace azulejo::sim::async

#endif // AZULEJO_SIM_ASYNC_TENSORMAP_H
