// This file tests conversions, comparisons and warp-wide operations against plain formulations.
#include "test/SimHarness.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace azulejo::sim::test {
namespace {

constexpr uint32_t kCount = 256;

std::string regOf(unsigned bytes, unsigned number) {
  return (bytes == 2 ? "%h" : (bytes == 4 ? "%r" : "%rd")) + std::to_string(number);
}

// Runs `op` on 256 lanes: operands of `inBytes` in register 10 and 11, result of `outBytes` in 20.
std::vector<uint64_t> runLanes(const std::string &op, unsigned inBytes, unsigned outBytes,
                               const std::vector<uint64_t> &a, const std::vector<uint64_t> &b) {
  std::string in = std::to_string(inBytes * 8), out = std::to_string(outBytes * 8);
  std::string ptx =
      wrapKernel(".param .u64 pa, .param .u64 pb, .param .u64 po",
                 "mov.u32 %r1, %tid.x;\nmul.wide.u32 %rd1, %r1, 8;\nld.param.u64 %rd2, [pa];\n"
                 "add.s64 %rd2, %rd2, %rd1;\nld.global.b" +
                     in + " " + regOf(inBytes, 10) +
                     ", [%rd2];\nld.param.u64 %rd2, [pb];\nadd.s64 %rd2, %rd2, %rd1;\nld.global.b" +
                     in + " " + regOf(inBytes, 11) + ", [%rd2];\n" + op +
                     "\nld.param.u64 %rd2, [po];\nadd.s64 %rd2, %rd2, %rd1;\nst.global.b" + out +
                     " [%rd2], " + regOf(outBytes, 20) + ";\n",
                 "sm_90", "8.0");
  Sim sim("sm=90,checks=mem+sync");
  EXPECT_EQ(sim.load(ptx, op), "");
  azj_device_ptr pa = sim.upload(a), pb = sim.upload(b),
                 po = sim.upload(std::vector<uint64_t>(kCount));
  EXPECT_EQ(sim.launch("k", {1, 1, 1}, {kCount, 1, 1}, {Arg::of(pa), Arg::of(pb), Arg::of(po)}), "")
      << op;
  return sim.download<uint64_t>(po, kCount);
}

template <typename T> uint64_t bitsOf(T value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  return bits;
}
template <typename T> T valueOf(uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof(T));
  return value;
}

std::vector<uint64_t> floatInputs() {
  std::vector<uint64_t> v;
  for (float f :
       {0.0f,          -0.0f,         0.5f,           -0.5f,         1.5f,          2.5f,
        -2.5f,         1e10f,         -1e10f,         3e38f,         -3e38f,        INFINITY,
        -INFINITY,     NAN,           1e-40f,         65504.0f,      65520.0f,      65519.9f,
        2147483520.0f, 2147483648.0f, -2147483648.0f, 4294967040.0f, 4294967296.0f, 127.5f,
        128.5f,        255.5f,        -129.0f})
    v.push_back(bitsOf(f));
  std::mt19937_64 random(7);
  while (v.size() < kCount)
    v.push_back(v.size() % 2 ? bitsOf(float(int32_t(random())) / 65536) : uint32_t(random()));
  return v;
}

std::vector<uint64_t> intInputs() {
  std::vector<uint64_t> v = {0,
                             1,
                             ~uint64_t{0},
                             127,
                             128,
                             255,
                             256,
                             0x7fff,
                             0x8000,
                             0x7fffffff,
                             0x80000000,
                             0xffffffff,
                             uint64_t{1} << 63,
                             (uint64_t{1} << 63) - 1};
  std::mt19937_64 random(9);
  while (v.size() < kCount)
    v.push_back(random() >> (random() % 60));
  return v;
}

template <typename To> To saturating(double v, double rounded) {
  if (v != v)
    return sizeof(To) == 8 ? To(uint64_t{1} << 63) : To(0);
  if (rounded >= std::ldexp(1.0, std::numeric_limits<To>::digits))
    return std::numeric_limits<To>::max();
  return rounded <= double(std::numeric_limits<To>::min()) ? std::numeric_limits<To>::min()
                                                           : To(rounded);
}

