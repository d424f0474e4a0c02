// This file tests session/ on the fake device: binding, arguments, the arena, outputs and faults.
#include "azulejo/runtime/session.h"
#include "FakeDevice.h"
#include "TestBundle.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

using namespace azulejo::runtime;
using namespace azulejo::runtime::test;

namespace {

void addKernel(const FakeLaunch &launch) {
  for (int i = 0; i < launch.arg<int32_t>(3); ++i)
    launch.pointer<float>(2)[i] = launch.pointer<float>(0)[i] + launch.pointer<float>(1)[i % 4];
}

azj_buffer tensor(std::vector<float> &values, std::vector<int64_t> shape) {
  azj_buffer buffer = {};
  buffer.dtype = AZJ_F32;
  buffer.rank = static_cast<uint32_t>(shape.size());
  for (size_t i = 0; i < shape.size(); ++i)
    buffer.shape[i] = shape[i];
  buffer.host = values.data();
  buffer.bytes = values.size() * sizeof(float);
  return buffer;
}

class SessionTest : public testing::Test {
protected:
  ~SessionTest() override {
    azj_session_destroy(session);
    azj_bundle_close(bundle);
  }

  std::string create() {
    device.entries["add"] = addKernel;
    std::string path = folder.write("m.azb", parts.file());
    std::string fault = take(azj_bundle_open(path.c_str(), &bundle));
    return fault.empty() ? take(azj_session_create(bundle, &device, nullptr, &session)) : fault;
  }

  // Runs the default model on `batch` rows of 10, 20, 30 … and returns the fault.
  std::string run(int64_t batch) {
    std::vector<float> x(static_cast<size_t>(batch) * 4);
    for (size_t i = 0; i < x.size(); ++i)
      x[i] = 10.0f * static_cast<float>(i + 1);
    azj_buffer input = tensor(x, {batch, 4});
    azj_buffer output = {};
    std::string fault = take(azj_session_run(session, nullptr, &input, 1, &output, 1));
    result.clear();
    if (fault.empty() && output.host) {
      auto *values = static_cast<float *>(output.host);
      result.assign(values, values + output.bytes / 4);
    }
    resultShape.assign(output.shape, output.shape + output.rank);
    azj_buffer_release(nullptr, &output);
    return fault;
  }

  // Replaces the steps by launches of "add" with these arguments, grid 1.
  void setArgs(const std::string &args, const std::string &arena = "0") {
    parts.arena = arena;
    parts.steps = R"([{"launch": 0, "grid": [1, 1, 1], "node": "N", "args": [)" + args + "]}]";
  }

