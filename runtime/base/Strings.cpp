// This file implements the text helpers.
#include "base/Strings.h"

#include <cstdarg>
#include <cstdio>

namespace azulejo::runtime {

std::string formatText(const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  int length = vsnprintf(nullptr, 0, format, arguments);
  va_end(arguments);
  std::string text(length > 0 ? static_cast<size_t>(length) : 0, '\0');
  if (!text.empty())
    vsnprintf(text.data(), text.size() + 1, format, again);
  va_end(again);
  return text;
}

std::string printable(std::string_view text, size_t limit) {
  std::string result;
  for (char character : text.substr(0, limit)) {
    auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte == 0x7f || character == '\'')
      result += formatText("\\x%02x", byte);
    else
      result += character;
  }
  if (text.size() > limit)
    result += "...";
  return result;
}

bool isBareFileName(std::string_view text) {
  if (text.empty() || text.size() > 255 || text.front() == '.')
    return false;
  for (char c : text) {
    bool isAllowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '.' || c == '_' || c == '-';
    if (!isAllowed)
      return false;
  }
  return true;
}

} // namespace azulejo::runtime
