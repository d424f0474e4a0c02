// This file implements the second formulation of the arithmetic instructions.
#include "test/AluReference.h"

#include <cmath>
#include <cstring>
#include <vector>

namespace azulejo::sim::test {

namespace {

using Quad = __float128;
using Wide = __int128;

struct Opcode {
  std::string base;
  std::vector<std::string> mods;
  std::string type;
  bool has(const char *mod) const {
    for (const std::string &m : mods)
      if (m == mod)
        return true;
    return false;
  }
};

Opcode split(const std::string &text) {
  Opcode op;
  std::vector<std::string> parts;
  for (size_t start = 0; start <= text.size();) {
    size_t dot = text.find('.', start);
    size_t end = dot == std::string::npos ? text.size() : dot;
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  op.base = parts[0];
  op.type = parts.back();
  op.mods.assign(parts.begin() + 1, parts.end());
  return op;
}

// A binary floating-point format.
struct Format {
  int exponentBits, fractionBits;
  int bias() const { return (1 << (exponentBits - 1)) - 1; }
  int width() const { return 1 + exponentBits + fractionBits; }
};
constexpr Format kF16 = {5, 10}, kBf16 = {8, 7}, kF32 = {8, 23}, kF64 = {11, 52};

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

Expected bitsOf(uint64_t bits) {
  Expected e;
  e.match = Match::Bits;
  e.bits = bits;
  return e;
}

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

uint64_t half(uint64_t bits, int which, int width) {
  return bits >> (which * width) & ((uint64_t{1} << width) - 1);
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
  if (op.base == "rsqrt" && op.has("ftz") && f.width() == 64)
    return approximate(o, decode(f, x[0] >> 32 << 32, true), reciprocalRoot, 0x1p-20);
  if (op.base == "rsqrt")
    return approximate(o, a, reciprocalRoot, 0x1p-22);
  return Expected();
}

int typeWidth(const std::string &type) { return std::stoi(type.substr(1)); }

Wide extend(uint64_t bits, int width, bool isSigned) {
  uint64_t low = width == 64 ? bits : bits & ((uint64_t{1} << width) - 1);
  if (isSigned && (low >> (width - 1) & 1))
    return Wide(low) - (Wide(1) << width);
  return Wide(low);
}

Expected intBits(Wide v, int width) {
  return bitsOf(width == 64 ? uint64_t(v) : uint64_t(v) & ((uint64_t{1} << width) - 1));
}

Wide clampTo(Wide v, Wide low, Wide high) { return v < low ? low : (v > high ? high : v); }

Wide part(const Opcode &op, Wide product, int width) {
  return op.has("hi") ? product >> width : product;
}

Expected evaluateField(const uint64_t *x, int width, bool isSigned) {
  int position = int(x[1] & 255), length = int(x[2] & 255);
  uint64_t result = 0;
  int msb = width - 1, last = position + length - 1 < msb ? position + length - 1 : msb;
  bool signBit = isSigned && length != 0 && ((x[0] >> last) & 1);
  for (int i = 0; i <= msb; ++i) {
    bool bit = i < length && position + i <= msb ? (x[0] >> (position + i)) & 1 : signBit;
    result |= uint64_t(bit) << i;
  }
  return bitsOf(result);
}

Expected evaluateInsert(const uint64_t *x, int width) {
  int position = int(x[2] & 255), length = int(x[3] & 255);
  uint64_t result = x[1];
  for (int i = 0; i < length && position + i < width; ++i) {
    uint64_t bit = uint64_t{1} << (position + i);
    result = (result & ~bit) | (((x[0] >> i) & 1) ? bit : 0);
  }
  return bitsOf(result);
}

Expected evaluatePermute(const Opcode &op, const uint64_t *x) {
  uint8_t bytes[8];
  uint32_t a = uint32_t(x[0]), b = uint32_t(x[1]);
  std::memcpy(bytes, &a, 4);
  std::memcpy(bytes + 4, &b, 4);
  static const int kForward[4][4] = {{0, 1, 2, 3}, {1, 2, 3, 4}, {2, 3, 4, 5}, {3, 4, 5, 6}};
  static const int kBackward[4][4] = {{0, 7, 6, 5}, {1, 0, 7, 6}, {2, 1, 0, 7}, {3, 2, 1, 0}};
  uint32_t result = 0;
  for (int i = 0; i < 4; ++i) {
    int pick = int(x[2] >> (4 * i)) & 15;
    if (op.has("f4e"))
      pick = kForward[x[2] & 3][i];
    else if (op.has("b4e"))
      pick = kBackward[x[2] & 3][i];
    else if (op.has("rc8"))
      pick = int(x[2] & 3);
    else if (op.has("rc16"))
      pick = int(x[2] & 1) * 2 + i % 2;
    uint8_t byte = bytes[pick & 7];
    result |= uint32_t(pick & 8 ? uint8_t(int8_t(byte) >> 7) : byte) << (8 * i);
  }
  return bitsOf(result);
}

Expected evaluateBits(const Opcode &op, const uint64_t *x, int width, bool isSigned) {
  uint64_t all = width == 64 ? ~uint64_t{0} : (uint64_t{1} << width) - 1, a = x[0] & all,
           b = x[1] & all;
  uint64_t amount = x[1] & 0xffffffffu;
  if (op.base == "and")
    return bitsOf(a & b);
  if (op.base == "or")
    return bitsOf(a | b);
  if (op.base == "xor")
    return bitsOf(a ^ b);
  if (op.base == "not")
    return bitsOf(~a & all);
  if (op.base == "cnot")
    return bitsOf(a == 0);
  if (op.base == "mov")
    return bitsOf(a);
  if (op.base == "shl")
    return bitsOf(amount >= unsigned(width) ? 0 : (a << amount) & all);
  if (op.base == "shr")
    return intBits(extend(a, width, isSigned) >> (amount >= unsigned(width) ? width : int(amount)),
                   width);
  if (op.base == "shf") {
    uint64_t c = x[2] & 0xffffffffu;
    int n = int(op.has("wrap") ? c & 31 : (c > 32 ? 32 : c));
    Wide both = Wide(b) << 32 | a;
    return bitsOf(uint64_t(op.has("l") ? (both << n) >> 32 : both >> n) & all);
  }
  int ones = 0, top = -1;
  for (int i = 0; i < width; ++i)
    if ((a >> i) & 1)
      ++ones, top = i;
  if (op.base == "popc")
    return bitsOf(uint64_t(ones));
  if (op.base == "clz")
    return bitsOf(uint64_t(width - 1 - top));
  if (op.base == "brev") {
    uint64_t r = 0;
    for (int i = 0; i < width; ++i)
      r |= ((a >> i) & 1) << (width - 1 - i);
    return bitsOf(r);
  }
  if (op.base == "bfind") {
    uint64_t look = isSigned && ((a >> (width - 1)) & 1) ? ~a & all : a;
    int found = -1;
    for (int i = 0; i < width; ++i)
      if ((look >> i) & 1)
        found = i;
    if (op.has("shiftamt") && found >= 0)
      found = width - 1 - found;
    return bitsOf(uint64_t(uint32_t(found)));
  }
  if (op.base == "bmsk") {
    uint64_t r = 0;
    for (uint64_t i = a; i < 32 && i < a + b; ++i)
      r |= uint64_t{1} << i;
    return bitsOf(r);
  }
  if (op.base == "szext")
    return b > 31 ? bitsOf(a) : evaluateField((const uint64_t[]){a, 0, b}, 32, isSigned);
  return Expected();
}

Expected evaluateInt(const Opcode &op, const uint64_t *x) {
  bool isSigned = op.type[0] == 's';
  int width = typeWidth(op.type);
  Wide a = extend(x[0], width, isSigned), b = extend(x[1], width, isSigned);
  int resultWidth = op.has("wide") ? 2 * width : width;
  Wide c = extend(x[2], resultWidth, isSigned);
  Wide low = isSigned ? -(Wide(1) << (width - 1)) : 0,
       high = (Wide(1) << (isSigned ? width - 1 : width)) - 1;
  if (op.base == "add" || op.base == "sub") {
    Wide r = op.base == "add" ? a + b : a - b;
    return intBits(op.has("sat") ? clampTo(r, low, high) : r, width);
  }
  if (op.base == "mul" || op.base == "mad") {
    // The product of two unsigned 64-bit numbers wraps in Wide only where its low part is all
    // right.
    Wide product = width == 64 && !isSigned
                       ? Wide(static_cast<unsigned __int128>(uint64_t(x[0])) * uint64_t(x[1]))
                       : a * b;
    if (op.has("hi") && width == 64 && !isSigned)
      product = Wide(static_cast<unsigned __int128>(product) >> 64);
    else
      product = part(op, product, width);
    return intBits(op.base == "mad" ? product + c : product, resultWidth);
  }
  if (op.base == "mul24" || op.base == "mad24") {
    Wide product = extend(x[0], 24, isSigned) * extend(x[1], 24, isSigned);
    product = op.has("hi") ? product >> 16 : product;
    return intBits(op.base == "mad24" ? product + c : product, width);
  }
  if (op.base == "sad")
    return intBits(c + (a < b ? b - a : a - b), width);
  if (op.base == "div" || op.base == "rem") {
    if (b == 0)
      return Expected();
    return intBits(op.base == "div" ? a / b : a % b, width);
  }
  if (op.base == "min" || op.base == "max") {
    Wide r = (a < b) == (op.base == "min") ? a : b;
    return intBits(op.has("relu") && r < 0 ? 0 : r, width);
  }
  if (op.base == "abs")
    return intBits(a < 0 ? -a : a, width);
  if (op.base == "neg")
    return intBits(-a, width);
  if (op.base == "bfe")
    return evaluateField(x, width, isSigned);
  return evaluateBits(op, x, width, isSigned);
}

Expected evaluateDot(const Opcode &op, const uint64_t *x) {
  bool aSigned = op.mods[op.mods.size() - 2][0] == 's', bSigned = op.type[0] == 's';
  Wide sum = extend(x[2], 32, false);
  bool isTwo = op.base == "dp2a";
  for (int i = 0; i < (isTwo ? 2 : 4); ++i) {
    int aWidth = isTwo ? 16 : 8, shift = isTwo && op.has("hi") ? 16 : 0;
    sum +=
        extend(x[0] >> (aWidth * i), aWidth, aSigned) * extend(x[1] >> (8 * i + shift), 8, bSigned);
  }
  return intBits(sum, 32);
}

Expected evaluatePair(const Opcode &op, const std::string &element, int width, const uint64_t *x) {
  Expected result = bitsOf(0);
  for (int which = 0; which < 2; ++which) {
    uint64_t parts[4];
    for (int i = 0; i < 4; ++i)
      parts[i] = half(x[i], which, width);
    Opcode one = op;
    one.type = element;
    Expected e = element[0] == 'f'   ? evaluateFloat(one, width == 32 ? kF32 : kF16, parts)
                 : element[0] == 'b' ? evaluateFloat(one, kBf16, parts)
                                     : evaluateInt(one, parts);
    // Approximate pairs are tested by their single form, which has the same expression.
    if (e.match != Match::Bits)
      return Expected();
    result.bits |= e.bits << (which * width);
  }
  return result;
}
// The bits of the f32 that is equal to a half.
uint64_t widened(uint64_t half, bool isBfloat) {
  if (isBfloat)
    return half << 16;
  uint64_t sign = half >> 15 << 31;
  int exponent = int(half >> 10 & 31);
  uint64_t fraction = half & 1023;
  if (exponent == 31)
    return sign | 0x7f800000 | fraction << 13;
  float magnitude = exponent == 0 ? std::ldexp(float(fraction), -24)
                                  : std::ldexp(float(1024 + fraction), exponent - 25);
  uint32_t bits;
  std::memcpy(&bits, &magnitude, 4);
  return sign | bits;
}

} // namespace

Expected evaluate(const std::string &opcode, const uint64_t (&x)[4]) {
  // A sum of f32 and a half; all factors of a product are halves.
  if (size_t mixed = opcode.find(".f32.f16"), other = opcode.find(".f32.bf16");
      mixed != std::string::npos || other != std::string::npos) {
    bool isBfloat = other != std::string::npos, isProduct = opcode.substr(0, 3) == "fma";
    const uint64_t wide[4] = {widened(x[0], isBfloat), isProduct ? widened(x[1], isBfloat) : x[1],
                              x[2], x[3]};
    return evaluate(opcode.substr(0, std::min(mixed, other)) + ".f32", wide);
  }
  // The least or greatest of three is that of the first two and the third.
  if (size_t brace = opcode.find("{c}"); brace != std::string::npos) {
    std::string two = opcode.substr(0, brace);
    const uint64_t rest[4] = {evaluate(two, x).bits, x[2], 0, 0};
    return evaluate(two, rest);
  }
  Opcode op = split(opcode);
  if (op.base == "prmt")
    return evaluatePermute(op, x);
  if (op.base == "fns") {
    // The list of set bits from the base on, in the order in which they are met.
    int64_t offset = int32_t(x[2]), base = int64_t(x[1]);
    std::vector<uint64_t> places;
    for (int64_t at = 0; at < 32; ++at) {
      int64_t place = offset < 0 ? 31 - at : at;
      bool isAhead = offset < 0 ? place <= base : place >= base;
      if (isAhead && (offset != 0 || place == base) && (x[0] >> place & 1) != 0)
        places.push_back(uint64_t(place));
    }
    uint64_t index = offset == 0 ? 0 : uint64_t(offset < 0 ? -offset : offset) - 1;
    return bitsOf(base < 32 && index < places.size() ? places[index] : 0xffffffff);
  }
  if (op.base == "bfi")
    return evaluateInsert(x, typeWidth(op.type));
  if (op.base == "dp4a" || op.base == "dp2a")
    return evaluateDot(op, x);
  if (op.base == "lop3") {
    uint32_t r = 0;
    for (int i = 0; i < 32; ++i) {
      int index = int((x[0] >> i & 1) << 2 | (x[1] >> i & 1) << 1 | (x[2] >> i & 1));
      r |= uint32_t(0xe8 >> index & 1) << i;
    }
    return bitsOf(r);
  }
  if (op.base == "mov")
    return evaluateBits(op, x, op.type == "bf16" ? 16 : typeWidth(op.type), false);
  if (op.type == "f16x2")
    return evaluatePair(op, "f16", 16, x);
  if (op.type == "bf16x2")
    return evaluatePair(op, "bf16", 16, x);
  if (op.type == "f32x2")
    return evaluatePair(op, "f32", 32, x);
  if (op.type == "u16x2" || op.type == "s16x2")
    return evaluatePair(op, op.type.substr(0, 3), 16, x);
  if (op.type == "f16")
    return evaluateFloat(op, kF16, x);
  if (op.type == "bf16")
    return evaluateFloat(op, kBf16, x);
  if (op.type == "f32")
    return evaluateFloat(op, kF32, x);
  if (op.type == "f64")
    return evaluateFloat(op, kF64, x);
  return evaluateInt(op, x);
}

} // namespace azulejo::sim::test
