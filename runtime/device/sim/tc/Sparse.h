// This file declares sparse operands A: rows of which a half is stored, and where that half lies.
#ifndef AZULEJO_SIM_TC_SPARSE_H
#define AZULEJO_SIM_TC_SPARSE_H

#include <cstdint>

namespace azulejo::sim::tc {

// Sixteen rows of a sparse A. Four bits of metadata say which half of a chunk is stored, by two
// indices of two bits: of elements among four; of pairs of 4-bit elements among four; of halves of
// 32-bit elements among four, so that the two indices name one element.
struct SparseRows {
  int k;          // elements of a whole row
  int bits;       // that an element takes
  bool isOrdered; // the indices must rise
  int chunkElements() const { return bits == 32 ? 2 : bits == 4 ? 8 : 4; }
  int chunks() const { return k / chunkElements(); }
  // Selectors are below this: 4 where one lane of four has the metadata of two rows, 2 where two
  // lanes have, 1 where all have.
  int selectors() const { return 16 / chunks(); }
};

// Whether the four bits of a chunk's metadata place a half of it.
bool isValidChunk(const SparseRows &rows, uint32_t bits);
// Where the stored elements of a chunk lie in their row. Returns the place behind the last.
int *placeChunk(const SparseRows &rows, int chunk, uint32_t bits, int *columns);

// The metadata of a warp, a register of 32 lanes, and the selector, which says what lanes have it.
struct SparseMetadata {
  const uint32_t *words = nullptr;
  int selector = 0;
};

// Metadata that place no half of a chunk.
struct MetadataFault {
  int lane, row, chunk;
  uint32_t bits; // the chunk's
};

// Checks the metadata of all rows; false with the first fault where the ISA leaves them undefined.
bool checkMetadata(const SparseRows &rows, const SparseMetadata &metadata, MetadataFault *fault);

// Where the k / 2 stored elements of `row` lie in it. The metadata have to be valid.
void placeElements(const SparseRows &rows, const SparseMetadata &metadata, int row, int *columns);

// Of eight columns of packed elements of `bytes` bytes, `stride` bytes apart, the `count` elements
// at `places`, put one after another in columns of the same stride.
void chooseElements(const int *places, int count, int bytes, const uint8_t *columns, int stride,
                    uint8_t *chosen);

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_SPARSE_H
