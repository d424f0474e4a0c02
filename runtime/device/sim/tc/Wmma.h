// This file declares wmma: matrices in opaque fragments. The layout is our own; the ISA promises
// none.
#ifndef AZULEJO_SIM_TC_WMMA_H
#define AZULEJO_SIM_TC_WMMA_H

#include "device/sim/tc/Fragments.h"
#include "device/sim/tc/Mma.h"

namespace azulejo::sim::tc {

// A fragment of wmma: elements of a row (of B: of a column) lie side by side in a lane, and lanes
// follow one another. f16 operands have more room than elements and repeat them.
class WmmaFragment {
public:
  // A is m x k, B is k x n, C and D are m x n.
  WmmaFragment(Operand operand, int m, int n, int k, Type type);

  int registers() const;                 // per lane; of 64 bits for F64, else 32
  int elements() const { return count; } // per lane
  int perRegister() const;               // elements in one register
  Coordinate at(int lane, int i) const;  // where element i of `lane` lies in the matrix
  // The offset of element i of `lane` from the matrix's address, in elements: `rowMajor` is .row.
  int64_t offset(int lane, int i, bool rowMajor, int64_t leading) const;

private:
  Operand operand;
  Type type;
  int lines, lineLength; // rows of A, C; columns of B
  int count;
};

// wmma.mma.sync.aligned.mMnNkK.d.a.b.c; the fragments hide how matrices lie in memory.
struct WmmaOp {
  MmaForm form;
  DotOp dot;
  MmaOp plain; // f64, int4 and bits are the mma.sync of the same shape
};

// Checks the form and fills `op`; false and a reason in `error` where it does not exist. wmma.load
// and wmma.store of a form that is not known are to be refused with it.
bool prepareWmma(const MmaForm &form, Mode mode, int sm, WmmaOp *op, std::string *error);

// Executes the form for a whole warp; registers as in mmaWarp. d may be the registers of c.
void wmmaWarp(const WmmaOp &op, const uint32_t *const *a, const uint32_t *const *b,
              const uint32_t *const *c, uint32_t *const *d);

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_WMMA_H
