// This file tests tcgen05.ld, st, cp and shift on the simulator.
#include "test/Tcgen05Kernels.h"

namespace azulejo::sim::test {
namespace {

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

TEST(Tcgen05Memory, LoadsEveryShape) {
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

TEST(Tcgen05Memory, StoresEveryShape) {
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

// A warp that loops over `body` 20,000 times.
std::string loopKernel(const std::string &body) {
  return wrapKernel("",
                    ".shared .align 128 .b8 tile[4096];\n.shared .align 8 .b8 bar[8];\n"
                    ".shared .align 4 .b8 slot[4];\nmov.u32 %r1, %tid.x;\n"
                    "setp.ne.u32 %p1, %r1, 0;\nmov.b32 %r9, 0;\n"
                    "tcgen05.alloc.cta_group::1.sync.aligned.shared::cta.b32 [slot], 64;\n"
                    "ld.shared.b32 %r3, [slot];\n" +
                        describeMatrix("tile", "%rd10") + "mov.b32 %r4, " +
                        std::to_string(instructionOf(1, 0, 64, 8)) +
                        ";\nmov.pred %p2, 0;\nAGAIN:\n" + body +
                        "add.u32 %r9, %r9, 1;\nsetp.lt.u32 %p3, %r9, 20000;\n"
                        "@%p3 bra AGAIN;\n",
                    "sm_100a", "8.6");
}

// What is issued again and again and never waited for neither grows without end nor slows down.
TEST(Tcgen05Memory, EndlessIssuesAreBounded) {
  for (const char *body :
       {"tcgen05.st.sync.aligned.32x32b.x1.b32 [%r3], {%r1};\n",
        "tcgen05.ld.sync.aligned.32x32b.x1.b32 {%r5}, [%r3];\n",
        "@!%p1 tcgen05.mma.cta_group::1.kind::f16 [%r3], %rd10, %rd10, %r4, %p2;\n"}) {
    Sim sim("sm=100,checks=mem,sync");
    ASSERT_EQ(sim.load(loopKernel(body)), "");
    std::string error = sim.launch("k", {1, 1, 1}, {32, 1, 1}, {});
    EXPECT_NE(error.find("64 columns of tensor memory that no tcgen05.dealloc"), std::string::npos)
        << body << error;
  }
}

// Addresses beyond the memory are findings of every instruction.
TEST(Tcgen05Memory, WildAddressesAreFound) {
  for (const char *body :
       {"tcgen05.st.sync.aligned.32x32b.x1.b32 [%r3], {%r1};\ntcgen05.wait::st.sync.aligned;\n",
        "tcgen05.ld.sync.aligned.16x256b.x32.b32 {%r5, %r5, %r5, %r5}, [%r3];\n",
        "@!%p1 tcgen05.mma.cta_group::1.kind::f16 [%r3], %rd10, %rd10, %r4, %p2;\n",
        "@!%p1 tcgen05.mma.cta_group::1.kind::f16 [0], [%r3], %rd10, %r4, %p2;\n",
        "@!%p1 tcgen05.shift.cta_group::1.down [%r3];\n",
        "@!%p1 tcgen05.cp.cta_group::1.128x128b [%r3], %rd10;\n",
        "tcgen05.dealloc.cta_group::1.sync.aligned.b32 %r3, 64;\n"})
    for (uint32_t address : {0xffffffffu, 0x00800000u, 0x000001ffu, 0x7fff0000u, 0x00000200u}) {
      Sim sim("sm=100,checks=all,async=eager");
      std::string text = loopKernel("mov.b32 %r3, " + std::to_string(address) + ";\n" + body);
      if (std::string(body).find("16x256b") != std::string::npos) {
        size_t list = text.find("{%r5"), end = text.find('}', list);
        std::string registers = "{%r5";
        for (int r = 1; r < 128; ++r)
          registers += ", _";
        text.replace(list, end - list, registers);
      }
      ASSERT_EQ(sim.load(text), "");
      EXPECT_NE(sim.launch("k", {1, 1, 1}, {32, 1, 1}, {}), "");
      EXPECT_NE(sim.report().find("(tensor memory address 0x"), std::string::npos)
          << body << std::hex << address << sim.report();
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

TEST(Tcgen05Memory, CopiesAndShifts) {
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

} // namespace
} // namespace azulejo::sim::test
