// This file reads the metadata of sparse operands.
#include "device/sim/tc/Sparse.h"

#include <cstring>

namespace azulejo::sim::tc {

namespace {

// Where the four bits of a chunk are.
struct Place {
  int lane, shift;
};

// Rows g and g + 8 have their metadata in the lanes 4 g … 4 g + 3. Of elements of 16 bits and more
// a word has 16 bits of either row, and lanes follow along k; of narrower ones it has one row's 32
// bits, and lanes take the rows in turn.
Place placeOf(const SparseRows &rows, int selector, int row, int chunk) {
  int perLane = rows.bits >= 16 ? 4 : 8, half = row / 8;
  int lanes = 4 / rows.selectors(); // of a quad that have metadata
  int first = 4 * (row % 8) + lanes * selector;
  if (rows.bits >= 16)
    return {first + chunk / perLane, 16 * half + 4 * (chunk % perLane)};
  return {first + 2 * (chunk / perLane) + half, 4 * (chunk % perLane)};
}

uint32_t bitsAt(const SparseMetadata &metadata, Place place) {
  return metadata.words[place.lane] >> place.shift & 15;
}

} // namespace

bool isValidChunk(const SparseRows &rows, uint32_t bits) {
  uint32_t low = bits & 3, high = bits >> 2;
  if (rows.bits == 32)
    return bits == 0b0100 || bits == 0b1110;
  return rows.isOrdered ? low < high : low != high;
}

int *placeChunk(const SparseRows &rows, int chunk, uint32_t bits, int *columns) {
  int first = chunk * rows.chunkElements(), low = int(bits & 3), high = int(bits >> 2);
  if (rows.bits == 32) {
    *columns++ = first + low / 2;
  } else if (rows.bits == 4) {
    for (int e = 0; e < 4; ++e)
      *columns++ = first + 2 * (e < 2 ? low : high) + e % 2;
  } else {
    *columns++ = first + low;
    *columns++ = first + high;
  }
  return columns;
}

bool checkMetadata(const SparseRows &rows, const SparseMetadata &metadata, MetadataFault *fault) {
  for (int row = 0; row < 16; ++row)
    for (int chunk = 0; chunk < rows.chunks(); ++chunk) {
      Place place = placeOf(rows, metadata.selector, row, chunk);
      uint32_t bits = bitsAt(metadata, place);
      if (isValidChunk(rows, bits))
        continue;
      *fault = {place.lane, row, chunk, bits};
      return false;
    }
  return true;
}

void placeElements(const SparseRows &rows, const SparseMetadata &metadata, int row, int *columns) {
  for (int chunk = 0; chunk < rows.chunks(); ++chunk)
    columns = placeChunk(rows, chunk,
                         bitsAt(metadata, placeOf(rows, metadata.selector, row, chunk)), columns);
}

void chooseElements(const int *places, int count, int bytes, const uint8_t *columns, int stride,
                    uint8_t *chosen) {
  for (int column = 0; column < 8; ++column)
    for (int i = 0; i < count; ++i)
      std::memcpy(chosen + column * stride + i * bytes,
                  columns + column * stride + places[i] * bytes, size_t(bytes));
}

} // namespace azulejo::sim::tc
