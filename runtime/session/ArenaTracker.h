// This file declares the tracker that finds where one buffer of the arena takes over the memory of
// another, so that the simulator can report reads of stale contents.
#ifndef AZULEJO_RUNTIME_SESSION_ARENATRACKER_H
#define AZULEJO_RUNTIME_SESSION_ARENATRACKER_H

#include <cstdint>
#include <map>
#include <vector>

namespace azulejo::runtime {

struct BoundRange;

// Follows the writes to the arena in the order of the steps.
class ArenaTracker {
public:
  // Notes a write to `range`. Where `overwrites` and another buffer (another offset or size) was
  // written to a part of it before, the range is added to `discards`.
  void write(const BoundRange &range, bool overwrites, std::vector<BoundRange> &discards);

private:
  std::map<uint64_t, uint64_t> live; // offset and end of disjoint buffers written so far
};

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_SESSION_ARENATRACKER_H
