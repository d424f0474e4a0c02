// This file formulates the floating-point instructions a second time: in binary128, with one
// rounding.
#include "test/AluReferenceParts.h"
#include "test/Numbers.h"

#include <cmath>
#include <cstring>

namespace azulejo::sim::test {

namespace {
using Wide = __int128;

struct Value {
  bool isNan = false, isInf = false, negative = false;
  Quad q = 0; // magnitude with its sign; the sign of zero is in `negative`
};

Quad scale(Quad q, int e) {
  for (; e > 0; --e)
    q *= 2;
  for (; e < 0; ++e)
    q /= 2;
  return q;
}

Value decode(Format f, uint64_t bits, bool ftz) {
  Value v;
  uint64_t fraction = bits & ((uint64_t{1} << f.fractionBits) - 1);
  int exponent = int(bits >> f.fractionBits) & ((1 << f.exponentBits) - 1);
  v.negative = (bits >> (f.width() - 1)) & 1;
  if (exponent == (1 << f.exponentBits) - 1) {
    v.isNan = fraction != 0;
    v.isInf = fraction == 0;
    return v;
  }
  if (exponent == 0 && ftz)
    fraction = 0;
  uint64_t significand = exponent == 0 ? fraction : fraction | uint64_t{1} << f.fractionBits;
  v.q = scale(Quad(significand), (exponent == 0 ? 1 : exponent) - f.bias() - f.fractionBits);
  if (v.negative)
    v.q = -v.q;
  return v;
}

uint64_t nanOf(Format f) {
  return f.width() == 64 ? 0x7ff8000000000000u : (uint64_t{1} << (f.width() - 1)) - 1;
}

// Rounds to the format: 'n' to nearest even, 'z', 'm', 'p'. `sticky` is the sign of what the exact
// value has beyond q.
uint64_t encode(Format f, Quad q, bool negativeZero, char mode, int sticky, bool ftz) {
  uint64_t sign = uint64_t{1} << (f.width() - 1);
  if (q == 0)
    return negativeZero ? sign : 0;
  bool negative = q < 0;
  Quad m = negative ? -q : q;
  if (negative)
    sticky = -sticky;
  int e = 0;
  while (m >= 2) {
    m /= 2;
    ++e;
  }
  while (m < 1) {
    m *= 2;
    --e;
  }
  int least = 1 - f.bias();
  int drop = e < least ? least - e : 0;
  m = scale(m, f.fractionBits - drop);
  Wide whole = Wide(m);
  Quad rest = m - Quad(whole);
  bool up;
  if (mode == 'n') {
    Quad half = Quad(0.5);
    up = rest > half || (rest == half && (sticky > 0 || (sticky == 0 && (whole & 1))));
  } else {
    bool inexact = rest != 0 || sticky > 0;
    up = inexact && ((mode == 'p' && !negative) || (mode == 'm' && negative));
    // A little less than q, and q itself representable: the neighbour below where truncating.
    if (rest == 0 && sticky < 0 && !((mode == 'p' && !negative) || (mode == 'm' && negative)))
      --whole;
  }
  whole += up;
  // Carries run into the exponent field by themselves.
  uint64_t bits = uint64_t(whole) + (uint64_t(e < least ? 0 : e - least) << f.fractionBits);
  uint64_t infinity = uint64_t((1 << f.exponentBits) - 1) << f.fractionBits;
  if (bits >= infinity || e > f.bias() + 1) {
    bool toInfinity = mode == 'n' || (mode == 'p' && !negative) || (mode == 'm' && negative);
    bits = toInfinity ? infinity : infinity - 1;
  }
  if (ftz && bits < (uint64_t{1} << f.fractionBits))
    bits = 0;
  return negative ? bits | sign : bits;
}

struct FloatOp {
  Format f;
  bool ftz, sat, relu, nan;
  char mode;
};

Expected finish(const FloatOp &o, Quad q, bool negativeZero, int sticky) {
  if (o.sat) {
    if (q <= 0)
      return bitsOf(0);
    if (q >= 1)
      return bitsOf(encode(o.f, 1, false, 'n', 0, false));
  }
  if (o.relu && q <= 0)
    return bitsOf(0);
  return bitsOf(encode(o.f, q, negativeZero, o.mode, sticky, o.ftz));
}

Expected nanResult(const FloatOp &o) { return bitsOf(o.sat ? 0 : nanOf(o.f)); }

Expected infResult(const FloatOp &o, bool negative) {
  if (o.sat || (o.relu && negative))
    return bitsOf(negative ? 0 : encode(o.f, 1, false, 'n', 0, false));
  uint64_t infinity = uint64_t((1 << o.f.exponentBits) - 1) << o.f.fractionBits;
  return bitsOf(infinity | (negative ? uint64_t{1} << (o.f.width() - 1) : 0));
}

Value productOf(const Value &a, const Value &b) {
  Value p;
  p.isNan =
      a.isNan || b.isNan || (a.isInf && b.q == 0 && !b.isInf) || (b.isInf && a.q == 0 && !a.isInf);
  p.isInf = !p.isNan && (a.isInf || b.isInf);
  p.negative = a.negative != b.negative;
  if (!p.isNan && !p.isInf)
    p.q = a.q * b.q;
  return p;
}

Expected sumOf(const FloatOp &o, const Value &a, const Value &b) {
  if (a.isNan || b.isNan || (a.isInf && b.isInf && a.negative != b.negative))
    return nanResult(o);
  if (a.isInf || b.isInf)
    return infResult(o, a.isInf ? a.negative : b.negative);
  Quad s = a.q + b.q, z = s - a.q, e = (a.q - (s - z)) + (b.q - z);
  bool negativeZero = (a.negative && b.negative) ||
                      (o.mode == 'm' && !(a.q == 0 && b.q == 0 && a.negative == b.negative));
  return finish(o, s, negativeZero, e > 0 ? 1 : (e < 0 ? -1 : 0));
}

Expected approximate(const FloatOp &o, const Value &a, double (*fn)(double), double tolerance) {
  Expected e;
  e.match = Match::Approximate;
  double x = a.isNan ? NAN : (a.isInf ? (a.negative ? -INFINITY : INFINITY) : double(a.q));
  if (a.q == 0 && a.negative && !a.isInf && !a.isNan)
    x = -0.0;
  e.value = fn(x);
  e.tolerance = tolerance + std::ldexp(1.0, -o.f.fractionBits);
  return e;
}

Expected minMax(const FloatOp &o, bool isMin, const Value &a, const Value &b, uint64_t ab,
                uint64_t bb) {
  auto bitsFor = [&](const Value &v, uint64_t bits) {
    return bitsOf(o.ftz && v.q == 0 && !v.isInf ? bits & (uint64_t{1} << (o.f.width() - 1)) : bits);
  };
  if (a.isNan && b.isNan)
    return nanResult(o);
  if (a.isNan || b.isNan)
    return o.nan ? nanResult(o) : (a.isNan ? bitsFor(b, bb) : bitsFor(a, ab));
  auto key = [](const Value &v) {
    return v.isInf ? (v.negative ? -Quad(1e300) * Quad(1e300) : Quad(1e300) * Quad(1e300)) : v.q;
  };
  bool less = key(a) < key(b) || (key(a) == key(b) && a.negative && !b.negative);
  return less == isMin ? bitsFor(a, ab) : bitsFor(b, bb);
}

Expected quotient(const FloatOp &o, const Value &a, const Value &b) {
  bool negative = a.negative != b.negative;
  if (a.isNan || b.isNan || (a.isInf && b.isInf) || (a.q == 0 && b.q == 0 && !a.isInf && !b.isInf))
    return nanResult(o);
  if (a.isInf || (b.q == 0 && !b.isInf))
    return infResult(o, negative);
  if (b.isInf)
    return finish(o, 0, negative, 0);
  Quad q = a.q / b.q;
  return finish(o, q, negative, 0);
}

Expected squareRootOf(const FloatOp &o, const Value &a) {
  if (a.isNan || (a.negative && (a.q != 0 || a.isInf)))
    return nanResult(o);
  if (a.isInf)
    return infResult(o, false);
  // binary64's root of an f32 is exact enough to round once more; of an f64 it is the result. Its
  // square says on which side of it the true root lies.
  Quad root = Quad(std::sqrt(double(a.q)));
  int sticky = o.mode == 'n' ? 0 : (root * root < a.q) - (root * root > a.q);
  return finish(o, root, a.negative, sticky);
}

double reciprocalRoot(double x) { return 1 / std::sqrt(x); }

// Functions that the hardware approximates.
Expected evaluateFunction(const Opcode &op, const FloatOp &o, const Value &a, const uint64_t *x) {
  if (op.base == "ex2")
    return approximate(o, a, [](double v) { return std::exp2(v); }, 0x1p-22);
  if (op.base == "lg2")
    return approximate(o, a, [](double v) { return std::log2(v); }, 0x1p-22);
  if (op.base == "sin")
    return approximate(o, a, [](double v) { return std::sin(v); }, 0x1p-20);
  if (op.base == "cos")
    return approximate(o, a, [](double v) { return std::cos(v); }, 0x1p-20);
  if (op.base == "tanh")
    return approximate(o, a, [](double v) { return std::tanh(v); }, 0x1p-11);
  if (op.base == "rsqrt" && op.has("ftz") && o.f.width() == 64)
    return approximate(o, decode(o.f, x[0] >> 32 << 32, true), reciprocalRoot, 0x1p-20);
  if (op.base == "rsqrt")
    return approximate(o, a, reciprocalRoot, 0x1p-22);
  return Expected();
}
} // namespace

Expected evaluateFloat(const Opcode &op, Format f, const uint64_t *x) {
  FloatOp o = {f, op.has("ftz"), op.has("sat"), op.has("relu"), op.has("NaN"), 'n'};
  for (const char *mode : {"rz", "rm", "rp"})
    if (op.has(mode))
      o.mode = mode[1];
  uint64_t sign = uint64_t{1} << (f.width() - 1);
  Value a = decode(f, x[0], o.ftz), b = decode(f, x[1], o.ftz), c = decode(f, x[2], o.ftz);
  auto flushed = [&](uint64_t bits) {
    return o.ftz && ((bits & ~sign) >> f.fractionBits) == 0 ? bits & sign : bits;
  };
  if (op.base == "add")
    return sumOf(o, a, b);
  if (op.base == "sub") {
    b.q = -b.q;
    b.negative = !b.negative;
    return sumOf(o, a, b);
  }
  if (op.base == "mul") {
    Value p = productOf(a, b);
    return p.isNan ? nanResult(o)
                   : (p.isInf ? infResult(o, p.negative) : finish(o, p.q, p.negative, 0));
  }
  if (op.base == "fma" || op.base == "mad") {
    if (f.width() == 64 && o.mode == 'n') {
      double r, v[3];
      std::memcpy(v, x, 24);
      r = std::fma(v[0], v[1], v[2]);
      uint64_t bits;
      std::memcpy(&bits, &r, 8);
      return bitsOf(r != r ? nanOf(f) : bits);
    }
    return sumOf(o, productOf(a, b), c);
  }
  // Of f64 only the upper word is seen.
  if (op.base == "rcp" && op.has("approx") && f.width() == 64)
    return approximate(
        o, decode(f, x[0] >> 32 << 32, true), [](double v) { return 1 / v; }, 0x1p-20);
  if (op.base == "div" || (op.base == "rcp" && !op.has("rn"))) {
    bool isRcp = op.base == "rcp";
    Value one = decode(kF64, 0x3ff0000000000000u, false);
    if (op.has("approx") && !isRcp && !b.isInf && !b.isNan &&
        (b.q > Quad(0x1p126) || b.q < -Quad(0x1p126)))
      return a.isNan || a.isInf ? nanResult(o) : finish(o, 0, a.negative != b.negative, 0);
    return isRcp ? quotient(o, one, a) : quotient(o, a, b);
  }
  if (op.base == "rcp")
    return quotient(o, decode(kF64, 0x3ff0000000000000u, false), a);
  if (op.base == "sqrt")
    return squareRootOf(o, a);
  if (op.has("xorsign")) {
    uint64_t negative = (x[0] ^ x[1]) & sign;
    Value u = decode(f, x[0] & ~sign, o.ftz), v = decode(f, x[1] & ~sign, o.ftz);
    Expected e = minMax(o, op.base == "min", u, v, x[0] & ~sign, x[1] & ~sign);
    return e.bits == nanOf(f) ? e : bitsOf(e.bits | negative);
  }
  if (op.base == "min" || op.base == "max")
    return minMax(o, op.base == "min", a, b, x[0], x[1]);
  if (op.base == "abs")
    return bitsOf(flushed(x[0] & ~sign));
  if (op.base == "neg")
    return bitsOf(flushed(x[0] ^ sign));
  if (op.base == "copysign")
    return bitsOf((x[1] & ~sign) | (x[0] & sign));
  return evaluateFunction(op, o, a, x);
}

} // namespace azulejo::sim::test
