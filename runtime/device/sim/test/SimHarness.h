// This file declares what the simulator's tests share: a device, modules from text, and launches.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_TEST_SIMHARNESS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_TEST_SIMHARNESS_H

#include "azulejo/runtime/device.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

extern "C" azj_status azj_sim_device_create(const char *options, azj_device **out_device);

namespace azulejo::sim::test {

// A launch argument: a value, or the address of a buffer.
struct Arg {
  std::vector<uint8_t> bytes;
  template <typename T> static Arg of(T value) {
    Arg arg;
    arg.bytes.resize(sizeof(T));
    __builtin_memcpy(arg.bytes.data(), &value, sizeof(T));
    return arg;
  }
};

// A device that is released with the object. Statuses come back as text, "" for success.
class Sim {
public:
  explicit Sim(const std::string &options = "sm=80,checks=all");
  ~Sim();

  // Loads a module; on failure returns the message.
  std::string load(const std::string &ptx, const std::string &name = "test.ptx");

  template <typename T>
  azj_device_ptr upload(const std::vector<T> &data, const char *name = nullptr) {
    azj_device_ptr ptr = allocate(data.size() * sizeof(T), name);
    copyIn(ptr, data.data(), data.size() * sizeof(T));
    return ptr;
  }
  template <typename T> std::vector<T> download(azj_device_ptr ptr, size_t count) {
    std::vector<T> data(count);
    copyOut(data.data(), ptr, count * sizeof(T));
    return data;
  }
  azj_device_ptr allocate(size_t bytes, const char *name = nullptr);

  std::string launch(const std::string &entry, azj_dim3 grid, azj_dim3 block,
                     const std::vector<Arg> &args, uint32_t dynamicShared = 0,
                     azj_dim3 cluster = {0, 0, 0});
  std::string report();
  uint64_t findings();

  azj_device *device = nullptr;
  azj_module module = nullptr;

private:
  void copyIn(azj_device_ptr ptr, const void *data, size_t bytes);
  void copyOut(void *data, azj_device_ptr ptr, size_t bytes);
};

// A kernel of that body, with the usual registers declared and a header for `target`.
std::string wrapKernel(const std::string &params, const std::string &body,
                       const std::string &target = "sm_80", const std::string &version = "8.0");

} // namespace azulejo::sim::test

#endif // AZULEJO_RUNTIME_DEVICE_SIM_TEST_SIMHARNESS_H
