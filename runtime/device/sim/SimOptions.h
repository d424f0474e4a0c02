// This file declares the options of the device `sim` and the properties of the GPUs it stands for.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_SIMOPTIONS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_SIMOPTIONS_H

#include "azulejo/runtime/status.h"

#include <cstdint>
#include <string>

namespace azulejo::sim {

struct Gpu;

enum class AsyncMode : uint8_t { Lazy, Eager, Random };

struct SimOptions {
  int sm = 80;
  unsigned threads = 0; // 0: one per core
  uint32_t checks = 0;  // set of Check
  bool isExact = false; // tensor cores bit by bit; else chains of FMA
  AsyncMode async = AsyncMode::Lazy;
  bool isAdversarial = false; // approximate operations err, up to the ISA's bound; else nearest
  uint64_t seed = 0;
  uint64_t limit = uint64_t{1} << 34; // backward branches of a warp, then it is given up
  const Gpu *roofline = nullptr;      // the GPU that the report bounds the time of
  std::string entry; // the only kernel of modules that is decoded; empty: every one
};

// Reads "key=value,key=value"; keys: sm, checks, tc, async, approx, threads, seed, limit,
// roofline, entry. checks=mem,sync is one value.
azj_status parseSimOptions(const char *text, SimOptions &options);

// A GPU as far as launches depend on it.
struct GpuModel {
  int sm;
  int multiprocessors;
  int sharedBytes; // dynamic shared memory per CTA after opting in
};
// Returns null for a compute capability that is not simulated.
const GpuModel *findGpu(int sm);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_SIMOPTIONS_H
