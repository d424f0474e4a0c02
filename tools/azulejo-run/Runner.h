// This file declares the run of a bundle from the command line.
#ifndef AZULEJO_TOOLS_RUN_RUNNER_H
#define AZULEJO_TOOLS_RUN_RUNNER_H

#include "Options.h"

namespace azulejo::run {

// Does what the options say and returns the exit code. Throws ToolError.
int runTool(const Options &options);

} // namespace azulejo::run

#endif // AZULEJO_TOOLS_RUN_RUNNER_H