  TemporaryFolder folder;
  FakeDevice device;
  BundleParts parts;
  azj_bundle bundle = nullptr;
  azj_session session = nullptr;
  std::vector<float> result;
  std::vector<int64_t> resultShape;
};

TEST_F(SessionTest, RunsWithDynamicBatch) {
  ASSERT_EQ(create(), "");
  for (int64_t batch : {1, 2, 5, 1}) {
    ASSERT_EQ(run(batch), "");
    EXPECT_EQ(resultShape, (std::vector<int64_t>{batch, 4}));
    ASSERT_EQ(result.size(), static_cast<size_t>(batch) * 4);
    for (size_t i = 0; i < result.size(); ++i)
      EXPECT_EQ(result[i], 10.0f * static_cast<float>(i + 1) + static_cast<float>(i % 4 + 1));
  }
  ASSERT_EQ(device.launches.size(), 4u);
  EXPECT_EQ(device.launches[2].label, "Add_0");
  EXPECT_EQ(device.launches[2].block.x, 128u);
  EXPECT_EQ(device.launches[2].arg<int32_t>(3), 20);
  EXPECT_EQ(device.modules.size(), 1u);
  azj_session_stats stats = {};
  stats.size = sizeof(stats);
  ASSERT_EQ(take(azj_session_get_stats(session, &stats)), "");
  EXPECT_EQ(stats.runs, 4u);
  EXPECT_EQ(stats.launches, 1u);
  EXPECT_EQ(stats.weight_bytes, 16u);
}

TEST_F(SessionTest, BundleMayBeClosedBeforeTheSession) {
  ASSERT_EQ(create(), "");
  azj_bundle_close(bundle);
  bundle = nullptr;
  EXPECT_EQ(run(2), "");
}

TEST_F(SessionTest, MemoryIsReusedAndWeightsAreUploadedOnce) {
  ASSERT_EQ(create(), "");
  ASSERT_EQ(run(5), "");
  int allocated = device.allocated, copies = device.copiesIn;
  ASSERT_EQ(run(5), "");
  ASSERT_EQ(run(2), "");
  EXPECT_EQ(device.allocated, allocated);
  EXPECT_EQ(device.copiesIn, copies + 2);
}

TEST_F(SessionTest, SimulatorsGetExactAllocations) {
  device.facts.is_simulator = 1;
  ASSERT_EQ(create(), "");
  for (int64_t batch : {5, 2}) {
    ASSERT_EQ(run(batch), "");
    for (auto &[pointer, bytes] : device.allocations) {
      bool isInputOrOutput = device.names[pointer] == "x" || device.names[pointer] == "y";
      EXPECT_TRUE(!isInputOrOutput || bytes == static_cast<size_t>(batch) * 16);
    }
  }
}

TEST_F(SessionTest, ShapeFaultsNameInputDimensionExpectedAndActual) {
  parts.symbols = R"([{"name": "batch", "min": 2, "max": 64, "divisor": 2}])";
  ASSERT_EQ(create(), "");
  EXPECT_EQ(run(0), "invalid argument: input 'x': dimension 0 ('batch') must be between 2 and 64, "
                    "got 0");
  EXPECT_EQ(run(66), "invalid argument: input 'x': dimension 0 ('batch') must be between 2 and 64, "
                     "got 66");
  EXPECT_EQ(run(3), "invalid argument: input 'x': dimension 0 ('batch') must be a multiple of 2, "
                    "got 3");
  std::vector<float> x(10);
  azj_buffer input = tensor(x, {2, 5}), output = {};
  EXPECT_EQ(take(azj_session_run(session, nullptr, &input, 1, &output, 1)),
            "invalid argument: input 'x': dimension 1 must be 4, got 5");
  input = tensor(x, {2, 4, 1});
  EXPECT_EQ(take(azj_session_run(session, nullptr, &input, 1, &output, 1)),
            "invalid argument: input 'x': rank must be 2, got 3");
  input = tensor(x, {2, 4});
  input.dtype = AZJ_F16;
  EXPECT_EQ(take(azj_session_run(session, nullptr, &input, 1, &output, 1)),
            "invalid argument: input 'x': dtype must be f32, got f16");
  input = tensor(x, {2, 4});
  input.bytes = 31;
  EXPECT_EQ(take(azj_session_run(session, nullptr, &input, 1, &output, 1)),
            "invalid argument: input 'x': the buffer has 31 bytes, its shape and dtype need 32");
  EXPECT_EQ(take(azj_session_run(session, nullptr, &input, 0, &output, 1)),
            "invalid argument: the model has 1 inputs, got 0");
  EXPECT_EQ(take(azj_session_run(session, nullptr, &input, 1, &output, 0)),
            "invalid argument: the model has 1 outputs, got 0");
  EXPECT_EQ(run(2), "") << "a session survives the faults of its callers";
}

TEST_F(SessionTest, EqualSymbolsMustAgreeAcrossInputs) {
  parts.inputs = R"([{"name": "x", "dtype": "f32", "shape": ["batch", 4]},
                     {"name": "m", "dtype": "f32", "shape": [["*", "batch", 2]]}])";
  ASSERT_EQ(create(), "");
  std::vector<float> x(8), m(5);
  azj_buffer inputs[2] = {tensor(x, {2, 4}), tensor(m, {5})}, output = {};
  EXPECT_EQ(take(azj_session_run(session, nullptr, inputs, 2, &output, 1)),
            "invalid argument: input 'm': dimension 0 ('(batch * 2)') must be 4, as the other "
            "dimensions give, got 5");
}

TEST_F(SessionTest, InfersOutputsWithoutRunning) {
  parts.outputs = R"([{"name": "y", "dtype": "f32", "shape": ["batch", ["*", "batch", 2]]}])";
  parts.steps = "[]";
  ASSERT_EQ(create(), "");
  std::vector<float> none;
  azj_buffer input = tensor(none, {3, 4}), output = {};
  ASSERT_EQ(take(azj_session_infer(session, &input, 1, &output, 1)), "");
  EXPECT_EQ(output.rank, 2u);
  EXPECT_EQ(output.shape[1], 6);
  EXPECT_EQ(output.bytes, 72u);
  EXPECT_TRUE(device.launches.empty());
}

