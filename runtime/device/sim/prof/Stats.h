// This file declares what the simulator counts over the life of a device, and its JSON form.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_PROF_STATS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_PROF_STATS_H

#include "exec/Grid.h"

#include <map>
#include <string>
#include <vector>

namespace azulejo::sim {

// Traffic of one buffer: what lanes asked for, and what different sectors the launches touched.
struct BufferStats : BufferCounters {
  uint64_t footprintRead = 0, footprintWritten = 0; // bytes

  void add(const BufferStats &other);
};

// Sums over the launches of one kernel. Counters::buffers is empty here: buffers have names.
struct KernelStats : Counters {
  uint64_t launches = 0, ctas = 0, threads = 0;
  uint64_t instructions[static_cast<unsigned>(OpClass::Count)] = {};
  uint64_t warpInstructions = 0, laneInstructions = 0;
  std::map<std::string, BufferStats> namedBuffers;

  // Takes the footprint of the launch out of its memory's shadow.
  void addLaunch(const Launch &launch, const LaunchResult &result);
  void add(const KernelStats &other);
};

// Writes the report of a device: its findings and its counters.
std::string reportJson(const std::string &device, const std::vector<const Finding *> &findings,
                       const std::map<std::string, KernelStats> &kernels);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_PROF_STATS_H
