// This file declares what azulejo-sim does once its command line is read.
#ifndef AZULEJO_TOOLS_SIM_LAUNCHER_H
#define AZULEJO_TOOLS_SIM_LAUNCHER_H

#include "Arguments.h"

namespace azulejo::simtool {

// Loads the module, runs the kernel, writes results and statistics. Returns the exit code: 1 if a
// check found something. Throws ToolError.
int runKernel(Options &options);

} // namespace azulejo::simtool

#endif // AZULEJO_TOOLS_SIM_LAUNCHER_H
