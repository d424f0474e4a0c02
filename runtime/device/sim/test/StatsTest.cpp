// This file tests the simulator's counters: against plain counting of the addresses that a kernel
// gives, and for equality whatever the number of host threads.
#include "test/SimHarness.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <set>
#include <sstream>

namespace azulejo::sim::test {

namespace {
using Json = nlohmann::json;

std::string benchKernel(const std::string &name) {
  std::ifstream file(std::string(AZULEJO_SIM_BENCH_KERNELS) + "/" + name);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(bool(file)) << name;
  return text.str();
}

// Each thread adds up x[(tid * stride + first + i) % 4096] for i < count, through a loop, so that
// one instruction meets its pattern again at other addresses.
const char *const kLoopParams =
    ".param .u64 x, .param .u64 y, .param .u32 stride, .param .u32 first, .param .u32 count";
const char *const kLoopBody = R"(
  ld.param.u64 %rd1, [x];
  ld.param.u64 %rd2, [y];
  ld.param.u32 %r1, [stride];
  ld.param.u32 %r2, [first];
  ld.param.u32 %r3, [count];
  mov.u32 %r4, %tid.x;
  mad.lo.s32 %r5, %r4, %r1, %r2;
  mov.u32 %r6, 0;
  mov.u32 %r7, 0;
LOOP:
  and.b32 %r8, %r5, 4095;
  mul.wide.u32 %rd3, %r8, 4;
  add.s64 %rd4, %rd1, %rd3;
  ld.global.u32 %r9, [%rd4];
  add.s32 %r7, %r7, %r9;
  add.s32 %r5, %r5, 1;
  add.s32 %r6, %r6, 1;
  setp.lt.u32 %p1, %r6, %r3;
  @%p1 bra LOOP;
  mul.wide.u32 %rd5, %r4, 4;
  add.s64 %rd6, %rd2, %rd5;
  st.global.u32 [%rd6], %r7;
)";

struct Traffic {
  uint64_t requests = 0, sectors = 0, bytes = 0;
  std::set<uint64_t> touched;
};

// The loads of the loop above, one warp after another.
Traffic countLoop(unsigned threads, unsigned stride, unsigned first, unsigned count) {
  Traffic traffic;
  for (unsigned warp = 0; warp * 32 < threads; ++warp)
    for (unsigned i = 0; i < count; ++i) {
      std::set<uint64_t> sectors;
      for (unsigned t = warp * 32; t < std::min(threads, warp * 32 + 32); ++t) {
        sectors.insert((t * stride + first + i) % 4096 * 4 / 32);
        traffic.bytes += 4;
      }
      traffic.requests += 1;
      traffic.sectors += sectors.size();
      traffic.touched.insert(sectors.begin(), sectors.end());
    }
  return traffic;
}
} // namespace

TEST(Stats, GlobalTrafficByBuffer) {
  for (unsigned threads : {32u, 100u, 256u})
    for (unsigned stride : {0u, 1u, 3u, 8u, 33u, 1000u})
      for (unsigned first : {0u, 5u, 4090u}) {
        Sim sim("sm=80,checks=all");
        ASSERT_EQ(sim.load(wrapKernel(kLoopParams, kLoopBody)), "");
        std::vector<uint32_t> x(4096);
        for (unsigned i = 0; i < 4096; ++i)
          x[i] = i * i;
        azj_device_ptr from = sim.upload(x, "x"), to = sim.allocate(threads * 4, "y");
        ASSERT_EQ(
            sim.launch("k", {1, 1, 1}, {threads, 1, 1},
                       {Arg::of(from), Arg::of(to), Arg::of(stride), Arg::of(first), Arg::of(20u)}),
            "");
        std::vector<uint32_t> y = sim.download<uint32_t>(to, threads);
        for (unsigned t = 0; t < threads; ++t) {
          uint32_t sum = 0;
          for (unsigned i = 0; i < 20; ++i)
            sum += x[(t * stride + first + i) % 4096];
          ASSERT_EQ(y[t], sum) << threads << " " << stride << " " << first << " " << t;
        }
        Traffic expected = countLoop(threads, stride, first, 20);
        Json stats = Json::parse(sim.report())["totals"];
        EXPECT_EQ(stats["global_load"]["requests"], expected.requests);
        EXPECT_EQ(stats["global_load"]["sectors"], expected.sectors);
        EXPECT_EQ(stats["global_load"]["bytes"], expected.bytes);
        EXPECT_EQ(stats["buffers"]["x"]["load_sectors"], expected.sectors);
        EXPECT_EQ(stats["buffers"]["x"]["load_bytes"], expected.bytes);
        EXPECT_EQ(stats["buffers"]["x"]["footprint_read"], expected.touched.size() * 32);
        EXPECT_EQ(stats["buffers"]["x"]["store_bytes"], 0);
        EXPECT_EQ(stats["buffers"]["y"]["store_bytes"], threads * 4);
        EXPECT_EQ(stats["buffers"]["y"]["footprint_written"], (threads * 4 + 31) / 32 * 32);
      }
}

