// This file declares the Import step: an ONNX model in JSON becomes a module of the graph dialect.
#ifndef AZULEJO_LIB_IMPORT_IMPORT_H
#define AZULEJO_LIB_IMPORT_IMPORT_H

#include "lib/Import/ByteInput.h"
#include "lib/Import/ImportLimits.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <optional>
#include <string>
#include <vector>

namespace azulejo {

/// What `--dim NAME=N` or `NAME=LO..HI[/DIV]` says of a symbolic dimension.
struct DimOption {
  std::string name;
  int64_t min = 1;
  int64_t max = 1;
  int64_t divisor = 1;
};

/// Reads the text of one --dim option. Returns nullopt and the reason in `error` for other text.
std::optional<DimOption> parseDimOption(llvm::StringRef text, std::string &error);

struct ImportOptions {
  ImportLimits limits;
  /// Fixed and bounded dimensions, by the name that the model gives (`dim_param`) or, where it
  /// gives none, by the one that the importer makes: `x_dim0` is the first dimension of input x.
  std::vector<DimOption> dims;
  /// Unknown keys are errors.
  bool strict = false;
  /// Lines that start with `//` are ignored: for lit tests, whose models carry their own RUN lines.
  bool allowCommentLines = false;
};

/// A node that the compiler cannot take, and why.
struct UnsupportedNode {
  std::string name, operatorName, domain, elementType;
  int64_t opset = 0;
  std::string reason, remedy;
  std::string path;
  unsigned line = 0, column = 0;
};

/// Imports the model in the file `path`. Errors are MLIR diagnostics whose locations point into the
/// file; their text starts with a stable code in brackets. Returns null after an error. Every
/// operation has the location NameLoc(node name, FileLineColLoc). The context must have the graph
/// and func dialects in its registry. `externalFiles`, if given, receives the external files that
/// were read.
mlir::OwningOpRef<mlir::ModuleOp>
importOnnxJson(llvm::StringRef path, mlir::MLIRContext &context, const ImportOptions &options = {},
               std::vector<ExternalFile> *externalFiles = nullptr);

/// Imports the model in `text`, which was read from `path`: its folder is that of external data.
mlir::OwningOpRef<mlir::ModuleOp> importOnnxJsonText(llvm::StringRef text, llvm::StringRef path,
                                                     mlir::MLIRContext &context,
                                                     const ImportOptions &options = {});

/// Lists every node of a model that cannot be imported, instead of stopping at the first. Fails,
/// with diagnostics, only when the file itself is at fault. Nodes that use the results of such a
/// node are looked at as far as possible without them.
mlir::LogicalResult checkOnnxJson(llvm::StringRef path, mlir::MLIRContext &context,
                                  const ImportOptions &options,
                                  std::vector<UnsupportedNode> &unsupported);

/// Registers `azulejo-translate --import-onnx-json` and its options.
void registerImportTranslation();

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_IMPORT_H
