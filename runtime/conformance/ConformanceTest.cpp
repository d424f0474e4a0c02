// This file is the suite that every device passes. A device that this machine does not have is
// skipped, and the test says so.
#include "Kernels.h"
#include "TestBundle.h"
#include "azulejo/runtime/api.h"

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

using namespace azulejo::runtime::test;
using namespace azulejo::runtime::conformance;

namespace {

class DeviceTest : public testing::TestWithParam<const char *> {
protected:
  void SetUp() override {
    azj_status status = azj_device_open(GetParam(), "checks=all", &device);
    // A build that made the simulator must find it.
    bool mayBeAbsent = !AZULEJO_HAS_SIM || strncmp(GetParam(), "sim", 3) != 0;
    if (azj_status_code(status) == AZJ_NOT_FOUND && mayBeAbsent)
      GTEST_SKIP() << "skipped, no such device: " << take(status);
    ASSERT_EQ(take(status), "");
    ASSERT_EQ(take(device->vtable->info(device, &info)), "");
  }

  void TearDown() override {
    if (!device)
      return;
    for (azj_device_ptr pointer : allocated)
      EXPECT_EQ(take(device->vtable->release(device, pointer)), "");
    if (device->vtable->report && !expectsFindings) {
      char *json = nullptr;
      uint64_t findings = 0;
      EXPECT_EQ(take(device->vtable->report(device, &json, &findings)), "");
      EXPECT_EQ(findings, 0u) << json;
      free(json);
    }
    azj_device_close(device);
  }

  azj_device_ptr allocate(size_t bytes, const char *name) {
    azj_device_ptr pointer = 0;
    EXPECT_EQ(take(device->vtable->allocate(device, bytes, name, &pointer)), "");
    allocated.push_back(pointer);
    return pointer;
  }

  template <typename T> azj_device_ptr upload(const std::vector<T> &values, const char *name) {
    azj_device_ptr pointer = allocate(values.size() * sizeof(T), name);
    EXPECT_EQ(take(device->vtable->copy_in(device, nullptr, pointer, values.data(),
                                           values.size() * sizeof(T))),
              "");
    return pointer;
  }

  template <typename T> std::vector<T> download(azj_device_ptr pointer, size_t count) {
    std::vector<T> values(count);
    EXPECT_EQ(
        take(device->vtable->copy_out(device, nullptr, values.data(), pointer, count * sizeof(T))),
        "");
    return values;
  }

  azj_kernel load(const char *ptx, const char *entry) {
    azj_module module = nullptr;
    azj_kernel kernel = nullptr;
    EXPECT_EQ(take(device->vtable->module_load(device, AZJ_IMAGE_PTX, ptx, strlen(ptx), "test.ptx",
                                               &module)),
              "");
    if (module) {
      EXPECT_EQ(take(device->vtable->kernel_get(device, module, entry, &kernel)), "");
    }
    return kernel;
  }

  // Launches with `args` given as pointer and size.
  std::string launch(azj_kernel kernel, azj_dim3 grid, azj_dim3 block, uint32_t shared,
                     const std::vector<std::pair<const void *, size_t>> &args) {
    std::vector<const void *> pointers;
    std::vector<size_t> sizes;
    for (auto [pointer, size] : args) {
      pointers.push_back(pointer);
      sizes.push_back(size);
    }
    azj_launch description = {};
    description.kernel = kernel;
    description.grid = grid;
    description.block = block;
    description.cluster = {1, 1, 1};
    description.dynamic_shared_bytes = shared;
    description.arg_count = static_cast<uint32_t>(args.size());
    description.args = pointers.data();
    description.arg_sizes = sizes.data();
    description.label = "conformance";
    return take(device->vtable->launch(device, nullptr, &description));
  }

