// This file tests tcgen05 on the simulator: values in every asynchronous order, and the findings
// that wrong uses give.
#include "test/SimHarness.h"
#include "test/TestData.h"

#include <cmath>
#include <cstring>

namespace azulejo::sim::test {
namespace {

constexpr uint32_t kRows = 128, kColumns = 32, kDepth = 16;
const char *const kOrders[] = {"lazy", "eager", "random"};

// The parts of a kernel that multiplies A (128 x 16) by B (32 x 16) and stores D as words. Each
// can be replaced, so that a test can leave one out.
struct Program {
  std::string target = "sm_100a", version = "8.6";
  std::string alloc = "mov.b32 %r2, 64;\n"
                      "tcgen05.alloc.cta_group::1.sync.aligned.shared::cta.b32 [slot], %r2;\n"
                      "tcgen05.relinquish_alloc_permit.cta_group::1.sync.aligned;\n";
  std::string start = "tcgen05.fence::before_thread_sync;\nbar.sync 0;\n"
                      "tcgen05.fence::after_thread_sync;\nld.shared.b32 %r3, [slot];\n";
  std::string prepare; // by all threads, before the multiplication
  std::string multiply = "tcgen05.mma.cta_group::1.kind::f16 [%r3], %rd10, %rd11, %r4, %p2;\n";
  std::string commit = "tcgen05.commit.cta_group::1.mbarrier::arrive::one.b64 [%rd12];\n";
  std::string wait = "WAIT: mbarrier.try_wait.parity.shared.b64 %p3, [bar], 0;\n@!%p3 bra WAIT;\n";
  std::string after = "tcgen05.fence::after_thread_sync;\n";
  std::string waitLoad = "tcgen05.wait::ld.sync.aligned;\n";
  std::string beforeEnd = "tcgen05.fence::before_thread_sync;\nbar.sync 0;\n";
  std::string dealloc = "tcgen05.dealloc.cta_group::1.sync.aligned.b32 %r3, 64;\n";

