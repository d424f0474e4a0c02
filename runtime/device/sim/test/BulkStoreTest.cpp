// This file tests bulk stores and reductions into global memory: values, and when they happen.
#include "test/AsyncKernels.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace azulejo::sim::test {
namespace {

constexpr unsigned kBytes = 128;

// All 32 threads fill `from` with the words of `in`, fence and meet; then `body`, in which the
// first thread has %p1 false and %rd3 is the target in global memory.
std::string wrap(const std::string &body) {
  return wrapKernel(
      ".param .u64 out, .param .u64 in, .param .u64 target, .param .align 64 .b8 map[128]",
      ".shared .align 128 .b8 from[128];\nmov.u32 %r1, %tid.x;\nmov.u32 %r2, 0;\n"
      "setp.ne.u32 %p1, %r1, 0;\nshl.b32 %r3, %r1, 2;\nmov.u32 %r4, from;\n"
      "add.u32 %r4, %r4, %r3;\nld.param.u64 %rd1, [in];\ncvt.u64.u32 %rd2, %r3;\n"
      "add.s64 %rd1, %rd1, %rd2;\nld.global.b32 %r5, [%rd1];\nst.shared.b32 [%r4], %r5;\n"
      "fence.proxy.async;\nbar.sync 0;\nld.param.u64 %rd3, [target];\nadd.s64 %rd4, %rd3, %rd2;\n"
      "mov.b64 %rd5, map;\ncvta.param.u64 %rd6, %rd5;\nmov.u32 %r9, 0;\nmov.b32 %r20, 0;\n" +
          body + storeOut(32),
      "sm_90", "8.0");
}

struct Outcome {
  std::string error;
  std::vector<uint8_t> target;
  std::vector<uint32_t> out;
};

Outcome run(const std::string &ptx, const std::vector<uint8_t> &source,
            const std::vector<uint8_t> &target, const std::string &options,
            azj_tensor_map_type type = AZJ_TENSOR_MAP_U32, uint32_t elementBytes = 4) {
  Sim sim(options);
  Outcome outcome;
  outcome.error = sim.load(ptx);
  EXPECT_EQ(outcome.error, "");
  if (!outcome.error.empty())
    return outcome;
  azj_device_ptr in = sim.upload(source, "in"), to = sim.upload(target, "target"),
                 out = sim.allocate(128, "out");
  azj_tensor_map_desc desc = {};
  desc.type = type;
  desc.rank = 1;
  desc.base = to;
  desc.dims[0] = desc.box[0] = kBytes / elementBytes;
  desc.element_strides[0] = 1;
  azj_tensor_map map;
  EXPECT_EQ(sim.device->vtable->encode_tensor_map(sim.device, &desc, &map), nullptr);
  outcome.error = sim.launch("k", {1, 1, 1}, {32, 1, 1},
                             {Arg::of(out), Arg::of(in), Arg::of(to), Arg::of(map)});
  if (!outcome.error.empty())
    outcome.error += sim.report();
  outcome.target = sim.download<uint8_t>(to, target.size());
  outcome.out = sim.download<uint32_t>(out, 32);
  return outcome;
}

template <typename T> std::vector<uint8_t> bytesOf(const std::vector<T> &values) {
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

// The first thread executes `instructions`, and the rest go on behind them.
std::string byFirst(const std::string &instructions) {
  return "@%p1 bra END;\n" + instructions + "END:\n";
}

const std::string kCommitWait = "cp.async.bulk.commit_group;\ncp.async.bulk.wait_group 0;\n";

// Rows and tensor maps are reduced alike: checks both against `combine`.
template <typename T>
void expectReduction(const std::string &op, const std::string &type, azj_tensor_map_type mapType,
                     const std::vector<T> &old, const std::vector<T> &values,
                     const std::function<T(T, T)> &combine) {
  std::vector<T> expected;
  for (size_t k = 0; k < old.size(); ++k)
    expected.push_back(combine(old[k], values[k]));
  bool isHalfAdd = op == "add" && (type == "f16" || type == "bf16");
  std::string row = "cp.reduce.async.bulk.global.shared::cta.bulk_group." + op +
                    (isHalfAdd ? ".noftz." : ".") + type + " [%rd3], [from], 128;\n";
  std::string box = "cp.reduce.async.bulk.tensor.1d.global.shared::cta." + op +
                    ".tile.bulk_group [%rd6, {%r20}], [from];\n";
  for (const std::string &instruction : {row, box})
    for (const char *options : kAsyncOptions) {
      Outcome outcome = run(wrap(byFirst(instruction + kCommitWait)), bytesOf(values), bytesOf(old),
                            options, mapType, sizeof(T));
      ASSERT_EQ(outcome.error, "") << instruction << options;
      EXPECT_EQ(outcome.target, bytesOf(expected)) << instruction << options;
    }
}

template <typename T> std::vector<T> mixed(uint64_t seed) {
  std::vector<T> values;
  for (size_t k = 0; k < kBytes / sizeof(T); ++k) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    values.push_back(T(seed >> 9));
  }
  values[0] = 0;
  values[1] = T(~T(0));
  values[2] = T(T(1) << (sizeof(T) * 8 - 1));
  return values;
}

template <typename T>
void expectIntegers(const char *type, azj_tensor_map_type mapType, bool hasAdd = true) {
  auto check = [&](const char *op, std::function<T(T, T)> combine) {
    expectReduction<T>(op, type, mapType, mixed<T>(3), mixed<T>(5), combine);
  };
  using U = std::make_unsigned_t<T>;
  if (hasAdd)
    check("add", [](T a, T b) { return T(U(a) + U(b)); });
  check("min", [](T a, T b) { return std::min(a, b); });
  check("max", [](T a, T b) { return std::max(a, b); });
}

TEST(BulkStore, ReductionsOfIntegers) {
  expectIntegers<uint32_t>("u32", AZJ_TENSOR_MAP_U32);
  expectIntegers<int32_t>("s32", AZJ_TENSOR_MAP_I32);
  expectIntegers<uint64_t>("u64", AZJ_TENSOR_MAP_U64);
  expectIntegers<int64_t>("s64", AZJ_TENSOR_MAP_I64, false);
  auto words = [](const char *op, const char *type, std::function<uint32_t(uint32_t, uint32_t)> f) {
    expectReduction<uint32_t>(op, type, AZJ_TENSOR_MAP_U32, mixed<uint32_t>(9), mixed<uint32_t>(2),
                              f);
  };
  words("inc", "u32", [](uint32_t a, uint32_t b) { return a >= b ? 0 : a + 1; });
  words("dec", "u32", [](uint32_t a, uint32_t b) { return a == 0 || a > b ? b : a - 1; });
  words("and", "b32", [](uint32_t a, uint32_t b) { return a & b; });
  words("or", "b32", [](uint32_t a, uint32_t b) { return a | b; });
  words("xor", "b32", [](uint32_t a, uint32_t b) { return a ^ b; });
  expectReduction<uint64_t>("xor", "b64", AZJ_TENSOR_MAP_U64, mixed<uint64_t>(9),
                            mixed<uint64_t>(2), [](uint64_t a, uint64_t b) { return a ^ b; });
}

TEST(BulkStore, SumsOfFloats) {
  std::vector<float> a, b;
  std::vector<double> c, d;
  for (int k = 0; k < 32; ++k) {
    a.push_back(1.0f / float(k + 1));
    b.push_back(float(k) * -0.3f);
  }
  for (int k = 0; k < 16; ++k) {
    c.push_back(1.0 / (k + 1));
    d.push_back(k * 1e-17);
  }
  expectReduction<float>("add", "f32", AZJ_TENSOR_MAP_F32, a, b,
                         [](float x, float y) { return x + y; });
  expectReduction<double>("add", "f64", AZJ_TENSOR_MAP_F64, c, d,
                          [](double x, double y) { return x + y; });
}

// The half of a small multiple of 1/8, which is exact in both formats.
uint16_t halfOf(int eighths, bool isBf16) {
  float value = float(eighths) / 8;
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  if (isBf16 || eighths == 0)
    return uint16_t(bits >> 16);
  uint32_t exponent = (bits >> 23 & 0xff) - 127 + 15;
  return uint16_t(bits >> 16 & 0x8000) | uint16_t(exponent << 10) | uint16_t(bits >> 13 & 0x3ff);
}

TEST(BulkStore, ReductionsOfHalves) {
  for (bool isBf16 : {false, true}) {
    std::vector<int> x, y;
    for (int k = 0; k < 64; ++k) {
      x.push_back(k - 31);
      y.push_back(k * 7 % 50 - 20);
    }
    auto halves = [&](const std::vector<int> &values) {
      std::vector<uint16_t> bits;
      for (int value : values)
        bits.push_back(halfOf(value, isBf16));
      return bits;
    };
    for (const char *op : {"add", "min", "max"}) {
      std::vector<int> expected;
      for (size_t k = 0; k < 64; ++k)
        expected.push_back(op[0] == 'a'   ? x[k] + y[k]
                           : op[1] == 'i' ? std::min(x[k], y[k])
                                          : std::max(x[k], y[k]));
      std::vector<uint16_t> results = halves(expected);
      size_t next = 0;
      expectReduction<uint16_t>(
          op, isBf16 ? "bf16" : "f16", isBf16 ? AZJ_TENSOR_MAP_BF16 : AZJ_TENSOR_MAP_F16, halves(x),
          halves(y), [&](uint16_t, uint16_t) { return results[next++ % 64]; });
    }
  }
}

TEST(BulkStore, ReductionThatTheTypeLacksIsFound) {
  std::string error =
      run(wrap(byFirst("cp.reduce.async.bulk.tensor.1d.global.shared::cta.xor.tile.bulk_group "
                       "[%rd6, {%r20}], [from];\n" +
                       kCommitWait)),
          bytesOf(mixed<uint32_t>(1)), bytesOf(mixed<uint32_t>(2)), kAsyncOptions[0],
          AZJ_TENSOR_MAP_F32)
          .error;
  EXPECT_NE(error.find("the reduction is not defined for elements of the tensor map's type"),
            std::string::npos)
      << error;
}

const std::string kStore = "cp.async.bulk.global.shared::cta.bulk_group [%rd3], [from], 128;\n"
                           "cp.async.bulk.commit_group;\n";
const std::string kTensorStore =
    "cp.async.bulk.tensor.1d.global.shared::cta.tile.bulk_group [%rd6, {%r20}], [from];\n"
    "cp.async.bulk.commit_group;\n";

Outcome store(const std::string &body, const char *options = kAsyncOptions[0]) {
  return run(wrap(body), bytesOf(mixed<uint32_t>(1)), bytesOf(std::vector<uint32_t>(32, 5)),
             options);
}

TEST(BulkStore, SourceMayBeUsedAgainWhenItHasBeenRead) {
  for (const std::string &instruction : {kStore, kTensorStore})
    for (const char *options : kAsyncOptions) {
      Outcome outcome = store(byFirst(instruction + "cp.async.bulk.wait_group.read 0;\n") +
                                  "bar.sync 0;\nst.shared.b32 [%r4], 77;\n",
                              options);
      ASSERT_EQ(outcome.error, "") << options;
      EXPECT_EQ(outcome.target, bytesOf(mixed<uint32_t>(1))) << options;
    }
}

TEST(BulkStore, SourceUsedAgainTooEarlyIsStoredChanged) {
  Outcome outcome = store(byFirst(kStore) + "bar.sync 0;\nst.shared.b32 [%r4], 77;\nbar.sync 0;\n"
                                            "cp.async.bulk.wait_group 0;\n");
  EXPECT_EQ(outcome.target, bytesOf(std::vector<uint32_t>(32, 77)));
}

TEST(BulkStore, ResultIsVisibleAfterTheFullWaitOnly) {
  auto body = [](const std::string &wait) {
    return byFirst(kStore + wait) + "bar.sync 0;\nld.global.b32 %r9, [%rd4];\nbar.sync 0;\n"
                                    "cp.async.bulk.wait_group 0;\n";
  };
  Outcome full = store(body("cp.async.bulk.wait_group 0;\n"));
  EXPECT_EQ(full.error, "");
  EXPECT_EQ(full.out, mixed<uint32_t>(1));
  Outcome read = store(body("cp.async.bulk.wait_group.read 0;\n"));
  EXPECT_EQ(read.out, std::vector<uint32_t>(32, 5));
  EXPECT_EQ(read.target, bytesOf(mixed<uint32_t>(1)));
}

TEST(BulkStore, BlockMayNotEndBeforeItsMemoryWasRead) {
  for (const std::string &instruction : {kStore, kTensorStore}) {
    std::string error = store(byFirst(instruction)).error;
    EXPECT_NE(error.find("exits while a bulk copy has not read its shared memory"),
              std::string::npos)
        << error;
    Outcome read = store(byFirst(instruction + "cp.async.bulk.wait_group.read 0;\n"));
    EXPECT_EQ(read.error, "");
    EXPECT_EQ(read.target, bytesOf(mixed<uint32_t>(1)));
  }
}

// A second block reads what the first has stored, told by a flag. With .read alone the data may
// come later than the flag: they do in the lazy order.
TEST(BulkStore, FlagNeedsTheFullWait) {
  auto kernel = [](const char *wait) {
    return wrapKernel(
        ".param .u64 out, .param .u64 target, .param .u64 flag",
        ".shared .align 16 .b8 from[16];\nmov.u32 %r1, %ctaid.x;\nmov.u32 %r2, 0;\n"
        "ld.param.u64 %rd3, [target];\nld.param.u64 %rd4, [flag];\nmov.u32 %r9, 0;\n"
        "setp.ne.u32 %p1, %r1, 0;\n@%p1 bra READER;\nst.shared.v4.b32 [from], {1, 2, 3, 4};\n"
        "fence.proxy.async;\ncp.async.bulk.global.shared::cta.bulk_group [%rd3], [from], 16;\n"
        "cp.async.bulk.commit_group;\ncp.async.bulk.wait_group" +
            std::string(wait) +
            " 0;\nfence.proxy.async;\nst.release.gpu.global.b32 [%rd4], 1;\nbra END;\nREADER:\n"
            "SPIN: ld.acquire.gpu.global.b32 %r5, [%rd4];\nsetp.eq.u32 %p2, %r5, 0;\n"
            "@%p2 bra SPIN;\nld.global.b32 %r9, [%rd3+8];\nEND:\n" +
            storeOut(2),
        "sm_90", "8.0");
  };
  auto outcome = [&](const char *wait) {
    Sim sim("sm=90,checks=mem+sync+race");
    EXPECT_EQ(sim.load(kernel(wait)), "");
    azj_device_ptr target = sim.upload(std::vector<uint32_t>(4, 9), "target");
    azj_device_ptr flag = sim.upload(std::vector<uint32_t>(1, 0), "flag");
    azj_device_ptr out = sim.upload(std::vector<uint32_t>(2, 0), "out");
    std::string error =
        sim.launch("k", {2, 1, 1}, {1, 1, 1}, {Arg::of(out), Arg::of(target), Arg::of(flag)});
    EXPECT_EQ(sim.download<uint32_t>(target, 4), (std::vector<uint32_t>{1, 2, 3, 4}));
    return std::make_pair(error, sim.download<uint32_t>(out, 2)[1]);
  };
  EXPECT_EQ(outcome("").second, 3u);
  EXPECT_EQ(outcome(".read").second, 9u);
}

TEST(BulkStore, PrefetchesCheckTheirOperands) {
  std::string good =
      store(byFirst("cp.async.bulk.prefetch.L2.global [%rd3], 128;\n"
                    "cp.async.bulk.prefetch.tensor.1d.L2.global.tile [%rd6, {%r20}];\n"))
          .error;
  EXPECT_EQ(good, "");
  std::string odd = store(byFirst("cp.async.bulk.prefetch.L2.global [%rd3], 100;\n")).error;
  EXPECT_NE(odd.find("multiples of 16, got 100 bytes"), std::string::npos) << odd;
  std::string map =
      store(byFirst("cp.async.bulk.prefetch.tensor.2d.L2.global.tile [%rd6, {%r20, %r20}];\n"))
          .error;
  EXPECT_NE(map.find("copies 2 dimensions, the tensor map has 1"), std::string::npos) << map;
}

} // namespace
} // namespace azulejo::sim::test
