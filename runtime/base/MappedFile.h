// This file declares a read-only memory mapping of a whole file.
#ifndef AZULEJO_RUNTIME_BASE_MAPPEDFILE_H
#define AZULEJO_RUNTIME_BASE_MAPPEDFILE_H

#include "azulejo/runtime/status.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace azulejo::runtime {

// Owns a mapping; the bytes live as long as the object. A file that another process shortens while
// it is mapped faults the reader, as with every mapped file: bundles are replaced by renaming.
class MappedFile {
public:
  MappedFile() = default;
  MappedFile(const MappedFile &) = delete;
  MappedFile &operator=(const MappedFile &) = delete;
  MappedFile(MappedFile &&other) noexcept { *this = static_cast<MappedFile &&>(other); }
  MappedFile &operator=(MappedFile &&other) noexcept;
  ~MappedFile() { close(); }

  // Maps the regular file `path`. AZJ_NOT_FOUND when it cannot be opened.
  [[nodiscard]] azj_status open(const std::string &path);
  void close();

  const uint8_t *data() const { return bytes; }
  size_t size() const { return length; }

private:
  const uint8_t *bytes = nullptr;
  size_t length = 0;
};

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_BASE_MAPPEDFILE_H
