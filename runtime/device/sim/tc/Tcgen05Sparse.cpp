// This file reads the metadata of a sparse A of tcgen05.mma.
#include "device/sim/tc/Tcgen05Sparse.h"

namespace azulejo::sim::tc {

namespace {
// The bits of a row: four for each chunk.
uint64_t bitsOf(const Tcgen05Mma &op, uint32_t column, int row, const TensorMemory &memory,
                bool *initialised) {
  uint32_t words[2];
  if (op.sparse.bits == 8) {
    *initialised &= memory.readRow(uint32_t(row), column, 2, words);
    return words[0] | uint64_t(words[1]) << 32;
  }
  uint32_t lane = uint32_t(row / 16 * 16 + row % 8), shift = uint32_t(row) / 8 % 2 * 16;
  for (uint32_t half = 0; half < 2; ++half)
    *initialised &= memory.readRow(lane + 8 * half, column, 1, &words[half]);
  return (words[0] >> shift & 0xffff) | (words[1] >> shift & 0xffff) << 16;
}
} // namespace

uint32_t tcgen05MetadataColumns(const Tcgen05Mma &op) { return op.sparse.bits == 8 ? 2 : 1; }

bool checkSelector(const Tcgen05Mma &op, uint32_t address, std::string *error) {
  uint32_t parity = tmemColumn(address) % 2;
  if (parity == uint32_t(op.selector))
    return true;
  *error = "the sparsity selector must be the lowest bit of the metadata's column, " +
           std::to_string(parity) + ", got " + std::to_string(op.selector);
  return false;
}

TmemFault readPlaces(const Tcgen05Mma &op, uint32_t address, const TensorMemory &memory,
                     SparsePlaces *out) {
  uint32_t column = tmemColumn(address);
  if (tmemLane(address) != 0)
    return TmemFault::MisalignedLane;
  TmemFault fault = memory.checkColumns(column, tcgen05MetadataColumns(op));
  if (fault != TmemFault::None)
    return fault;
  out->places.resize(size_t(op.rows() * op.dot.k));
  for (int row = 0; row < op.rows(); ++row) {
    uint64_t bits = bitsOf(op, column, row, memory, &out->initialised);
    int *places = &out->places[size_t(row * op.dot.k)];
    for (int chunk = 0; chunk < op.sparse.chunks(); ++chunk) {
      uint32_t ofChunk = uint32_t(bits >> (4 * chunk)) & 15;
      if (out->initialised && !isValidChunk(op.sparse, ofChunk))
        return TmemFault::WrongMetadata;
      places = placeChunk(op.sparse, chunk, ofChunk, places);
    }
  }
  return TmemFault::None;
}

} // namespace azulejo::sim::tc
