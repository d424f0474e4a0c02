// This file decodes base64 (RFC 4648 section 4, with padding) and refuses everything that is not
// the one canonical encoding of some bytes.
#ifndef AZULEJO_LIB_IMPORT_BASE64_H
#define AZULEJO_LIB_IMPORT_BASE64_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "llvm/ADT/StringRef.h"

namespace azulejo {

/// Why a text is not base64, and where.
struct Base64Error {
  uint64_t index;
  std::string message;
};

/// Returns the number of bytes that `length` characters ending in `tail` (the last up to two of
/// them) decode to, or nullopt when `length` is not a multiple of 4.
std::optional<uint64_t> base64DecodedSize(uint64_t length, llvm::StringRef tail);

/// Decodes whole groups of four characters without padding: `length` is a multiple of 4, and
/// `length / 4 * 3` bytes are written to `out`. Returns the index of the first character outside
/// the alphabet, or nullopt. Safe to call from several threads.
std::optional<uint64_t> base64DecodeGroups(const char *text, uint64_t length, char *out);

/// Decodes the last group, which may be padded, to at most 3 bytes at `out`; `index` is its place
/// in the whole text, for the error.
std::optional<Base64Error> base64DecodeLast(llvm::StringRef group, uint64_t index, char *out);

/// Decodes a whole text.
std::optional<Base64Error> base64Decode(llvm::StringRef text, std::string &out);

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_BASE64_H
