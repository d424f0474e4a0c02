// This file declares products with block scales, which mma.sync and tcgen05.mma share.
#ifndef AZULEJO_SIM_TC_BLOCKSCALE_H
#define AZULEJO_SIM_TC_BLOCKSCALE_H

#include "device/sim/tc/Tile.h"

namespace azulejo::sim::tc {

constexpr int kMaxFactors = 4;

// The factors of a row of A or a column of B, one for each of equal blocks along k.
struct Factors {
  float of[kMaxFactors];
};

// Reads `count` factors of a scale type from the bytes of `word`, from byte `first` on.
Factors decodeFactors(Type type, uint32_t word, int first, int count);

// Adds A * B to c, [rows][8] of float, of tiles decoded for fast mode. The products of a block are
// added up in f32; that sum is multiplied by the factors of its row and column and added in double,
// so that factors far from one neither overflow nor vanish; the whole is rounded to f32 once. No
// recorded hardware result exists: this is the arithmetic in every mode.
void dotScaled(const DotOp &op, int factors, const TileA &a, const TileB &b, int rows,
               const Factors *ofRows, const Factors *ofColumns, float *c);

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_BLOCKSCALE_H
