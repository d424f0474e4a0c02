// This file declares the table of instruction forms: what the simulator executes, and what of the
// module each form asks for.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_IR_FORMS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_IR_FORMS_H

#include "ir/Program.h"

#include <string>
#include <string_view>
#include <vector>

namespace azulejo::sim {

// Against what a form is tested.
enum class TestLevel : uint8_t { HandTest, ThirdParty, Recorded };

// The targets of a form: a compute capability and later ones, perhaps of suffix a or f alone. The
// suffixes unlock what later chips need not have, so that these may end at a family or a chip.
constexpr uint16_t kSuffixed = 0x8000, kSuffixA = 0x4000, kChip = 0x2000, kTens = 0x1000;
constexpr uint16_t kFamily = 0x0800, kTargetFlags = 0xf800;
// Suffix a or f, any later target.
constexpr uint16_t fromArch(uint16_t sm) { return sm | kSuffixed; }
// Suffix a, any later target.
constexpr uint16_t fromExactArch(uint16_t sm) { return sm | kSuffixed | kSuffixA; }
// Suffix a of that target alone.
constexpr uint16_t onlyArch(uint16_t sm) { return sm | kSuffixed | kSuffixA | kChip; }
// Suffix a or f, later targets of the same ten: ofTens(100) is sm_100 and sm_103.
constexpr uint16_t ofTens(uint16_t sm) { return sm | kSuffixed | kTens; }
// Suffix a of these targets.
constexpr uint16_t exactlyOfTens(uint16_t sm) { return sm | kSuffixed | kSuffixA | kTens; }
// Suffix a or f, the family: ofFamily(100) is sm_100 to sm_110, those with tensor memory.
constexpr uint16_t ofFamily(uint16_t sm) { return sm | kSuffixed | kFamily; }
constexpr uint16_t leastTarget(uint16_t targets) { return targets & ~kTargetFlags; }

// A row of Forms.def or AluForms.def.
struct Form {
  const char *name;      // of the row
  const char *spellings; // a pattern, see Forms.def
  const char *operands;  // Forms.def has the notation; null in rows of AluForms.def
  OpClass opClass;
  uint8_t ptx; // least PTX ISA version
  uint16_t sm; // targets
  TestLevel level;
  uint32_t decoder; // index into the decoder's methods; unused in rows of AluForms.def
  const struct AluForm *alu = nullptr; // the rest of a row of AluForms.def
};

// What only a row of AluForms.def has.
struct AluForm {
  Form form;
  uint32_t id;      // index into the handler tables
  uint8_t operands; // sources: 1 to 4
  uint8_t resultBytes;
  uint8_t sourceBytes[4];
  bool sourceFloat[4]; // immediate operands are floats
};

// Returns the row that spells `opcode`, null if there is none.
const Form *findForm(std::string_view opcode);
// The same among the rows of AluForms.def alone.
const AluForm *findAluForm(std::string_view opcode);

// Every row, those of Forms.def first.
const std::vector<const Form *> &allForms();
// The spellings of a row, at most about `limit` of them, spread evenly over all.
std::vector<std::string> spellingsOf(const Form &form, size_t limit);

// Returns what the form `opcode` of row `form` asks for and a module of that version and target
// lacks, such as "needs sm_90, the module's target is sm_80"; empty if nothing.
std::string missingFor(const Form &form, std::string_view opcode, unsigned ptx,
                       std::string_view target);

// Called for each row that a launch executed. Tests set it, to prove that they execute every row.
extern void (*formObserver)(const Form &form);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_IR_FORMS_H
