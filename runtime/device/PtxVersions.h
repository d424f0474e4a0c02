// This file declares which PTX versions CUDA drivers take.
#ifndef AZULEJO_RUNTIME_DEVICE_PTXVERSIONS_H
#define AZULEJO_RUNTIME_DEVICE_PTXVERSIONS_H

#include <cstdint>

namespace azulejo::runtime {

// Returns the newest PTX (83 is 8.3) that a driver of this CUDA version (cuDriverGetVersion: 12030
// is 12.3) loads. A driver newer than the table is given the table's last row.
int32_t newestPtxOfDriver(int32_t cudaVersion);

// What a user must install for a PTX version.
struct DriverNeed {
  int32_t cudaMajor, cudaMinor;
  int32_t driverBranch; // R580 is 580
};

// Returns the first driver that loads `ptxVersion`. `cudaMajor` is 0 when the table has none.
DriverNeed driverForPtx(int32_t ptxVersion);

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_DEVICE_PTXVERSIONS_H
