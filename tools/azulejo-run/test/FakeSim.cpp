// This file is a simulator's library for tests of azulejo-run: the fake device with a kernel "add"
// that computes, and findings where the environment asks for them.
#include "FakeDevice.h"
#include "base/Status.h"

#include <cstdlib>
#include <cstring>
#include <string>

using namespace azulejo::runtime;
using namespace azulejo::runtime::test;

namespace {

void add(const FakeLaunch &launch) {
  for (int i = 0; i < launch.arg<int32_t>(3); ++i)
    launch.pointer<float>(2)[i] = launch.pointer<float>(0)[i] + launch.pointer<float>(1)[i % 4];
}

azj_status report(azj_device *device, char **outJson, uint64_t *outFindings) {
  const char *finding = getenv("FAKE_SIM_FINDING");
  std::string text =
      finding ? std::string("{\"findings\": [{\"text\": \"") + finding + "\"}]}"
              : "{\"counters\": {\"launches\": " +
                    std::to_string(static_cast<FakeDevice *>(device)->launches.size()) + "}}";
  *outJson = strdup(text.c_str());
  *outFindings = finding ? 1 : 0;
  return nullptr;
}

} // namespace

extern "C" AZJ_API azj_status azj_sim_device_create(const char *options, azj_device **out) {
  std::string text = options;
  if (getenv("FAKE_SIM_OPTIONS"))
    fprintf(stderr, "options: %s\n", options);
  auto *device = new FakeDevice;
  static azj_device_vtable table;
  table = *device->vtable;
  table.report = report;
  device->vtable = &table;
  device->facts.sm = atoi(text.c_str() + 3);
  device->facts.is_simulator = 1;
  snprintf(device->facts.name, sizeof(device->facts.name), "sim:sm_%d", device->facts.sm);
  device->entries["add"] = add;
  if (const char *call = getenv("FAKE_SIM_FAIL")) {
    device->failNext = call;
    device->failCode = getenv("FAKE_SIM_OOM") ? AZJ_OUT_OF_MEMORY : AZJ_DEVICE_FAILED;
  }
  *out = device;
  return nullptr;
}
