// This file holds the parameters of each GPU generation's tensor cores and the plain evaluation of
// one dot product.
#include "device/sim/tc/Model.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace azulejo::sim::tc {

namespace {

// One generation. Turing (75) is taken to be like Volta and the chips after sm_100 like B200: no
// recording exists for them.
struct Generation {
  int firstSm;
  int products16; // N of f16 and bf16
  int productsTf32;
  int guardBits;
  int minExponentF32, minExponentF16;
};

constexpr Generation kGenerations[] = {
    {70, 4, 0, 0, kNoMinExponent, -19},
    {80, 8, 4, 1, -132, -20},
    {90, 16, 8, 2, -133, -21},
};

const Generation &generationOf(int sm) {
  const Generation *found = &kGenerations[0];
  for (const Generation &generation : kGenerations)
    if (sm >= generation.firstSm)
      found = &generation;
  return *found;
}

bool isNarrow(Type type) { return type >= Type::E4M3 && type <= Type::E2M1; }

// The parameters of 8-bit and narrower operands.
void narrowModel(int sm, Unit unit, BlockModel *model) {
  if (sm < 90) {
    model->products = 16;
    model->guardBits = -10;
  } else if (unit == Unit::Wgmma) {
    model->products = 32;
    model->guardBits = -10;
  } else if (unit == Unit::MmaSync && sm < 120) {
    model->emulatedFp8 = true;
  } else {
    model->products = 32;
  }
}

bool fail(std::string *error, std::string text) {
  *error = std::move(text);
  return false;
}

// A finite number as the adder sees it: significand * 2^(exponent - fraction bits).
struct Term {
  int64_t significand; // signed
  int exponent;        // raised to the format's least, never normalised
};

Term split(Type type, uint32_t bits) {
  const FormatInfo &format = formatOf(type);
  if (type == Type::TF32)
    bits >>= 13;
  uint32_t fraction = bits & ((1u << format.fractionBits) - 1);
  int exponent = int((bits >> format.fractionBits) & ((1u << format.exponentBits) - 1));
  bool negative = (bits >> (format.fractionBits + format.exponentBits)) & 1;
  Term term;
  term.significand = exponent ? fraction | (1u << format.fractionBits) : fraction;
  term.exponent = std::max(exponent, 1) - format.bias;
  if (negative)
    term.significand = -term.significand;
  return term;
}

float floatOf(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// Truncates value * 2^shift toward zero. Zeros alone may be shifted far up: only other terms have
// an exponent that the largest one covers.
int64_t shiftToward0(int64_t value, int shift) {
  if (value == 0)
    return 0;
  int64_t magnitude = value < 0 ? -value : value;
  if (shift >= 0)
    magnitude <<= shift;
  else
    magnitude = shift < -62 ? 0 : magnitude >> -shift;
  return value < 0 ? -magnitude : magnitude;
}

// What NaN and infinite operands make of a block: 0 nothing, 1 an infinity, 2 a NaN.
struct Special {
  bool nan = false, plus = false, minus = false;

  void add(double value) {
    nan |= std::isnan(value);
    plus |= value == HUGE_VAL;
    minus |= value == -HUGE_VAL;
  }
};

uint32_t quietNan(bool half) { return half ? 0x7fff : 0x7fffffff; }

uint32_t infinity(bool half, bool negative) {
  return half ? (negative ? 0xfc00 : 0x7c00) : (negative ? 0xff800000 : 0x7f800000);
}

// sum * 2^scale to the result's format.
uint32_t roundResult(const BlockModel &model, int64_t sum, int scale) {
  if (sum == 0)
    return 0;
  if (model.halfResult)
    return encode(Type::F16, std::ldexp(double(sum), scale));
  int keep = model.guardBits < 0 ? 24 + model.guardBits : 24;
  int64_t magnitude = sum < 0 ? -sum : sum;
  int width = 64 - __builtin_clzll(uint64_t(magnitude));
  if (width > keep)
    magnitude = magnitude >> (width - keep) << (width - keep);
  double value = std::ldexp(double(magnitude), scale);
  if (value >= 0x1p128)
    return infinity(false, sum < 0);
  return encode(Type::F32, sum < 0 ? -value : value, Rounding::TowardZero);
}

uint32_t blockExact(const BlockModel &model, Type typeA, Type typeB, const uint32_t *a,
                    const uint32_t *b, int n, uint32_t c) {
  float cValue = model.halfResult ? decode(Type::F16, c) : floatOf(c);
  Special special;
  special.add(cValue);
  for (int i = 0; i < n; ++i)
    special.add(double(decode(typeA, a[i])) * double(decode(typeB, b[i])));
  if (special.nan || (special.plus && special.minus))
    return quietNan(model.halfResult);
  if (special.plus || special.minus)
    return infinity(model.halfResult, special.minus);

  int largest = kNoMinExponent;
  for (int i = 0; i < n; ++i) {
    Term x = split(typeA, a[i]), y = split(typeB, b[i]);
    if (x.significand && y.significand)
      largest = std::max(largest, x.exponent + y.exponent);
  }
  uint32_t cBits;
  std::memcpy(&cBits, &cValue, sizeof cBits);
  Term cTerm = split(Type::F32, cBits);
  if (cTerm.significand)
    largest = std::max(largest, cTerm.exponent);
  if (largest == kNoMinExponent)
    return 0;
  largest = std::max(largest, model.minExponent);

  int scale = largest - 23 - model.guardBits;
  int fraction = formatOf(typeA).fractionBits + formatOf(typeB).fractionBits;
  int64_t sum = shiftToward0(cTerm.significand, cTerm.exponent - 23 - scale);
  for (int i = 0; i < n; ++i) {
    Term x = split(typeA, a[i]), y = split(typeB, b[i]);
    sum += shiftToward0(x.significand * y.significand, x.exponent + y.exponent - fraction - scale);
  }
  return roundResult(model, sum, scale);
}

uint32_t dotEmulated(const BlockModel &model, Type typeA, Type typeB, const uint32_t *a,
                     const uint32_t *b, int k, uint32_t c) {
  BlockModel half = model;
  half.emulatedFp8 = false;
  uint32_t sum = 0;
  for (int part = 0; part < 4; part += 2) {
    uint32_t x[32], y[32];
    int n = 0;
    for (int i = 0; i < k; ++i)
      if ((i & 2) == part) {
        x[n] = encode(Type::F16, decode(typeA, a[i]));
        y[n++] = encode(Type::F16, decode(typeB, b[i]));
      }
    sum = dotExact(half, Type::F16, Type::F16, x, y, n, sum);
  }
  if (model.halfResult)
    return encode(Type::F16, double(decode(Type::F16, sum)) + decode(Type::F16, c));
  float result = floatOf(sum) + floatOf(c);
  uint32_t bits;
  std::memcpy(&bits, &result, sizeof bits);
  return std::isnan(result) ? quietNan(false) : bits;
}

} // namespace

bool blockModel(int sm, Unit unit, Type a, Type b, Type result, BlockModel *model,
                std::string *error) {
  if (sm < 70)
    return fail(error, "tensor cores start at sm_70, got sm_" + std::to_string(sm));
  if (result != Type::F32 && result != Type::F16)
    return fail(error, std::string("expected a result of f32 or f16, got ") + typeName(result));
  const Generation &generation = generationOf(sm);
  bool half = result == Type::F16;
  *model = {generation.products16, generation.guardBits,
            half ? generation.minExponentF16 : generation.minExponentF32, half, false};
  bool narrow = isNarrow(a) && isNarrow(b);
  if (!narrow && a != b)
    return fail(error, std::string("operands must have one type, got ") + typeName(a) + " and " +
                           typeName(b));
  if (narrow && sm < 89)
    return fail(error, std::string(typeName(a)) + " operands need sm_89 or later, got sm_" +
                           std::to_string(sm));
  if (!narrow && a != Type::F16 && a != Type::BF16 && a != Type::TF32)
    return fail(error, std::string("no floating-point operation on ") + typeName(a) + " operands");
  if ((a == Type::BF16 || a == Type::TF32) && (sm < 80 || half))
    return fail(error,
                std::string(typeName(a)) + " operands need sm_80 or later and an f32 result");
  if (a == Type::TF32)
    model->products = generation.productsTf32;
  if (narrow)
    narrowModel(sm, unit, model);
  return true;
}

bool isRecorded(int sm, Unit unit, Type a) {
  bool chip = sm == 70 || sm == 80 || sm == 86 || sm == 89 || sm == 90 || sm == 100;
  if (!chip || unit == Unit::Tcgen05)
    return false;
  return unit == Unit::MmaSync || isNarrow(a);
}

uint32_t dotExact(const BlockModel &model, Type typeA, Type typeB, const uint32_t *a,
                  const uint32_t *b, int k, uint32_t c) {
  if (model.emulatedFp8)
    return dotEmulated(model, typeA, typeB, a, b, k, c);
  for (int i = 0; i < k; i += model.products)
    c = blockExact(model, typeA, typeB, a + i, b + i, std::min(model.products, k - i), c);
  return c;
}

} // namespace azulejo::sim::tc
