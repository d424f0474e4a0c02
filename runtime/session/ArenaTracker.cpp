// This file follows which buffer each part of the arena belongs to.
#include "session/ArenaTracker.h"

#include "session/BoundProgram.h"

namespace azulejo::runtime {

void ArenaTracker::write(const BoundRange &range, bool overwrites,
                         std::vector<BoundRange> &discards) {
  uint64_t begin = range.offset, end = range.offset + range.bytes;
  if (begin == end)
    return;
  auto first = live.upper_bound(begin);
  if (first != live.begin() && std::prev(first)->second > begin)
    --first;
  bool isSame = first != live.end() && first->first == begin && first->second == end;
  bool overlaps = first != live.end() && first->first < end;
  if (isSame)
    return;
  // A partial update may be a slice of a larger buffer; the larger one stays.
  if (overlaps && !overwrites)
    return;
  while (first != live.end() && first->first < end)
    first = live.erase(first);
  live.emplace(begin, end);
  if (overlaps)
    discards.push_back(range);
}

} // namespace azulejo::runtime
