// This file turns decimal text into numbers exactly: integers without going through floating point,
// and f32 without going through f64.
#ifndef AZULEJO_LIB_IMPORT_NUMBERTEXT_H
#define AZULEJO_LIB_IMPORT_NUMBERTEXT_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>

namespace azulejo {

/// An integer of at most 64 bits with its sign apart, so that int64 and uint64 are both exact.
struct ExactInteger {
  bool negative = false;
  uint64_t magnitude = 0;

  std::optional<int64_t> asSigned() const;
  std::optional<uint64_t> asUnsigned() const;
};

/// Reads a JSON number whose value is an integer: `17`, `17.0`, `3e2`. Returns nullopt for any
/// other text and for magnitudes of 2^64 and above.
std::optional<ExactInteger> parseExactInteger(llvm::StringRef text);

/// Reads a JSON number as the nearest float or double. Returns nullopt for other text, and for
/// numbers too large for the type; numbers too small become zero of the same sign.
std::optional<float> parseFloat(llvm::StringRef text);
std::optional<double> parseDouble(llvm::StringRef text);

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_NUMBERTEXT_H
