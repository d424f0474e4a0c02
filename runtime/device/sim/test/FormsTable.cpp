// This program prints the tables of instruction forms as a page of the documentation, or checks
// that the tests executed every row.
#include "ir/Forms.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>

using namespace azulejo::sim;

namespace {

std::string version(unsigned ptx) {
  return std::to_string(ptx / 10) + "." + std::to_string(ptx % 10);
}

// A cell of a Markdown table.
std::string cell(const std::string &text) {
  std::string out;
  for (char c : text)
    out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string levelName(TestLevel level) {
  return level == TestLevel::HandTest     ? "hand test"
         : level == TestLevel::ThirdParty ? "third-party value"
                                          : "recorded hardware";
}

std::string targetName(uint16_t sm) {
  std::string name = "sm_" + std::to_string(leastTarget(sm));
  if (sm & kTens)
    return name + "f";
  if (sm & kSuffixed)
    return name + "a" + (sm & kChip ? " only" : sm & kFamily ? " to 110a" : "");
  return sm <= 53 ? "any" : name;
}

std::string operandsOf(const Form &form) {
  if (form.alu == nullptr)
    return form.operands;
  auto reg = [](unsigned bytes) { return "r" + std::to_string(bytes * 8); };
  std::string text = reg(form.alu->resultBytes);
  for (unsigned s = 0; s < form.alu->operands; ++s)
    text += ", " + reg(form.alu->sourceBytes[s]);
  return text;
}

void printTable(bool isArithmetic) {
  std::cout
      << "| spellings | operands | class | PTX | target | tested |\n|---|---|---|---|---|---|\n";
  for (const Form *form : allForms())
    if ((form->alu != nullptr) == isArithmetic) {
      std::string spellings = form->spellings;
      if (isArithmetic)
        spellings = spellings.substr(1, spellings.size() - 2);
      std::string operands = operandsOf(*form);
      std::cout << "| `" << cell(spellings) << "` | "
                << (operands.empty() ? "" : "`" + cell(operands) + "`") << " | "
                << className(form->opClass) << " | "
                << (form->ptx <= 60 ? "any" : version(form->ptx)) << " | " << targetName(form->sm)
                << " | " << levelName(form->level) << " |\n";
    }
}

int printPage() {
  std::cout
      << R"(<!-- Generated from runtime/device/sim/ir/Forms.def and AluForms.def: `tools/update-docs.sh` writes it anew. -->

# Instruction forms of the simulator

Every form that [the simulator](simulator.md) executes. Any other is refused when the module is loaded, and so is one
that the module's version or target does not have.

In a spelling `(x|y|)` stands for x, y or nothing. In the operands `T` is a register of the spelling's last type, `S` of the
one before it, `p` a predicate, `[a]` an address, `policy` what `.L2::cache_hint` asks for; what a `?` follows may be absent. A move spelled with `{}` takes a braced
list, one with `%clock` reads a clock. Modifiers that ask for more than their form: `.relaxed`, `.acquire`, `.release`,
`.acq_rel` sm_70; `.cluster`, `.shared::cluster` PTX 7.8 and sm_90; cache hints PTX 7.4 and sm_70 to 80.

Tested: *hand test*, against a formulation of our own; *third-party value*, against what other software computes;
*recorded hardware*, against results of GPUs (tensor cores with `tc=exact`).

## Memory, conversion, comparison, control, warps, asynchrony, tensor cores

)";
  printTable(false);
  std::cout << "\n## Arithmetic\n\n";
  printTable(true);
  return 0;
}

// Every test program has left a file with the rows that it executed.
int checkExecuted(const char *folder) {
  std::set<std::string> executed = {
      "call", // inlined when the kernel is decoded, so that nothing of it is left to execute
  };
  for (const auto &entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path());
    for (std::string row; std::getline(file, row);)
      executed.insert(row);
  }
  unsigned missing = 0;
  for (const Form *form : allForms())
    if (executed.count(form->name) == 0) {
      std::cout << "no unit test executes row '" << form->name << "': " << form->spellings << "\n";
      ++missing;
    }
  std::cout << allForms().size() << " rows, " << missing << " of them never executed\n";
  return missing == 0 ? 0 : 1;
}
} // namespace

int main(int argc, char **argv) {
  if (argc == 2 && std::strcmp(argv[1], "--page") == 0)
    return printPage();
  if (argc == 3 && std::strcmp(argv[1], "--executed") == 0)
    return checkExecuted(argv[2]);
  std::cerr << "usage: sim-forms-table --page | --executed FOLDER\n";
  return 2;
}
