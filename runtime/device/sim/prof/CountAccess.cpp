// This file counts memory accesses: sectors of global memory, wavefronts of shared memory, and the
// footprint of a launch.
//
// Most instructions repeat one pattern of addresses relative to the first lane's. What it costs is
// kept with the instruction, and how often it came is multiplied at the end.
#include "exec/Worker.h"

#include <algorithm>
#include <cstring>

namespace azulejo::sim {

namespace {

// 32-byte sectors of a warp's access. An aligned access of up to 32 bytes lies in one sector.
unsigned countSectors(const uint64_t *addresses, uint32_t mask) {
  uint64_t sectors[32];
  unsigned count = 0;
  bool isRising = true;
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    uint64_t sector = addresses[__builtin_ctz(m)] >> 5;
    if (count != 0 && sector == sectors[count - 1])
      continue;
    isRising &= count == 0 || sector > sectors[count - 1];
    sectors[count++] = sector;
  }
  if (isRising)
    return count;
  std::sort(sectors, sectors + count);
  return unsigned(std::unique(sectors, sectors + count) - sectors);
}

// The different units of 4 to 32 bytes that one part of a warp touches, by the banks they lie in.
class Banks {
public:
  explicit Banks(unsigned groups) : groups(groups) {}

  void add(uint64_t unit) {
    unsigned group = unsigned(unit & (groups - 1));
    for (unsigned k = 0; k < counts[group]; ++k)
      if (units[group][k] == unit)
        return;
    units[group][counts[group]++] = unit;
    ++distinct;
    busiest = std::max<unsigned>(busiest, counts[group]);
  }

  unsigned distinct = 0, busiest = 0;

private:
  unsigned groups; // of banks: 32 divided by the words of a unit
  uint8_t counts[32] = {};
  uint64_t units[32][32];
};

// Shared memory has 32 banks of 4 bytes. 64-bit accesses are served by half warps, 128-bit ones by
// quarters; each takes as many wavefronts as the busiest bank has different words.
void countWavefronts(const uint64_t *offsets, uint32_t mask, unsigned bytes, uint32_t &fronts,
                     uint32_t &ideal) {
  unsigned words = bytes <= 4 ? 1 : bytes / 4;
  unsigned lanesPerPart = 32 / words, shift = unsigned(__builtin_ctz(words)) + 2;
  fronts = ideal = 0;
  for (unsigned start = 0; start < 32; start += lanesPerPart) {
    Banks banks(32 / words);
    for (unsigned l = start; l < start + lanesPerPart; ++l)
      if ((mask >> l) & 1)
        banks.add(offsets[l] >> shift);
    fronts += banks.busiest;
    ideal += (banks.distinct * words + 31) / 32;
  }
}

bool matches(const MemCache &cache, const uint64_t *addresses, uint32_t mask, uint32_t phase,
             unsigned bytes, const MemCounters &counters) {
  if (cache.mask != mask || cache.phase != phase || cache.bytes != bytes ||
      cache.counters != &counters)
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

// Makes the access the instruction's pattern. Returns false where lanes are too far apart.
bool keepPattern(MemCache &cache, const uint64_t *addresses, uint32_t mask, unsigned bytes,
                 MemCounters &counters) {
  uint64_t first = addresses[__builtin_ctz(mask)];
  int64_t low = 0, high = 0;
  bool isRow = mask == 0xffffffffu;
  cache.mask = 0;
  ++cache.changes;
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned l = unsigned(__builtin_ctz(m));
    int64_t relative = int64_t(addresses[l] - first);
    if (relative != int32_t(relative))
      return false;
    low = std::min(low, relative);
    high = std::max(high, relative);
    isRow &= relative == int64_t(l) * bytes;
    cache.relative[l] = int32_t(relative);
  }
  cache.mask = mask;
  cache.low = int32_t(low);
  cache.span = uint64_t(high - low) + bytes;
  cache.isRow = isRow;
  cache.bytes = bytes;
  cache.counters = &counters;
  return true;
}

void addCounts(Worker &worker, const MemCache &cache, uint64_t times) {
  uint64_t lanes = uint64_t(__builtin_popcount(cache.mask)) * times;
  MemCounters &counters = *cache.counters;
  counters.requests += times;
  counters.lanes += lanes;
  counters.bytes += lanes * cache.bytes;
  counters.units += cache.units * times;
  counters.ideal += cache.ideal * times;
  if (cache.isGlobal)
    countBuffer(worker, cache.allocation, cache.counters != &worker.globalLoad, cache.units * times,
                lanes * cache.bytes);
}

// Lanes that lie in several allocations, or too far apart.
void countScattered(Worker &worker, uint32_t mask, const uint64_t *addresses, unsigned bytes,
                    MemCounters &counters) {
  const DeviceMemory &memory = *worker.launch->memory;
  counters.requests += 1;
  counters.lanes += unsigned(__builtin_popcount(mask));
  counters.bytes += uint64_t(bytes) * unsigned(__builtin_popcount(mask));
  while (mask != 0) {
    int64_t index = memory.find(addresses[__builtin_ctz(mask)]);
    uint32_t same = 0;
    for (uint32_t m = mask; m != 0; m &= m - 1)
      same |= memory.find(addresses[__builtin_ctz(m)]) == index ? m & (0 - m) : 0;
    unsigned sectors = countSectors(addresses, same);
    counters.units += sectors;
    countBuffer(worker, uint32_t(index), &counters != &worker.globalLoad, sectors,
                uint64_t(bytes) * unsigned(__builtin_popcount(same)));
    mask &= ~same;
  }
}
} // namespace

