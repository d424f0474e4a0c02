// This file declares how tests ask ptxas which instructions it takes.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_TEST_PTXAS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_TEST_PTXAS_H

#include <map>
#include <string>
#include <vector>

namespace azulejo::sim::test {

// Where ptxas is: $PTXAS, or in PATH, $CUDA_HOME or /usr/local/cuda; empty if nowhere.
std::string findPtxas();

// A PTX ISA version, as 90 for 9.0, and a target such as "sm_90a".
struct Combination {
  unsigned version;
  std::string target;
};

// All that the simulator knows, and ptxas 13.0 takes together.
const std::vector<Combination> &allCombinations();

// Runs `ptxas` on a module with a kernel for each instruction, without making code. Returns by
// index why it refuses instructions. Throws std::runtime_error if it says something else than that.
std::map<size_t, std::string> refusedByPtxas(const std::string &ptxas, const Combination &with,
                                             const std::vector<std::string> &instructions);

// "9.0".
std::string versionText(unsigned version);

} // namespace azulejo::sim::test

#endif // AZULEJO_RUNTIME_DEVICE_SIM_TEST_PTXAS_H
