// This file implements video instructions by the ISA's stages: extraction, operation, saturation,
// and a second operation or a merge.
#include "exec/Handlers.h"
#include "exec/VideoForm.h"

#include <algorithm>

namespace azulejo::sim {

namespace {
using Wide = __int128; // a shift to the left has up to 65 bits, a product 66

Wide extend(uint32_t word, VideoPart part, bool isSigned) {
  uint64_t bits = uint64_t(word >> part.shift) & ((uint64_t{1} << part.width) - 1);
  return isSigned && (bits >> (part.width - 1) & 1) ? Wide(bits) - (Wide(1) << part.width)
                                                    : Wide(bits);
}

Wide clampTo(Wide value, unsigned width, bool isSigned) {
  Wide high = (Wide(1) << (isSigned ? width - 1 : width)) - 1;
  return std::clamp(value, isSigned ? -high - 1 : Wide(0), high);
}

bool compare(VideoForm::Comparison comparison, Wide a, Wide b) {
  switch (comparison) {
  case VideoForm::Eq:
    return a == b;
  case VideoForm::Ne:
    return a != b;
  case VideoForm::Lt:
    return a < b;
  case VideoForm::Le:
    return a <= b;
  case VideoForm::Gt:
    return a > b;
  case VideoForm::Ge:
    return a >= b;
  }
  return false;
}

Wide operate(const VideoForm &form, Wide a, Wide b) {
  switch (form.op) {
  case VideoForm::Add:
    return a + b;
  case VideoForm::Sub:
    return a - b;
  case VideoForm::AbsDiff:
    return a < b ? b - a : a - b;
  case VideoForm::Min:
    return std::min(a, b);
  case VideoForm::Max:
    return std::max(a, b);
  case VideoForm::Average: // halves away from zero where the sum is positive
    return (a + b + (a + b >= 0)) >> 1;
  case VideoForm::ShiftLeft:
  case VideoForm::ShiftRight: {
    int distance = form.wraps ? int(b & 31) : int(std::min<Wide>(b, 32));
    return form.op == VideoForm::ShiftLeft ? a * (Wide(1) << distance) : a >> distance;
  }
  case VideoForm::Compare:
    return compare(form.comparison, a, b);
  case VideoForm::Mad:
    break;
  }
  return 0;
}

uint32_t multiplyAdd(const VideoForm &form, uint32_t a, uint32_t b, uint32_t c) {
  bool isSigned = form.aIsSigned || form.bIsSigned || form.negatesProduct || form.negatesC;
  Wide product = extend(a, form.a, form.aIsSigned) * extend(b, form.b, form.bIsSigned);
  Wide addend = extend(form.negatesC ? ~c : c, {}, isSigned);
  if (form.negatesProduct)
    product = ~product;
  bool one = form.plusOne || form.negatesProduct || form.negatesC;
  auto result = uint64_t((product + addend + one) >> form.scale);
  Wide value = isSigned ? Wide(int64_t(result)) : Wide(result);
  return uint32_t(form.saturates ? clampTo(value, 32, isSigned) : value);
}

uint32_t operateOnOne(const VideoForm &form, uint32_t a, uint32_t b, uint32_t c) {
  Wide value = operate(form, extend(a, form.a, form.aIsSigned), extend(b, form.b, form.bIsSigned));
  if (form.saturates)
    value = clampTo(value, form.result.width, form.resultIsSigned);
  Wide third = extend(c, {}, form.resultIsSigned);
  if (form.second != VideoForm::None)
    value = form.second == VideoForm::SecondAdd   ? value + third
            : form.second == VideoForm::SecondMin ? std::min(value, third)
                                                  : std::max(value, third);
  if (form.result.width == 32)
    return uint32_t(value);
  uint32_t mask = ((1u << form.result.width) - 1) << form.result.shift;
  return (uint32_t(value) << form.result.shift & mask) | (c & ~mask);
}

uint32_t operateOnParts(const VideoForm &form, uint32_t a, uint32_t b, uint32_t c) {
  unsigned width = 32u / form.parts;
  uint32_t mask = (1u << width) - 1, result = c;
  auto select = [&](unsigned which, bool isSigned) {
    uint32_t word = which < form.parts ? a : b;
    return extend(word, {uint8_t(which % form.parts * width), uint8_t(width)}, isSigned);
  };
  for (unsigned i = 0; i < form.parts; ++i) {
    if (!(form.keeps >> i & 1))
      continue;
    Wide value = operate(form, select(form.selectA[i], form.aIsSigned),
                         select(form.selectB[i], form.bIsSigned));
    if (form.saturates)
      value = clampTo(value, width, form.resultIsSigned);
    if (form.second == VideoForm::SecondAdd)
      result += uint32_t(value);
    else
      result = (result & ~(mask << (i * width))) | (uint32_t(value) & mask) << (i * width);
  }
  return result;
}
} // namespace

void videoOp(WarpContext &w, const Inst &i, uint32_t mask) {
  const VideoForm &form = *static_cast<const VideoForm *>(i.data);
  const uint32_t *a = w.reg<uint32_t>(i.a), *b = w.reg<uint32_t>(i.b), *c = w.reg<uint32_t>(i.c);
  uint32_t *d = w.reg<uint32_t>(i.d);
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    d[lane] = form.parts > 1              ? operateOnParts(form, a[lane], b[lane], c[lane])
              : form.op == VideoForm::Mad ? multiplyAdd(form, a[lane], b[lane], c[lane])
                                          : operateOnOne(form, a[lane], b[lane], c[lane]);
  }
}

} // namespace azulejo::sim
