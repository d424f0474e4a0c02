// This file implements loads and stores, for one instruction set.
#include "exec/AluHandlers.h"
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

// Inst::flags of loads and stores.
constexpr unsigned kWideAddress = 1; // the address register has 64 bits
constexpr unsigned kSignExtend = 2;  // of a byte into its 16-bit register

inline void readAddresses(WarpContext &w, const Inst &i, uint64_t *addresses) {
  uint64_t imm = uint64_t(i.imm);
  if (i.flags & kWideAddress) {
    const uint64_t *a = w.reg<uint64_t>(i.a);
    for (unsigned l = 0; l < 32; ++l)
      addresses[l] = a[l] + imm;
  } else {
    const uint32_t *a = w.reg<uint32_t>(i.a);
    for (unsigned l = 0; l < 32; ++l)
      addresses[l] = uint32_t(a[l] + uint32_t(imm));
  }
}

// Whether all lanes are inside the cached range and aligned.
template <unsigned Bytes> inline bool allInside(const MemCache &cache, const uint64_t *addresses) {
  if (cache.size < Bytes)
    return false;
  uint64_t base = cache.base, limit = cache.size - Bytes, bad = 0;
  for (unsigned l = 0; l < 32; ++l)
    bad |= uint64_t(addresses[l] - base > limit) | (addresses[l] & (Bytes - 1));
  return bad == 0;
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

template <unsigned E, unsigned V> void loadGlobal(WarpContext &w, const Inst &i, uint32_t mask) {
  alignas(64) uint64_t addresses[32];
  readAddresses(w, i, addresses);
  uint32_t ok = mask;
  if (mask != kAll || !allInside<E * V>(w.worker->caches[i.mem], addresses))
    ok = checkGlobal(w, i, mask, addresses, E * V, Access::Load);
  bool isRow = ok == kAll && isContiguous<E * V>(addresses);
  observeGlobal(w, i, ok, addresses, E * V, Access::Load, isRow);
  if (isRow) {
    loadRow<E, V>(w, i, reinterpret_cast<const uint8_t *>(addresses[0]));
    return;
  }
  for (uint32_t m = ok; m != 0; m &= m - 1) {
    unsigned l = unsigned(__builtin_ctz(m));
    loadLane<E, V>(w, i, l, reinterpret_cast<const uint8_t *>(addresses[l]));
  }
  if (ok != mask)
    loadZero<E, V>(w, i, mask & ~ok);
}

template <unsigned E, unsigned V> void storeGlobal(WarpContext &w, const Inst &i, uint32_t mask) {
  alignas(64) uint64_t addresses[32];
  readAddresses(w, i, addresses);
  uint32_t ok = mask;
  if (mask != kAll || !allInside<E * V>(w.worker->caches[i.mem], addresses))
    ok = checkGlobal(w, i, mask, addresses, E * V, Access::Store);
  bool isRow = ok == kAll && isContiguous<E * V>(addresses);
  observeGlobal(w, i, ok, addresses, E * V, Access::Store, isRow);
  if (isRow) {
    storeRow<E, V>(w, i, reinterpret_cast<uint8_t *>(addresses[0]));
    return;
  }
  for (uint32_t m = ok; m != 0; m &= m - 1) {
    unsigned l = unsigned(__builtin_ctz(m));
    storeLane<E, V>(w, i, l, reinterpret_cast<uint8_t *>(addresses[l]));
  }
}

template <unsigned E, unsigned V> void loadShared(WarpContext &w, const Inst &i, uint32_t mask) {
  alignas(64) uint64_t offsets[32];
  readAddresses(w, i, offsets);
  uint32_t ok = mask;
  if (mask != kAll || !allInside<E * V>(w.worker->caches[i.mem], offsets))
    ok = checkShared(w, i, mask, offsets, E * V, Access::Load);
  bool isRow = ok == kAll && isContiguous<E * V>(offsets);
  observeShared(w, i, ok, offsets, E * V, Access::Load, isRow);
  const uint8_t *shared = w.shared;
  if (ok == kAll) {
    if (isRow)
      return loadRow<E, V>(w, i, shared + offsets[0]);
    for (unsigned l = 0; l < 32; ++l)
      loadLane<E, V>(w, i, l, shared + offsets[l]);
    return;
  }
  for (uint32_t m = ok; m != 0; m &= m - 1) {
    unsigned l = unsigned(__builtin_ctz(m));
    loadLane<E, V>(w, i, l, shared + offsets[l]);
  }
  if (ok != mask)
    loadZero<E, V>(w, i, mask & ~ok);
}

template <unsigned E, unsigned V> void storeShared(WarpContext &w, const Inst &i, uint32_t mask) {
  alignas(64) uint64_t offsets[32];
  readAddresses(w, i, offsets);
  uint32_t ok = mask;
  if (mask != kAll || !allInside<E * V>(w.worker->caches[i.mem], offsets))
    ok = checkShared(w, i, mask, offsets, E * V, Access::Store);
  bool isRow = ok == kAll && isContiguous<E * V>(offsets);
  observeShared(w, i, ok, offsets, E * V, Access::Store, isRow);
  uint8_t *shared = w.shared;
  if (isRow)
    return storeRow<E, V>(w, i, shared + offsets[0]);
  for (uint32_t m = ok; m != 0; m &= m - 1) {
    unsigned l = unsigned(__builtin_ctz(m));
    storeLane<E, V>(w, i, l, shared + offsets[l]);
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
