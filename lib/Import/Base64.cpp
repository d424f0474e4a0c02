// This file implements the base64 decoder with one table per place in the group of four, so that a
// group costs four loads, three ors and one store.
#include "lib/Import/Base64.h"

#include "lib/Import/ImportDiagnostics.h"

#include <array>
#include <cstring>

namespace azulejo {
namespace {

constexpr uint32_t badCharacter = 0x01000000;

int alphabetIndex(int c) {
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  if (c == '+')
    return 62;
  return c == '/' ? 63 : -1;
}

/// place[k][c]: the bits that character c contributes as the k-th of a group, laid out so that the
/// three bytes of the group are the low three bytes of the little-endian word, in order.
struct Tables {
  std::array<std::array<uint32_t, 256>, 4> place;
  Tables() {
    for (int c = 0; c < 256; ++c)
      for (int k = 0; k < 4; ++k) {
        int index = alphabetIndex(c);
        uint32_t bits = static_cast<uint32_t>(index) << (18 - 6 * k);
        place[k][c] = index < 0 ? badCharacter
                                : ((bits >> 16) & 0xff) | (bits & 0xff00) | ((bits & 0xff) << 16);
      }
  }
};
const Tables tables;

uint32_t decodeGroup(const unsigned char *c) {
  return tables.place[0][c[0]] | tables.place[1][c[1]] | tables.place[2][c[2]] |
         tables.place[3][c[3]];
}

uint64_t firstBad(const char *text, uint64_t from) {
  while (alphabetIndex(static_cast<unsigned char>(text[from])) >= 0)
    ++from;
  return from;
}

} // namespace

std::optional<uint64_t> base64DecodedSize(uint64_t length, llvm::StringRef tail) {
  if (length % 4 != 0)
    return std::nullopt;
  uint64_t padding = tail.ends_with("==") ? 2 : tail.ends_with("=") ? 1 : 0;
  return length / 4 * 3 - padding;
}

std::optional<uint64_t> base64DecodeGroups(const char *text, uint64_t length, char *out) {
  const auto *in = reinterpret_cast<const unsigned char *>(text);
  uint64_t groups = length / 4;
  // Errors are rare: eight groups are decoded before their error bits are looked at. A group but
  // the last may write a fourth byte, which the next one overwrites.
  uint64_t group = 0;
  while (groups - group > 8) {
    uint32_t errors = 0;
    for (unsigned i = 0; i < 8; ++i) {
      uint32_t word = decodeGroup(in + 4 * (group + i));
      errors |= word;
      std::memcpy(out + 3 * (group + i), &word, 4);
    }
    if (errors & badCharacter)
      return firstBad(text, 4 * group);
    group += 8;
  }
  for (; group < groups; ++group) {
    uint32_t word = decodeGroup(in + 4 * group);
    if (word & badCharacter)
      return firstBad(text, 4 * group);
    std::memcpy(out + 3 * group, &word, 3);
  }
  return std::nullopt;
}

std::optional<Base64Error> base64DecodeLast(llvm::StringRef group, uint64_t index, char *out) {
  size_t padding = group.size() - group.rtrim('=').size();
  if (group.size() != 4 || padding > 2)
    return Base64Error{index,
                       "expected a last group of four characters with at most two '=', got " +
                           quoteName(group)};
  uint32_t bits = 0;
  for (size_t i = 0; i < 4; ++i) {
    int value = i < 4 - padding ? alphabetIndex(static_cast<unsigned char>(group[i])) : 0;
    if (value < 0)
      return Base64Error{index + i, "expected a character of the base64 alphabet, got " +
                                        quoteName(group.substr(i, 1))};
    bits = bits << 6 | static_cast<uint32_t>(value);
  }
  if (bits & (padding == 2 ? 0xffffu : padding == 1 ? 0xffu : 0u))
    return Base64Error{index, "expected zero bits before the padding, got " + quoteName(group)};
  for (size_t i = 0; i < 3 - padding; ++i)
    out[i] = static_cast<char>(bits >> (16 - 8 * i));
  return std::nullopt;
}

std::optional<Base64Error> base64Decode(llvm::StringRef text, std::string &out) {
  std::optional<uint64_t> size = base64DecodedSize(text.size(), text.take_back(2));
  if (!size)
    return Base64Error{text.size(), "expected a length that is a multiple of 4, got " +
                                        std::to_string(text.size())};
  out.resize(*size);
  if (text.empty())
    return std::nullopt;
  uint64_t body = text.size() - 4;
  if (std::optional<uint64_t> bad = base64DecodeGroups(text.data(), body, out.data()))
    return Base64Error{*bad, "expected a character of the base64 alphabet, got " +
                                 quoteName(text.substr(*bad, 1))};
  return base64DecodeLast(text.take_back(4), body, out.data() + body / 4 * 3);
}

} // namespace azulejo
