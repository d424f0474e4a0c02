// This file formulates the integer instructions a second time: in 128 bits, and bit by bit.
#include "test/AluReferenceParts.h"

#include <cstring>

namespace azulejo::sim::test {

namespace {
using Wide = __int128;

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
} // namespace

Expected evaluateInsert(const uint64_t *x, int width) {
  int position = int(x[2] & 255), length = int(x[3] & 255);
  uint64_t result = x[1];
  for (int i = 0; i < length && position + i < width; ++i) {
    uint64_t bit = uint64_t{1} << (position + i);
    result = (result & ~bit) | (((x[0] >> i) & 1) ? bit : 0);
  }
  return bitsOf(result);
}

// As the ISA has it, a bit at a time.
Expected evaluatePack(const Opcode &op, const uint64_t *x) {
  const std::string &type = op.mods[2];
  int width = typeWidth(type);
  bool isSigned = type[0] == 's';
  Wide most = (Wide(1) << (isSigned ? width - 1 : width)) - 1, least = isSigned ? -most - 1 : 0;
  uint64_t parts[2] = {uint64_t(clampTo(extend(x[1], 32, true), least, most)),
                       uint64_t(clampTo(extend(x[0], 32, true), least, most))};
  uint64_t result = 0;
  for (int i = 0; i < 32; ++i) {
    uint64_t bit =
        i < 2 * width ? parts[i / width] >> (i % width) & 1 : x[2] >> (i - 2 * width) & 1;
    result |= bit << i;
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

Expected evaluateFindSet(const uint64_t *x) {
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

Expected evaluateMajority(const uint64_t *x) {
  uint32_t r = 0;
  for (int i = 0; i < 32; ++i) {
    int index = int((x[0] >> i & 1) << 2 | (x[1] >> i & 1) << 1 | (x[2] >> i & 1));
    r |= uint32_t(0xe8 >> index & 1) << i;
  }
  return bitsOf(r);
}

} // namespace azulejo::sim::test
