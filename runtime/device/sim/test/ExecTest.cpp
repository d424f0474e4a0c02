// This file tests whole kernels on the simulator: control flow, memory, barriers and warp
// operations.
#include "test/SimHarness.h"

#include <cmath>
#include <numeric>

namespace azulejo::sim::test {
namespace {

const char *const kThreadIndex = "mov.u32 %r1, %tid.x;\nmov.u32 %r2, %ctaid.x;\n"
                                 "mov.u32 %r3, %ntid.x;\nmad.lo.s32 %r4, %r2, %r3, %r1;\n";

// Loads in[i], runs `body` from %r10 to %r11, stores out[i].
std::string mapKernel(const std::string &body) {
  return wrapKernel(".param .u64 in, .param .u64 out, .param .u32 n",
                    std::string(kThreadIndex) +
                        "ld.param.u32 %r5, [n];\nsetp.ge.u32 %p1, %r4, %r5;\n@%p1 bra DONE;\n"
                        "ld.param.u64 %rd1, [in];\nld.param.u64 %rd2, [out];\n"
                        "mul.wide.u32 %rd3, %r4, 4;\nadd.s64 %rd4, %rd1, %rd3;\n"
                        "add.s64 %rd5, %rd2, %rd3;\nld.global.b32 %r10, [%rd4];\n" +
                        body + "st.global.b32 [%rd5], %r11;\nDONE:");
}

std::vector<uint32_t> runMap(const std::string &body, const std::vector<uint32_t> &in,
                             const std::string &options = "sm=80,checks=all") {
  Sim sim(options);
  EXPECT_EQ(sim.load(mapKernel(body)), "");
  azj_device_ptr from = sim.upload(in, "in");
  azj_device_ptr to = sim.allocate(in.size() * 4, "out");
  uint32_t blocks = uint32_t(in.size() + 95) / 96;
  EXPECT_EQ(sim.launch("k", {blocks, 1, 1}, {96, 1, 1},
                       {Arg::of(from), Arg::of(to), Arg::of(uint32_t(in.size()))}),
            "");
  return sim.download<uint32_t>(to, in.size());
}

std::vector<uint32_t> iota(size_t n) {
  std::vector<uint32_t> v(n);
  std::iota(v.begin(), v.end(), 0);
  return v;
}

TEST(Exec, MapsEveryElement) {
  std::vector<uint32_t> out = runMap("add.u32 %r11, %r10, 7;\n", iota(1000));
  for (uint32_t i = 0; i < 1000; ++i)
    EXPECT_EQ(out[i], i + 7);
}

TEST(Exec, LoopsAsOftenAsEachLaneSays) {
  std::vector<uint32_t> out = runMap("mov.b32 %r11, 0;\nmov.b32 %r12, 0;\n"
                                     "LOOP: setp.ge.u32 %p2, %r12, %r10;\n@%p2 bra END;\n"
                                     "add.u32 %r11, %r11, %r12;\nadd.u32 %r12, %r12, 1;\n"
                                     "bra.uni LOOP;\nEND:\n",
                                     iota(200));
  for (uint32_t i = 0; i < 200; ++i)
    EXPECT_EQ(out[i], i * (i - 1) / 2) << i;
}

TEST(Exec, BranchesByIndex) {
  std::vector<uint32_t> out =
      runMap("and.b32 %r12, %r10, 3;\nTABLE: .branchtargets A, B, C, D;\nbrx.idx %r12, TABLE;\n"
             "C: mov.b32 %r11, 300;\nbra J;\nA: mov.b32 %r11, 100;\nbra J;\n"
             "D: mov.b32 %r11, 400;\nbra J;\nB: mov.b32 %r11, 200;\nJ:\n",
             iota(64));
  for (uint32_t i = 0; i < 64; ++i)
    EXPECT_EQ(out[i], 100 * (i % 4 + 1));
}

TEST(Exec, JoinsDivergedLanesForShuffles) {
  std::vector<uint32_t> out =
      runMap("and.b32 %r12, %r10, 1;\nsetp.eq.u32 %p2, %r12, 0;\nmov.b32 %r13, 5;\n"
             "@%p2 bra EVEN;\nmov.b32 %r13, 9;\nbra JOIN;\nEVEN: mov.b32 %r13, 4;\n"
             "JOIN: shfl.sync.bfly.b32 %r11|%p3, %r13, 1, 31, -1;\n",
             iota(96));
  for (uint32_t i = 0; i < 96; ++i)
    EXPECT_EQ(out[i], i % 2 == 0 ? 9u : 4u);
}

TEST(Exec, CallsFunctions) {
  std::string ptx =
      ".version 7.0\n.target sm_80\n.address_size 64\n"
      ".func (.param .b32 r) twice(.param .b32 x)\n{\n.reg .b32 %r<4>;\n"
      "ld.param.b32 %r1, [x];\nadd.u32 %r2, %r1, %r1;\nst.param.b32 [r], %r2;\nret;\n}\n"
      ".visible .entry k(.param .u64 out)\n{\n.reg .b32 %r<4>;\n.reg .b64 %rd<4>;\n"
      "mov.u32 %r1, %tid.x;\n{ .param .b32 p0;\n.param .b32 q0;\n"
      "st.param.b32 [p0], %r1;\ncall.uni (q0), twice, (p0);\n"
      "ld.param.b32 %r2, [q0];\n}\nld.param.u64 %rd1, [out];\n"
      "mul.wide.u32 %rd2, %r1, 4;\nadd.s64 %rd1, %rd1, %rd2;\n"
      "st.global.b32 [%rd1], %r2;\nret;\n}\n";
  Sim sim;
  ASSERT_EQ(sim.load(ptx), "");
  azj_device_ptr out = sim.allocate(128);
  ASSERT_EQ(sim.launch("k", {1, 1, 1}, {32, 1, 1}, {Arg::of(out)}), "");
  std::vector<uint32_t> values = sim.download<uint32_t>(out, 32);
  for (uint32_t i = 0; i < 32; ++i)
    EXPECT_EQ(values[i], 2 * i);
}

std::string reverseKernel(bool withBarrier) {
  return wrapKernel(
      ".param .u64 out",
      std::string(kThreadIndex) +
          ".shared .align 4 .b8 tile[1024];\nmov.b32 %r5, tile;\n"
          "shl.b32 %r6, %r1, 2;\nadd.u32 %r7, %r5, %r6;\nst.shared.b32 [%r7], %r4;\n" +
          (withBarrier ? "bar.sync 0;\n" : "") +
          "sub.u32 %r8, 1020, %r6;\nadd.u32 %r9, %r5, %r8;\n"
          "ld.shared.b32 %r10, [%r9];\nld.param.u64 %rd1, [out];\n"
          "mul.wide.u32 %rd2, %r4, 4;\nadd.s64 %rd1, %rd1, %rd2;\n"
          "st.global.b32 [%rd1], %r10;\n");
}

TEST(Exec, ReversesThroughSharedMemory) {
  Sim sim;
  ASSERT_EQ(sim.load(reverseKernel(true)), "");
  azj_device_ptr out = sim.allocate(4096);
  ASSERT_EQ(sim.launch("k", {4, 1, 1}, {256, 1, 1}, {Arg::of(out)}), "");
  std::vector<uint32_t> values = sim.download<uint32_t>(out, 1024);
  for (uint32_t i = 0; i < 1024; ++i)
    EXPECT_EQ(values[i], i / 256 * 256 + 255 - i % 256);
}

TEST(Exec, SharedReadBeforeTheWriteIsUninitialised) {
  Sim sim;
  ASSERT_EQ(sim.load(reverseKernel(false)), "");
  azj_device_ptr out = sim.allocate(4096);
  std::string error = sim.launch("k", {4, 1, 1}, {256, 1, 1}, {Arg::of(out)});
  EXPECT_NE(error.find("initcheck"), std::string::npos) << error;
  EXPECT_NE(error.find("'tile'"), std::string::npos) << error;
}

TEST(Exec, ReadPastTheEndIsFoundAndNamed) {
  Sim sim;
  ASSERT_EQ(sim.load(mapKernel("mov.b32 %r11, %r10;\n")), "");
  azj_device_ptr in = sim.upload(std::vector<uint32_t>(60), "weights");
  azj_device_ptr out = sim.allocate(64 * 4, "out");
  std::string error =
      sim.launch("k", {1, 1, 1}, {64, 1, 1}, {Arg::of(in), Arg::of(out), Arg::of(uint32_t{64})});
  EXPECT_NE(error.find("0 bytes past the end of 'weights' of 240 bytes"), std::string::npos)
      << error;
  EXPECT_NE(error.find("seen 4 times"), std::string::npos) << error;
  EXPECT_EQ(sim.findings(), 1u);
  EXPECT_NE(sim.report().find("\"kind\": \"out-of-bounds\""), std::string::npos);
}

TEST(Exec, ReleasedMemoryIsNotReadable) {
  Sim sim;
  ASSERT_EQ(sim.load(mapKernel("mov.b32 %r11, %r10;\n")), "");
  azj_device_ptr in = sim.upload(std::vector<uint32_t>(64), "old");
  azj_device_ptr out = sim.allocate(64 * 4, "out");
  azj_status_free(sim.device->vtable->release(sim.device, in));
  std::string error =
      sim.launch("k", {1, 1, 1}, {64, 1, 1}, {Arg::of(in), Arg::of(out), Arg::of(uint32_t{64})});
  EXPECT_NE(error.find("'old' +0x0, which has been released"), std::string::npos) << error;
}

TEST(Exec, MisalignedAccessIsFound) {
  Sim sim;
  ASSERT_EQ(sim.load(wrapKernel(".param .u64 in", "ld.param.u64 %rd1, [in];\n"
                                                  "ld.global.b32 %r1, [%rd1+2];\n")),
            "");
  azj_device_ptr in = sim.upload(std::vector<uint32_t>(64));
  std::string error = sim.launch("k", {1, 1, 1}, {1, 1, 1}, {Arg::of(in)});
  EXPECT_NE(error.find("not a multiple of 4"), std::string::npos) << error;
}

TEST(Exec, DivergentBarrierIsFound) {
  Sim sim;
  ASSERT_EQ(sim.load(wrapKernel("", "mov.u32 %r1, %tid.x;\nsetp.lt.u32 %p1, %r1, 16;\n"
                                    "@%p1 bra A;\nbar.sync 0;\nbra B;\nA: bar.sync 0;\nB:\n")),
            "");
  std::string error = sim.launch("k", {1, 1, 1}, {64, 1, 1}, {});
  EXPECT_NE(error.find("aligned barrier is executed by 16 of the 32"), std::string::npos) << error;
}

TEST(Exec, DeadlockNamesEveryPlace) {
  Sim sim;
  ASSERT_EQ(
      sim.load(wrapKernel("", "mov.u32 %r1, %tid.x;\nsetp.lt.u32 %p1, %r1, 32;\n"
                              "@%p1 bra A;\nbar.sync 1, 64;\nbra B;\nA: bar.sync 2, 64;\nB:\n")),
      "");
  std::string error = sim.launch("k", {1, 1, 1}, {64, 1, 1}, {});
  EXPECT_NE(error.find("deadlock"), std::string::npos) << error;
  EXPECT_NE(error.find("barrier 1 has 32 of 64"), std::string::npos) << error;
  EXPECT_NE(error.find("barrier 2 has 32 of 64"), std::string::npos) << error;
}

TEST(Exec, SpinLockInsideAWarpEnds) {
  // Every lane takes a lock in turn: lanes that spin must let the holder go on.
  std::string body = "ld.param.u64 %rd1, [lock];\nmov.b32 %r5, 0;\n"
                     "TRY: atom.global.cas.b32 %r2, [%rd1], 0, 1;\nsetp.ne.u32 %p1, %r2, 0;\n"
                     "@%p1 bra TRY;\nld.volatile.global.b32 %r3, [%rd1+4];\nadd.u32 %r3, %r3, 1;\n"
                     "st.volatile.global.b32 [%rd1+4], %r3;\n"
                     "atom.global.exch.b32 %r4, [%rd1], 0;\n";
  Sim sim;
  ASSERT_EQ(sim.load(wrapKernel(".param .u64 lock", body)), "");
  azj_device_ptr lock = sim.upload(std::vector<uint32_t>{0, 0});
  ASSERT_EQ(sim.launch("k", {3, 1, 1}, {64, 1, 1}, {Arg::of(lock)}), "");
  EXPECT_EQ(sim.download<uint32_t>(lock, 2)[1], 192u);
}

TEST(Exec, WaitsForAnotherCta) {
  // CTA 0 waits for a flag that the last CTA sets.
  std::string body =
      "ld.param.u64 %rd1, [flag];\nmov.u32 %r1, %ctaid.x;\nsetp.ne.u32 %p1, %r1, 0;\n"
      "@%p1 bra SET;\nWAIT: ld.acquire.gpu.global.b32 %r2, [%rd1];\n"
      "setp.eq.u32 %p2, %r2, 0;\n@%p2 bra WAIT;\nst.global.b32 [%rd1+4], %r2;\nbra END;\n"
      "SET: st.release.gpu.global.b32 [%rd1], 5;\nEND:\n";
  Sim sim;
  ASSERT_EQ(sim.load(wrapKernel(".param .u64 flag", body)), "");
  azj_device_ptr flag = sim.upload(std::vector<uint32_t>{0, 0});
  ASSERT_EQ(sim.launch("k", {2, 1, 1}, {32, 1, 1}, {Arg::of(flag)}), "");
  EXPECT_EQ(sim.download<uint32_t>(flag, 2)[1], 5u);
}

// Lanes 0 to 15 and 16 to 31 name only themselves, at one instruction.
TEST(Exec, TilesOfAWarpWorkForThemselves) {
  std::vector<uint32_t> out =
      runMap("mov.u32 %r12, %laneid;\nand.b32 %r13, %r12, 16;\nshl.b32 %r14, 0xffff, %r13;\n"
             "setp.ne.u32 %p2, %r13, 0;\nvote.sync.ballot.b32 %r11, %p2, %r14;\n"
             "shfl.sync.idx.b32 %r15, %r12, 3, 0x101f, %r14;\nadd.u32 %r11, %r11, %r15;\n",
             iota(96));
  for (uint32_t i = 0; i < 96; ++i)
    EXPECT_EQ(out[i], i % 32 < 16 ? 3u : 0xffff0000u + 19);
}

// Even lanes wait for all, odd lanes for themselves and lane 0, at one instruction.
TEST(Exec, MasksThatContradictEndTheLaunch) {
  Sim sim;
  ASSERT_EQ(sim.load(wrapKernel("", "mov.u32 %r1, %laneid;\nand.b32 %r2, %r1, 1;\n"
                                    "setp.eq.u32 %p1, %r2, 0;\n"
                                    "selp.b32 %r3, 0xffffffff, 0xaaaaaaab, %p1;\n"
                                    "shfl.sync.idx.b32 %r4, %r1, 0, 31, %r3;\n")),
            "");
  std::string error = sim.launch("k", {1, 1, 1}, {32, 1, 1}, {});
  EXPECT_NE(error.find("lane 0 names 0xffffffff, lane 1 names 0xaaaaaaab"), std::string::npos)
      << error;
}

// Lane 0 waits for another block, its warp at the barrier behind the loop for lane 0.
TEST(Exec, WarpWaitsAtABarrierForALaneThatSpins) {
  std::string body =
      "ld.param.u64 %rd1, [flags];\nmov.u32 %r1, %tid.x;\nsetp.ne.u32 %p1, %r1, 0;\n"
      "@%p1 bra JOIN;\natom.global.add.u32 %r2, [%rd1], 1;\n"
      "WAIT: ld.volatile.global.b32 %r3, [%rd1];\nsetp.lt.u32 %p2, %r3, 3;\n@%p2 bra WAIT;\n"
      "JOIN: bar.sync 0;\natom.global.add.u32 %r4, [%rd1+4], 1;\n";
  Sim sim;
  ASSERT_EQ(sim.load(wrapKernel(".param .u64 flags", body)), "");
  azj_device_ptr flags = sim.upload(std::vector<uint32_t>{0, 0});
  ASSERT_EQ(sim.launch("k", {3, 1, 1}, {96, 1, 1}, {Arg::of(flags)}), "");
  EXPECT_EQ(sim.download<uint32_t>(flags, 2), (std::vector<uint32_t>{3, 3 * 96}));
}

const char *const kFunctions =
    ".version 7.0\n.target sm_80\n.address_size 64\n"
    ".func (.param .b32 r) plus(.param .b32 a, .param .b32 b);\n"
    ".global .align 8 .u64 table[2] = {plus, minus};\n"
    ".func (.param .b32 r) plus(.param .b32 a, .param .b32 b)\n{\n.reg .b32 %r<4>;\n"
    "ld.param.b32 %r1, [a];\nld.param.b32 %r2, [b];\nadd.u32 %r3, %r1, %r2;\n"
    "st.param.b32 [r], %r3;\nret;\n}\n"
    ".func (.param .b32 r) minus(.param .b32 a, .param .b32 b)\n{\n.reg .b32 %r<4>;\n"
    "ld.param.b32 %r1, [a];\nld.param.b32 %r2, [b];\nsub.u32 %r3, %r1, %r2;\n"
    "st.param.b32 [r], %r3;\nret;\n}\n";

std::string callThrough(const std::string &address) {
  return std::string(kFunctions) +
         ".visible .entry k(.param .u64 out)\n{\n.reg .b32 %r<8>;\n.reg .b64 %rd<8>;\n"
         ".reg .pred %p<4>;\nmov.u32 %r1, %tid.x;\nand.b32 %r2, %r1, 1;\n"
         "mul.wide.u32 %rd1, %r2, 8;\n" +
         address +
         "{ .param .b32 p0;\n.param .b32 p1;\n.param .b32 q0;\nst.param.b32 [p0], 100;\n"
         "st.param.b32 [p1], %r1;\nst.param.b32 [q0], 7;\nsetp.ne.u32 %p1, %r1, 5;\n"
         "shape: .callprototype (.param .b32 _) _ (.param .b32 _, .param .b32 _);\n"
         "@%p1 call (q0), %rd3, (p0, p1), shape;\nld.param.b32 %r3, [q0];\n}\n"
         "ld.param.u64 %rd4, [out];\nmul.wide.u32 %rd5, %r1, 4;\nadd.s64 %rd4, %rd4, %rd5;\n"
         "st.global.b32 [%rd4], %r3;\nret;\n}\n";
}

TEST(Exec, CallsThroughATableOfFunctions) {
  Sim sim;
  ASSERT_EQ(sim.load(callThrough("mov.b64 %rd2, table;\nadd.s64 %rd2, %rd2, %rd1;\n"
                                 "ld.global.b64 %rd3, [%rd2];\n")),
            "");
  azj_device_ptr out = sim.allocate(128);
  ASSERT_EQ(sim.launch("k", {1, 1, 1}, {32, 1, 1}, {Arg::of(out)}), "");
  std::vector<uint32_t> values = sim.download<uint32_t>(out, 32);
  for (uint32_t i = 0; i < 32; ++i)
    EXPECT_EQ(values[i], i == 5 ? 7 : i % 2 != 0 ? 100 - i : 100 + i);
}

TEST(Exec, CallOfNoFunctionIsATrap) {
  Sim sim;
  ASSERT_EQ(sim.load(callThrough("mov.b64 %rd3, 4096;\n")), "");
  azj_device_ptr out = sim.allocate(128);
  std::string error = sim.launch("k", {1, 1, 1}, {32, 1, 1}, {Arg::of(out)});
  EXPECT_NE(error.find("the kernel executed a trap"), std::string::npos) << error;
  EXPECT_NE(error.find("call (q0), %rd3"), std::string::npos) << error;
}

// One lane prints; `format` and the values are bytes of the module.
std::string printed(const std::string &format, const std::string &stores) {
  std::string bytes;
  for (char c : format)
    bytes += std::to_string(int(c)) + ", ";
  Sim sim;
  EXPECT_EQ(
      sim.load(".version 7.0\n.target sm_80\n.address_size 64\n"
               ".extern .func (.param .b32 r) vprintf(.param .b64 f, .param .b64 a);\n"
               ".global .b8 text[3] = {97, 98, 0};\n.global .b8 format[" +
               std::to_string(format.size() + 1) + "] = {" + bytes +
               "0};\n.visible .entry k()\n{\n.local .align 8 .b8 list[56];\n.reg .b32 %r<4>;\n"
               ".reg .b64 %rd<8>;\nmov.b64 %rd1, list;\n" +
               stores +
               "cvta.local.u64 %rd1, %rd1;\nmov.b64 %rd2, format;\n{ .param .b64 p0;\n"
               ".param .b64 p1;\n.param .b32 q0;\nst.param.b64 [p0], %rd2;\n"
               "st.param.b64 [p1], %rd1;\ncall.uni (q0), vprintf, (p0, p1);\n}\nret;\n}\n"),
      "");
  testing::internal::CaptureStdout();
  EXPECT_EQ(sim.launch("k", {2, 1, 1}, {1, 1, 1}, {}), "");
  return testing::internal::GetCapturedStdout();
}

TEST(Exec, PrintsAsTheCLibraryDoes) {
  EXPECT_EQ(
      printed("[%5d|%-6.2f|%s|%c|%%|%#llx|%hhu|%*u]",
              "st.local.b32 [list], -42;\n"
              "st.local.b64 [list+8], 0d400921FB54442D18;\nmov.b64 %rd3, text;\n"
              "st.local.b64 [list+16], %rd3;\nst.local.b32 [list+24], 65;\n"
              "st.local.b64 [list+32], 0x123456789ab;\nst.local.b32 [list+40], 511;\n"
              "st.local.b32 [list+44], 4;\nst.local.b32 [list+48], 7;\n"),
      "[  -42|3.14  |ab|A|%|0x123456789ab|255|   7][  -42|3.14  |ab|A|%|0x123456789ab|255|   7]");
}

TEST(Exec, PrintsNothingOfAFormatAtFault) {
  EXPECT_EQ(printed("a%2000000000d", ""), "aa");
  EXPECT_EQ(printed("b%*d", "st.local.b32 [list], 99999;\n"), "bb");
  EXPECT_EQ(printed("c%s", "st.local.b64 [list], 16;\n"), "cc");
  EXPECT_EQ(printed("d%n%d", ""), "dd");
  EXPECT_EQ(printed("e%", ""), "ee");
}

TEST(Exec, SameResultForAnyNumberOfThreads) {
  std::string first;
  for (const char *options : {"sm=80,checks=all,threads=1", "sm=80,checks=all,threads=4"}) {
    Sim sim(options);
    ASSERT_EQ(sim.load(mapKernel("mov.b32 %r11, %r10;\nshl.b32 %r12, %r10, 7;\n")), "");
    azj_device_ptr in = sim.upload(iota(5000), "in");
    azj_device_ptr out = sim.allocate(4980 * 4, "out");
    std::string error = sim.launch("k", {53, 1, 1}, {96, 1, 1},
                                   {Arg::of(in), Arg::of(out), Arg::of(uint32_t{5000})});
    EXPECT_NE(error, "");
    if (first.empty())
      first = sim.report();
    EXPECT_EQ(sim.report(), first);
  }
}

TEST(Exec, UnknownFormIsRefusedWithItsPlace) {
  Sim sim;
  std::string error = sim.load(wrapKernel("", "mov.u32 %r1, %tid.x;\nfrobnicate.u32 %r1, %r1;\n"));
  EXPECT_EQ(error.rfind("test.ptx:", 0), 0u);
  EXPECT_NE(error.find("'frobnicate.u32' is not implemented"), std::string::npos) << error;
  EXPECT_NE(error.find(":11:1:"), std::string::npos) << error;
}

TEST(Exec, WrongArgumentsAreRefused) {
  Sim sim;
  ASSERT_EQ(sim.load(mapKernel("mov.b32 %r11, %r10;\n")), "");
  EXPECT_NE(sim.launch("k", {1, 1, 1}, {32, 1, 1}, {}).find("expected 3 arguments, got 0"),
            std::string::npos);
  EXPECT_NE(sim.launch("k", {1, 1, 1}, {2048, 1, 1}, {}).find("1 to 1024 threads"),
            std::string::npos);
  EXPECT_NE(sim.launch("nope", {1, 1, 1}, {32, 1, 1}, {}).find("has no kernel 'nope'"),
            std::string::npos);
}

TEST(Exec, KernelThatNeverEndsIsReported) {
  Sim sim("sm=80,checks=mem,limit=100000");
  ASSERT_EQ(sim.load(wrapKernel("", "LOOP: bra LOOP;\n")), "");
  EXPECT_NE(sim.launch("k", {1, 1, 1}, {32, 1, 1}, {}).find("does not seem to end"),
            std::string::npos);
}

TEST(Exec, FindingNamesTheModelNode) {
  std::string ptx = wrapKernel(
      ".param .u64 in", ".loc 1 17 2\nld.param.u64 %rd1, [in];\nld.global.b32 %r1, [%rd1+4096];\n");
  ptx +=
      ".file 1 \"resnet50.onnx\"\n// node 16 Relu_11\n// node 17 Conv_12 a\n// node x\n// node 9";
  Sim sim;
  ASSERT_EQ(sim.load(ptx), "");
  azj_device_ptr in = sim.upload(std::vector<uint32_t>(4));
  std::string error = sim.launch("k", {1, 1, 1}, {1, 1, 1}, {Arg::of(in)});
  EXPECT_NE(error.find("from resnet50.onnx:17, node 'Conv_12 a'\n"), std::string::npos) << error;
}

} // namespace
} // namespace azulejo::sim::test
