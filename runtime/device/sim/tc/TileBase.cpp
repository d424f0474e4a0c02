// This file compiles the tile engine for any CPU.
#include "device/sim/tc/TileKernels.inc"

namespace azulejo::sim::tc {

const TileTable kBaseTiles = {decodeTileA, decodeTileB, computeTile, multiplyFragments};

} // namespace azulejo::sim::tc