template <typename To> void checkFloatToInt(const std::string &type) {
  struct Mode {
    const char *name;
    double (*fn)(double);
  };
  for (Mode mode : {Mode{"rni", std::nearbyint}, Mode{"rzi", std::trunc}, Mode{"rmi", std::floor},
                    Mode{"rpi", std::ceil}}) {
    std::vector<uint64_t> in = floatInputs();
    std::string op = std::string("cvt.") + mode.name + "." + type + ".f32 " +
                     regOf(sizeof(To) < 2 ? 2 : sizeof(To), 20) + ", %r10;";
    std::vector<uint64_t> out = runLanes(op, 4, sizeof(To) < 2 ? 2 : sizeof(To), in, in);
    for (size_t i = 0; i < kCount; ++i) {
      double v = valueOf<float>(in[i]);
      EXPECT_EQ(To(out[i]), saturating<To>(v, mode.fn(v))) << op << " of " << v;
    }
  }
}

TEST(Convert, FloatToInteger) {
  checkFloatToInt<int32_t>("s32");
  checkFloatToInt<uint32_t>("u32");
  checkFloatToInt<int64_t>("s64");
  checkFloatToInt<uint64_t>("u64");
  checkFloatToInt<int16_t>("s16");
  checkFloatToInt<uint8_t>("u8");
  checkFloatToInt<int8_t>("s8");
}

TEST(Convert, IntegerToFloat) {
  std::vector<uint64_t> in = intInputs();
  std::vector<uint64_t> s = runLanes("cvt.rn.f32.s32 %r20, %r10;", 4, 4, in, in);
  std::vector<uint64_t> u = runLanes("cvt.rn.f32.u64 %r20, %rd10;", 8, 4, in, in);
  std::vector<uint64_t> z = runLanes("cvt.rz.f32.u32 %r20, %r10;", 4, 4, in, in);
  std::vector<uint64_t> d = runLanes("cvt.rn.f64.s64 %rd20, %rd10;", 8, 8, in, in);
  for (size_t i = 0; i < kCount; ++i) {
    EXPECT_EQ(s[i], bitsOf(float(int32_t(in[i]))));
    EXPECT_EQ(u[i], bitsOf(float(in[i])));
    EXPECT_EQ(d[i], bitsOf(double(int64_t(in[i]))));
    float near = float(uint32_t(in[i]));
    float toward = double(near) > double(uint32_t(in[i])) ? std::nextafterf(near, 0) : near;
    EXPECT_EQ(z[i], bitsOf(toward));
  }
}

TEST(Convert, IntegerWidths) {
  std::vector<uint64_t> in = intInputs();
  std::vector<uint64_t> s8 = runLanes("cvt.s32.s8 %r20, %r10;", 4, 4, in, in);
  std::vector<uint64_t> u8 = runLanes("cvt.u64.u8 %rd20, %rd10;", 8, 8, in, in);
  std::vector<uint64_t> s16 = runLanes("cvt.s64.s16 %rd20, %h10;", 2, 8, in, in);
  std::vector<uint64_t> sat = runLanes("cvt.sat.s8.s32 %r20, %r10;", 4, 4, in, in);
  for (size_t i = 0; i < kCount; ++i) {
    EXPECT_EQ(int32_t(s8[i]), int32_t(int8_t(in[i])));
    EXPECT_EQ(u8[i], in[i] & 255);
    EXPECT_EQ(int64_t(s16[i]), int64_t(int16_t(in[i])));
    int32_t v = int32_t(in[i]);
    EXPECT_EQ(int32_t(sat[i]), v > 127 ? 127 : (v < -128 ? -128 : v));
  }
}

// The nearest f16 by search over all of them.
uint16_t nearestHalf(float f) {
  if (f != f)
    return 0x7fff;
  auto value = [](uint16_t h) {
    int e = (h >> 10) & 31, m = h & 0x3ff;
    return e == 31 ? 65536.0 : std::ldexp(e == 0 ? m : m | 0x400, (e == 0 ? 1 : e) - 25);
  };
  double v = std::fabs(double(f));
  uint16_t best = 0;
  for (uint32_t h = 1; h <= 0x7c00; ++h) {
    double now = std::fabs(value(uint16_t(h)) - v), then = std::fabs(value(best) - v);
    if (now < then || (now == then && (h & 1) == 0))
      best = uint16_t(h);
  }
  if (v > 65536.0)
    best = 0x7c00;
  return std::signbit(f) ? best | 0x8000 : best;
}

