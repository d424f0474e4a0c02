// This file damages plans at random and runs what still opens: every run must end in success or in
// a status, and no copy, fill or discard may leave its buffer, which the fake device checks. And it
// opens sessions on devices with older tables.
#include "FakeDevice.h"
#include "TestBundle.h"
#include "azulejo/runtime/session.h"

#include <gtest/gtest.h>

#include <random>

using namespace azulejo::runtime;
using namespace azulejo::runtime::test;

namespace {

// Opens and runs `parts`. Returns true when the run succeeded.
bool survive(const BundleParts &parts, const TemporaryFolder &folder) {
  std::string path = folder.write("m.azb", parts.file());
  FakeDevice device;
  azj_bundle bundle = nullptr;
  azj_session session = nullptr;
  bool hasRun = false;
  auto passes = [](azj_status status) {
    EXPECT_NE(azj_status_code(status), AZJ_INTERNAL) << azj_status_message(status);
    return take(status).empty();
  };
  if (passes(azj_bundle_open(path.c_str(), &bundle)) &&
      passes(azj_session_create(bundle, &device, nullptr, &session))) {
    std::vector<float> x(8);
    azj_buffer input = {}, output = {};
    input.rank = 2, input.shape[0] = 2, input.shape[1] = 4;
    input.host = x.data(), input.bytes = 32;
    uint32_t outputs = azj_bundle_output_count(bundle);
    hasRun = passes(azj_session_run(session, nullptr, &input, 1, &output, outputs < 1 ? 0 : 1));
    azj_buffer_release(nullptr, &output);
  }
  azj_session_destroy(session);
  azj_bundle_close(bundle);
  return hasRun;
}

TEST(HostileSession, RandomPlansRunOrFail) {
  BundleParts parts;
  parts.arena = R"(["*", "batch", 512])";
  parts.steps = R"([{"fill": {"to": {"arena": 0, "bytes": 512}, "value": 1, "bytes": 512}},
      {"launch": 0, "grid": ["batch", 1, 1], "args": [{"arena": ["*", "batch", 64], "bytes": 64,
       "access": "write"}, {"i32": ["+", "batch", 1]}, {"weight": 0, "offset": 4, "bytes": 8},
       {"tensormap": {"buffer": {"input": 0}, "type": "f32", "dims": [4, "batch"], "strides": [16],
        "box": [4, 2]}}]},
      {"copy": {"from": {"arena": 128, "bytes": 64}, "to": {"output": 0, "offset": 16}, "bytes": 16}}])";
  TemporaryFolder folder;
  ASSERT_TRUE(survive(parts, folder));
  const std::string plan = parts.planText();
  std::mt19937 random(31);
  int succeeded = 0, rounds = 4000;
  for (int round = 0; round < rounds; ++round) {
    BundleParts damaged = parts;
    damaged.plan = plan;
    // Digits for digits keep the JSON whole, so that the damage reaches the run.
    size_t at = plan.find_first_of("0123456789", random() % plan.size());
    if (at == std::string::npos)
      continue;
    damaged.plan.replace(at, 1, std::to_string(round % 7 ? random() % 1000 : random()));
    if (round % 3 == 0)
      damaged.plan[random() % plan.size()] = "-*/0[]{}\"a"[random() % 10];
    succeeded += survive(damaged, folder);
  }
  EXPECT_GT(succeeded, 0);
  EXPECT_LT(succeeded, rounds);
}

// A device's table may end before its newest functions, and no earlier.
TEST(HostileSession, TablesOfOlderDevicesAreTaken) {
  TemporaryFolder folder;
  BundleParts parts;
  std::string path = folder.write("m.azb", parts.file());
  FakeDevice device;
  azj_device_vtable table = *device.vtable;
  device.vtable = &table;
  azj_bundle bundle = nullptr;
  ASSERT_EQ(take(azj_bundle_open(path.c_str(), &bundle)), "");
  for (uint32_t missing : {0u, 1u}) {
    table.size = uint32_t(AZJ_DEVICE_VTABLE_LEAST_SIZE) - missing;
    azj_session session = nullptr;
    std::string fault = take(azj_session_create(bundle, &device, nullptr, &session));
    EXPECT_EQ(fault.empty(), missing == 0) << fault;
    EXPECT_EQ(fault.find("the device's table has") != std::string::npos, missing != 0) << fault;
    azj_session_destroy(session);
  }
  azj_bundle_close(bundle);
}

} // namespace
