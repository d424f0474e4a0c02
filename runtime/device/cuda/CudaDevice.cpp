// This file implements the device interface on the CUDA driver API.
#include "device/cuda/CudaDevice.h"

#include "base/Guard.h"
#include "base/Status.h"
#include "device/PtxVersions.h"
#include "device/TensorMapRules.h"
#include "device/cuda/CudaLibrary.h"

#include <cstring>
#include <string>
#include <vector>

namespace azulejo::runtime {
namespace {

// Dynamic shared memory that a kernel may use without asking for more.
constexpr uint32_t sharedWithoutOptin = 48 * 1024;
// Blocks of a cluster that every GPU with clusters can place.
constexpr uint32_t portableCluster = 8;
constexpr size_t logBytes = 16384;

class CudaDevice : public azj_device {
public:
  explicit CudaDevice(std::shared_ptr<const cuda::Library> library);
  ~CudaDevice();

  azj_status open(int32_t ordinal);
  azj_status loadModule(azj_image_kind kind, const void *image, size_t bytes, const char *name,
                        azj_module *out);
  azj_status getKernel(azj_module module, const char *entry, azj_kernel *out);
  azj_status launchKernel(cuda::Stream stream, const azj_launch &launch);
  azj_status encodeTensorMap(const azj_tensor_map_desc &desc, azj_tensor_map *out);
  azj_status encodeIm2colMap(const azj_tensor_map_desc &desc, const azj_im2col_desc &im2col,
                             azj_tensor_map *out);

