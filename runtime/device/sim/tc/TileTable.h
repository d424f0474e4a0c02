// This file declares the functions of the tile engine that exist once per instruction set.
#ifndef AZULEJO_SIM_TC_TILETABLE_H
#define AZULEJO_SIM_TC_TILETABLE_H

#include "device/sim/tc/Tile.h"

namespace azulejo::sim::tc {

struct TileTable {
  void (*decodeA)(const DotOp &op, const uint8_t *packed, size_t stride, int rows, TileA *tile);
  void (*decodeB)(const DotOp &op, const uint8_t *packed, size_t stride, TileB *tile);
  void (*dotTile)(const DotOp &op, const TileA &a, const TileB &b, int rows, void *c);
  bool (*multiplyRegisters)(const DotOp &op, const uint32_t *const *a, const uint32_t *const *b,
                            const uint32_t *const *c, uint32_t *const *d);
};

extern const TileTable kBaseTiles;
#ifdef AZULEJO_SIM_TC_HAS_AVX2
extern const TileTable kAvx2Tiles; // needs AVX2, FMA and F16C
#endif

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_TILETABLE_H
