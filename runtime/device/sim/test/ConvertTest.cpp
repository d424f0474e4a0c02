// This file tests every spelling of cvt between the types that programs compute in, against
// conversions by definition in binary128.
#include "ir/Decoder.h"
#include "test/LaneOps.h"
#include "test/Numbers.h"
#include "test/SimHarness.h"

#include <algorithm>

namespace azulejo::sim::test {
namespace {

// An opcode of cvt, taken apart.
struct Conversion {
  std::string opcode, rounding, to, from;
  bool ftz = false, sat = false, relu = false;
};

Conversion takeApart(const std::string &opcode) {
  Conversion c;
  c.opcode = opcode;
  std::vector<std::string> pieces;
  for (Modifiers mods(opcode); !mods.done();)
    pieces.emplace_back(mods.next());
  c.from = pieces.back();
  c.to = pieces[pieces.size() - 2];
  for (size_t i = 1; i + 2 < pieces.size(); ++i) {
    c.ftz |= pieces[i] == "ftz";
    c.sat |= pieces[i] == "sat";
    c.relu |= pieces[i] == "relu";
    if (pieces[i][0] == 'r' && pieces[i] != "relu")
      c.rounding = pieces[i];
  }
  return c;
}

// What the conversion of a value's bits gives; `width` bits of it count. False: not specified.
bool expectedOf(const Conversion &c, uint64_t bits, uint64_t &expected) {
  RoundTo rounding = c.rounding.empty() ? RoundTo::Nearest : roundingOf(c.rounding);
  bool isWhole = c.rounding.size() == 3 && c.rounding != "rna";
  if (!isFloatName(c.from)) {
    Quad value = integerValue(c.from, bits);
    if (!isFloatName(c.to)) {
      uint64_t low = uint64_t(value < 0 ? uint64_t(int64_t(value)) : uint64_t(value));
      unsigned width = bitsOfName(c.to);
      expected = c.sat         ? saturated(c.to, value)
                 : width == 64 ? low
                               : low & ((uint64_t{1} << width) - 1);
      return true;
    }
    value = c.sat && value > 1 ? Quad(1) : (c.sat && value < 0 ? Quad(0) : value);
    expected = bitsOf(formatOf(c.to), value, rounding);
    return true;
  }
  FloatFormat from = formatOf(c.from);
  bool isFlushed = c.ftz && c.from == "f32" && isSubnormal(from, bits);
  Quad value = valueOf(from, isFlushed ? bits & 0x80000000 : bits);
  if (!isFloatName(c.to)) {
    // NaN gives 0, but for 64 bits on either side, where hardware and ISA differ.
    if (value != value && (bitsOfName(c.to) == 64 || c.from == "f64"))
      return false;
    expected = value != value ? 0 : saturated(c.to, roundWhole(value, rounding));
    return true;
  }
  if (isWhole)
    value = roundWhole(value, rounding);
  if (c.sat)
    value = value > 1 ? Quad(1) : (value > 0 ? value : Quad(0));
  if (c.relu && value < 0)
    value = 0;
  FloatFormat to = formatOf(c.to);
  expected = bitsOf(to, value, isWhole ? RoundTo::Nearest : rounding);
  if (c.ftz && c.to == "f32" && isSubnormal(to, expected))
    expected &= 0x80000000;
  return true;
}

bool agrees(const Conversion &c, uint64_t expected, uint64_t got) {
  if (!isFloatName(c.to)) {
    // A narrow result fills its register, by its sign.
    unsigned width = std::max(16u, bitsOfName(c.to));
    uint64_t mask = width == 64 ? ~uint64_t{0} : (uint64_t{1} << width) - 1;
    Quad value = integerValue(c.to, expected);
    uint64_t wide = value < 0 ? uint64_t(int64_t(value)) : uint64_t(value);
    return (got & mask) == (wide & mask);
  }
  FloatFormat to = formatOf(c.to);
  if (isNanBits(to, expected))
    return isNanBits(to, got);
  // The sign of a zero that saturation or .relu makes is not specified.
  uint64_t magnitude = (uint64_t{1} << (to.exponentBits + to.fractionBits)) - 1;
  return got == expected ||
         ((c.sat || c.relu) && (expected & magnitude) == 0 && (got & magnitude) == 0);
}

unsigned bytesOf(const std::string &type) { return std::max(2u, bitsOfName(type) / 8); }

// Bytes beside bf16 are in registers of 8 bits.
std::string instructionsOf(const Conversion &c) {
  std::string to = laneRegister(bytesOf(c.to), 20), from = laneRegister(bytesOf(c.from), 10);
  if (c.from == "bf16" && bitsOfName(c.to) == 8)
    return "{ .reg .b8 %byte;\n" + c.opcode + " %byte, " + from + ";\ncvt." + c.to[0] + "16." +
           c.to + " " + to + ", %byte; }";
  if (c.to == "bf16" && bitsOfName(c.from) == 8)
    return "{ .reg .b8 %byte;\ncvt.u8.u16 %byte, " + from + ";\n" + c.opcode + " " + to +
           ", %byte; }";
  return c.opcode + " " + to + ", " + from + ";";
}

void testRow(const Form &form) {
  std::vector<Conversion> conversions;
  std::vector<LaneOp> ops;
  for (const std::string &opcode : spellingsOf(form, 2000)) {
    conversions.push_back(takeApart(opcode));
    const Conversion &c = conversions.back();
    ops.push_back({instructionsOf(c), bytesOf(c.to)});
  }
  LaneInputs inputs = {laneValues(1), laneValues(2), laneValues(3)};
  std::vector<std::vector<uint64_t>> results = runOps(ops, inputs);
  for (size_t k = 0; k < ops.size(); ++k) {
    unsigned wrong = 0;
    for (size_t lane = 0; lane < kLanes; ++lane) {
      uint64_t expected, got = results[k][lane];
      if (expectedOf(conversions[k], inputs.a[lane], expected) &&
          !agrees(conversions[k], expected, got) && wrong++ < 3)
        ADD_FAILURE() << std::hex << conversions[k].opcode << " of " << inputs.a[lane] << " gave "
                      << got << ", expected " << expected;
    }
  }
}

TEST(ConvertForms, EverySpellingOfOneValue) {
  size_t rows = 0;
  for (const char *name :
       {"cvt_int", "cvt_int_sat", "cvt_to_int", "cvt_bf16_to_int", "cvt_from_int",
        "cvt_int_to_bf16", "cvt_same", "cvt_widen", "cvt_widen_bf16", "cvt_widen_bf16_ftz",
        "cvt_bf16", "cvt_narrow", "cvt_relu"})
    for (const Form *form : allForms())
      if (form->name == std::string(name)) {
        testRow(*form);
        ++rows;
      }
  EXPECT_EQ(rows, 13u);
}

// The first source is the upper half.
TEST(ConvertForms, Pairs) {
  LaneInputs inputs = {laneValues(4), laneValues(5), laneValues(6)};
  for (std::string to : {"f16", "bf16"})
    for (std::string rounding : {"rn", "rz"})
      for (bool relu : {false, true}) {
        std::string opcode = "cvt." + rounding + (relu ? ".relu." : ".") + to;
        Conversion c = takeApart(opcode + ".f32");
        std::vector<uint64_t> out = runOps({{opcode + "x2.f32 %r20, %r10, %r11;", 4}}, inputs)[0];
        for (size_t lane = 0; lane < kLanes; ++lane) {
          uint64_t high, low;
          expectedOf(c, inputs.a[lane] & 0xffffffff, high);
          expectedOf(c, inputs.b[lane] & 0xffffffff, low);
          EXPECT_TRUE(agrees(c, high, out[lane] >> 16 & 0xffff) &&
                      agrees(c, low, out[lane] & 0xffff))
              << std::hex << opcode << " of " << inputs.a[lane] << ", " << inputs.b[lane]
              << " gave " << out[lane];
        }
      }
}

// 19 bits count, the others are zero.
TEST(ConvertForms, Tf32) {
  LaneInputs inputs = {laneValues(7), laneValues(8), laneValues(9)};
  for (std::string modifier : {"rna", "rn", "rz", "rn.relu", "rz.relu"}) {
    Conversion c = takeApart("cvt." + modifier + ".tf32.f32");
    std::vector<uint64_t> out = runOps({{c.opcode + " %r20, %r10;", 4}}, inputs)[0];
    for (size_t lane = 0; lane < kLanes; ++lane) {
      uint64_t bits = inputs.a[lane] & 0xffffffff, expected;
      expectedOf(c, bits, expected);
      bool isNan = isNanBits(formatOf("f32"), bits);
      EXPECT_TRUE(isNan ? isNanBits(formatOf("f32"), out[lane])
                        : agrees(c, expected, out[lane] >> 13) && (out[lane] & 0x1fff) == 0)
          << std::hex << c.opcode << " of " << bits << " gave " << out[lane];
    }
  }
}

} // namespace
} // namespace azulejo::sim::test