  std::shared_ptr<const cuda::Library> library;
  azj_device_info facts = {};
  cuda::Device device = 0;
  cuda::Context context = nullptr;

private:
  azj_status readFacts();
};

CudaDevice &self(azj_device *device) { return *static_cast<CudaDevice *>(device); }

// Makes the device's context current for one call, and leaves the caller's as it was.
class ContextScope {
public:
  explicit ContextScope(const CudaDevice &device) : library(*device.library) {
    status = library.check(library.ctxPushCurrent(device.context), "cuCtxPushCurrent");
    isPushed = !status;
  }
  ~ContextScope() {
    cuda::Context ignored;
    if (isPushed)
      library.ctxPopCurrent(&ignored);
  }
  azj_status status;

private:
  const cuda::Library &library;
  bool isPushed;
};

// Runs `body` with the context current.
template <typename Body> azj_status inContext(azj_device *device, Body &&body) {
  return guarded([&]() -> azj_status {
    ContextScope scope(self(device));
    AZJ_TRY(scope.status);
    return body(self(device), *self(device).library);
  });
}

cuda::Stream streamOf(azj_stream stream) { return reinterpret_cast<cuda::Stream>(stream); }

void destroy(azj_device *device) { delete &self(device); }

azj_status info(azj_device *device, azj_device_info *out) {
  *out = self(device).facts;
  return nullptr;
}

azj_status allocate(azj_device *device, size_t bytes, const char *name, azj_device_ptr *out) {
  return inContext(device, [&](CudaDevice &, const cuda::Library &library) -> azj_status {
    cuda::DevicePtr pointer = 0;
    azj_status status = library.check(library.memAlloc(&pointer, bytes), "cuMemAlloc");
    if (status)
      return prefix(status, "allocating %zu bytes for %s", bytes, name ? name : "a buffer");
    *out = pointer;
    return nullptr;
  });
}

azj_status release(azj_device *device, azj_device_ptr pointer) {
  return inContext(device, [&](CudaDevice &, const cuda::Library &library) {
    return library.check(library.memFree(pointer), "cuMemFree");
  });
}

azj_status copyIn(azj_device *device, azj_stream stream, azj_device_ptr to, const void *from,
                  size_t bytes) {
  return inContext(device, [&](CudaDevice &, const cuda::Library &library) -> azj_status {
    AZJ_TRY(library.check(library.memcpyHtoDAsync(to, from, bytes, streamOf(stream)),
                          "cuMemcpyHtoDAsync"));
    // From pinned memory the copy is still under way; the caller may reuse `from` at once.
    return library.check(library.streamSynchronize(streamOf(stream)), "cuStreamSynchronize");
  });
}

azj_status copyOut(azj_device *device, azj_stream stream, void *to, azj_device_ptr from,
                   size_t bytes) {
  return inContext(device, [&](CudaDevice &, const cuda::Library &library) -> azj_status {
    AZJ_TRY(library.check(library.memcpyDtoHAsync(to, from, bytes, streamOf(stream)),
                          "cuMemcpyDtoHAsync"));
    return library.check(library.streamSynchronize(streamOf(stream)), "cuStreamSynchronize");
  });
}

azj_status copy(azj_device *device, azj_stream stream, azj_device_ptr to, azj_device_ptr from,
                size_t bytes) {
  return inContext(device, [&](CudaDevice &, const cuda::Library &library) {
    return library.check(library.memcpyDtoDAsync(to, from, bytes, streamOf(stream)),
                         "cuMemcpyDtoDAsync");
  });
}

azj_status fill(azj_device *device, azj_stream stream, azj_device_ptr to, uint8_t value,
                size_t bytes) {
  return inContext(device, [&](CudaDevice &, const cuda::Library &library) {
    return library.check(library.memsetD8Async(to, value, bytes, streamOf(stream)),
                         "cuMemsetD8Async");
  });
}

azj_status moduleLoad(azj_device *device, azj_image_kind kind, const void *image, size_t bytes,
                      const char *name, azj_module *out) {
  return inContext(device, [&](CudaDevice &cudaDevice, const cuda::Library &) {
    return cudaDevice.loadModule(kind, image, bytes, name, out);
  });
}

void moduleUnload(azj_device *device, azj_module module) {
  azj_status_free(inContext(device, [&](CudaDevice &, const cuda::Library &library) {
    return library.check(library.moduleUnload(reinterpret_cast<cuda::Module>(module)),
                         "cuModuleUnload");
  }));
}

azj_status kernelGet(azj_device *device, azj_module module, const char *entry, azj_kernel *out) {
  return inContext(device, [&](CudaDevice &cudaDevice, const cuda::Library &) {
    return cudaDevice.getKernel(module, entry, out);
  });
}

azj_status launch(azj_device *device, azj_stream stream, const azj_launch *launch) {
  return inContext(device, [&](CudaDevice &cudaDevice, const cuda::Library &) {
    return cudaDevice.launchKernel(streamOf(stream), *launch);
  });
}

azj_status encodeTensorMap(azj_device *device, const azj_tensor_map_desc *desc,
                           azj_tensor_map *out) {
  return inContext(device, [&](CudaDevice &cudaDevice, const cuda::Library &) {
    return cudaDevice.encodeTensorMap(*desc, out);
  });
}

azj_status encodeIm2colMap(azj_device *device, const azj_tensor_map_desc *desc,
                           const azj_im2col_desc *im2col, azj_tensor_map *out) {
  return inContext(device, [&](CudaDevice &cudaDevice, const cuda::Library &) {
    return cudaDevice.encodeIm2colMap(*desc, *im2col, out);
  });
}

azj_status synchronize(azj_device *device, azj_stream stream) {
  return inContext(device, [&](CudaDevice &, const cuda::Library &library) {
    return library.check(library.streamSynchronize(streamOf(stream)), "cuStreamSynchronize");
  });
}

constexpr azj_device_vtable vtable = {
    sizeof(azj_device_vtable),
    destroy,
    info,
    allocate,
    release,
    copyIn,
    copyOut,
    copy,
    fill,
    moduleLoad,
    moduleUnload,
    kernelGet,
    launch,
    encodeTensorMap,
    synchronize,
    /*discard=*/nullptr,
    /*report=*/nullptr,
    encodeIm2colMap,
};

CudaDevice::CudaDevice(std::shared_ptr<const cuda::Library> library)
    : azj_device{&::azulejo::runtime::vtable}, library(std::move(library)) {}

CudaDevice::~CudaDevice() {
  if (context)
    library->primaryCtxRelease(device);
}

azj_status CudaDevice::open(int32_t ordinal) {
  AZJ_TRY(library->check(library->init(0), "cuInit"));
  int32_t count = 0;
  AZJ_TRY(library->check(library->deviceGetCount(&count), "cuDeviceGetCount"));
  if (ordinal < 0 || ordinal >= count)
    return makeStatus(AZJ_NOT_FOUND,
                      "no GPU %d: the driver shows %d; nvidia-smi -L lists them, "
                      "counted from 0",
                      ordinal, count);
  AZJ_TRY(library->check(library->deviceGet(&device, ordinal), "cuDeviceGet"));
  AZJ_TRY(readFacts());
  return library->check(library->primaryCtxRetain(&context, device), "cuDevicePrimaryCtxRetain");
}

azj_status CudaDevice::readFacts() {
  int32_t version = 0, major = 0, minor = 0;
  size_t memory = 0;
  AZJ_TRY(library->check(library->driverGetVersion(&version), "cuDriverGetVersion"));
  AZJ_TRY(library->check(library->deviceGetName(facts.name, sizeof(facts.name), device),
                         "cuDeviceGetName"));
  facts.name[sizeof(facts.name) - 1] = 0;
  auto read = [&](int32_t attribute, int32_t &out) {
    return library->check(library->deviceGetAttribute(&out, attribute, device),
                          "cuDeviceGetAttribute");
  };
  AZJ_TRY(read(cuda::attributeComputeCapabilityMajor, major));
  AZJ_TRY(read(cuda::attributeComputeCapabilityMinor, minor));
  AZJ_TRY(read(cuda::attributeMultiprocessorCount, facts.multiprocessors));
  AZJ_TRY(read(cuda::attributeMaxSharedPerBlockOptin, facts.max_shared_bytes));
  AZJ_TRY(library->check(library->deviceTotalMem(&memory, device), "cuDeviceTotalMem"));
  facts.sm = major * 10 + minor;
  facts.max_ptx = newestPtxOfDriver(version);
  facts.memory_bytes = memory;
  return nullptr;
}

azj_status CudaDevice::loadModule(azj_image_kind kind, const void *image, size_t bytes,
                                  const char *name, azj_module *out) {
  // The driver reads PTX up to a NUL, which the text of a bundle does not end with.
  std::string text;
  if (kind == AZJ_IMAGE_PTX) {
    text.assign(static_cast<const char *>(image), bytes);
    image = text.c_str();
  }
  std::vector<char> log(logBytes, '\0');
  int32_t options[] = {cuda::jitErrorLogBuffer, cuda::jitErrorLogBufferSize};
  void *values[] = {log.data(), reinterpret_cast<void *>(logBytes - 1)};
  cuda::Module module = nullptr;
  cuda::Result result = library->moduleLoadDataEx(&module, image, 2, options, values);
  if (result == cuda::success) {
    *out = reinterpret_cast<azj_module>(module);
    return nullptr;
  }
  std::string_view said(log.data(), strnlen(log.data(), logBytes));
  while (!said.empty() && (said.back() == '\n' || said.back() == ' '))
    said.remove_suffix(1);
  azj_status status = library->check(result, "cuModuleLoadDataEx");
  if (!said.empty())
    status = suffix(status, "\n%.*s", static_cast<int>(said.size()), said.data());
  return prefix(status, "module '%s'", name ? name : "unnamed");
}

azj_status CudaDevice::getKernel(azj_module module, const char *entry, azj_kernel *out) {
  cuda::Function function = nullptr;
  auto handle = reinterpret_cast<cuda::Module>(module);
  AZJ_TRY(prefix(
      library->check(library->moduleGetFunction(&function, handle, entry), "cuModuleGetFunction"),
      "entry '%s'", entry));
  *out = reinterpret_cast<azj_kernel>(function);
  return nullptr;
}

azj_status CudaDevice::launchKernel(cuda::Stream stream, const azj_launch &launch) {
  auto function = reinterpret_cast<cuda::Function>(launch.kernel);
  const char *label = launch.label ? launch.label : "a kernel";
  auto allow = [&](int32_t attribute, uint32_t value) {
    return prefix(
        library->check(library->funcSetAttribute(function, attribute, static_cast<int32_t>(value)),
                       "cuFuncSetAttribute"),
        "%s", label);
  };
  if (launch.dynamic_shared_bytes > sharedWithoutOptin)
    AZJ_TRY(allow(cuda::functionMaxDynamicShared, launch.dynamic_shared_bytes));
  auto **args = const_cast<void **>(launch.args);
  uint64_t clusterBlocks = uint64_t(launch.cluster.x) * launch.cluster.y * launch.cluster.z;
  cuda::Result result;
  if (clusterBlocks <= 1) {
    result = library->launchKernel(function, launch.grid.x, launch.grid.y, launch.grid.z,
                                   launch.block.x, launch.block.y, launch.block.z,
                                   launch.dynamic_shared_bytes, stream, args, nullptr);
    return prefix(library->check(result, "cuLaunchKernel"), "%s", label);
  }
  if (!library->launchKernelEx)
    return makeStatus(AZJ_UNSUPPORTED,
                      "%s: clusters need cuLaunchKernelEx, of CUDA 11.8 (driver 520) or newer",
                      label);
  if (clusterBlocks > portableCluster)
    AZJ_TRY(allow(cuda::functionNonPortableClusterSize, 1));
  cuda::LaunchAttribute attribute = {};
  attribute.id = cuda::launchAttributeClusterDimension;
  attribute.value.clusterDim = {launch.cluster.x, launch.cluster.y, launch.cluster.z};
  cuda::LaunchConfig config = {launch.grid.x,
                               launch.grid.y,
                               launch.grid.z,
                               launch.block.x,
                               launch.block.y,
                               launch.block.z,
                               launch.dynamic_shared_bytes,
                               stream,
                               &attribute,
                               1};
  result = library->launchKernelEx(&config, function, args, nullptr);
  return prefix(library->check(result, "cuLaunchKernelEx"), "%s", label);
}

azj_status CudaDevice::encodeTensorMap(const azj_tensor_map_desc &desc, azj_tensor_map *out) {
  if (!library->tensorMapEncodeTiled)
    return makeStatus(AZJ_UNSUPPORTED, "tensor maps need cuTensorMapEncodeTiled, of CUDA 12.0 "
                                       "(driver 525) or newer");
  std::string error;
  if (!checkTiledMap(desc, &error))
    return makeStatus(AZJ_INVALID_ARGUMENT, "%s", error.c_str());
  azj_tensor_map map;
  cuda::Result result = library->tensorMapEncodeTiled(
      &map, static_cast<int32_t>(desc.type), desc.rank, reinterpret_cast<void *>(desc.base),
      desc.dims, desc.strides + 1, desc.box, desc.element_strides,
      static_cast<int32_t>(desc.interleave), static_cast<int32_t>(desc.swizzle),
      static_cast<int32_t>(desc.l2_promotion), static_cast<int32_t>(desc.nan_fill));
  AZJ_TRY(library->check(result, "cuTensorMapEncodeTiled"));
  *out = map;
  return nullptr;
}

azj_status CudaDevice::encodeIm2colMap(const azj_tensor_map_desc &desc,
                                       const azj_im2col_desc &im2col, azj_tensor_map *out) {
  std::string error;
  if (!checkIm2colMap(desc, im2col, &error))
    return makeStatus(AZJ_INVALID_ARGUMENT, "%s", error.c_str());
  bool isWide = im2col.mode != AZJ_IM2COL;
  if (isWide ? !library->tensorMapEncodeIm2colWide : !library->tensorMapEncodeIm2col)
    return makeStatus(AZJ_UNSUPPORTED, isWide ? "im2col::w maps need cuTensorMapEncodeIm2colWide, "
                                                "of CUDA 12.8 (driver 570) or newer"
                                              : "im2col maps need cuTensorMapEncodeIm2col, of CUDA "
                                                "12.0 (driver 525) or newer");
  azj_tensor_map map;
  auto type = static_cast<int32_t>(desc.type), interleave = static_cast<int32_t>(desc.interleave),
       swizzle = static_cast<int32_t>(desc.swizzle), fill = static_cast<int32_t>(desc.nan_fill),
       promotion = static_cast<int32_t>(desc.l2_promotion);
  auto *base = reinterpret_cast<void *>(desc.base);
  if (isWide)
    AZJ_TRY(library->check(
        library->tensorMapEncodeIm2colWide(&map, type, desc.rank, base, desc.dims, desc.strides + 1,
                                           im2col.lower[0], im2col.upper[0], im2col.channels,
                                           im2col.pixels, desc.element_strides, interleave,
                                           im2col.mode - AZJ_IM2COL_W, swizzle, promotion, fill),
        "cuTensorMapEncodeIm2colWide"));
  else
    AZJ_TRY(library->check(
        library->tensorMapEncodeIm2col(&map, type, desc.rank, base, desc.dims, desc.strides + 1,
                                       im2col.lower, im2col.upper, im2col.channels, im2col.pixels,
                                       desc.element_strides, interleave, swizzle, promotion, fill),
        "cuTensorMapEncodeIm2col"));
  *out = map;
  return nullptr;
}

} // namespace

azj_status createCudaDevice(int32_t ordinal, azj_device **out_device) {
  std::shared_ptr<const cuda::Library> library;
  AZJ_TRY(cuda::Library::open(library));
  auto device = std::make_unique<CudaDevice>(std::move(library));
  AZJ_TRY(device->open(ordinal));
  *out_device = device.release();
  return nullptr;
}

} // namespace azulejo::runtime
