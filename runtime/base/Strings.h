// This file declares text helpers: printf into a std::string and the display of untrusted names.
#ifndef AZULEJO_RUNTIME_BASE_STRINGS_H
#define AZULEJO_RUNTIME_BASE_STRINGS_H

#include <string>
#include <string_view>

namespace azulejo::runtime {

// Returns the printf-formatted text.
std::string formatText(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Returns `text` fit for an error message: control characters and quotes as \xNN, at most
// `limit` bytes, then "...". Names out of a bundle may hold anything.
std::string printable(std::string_view text, size_t limit = 100);

// True when `text` is a plain file name: letters, digits, '.', '_' and '-', not starting with '.'.
bool isBareFileName(std::string_view text);

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_BASE_STRINGS_H
