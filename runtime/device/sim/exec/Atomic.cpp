// This file implements atom and red.
#include "exec/AsyncState.h"
#include "exec/Handlers.h"
#include "exec/SoftFloat.h"

#include <cstring>

namespace azulejo::sim {

namespace {

template <typename T> T combineInt(unsigned op, T old, T b, T c) {
  switch (op) {
  case kAtomAdd:
    return T(std::make_unsigned_t<T>(old) + std::make_unsigned_t<T>(b));
  case kAtomMin:
    return old < b ? old : b;
  case kAtomMax:
    return old > b ? old : b;
  case kAtomAnd:
    return old & b;
  case kAtomOr:
    return old | b;
  case kAtomXor:
    return old ^ b;
  case kAtomExch:
    return b;
  case kAtomCas:
    return old == b ? c : old;
  case kAtomInc:
    return old >= b ? T(0) : T(old + 1);
  default:
    return old == 0 || old > b ? b : T(old - 1);
  }
}

uint32_t flushedSum(uint32_t x, uint32_t y, bool flush) {
  auto flushed = [&](uint32_t v) { return flush && (v & 0x7f800000u) == 0 ? v & 0x80000000u : v; };
  x = flushed(x);
  y = flushed(y);
  float a, b;
  std::memcpy(&a, &x, 4);
  std::memcpy(&b, &y, 4);
  float sum = a + b;
  uint32_t bits;
  std::memcpy(&bits, &sum, 4);
  return sum != sum ? 0x7fffffffu : flushed(bits);
}

// min and max return the operand that is a number; -0 is less than +0.
uint16_t chooseHalf(unsigned op, float x, float y, uint16_t a, uint16_t b) {
  if (x != x || y != y)
    return x == x ? a : y == y ? b : uint16_t{0x7fff};
  bool isLess = x < y || (x == y && (a >> 15) > (b >> 15));
  return isLess == (op == kAtomMin) ? a : b;
}

uint16_t combineHalf(unsigned op, Type type, uint16_t a, uint16_t b) {
  bool isF16 = type == Type::F16 || type == Type::F16x2;
  float x = isF16 ? f16ToFloat(a) : bf16ToFloat(a), y = isF16 ? f16ToFloat(b) : bf16ToFloat(b);
  if (op != kAtomAdd)
    return chooseHalf(op, x, y, a, b);
  return isF16 ? floatToF16(x + y) : floatToBf16(x + y);
}

// The new value, as bits. Additions of f32 to global memory flush subnormals, those to shared
// memory do not.
uint64_t combine(unsigned op, Type type, uint64_t old, uint64_t b, uint64_t c, bool isGlobal) {
  switch (type) {
  case Type::U32:
  case Type::B32:
    return combineInt<uint32_t>(op, uint32_t(old), uint32_t(b), uint32_t(c));
  case Type::S32:
    return uint32_t(combineInt<int32_t>(op, int32_t(old), int32_t(b), int32_t(c)));
  case Type::S64:
    return uint64_t(combineInt<int64_t>(op, int64_t(old), int64_t(b), int64_t(c)));
  case Type::B16:
    return combineInt<uint16_t>(op, uint16_t(old), uint16_t(b), uint16_t(c));
  case Type::F32:
    return flushedSum(uint32_t(old), uint32_t(b), isGlobal);
  case Type::F64: {
    double x, y;
    std::memcpy(&x, &old, 8);
    std::memcpy(&y, &b, 8);
    x += y;
    std::memcpy(&old, &x, 8);
    return old;
  }
  case Type::F16:
  case Type::BF16:
    return combineHalf(op, type, uint16_t(old), uint16_t(b));
  case Type::F16x2:
  case Type::BF16x2:
    return uint32_t(combineHalf(op, type, uint16_t(old), uint16_t(b))) |
           uint32_t(combineHalf(op, type, uint16_t(old >> 16), uint16_t(b >> 16))) << 16;
  default:
    return combineInt<uint64_t>(op, old, b, c);
  }
}

template <typename T>
uint64_t exchange(const Inst &i, uint8_t *at, uint64_t b, uint64_t c, bool isGlobal) {
  T *cell = reinterpret_cast<T *>(at);
  T old = __atomic_load_n(cell, __ATOMIC_RELAXED);
  for (;;) {
    T next = T(combine(i.sub, static_cast<Type>(i.n), old, b, c, isGlobal));
    if (__atomic_compare_exchange_n(cell, &old, next, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
      return old;
  }
}

uint64_t readSlot(WarpContext &w, uint32_t slot, unsigned bytes, unsigned lane) {
  uint64_t value = 0;
  std::memcpy(&value, w.regs + slot + lane * bytes, bytes);
  return value;
}
} // namespace

void atomic(WarpContext &w, const Inst &i, uint32_t mask) {
  unsigned bytes = typeBytes(static_cast<Type>(i.n));
  uint64_t addresses[32];
  uint8_t *host[32];
  for (unsigned l = 0; l < 32; ++l)
    addresses[l] = (i.flags & 1) ? w.reg<uint64_t>(i.a)[l] + uint64_t(i.imm)
                                 : uint32_t(w.reg<uint32_t>(i.a)[l] + uint32_t(i.imm));
  uint32_t ok = resolveAddresses(w, i, mask, addresses, bytes, Access::Atomic, host);
  w.worker->atomics += unsigned(__builtin_popcount(ok));
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned l = unsigned(__builtin_ctz(m));
    uint64_t b = readSlot(w, i.b, bytes, l), c = i.c != 0 ? readSlot(w, i.c, bytes, l) : 0;
    uint64_t old = 0;
    bool isGlobal = static_cast<Space>(i.space) == Space::Global ||
                    (static_cast<Space>(i.space) == Space::Generic && (addresses[l] >> 56) == 0);
    if ((ok >> l) & 1)
      old = bytes == 2   ? exchange<uint16_t>(i, host[l], b, c, isGlobal)
            : bytes == 4 ? exchange<uint32_t>(i, host[l], b, c, isGlobal)
                         : exchange<uint64_t>(i, host[l], b, c, isGlobal);
    if (i.d != 0)
      std::memcpy(w.regs + i.d + l * bytes, &old, bytes);
  }
}

bool isReducible(AtomicOp op, Type type) {
  bool isInt = type == Type::U32 || type == Type::S32 || type == Type::U64 || type == Type::S64;
  bool isHalf = type == Type::F16 || type == Type::BF16;
  switch (op) {
  case kAtomAdd:
    return isInt || isHalf || type == Type::F32 || type == Type::F64;
  case kAtomMin:
  case kAtomMax:
    return isInt || isHalf;
  case kAtomInc:
  case kAtomDec:
    return type == Type::U32;
  case kAtomAnd:
  case kAtomOr:
  case kAtomXor:
    return isInt || type == Type::B32 || type == Type::B64;
  default:
    return false;
  }
}

void reduceElements(AtomicOp op, Type type, uint8_t *at, const uint8_t *from, uint32_t bytes) {
  unsigned step = typeBytes(type);
  for (uint32_t k = 0; k + step <= bytes; k += step) {
    uint64_t old = 0, value = 0;
    std::memcpy(&old, at + k, step);
    std::memcpy(&value, from + k, step);
    old = combine(op, type, old, value, 0, true);
    std::memcpy(at + k, &old, step);
  }
}

} // namespace azulejo::sim
