// This file tests tcgen05 on the simulator: values in every asynchronous order, and the findings
// that wrong uses give.
#include "test/Tcgen05Kernels.h"

namespace azulejo::sim::test {
namespace {

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
      {"tcgen05.mma.sp.cta_group::1.kind::mxf4.block_scale [%r1], %rd1, %rd2, [%r2], %r3, [%r4], "
       "[%r5], %p1;",
       "not implemented"},
      {"tcgen05.mma.ws.sp.cta_group::1.kind::f16 [%r1], %rd1, %rd2, [%r2], %r3, %p1;",
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
