// This file opens devices by name and loads the simulator's library.
#include "azulejo/runtime/api.h"
#include "base/Guard.h"
#include "base/Status.h"
#include "base/Strings.h"
#include "bundle/Format.h"
#include "device/cuda/CudaDevice.h"

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <dlfcn.h>

using namespace azulejo::runtime;

namespace {

constexpr const char *simLibrary = "libazulejo-sim.so";
constexpr int32_t defaultSimTarget = 80;

// Where the simulator may be: where the environment says; beside this library, wherever it was
// loaded from; in ../lib of a program that links the runtime statically; where the loader looks.
std::vector<std::string> simCandidates() {
  const char *chosen = getenv("AZULEJO_SIM_LIBRARY");
  if (chosen && *chosen)
    return {chosen};
  std::vector<std::string> paths;
  Dl_info place;
  if (dladdr(reinterpret_cast<void *>(&azj_device_open), &place) && place.dli_fname) {
    std::string self = place.dli_fname;
    size_t slash = self.rfind('/');
    std::string folder = slash == std::string::npos ? "./" : self.substr(0, slash + 1);
    paths.push_back(folder + simLibrary);
    paths.push_back(folder + "../lib/" + simLibrary);
  }
  paths.push_back(simLibrary);
  return paths;
}

// Loads the simulator once more or for the first time. It is never unloaded: its devices hold code.
azj_status loadSim(azj_sim_device_create_fn &create) {
  std::string reasons;
  for (const std::string &path : simCandidates()) {
    void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
      const char *reason = dlerror();
      reasons += std::string("\n  ") + (reason ? reason : path.c_str());
      continue;
    }
    void *symbol = dlsym(handle, AZJ_SIM_CREATE_SYMBOL);
    if (!symbol)
      return makeStatus(AZJ_UNSUPPORTED, "'%s' is not a simulator of this version: it has no %s",
                        path.c_str(), AZJ_SIM_CREATE_SYMBOL);
    create = reinterpret_cast<azj_sim_device_create_fn>(symbol);
    return nullptr;
  }
  return makeStatus(
      AZJ_NOT_FOUND,
      "the simulator %s was not found; put it beside the runtime's library or name it "
      "in AZULEJO_SIM_LIBRARY:%s",
      simLibrary, reasons.c_str());
}

azj_status openSim(int32_t sm, const char *options, azj_device **out) {
  azj_sim_device_create_fn create = nullptr;
  AZJ_TRY(loadSim(create));
  std::string all = "sm=" + std::to_string(sm);
  if (options && *options)
    all += std::string(",") + options;
  azj_device *device = nullptr;
  AZJ_TRY(create(all.c_str(), &device));
  if (!device || device->vtable->size < AZJ_DEVICE_VTABLE_LEAST_SIZE) {
    if (device)
      device->vtable->destroy(device);
    return makeStatus(AZJ_UNSUPPORTED, "the simulator's library is older than the runtime's");
  }
  *out = device;
  return nullptr;
}

// Reads the N of "cuda:N".
bool parseOrdinal(std::string_view text, int32_t &out) {
  if (text.empty() || text.size() > 4)
    return false;
  int32_t value = 0;
  for (char digit : text) {
    if (digit < '0' || digit > '9')
      return false;
    value = value * 10 + (digit - '0');
  }
  out = value;
  return true;
}

azj_status openByName(std::string_view name, const char *options, azj_device **out) {
  if (name == "auto") {
    azj_status status = createCudaDevice(0, out);
    if (azj_status_code(status) != AZJ_NOT_FOUND)
      return status;
    StatusPtr noGpu(status);
    azj_status simStatus = openSim(defaultSimTarget, options, out);
    return suffix(simStatus, "\nand there is no GPU: %s", azj_status_message(noGpu.get()));
  }
  if (name == "cuda")
    return createCudaDevice(0, out);
  if (name == "sim")
    return openSim(defaultSimTarget, options, out);
  int32_t ordinal = 0;
  if (name.substr(0, 5) == "cuda:" && parseOrdinal(name.substr(5), ordinal))
    return createCudaDevice(ordinal, out);
  if (name.substr(0, 4) == "sim:")
    if (auto target = format::parseTarget(name.substr(4)))
      return openSim(target->sm, options, out);
  return makeStatus(AZJ_INVALID_ARGUMENT,
                    "device must be auto, cuda, cuda:N, sim or sim:sm_XX, got '%s'",
                    printable(name).c_str());
}

} // namespace

extern "C" {

const char *azj_version(void) { return AZULEJO_RUNTIME_VERSION; }

azj_status azj_device_open(const char *name, const char *options, azj_device **out_device) {
  if (!name || !out_device)
    return makeStatus(AZJ_INVALID_ARGUMENT, "azj_device_open needs a name and a place for the "
                                            "device");
  return guarded([&] { return openByName(name, options, out_device); });
}

void azj_device_close(azj_device *device) {
  if (device)
    device->vtable->destroy(device);
}

} // extern "C"
