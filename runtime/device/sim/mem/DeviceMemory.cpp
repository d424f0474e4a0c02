// This file implements the simulator's global memory.
#include "mem/DeviceMemory.h"

#include <algorithm>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

namespace azulejo::sim {

namespace {
constexpr uint64_t kAlign = 256;
// Kept free behind each allocation, so that an access past its end meets nothing.
constexpr uint64_t kGap = 256;
constexpr uint64_t kPage = 4096;

void *reserveRange(uint64_t bytes) {
  void *at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return at == MAP_FAILED ? nullptr : at;
}

// Of cells, then of groups of cells.
uint64_t raceShadowBytes(uint64_t arenaBytes) { return arenaBytes * 12 + arenaBytes / 2 * 3; }

} // namespace

uint64_t hostMemoryBytes() {
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGE_SIZE);
  return pages > 0 && size > 0 ? uint64_t(pages) * uint64_t(size) : uint64_t{1} << 40;
}

DeviceMemory::~DeviceMemory() {
  if (arenaBase == 0)
    return;
  munmap(reinterpret_cast<void *>(arenaBase), arenaBytes);
  munmap(reinterpret_cast<void *>(arenaBase + initDelta), arenaBytes);
  munmap(footprintBase, arenaBytes >> 4);
  if (raceBase != nullptr)
    munmap(raceBase, raceShadowBytes(arenaBytes));
}

// Address space only: pages come into being when touched. Systems that limit it get a smaller
// arena.
bool DeviceMemory::reserve() {
  for (uint64_t bytes = uint64_t{1} << 40; bytes >= uint64_t{1} << 28; bytes >>= 1) {
    void *arena = reserveRange(bytes);
    void *shadow = arena != nullptr ? reserveRange(bytes) : nullptr;
    void *marks = shadow != nullptr ? reserveRange(bytes >> 4) : nullptr;
    if (marks != nullptr) {
      arenaBase = reinterpret_cast<uint64_t>(arena);
      arenaBytes = bytes;
      arenaNext = arenaBase + kPage;
      initDelta = reinterpret_cast<uint64_t>(shadow) - arenaBase;
      footprintBase = static_cast<uint8_t *>(marks);
      return true;
    }
    if (shadow != nullptr)
      munmap(shadow, bytes);
    if (arena != nullptr)
      munmap(arena, bytes);
  }
  return false;
}

bool DeviceMemory::reserveRaceShadow() {
  if (raceBase == nullptr && (arenaBase != 0 || reserve()))
    raceBase = static_cast<uint8_t *>(reserveRange(raceShadowBytes(arenaBytes)));
  return raceBase != nullptr;
}

void DeviceMemory::forgetRaces() {
  madvise(raceBase, raceShadowBytes(arenaBytes), MADV_DONTNEED);
  raceClock = 0;
}

uint64_t DeviceMemory::allocate(uint64_t bytes, const std::string &name) {
  if (arenaBase == 0 && !reserve())
    return 0;
  uint64_t rounded = (bytes + kGap + kAlign - 1) & ~(kAlign - 1);
  if (bytes == 0 || rounded < bytes || rounded > arenaBase + arenaBytes - arenaNext ||
      inUse + bytes > hostMemoryBytes())
    return 0;
  Allocation allocation;
  allocation.base = arenaNext;
  allocation.bytes = bytes;
  allocation.name = name;
  arenaNext += rounded;
  inUse += bytes;
  // A pattern that is a NaN in every floating-point type, so that an uninitialised read shows.
  std::memset(reinterpret_cast<void *>(allocation.base), 0xff, bytes);
  allocations.push_back(std::move(allocation));
  return allocations.back().base;
}

bool DeviceMemory::release(uint64_t base) {
  int64_t index = find(base);
  if (index < 0 || allocations[size_t(index)].base != base || !allocations[size_t(index)].isLive)
    return false;
  Allocation &allocation = allocations[size_t(index)];
  allocation.isLive = false;
  inUse -= allocation.bytes;
  // Whole pages go back to the system; the address range stays taken.
  uint64_t first = (base + kPage - 1) & ~(kPage - 1),
           last = (base + allocation.bytes) & ~(kPage - 1);
  if (first < last) {
    madvise(reinterpret_cast<void *>(first), last - first, MADV_DONTNEED);
    madvise(reinterpret_cast<void *>(first + initDelta), last - first, MADV_DONTNEED);
  }
  return true;
}

int64_t DeviceMemory::findBelow(uint64_t address) const {
  auto it = std::upper_bound(
      allocations.begin(), allocations.end(), address,
      [](uint64_t value, const Allocation &allocation) { return value < allocation.base; });
  return it == allocations.begin() ? -1 : (it - allocations.begin()) - 1;
}

int64_t DeviceMemory::find(uint64_t address) const {
  int64_t index = findBelow(address);
  return index >= 0 && address - allocation(index).base < allocation(index).bytes ? index : -1;
}

bool DeviceMemory::contains(uint64_t address, uint64_t bytes) const {
  int64_t index = find(address);
  if (index < 0)
    return false;
  const Allocation &found = allocation(index);
  return found.isLive && bytes <= found.bytes - (address - found.base);
}

uint64_t DeviceMemory::takeFootprint(const Allocation &allocation, bool isWrite) {
  uint8_t *first = footprint(allocation.base, isWrite);
  uint64_t count = (allocation.bytes + 31) >> 5, touched = 0;
  for (uint64_t i = 0; i < count; ++i)
    touched += first[i];
  if (touched != 0)
    std::memset(first, 0, count);
  return touched;
}

} // namespace azulejo::sim
