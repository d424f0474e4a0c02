// This file declares where the elements of the matrices of mma.sync are, by the formulas of the PTX
// ISA, written out shape by shape, and values of their types. It shares nothing with the simulator.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_TEST_MMALAYOUTS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_TEST_MMALAYOUTS_H

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace azulejo::sim::test {

// What an opcode of mma.sync says.
struct MmaText {
  int m = 0, n = 0, k = 0;
  std::string d, a, b, c;
  std::string scale;    // type of block scales
  int factors = 0;      // of a row of A
  bool inBytes = false; // elements narrower than a byte take one
  bool isSparse = false, isOrdered = false;
  bool saturates = false, isAnd = false;
  bool aIsColumnMajor = false, bIsRowMajor = false;

  int bitsOfA() const; // that an element takes in a register
  int bitsOfB() const;
  bool isQuads() const { return m == 8 && n == 8 && k == 4 && a == "f16"; }
};
MmaText readMma(const std::string &opcode);

// Bits of an element of a type.
int widthOf(const std::string &type);
// The pattern of a value that the type has: of narrow floats found by trying all.
uint32_t patternOf(const std::string &type, double value);

struct Place {
  int row, column;
};

// Element i of a lane, counted from the low end of its first register. Of a sparse A the column is
// that of the element among the stored ones.
Place placeOfA(const MmaText &form, int lane, int i);
Place placeOfB(const MmaText &form, int lane, int i);
Place placeOfC(const MmaText &form, const std::string &type, int lane, int i);
// Of m8n8k4 f16: which of the four products the lane belongs to.
inline int quadOf(int lane) { return lane / 4 % 4; }

// The lane and the lowest bit of the four that place chunk `chunk` of `row` of a sparse A.
struct MetadataPlace {
  int lane, bit;
};
MetadataPlace metadataOf(const MmaText &form, int selector, int row, int chunk);
// Elements of a chunk of a sparse row, of which a half is stored.
int chunkOf(const MmaText &form);
// Metadata of a chunk, and which of its elements they mean.
struct SparseChunk {
  uint32_t bits;
  std::vector<int> places;
};
SparseChunk drawChunk(const MmaText &form, std::mt19937 &random);
// How many selectors there are.
int selectorsOf(const MmaText &form);

} // namespace azulejo::sim::test

#endif // AZULEJO_RUNTIME_DEVICE_SIM_TEST_MMALAYOUTS_H
