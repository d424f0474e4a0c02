// This file declares the reader of safetensors files, by memory mapping.
#ifndef AZULEJO_RUNTIME_BUNDLE_SAFETENSORS_H
#define AZULEJO_RUNTIME_BUNDLE_SAFETENSORS_H

#include "azulejo/runtime/buffer.h"
#include "azulejo/runtime/status.h"
#include "base/MappedFile.h"

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace azulejo::runtime {

// One tensor of a file. `data` points into the mapping, or is NULL for an empty tensor.
struct SafetensorsTensor {
  std::string name;
  azj_dtype dtype = AZJ_U8;
  std::vector<int64_t> shape;
  const uint8_t *data = nullptr;
  uint64_t bytes = 0;
};

// An opened file. Opening checks the header whole: that offsets lie in the file, that tensors
// neither overlap nor leave holes, that sizes agree with shapes, and the alignment of the format.
class SafetensorsFile {
public:
  // Failures: AZJ_NOT_FOUND, AZJ_CORRUPT.
  [[nodiscard]] azj_status open(const std::string &path);

  const std::vector<SafetensorsTensor> &tensors() const { return list; }
  // Returns NULL when there is none of that name. Valid as long as the file.
  const SafetensorsTensor *find(std::string_view name) const;
  // Returns NULL when `__metadata__` has no such key.
  const std::string *metadata(const std::string &key) const;

private:
  [[nodiscard]] azj_status readHeader();

  MappedFile file;
  std::vector<SafetensorsTensor> list;
  std::unordered_map<std::string_view, size_t> byName;
  std::map<std::string, std::string> values;
};

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_BUNDLE_SAFETENSORS_H
