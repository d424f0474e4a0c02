// This file declares the launch of a kernel over its grid.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_GRID_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_GRID_H

#include "exec/Worker.h"

namespace azulejo::sim {

// What a launch did: sums over its workers.
struct LaunchResult : Counters {
  FindingSet findings;
  std::string printed;
  std::vector<uint64_t> blockRuns, blockLanes;
};

// Runs all CTAs on up to `threads` host threads. The result does not depend on their number.
void runGrid(const Launch &launch, unsigned threads, LaunchResult &result);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_GRID_H
