// This file holds the diagnostics of the ONNX reader before they become MLIR diagnostics.
#ifndef AZULEJO_LIB_IMPORT_IMPORTDIAGNOSTICS_H
#define AZULEJO_LIB_IMPORT_IMPORTDIAGNOSTICS_H

#include "lib/Import/OnnxModel.h"

#include <string>
#include <vector>

namespace azulejo {

/// One finding of the reader. `code` is stable ("import.base64"), `path` is a JSON path
/// ("graph.node[3].attribute[0]"), `message` names expected and actual.
struct ImportDiagnostic {
  bool isError = true;
  std::string code;
  std::string path;
  onnx::Position position;
  std::string message;
};

/// Collects findings; the reader stops at the first error.
class ImportDiagnostics {
public:
  /// Records an error and returns false, so that a caller can `return diagnostics.error(...)`.
  bool error(llvm::StringRef code, const onnx::Position &position, const std::string &path,
             const std::string &message);
  void warning(llvm::StringRef code, const onnx::Position &position, const std::string &path,
               const std::string &message);

  bool hasError() const { return errorCount != 0; }
  std::vector<ImportDiagnostic> list;

private:
  unsigned errorCount = 0;
};

/// Returns `text` in single quotes, with everything but printable ASCII escaped, cut after 80
/// bytes.
std::string quoteName(llvm::StringRef text);

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_IMPORTDIAGNOSTICS_H
