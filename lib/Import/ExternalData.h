// This file finds the bytes of external tensors, and nothing outside the model's folder.
#ifndef AZULEJO_LIB_IMPORT_EXTERNALDATA_H
#define AZULEJO_LIB_IMPORT_EXTERNALDATA_H

#include "lib/Import/ByteInput.h"
#include "lib/Import/OnnxModel.h"

#include <map>

namespace azulejo {

/// The files next to a model. A location is a relative path below the model's folder without `..`
/// and symbolic links; the file is regular and has one name. Every file is opened once and read
/// through that descriptor only.
class ExternalData {
public:
  ExternalData(std::string baseDirectory, uint64_t maxFiles)
      : baseDirectory(std::move(baseDirectory)), maxFiles(maxFiles) {}
  ~ExternalData();

  /// Every file that was opened, in the order of locations.
  std::vector<ExternalFile> openedFiles() const;

  struct Range {
    const ByteInput *file;
    uint64_t offset;
    uint64_t length;
  };

  /// Reads `tensor.externalData` and returns its range, whose length is `byteCount`. Returns
  /// nullopt and the reason in `error` otherwise.
  std::optional<Range> find(const onnx::TensorProto &tensor, uint64_t byteCount,
                            std::string &error);

private:
  struct File {
    std::shared_ptr<const ByteInput> input;
    std::map<uint64_t, uint64_t> used; // begin -> end of ranges
  };
  File *open(const std::string &location, std::string &error);
  int openBeneath(const std::string &location, std::string &error);

  std::string baseDirectory;
  uint64_t maxFiles;
  int baseDescriptor = -1;
  std::map<std::string, File> files;
};

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_EXTERNALDATA_H