  std::string text() const;
};

std::string registers(unsigned first, unsigned count) {
  std::string list = "{";
  for (unsigned r = 0; r < count; ++r)
    list += (r ? ", %q" : "%q") + std::to_string(first + r);
  return list + "}";
}

// Core matrices of 8 rows of 16 bytes: the two of a row's 32 bytes lie 128 bytes apart, eight rows
// further on 256 bytes apart.
std::string copyRow(const char *from, const char *to) {
  return std::string("mad.wide.u32 %rd5, %r1, 32, ") + from +
         ";\nld.global.v4.b32 {%q0, %q1, %q2, %q3}, [%rd5];\n"
         "ld.global.v4.b32 {%q4, %q5, %q6, %q7}, [%rd5+16];\n"
         "shr.u32 %r10, %r1, 3;\nshl.b32 %r10, %r10, 8;\nand.b32 %r11, %r1, 7;\n"
         "shl.b32 %r11, %r11, 4;\nadd.u32 %r10, %r10, %r11;\nmov.b32 %r11, " +
         to +
         ";\nadd.u32 %r10, %r10, %r11;\nst.shared.v4.b32 [%r10], {%q0, %q1, %q2, %q3};\n"
         "st.shared.v4.b32 [%r10+128], {%q4, %q5, %q6, %q7};\n";
}

// The descriptor of a matrix laid out so, in `to`.
std::string describeMatrix(const char *matrix, const char *to) {
  uint64_t fields = uint64_t(1) << 46 | uint64_t(256 >> 4) << 32 | uint64_t(128 >> 4) << 16;
  return std::string("mov.b32 %r10, ") + matrix +
         ";\nshr.u32 %r10, %r10, 4;\ncvt.u64.u32 %rd5, %r10;\nor.b64 " + to + ", %rd5, " +
         std::to_string(fields) + ";\n";
}

constexpr uint32_t instructionOf(uint32_t d, uint32_t a, uint32_t m, uint32_t n) {
  return d << 4 | a << 7 | a << 10 | (n >> 3) << 17 | (m >> 4) << 24;
}

std::string Program::text() const {
  std::string store;
  for (unsigned c = 0; c < kColumns; ++c)
    store += "st.global.b32 [%rd6+" + std::to_string(4 * c) + "], %q" + std::to_string(c) + ";\n";
  return wrapKernel(
      ".param .u64 a, .param .u64 b, .param .u64 out",
      ".reg .b32 %q<256>;\n.shared .align 1024 .b8 sa[4096];\n.shared .align 1024 .b8 sb[4096];\n"
      ".shared .align 8 .b8 bar[8];\n.shared .align 4 .b8 slot[4];\n"
      "ld.param.u64 %rd1, [a];\nld.param.u64 %rd2, [b];\nld.param.u64 %rd3, [out];\n"
      "mov.u32 %r1, %tid.x;\nshr.u32 %r9, %r1, 5;\nsetp.ne.u32 %p1, %r1, 0;\n" +
          copyRow("%rd1", "sa") + "setp.ge.u32 %p4, %r1, " + std::to_string(kColumns) +
          ";\n@%p4 bra COPIED;\n" + copyRow("%rd2", "sb") +
          "COPIED: fence.proxy.async;\n@%p1 bra READY;\nmbarrier.init.shared.b64 [bar], 1;\n"
          "fence.mbarrier_init.release.cluster;\nREADY:\nsetp.ne.u32 %p5, %r9, 0;\n"
          "@%p5 bra ALLOCATED;\n" +
          alloc + "ALLOCATED:\n" + start + describeMatrix("sa", "%rd10") +
          describeMatrix("sb", "%rd11") + "mov.b64 %rd12, bar;\ncvta.shared.u64 %rd12, %rd12;\n" +
          "mov.b32 %r4, " + std::to_string(instructionOf(1, 0, kRows, kColumns)) +
          ";\nmov.pred %p2, 0;\nshl.b32 %r5, %r9, 21;\nadd.u32 %r5, %r5, %r3;\n" + prepare +
          "@%p1 bra ISSUED;\n" + multiply + commit + "ISSUED:\n" + wait + after +
          "tcgen05.ld.sync.aligned.32x32b.x32.b32 " + registers(0, kColumns) + ", [%r5];\n" +
          waitLoad + "mad.wide.u32 %rd6, %r1, 128, %rd3;\n" + store + beforeEnd +
          "@%p5 bra FREED;\n" + dealloc + "FREED:\n",
      target, version);
}

struct Outcome {
  std::string error;
  std::vector<uint16_t> a, b;
  std::vector<float> d;

