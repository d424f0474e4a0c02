// This file computes occupancy from the resources of a multiprocessor.
#include "prof/Occupancy.h"

namespace azulejo::sim {

Occupancy computeOccupancy(const SmResources &sm, uint32_t threads, uint32_t sharedBytes,
                           uint32_t leastCtas) {
  Occupancy result;
  uint32_t warps = (threads + 31) / 32;
  uint32_t shared = (sharedBytes + sm.sharedUnit - 1) / sm.sharedUnit * sm.sharedUnit;
  shared += sm.sharedReserve;
  result.byThreads = sm.threads / 32 / warps;
  result.byCtas = sm.ctas;
  result.byShared = shared == 0 ? sm.ctas : sm.sharedBytes / shared;
  result.least = leastCtas;
  result.ctas = result.byThreads;
  result.limiter = "threads";
  if (result.byCtas < result.ctas) {
    result.ctas = result.byCtas;
    result.limiter = "ctas";
  }
  if (result.byShared < result.ctas) {
    result.ctas = result.byShared;
    result.limiter = "shared";
  }
  return result;
}

} // namespace azulejo::sim
