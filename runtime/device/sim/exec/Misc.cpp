// This file implements the scalar handlers that are compiled once, for any CPU.
#include "exec/Handlers.h"
#include "exec/Worker.h"

#include <cmath>
#include <cstring>

namespace azulejo::sim {

void doNothing(WarpContext &, const Inst &, uint32_t) {}

void threadFence(WarpContext &w, const Inst &i, uint32_t) {
  if (w.worker->checks & kCheckRace)
    raceFence(w, i.sub != 0);
}

void proxyFence(WarpContext &w, const Inst &i, uint32_t) {
  if (w.worker->checks & kCheckRace)
    raceProxyFence(w, i.sub != kProxyFenceGlobal, i.sub != kProxyFenceShared);
}

void mbarrierFence(WarpContext &w, const Inst &, uint32_t) {
  if (w.worker->checks & kCheckRace)
    raceMbarrierFence(w);
}

void warpBarrier(WarpContext &w, const Inst &, uint32_t) {
  if (w.worker->checks & kCheckRace)
    raceWarpSync(w);
}

void predicateOp(WarpContext &w, const Inst &i, uint32_t mask) {
  uint32_t a = w.pred(i.a), b = w.pred(i.b), r = 0;
  switch (i.sub) {
  case kPredMove:
    r = a;
    break;
  case kPredNot:
    r = ~a;
    break;
  case kPredAnd:
    r = a & b;
    break;
  case kPredOr:
    r = a | b;
    break;
  default:
    r = a ^ b;
  }
  uint32_t &d = w.pred(i.d);
  d = (d & ~mask) | (r & mask);
}

namespace {
template <typename Fn> inline void forMask(uint32_t mask, Fn fn) {
  if (mask == 0xffffffffu) {
    for (unsigned l = 0; l < 32; ++l)
      fn(l);
    return;
  }
  for (uint32_t m = mask; m != 0; m &= m - 1)
    fn(static_cast<unsigned>(__builtin_ctz(m)));
}

// Lanes of a 128-bit register hold two 64-bit words, low first.
template <unsigned Whole, unsigned Piece> void pack(WarpContext &w, const Inst &i, uint32_t mask) {
  constexpr unsigned kCount = Whole / Piece;
  forMask(mask, [&](unsigned l) {
    uint8_t bytes[Whole];
    for (unsigned p = 0; p < kCount; ++p)
      std::memcpy(bytes + p * Piece, w.regs + i.ops[p] + l * Piece, Piece);
    std::memcpy(w.regs + i.d + l * Whole, bytes, Whole);
  });
}

template <unsigned Whole, unsigned Piece>
void unpack(WarpContext &w, const Inst &i, uint32_t mask) {
  constexpr unsigned kCount = Whole / Piece;
  forMask(mask, [&](unsigned l) {
    uint8_t bytes[Whole];
    std::memcpy(bytes, w.regs + i.a + l * Whole, Whole);
    for (unsigned p = 0; p < kCount; ++p)
      std::memcpy(w.regs + i.ops[p] + l * Piece, bytes + p * Piece, Piece);
  });
}
} // namespace

Handler packHandler(unsigned whole, unsigned piece) {
  switch (whole * 16 + piece) {
  case 4 * 16 + 2:
    return pack<4, 2>;
  case 8 * 16 + 2:
    return pack<8, 2>;
  case 8 * 16 + 4:
    return pack<8, 4>;
  case 16 * 16 + 8:
    return pack<16, 8>;
  case 16 * 16 + 4:
    return pack<16, 4>;
  default:
    return nullptr;
  }
}

Handler unpackHandler(unsigned whole, unsigned piece) {
  switch (whole * 16 + piece) {
  case 4 * 16 + 2:
    return unpack<4, 2>;
  case 8 * 16 + 2:
    return unpack<8, 2>;
  case 8 * 16 + 4:
    return unpack<8, 4>;
  case 16 * 16 + 8:
    return unpack<16, 8>;
  case 16 * 16 + 4:
    return unpack<16, 4>;
  default:
    return nullptr;
  }
}

void move128(WarpContext &w, const Inst &i, uint32_t mask) {
  forMask(mask, [&](unsigned l) { std::memcpy(w.regs + i.d + l * 16, w.regs + i.a + l * 16, 16); });
}

namespace {
constexpr uint32_t kCarryWord = 0;

template <typename T> void addCarryOf(WarpContext &w, const Inst &i, uint32_t mask) {
  uint32_t carry = w.pred(kCarryWord), next = carry;
  forMask(mask, [&](unsigned l) {
    using Wide = unsigned __int128;
    T a = w.reg<T>(i.a)[l], b = w.reg<T>(i.b)[l];
    unsigned in = (i.flags & 1) ? (carry >> l) & 1 : 0;
    // The flag of a subtraction is the borrow.
    Wide sum = i.sub ? Wide(a) - b - in : Wide(a) + b + in;
    w.reg<T>(i.d)[l] = T(sum);
    uint32_t out = uint32_t(sum >> (sizeof(T) * 8)) & 1;
    next = (next & ~(1u << l)) | out << l;
  });
  if (i.flags & 2)
    w.pred(kCarryWord) = next;
}

template <typename T, typename S> void madCarryOf(WarpContext &w, const Inst &i, uint32_t mask) {
  uint32_t carry = w.pred(kCarryWord), next = carry;
  forMask(mask, [&](unsigned l) {
    using Wide = unsigned __int128;
    // Without signs: the square of the greatest u64 overflows __int128.
    Wide product = Wide(__int128(S(w.reg<T>(i.a)[l]))) * Wide(__int128(S(w.reg<T>(i.b)[l])));
    T part = T(i.sub ? product >> (sizeof(T) * 8) : product);
    unsigned in = (i.flags & 1) ? (carry >> l) & 1 : 0;
    Wide sum = Wide(part) + w.reg<T>(i.c)[l] + in;
    w.reg<T>(i.d)[l] = T(sum);
    next = (next & ~(1u << l)) | (uint32_t(sum >> (sizeof(T) * 8)) & 1) << l;
  });
  if (i.flags & 2)
    w.pred(kCarryWord) = next;
}
} // namespace

void addCarry(WarpContext &w, const Inst &i, uint32_t mask) {
  i.n == 4 ? addCarryOf<uint32_t>(w, i, mask) : addCarryOf<uint64_t>(w, i, mask);
}

void madCarry(WarpContext &w, const Inst &i, uint32_t mask) {
  if (i.n == 4)
    i.space ? madCarryOf<uint32_t, int32_t>(w, i, mask)
            : madCarryOf<uint32_t, uint32_t>(w, i, mask);
  else
    i.space ? madCarryOf<uint64_t, int64_t>(w, i, mask)
            : madCarryOf<uint64_t, uint64_t>(w, i, mask);
}

void selectBySign(WarpContext &w, const Inst &i, uint32_t mask) {
  forMask(mask, [&](unsigned l) {
    uint32_t bits = w.reg<uint32_t>(i.c)[l];
    float f;
    std::memcpy(&f, &bits, 4);
    bool isFlushed = i.sub == 2 && (bits & 0x7f800000u) == 0;
    bool first = i.sub != 0 ? isFlushed || f >= 0.0f : int32_t(bits) >= 0;
    const uint8_t *from = w.regs + (first ? i.a : i.b) + l * i.n;
    std::memmove(w.regs + i.d + l * i.n, from, i.n);
  });
}

void testProperty(WarpContext &w, const Inst &i, uint32_t mask) {
  uint32_t bits = 0;
  forMask(mask, [&](unsigned l) {
    double v;
    bool subnormal;
    if (i.n == 4) {
      float f;
      std::memcpy(&f, w.reg<uint32_t>(i.a) + l, 4);
      v = f;
      subnormal = f != 0 && std::fabs(f) < 0x1p-126f;
    } else {
      std::memcpy(&v, w.reg<uint64_t>(i.a) + l, 8);
      subnormal = v != 0 && std::fabs(v) < 0x1p-1022;
    }
    bool isNan = v != v, isInf = std::isinf(v);
    bool holds = i.sub == kFinite       ? !isNan && !isInf
                 : i.sub == kInfinite   ? isInf
                 : i.sub == kNumber     ? !isNan
                 : i.sub == kNotANumber ? isNan
                 : i.sub == kNormal     ? !isNan && !isInf && !subnormal && v != 0
                                        : subnormal;
    bits |= uint32_t(holds) << l;
  });
  uint32_t &d = w.pred(i.d);
  d = (d & ~mask) | bits;
}

void shiftWindow(WarpContext &w, const Inst &i, uint32_t mask) {
  forMask(mask,
          [&](unsigned l) { w.reg<uint64_t>(i.d)[l] = w.reg<uint64_t>(i.a)[l] + uint64_t(i.imm); });
}

namespace {
// Reads an address of mapa or getctarank as one of the shared windows. Returns false after
// reporting.
bool readShared(WarpContext &w, const Inst &i, unsigned lane, uint64_t &address) {
  address = i.n == 8 ? w.reg<uint64_t>(i.a)[lane] : w.reg<uint32_t>(i.a)[lane];
  if (i.sub != 0)
    address -= kSharedWindow;
  if (ownerOf(w, address) != nullptr)
    return true;
  Finding finding = makeFinding(w, i, lane, "mem", "out-of-bounds");
  finding.address = address;
  finding.message = "the address is not in the shared memory of a CTA of the cluster";
  report(w, i, std::move(finding));
  w.cta->failed = true;
  return false;
}
} // namespace

void mapToRank(WarpContext &w, const Inst &i, uint32_t mask) {
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned l = unsigned(__builtin_ctz(m));
    uint64_t address;
    if (!readShared(w, i, l, address))
      return;
    uint64_t rank = w.reg<uint32_t>(i.b)[l];
    uint64_t size = w.cta->cluster->ctas.size();
    if (rank >= size) {
      failCta(w, i, l, "mem", "cluster-rank",
              "mapa takes the rank of a CTA of the cluster of " + std::to_string(size) + ", got " +
                  std::to_string(rank));
      return;
    }
    uint64_t mapped = windowOffset(address) | rank << kRankShift;
    if (i.n == 8)
      w.reg<uint64_t>(i.d)[l] = mapped + (i.sub != 0 ? kSharedWindow : 0);
    else
      w.reg<uint32_t>(i.d)[l] = uint32_t(mapped);
  }
}

