// This file says where the matrices of tcgen05.mma lie.
#include "device/sim/tc/Tcgen05.h"

namespace azulejo::sim::tc {

namespace {
// Whether elements narrower than a byte lie in chunks of 16. Kinds of 4 bits alone pack them.
bool isPadded(const Tcgen05Mma &op, Type type) { return storageBits(type) < 8 && op.dot.k != 64; }
} // namespace

SharedOperand tcgen05OperandA(const Tcgen05Mma &op, const MatrixDescriptor &descriptor) {
  return {descriptor, {op.dot.a, isPadded(op, op.dot.a)}, op.aMnMajor, op.rows(), op.dot.k};
}

SharedOperand tcgen05OperandB(const Tcgen05Mma &op, const Tcgen05Operands &operands) {
  int columns = op.pair ? op.n / 2 : op.n;
  return {operands.b,  {op.dot.b, isPadded(op, op.dot.b)},
          op.bMnMajor, columns,
          op.wholeK(), operands.zeroColumns.any() ? &operands.zeroColumns : nullptr};
}

TmemCell tcgen05Cell(const Tcgen05Mma &op, int row, int column) {
  if (op.isHalved())
    return {uint32_t(row / 16 * 32 + row % 16), uint32_t(column)};
  int width = op.n / op.parts();
  return {uint32_t(row + column / width * op.rows()), uint32_t(column % width)};
}

uint32_t tcgen05ScaleColumns(int rows) { return uint32_t(rows + 31) / 32; }

uint32_t tcgen05Columns(const Tcgen05Mma &op) { return uint32_t(op.n / op.parts()); }

uint32_t tcgen05Halves(const Tcgen05Mma &op, uint32_t address) {
  return !op.isHalved() ? 0xff : tmemLane(address) == 16 ? 0xaa : 0x55;
}

} // namespace azulejo::sim::tc
