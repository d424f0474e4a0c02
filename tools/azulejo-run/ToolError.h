// This file declares how azulejo-run reports a failure: an exit code and a message.
#ifndef AZULEJO_TOOLS_RUN_TOOLERROR_H
#define AZULEJO_TOOLS_RUN_TOOLERROR_H

#include "azulejo/runtime/status.h"

#include <string>

namespace azulejo::run {

// The exit codes of every Azulejo program.
enum ExitCode { exitDone = 0, exitInput = 1, exitUsage = 2, exitDevice = 3, exitInternal = 4 };

// Thrown to end the program; main prints the message.
struct ToolError {
  ExitCode code;
  std::string message;
};

// Throws a ToolError for a failed status and releases it; returns when `status` is NULL. `what`
// (may be empty) is put before the message. Codes map as docs/runtime.md states.
void check(azj_status status, const std::string &what = "");

// A message of the parser of command lines, without its capital letter and line breaks.
std::string lowered(std::string text);

} // namespace azulejo::run

#endif // AZULEJO_TOOLS_RUN_TOOLERROR_H
