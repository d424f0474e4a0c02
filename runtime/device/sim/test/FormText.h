// This file declares how instructions are written from the notation of Forms.def, for tests.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_TEST_FORMTEXT_H
#define AZULEJO_RUNTIME_DEVICE_SIM_TEST_FORMTEXT_H

#include "ir/Forms.h"

#include <string>
#include <vector>

namespace azulejo::sim::test {

// The instructions, without ';', that `opcode` of row `form` can be written as: with and without
// its optional operands, on registers %h, %r, %rd, %rq and %p, and the variable `parameter` in
// .param space. Empty where the row's operands are not in the notation.
std::vector<std::string> instructionsOf(const Form &form, const std::string &opcode);

} // namespace azulejo::sim::test

#endif // AZULEJO_RUNTIME_DEVICE_SIM_TEST_FORMTEXT_H
