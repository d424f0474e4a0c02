// This file declares azj_session: a bundle made ready on a device, and its run.
#ifndef AZULEJO_RUNTIME_SESSION_H
#define AZULEJO_RUNTIME_SESSION_H

#include "azulejo/runtime/allocator.h"
#include "azulejo/runtime/buffer.h"
#include "azulejo/runtime/bundle.h"
#include "azulejo/runtime/device.h"
#include "azulejo/runtime/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A session may be used by one thread at a time, and so may its device: sessions that run at the
// same time need a device handle each (two handles of one GPU share its context). The device must
// outlive the session; the bundle need not.
typedef struct azj_session_impl *azj_session;

// Choices for azj_session_create. Zero-initialise, then set `size`.
typedef struct azj_session_options {
  size_t size;             // sizeof(azj_session_options)
  azj_allocator allocator; // for outputs that the session allocates; all NULL: the system's
} azj_session_options;

// What a session holds and did.
typedef struct azj_session_stats {
  size_t size;           // set by the caller to sizeof(azj_session_stats)
  uint32_t program;      // index of the chosen program in the bundle
  uint32_t kernels;      // kernels loaded
  uint32_t modules;      // modules loaded
  uint64_t weight_bytes; // weights on the device
  uint64_t arena_bytes;  // arena of the last run
  uint64_t runs;
  uint32_t launches;  // of the last run; launches with an empty grid are left out
  uint32_t copies;    // of the last run; copies and fills between device buffers
  uint64_t load_ns;   // time of azj_session_create
  uint64_t module_ns; // part of load_ns: loading modules
  uint64_t weight_ns; // part of load_ns: uploading weights
} azj_session_stats;

// One finished step of a run, as an observer sees it.
typedef struct azj_step_event {
  const char *kind;  // "launch", "copy", "fill", "copy in", "copy out"
  const char *name;  // the kernel, input or output; "" for copies and fills
  const char *node;  // the model's node, or ""
  uint64_t begin_ns; // of a monotonic clock
  uint64_t end_ns;
  uint64_t bytes;       // of a copy or fill
  azj_dim3 grid, block; // of a launch
} azj_step_event;

typedef void (*azj_observer)(void *self, const azj_step_event *event);

// Makes `bundle` ready on `device`: chooses the program, loads its modules, uploads its weights.
// `options` may be NULL. AZJ_UNSUPPORTED: no program fits the device; the message names the targets
// the bundle has, or the driver that would do.
AZJ_API azj_status azj_session_create(azj_bundle bundle, azj_device *device,
                                      const azj_session_options *options, azj_session *out_session);

// Waits for the session's work and releases what it holds on the device. NULL is allowed.
AZJ_API void azj_session_destroy(azj_session session);

// Computes dtype, rank, shape and bytes of every output for inputs of these shapes (only dtype,
// rank and shape of `inputs` are read); the places and addresses of `outputs` are left as they are.
AZJ_API azj_status azj_session_infer(azj_session session, const azj_buffer *inputs,
                                     uint32_t input_count, azj_buffer *outputs,
                                     uint32_t output_count);

// Runs the model once on `stream` (NULL: the device's default). `inputs` and `outputs` are in the
// order of the bundle, each on the host or on the device. An output on the host with host NULL is
// allocated with the session's allocator; the caller releases it with azj_buffer_release. An output
// on the device must be given. dtype, rank and shape of the outputs are set; `bytes` of a given one
// is its capacity. Host inputs may be reused and host outputs are complete when the call returns;
// device outputs are complete when the stream has reached this point. AZJ_INVALID_ARGUMENT names
// the input or output that does not fit, expected and actual.
AZJ_API azj_status azj_session_run(azj_session session, azj_stream stream, const azj_buffer *inputs,
                                   uint32_t input_count, azj_buffer *outputs,
                                   uint32_t output_count);

// Calls `observer` after every step of every later run; each step is then waited for, so that its
// time is its own. NULL ends that.
AZJ_API void azj_session_observe(azj_session session, azj_observer observer, void *self);

// Fills `out_stats` up to its `size`.
AZJ_API azj_status azj_session_get_stats(azj_session session, azj_session_stats *out_stats);

#ifdef __cplusplus
}
#endif
#endif // AZULEJO_RUNTIME_SESSION_H
