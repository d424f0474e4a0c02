// This file declares tcgen05.mma of a CTA or of a pair of CTAs.
#ifndef AZULEJO_SIM_TC_TCGEN05_H
#define AZULEJO_SIM_TC_TCGEN05_H

#include "device/sim/tc/SharedMatrix.h"
#include "device/sim/tc/Sparse.h"
#include "device/sim/tc/TensorMemory.h"
#include "device/sim/tc/Tile.h"

#include <bitset>

namespace azulejo::sim::tc {

// The .kind of the instruction.
enum class Tcgen05Kind : uint8_t { F16, Tf32, F8f6f4, I8, Mxf8f6f4, Mxf4, Mxf4nvf4 };

// What the opcode and the kinds of operands say of an instruction.
struct Tcgen05Form {
  Tcgen05Kind kind = Tcgen05Kind::F16;
  bool aInTensorMemory = false;    // [a-tmem]
  bool isWeightStationary = false; // .ws
  bool isPair = false;             // .cta_group::2
  bool isSparse = false;           // .sp
  int scaleBlock = 0; // elements of a factor of the kinds with block scales, 16 or 32; 0: no scales
};

// Scale factors in tensor memory: one for `block` elements of a row of A and of a column of B. A
// CTA of a pair has those of its own rows of A, and of all columns of B. See BlockScale.h.
struct Tcgen05Scales {
  int block = 0; // elements; 0: no scales
  Type type = Type::UE8M0;
  int byteA = 0, byteB = 0; // of the words: where a row's first factor is

  int count(int k) const { return k / block; } // of a row
};

// A decoded instruction descriptor: what one tcgen05.mma does. It is a run-time value.
struct Tcgen05Mma {
  int m, n;
  bool weightStationary; // .ws: D and A lie in tensor memory in another way
  bool pair; // cta_group::2: each CTA has half of the rows of A and D and of B's columns
  bool negateA, negateB;
  bool aMnMajor, bMnMajor;
  DotOp dot;     // holds types, k of what is stored, and the numeric model
  bool isSparse; // A holds half of its elements
  SparseRows sparse;
  int selector; // of the metadata's two columns; 0 where they take both
  Tcgen05Scales scales;

  int wholeK() const { return isSparse ? sparse.k : dot.k; } // of B
  int rows() const { return pair ? m / 2 : m; }              // of one CTA
  // Parts of D's columns that lie below each other, in lanes of their own.
  int parts() const { return weightStationary || pair ? 128 / rows() : 1; }
  // Whether D takes 16 of each 32 lanes.
  bool isHalved() const { return m == 64 && !weightStationary; }
};

// Decodes the instruction descriptor `bits` of an instruction of that form. Returns false and says
// in `error` which field is wrong.
bool decodeInstruction(const Tcgen05Form &form, uint32_t bits, Mode mode, int sm, Tcgen05Mma *out,
                       std::string *error);

// Decodes the descriptor of a zero-column mask of .ws: 1 for the columns of B that are taken as
// zeros, whatever shared memory holds. Returns false and says why in `error`.
bool decodeZeroColumns(uint64_t bits, const Tcgen05Mma &op, std::bitset<kMaxColumns> *mask,
                       std::string *error);

// The operands of one execution.
struct Tcgen05Operands {
  uint32_t d; // tensor memory address
  bool aInTensorMemory;
  uint32_t aAddress;               // tensor memory, where aInTensorMemory
  MatrixDescriptor a, b;           // shared memory
  bool accumulate;                 // enable-input-d
  int scaleInputD;                 // d is multiplied by 2^-scaleInputD first; 0…15
  const uint32_t *disableLanes;    // disable-output-lane: 4 words per CTA, or null
  uint32_t scaleA = 0, scaleB = 0; // tensor memory
  uint32_t metadata = 0;           // of a sparse A, in tensor memory
  std::bitset<kMaxColumns> zeroColumns = {};
};

// The first thing wrong with an execution.
struct Tcgen05Fault {
  TmemFault tensorMemory = TmemFault::None;
  uint32_t address = 0; // in tensor memory, or in shared memory where `shared` is set
  bool shared = false;  // a read outside shared memory
};

// The shared operands of one CTA as checkers see them.
SharedOperand tcgen05OperandA(const Tcgen05Mma &op, const MatrixDescriptor &descriptor);
// That of B refers to the operands' zero columns.
SharedOperand tcgen05OperandB(const Tcgen05Mma &op, const Tcgen05Operands &operands);

// Checks that the swizzles of the operands in shared memory go with their types: 32-byte atoms are
// for transposed operands of 32 bits, and nothing else is for those. And that of a swizzled B that
// runs along k an atom holds all of k: no offset leads to another.
bool checkTcgen05Swizzles(const Tcgen05Mma &op, const Tcgen05Operands &operands,
                          std::string *error);

// Where an element of D lies, relative to the address of D. m = 128: row r in lane r. m = 64: in
// the lower or upper half of each warp's lanes. With .ws, m = 64 takes lanes 0 … 63 for the first
// half of the columns and 64 … 127 for the second; m = 32 takes 32 lanes for every quarter of them.
TmemCell tcgen05Cell(const Tcgen05Mma &op, int row, int column);
// The columns that the scales of A's rows, or of B's columns, take: row r is in column r / 32 and,
// the same in every 32 lanes, in lane r % 32.
uint32_t tcgen05ScaleColumns(int rows);
// Columns of tensor memory that D takes.
uint32_t tcgen05Columns(const Tcgen05Mma &op);
// The groups of 16 lanes that D and A at `address` take: bit h is lanes 16 h … 16 h + 15.
uint32_t tcgen05Halves(const Tcgen05Mma &op, uint32_t address);

// The memories of one of the CTAs.
struct Tcgen05Cta {
  SharedView shared;
  TensorMemory *memory;
};

// Executes it on one CTA, or two of a pair. Returns false with `fault` filled; D is then untouched,
// but for Uninitialised (the old D or A in tensor memory was never written): the instruction is
// then done.
bool tcgen05Mma(const Tcgen05Mma &op, const Tcgen05Operands &operands, const Tcgen05Cta *ctas,
                Tcgen05Fault *fault);

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_TCGEN05_H
