// This file records which rows of the instruction tables a test program has executed.
#include "ir/Forms.h"

#include <cstdio>
#include <set>
#include <string>

#include <errno.h>

namespace azulejo::sim::test {
namespace {

std::set<std::string> &executedRows() {
  static std::set<std::string> rows;
  return rows;
}

// Writes the rows when the program ends, for sim-forms-table --executed.
struct Recorder {
  Recorder() {
    executedRows();
    formObserver = [](const Form &form) { executedRows().insert(form.name); };
  }
  ~Recorder() {
    std::string path = std::string(AZULEJO_FORMS_DIR) + "/" + program_invocation_short_name;
    std::FILE *file = std::fopen(path.c_str(), "w");
    if (file == nullptr)
      return;
    for (const std::string &row : executedRows())
      std::fprintf(file, "%s\n", row.c_str());
    std::fclose(file);
  }
};
const Recorder kRecorder;

} // namespace

// Referred to by the harness, so that the linker keeps this file.
int formRecorder = 0;

} // namespace azulejo::sim::test
