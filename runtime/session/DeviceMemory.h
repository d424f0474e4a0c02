// This file declares owners of what a session allocates on a device.
#ifndef AZULEJO_RUNTIME_SESSION_DEVICEMEMORY_H
#define AZULEJO_RUNTIME_SESSION_DEVICEMEMORY_H

#include "azulejo/runtime/device.h"
#include "base/Status.h"

#include <utility>

namespace azulejo::runtime {

// Owns one allocation, which grows when needed and is reused.
class DeviceMemory {
public:
  explicit DeviceMemory(azj_device *device) : device(device) {}
  DeviceMemory(const DeviceMemory &) = delete;
  DeviceMemory &operator=(const DeviceMemory &) = delete;
  DeviceMemory(DeviceMemory &&other) noexcept
      : device(other.device), pointer(std::exchange(other.pointer, 0)), capacity(other.capacity) {}
  ~DeviceMemory() { release(); }

  // Makes room for `bytes`. With `exact` the allocation has just that size, so that the simulator
  // finds accesses beyond the tensor. Waits for the stream before it releases what was there.
  [[nodiscard]] azj_status reserve(uint64_t bytes, bool exact, const char *name,
                                   azj_stream stream) {
    uint64_t wanted = bytes ? bytes : 1;
    if (pointer && (exact ? capacity == wanted : capacity >= wanted))
      return nullptr;
    if (pointer)
      AZJ_TRY(device->vtable->synchronize(device, stream));
    release();
    AZJ_TRY(device->vtable->allocate(device, wanted, name, &pointer));
    capacity = wanted;
    return nullptr;
  }

  azj_device_ptr address() const { return pointer; }

private:
  void release() {
    if (pointer)
      azj_status_free(device->vtable->release(device, pointer));
    pointer = 0;
    capacity = 0;
  }

  azj_device *device;
  azj_device_ptr pointer = 0;
  uint64_t capacity = 0;
};

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_SESSION_DEVICEMEMORY_H
