// This file implements approximate operations with an error.
#include "exec/Approximate.h"

#include "exec/SoftFloat.h"

#include <cmath>
#include <cstring>

namespace azulejo::sim {

namespace {
enum class Format : uint8_t { F32, F16, BF16 };

struct FormatRow {
  std::string_view suffix;
  Format format;
  bool isPair;
};
constexpr FormatRow kFormats[] = {{"f32", Format::F32, false},
                                  {"f16", Format::F16, false},
                                  {"f16x2", Format::F16, true},
                                  {"bf16", Format::BF16, false},
                                  {"bf16x2", Format::BF16, true}};

double truthDiv(double a, double b) { return a / b; }
double truthRcp(double a, double) { return 1 / a; }
double truthSqrt(double a, double) { return std::sqrt(a); }
double truthRsqrt(double a, double) { return 1 / std::sqrt(a); }
double truthEx2(double a, double) { return std::exp2(a); }
double truthLg2(double a, double) { return std::log2(a); }
double truthSin(double a, double) { return std::sin(a); }
double truthCos(double a, double) { return std::cos(a); }
double truthTanh(double a, double) { return std::tanh(a); }

// The ISA's bounds on the error, from the operands and the true result y.
double ulps(double y, double count) { return std::ldexp(count, std::ilogb(y) - 23); }
double relative(double y, double exponent) { return std::fabs(y) * std::exp2(exponent); }
double boundDiv(double, double b, double y) {
  double m = std::fabs(b);
  return m >= 0x1p-126 && m <= 0x1p126 ? ulps(y, 2) : 0;
}
double boundRcp(double, double, double y) { return ulps(y, 1); }
double boundTwoUlps(double, double, double y) { return ulps(y, 2); }
double boundSqrt(double, double, double y) { return relative(y, -23); }
double boundRsqrt(double, double, double y) { return relative(y, -22.9); }
double boundLg2(double a, double, double y) {
  return a > 0.5 && a < 2 ? 0x1p-22 : relative(y, -22);
}
double boundSine(double a, double, double) {
  double m = std::fabs(a);
  return m <= 6.283185307179586 ? std::exp2(-20.5) : m <= 314.1592653589793 ? std::exp2(-14.7) : 0;
}
double boundTanh(double, double, double y) { return relative(y, -11); }
double boundEx2F16(double, double, double y) { return relative(y, -9.9); }
double boundEx2Bf16(double, double, double y) { return relative(y, -7); }
double boundTanhF16(double, double, double) { return std::exp2(-10.987); }
double boundTanhBf16(double, double, double) { return 0x1p-8; }

struct Row {
  std::string_view operation;
  Format format;
  double (*truth)(double a, double b);
  double (*bound)(double a, double b, double y);
  double most; // no result has a greater magnitude
};
const Row kRows[] = {
    {"div", Format::F32, truthDiv, boundDiv, INFINITY},
    {"rcp", Format::F32, truthRcp, boundRcp, INFINITY},
    {"sqrt", Format::F32, truthSqrt, boundSqrt, INFINITY},
    {"rsqrt", Format::F32, truthRsqrt, boundRsqrt, INFINITY},
    {"ex2", Format::F32, truthEx2, boundTwoUlps, INFINITY},
    {"lg2", Format::F32, truthLg2, boundLg2, INFINITY},
    {"sin", Format::F32, truthSin, boundSine, 1},
    {"cos", Format::F32, truthCos, boundSine, 1},
    {"tanh", Format::F32, truthTanh, boundTanh, 1},
    {"ex2", Format::F16, truthEx2, boundEx2F16, INFINITY},
    {"ex2", Format::BF16, truthEx2, boundEx2Bf16, INFINITY},
    {"tanh", Format::F16, truthTanh, boundTanhF16, 1},
    {"tanh", Format::BF16, truthTanh, boundTanhBf16, 1},
};

double valueOf(Format format, uint32_t bits) {
  if (format == Format::F16)
    return f16ToFloat(uint16_t(bits));
  if (format == Format::BF16)
    return bf16ToFloat(uint16_t(bits));
  float f;
  std::memcpy(&f, &bits, 4);
  return f;
}

unsigned fractionBits(Format format) {
  return format == Format::F32 ? 23 : (format == Format::F16 ? 10 : 7);
}

bool isNormal(Format format, double value) {
  return std::isfinite(value) && std::fabs(value) >= (format == Format::F16 ? 0x1p-14 : 0x1p-126);
}

// The value as bits, and toward zero where it has more digits.
uint32_t truncated(Format format, double value) {
  int step = std::ilogb(value) - int(fractionBits(format));
  float f = float(std::ldexp(std::trunc(std::ldexp(value, -step)), step));
  if (format == Format::F16)
    return floatToF16(f, true);
  uint32_t bits;
  std::memcpy(&bits, &f, 4);
  return format == Format::BF16 ? bits >> 16 : bits;
}

uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}
} // namespace