  double product(uint32_t row, uint32_t column) const {
    double sum = 0;
    for (uint32_t k = 0; k < kDepth; ++k)
      sum += halfToDouble(a[row * kDepth + k]) * halfToDouble(b[column * kDepth + k]);
    return sum;
  }
};

Outcome run(const Program &program, const std::string &order, const std::string &checks = "all") {
  Outcome result;
  result.a = randomHalves(kRows * kDepth, 1);
  result.b = randomHalves(kColumns * kDepth, 2);
  Sim sim("sm=100,seed=3,async=" + order + ",checks=" + checks);
  result.error = sim.load(program.text());
  if (!result.error.empty())
    return result;
  azj_device_ptr a = sim.upload(result.a, "a"), b = sim.upload(result.b, "b"),
                 out = sim.allocate(kRows * kColumns * 4, "out");
  result.error = sim.launch("k", {1, 1, 1}, {kRows, 1, 1}, {Arg::of(a), Arg::of(b), Arg::of(out)});
  if (!result.error.empty())
    result.error = sim.report(); // all findings, not just the first
  result.d = sim.download<float>(out, kRows * kColumns);
  return result;
}

void expectFinding(const Program &program, const std::string &text,
                   std::initializer_list<const char *> orders = {"lazy", "eager", "random"}) {
  for (const char *order : orders) {
    Outcome result = run(program, order);
    EXPECT_NE(result.error.find(text), std::string::npos) << order << ": " << result.error;
  }
}

TEST(Tcgen05Exec, MultipliesFromSharedMemory) {
  for (const char *order : kOrders) {
    Outcome result = run(Program(), order);
    ASSERT_EQ(result.error, "") << order;
    for (uint32_t row = 0; row < kRows; ++row)
      for (uint32_t column = 0; column < kColumns; ++column)
        ASSERT_EQ(result.d[row * kColumns + column], float(result.product(row, column)))
            << order << " " << row << " " << column;
  }
}

// A second multiplication adds to a quarter of the first result; lanes 1 and 127 keep that.
TEST(Tcgen05Exec, ScalesTheAccumulatorAndLeavesLanesAlone) {
  Program program;
  program.multiply += "mov.pred %p2, 1;\nmov.b32 %r12, 2;\nmov.b32 %r13, 0;\n"
                      "mov.b32 %r14, 0x80000000;\n"
                      "tcgen05.mma.cta_group::1.kind::f16.collector::a::lastuse [%r3], %rd10, "
                      "%rd11, %r4, {%r12, %r13, %r13, %r14}, %p2, 2;\n";
  for (const char *order : kOrders) {
    Outcome result = run(program, order);
    ASSERT_EQ(result.error, "") << order;
    for (uint32_t row = 0; row < kRows; ++row)
      for (uint32_t column = 0; column < kColumns; ++column) {
        bool isKept = row == 1 || row == 127;
        ASSERT_EQ(result.d[row * kColumns + column],
                  float(result.product(row, column) * (isKept ? 1 : 1.25)))
            << order << " " << row << " " << column;
      }
  }
}

// A is stored into tensor memory by the threads: row r in lane r, two elements in a column.
Program withAInTensorMemory() {
  Program program;
  program.prepare = "mad.wide.u32 %rd5, %r1, 32, %rd1;\n"
                    "ld.global.v4.b32 {%q40, %q41, %q42, %q43}, [%rd5];\n"
                    "ld.global.v4.b32 {%q44, %q45, %q46, %q47}, [%rd5+16];\n"
                    "tcgen05.st.sync.aligned.32x32b.x8.b32 [%r5+32], " +
                    registers(40, 8) +
                    ";\ntcgen05.wait::st.sync.aligned;\ntcgen05.fence::before_thread_sync;\n"
                    "bar.sync 0;\ntcgen05.fence::after_thread_sync;\n";
  program.multiply = "tcgen05.mma.cta_group::1.kind::f16 [%r3], [%r3+32], %rd11, %r4, %p2;\n";
  return program;
}

TEST(Tcgen05Exec, MultipliesFromTensorMemory) {
  for (const char *order : kOrders) {
    Outcome result = run(withAInTensorMemory(), order);
    ASSERT_EQ(result.error, "") << order;
    for (uint32_t i = 0; i < kRows * kColumns; ++i)
      ASSERT_EQ(result.d[i], float(result.product(i / kColumns, i % kColumns))) << order << i;
  }
}

// With .ws and m = 32 the four quarters of 128 columns lie in the lanes of the four warps.
TEST(Tcgen05Exec, WeightStationaryLayout) {
  Program program;
  uint32_t bits = instructionOf(1, 0, 32, 128);
  // A is what is B elsewhere, of 32 rows, and the other way round.
  program.multiply = "mov.b32 %r4, " + std::to_string(bits) +
                     ";\ntcgen05.mma.ws.cta_group::1.kind::f16.collector::b1::fill [%r3], %rd11, "
                     "%rd10, %r4, %p2;\n";
  for (const char *order : kOrders) {
    Outcome result = run(program, order);
    ASSERT_EQ(result.error, "") << order;
    for (uint32_t lane = 0; lane < kRows; ++lane)
      for (uint32_t column = 0; column < 32; ++column)
        ASSERT_EQ(result.d[lane * 32 + column],
                  float(result.product(lane / 32 * 32 + column, lane % 32)))
            << order << " " << lane << " " << column;
  }
}

TEST(Tcgen05Exec, FindsResultsThatWereNotWaitedFor) {
  Program program;
  program.wait = "";
  expectFinding(program, "has not waited for the tcgen05.commit");
  program = Program();
  program.multiply = "";
  expectFinding(program, "tensor memory is read that was never written");
  program = Program();
  program.commit = "mbarrier.arrive.shared.b64 _, [bar];\n";
  expectFinding(program, "has not waited for the tcgen05.commit");
}

// The commit of another thread says nothing about the multiplication.
TEST(Tcgen05Exec, FindsTheCommitOfAnotherThread) {
  Program program;
  program.commit = "";
  program.wait = "setp.ne.u32 %p6, %r1, 1;\n@%p6 bra COMMITTED;\n" + Program().commit +
                 "COMMITTED:\n" + program.wait;
  expectFinding(program, "has not waited for the tcgen05.commit");
}

TEST(Tcgen05Exec, FindsMissingFences) {
  Program program;
  program.after = "";
  expectFinding(program, "tcgen05.fence::after_thread_sync is missing");
  program = withAInTensorMemory();
  std::string fence = "tcgen05.fence::before_thread_sync;\n";
  program.prepare.erase(program.prepare.find(fence), fence.size());
  expectFinding(program, "tcgen05.fence::before_thread_sync is missing");
}

TEST(Tcgen05Exec, FindsStoresThatWereNotWaitedFor) {
  Program program = withAInTensorMemory();
  std::string wait = "tcgen05.wait::st.sync.aligned;\n";
  program.prepare.erase(program.prepare.find(wait), wait.size());
  expectFinding(program, "the tcgen05.st has not been waited for");
  program = withAInTensorMemory();
  program.prepare.erase(program.prepare.find("bar.sync 0;\n"), 12);
  expectFinding(program, "nothing orders the two accesses");
}

TEST(Tcgen05Exec, FindsRegistersUsedBeforeTheWait) {
  Program program;
  program.waitLoad = "add.u32 %r20, %q7, 1;\n" + program.waitLoad;
  expectFinding(program, "a register of a tcgen05.ld is used before tcgen05.wait::ld");
  program.waitLoad = "mov.b32 %q3, 1;\n" + Program().waitLoad;
  expectFinding(program, "a register of a tcgen05.ld is used before tcgen05.wait::ld");
}

TEST(Tcgen05Exec, FindsWhatIsWrongWithAllocations) {
  Program program;
  program.dealloc = "";
  expectFinding(program, "ends with 64 columns of tensor memory");
  program = Program();
  program.alloc = "tcgen05.alloc.cta_group::1.sync.aligned.shared::cta.b32 [slot], 48;\n";
  expectFinding(program, "tensor memory is allocated in 32, 64, 128, 256 or 512 columns");
  program = Program();
  program.dealloc += program.alloc;
  expectFinding(program, "tcgen05.alloc after tcgen05.relinquish_alloc_permit");
  program = Program();
  program.multiply = "add.u32 %r3, %r3, 48;\n" + program.multiply;
  expectFinding(program, "tensor memory columns are not allocated");
  program = Program();
  program.after += "xor.b32 %r5, %r5, 0x200000;\n";
  expectFinding(program, "a warp reaches only the 32 tensor memory lanes");
  program = Program();
  program.wait = "";
  program.after = Program().dealloc;
  expectFinding(program, "tensor", {"lazy", "eager", "random"});
}

TEST(Tcgen05Exec, FindsWrongDescriptors) {
  Program program;
  program.multiply = "mov.b64 %rd11, 0;\n" + program.multiply;
  expectFinding(program, "it is not a tcgen05 descriptor");
  program = Program();
  program.multiply = "mov.b32 %r4, 0;\n" + program.multiply;
  expectFinding(program, "m must be 64 or 128");
  program = Program();
  program.multiply = "or.b64 %rd11, %rd11, 0x3fff;\n" + program.multiply;
  expectFinding(program, "outside of shared memory");
}

// The cell of (lane, register) of each shape, relative to the address: the figures of the ISA.
struct Shape {
  const char *name;
  uint32_t perRepeat, rows;
  std::pair<uint32_t, uint32_t> (*cell)(uint32_t lane, uint32_t reg);
};

const Shape kShapes[] = {
    {"32x32b", 1, 32, [](uint32_t l, uint32_t r) { return std::make_pair(l, r); }},
    {"16x64b", 1, 16,
     [](uint32_t l, uint32_t r) { return std::make_pair(l / 4 + l % 2 * 8, r * 2 + l / 2 % 2); }},
    {"16x128b", 2, 16,
     [](uint32_t l, uint32_t r) { return std::make_pair(l / 4 + r % 2 * 8, r / 2 * 4 + l % 4); }},
    {"16x256b", 4, 16,
     [](uint32_t l, uint32_t r) {
       return std::make_pair(l / 4 + r / 2 % 2 * 8, r / 4 * 8 + l % 4 * 2 + r % 2);
     }},
    {"16x32bx2", 1, 16,
     [](uint32_t l, uint32_t r) { return std::make_pair(l % 16, r + l / 16 * 24); }},
};

// Warp 1 stores 32 columns of numbered cells as 32x32b, then loads four times the shape.
std::string shapeKernel(const Shape &shape, const std::string &pack) {
  bool isSplit = std::string(shape.name) == "16x32bx2";
  unsigned count = 4 * shape.perRepeat;
  std::string body = ".reg .b32 %q<256>;\n.shared .align 4 .b8 slot[4];\nmov.u32 %r1, %tid.x;\n"
                     "shr.u32 %r2, %r1, 5;\nsetp.eq.u32 %p1, %r2, 0;\n@%p1 bra END;\n"
                     "tcgen05.alloc.cta_group::1.sync.aligned.shared::cta.b32 [slot], 64;\n"
                     "ld.shared.b32 %r3, [slot];\nadd.u32 %r4, %r3, 0x200000;\n"
                     "and.b32 %r5, %r1, 31;\nmul.lo.u32 %r5, %r5, 64;\n";
  for (unsigned c = 0; c < 64; ++c)
    body += "add.u32 %q" + std::to_string(c) + ", %r5, " + std::to_string(c) + ";\n";
  body += "tcgen05.st.sync.aligned.32x32b.x64.b32 [%r4], " + registers(0, 64) +
          ";\ntcgen05.wait::st.sync.aligned;\ntcgen05.ld.sync.aligned." + shape.name + ".x4" +
          pack + ".b32 " + registers(100, count) + ", [%r4]" + (isSplit ? ", 24" : "") +
          ";\ntcgen05.wait::ld.sync.aligned;\nld.param.u64 %rd1, [out];\n"
          "and.b32 %r5, %r1, 31;\nmad.wide.u32 %rd1, %r5, " +
          std::to_string(4 * count) + ", %rd1;\n";
  for (unsigned r = 0; r < count; ++r)
    body +=
        "st.global.b32 [%rd1+" + std::to_string(4 * r) + "], %q" + std::to_string(100 + r) + ";\n";
  return wrapKernel(".param .u64 out",
                    body + "tcgen05.dealloc.cta_group::1.sync.aligned.b32 %r3, 64;\nEND:\n",
                    "sm_100a", "8.6");
}

TEST(Tcgen05Exec, LoadsEveryShape) {
  for (const Shape &shape : kShapes)
    for (bool packs : {false, true})
      for (const char *order : kOrders) {
        Sim sim(std::string("sm=100,checks=all,async=") + order);
        ASSERT_EQ(sim.load(shapeKernel(shape, packs ? ".pack::16b" : "")), "");
        uint32_t count = 4 * shape.perRepeat;
        azj_device_ptr out = sim.allocate(32 * count * 4, "out");
        ASSERT_EQ(sim.launch("k", {1, 1, 1}, {64, 1, 1}, {Arg::of(out)}), "") << shape.name;
        std::vector<uint32_t> got = sim.download<uint32_t>(out, 32 * count);
        for (uint32_t lane = 0; lane < 32; ++lane)
          for (uint32_t r = 0; r < count; ++r) {
            auto [row, column] = shape.cell(lane, r);
            uint32_t first = row * 64 + column * (packs ? 2 : 1);
            ASSERT_EQ(got[lane * count + r], packs ? first | (first + 1) << 16 : first)
                << shape.name << packs << order << " lane " << lane << " register " << r;
          }
      }
}

// Warp 0 stores four times the shape, words of register r in lane l being 64 r + l + 1, over zeros.
std::string storeKernel(const Shape &shape, const std::string &unpack) {
  unsigned count = 4 * shape.perRepeat;
  bool isSplit = std::string(shape.name) == "16x32bx2";
  std::string body = ".reg .b32 %q<256>;\n.shared .align 4 .b8 slot[4];\nmov.u32 %r1, %tid.x;\n"
                     "mov.u64 %rd2, slot;\ncvta.shared.u64 %rd2, %rd2;\n"
                     "tcgen05.alloc.cta_group::1.sync.aligned.b32 [%rd2], 64;\n"
                     "ld.shared.b32 %r3, [slot];\n";
  for (unsigned c = 0; c < 64; ++c)
    body += "mov.b32 %q" + std::to_string(100 + c) + ", 0;\n";
  body += "tcgen05.st.sync.aligned.32x32b.x64.b32 [%r3], " + registers(100, 64) +
          ";\ntcgen05.wait::st.sync.aligned;\n";
  for (unsigned r = 0; r < count; ++r)
    body += "add.u32 %q" + std::to_string(r) + ", %r1, " + std::to_string(64 * r + 1) + ";\n";
  body += std::string("tcgen05.st.sync.aligned.") + shape.name + ".x4" + unpack + ".b32 [%r3], " +
          (isSplit ? "24, " : "") + registers(0, count) +
          ";\ntcgen05.wait::st.sync.aligned;\ntcgen05.ld.sync.aligned.32x32b.x64.b32 " +
          registers(100, 64) +
          ", [%r3];\ntcgen05.wait::ld.sync.aligned;\nld.param.u64 %rd1, [out];\n"
          "mad.wide.u32 %rd1, %r1, 256, %rd1;\n";
  for (unsigned c = 0; c < 64; ++c)
    body +=
        "st.global.b32 [%rd1+" + std::to_string(4 * c) + "], %q" + std::to_string(100 + c) + ";\n";
  return wrapKernel(".param .u64 out",
                    body + "tcgen05.dealloc.cta_group::1.sync.aligned.b32 %r3, 64;\n", "sm_100a",
                    "8.6");
}

TEST(Tcgen05Exec, StoresEveryShape) {
  for (const Shape &shape : kShapes)
    for (bool unpacks : {false, true})
      for (const char *order : kOrders) {
        Sim sim(std::string("sm=100,checks=all,async=") + order);
        ASSERT_EQ(sim.load(storeKernel(shape, unpacks ? ".unpack::16b" : "")), "");
        azj_device_ptr out = sim.allocate(32 * 64 * 4, "out");
        ASSERT_EQ(sim.launch("k", {1, 1, 1}, {32, 1, 1}, {Arg::of(out)}), "") << shape.name;
        std::vector<uint32_t> expected(32 * 64);
        for (uint32_t lane = 0; lane < 32; ++lane)
          for (uint32_t r = 0; r < 4 * shape.perRepeat; ++r) {
            auto [row, column] = shape.cell(lane, r);
            expected[row * 64 + column * (unpacks ? 2 : 1)] = 64 * r + lane + 1;
          }
        EXPECT_EQ(sim.download<uint32_t>(out, 32 * 64), expected) << shape.name << order;
      }
}

// Copies 128 rows of 32 bytes or 32 rows of 16 from shared memory, and shifts lanes 32 … 63.
std::string copyKernel(const std::string &copy, const std::string &shift) {
  std::string body =
      ".reg .b32 %q<256>;\n.shared .align 128 .b8 sa[4096];\n.shared .align 8 .b8 bar[8];\n"
      ".shared .align 4 .b8 slot[4];\nmov.u32 %r1, %tid.x;\nshr.u32 %r9, %r1, 5;\n"
      "ld.param.u64 %rd1, [a];\nld.param.u64 %rd3, [out];\nsetp.ne.u32 %p1, %r1, 0;\n" +
      copyRow("%rd1", "sa") +
      "fence.proxy.async;\n@%p1 bra READY;\nmbarrier.init.shared.b64 [bar], 1;\n"
      "fence.mbarrier_init.release.cluster;\nREADY:\nsetp.ne.u32 %p5, %r9, 0;\n"
      "@%p5 bra ALLOCATED;\n" +
      Program().alloc + "ALLOCATED:\n" + Program().start + describeMatrix("sa", "%rd10") +
      "shl.b32 %r5, %r9, 21;\nadd.u32 %r5, %r5, %r3;\nadd.u32 %r6, %r3, 0x200000;\n"
      "@%p1 bra ISSUED;\n" +
      copy + shift +
      "tcgen05.commit.cta_group::1.mbarrier::arrive::one.shared::cluster.b64 [bar];\nISSUED:\n" +
      Program().wait + Program().after + "tcgen05.ld.sync.aligned.32x32b.x4.b32 " +
      registers(0, 4) +
      ", [%r5];\ntcgen05.wait::ld.sync.aligned;\nmad.wide.u32 %rd6, %r1, 16, %rd3;\n"
      "st.global.v4.b32 [%rd6], " +
      registers(0, 4) + ";\n" + Program().beforeEnd + "@%p5 bra FREED;\n" + Program().dealloc +
      "FREED:\n";
  return wrapKernel(".param .u64 a, .param .u64 out", body, "sm_100a", "8.6");
}

std::vector<uint32_t> runCopy(const std::string &order, const std::string &copy,
                              const std::string &shift) {
  Sim sim("sm=100,checks=all,seed=5,async=" + order);
  EXPECT_EQ(sim.load(copyKernel(copy, shift)), "");
  std::vector<uint32_t> words(128 * 8);
  for (uint32_t i = 0; i < words.size(); ++i)
    words[i] = i;
  azj_device_ptr a = sim.upload(words, "a"), out = sim.allocate(128 * 16, "out");
  EXPECT_EQ(sim.launch("k", {1, 1, 1}, {128, 1, 1}, {Arg::of(a), Arg::of(out)}), "") << copy;
  return sim.download<uint32_t>(out, 128 * 4);
}

TEST(Tcgen05Exec, CopiesAndShifts) {
  const std::pair<const char *, uint32_t (*)(uint32_t lane)> kCopies[] = {
      {"128x256b", [](uint32_t lane) { return lane; }},
      {"128x128b", [](uint32_t lane) { return lane; }},
      {"64x128b.warpx2::02_13", [](uint32_t lane) { return lane % 64; }},
      {"64x128b.warpx2::01_23", [](uint32_t lane) { return lane / 64 * 32 + lane % 32; }},
      {"32x128b.warpx4", [](uint32_t lane) { return lane % 32; }}};
  for (const char *order : kOrders)
    for (const auto &[shape, row] : kCopies) {
      std::string copy = std::string("tcgen05.cp.cta_group::1.") + shape + " [%r3], %rd10;\n";
      std::vector<uint32_t> plain = runCopy(order, copy, ""),
                            shifted =
                                runCopy(order, copy, "tcgen05.shift.cta_group::1.down [%r6];\n");
      for (uint32_t lane = 0; lane < 128; ++lane)
        for (uint32_t word = 0; word < 4; ++word) {
          EXPECT_EQ(plain[lane * 4 + word], row(lane) * 8 + word) << shape << order << lane;
          uint32_t from = lane > 32 && lane < 64 ? lane - 1 : lane;
          EXPECT_EQ(shifted[lane * 4 + word], row(from) * 8 + word) << shape << order << lane;
        }
    }
}

// An alloc without room waits until another warp gives columns back.
TEST(Tcgen05Exec, AllocationWaitsForRoom) {
  std::string alloc = "tcgen05.alloc.cta_group::1.sync.aligned.shared::cta.b32 ";
  std::string body = ".shared .align 4 .b8 slot[8];\nmov.u32 %r1, %tid.x;\nshr.u32 %r2, %r1, 5;\n"
                     "setp.ne.u32 %p1, %r2, 0;\n@%p1 bra SECOND;\n" +
                     alloc +
                     "[slot], 512;\nld.shared.b32 %r3, [slot];\nbar.sync 1, 64;\n"
                     "nanosleep.u32 100;\nnanosleep.u32 100;\nnanosleep.u32 100;\n"
                     "tcgen05.dealloc.cta_group::1.sync.aligned.b32 %r3, 512;\nbra.uni END;\n"
                     "SECOND: bar.sync 1, 64;\n" +
                     alloc +
                     "[slot+4], 256;\nld.shared.b32 %r3, [slot+4];\n"
                     "tcgen05.dealloc.cta_group::1.sync.aligned.b32 %r3, 256;\nEND:\n";
  Sim sim("sm=100,checks=all");
  ASSERT_EQ(sim.load(wrapKernel("", body, "sm_100a", "8.6")), "");
  EXPECT_EQ(sim.launch("k", {1, 1, 1}, {64, 1, 1}, {}), "");
  size_t freed = body.find("tcgen05.dealloc");
  body.erase(freed, body.find('\n', freed) - freed);
  ASSERT_EQ(sim.load(wrapKernel("", body, "sm_100a", "8.6")), "");
  std::string error = sim.launch("k", {1, 1, 1}, {64, 1, 1}, {});
  EXPECT_NE(error.find("deadlock"), std::string::npos) << error;
}

std::string loadError(const std::string &instruction, const std::string &target = "sm_100a",
                      const std::string &version = "8.6", int sm = 100) {
  Sim sim("sm=" + std::to_string(sm));
  return sim.load(wrapKernel("", instruction, target, version));
}

TEST(Tcgen05Exec, RefusesWhatItDoesNotSimulate) {
  const std::pair<const char *, const char *> kCases[] = {
      {"tcgen05.mma.sp.cta_group::1.kind::f16 [%r1], %rd1, %rd2, [%r2], %r3, %p1;",
       "not implemented"},
      {"tcgen05.mma.cta_group::1.kind::mxf4.block_scale [%r1], %rd1, %rd2, %r3, [%r4], [%r5], %p1;",
       "not implemented"},
      {"tcgen05.mma.cta_group::2.kind::f16 [%r1], %rd1, %rd2, %r3, %p1;", "not implemented"},
      {"tcgen05.mma.cta_group::1.kind::f16.ashift [%r1], [%r2], %rd2, %r3, %p1;",
       "not implemented"},
      {"tcgen05.mma.cta_group::1.kind::i8 [%r1], %rd1, %rd2, %r3, %p1, 3;", "scale-input-d"},
      {"tcgen05.mma.cta_group::1.kind::f16 [%r1], %rd1, %rd2, %r3, %p1, 16;", "0 to 15"},
      {"tcgen05.cp.cta_group::1.4x256b [%r1], %rd1;", "not implemented"},
      {"tcgen05.cp.cta_group::1.32x128b [%r1], %rd1;", "not implemented"},
      {"tcgen05.cp.cta_group::1.128x256b.b8x16.b4x16_p64 [%r1], %rd1;", "not implemented"},
      {"tcgen05.ld.sync.aligned.32x32b.x3.b32 {%r1, %r2, %r3}, [%r4];", "not implemented"},
      {"tcgen05.ld.sync.aligned.16x256b.x1.b32 {%r1, %r2}, [%r4];", "expected 4 registers"},
      {"tcgen05.commit.cta_group::1.mbarrier::arrive::one.shared::cluster.multicast::cluster.b64 "
       "[%rd1], %h1;",
       "not implemented"}};
  for (const auto &[instruction, text] : kCases) {
    std::string error = loadError(instruction);
    EXPECT_NE(error.find(text), std::string::npos) << instruction << ": " << error;
  }
  std::string fence = "tcgen05.fence::after_thread_sync;";
  EXPECT_EQ(loadError(fence, "sm_100f", "8.8"), "");
  EXPECT_EQ(loadError(fence, "sm_103a", "8.8", 103), "");
  EXPECT_NE(loadError(fence, "sm_100", "8.6").find("needs sm_100a"), std::string::npos);
  EXPECT_NE(loadError(fence, "sm_90a", "8.0", 90).find("needs PTX ISA 8.6"), std::string::npos);
  EXPECT_NE(loadError(fence, "sm_120a", "8.7", 120).find("exists on sm_100a to sm_110a"),
            std::string::npos);
}

} // namespace
} // namespace azulejo::sim::test
