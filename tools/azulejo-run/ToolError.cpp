// This file maps statuses to exit codes.
#include "ToolError.h"

#include <algorithm>
#include <cctype>

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

std::string lowered(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])))
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

} // namespace azulejo::run
