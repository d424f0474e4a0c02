// This file tests every row of AluForms.def against a second formulation, over special and random
// operands, through the whole path from PTX text to memory.
#include "ir/Forms.h"
#include "test/AluReference.h"
#include "test/SimHarness.h"

#include <cmath>
#include <cstring>
#include <random>

namespace azulejo::sim::test {
namespace {

constexpr size_t kCount = 1536;

const uint64_t kSpecials[] = {0,
                              1,
                              2,
                              3,
                              7,
                              15,
                              16,
                              31,
                              32,
                              33,
                              63,
                              64,
                              65,
                              255,
                              256,
                              0x7fff,
                              0x8000,
                              0x8001,
                              0xffff,
                              0x7c00,
                              0xfc00,
                              0x7e00,
                              0x3c00,
                              0xbc00,
                              0x03ff,
                              0x0400,
                              0x7bff,
                              0x7f80,
                              0xff80,
                              0x3f80,
                              0x0080,
                              0x7fffffff,
                              0x80000000,
                              0x80000001,
                              0xffffffff,
                              0x3f800000,
                              0xbf800000,
                              0x7f800000,
                              0xff800000,
                              0x7fc00000,
                              0x00800000,
                              0x007fffff,
                              0x00000001,
                              0x7f7fffff,
                              0x3f000000,
                              0x4b800000,
                              0x33800000,
                              0x7fffffffffffffff,
                              0x8000000000000000,
                              0xffffffffffffffff,
                              0x3ff0000000000000,
                              0x7ff0000000000000,
                              0xfff0000000000000,
                              0x7ff8000000000000,
                              0x000fffffffffffff,
                              0x7fefffffffffffff,
                              0x3c003c00,
                              0x80008000,
                              0x3f803f80,
                              0x7e807e80};

std::vector<uint64_t> makeOperands(unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<uint64_t> values(kCount);
  constexpr size_t kSpecialCount = sizeof(kSpecials) / sizeof(kSpecials[0]);
  for (size_t i = 0; i < kCount; ++i) {
    uint64_t bits = random();
    if (i < 1024)
      bits = kSpecials[random() % kSpecialCount];
    else if (i % 2 == 0) // floats near one another, where sums cancel and round
      bits = (bits & 0x803fffff803fffff) | 0x3f8000003f800000;
    values[i] = bits;
  }
  return values;
}

std::string kernelFor(const std::string &opcode, const AluForm &form) {
  std::string body =
      "mov.u32 %r1, %tid.x;\nmov.u32 %r2, %ctaid.x;\nmad.lo.s32 %r3, %r2, 128, %r1;\n"
      "mul.wide.u32 %rd1, %r3, 8;\n";
  auto reg = [](unsigned bytes, unsigned index) {
    return std::string(bytes == 2 ? "%h" : (bytes == 4 ? "%r" : "%rd")) +
           std::to_string(10 + index);
  };
  for (unsigned s = 0; s < form.operands; ++s) {
    std::string n = std::to_string(s);
    body += "ld.param.u64 %rd2, [in" + n + "];\nadd.s64 %rd3, %rd2, %rd1;\nld.global.b" +
            std::to_string(form.sourceBytes[s] * 8) + " " + reg(form.sourceBytes[s], s) +
            ", [%rd3];\n";
  }
  body += opcode.substr(0, opcode.find('{')) + " " + reg(form.resultBytes, 9);
  for (unsigned s = 0; s < form.operands; ++s)
    body += ", " + reg(form.sourceBytes[s], s);
  if (opcode == "lop3.b32")
    body += ", 0xe8";
  body += ";\nld.param.u64 %rd2, [out];\nadd.s64 %rd3, %rd2, %rd1;\nst.global.b" +
          std::to_string(form.resultBytes * 8) + " [%rd3], " + reg(form.resultBytes, 9) + ";\n";
  return wrapKernel(".param .u64 in0, .param .u64 in1, .param .u64 in2, .param .u64 in3, "
                    ".param .u64 out",
                    body, "sm_120", "9.0");
}

double valueOf(uint64_t bits, const std::string &opcode) {
  std::string type = opcode.substr(opcode.rfind('.') + 1);
  if (type == "f64") {
    double d;
    std::memcpy(&d, &bits, 8);
    return d;
  }
  uint32_t word = uint32_t(bits);
  if (type == "bf16")
    word <<= 16;
  if (type == "f16") {
    unsigned e = (word >> 10) & 31, m = word & 0x3ff;
    double v = e == 31 ? (m != 0 ? NAN : INFINITY)
                       : std::ldexp(double(e == 0 ? m : m | 0x400), int(e == 0 ? 1 : e) - 25);
    return (word & 0x8000) ? -v : v;
  }
  float f;
  std::memcpy(&f, &word, 4);
  return f;
}

bool agrees(const Expected &expected, uint64_t got, const std::string &opcode) {
  if (expected.match == Match::Bits) {
    bool isF64 = opcode.find(".f64") != std::string::npos;
    bool bothNan = isF64 && std::isnan(valueOf(got, opcode)) &&
                   (expected.bits & ~(uint64_t{1} << 63)) > 0x7ff0000000000000u;
    return got == expected.bits || bothNan;
  }
  double value = valueOf(got, opcode), want = expected.value;
  if (std::isnan(want))
    return std::isnan(value);
  bool isHalf = opcode.find("f16") != std::string::npos;
  double largest = opcode.find(".bf16") != std::string::npos || !isHalf ? 3.38e38 : 65504.0;
  double smallest = isHalf && opcode.find(".bf16") == std::string::npos ? 0x1p-13 : 0x1p-125;
  if (std::fabs(want) > largest * 0.99)
    return std::fabs(value) > largest * 0.9;
  if (std::fabs(want) < smallest)
    return std::fabs(value) <= 2 * smallest;
  return std::fabs(value - want) <= expected.tolerance * std::fmax(std::fabs(want), 1e-3);
}

TEST(Alu, EveryFormAgreesWithTheSecondFormulation) {
  Sim sim("sm=120,checks=none");
  std::vector<uint64_t> inputs[4];
  std::vector<Arg> args;
  for (unsigned s = 0; s < 4; ++s) {
    inputs[s] = makeOperands(s + 1);
    args.push_back(Arg::of(sim.upload(inputs[s])));
  }
  azj_device_ptr out = sim.allocate(kCount * 8);
  args.push_back(Arg::of(out));
  size_t tested = 0;
  std::vector<std::pair<std::string, const AluForm *>> spelled;
  for (const Form *form : allForms())
    if (form->alu != nullptr)
      for (const std::string &spelling : spellingsOf(*form, ~size_t{0} >> 1))
        spelled.emplace_back(spelling, form->alu);
  for (const auto &[opcode, form] : spelled) {
    ASSERT_EQ(sim.load(kernelFor(opcode, *form), opcode), "");
    ASSERT_EQ(sim.launch("k", {kCount / 128, 1, 1}, {128, 1, 1}, args), "") << opcode;
    std::vector<uint64_t> results = sim.download<uint64_t>(out, kCount);
    size_t compared = 0, wrong = 0;
    for (size_t i = 0; i < kCount; ++i) {
      uint64_t x[4];
      for (unsigned s = 0; s < 4; ++s) {
        x[s] = inputs[s][i];
        if (s < form->operands && form->sourceBytes[s] < 8)
          x[s] &= (uint64_t{1} << (form->sourceBytes[s] * 8)) - 1;
      }
      Expected expected = evaluate(opcode, x);
      uint64_t got = results[i];
      if (form->resultBytes < 8)
        got &= (uint64_t{1} << (form->resultBytes * 8)) - 1;
      if (expected.match == Match::Unknown)
        continue;
      ++compared;
      if (!agrees(expected, got, opcode) && wrong++ < 3)
        ADD_FAILURE() << opcode << std::hex << " of " << x[0] << ", " << x[1] << ", " << x[2]
                      << " gave " << got << ", expected " << expected.bits << " or "
                      << expected.value;
    }
    bool isApproximatePair =
        opcode.find("x2") != std::string::npos && opcode.find("approx") != std::string::npos;
    EXPECT_TRUE(compared > kCount / 2 || isApproximatePair) << opcode << " compared " << compared;
    ++tested;
  }
  EXPECT_GT(tested, 250u);
}

} // namespace
} // namespace azulejo::sim::test
