// This file declares how the runtime's own code makes, annotates and passes on azj_status values.
#ifndef AZULEJO_RUNTIME_BASE_STATUS_H
#define AZULEJO_RUNTIME_BASE_STATUS_H

#include "azulejo/runtime/status.h"

#include <memory>

namespace azulejo::runtime {

// Returns a new status with a printf-formatted message. `code` must not be AZJ_OK. Where memory for
// the message is exhausted, a static out-of-memory status is returned instead; it too may be freed.
[[nodiscard]] azj_status makeStatus(azj_code code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Takes `status` and returns it as "<formatted text>: <message>", with the same code. NULL stays
// NULL.
[[nodiscard]] azj_status prefix(azj_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Takes `status` and returns it with the formatted text put behind its message. NULL stays NULL.
[[nodiscard]] azj_status suffix(azj_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Releases a status that is held in a StatusPtr.
struct StatusDeleter {
  void operator()(azj_status_impl *status) const { azj_status_free(status); }
};

// Owns a status; null is success.
using StatusPtr = std::unique_ptr<azj_status_impl, StatusDeleter>;

} // namespace azulejo::runtime

// Evaluates an expression of type azj_status and returns it from the function when it is a failure.
#define AZJ_TRY(expression)                                                                        \
  do {                                                                                             \
    if (azj_status azjTryStatus = (expression))                                                    \
      return azjTryStatus;                                                                         \
  } while (false)

#endif // AZULEJO_RUNTIME_BASE_STATUS_H
