// This file makes a session ready: program, modules, weights.
#include "base/Status.h"
#include "base/Strings.h"
#include "session/Clock.h"
#include "session/ProgramChoice.h"
#include "session/Session.h"

#include <map>

namespace azulejo::runtime {

Session::Session(std::shared_ptr<const Bundle> bundle, azj_device *device, azj_allocator allocator)
    : bundle(std::move(bundle)), device(device), allocator(allocator), arena(device) {}

Session::~Session() {
  azj_status_free(device->vtable->synchronize(device, nullptr));
  for (azj_module module : modules)
    device->vtable->module_unload(device, module);
}

azj_status Session::load() {
  uint64_t begin = monotonicNanoseconds();
  AZJ_TRY(device->vtable->info(device, &info));
  AZJ_TRY(chooseProgram(plan(), info, programIndex));
  for (const PlanKernel &kernel : program().kernels)
    AZJ_TRY(checkKernel(kernel));
  uint64_t modulesBegin = monotonicNanoseconds();
  AZJ_TRY(loadKernels());
  uint64_t weightsBegin = monotonicNanoseconds();
  AZJ_TRY(uploadWeights());
  uint64_t end = monotonicNanoseconds();
  for (size_t i = 0; i < plan().inputs.size(); ++i)
    inputStaging.emplace_back(device);
  for (size_t i = 0; i < plan().outputs.size(); ++i)
    outputStaging.emplace_back(device);
  stats.program = programIndex;
  stats.kernels = static_cast<uint32_t>(kernels.size());
  stats.modules = static_cast<uint32_t>(modules.size());
  stats.module_ns = weightsBegin - modulesBegin;
  stats.weight_ns = end - weightsBegin;
  stats.load_ns = end - begin;
  return nullptr;
}

azj_status Session::checkKernel(const PlanKernel &kernel) const {
  if (static_cast<int64_t>(kernel.sharedBytes) > info.max_shared_bytes)
    return makeStatus(
        AZJ_UNSUPPORTED, "kernel '%s' needs %u bytes of shared memory, %s has %d per block",
        printable(kernel.name).c_str(), kernel.sharedBytes, info.name, info.max_shared_bytes);
  bool hasCluster = kernel.cluster.x * kernel.cluster.y * kernel.cluster.z > 1;
  if (hasCluster && info.sm < 90)
    return makeStatus(AZJ_UNSUPPORTED, "kernel '%s' uses clusters, which sm_%d does not have",
                      printable(kernel.name).c_str(), info.sm);
  return nullptr;
}

azj_status Session::loadKernels() {
  std::map<std::string_view, azj_module> loaded;
  for (const PlanKernel &kernel : program().kernels) {
    auto found = loaded.find(kernel.ptx);
    if (found == loaded.end()) {
      azj_module module = nullptr;
      AZJ_TRY(prefix(loadModule(kernel, module), "kernel '%s'", printable(kernel.name).c_str()));
      modules.push_back(module);
      found = loaded.emplace(kernel.ptx, module).first;
    }
    azj_kernel handle = nullptr;
    AZJ_TRY(prefix(device->vtable->kernel_get(device, found->second, kernel.entry.c_str(), &handle),
                   "kernel '%s'", printable(kernel.name).c_str()));
    kernels.push_back(handle);
  }
  return nullptr;
}

azj_status Session::loadModule(const PlanKernel &kernel, azj_module &out) {
  const SafetensorsTensor &ptx = bundle->ptx(kernel);
  AZJ_TRY(checkPtx(kernel, ptx));
  // Machine code saves the driver's assembly; where it does not load, the PTX beside it does.
  const SafetensorsTensor *cubin = info.is_simulator ? nullptr : bundle->cubin(kernel, info.sm);
  if (cubin) {
    StatusPtr status(device->vtable->module_load(device, AZJ_IMAGE_CUBIN, cubin->data, cubin->bytes,
                                                 cubin->name.c_str(), &out));
    if (!status)
      return nullptr;
  }
  return device->vtable->module_load(device, AZJ_IMAGE_PTX, ptx.data, ptx.bytes, ptx.name.c_str(),
                                     &out);
}

azj_status Session::uploadWeights() {
  std::vector<bool> isUsed(plan().weights.size());
  for (const PlanBuffer &buffer : program().buffers)
    if (buffer.kind == PlanBuffer::Weight)
      isUsed[buffer.index] = true;
  for (const PlanTensorMap &map : program().tensorMaps)
    if (map.buffer.kind == PlanBuffer::Weight)
      isUsed[map.buffer.index] = true;
  bases.weights.assign(isUsed.size(), 0);
  for (size_t i = 0; i < isUsed.size(); ++i) {
    weights.emplace_back(device);
    if (!isUsed[i])
      continue;
    const SafetensorsTensor &tensor = bundle->weight(i);
    AZJ_TRY(weights[i].reserve(tensor.bytes, /*exact=*/true, tensor.name.c_str(), nullptr));
    bases.weights[i] = weights[i].address();
    if (tensor.bytes)
      AZJ_TRY(prefix(
          device->vtable->copy_in(device, nullptr, bases.weights[i], tensor.data, tensor.bytes),
          "uploading '%s'", printable(tensor.name).c_str()));
    stats.weight_bytes += tensor.bytes;
  }
  return nullptr;
}

} // namespace azulejo::runtime
