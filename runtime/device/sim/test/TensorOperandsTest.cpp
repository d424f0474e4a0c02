// This file tests what is counted of matrices that tensor cores read from shared memory.
#include "test/Tcgen05Kernels.h"
#include "test/TestData.h"

#include <nlohmann/json.hpp>

namespace azulejo::sim::test {
namespace {
using Json = nlohmann::json;

Json operandsOf(Sim &sim) { return Json::parse(sim.report())["totals"]["tensor_operands"]; }

void expectCounts(Sim &sim, uint64_t matrices, uint64_t bytes, uint64_t wavefronts) {
  Json counted = operandsOf(sim);
  EXPECT_EQ(counted["matrices"], matrices);
  EXPECT_EQ(counted["bytes"], bytes);
  EXPECT_EQ(counted["wavefronts"], wavefronts);
}

// Two warpgroups of one block multiply 64 x 128 x 16 four times a step: A of 64 x 16, which the
// four warps read by 16 rows, and B of 128 x 16.
TEST(TensorOperands, OfWgmmaAreReadOncePerWarpgroup) {
  constexpr uint32_t kSize = 128, kSteps = 3, kK = 64 * kSteps;
  std::vector<uint16_t> a = randomHalves(kSize * kK, 1), b = randomHalves(kSize * kK, 2);
  Sim sim("sm=90");
  ASSERT_EQ(sim.load(readKernel("gemm_sm90a.ptx")), "");
  azj_device_ptr da = sim.upload(a), db = sim.upload(b), dc = sim.allocate(kSize * kSize * 2);
  ASSERT_EQ(sim.launch("gemm", {1, 1, 1}, {384, 1, 1},
                       {Arg::of(halfMap(sim, da, kSize, kK, 128, 64)),
                        Arg::of(halfMap(sim, db, kSize, kK, 128, 64)), Arg::of(dc), Arg::of(kSize),
                        Arg::of(kSteps)},
                       4 * 32768 + 64),
            "");
  constexpr uint64_t kProducts = 2 * 4 * kSteps, kBytes = (64 + 128) * 16 * 2;
  expectCounts(sim, kProducts * (4 + 1), kProducts * kBytes, kProducts * kBytes / 128);
}

// Each CTA of the pair reads 128 rows of A and 64 columns of B, four times a step.
TEST(TensorOperands, OfPairsAreReadByBothCtas) {
  constexpr uint32_t kSteps = 2, kK = 64 * kSteps;
  std::vector<uint16_t> a = randomHalves(256 * kK, 1), b = randomHalves(128 * kK, 2);
  Sim sim("sm=100");
  ASSERT_EQ(sim.load(readKernel("gemm_pair_sm100a.ptx")), "");
  azj_device_ptr da = sim.upload(a), db = sim.upload(b), dc = sim.allocate(256 * 128 * 2);
  ASSERT_EQ(sim.launch("gemm_pair", {2, 1, 1}, {192, 1, 1},
                       {Arg::of(halfMap(sim, da, 256, kK, 128, 64)),
                        Arg::of(halfMap(sim, db, 128, kK, 64, 64)),
                        Arg::of(halfMap(sim, dc, 256, 128, 128, 64)), Arg::of(kSteps)},
                       73784),
            "");
  constexpr uint64_t kProducts = 4 * kSteps, kBytes = 2 * (128 + 64) * 16 * 2;
  expectCounts(sim, kProducts * 4, kProducts * kBytes, kProducts * kBytes / 128);
}

void runProgram(Sim &sim, const Program &program) {
  ASSERT_EQ(sim.load(program.text()), "");
  std::vector<uint16_t> a = randomHalves(kRows * kDepth, 1), b = randomHalves(kColumns * kDepth, 2);
  azj_device_ptr da = sim.upload(a), db = sim.upload(b), out = sim.allocate(kRows * kColumns * 4);
  ASSERT_EQ(sim.launch("k", {1, 1, 1}, {128, 1, 1}, {Arg::of(da), Arg::of(db), Arg::of(out)}), "");
}

constexpr uint64_t kBytesOfA = kRows * 32, kBytesOfB = kColumns * 32;

// The second product may take A from the collector buffer: its bytes are counted, but no wavefront
// is certain.
TEST(TensorOperands, OfTheCollectorBufferNeedNoWavefronts) {
  Program program;
  std::string product = "tcgen05.mma.cta_group::1.kind::f16.collector::a::";
  std::string operands = " [%r3], %rd10, %rd11, %r4, %p2;\n";
  for (const char *usage : {"use", "lastuse", "discard"}) {
    Sim sim("sm=100");
    program.multiply = product + "fill" + operands + product + usage + operands;
    runProgram(sim, program);
    bool isRead = std::string(usage) == "discard";
    expectCounts(sim, 4, 2 * (kBytesOfA + kBytesOfB),
                 (kBytesOfA * (isRead ? 2 : 1) + 2 * kBytesOfB) / 128);
  }
}

// A in tensor memory is no matrix in shared memory, nor are zero columns; a copy reads what it
// copies once, however many lanes it goes to.
TEST(TensorOperands, AreWhatIsReadFromSharedMemory) {
  Program program;
  Sim copies("sm=100");
  program.multiply += "tcgen05.cp.cta_group::1.32x128b.warpx4 [%r3+48], %rd10;\n";
  runProgram(copies, program);
  expectCounts(copies, 3, kBytesOfA + kBytesOfB + 512, (kBytesOfA + kBytesOfB + 512) / 128);

  Sim stationary("sm=100");
  uint64_t mask = uint64_t(1) << 39 | uint64_t(15) << 40 | uint64_t(15) << 48;
  program.multiply = "mov.b32 %r4, " + std::to_string(instructionOf(1, 0, 32, 128)) +
                     ";\nmov.b64 %rd20, " + std::to_string(mask) +
                     ";\ntcgen05.mma.ws.cta_group::1.kind::f16 [%r3], %rd11, %rd10, %r4, %p2, "
                     "%rd20;\n";
  runProgram(stationary, program);
  expectCounts(stationary, 2, kBytesOfB + kBytesOfA / 2, (kBytesOfB + kBytesOfA / 2) / 128);

  Sim fromTensorMemory("sm=100");
  program.multiply = "tcgen05.cp.cta_group::1.128x256b [%r3+32], %rd10;\n"
                     "tcgen05.mma.cta_group::1.kind::f16 [%r3], [%r3+32], %rd11, %r4, %p2;\n";
  runProgram(fromTensorMemory, program);
  expectCounts(fromTensorMemory, 2, kBytesOfA + kBytesOfB, (kBytesOfA + kBytesOfB) / 128);
}

// They enter the lower bound as wavefronts of shared memory: nothing else is read there.
TEST(TensorOperands, BoundTheTime) {
  Sim sim("sm=100,roofline=b200");
  runProgram(sim, Program());
  Json report = Json::parse(sim.report());
  double microseconds = report["roofline"]["terms_us"]["shared"].get<double>();
  uint64_t wavefronts = report["totals"]["shared_load"]["wavefronts"].get<uint64_t>() +
                        report["totals"]["shared_store"]["wavefronts"].get<uint64_t>() +
                        (kBytesOfA + kBytesOfB) / 128;
  // One block is on one multiprocessor, which has a wavefront each clock of 1.965 GHz.
  EXPECT_NEAR(microseconds, double(wavefronts) / 1965, 1e-6);
}

} // namespace
} // namespace azulejo::sim::test
