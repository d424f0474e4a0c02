// This file finds the runs of consecutive bytes in a warp's access.
#include "check/AccessRuns.h"

#include <algorithm>

namespace azulejo::sim {

bool AccessRuns::isSame(const uint64_t *addresses, uint32_t newMask, unsigned newBytes) const {
  if (newMask != mask || newBytes != bytes)
    return false;
  uint64_t first = addresses[__builtin_ctz(mask)], differs = 0;
  if (mask == 0xffffffffu) {
    for (unsigned l = 0; l < 32; ++l)
      differs |= (addresses[l] - first) ^ uint64_t(relative[l]);
    return differs == 0;
  }
  for (uint32_t m = mask; m != 0; m &= m - 1)
    differs |= (addresses[__builtin_ctz(m)] - first) ^ uint64_t(relative[__builtin_ctz(m)]);
  return differs == 0;
}

void AccessRuns::take(const uint64_t *addresses, uint32_t newMask, unsigned newBytes) {
  isNoted = false;
  pattern = 0;
  mask = newMask;
  bytes = newBytes;
  uint64_t first = addresses[__builtin_ctz(mask)];
  for (uint32_t m = mask; m != 0; m &= m - 1)
    relative[__builtin_ctz(m)] = int64_t(addresses[__builtin_ctz(m)] - first);
  build();
}

void AccessRuns::build() {
  runs.clear();
  lanes.clear();
  cells.clear();
  repeats = 0;
  uint8_t order[32];
  unsigned count = 0;
  for (uint32_t m = mask; m != 0; m &= m - 1)
    order[count++] = uint8_t(__builtin_ctz(m));
  std::sort(order, order + count, [&](uint8_t a, uint8_t b) {
    return relative[a] != relative[b] ? relative[a] < relative[b] : a < b;
  });
  unsigned words = (bytes + 3) / 4;
  for (unsigned k = 0; k < count; ++k) {
    uint8_t lane = order[k];
    if (k > 0 && relative[order[k - 1]] == relative[lane]) {
      repeats |= 1u << lane;
      std::fill(lanes.end() - words, lanes.end(), kSeveralLanes);
      continue;
    }
    // Elements smaller than a word make runs of their own: each touches a part of its cell.
    bool continues = bytes >= 4 && !runs.empty() &&
                     runs.back().offset + int64_t(runs.back().bytes) == relative[lane];
    if (continues)
      runs.back().bytes += bytes;
    else
      runs.push_back({relative[lane], bytes, uint32_t(lanes.size())});
    lanes.insert(lanes.end(), words, lane);
    for (unsigned word = 0; word < words && bytes >= 4; ++word)
      cells.push_back(int32_t(relative[lane] / 4) + int32_t(word));
  }
}

} // namespace azulejo::sim
