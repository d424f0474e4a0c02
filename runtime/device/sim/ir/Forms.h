// This file declares the lookup of arithmetic instruction forms.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_IR_FORMS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_IR_FORMS_H

#include "ir/Program.h"

#include <string_view>
#include <vector>

namespace azulejo::sim {

// A row of AluForms.def.
struct AluForm {
  uint32_t id;      // index into the handler tables
  uint8_t operands; // sources: 1 to 4
  OpClass opClass;
  uint8_t ptx, sm; // least versions
  uint8_t resultBytes;
  uint8_t sourceBytes[4];
  bool sourceFloat[4]; // immediate operands are floats
  const char *name;
};

// Returns the row of an opcode, null if there is none.
const AluForm *findAluForm(std::string_view opcode);

// Every spelling of every row, for the documentation and the tests.
std::vector<std::pair<std::string_view, const AluForm *>> allAluForms();

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_IR_FORMS_H
