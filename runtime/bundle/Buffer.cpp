// This file implements azj_buffer: sizes, and allocation of host tensors.
#include "azulejo/runtime/buffer.h"

#include "base/Checked.h"
#include "base/Status.h"
#include "bundle/Format.h"

#include <cinttypes>

using namespace azulejo::runtime;

extern "C" {

const char *azj_dtype_name(azj_dtype dtype) {
  const format::DtypeRow *row = format::findDtype(dtype);
  return row ? row->planName : "?";
}

size_t azj_dtype_size(azj_dtype dtype) {
  const format::DtypeRow *row = format::findDtype(dtype);
  return row ? row->bytes : 0;
}

azj_status azj_buffer_size(azj_dtype dtype, const int64_t *shape, uint32_t rank,
                           size_t *out_bytes) {
  uint64_t bytes = azj_dtype_size(dtype);
  if (bytes == 0)
    return makeStatus(AZJ_INVALID_ARGUMENT, "%d is not a dtype", static_cast<int>(dtype));
  if (rank > AZJ_MAX_RANK)
    return makeStatus(AZJ_INVALID_ARGUMENT, "rank must be at most %d, got %u", AZJ_MAX_RANK, rank);
  bool isEmpty = false;
  for (uint32_t i = 0; i < rank; ++i) {
    if (shape[i] < 0)
      return makeStatus(AZJ_INVALID_ARGUMENT, "dimension %u must be at least 0, got %" PRId64, i,
                        shape[i]);
    isEmpty |= shape[i] == 0;
  }
  for (uint32_t i = 0; i < rank && !isEmpty; ++i) {
    if (!checkedMul(bytes, static_cast<uint64_t>(shape[i]), bytes) ||
        bytes > format::maxBufferBytes)
      return makeStatus(AZJ_INVALID_ARGUMENT, "tensor exceeds %" PRIu64 " bytes",
                        format::maxBufferBytes);
  }
  *out_bytes = isEmpty ? 0 : bytes;
  return nullptr;
}

azj_status azj_buffer_allocate(const azj_allocator *allocator, azj_buffer *buffer) {
  azj_allocator source = allocator ? *allocator : azj_allocator_system();
  size_t bytes = 0;
  AZJ_TRY(azj_buffer_size(buffer->dtype, buffer->shape, buffer->rank, &bytes));
  void *memory = source.allocate(source.self, bytes ? bytes : 1, 64);
  if (!memory)
    return makeStatus(AZJ_OUT_OF_MEMORY, "cannot allocate %zu bytes of host memory", bytes);
  buffer->place = AZJ_HOST;
  buffer->host = memory;
  buffer->device = 0;
  buffer->bytes = bytes;
  return nullptr;
}

void azj_buffer_release(const azj_allocator *allocator, azj_buffer *buffer) {
  if (!buffer || !buffer->host)
    return;
  azj_allocator source = allocator ? *allocator : azj_allocator_system();
  source.release(source.self, buffer->host, buffer->bytes ? buffer->bytes : 1);
  buffer->host = nullptr;
  buffer->bytes = 0;
}

} // extern "C"
