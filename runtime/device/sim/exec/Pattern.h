// This file recognises an access that repeats its instruction's pattern of addresses: then one
// comparison stands for bounds, alignment and counts of all lanes. Its functions are static, as
// files of several instruction sets include it.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_PATTERN_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_PATTERN_H

#include "exec/Worker.h"

namespace azulejo::sim {

// Inst::flags of memory instructions.
constexpr unsigned kWideAddress = 1; // the address register has 64 bits

// Lane by lane, the addresses in register `slot` plus `imm`.
static inline void readAddressesOf(const WarpContext &w, uint32_t slot, bool isWide, uint64_t imm,
                                   uint64_t *addresses) {
  if (isWide) {
    const uint64_t *a = reinterpret_cast<const uint64_t *>(w.regs + slot);
    for (unsigned l = 0; l < 32; ++l)
      addresses[l] = a[l] + imm;
  } else {
    const uint32_t *a = reinterpret_cast<const uint32_t *>(w.regs + slot);
    for (unsigned l = 0; l < 32; ++l)
      addresses[l] = uint32_t(a[l] + uint32_t(imm));
  }
}

// Whether all 32 lanes access what the pattern in `cache` says, at another place of the cached
// range; `first` is then the first lane's address. The pattern has been found aligned before, so
// that its first address says whether it is again.
static inline bool repeatsPattern(const WarpContext &w, uint32_t slot, bool isWide, uint64_t imm,
                                  const MemCache &cache, uint32_t phaseMask, uint64_t &first) {
  if (cache.mask != 0xffffffffu)
    return false;
  if (isWide) {
    const uint64_t *a = reinterpret_cast<const uint64_t *>(w.regs + slot);
    uint64_t start = a[0], differs = 0;
    for (unsigned l = 0; l < 32; ++l)
      differs |= (a[l] - start) ^ uint64_t(int64_t(cache.relative[l]));
    if (differs != 0)
      return false;
    first = start + imm;
  } else {
    const uint32_t *a = reinterpret_cast<const uint32_t *>(w.regs + slot);
    uint32_t start = a[0], differs = 0;
    for (unsigned l = 0; l < 32; ++l)
      differs |= (a[l] - start) ^ uint32_t(cache.relative[l]);
    if (differs != 0)
      return false;
    first = uint32_t(start + uint32_t(imm));
  }
  return isInside(cache, first) && (first & phaseMask) == cache.phase;
}

// The same for shared addresses of the own CTA.
static inline bool repeatsShared(const WarpContext &w, uint32_t slot, bool isWide, uint64_t imm,
                                 const MemCache &cache, unsigned bytes, uint64_t &first) {
  constexpr uint32_t kWord = 3;
  return repeatsPattern(w, slot, isWide, imm, cache, kWord, first) && (first & (bytes - 1)) == 0 &&
         cache.base >> kRankShift == w.cta->rank;
}

static inline bool repeatsGlobal(const WarpContext &w, uint32_t slot, uint64_t imm,
                                 const MemCache &cache, uint64_t &first) {
  constexpr uint32_t kSector = 31;
  return repeatsPattern(w, slot, true, imm, cache, kSector, first);
}

// Counts it.
static inline void countGlobalAgain(WarpContext &w, MemCache &cache, uint64_t first, bool isWrite) {
  ++cache.hits;
  DeviceMemory &memory = *w.worker->launch->memory;
  uint8_t *marks = memory.footprint(first, isWrite);
  if (cache.isRow) {
    for (uint32_t s = 0; s < cache.units; ++s)
      marks[s] = 1;
    return;
  }
  int64_t inSector = int64_t(cache.phase);
  for (unsigned l = 0; l < 32; ++l)
    marks[(inSector + cache.relative[l]) >> 5] = 1;
}

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_PATTERN_H
