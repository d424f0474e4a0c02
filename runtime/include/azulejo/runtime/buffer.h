// This file declares azj_buffer, a tensor in host or device memory, and its element types.
#ifndef AZULEJO_RUNTIME_BUFFER_H
#define AZULEJO_RUNTIME_BUFFER_H

#include "azulejo/runtime/allocator.h"
#include "azulejo/runtime/device.h"
#include "azulejo/runtime/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Element types. The numbers are part of the ABI and never change.
typedef enum azj_dtype {
  AZJ_F32 = 0,
  AZJ_F16 = 1,
  AZJ_BF16 = 2,
  AZJ_F64 = 3,
  AZJ_I8 = 4,
  AZJ_I16 = 5,
  AZJ_I32 = 6,
  AZJ_I64 = 7,
  AZJ_U8 = 8,
  AZJ_U16 = 9,
  AZJ_U32 = 10,
  AZJ_U64 = 11,
  AZJ_BOOL = 12, // one byte, 0 or 1
} azj_dtype;

// Returns the name used in bundles and messages ("f32"), or "?" for a number that is no dtype.
AZJ_API const char *azj_dtype_name(azj_dtype dtype);

// Returns the bytes of one element, or 0 for a number that is no dtype.
AZJ_API size_t azj_dtype_size(azj_dtype dtype);

// The greatest rank of an input or output.
#define AZJ_MAX_RANK 16

// Where the elements of a buffer are.
typedef enum azj_place {
  AZJ_HOST = 0,
  AZJ_DEVICE = 1, // memory of the device of the session that the buffer is passed to
} azj_place;

// A dense tensor in C order. A plain view: copying the struct does not copy elements.
typedef struct azj_buffer {
  azj_dtype dtype;
  azj_place place;
  uint32_t rank;               // at most AZJ_MAX_RANK
  int64_t shape[AZJ_MAX_RANK]; // dimension 0 is the outermost
  void *host;                  // the elements when place is AZJ_HOST
  azj_device_ptr device;       // the elements when place is AZJ_DEVICE; aligned to 256
  size_t bytes;                // size of the memory; at least what shape and dtype need
} azj_buffer;

// Computes the bytes that `shape` of `rank` dimensions needs. Negative dimensions, a rank above
// AZJ_MAX_RANK and sizes beyond 2^47 bytes are AZJ_INVALID_ARGUMENT.
AZJ_API azj_status azj_buffer_size(azj_dtype dtype, const int64_t *shape, uint32_t rank,
                                   size_t *out_bytes);

// Allocates host memory for the dtype, rank and shape that `buffer` holds, and sets place, host and
// bytes. Contents are undefined. `allocator` NULL is the system's. Release with azj_buffer_release.
AZJ_API azj_status azj_buffer_allocate(const azj_allocator *allocator, azj_buffer *buffer);

// Releases the host memory of a buffer that azj_buffer_allocate or azj_session_run allocated with
// an equal `allocator`, and sets host to NULL. A buffer with host NULL is left alone.
AZJ_API void azj_buffer_release(const azj_allocator *allocator, azj_buffer *buffer);

#ifdef __cplusplus
}
#endif
#endif // AZULEJO_RUNTIME_BUFFER_H
