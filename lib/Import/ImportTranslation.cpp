// This file registers the importer with azulejo-translate.
#include "lib/Import/Import.h"

#include "dialects/Graph/GraphOps.h"

#include "mlir/Tools/mlir-translate/Translation.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;

namespace azulejo {
namespace {

/// The options of the translation, which exist only in the tool that registers it.
struct TranslationOptions {
  llvm::cl::list<std::string> dims{"dim", llvm::cl::desc("Fix or bound a symbolic dimension"),
                                   llvm::cl::value_desc("NAME=N | NAME=LO..HI[/DIV]")};
  llvm::cl::opt<bool> strict{"strict", llvm::cl::desc("Unknown keys are errors")};
  llvm::cl::opt<bool> commentLines{"allow-comment-lines", llvm::cl::Hidden,
                                   llvm::cl::desc("Ignore lines that start with //, for tests")};
  llvm::cl::opt<bool> check{"check", llvm::cl::desc("List the nodes that cannot be imported")};
};

OwningOpRef<Operation *> translate(llvm::SourceMgr &sources, MLIRContext *context,
                                   const TranslationOptions &given) {
  const llvm::MemoryBuffer *buffer = sources.getMemoryBuffer(sources.getMainFileID());
  ImportOptions options;
  options.strict = given.strict;
  options.allowCommentLines = given.commentLines;
  for (const std::string &text : given.dims) {
    std::string error;
    std::optional<DimOption> dim = parseDimOption(text, error);
    if (!dim) {
      emitError(UnknownLoc::get(context)) << "[import.dim] " << error;
      return nullptr;
    }
    options.dims.push_back(*dim);
  }
  if (!given.check)
    return importOnnxJsonText(buffer->getBuffer(), buffer->getBufferIdentifier(), *context,
                              options);
  std::vector<UnsupportedNode> unsupported;
  if (failed(checkOnnxJson(buffer->getBufferIdentifier(), *context, options, unsupported)))
    return nullptr;
  for (const UnsupportedNode &node : unsupported)
    emitError(FileLineColLoc::get(context, buffer->getBufferIdentifier(), node.line, node.column))
        << "[import.unsupported] " << node.path << ": " << node.operatorName << " '" << node.name
        << "' (opset " << node.opset << ", " << node.elementType << "): " << node.reason
        << (node.remedy.empty() ? "" : "; ") << node.remedy;
  if (!unsupported.empty())
    return nullptr;
  return ModuleOp::create(UnknownLoc::get(context)).getOperation();
}

} // namespace

void registerImportTranslation() {
  static TranslationOptions options;
  static TranslateToMLIRRegistration registration(
      "import-onnx-json", "import an ONNX model in JSON into the graph dialect",
      [](llvm::SourceMgr &sources, MLIRContext *context) {
        return translate(sources, context, options);
      },
      [](DialectRegistry &registry) { registry.insert<graph::GraphDialect, func::FuncDialect>(); });
}

} // namespace azulejo
