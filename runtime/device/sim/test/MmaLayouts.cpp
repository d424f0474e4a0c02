// This file writes out the ISA's formulas for the fragments of mma.sync.
#include "test/MmaLayouts.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>
#include <sstream>

namespace azulejo::sim::test {

namespace {
bool isIn(int i, int from, int before) { return i >= from && i < before; }

// The value of a pattern of a float type with that many exponent and fraction bits.
double valueOf(unsigned exponentBits, unsigned fractionBits, uint32_t bits) {
  int bias = (1 << (exponentBits - 1)) - 1;
  int exponent = int(bits >> fractionBits & ((1u << exponentBits) - 1));
  double fraction = bits & ((1u << fractionBits) - 1);
  double magnitude = exponent == 0 ? std::ldexp(fraction, 1 - bias - int(fractionBits))
                                   : std::ldexp(fraction + double(1u << fractionBits),
                                                exponent - bias - int(fractionBits));
  return bits >> (exponentBits + fractionBits) & 1 ? -magnitude : magnitude;
}

[[noreturn]] void unknown(const char *what, const MmaText &form) {
  std::cerr << "no formula for " << what << " of k = " << form.k << " with " << form.a << "\n";
  std::abort();
}
} // namespace

uint32_t patternOf(const std::string &type, double value) {
  if (type == "f32" || type == "tf32" || type == "bf16") {
    float f = float(value);
    uint32_t word;
    std::memcpy(&word, &f, 4);
    return type == "bf16" ? word >> 16 : word;
  }
  if (type == "ue8m0")
    return uint32_t(std::ilogb(value) + 127);
  if (type[0] == 's' || type[0] == 'u' || type[0] == 'b') {
    if (type != "ue4m3")
      return uint32_t(int64_t(value)) & uint32_t((uint64_t(1) << widthOf(type)) - 1);
  }
  static const std::map<std::string, std::pair<unsigned, unsigned>> formats = {
      {"f16", {5, 10}}, {"e4m3", {4, 3}}, {"ue4m3", {4, 3}}, {"e5m2", {5, 2}},
      {"e3m2", {3, 2}}, {"e2m3", {2, 3}}, {"e2m1", {2, 1}}};
  static std::map<std::pair<std::string, double>, uint32_t> found;
  if (auto known = found.find({type, value}); known != found.end())
    return known->second;
  auto [exponentBits, fractionBits] = formats.at(type);
  for (uint32_t bits = 0; bits < 1u << (exponentBits + fractionBits + 1); ++bits)
    if (valueOf(exponentBits, fractionBits, bits) == value)
      return found[{type, value}] = bits;
  std::cerr << type << " has no " << value << "\n";
  std::abort();
}

int widthOf(const std::string &type) {
  if (type == "e3m2" || type == "e2m3")
    return 6;
  if (type == "e4m3" || type == "e5m2")
    return 8;
  return type == "tf32"   ? 32
         : type == "e2m1" ? 4
         : type == "bf16" ? 16
                          : std::atoi(type.c_str() + 1);
}

int MmaText::bitsOfA() const { return inBytes ? 8 : widthOf(a); }
int MmaText::bitsOfB() const { return inBytes ? 8 : widthOf(b); }

MmaText readMma(const std::string &opcode) {
  MmaText form;
  std::vector<std::string> types, layouts;
  std::istringstream pieces(opcode);
  for (std::string piece; std::getline(pieces, piece, '.');) {
    if (std::sscanf(piece.c_str(), "m%dn%dk%d", &form.m, &form.n, &form.k) == 3 || piece == "mma" ||
        piece == "sync" || piece == "aligned" || piece == "popc" || piece == "xor")
      continue;
    if (piece == "sp" || piece == "sp::ordered_metadata") {
      form.isSparse = true;
      form.isOrdered = piece != "sp";
    } else if (piece == "row" || piece == "col") {
      layouts.push_back(piece);
    } else if (piece.substr(0, 6) == "kind::") {
      form.inBytes = piece == "kind::f8f6f4" || piece == "kind::mxf8f6f4";
      form.factors = piece == "kind::mxf8f6f4" ? 1 : piece == "kind::mxf4" ? 2 : 0;
    } else if (piece.substr(0, 11) == "scale_vec::") {
      form.factors = piece[11] - '0';
    } else if (piece == "satfinite") {
      form.saturates = true;
    } else if (piece == "and") {
      form.isAnd = true;
    } else if (piece != "block_scale") {
      types.push_back(piece);
    }
  }
  form.d = types[0];
  form.a = types[1];
  form.b = types[2];
  form.c = types[3];
  form.scale = types.size() > 4 ? types[4] : "";
  form.aIsColumnMajor = layouts[0] == "col";
  form.bIsRowMajor = layouts[1] == "row";
  return form;
}

Place placeOfA(const MmaText &form, int lane, int i) {
  int g = lane >> 2, t = lane % 4, bits = form.bitsOfA();
  int stored = form.isSparse ? form.k / 2 : form.k;
  if (form.isQuads()) {
    int high = lane < 16 ? 0 : 4;
    return form.aIsColumnMajor ? Place{i % 4 + high, t} : Place{t + high, i};
  }
  // The columns of a sparse A are those of whole chunks: "firstcol" is twice the stored column.
  switch (bits) {
  case 1:
    if (form.k == 128)
      return {i < 32 ? g : g + 8, t * 32 + (i & 31)};
    return {isIn(i, 0, 32) || isIn(i, 64, 96) ? g : g + 8, t * 32 + (i & 31) + (i < 64 ? 0 : 128)};
  case 4:
    if (stored == 32)
      return {i < 8 ? g : g + 8, t * 8 + (i & 7)};
    return {isIn(i, 0, 8) || isIn(i, 16, 24) ? g : g + 8, t * 8 + (i & 7) + (i < 16 ? 0 : 32)};
  case 8:
    if (stored == 16)
      return {i < 4 ? g : g + 8, t * 4 + (i & 3)};
    return {isIn(i, 0, 4) || isIn(i, 8, 12) ? g : g + 8, t * 4 + (i & 3) + (i < 8 ? 0 : 16)};
  case 16:
    if (stored == 8)
      return {i < 2 ? g : g + 8, t * 2 + (i & 1)};
    return {isIn(i, 0, 2) || isIn(i, 4, 6) ? g : g + 8, t * 2 + (i & 1) + (i < 4 ? 0 : 8)};
  case 32:
    return {i % 2 == 0 ? g : g + 8, t + (i < 2 ? 0 : 4)};
  default:
    unknown("a", form);
  }
}

Place placeOfB(const MmaText &form, int lane, int i) {
  int g = lane >> 2, t = lane % 4;
  if (form.isQuads()) {
    int high = lane < 16 ? 0 : 4;
    return form.bIsRowMajor ? Place{t, i + high} : Place{i, t + high};
  }
  switch (form.bitsOfB()) {
  case 1:
    return {t * 32 + (i & 31) + (i < 32 ? 0 : 128), g};
  case 4:
    return {t * 8 + (i & 7) + 32 * (i / 8), g};
  case 8:
    return {t * 4 + (i & 3) + 16 * (i / 4), g};
  case 16:
    return {t * 2 + (i & 1) + 8 * (i / 2), g};
  case 32:
    return {t + 4 * i, g};
  default:
    unknown("b", form);
  }
}

Place placeOfC(const MmaText &form, const std::string &type, int lane, int i) {
  int g = lane >> 2, t = lane % 4;
  if (!form.isQuads())
    return {i < 2 ? g : g + 8, t * 2 + (i & 1)};
  int high = lane < 16 ? 0 : 4;
  if (type == "f16")
    return {t + high, i};
  return {(lane & 1) + (i & 2) + high, (i & 4) + (lane & 2) + (i & 1)};
}

// The figures of the ISA's sections on sparse mma.
MetadataPlace metadataOf(const MmaText &form, int selector, int row, int chunk) {
  int quad = 4 * (row % 8);
  bool isUpper = row >= 8;
  int bits = form.bitsOfA();
  if ((bits == 16 && form.k == 16) || (bits == 32 && form.k == 8))
    return {quad + selector, 4 * chunk + (isUpper ? 16 : 0)};
  if (bits >= 16) // a pair of threads: the columns of the first and of the second half
    return {quad + 2 * selector + (chunk < 4 ? 0 : 1), 4 * (chunk % 4) + (isUpper ? 16 : 0)};
  if ((bits == 8 && form.k == 32) || (bits == 4 && form.k == 64)) // a thread for either row
    return {quad + 2 * selector + (isUpper ? 1 : 0), 4 * chunk};
  return {quad + (chunk < 8 ? 0 : 2) + (isUpper ? 1 : 0), 4 * (chunk % 8)};
}

int chunkOf(const MmaText &form) { return form.bitsOfA() == 32 ? 2 : form.bitsOfA() == 4 ? 8 : 4; }

SparseChunk drawChunk(const MmaText &form, std::mt19937 &random) {
  int low = int(random() % 4), high = int(random() % 4);
  if (form.bitsOfA() == 32) {
    low = 2 * (low / 2);
    high = low + 1;
  }
  while (low == high)
    high = int(random() % 4);
  if (form.isOrdered && low > high)
    std::swap(low, high);
  uint32_t bits = uint32_t(low | high << 2);
  if (form.bitsOfA() == 32)
    return {bits, {low / 2}};
  if (form.bitsOfA() == 4)
    return {bits, {2 * low, 2 * low + 1, 2 * high, 2 * high + 1}};
  return {bits, {low, high}};
}

int selectorsOf(const MmaText &form) {
  int bits = form.bitsOfA();
  if ((bits == 16 && form.k == 16) || (bits == 32 && form.k == 8))
    return 4;
  return bits >= 16 || (bits == 8 && form.k == 32) || (bits == 4 && form.k == 64) ? 2 : 1;
}

} // namespace azulejo::sim::test
