// This file declares azj_status, the result of every runtime function that can fail.
#ifndef AZULEJO_RUNTIME_STATUS_H
#define AZULEJO_RUNTIME_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

// Marks a function as part of the shared library's interface; all other symbols are hidden.
#define AZJ_API __attribute__((visibility("default")))

// What kind of failure a status reports. The numbers are part of the ABI and never change.
typedef enum azj_code {
  AZJ_OK = 0,
  AZJ_INVALID_ARGUMENT = 1, // the caller broke the contract of a function
  AZJ_NOT_FOUND = 2,        // a file, device, input or kernel of that name does not exist
  AZJ_CORRUPT = 3,          // a bundle or module failed validation
  AZJ_UNSUPPORTED = 4,      // well formed, but this runtime, driver or device cannot do it
  AZJ_OUT_OF_MEMORY = 5,    // host or device memory is exhausted
  AZJ_DEVICE_FAILED = 6,    // a driver call failed, or the simulator stopped a kernel
  AZJ_CHECK_FAILED = 7,     // a simulator check reported a finding
  AZJ_INTERNAL = 8,         // a fault of the runtime itself
} azj_code;

// The result of a call: NULL is success. A non-NULL status is owned by the caller, who releases it
// with azj_status_free (or hands it on). A status may be used by one thread at a time.
typedef struct azj_status_impl *azj_status;

// Returns the code of `status`; AZJ_OK when it is NULL.
AZJ_API azj_code azj_status_code(azj_status status);

// Returns the message of `status` ("" when it is NULL), one or more lines without a final newline.
// The text lives as long as the status.
AZJ_API const char *azj_status_message(azj_status status);

// Returns the name of a code, such as "not found". The text is static.
AZJ_API const char *azj_code_name(azj_code code);

// Releases `status`; NULL is allowed.
AZJ_API void azj_status_free(azj_status status);

#ifdef __cplusplus
}
#endif
#endif // AZULEJO_RUNTIME_STATUS_H