  azj_device *device = nullptr;
  azj_device_info info = {};
  std::vector<azj_device_ptr> allocated;
  bool expectsFindings = false;
};

TEST_P(DeviceTest, InfoIsPlausible) {
  EXPECT_STRNE(info.name, "");
  EXPECT_GE(info.sm, 70);
  EXPECT_LT(info.sm, 1000);
  EXPECT_GE(info.max_ptx, 63);
  EXPECT_GE(info.multiprocessors, 1);
  EXPECT_GE(info.max_shared_bytes, 48 * 1024);
  EXPECT_GT(info.memory_bytes, 0u);
  EXPECT_EQ(info.is_simulator, strncmp(GetParam(), "sim", 3) == 0);
}

TEST_P(DeviceTest, AllocationsAreAligned) {
  for (size_t bytes : {1, 255, 257, 100000})
    EXPECT_EQ(allocate(bytes, "aligned") % 256, 0u);
  EXPECT_EQ(allocate(16, nullptr) % 256, 0u);
}

TEST_P(DeviceTest, CopiesAndFills) {
  std::vector<uint8_t> bytes(1000);
  std::iota(bytes.begin(), bytes.end(), uint8_t(0));
  azj_device_ptr from = upload(bytes, "from"), to = allocate(1000, "to");
  ASSERT_EQ(take(device->vtable->fill(device, nullptr, to, 0xab, 1000)), "");
  ASSERT_EQ(take(device->vtable->copy(device, nullptr, to + 10, from + 100, 500)), "");
  std::vector<uint8_t> expected(1000, 0xab);
  std::copy(bytes.begin() + 100, bytes.begin() + 600, expected.begin() + 10);
  EXPECT_EQ(download<uint8_t>(to, 1000), expected);
}

TEST_P(DeviceTest, LaunchesAKernelOverManyBlocks) {
  azj_kernel kernel = load(addPtx, "add");
  ASSERT_NE(kernel, nullptr);
  std::vector<float> x(1003), w = {1, 2, 3, 4};
  std::iota(x.begin(), x.end(), 0.0f);
  azj_device_ptr dx = upload(x, "x"), dw = upload(w, "w"), dy = allocate(x.size() * 4, "y");
  int32_t count = 1003;
  ASSERT_EQ(launch(kernel, {8, 1, 1}, {128, 1, 1}, 0, {{&dx, 8}, {&dw, 8}, {&dy, 8}, {&count, 4}}),
            "");
  ASSERT_EQ(take(device->vtable->synchronize(device, nullptr)), "");
  std::vector<float> y = download<float>(dy, x.size());
  for (size_t i = 0; i < y.size(); ++i)
    ASSERT_EQ(y[i], x[i] + w[i % 4]) << i;
}

TEST_P(DeviceTest, DynamicSharedMemoryAndBarriers) {
  azj_kernel kernel = load(mixedPtx, "reverse");
  ASSERT_NE(kernel, nullptr);
  std::vector<uint32_t> x(64);
  std::iota(x.begin(), x.end(), 0u);
  azj_device_ptr dx = upload(x, "x"), dy = allocate(256, "y");
  std::vector<uint32_t> expected(x.rbegin(), x.rend());
  for (uint32_t shared : {256, info.max_shared_bytes}) {
    ASSERT_EQ(launch(kernel, {1, 1, 1}, {64, 1, 1}, shared, {{&dx, 8}, {&dy, 8}}), "") << shared;
    EXPECT_EQ(download<uint32_t>(dy, 64), expected);
  }
}

TEST_P(DeviceTest, ScalarsOfEveryKind) {
  azj_kernel kernel = load(mixedPtx, "scalars");
  ASSERT_NE(kernel, nullptr);
  azj_device_ptr dy = allocate(16, "y");
  int32_t i32 = -7;
  int64_t i64 = -5000000000;
  float f32 = 0.1f;
  ASSERT_EQ(launch(kernel, {1, 1, 1}, {1, 1, 1}, 0, {{&dy, 8}, {&i32, 4}, {&i64, 8}, {&f32, 4}}),
            "");
  std::vector<uint8_t> bytes = download<uint8_t>(dy, 16), expected(16);
  memcpy(&expected[0], &i64, 8);
  memcpy(&expected[8], &i32, 4);
  memcpy(&expected[12], &f32, 4);
  EXPECT_EQ(bytes, expected);
}

TEST_P(DeviceTest, BadModulesAndEntriesAreRefused) {
  expectsFindings = true;
  azj_module module = nullptr;
  const char bad[] = ".version 6.3\n.target sm_75\n.address_size 64\nnonsense here;\n";
  std::string fault = take(
      device->vtable->module_load(device, AZJ_IMAGE_PTX, bad, strlen(bad), "bad.ptx", &module));
  EXPECT_NE(fault, "");
  EXPECT_EQ(module, nullptr);
  ASSERT_EQ(take(device->vtable->module_load(device, AZJ_IMAGE_PTX, addPtx, strlen(addPtx),
                                             "add.ptx", &module)),
            "");
  azj_kernel kernel = nullptr;
  EXPECT_NE(take(device->vtable->kernel_get(device, module, "absent", &kernel)), "");
  EXPECT_EQ(kernel, nullptr);
  device->vtable->module_unload(device, module);
}

TEST_P(DeviceTest, RunsABundleWithADynamicBatch) {
  BundleParts parts;
  parts.ptx = addPtx;
  parts.targets = "[\"sm_75\"]";
  TemporaryFolder folder;
  std::string path = folder.write("m.azb", parts.file());
  azj_bundle bundle = nullptr;
  ASSERT_EQ(take(azj_bundle_open(path.c_str(), &bundle)), "");
  azj_session session = nullptr;
  ASSERT_EQ(take(azj_session_create(bundle, device, nullptr, &session)), "");
  azj_bundle_close(bundle);
  for (int64_t batch : {1, 2, 5, 64, 3}) {
    std::vector<float> x(static_cast<size_t>(batch) * 4);
    std::iota(x.begin(), x.end(), 0.5f);
    azj_buffer input = {}, output = {};
    input.rank = 2, input.shape[0] = batch, input.shape[1] = 4;
    input.host = x.data(), input.bytes = x.size() * 4;
    EXPECT_EQ(take(azj_session_run(session, nullptr, &input, 1, &output, 1)), "");
    ASSERT_NE(output.host, nullptr);
    for (size_t i = 0; i < x.size(); ++i)
      ASSERT_EQ(static_cast<float *>(output.host)[i], x[i] + static_cast<float>(i % 4 + 1));
    azj_buffer_release(nullptr, &output);
  }
  azj_session_destroy(session);
}

// The second step says that it overwrites the arena and writes nothing: what the third reads is
// stale.
TEST_P(DeviceTest, SimulatorsReportStaleArenaReads) {
  if (!info.is_simulator)
    GTEST_SKIP() << "skipped, only simulators check";
  expectsFindings = true;
  auto step = [](const std::string &from, const std::string &to, const std::string &count) {
    return R"({"launch": 0, "grid": [1, 1, 1], "args": [)" + from + R"(, {"weight": 0}, )" + to +
           R"(, {"i32": )" + count + "}]}";
  };
  const std::string arena = R"({"arena": 0, "bytes": 16, "access": "write"})";
  BundleParts parts;
  parts.ptx = addPtx;
  parts.targets = "[\"sm_75\"]";
  parts.arena = "16";
  TemporaryFolder folder;
  for (const char *written : {"4", "0"}) {
    parts.steps =
        "[" + step(R"({"input": 0})", arena, "4") + "," + step(R"({"input": 0})", arena, written) +
        "," + step(R"({"arena": 0, "bytes": 16, "access": "read"})", R"({"output": 0})", "4") + "]";
    std::string path = folder.write("m.azb", parts.file());
    azj_bundle bundle = nullptr;
    azj_session session = nullptr;
    ASSERT_EQ(take(azj_bundle_open(path.c_str(), &bundle)), "");
    ASSERT_EQ(take(azj_session_create(bundle, device, nullptr, &session)), "");
    std::vector<float> x = {1, 2, 3, 4};
    azj_buffer input = {}, output = {};
    input.rank = 2, input.shape[0] = 1, input.shape[1] = 4;
    input.host = x.data(), input.bytes = 16;
    azj_status status = azj_session_run(session, nullptr, &input, 1, &output, 1);
    EXPECT_EQ(azj_status_code(status), *written == '4' ? AZJ_OK : AZJ_CHECK_FAILED)
        << azj_status_message(status);
    azj_status_free(status);
    azj_buffer_release(nullptr, &output);
    azj_session_destroy(session);
    azj_bundle_close(bundle);
  }
}

std::string testName(const testing::TestParamInfo<const char *> &info) {
  std::string name = info.param;
  for (char &character : name)
    if (character == ':')
      character = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Every, DeviceTest,
                         testing::Values("cuda", "sim:sm_75", "sim:sm_80", "sim:sm_86",
                                         "sim:sm_90a", "sim:sm_100a", "sim:sm_120"),
                         testName);

} // namespace
