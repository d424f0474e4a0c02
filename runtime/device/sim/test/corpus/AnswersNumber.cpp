// This file computes the answers of the programs on numbers: arithmetic, functions, conversions.
#include "test/corpus/Program.h"

#include <algorithm>
#include <cfenv>
#include <cmath>
#include <cstring>
#include <limits>

namespace azulejo::sim::corpus {
namespace {

using Wide = __int128;
using Quad = long double; // 64 digits

void halfPairs(Data &data) {
  for (int i = 0; i < 200; ++i) {
    const uint16_t *x = data.of<uint16_t>("x") + 2 * i, *y = data.of<uint16_t>("y") + 2 * i;
    uint16_t *z = data.of<uint16_t>("z") + 8 * i;
    for (int k = 0; k < 2; ++k) {
      double a = fromHalf(x[k]), b = fromHalf(y[k]), c = fromHalf(toHalf(a * b + 0.5));
      z[k] = toHalf(c + fromHalf(toHalf(a * a)));
      z[2 + k] = toHalf(std::min(fromHalf(toHalf(a - b)), std::max(a, b)));
    }
    z[4] = x[0] ^ 0x8000;
    z[5] = y[1] & 0x7fff;
    z[6] = toHalf(i * 3 - 50);
    // Toward zero: one step back where rounding to nearest went up.
    float third = i * 0.3f;
    z[7] = toHalf(third);
    z[7] -= fromHalf(z[7]) > third;
    data.of<int>("flags")[i] = (fromHalf(x[0]) > fromHalf(y[0])) + 2 * (x[1] == y[1]) +
                               4 * int(std::floor(fromHalf(x[1])));
  }
}

void bfloatPairs(Data &data) {
  for (int i = 0; i < 200; ++i) {
    const uint16_t *x = data.of<uint16_t>("x") + 2 * i, *y = data.of<uint16_t>("y") + 2 * i;
    uint16_t *z = data.of<uint16_t>("z") + 6 * i;
    for (int k = 0; k < 2; ++k) {
      double a = fromBfloat(x[k]), b = fromBfloat(y[k]);
      z[k] = toBfloat(a * b + a);
      z[2 + k] = toBfloat(std::max(fromBfloat(toBfloat(a + b)), fromBfloat(toBfloat(a * b))));
    }
    z[4] = toBfloat(float(fromBfloat(x[0])) / 3.0f);
    z[5] = toBfloat(float(fromBfloat(y[1])) * 1.1f);
    data.of<float>("w")[i] = float(fromBfloat(toBfloat(fromBfloat(x[1]) - fromBfloat(y[1]))));
  }
}

void doubleArithmetic(Data &data) {
  for (int i = 0; i < 100; ++i) {
    double a = data.of<double>("x")[i], b = data.of<double>("y")[i],
           *z = data.of<double>("z") + 8 * i;
    z[0] = a / b;
    z[1] = std::sqrt(std::fabs(a));
    z[2] = std::fma(a, b, -a);
    z[3] = std::fmod(a, b);
    z[4] = std::floor(a) + std::ceil(b) * 2 + std::trunc(a) * 4 + std::nearbyint(b) * 8;
    z[5] = std::min(a, b) - std::max(a, b);
    z[6] = (b < 0 ? -std::fabs(a) : std::fabs(a)) + (a < b ? 1 : 2);
    z[7] = double(float(a)) + std::trunc(b) + std::trunc(std::fabs(a));
    data.of<int64_t>("w")[i] = int64_t(a * 1e6) + int64_t(std::nearbyint(b));
    data.of<float>("f")[i] = float(a * b);
  }
}

void doubleMath(Data &data) {
  for (int i = 0; i < 60; ++i) {
    Quad a = data.of<double>("x")[i];
    double *z = data.of<double>("z") + 8 * i;
    z[0] = double(std::exp(a));
    z[1] = double(std::log(std::fabs(a)));
    z[2] = double(std::sin(a));
    z[3] = double(std::cos(a * 3));
    z[4] = double(std::pow(std::fabs(a), Quad(1.7)));
    z[5] = double(std::tanh(a));
    z[6] = double(std::erf(a * Quad(0.3)));
    z[7] = double(std::atan2(a, Quad(2)) + std::cbrt(a));
  }
}

// Rounds in a direction of <cfenv>; nothing is computed before the mode is set.
template <typename T, typename Fn> T rounded(int direction, Fn fn) {
  std::fesetround(direction);
  volatile T result = fn();
  std::fesetround(FE_TONEAREST);
  return result;
}

void doubleRounding(Data &data) {
  for (int i = 0; i < 100; ++i) {
    volatile double a = data.of<double>("x")[i], b = data.of<double>("y")[i], one = 1;
    volatile float s = float(a), t = float(b), unit = 1;
    double *z = data.of<double>("z") + 8 * i;
    float *f = data.of<float>("f") + 8 * i;
    z[0] = rounded<double>(FE_DOWNWARD, [&] { return a + b; });
    z[1] = rounded<double>(FE_UPWARD, [&] { return a + b; });
    z[2] = rounded<double>(FE_TOWARDZERO, [&] { return a * b; });
    z[3] = rounded<double>(FE_UPWARD, [&] { return a * b; });
    z[4] = rounded<double>(FE_DOWNWARD, [&] { return a / b; });
    z[5] = rounded<double>(FE_UPWARD, [&] { return std::sqrt(std::fabs(a)); });
    z[6] = rounded<double>(FE_TOWARDZERO, [&] { return std::fma(a, b, one); });
    z[7] = rounded<double>(FE_DOWNWARD, [&] { return one / b; });
    f[0] = rounded<float>(FE_DOWNWARD, [&] { return s + t; });
    f[1] = rounded<float>(FE_UPWARD, [&] { return s * t; });
    f[2] = rounded<float>(FE_TOWARDZERO, [&] { return s / t; });
    f[3] = rounded<float>(FE_DOWNWARD, [&] { return std::sqrt(std::fabs(s)); });
    f[4] = rounded<float>(FE_UPWARD, [&] { return std::fma(s, t, unit); });
    f[5] = rounded<float>(FE_TOWARDZERO, [&] { return unit / t; });
    f[6] = rounded<float>(FE_UPWARD, [&] { return float(a); });
    f[7] = rounded<float>(FE_TOWARDZERO, [&] { return s - t; });
  }
}

template <typename T> T reversed(T v) {
  T r = 0;
  for (size_t b = 0; b < sizeof(T) * 8; ++b)
    r = T(r << 1 | (v >> b & 1));
  return r;
}
template <typename T> int bitCount(T v) {
  int count = 0;
  for (; v != 0; v &= v - 1)
    ++count;
  return count;
}
// Places of the highest and of the lowest bit, from 1; 0 for none.
template <typename T> int highest(T v) {
  int place = 0;
  for (; v != 0; v >>= 1)
    ++place;
  return place;
}
template <typename T> int lowest(T v) { return highest(T(v & (~v + 1))); }

void longArithmetic(Data &data) {
  for (int i = 0; i < 100; ++i) {
    int64_t a = data.of<int64_t>("x")[i], b = data.of<int64_t>("y")[i] | 1;
    int64_t *z = data.of<int64_t>("z") + 6 * i;
    uint64_t p = uint64_t(a), q = uint64_t(b), *u = data.of<uint64_t>("u") + 6 * i;
    z[0] = int64_t(uint64_t(Wide(a) * b) + uint64_t(a >> 7));
    z[1] = a / b;
    z[2] = a % b;
    z[3] = int64_t(Wide(a) * b >> 64);
    z[4] = std::min(a, b) ^ std::max(a, b) ^ std::llabs(a);
    z[5] = int64_t((Wide(a) * b + a) >> 40);
    u[0] = p / q + p % (q | 1024);
    u[1] = uint64_t((unsigned __int128)(p)*q >> 64);
    u[2] = reversed(p) + uint64_t(bitCount(q));
    u[3] = uint64_t(int64_t(64 - highest(p)) * 256 + lowest(uint64_t(q << (i & 63))));
    u[4] = p << (i & 63) | q >> (63 - (i & 63));
    u[5] = p > q ? p - q : q - p;
  }
}

void intArithmetic(Data &data) {
  auto low24 = [](int v) { return int64_t(int32_t(uint32_t(v) << 8) >> 8); };
  for (int i = 0; i < 100; ++i) {
    int a = data.of<int>("x")[i], b = data.of<int>("y")[i], *z = data.of<int>("z") + 8 * i;
    b = b == 0 ? 3 : b;
    uint32_t p = uint32_t(a), q = uint32_t(b), *u = data.of<uint32_t>("u") + 8 * i;
    int64_t la = a, lb = b;
    uint64_t lp = p, lq = q;
    z[0] = int(la / lb + la % lb * 17);
    z[1] = int((la * lb) >> 32);
    z[2] = int(uint32_t(low24(a) * low24(b)) + uint32_t(std::llabs(la - lb)) + 5);
    z[3] = int(int8_t(a)) * int(int16_t(b)) + (a >> (b & 31));
    z[4] = int(((la + lb) >> 1) - ((la + lb + 1) >> 1));
    z[5] = int(la / 7 - lb / 13 + la % 10);
    z[6] = int(std::llabs(la) + std::min(la, lb) - std::max(la, int64_t(5)));
    z[7] = int(int16_t(p + q)) * 16;
    u[0] = p / q ^ p % 1000;
    u[1] = uint32_t(lp * lq >> 32) + uint32_t((lp & 0xffffff) * (lq & 0xffffff));
    u[2] = uint32_t(32 - highest(p) + lowest(q) * 100 + bitCount(p ^ q) * 10000);
    u[3] = reversed(p) + p / 32 % 512;
    u[4] = uint32_t((lq << 32 | lp) << (a & 31) >> 32) ^ uint32_t((lq << 32 | lp) >> (b & 31));
    u[5] = (p & 0xff00ff00u) + (q & 0x00ff00ffu);
    u[6] = (p * q) % 256 + (p + q) % 65536;
    u[7] = (p ^ q) & (p | 0x0f0f0f0fu);
  }
}

// Byte k of the eight of a and b; bit 3 of the selector repeats the byte's sign.
uint32_t permuted(uint32_t a, uint32_t b, uint32_t selector) {
  uint32_t result = 0;
  for (int k = 3; k >= 0; --k) {
    uint32_t s = selector >> (4 * k) & 15, byte = ((s & 4) != 0 ? b : a) >> (8 * (s & 3)) & 255;
    if ((s & 8) != 0)
      byte = byte >= 128 ? 255 : 0;
    result = result << 8 | byte;
  }
  return result;
}
template <typename Fn> uint32_t byBytes(uint32_t a, uint32_t b, Fn fn) {
  uint32_t result = 0;
  for (int k = 24; k >= 0; k -= 8)
    result = result << 8 | (uint32_t(fn(int(a >> k & 255), int(b >> k & 255))) & 255);
  return result;
}

void bytes(Data &data) {
  for (int i = 0; i < 100; ++i) {
    const uint8_t *c = data.of<uint8_t>("x") + 4 * i;
    uint8_t *z = data.of<uint8_t>("z") + 4 * i;
    uint32_t a = data.of<uint32_t>("y")[i], b = data.of<uint32_t>("x")[i];
    uint32_t *u = data.of<uint32_t>("u") + 6 * i;
    z[0] = c[3];
    z[1] = c[2] ^ c[0];
    z[2] = uint8_t((c[0] + c[1]) / 2);
    z[3] = std::max(c[3], c[0]);
    u[0] = permuted(a, b, 0x0123);
    u[1] = permuted(a, b, a & 0x7777);
    u[2] = permuted(a, b, 0x8cd9);
    u[3] = byBytes(a, b, [](int p, int q) { return p + q; });
    u[4] = byBytes(a, b, [](int p, int q) { return std::abs(p - q); }) +
           byBytes(a, b, [](int p, int q) { return std::max(p, q); });
    u[5] = byBytes(a, b, [](int p, int q) { return p > q ? 255 : 0; }) ^
           byBytes(a, b, [](int p, int q) { return (p + q + 1) / 2; });
  }
}

// Calls fn(v, result) for every number.
template <typename Fn> void forNumbers(Data &data, Fn fn) {
  for (int i = 0; i < 100; ++i) {
    double results[8];
    fn(data.of<float>("x")[i], results);
    std::copy_n(results, 8, data.of<float>("y") + 8 * i);
  }
}

void mathCircular(Data &data) {
  forNumbers(data, [](float v, double *y) {
    y[0] = std::sin(double(v));
    y[1] = std::cos(double(v));
    y[2] = std::tan(double(v * 0.1f));
    y[3] = std::sin(double(v * 1000.0f));
    y[4] = std::cos(double(v * 1000.0f));
    y[5] = std::atan2(double(v), 3.0);
    y[6] = std::asin(double(v * 0.009f));
    y[7] = std::sin(M_PI * std::remainder(double(v), 2.0));
  });
}

void mathExponential(Data &data) {
  forNumbers(data, [](double v, double *y) {
    double size = std::fabs(v);
    y[0] = std::exp(v);
    y[1] = std::exp2(v);
    y[2] = std::expm1(v);
    y[3] = std::log(size);
    y[4] = std::log1p(size);
    y[5] = std::pow(size, double(2.3f));
    y[6] = std::log10(size) + std::log2(size);
    y[7] = std::cbrt(v) + std::hypot(v, 2);
  });
}

void mathSpecial(Data &data) {
  forNumbers(data, [](double v, double *y) {
    y[0] = std::erf(v);
    y[1] = std::tanh(v);
    y[2] = std::erfc(v);
    y[3] = 0.5 * v * (1 + std::erf(v * std::sqrt(0.5)));
    y[4] = 1 / (1 + std::exp(-v));
    y[5] = -std::exp(-v);
    y[6] = std::lgamma(std::fabs(v) + 0.5);
    y[7] = std::fmod(v, double(0.7f)) + std::round(v) + std::nearbyint(v) + std::trunc(v);
  });
}

void mathFast(Data &data) {
  forNumbers(data, [](double v, double *y) {
    double size = std::fabs(v);
    y[0] = std::sin(v) + std::cos(v);
    y[1] = std::exp(v);
    y[2] = std::log(size + 1);
    y[3] = v / (size + 3);
    y[4] = std::sqrt(size);
    y[5] = 1 / std::sqrt(size + 0.1);
    y[6] = std::pow(size + 0.5, 1.5);
    y[7] = 1 / (v + 20) + std::clamp(v, 0.0, 1.0);
  });
}

// Where rounding to nearest went past the true value, one step toward zero, or away from it.
float directed(double exact, bool isUp) {
  float near = float(exact);
  if (isUp)
    return near < exact ? std::nextafter(near, INFINITY) : near;
  return std::fabs(near) > std::fabs(exact) ? std::nextafter(near, 0.0f) : near;
}

void conversions(Data &data) {
  for (int i = 0; i < 100; ++i) {
    float v = data.of<float>("x")[i], *f = data.of<float>("f") + 4 * i;
    int *z = data.of<int>("z") + 6 * i;
    uint32_t *u = data.of<uint32_t>("u") + 4 * i;
    double *d = data.of<double>("d") + 2 * i;
    z[0] = int(std::nearbyint(v));
    z[1] = int(std::floor(v));
    z[2] = int(std::ceil(v));
    z[3] = int(std::trunc(v));
    z[4] = int(std::trunc(v * 0.1f));
    z[5] = int(std::trunc(v * 0.001f));
    u[0] = v > 0 ? uint32_t(std::nearbyint(v)) : 0;
    u[1] = uint32_t(std::fabs(v) * 0.001f);
    u[2] = uint32_t(uint64_t(std::nearbyint(std::fabs(v))) / 8);
    u[3] = uint32_t(int64_t(v * 1e6f) >> 20);
    f[0] = directed(double(z[0]) * 1001, false);
    f[1] = directed(double(uint32_t(u[0] * 1003)), true);
    f[2] = float(Quad(int64_t(v)) * 1000000007);
    f[3] = float(i) + float(i * 7777 % 65536);
    d[0] = double(z[0]) + u[0];
    double next = v;
    next = std::nextafter(next, next < 0 ? -INFINITY : INFINITY);
    d[1] = next + std::ldexp(i, 50);
  }
}

void bitFloat(Data &data) {
  for (int i = 0; i < 64; ++i) {
    float v = data.of<float>("x")[i], *f = data.of<float>("f") + 4 * i;
    int *z = data.of<int>("z") + 4 * i, exponent = 0;
    uint32_t bits;
    std::memcpy(&bits, &v, 4);
    f[0] = std::frexp(v, &exponent);
    f[1] = v * 32;
    f[2] = std::nextafter(v, 1e30f);
    f[3] = std::isnan(v) ? 2.0f : std::min(std::fabs(v), 2.0f);
    f[3] = std::signbit(v) ? f[3] : -f[3];
    z[0] = std::isfinite(v) ? exponent : -9999;
    z[1] = std::isnan(v) + 2 * std::isinf(v) + 4 * std::signbit(v);
    z[2] = int(bits / 0x800000 % 256);
    z[3] = (v < 1) + 2 * (v >= -1) + 4 * std::isnan(v) + 8 * (v > 0 ? 0 : 1);
  }
}

} // namespace

const NamedAnswer kNumberAnswers[] = {{"half-pairs", halfPairs},
                                      {"bfloat-pairs", bfloatPairs},
                                      {"double-arithmetic", doubleArithmetic},
                                      {"double-math", doubleMath},
                                      {"double-rounding", doubleRounding},
                                      {"long-arithmetic", longArithmetic},
                                      {"int-arithmetic", intArithmetic},
                                      {"bytes", bytes},
                                      {"math-circular", mathCircular},
                                      {"math-exponential", mathExponential},
                                      {"math-special", mathSpecial},
                                      {"math-fast", mathFast},
                                      {"conversions", conversions},
                                      {"bit-float", bitFloat},
                                      {nullptr, nullptr}};

} // namespace azulejo::sim::corpus
