// This file maps statuses to exit codes.
#include "ToolError.h"

namespace azulejo::run {
namespace {

ExitCode exitCodeOf(azj_code code) {
  switch (code) {
  case AZJ_OK:
    return exitDone;
  case AZJ_INVALID_ARGUMENT:
  case AZJ_NOT_FOUND:
  case AZJ_CORRUPT:
  case AZJ_CHECK_FAILED:
    return exitInput;
  case AZJ_UNSUPPORTED:
  case AZJ_OUT_OF_MEMORY:
    return exitDevice;
  case AZJ_DEVICE_FAILED:
  case AZJ_INTERNAL:
    return exitInternal;
  }
  return exitInternal;
}

} // namespace

void check(azj_status status, const std::string &what) {
  if (!status)
    return;
  ToolError error = {exitCodeOf(azj_status_code(status)), azj_status_message(status)};
  azj_status_free(status);
  if (!what.empty())
    error.message = what + ": " + error.message;
  throw error;
}

} // namespace azulejo::run
