// This file declares what is known of GPUs: the resources of a multiprocessor by architecture, and
// the speeds of the GPUs that the roofline knows.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_PROF_GPUS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_PROF_GPUS_H

#include <cstdint>
#include <string>

namespace azulejo::sim {

// What the CTAs on one multiprocessor share.
struct SmResources {
  int sm;
  uint32_t threads, ctas;
  uint32_t sharedBytes;   // all of it
  uint32_t sharedReserve; // taken by the system for each CTA
  uint32_t sharedUnit;    // allocations are multiples
};

// Returns null for an architecture that is not simulated.
const SmResources *findSmResources(int sm);

// One GPU. Rates are peaks of dense operations, at the boost clock.
struct Gpu {
  const char *name;
  int sm;
  uint32_t multiprocessors;
  double clockGhz;
  double dramGbs;    // 10^9 bytes a second
  double fp32, fp64; // TFLOP/s of the ordinary units
  double f16, tf32;  // TFLOP/s of tensor cores; bf16 is as f16
  double int8, fp8;  // 10^12 operations; 0: there are none
  double fp4, f64;   // the same
  uint32_t specialLanes;
};

// By its name ("h100"), a series of Azure ("ND_H100_v5") or the architecture of one ("sm_90a").
// Upper and lower case are the same. Returns null where there is none.
const Gpu *findRooflineGpu(const std::string &name);
// All names, for messages.
std::string rooflineGpuNames();

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_PROF_GPUS_H
