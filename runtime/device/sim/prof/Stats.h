// This file declares what the simulator counts over the life of a device, and its JSON form.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_PROF_STATS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_PROF_STATS_H

#include "exec/Grid.h"
#include "prof/Occupancy.h"
#include "prof/Roofline.h"

#include <map>
#include <string>
#include <vector>

namespace azulejo::sim {

// Traffic of one buffer: what lanes asked for, and what different sectors the launches touched.
struct BufferStats : BufferCounters {
  uint64_t footprintRead = 0, footprintWritten = 0; // bytes

  void add(const BufferStats &other);
};

// What launches of one kernel may differ in.
struct LaunchShape {
  uint32_t grid[3], block[3], cluster[3];
  uint32_t staticShared, dynamicShared; // bytes
  bool operator<(const LaunchShape &other) const;
};

struct ShapeStats {
  uint64_t launches = 0;
  Occupancy occupancy; // on the simulated architecture
};

// Sums over the launches of one kernel. Counters::buffers is empty here: buffers have names.
struct KernelStats : Counters {
  uint64_t launches = 0, ctas = 0, threads = 0;
  uint64_t instructions[static_cast<unsigned>(OpClass::Count)] = {};
  uint64_t warpInstructions = 0, laneInstructions = 0;
  std::map<std::string, BufferStats> namedBuffers;
  std::map<LaunchShape, ShapeStats> shapes;
  BoundSums bound; // where there is a GPU for the roofline

  // Takes the footprint of the launch out of its memory's shadow. `roofline` may be null.
  void addLaunch(const Launch &launch, const LaunchResult &result, const Gpu *roofline);
  void add(const KernelStats &other);
};

// Writes the report of a device: its findings, its counters, and lower bounds of the time on
// `roofline`, unless that is null.
std::string reportJson(const std::string &device, const std::vector<const Finding *> &findings,
                       const std::map<std::string, KernelStats> &kernels, const Gpu *roofline);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_PROF_STATS_H
