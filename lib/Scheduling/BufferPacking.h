// This file declares how buffers with known lifetimes are packed into one range of memory. It knows
// sizes and times only, so that it can be read, tested and replaced alone.
#ifndef AZULEJO_LIB_SCHEDULING_BUFFERPACKING_H
#define AZULEJO_LIB_SCHEDULING_BUFFERPACKING_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>

namespace azulejo {

// The steps at which something lives: `first` to `last`, both included.
struct Lifetime {
  unsigned first = 0;
  unsigned last = 0;

  bool overlaps(Lifetime other) const { return first <= other.last && other.first <= last; }
};

// One buffer. `size` is in any unit, not negative; `offset`, in the same unit, is the result.
struct PackedBuffer {
  Lifetime lifetime;
  int64_t size = 0;
  int64_t offset = 0;
};

// Sets the offset of every buffer so that no two which live at the same time overlap, and returns
// the size of the whole. The largest buffer is placed first; each goes into the smallest gap that
// holds it. The result depends on nothing but the arguments.
int64_t packBuffers(llvm::MutableArrayRef<PackedBuffer> buffers);

// Returns the most that lives at one time: a lower bound of what packBuffers can return.
int64_t maxLive(llvm::ArrayRef<PackedBuffer> buffers);

} // namespace azulejo

#endif // AZULEJO_LIB_SCHEDULING_BUFFERPACKING_H
