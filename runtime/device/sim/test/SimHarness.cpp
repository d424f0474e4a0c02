// This file implements what the simulator's tests share.
#include "test/SimHarness.h"

#include <cstdlib>

namespace azulejo::sim::test {

// In FormRecorder.cpp, which notes the forms that tests execute.
extern int formRecorder;

namespace {
std::string take(azj_status status) {
  std::string text = azj_status_message(status);
  azj_status_free(status);
  return text;
}
} // namespace

Sim::Sim(const std::string &options) {
  formRecorder = 1;
  std::string error = take(azj_sim_device_create(options.c_str(), &device));
  EXPECT_EQ(error, "");
}

Sim::~Sim() {
  if (device != nullptr)
    device->vtable->destroy(device);
}

std::string Sim::load(const std::string &ptx, const std::string &name) {
  return take(device->vtable->module_load(device, AZJ_IMAGE_PTX, ptx.data(), ptx.size(),
                                          name.c_str(), &module));
}

azj_device_ptr Sim::allocate(size_t bytes, const char *name) {
  azj_device_ptr ptr = 0;
  EXPECT_EQ(take(device->vtable->allocate(device, bytes, name, &ptr)), "");
  return ptr;
}

void Sim::copyIn(azj_device_ptr ptr, const void *data, size_t bytes) {
  EXPECT_EQ(take(device->vtable->copy_in(device, nullptr, ptr, data, bytes)), "");
}

void Sim::copyOut(void *data, azj_device_ptr ptr, size_t bytes) {
  EXPECT_EQ(take(device->vtable->copy_out(device, nullptr, data, ptr, bytes)), "");
}

std::string Sim::launch(const std::string &entry, azj_dim3 grid, azj_dim3 block,
                        const std::vector<Arg> &args, uint32_t dynamicShared, azj_dim3 cluster) {
  if (module == nullptr)
    return "no module is loaded";
  azj_kernel kernel = nullptr;
  std::string error = take(device->vtable->kernel_get(device, module, entry.c_str(), &kernel));
  if (!error.empty())
    return error;
  std::vector<const void *> values;
  std::vector<size_t> sizes;
  for (const Arg &arg : args) {
    values.push_back(arg.bytes.data());
    sizes.push_back(arg.bytes.size());
  }
  azj_launch request = {};
  request.kernel = kernel;
  request.grid = grid;
  request.block = block;
  request.cluster = cluster;
  request.dynamic_shared_bytes = dynamicShared;
  request.arg_count = uint32_t(args.size());
  request.args = values.data();
  request.arg_sizes = sizes.data();
  request.label = "test launch";
  return take(device->vtable->launch(device, nullptr, &request));
}

std::string Sim::report() {
  char *json = nullptr;
  uint64_t count = 0;
  EXPECT_EQ(take(device->vtable->report(device, &json, &count)), "");
  std::string text = json;
  std::free(json);
  return text;
}

uint64_t Sim::findings() {
  char *json = nullptr;
  uint64_t count = 0;
  EXPECT_EQ(take(device->vtable->report(device, &json, &count)), "");
  std::free(json);
  return count;
}

std::string wrapKernel(const std::string &params, const std::string &body,
                       const std::string &target, const std::string &version) {
  return ".version " + version + "\n.target " + target + "\n.address_size 64\n.visible .entry k(" +
         params + ")\n{\n" +
         ".reg .pred %p<16>;\n.reg .b16 %h<32>;\n.reg .b32 %r<128>;\n.reg .b64 %rd<64>;\n" + body +
         "\nret;\n}\n";
}

} // namespace azulejo::sim::test
