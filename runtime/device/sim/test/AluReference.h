// This file declares a second, slow formulation of the arithmetic instructions, for tests.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_TEST_ALUREFERENCE_H
#define AZULEJO_RUNTIME_DEVICE_SIM_TEST_ALUREFERENCE_H

#include <cstdint>
#include <string>

namespace azulejo::sim::test {

enum class Match { Unknown, Bits, Approximate };

struct Expected {
  Match match = Match::Unknown;
  uint64_t bits = 0;
  double value = 0, tolerance = 0; // Approximate: relative to value, or absolute below 1e-3
};

// Evaluates one lane of `opcode` on operand bits. Written from the ISA's text and apart from the
// simulator's code: integers in 128 bits, floats in binary128 with one rounding at the end.
Expected evaluate(const std::string &opcode, const uint64_t (&operands)[4]);

} // namespace azulejo::sim::test

#endif // AZULEJO_RUNTIME_DEVICE_SIM_TEST_ALUREFERENCE_H