TEST_F(SessionTest, GivenOutputsAreFilledAndTooSmallOnesRefused) {
  ASSERT_EQ(create(), "");
  std::vector<float> x = {1, 1, 1, 1}, y(8, -1.0f);
  azj_buffer input = tensor(x, {1, 4}), output = tensor(y, {8});
  ASSERT_EQ(take(azj_session_run(session, nullptr, &input, 1, &output, 1)), "");
  EXPECT_EQ(y, (std::vector<float>{2, 3, 4, 5, -1, -1, -1, -1}));
  EXPECT_EQ(output.rank, 2u);
  EXPECT_EQ(output.bytes, 32u);
  output.bytes = 12;
  EXPECT_EQ(take(azj_session_run(session, nullptr, &input, 1, &output, 1)),
            "invalid argument: output 'y': the buffer has 12 bytes, its shape and dtype need 16");
}

TEST_F(SessionTest, DeviceBuffersArePassedOn) {
  ASSERT_EQ(create(), "");
  azj_device_ptr x = 0, y = 0;
  ASSERT_EQ(take(device.vtable->allocate(&device, 512, "x", &x)), "");
  ASSERT_EQ(take(device.vtable->allocate(&device, 512, "y", &y)), "");
  std::iota(reinterpret_cast<float *>(x), reinterpret_cast<float *>(x) + 4, 0.0f);
  azj_buffer input = {}, output = {};
  input.place = output.place = AZJ_DEVICE;
  input.rank = 2, input.shape[0] = 1, input.shape[1] = 4, input.bytes = output.bytes = 16;
  input.device = x, output.device = y;
  int copies = device.copiesIn;
  ASSERT_EQ(take(azj_session_run(session, nullptr, &input, 1, &output, 1)), "");
  EXPECT_EQ(device.copiesIn, copies);
  EXPECT_EQ(device.launches[0].arg<uint64_t>(0), x);
  EXPECT_EQ(reinterpret_cast<float *>(y)[3], 7.0f);
  input.device = x + 16;
  EXPECT_NE(take(azj_session_run(session, nullptr, &input, 1, &output, 1))
                .find("must be a multiple of 256"),
            std::string::npos);
  input.device = 0;
  EXPECT_EQ(take(azj_session_run(session, nullptr, &input, 1, &output, 1)),
            "invalid argument: input 'x': the device address is null");
  azj_status_free(device.vtable->release(&device, x));
  azj_status_free(device.vtable->release(&device, y));
}

TEST_F(SessionTest, ScalarsAndOffsetsArriveAsTheyAre) {
  setArgs(R"({"i32": -5}, {"i64": ["*", "batch", 5000000000]}, {"f32": 0.1}, {"f32": "-inf"},
             {"input": 0, "offset": ["*", "batch", 8]}, {"weight": 0, "offset": 4, "bytes": 8})");
  ASSERT_EQ(create(), "");
  ASSERT_EQ((device.entries["add"] = nullptr, run(2)), "");
  const FakeLaunch &launch = device.launches[0];
  EXPECT_EQ(launch.args[0].size(), 4u);
  EXPECT_EQ(launch.arg<int32_t>(0), -5);
  EXPECT_EQ(launch.arg<int64_t>(1), 10000000000);
  EXPECT_EQ(launch.arg<float>(2), 0.1f);
  EXPECT_EQ(launch.arg<float>(3), -HUGE_VALF);
  EXPECT_EQ(launch.pointer<float>(4)[0], 50.0f);
  EXPECT_EQ(launch.pointer<float>(5)[0], 2.0f);
}