void rankOfAddress(WarpContext &w, const Inst &i, uint32_t mask) {
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned l = unsigned(__builtin_ctz(m));
    uint64_t address;
    if (!readShared(w, i, l, address))
      return;
    w.reg<uint32_t>(i.d)[l] = uint32_t(address >> kRankShift);
  }
}

void isSpace(WarpContext &w, const Inst &i, uint32_t mask) {
  uint32_t bits = 0;
  forMask(mask, [&](unsigned l) {
    uint64_t window = w.reg<uint64_t>(i.a)[l] >> 56 << 56, low = w.reg<uint64_t>(i.a)[l] - window;
    bool holds = false;
    switch (static_cast<Space>(i.space)) {
    case Space::Shared:
      holds = window == kSharedWindow && low >> kRankShift == w.cta->rank;
      break;
    case Space::SharedCluster:
      holds = window == kSharedWindow && ownerOf(w, low) != nullptr;
      break;
    case Space::Local:
      holds = window == kLocalWindow;
      break;
    case Space::Param:
      holds = window == kParamWindow;
      break;
    case Space::Global:
      holds = window == 0;
      break;
    default:
      break;
    }
    bits |= uint32_t(holds) << l;
  });
  uint32_t &d = w.pred(i.d);
  d = (d & ~mask) | bits;
}

// Time is the number of instructions that the warp has executed: it rises, and is the same each
// run.
void readClock(WarpContext &w, const Inst &i, uint32_t mask) {
  uint64_t now = ++w.steps;
  forMask(mask, [&](unsigned l) {
    if (i.n == 8)
      w.reg<uint64_t>(i.d)[l] = now;
    else
      w.reg<uint32_t>(i.d)[l] = uint32_t(i.sub ? now >> 32 : now);
  });
}

} // namespace azulejo::sim
