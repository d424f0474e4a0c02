// This file declares what the parts of the second formulation share: opcodes, formats, and an
// evaluation for each kind of instruction.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_TEST_ALUREFERENCEPARTS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_TEST_ALUREFERENCEPARTS_H

#include "test/AluReference.h"

#include <string>
#include <vector>

namespace azulejo::sim::test {

// An opcode cut at its dots. The type is its last part, and one of the modifiers too.
struct Opcode {
  std::string base;
  std::vector<std::string> mods;
  std::string type;
  bool has(const char *mod) const {
    for (const std::string &m : mods)
      if (m == mod)
        return true;
    return false;
  }
};

// A binary floating-point format.
struct Format {
  int exponentBits, fractionBits;
  int bias() const { return (1 << (exponentBits - 1)) - 1; }
  int width() const { return 1 + exponentBits + fractionBits; }
};
constexpr Format kF16 = {5, 10}, kBf16 = {8, 7}, kF32 = {8, 23}, kF64 = {11, 52};

inline int typeWidth(const std::string &type) { return std::stoi(type.substr(1)); }

inline Expected bitsOf(uint64_t bits) {
  Expected e;
  e.match = Match::Bits;
  e.bits = bits;
  return e;
}

// One lane, on operand bits. An Expected of Match::Unknown: not an instruction of that kind.
Expected evaluateFloat(const Opcode &op, Format f, const uint64_t *x);
Expected evaluateInt(const Opcode &op, const uint64_t *x);
Expected evaluateBits(const Opcode &op, const uint64_t *x, int width, bool isSigned);
Expected evaluateInsert(const uint64_t *x, int width);         // bfi
Expected evaluatePermute(const Opcode &op, const uint64_t *x); // prmt
Expected evaluateDot(const Opcode &op, const uint64_t *x);     // dp4a, dp2a
Expected evaluatePack(const Opcode &op, const uint64_t *x);    // cvt.pack
Expected evaluateFindSet(const uint64_t *x);                   // fns
Expected evaluateMajority(const uint64_t *x);                  // lop3 of table 0xe8

} // namespace azulejo::sim::test

#endif // AZULEJO_RUNTIME_DEVICE_SIM_TEST_ALUREFERENCEPARTS_H