TEST_F(SessionTest, RangesOutsideTheirBuffersAreRefused) {
  struct Case {
    const char *args, *arena, *message;
  };
  const Case cases[] = {
      {R"({"input": 0, "offset": 33})", "0", "input 0: offset must be between 0 and 32, got 33"},
      {R"({"input": 0, "offset": -1})", "0", "input 0: offset must be between 0 and 32, got -1"},
      {R"({"weight": 0, "offset": 8, "bytes": 9})", "0", "bytes must be between 0 and 8, got 9"},
      {R"({"arena": 64, "bytes": 65})", "128", "arena 0 at 64: bytes must be between 0 and 64"},
      {R"({"arena": ["*", "batch", 65], "bytes": 0})", "128", "offset must be between 0 and 128"},
      {R"({"i32": ["*", "batch", 2000000000]})", "0", "i32 must be between -2147483648"},
      {R"({"i32": ["*", ["*", "batch", 5000000000], 5000000000]})", "0", "exceeds 64 bits"},
      {R"({"i32": 1})", "[\"-\", \"batch\", 3]", "arena must have between 0 and"},
      {R"({"tensormap": {"buffer": {"input": 0}, "type": "f32", "dims": [4, ["+", "batch", 1]],
           "strides": [16], "box": [4, 1]}})",
       "0", "covers 48 bytes of a buffer that has 32"},
  };
  for (const Case &test : cases) {
    azj_session_destroy(session);
    azj_bundle_close(bundle);
    session = nullptr, bundle = nullptr;
    setArgs(test.args, test.arena);
    ASSERT_EQ(create(), "") << test.args;
    device.entries["add"] = nullptr;
    std::string fault = run(2);
    EXPECT_EQ(fault.find("corrupt: "), 0u);
    EXPECT_NE(fault.find(test.message), std::string::npos) << test.args << " gave " << fault;
  }
  EXPECT_TRUE(device.launches.empty());
}

TEST_F(SessionTest, GridsAreChecked) {
  struct Case {
    const char *grid, *message;
  };
  const Case cases[] = {{"[[\"-\", \"batch\", 9], 1, 1]", "grid x must be between 0 and"},
                        {"[1, 65536, 1]", "grid y must be between 0 and 65535, got 65536"},
                        {"[2147483648, 1, 1]", "grid x must be between 0 and 2147483647"}};
  for (const Case &test : cases) {
    azj_session_destroy(session);
    azj_bundle_close(bundle);
    session = nullptr, bundle = nullptr;
    parts.steps = std::string("[{\"launch\": 0, \"args\": [], \"grid\": ") + test.grid + "}]";
    ASSERT_EQ(create(), "");
    EXPECT_NE(run(2).find(test.message), std::string::npos) << test.grid;
  }
}

TEST_F(SessionTest, EmptyGridsAreLeftOut) {
  parts.symbols = R"([{"name": "batch"}])";
  ASSERT_EQ(create(), "");
  ASSERT_EQ(run(0), "");
  EXPECT_TRUE(device.launches.empty());
  EXPECT_EQ(resultShape, (std::vector<int64_t>{0, 4}));
}

TEST_F(SessionTest, CopiesAndFills) {
  parts.arena = "64";
  parts.steps = R"([{"fill": {"to": {"arena": 0, "bytes": 64}, "value": 0, "bytes": 64}},
      {"copy": {"from": {"input": 0, "offset": 4, "bytes": 8}, "to": {"arena": 8, "bytes": 8},
                "bytes": 8}},
      {"copy": {"from": {"arena": 0, "bytes": 16}, "to": {"output": 0}, "bytes": 16}}])";
  ASSERT_EQ(create(), "");
  ASSERT_EQ(run(1), "");
  EXPECT_EQ(result, (std::vector<float>{0, 0, 20, 30}));
}

TEST_F(SessionTest, OverwrittenArenaRangesAreDiscarded) {
  parts.arena = "512";
  auto step = [](const char *args) {
    return std::string(R"({"launch": 0, "grid": [1, 1, 1], "args": [)") + args + "]}";
  };
  parts.steps = "[" + step(R"({"arena": 0, "bytes": 256, "access": "write"})") + "," +
                // adds into what is there
                step(R"({"arena": 0, "bytes": 256})") + "," +
                // another buffer takes over, and no byte is left out
                step(R"({"arena": 128, "bytes": 256, "access": "write"},
                        {"arena": 400, "bytes": 0, "access": "write"})") +
                "," +
                // in place, with a smaller element: reads what it overwrites
                step(R"({"arena": 128, "bytes": 256, "access": "read"},
                        {"arena": 128, "bytes": 128, "access": "write"},
                        {"arena": 0, "bytes": 128, "access": "write"})") +
                "]";
  ASSERT_EQ(create(), "");
  device.entries["add"] = nullptr;
  ASSERT_EQ(run(1), "");
  uint64_t arena = device.launches[0].arg<uint64_t>(0);
  std::vector<std::pair<uint64_t, size_t>> inArena;
  for (auto &discard : device.discards)
    if (discard.first >= arena && discard.first < arena + 512)
      inArena.push_back({discard.first - arena, discard.second});
  EXPECT_EQ(inArena,
            (std::vector<std::pair<uint64_t, size_t>>{{0, 512}, {0, 256}, {128, 256}, {0, 128}}));
}

