// This file declares the writer of safetensors files in the layout that bundles have. The
// compiler's bundle writer and the runtime's tests use it, so that the layout is stated once.
#ifndef AZULEJO_RUNTIME_BUNDLE_SAFETENSORSWRITER_H
#define AZULEJO_RUNTIME_BUNDLE_SAFETENSORSWRITER_H

#include "azulejo/runtime/buffer.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace azulejo::runtime {

// Collects tensors, then writes the file. The same calls give the same bytes. Tensors stand in the
// order in which they were added, each at a multiple of 64, with `pad/` tensors in the gaps.
class SafetensorsWriter {
public:
  // Sets a key of `__metadata__`. The text must be UTF-8.
  void setMetadata(const std::string &key, std::string value) { values[key] = std::move(value); }

  // Adds a tensor of a new name; `data` (`bytes` bytes, what dtype and shape need) is not copied
  // and must live until the file is written.
  void add(std::string name, azj_dtype dtype, std::vector<int64_t> shape, const void *data,
           uint64_t bytes);

  // Passes the file to `sink` piece by piece; stops and returns false when `sink` does.
  bool write(const std::function<bool(const void *data, size_t bytes)> &sink) const;

  // Returns the whole file.
  std::string toString() const;

private:
  struct Entry {
    std::string name;
    azj_dtype dtype;
    std::vector<int64_t> shape;
    const void *data;
    uint64_t bytes;
  };
  std::string header() const;

  std::map<std::string, std::string> values;
  std::vector<Entry> entries;
};

// Returns `text` (UTF-8) as a JSON string with its quotes.
std::string jsonQuoted(std::string_view text);

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_BUNDLE_SAFETENSORSWRITER_H
