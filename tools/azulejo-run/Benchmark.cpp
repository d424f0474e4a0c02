// This file measures runs whose tensors stay on the device.
#include "Benchmark.h"

#include "ToolError.h"

#include <chrono>

namespace azulejo::run {
namespace {

// Owns device buffers; what was allocated is released when an error ends the benchmark.
class DeviceBuffers {
public:
  explicit DeviceBuffers(azj_device *device) : device(device) {}
  ~DeviceBuffers() {
    for (const azj_buffer &buffer : list)
      azj_status_free(device->vtable->release(device, buffer.device));
  }

  void add(azj_buffer shape) {
    shape.place = AZJ_DEVICE;
    check(device->vtable->allocate(device, shape.bytes ? shape.bytes : 1, "benchmark",
                                   &shape.device));
    list.push_back(shape);
  }

  std::vector<azj_buffer> list;

private:
  azj_device *device;
};

} // namespace

std::vector<double> benchmark(azj_session session, azj_device *device, std::vector<Tensor> &inputs,
                              uint32_t outputCount, int runs) {
  DeviceBuffers given(device), made(device);
  for (Tensor &tensor : inputs) {
    given.add(tensor.view());
    if (!tensor.bytes.empty())
      check(device->vtable->copy_in(device, nullptr, given.list.back().device, tensor.bytes.data(),
                                    tensor.bytes.size()));
  }
  auto inputCount = static_cast<uint32_t>(inputs.size());
  std::vector<azj_buffer> outputs(outputCount);
  check(azj_session_infer(session, given.list.data(), inputCount, outputs.data(), outputCount));
  for (const azj_buffer &output : outputs)
    made.add(output);
  std::vector<double> times;
  for (int i = -1; i < runs; ++i) {
    auto begin = std::chrono::steady_clock::now();
    check(azj_session_run(session, nullptr, given.list.data(), inputCount, made.list.data(),
                          outputCount));
    check(device->vtable->synchronize(device, nullptr));
    std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
    if (i >= 0)
      times.push_back(time.count());
  }
  return times;
}

} // namespace azulejo::run
