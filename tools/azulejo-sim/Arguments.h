// This file declares the command line of azulejo-sim.
#ifndef AZULEJO_TOOLS_SIM_ARGUMENTS_H
#define AZULEJO_TOOLS_SIM_ARGUMENTS_H

#include "Tensor.h"
#include "azulejo/runtime/device.h"

#include <string>
#include <vector>

namespace azulejo::simtool {

// One --arg: a scalar's bytes, or a buffer on the device.
struct KernelArgument {
  enum Kind { Scalar, In, InOut, Out } kind = Scalar;
  std::string text;           // as given
  std::vector<uint8_t> bytes; // Scalar
  std::string file;           // the others
  run::Tensor tensor;         // content; Out: shape and type only
};

struct Options {
  std::string ptxFile, entry, target = "sm_80", checks = "mem,sync", statsFile, async = "lazy";
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
