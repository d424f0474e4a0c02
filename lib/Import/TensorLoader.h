// This file declares the loading of tensors: from the fields of a TensorProto, base64 in the file,
// or an external file, to packed little-endian bytes.
#ifndef AZULEJO_LIB_IMPORT_TENSORLOADER_H
#define AZULEJO_LIB_IMPORT_TENSORLOADER_H

#include "lib/Import/ExternalData.h"
#include "lib/Import/OnnxReader.h"

#include <atomic>
#include <mutex>

namespace azulejo {

/// Loads every tensor of a model. All sizes are checked before a byte is allocated, so memory is
/// bounded by the size of the files; the bytes are then decoded by as many threads as there are
/// cores.
class TensorLoader {
public:
  TensorLoader(const ByteInput &input, const ReadOptions &options, ImportDiagnostics &diagnostics)
      : input(input), options(options), diagnostics(diagnostics),
        external(options.baseDirectory, options.limits.maxExternalFiles) {}

  bool load(onnx::ModelProto &model);
  bool load(onnx::TensorProto &tensor);
  std::vector<ExternalFile> externalFiles() const { return external.openedFiles(); }

private:
  /// A piece of base64 text, or of an external file, and where its bytes go.
  struct Block {
    const ByteInput *from;
    uint64_t offset;
    uint64_t length;
    char *out;
    const onnx::TensorProto *tensor;
    uint64_t textIndex; // of the first character in the whole base64 text
    bool isBase64;
    bool isLast;
  };
  struct Fault {
    const Block *block;
    std::string code, message;
    uint64_t index;
  };

  bool prepare(onnx::GraphProto &graph);
  bool prepare(std::vector<onnx::NodeProto> &nodes);
  bool prepare(onnx::AttributeProto &attribute);
  bool prepare(onnx::SparseTensorProto &tensor);
  bool prepare(onnx::TensorProto &tensor);
  bool prepareBytes(onnx::TensorProto &tensor, uint64_t byteCount);
  bool prepareShortText(onnx::TensorProto &tensor, uint64_t byteCount);
  bool prepareLongText(onnx::TensorProto &tensor, uint64_t byteCount);
  bool prepareExternal(onnx::TensorProto &tensor, uint64_t byteCount);
  bool allocate(onnx::TensorProto &tensor, uint64_t byteCount);

  bool decodeAll();
  void decode(const Block &block);
  void decodeBase64(const Block &block, std::string &text);
  void fault(const Block &block, llvm::StringRef code, uint64_t index, const std::string &message);
  bool checkBools();

  bool error(llvm::StringRef code, const onnx::TensorProto &tensor, const std::string &message);

  const ByteInput &input;
  const ReadOptions &options;
  ImportDiagnostics &diagnostics;
  ExternalData external;
  std::vector<Block> blocks;
  std::vector<onnx::TensorProto *> bools;
  uint64_t totalBytes = 0;
  std::mutex faultMutex;
  std::optional<Fault> firstFault;
};

/// Writes the elements that a tensor holds in its typed fields (float_data, int32_data, ...) to
/// `out`, which has room for all of them. Returns an error text, or "".
std::string packTypedFields(const onnx::TensorProto &tensor, char *out);

/// Returns how many entries the typed field of `tensor` must have, and which field that is.
struct TypedField {
  const char *name;
  uint64_t expected;
  uint64_t got;
};
TypedField typedFieldOf(const onnx::TensorProto &tensor);

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_TENSORLOADER_H
