// This file implements loads and stores, for one instruction set.
#include "exec/AluHandlers.h"
#include "exec/Pattern.h"
#include "exec/Scalar.h"
#include "exec/Worker.h"

namespace azulejo::sim::AZJ_ISA {

namespace {

template <unsigned Bytes> struct UIntOf;
template <> struct UIntOf<1> {
  using type = uint8_t;
};
template <> struct UIntOf<2> {
  using type = uint16_t;
};
template <> struct UIntOf<4> {
  using type = uint32_t;
};
template <> struct UIntOf<8> {
  using type = uint64_t;
};

// Registers hold bytes in 16 bits.
template <unsigned Bytes> using SlotOf = typename UIntOf<(Bytes < 2 ? 2 : Bytes)>::type;

// Inst::flags of loads and stores, beside kWideAddress.
constexpr unsigned kSignExtend = 2; // of a byte into its 16-bit register

inline void readAddresses(const WarpContext &w, const Inst &i, uint64_t *addresses) {
  readAddressesOf(w, i.a, i.flags & kWideAddress, uint64_t(i.imm), addresses);
}

template <unsigned Bytes> inline bool isContiguous(const uint64_t *addresses) {
  uint64_t first = addresses[0], differs = 0;
  for (unsigned l = 0; l < 32; ++l)
    differs |= addresses[l] ^ (first + l * Bytes);
  return differs == 0;
}

template <unsigned E> inline SlotOf<E> widen(typename UIntOf<E>::type value, unsigned flags) {
  if constexpr (E == 1)
    return (flags & kSignExtend) ? uint16_t(int16_t(int8_t(value))) : uint16_t(value);
  else
    return value;
}

typedef uint32_t V8w __attribute__((vector_size(32)));

template <unsigned E, unsigned V>
inline void loadLane(WarpContext &w, const Inst &i, unsigned lane, const uint8_t *from) {
  typename UIntOf<E>::type values[V];
  std::memcpy(values, from, sizeof(values));
  for (unsigned v = 0; v < V; ++v) {
    uint32_t slot = V == 1 ? i.d : i.ops[v];
    w.reg<SlotOf<E>>(slot)[lane] = widen<E>(values[v], i.flags);
  }
}

template <unsigned E, unsigned V>
inline void storeLane(WarpContext &w, const Inst &i, unsigned lane, uint8_t *to) {
  typename UIntOf<E>::type values[V];
  for (unsigned v = 0; v < V; ++v) {
    uint32_t slot = V == 1 ? i.d : i.ops[v];
    values[v] = static_cast<typename UIntOf<E>::type>(w.reg<SlotOf<E>>(slot)[lane]);
  }
  std::memcpy(to, values, sizeof(values));
}

// All lanes read consecutive elements: one copy, transposed when each lane takes several.
template <unsigned E, unsigned V>
inline void loadRow(WarpContext &w, const Inst &i, const uint8_t *from) {
  using Elem = typename UIntOf<E>::type;
  Elem row[32 * V];
  std::memcpy(row, from, sizeof(row));
  for (unsigned v = 0; v < V; ++v) {
    SlotOf<E> *d = w.reg<SlotOf<E>>(V == 1 ? i.d : i.ops[v]);
    for (unsigned l = 0; l < 32; ++l)
      d[l] = widen<E>(row[l * V + v], i.flags);
  }
}

template <unsigned E, unsigned V> inline void storeRow(WarpContext &w, const Inst &i, uint8_t *to) {
  using Elem = typename UIntOf<E>::type;
  Elem row[32 * V];
  for (unsigned v = 0; v < V; ++v) {
    const SlotOf<E> *d = w.reg<SlotOf<E>>(V == 1 ? i.d : i.ops[v]);
    for (unsigned l = 0; l < 32; ++l)
      row[l * V + v] = static_cast<Elem>(d[l]);
  }
  std::memcpy(to, row, sizeof(row));
}

// A lane whose access was refused reads zero.
template <unsigned E, unsigned V>
inline void loadZero(WarpContext &w, const Inst &i, uint32_t lanes) {
  static const uint8_t kZero[E * V] = {};
  for (uint32_t m = lanes; m != 0; m &= m - 1)
    loadLane<E, V>(w, i, unsigned(__builtin_ctz(m)), kZero);
}

// Transposes two matrices of 4 by 4 words, one in the lower halves and one in the upper ones.
inline void transposeQuads(V8w (&r)[4]) {
  V8w t[4];
  for (unsigned k = 0; k < 4; k += 2) {
    t[k] = __builtin_shufflevector(r[k], r[k + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    t[k + 1] = __builtin_shufflevector(r[k], r[k + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  for (unsigned k = 0; k < 2; ++k) {
    r[2 * k] = __builtin_shufflevector(t[k], t[k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
    r[2 * k + 1] = __builtin_shufflevector(t[k], t[k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
  }
}

// Four words from each of two places.
inline V8w joinWords(const uint8_t *low, const uint8_t *high) {
  V8w words;
  std::memcpy(&words, low, 16);
  std::memcpy(reinterpret_cast<uint8_t *>(&words) + 16, high, 16);
  return words;
}

// The words of registers ops[v], v < 4, for eight lanes: lane l's lie at from(l).
template <typename From>
inline void loadQuads(WarpContext &w, const Inst &i, unsigned lane, From from) {
  V8w r[4];
  for (unsigned k = 0; k < 4; ++k)
    r[k] = joinWords(from(lane + k), from(lane + k + 4));
  transposeQuads(r);
  for (unsigned v = 0; v < 4; ++v)
    std::memcpy(w.regs + i.ops[v] + lane * 4, &r[v], sizeof(r[v]));
}

// The inverse. In the order of the lanes: the last one that writes to an address is the same
// however a store is performed.
template <typename To> inline void storeQuads(WarpContext &w, const Inst &i, unsigned lane, To to) {
  V8w r[4];
  for (unsigned v = 0; v < 4; ++v)
    std::memcpy(&r[v], w.regs + i.ops[v] + lane * 4, sizeof(r[v]));
  transposeQuads(r);
  for (unsigned k = 0; k < 4; ++k)
    std::memcpy(to(lane + k), &r[k], 16);
  for (unsigned k = 0; k < 4; ++k)
    std::memcpy(to(lane + k + 4), reinterpret_cast<const uint8_t *>(&r[k]) + 16, 16);
}

// All lanes at `base` plus their relative addresses.
template <unsigned E, unsigned V>
inline void loadPattern(WarpContext &w, const Inst &i, const uint8_t *base, const MemCache &cache) {
  const int32_t *relative = cache.relative;
  if (cache.isRow)
    return loadRow<E, V>(w, i, base);
#if defined(__AVX2__)
  if constexpr (E == 4 && V == 1) {
    for (unsigned l = 0; l < 32; l += 8) {
      __m256i index = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(relative + l));
      __m256i words = _mm256_i32gather_epi32(reinterpret_cast<const int *>(base), index, 1);
      _mm256_storeu_si256(reinterpret_cast<__m256i *>(w.regs + i.d + l * 4), words);
    }
    return;
  }
#endif
  for (unsigned l = 0; l < 32; l += 8) {
    if constexpr (E == 4 && V == 4) {
      loadQuads(w, i, l, [=](unsigned lane) { return base + relative[lane]; });
    } else {
      for (unsigned k = l; k < l + 8; ++k)
        loadLane<E, V>(w, i, k, base + relative[k]);
    }
  }
}

template <unsigned E, unsigned V>
inline void storePattern(WarpContext &w, const Inst &i, uint8_t *base, const MemCache &cache) {
  const int32_t *relative = cache.relative;
  if (cache.isRow)
    return storeRow<E, V>(w, i, base);
  for (unsigned l = 0; l < 32; l += 8) {
    if constexpr (E == 4 && V == 4) {
      storeQuads(w, i, l, [=](unsigned lane) { return base + relative[lane]; });
    } else {
      for (unsigned k = l; k < l + 8; ++k)
        storeLane<E, V>(w, i, k, base + relative[k]);
    }
  }
}

// Shows an access that repeats the pattern to the checks that are on.
inline void checkAgain(WarpContext &w, const Inst &i, unsigned bytes, Access access,
                       const MemCache &cache, Cta *owner) {
  alignas(64) uint64_t addresses[32];
  readAddresses(w, i, addresses);
  checkAccess(w, i, kAll, addresses, bytes, access, cache.isRow, owner);
}

inline void checkGlobalAgain(WarpContext &w, const Inst &i, unsigned bytes, Access access,
                             const MemCache &cache) {
  if (w.worker->checks & (kCheckRace | kCheckInit))
    checkAgain(w, i, bytes, access, cache, nullptr);
}

// The race check notes a read of a shape that it knows, without a look at its lanes.
inline void checkSharedAgain(WarpContext &w, const Inst &i, unsigned bytes, Access access,
                             const MemCache &cache, uint64_t first) {
  uint32_t checks = w.worker->checks & (kCheckRace | kCheckInit);
  if (checks == 0)
    return;
  AccessRuns &runs = w.worker->runs[i.mem];
  bool isKnown = checks == kCheckRace && bytes >= 4 && access == Access::Load;
  if (isKnown && runs.pattern == cache.changes && raceReadAgain(w, i, uint32_t(first), runs))
    return;
  checkAgain(w, i, bytes, access, cache, w.cta);
  if (isKnown)
    runs.pattern = cache.changes;
}

// Any access to global memory: checks and counts it. Returns the lanes that may go on.
template <unsigned Bytes>
inline uint32_t enterGlobal(WarpContext &w, const Inst &i, uint32_t mask, uint64_t *addresses,
                            Access access) {
  readAddresses(w, i, addresses);
  uint32_t ok = checkGlobal(w, i, mask, addresses, Bytes, access);
  observeGlobal(w, i, ok, addresses, Bytes, access, ok == kAll && isContiguous<Bytes>(addresses));
  return ok;
}

template <unsigned Bytes>
inline uint32_t enterShared(WarpContext &w, const Inst &i, uint32_t mask, uint64_t *offsets,
                            Access access) {
  readAddresses(w, i, offsets);
  uint32_t ok = checkShared(w, i, mask, offsets, Bytes, access);
  observeShared(w, i, ok, offsets, Bytes, access, ok == kAll && isContiguous<Bytes>(offsets));
  return ok;
}

template <unsigned E, unsigned V> void loadGlobal(WarpContext &w, const Inst &i, uint32_t mask) {
  MemCache &cache = w.worker->caches[i.mem];
  uint64_t first;
  if (mask == kAll && (i.flags & kWideAddress) &&
      repeatsGlobal(w, i.a, uint64_t(i.imm), cache, first)) {
    countGlobalAgain(w, cache, first, false);
    checkGlobalAgain(w, i, E * V, Access::Load, cache);
    return loadPattern<E, V>(w, i, reinterpret_cast<const uint8_t *>(first), cache);
  }
  alignas(64) uint64_t addresses[32];
  uint32_t ok = enterGlobal<E * V>(w, i, mask, addresses, Access::Load);
  for (uint32_t m = ok; m != 0; m &= m - 1) {
    unsigned l = unsigned(__builtin_ctz(m));
    loadLane<E, V>(w, i, l, reinterpret_cast<const uint8_t *>(addresses[l]));
  }
  if (ok != mask)
    loadZero<E, V>(w, i, mask & ~ok);
}

template <unsigned E, unsigned V> void storeGlobal(WarpContext &w, const Inst &i, uint32_t mask) {
  MemCache &cache = w.worker->caches[i.mem];
  uint64_t first;
  if (mask == kAll && (i.flags & kWideAddress) &&
      repeatsGlobal(w, i.a, uint64_t(i.imm), cache, first)) {
    countGlobalAgain(w, cache, first, true);
    checkGlobalAgain(w, i, E * V, Access::Store, cache);
    return storePattern<E, V>(w, i, reinterpret_cast<uint8_t *>(first), cache);
  }
  alignas(64) uint64_t addresses[32];
  uint32_t ok = enterGlobal<E * V>(w, i, mask, addresses, Access::Store);
  for (uint32_t m = ok; m != 0; m &= m - 1) {
    unsigned l = unsigned(__builtin_ctz(m));
    storeLane<E, V>(w, i, l, reinterpret_cast<uint8_t *>(addresses[l]));
  }
}

template <unsigned E, unsigned V> void loadShared(WarpContext &w, const Inst &i, uint32_t mask) {
  MemCache &cache = w.worker->caches[i.mem];
  uint64_t first;
  if (mask == kAll &&
      repeatsShared(w, i.a, i.flags & kWideAddress, uint64_t(i.imm), cache, E * V, first)) {
    ++cache.hits;
    checkSharedAgain(w, i, E * V, Access::Load, cache, first);
    return loadPattern<E, V>(w, i, w.shared + first, cache);
  }
  alignas(64) uint64_t offsets[32];
  uint32_t ok = enterShared<E * V>(w, i, mask, offsets, Access::Load);
  for (uint32_t m = ok; m != 0; m &= m - 1) {
    unsigned l = unsigned(__builtin_ctz(m));
    loadLane<E, V>(w, i, l, w.shared + offsets[l]);
  }
  if (ok != mask)
    loadZero<E, V>(w, i, mask & ~ok);
}

template <unsigned E, unsigned V> void storeShared(WarpContext &w, const Inst &i, uint32_t mask) {
  MemCache &cache = w.worker->caches[i.mem];
  uint64_t first;
  if (mask == kAll &&
      repeatsShared(w, i.a, i.flags & kWideAddress, uint64_t(i.imm), cache, E * V, first)) {
    ++cache.hits;
    checkSharedAgain(w, i, E * V, Access::Store, cache, first);
    return storePattern<E, V>(w, i, w.shared + first, cache);
  }
  alignas(64) uint64_t offsets[32];
  uint32_t ok = enterShared<E * V>(w, i, mask, offsets, Access::Store);
  for (uint32_t m = ok; m != 0; m &= m - 1) {
    unsigned l = unsigned(__builtin_ctz(m));
    storeLane<E, V>(w, i, l, w.shared + offsets[l]);
  }
}

// Spaces whose lanes have to be looked at one by one.
template <unsigned E, unsigned V> void loadOther(WarpContext &w, const Inst &i, uint32_t mask) {
  uint64_t addresses[32];
  uint8_t *host[32];
  readAddresses(w, i, addresses);
  uint32_t ok = resolveAddresses(w, i, mask, addresses, E * V, Access::Load, host);
  for (uint32_t m = ok; m != 0; m &= m - 1)
    loadLane<E, V>(w, i, unsigned(__builtin_ctz(m)), host[__builtin_ctz(m)]);
  loadZero<E, V>(w, i, mask & ~ok);
}

template <unsigned E, unsigned V> void storeOther(WarpContext &w, const Inst &i, uint32_t mask) {
  uint64_t addresses[32];
  uint8_t *host[32];
  readAddresses(w, i, addresses);
  uint32_t ok = resolveAddresses(w, i, mask, addresses, E * V, Access::Store, host);
  for (uint32_t m = ok; m != 0; m &= m - 1)
    storeLane<E, V>(w, i, unsigned(__builtin_ctz(m)), host[__builtin_ctz(m)]);
}

template <unsigned E, unsigned V> Handler pickSpace(Space space, bool isLoad) {
  switch (space) {
  case Space::Global:
  case Space::Const:
    return isLoad ? loadGlobal<E, V> : storeGlobal<E, V>;
  case Space::Shared:
    return isLoad ? loadShared<E, V> : storeShared<E, V>;
  default:
    return isLoad ? loadOther<E, V> : storeOther<E, V>;
  }
}

template <unsigned E> Handler pickLanes(Space space, unsigned lanes, bool isLoad) {
  switch (lanes) {
  case 1:
    return pickSpace<E, 1>(space, isLoad);
  case 2:
    return pickSpace<E, 2>(space, isLoad);
  case 4:
    return pickSpace<E, 4>(space, isLoad);
  case 8:
    return E == 4 ? pickSpace<E, 8>(space, isLoad) : nullptr;
  default:
    return nullptr;
  }
}

Handler pickBytes(Space space, unsigned bytes, unsigned lanes, bool isLoad) {
  switch (bytes) {
  case 1:
    return pickLanes<1>(space, lanes, isLoad);
  case 2:
    return pickLanes<2>(space, lanes, isLoad);
  case 4:
    return pickLanes<4>(space, lanes, isLoad);
  case 8:
    return pickLanes<8>(space, lanes, isLoad);
  default:
    return nullptr;
  }
}
} // namespace

Handler loadHandler(Space space, unsigned bytes, unsigned lanes) {
  return pickBytes(space, bytes, lanes, true);
}
Handler storeHandler(Space space, unsigned bytes, unsigned lanes) {
  return pickBytes(space, bytes, lanes, false);
}

} // namespace azulejo::sim::AZJ_ISA
