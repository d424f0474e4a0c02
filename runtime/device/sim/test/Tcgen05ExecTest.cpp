// This file tests tcgen05 on the simulator: values in every asynchronous order, and the findings
// that wrong uses give.
#include "test/Tcgen05Kernels.h"
#include "test/TestData.h"

#include <cmath>

namespace azulejo::sim::test {
namespace {

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

// Of the columns in each quarter the second half are zeros, whatever lies in their rows of shared
// memory: threads write there without any order.
Program withZeroColumns(bool isUsed) {
  Program program;
  program.prepare = "and.b32 %r20, %r1, 16;\nsetp.eq.u32 %p8, %r20, 0;\n@%p8 bra KEPT;\n"
                    "shr.u32 %r20, %r1, 3;\nshl.b32 %r20, %r20, 8;\nand.b32 %r21, %r1, 7;\n"
                    "shl.b32 %r21, %r21, 4;\nadd.u32 %r20, %r20, %r21;\nmov.b32 %r21, sa;\n"
                    "add.u32 %r20, %r20, %r21;\nst.shared.b32 [%r20], 0x7e007e00;\nKEPT:\n"
                    "bar.warp.sync -1;\n";
  uint64_t mask = uint64_t(isUsed) << 39 | uint64_t(15) << 40 | uint64_t(15) << 48;
  program.multiply = "mov.b32 %r4, " + std::to_string(instructionOf(1, 0, 32, 128)) +
                     ";\nmov.b64 %rd20, " + std::to_string(mask) +
                     ";\ntcgen05.mma.ws.cta_group::1.kind::f16 [%r3], %rd11, %rd10, %r4, %p2, "
                     "%rd20;\n";
  return program;
}

TEST(Tcgen05Exec, ZeroColumnsAreNotRead) {
  for (const char *order : kOrders) {
    Outcome result = run(withZeroColumns(true), order);
    ASSERT_EQ(result.error, "") << order;
    for (uint32_t lane = 0; lane < kRows; ++lane)
      for (uint32_t column = 0; column < 32; ++column)
        ASSERT_EQ(result.d[lane * 32 + column],
                  column < 16 ? float(result.product(lane / 32 * 32 + column, lane % 32)) : 0.0f)
            << order << " " << lane << " " << column;
  }
  expectFinding(withZeroColumns(false), "hazard on shared 'sa'");
  Program program = withZeroColumns(true);
  program.multiply.insert(program.multiply.find("tcgen05.mma"),
                          "or.b64 %rd20, %rd20, 0x0200000000000000;\n");
  expectFinding(program, "the column shift of a zero-column mask");
}

// The bytes of A and B as e4m3; row r of A is scaled by 2^(r % 3), column c of B by 2^(c % 2).
Program withScales() {
  Program program;
  program.prepare = "and.b32 %r20, %r1, 31;\n";
  for (unsigned column = 0; column < 4; ++column) {
    std::string slot = "%q" + std::to_string(60 + column);
    program.prepare += "add.u32 " + slot + ", %r20, " + std::to_string(32 * column) +
                       ";\nrem.u32 " + slot + ", " + slot + ", 3;\nadd.u32 " + slot + ", " + slot +
                       ", 127;\n";
  }
  program.prepare += "and.b32 %q64, %r20, 1;\nadd.u32 %q64, %q64, 127;\n"
                     "tcgen05.st.sync.aligned.32x32b.x4.b32 [%r5+40], " +
                     registers(60, 4) +
                     ";\ntcgen05.st.sync.aligned.32x32b.x1.b32 [%r5+44], {%q64};\n"
                     "tcgen05.wait::st.sync.aligned;\ntcgen05.fence::before_thread_sync;\n"
                     "bar.sync 0;\ntcgen05.fence::after_thread_sync;\n";
  program.version = "8.8";
  program.multiply =
      "mov.b32 %r4, " + std::to_string(kColumns >> 3 << 17 | 1u << 23 | 1u << 27) +
      ";\ntcgen05.mma.cta_group::1.kind::mxf8f6f4.block_scale [%r3], %rd10, %rd11, %r4, [%r3+40], "
      "[%r3+44], %p2;\n";
  return program;
}

TEST(Tcgen05Exec, MultipliesWithBlockScales) {
  for (const char *order : kOrders) {
    Outcome result = run(withScales(), order);
    ASSERT_EQ(result.error, "") << order;
    for (uint32_t row = 0; row < kRows; ++row)
      for (uint32_t column = 0; column < kColumns; ++column) {
        double sum = 0;
        for (uint32_t k = 0; k < 32; ++k)
          sum += valueOfByte(result.a, row, k) * valueOfByte(result.b, column, k);
        sum = std::ldexp(sum, int(row % 3 + column % 2));
        ASSERT_EQ(result.d[row * kColumns + column], float(sum)) << order << row << " " << column;
      }
  }
}

TEST(Tcgen05Exec, FindsScalesThatWereNotWaitedFor) {
  Program program = withScales();
  std::string wait = "tcgen05.wait::st.sync.aligned;\n";
  program.prepare.erase(program.prepare.find(wait), wait.size());
  expectFinding(program, "the tcgen05.st has not been waited for");
  program = withScales();
  size_t store = program.prepare.find("tcgen05.st.sync.aligned.32x32b.x1.b32");
  program.prepare.erase(store, program.prepare.find('\n', store) + 1 - store);
  expectFinding(program, "tensor memory is read that was never written");
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
  expectFinding(program, "hazard in tensor memory: ");
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
      {"tcgen05.mma.ws.cta_group::1.kind::f16 [%r1], %rd1, %rd2, %r3, %p1, %rd3, %rd4;",
       "expected 6 operands"},
      {"tcgen05.mma.cta_group::1.kind::f16.ashift [%r1], [%r2], %rd2, %r3, %p1;",
       "not implemented"},
      {"tcgen05.mma.cta_group::1.kind::i8 [%r1], %rd1, %rd2, %r3, %p1, 3;", "scale-input-d"},
      {"tcgen05.mma.cta_group::1.kind::f16 [%r1], %rd1, %rd2, %r3, %p1, 16;", "0 to 15"},
      {"tcgen05.cp.cta_group::1.4x256b [%r1], %rd1;", "not implemented"},
      {"tcgen05.cp.cta_group::1.32x128b [%r1], %rd1;", "not implemented"},
      {"tcgen05.cp.cta_group::1.128x256b.b8x16.b4x16_p64 [%r1], %rd1;", "not implemented"},
      {"tcgen05.ld.sync.aligned.32x32b.x3.b32 {%r1, %r2, %r3}, [%r4];", "not implemented"},
      {"tcgen05.ld.sync.aligned.16x256b.x1.b32 {%r1, %r2}, [%r4];", "expected 4 registers"}};
  for (const auto &[instruction, text] : kCases) {
    std::string error = loadError(instruction);
    EXPECT_NE(error.find(text), std::string::npos) << instruction << ": " << error;
  }
  std::string fence = "tcgen05.fence::after_thread_sync;";
  EXPECT_EQ(loadError(fence, "sm_100f", "8.8"), "");
  EXPECT_EQ(loadError(fence, "sm_103a", "8.8", 103), "");
  EXPECT_NE(loadError(fence, "sm_100", "8.6").find("needs sm_100a"), std::string::npos);
  EXPECT_NE(loadError(fence, "sm_90a", "8.0", 90).find("needs PTX ISA 8.6"), std::string::npos);
  EXPECT_NE(loadError(fence, "sm_120a", "8.7", 120).find("needs sm_100a or its family"),
            std::string::npos);
}

} // namespace
} // namespace azulejo::sim::test
