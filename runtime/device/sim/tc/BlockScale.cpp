// This file computes products with block scales.
#include "device/sim/tc/BlockScale.h"

namespace azulejo::sim::tc {

namespace {

// The sums of one row's products with eight columns, from k = `from` to before `to`.
void addProducts(const float *a, const TileB &b, int from, int to, float *sums) {
  for (int column = 0; column < kTileColumns; ++column)
    sums[column] = 0;
  for (int k = from; k < to; ++k)
    for (int column = 0; column < kTileColumns; ++column)
      sums[column] += a[k] * b.value[k * kTileColumns + column];
}

} // namespace

Factors decodeFactors(Type type, uint32_t word, int first, int count) {
  Factors factors = {};
  for (int i = 0; i < count; ++i)
    factors.of[i] = decode(type, word >> (8 * (first + i)) & 0xff);
  return factors;
}

void dotScaled(const DotOp &op, int factors, const TileA &a, const TileB &b, int rows,
               const Factors *ofRows, const Factors *ofColumns, float *c) {
  int block = op.k / factors;
  for (int row = 0; row < rows; ++row, c += kTileColumns) {
    double total[kTileColumns];
    for (int column = 0; column < kTileColumns; ++column)
      total[column] = double(c[column]);
    for (int f = 0; f < factors; ++f) {
      float sums[kTileColumns];
      addProducts(a.value + row * kTileMaxK, b, f * block, (f + 1) * block, sums);
      for (int column = 0; column < kTileColumns; ++column)
        total[column] += double(sums[column]) * ofRows[row].of[f] * ofColumns[column].of[f];
    }
    for (int column = 0; column < kTileColumns; ++column)
      c[column] = float(total[column]);
  }
}

} // namespace azulejo::sim::tc
