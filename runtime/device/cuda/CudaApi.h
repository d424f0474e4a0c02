// This file declares the part of the CUDA driver's binary interface that the runtime calls. It is
// written from the driver API's documentation so that no CUDA header is needed to build.
#ifndef AZULEJO_RUNTIME_DEVICE_CUDA_CUDAAPI_H
#define AZULEJO_RUNTIME_DEVICE_CUDA_CUDAAPI_H

#include <cstddef>
#include <cstdint>

namespace azulejo::runtime::cuda {

using Result = int32_t;
using Device = int32_t;
using DevicePtr = uint64_t;
using Context = struct ContextImpl *;
using Module = struct ModuleImpl *;
using Function = struct FunctionImpl *;
using Stream = struct StreamImpl *;

// The results that the runtime gives hints for.
enum : Result {
  success = 0,
  errorInvalidValue = 1,
  errorOutOfMemory = 2,
  errorNoDevice = 100,
  errorInvalidDevice = 101,
  errorInvalidImage = 200,
  errorNoBinaryForGpu = 209,
  errorInvalidPtx = 218,
  errorUnsupportedPtxVersion = 222,
  errorNotFound = 500,
  errorIllegalAddress = 700,
  errorLaunchOutOfResources = 701,
  errorLaunchTimeout = 702,
  errorIllegalInstruction = 715,
  errorMisalignedAddress = 716,
  errorLaunchFailed = 719,
  errorSystemDriverMismatch = 803,
};

// CUdevice_attribute
enum : int32_t {
  attributeMultiprocessorCount = 16,
  attributeComputeCapabilityMajor = 75,
  attributeComputeCapabilityMinor = 76,
  attributeMaxSharedPerBlockOptin = 97,
};

// CUfunction_attribute
enum : int32_t {
  functionMaxDynamicShared = 8,
  functionNonPortableClusterSize = 14,
};

// CUjit_option
enum : int32_t {
  jitErrorLogBuffer = 5,
  jitErrorLogBufferSize = 6,
};

// CUlaunchAttribute: an id, padding to 8 bytes, and a union of 64 bytes.
struct LaunchAttribute {
  int32_t id;
  char padding[4];
  union {
    char bytes[64];
    struct {
      uint32_t x, y, z;
    } clusterDim;
  } value;
};
inline constexpr int32_t launchAttributeClusterDimension = 4;
static_assert(sizeof(LaunchAttribute) == 72, "layout of CUlaunchAttribute");

struct LaunchConfig {
  uint32_t gridX, gridY, gridZ;
  uint32_t blockX, blockY, blockZ;
  uint32_t sharedBytes;
  Stream stream;
  LaunchAttribute *attributes;
  uint32_t attributeCount;
};
static_assert(sizeof(LaunchConfig) == 56, "layout of CUlaunchConfig");

// The functions of libcuda, with the exported name of each. The last column says whether a driver
// without it is still usable.
#define AZJ_CUDA_FUNCTIONS(X)                                                                      \
  X(init, "cuInit", Result (*)(uint32_t), true)                                                    \
  X(driverGetVersion, "cuDriverGetVersion", Result (*)(int32_t *), true)                           \
  X(getErrorName, "cuGetErrorName", Result (*)(Result, const char **), true)                       \
  X(getErrorString, "cuGetErrorString", Result (*)(Result, const char **), true)                   \
  X(deviceGetCount, "cuDeviceGetCount", Result (*)(int32_t *), true)                               \
  X(deviceGet, "cuDeviceGet", Result (*)(Device *, int32_t), true)                                 \
  X(deviceGetName, "cuDeviceGetName", Result (*)(char *, int32_t, Device), true)                   \
  X(deviceGetAttribute, "cuDeviceGetAttribute", Result (*)(int32_t *, int32_t, Device), true)      \
  X(deviceTotalMem, "cuDeviceTotalMem_v2", Result (*)(size_t *, Device), true)                     \
  X(primaryCtxRetain, "cuDevicePrimaryCtxRetain", Result (*)(Context *, Device), true)             \
  X(primaryCtxRelease, "cuDevicePrimaryCtxRelease_v2", Result (*)(Device), true)                   \
  X(ctxPushCurrent, "cuCtxPushCurrent_v2", Result (*)(Context), true)                              \
  X(ctxPopCurrent, "cuCtxPopCurrent_v2", Result (*)(Context *), true)                              \
  X(memAlloc, "cuMemAlloc_v2", Result (*)(DevicePtr *, size_t), true)                              \
  X(memFree, "cuMemFree_v2", Result (*)(DevicePtr), true)                                          \
  X(memcpyHtoDAsync, "cuMemcpyHtoDAsync_v2", Result (*)(DevicePtr, const void *, size_t, Stream),  \
    true)                                                                                          \
  X(memcpyDtoHAsync, "cuMemcpyDtoHAsync_v2", Result (*)(void *, DevicePtr, size_t, Stream), true)  \
  X(memcpyDtoDAsync, "cuMemcpyDtoDAsync_v2", Result (*)(DevicePtr, DevicePtr, size_t, Stream),     \
    true)                                                                                          \
  X(memsetD8Async, "cuMemsetD8Async", Result (*)(DevicePtr, uint8_t, size_t, Stream), true)        \
  X(streamSynchronize, "cuStreamSynchronize", Result (*)(Stream), true)                            \
  X(moduleLoadDataEx, "cuModuleLoadDataEx",                                                        \
    Result (*)(Module *, const void *, uint32_t, int32_t *, void **), true)                        \
  X(moduleUnload, "cuModuleUnload", Result (*)(Module), true)                                      \
  X(moduleGetFunction, "cuModuleGetFunction", Result (*)(Function *, Module, const char *), true)  \
  X(funcSetAttribute, "cuFuncSetAttribute", Result (*)(Function, int32_t, int32_t), true)          \
  X(launchKernel, "cuLaunchKernel",                                                                \
    Result (*)(Function, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t,     \
               Stream, void **, void **),                                                          \
    true)                                                                                          \
  X(launchKernelEx, "cuLaunchKernelEx",                                                            \
    Result (*)(const LaunchConfig *, Function, void **, void **), false)                           \
  X(tensorMapEncodeTiled, "cuTensorMapEncodeTiled",                                                \
    Result (*)(void *, int32_t, uint32_t, void *, const uint64_t *, const uint64_t *,              \
               const uint32_t *, const uint32_t *, int32_t, int32_t, int32_t, int32_t),            \
    false)                                                                                         \
  X(tensorMapEncodeIm2col, "cuTensorMapEncodeIm2col",                                              \
    Result (*)(void *, int32_t, uint32_t, void *, const uint64_t *, const uint64_t *,              \
               const int32_t *, const int32_t *, uint32_t, uint32_t, const uint32_t *, int32_t,    \
               int32_t, int32_t, int32_t),                                                         \
    false)                                                                                         \
  X(tensorMapEncodeIm2colWide, "cuTensorMapEncodeIm2colWide",                                      \
    Result (*)(void *, int32_t, uint32_t, void *, const uint64_t *, const uint64_t *, int32_t,     \
               int32_t, uint32_t, uint32_t, const uint32_t *, int32_t, int32_t, int32_t, int32_t,  \
               int32_t),                                                                           \
    false)

} // namespace azulejo::runtime::cuda

#endif // AZULEJO_RUNTIME_DEVICE_CUDA_CUDAAPI_H
