// This file implements setp and selp, for one instruction set.
#include "exec/AluHandlers.h"
#include "exec/Rounding.h"
#include "exec/Scalar.h"

namespace azulejo::sim::AZJ_ISA {

namespace {

template <unsigned Cmp, typename T> inline bool holds(T a, T b) {
  bool unordered = a != a || b != b;
  switch (Cmp) {
  case kCmpEq:
    return a == b;
  case kCmpNe:
    return a < b || a > b;
  case kCmpLt:
    return a < b;
  case kCmpLe:
    return a <= b;
  case kCmpGt:
    return a > b;
  case kCmpGe:
    return a >= b;
  case kCmpEqu:
    return a == b || unordered;
  case kCmpNeu:
    return a != b;
  case kCmpLtu:
    return !(a >= b);
  case kCmpLeu:
    return !(a > b);
  case kCmpGtu:
    return !(a <= b);
  case kCmpGeu:
    return !(a < b);
  case kCmpNum:
    return !unordered;
  default:
    return unordered;
  }
}

// Joins the bits of p and of q with predicate c and writes them.
inline void writePredicates(WarpContext &w, const Inst &i, uint32_t mask, uint32_t p, uint32_t q) {
  if (i.flags != kBoolNone) {
    uint32_t c = w.pred(uint32_t(i.imm));
    c = (i.flags & kBoolNegate) ? ~c : c;
    unsigned op = i.flags & 3;
    p = op == kBoolAnd ? p & c : (op == kBoolOr ? p | c : p ^ c);
    q = op == kBoolAnd ? q & c : (op == kBoolOr ? q | c : q ^ c);
  }
  uint32_t &d = w.pred(i.d);
  d = (d & ~mask) | (p & mask);
  if (i.c != 0) {
    uint32_t &second = w.pred(i.c);
    second = (second & ~mask) | (q & mask);
  }
}

template <typename Tag, unsigned Cmp> void compare(WarpContext &w, const Inst &i, uint32_t mask) {
  const auto *a = w.reg<typename Tag::Raw>(i.a);
  const auto *b = w.reg<typename Tag::Raw>(i.b);
  alignas(64) int32_t words[32];
  AZJ_LANES
  for (unsigned l = 0; l < 32; ++l)
    words[l] = holds<Cmp>(Tag::load(a[l]), Tag::load(b[l])) ? -1 : 0;
  uint32_t bits = packMask(words);
  writePredicates(w, i, mask, bits, ~bits);
}

// Of a pair p is the comparison of the low halves, and q that of the high ones.
template <typename Half, unsigned Cmp>
void comparePair(WarpContext &w, const Inst &i, uint32_t mask) {
  const uint32_t *a = w.reg<uint32_t>(i.a), *b = w.reg<uint32_t>(i.b);
  auto half = [](uint32_t pair, unsigned shift) {
    return Half::load(static_cast<typename Half::Raw>(pair >> shift));
  };
  uint32_t bits[2] = {0, 0};
  for (unsigned l = 0; l < 32; ++l)
    for (unsigned h = 0; h < 2; ++h)
      bits[h] |= uint32_t(holds<Cmp>(half(a[l], 16 * h), half(b[l], 16 * h))) << l;
  writePredicates(w, i, mask, bits[0], bits[1]);
}

template <typename Tag, bool IsPair, unsigned Cmp> constexpr Handler chooseCompare() {
  if constexpr (IsPair)
    return comparePair<Tag, Cmp>;
  else
    return compare<Tag, Cmp>;
}

// `Tag` is the type of a half where `IsPair`.
template <typename Tag, bool IsPair = false> Handler pickCompare(unsigned comparison) {
  static constexpr Handler kHandlers[] = {
      chooseCompare<Tag, IsPair, kCmpEq>(),  chooseCompare<Tag, IsPair, kCmpNe>(),
      chooseCompare<Tag, IsPair, kCmpLt>(),  chooseCompare<Tag, IsPair, kCmpLe>(),
      chooseCompare<Tag, IsPair, kCmpGt>(),  chooseCompare<Tag, IsPair, kCmpGe>(),
      chooseCompare<Tag, IsPair, kCmpEqu>(), chooseCompare<Tag, IsPair, kCmpNeu>(),
      chooseCompare<Tag, IsPair, kCmpLtu>(), chooseCompare<Tag, IsPair, kCmpLeu>(),
      chooseCompare<Tag, IsPair, kCmpGtu>(), chooseCompare<Tag, IsPair, kCmpGeu>(),
      chooseCompare<Tag, IsPair, kCmpNum>(), chooseCompare<Tag, IsPair, kCmpNan>()};
  return kHandlers[comparison];
}

template <typename Raw> void select(WarpContext &w, const Inst &i, uint32_t mask) {
  const Raw *a = w.reg<Raw>(i.a);
  const Raw *b = w.reg<Raw>(i.b);
  uint32_t c = w.pred(i.c);
  forLanes(w.reg<Raw>(i.d), mask, [=](unsigned l) { return ((c >> l) & 1) ? a[l] : b[l]; });
}

template <typename Raw> void splat(uint8_t *slot, uint64_t value) {
  Raw *lanes = reinterpret_cast<Raw *>(slot);
  for (unsigned l = 0; l < 32; ++l)
    lanes[l] = static_cast<Raw>(value);
}
} // namespace

Handler compareHandler(Type type, unsigned comparison, bool ftz) {
  switch (type) {
  case Type::U16:
  case Type::B16:
    return pickCompare<U16>(comparison);
  case Type::S16:
    return pickCompare<S16>(comparison);
  case Type::U32:
  case Type::B32:
    return pickCompare<U32>(comparison);
  case Type::S32:
    return pickCompare<S32>(comparison);
  case Type::U64:
  case Type::B64:
    return pickCompare<U64>(comparison);
  case Type::S64:
    return pickCompare<S64>(comparison);
  case Type::F16:
    return ftz ? pickCompare<F16Z>(comparison) : pickCompare<F16>(comparison);
  case Type::BF16:
    return pickCompare<BF16>(comparison);
  case Type::F16x2:
    return ftz ? pickCompare<F16Z, true>(comparison) : pickCompare<F16, true>(comparison);
  case Type::BF16x2:
    return pickCompare<BF16, true>(comparison);
  case Type::F32:
    return ftz ? pickCompare<F32Z>(comparison) : pickCompare<F32>(comparison);
  case Type::F64:
    return pickCompare<F64>(comparison);
  default:
    return nullptr;
  }
}

Handler selectHandler(unsigned bytes) {
  return bytes == 2 ? select<uint16_t> : (bytes == 4 ? select<uint32_t> : select<uint64_t>);
}

void splatSlot(uint8_t *slot, unsigned bytes, uint64_t value) {
  if (bytes == 2)
    splat<uint16_t>(slot, value);
  else if (bytes == 4)
    splat<uint32_t>(slot, value);
  else
    splat<uint64_t>(slot, value);
}

} // namespace azulejo::sim::AZJ_ISA
