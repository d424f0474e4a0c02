// This file declares what the simulator counts over the life of a device, and its JSON form.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_PROF_STATS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_PROF_STATS_H

#include "exec/Grid.h"

#include <map>
#include <string>
#include <vector>

namespace azulejo::sim {

// Sums over the launches of one kernel.
struct KernelStats {
  uint64_t launches = 0, ctas = 0, threads = 0;
  uint64_t instructions[static_cast<unsigned>(OpClass::Count)] = {};
  uint64_t warpInstructions = 0, laneInstructions = 0;
  MemCounters globalLoad, globalStore, sharedLoad, sharedStore, local;
  uint64_t atomics = 0, barriers = 0, divergent = 0, asyncBytes = 0;
  uint64_t tensorMacs[16] = {};
  uint64_t sectorsRead = 0, sectorsWritten = 0;                 // different ones, per launch
  std::map<std::string, std::pair<uint64_t, uint64_t>> buffers; // bytes read, written, by name

  void add(const Launch &launch, const LaunchResult &result);
  void add(const KernelStats &other);
};

// Writes the report of a device: its findings and its counters.
std::string reportJson(const std::string &device, const std::vector<const Finding *> &findings,
                       const std::map<std::string, KernelStats> &kernels);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_PROF_STATS_H
