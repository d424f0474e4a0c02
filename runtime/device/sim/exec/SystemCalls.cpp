// This file implements the functions that the driver provides to kernels: vprintf and __assertfail.
#include "exec/Handlers.h"
#include "exec/Worker.h"

#include <algorithm>
#include <cstring>

namespace azulejo::sim {

namespace {
// Reads a value that a call passes; `offset` is its place in local memory.
template <typename T> T passed(WarpContext &w, unsigned lane, uint32_t offset) {
  T value;
  std::memcpy(&value, w.local + size_t(lane) * w.kernel->localBytes + offset, sizeof(T));
  return value;
}

// The text at a generic address of global memory. Returns false where there is none.
bool readText(WarpContext &w, uint64_t address, std::string &text) {
  const DeviceMemory &memory = *w.worker->launch->memory;
  int64_t index = memory.find(address);
  if (index < 0 || !memory.contains(address, 1))
    return false;
  const Allocation &allocation = memory.allocation(index);
  const char *from = reinterpret_cast<const char *>(address);
  text.assign(from, strnlen(from, allocation.base + allocation.bytes - address));
  return true;
}

void reportText(WarpContext &w, const Inst &i, unsigned lane, uint64_t address, const char *what) {
  Finding finding = makeFinding(w, i, lane, "mem", "text");
  finding.address = address;
  finding.message = std::string(what) + " is not in global memory";
  report(w, i, std::move(finding));
}

// The argument list of one lane: values of 4 or 8 bytes, each at a multiple of its size.
class ArgumentList {
public:
  ArgumentList(WarpContext &w, unsigned lane, uint64_t address) {
    uint64_t offset = address - kLocalWindow;
    if (address >> 56 << 56 != kLocalWindow || offset > w.kernel->localBytes)
      return;
    at = w.local + size_t(lane) * w.kernel->localBytes + offset;
    size = w.kernel->localBytes - offset;
  }

  // Returns false where the list ends before the value.
  template <typename T> bool next(T &value) {
    size_t start = (used + sizeof(T) - 1) / sizeof(T) * sizeof(T);
    if (at == nullptr || start + sizeof(T) > size)
      return false;
    std::memcpy(&value, at + start, sizeof(T));
    used = start + sizeof(T);
    return true;
  }

private:
  const uint8_t *at = nullptr;
  size_t size = 0, used = 0;
};

template <typename T> void append(std::string &out, const std::string &format, T value) {
  int size = snprintf(nullptr, 0, format.c_str(), value);
  if (size < 0)
    return;
  std::string text(size_t(size) + 1, '\0');
  snprintf(text.data(), text.size(), format.c_str(), value);
  out.append(text, 0, size_t(size));
}

// Formats one lane's text as C's printf does. Returns the number of arguments, -1 where the format
// or the list is at fault.
class Formatter {
public:
  Formatter(WarpContext &w, ArgumentList arguments) : w(w), arguments(arguments) {}

  int format(const std::string &text, std::string &out) {
    int count = 0;
    for (size_t at = 0; at < text.size(); ++at) {
      if (text[at] != '%') {
        out += text[at];
        continue;
      }
      if (text[at + 1] == '%') {
        out += text[++at];
        continue;
      }
      if (!formatOne(text, at, out))
        return -1;
      ++count;
    }
    return count;
  }

private:
  // `at` is at '%', and afterwards at the conversion's letter.
  bool formatOne(const std::string &text, size_t &at, std::string &out) {
    std::string spec = "%";
    for (++at; at < text.size() && std::strchr("-+ #0123456789.*", text[at]) != nullptr; ++at) {
      int32_t width;
      if (text[at] != '*')
        spec += text[at];
      else if (!arguments.next(width))
        return false;
      else
        spec += std::to_string(width);
    }
    unsigned longs = 0;
    std::string half;
    for (; at < text.size() && std::strchr("hlzjt", text[at]) != nullptr; ++at) {
      longs += text[at] != 'h';
      if (text[at] == 'h')
        half += 'h';
    }
    if (at >= text.size() || isTooWide(spec) || half.size() > 2)
      return false;
    return convert(text[at], spec, longs != 0, half, out);
  }

  // A field of 10,000 characters or more is nobody's intent, and may be as large as memory.
  static bool isTooWide(const std::string &spec) {
    unsigned digits = 0;
    for (char c : spec) {
      digits = c >= '0' && c <= '9' ? digits + 1 : 0;
      if (digits > 4)
        return true;
    }
    return spec.size() > 20;
  }

  bool convert(char letter, const std::string &spec, bool isLong, const std::string &half,
               std::string &out) {
    if (std::strchr("diouxX", letter) != nullptr) {
      uint64_t wide = 0;
      uint32_t narrow = 0;
      if (!(isLong ? arguments.next(wide) : arguments.next(narrow)))
        return false;
      if (isLong)
        append(out, spec + "ll" + letter, static_cast<unsigned long long>(wide));
      else
        append(out, spec + half + letter, narrow);
      return true;
    }
    if (std::strchr("eEfFgGaA", letter) != nullptr) {
      double value;
      if (!arguments.next(value))
        return false;
      append(out, spec + letter, value);
      return true;
    }
    return convertOther(letter, spec, out);
  }

  bool convertOther(char letter, const std::string &spec, std::string &out) {
    int32_t code;
    uint64_t address;
    if (letter == 'c' && arguments.next(code)) {
      append(out, spec + "c", code);
      return true;
    }
    if (letter == 'p' && arguments.next(address)) {
      append(out, spec + "p", reinterpret_cast<void *>(address));
      return true;
    }
    std::string text;
    if (letter != 's' || !arguments.next(address) || !readText(w, address, text))
      return false;
    append(out, spec + "s", text.c_str());
    return true;
  }

  WarpContext &w;
  ArgumentList arguments;
};
} // namespace

void printText(WarpContext &w, const Inst &i, uint32_t mask) {
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    uint64_t address = passed<uint64_t>(w, lane, i.ops[0]);
    std::string text, line;
    int32_t count = -1;
    if (!readText(w, address, text))
      reportText(w, i, lane, address, "the format of vprintf");
    else
      count = Formatter(w, ArgumentList(w, lane, passed<uint64_t>(w, lane, i.ops[1])))
                  .format(text, line);
    w.worker->printed += line;
    std::memcpy(w.local + size_t(lane) * w.kernel->localBytes + i.ops[2], &count, sizeof(count));
  }
}

void failAssertion(WarpContext &w, const Inst &i, uint32_t mask) {
  unsigned lane = unsigned(__builtin_ctz(mask));
  std::string texts[3];
  const unsigned places[3] = {0, 1, 3};
  for (unsigned t = 0; t < 3; ++t)
    if (!readText(w, passed<uint64_t>(w, lane, i.ops[places[t]]), texts[t]))
      texts[t] = "?";
  failCta(w, i, lane, "sync", "assertion",
          "assertion '" + texts[0] + "' failed at " + texts[1] + ":" +
              std::to_string(passed<uint32_t>(w, lane, i.ops[2])) + " in '" + texts[2] + "'");
}

} // namespace azulejo::sim