void countBuffer(Worker &worker, uint32_t allocation, bool isWrite, uint64_t sectors,
                 uint64_t bytes) {
  if (worker.buffers.size() <= allocation)
    worker.buffers.resize(worker.launch->memory->allocationCount());
  BufferCounters &buffer = worker.buffers[allocation];
  (isWrite ? buffer.storeSectors : buffer.loadSectors) += sectors;
  (isWrite ? buffer.storeBytes : buffer.loadBytes) += bytes;
}

void flushCounts(Worker &worker, MemCache &cache) {
  if (cache.hits != 0)
    addCounts(worker, cache, cache.hits);
  cache.hits = 0;
}

void countGlobal(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                 unsigned bytes, Access access) {
  Worker &worker = *w.worker;
  DeviceMemory &memory = *worker.launch->memory;
  MemCache &cache = worker.caches[i.mem];
  MemCounters &counters = access == Access::Load    ? worker.globalLoad
                          : access == Access::Store ? worker.globalStore
                                                    : worker.globalAtomic;
  for (uint32_t m = mask; m != 0; m &= m - 1)
    *memory.footprint(addresses[__builtin_ctz(m)], access != Access::Load) = 1;
  if (access == Access::Atomic)
    for (uint32_t m = mask; m != 0; m &= m - 1)
      *memory.footprint(addresses[__builtin_ctz(m)], false) = 1;
  uint64_t first = addresses[__builtin_ctz(mask)];
  uint32_t phase = uint32_t(first & 31);
  if (!matches(cache, addresses, mask, phase, bytes, counters)) {
    flushCounts(worker, cache);
    if (!keepPattern(cache, addresses, mask, bytes, counters))
      return countScattered(worker, mask, addresses, bytes, counters);
    cache.phase = phase;
    cache.units = countSectors(addresses, mask);
    cache.ideal = 0;
    cache.isGlobal = true;
  }
  if (!isInside(cache, first))
    return countScattered(worker, mask, addresses, bytes, counters);
  ++cache.hits;
}

void countShared(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *offsets,
                 unsigned bytes, MemCounters &counters) {
  Worker &worker = *w.worker;
  MemCache &cache = worker.caches[i.mem];
  // Shifting all addresses by whole words only renames the banks.
  uint32_t phase = uint32_t(offsets[__builtin_ctz(mask)] & 3);
  if (!matches(cache, offsets, mask, phase, bytes, counters)) {
    flushCounts(worker, cache);
    keepPattern(cache, offsets, mask, bytes, counters);
    cache.phase = phase;
    cache.isGlobal = false;
    countWavefronts(offsets, mask, bytes, cache.units, cache.ideal);
  }
  ++cache.hits;
}

void countBulk(Worker &worker, uint64_t address, uint64_t bytes, bool isWrite) {
  DeviceMemory &memory = *worker.launch->memory;
  uint64_t first = address >> 5, last = (address + bytes - 1) >> 5;
  std::memset(memory.footprint(address, isWrite), 1, last - first + 1);
  MemCounters &counters = isWrite ? worker.bulkStore : worker.bulkLoad;
  counters.requests += 1;
  counters.bytes += bytes;
  counters.units += last - first + 1;
  countBuffer(worker, uint32_t(memory.find(address)), isWrite, last - first + 1, bytes);
}

} // namespace azulejo::sim
