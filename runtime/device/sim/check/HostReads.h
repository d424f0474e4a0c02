// This file declares the check of what the host reads from global memory.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_CHECK_HOSTREADS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_CHECK_HOSTREADS_H

#include "check/Findings.h"
#include "mem/DeviceMemory.h"

namespace azulejo::sim {

// Whether nothing has written some of [address, address + bytes), which lies in one allocation. If
// so, `out` names how many of the bytes, and the first of them.
bool findUnwritten(const DeviceMemory &memory, uint64_t address, size_t bytes, Finding &out);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_CHECK_HOSTREADS_H
