// This file tests conversions with stochastic rounding against its definition on the two neighbours
// of a value, in long double, and other conversions to e2m1.
#include "test/LaneOps.h"
#include "test/SimHarness.h"

#include <cmath>
#include <cstring>

namespace azulejo::sim::test {
namespace {

// A format by its fields, apart from the simulator's own table.
struct Format {
  const char *name;
  int exponentBits, fractionBits;
  uint32_t largest, nan; // patterns of the largest finite value and of NaN
  bool hasInfinity;

  int bits() const { return 1 + exponentBits + fractionBits; }
  // The pattern behind the largest one stands for the value that would follow.
  long double value(uint32_t pattern) const {
    int exponent = int(pattern >> fractionBits), bias = (1 << (exponentBits - 1)) - 1;
    uint32_t fraction = pattern & ((1u << fractionBits) - 1);
    return exponent == 0 ? std::ldexp((long double)(fraction), 1 - bias - fractionBits)
                         : std::ldexp((long double)(fraction + (1u << fractionBits)),
                                      exponent - bias - fractionBits);
  }
  // The greatest pattern whose value is not above.
  uint32_t below(long double magnitude) const {
    uint32_t low = 0, high = largest + 1;
    while (high - low > 1) {
      uint32_t middle = (low + high) / 2;
      (value(middle) <= magnitude ? low : high) = middle;
    }
    return low;
  }
  uint32_t rounded(float x, uint32_t random, int count, bool saturates, bool clamps) const {
    if (std::isnan(x))
      return nan;
    if (clamps && x <= 0)
      return 0;
    uint32_t sign = std::signbit(x) ? 1u << (bits() - 1) : 0;
    long double magnitude = std::fabs((long double)(x));
    if (magnitude >= value(largest + 1))
      return sign | (saturates ? largest : largest + 1);
    uint32_t pattern = below(magnitude);
    long double step = value(pattern + 1) - value(pattern);
    auto discarded = uint64_t(std::ldexp((magnitude - value(pattern)) / step, count));
    pattern += (discarded + random) >> count != 0;
    return sign | (pattern > largest && saturates ? largest : pattern);
  }
};

const Format kF16 = {"f16", 5, 10, 0x7bff, 0x7fff, true},
             kBf16 = {"bf16", 8, 7, 0x7f7f, 0x7fff, true};
const Format kNarrow[] = {{"e4m3", 4, 3, 0x7e, 0x7f, false},
                          {"e5m2", 5, 2, 0x7b, 0x7f, true},
                          {"e2m3", 2, 3, 0x1f, 0x1f, false},
                          {"e3m2", 3, 2, 0x1f, 0x1f, false},
                          {"e2m1", 2, 1, 0x7, 0x7, false}};

float floatOf(uint64_t bits) {
  auto word = uint32_t(bits);
  float value;
  std::memcpy(&value, &word, 4);
  return value;
}

// 13 bits of either half of the operand for f16, all 16 for bf16.
TEST(StochasticConvert, Pairs) {
  for (unsigned seed = 1; seed < 5; ++seed)
    for (const Format &format : {kF16, kBf16})
      for (const char *modifier : {"", ".relu", ".satfinite", ".relu.satfinite"}) {
        std::string opcode = std::string("cvt.rs") + modifier + "." + format.name + "x2.f32";
        LaneInputs inputs = {laneValues(seed), laneValues(seed + 10), laneValues(seed + 20)};
        auto got = runOps({{opcode + " %r20, %r10, %r11, %r12;", 4}}, inputs, "sm_100a")[0];
        bool saturates = opcode.find("satfinite") != std::string::npos,
             clamps = opcode.find("relu") != std::string::npos;
        for (size_t lane = 0; lane < kLanes; ++lane) {
          auto random = uint32_t(inputs.c[lane]);
          int count = format.bits() == 16 && format.fractionBits == 10 ? 13 : 16;
          uint32_t mask = (1u << count) - 1;
          uint32_t high = format.rounded(floatOf(inputs.a[lane]), random >> 16 & mask, count,
                                         saturates, clamps),
                   low = format.rounded(floatOf(inputs.b[lane]), random & mask, count, saturates,
                                        clamps);
          ASSERT_EQ(got[lane], high << 16 | low)
              << opcode << " of " << floatOf(inputs.a[lane]) << ", " << floatOf(inputs.b[lane])
              << " with " << std::hex << random;
        }
      }
}

// Four values: a, b, and their quotients by 7 and by -16.
TEST(StochasticConvert, Fours) {
  for (unsigned seed = 1; seed < 5; ++seed)
    for (const Format &format : kNarrow)
      for (bool clamps : {false, true}) {
        bool isFp4 = format.bits() == 4;
        std::string opcode = std::string("cvt.rs") + (clamps ? ".relu" : "") + ".satfinite." +
                             format.name + "x4.f32";
        LaneInputs inputs = {laneValues(seed), laneValues(seed + 10), laneValues(seed + 20)};
        std::string setup = "div.rn.f32 %r13, %r10, 0f40E00000;\nmul.f32 %r14, %r11, "
                            "0fBD800000;\n";
        auto got = runOps(
            {{setup + opcode + (isFp4 ? " %h20" : " %r20") + ", {%r10, %r11, %r13, %r14}, %r12;",
              isFp4 ? 2u : 4u}},
            inputs, "sm_103a")[0];
        for (size_t lane = 0; lane < kLanes; ++lane) {
          float a = floatOf(inputs.a[lane]), b = floatOf(inputs.b[lane]);
          const float values[4] = {b * -0.0625f, a / 7.0f, b, a};
          auto random = uint32_t(inputs.c[lane]);
          // Of the bytes of the operand e2m1 takes, from f to a, those of number 0, 2, 1 and 3.
          const uint32_t own[4] = {
              isFp4 ? random & 255 : random & 0xffff, isFp4 ? random >> 16 & 255 : random & 0xffff,
              isFp4 ? random >> 8 & 255 : random >> 16, isFp4 ? random >> 24 : random >> 16};
          uint32_t expected = 0;
          for (int e = 0; e < 4; ++e)
            expected |= format.rounded(values[e], own[e], isFp4 ? 8 : 16, true, clamps)
                        << (e * (isFp4 ? 4 : 8));
          ASSERT_EQ(got[lane], expected)
              << opcode << " of " << a << ", " << b << " with " << std::hex << random;
        }
      }
}

TEST(StochasticConvert, OtherTargetsAreRefused) {
  Sim sim("sm=120");
  std::string error =
      sim.load(wrapKernel("", "cvt.rs.f16x2.f32 %r1, %r2, %r3, %r4;\n", "sm_120a", "8.7"));
  EXPECT_NE(error.find("the module's target is sm_120a"), std::string::npos) << error;
  EXPECT_NE(Sim("sm=100")
                .load(wrapKernel("", "cvt.rs.f16x2.f32 %r1, %r2, %r3, %r4;\n", "sm_100f", "8.8"))
                .find("the module's target is sm_100f"),
            std::string::npos);
}

// To nearest: the neighbour that is nearer, the even one between.
TEST(StochasticConvert, HalvesToE2m1) {
  for (bool clamps : {false, true}) {
    std::string opcode =
        std::string("cvt.rn.satfinite") + (clamps ? ".relu" : "") + ".e2m1x2.f16x2";
    LaneInputs inputs = {laneValues(1), laneValues(2), laneValues(3)};
    auto got =
        runOps({{".reg .b8 %byte;\n" + opcode + " %byte, %r10;\ncvt.u16.u8 %h20, %byte;", 2}},
               inputs, "sm_100a")[0];
    for (size_t lane = 0; lane < kLanes; ++lane)
      for (int half = 0; half < 2; ++half) {
        uint32_t bits = uint32_t(inputs.a[lane]) >> (16 * half) & 0xffff, magnitude = bits & 0x7fff;
        long double value = magnitude > 0x7c00 ? NAN : kF16.value(magnitude);
        uint32_t pattern = 7;
        if (value < 6) {
          pattern = kNarrow[4].below(value);
          long double middle = (kNarrow[4].value(pattern) + kNarrow[4].value(pattern + 1)) / 2;
          pattern += value > middle || (value == middle && pattern % 2 == 1);
        }
        bool isNegative = bits >> 15 && !std::isnan(value);
        uint32_t expected = isNegative ? (clamps ? 0 : 8 | pattern) : pattern;
        ASSERT_EQ(got[lane] >> (4 * half) & 15, expected) << opcode << " of " << std::hex << bits;
      }
  }
}

} // namespace
} // namespace azulejo::sim::test