TEST(Convert, FloatToHalfAndBack) {
  std::vector<uint64_t> in = floatInputs();
  std::vector<uint64_t> half = runLanes("cvt.rn.f16.f32 %h20, %r10;", 4, 2, in, in);
  std::vector<uint64_t> pair = runLanes("cvt.rn.f16x2.f32 %r20, %r10, %r11;", 4, 4, in, in);
  std::vector<uint64_t> bf = runLanes("cvt.rn.bf16.f32 %h20, %r10;", 4, 2, in, in);
  std::vector<uint64_t> back = runLanes("cvt.f32.f16 %r20, %h10;", 2, 4, half, half);
  for (size_t i = 0; i < kCount; ++i) {
    float f = valueOf<float>(in[i]);
    uint16_t expected = nearestHalf(f);
    EXPECT_EQ(half[i], expected) << f;
    EXPECT_EQ(pair[i], uint32_t(expected) << 16 | expected) << f;
    float widened = valueOf<float>(back[i]);
    EXPECT_TRUE(f != f ? widened != widened : nearestHalf(widened) == expected) << f;
    if (f == f && std::fabs(f) < 3e38f) {
      float low = valueOf<float>(in[i] & 0xffff0000u);
      float high = valueOf<float>((in[i] & 0xffff0000u) + 0x10000u);
      double toLow = std::fabs(double(f) - low), toHigh = std::fabs(double(high) - f);
      bool up = toHigh < toLow || (toHigh == toLow && ((in[i] >> 16) & 1));
      EXPECT_EQ(bf[i], ((in[i] >> 16) + (up ? 1 : 0)) & 0xffff) << f;
    }
  }
}

TEST(Compare, OrderedAndUnordered) {
  std::vector<uint64_t> a = floatInputs(), b = a;
  std::rotate(b.begin(), b.begin() + 3, b.end());
  b[13] = bitsOf(1.0f);
  struct Row {
    const char *name;
    bool (*fn)(float, float);
  };
  static const Row kRows[] = {
      {"eq", [](float x, float y) { return x == y; }},
      {"ne", [](float x, float y) { return x < y || x > y; }},
      {"lt", [](float x, float y) { return x < y; }},
      {"le", [](float x, float y) { return x <= y; }},
      {"gt", [](float x, float y) { return x > y; }},
      {"ge", [](float x, float y) { return x >= y; }},
      {"equ", [](float x, float y) { return !(x < y || x > y); }},
      {"neu", [](float x, float y) { return x != y; }},
      {"ltu", [](float x, float y) { return !(x >= y); }},
      {"leu", [](float x, float y) { return !(x > y); }},
      {"gtu", [](float x, float y) { return !(x <= y); }},
      {"geu", [](float x, float y) { return !(x < y); }},
      {"num", [](float x, float y) { return x == x && y == y; }},
      {"nan", [](float x, float y) { return x != x || y != y; }},
  };
  for (const Row &row : kRows) {
    std::string op = std::string("setp.") + row.name +
                     ".f32 %p1|%p2, %r10, %r11;\nselp.b32 %r20, 1, 0, %p1;\n"
                     "@%p2 or.b32 %r20, %r20, 2;";
    std::vector<uint64_t> out = runLanes(op, 4, 4, a, b);
    for (size_t i = 0; i < kCount; ++i) {
      bool holds = row.fn(valueOf<float>(a[i]), valueOf<float>(b[i]));
      EXPECT_EQ(out[i], holds ? 1u : 2u) << row.name << " " << i;
    }
  }
}

// The value of a half's bits, from its fields.
float halfValue(uint32_t bits, bool isBfloat) {
  if (isBfloat)
    return valueOf<float>(uint64_t(bits) << 16);
  int exponent = int(bits >> 10 & 31), fraction = int(bits & 1023);
  float magnitude = exponent == 31  ? (fraction ? NAN : INFINITY)
                    : exponent == 0 ? std::ldexp(float(fraction), -24)
                                    : std::ldexp(float(1024 + fraction), exponent - 25);
  return (bits & 0x8000) ? -magnitude : magnitude;
}

// Pairs of zeros of both signs, denormals, ones, the largest, infinities, NaN, and others.
std::vector<uint64_t> halfPairs(size_t low, size_t high) {
  const uint32_t kHalves[] = {0,      0x8000, 1,      0x8001, 0x3c00, 0xbc00, 0x3f80, 0x7bff,
                              0x7c00, 0xfc00, 0x7e00, 0x7f80, 0xff80, 0x7fc0, 0x1234, 0xedcb};
  std::vector<uint64_t> pairs(kCount);
  for (size_t i = 0; i < kCount; ++i)
    pairs[i] = kHalves[i * low % 16] | kHalves[i * high % 16] << 16;
  return pairs;
}

