// This file moves 8x8 matrices of 16-bit elements between rows of shared memory and lanes.
#include "device/sim/tc/LdMatrix.h"

#include <cstring>

namespace azulejo::sim::tc {

namespace {

typedef uint16_t V8h __attribute__((vector_size(16)));

// Interleaving the halves of vectors 0 and 4, 1 and 5, … three times transposes.
void transpose(V8h (&r)[8]) {
  for (int round = 0; round < 3; ++round) {
    V8h t[8];
    for (int i = 0; i < 4; ++i) {
      t[2 * i] = __builtin_shufflevector(r[i], r[i + 4], 0, 8, 1, 9, 2, 10, 3, 11);
      t[2 * i + 1] = __builtin_shufflevector(r[i], r[i + 4], 4, 12, 5, 13, 6, 14, 7, 15);
    }
    std::memcpy(r, t, sizeof t);
  }
}

} // namespace

// Lanes in order hold a row-major matrix, so that only .trans moves anything within it.
void ldMatrix(const uint8_t *const rows[8], bool transposed, uint32_t *out) {
  V8h matrix[8];
  for (int r = 0; r < 8; ++r)
    std::memcpy(&matrix[r], rows[r], kLdMatrixRowBytes);
  if (transposed)
    transpose(matrix);
  std::memcpy(out, matrix, sizeof matrix);
}

void stMatrix(const uint32_t *in, bool transposed, uint8_t *const rows[8]) {
  V8h matrix[8];
  std::memcpy(matrix, in, sizeof matrix);
  if (transposed)
    transpose(matrix);
  for (int r = 0; r < 8; ++r)
    std::memcpy(rows[r], &matrix[r], kLdMatrixRowBytes);
}

} // namespace azulejo::sim::tc
