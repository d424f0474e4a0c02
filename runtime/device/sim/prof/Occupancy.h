// This file declares how many CTAs of a launch fit a multiprocessor, and what limits them.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_PROF_OCCUPANCY_H
#define AZULEJO_RUNTIME_DEVICE_SIM_PROF_OCCUPANCY_H

#include "prof/Gpus.h"

namespace azulejo::sim {

// CTAs of a multiprocessor by each limit. How many registers a kernel takes is decided by ptxas and
// not known here; a kernel's own promise bounds their effect from below.
struct Occupancy {
  uint32_t byThreads = 0, byCtas = 0, byShared = 0;
  uint32_t least = 0; // that registers allow, by .minnctapersm, .maxntid or .reqntid; 0: unknown
  uint32_t ctas = 0;  // the least of the three limits
  const char *limiter = ""; // "threads", "ctas" or "shared"
};

// `sharedBytes` are static and dynamic ones together, `leastCtas` as Occupancy::least.
Occupancy computeOccupancy(const SmResources &sm, uint32_t threads, uint32_t sharedBytes,
                           uint32_t leastCtas);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_PROF_OCCUPANCY_H
