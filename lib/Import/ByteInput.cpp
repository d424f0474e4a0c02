// This file implements the reader's input over files and memory.
#include "lib/Import/ByteInput.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace azulejo {
namespace {

class FileInput : public ByteInput {
public:
  FileInput(int descriptor, uint64_t size) : descriptor(descriptor) { byteCount = size; }
  ~FileInput() override { ::close(descriptor); }

  bool read(uint64_t offset, uint64_t length, char *out) const override {
    if (offset > byteCount || length > byteCount - offset)
      return false;
    while (length != 0) {
      ssize_t got =
          ::pread(descriptor, out, std::min<uint64_t>(length, 1 << 30), static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return false;
      out += got;
      offset += got;
      length -= got;
    }
    return true;
  }

private:
  int descriptor;
};

class MemoryInput : public ByteInput {
public:
  explicit MemoryInput(llvm::StringRef bytes) : bytes(bytes) { byteCount = bytes.size(); }

  bool read(uint64_t offset, uint64_t length, char *out) const override {
    if (offset > byteCount || length > byteCount - offset)
      return false;
    if (length != 0)
      std::memcpy(out, bytes.data() + offset, length);
    return true;
  }

private:
  llvm::StringRef bytes;
};

} // namespace

std::unique_ptr<ByteInput> ByteInput::fromDescriptor(int descriptor, std::string &error) {
  struct stat info;
  if (::fstat(descriptor, &info) != 0) {
    error = std::strerror(errno);
    ::close(descriptor);
    return nullptr;
  }
  if (!S_ISREG(info.st_mode)) {
    error = "expected a regular file";
    ::close(descriptor);
    return nullptr;
  }
  return std::make_unique<FileInput>(descriptor, static_cast<uint64_t>(info.st_size));
}

std::unique_ptr<ByteInput> ByteInput::openFile(const std::string &path, std::string &error) {
  // Without O_NONBLOCK, opening a FIFO would wait for a writer before it could be refused.
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    error = std::strerror(errno);
    return nullptr;
  }
  return fromDescriptor(descriptor, error);
}

std::unique_ptr<ByteInput> ByteInput::fromMemory(llvm::StringRef bytes) {
  return std::make_unique<MemoryInput>(bytes);
}

} // namespace azulejo
