// This file decodes matrix descriptors and gathers what they describe.
#include "device/sim/tc/SharedMatrix.h"

#include "device/sim/tc/Tile.h"

#include <algorithm>
#include <cstring>

namespace azulejo::sim::tc {

namespace {

using async::Swizzle;

MatrixDescriptor commonFields(uint64_t bits) {
  MatrixDescriptor descriptor = {};
  descriptor.start = uint32_t(bits & 0x3fff) << 4;
  descriptor.leading = uint32_t((bits >> 16) & 0x3fff) << 4;
  descriptor.stride = uint32_t((bits >> 32) & 0x3fff) << 4;
  descriptor.baseOffset = uint32_t((bits >> 49) & 7);
  return descriptor;
}

std::string hex(uint64_t bits) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%016llx", static_cast<unsigned long long>(bits));
  return text;
}

bool fail(std::string *error, const char *what, uint64_t bits) {
  *error = std::string("matrix descriptor ") + hex(bits) + ": " + what;
  return false;
}

// Where a chunk lies before the swizzle, from the canonical layouts: units of 16-byte chunks are c
// along the major axis.
uint32_t canonicalOffset(const SharedOperand &operand, int row, int k) {
  const MatrixDescriptor &d = operand.descriptor;
  uint32_t width = async::swizzleSpan(d.swizzle); // bytes of a row of the pattern
  bool swizzled = d.swizzle != Swizzle::None;
  uint32_t per = uint32_t(elementsPerChunk(operand.format));
  if (!operand.mnMajor) {
    uint32_t chunk = uint32_t(k) / per;
    uint32_t group = uint32_t(row) / 8 * d.stride + uint32_t(row) % 8 * width;
    return group + (swizzled ? chunk * 16 : chunk * d.leading);
  }
  uint32_t chunk = uint32_t(row) / per;
  // The pattern of 32-byte atoms repeats after four rows of it.
  uint32_t rowsOfPattern = d.swizzle == Swizzle::B128Atom32 ? 4 : 8;
  uint32_t inGroup = uint32_t(k) % rowsOfPattern * width;
  uint32_t kGroup = uint32_t(k) / rowsOfPattern;
  if (!swizzled)
    return inGroup + chunk * d.stride + kGroup * d.leading;
  uint32_t chunksPerRow = width / 16;
  return inGroup + chunk % chunksPerRow * 16 + chunk / chunksPerRow * d.leading + kGroup * d.stride;
}

// Spreads the elements of a chunk, one per byte where they are narrower.
void unpackChunk(ChunkFormat format, const uint8_t *chunk, uint8_t *out) {
  int bits = storageBits(format.type);
  if (bits >= 8) {
    std::memcpy(out, chunk, 16);
    return;
  }
  int count = elementsPerChunk(format);
  for (int i = 0; i < count; ++i) {
    int at = i * bits;
    uint32_t word = chunk[at / 8];
    if (at / 8 + 1 < 16)
      word |= uint32_t(chunk[at / 8 + 1]) << 8;
    out[i] = uint8_t(word >> (at % 8) & ((1u << bits) - 1));
  }
}

} // namespace

