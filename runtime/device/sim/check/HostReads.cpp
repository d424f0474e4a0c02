// This file implements the check of what the host reads from global memory.
#include "check/HostReads.h"

#include <algorithm>
#include <cstring>

namespace azulejo::sim {

bool findUnwritten(const DeviceMemory &memory, uint64_t address, size_t bytes, Finding &out) {
  const uint8_t *first = memory.initShadow(address), *end = first + bytes;
  const auto *unwritten = static_cast<const uint8_t *>(std::memchr(first, 0, bytes));
  if (unwritten == nullptr)
    return false;
  const Allocation &allocation = memory.allocation(memory.find(address));
  out.check = "init";
  out.kind = "host-read";
  out.buffer = allocation.name;
  out.address = address + uint64_t(unwritten - first);
  out.offset = int64_t(out.address - allocation.base);
  auto count = std::count(unwritten, end, uint8_t(0));
  out.message = "the host reads " + std::to_string(bytes) + " bytes of '" + out.buffer +
                "', of which nothing has written " + std::to_string(count) + ", the first at +" +
                std::to_string(out.offset);
  return true;
}

} // namespace azulejo::sim
