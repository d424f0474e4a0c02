// This file gives the reader one view of its input, a file or a buffer, that can be read at any
// offset by several threads.
#ifndef AZULEJO_LIB_IMPORT_BYTEINPUT_H
#define AZULEJO_LIB_IMPORT_BYTEINPUT_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <memory>
#include <string>

namespace azulejo {

/// Bytes of known size. Files are read with pread and never mapped: a file that is cut short while
/// it is read makes a failed read, where a mapping would end the process.
class ByteInput {
public:
  virtual ~ByteInput() = default;

  uint64_t size() const { return byteCount; }
  /// Copies `length` bytes at `offset` to `out`; false when they cannot all be read.
  virtual bool read(uint64_t offset, uint64_t length, char *out) const = 0;

  /// Opens a regular file. On failure returns null and says why in `error`.
  static std::unique_ptr<ByteInput> openFile(const std::string &path, std::string &error);
  /// Takes over an open file descriptor of a regular file.
  static std::unique_ptr<ByteInput> fromDescriptor(int descriptor, std::string &error);
  /// Views `bytes`, which must outlive the result.
  static std::unique_ptr<ByteInput> fromMemory(llvm::StringRef bytes);

protected:
  uint64_t byteCount = 0;
};

/// A file beside a model, by the location that the model gives. It was opened once, and stays open.
struct ExternalFile {
  std::string location;
  std::shared_ptr<const ByteInput> bytes;
};

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_BYTEINPUT_H
