// This file tests kernels that make and change tensor maps: each field, the copy from shared to
// global memory, the fences of their proxy, and maps that come out inconsistent.
#include "test/AsyncKernels.h"

#include <algorithm>

namespace azulejo::sim::test {
namespace {

const char *const kOrders[] = {"sm=100,checks=all,async=lazy", "sm=100,checks=all,async=eager",
                               "sm=100,checks=all,async=random,seed=3"};
constexpr int kColumns = 32, kRows = 20;

std::vector<uint32_t> matrix(uint32_t seed) {
  std::vector<uint32_t> data(kColumns * kRows);
  for (size_t k = 0; k < data.size(); ++k)
    data[k] = uint32_t(k * 13 + seed);
  return data;
}

std::string replace(const std::string &field, const std::string &operands,
                    const std::string &space = ".shared::cta", const std::string &at = "[%r10]") {
  bool isWide = field == "global_address" || field == "global_stride";
  return "tensormap.replace.tile." + field + space + ".b1024.b" + (isWide ? "64 " : "32 ") + at +
         ", " + operands + ";\n";
}

// Every field of a map of a matrix of words; `%rd3` holds its address.
std::string wholeMap(int swizzle, int columns, int rows) {
  return replace("global_address", "%rd3") + replace("rank", "1") +
         replace("box_dim", "0, " + std::to_string(columns)) +
         replace("box_dim", "1, " + std::to_string(rows)) +
         replace("global_dim", "0, " + std::to_string(kColumns)) +
         replace("global_dim", "1, " + std::to_string(kRows)) +
         replace("global_stride", "0, " + std::to_string(kColumns * 4)) +
         replace("element_stride", "0, 1") + replace("element_stride", "1, 1") +
         replace("elemtype", "2") + replace("interleave_layout", "0") +
         replace("swizzle_mode", std::to_string(swizzle)) + replace("fill_mode", "0");
}

const std::string kAcquire = "fence.proxy.tensormap::generic.acquire.gpu [%rd4], 128;\n";
const std::string kCopy =
    "tensormap.cp_fenceproxy.global.shared::cta.tensormap::generic.release.gpu.sync.aligned "
    "[%rd4], [%r10], 128;\n";

// Warp 0 clears 128 bytes of shared memory, or takes them from parameter `map`, its first thread
// runs `change`, then the warp runs `publish`; all wait; thread 0 loads the box at (2, 5) through
// the map in global memory, and all store it.
std::string changeKernel(const std::string &change, const std::string &publish,
                         const std::string &acquire, bool fromParameter = false,
                         const std::string &between = "bar.sync 0;\n") {
  std::string fill = fromParameter ? "mov.b64 %rd5, map;\ncvta.param.u64 %rd5, %rd5;\n"
                                     "cvt.u64.u32 %rd6, %r6;\nadd.s64 %rd5, %rd5, %rd6;\n"
                                     "ld.b32 %r12, [%rd5];\n"
                                   : "mov.b32 %r12, 0;\n";
  return wrapKernel(
      ".param .u64 out, .param .u64 matrix, .param .u64 global, .param .align 64 .b8 map[128]",
      ".shared .align 128 .b8 work[128];\n.shared .align 1024 .b8 data[2048];\n"
      ".shared .align 8 .b8 bar[8];\n" +
          startKernel(1) +
          "mov.b32 %r10, work;\nld.param.u64 %rd3, [matrix];\nld.param.u64 %rd4, [global];\n"
          "mul.wide.u32 %rd7, %r2, 128;\nadd.s64 %rd4, %rd4, %rd7;\nshl.b32 %r6, %r1, 2;\n"
          "setp.ge.u32 %p2, %r1, 32;\n@%p2 bra MADE;\nadd.u32 %r11, %r10, %r6;\n" +
          fill + "st.shared.b32 [%r11], %r12;\nbar.warp.sync 0xffffffff;\n@%p1 bra CHANGED;\n" +
          change + "CHANGED:\nbar.warp.sync 0xffffffff;\n" + publish + "MADE:\n" + between +
          "@%p1 bra ISSUED;\n" + acquire +
          "mov.b32 %r20, 2;\nmov.b32 %r21, 5;\n"
          "mbarrier.arrive.expect_tx.shared::cta.b64 _, [bar], 512;\n"
          "cp.async.bulk.tensor.2d.shared::cta.global.tile.mbarrier::complete_tx::bytes [data], "
          "[%rd4, {%r20, %r21}], [bar];\nISSUED:\n" +
          waitFor("bar", "0") +
          "mov.u32 %r5, data;\nadd.u32 %r5, %r5, %r6;\nld.shared.b32 %r9, [%r5];\n" + storeOut(128),
      "sm_100a", "8.6");
}

AsyncRun runChange(const std::string &ptx, const std::string &options, unsigned blocks = 1,
                   const azj_tensor_map &map = {}) {
  return runCluster(ptx, blocks, 128, options, [&](Sim &sim) {
    return std::vector<Arg>{Arg::of(sim.upload(matrix(1), "matrix")),
                            Arg::of(sim.allocate(blocks * 128, "maps")), Arg::of(map)};
  });
}

// The box of 32 x 4 words at (2, 5), the last two columns outside.
std::vector<uint32_t> box(int columns, int rows) {
  std::vector<uint32_t> in = matrix(1), words;
  for (int row = 5; row < 5 + rows; ++row)
    for (int column = 2; column < 2 + columns; ++column)
      words.push_back(column < kColumns ? in[size_t(row * kColumns + column)] : 0);
  return words;
}

TEST(TensorMapChange, AMapIsMadeFieldByField) {
  for (const char *options : kOrders) {
    AsyncRun run = runChange(changeKernel(wholeMap(0, 32, 4), kCopy, kAcquire), options);
    ASSERT_EQ(run.error, "") << options;
    EXPECT_EQ(run.out, box(32, 4)) << options;
  }
}

// 128-byte swizzles: the rows of 32 words of the ISA's tables. Chunks of 16 bytes are exchanged by
// the row modulo 8, of 32 bytes by the row modulo 4, of 64 bytes by the row modulo 2.
TEST(TensorMapChange, AtomsOfTheSwizzleMayBeWide) {
  const unsigned kWords[] = {4, 8, 0, 16}; // of a chunk, by swizzle_atomicity
  for (unsigned atomicity : {0u, 1u, 3u})
    for (const char *options : kOrders) {
      std::string change =
          wholeMap(3, 32, 4) + replace("swizzle_atomicity", std::to_string(atomicity));
      AsyncRun run = runChange(changeKernel(change, kCopy, kAcquire), options);
      ASSERT_EQ(run.error, "") << options;
      std::vector<uint32_t> plain = box(32, 4);
      unsigned chunk = kWords[atomicity], chunks = 32 / chunk;
      for (unsigned row = 0; row < 4; ++row)
        for (unsigned word = 0; word < 32; ++word) {
          unsigned place = ((word / chunk) ^ (row % chunks)) * chunk + word % chunk;
          EXPECT_EQ(run.out[row * 32 + place], plain[row * 32 + word])
              << atomicity << " row " << row << " word " << word;
        }
    }
}

// A map that the host has encoded gets another address and another size, in global memory itself.
TEST(TensorMapChange, MapsInGlobalMemoryAreChangedInPlace) {
  for (const char *space : {".global", ""})
    for (const char *options : kOrders) {
      Sim sim(options);
      std::string change = replace("global_address", "%rd3", space, "[%rd4]") +
                           replace("global_dim", "1, 6", space, "[%rd4]") +
                           "fence.proxy.tensormap::generic.release.cta;\n";
      ASSERT_EQ(sim.load(changeKernel(change, "",
                                      "fence.proxy.tensormap::generic.acquire.cta [%rd4], 128;\n")),
                "");
      azj_tensor_map_desc desc = {};
      desc.type = AZJ_TENSOR_MAP_U32;
      desc.rank = 2;
      desc.base = sim.upload(matrix(77), "other");
      desc.dims[0] = kColumns, desc.dims[1] = kRows;
      desc.strides[1] = kColumns * 4;
      desc.box[0] = 32, desc.box[1] = 4;
      desc.element_strides[0] = desc.element_strides[1] = 1;
      azj_tensor_map map;
      ASSERT_EQ(sim.device->vtable->encode_tensor_map(sim.device, &desc, &map), nullptr);
      azj_device_ptr out = sim.allocate(512, "out");
      ASSERT_EQ(
          sim.launch("k", {1, 1, 1}, {128, 1, 1},
                     {Arg::of(out), Arg::of(sim.upload(matrix(1), "matrix")),
                      Arg::of(sim.upload(std::vector<azj_tensor_map>{map}, "maps")), Arg::of(map)}),
          "")
          << options;
      std::vector<uint32_t> expected = box(32, 4);
      std::fill(expected.begin() + 32, expected.end(), 0u); // rows from 6 on are outside now
      EXPECT_EQ(sim.download<uint32_t>(out, 128), expected) << options;
    }
}

// The values of a result that no driver would encode are named when the map is used.
TEST(TensorMapChange, InconsistentMapsAreRefusedAtTheirUse) {
  struct Case {
    std::string change, error;
  };
  const Case kCases[] = {
      {replace("global_address", "%rd7") + replace("box_dim", "1, 257"),
       "base must be non-null and 16-byte aligned, got 0"},
      {replace("box_dim", "1, 257"), "box[1] must be 1 to 256, got 257"},
      {replace("box_dim", "0, 0"), "box[0] must be 1 to 256, got 0"},
      {replace("box_dim", "0, 3"), "box[0] must span a multiple of 16 bytes, got 12"},
      {replace("swizzle_mode", "2"), "box[0] must span at most the swizzle's 64 bytes, got 128"},
      {replace("global_dim", "0, 0"), "dims[0] must be 1 to 2^32, got 0"},
      {replace("global_stride", "0, 24"),
       "strides[1] must be a multiple of 16 below 2^40 bytes, got 24"},
      {replace("element_stride", "1, 9"), "element_strides[1] must be 1 to 8, got 9"},
      {replace("rank", "5"), "rank must be 1 to 5, got 6"},
      {replace("rank", "2"), "dims[2] must be 1 to 2^32, got 0"},
      {replace("rank", "0"), "the instruction copies 2 dimensions, the tensor map has 1"},
      {replace("fill_mode", "1"), "nan_fill must be 0, or 1 for a floating-point type"},
      {replace("swizzle_atomicity", "1"), "swizzle atomicity 1 needs swizzle 3 (128 bytes), got 0"},
  };
  for (const Case &test : kCases) {
    std::string error =
        runChange(changeKernel(wholeMap(0, 32, 4) + test.change, kCopy, kAcquire), kOrders[0])
            .error;
    EXPECT_NE(error.find(test.error), std::string::npos) << error;
  }
}

TEST(TensorMapChange, ConstantsAreCheckedWhenTheModuleIsLoaded) {
  struct Case {
    std::string text, error;
  };
  const Case kCases[] = {
      {replace("elemtype", "8"), "elemtype must be 0 to 7, 9 or 10"},
      {replace("elemtype", "11"), "elemtype must be 0 to 7, 9 or 10"},
      {replace("elemtype", "%r10"), "expected an integer constant"},
      {replace("interleave_layout", "1"), "interleave_layout must be 0 to 0"},
      {replace("swizzle_mode", "4"), "swizzle_mode must be 0 to 3, got 4"},
      {replace("swizzle_atomicity", "2"), "the 8-byte flip is not simulated"},
      {replace("swizzle_atomicity", "4"), "swizzle_atomicity must be 0 to 3, got 4"},
      {replace("fill_mode", "2"), "fill_mode must be 0 to 1, got 2"},
      {replace("box_dim", "5, 1"), "the ordinal of box_dim must be 0 to 4, got 5"},
      {replace("global_stride", "4, 16"), "the ordinal of global_stride must be 0 to 3, got 4"},
      {"fence.proxy.tensormap::generic.acquire.gpu [%rd4], 64;\n", "is 128, got 64"},
  };
  for (const Case &test : kCases) {
    Sim sim(kOrders[0]);
    std::string error = sim.load(wrapKernel("", test.text, "sm_100a", "8.6"));
    EXPECT_NE(error.find(test.error), std::string::npos) << test.text << error;
  }
}

// Without a fence the tensor-map proxy may see the old map, or none.
TEST(TensorMapChange, MissingFencesAreFound) {
  const std::string kMake = wholeMap(0, 32, 4);
  const std::string kNoAcquire = "no fence.proxy.tensormap::generic.acquire",
                    kNoRelease = "no fence.proxy.tensormap::generic.release";
  for (const char *options : kOrders) {
    std::string error = runChange(changeKernel(kMake, kCopy, ""), options).error;
    EXPECT_NE(error.find(kNoAcquire), std::string::npos) << error;
    // An acquire before the change is none, nor is one of another map.
    error = runChange(changeKernel(kAcquire + kMake, kCopy, ""), options).error;
    EXPECT_NE(error.find(kNoAcquire), std::string::npos) << error;
    std::string inPlace = kMake;
    for (size_t at = 0; (at = inPlace.find(".shared::cta", at)) != std::string::npos;)
      inPlace.replace(at, 12, ".global");
    for (size_t at = 0; (at = inPlace.find("[%r10]", at)) != std::string::npos;)
      inPlace.replace(at, 6, "[%rd4]");
    std::string clear = "mov.b64 %rd8, 0;\n";
    for (int word = 0; word < 16; ++word)
      clear += "st.global.b64 [%rd4+" + std::to_string(8 * word) + "], %rd8;\n";
    error = runChange(changeKernel(clear + inPlace, "", kAcquire), options).error;
    EXPECT_NE(error.find(kNoRelease), std::string::npos) << error;
    error = runChange(changeKernel(clear + inPlace, "fence.proxy.tensormap::generic.release.gpu;\n",
                                   kAcquire),
                      options)
                .error;
    EXPECT_EQ(error, "") << options;
    // Warps that nothing orders.
    std::string other = changeKernel(kMake, kCopy, kAcquire, false, "");
    other.replace(other.find("@%p1 bra ISSUED;"), 16,
                  "setp.ne.u32 %p1, %r1, 64;\n@%p1 bra ISSUED;");
    error = runChange(other, options).error;
    EXPECT_NE(error.find("race"), std::string::npos) << error;
  }
}

// Block 1 uses the map that block 0 has made.
TEST(TensorMapChange, ScopesReachTheBlockThatUsesTheMap) {
  struct Case {
    const char *release, *acquire, *error;
  };
  const Case kCases[] = {{"gpu", "gpu", ""},
                         {"cluster", "cluster", ""},
                         {"cta", "gpu", "release whose scope reaches"},
                         {"gpu", "cta", "acquire of this block, whose scope reaches"}};
  for (const Case &test : kCases)
    for (const char *options : kOrders) {
      std::string copy = kCopy, acquire = kAcquire;
      copy.replace(copy.find(".gpu"), 4, std::string(".") + test.release);
      acquire.replace(acquire.find(".gpu"), 4, std::string(".") + test.acquire);
      // Both blocks make a map; after the cluster has met, each uses that of the other.
      AsyncRun run =
          runChange(changeKernel(wholeMap(0, 32, 4), copy,
                                 "xor.b32 %r13, %r2, 1;\nld.param.u64 %rd4, [global];\n"
                                 "mul.wide.u32 %rd7, %r13, 128;\nadd.s64 %rd4, %rd4, %rd7;\n" +
                                     acquire,
                                 false, kClusterSync),
                    options, 2);
      EXPECT_EQ(run.error.empty(), std::string(test.error).empty()) << run.error;
      EXPECT_NE(run.error.find(test.error), std::string::npos) << test.error << run.error;
      std::vector<uint32_t> expected = box(32, 4);
      if (run.error.empty())
        EXPECT_EQ(std::vector<uint32_t>(run.out.begin() + 128, run.out.end()), expected);
    }
}

// A later launch acquires too; what the host writes needs nothing.
TEST(TensorMapChange, LaterLaunchesAcquire) {
  for (bool acquires : {true, false})
    for (bool isRewritten : {true, false}) {
      Sim sim(kOrders[0]);
      std::string use = changeKernel("", "", acquires ? kAcquire : "");
      std::string make = changeKernel(wholeMap(0, 32, 4), kCopy, kAcquire);
      use = use.substr(use.find(".visible"));
      use.replace(use.find("entry k"), 7, "entry u");
      ASSERT_EQ(sim.load(make + use), "");
      azj_device_ptr out = sim.allocate(512, "out"), in = sim.upload(matrix(1), "matrix"),
                     maps = sim.allocate(128, "maps");
      std::vector<Arg> args = {Arg::of(out), Arg::of(in), Arg::of(maps), Arg::of(azj_tensor_map{})};
      ASSERT_EQ(sim.launch("k", {1, 1, 1}, {128, 1, 1}, args), "");
      if (isRewritten) {
        std::vector<uint8_t> same = sim.download<uint8_t>(maps, 128);
        ASSERT_EQ(sim.device->vtable->copy_in(sim.device, nullptr, maps, same.data(), 128),
                  nullptr);
      }
      std::string error = sim.launch("u", {1, 1, 1}, {128, 1, 1}, args);
      EXPECT_EQ(error.empty(), acquires || isRewritten) << error;
    }
}

TEST(TensorMapChange, PlacesAreChecked) {
  auto errorOf = [](const std::string &change, const std::string &copy = kCopy) {
    return runChange(changeKernel(change, copy, kAcquire), kOrders[0]).error;
  };
  EXPECT_NE(errorOf(replace("rank", "1", ".shared::cta", "[%r10+32]")).find("multiple of 64"),
            std::string::npos);
  EXPECT_NE(errorOf(replace("rank", "1", ".shared::cta", "[%r10+64]"))
                .find("not inside a shared variable"),
            std::string::npos);
  EXPECT_NE(errorOf(replace("rank", "1", ".global", "[%rd4+64]")).find("not inside an allocation"),
            std::string::npos);
  EXPECT_NE(errorOf(replace("rank", "1", "", "[%rd4]")).find("nothing has written"),
            std::string::npos);
  EXPECT_NE(errorOf("mov.b32 %r14, 5;\nst.shared.b32 [%r10+20], %r14;\n" + replace("rank", "1"))
                .find("not a tensor map of the simulator"),
            std::string::npos);
  std::string parted = errorOf(wholeMap(0, 32, 4), "@%p1 bra MADE;\n" + kCopy);
  EXPECT_NE(parted.find("the warp"), std::string::npos) << parted;
}

// A map of images is of no mode tile.
TEST(TensorMapChange, OnlyTiledMapsAreChanged) {
  AsyncRun run = runCluster(
      changeKernel(replace("rank", "1"), kCopy, kAcquire, true), 1, 128, kOrders[0], [&](Sim &sim) {
        azj_tensor_map_desc desc = {};
        desc.type = AZJ_TENSOR_MAP_U32;
        desc.rank = 3;
        desc.base = sim.upload(matrix(1), "matrix");
        for (int d = 0; d < 3; ++d) {
          desc.dims[d] = 4;
          desc.strides[d] = 16 << d;
          desc.element_strides[d] = 1;
        }
        azj_im2col_desc im2col = {sizeof(azj_im2col_desc), {0}, {0}, 4, 8, AZJ_IM2COL};
        azj_tensor_map map;
        EXPECT_EQ(sim.device->vtable->encode_im2col_map(sim.device, &desc, &im2col, &map), nullptr);
        return std::vector<Arg>{Arg::of(desc.base), Arg::of(sim.allocate(128, "maps")),
                                Arg::of(map)};
      });
  EXPECT_NE(run.error.find("a map that is not of mode tile"), std::string::npos) << run.error;
}

} // namespace
} // namespace azulejo::sim::test
