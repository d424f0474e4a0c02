// This file computes fragment layouts.
#include "device/sim/tc/Fragments.h"

namespace azulejo::sim::tc {

FragmentLayout::FragmentLayout(Operand operand, int m, int n, int k, Type type)
    : operand(operand), rowHalves(m / 8),
      inRegister(storageBits(type) >= 32 ? 1 : 32 / storageBits(type)) {
  int elementsOfAll = operand == Operand::A ? m * k : operand == Operand::B ? k * n : m * n;
  count = elementsOfAll / 32;
}

Coordinate FragmentLayout::at(int lane, int i) const {
  int g = lane >> 2, t = lane & 3;
  if (operand == Operand::C)
    return {g + 8 * (i >> 1), 2 * t + (i & 1)};
  int inside = i % inRegister, index = i / inRegister;
  int along = inRegister * t + inside; // position on the k axis within the register's span
  if (operand == Operand::B)
    return {along + 4 * inRegister * index, g};
  return {g + 8 * (index % rowHalves), along + 4 * inRegister * (index / rowHalves)};
}

} // namespace azulejo::sim::tc
