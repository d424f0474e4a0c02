// This file declares mma.sync on the registers of a warp.
#ifndef AZULEJO_SIM_TC_MMA_H
#define AZULEJO_SIM_TC_MMA_H

#include "device/sim/tc/Sparse.h"
#include "device/sim/tc/Tile.h"

namespace azulejo::sim::tc {

// What takes the place of the product of two single bits.
enum class BitOp : uint8_t { Xor, And };

// The form of an instruction mma.sync.aligned.mMnNkK.row.col.d.a.b.c.
struct MmaForm {
  int m, n, k;
  Type d, a, b, c;
  bool saturate; // .satfinite of integer forms
  BitOp bitOp = BitOp::Xor;
  bool inBytes = false; // .kind::f8f6f4, .kind::mxf8f6f4: elements of 4 and 6 bits take a byte
  int factors = 0;      // .scale_vec::NX: block scales of a row of A; 0: there are none
  Type factorType = Type::UE8M0;
  bool isSparse = false;  // .sp: A holds half of its elements
  bool isOrdered = false; // .sp::ordered_metadata
  // Of m8n8k4 f16, which has four products of its own quarter of the warp.
  bool aIsColumnMajor = false, bIsRowMajor = false;
};

// A form made ready when the module is decoded.
struct MmaOp {
  MmaForm form;
  DotOp dot; // of what is stored: k is half of the form's where A is sparse
  SparseRows sparse;
  // Registers per lane; of 64 bits for F64, else 32.
  int aRegisters, bRegisters, cRegisters, dRegisters;
  uint64_t macs; // multiply-adds of stored elements
  bool isDirect; // multiplyRegisters() takes it
};

// The block scales of A or B: words of four factors, a register of 32 lanes, and which of them are
// meant. Lane 4 g + 2 `thread` + h has those of row g + 8 h of A, lane 4 g + `thread` those of
// column g of B; the first is in byte `byte`.
struct ScaleOperand {
  const uint32_t *words = nullptr;
  unsigned byte = 0, thread = 0;
};

// What some forms take beside their matrices.
struct MmaExtras {
  SparseMetadata metadata; // where A is sparse
  ScaleOperand scaleA, scaleB;
};

// Checks that the form exists on `sm` and fills `op`. Returns false and says why in `error`, for a
// load error: a form that is not known is refused, never guessed.
bool prepareMma(const MmaForm &form, Mode mode, int sm, MmaOp *op, std::string *error);

// Whether the ISA allows these selectors of scales for the form; says why not in `error`.
bool checkSelectors(const MmaForm &form, bool ofA, unsigned byte, unsigned thread,
                    std::string *error);

// Executes the form for a whole warp. Each register is an array of 32 lanes (structure of arrays):
// uint32_t, or uint64_t behind the same pointer for F64. d may be the same registers as a, b or c.
// Metadata and selectors have to be valid. Any number of threads may use one op at once.
void mmaWarp(const MmaOp &op, const uint32_t *const *a, const uint32_t *const *b,
             const uint32_t *const *c, uint32_t *const *d, const MmaExtras &extras = {});

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_MMA_H
