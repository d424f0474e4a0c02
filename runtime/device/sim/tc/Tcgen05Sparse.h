// This file declares the metadata of a sparse A of tcgen05.mma, in tensor memory.
//
// The ISA shows their layout in figures; it is that of CuTe, whose f16 and tf32 layout is also that
// of mma.sp. A row of 128 has four bits for each chunk, in order. Kinds of 8 bits: row r has the 64
// bits of two neighbouring columns in lane r. Wider kinds: rows r and r + 8 share a column; lane r
// has 16 bits of either for the first half of k, and lane r + 8 those for the second.
#ifndef AZULEJO_SIM_TC_TCGEN05SPARSE_H
#define AZULEJO_SIM_TC_TCGEN05SPARSE_H

#include "device/sim/tc/Tcgen05.h"

#include <vector>

namespace azulejo::sim::tc {

// Where the stored elements of each row of a CTA lie in it: dot.k places a row.
struct SparsePlaces {
  std::vector<int> places; // [row][dot.k]
  bool initialised = true; // all words were written
};

// Columns that the metadata take.
uint32_t tcgen05MetadataColumns(const Tcgen05Mma &op);

// The first column must be even, and the selector must be 1 where the address names the second of
// two: no other use of it is known. Returns false and says why in `error`.
bool checkSelector(const Tcgen05Mma &op, uint32_t address, std::string *error);

// Reads the metadata at `address`. WrongMetadata where the ISA leaves what they say undefined.
TmemFault readPlaces(const Tcgen05Mma &op, uint32_t address, const TensorMemory &memory,
                     SparsePlaces *out);

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_TCGEN05SPARSE_H
