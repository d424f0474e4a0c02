// This file implements conversions to and from narrow floating-point types.
#include "exec/NarrowConvert.h"

#include "exec/Handlers.h"

namespace azulejo::sim {

namespace {
uint32_t readSlot(WarpContext &w, uint32_t slot, int bits, unsigned lane) {
  return bits <= 16 ? w.reg<uint16_t>(slot)[lane] : w.reg<uint32_t>(slot)[lane];
}

// Element `e` of the sources, counted from the low end.
float sourceOf(WarpContext &w, const Inst &i, const NarrowConversion &form, int e, unsigned lane) {
  if (form.from == tc::Type::F32)
    return tc::decode(form.from, w.reg<uint32_t>(i.ops[form.count - 1 - e])[lane]);
  int bits = containerBits(form.from);
  uint32_t packed = readSlot(w, i.a, bits * form.count, lane);
  return tc::decode(form.from, packed >> (e * bits) & ((1u << bits) - 1));
}

uint32_t roundAtRandom(const NarrowConversion &form, float value, int e, uint32_t random) {
  uint32_t own = random >> form.randomShift(e) & ((1u << form.randomBits()) - 1);
  return tc::encodeStochastic(form.to, value, own, form.randomBits(), form.saturates);
}
} // namespace

void convertNarrow(WarpContext &w, const Inst &i, uint32_t mask) {
  const NarrowConversion &form = *static_cast<const NarrowConversion *>(i.data);
  int bits = containerBits(form.to);
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    uint32_t result = 0;
    for (int e = 0; e < form.count; ++e) {
      float value = sourceOf(w, i, form, e, lane);
      if (form.clamps && value <= 0)
        value = 0;
      result |= (form.isStochastic ? roundAtRandom(form, value, e, w.reg<uint32_t>(i.c)[lane])
                                   : tc::encode(form.to, value, form.rounding, form.saturates))
                << (e * bits);
    }
    if (bits * form.count <= 16)
      w.reg<uint16_t>(i.d)[lane] = uint16_t(result);
    else
      w.reg<uint32_t>(i.d)[lane] = result;
  }
}

} // namespace azulejo::sim
