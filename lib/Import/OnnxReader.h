// This file declares the ONNX JSON reader: a file or a buffer in, typed structures with decoded
// weights out. It knows nothing of MLIR.
#ifndef AZULEJO_LIB_IMPORT_ONNXREADER_H
#define AZULEJO_LIB_IMPORT_ONNXREADER_H

#include "lib/Import/ByteInput.h"
#include "lib/Import/ImportDiagnostics.h"
#include "lib/Import/ImportLimits.h"
#include "lib/Import/OnnxModel.h"

#include <memory>

namespace azulejo {

struct ReadOptions {
  ImportLimits limits;
  /// Unknown keys are errors instead of warnings.
  bool strict = false;
  /// The folder that external data is read from; empty refuses external data.
  std::string baseDirectory;
};

/// Reads a whole model: structure, then the bytes of every tensor (base64 and external files, in
/// parallel). Returns null after an error in `diagnostics`. The model's graph is not checked yet.
/// `externalFiles`, if given, receives the external files that were read.
std::unique_ptr<onnx::ModelProto> readOnnxModel(const ByteInput &input, const ReadOptions &options,
                                                ImportDiagnostics &diagnostics,
                                                std::vector<ExternalFile> *externalFiles = nullptr);

/// Reads a file that holds one TensorProto, as test data may.
std::unique_ptr<onnx::TensorProto>
readOnnxTensor(const ByteInput &input, const ReadOptions &options, ImportDiagnostics &diagnostics);

/// Returns the JSON path of the object whose `{` stands at `offset`, or "" when there is none.
/// Reads the file again up to that place; meant for error messages.
std::string findJsonPath(const ByteInput &input, uint64_t offset);

/// Returns `text` with every line that starts with `//` (after blanks) blanked out. For tests,
/// whose models carry their RUN and CHECK lines; comments are an error for users.
std::string blankCommentLines(llvm::StringRef text);

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_ONNXREADER_H
