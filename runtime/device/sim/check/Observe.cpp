// This file counts memory accesses and keeps the shadow of what has been written.
#include "exec/Worker.h"

#include <algorithm>
#include <cstring>

namespace azulejo::sim {

void reportUninitialised(WarpContext &w, const Inst &i, unsigned lane, uint64_t address,
                         unsigned bytes, bool isGlobal) {
  if (w.worker->findings.countAgain("init", "uninitialised", i.id, 0, w.cta->linear))
    return;
  Finding finding = makeFinding(w, i, lane, "init", "uninitialised");
  finding.sites[0].access = "read";
  finding.address = address;
  const Launch &launch = *w.worker->launch;
  if (isGlobal) {
    int64_t index = launch.memory->find(address);
    if (index >= 0) {
      finding.buffer = launch.memory->allocation(index).name;
      finding.offset = int64_t(address - launch.memory->allocation(index).base);
    }
  } else {
    for (const SharedVariable &variable : launch.shared)
      if (variable.offset <= windowOffset(address)) {
        finding.buffer = variable.name;
        finding.offset = int64_t(windowOffset(address) - variable.offset);
      }
  }
  finding.message = std::string(isGlobal ? "global" : "shared") + " read of " +
                    std::to_string(bytes) + " bytes at '" + finding.buffer + "' +" +
                    std::to_string(finding.offset) + ", which nothing has written";
  report(w, i, std::move(finding));
}

namespace {

// The number of different values among the first `count`.
unsigned countDistinct(uint64_t *values, unsigned count) {
  std::sort(values, values + count);
  return unsigned(std::unique(values, values + count) - values);
}

// 32-byte sectors of a warp's access. An aligned access of up to 32 bytes lies in one sector.
unsigned countSectors(const uint64_t *addresses, uint32_t mask) {
  uint64_t sectors[32];
  unsigned count = 0;
  for (uint32_t m = mask; m != 0; m &= m - 1)
    sectors[count++] = addresses[__builtin_ctz(m)] >> 5;
  return countDistinct(sectors, count);
}

// Shared memory has 32 banks of 4 bytes. 64-bit accesses are served by half warps, 128-bit ones by
// quarters; each takes as many wavefronts as the busiest bank has different words.
void countWavefronts(const uint64_t *offsets, uint32_t mask, unsigned bytes, uint32_t &fronts,
                     uint32_t &ideal) {
  unsigned words = bytes <= 4 ? 1 : bytes / 4;
  unsigned lanesPerPart = 32 / words;
  fronts = ideal = 0;
  for (unsigned start = 0; start < 32; start += lanesPerPart) {
    uint64_t touched[32];
    unsigned count = 0;
    for (unsigned l = start; l < start + lanesPerPart; ++l)
      if ((mask >> l) & 1)
        for (unsigned k = 0; k < words; ++k)
          touched[count++] = (offsets[l] >> 2) + k;
    if (count == 0)
      continue;
    unsigned distinct = countDistinct(touched, count);
    unsigned perBank[32] = {}, busiest = 0;
    for (unsigned k = 0; k < distinct; ++k)
      busiest = std::max(busiest, ++perBank[touched[k] & 31]);
    fronts += busiest;
    ideal += (distinct + 31) / 32;
  }
}

// Whether the access has the shape of the last one of this instruction, so that it counts the same.
bool matchesMemo(const MemCache &cache, const uint64_t *addresses, uint32_t mask, uint32_t phase) {
  if (cache.mask != mask || cache.phase != phase || mask == 0)
    return false;
  uint64_t first = addresses[__builtin_ctz(mask)];
  if (mask == 0xffffffffu) {
    uint64_t differs = 0;
    for (unsigned l = 0; l < 32; ++l)
      differs |= (addresses[l] - first) ^ uint64_t(int64_t(cache.relative[l]));
    return differs == 0;
  }
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned l = unsigned(__builtin_ctz(m));
    if (addresses[l] - first != uint64_t(int64_t(cache.relative[l])))
      return false;
  }
  return true;
}

void keepMemo(MemCache &cache, const uint64_t *addresses, uint32_t mask, uint32_t phase,
              uint32_t units, uint32_t ideal) {
  uint64_t first = addresses[__builtin_ctz(mask)];
  cache.mask = mask;
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned l = unsigned(__builtin_ctz(m));
    int64_t relative = int64_t(addresses[l] - first);
    cache.relative[l] = int32_t(relative);
    if (relative != cache.relative[l])
      cache.mask = 0;
  }
  cache.phase = phase;
  cache.units = units;
  cache.ideal = ideal;
}

