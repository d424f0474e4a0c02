// This file says how ldmatrix and stmatrix (.m8n8.b16) move rows between shared memory and lanes.
#ifndef AZULEJO_SIM_TC_LDMATRIX_H
#define AZULEJO_SIM_TC_LDMATRIX_H

#include <cstdint>

namespace azulejo::sim::tc {

// The lane whose address is that of row `row` (0…7) of matrix `matrix` (0…3).
inline int ldMatrixAddressLane(int matrix, int row) { return 8 * matrix + row; }

// Bytes of a row, and the alignment of its address.
constexpr int kLdMatrixRowBytes = 16;

// Spreads one 8x8 matrix of 16-bit elements over the lanes of a register: lane 4 r + t receives
// columns 2 t and 2 t + 1 of row r; with `transpose`, rows 2 t and 2 t + 1 of column r. rows[r]
// points at 16 readable bytes; `out` has 32 lanes.
void ldMatrix(const uint8_t *const rows[8], bool transpose, uint32_t *out);

// The inverse: writes a register's lanes into eight rows of 16 bytes.
void stMatrix(const uint32_t *in, bool transpose, uint8_t *const rows[8]);

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_LDMATRIX_H
