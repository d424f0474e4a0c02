// This file implements the allocator over the C library's heap.
#include "azulejo/runtime/allocator.h"

#include <cstdlib>

namespace {

void *allocateFromHeap(void *, size_t bytes, size_t alignment) {
  if (alignment < sizeof(void *))
    alignment = sizeof(void *);
  void *memory = nullptr;
  return posix_memalign(&memory, alignment, bytes) == 0 ? memory : nullptr;
}

void releaseToHeap(void *, void *memory, size_t) { free(memory); }

} // namespace

extern "C" azj_allocator azj_allocator_system(void) {
  return {nullptr, allocateFromHeap, releaseToHeap};
}
