// This file packs buffers with known lifetimes: greedy by size, best fit.
#include "lib/Scheduling/BufferPacking.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <limits>

using namespace azulejo;

// Returns the offset of the smallest gap for `buffer` between its living neighbours among `placed`,
// which are sorted by offset.
static int64_t findGap(const PackedBuffer &buffer, llvm::ArrayRef<const PackedBuffer *> placed) {
  int64_t best = -1;
  int64_t bestSize = std::numeric_limits<int64_t>::max();
  int64_t end = 0;
  for (const PackedBuffer *neighbour : placed) {
    if (!neighbour->lifetime.overlaps(buffer.lifetime))
      continue;
    int64_t gap = neighbour->offset - end;
    if (gap >= buffer.size && gap < bestSize) {
      best = end;
      bestSize = gap;
    }
    end = std::max(end, neighbour->offset + neighbour->size);
  }
  return best >= 0 ? best : end;
}

int64_t azulejo::packBuffers(llvm::MutableArrayRef<PackedBuffer> buffers) {
  llvm::SmallVector<PackedBuffer *> order;
  for (PackedBuffer &buffer : buffers)
    order.push_back(&buffer);
  llvm::sort(order,
             [](auto *a, auto *b) { return std::pair(-a->size, a) < std::pair(-b->size, b); });

  llvm::SmallVector<const PackedBuffer *> placed;
  int64_t total = 0;
  for (PackedBuffer *buffer : order) {
    buffer->offset = findGap(*buffer, placed);
    total = std::max(total, buffer->offset + buffer->size);
    placed.insert(
        llvm::upper_bound(placed, buffer, [](auto *a, auto *b) { return a->offset < b->offset; }),
        buffer);
  }
  return total;
}

int64_t azulejo::maxLive(llvm::ArrayRef<PackedBuffer> buffers) {
  // The sum can only grow where a buffer begins.
  llvm::SmallVector<std::pair<unsigned, int64_t>> events;
  for (const PackedBuffer &buffer : buffers) {
    events.push_back({2 * buffer.lifetime.first, buffer.size});
    events.push_back({2 * buffer.lifetime.last + 1, -buffer.size});
  }
  llvm::sort(events);
  int64_t live = 0, most = 0;
  for (auto [time, change] : events)
    most = std::max(most, live += change);
  return most;
}
