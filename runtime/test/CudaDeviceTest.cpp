// This file tests device/cuda against the stand-in driver, and device/DeviceOpen.
#include "TestBundle.h"
#include "azulejo/runtime/api.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include <dlfcn.h>

using namespace azulejo::runtime::test;

namespace {

class CudaDeviceTest : public testing::Test {
protected:
  void SetUp() override {
    setenv("AZULEJO_CUDA_LIBRARY", AZULEJO_STANDIN_CUDA, 1);
    library = dlopen(AZULEJO_STANDIN_CUDA, RTLD_NOW);
    ASSERT_NE(library, nullptr) << dlerror();
    function<void()>("standinReset")();
  }
  void TearDown() override {
    azj_device_close(device);
    unsetenv("AZULEJO_CUDA_LIBRARY");
    dlclose(library);
  }

  template <typename Type> Type *function(const char *name) {
    return reinterpret_cast<Type *>(dlsym(library, name));
  }
  void fail(const char *name, int32_t result) {
    function<void(const char *, int32_t)>("standinFail")(name, result);
  }
  void setDriver(int32_t version, int32_t devices) {
    function<void(int32_t, int32_t)>("standinSetDriver")(version, devices);
  }
  // Returns what was called since the last look, without the context's push and pop.
  std::string calls() {
    std::string text = function<const char *()>("standinRecord")(), kept;
    for (size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
      std::string line = text.substr(at, end - at);
      if (line.rfind("push", 0) == 0)
        ++depth;
      else if (line == "pop")
        --depth;
      else
        kept += line + ";";
    }
    EXPECT_EQ(depth, 0) << "the caller's context was not restored";
    function<void()>("standinReset")();
    return kept;
  }
  void open(const char *name = "cuda") {
    ASSERT_EQ(take(azj_device_open(name, nullptr, &device)), "");
    calls();
  }

