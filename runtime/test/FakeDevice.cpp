// This file implements the device for tests.
#include "FakeDevice.h"

#include "base/Status.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace azulejo::runtime::test {
namespace {

FakeDevice &self(azj_device *device) { return *static_cast<FakeDevice *>(device); }

void *at(azj_device_ptr pointer) { return reinterpret_cast<void *>(pointer); }

void destroy(azj_device *device) { delete &self(device); }

azj_status info(azj_device *device, azj_device_info *out) {
  *out = self(device).facts;
  return nullptr;
}

azj_status allocate(azj_device *device, size_t bytes, const char *name, azj_device_ptr *out) {
  AZJ_TRY(self(device).failure("allocate"));
  EXPECT_GT(bytes, 0u);
  void *memory = nullptr;
  constexpr size_t deviceBytes = 64 << 20;
  if (bytes > deviceBytes)
    return makeStatus(AZJ_OUT_OF_MEMORY, "%zu bytes are more than the fake device has", bytes);
  if (posix_memalign(&memory, 256, bytes) != 0)
    return makeStatus(AZJ_OUT_OF_MEMORY, "no memory");
  memset(memory, 0xcd, bytes);
  *out = reinterpret_cast<uint64_t>(memory);
  self(device).allocations[*out] = bytes;
  self(device).names[*out] = name ? name : "";
  ++self(device).allocated;
  return nullptr;
}

azj_status release(azj_device *device, azj_device_ptr pointer) {
  EXPECT_EQ(self(device).allocations.erase(pointer), 1u) << "release of what was not allocated";
  free(at(pointer));
  return nullptr;
}

azj_status copyIn(azj_device *device, azj_stream, azj_device_ptr to, const void *from,
                  size_t bytes) {
  AZJ_TRY(self(device).failure("copy_in"));
  self(device).expectInside(to, bytes, "copy_in");
  memcpy(at(to), from, bytes);
  ++self(device).copiesIn;
  return nullptr;
}

azj_status copyOut(azj_device *device, azj_stream, void *to, azj_device_ptr from, size_t bytes) {
  AZJ_TRY(self(device).failure("copy_out"));
  self(device).expectInside(from, bytes, "copy_out");
  memcpy(to, at(from), bytes);
  return nullptr;
}

azj_status copy(azj_device *device, azj_stream, azj_device_ptr to, azj_device_ptr from,
                size_t bytes) {
  self(device).expectInside(to, bytes, "copy to");
  self(device).expectInside(from, bytes, "copy from");
  memmove(at(to), at(from), bytes);
  return nullptr;
}

azj_status fill(azj_device *device, azj_stream, azj_device_ptr to, uint8_t value, size_t bytes) {
  self(device).expectInside(to, bytes, "fill");
  memset(at(to), value, bytes);
  return nullptr;
}

azj_status moduleLoad(azj_device *device, azj_image_kind kind, const void *, size_t,
                      const char *name, azj_module *out) {
  self(device).kinds.push_back(kind);
  AZJ_TRY(self(device).failure("module_load"));
  if (kind == AZJ_IMAGE_CUBIN && self(device).refusesCubin)
    return makeStatus(AZJ_UNSUPPORTED, "no machine code here");
  self(device).modules.push_back(name);
  *out = reinterpret_cast<azj_module>(self(device).modules.size());
  return nullptr;
}

void moduleUnload(azj_device *, azj_module) {}

azj_status kernelGet(azj_device *device, azj_module, const char *entry, azj_kernel *out) {
  AZJ_TRY(self(device).failure("kernel_get"));
  // Nodes of a map stay where they are, so the key itself serves as the handle.
  auto found = self(device).entries.try_emplace(entry).first;
  *out = reinterpret_cast<azj_kernel>(const_cast<std::string *>(&found->first));
  return nullptr;
}

azj_status launch(azj_device *device, azj_stream, const azj_launch *launch) {
  AZJ_TRY(self(device).failure("launch"));
  FakeLaunch record;
  record.entry = *reinterpret_cast<std::string *>(launch->kernel);
  record.label = launch->label ? launch->label : "";
  record.grid = launch->grid;
  record.block = launch->block;
  record.cluster = launch->cluster;
  record.shared = launch->dynamic_shared_bytes;
  for (uint32_t i = 0; i < launch->arg_count; ++i) {
    auto *bytes = static_cast<const uint8_t *>(launch->args[i]);
    record.args.emplace_back(bytes, bytes + launch->arg_sizes[i]);
  }
  self(device).launches.push_back(record);
  if (auto &body = self(device).entries[record.entry])
    body(self(device).launches.back());
  return nullptr;
}

azj_status encodeTensorMap(azj_device *device, const azj_tensor_map_desc *desc,
                           azj_tensor_map *out) {
  self(device).maps.push_back(*desc);
  memcpy(out->bytes, &desc->base, sizeof(desc->base));
  return nullptr;
}

azj_status synchronize(azj_device *, azj_stream) { return nullptr; }

azj_status discard(azj_device *device, azj_device_ptr pointer, size_t bytes) {
  self(device).expectInside(pointer, bytes, "discard");
  self(device).discards.push_back({pointer, bytes});
  memset(at(pointer), 0xee, bytes);
  return nullptr;
}

constexpr azj_device_vtable vtable = {sizeof(azj_device_vtable),
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
                                      nullptr,
                                      nullptr};

} // namespace

FakeDevice::FakeDevice() : azj_device{&::azulejo::runtime::test::vtable} {
  strcpy(facts.name, "fake");
  facts.sm = 80;
  facts.max_ptx = 70;
  facts.multiprocessors = 1;
  facts.max_shared_bytes = 100 * 1024;
}

FakeDevice::~FakeDevice() { EXPECT_TRUE(allocations.empty()) << "device memory was not released"; }

void FakeDevice::expectInside(uint64_t pointer, size_t bytes, const char *what) {
  auto found = allocations.upper_bound(pointer);
  bool isInside = found != allocations.begin();
  if (isInside) {
    --found;
    isInside = pointer + bytes <= found->first + found->second;
  }
  EXPECT_TRUE(isInside) << what << " of " << bytes << " bytes is outside every allocation";
}

azj_status FakeDevice::failure(const char *call) {
  if (failNext != call)
    return nullptr;
  failNext.clear();
  return makeStatus(failCode, "%s was told to fail", call);
}

} // namespace azulejo::runtime::test