// One instruction whose lanes read from two buffers.
TEST(Stats, OneAccessToTwoBuffers) {
  Sim sim;
  ASSERT_EQ(sim.load(wrapKernel(".param .u64 a, .param .u64 b", R"(
    ld.param.u64 %rd1, [a];
    ld.param.u64 %rd2, [b];
    mov.u32 %r1, %tid.x;
    and.b32 %r2, %r1, 3;
    setp.eq.u32 %p1, %r2, 0;
    selp.b64 %rd3, %rd1, %rd2, %p1;
    mul.wide.u32 %rd4, %r1, 4;
    add.s64 %rd5, %rd3, %rd4;
    ld.global.u32 %r3, [%rd5];
  )")),
            "");
  std::vector<uint32_t> data(32);
  azj_device_ptr a = sim.upload(data, "a"), b = sim.upload(data, "b");
  ASSERT_EQ(sim.launch("k", {1, 1, 1}, {32, 1, 1}, {Arg::of(a), Arg::of(b)}), "");
  Json stats = Json::parse(sim.report())["totals"];
  EXPECT_EQ(stats["global_load"]["sectors"], 8);
  EXPECT_EQ(stats["buffers"]["a"]["load_sectors"], 4);
  EXPECT_EQ(stats["buffers"]["a"]["load_bytes"], 8 * 4);
  EXPECT_EQ(stats["buffers"]["b"]["load_sectors"], 4);
  EXPECT_EQ(stats["buffers"]["b"]["load_bytes"], 24 * 4);
}

// Shared memory: a stride of 2 words needs 2 wavefronts, one of 32 words 32; ldmatrix of padded
// rows has no conflict, of rows 128 bytes apart eight to a matrix.
TEST(Stats, SharedWavefronts) {
  Sim sim("sm=80,checks=mem+sync");
  ASSERT_EQ(sim.load(wrapKernel("", R"(
    .shared .align 16 .b8 s[8192];
    mov.u32 %r1, %tid.x;
    mov.u32 %r2, s;
    shl.b32 %r3, %r1, 3;
    add.u32 %r4, %r2, %r3;
    st.shared.u32 [%r4], %r1;
    shl.b32 %r5, %r1, 7;
    add.u32 %r6, %r2, %r5;
    st.shared.v4.u32 [%r6], {%r1, %r1, %r1, %r1};
    ld.shared.u32 %r7, [%r6];
    ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r8, %r9, %r10, %r11}, [%r6];
    mad.lo.u32 %r12, %r1, 144, %r2;
    st.shared.v4.u32 [%r12], {%r1, %r1, %r1, %r1};
    ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%r8, %r9}, [%r12];
    ld.shared.u32 %r7, [s];
  )")),
            "");
  ASSERT_EQ(sim.launch("k", {1, 1, 1}, {32, 1, 1}, {}), "");
  Json stats = Json::parse(sim.report())["totals"];
  EXPECT_EQ(stats["shared_store"]["wavefronts"], 2 + 4 * 8 + 4);
  EXPECT_EQ(stats["shared_store"]["conflicts"], 1 + 4 * 7 + 0);
  EXPECT_EQ(stats["shared_load"]["wavefronts"], 32 + 1);
  EXPECT_EQ(stats["shared_load"]["requests"], 2);
  EXPECT_EQ(stats["ldmatrix"]["wavefronts"], 4 * 8 + 2);
  EXPECT_EQ(stats["ldmatrix"]["conflicts"], 4 * 7);
  EXPECT_EQ(stats["ldmatrix"]["requests"], 2);
}

namespace {
// What a run gives: its buffers and its report.
struct Outcome {
  std::vector<std::vector<uint32_t>> buffers;
  std::string report;
};

struct Program {
  std::string ptx, entry;
  azj_dim3 grid, block;
  std::vector<size_t> words; // of the buffers, which are the first arguments
  std::vector<int32_t> ints;
  const char *options = "";
};

Outcome runProgram(const Program &program, unsigned threads) {
  Sim sim("sm=80,checks=mem+sync+init,roofline=a100,threads=" + std::to_string(threads) +
          program.options);
  EXPECT_EQ(sim.load(program.ptx), "");
  std::vector<azj_device_ptr> buffers;
  std::vector<Arg> args;
  for (size_t b = 0; b < program.words.size(); ++b) {
    // Floats between 1 and 2, and pairs of small f16.
    std::vector<uint32_t> data(program.words[b]);
    for (size_t i = 0; i < data.size(); ++i)
      data[i] = 0x3f803c00u + uint32_t(i * 2654435761u >> 12 & 0x3ff03ffu);
    buffers.push_back(sim.upload(data, ("buffer " + std::to_string(b)).c_str()));
    args.push_back(Arg::of(buffers.back()));
  }
  for (int32_t value : program.ints)
    args.push_back(Arg::of(value));
  EXPECT_EQ(sim.launch(program.entry, program.grid, program.block, args), "");
  EXPECT_EQ(sim.launch(program.entry, program.grid, program.block, args), "");
  Outcome outcome;
  for (size_t b = 0; b < buffers.size(); ++b)
    outcome.buffers.push_back(sim.download<uint32_t>(buffers[b], program.words[b]));
  outcome.report = sim.report();
  return outcome;
}

void expectSame(const Program &program) {
  Outcome one = runProgram(program, 1);
  EXPECT_NE(one.report.find("\"lower_bound_us\""), std::string::npos);
  for (unsigned threads : {2u, 5u}) {
    Outcome other = runProgram(program, threads);
    EXPECT_EQ(other.buffers, one.buffers) << program.entry << " on " << threads;
    EXPECT_EQ(other.report, one.report) << program.entry << " on " << threads;
  }
}
} // namespace

