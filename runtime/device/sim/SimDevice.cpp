// This file implements the device `sim` behind the runtime's device table.
#include "LaunchChecks.h"
#include "SimModule.h"
#include "SimOptions.h"
#include "base/Status.h"
#include "check/ChangedMaps.h"
#include "check/HostReads.h"
#include "device/sim/async/TensorMap.h"
#include "prof/Stats.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <thread>

namespace azulejo::sim {

using runtime::makeStatus;

namespace {

struct SimDevice : azj_device {
  SimOptions options;
  const GpuModel *gpu = nullptr;
  DeviceMemory memory;
  std::vector<std::unique_ptr<azj_module_impl>> modules;
  std::map<std::string, KernelStats> kernels;
  std::vector<Finding> findings;
  ChangedMaps changedMaps;
  uint64_t findingCount = 0;
  uint64_t launches = 0;
  uint64_t gridWorkspace = 0; // allocated once

  std::string name() const { return "sim:sm_" + std::to_string(options.sm); }
};

// Findings kept in full; more are only counted.
constexpr size_t kMaxFindings = 1000;

SimDevice &self(azj_device *device) { return *static_cast<SimDevice *>(device); }

// Everything that could throw (memory, in the main) becomes a status here.
template <typename Fn> azj_status guarded(Fn fn) {
  try {
    return fn();
  } catch (const std::bad_alloc &) {
    return makeStatus(AZJ_OUT_OF_MEMORY, "the simulator is out of host memory");
  } catch (const std::exception &error) {
    return makeStatus(AZJ_INTERNAL, "the simulator failed: %s", error.what());
  }
}

void destroy(azj_device *device) { delete &self(device); }

azj_status info(azj_device *device, azj_device_info *out) {
  SimDevice &sim = self(device);
  std::memset(out, 0, sizeof(*out));
  snprintf(out->name, sizeof(out->name), "%s", sim.name().c_str());
  out->sm = sim.options.sm;
  out->max_ptx = 90;
  out->multiprocessors = sim.gpu->multiprocessors;
  out->max_shared_bytes = sim.gpu->sharedBytes;
  out->is_simulator = 1;
  out->memory_bytes = hostMemoryBytes();
  return nullptr;
}

azj_status allocate(azj_device *device, size_t bytes, const char *name, azj_device_ptr *out) {
  return guarded([&]() -> azj_status {
    SimDevice &sim = self(device);
    std::string label = name != nullptr && *name != '\0'
                            ? name
                            : "allocation " + std::to_string(sim.memory.allocationCount());
    uint64_t base = sim.memory.allocate(bytes, label);
    if (base == 0)
      return makeStatus(AZJ_OUT_OF_MEMORY, "cannot allocate %zu bytes for '%s'", bytes,
                        label.c_str());
    *out = base;
    return nullptr;
  });
}

azj_status release(azj_device *device, azj_device_ptr ptr) {
  if (self(device).memory.release(ptr))
    return nullptr;
  return makeStatus(AZJ_INVALID_ARGUMENT, "release of 0x%llx, which is not a live allocation",
                    static_cast<unsigned long long>(ptr));
}

azj_status checkRange(SimDevice &sim, const char *what, azj_device_ptr ptr, size_t bytes) {
  if (sim.memory.contains(ptr, bytes))
    return nullptr;
  return makeStatus(AZJ_INVALID_ARGUMENT,
                    "%s of %zu bytes at 0x%llx, which is not inside a live allocation", what, bytes,
                    static_cast<unsigned long long>(ptr));
}

azj_status copyIn(azj_device *device, azj_stream, azj_device_ptr dst, const void *src,
                  size_t bytes) {
  if (bytes == 0)
    return nullptr;
  SimDevice &sim = self(device);
  AZJ_TRY(checkRange(sim, "copy in", dst, bytes));
  std::memcpy(reinterpret_cast<void *>(dst), src, bytes);
  std::memset(sim.memory.initShadow(dst), 1, bytes);
  sim.changedMaps.forget(dst, bytes);
  return nullptr;
}

void addFinding(SimDevice &sim, const Finding &finding) {
  ++sim.findingCount;
  if (sim.findings.size() < kMaxFindings)
    sim.findings.push_back(finding);
}

// After a finding much may be unwritten that would not be otherwise.
void checkHostRead(SimDevice &sim, azj_device_ptr ptr, size_t bytes) {
  Finding finding;
  if ((sim.options.checks & kCheckInit) != 0 && sim.findingCount == 0 &&
      findUnwritten(sim.memory, ptr, bytes, finding))
    addFinding(sim, finding);
}

azj_status copyOut(azj_device *device, azj_stream, void *dst, azj_device_ptr src, size_t bytes) {
  if (bytes == 0)
    return nullptr;
  SimDevice &sim = self(device);
  AZJ_TRY(checkRange(sim, "copy out", src, bytes));
  std::memcpy(dst, reinterpret_cast<const void *>(src), bytes);
  return guarded([&]() -> azj_status {
    checkHostRead(sim, src, bytes);
    return nullptr;
  });
}

azj_status copy(azj_device *device, azj_stream, azj_device_ptr dst, azj_device_ptr src,
                size_t bytes) {
  if (bytes == 0)
    return nullptr;
  SimDevice &sim = self(device);
  AZJ_TRY(checkRange(sim, "copy to", dst, bytes));
  AZJ_TRY(checkRange(sim, "copy from", src, bytes));
  std::memmove(reinterpret_cast<void *>(dst), reinterpret_cast<const void *>(src), bytes);
  std::memmove(sim.memory.initShadow(dst), sim.memory.initShadow(src), bytes);
  sim.changedMaps.forget(dst, bytes);
  return nullptr;
}

azj_status fill(azj_device *device, azj_stream, azj_device_ptr dst, uint8_t value, size_t bytes) {
  if (bytes == 0)
    return nullptr;
  SimDevice &sim = self(device);
  AZJ_TRY(checkRange(sim, "fill", dst, bytes));
  std::memset(reinterpret_cast<void *>(dst), value, bytes);
  std::memset(sim.memory.initShadow(dst), 1, bytes);
  sim.changedMaps.forget(dst, bytes);
  return nullptr;
}

azj_status discard(azj_device *device, azj_device_ptr ptr, size_t bytes) {
  if (bytes == 0)
    return nullptr;
  SimDevice &sim = self(device);
  AZJ_TRY(checkRange(sim, "discard", ptr, bytes));
  std::memset(sim.memory.initShadow(ptr), 0, bytes);
  return nullptr;
}

azj_status moduleLoad(azj_device *device, azj_image_kind kind, const void *image, size_t bytes,
                      const char *name, azj_module *out) {
  if (kind != AZJ_IMAGE_PTX)
    return makeStatus(AZJ_UNSUPPORTED, "the simulator runs PTX; machine code cannot be loaded");
  return guarded([&]() -> azj_status {
    SimDevice &sim = self(device);
    std::unique_ptr<azj_module_impl> module;
    AZJ_TRY(loadModule(std::string_view(static_cast<const char *>(image), bytes),
                       name != nullptr ? name : "",
                       {sim.options.sm, sim.options.isExact, (sim.options.checks & kCheckRace) != 0,
                        sim.options.isAdversarial, sim.options.seed},
                       sim.options.entry, sim.memory, module));
    *out = module.get();
    sim.modules.push_back(std::move(module));
    return nullptr;
  });
}

void moduleUnload(azj_device *device, azj_module module) {
  SimDevice &sim = self(device);
  auto it = std::find_if(sim.modules.begin(), sim.modules.end(),
                         [&](const auto &owned) { return owned.get() == module; });
  if (it == sim.modules.end())
    return;
  unloadModule(**it, sim.memory);
  sim.modules.erase(it);
}

azj_status kernelGet(azj_device *, azj_module module, const char *entry, azj_kernel *out) {
  for (const auto &kernel : module->kernels)
    if (kernel->program->name == entry) {
      *out = kernel.get();
      return nullptr;
    }
  return noSuchKernel(*module->syntax, entry);
}

void layOutShared(Launch &launch) {
  const Kernel &kernel = *launch.kernel;
  launch.shared = kernel.shared;
  launch.sharedEnd = kernel.sharedEnd;
  bool hasDynamic = !launch.shared.empty() && launch.shared.back().isDynamic;
  if (hasDynamic)
    launch.shared.back().bytes = launch.dynamicShared;
  // The dynamic part exists even where the kernel declares no variable for it.
  else if (launch.dynamicShared != 0)
    launch.shared.push_back(
        {"dynamic shared memory", kernel.dynamicShared, launch.dynamicShared, true});
  launch.sharedEnd = kernel.dynamicShared + launch.dynamicShared;
}

void observeForms(const Kernel &kernel, const LaunchResult &result) {
  for (size_t b = 0; b < kernel.blocks.size(); ++b)
    for (uint32_t i = 0; i < kernel.blocks[b].count && result.blockRuns[b] != 0; ++i)
      if (const Form *form = kernel.info[kernel.code[kernel.blocks[b].first + i].id].form)
        formObserver(*form);
}

azj_status finishLaunch(SimDevice &sim, const Launch &launch, const LaunchResult &result) {
  if (formObserver != nullptr)
    observeForms(*launch.kernel, result);
  sim.kernels[launch.kernel->name].addLaunch(launch, result, sim.options.roofline);
  // Where printf of a kernel goes on a GPU too.
  std::fwrite(result.printed.data(), 1, result.printed.size(), stdout);
  std::vector<const Finding *> found = result.findings.list();
  if (found.empty())
    return nullptr;
  for (const Finding *finding : found)
    addFinding(sim, *finding);
  std::string text = toText(*found[0]);
  if (found.size() > 1)
    text += "\nand " + std::to_string(found.size() - 1) + " more findings in this launch";
  return makeStatus(AZJ_CHECK_FAILED, "%s", text.c_str());
}

// What the driver gives a cooperative launch: the barrier of cooperative groups' grid_group, whose
// address kernels read from %envreg1 (high word) and %envreg2.
azj_status prepareGridWorkspace(SimDevice &sim, Launch &launch) {
  constexpr uint64_t kBytes = 8;
  if (!launch.kernel->usesGridWorkspace)
    return nullptr;
  // A GPU refuses a launch whose blocks cannot all be on it at once; a block per multiprocessor
  // always can.
  if (launch.grid.count() > launch.multiprocessors)
    return makeStatus(AZJ_INVALID_ARGUMENT,
                      "launch of '%s': a kernel that synchronises its grid may have %u blocks on "
                      "this simulated GPU, got %llu",
                      launch.kernel->name.c_str(), launch.multiprocessors,
                      static_cast<unsigned long long>(launch.grid.count()));
  if (sim.gridWorkspace == 0)
    sim.gridWorkspace = sim.memory.allocate(kBytes, "grid workspace");
  if (sim.gridWorkspace == 0)
    return makeStatus(AZJ_OUT_OF_MEMORY, "cannot allocate the grid workspace");
  std::memset(reinterpret_cast<void *>(sim.gridWorkspace), 0, kBytes);
  std::memset(sim.memory.initShadow(sim.gridWorkspace), 1, kBytes);
  launch.gridWorkspace = sim.gridWorkspace;
  return nullptr;
}

azj_status launch(azj_device *device, azj_stream, const azj_launch *request) {
  return guarded([&]() -> azj_status {
    SimDevice &sim = self(device);
    const Kernel &kernel = *request->kernel->program;
    AZJ_TRY(checkDimensions(*sim.gpu, kernel, *request));
    Launch launch;
    AZJ_TRY(checkCluster(*sim.gpu, kernel, *request, launch.cluster));
    AZJ_TRY(packParams(kernel, *request, launch.params));
    launch.kernel = &kernel;
    launch.module = request->kernel->module->syntax.get();
    launch.label = request->label != nullptr ? request->label : "";
    launch.grid = {request->grid.x, request->grid.y, request->grid.z};
    launch.block = {request->block.x, request->block.y, request->block.z};
    launch.dynamicShared = request->dynamic_shared_bytes;
    launch.checks = sim.options.checks;
    launch.memory = &sim.memory;
    launch.changedMaps = &sim.changedMaps;
    launch.gridId = ++sim.launches;
    launch.sm = sim.options.sm;
    launch.multiprocessors = uint32_t(sim.gpu->multiprocessors);
    launch.isExact = sim.options.isExact;
    launch.asyncMode = unsigned(sim.options.async);
    launch.seed = sim.options.seed;
    launch.branchLimit = sim.options.limit;
    layOutShared(launch);
    AZJ_TRY(prepareGridWorkspace(sim, launch));
    if ((launch.checks & kCheckRace) && !sim.memory.reserveRaceShadow())
      return makeStatus(AZJ_OUT_OF_MEMORY, "no address space for the race check's shadow memory");
    unsigned threads = sim.options.threads != 0 ? sim.options.threads
                                                : std::max(1u, std::thread::hardware_concurrency());
    LaunchResult result;
    runGrid(launch, threads, result);
    return finishLaunch(sim, launch, result);
  });
}

azj_status encodeTensorMap(azj_device *, const azj_tensor_map_desc *desc, azj_tensor_map *out) {
  return guarded([&]() -> azj_status {
    std::string error;
    if (async::encodeTensorMap(*desc, out, &error))
      return nullptr;
    return makeStatus(AZJ_INVALID_ARGUMENT, "%s", error.c_str());
  });
}

azj_status encodeIm2colMap(azj_device *, const azj_tensor_map_desc *desc,
                           const azj_im2col_desc *im2col, azj_tensor_map *out) {
  return guarded([&]() -> azj_status {
    std::string error;
    if (async::encodeIm2colMap(*desc, *im2col, out, &error))
      return nullptr;
    return makeStatus(AZJ_INVALID_ARGUMENT, "%s", error.c_str());
  });
}

azj_status synchronize(azj_device *, azj_stream) { return nullptr; }

azj_status reportDevice(azj_device *device, char **outJson, uint64_t *outFindings) {
  return guarded([&]() -> azj_status {
    SimDevice &sim = self(device);
    std::vector<const Finding *> findings;
    for (const Finding &finding : sim.findings)
      findings.push_back(&finding);
    std::string json = reportJson(sim.name(), findings, sim.kernels, sim.options.roofline);
    char *copied = static_cast<char *>(std::malloc(json.size() + 1));
    if (copied == nullptr)
      return makeStatus(AZJ_OUT_OF_MEMORY, "the simulator is out of host memory");
    std::memcpy(copied, json.c_str(), json.size() + 1);
    *outJson = copied;
    *outFindings = sim.findingCount;
    return nullptr;
  });
}

const azj_device_vtable kVtable = {
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
    discard,
    reportDevice,
    encodeIm2colMap,
};
} // namespace

} // namespace azulejo::sim

extern "C" AZJ_API azj_status azj_sim_device_create(const char *options, azj_device **out) {
  using namespace azulejo::sim;
  return guarded([&]() -> azj_status {
    SimOptions parsed;
    AZJ_TRY(parseSimOptions(options, parsed));
    auto *device = new SimDevice;
    device->vtable = &kVtable;
    device->options = parsed;
    device->gpu = findGpu(parsed.sm);
    *out = device;
    return nullptr;
  });
}
