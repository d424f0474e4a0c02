// This file tests when loads and cp.async.mbarrier.arrive complete the phase of an mbarrier: lazily
// at the wait, no earlier, and no more of them than the phase needs.
#include "test/AsyncKernels.h"

namespace azulejo::sim::test {
namespace {

std::vector<uint32_t> numbers() {
  std::vector<uint32_t> data(64);
  for (uint32_t k = 0; k < 64; ++k)
    data[k] = 100 + k;
  return data;
}

AsyncRun run(const std::string &body, const std::string &options, unsigned threads = 32) {
  std::string ptx = wrapKernel(".param .u64 out, .param .u64 in",
                               ".shared .align 16 .b8 data[256];\n.shared .align 8 .b8 bar[8];\n" +
                                   body + storeOut(threads),
                               "sm_90", "8.6");
  return runCluster(ptx, 1, threads, options, [](Sim &sim) {
    return std::vector<Arg>{Arg::of(sim.upload(numbers(), "in"))};
  });
}

// Every thread copies its word and gives the arrival to the copy.
std::string copyKernel(unsigned count, const std::string &arrive, const std::string &wait) {
  return startKernel(count) +
         "mov.u32 %r5, data;\nshl.b32 %r6, %r1, 2;\nadd.u32 %r5, %r5, %r6;\n"
         "cvt.u64.u32 %rd2, %r6;\nld.param.u64 %rd1, [in];\nadd.s64 %rd1, %rd1, %rd2;\n"
         "cp.async.ca.shared.global [%r5], [%rd1], 4;\n" +
         arrive + wait +
         "mov.u32 %r7, data;\nxor.b32 %r6, %r6, 128;\nadd.u32 %r7, %r7, %r6;\n"
         "ld.shared.b32 %r9, [%r7];\n";
}

const std::string kNoinc = "cp.async.mbarrier.arrive.noinc.shared::cta.b64 [bar];\n";
const std::string kInc = "cp.async.mbarrier.arrive.shared::cta.b64 [bar];\n"
                         "mbarrier.arrive.shared::cta.b64 _, [bar];\n";

TEST(CopyArrive, CompletesThePhaseWhenTheCopiesAreDone) {
  for (const std::string &arrive : {kNoinc, kInc})
    for (const char *options : kAsyncOptions) {
      AsyncRun result = run(copyKernel(64, arrive, waitFor("bar", "0")), options, 64);
      ASSERT_EQ(result.error, "") << options << arrive;
      for (uint32_t t = 0; t < 64; ++t)
        EXPECT_EQ(result.out[t], 100 + (t ^ 32));
    }
}

TEST(CopyArrive, DataAreNotThereBeforeTheWait) {
  std::string error = run(copyKernel(64, kNoinc, "bar.sync 0;\n"), kAsyncOptions[0], 64).error;
  EXPECT_NE(error.find("has not been waited for"), std::string::npos) << error;
  EXPECT_NE(error.find("which nothing has written"), std::string::npos) << error;
}

TEST(CopyArrive, MbarrierMustBeLive) {
  std::string error =
      run("mov.u32 %r1, %tid.x;\nmov.u32 %r2, 0;\nmov.u32 %r9, 0;\n" + kNoinc, kAsyncOptions[0])
          .error;
  EXPECT_NE(error.find("mbarrier used before mbarrier.init"), std::string::npos) << error;
}

// Two loads of 64 bytes, of which `expected` bytes are announced.
std::string twoLoads(unsigned expected, const std::string &read) {
  std::string load = "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes ";
  return startKernel(1) +
         "ld.param.u64 %rd1, [in];\nmov.u32 %r5, data;\nshl.b32 %r6, %r1, 2;\n"
         "add.u32 %r5, %r5, %r6;\nmov.u32 %r9, 0;\n@%p1 bra ISSUED;\n"
         "mbarrier.arrive.expect_tx.shared::cta.b64 _, [bar], " +
         std::to_string(expected) + ";\n" + load + "[data], [%rd1], 64, [bar];\n" + load +
         "[data+64], [%rd1+64], 64, [bar];\nISSUED:\n" + waitFor("bar", "0") + read;
}

TEST(CopyArrive, PhaseTakesTheLoadsThatItNeeds) {
  AsyncRun all = run(twoLoads(128, "ld.shared.b32 %r9, [%r5];\n"), kAsyncOptions[0]);
  ASSERT_EQ(all.error, "");
  for (uint32_t t = 0; t < 32; ++t)
    EXPECT_EQ(all.out[t], 100 + t);
  // Half of the bytes: the first load has come, the second has not.
  AsyncRun half = run(twoLoads(64, "ld.shared.b32 %r9, [%r5];\n"), kAsyncOptions[0]);
  EXPECT_NE(half.error.find("which nothing has written"), std::string::npos) << half.error;
  EXPECT_EQ(half.out[15], 115u);
  EXPECT_EQ(half.out[16], 0xffffffffu);
  // As many bytes as no loads make up: the phase never ends, and the report says what it lacks.
  std::string error = run(twoLoads(96, ""), kAsyncOptions[0]).error;
  EXPECT_NE(error.find("lacks 0 of 1 arrivals and 96 bytes, with 128 bytes under way"),
            std::string::npos)
      << error;
}

TEST(CopyArrive, LoadThatNobodyWaitsForIsFound) {
  std::string body = twoLoads(128, "");
  body.erase(body.find("ISSUED:"));
  std::string error = run(body + "ISSUED:\n", kAsyncOptions[0]).error;
  EXPECT_NE(error.find("exits while an asynchronous copy to its shared memory is under way"),
            std::string::npos)
      << error;
}

// The count of arrivals that a state of before had, and arrivals that drop out.
TEST(CopyArrive, PendingCountAndDrop) {
  std::string body =
      startKernel(34) +
      "mov.u32 %r9, 0;\n"
      "mbarrier.arrive.noComplete.shared::cta.b64 %rd1, [bar], 1;\n"
      "bar.sync 0;\n@%p1 bra END;\n"
      "mbarrier.arrive_drop.expect_tx.shared::cta.b64 %rd2, [bar], 16;\n"
      "mbarrier.pending_count.b64 %r9, %rd2;\nld.param.u64 %rd3, [in];\n"
      "cp.async.bulk.shared::cta.global.mbarrier::complete_tx::bytes [data], [%rd3], "
      "16, [bar];\nmbarrier.arrive_drop.noComplete.shared::cta.b64 _, [bar], 1;\n" +
      waitFor("bar", "0") +
      // 34 arrivals less 2 that dropped out.
      "mbarrier.arrive.shared::cta.b64 %rd4, [bar], 31;\n"
      "mbarrier.arrive.shared::cta.b64 %rd4, [bar], 1;\n" +
      waitFor("bar", "1") + "END:\n";
  AsyncRun result = run(body, kAsyncOptions[0]);
  ASSERT_EQ(result.error, "");
  EXPECT_EQ(result.out[0], 2u);
}

} // namespace
} // namespace azulejo::sim::test
