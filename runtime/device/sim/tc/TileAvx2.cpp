// This file compiles the tile engine for AVX2, FMA and F16C.
#include "device/sim/tc/TileKernels.inc"

namespace azulejo::sim::tc {

const TileTable kAvx2Tiles = {decodeTileA, decodeTileB, computeTile, multiplyFragments};

} // namespace azulejo::sim::tc
