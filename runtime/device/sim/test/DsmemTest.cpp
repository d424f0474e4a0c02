// This file tests what the blocks of a cluster do asynchronously to each other's shared memory:
// arrivals at mbarriers, st.async, red.async, and bulk copies from shared to shared memory.
#include "test/AsyncKernels.h"

#include <algorithm>

namespace azulejo::sim::test {
namespace {

std::string wrap(const std::string &body) {
  return wrapKernel(".param .u64 out",
                    ".shared .align 16 .b8 data[512];\n.shared .align 16 .b8 from[512];\n"
                    ".shared .align 8 .b8 bar[8];\n" +
                        body,
                    "sm_90", "8.6");
}

// %r10: data, %r11: bar of the block of rank 0; %r12 the thread's own place in its data.
const char *const kMapped = "mov.u32 %r5, data;\nmov.u32 %r6, bar;\nmov.u32 %r7, 0;\n"
                            "mapa.shared::cluster.u32 %r10, %r5, %r7;\n"
                            "mapa.shared::cluster.u32 %r11, %r6, %r7;\nshl.b32 %r8, %r1, 2;\n"
                            "add.u32 %r12, %r5, %r8;\n";

// The block of rank 1 does `sender`, that of rank 0 `receiver`.
std::string pairKernel(unsigned count, const std::string &sender, const std::string &receiver) {
  return wrap(startKernel(count) + kMapped +
              "mov.u32 %r9, 0;\nsetp.ne.u32 %p2, %r2, 0;\n"
              "@%p2 bra SENDER;\n" +
              receiver + "bra END;\nSENDER:\n" + sender + "END:\n" + storeOut(32));
}

const char *const kStores = "add.u32 %r13, %r10, %r8;\nmul.lo.u32 %r14, %r1, 3;\n"
                            "st.shared::cluster.b32 [%r13], %r14;\n";
const char *const kArrives = "mbarrier.arrive.release.cluster.shared::cluster.b64 _, [%r11];\n";
const char *const kLoads = "ld.shared.b32 %r9, [%r12];\n";

TEST(Dsmem, ArrivalAtTheMbarrierOfAnotherBlockOrders) {
  for (const char *options : kAsyncOptions) {
    AsyncRun run =
        runCluster(pairKernel(32, std::string(kStores) + kArrives, waitFor("bar", "0") + kLoads), 2,
                   32, options);
    ASSERT_EQ(run.error, "") << options;
    for (uint32_t t = 0; t < 32; ++t)
      EXPECT_EQ(run.out[t], 3 * t);
  }
  std::string relaxed = "mbarrier.arrive.relaxed.cluster.shared::cluster.b64 _, [%r11];\n";
  std::string error = runCluster(pairKernel(32, kStores + relaxed, waitFor("bar", "0") + kLoads), 2,
                                 32, kAsyncOptions[0])
                          .error;
  EXPECT_NE(error.find("read-after-write hazard on shared 'data'"), std::string::npos) << error;
}

TEST(Dsmem, ExpectationsMayComeFromAnotherBlock) {
  // The sender announces the bytes that it sends.
  std::string sender =
      "@%p1 bra SENT;\nmbarrier.arrive.expect_tx.release.cluster.shared::cluster.b64 _, [%r11], "
      "16;\n"
      "st.async.shared::cluster.mbarrier::complete_tx::bytes.v4.u32 [%r10], {11, 22, 33, 44}, "
      "[%r11];\nSENT:\n";
  std::string receiver = waitFor("bar", "0") + "setp.gt.u32 %p3, %r1, 3;\n@!%p3 ld.shared.b32 %r9, "
                                               "[%r12];\n";
  for (const char *options : kAsyncOptions) {
    AsyncRun run = runCluster(pairKernel(1, sender, receiver), 2, 32, options);
    ASSERT_EQ(run.error, "") << options;
    for (uint32_t t = 0; t < 4; ++t)
      EXPECT_EQ(run.out[t], 11 * (t + 1));
  }
}

TEST(Dsmem, StoresArriveNotBeforeTheirWait) {
  std::string sender = "@%p1 bra SENT;\nst.async.weak.shared::cluster.mbarrier::complete_tx::bytes"
                       ".b64 [%r10], 5, [%r11];\nSENT:\n";
  std::string expect = "@%p1 bra NEXT;\nmbarrier.arrive.expect_tx.shared.b64 _, [bar], 8;\nNEXT:\n";
  std::string wait = waitFor("bar", "0") + kClusterSync;
  std::string good = runCluster(pairKernel(1, sender + kClusterSync,
                                           expect + wait + "ld.shared.b32 %r9, [data];\n"),
                                2, 32, kAsyncOptions[0])
                         .error;
  EXPECT_EQ(good, "");
  std::string early =
      runCluster(pairKernel(1, sender + kClusterSync,
                            expect + std::string(kClusterSync) + "ld.shared.b32 %r9, [data];\n" +
                                waitFor("bar", "0")),
                 2, 32, kAsyncOptions[0])
          .error;
  EXPECT_NE(early.find("which nothing has written"), std::string::npos) << early;
}

struct Reduction {
  const char *name; // operation and type
  std::function<uint64_t(uint64_t, uint64_t)> combine;
  unsigned bytes;
};

uint64_t low(uint64_t value) { return value & 0xffffffffu; }

const Reduction kReductions[] = {
    {"add.u32", [](uint64_t a, uint64_t b) { return low(a + b); }, 4},
    {"add.s32", [](uint64_t a, uint64_t b) { return low(a + b); }, 4},
    {"add.u64", [](uint64_t a, uint64_t b) { return a + b; }, 8},
    {"min.u32", [](uint64_t a, uint64_t b) { return std::min(a, b); }, 4},
    {"max.u32", [](uint64_t a, uint64_t b) { return std::max(a, b); }, 4},
    {"min.s32",
     [](uint64_t a, uint64_t b) { return low(uint64_t(std::min(int32_t(a), int32_t(b)))); }, 4},
    {"max.s32",
     [](uint64_t a, uint64_t b) { return low(uint64_t(std::max(int32_t(a), int32_t(b)))); }, 4},
    {"inc.u32", [](uint64_t a, uint64_t b) { return a >= b ? 0 : a + 1; }, 4},
    {"dec.u32", [](uint64_t a, uint64_t b) { return a == 0 || a > b ? b : a - 1; }, 4},
    {"and.b32", [](uint64_t a, uint64_t b) { return a & b; }, 4},
    {"or.b32", [](uint64_t a, uint64_t b) { return a | b; }, 4},
    {"xor.b32", [](uint64_t a, uint64_t b) { return a ^ b; }, 4},
};

// Word t of the receiver's data, and of what is combined with it.
uint64_t oldWord(uint32_t t) { return t * 0x9e3779b9u ^ (t % 3 == 0 ? 0x80000000u : 0); }
uint64_t newWord(uint32_t t) { return t * 0x85ebca6bu + 7; }

// %r15 = old word of the thread, %r16 = new word.
const char *const kWords = "mul.lo.u32 %r15, %r1, 0x9e3779b9;\nrem.u32 %r14, %r1, 3;\n"
                           "setp.eq.u32 %p4, %r14, 0;\n@%p4 xor.b32 %r15, %r15, 0x80000000;\n"
                           "mul.lo.u32 %r16, %r1, 0x85ebca6b;\nadd.u32 %r16, %r16, 7;\n";

TEST(Dsmem, ReductionsOfWords) {
  for (const Reduction &reduction : kReductions) {
    if (reduction.bytes != 4)
      continue;
    std::string sender = std::string(kClusterSync) + kWords +
                         "add.u32 %r13, %r10, %r8;\n"
                         "red.async.relaxed.cluster.shared::cluster.mbarrier::complete_tx::bytes." +
                         reduction.name + " [%r13], %r16, [%r11];\n";
    std::string receiver = std::string(kWords) + "st.shared.b32 [%r12], %r15;\n" + kClusterSync +
                           "@%p1 bra NEXT;\nmbarrier.arrive.expect_tx.shared.b64 _, [bar], 128;\n"
                           "NEXT:\n" +
                           waitFor("bar", "0") + kLoads;
    for (const char *options : kAsyncOptions) {
      AsyncRun run = runCluster(pairKernel(1, sender, receiver), 2, 32, options);
      ASSERT_EQ(run.error, "") << reduction.name << options;
      for (uint32_t t = 0; t < 32; ++t)
        EXPECT_EQ(run.out[t], reduction.combine(oldWord(t), newWord(t))) << reduction.name << t;
    }
  }
}

// The sender fills `from`, and its first thread copies it or combines it with the receiver's data.
std::string bulkSender(const std::string &instruction, unsigned bytes = 128) {
  return std::string(kClusterSync) + kWords +
         "mov.u32 %r17, from;\nadd.u32 %r18, %r17, %r8;\nst.shared.b32 [%r18], %r16;\n"
         "fence.proxy.async;\nbar.sync 0;\n@%p1 bra SENT;\n" +
         instruction + " [%r10], [from], " + std::to_string(bytes) + ", [%r11];\nSENT:\n";
}

std::string bulkReceiver(unsigned expected = 128) {
  return std::string(kWords) + "st.shared.b32 [%r12], %r15;\nfence.proxy.async;\n" + kClusterSync +
         "@%p1 bra NEXT;\nmbarrier.arrive.expect_tx.shared.b64 _, [bar], " +
         std::to_string(expected) + ";\nNEXT:\n" + waitFor("bar", "0") + kLoads;
}

const std::string kBulk = "cp.async.bulk.shared::cluster.shared::cta.mbarrier::complete_tx::bytes";

TEST(Dsmem, BulkCopyToAnotherBlock) {
  for (const char *options : kAsyncOptions) {
    AsyncRun run =
        runCluster(pairKernel(1, bulkSender(kBulk) + kClusterSync, bulkReceiver() + kClusterSync),
                   2, 32, options);
    ASSERT_EQ(run.error, "") << options;
    for (uint32_t t = 0; t < 32; ++t)
      EXPECT_EQ(run.out[t], newWord(t));
  }
}

TEST(Dsmem, BulkReductionInAnotherBlock) {
  for (const Reduction &reduction : kReductions) {
    std::string instruction =
        "cp.reduce.async.bulk.shared::cluster.shared::cta.mbarrier::complete_tx::bytes." +
        std::string(reduction.name);
    AsyncRun run = runCluster(
        pairKernel(1, bulkSender(instruction) + kClusterSync, bulkReceiver() + kClusterSync), 2, 32,
        kAsyncOptions[0]);
    ASSERT_EQ(run.error, "") << reduction.name;
    for (uint32_t t = 0; t < 32; t += reduction.bytes / 4) {
      bool isWide = reduction.bytes == 8;
      uint64_t a = oldWord(t) | (isWide ? low(oldWord(t + 1)) << 32 : 0);
      uint64_t b = low(newWord(t)) | (isWide ? low(newWord(t + 1)) << 32 : 0);
      uint64_t expected = reduction.combine(low(a) | (a & ~0xffffffffull), b);
      EXPECT_EQ(run.out[t], uint32_t(expected)) << reduction.name << t;
      if (isWide)
        EXPECT_EQ(run.out[t + 1], uint32_t(expected >> 32)) << reduction.name << t;
    }
  }
}

// The source's block may not leave, nor use its memory again, before the copy is done.
TEST(Dsmem, SourceMustOutliveTheCopy) {
  std::string error =
      runCluster(pairKernel(1, bulkSender(kBulk), bulkReceiver()), 2, 32, kAsyncOptions[0]).error;
  EXPECT_NE(error.find("exits while an asynchronous copy from its shared memory is under way"),
            std::string::npos)
      << error;
}

TEST(Dsmem, MisusedMbarriersAreFound) {
  auto errorOf = [](const std::string &sender) {
    return runCluster(pairKernel(1, sender + kClusterSync, kClusterSync), 2, 32, kAsyncOptions[0])
        .error;
  };
  EXPECT_NE(errorOf("@%p1 bra S;\nmbarrier.arrive.b64 _, [%rd3];\nS:\n")
                .find("mbarrier outside any shared variable"),
            std::string::npos);
  // The first thread's mbarrier is not in the block of the target.
  EXPECT_NE(
      errorOf("@%p1 bra S;\nst.async.shared::cluster.mbarrier::complete_tx::bytes.b32 [%r10], "
              "1, [%r6];\nS:\n")
          .find("the mbarrier must be in the block of the target, rank 0 of the cluster, got "
                "rank 1"),
      std::string::npos);
  EXPECT_NE(errorOf("@%p1 bra S;\nmbarrier.arrive.shared::cta.b64 %rd4, [%r11];\nS:\n")
                .find("needs .shared::cluster"),
            std::string::npos);
  std::string generic = "cvt.u64.u32 %rd5, %r11;\ncvta.shared::cluster.u64 %rd5, %rd5;\n";
  EXPECT_NE(errorOf(generic + "@%p1 bra S;\nmbarrier.arrive.b64 %rd4, [%rd5];\nS:\n")
                .find("gives no state"),
            std::string::npos);
  EXPECT_NE(errorOf(generic + "@%p1 bra S;\nmbarrier.init.b64 [%rd5], 1;\nS:\n")
                .find("only its own block may initialise"),
            std::string::npos);
  EXPECT_NE(errorOf(generic + "mbarrier.try_wait.parity.b64 %p5, [%rd5], 0;\n")
                .find("can only wait for its own mbarriers"),
            std::string::npos);
}

} // namespace
} // namespace azulejo::sim::test
