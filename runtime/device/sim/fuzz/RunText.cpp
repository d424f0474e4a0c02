// This file implements what fuzzing does with a text.
#include "fuzz/RunText.h"

#include "azulejo/runtime/device.h"
#include "ptx/Parser.h"

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

extern "C" azj_status azj_sim_device_create(const char *options, azj_device **out_device);

namespace azulejo::sim::fuzz {

namespace {
constexpr size_t kBufferBytes = 1 << 16;
constexpr unsigned kRunsPerDevice = 500; // findings and names of kernels stay with a device

// Says whether the status is success, and releases it.
bool isOk(azj_status status) {
  bool ok = status == nullptr;
  azj_status_free(status);
  return ok;
}

class Device {
public:
  explicit Device(const std::string &options) {
    if (!isOk(azj_sim_device_create(options.c_str(), &device)))
      std::abort();
    for (azj_device_ptr &buffer : buffers)
      if (!isOk(device->vtable->allocate(device, kBufferBytes, "buffer", &buffer)) ||
          !isOk(device->vtable->fill(device, nullptr, buffer, 0, kBufferBytes)))
        std::abort();
  }
  Device(const Device &) = delete;
  ~Device() { device->vtable->destroy(device); }

  void run(std::string_view text, const ptx::Module &syntax, RunCounts &counts) {
    azj_module module = nullptr;
    if (!isOk(device->vtable->module_load(device, AZJ_IMAGE_PTX, text.data(), text.size(), "fuzz",
                                          &module)))
      return;
    ++counts.loaded;
    unsigned launches = 0;
    for (const ptx::Function &function : syntax.functions)
      if (function.isEntry && function.isDefined && ++launches <= 4)
        launch(module, syntax, function, counts);
    device->vtable->module_unload(device, module);
  }

  unsigned runs = 0;

private:
  void launch(azj_module module, const ptx::Module &syntax, const ptx::Function &function,
              RunCounts &counts) {
    azj_launch request = {};
    if (!isOk(device->vtable->kernel_get(device, module, std::string(function.name).c_str(),
                                         &request.kernel)))
      return;
    // The first eight bytes of a parameter are a buffer, or a small number.
    std::vector<std::vector<uint64_t>> values;
    std::vector<const void *> args;
    for (uint32_t p : function.params) {
      uint64_t bytes = syntax.variables[p].bytes;
      values.emplace_back(bytes / 8 + 1, 3);
      if (bytes == 8)
        values.back()[0] = buffers[args.size() % 4];
      args.push_back(values.back().data());
    }
    const uint32_t *block = function.requiredThreads, *cluster = function.requiredCluster;
    request.block = block[0] != 0 ? azj_dim3{block[0], block[1], block[2]} : azj_dim3{64, 1, 1};
    request.grid = cluster[0] != 0 && cluster[0] <= 8 && cluster[1] <= 8 && cluster[2] <= 8
                       ? azj_dim3{cluster[0], cluster[1], cluster[2]}
                       : azj_dim3{2, 1, 1};
    request.dynamic_shared_bytes = 4096;
    request.arg_count = uint32_t(args.size());
    request.args = args.data();
    request.label = "fuzz";
    ++counts.launched;
    if (!isOk(device->vtable->launch(device, nullptr, &request)))
      ++counts.found;
  }

  azj_device *device = nullptr;
  azj_device_ptr buffers[4] = {};
};

uint64_t hashOf(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : text)
    hash = (hash ^ uint8_t(c)) * 0x100000001b3;
  return hash;
}

std::string optionsFor(unsigned sm, uint64_t hash) {
  static const char *kChecks[] = {"all", "all", "none", "mem+sync"};
  static const char *kAsync[] = {"lazy", "eager", "random"};
  return "sm=" + std::to_string(sm) + ",threads=1,limit=64,seed=1,checks=" + kChecks[hash % 4] +
         ",async=" + kAsync[hash / 4 % 3] + ",tc=" + (hash / 12 % 2 ? "exact" : "fast");
}
} // namespace

void runText(std::string_view text, RunCounts &counts) {
  static std::map<std::string, std::unique_ptr<Device>> devices;
  std::string error;
  std::unique_ptr<ptx::Module> syntax = ptx::parse(text, "fuzz", error);
  if (syntax == nullptr)
    return;
  unsigned sm = 0;
  for (unsigned known : {75u, 80u, 86u, 89u, 90u, 100u, 103u, 120u})
    if (syntax->sm == known || (sm == 0 && syntax->sm < known))
      sm = known;
  if (sm == 0)
    return;
  std::string options = optionsFor(sm, hashOf(text));
  std::unique_ptr<Device> &device = devices[options];
  if (device == nullptr || ++device->runs > kRunsPerDevice) {
    // Each has address space of its own: few at a time.
    if (devices.size() >= 4)
      devices.clear();
    devices[options] = std::make_unique<Device>(options);
  }
  devices[options]->run(text, *syntax, counts);
}

} // namespace azulejo::sim::fuzz
