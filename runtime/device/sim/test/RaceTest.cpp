// This file tests the race check: clean kernels have no finding, kernels that lack a barrier do.
#include "test/SimHarness.h"

namespace azulejo::sim::test {
namespace {

// Writes one word per thread to shared memory, then reads the neighbour's, twice.
std::string neighbourKernel(bool first, bool second, bool third) {
  auto barrier = [](bool present) { return present ? "bar.sync 0;\n" : ""; };
  return wrapKernel(".param .u64 out",
                    std::string(".shared .align 4 .b8 tile[512];\nmov.u32 %r1, %tid.x;\n"
                                "shl.b32 %r2, %r1, 2;\nmov.b32 %r3, tile;\nadd.u32 %r4, %r3, %r2;\n"
                                "xor.b32 %r5, %r2, 256;\nadd.u32 %r6, %r3, %r5;\n"
                                "st.shared.b32 [%r4], %r1;\n") +
                        barrier(first) + "ld.shared.b32 %r7, [%r6];\n" + barrier(second) +
                        "st.shared.b32 [%r4], %r7;\n" + barrier(third) +
                        "ld.shared.b32 %r8, [%r6];\nld.param.u64 %rd1, [out];\n"
                        "cvt.u64.u32 %rd2, %r2;\nadd.s64 %rd1, %rd1, %rd2;\n"
                        "st.global.b32 [%rd1], %r8;\n");
}

std::string runNeighbour(bool first, bool second, bool third) {
  Sim sim("sm=80,checks=mem+race+sync");
  EXPECT_EQ(sim.load(neighbourKernel(first, second, third)), "");
  azj_device_ptr out = sim.allocate(512, "out");
  return sim.launch("k", {1, 1, 1}, {128, 1, 1}, {Arg::of(out)});
}

TEST(Race, BarriersOrder) { EXPECT_EQ(runNeighbour(true, true, true), ""); }

TEST(Race, MissingBarrierIsFoundAtItsPlace) {
  std::string error = runNeighbour(false, true, true);
  EXPECT_NE(error.find("hazard on shared 'tile'"), std::string::npos) << error;
  EXPECT_NE(error.find("ld.shared.b32 %r7, [%r6]"), std::string::npos) << error;
  EXPECT_NE(error.find("st.shared.b32 [%r4], %r1"), std::string::npos) << error;
  EXPECT_NE(runNeighbour(true, false, true).find("hazard"), std::string::npos);
  EXPECT_NE(runNeighbour(true, true, false).find("hazard"), std::string::npos);
}

// All CTAs write the same word of global memory.
TEST(Race, CtasThatShareAWordRace) {
  std::string body = "ld.param.u64 %rd1, [out];\nmov.u32 %r1, %ctaid.x;\n";
  Sim sim("sm=80,checks=all");
  ASSERT_EQ(sim.load(wrapKernel(".param .u64 out", body + "st.global.b32 [%rd1], %r1;\n")), "");
  azj_device_ptr out = sim.upload(std::vector<uint32_t>{0}, "sum");
  std::string error = sim.launch("k", {2, 1, 1}, {1, 1, 1}, {Arg::of(out)});
  EXPECT_NE(error.find("write-after-write hazard on global 'sum' +0"), std::string::npos) << error;
  ASSERT_EQ(sim.load(wrapKernel(".param .u64 out", body + "red.global.add.u32 [%rd1], %r1;\n")),
            "");
  EXPECT_EQ(sim.launch("k", {2, 1, 1}, {1, 1, 1}, {Arg::of(out)}), "");
}

// cp.async into shared memory, then a read by the same and by another warp.
std::string copyKernel(bool wait, bool barrier) {
  return wrapKernel(".param .u64 in, .param .u64 out",
                    std::string(".shared .align 16 .b8 tile[1024];\nmov.u32 %r1, %tid.x;\n"
                                "shl.b32 %r2, %r1, 4;\nmov.b32 %r3, tile;\nadd.u32 %r4, %r3, %r2;\n"
                                "cvt.u64.u32 %rd3, %r2;\nld.param.u64 %rd1, [in];\n"
                                "add.s64 %rd1, %rd1, %rd3;\n"
                                "cp.async.cg.shared.global [%r4], [%rd1], 16;\n"
                                "cp.async.commit_group;\n") +
                        (wait ? "cp.async.wait_group 0;\n" : "") +
                        (barrier ? "bar.sync 0;\n" : "") +
                        "xor.b32 %r5, %r2, 512;\nadd.u32 %r6, %r3, %r5;\n"
                        "ld.shared.b32 %r8, [%r6];\nld.param.u64 %rd2, [out];\n"
                        "add.s64 %rd2, %rd2, %rd3;\nst.global.b32 [%rd2], %r8;\n");
}

std::string runCopy(bool wait, bool barrier, const char *mode) {
  Sim sim(std::string("sm=80,checks=mem+race+sync,async=") + mode);
  EXPECT_EQ(sim.load(copyKernel(wait, barrier)), "");
  std::vector<uint32_t> data(256);
  for (uint32_t i = 0; i < 256; ++i)
    data[i] = i;
  azj_device_ptr in = sim.upload(data, "in");
  azj_device_ptr out = sim.allocate(1024, "out");
  std::string error = sim.launch("k", {1, 1, 1}, {64, 1, 1}, {Arg::of(in), Arg::of(out)});
  if (wait && barrier) {
    std::vector<uint32_t> values = sim.download<uint32_t>(out, 256);
    for (uint32_t i = 0; i < 64; ++i)
      EXPECT_EQ(values[4 * i], 4 * (i ^ 32)) << mode;
  }
  return error;
}

TEST(Race, CopiesNeedTheirWaitAndABarrier) {
  for (const char *mode : {"lazy", "eager", "random"})
    EXPECT_EQ(runCopy(true, true, mode), "") << mode;
  std::string error = runCopy(false, true, "lazy");
  EXPECT_NE(error.find("has not been waited for"), std::string::npos) << error;
  EXPECT_NE(runCopy(true, false, "lazy").find("hazard"), std::string::npos);
}

// One warp: `value` goes to the word at %r4 (or, with `same`, to the first word), and each lane
// reads what lane 31 - l wrote.
std::string runLanes(const std::string &value, bool same, bool barrier) {
  std::string body = "mov.u32 %r1, %tid.x;\nshl.b32 %r2, %r1, 2;\nmov.b32 %r3, tile;\n"
                     "add.u32 %r4, %r3, %r2;\n";
  body = ".shared .align 4 .b8 tile[128];\n" + body + "st.shared.b32 [" + (same ? "%r3" : "%r4") +
         "], " + value + ";\n" + (barrier ? "bar.warp.sync -1;\n" : "") +
         "sub.u32 %r5, 124, %r2;\nadd.u32 %r6, %r3, %r5;\n" +
         (same ? ""
               : "ld.shared.b32 %r8, [%r6];\nld.param.u64 %rd1, [out];\n"
                 "cvt.u64.u32 %rd2, %r2;\nadd.s64 %rd1, %rd1, %rd2;\n"
                 "st.global.b32 [%rd1], %r8;\n");
  Sim sim("sm=80,checks=all");
  EXPECT_EQ(sim.load(wrapKernel(".param .u64 out", body)), "");
  azj_device_ptr out = sim.allocate(128, "out");
  return sim.launch("k", {1, 1, 1}, {32, 1, 1}, {Arg::of(out)});
}

TEST(Race, LanesOfAWarpAreThreads) {
  EXPECT_EQ(runLanes("%r1", false, true), "");
  std::string error = runLanes("%r1", false, false);
  EXPECT_NE(error.find("read-after-write hazard on shared 'tile'"), std::string::npos) << error;
  error = runLanes("%r1", true, true);
  EXPECT_NE(error.find("lanes of one instruction store different values"), std::string::npos)
      << error;
  EXPECT_EQ(runLanes("7", true, true), "");
}

// Every thread writes 2 bytes of its own and reads them back, with no barrier at all.
TEST(Race, HalvesOfAWordBelongToTheirLanes) {
  std::string body = ".shared .align 4 .b8 tile[128];\nmov.u32 %r1, %tid.x;\nshl.b32 %r2, %r1, 1;\n"
                     "mov.b32 %r3, tile;\nadd.u32 %r4, %r3, %r2;\ncvt.u16.u32 %h1, %r1;\n"
                     "st.shared.b16 [%r4], %h1;\nld.shared.b16 %h2, [%r4];\n"
                     "ld.param.u64 %rd1, [out];\ncvt.u64.u32 %rd2, %r2;\n"
                     "add.s64 %rd1, %rd1, %rd2;\nst.global.b16 [%rd1], %h2;\n";
  Sim sim("sm=80,checks=all");
  ASSERT_EQ(sim.load(wrapKernel(".param .u64 out", body)), "");
  azj_device_ptr out = sim.allocate(128, "out");
  EXPECT_EQ(sim.launch("k", {1, 1, 1}, {64, 1, 1}, {Arg::of(out)}), "");
}

// A block of 32 threads accesses 32 * `words` words of 'sum', of three the first alone, and a block
// of one thread the word at `word`; `wholeFirst` says who comes first. Returns what is found.
std::string runWordOfRow(unsigned words, unsigned word, bool wholeFirst, const char *whole,
                         const char *single) {
  std::string vector = words % 2 == 1 ? "" : ".v" + std::to_string(words);
  std::string registers = words % 2 == 1 ? "%r8"
                          : words == 2   ? "{%r8, %r9}"
                                         : "{%r8, %r9, %r10, %r11}";
  auto access = [](const std::string &name, const std::string &type, const std::string &values) {
    return name == "ld" ? "ld.global" + type + ".b32 " + values + ", [%rd1];\n"
                        : "st.global" + type + ".b32 [%rd1], " + values + ";\n";
  };
  std::string body =
      "ld.param.u64 %rd1, [sum];\nmov.u32 %r1, %ctaid.x;\nmov.u32 %r2, %tid.x;\n"
      "mov.b32 %r8, 1;\nmov.b32 %r9, 1;\nmov.b32 %r10, 1;\nmov.b32 %r11, 1;\n"
      "setp.eq.u32 %p1, %r1, " +
      std::string(wholeFirst ? "1" : "0") + ";\n@%p1 bra SINGLE;\nmul.wide.u32 %rd2, %r2, " +
      std::to_string(4 * words) + ";\nadd.s64 %rd1, %rd1, %rd2;\n" +
      access(whole, vector, registers) + "ret;\nSINGLE:\nsetp.ne.u32 %p2, %r2, 0;\n@%p2 ret;\n" +
      "add.s64 %rd1, %rd1, " + std::to_string(4 * word) + ";\n" + access(single, "", "%r8");
  Sim sim("sm=80,checks=mem+race+sync");
  EXPECT_EQ(sim.load(wrapKernel(".param .u64 sum", body)), "");
  azj_device_ptr sum = sim.upload(std::vector<uint32_t>(32 * words), "sum");
  return sim.launch("k", {2, 1, 1}, {32, 1, 1}, {Arg::of(sum)});
}

TEST(Race, WordsOfRowsAreFoundAtTheirPlace) {
  for (unsigned words : {1u, 2u, 3u, 4u})
    for (unsigned some : {0u, 5u, 14u, 31u}) {
      unsigned word = words == 3 ? some / 3 * 3 : some;
      std::string place = "hazard on global 'sum' +" + std::to_string(4 * word) + ":";
      std::string thread = "thread (" + std::to_string(word / words) + ",0,0)";
      auto expect = [&](bool wholeFirst, const char *whole, const char *single, const char *kind) {
        std::string error = runWordOfRow(words, word, wholeFirst, whole, single);
        EXPECT_NE(error.find(kind + (" " + place)), std::string::npos) << error;
        EXPECT_NE(error.find(thread), std::string::npos) << error;
      };
      expect(true, "ld", "st", "write-after-read");
      expect(true, "st", "ld", "read-after-write");
      expect(true, "st", "st", "write-after-write");
      expect(false, "ld", "st", "read-after-write");
      expect(false, "st", "ld", "write-after-read");
      EXPECT_EQ(runWordOfRow(words, word, true, "ld", "ld"), "");
      EXPECT_EQ(runWordOfRow(words, word, false, "ld", "ld"), "");
    }
}

// One warp writes a row and accesses it again, where it `swaps` lane l the word of lane 31 - l,
// with or without a barrier between.
std::string runRowAgain(bool swaps, bool barrier, const char *second) {
  std::string body = "ld.param.u64 %rd1, [sum];\nmov.u32 %r1, %tid.x;\nmul.wide.u32 %rd2, %r1, 4;\n"
                     "add.s64 %rd3, %rd1, %rd2;\nst.global.b32 [%rd3], %r1;\n" +
                     std::string(barrier ? "bar.warp.sync -1;\n" : "") +
                     (swaps ? "sub.s64 %rd2, 124, %rd2;\nadd.s64 %rd3, %rd1, %rd2;\n" : "") +
                     second;
  Sim sim("sm=80,checks=mem+race+sync");
  EXPECT_EQ(sim.load(wrapKernel(".param .u64 sum", body)), "");
  azj_device_ptr sum = sim.upload(std::vector<uint32_t>(32), "sum");
  return sim.launch("k", {1, 1, 1}, {32, 1, 1}, {Arg::of(sum)});
}

TEST(Race, RowsOfAWarpBelongToTheirLanes) {
  for (const char *second : {"ld.global.b32 %r8, [%rd3];\n", "st.global.b32 [%rd3], %r1;\n"}) {
    EXPECT_EQ(runRowAgain(false, false, second), "");
    EXPECT_EQ(runRowAgain(true, true, second), "");
    std::string error = runRowAgain(true, false, second);
    EXPECT_NE(error.find("hazard on global 'sum'"), std::string::npos) << error;
  }
}

// Lane l of warp 0 reads the word n + l * `step` for every n < `reads`; then warp 1 writes to
// `word`, with or without a barrier between.
std::string runReadsAndWrite(unsigned reads, unsigned step, unsigned word, bool barrier) {
  auto text = [](unsigned value) { return std::to_string(value); };
  std::string body =
      ".shared .align 4 .b8 tile[32768];\nmov.u32 %r1, %tid.x;\nmov.b32 %r2, tile;\n"
      "setp.gt.u32 %p1, %r1, 31;\n@%p1 bra WRITE;\nmad.lo.u32 %r3, %r1, " +
      text(4 * step) + ", %r2;\nmov.u32 %r4, 0;\nLOOP:\nld.shared.b32 %r5, [%r3];\n" +
      "add.u32 %r3, %r3, 4;\nadd.u32 %r4, %r4, 1;\nsetp.lt.u32 %p2, %r4, " + text(reads) +
      ";\n@%p2 bra LOOP;\nWRITE:\n" + (barrier ? "bar.sync 0;\n" : "") +
      "setp.ne.u32 %p1, %r1, 32;\n@%p1 bra END;\nst.shared.b32 [%r2+" + text(4 * word) +
      "], %r1;\nEND:\n";
  Sim sim("sm=80,checks=mem+race+sync");
  EXPECT_EQ(sim.load(wrapKernel("", body)), "");
  return sim.launch("k", {1, 1, 1}, {64, 1, 1}, {});
}

// Reads are noted before they are entered: by rows and scattered, more of them than are kept.
TEST(Race, WritesFindTheLastOfManyReads) {
  for (unsigned reads : {3u, 5000u})
    for (unsigned step : {1u, 2u, 50u})
      for (unsigned word : {0u, 2u, 57u, 1550u, 4999u, 5030u, 8000u}) {
        int last = -1;
        for (unsigned n = 0; n < reads; ++n)
          for (unsigned lane = 0; lane < 32; ++lane)
            last = n + lane * step == word ? int(lane) : last;
        std::string error = runReadsAndWrite(reads, step, word, false);
        std::string place = "write-after-read hazard on shared 'tile' +" + std::to_string(4 * word);
        EXPECT_EQ(error.find(place + ":") != std::string::npos, last >= 0) << error;
        std::string thread = "thread (" + std::to_string(last) + ",0,0)";
        EXPECT_EQ(error.find(thread) != std::string::npos, last >= 0) << thread << error;
        EXPECT_EQ(error.empty(), last < 0) << error;
        EXPECT_EQ(runReadsAndWrite(reads, step, word, true), "");
      }
}

} // namespace
} // namespace azulejo::sim::test
