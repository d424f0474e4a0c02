// This file writes the PTX that the tests of tcgen05 are made of.
#include "test/Tcgen05Kernels.h"

#include "test/TestData.h"

#include <cmath>

namespace azulejo::sim::test {

std::string registers(unsigned first, unsigned count) {
  std::string list = "{";
  for (unsigned r = 0; r < count; ++r)
    list += (r ? ", %q" : "%q") + std::to_string(first + r);
  return list + "}";
}

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

std::string describeMatrix(const char *matrix, const char *to) {
  uint64_t fields = uint64_t(1) << 46 | uint64_t(256 >> 4) << 32 | uint64_t(128 >> 4) << 16;
  return std::string("mov.b32 %r10, ") + matrix +
         ";\nshr.u32 %r10, %r10, 4;\ncvt.u64.u32 %rd5, %r10;\nor.b64 " + to + ", %rd5, " +
         std::to_string(fields) + ";\n";
}

double valueOfByte(const std::vector<uint16_t> &halves, uint32_t row, uint32_t k) {
  uint32_t byte = halves[row * kDepth + k / 2] >> (8 * (k % 2)) & 0xff;
  uint32_t exponent = byte >> 3 & 15, fraction = byte & 7;
  double magnitude =
      exponent == 0 ? std::ldexp(fraction, -9) : std::ldexp(8 + fraction, int(exponent) - 10);
  return byte & 0x80 ? -magnitude : magnitude;
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

double Outcome::product(uint32_t row, uint32_t column) const {
  double sum = 0;
  for (uint32_t k = 0; k < kDepth; ++k)
    sum += halfToDouble(a[row * kDepth + k]) * halfToDouble(b[column * kDepth + k]);
  return sum;
}

Outcome run(const Program &program, const std::string &order, const std::string &checks) {
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
                   std::initializer_list<const char *> orders) {
  for (const char *order : orders) {
    Outcome result = run(program, order);
    EXPECT_NE(result.error.find(text), std::string::npos) << order << ": " << result.error;
  }
}

} // namespace azulejo::sim::test
