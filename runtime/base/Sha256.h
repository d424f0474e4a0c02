// This file declares SHA-256, by which the runtime finds out that PTX text was damaged.
#ifndef AZULEJO_RUNTIME_BASE_SHA256_H
#define AZULEJO_RUNTIME_BASE_SHA256_H

#include <cstddef>
#include <string>

namespace azulejo::runtime {

// Returns the digest of `bytes` bytes as 64 lower-case hexadecimal digits (FIPS 180-4).
std::string sha256Hex(const void *data, size_t bytes);

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_BASE_SHA256_H
