// This file declares how instructions are written from the notation of Forms.def, for tests.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_TEST_FORMTEXT_H
#define AZULEJO_RUNTIME_DEVICE_SIM_TEST_FORMTEXT_H

#include "ir/Forms.h"

#include <string>
#include <vector>

namespace azulejo::sim::test {

// The instructions, without ';', that `opcode` of row `form` can be written as: with and without
// its optional operands, on what formModule() declares. Empty where the row's operands are not in
// the notation.
std::vector<std::string> instructionsOf(const Form &form, const std::string &opcode);

// A module with what those instructions refer to, and a kernel for each, alone on its line.
constexpr unsigned kFirstFormLine = 6;
std::string formModule(const std::string &version, const std::string &target,
                       const std::vector<std::string> &instructions);

} // namespace azulejo::sim::test

#endif // AZULEJO_RUNTIME_DEVICE_SIM_TEST_FORMTEXT_H
