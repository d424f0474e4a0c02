// This file declares a device for tests: host memory, kernels that are C++ functions, and a record
// of every call.
#ifndef AZULEJO_RUNTIME_TEST_FAKEDEVICE_H
#define AZULEJO_RUNTIME_TEST_FAKEDEVICE_H

#include "azulejo/runtime/device.h"

#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace azulejo::runtime::test {

// One recorded launch, with its arguments copied.
struct FakeLaunch {
  std::string entry, label;
  azj_dim3 grid, block, cluster;
  uint32_t shared;
  std::vector<std::vector<uint8_t>> args;

  template <typename T> T arg(size_t index) const {
    T value;
    memcpy(&value, args[index].data(), sizeof(T));
    return value;
  }
  template <typename T> T *pointer(size_t index) const {
    return reinterpret_cast<T *>(arg<uint64_t>(index));
  }
};

class FakeDevice : public azj_device {
public:
  FakeDevice();
  ~FakeDevice();

  azj_device_info facts = {};
  // What an entry does; an entry that is not here does nothing.
  std::map<std::string, std::function<void(const FakeLaunch &)>> entries;
  std::vector<FakeLaunch> launches;
  std::vector<std::string> modules;  // names, in the order of loading
  std::vector<azj_image_kind> kinds; // of every load that was tried
  std::vector<azj_tensor_map_desc> maps;
  std::vector<std::pair<uint64_t, size_t>> discards; // address and bytes
  std::map<uint64_t, size_t> allocations;            // address to bytes
  std::map<uint64_t, std::string> names;
  int allocated = 0; // allocations ever made
  int copiesIn = 0;
  bool refusesCubin = true;
  std::string failNext; // the call of this name fails once
  azj_code failCode = AZJ_DEVICE_FAILED;

  // Fails the test when [pointer, pointer + bytes) is not inside one allocation.
  void expectInside(uint64_t pointer, size_t bytes, const char *what);
  azj_status failure(const char *call);
};

} // namespace azulejo::runtime::test

#endif // AZULEJO_RUNTIME_TEST_FAKEDEVICE_H
