// This file declares the simulator's global memory: the arena, its allocations and their shadow.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_MEM_DEVICEMEMORY_H
#define AZULEJO_RUNTIME_DEVICE_SIM_MEM_DEVICEMEMORY_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace azulejo::sim {

// The memory of this machine; allocations together may not exceed it.
uint64_t hostMemoryBytes();

struct Allocation {
  uint64_t base = 0, bytes = 0;
  std::string name;
  bool isLive = true;
  bool isReadOnly = false; // .const variables
};

// Global memory. A device pointer is the host address of its byte, inside one reserved range that
// is never reused before it is exhausted, so that an access through a stale pointer is always seen.
// Not to be changed while a kernel runs; reading is safe for any number of threads.
class DeviceMemory {
public:
  DeviceMemory() = default;
  DeviceMemory(const DeviceMemory &) = delete;
  DeviceMemory &operator=(const DeviceMemory &) = delete;
  ~DeviceMemory();

  // Returns 0 where memory is exhausted. The contents are undefined: bytes of a NaN pattern.
  uint64_t allocate(uint64_t bytes, const std::string &name);
  // Returns false where `base` is not the start of a live allocation.
  bool release(uint64_t base);

  // Returns the index of the allocation, live or released, that holds `address`; -1 for none.
  int64_t find(uint64_t address) const;
  // Returns the index of the allocation nearest below `address`; -1 for none.
  int64_t findBelow(uint64_t address) const;
  const Allocation &allocation(int64_t index) const { return allocations[size_t(index)]; }
  Allocation &allocation(int64_t index) { return allocations[size_t(index)]; }
  size_t allocationCount() const { return allocations.size(); }

  // Whether [address, address + bytes) lies in one live allocation.
  bool contains(uint64_t address, uint64_t bytes) const;

  // One shadow byte per byte: 1 where it was written.
  uint8_t *initShadow(uint64_t address) const {
    return reinterpret_cast<uint8_t *>(address + initDelta);
  }
  // One byte per 32-byte sector, for each of reads and writes: 1 where this launch touched it.
  // Threads that touch a sector at once write the same byte.
  uint8_t *footprint(uint64_t address, bool isWrite) const {
    return footprintBase + ((address - arenaBase) >> 5) + (isWrite ? arenaBytes >> 5 : 0);
  }
  // Counts and clears the footprint of one allocation, in sectors.
  uint64_t takeFootprint(const Allocation &allocation, bool isWrite);

  // More shadow, for the race check: 384 bytes per 32 bytes, and 48 bytes. And the
  // check's time, which goes on from launch to launch.
  uint8_t *raceShadow(uint64_t address) const {
    return raceBase + (address - arenaBase) / 32 * 384;
  }
  uint8_t *raceGroup(uint64_t address) const {
    return raceBase + arenaBytes * 12 + (address - arenaBase) / 32 * 48;
  }
  uint32_t raceTime() const { return raceClock; }
  void setRaceTime(uint32_t time) { raceClock = time; }
  // Clears that shadow and begins with time 0.
  void forgetRaces();
  bool reserveRaceShadow();

  uint64_t bytesInUse() const { return inUse; }

private:
  bool reserve();

  uint64_t arenaBase = 0, arenaBytes = 0, arenaNext = 0;
  uint64_t initDelta = 0;
  uint8_t *footprintBase = nullptr;
  uint8_t *raceBase = nullptr;
  uint32_t raceClock = 0;
  uint64_t inUse = 0;
  std::vector<Allocation> allocations; // by rising base
};

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_MEM_DEVICEMEMORY_H
