// This file declares how operands are written that Forms.def describes in words, in brackets.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_TEST_OPERANDTEXT_H
#define AZULEJO_RUNTIME_DEVICE_SIM_TEST_OPERANDTEXT_H

#include <string>
#include <vector>

namespace azulejo::sim::test {

// The operand lists that "(words)" stands for behind `opcode`: {, x} is written with and without x,
// `x or y` as either, unless a modifier of the opcode decides. Registers are those that
// instructionsOf() names; the label `done` and the list of labels `targets` are the caller's.
// Empty where a word is not known.
std::vector<std::string> operandLists(const std::string &words, const std::string &opcode);

} // namespace azulejo::sim::test

#endif // AZULEJO_RUNTIME_DEVICE_SIM_TEST_OPERANDTEXT_H
