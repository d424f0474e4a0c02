// This file declares what a launch is checked for before it runs, as the driver would.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_LAUNCHCHECKS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_LAUNCHCHECKS_H

#include "SimOptions.h"
#include "exec/Grid.h"

#include "azulejo/runtime/device.h"

#include <vector>

namespace azulejo::sim {

// Grid, block and shared memory, against the GPU and what the kernel asks for.
azj_status checkDimensions(const GpuModel &gpu, const Kernel &kernel, const azj_launch &launch);
// The cluster; the kernel's own where the launch gives none, else 1,1,1.
azj_status checkCluster(const GpuModel &gpu, const Kernel &kernel, const azj_launch &launch,
                        Dim3 &cluster);
// Lays the arguments out as the kernel's parameters.
azj_status packParams(const Kernel &kernel, const azj_launch &launch, std::vector<uint8_t> &params);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_LAUNCHCHECKS_H
