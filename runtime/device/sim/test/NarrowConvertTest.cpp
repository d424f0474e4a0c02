// This file tests conversions to and from narrow floats against a search among all their values,
// and movmatrix.
#include "test/SimHarness.h"
#include "test/TestData.h"

#include <cmath>
#include <cstring>
#include <functional>
#include <random>

namespace azulejo::sim::test {
namespace {

// A format by its fields, apart from the simulator's own table.
struct Format {
  const char *name;
  int exponentBits, fractionBits, bias;
  uint32_t largest; // pattern of the largest finite value
  uint32_t nan;     // what NaN becomes

  int bits() const { return 1 + exponentBits + fractionBits; }
  int container() const { return bits() == 6 ? 8 : bits(); }
  double value(uint32_t pattern) const {
    uint32_t exponent = pattern >> fractionBits & ((1u << exponentBits) - 1);
    uint32_t fraction = pattern & ((1u << fractionBits) - 1);
    double magnitude = exponent == 0 ? std::ldexp(fraction, 1 - bias - fractionBits)
                                     : std::ldexp(fraction + (1u << fractionBits),
                                                  int(exponent) - bias - fractionBits);
    return pattern >> (bits() - 1) & 1 ? -magnitude : magnitude;
  }
  // The nearest pattern, of even fraction where two are as near; the largest value where that is
  // nearer than infinity.
  uint32_t nearest(float value, bool clamps) const {
    if (std::isnan(value))
      return nan;
    if (clamps && value <= 0)
      value = 0;
    double magnitude = std::min(std::fabs(double(value)), 1e6);
    uint32_t best = 0;
    for (uint32_t pattern = 1; pattern <= largest; ++pattern) {
      double step = std::fabs(this->value(pattern) - magnitude),
             other = std::fabs(this->value(best) - magnitude);
      if (step < other || (step == other && pattern % 2 == 0))
        best = pattern;
    }
    return best | uint32_t(std::signbit(value)) << (bits() - 1);
  }
};

const Format kFormats[] = {{"e4m3", 4, 3, 7, 0x7e, 0x7f},
                           {"e5m2", 5, 2, 15, 0x7b, 0x7f},
                           {"e2m3", 2, 3, 1, 0x1f, 0x1f},
                           {"e3m2", 3, 2, 3, 0x1f, 0x1f},
                           {"e2m1", 2, 1, 1, 0x7, 0x7}};

std::vector<float> testValues() {
  std::vector<float> values = {0.0f,    -0.0f,    NAN,    INFINITY, -INFINITY, 1e30f, -1e30f,
                               1e-30f,  448.0f,   464.0f, 465.0f,   57344.0f,  7.5f,  7.75f,
                               0x1p-9f, 0x1p-10f, 28.0f,  6.0f,     0.25f,     5.0f,  -0.75f};
  std::mt19937 random(3);
  while (values.size() < 1024) {
    float value = std::ldexp(float(int(random() % 4097) - 2048), int(random() % 36) - 28);
    values.push_back(value);
  }
  return values;
}

// Runs `body` for every index i of `count`: %r1 is i, %rd1 and %rd2 the addresses of in and out.
template <typename In, typename Out>
std::vector<Out> map(const std::vector<In> &in, size_t count, const std::string &body, int sm) {
  Sim sim("sm=" + std::to_string(sm) + ",checks=all");
  std::string target = sm >= 100 ? "sm_100a" : "sm_" + std::to_string(sm);
  EXPECT_EQ(sim.load(wrapKernel(".param .u64 in, .param .u64 out",
                                "ld.param.u64 %rd1, [in];\nld.param.u64 %rd2, [out];\n"
                                "mov.u32 %r1, %tid.x;\nmov.u32 %r2, %ctaid.x;\n"
                                "mad.lo.u32 %r1, %r2, 128, %r1;\n" +
                                    body,
                                target, "8.6")),
            "")
      << body;
  azj_device_ptr a = sim.upload(in, "in"), b = sim.allocate(count * sizeof(Out), "out");
  EXPECT_EQ(sim.launch("k", {uint32_t(count / 128), 1, 1}, {128, 1, 1}, {Arg::of(a), Arg::of(b)}),
            "")
      << body;
  return sim.download<Out>(b, count);
}

// Two f32 that lie side by side, the second to the upper place.
std::string pairBody(const std::string &opcode, bool isByte) {
  return "mad.wide.u32 %rd3, %r1, 8, %rd1;\nld.global.v2.b32 {%r3, %r4}, [%rd3];\n" +
         (isByte ? ".reg .b8 %byte;\n" + opcode + " %byte, %r4, %r3;\ncvt.u16.u8 %h1, %byte;\n"
                 : opcode + " %h1, %r4, %r3;\n") +
         "mad.wide.u32 %rd3, %r1, 2, %rd2;\nst.global.b16 [%rd3], %h1;\n";
}

TEST(NarrowConvert, FromF32) {
  std::vector<float> values = testValues();
  for (const Format &format : kFormats)
    for (bool clamps : {false, true}) {
      std::string opcode =
          std::string("cvt.rn.satfinite.") + (clamps ? "relu." : "") + format.name + "x2.f32";
      auto got = map<float, uint16_t>(values, values.size() / 2,
                                      pairBody(opcode, format.bits() == 4), 100);
      for (size_t i = 0; i < got.size(); ++i) {
        uint32_t low = format.nearest(values[2 * i], clamps),
                 high = format.nearest(values[2 * i + 1], clamps);
        ASSERT_EQ(got[i], low | high << format.container())
            << opcode << " " << values[2 * i] << " " << values[2 * i + 1];
      }
    }
}

TEST(NarrowConvert, FromHalves) {
  std::vector<uint32_t> pairs;
  for (uint32_t i = 0; i < 32768; ++i)
    pairs.push_back(i * 2 | (65535 - i * 2) << 16);
  for (const Format &format : {kFormats[0], kFormats[1]})
    for (bool clamps : {false, true}) {
      std::string opcode =
          std::string("cvt.rn.satfinite.") + (clamps ? "relu." : "") + format.name + "x2.f16x2";
      auto got = map<uint32_t, uint16_t>(
          pairs, pairs.size(),
          "mad.wide.u32 %rd3, %r1, 4, %rd1;\nld.global.b32 %r3, [%rd3];\n" + opcode +
              " %h1, %r3;\nmad.wide.u32 %rd3, %r1, 2, %rd2;\nst.global.b16 [%rd3], %h1;\n",
          89);
      for (size_t i = 0; i < got.size(); i += 7) {
        uint32_t low = format.nearest(float(halfToDouble(uint16_t(pairs[i]))), clamps),
                 high = format.nearest(float(halfToDouble(uint16_t(pairs[i] >> 16))), clamps);
        ASSERT_EQ(got[i], low | high << 8) << opcode << " " << std::hex << pairs[i];
      }
    }
}

TEST(NarrowConvert, ToHalves) {
  std::vector<uint16_t> patterns;
  for (uint32_t i = 0; i < 256; ++i)
    patterns.push_back(uint16_t(i | (i * 37 + 11) % 256 << 8));
  for (const Format &format : kFormats)
    for (bool clamps : {false, true}) {
      int container = format.container();
      std::vector<uint16_t> in = patterns;
      for (uint16_t &pattern : in)
        pattern &= format.bits() == 6 ? 0x3f3f : format.bits() == 4 ? 0xff : 0xffff;
      std::string opcode =
          std::string("cvt.rn.") + (clamps ? "relu." : "") + "f16x2." + format.name + "x2";
      std::string convert = format.bits() == 4 ? ".reg .b8 %byte;\ncvt.u8.u16 %byte, %h1;\n" +
                                                     opcode + " %r3, %byte;\n"
                                               : opcode + " %r3, %h1;\n";
      auto got = map<uint16_t, uint32_t>(
          in, in.size(),
          "mad.wide.u32 %rd3, %r1, 2, %rd1;\nld.global.b16 %h1, [%rd3];\n" + convert +
              "mad.wide.u32 %rd3, %r1, 4, %rd2;\nst.global.b32 [%rd3], %r3;\n",
          100);
      for (size_t i = 0; i < got.size(); ++i)
        for (int half = 0; half < 2; ++half) {
          uint32_t pattern = uint32_t(in[i]) >> (half * container) & ((1u << format.bits()) - 1);
          uint32_t magnitude = pattern & ((1u << (format.bits() - 1)) - 1);
          auto bits = uint16_t(got[i] >> (16 * half));
          double value = format.value(pattern);
          bool isInfinite = std::string(format.name) == "e5m2" && magnitude == 0x7c;
          if (magnitude > format.largest && !isInfinite) {
            ASSERT_TRUE(std::isnan(halfToDouble(bits))) << opcode << " " << pattern;
            continue;
          }
          uint16_t expected =
              isInfinite ? (pattern == magnitude ? 0x7c00 : 0xfc00) : doubleToHalf(value);
          if (clamps && (pattern != magnitude || value == 0))
            expected = 0;
          ASSERT_EQ(bits, expected) << opcode << " " << pattern;
        }
    }
}

// A scale is the power of two at or below (.rz), or at or above (.rp), from 2^-127 on.
uint32_t scaleOf(float value, bool rounds, bool saturates) {
  if (std::isnan(value))
    return 0xff;
  if (std::isinf(value))
    return saturates ? 0xfe : 0xff;
  uint32_t pattern = 0;
  while (pattern < 254 && std::ldexp(1.0, int(pattern) + 1 - 127) <= double(value))
    ++pattern;
  bool isExact = std::ldexp(1.0, int(pattern) - 127) >= double(value);
  if (!rounds || isExact)
    return pattern;
  return pattern < 254 || !saturates ? pattern + 1 : pattern;
}

TEST(NarrowConvert, Scales) {
  std::vector<float> values;
  for (float value : testValues())
    values.push_back(std::fabs(value));
  values[3] = 0x1.8p127f;
  values[4] = 0x1p-127f;
  values[5] = 0x1p127f;
  for (bool rounds : {false, true})
    for (bool saturates : {false, true}) {
      std::string opcode = std::string("cvt.") + (rounds ? "rp" : "rz") +
                           (saturates ? ".satfinite" : "") + ".ue8m0x2.f32";
      auto got = map<float, uint16_t>(values, values.size() / 2, pairBody(opcode, false), 100);
      for (size_t i = 0; i < got.size(); ++i)
        for (int half = 0; half < 2; ++half) {
          float value = values[2 * i + size_t(half)];
          if (std::isinf(value) && !rounds && !saturates)
            continue; // what .rz makes of infinity is not said
          ASSERT_EQ(got[i] >> (8 * half) & 0xff, scaleOf(value, rounds, saturates))
              << opcode << " " << value;
        }
    }
}

TEST(NarrowConvert, ScalesAndBfloats) {
  std::vector<uint16_t> scales;
  for (uint32_t i = 0; i < 256; ++i)
    scales.push_back(uint16_t(i | (255 - i) << 8));
  std::string load = "mad.wide.u32 %rd3, %r1, 2, %rd1;\nld.global.b16 %h1, [%rd3];\n",
              there = "cvt.rn.bf16x2.ue8m0x2 %r3, %h1;\n";
  auto wide = map<uint16_t, uint32_t>(
      scales, scales.size(),
      load + there + "mad.wide.u32 %rd3, %r1, 4, %rd2;\nst.global.b32 [%rd3], %r3;\n", 100);
  for (uint32_t i = 0; i < 256; ++i)
    for (int half = 0; half < 2; ++half) {
      uint32_t scale = scales[i] >> (8 * half) & 0xff;
      uint32_t word = (wide[i] >> (16 * half) & 0xffff) << 16;
      float value;
      std::memcpy(&value, &word, 4);
      if (scale == 0xff)
        EXPECT_TRUE(std::isnan(value));
      else
        EXPECT_EQ(value, std::ldexp(1.0f, int(scale) - 127)) << scale;
    }
  // And back: powers of two are kept by either rounding.
  for (const char *rounding : {"rz", "rp"}) {
    auto back = map<uint16_t, uint16_t>(
        scales, scales.size(),
        load + there + "cvt." + rounding +
            ".satfinite.ue8m0x2.bf16x2 %h2, %r3;\nmad.wide.u32 %rd3, %r1, 2, %rd2;\n"
            "st.global.b16 [%rd3], %h2;\n",
        100);
    EXPECT_EQ(back, scales) << rounding;
  }
}

// .satfinite stops at the largest finite value of f16, bf16 and tf32, and changes nothing else.
TEST(NarrowConvert, SaturatesWideTypes) {
  std::vector<float> values = testValues();
  values[7] = 65520.0f;
  values[8] = 3.4e38f;
  values[9] = -65519.0f;
  struct Case {
    const char *name;
    uint32_t largest, nan;
    int shift; // bits below the type's in 32
  };
  for (const Case &test : {Case{"f16", 0x7bff, 0x7fff, 0}, Case{"bf16", 0x7f7f, 0x7fff, 0}})
    for (const char *rounding : {"rn", "rz"}) {
      auto convert = [&](const std::string &opcode) {
        return map<float, uint16_t>(
            values, values.size(),
            "mad.wide.u32 %rd3, %r1, 4, %rd1;\nld.global.b32 %r3, [%rd3];\n" + opcode + "." +
                test.name +
                ".f32 %h1, %r3;\nmad.wide.u32 %rd3, %r1, 2, %rd2;\n"
                "st.global.b16 [%rd3], %h1;\n",
            89);
      };
      auto plain = convert(std::string("cvt.") + rounding),
           saturated = convert(std::string("cvt.") + rounding + ".satfinite");
      for (size_t i = 0; i < values.size(); ++i) {
        uint32_t expected =
            (plain[i] & 0x7fffu) > test.largest ? (plain[i] & 0x8000u) | test.largest : plain[i];
        ASSERT_EQ(saturated[i], std::isnan(values[i]) ? test.nan : expected)
            << test.name << rounding << values[i];
      }
      auto pairs = map<float, uint32_t>(
          values, values.size() / 2,
          std::string(
              "mad.wide.u32 %rd3, %r1, 8, %rd1;\nld.global.v2.b32 {%r3, %r4}, [%rd3];\ncvt.") +
              rounding + ".relu.satfinite." + test.name +
              "x2.f32 %r5, %r4, %r3;\nmad.wide.u32 %rd3, %r1, 4, %rd2;\nst.global.b32 [%rd3], "
              "%r5;\n",
          89);
      for (size_t i = 0; i < values.size(); ++i) {
        uint32_t expected = std::isnan(values[i]) || values[i] > 0 ? saturated[i] : 0;
        ASSERT_EQ(pairs[i / 2] >> (16 * (i % 2)) & 0xffff, expected) << test.name << values[i];
      }
    }
}

TEST(NarrowConvert, SaturatesTf32) {
  std::vector<float> values = testValues();
  values[7] = 3.4e38f;
  for (const char *opcode : {"cvt.rna.satfinite", "cvt.rn.satfinite", "cvt.rz.satfinite.relu"}) {
    auto got = map<float, float>(
        values, values.size(),
        std::string("mad.wide.u32 %rd3, %r1, 4, %rd1;\nld.global.b32 %r3, [%rd3];\n") + opcode +
            ".tf32.f32 %r4, %r3;\nmad.wide.u32 %rd3, %r1, 4, %rd2;\nst.global.b32 [%rd3], %r4;\n",
        100);
    const float largest = 0x1.ffcp127f;
    for (size_t i = 0; i < values.size(); ++i) {
      float value = values[i];
      bool clamps = std::string(opcode).find("relu") != std::string::npos && value <= 0;
      if (std::isnan(value)) {
        ASSERT_TRUE(std::isnan(got[i]));
      } else if (std::fabs(value) > largest) {
        ASSERT_EQ(got[i], clamps ? 0 : std::copysign(largest, value)) << opcode;
      } else {
        // Other values have at most 12 digits: 10 behind the point are kept or rounded.
        int exponent = value == 0 ? 0 : std::ilogb(value);
        float units = std::ldexp(std::fabs(value), 10 - exponent), rest = units - std::floor(units);
        bool isUp = opcode[5] == 'z' ? false
                    : opcode[6] == 'a'
                        ? rest >= 0.5f
                        : rest > 0.5f || (rest == 0.5f && std::fmod(std::floor(units), 2));
        float expected =
            std::copysign(std::ldexp(std::floor(units) + float(isUp), exponent - 10), value);
        ASSERT_EQ(got[i], clamps ? 0 : expected) << opcode << " " << value;
      }
    }
  }
}

TEST(NarrowConvert, MovmatrixTransposes) {
  std::vector<uint16_t> in;
  for (uint16_t i = 0; i < 256; ++i)
    in.push_back(i);
  auto got = map<uint16_t, uint32_t>(
      in, 128,
      "mad.wide.u32 %rd3, %r1, 4, %rd1;\nld.global.b32 %r3, [%rd3];\n"
      "movmatrix.sync.aligned.m8n8.trans.b16 %r4, %r3;\nmad.wide.u32 %rd3, %r1, 4, %rd2;\n"
      "st.global.b32 [%rd3], %r4;\n",
      80);
  for (uint32_t i = 0; i < 128; ++i) {
    uint32_t warp = i / 32, row = i % 32 / 4, column = i % 4 * 2;
    auto at = [&](uint32_t r, uint32_t c) { return warp * 64 + c * 8 + r; };
    EXPECT_EQ(got[i], at(row, column) | at(row, column + 1) << 16) << i;
  }
}

} // namespace
} // namespace azulejo::sim::test
