// This file declares azj_bundle: a compiled model, read from a file and checked.
#ifndef AZULEJO_RUNTIME_BUNDLE_H
#define AZULEJO_RUNTIME_BUNDLE_H

#include "azulejo/runtime/buffer.h"
#include "azulejo/runtime/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// An opened bundle. It never changes after it was opened: any number of threads and sessions may
// use one. Texts and infos that it returns live as long as the caller's handle.
typedef struct azj_bundle_impl *azj_bundle;

// A symbolic dimension and the values it may have.
typedef struct azj_symbol_info {
  const char *name;
  int64_t min, max, divisor;
} azj_symbol_info;

// An input or output of the model.
typedef struct azj_tensor_info {
  const char *name;
  azj_dtype dtype;
  uint32_t rank;
  int64_t shape[AZJ_MAX_RANK];    // -1 where the dimension depends on symbols
  const char *dims[AZJ_MAX_RANK]; // every dimension as text: "3", "batch", "(width / 4)"
} azj_tensor_info;

// One program: the model compiled for some targets.
typedef struct azj_program_info {
  const char *targets;  // "sm_80,sm_86"
  uint32_t kernels;     // distinct kernels
  uint32_t launches;    // launches of one inference
  uint32_t copies;      // copies and fills of one inference
  uint32_t ptx_version; // the newest PTX that a kernel needs: 83 is 8.3
} azj_program_info;

// One kernel of a program.
typedef struct azj_kernel_info {
  const char *name;
  const char *entry;
  uint32_t ptx_version;
  azj_dim3 block, cluster;
  uint32_t dynamic_shared_bytes;
} azj_kernel_info;

// Opens and checks the bundle at `path`; external weights are looked for beside it. AZJ_NOT_FOUND:
// a file is missing. AZJ_CORRUPT: it is damaged or not a bundle. AZJ_UNSUPPORTED: a format version
// that this runtime does not know. Weights stay on disk, mapped, until a session reads them.
AZJ_API azj_status azj_bundle_open(const char *path, azj_bundle *out_bundle);

// Releases the handle. Sessions keep what they need of it. NULL is allowed.
AZJ_API void azj_bundle_close(azj_bundle bundle);

// Returns the value of a metadata key ("azulejo.build", "azulejo.flags", "azulejo.input"), or NULL.
AZJ_API const char *azj_bundle_metadata(azj_bundle bundle, const char *key);

AZJ_API uint32_t azj_bundle_symbol_count(azj_bundle bundle);
AZJ_API uint32_t azj_bundle_input_count(azj_bundle bundle);
AZJ_API uint32_t azj_bundle_output_count(azj_bundle bundle);
AZJ_API uint32_t azj_bundle_program_count(azj_bundle bundle);
AZJ_API uint32_t azj_bundle_weight_count(azj_bundle bundle);
AZJ_API uint64_t azj_bundle_weight_bytes(azj_bundle bundle);

// Each fills `out_info`, or returns AZJ_INVALID_ARGUMENT for an index beyond the count.
AZJ_API azj_status azj_bundle_symbol(azj_bundle bundle, uint32_t index, azj_symbol_info *out_info);
AZJ_API azj_status azj_bundle_input(azj_bundle bundle, uint32_t index, azj_tensor_info *out_info);
AZJ_API azj_status azj_bundle_output(azj_bundle bundle, uint32_t index, azj_tensor_info *out_info);
AZJ_API azj_status azj_bundle_program(azj_bundle bundle, uint32_t index,
                                      azj_program_info *out_info);
AZJ_API azj_status azj_bundle_kernel(azj_bundle bundle, uint32_t program, uint32_t index,
                                     azj_kernel_info *out_info);

#ifdef __cplusplus
}
#endif
#endif // AZULEJO_RUNTIME_BUNDLE_H