  void *library = nullptr;
  azj_device *device = nullptr;
  int depth = 0;
};

TEST_F(CudaDeviceTest, OpensWithFacts) {
  ASSERT_EQ(take(azj_device_open("cuda:1", nullptr, &device)), "");
  azj_device_info info;
  ASSERT_EQ(take(device->vtable->info(device, &info)), "");
  EXPECT_STREQ(info.name, "Stand-in 41");
  EXPECT_EQ(info.sm, 90);
  EXPECT_EQ(info.max_ptx, 84);
  EXPECT_EQ(info.multiprocessors, 132);
  EXPECT_EQ(info.max_shared_bytes, 232448);
  EXPECT_EQ(info.memory_bytes, uint64_t(80) << 30);
  azj_device_close(device);
  device = nullptr;
  EXPECT_NE(calls().find("cuDevicePrimaryCtxRelease 41"), std::string::npos);
}

TEST_F(CudaDeviceTest, MissingDriverAndDevicesAreNotFound) {
  EXPECT_EQ(take(azj_device_open("cuda:2", nullptr, &device)),
            "not found: no GPU 2: the driver shows 2; nvidia-smi -L lists them, counted from 0");
  fail("cuInit", 100);
  EXPECT_EQ(take(azj_device_open("cuda", nullptr, &device))
                .find("not found: cuInit: "
                      "CUDA_ERROR_STANDIN (100)"),
            0u);
  setenv("AZULEJO_CUDA_LIBRARY", "/nonexistent/libcuda.so", 1);
  std::string fault = take(azj_device_open("cuda", nullptr, &device));
  EXPECT_EQ(fault.find("not found: no CUDA driver: "), 0u) << fault;
  EXPECT_NE(fault.find("use --device=sim"), std::string::npos);
  EXPECT_EQ(device, nullptr);
}

TEST_F(CudaDeviceTest, AutoTakesTheGpuOrNamesBothReasons) {
  open("auto");
  azj_device_close(device);
  device = nullptr;
  setDriver(12040, 0);
  setenv("AZULEJO_SIM_LIBRARY", "/nonexistent/libazulejo-sim.so", 1);
  std::string fault = take(azj_device_open("auto", nullptr, &device));
  unsetenv("AZULEJO_SIM_LIBRARY");
  EXPECT_EQ(fault.find("not found: the simulator libazulejo-sim.so was not found"), 0u) << fault;
  EXPECT_NE(fault.find("and there is no GPU: no GPU 0: the driver shows 0"), std::string::npos);
}

TEST_F(CudaDeviceTest, DeviceNamesAreChecked) {
  for (const char *name :
       {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:99999", "sim:", "sim:80", "sim:sm_", "Cuda"})
    EXPECT_EQ(take(azj_device_open(name, nullptr, &device)),
              std::string("invalid argument: device must be auto, cuda, cuda:N, sim or sim:sm_XX, "
                          "got '") +
                  name + "'");
}

TEST_F(CudaDeviceTest, CopiesWaitForTheHost) {
  open();
  azj_device_ptr pointer = 0, other = 0;
  ASSERT_EQ(take(device->vtable->allocate(device, 100, "a", &pointer)), "");
  ASSERT_EQ(take(device->vtable->allocate(device, 100, "b", &other)), "");
  uint32_t value = 42, back = 0;
  ASSERT_EQ(take(device->vtable->copy_in(device, nullptr, pointer, &value, 4)), "");
  ASSERT_EQ(take(device->vtable->copy(device, nullptr, other, pointer, 4)), "");
  ASSERT_EQ(take(device->vtable->fill(device, nullptr, other + 2, 1, 1)), "");
  ASSERT_EQ(take(device->vtable->copy_out(device, nullptr, &back, other, 4)), "");
  EXPECT_EQ(back, 42u | 1u << 16);
  EXPECT_EQ(calls(), "cuMemAlloc 100;cuMemAlloc 100;cuMemcpyHtoDAsync 4;cuStreamSynchronize;"
                     "cuMemcpyDtoDAsync 4;cuMemsetD8Async 1;cuMemcpyDtoHAsync 4;"
                     "cuStreamSynchronize;");
  ASSERT_EQ(take(device->vtable->release(device, pointer)), "");
  ASSERT_EQ(take(device->vtable->release(device, other)), "");
}

TEST_F(CudaDeviceTest, OutOfMemorySaysWhatForAndWhatToDo) {
  open();
  fail("cuMemAlloc", 2);
  azj_device_ptr pointer = 77;
  EXPECT_EQ(
      take(device->vtable->allocate(device, 100, "arena", &pointer)),
      "out of memory: allocating 100 bytes for arena: cuMemAlloc: CUDA_ERROR_OUT_OF_MEMORY (2): "
      "as the test wished; free memory of other processes (see nvidia-smi) or run a smaller "
      "batch");
  EXPECT_EQ(pointer, 77u);
  calls();
}

TEST_F(CudaDeviceTest, UnknownErrorsHaveAText) {
  open();
  fail("cuStreamSynchronize", 999);
  EXPECT_EQ(take(device->vtable->synchronize(device, nullptr)),
            "device failed: cuStreamSynchronize: unknown CUDA error (999): no description");
  calls();
}

TEST_F(CudaDeviceTest, ModulesAreTerminatedAndTheirLogIsShown) {
  open();
  azj_module module = nullptr;
  // The text is not NUL-terminated: what follows it must not reach the driver.
  ASSERT_EQ(take(device->vtable->module_load(device, AZJ_IMAGE_PTX, ".version 7.0XXXX", 12, "ptx/a",
                                             &module)),
            "");
  EXPECT_EQ(calls(), "cuModuleLoadDataEx 12;");
  device->vtable->module_unload(device, module);
  fail("cuModuleLoadDataEx", 218);
  EXPECT_EQ(
      take(device->vtable->module_load(device, AZJ_IMAGE_PTX, "x", 1, "ptx/a", &module)),
      "unsupported: module 'ptx/a': cuModuleLoadDataEx: CUDA_ERROR_STANDIN (218): as the test "
      "wished; the driver's assembler refused the PTX, see its log above\nptxas application ptx "
      "input, line 7; error: oh");
  azj_kernel kernel = nullptr;
  fail("cuModuleGetFunction", 500);
  EXPECT_EQ(take(device->vtable->kernel_get(device, module, "add", &kernel))
                .find("corrupt: entry 'add': cuModuleGetFunction"),
            0u);
  calls();
}

TEST_F(CudaDeviceTest, LaunchesPlainSharedAndClustered) {
  open();
  uint32_t value = 5;
  const void *args[] = {&value};
  size_t sizes[] = {4};
  azj_launch launch = {};
  launch.kernel = reinterpret_cast<azj_kernel>(9);
  launch.grid = {1, 2, 3};
  launch.block = {32, 4, 1};
  launch.arg_count = 1;
  launch.args = args;
  launch.arg_sizes = sizes;
  launch.dynamic_shared_bytes = 49152;
  ASSERT_EQ(take(device->vtable->launch(device, nullptr, &launch)), "");
  EXPECT_EQ(calls(), "cuLaunchKernel 1 2 3 32 4 1 49152 5;");
  launch.dynamic_shared_bytes = 49153;
  ASSERT_EQ(take(device->vtable->launch(device, nullptr, &launch)), "");
  EXPECT_EQ(calls(), "cuFuncSetAttribute 8 49153;cuLaunchKernel 1 2 3 32 4 1 49153 5;");
  launch.dynamic_shared_bytes = 0;
  launch.cluster = {2, 1, 1};
  launch.grid.x = 4;
  ASSERT_EQ(take(device->vtable->launch(device, nullptr, &launch)), "");
  EXPECT_EQ(calls(), "cuLaunchKernelEx 4 0 1 4 2 1 1;");
  launch.cluster = {16, 1, 1};
  launch.grid.x = 16;
  ASSERT_EQ(take(device->vtable->launch(device, nullptr, &launch)), "");
  EXPECT_EQ(calls(), "cuFuncSetAttribute 14 1;cuLaunchKernelEx 16 0 1 4 16 1 1;");
  fail("cuLaunchKernelEx", 700);
  launch.label = "Conv_0";
  EXPECT_NE(take(device->vtable->launch(device, nullptr, &launch)).find("device failed: Conv_0: "),
            std::string::npos);
  calls();
}

TEST_F(CudaDeviceTest, EncodesTensorMaps) {
  open();
  azj_tensor_map_desc desc = {};
  desc.type = AZJ_TENSOR_MAP_F16;
  desc.rank = 2;
  desc.base = 4096;
  desc.dims[0] = 64, desc.dims[1] = 32;
  desc.strides[1] = 128;
  desc.box[0] = 64, desc.box[1] = 8;
  desc.element_strides[0] = desc.element_strides[1] = 1;
  desc.swizzle = 3;
  azj_tensor_map map = {};
  ASSERT_EQ(take(device->vtable->encode_tensor_map(device, &desc, &map)), "");
  EXPECT_EQ(map.bytes[127], 0x5a);
  EXPECT_EQ(calls(), "cuTensorMapEncodeTiled 6 2 32 128 8 3;");
  desc.box[0] = 128;
  EXPECT_EQ(take(device->vtable->encode_tensor_map(device, &desc, &map)),
            "invalid argument: tensor map: box[0] must span at most the swizzle's 128 bytes, got "
            "256");
  EXPECT_EQ(calls(), "");
}

TEST_F(CudaDeviceTest, EncodesIm2colMaps) {
  open();
  azj_tensor_map_desc desc = {};
  desc.type = AZJ_TENSOR_MAP_F16;
  desc.rank = 4;
  desc.base = 4096;
  for (int d = 0; d < 4; ++d) {
    desc.dims[d] = d == 0 ? 64 : 20 + d;
    desc.strides[d] = 128 * (d + 1);
    desc.element_strides[d] = 1;
  }
  desc.swizzle = 3;
  azj_im2col_desc im2col = {sizeof(azj_im2col_desc), {-1, -2}, {-3, -4}, 64, 96, AZJ_IM2COL};
  azj_tensor_map map = {};
  ASSERT_EQ(take(device->vtable->encode_im2col_map(device, &desc, &im2col, &map)), "");
  EXPECT_EQ(map.bytes[127], 0x5b);
  EXPECT_EQ(calls(), "cuTensorMapEncodeIm2col 6 4 21 256 2 3 64 96 3;");
  im2col.mode = AZJ_IM2COL_W_128;
  ASSERT_EQ(take(device->vtable->encode_im2col_map(device, &desc, &im2col, &map)), "");
  EXPECT_EQ(map.bytes[127], 0x5c);
  EXPECT_EQ(calls(), "cuTensorMapEncodeIm2colWide 6 4 21 256 1 3 64 96 1 3;");
  im2col.channels = 0;
  EXPECT_EQ(take(device->vtable->encode_im2col_map(device, &desc, &im2col, &map)),
            "invalid argument: tensor map: channels per pixel must be 1 to 256, got 0");
  EXPECT_EQ(calls(), "");
}

TEST_F(CudaDeviceTest, RunsASession) {
  BundleParts parts;
  parts.targets = "[\"sm_90a\"]";
  TemporaryFolder folder;
  azj_bundle bundle = nullptr;
  std::string path = folder.write("m.azb", parts.file());
  ASSERT_EQ(take(azj_bundle_open(path.c_str(), &bundle)), "");
  open();
  azj_session session = nullptr;
  ASSERT_EQ(take(azj_session_create(bundle, device, nullptr, &session)), "");
  std::vector<float> x(8);
  azj_buffer input = {}, output = {};
  input.rank = 2, input.shape[0] = 2, input.shape[1] = 4;
  input.host = x.data(), input.bytes = 32;
  calls();
  ASSERT_EQ(take(azj_session_run(session, nullptr, &input, 1, &output, 1)), "");
  EXPECT_NE(calls().find("cuLaunchKernel 1 1 1 128 1 1 0 "), std::string::npos);
  azj_buffer_release(nullptr, &output);
  azj_session_destroy(session);
  azj_bundle_close(bundle);
}

} // namespace