bool decodeWgmmaDescriptor(uint64_t bits, MatrixDescriptor *out, std::string *error) {
  static const Swizzle swizzles[] = {Swizzle::None, Swizzle::B128, Swizzle::B64, Swizzle::B32};
  *out = commonFields(bits);
  out->swizzle = swizzles[bits >> 62];
  if (bits & 0x3ff1'c000'c000'c000 & ~(uint64_t(7) << 49))
    return fail(error, "reserved bits are set; it is not a wgmma descriptor", bits);
  return true;
}

bool decodeTcgen05Descriptor(uint64_t bits, MatrixDescriptor *out, std::string *error) {
  *out = commonFields(bits);
  if ((bits >> 46 & 7) != 1)
    return fail(error, "bits 46 to 48 must be 1; it is not a tcgen05 descriptor", bits);
  if (bits >> 52 & 1)
    return fail(error, "absolute leading offsets (bit 52) are not supported", bits);
  if (bits & 0x1fe0'0000'c000'c000)
    return fail(error, "reserved bits are set", bits);
  switch (bits >> 61) {
  case 0:
    out->swizzle = Swizzle::None;
    return true;
  case 1:
    out->swizzle = Swizzle::B128Atom32;
    return true;
  case 2:
    out->swizzle = Swizzle::B128;
    return true;
  case 4:
    out->swizzle = Swizzle::B64;
    return true;
  case 6:
    out->swizzle = Swizzle::B32;
    return true;
  default:
    return fail(error, "bits 61 to 63 hold an invalid swizzle", bits);
  }
}

int elementsPerChunk(ChunkFormat format) {
  return format.padded ? 16 : 128 / storageBits(format.type);
}

uint32_t chunkAddress(const SharedOperand &operand, int row, int k) {
  const MatrixDescriptor &d = operand.descriptor;
  // The base offset moves the start of the pattern away from its natural boundary.
  uint32_t shift = d.baseOffset << 7;
  uint32_t address = d.start + canonicalOffset(operand, row, k);
  return async::swizzleAddress(d.swizzle, address - shift) + shift;
}

void negatePacked(Type type, uint8_t *packed, uint32_t bytes) {
  uint32_t size = uint32_t(packedBytes(type));
  int signBit = (storageBits(type) - 1) % 8;
  for (uint32_t i = size - 1; i < bytes; i += size)
    packed[i] ^= uint8_t(1u << signBit);
}

bool areZeros(const SharedOperand &operand, int row, int count) {
  if (operand.zeros == nullptr)
    return false;
  int end = std::min(row + count, operand.rows);
  for (; row < end && operand.isZero(row); ++row) {
  }
  return row == end;
}

uint64_t chunkCount(const SharedOperand &operand) {
  int per = elementsPerChunk(operand.format);
  int rowStep = operand.mnMajor ? per : 1, kStep = operand.mnMajor ? 1 : per;
  uint64_t runs = 0; // of rows that lie in one chunk, for each k
  for (int row = 0; row < operand.rows; row += rowStep)
    runs += !areZeros(operand, row, rowStep);
  return runs * uint64_t((operand.k + kStep - 1) / kStep);
}

namespace {
// Copies one chunk. Returns false and fills `fault` where it lies outside shared memory.
bool gatherChunk(const SharedView &shared, const SharedOperand &operand, int row, int k,
                 uint8_t *packed, uint32_t stride, SharedFault *fault) {
  int per = elementsPerChunk(operand.format);
  uint32_t size = uint32_t(packedBytes(operand.format.type));
  uint32_t address = chunkAddress(operand, row, k);
  if (shared.size < 16 || address > shared.size - 16) {
    *fault = {address, 16};
    return false;
  }
  uint8_t elements[32];
  unpackChunk(operand.format, shared.bytes + address, elements);
  uint8_t *to = packed + uint32_t(row) * stride + uint32_t(k) * size;
  if (!operand.mnMajor) {
    std::memcpy(to, elements, uint32_t(per) * size);
    return true;
  }
  for (int i = 0; i < per && row + i < operand.rows; ++i)
    if (!operand.isZero(row + i))
      std::memcpy(to + uint32_t(i) * stride, elements + uint32_t(i) * size, size);
  return true;
}
} // namespace

bool gatherOperand(const SharedView &shared, const SharedOperand &operand, bool negate,
                   uint8_t *packed, uint32_t stride, SharedFault *fault) {
  int per = elementsPerChunk(operand.format);
  int rowStep = operand.mnMajor ? per : 1, kStep = operand.mnMajor ? 1 : per;
  for (int row = 0; row < operand.rows; row += rowStep) {
    if (areZeros(operand, row, rowStep))
      continue;
    for (int k = 0; k < operand.k; k += kStep)
      if (!gatherChunk(shared, operand, row, k, packed, stride, fault))
        return false;
  }
  if (negate)
    for (int row = 0; row < operand.rows; ++row)
      negatePacked(operand.format.type, packed + uint32_t(row) * stride,
                   uint32_t(operand.k * packedBytes(operand.format.type)));
  return true;
}

} // namespace azulejo::sim::tc