TEST_F(SessionTest, ArenaIsAligned) {
  parts.arena = "64";
  parts.steps = R"([{"launch": 0, "grid": [1, 1, 1], "args": [{"arena": 0, "bytes": 64}]}])";
  parts.morePrograms = "";
  parts.plan = parts.planText();
  size_t at = parts.plan.find("\"arena_align\": 256");
  parts.plan.replace(at, 18, "\"arena_align\": 4096");
  ASSERT_EQ(create(), "");
  device.entries["add"] = nullptr;
  ASSERT_EQ(run(1), "");
  EXPECT_EQ(device.launches[0].arg<uint64_t>(0) % 4096, 0u);
}

TEST_F(SessionTest, TensorMapsAreEncodedWhenSomethingMoved) {
  setArgs(R"({"tensormap": {"buffer": {"input": 0}, "type": "f32", "dims": [4, "batch"],
              "strides": [16], "box": [4, 8], "swizzle": "64", "nan_fill": true}})");
  ASSERT_EQ(create(), "");
  device.entries["add"] = nullptr;
  ASSERT_EQ(run(2), "");
  ASSERT_EQ(run(2), "");
  ASSERT_EQ(device.maps.size(), 1u);
  EXPECT_EQ(device.maps[0].dims[1], 2u);
  EXPECT_EQ(device.maps[0].strides[1], 16u);
  EXPECT_EQ(device.maps[0].box[1], 8u);
  EXPECT_EQ(device.maps[0].swizzle, 2u);
  EXPECT_EQ(device.maps[0].nan_fill, 1u);
  EXPECT_EQ(device.launches[1].args[0].size(), 128u);
  EXPECT_EQ(device.launches[1].arg<uint64_t>(0), device.maps[0].base);
  ASSERT_EQ(run(1), "");
  EXPECT_EQ(device.maps.size(), 2u);
}

TEST_F(SessionTest, FaultsOfTheDeviceArePassedOnWithTheirPlace) {
  ASSERT_EQ(create(), "");
  device.failNext = "launch";
  EXPECT_EQ(run(1), "device failed: steps[0] (Add_0): kernel 'add': launch was told to fail");
  device.failNext = "copy_in";
  EXPECT_EQ(run(1), "device failed: input 'x': copy_in was told to fail");
  device.failNext = "copy_out";
  EXPECT_EQ(run(1), "device failed: output 'y': copy_out was told to fail");
  EXPECT_EQ(run(1), "");
}

TEST_F(SessionTest, FaultsWhileLoadingReleaseEverything) {
  device.failCode = AZJ_OUT_OF_MEMORY;
  for (const char *call : {"allocate", "module_load", "kernel_get", "copy_in"}) {
    device.failNext = call;
    EXPECT_NE(create().find("was told to fail"), std::string::npos);
    EXPECT_TRUE(device.allocations.empty());
    azj_bundle_close(bundle);
    bundle = nullptr;
  }
}

TEST_F(SessionTest, SharedMemoryAndClustersMustFitTheDevice) {
  parts.kernel = "\"shared\": 200000,";
  EXPECT_EQ(create(),
            "unsupported: kernel 'add' needs 200000 bytes of shared memory, fake has 102400 "
            "per block");
}

TEST_F(SessionTest, ObserverSeesEveryStep) {
  ASSERT_EQ(create(), "");
  std::vector<std::string> seen;
  azj_session_observe(
      session,
      [](void *self, const azj_step_event *event) {
        EXPECT_LE(event->begin_ns, event->end_ns);
        static_cast<std::vector<std::string> *>(self)->push_back(std::string(event->kind) + "/" +
                                                                 event->name + "/" + event->node);
      },
      &seen);
  ASSERT_EQ(run(1), "");
  EXPECT_EQ(seen, (std::vector<std::string>{"copy in/x/", "launch/add/Add_0", "copy out/y/"}));
  azj_session_observe(session, nullptr, nullptr);
  ASSERT_EQ(run(1), "");
  EXPECT_EQ(seen.size(), 3u);
}

} // namespace
