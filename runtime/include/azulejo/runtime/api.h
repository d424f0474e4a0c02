// This file is the one header a program needs to run bundles: it includes the whole C interface.
#ifndef AZULEJO_RUNTIME_API_H
#define AZULEJO_RUNTIME_API_H

#include "azulejo/runtime/allocator.h"
#include "azulejo/runtime/buffer.h"
#include "azulejo/runtime/bundle.h"
#include "azulejo/runtime/device.h"
#include "azulejo/runtime/session.h"
#include "azulejo/runtime/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// Returns the version of the runtime, "0.1.0". The text is static.
AZJ_API const char *azj_version(void);

// Opens a device. `name` is
//   "cuda", "cuda:N"       the Nth GPU that the driver shows (0 where N is left out)
//   "sim", "sim:sm_90a"    the simulator as that architecture (sm_80 where it is left out)
//   "auto"                 the first GPU where there is one, else the simulator
// `options` (may be NULL) is a list "key=value,key=value" for the simulator, as device.h says;
// `cuda` ignores it. AZJ_NOT_FOUND: no such device. The device is released with azj_device_close.
AZJ_API azj_status azj_device_open(const char *name, const char *options, azj_device **out_device);

// Releases a device; its sessions must be gone. NULL is allowed.
AZJ_API void azj_device_close(azj_device *device);

#ifdef __cplusplus
}
#endif
#endif // AZULEJO_RUNTIME_API_H
