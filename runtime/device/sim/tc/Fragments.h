// This file declares which lane holds which matrix element in the fragments of mma.sync.
#ifndef AZULEJO_SIM_TC_FRAGMENTS_H
#define AZULEJO_SIM_TC_FRAGMENTS_H

#include "device/sim/tc/Formats.h"

namespace azulejo::sim::tc {

// The matrix that a fragment is a part of: A is m x k, B is k x n, C (and D) is m x n.
enum class Operand : uint8_t { A, B, C };

struct Coordinate {
  int row, column;
};

// The layout of one operand of an mma.sync of shape m x n x k; m is 8 or 16, n is 8. Every layout
// of the ISA is one formula: with g = lane / 4, t = lane % 4 a register holds `perRegister`
// neighbours along k (in C along n), and registers walk the 8-row halves first, then k.
class FragmentLayout {
public:
  FragmentLayout(Operand operand, int m, int n, int k, Type type);

  int elements() const { return count; }               // per lane
  int perRegister() const { return inRegister; }       // elements in one register
  int registers() const { return count / inRegister; } // per lane; of 64 bits for F64, else 32

  // Where element `i` of `lane` lies, 0 <= i < elements(), low to high in its registers.
  Coordinate at(int lane, int i) const;

private:
  Operand operand;
  int rowHalves; // m / 8
  int inRegister;
  int count;
};

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_FRAGMENTS_H
