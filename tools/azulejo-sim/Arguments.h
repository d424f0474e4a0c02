// This file declares the command line of azulejo-sim.
#ifndef AZULEJO_TOOLS_SIM_ARGUMENTS_H
#define AZULEJO_TOOLS_SIM_ARGUMENTS_H

#include "KernelArgument.h"
#include "azulejo/runtime/device.h"

#include <string>
#include <vector>

namespace azulejo::simtool {

struct Options {
  // An empty target is that of the module.
  std::string ptxFile, entry, target, checks = "mem,sync", statsFile, async = "lazy";
  std::string tensorCores = "fast", roofline, simOptions;
  azj_dim3 grid = {1, 1, 1}, block = {1, 1, 1}, cluster = {0, 0, 0};
  uint32_t sharedBytes = 0, threads = 0;
  uint64_t seed = 0;
  std::vector<KernelArgument> arguments;
};

// Reads the command line. Returns -1 to go on, else the exit code; throws ToolError.
int parseOptions(int count, char **values, Options &options);

} // namespace azulejo::simtool

#endif // AZULEJO_TOOLS_SIM_ARGUMENTS_H
