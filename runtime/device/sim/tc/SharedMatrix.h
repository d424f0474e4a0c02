// This file declares matrices in shared memory as the descriptors of wgmma and tcgen05 describe
// them.
#ifndef AZULEJO_SIM_TC_SHAREDMATRIX_H
#define AZULEJO_SIM_TC_SHAREDMATRIX_H

#include "device/sim/async/Swizzle.h"
#include "device/sim/tc/Formats.h"

#include <bitset>
#include <cstdint>
#include <string>

namespace azulejo::sim::tc {

// A decoded descriptor; addresses and offsets in bytes.
struct MatrixDescriptor {
  uint32_t start;
  uint32_t leading; // LBO
  uint32_t stride;  // SBO
  uint32_t baseOffset;
  async::Swizzle swizzle;
};

// Decode a descriptor. They return false and say why in `error` for encodings that do not exist.
bool decodeWgmmaDescriptor(uint64_t bits, MatrixDescriptor *out, std::string *error);
bool decodeTcgen05Descriptor(uint64_t bits, MatrixDescriptor *out, std::string *error);

// How elements lie in 16-byte chunks. Narrow types of tcgen05 kind::f8f6f4 take a chunk for 16
// elements whatever their width.
struct ChunkFormat {
  Type type;
  bool padded; // e2m1 and 6-bit types: 16 elements, then padding up to 16 bytes
};
int elementsPerChunk(ChunkFormat format);

constexpr int kMaxColumns = 256; // of B

// One instruction's operand: `rows` rows of M or N, `k` elements each.
struct SharedOperand {
  MatrixDescriptor descriptor;
  ChunkFormat format;
  bool mnMajor; // neighbours in memory are neighbours along M or N, not along k
  int rows, k;
  // Rows that are taken as zeros, not read; null: none.
  const std::bitset<kMaxColumns> *zeros = nullptr;

  bool isZero(int row) const { return zeros != nullptr && (*zeros)[size_t(row)]; }
};

// The shared address of the 16-byte chunk that holds element (row, k): of the elements from k on
// for K-major, from row on for MN-major. row or k is a multiple of elementsPerChunk along the major
// axis.
uint32_t chunkAddress(const SharedOperand &operand, int row, int k);

// Whether all of `count` rows from `row` on are taken as zeros.
bool areZeros(const SharedOperand &operand, int row, int count);

// Calls fn(address) for every 16-byte chunk that the operand reads: for checkers.
template <typename Function> void forEachChunk(const SharedOperand &operand, Function &&fn) {
  int per = elementsPerChunk(operand.format);
  int rowStep = operand.mnMajor ? per : 1, kStep = operand.mnMajor ? 1 : per;
  for (int row = 0; row < operand.rows; row += rowStep)
    if (!areZeros(operand, row, rowStep))
      for (int k = 0; k < operand.k; k += kStep)
        fn(chunkAddress(operand, row, k));
}

// How many chunks that are.
uint64_t chunkCount(const SharedOperand &operand);

// A CTA's shared memory: byte i has shared address i.
struct SharedView {
  const uint8_t *bytes;
  uint32_t size;
};

// An access outside it.
struct SharedFault {
  uint32_t address;
  uint32_t bytes;
};

// Copies the operand into packed rows (Tile.h), of zeros so far: row i at packed + i * stride. Rows
// must be whole 8-row groups. With `negate` every sign is flipped. Returns false and fills `fault`
// at the first chunk outside shared memory.
bool gatherOperand(const SharedView &shared, const SharedOperand &operand, bool negate,
                   uint8_t *packed, uint32_t stride, SharedFault *fault);

// Flips the sign bits of packed floating-point elements.
void negatePacked(Type type, uint8_t *packed, uint32_t bytes);

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_SHAREDMATRIX_H
