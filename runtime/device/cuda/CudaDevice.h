// This file declares how the `cuda` device is opened.
#ifndef AZULEJO_RUNTIME_DEVICE_CUDA_CUDADEVICE_H
#define AZULEJO_RUNTIME_DEVICE_CUDA_CUDADEVICE_H

#include "azulejo/runtime/device.h"

namespace azulejo::runtime {

// Opens GPU `ordinal` with its primary context. AZJ_NOT_FOUND: no driver or no such GPU.
[[nodiscard]] azj_status createCudaDevice(int32_t ordinal, azj_device **out_device);

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_DEVICE_CUDA_CUDADEVICE_H
