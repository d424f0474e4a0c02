// This file declares a lower bound of the time that launches take on a GPU. It is no prediction:
// what the GPU does besides, and what it does one after the other, is left out.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_PROF_ROOFLINE_H
#define AZULEJO_RUNTIME_DEVICE_SIM_PROF_ROOFLINE_H

#include "prof/Counters.h"
#include "prof/Gpus.h"

namespace azulejo::sim {

// What bounds a launch. The first kinds are work of multiprocessors, the last two of the memory.
enum class Bound : uint8_t {
  Launch, // nothing else takes longer than starting the kernel
  Tensor,
  Fp32,
  Fp64,
  Special,
  Issue,
  Shared,
  L1,
  L2,
  Dram,
  Count,
};
const char *boundName(Bound bound);

// What one launch did, as far as it bounds the time. See docs/simulator.md for each.
struct LaunchWork {
  uint64_t ctas = 0;
  uint64_t fp32 = 0, fp64 = 0, special = 0; // warp instructions
  uint64_t issued = 0;     // warp instructions that ptxas neither removes nor folds
  uint64_t wavefronts = 0; // of shared memory
  uint64_t l1Sectors = 0, l2Sectors = 0, dramSectors = 0;
  uint64_t tensorMacs[kMacKinds] = {};
};

// Seconds by kind. `launch` is the time to start a kernel, which adds to the longest of the others.
struct LowerBound {
  double seconds[static_cast<unsigned>(Bound::Count)] = {};
  double total = 0;
  Bound limiter = Bound::Launch;
  uint64_t unknownMacs = 0; // as in BoundSums
};
LowerBound boundLaunch(const Gpu &gpu, const LaunchWork &work);

// Of launches together, by kind and as the longest of each.
struct BoundSums {
  double seconds[static_cast<unsigned>(Bound::Count)] = {};
  double limited[static_cast<unsigned>(Bound::Count)] = {}; // totals of the launches it limits
  double total = 0;
  uint64_t unknownMacs = 0; // of operands that the GPU has no tensor cores for: they took no time

  void add(const LowerBound &launch);
  void add(const BoundSums &other);
  // The kind that limits the most time.
  Bound limiter() const;
};

// Time from the end of a kernel to the start of the next one in a graph: the project's reference of
// targets, section 3 (H100, secondary); taken for every GPU.
constexpr double kLaunchSeconds = 1.3e-6;

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_PROF_ROOFLINE_H