TEST(Compare, PairsWriteAPredicateForEachHalf) {
  std::vector<uint64_t> a = halfPairs(1, 5), b = halfPairs(3, 7);
  for (bool isBfloat : {false, true}) {
    std::string type = isBfloat ? "bf16x2" : "f16x2";
    std::vector<uint64_t> out =
        runLanes("setp.ne.b32 %p3, %r10, %r11;\nsetp.lt." + type + " %p1|%p2, %r10, %r11;\n" +
                     "setp.geu.and." + type + " %p4|%p5, %r10, %r11, !%p3;\n" +
                     "selp.b32 %r20, 1, 0, %p1;\n@%p2 or.b32 %r20, %r20, 2;\n" +
                     "@%p4 or.b32 %r20, %r20, 4;\n@%p5 or.b32 %r20, %r20, 8;",
                 4, 4, a, b);
    for (size_t i = 0; i < kCount; ++i) {
      unsigned wanted = 0;
      for (unsigned h = 0; h < 2; ++h) {
        float x = halfValue(a[i] >> 16 * h & 0xffff, isBfloat);
        float y = halfValue(b[i] >> 16 * h & 0xffff, isBfloat);
        wanted |= x < y ? 1u << h : 0;
        wanted |= !(x < y) && a[i] == b[i] ? 4u << h : 0;
      }
      EXPECT_EQ(out[i], wanted) << type << " " << i;
    }
  }
}

TEST(Compare, SetWritesOneOrAllBitsForEachHalf) {
  std::vector<uint64_t> a = halfPairs(1, 5), b = halfPairs(3, 7);
  for (bool isBfloat : {false, true})
    for (std::string result : {"half", "u32"}) {
      std::string one = isBfloat ? "bf16" : "f16";
      bool isMask = result == "u32";
      std::string pair = "set.leu." + (isMask ? result : one + "x2") + "." + one + "x2";
      std::string single = "set.gt." + (isMask ? "u16" : one) + "." + one;
      // The pair's result in the low word; of its lower halves alone that of the other form.
      std::vector<uint64_t> out =
          runLanes("cvt.u32.u64 %r10, %rd10;\ncvt.u32.u64 %r11, %rd11;\nmov.b32 {%h1, _}, %r10;\n"
                   "mov.b32 {%h2, _}, %r11;\n" +
                       pair + " %r12, %r10, %r11;\n" + single + " %h3, %h1, %h2;\n" +
                       "cvt.u32.u16 %r13, %h3;\nmov.b64 %rd20, {%r12, %r13};",
                   8, 8, a, b);
      uint64_t yes = isMask ? 0xffff : isBfloat ? 0x3f80 : 0x3c00;
      for (size_t i = 0; i < kCount; ++i) {
        float x[2], y[2];
        for (unsigned h = 0; h < 2; ++h) {
          x[h] = halfValue(a[i] >> 16 * h & 0xffff, isBfloat);
          y[h] = halfValue(b[i] >> 16 * h & 0xffff, isBfloat);
        }
        uint64_t wanted =
            (x[0] > y[0] ? yes : 0) << 32 | (x[1] > y[1] ? 0 : yes) << 16 | (x[0] > y[0] ? 0 : yes);
        EXPECT_EQ(out[i], wanted) << pair << " " << i;
      }
    }
}

TEST(Compare, IntegersAndJoinedPredicates) {
  std::vector<uint64_t> a = intInputs(), b = a;
  std::rotate(b.begin(), b.begin() + 1, b.end());
  std::vector<uint64_t> out =
      runLanes("setp.lt.s64 %p3, %rd10, %rd11;\n"
               "setp.gt.and.u64 %p1, %rd10, %rd11, %p3;\n"
               "setp.hi.or.u64 %p2, %rd10, %rd11, !%p3;\n"
               "set.le.u32.s64 %r5, %rd10, %rd11;\ncvt.u64.u32 %rd20, %r5;\n"
               "@%p1 add.s64 %rd20, %rd20, 1;\n@%p2 add.s64 %rd20, %rd20, 2;",
               8, 8, a, b);
  for (size_t i = 0; i < kCount; ++i) {
    bool less = int64_t(a[i])<int64_t(b[i]), above = a[i]> b[i];
    uint64_t expected = (int64_t(a[i]) <= int64_t(b[i]) ? uint64_t{0xffffffff} : 0) +
                        (above && less ? 1 : 0) + (above || !less ? 2 : 0);
    EXPECT_EQ(out[i], expected) << i;
  }
}