TEST(Stats, EqualForAnyNumberOfThreads) {
  for (const char *compiler : {".nvcc.ptx", ".clang.ptx"}) {
    expectSame({benchKernel(std::string("sgemm") + compiler),
                "sgemm",
                {2, 3, 1},
                {256, 1, 1},
                {384 * 64, 64 * 256, 384 * 256},
                {256, 64}});
    expectSame({benchKernel(std::string("hgemm") + compiler),
                "hgemm",
                {3, 2, 1},
                {256, 1, 1},
                {256 * 64 / 2, 64 * 384 / 2, 256 * 384},
                {384, 64},
                ",tc=exact"});
    expectSame({benchKernel(std::string("softmax") + compiler),
                "softmax",
                {37, 1, 1},
                {256, 1, 1},
                {37 * 1000, 37 * 1000},
                {1000}});
    expectSame({benchKernel(std::string("elementwise") + compiler),
                "addRelu",
                {40, 1, 1},
                {256, 1, 1},
                {10000, 10000, 10000},
                {10000}});
  }
}

// Lanes 2 k - 1 and 2 k store to one address, over and over: the higher one's value stays, whether
// the pattern of the store is known or not.
TEST(Stats, LastLaneWinsOnAnyNumberOfThreads) {
  std::string ptx = wrapKernel(".param .u64 y", R"(
    ld.param.u64 %rd1, [y];
    mov.u32 %r1, %tid.x;
    mov.u32 %r2, %ctaid.x;
    add.u32 %r3, %r1, 1;
    shr.u32 %r4, %r3, 1;
    mad.lo.u32 %r5, %r2, 32, %r4;
    mul.wide.u32 %rd2, %r5, 16;
    add.s64 %rd3, %rd1, %rd2;
    mov.u32 %r6, 0;
  LOOP:
    st.global.v4.u32 [%rd3], {%r1, %r1, %r6, %r2};
    add.u32 %r6, %r6, 1;
    setp.lt.u32 %p1, %r6, 3;
    @%p1 bra LOOP;
  )");
  for (unsigned threads : {1u, 2u, 5u}) {
    Sim sim("sm=80,checks=mem,threads=" + std::to_string(threads));
    ASSERT_EQ(sim.load(ptx), "");
    azj_device_ptr y = sim.allocate(8 * 32 * 16, "y");
    ASSERT_EQ(sim.launch("k", {8, 1, 1}, {32, 1, 1}, {Arg::of(y)}), "");
    std::vector<uint32_t> got = sim.download<uint32_t>(y, 8 * 32 * 4);
    for (unsigned cta = 0; cta < 8; ++cta)
      for (unsigned pair = 0; pair <= 16; ++pair) {
        EXPECT_EQ(got[(cta * 32 + pair) * 4], std::min(2 * pair, 31u)) << threads << " " << cta;
        EXPECT_EQ(got[(cta * 32 + pair) * 4 + 3], cta);
      }
  }
}

// Sums of floats by atomics depend on their order: that of one thread, whatever is asked for. The
// last CTA to arrive, by a counter, writes.
TEST(Stats, OrderedKernelsAreEqualForAnyNumberOfThreads) {
  std::string ptx = wrapKernel(".param .u64 x, .param .u64 sum", R"(
    ld.param.u64 %rd1, [x];
    ld.param.u64 %rd2, [sum];
    mov.u32 %r1, %ctaid.x;
    mov.u32 %r2, %tid.x;
    mad.lo.u32 %r3, %r1, 64, %r2;
    mul.wide.u32 %rd3, %r3, 4;
    add.s64 %rd4, %rd1, %rd3;
    ld.global.f32 %r4, [%rd4];
    atom.global.add.f32 %r5, [%rd2], %r4;
    st.global.b32 [%rd4], %r5;
    bar.sync 0;
    setp.ne.u32 %p1, %r2, 0;
    @%p1 bra DONE;
    atom.global.add.u32 %r6, [%rd2+4], 1;
    mul.wide.u32 %rd5, %r1, 4;
    add.s64 %rd6, %rd2, %rd5;
    st.global.u32 [%rd6+8], %r6;
  DONE:
  )");
  expectSame({ptx, "k", {50, 1, 1}, {64, 1, 1}, {50 * 64, 64}, {}});
}

} // namespace azulejo::sim::test
