// This file implements azj_status: one block of memory that holds the code and the message.
#include "base/Status.h"

#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// The runtime's library and the simulator's each hold a copy of this file, and a status made in one
// is released in the other: the layout and the use of malloc are the contract between the copies.
struct azj_status_impl {
  azj_code code;
  bool isStatic;
  char message[];
};

namespace azulejo::runtime {
namespace {

// Stands in for every status that there was no memory for.
azj_status exhausted() {
  static constexpr char text[] = "out of host memory while reporting another error";
  alignas(azj_status_impl) static unsigned char storage[sizeof(azj_status_impl) + sizeof(text)];
  auto *status = reinterpret_cast<azj_status_impl *>(storage);
  static const bool initialised = [&] {
    status->code = AZJ_OUT_OF_MEMORY;
    status->isStatic = true;
    memcpy(reinterpret_cast<char *>(storage) + offsetof(azj_status_impl, message), text,
           sizeof(text));
    return true;
  }();
  (void)initialised;
  return status;
}

// Formats `head`, the printf text and `tail` into one new status.
azj_status build(azj_code code, const char *head, const char *format, va_list arguments,
                 const char *tail) {
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(nullptr, 0, format, arguments);
  size_t textLength = length > 0 ? static_cast<size_t>(length) : 0;
  size_t headLength = strlen(head), tailLength = strlen(tail);
  auto *status = static_cast<azj_status_impl *>(
      malloc(sizeof(azj_status_impl) + headLength + textLength + tailLength + 1));
  if (!status) {
    va_end(again);
    return exhausted();
  }
  status->code = code;
  status->isStatic = false;
  memcpy(status->message, head, headLength);
  if (textLength)
    vsnprintf(status->message + headLength, textLength + 1, format, again);
  memcpy(status->message + headLength + textLength, tail, tailLength + 1);
  va_end(again);
  return status;
}

} // namespace

azj_status makeStatus(azj_code code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  azj_status status = build(code == AZJ_OK ? AZJ_INTERNAL : code, "", format, arguments, "");
  va_end(arguments);
  return status;
}

azj_status prefix(azj_status status, const char *format, ...) {
  if (!status || status->isStatic)
    return status;
  StatusPtr old(status);
  va_list arguments;
  va_start(arguments, format);
  StatusPtr text(build(status->code, "", format, arguments, ": "));
  va_end(arguments);
  return makeStatus(status->code, "%s%s", azj_status_message(text.get()), status->message);
}

azj_status suffix(azj_status status, const char *format, ...) {
  if (!status || status->isStatic)
    return status;
  StatusPtr old(status);
  va_list arguments;
  va_start(arguments, format);
  azj_status longer = build(status->code, status->message, format, arguments, "");
  va_end(arguments);
  return longer;
}

} // namespace azulejo::runtime

extern "C" {

azj_code azj_status_code(azj_status status) { return status ? status->code : AZJ_OK; }

const char *azj_status_message(azj_status status) { return status ? status->message : ""; }

const char *azj_code_name(azj_code code) {
  switch (code) {
  case AZJ_OK:
    return "ok";
  case AZJ_INVALID_ARGUMENT:
    return "invalid argument";
  case AZJ_NOT_FOUND:
    return "not found";
  case AZJ_CORRUPT:
    return "corrupt";
  case AZJ_UNSUPPORTED:
    return "unsupported";
  case AZJ_OUT_OF_MEMORY:
    return "out of memory";
  case AZJ_DEVICE_FAILED:
    return "device failed";
  case AZJ_CHECK_FAILED:
    return "check failed";
  case AZJ_INTERNAL:
    return "internal";
  }
  return "unknown code";
}

void azj_status_free(azj_status status) {
  if (status && !status->isStatic)
    free(status);
}

} // extern "C"
