// This file declares azj_allocator, through which the runtime allocates host memory that it hands
// to the caller.
#ifndef AZULEJO_RUNTIME_ALLOCATOR_H
#define AZULEJO_RUNTIME_ALLOCATOR_H

#include "azulejo/runtime/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// A source of host memory. Copied by value; what `self` points at must outlive every use. Its
// functions are called on the thread that called the runtime.
typedef struct azj_allocator {
  void *self;
  // Returns at least `bytes` (never 0) bytes aligned to `alignment`, a power of two; NULL when
  // exhausted.
  void *(*allocate)(void *self, size_t bytes, size_t alignment);
  // Releases what allocate returned; `bytes` is what was asked for. NULL is never passed.
  void (*release)(void *self, void *memory, size_t bytes);
} azj_allocator;

// Returns the allocator over the C library's heap.
AZJ_API azj_allocator azj_allocator_system(void);

#ifdef __cplusplus
}
#endif
#endif // AZULEJO_RUNTIME_ALLOCATOR_H
