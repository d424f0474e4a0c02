// This file tests what the other tests of forms leave: moves of parts, arithmetic of many words,
// exits, and instructions without an effect on values.
#include "ir/Decoder.h"
#include "test/LaneOps.h"
#include "test/SimHarness.h"

#include <algorithm>

namespace azulejo::sim::test {
namespace {

using Wide = unsigned __int128;

TEST(MiscForms, MovesOfParts) {
  LaneInputs inputs = {laneValues(91), laneValues(92), laneValues(93)};
  std::vector<std::vector<uint64_t>> results =
      runOps({{"mov.b32 %r20, {%h10, %h11};", 4},
              {"mov.b64 %rd20, {%h10, %h11, %h12, %h10};", 8},
              {"mov.b64 %rd20, {%r10, %r11};", 8},
              {"mov.b32 {%h2, %h20}, %r10;", 2},
              {"mov.b64 {%r2, %r20}, %rd10;", 4},
              {"mov.b64 {_, %h2, %h20, _}, %rd10;", 2},
              {".reg .b128 %q<2>;\nmov.b128 %q0, {%rd10, %rd11};\nmov.b128 %q1, %q0;\n"
               "mov.b128 {%rd2, %rd20}, %q1;\nsub.u64 %rd20, %rd20, %rd2;",
               8}},
             inputs);
  for (size_t lane = 0; lane < kLanes; ++lane) {
    uint64_t a = inputs.a[lane], b = inputs.b[lane], c = inputs.c[lane];
    uint64_t expected[] = {(a & 0xffff) | (b & 0xffff) << 16,
                           (a & 0xffff) | (b & 0xffff) << 16 | (c & 0xffff) << 32 | a << 48,
                           (a & 0xffffffff) | b << 32,
                           a >> 16 & 0xffff,
                           a >> 32,
                           a >> 32 & 0xffff,
                           b - a};
    for (size_t k = 0; k < results.size(); ++k)
      EXPECT_EQ(results[k][lane], expected[k]) << k;
  }
}

TEST(MiscForms, ClocksRise) {
  LaneInputs inputs = {laneValues(1), laneValues(2), laneValues(3)};
  std::vector<std::vector<uint64_t>> results =
      runOps({{"mov.u64 %rd2, %clock64;\nmov.u64 %rd20, %clock64;\nsub.u64 %rd20, %rd20, %rd2;", 8},
              {"mov.u32 %r2, %clock;\nmov.u32 %r20, %clock;\nsub.u32 %r20, %r20, %r2;", 4}},
             inputs);
  for (const std::vector<uint64_t> &result : results)
    for (uint64_t difference : result)
      EXPECT_TRUE(difference > 0 && difference < 1000) << difference;
}

// Two words of 32 or 64 bits, added, subtracted and multiplied into three.
TEST(MiscForms, ArithmeticOfManyWords) {
  LaneInputs inputs = {laneValues(94), laneValues(95), laneValues(96)};
  std::vector<LaneOp> ops;
  for (std::string type : {"u32", "s32", "u64", "s64"}) {
    bool is64 = type[1] == '6';
    auto reg = [&](int n) { return laneRegister(is64 ? 8 : 4, unsigned(n)); };
    std::string a = reg(10), b = reg(11), c = reg(12), d = reg(20), x = reg(21), y = reg(22);
    unsigned bytes = is64 ? 8 : 4;
    // High word of (a, b) + (b, c), then the carry out of it.
    std::string sum = "add.cc." + type + " " + x + ", " + a + ", " + b + ";\naddc.cc." + type +
                      " " + d + ", " + b + ", " + c + ";\naddc." + type + " " + y + ", 0, 0;\n";
    ops.push_back({sum, bytes});
    ops.push_back({sum + "mov.b" + std::to_string(bytes * 8) + " " + d + ", " + y + ";", bytes});
    std::string difference = "sub.cc." + type + " " + x + ", " + a + ", " + b + ";\nsubc.cc." +
                             type + " " + d + ", " + b + ", " + c + ";\nsubc." + type + " " + y +
                             ", 0, 0;\n";
    ops.push_back({difference, bytes});
    ops.push_back(
        {difference + "mov.b" + std::to_string(bytes * 8) + " " + d + ", " + y + ";", bytes});
    // High word of a * b + (c, a), and the carry.
    std::string product = "mad.lo.cc." + type + " " + x + ", " + a + ", " + b + ", " + c +
                          ";\nmadc.hi.cc." + type + " " + d + ", " + a + ", " + b + ", " + a +
                          ";\naddc." + type + " " + y + ", 0, 0;\n";
    ops.push_back({product, bytes});
    ops.push_back(
        {product + "mov.b" + std::to_string(bytes * 8) + " " + d + ", " + y + ";", bytes});
    // A carry in, none out; and mad.hi.cc and madc.lo.
    ops.push_back({"mad.hi.cc." + type + " " + x + ", " + a + ", " + b + ", " + c + ";\nmadc.lo." +
                       type + " " + d + ", " + a + ", " + b + ", " + c + ";",
                   bytes});
  }
  std::vector<std::vector<uint64_t>> results = runOps(ops, inputs);
  for (size_t t = 0; t < 4; ++t)
    for (size_t lane = 0; lane < kLanes; ++lane) {
      unsigned bits = t < 2 ? 32 : 64;
      bool isSigned = t % 2 != 0;
      uint64_t mask = bits == 64 ? ~uint64_t{0} : 0xffffffff;
      uint64_t a = inputs.a[lane] & mask, b = inputs.b[lane] & mask, c = inputs.c[lane] & mask;
      auto asSigned = [&](uint64_t v) {
        return __int128(int64_t(v << (64 - bits)) >> (64 - bits));
      };
      uint64_t low = uint64_t(a + b) & mask, carry = low < a ? 1 : 0;
      Wide sum = Wide(b) + c + carry;
      uint64_t borrow = a < b ? 1 : 0;
      bool borrowsOut = Wide(b) < Wide(c) + borrow;
      Wide product = isSigned ? Wide(asSigned(a) * asSigned(b)) : Wide(a) * b;
      uint64_t productLow = uint64_t(product) & mask,
               productHigh = uint64_t(product >> bits) & mask;
      uint64_t first = Wide(productLow) + c > mask ? 1 : 0;
      Wide high = Wide(productHigh) + a + first;
      uint64_t highCarry = Wide(productHigh) + c > mask ? 1 : 0;
      uint64_t expected[] = {uint64_t(sum) & mask,
                             sum > mask ? 1u : 0u,
                             (b - c - borrow) & mask,
                             borrowsOut ? mask : 0,
                             uint64_t(high) & mask,
                             high > mask ? 1u : 0u,
                             (productLow + c + highCarry) & mask};
      for (size_t k = 0; k < 7; ++k)
        EXPECT_EQ(results[t * 7 + k][lane], expected[k]) << ops[t * 7 + k].text;
    }
}

TEST(MiscForms, ThreadsThatExitAndTrap) {
  Sim sim("sm=80,checks=all");
  ASSERT_EQ(sim.load(wrapKernel(
                ".param .u64 p, .param .u32 bad",
                "ld.param.u64 %rd1, [p];\nld.param.u32 %r2, [bad];\nmov.u32 %r1, %tid.x;\n"
                "mul.wide.u32 %rd2, %r1, 4;\nadd.s64 %rd1, %rd1, %rd2;\n"
                "setp.lt.u32 %p1, %r1, 20;\n@%p1 exit;\nsetp.eq.u32 %p2, %r1, %r2;\n"
                "@%p2 trap;\nst.global.u32 [%rd1], %r1;")),
            "");
  azj_device_ptr p = sim.upload(std::vector<uint32_t>(64, 7));
  EXPECT_EQ(sim.launch("k", {1, 1, 1}, {64, 1, 1}, {Arg::of(p), Arg::of(uint32_t{1000})}), "");
  std::vector<uint32_t> out = sim.download<uint32_t>(p, 64);
  for (uint32_t i = 0; i < 64; ++i)
    EXPECT_EQ(out[i], i < 20 ? 7 : i);
  EXPECT_NE(
      sim.launch("k", {1, 1, 1}, {64, 1, 1}, {Arg::of(p), Arg::of(uint32_t{30})}).find("trap"),
      std::string::npos);
}

// Fences, hints and their like: values stay, and the launch ends.
TEST(MiscForms, InstructionsWithoutAnEffectOnValues) {
  std::vector<std::string> texts;
  for (const Form *form : allForms()) {
    std::string operands = form->operands == nullptr ? "none" : form->operands;
    for (const char *name :
         {"membar", "fence", "fence_mbarrier", "fence_proxy_alias", "fence_proxy_async", "prefetch",
          "prefetch_evict", "prefetchu", "griddepcontrol"})
      if (form->name == std::string(name))
        for (const std::string &opcode : spellingsOf(*form, 100))
          texts.push_back(opcode + (operands == "[a]" ? " [%rd1];" : ";"));
    if (form->name == std::string("applypriority") || form->name == std::string("discard"))
      for (const std::string &opcode : spellingsOf(*form, 100))
        texts.push_back(opcode + " [%rd30], 128;");
    if (form->name == std::string("createpolicy_range"))
      for (const std::string &opcode : spellingsOf(*form, 100))
        texts.push_back(opcode + " %rd31, [%rd1], 0x1000, 0x2000;");
  }
  texts.push_back("createpolicy.cvt.L2.b64 %rd31, 0x16f0000000000000;");
  EXPECT_GT(texts.size(), 50u);
  std::vector<LaneOp> ops;
  for (const std::string &text : texts)
    ops.push_back({"mov.b64 %rd20, %rd10;\n" + text, 8});
  LaneInputs inputs = {laneValues(97), laneValues(98), laneValues(99)};
  for (const std::vector<uint64_t> &result :
       runOps(ops, inputs, "sm_90", "and.b64 %rd30, %rd1, 0xffffffffffffff80;\n"))
    EXPECT_EQ(result, inputs.a);
}

} // namespace
} // namespace azulejo::sim::test
