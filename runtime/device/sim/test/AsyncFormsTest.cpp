// This file tests forms of asynchronous copies and mbarriers: small sizes of cp.async, the ways to
// arrive and to ask, bulk copies of bytes and tensor stores, in every asynchronous order.
#include "test/SimHarness.h"

#include <algorithm>

namespace azulejo::sim::test {
namespace {

const char *const kModes[] = {"lazy", "eager", "random"};

// 64 threads copy 4, 8 or 16 bytes, of which some come from memory and the rest is zero.
TEST(AsyncForms, CopiesOfThreads) {
  for (const char *mode : kModes)
    for (std::string opcode :
         {"cp.async.ca.shared.global", "cp.async.ca.shared::cta.global.L2::128B"})
      for (unsigned bytes : {4u, 8u, 16u})
        for (unsigned source : {0u, 2u, bytes}) {
          Sim sim(std::string("sm=80,checks=all,async=") + mode);
          ASSERT_EQ(
              sim.load(wrapKernel(
                  ".param .u64 in, .param .u64 out",
                  ".shared .align 16 .b8 s[1024];\nmov.u32 %r1, %tid.x;\nshl.b32 %r2, %r1, 4;\n"
                  "mov.u32 %r3, s;\nadd.u32 %r3, %r3, %r2;\ncvt.u64.u32 %rd1, %r2;\n"
                  "ld.param.u64 %rd2, [in];\nadd.s64 %rd2, %rd2, %rd1;\nld.param.u64 %rd3, [out];\n"
                  "add.s64 %rd3, %rd3, %rd1;\nmov.b64 %rd4, -1;\nst.shared.v2.b64 [%r3], {%rd4, "
                  "%rd4};\n" +
                      opcode + " [%r3], [%rd2], " + std::to_string(bytes) + ", " +
                      std::to_string(source) +
                      ";\ncp.async.wait_all;\nld.shared.v2.b64 {%rd5, %rd6}, [%r3];\n"
                      "st.global.v2.b64 [%rd3], {%rd5, %rd6};",
                  "sm_80", "8.0")),
              "");
          std::vector<uint8_t> in(1024);
          for (size_t i = 0; i < in.size(); ++i)
            in[i] = uint8_t(i * 7 + 1);
          azj_device_ptr out = sim.allocate(1024);
          ASSERT_EQ(sim.launch("k", {1, 1, 1}, {64, 1, 1}, {Arg::of(sim.upload(in)), Arg::of(out)}),
                    "");
          std::vector<uint8_t> got = sim.download<uint8_t>(out, 1024);
          for (size_t i = 0; i < in.size(); ++i)
            EXPECT_EQ(got[i], i % 16 < source  ? in[i]
                              : i % 16 < bytes ? 0
                                               : 0xff)
                << mode << " " << bytes << " of " << source << " byte " << i;
        }
}

// One thread drives an mbarrier and notes what the questions answer.
std::vector<uint32_t> answersOf(const std::string &body) {
  Sim sim("sm=90,checks=all");
  std::string error = sim.load(
      wrapKernel(".param .u64 out",
                 ".shared .align 8 .b64 bar;\nld.param.u64 %rd1, [out];\nmov.u32 %r9, bar;\n"
                 "cvt.u64.u32 %rd8, %r9;\ncvta.shared.u64 %rd9, %rd8;\n" +
                     body,
                 "sm_90", "8.0"));
  EXPECT_EQ(error, "");
  azj_device_ptr out = sim.upload(std::vector<uint32_t>(16, 9));
  if (error.empty())
    EXPECT_EQ(sim.launch("k", {1, 1, 1}, {1, 1, 1}, {Arg::of(out)}), "");
  return sim.download<uint32_t>(out, 16);
}

std::string note(unsigned place) {
  return "selp.b32 %r10, 1, 0, %p1;\nst.global.b32 [%rd1+" + std::to_string(4 * place) +
         "], %r10;\n";
}

TEST(AsyncForms, ArrivalsAndQuestions) {
  std::vector<uint32_t> got =
      answersOf("mbarrier.init.shared.b64 [bar], 2;\n"
                "mbarrier.test_wait.parity.shared::cta.b64 %p1, [bar], 1;\n" +
                note(0) + // the phase before
                "mbarrier.test_wait.parity.b64 %p1, [%rd9], 0;\n" + note(1) +
                "mbarrier.arrive.noComplete.release.cta.shared.b64 %rd2, [bar], 1;\n"
                "mbarrier.test_wait.shared.b64 %p1, [bar], %rd2;\n" +
                note(2) +
                "mbarrier.arrive.shared.b64 %rd3, [bar];\n"
                "mbarrier.test_wait.acquire.cta.shared.b64 %p1, [%r9], %rd2;\n" +
                note(3) + "mbarrier.try_wait.shared.b64 %p1, [bar], %rd3, 100;\n" + note(4) +
                "mbarrier.expect_tx.relaxed.cta.shared.b64 [bar], 16;\n"
                "mbarrier.arrive.shared.b64 %rd4, [bar], 2;\n"
                "mbarrier.test_wait.shared.b64 %p1, [bar], %rd4;\n" +
                note(5) + // bytes are missing
                "mbarrier.complete_tx.relaxed.cta.shared.b64 [bar], 16;\n"
                "mbarrier.test_wait.shared.b64 %p1, [bar], %rd4;\n" +
                note(6) +
                "mbarrier.arrive_drop.shared.b64 %rd5, [bar];\n"
                "mbarrier.arrive.shared.b64 %rd5, [bar];\n"
                "mbarrier.arrive.shared.b64 %rd6, [bar];\n" // one is expected now
                "mbarrier.test_wait.shared.b64 %p1, [bar], %rd6;\n" +
                note(7) +
                "mbarrier.inval.shared.b64 [bar];\nmbarrier.init.shared.b64 [bar], 1;\n"
                "mbarrier.test_wait.parity.shared.b64 %p1, [bar], 0;\n" +
                note(8));
  EXPECT_EQ(got, (std::vector<uint32_t>{1, 0, 0, 1, 1, 0, 1, 1, 0, 9, 9, 9, 9, 9, 9, 9}));
}

// Bytes go to shared memory and back; a group is waited for.
TEST(AsyncForms, BulkCopiesOfBytes) {
  for (const char *mode : kModes)
    for (const char *read : {"", ".read"}) {
      Sim sim(std::string("sm=90,checks=all,async=") + mode);
      ASSERT_EQ(
          sim.load(wrapKernel(
              ".param .u64 in, .param .u64 out",
              ".shared .align 128 .b8 s[1024];\n.shared .align 8 .b64 bar;\nmov.u32 %r1, %tid.x;\n"
              "setp.eq.u32 %p1, %r1, 0;\nld.param.u64 %rd1, [in];\nld.param.u64 %rd2, "
              "[out];\nmov.u32 %r2, s;\n"
              "@%p1 mbarrier.init.shared.b64 [bar], 1;\n@%p1 fence.mbarrier_init.release.cluster;\n"
              "bar.sync 0;\n@!%p1 bra WAIT;\nmbarrier.arrive.expect_tx.shared.b64 _, [bar], 512;\n"
              "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%r2], "
              "[%rd1+256], 512, [bar];\n"
              "WAIT: mbarrier.try_wait.parity.shared.b64 %p2, [bar], 0;\n@!%p2 bra WAIT;\n"
              "shl.b32 %r3, %r1, 2;\nadd.u32 %r3, %r3, %r2;\nld.shared.u32 %r4, [%r3];\n"
              "add.u32 %r4, %r4, 5;\nst.shared.u32 [%r3], "
              "%r4;\nfence.proxy.async.shared::cta;\nbar.sync 0;\n"
              "@%p1 cp.async.bulk.global.shared::cta.bulk_group [%rd2+16], [%r2+16], 496;\n"
              "@%p1 cp.async.bulk.commit_group;\n@%p1 cp.async.bulk.wait_group" +
                  std::string(read) + " 0;",
              "sm_90", "8.0")),
          "");
      std::vector<uint32_t> in(256);
      for (uint32_t i = 0; i < 256; ++i)
        in[i] = i * i;
      azj_device_ptr out = sim.upload(std::vector<uint32_t>(128, 1));
      ASSERT_EQ(sim.launch("k", {1, 1, 1}, {128, 1, 1}, {Arg::of(sim.upload(in)), Arg::of(out)}),
                "");
      std::vector<uint32_t> got = sim.download<uint32_t>(out, 128);
      for (uint32_t i = 0; i < 128; ++i)
        EXPECT_EQ(got[i], i < 4 ? 1 : in[i + 64] + 5) << mode << read;
    }
}

// A box of 8 x 4 words, a part of which lies outside of the tensor.
TEST(AsyncForms, TensorStoresLeaveOutWhatLiesOutside) {
  for (const char *mode : kModes) {
    Sim sim(std::string("sm=90,checks=all,async=") + mode);
    ASSERT_EQ(
        sim.load(wrapKernel(
            ".param .align 64 .b8 map[128]",
            ".shared .align 128 .b8 s[128];\nmov.u32 %r1, %tid.x;\nsetp.eq.u32 %p1, %r1, 0;\n"
            "mov.u32 %r2, s;\nshl.b32 %r3, %r1, 2;\nadd.u32 %r3, %r3, %r2;\nadd.u32 %r4, %r1, "
            "100;\n"
            "st.shared.u32 [%r3], %r4;\nfence.proxy.async.shared::cta;\nbar.sync 0;\n"
            "mov.b64 %rd1, map;\ncvta.param.u64 %rd2, %rd1;\nmov.b32 %r5, 12;\nmov.b32 %r6, -1;\n"
            "@%p1 cp.async.bulk.tensor.2d.global.shared::cta.tile.bulk_group [%rd2, {%r5, %r6}], "
            "[%r2];\n"
            "@%p1 cp.async.bulk.commit_group;\n@%p1 cp.async.bulk.wait_group 0;",
            "sm_90", "8.0")),
        "");
    azj_device_ptr base = sim.upload(std::vector<uint32_t>(16 * 8, 1), "matrix");
    azj_tensor_map_desc desc = {};
    desc.type = AZJ_TENSOR_MAP_U32;
    desc.rank = 2;
    desc.base = base;
    desc.dims[0] = 16;
    desc.dims[1] = 8;
    desc.strides[1] = 64;
    desc.box[0] = 8;
    desc.box[1] = 4;
    desc.element_strides[0] = desc.element_strides[1] = 1;
    azj_tensor_map map;
    ASSERT_EQ(sim.device->vtable->encode_tensor_map(sim.device, &desc, &map), nullptr);
    ASSERT_EQ(sim.launch("k", {1, 1, 1}, {32, 1, 1}, {Arg::of(map)}), "");
    std::vector<uint32_t> got = sim.download<uint32_t>(base, 16 * 8);
    for (int row = 0; row < 8; ++row)
      for (int column = 0; column < 16; ++column) {
        bool isInside = row <= 2 && column >= 12;
        EXPECT_EQ(got[size_t(row * 16 + column)],
                  isInside ? uint32_t(100 + (row + 1) * 8 + column - 12) : 1u)
            << mode << " " << row << " " << column;
      }
  }
}

} // namespace
} // namespace azulejo::sim::test