TEST(Carry, AddsAndSubtracts128Bits) {
  std::vector<uint64_t> a = intInputs(), b = a;
  std::rotate(b.begin(), b.begin() + 5, b.end());
  std::vector<uint64_t> out = runLanes("add.cc.u64 %rd12, %rd10, %rd11;\naddc.u64 %rd13, 0, 0;\n"
                                       "sub.cc.u64 %rd14, %rd10, %rd11;\nsubc.u64 %rd15, 0, 0;\n"
                                       "shl.b64 %rd15, %rd15, 1;\nxor.b64 %rd20, %rd13, %rd15;",
                                       8, 8, a, b);
  for (size_t i = 0; i < kCount; ++i) {
    uint64_t carry = a[i] + b[i] < a[i], borrow = a[i] < b[i] ? ~uint64_t{0} : 0;
    EXPECT_EQ(out[i], carry ^ (borrow << 1)) << i;
  }
}

TEST(Bits, FindsTheNthSetBit) {
  // Bases of 0 to 31 and offsets of -8 to 8; the word's bits at random.
  std::vector<uint64_t> masks(kCount), where(kCount);
  std::mt19937_64 random(5);
  for (size_t i = 0; i < kCount; ++i) {
    masks[i] = uint32_t(random());
    where[i] = random() % 32 | random() % 17 << 8;
  }
  std::vector<uint64_t> out = runLanes("and.b32 %r12, %r11, 31;\nshr.u32 %r13, %r11, 8;\n"
                                       "sub.s32 %r13, %r13, 8;\nfns.b32 %r20, %r10, %r12, %r13;",
                                       4, 4, masks, where);
  for (size_t i = 0; i < kCount; ++i) {
    int base = int(where[i] & 31), offset = int(where[i] >> 8) - 8, count = 0;
    uint32_t wanted = ~0u;
    // The bit whose count from the base is the offset; the base itself is number 1, or 0.
    for (int at = 0; at < 32; ++at) {
      bool isBetween = offset < 0 ? at <= base : at >= base;
      if ((masks[i] >> at & 1) == 0 || !isBetween)
        continue;
      uint32_t low = uint32_t(std::min(at, base)), high = uint32_t(std::max(at, base));
      uint64_t span = masks[i] >> low & ((uint64_t{2} << (high - low)) - 1);
      count = __builtin_popcountll(span);
      if (offset == 0 ? at == base : count == std::abs(offset))
        wanted = uint32_t(at);
    }
    EXPECT_EQ(out[i], wanted) << masks[i] << " " << base << " " << offset;
  }
}

TEST(Warp, ShufflesAndVotes) {
  std::vector<uint64_t> a(kCount), zero(kCount);
  for (uint32_t i = 0; i < kCount; ++i)
    a[i] = i * 3 + 1;
  std::vector<uint64_t> up = runLanes("shfl.sync.up.b32 %r20|%p1, %r10, 3, 0, -1;\n"
                                      "@!%p1 add.u32 %r20, %r20, 1000;",
                                      4, 4, a, zero);
  std::vector<uint64_t> down = runLanes("shfl.sync.down.b32 %r20, %r10, 5, 31, -1;", 4, 4, a, zero);
  std::vector<uint64_t> idx =
      runLanes("shfl.sync.idx.b32 %r20, %r10, 6, 0x1807, -1;", 4, 4, a, zero);
  std::vector<uint64_t> ballot = runLanes("and.b32 %r5, %r10, 1;\nsetp.ne.u32 %p1, %r5, 0;\n"
                                          "vote.sync.ballot.b32 %r20, %p1, -1;",
                                          4, 4, a, zero);
  std::vector<uint64_t> sum = runLanes("redux.sync.add.u32 %r20, %r10, -1;", 4, 4, a, zero);
  std::vector<uint64_t> match =
      runLanes("and.b32 %r5, %r1, 3;\nmatch.any.sync.b32 %r20, %r5, -1;", 4, 4, a, zero);
  for (uint32_t i = 0; i < kCount; ++i) {
    uint32_t lane = i % 32, warp = i - lane;
    EXPECT_EQ(up[i], lane >= 3 ? a[i - 3] : a[i] + 1000);
    EXPECT_EQ(down[i], lane + 5 <= 31 ? a[i + 5] : a[i]);
    EXPECT_EQ(idx[i], a[warp + lane / 8 * 8 + 6]);
    EXPECT_EQ(ballot[i], (3 * warp + 1) % 2 ? 0x55555555u : 0xaaaaaaaau);
    EXPECT_EQ(sum[i], 32 * a[warp] + 3 * 496);
    EXPECT_EQ(match[i], 0x11111111u << (lane % 4));
  }
}

} // namespace
} // namespace azulejo::sim::test
