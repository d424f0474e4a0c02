// This file maps files with mmap.
#include "base/MappedFile.h"

#include "base/Status.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace azulejo::runtime {

MappedFile &MappedFile::operator=(MappedFile &&other) noexcept {
  std::swap(bytes, other.bytes);
  std::swap(length, other.length);
  return *this;
}

void MappedFile::close() {
  if (length)
    munmap(const_cast<uint8_t *>(bytes), length);
  bytes = nullptr;
  length = 0;
}

azj_status MappedFile::open(const std::string &path) {
  close();
  // O_NONBLOCK keeps a named pipe from blocking the open; the check below refuses it.
  int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0)
    return makeStatus(AZJ_NOT_FOUND, "cannot open '%s': %s", path.c_str(), strerror(errno));
  struct stat facts;
  azj_status status = nullptr;
  if (fstat(file, &facts) != 0) {
    status = makeStatus(AZJ_NOT_FOUND, "cannot stat '%s': %s", path.c_str(), strerror(errno));
  } else if (!S_ISREG(facts.st_mode)) {
    status = makeStatus(AZJ_INVALID_ARGUMENT, "'%s' is not a regular file", path.c_str());
  } else if (facts.st_size > 0) {
    auto size = static_cast<size_t>(facts.st_size);
    void *mapping = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
    if (mapping == MAP_FAILED) {
      status = makeStatus(AZJ_OUT_OF_MEMORY, "cannot map '%s' of %zu bytes: %s", path.c_str(), size,
                          strerror(errno));
    } else {
      bytes = static_cast<const uint8_t *>(mapping);
      length = size;
    }
  }
  ::close(file);
  return status;
}

} // namespace azulejo::runtime