struct Approximation {
  Handler nearest;
  const Row *row;
  bool isPair;
  bool hasTwo; // operands
  uint64_t seed;

  // A value near the true one, at most the bound away; `nearestBits` where there is none other.
  uint32_t choose(uint32_t a, uint32_t b, uint32_t nearestBits) const {
    Format format = row->format;
    double x = valueOf(format, a), z = hasTwo ? valueOf(format, b) : 0;
    double near = valueOf(format, nearestBits), truth = row->truth(x, z);
    if (!isNormal(format, near) || !isNormal(format, truth) || x == 0)
      return nearestBits;
    double bound = row->bound(x, z, truth);
    uint64_t draw = mix(seed ^ mix(a ^ uint64_t{b} << 32));
    // Most errors come close to the bound.
    double part = 1 - double(draw >> 1 & 0xffff) / 0x40000;
    double target = truth + (draw & 1 ? bound : -bound) * part;
    if (!isNormal(format, target) || std::fabs(target) > row->most || target * truth <= 0)
      return nearestBits;
    // The number next to the target, on the side of zero or the other: one of them is within.
    uint32_t bits = truncated(format, target);
    for (uint32_t candidate :
         {std::fabs(target) > std::fabs(truth) ? bits : bits + 1, bits, bits + 1}) {
      double value = valueOf(format, candidate);
      if (isNormal(format, value) && std::fabs(value) <= row->most &&
          std::fabs(value - truth) <= bound)
        return candidate;
    }
    return nearestBits;
  }
};

std::shared_ptr<const Approximation> makeApproximation(std::string_view opcode, Handler nearest,
                                                       uint64_t seed) {
  std::string_view operation = opcode.substr(0, opcode.find('.'));
  std::string_view suffix = opcode.substr(opcode.rfind('.') + 1);
  for (const FormatRow &format : kFormats)
    for (const Row &row : kRows)
      if (format.suffix == suffix && row.format == format.format && row.operation == operation) {
        // The same error for the same operation, whatever its modifiers.
        uint64_t id = uint64_t(&row - kRows) + 1;
        return std::make_shared<Approximation>(
            Approximation{nearest, &row, format.isPair, operation == "div", mix(seed ^ id << 40)});
      }
  return nullptr;
}

void approximate(WarpContext &w, const Inst &i, uint32_t mask) {
  const auto &what = *static_cast<const Approximation *>(i.data);
  bool is16 = what.row->format != Format::F32;
  unsigned bytes = is16 && !what.isPair ? 2 : 4;
  // The result may share a register with an operand.
  uint8_t a[128], b[128];
  std::memcpy(a, w.regs + i.a, 32 * bytes);
  std::memcpy(b, w.regs + (what.hasTwo ? i.b : i.a), 32 * bytes);
  what.nearest(w, i, mask);
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    uint32_t x = 0, y = 0, result = 0;
    std::memcpy(&x, a + lane * bytes, bytes);
    std::memcpy(&y, b + lane * bytes, bytes);
    uint8_t *at = w.regs + i.d + lane * bytes;
    std::memcpy(&result, at, bytes);
    uint32_t chosen =
        is16 ? what.choose(x & 0xffff, y & 0xffff, result & 0xffff) : what.choose(x, y, result);
    if (what.isPair)
      chosen |= what.choose(x >> 16, y >> 16, result >> 16) << 16;
    std::memcpy(at, &chosen, bytes);
  }
}

} // namespace azulejo::sim
