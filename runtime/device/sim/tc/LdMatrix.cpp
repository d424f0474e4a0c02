// This file moves 8x8 matrices of 16-bit elements between rows of shared memory and lanes.
#include "device/sim/tc/LdMatrix.h"

#include <cstring>

namespace azulejo::sim::tc {

namespace {

void transpose(uint16_t (&matrix)[8][8]) {
  for (int i = 0; i < 8; ++i)
    for (int j = 0; j < i; ++j) {
      uint16_t saved = matrix[i][j];
      matrix[i][j] = matrix[j][i];
      matrix[j][i] = saved;
    }
}

} // namespace

// Lanes in order hold a row-major matrix, so that only .trans moves anything within it.
void ldMatrix(const uint8_t *const rows[8], bool transposed, uint32_t *out) {
  uint16_t matrix[8][8];
  for (int r = 0; r < 8; ++r)
    std::memcpy(matrix[r], rows[r], kLdMatrixRowBytes);
  if (transposed)
    transpose(matrix);
  std::memcpy(out, matrix, sizeof matrix);
}

void stMatrix(const uint32_t *in, bool transposed, uint8_t *const rows[8]) {
  uint16_t matrix[8][8];
  std::memcpy(matrix, in, sizeof matrix);
  if (transposed)
    transpose(matrix);
  for (int r = 0; r < 8; ++r)
    std::memcpy(rows[r], matrix[r], kLdMatrixRowBytes);
}

} // namespace azulejo::sim::tc
