// This file is a stand-in for libcuda.so.1: it records calls, keeps device memory on the host and
// fails where a test tells it to. It proves the `cuda` device on machines that have no GPU.
#include "device/cuda/CudaApi.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

using namespace azulejo::runtime::cuda;

namespace {

std::string record;
std::map<std::string, Result> failures;
int32_t driverVersion = 12040;
int32_t deviceCount = 2;

// Notes a call and returns the result that a test planned for it.
Result call(const std::string &text) {
  record += text + "\n";
  std::string name = text.substr(0, text.find(' '));
  auto found = failures.find(name);
  if (found == failures.end())
    return success;
  Result result = found->second;
  failures.erase(found);
  return result;
}

std::string number(uint64_t value) { return " " + std::to_string(value); }

} // namespace

#define STANDIN extern "C" __attribute__((visibility("default")))

STANDIN void standinReset() {
  record.clear();
  failures.clear();
  driverVersion = 12040;
  deviceCount = 2;
}
STANDIN const char *standinRecord() { return record.c_str(); }
STANDIN void standinFail(const char *name, Result result) { failures[name] = result; }
STANDIN void standinSetDriver(int32_t version, int32_t devices) {
  driverVersion = version;
  deviceCount = devices;
}

STANDIN Result cuInit(uint32_t) { return call("cuInit"); }
STANDIN Result cuDriverGetVersion(int32_t *out) {
  *out = driverVersion;
  return call("cuDriverGetVersion");
}
STANDIN Result cuGetErrorName(Result result, const char **out) {
  static std::string text;
  if (result == 999)
    return errorInvalidValue;
  text = result == errorOutOfMemory ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR_STANDIN";
  *out = text.c_str();
  return success;
}
STANDIN Result cuGetErrorString(Result result, const char **out) {
  if (result == 999)
    return errorInvalidValue;
  *out = "as the test wished";
  return success;
}
STANDIN Result cuDeviceGetCount(int32_t *out) {
  *out = deviceCount;
  return call("cuDeviceGetCount");
}
STANDIN Result cuDeviceGet(Device *out, int32_t ordinal) {
  *out = ordinal + 40;
  return call("cuDeviceGet" + number(uint64_t(ordinal)));
}
STANDIN Result cuDeviceGetName(char *out, int32_t bytes, Device device) {
  snprintf(out, size_t(bytes), "Stand-in %d", device);
  return success;
}
STANDIN Result cuDeviceGetAttribute(int32_t *out, int32_t attribute, Device) {
  *out = attribute == attributeComputeCapabilityMajor   ? 9
         : attribute == attributeComputeCapabilityMinor ? 0
         : attribute == attributeMultiprocessorCount    ? 132
                                                        : 232448;
  return success;
}
STANDIN Result cuDeviceTotalMem_v2(size_t *out, Device) {
  *out = size_t(80) << 30;
  return success;
}
STANDIN Result cuDevicePrimaryCtxRetain(Context *out, Device device) {
  *out = reinterpret_cast<Context>(uint64_t(device));
  return call("cuDevicePrimaryCtxRetain" + number(uint64_t(device)));
}
STANDIN Result cuDevicePrimaryCtxRelease_v2(Device device) {
  return call("cuDevicePrimaryCtxRelease" + number(uint64_t(device)));
}
STANDIN Result cuCtxPushCurrent_v2(Context context) {
  return call("push" + number(reinterpret_cast<uint64_t>(context)));
}
STANDIN Result cuCtxPopCurrent_v2(Context *) { return call("pop"); }
STANDIN Result cuMemAlloc_v2(DevicePtr *out, size_t bytes) {
  Result result = call("cuMemAlloc" + number(bytes));
  if (result == success)
    *out = reinterpret_cast<DevicePtr>(aligned_alloc(256, (bytes + 255) / 256 * 256));
  return result;
}
STANDIN Result cuMemFree_v2(DevicePtr pointer) {
  free(reinterpret_cast<void *>(pointer));
  return call("cuMemFree");
}
STANDIN Result cuMemcpyHtoDAsync_v2(DevicePtr to, const void *from, size_t bytes, Stream) {
  memcpy(reinterpret_cast<void *>(to), from, bytes);
  return call("cuMemcpyHtoDAsync" + number(bytes));
}
STANDIN Result cuMemcpyDtoHAsync_v2(void *to, DevicePtr from, size_t bytes, Stream) {
  memcpy(to, reinterpret_cast<void *>(from), bytes);
  return call("cuMemcpyDtoHAsync" + number(bytes));
}
STANDIN Result cuMemcpyDtoDAsync_v2(DevicePtr to, DevicePtr from, size_t bytes, Stream) {
  memcpy(reinterpret_cast<void *>(to), reinterpret_cast<void *>(from), bytes);
  return call("cuMemcpyDtoDAsync" + number(bytes));
}
STANDIN Result cuMemsetD8Async(DevicePtr to, uint8_t value, size_t bytes, Stream) {
  memset(reinterpret_cast<void *>(to), value, bytes);
  return call("cuMemsetD8Async" + number(bytes));
}
STANDIN Result cuStreamSynchronize(Stream) { return call("cuStreamSynchronize"); }
STANDIN Result cuModuleLoadDataEx(Module *out, const void *image, uint32_t count, int32_t *options,
                                  void **values) {
  Result result = call("cuModuleLoadDataEx" + number(strlen(static_cast<const char *>(image))));
  for (uint32_t i = 0; i < count && result != success; ++i)
    if (options[i] == jitErrorLogBuffer)
      strcpy(static_cast<char *>(values[i]), "ptxas application ptx input, line 7; error: oh\n");
  *out = reinterpret_cast<Module>(7);
  return result;
}
STANDIN Result cuModuleUnload(Module) { return call("cuModuleUnload"); }
STANDIN Result cuModuleGetFunction(Function *out, Module, const char *name) {
  *out = reinterpret_cast<Function>(9);
  return call("cuModuleGetFunction " + std::string(name));
}
STANDIN Result cuFuncSetAttribute(Function, int32_t attribute, int32_t value) {
  return call("cuFuncSetAttribute" + number(uint64_t(attribute)) + number(uint64_t(value)));
}
STANDIN Result cuLaunchKernel(Function, uint32_t gx, uint32_t gy, uint32_t gz, uint32_t bx,
                              uint32_t by, uint32_t bz, uint32_t shared, Stream, void **args,
                              void **) {
  return call("cuLaunchKernel" + number(gx) + number(gy) + number(gz) + number(bx) + number(by) +
              number(bz) + number(shared) +
              number(args ? *static_cast<const uint32_t *>(args[0]) : 0));
}
STANDIN Result cuLaunchKernelEx(const LaunchConfig *config, Function, void **, void **) {
  const LaunchAttribute &attribute = config->attributes[0];
  return call("cuLaunchKernelEx" + number(config->gridX) + number(config->sharedBytes) +
              number(config->attributeCount) + number(uint64_t(attribute.id)) +
              number(attribute.value.clusterDim.x) + number(attribute.value.clusterDim.y) +
              number(attribute.value.clusterDim.z));
}
STANDIN Result cuTensorMapEncodeTiled(void *out, int32_t type, uint32_t rank, void *,
                                      const uint64_t *dims, const uint64_t *strides,
                                      const uint32_t *box, const uint32_t *, int32_t,
                                      int32_t swizzle, int32_t, int32_t) {
  memset(out, 0x5a, 128);
  return call("cuTensorMapEncodeTiled" + number(uint64_t(type)) + number(rank) + number(dims[1]) +
              number(strides[0]) + number(box[1]) + number(uint64_t(swizzle)));
}
STANDIN Result cuTensorMapEncodeIm2col(void *out, int32_t type, uint32_t rank, void *,
                                       const uint64_t *dims, const uint64_t *strides,
                                       const int32_t *lower, const int32_t *upper,
                                       uint32_t channels, uint32_t pixels, const uint32_t *,
                                       int32_t, int32_t swizzle, int32_t, int32_t) {
  memset(out, 0x5b, 128);
  return call("cuTensorMapEncodeIm2col" + number(uint64_t(type)) + number(rank) + number(dims[1]) +
              number(strides[0]) + number(uint64_t(-lower[1])) + number(uint64_t(-upper[0])) +
              number(channels) + number(pixels) + number(uint64_t(swizzle)));
}
STANDIN Result cuTensorMapEncodeIm2colWide(void *out, int32_t type, uint32_t rank, void *,
                                           const uint64_t *dims, const uint64_t *strides,
                                           int32_t lower, int32_t upper, uint32_t channels,
                                           uint32_t pixels, const uint32_t *, int32_t, int32_t mode,
                                           int32_t swizzle, int32_t, int32_t) {
  memset(out, 0x5c, 128);
  return call("cuTensorMapEncodeIm2colWide" + number(uint64_t(type)) + number(rank) +
              number(dims[1]) + number(strides[0]) + number(uint64_t(-lower)) +
              number(uint64_t(-upper)) + number(channels) + number(pixels) +
              number(uint64_t(mode)) + number(uint64_t(swizzle)));
}