void observeInit(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                 unsigned bytes, Access access, bool isRow, uint64_t shadowDelta, bool isGlobal) {
  auto shadow = [&](uint64_t address) {
    return reinterpret_cast<uint8_t *>(address + shadowDelta);
  };
  if (isRow && access == Access::Store) {
    std::memset(shadow(addresses[0]), 1, bytes * 32);
    return;
  }
  if (isRow && access == Access::Load &&
      std::memchr(shadow(addresses[0]), 0, bytes * 32) == nullptr)
    return;
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    uint8_t *marks = shadow(addresses[lane]);
    if (access != Access::Store && std::memchr(marks, 0, bytes) != nullptr)
      reportUninitialised(w, i, lane, addresses[lane], bytes, isGlobal);
    if (access != Access::Load)
      std::memset(marks, 1, bytes);
  }
}
} // namespace

void observeGlobal(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                   unsigned bytes, Access access, bool isRow) {
  if (mask == 0)
    return;
  Worker &worker = *w.worker;
  DeviceMemory &memory = *worker.launch->memory;
  bool isWrite = access != Access::Load;
  MemCounters &counters = isWrite ? worker.globalStore : worker.globalLoad;
  counters.requests += 1;
  if (isRow) {
    uint64_t first = addresses[0] >> 5, last = (addresses[0] + bytes * 32 - 1) >> 5;
    counters.lanes += 32;
    counters.bytes += bytes * 32;
    counters.units += last - first + 1;
    std::memset(memory.footprint(addresses[0], isWrite), 1, last - first + 1);
  } else {
    unsigned lanes = unsigned(__builtin_popcount(mask));
    counters.lanes += lanes;
    counters.bytes += uint64_t(lanes) * bytes;
    MemCache &cache = worker.caches[i.mem];
    uint32_t phase = uint32_t(addresses[__builtin_ctz(mask)] & 31);
    if (!matchesMemo(cache, addresses, mask, phase))
      keepMemo(cache, addresses, mask, phase, countSectors(addresses, mask), 0);
    counters.units += cache.units;
    for (uint32_t m = mask; m != 0; m &= m - 1)
      *memory.footprint(addresses[__builtin_ctz(m)], isWrite) = 1;
    if (access == Access::Atomic)
      for (uint32_t m = mask; m != 0; m &= m - 1)
        *memory.footprint(addresses[__builtin_ctz(m)], false) = 1;
  }
  if (worker.checks & kCheckRace)
    raceAccess(w, i, mask, addresses, bytes, access, nullptr);
  if (worker.checks & kCheckInit)
    observeInit(w, i, mask, addresses, bytes, access, isRow,
                reinterpret_cast<uint64_t>(memory.initShadow(0)), true);
}

void observeShared(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                   unsigned bytes, Access access, bool isRow, Cta *owner) {
  if (mask == 0)
    return;
  Worker &worker = *w.worker;
  MemCounters &counters = access != Access::Load ? worker.sharedStore : worker.sharedLoad;
  unsigned lanes = unsigned(__builtin_popcount(mask));
  counters.requests += 1;
  counters.lanes += lanes;
  counters.bytes += uint64_t(lanes) * bytes;
  if (isRow) {
    unsigned fronts = bytes < 4 ? 1 : bytes / 4;
    counters.units += fronts;
    counters.ideal += fronts;
  } else {
    MemCache &cache = worker.caches[i.mem];
    // Shifting all addresses by whole words only renames the banks.
    uint32_t phase = uint32_t(addresses[__builtin_ctz(mask)] & 3);
    if (!matchesMemo(cache, addresses, mask, phase)) {
      uint32_t fronts, ideal;
      countWavefronts(addresses, mask, bytes, fronts, ideal);
      keepMemo(cache, addresses, mask, phase, fronts, ideal);
    }
    counters.units += cache.units;
    counters.ideal += cache.ideal;
  }
  Cta &cta = owner != nullptr ? *owner : *w.cta;
  if (worker.checks & kCheckRace)
    raceAccess(w, i, mask, addresses, bytes, access, &cta);
  if (worker.checks & kCheckInit)
    observeInit(w, i, mask, addresses, bytes, access, isRow,
                reinterpret_cast<uint64_t>(cta.sharedInit.data()) - cta.sharedBase, false);
}

} // namespace azulejo::sim
