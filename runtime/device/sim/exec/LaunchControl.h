// This file declares the clusters of a launch that have not been started, which workers start and
// clusterlaunchcontrol cancels.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_LAUNCHCONTROL_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_LAUNCHCONTROL_H

#include "exec/Random.h"

#include <atomic>
#include <cstdint>
#include <deque>

namespace azulejo::sim {

struct Launch;
struct BulkCopy;

// Clusters by number, in the order in which a GPU would start them; or, with a `window`, so many at
// a time in random order. Those of a window have all been taken before one of the next is.
class ClusterQueue {
public:
  explicit ClusterQueue(uint64_t count, uint64_t window = 1, uint64_t seed = 0)
      : count(count), window(window), random(seed) {}

  // Takes the first; false: none is left. Workers may call it at the same time where there is no
  // window.
  bool take(uint64_t &number);
  // Takes one of the first few, which `choice` selects. Not while other workers run.
  bool takeAny(uint64_t choice, uint64_t &number);

private:
  const uint64_t count, window;
  Random random;
  std::atomic<uint64_t> next{0};
  std::deque<uint64_t> passed; // before `next`, and not taken
};

// How many clusters of a kernel that cancels others are started before the first of them runs. The
// ISA promises nothing: lazily it is half of them, up to four, so that several compete for the
// rest; eagerly one, which may take all others; in random order one to four.
uint64_t firstWave(const Launch &launch);

// clusterlaunchcontrol.try_cancel: asks for a cluster, and sets the words that `copy` will write.
// Nothing arrives at mbarriers before the other clusters have run. Reports a request behind a
// refusal that the block has seen.
void requestCancel(BulkCopy &copy);
// The response has come to the block that is signalled.
void noteResponse(const BulkCopy &copy);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_LAUNCHCONTROL_H
