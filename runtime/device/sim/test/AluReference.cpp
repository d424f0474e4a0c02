// This file implements the second formulation of the arithmetic instructions: what an opcode means.
#include "test/AluReferenceParts.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace azulejo::sim::test {

namespace {
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

uint64_t half(uint64_t bits, int which, int width) {
  return bits >> (which * width) & ((uint64_t{1} << width) - 1);
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
  if (op.has("pack"))
    return evaluatePack(op, x);
  if (op.base == "fns")
    return evaluateFindSet(x);
  if (op.base == "bfi")
    return evaluateInsert(x, typeWidth(op.type));
  if (op.base == "dp4a" || op.base == "dp2a")
    return evaluateDot(op, x);
  if (op.base == "lop3")
    return evaluateMajority(x);
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
