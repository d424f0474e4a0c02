// This file implements the entry points of the Import step.
#include "lib/Import/Import.h"

#include "lib/Import/GraphImporter.h"
#include "lib/Import/ModelChecks.h"
#include "lib/Import/OnnxReader.h"

#include "llvm/Support/Path.h"

using namespace mlir;

namespace azulejo {
namespace {

void emit(const ImportDiagnostic &diagnostic, StringRef path, MLIRContext &context) {
  Location location =
      FileLineColLoc::get(&context, path, diagnostic.position.line, diagnostic.position.column);
  InFlightDiagnostic flight = diagnostic.isError ? emitError(location) : emitWarning(location);
  flight << "[" << diagnostic.code << "] ";
  if (!diagnostic.path.empty())
    flight << diagnostic.path << ": ";
  flight << diagnostic.message;
}

std::unique_ptr<onnx::ModelProto> readAndCheck(const ByteInput &input, StringRef path,
                                               MLIRContext &context, const ImportOptions &options,
                                               std::vector<ExternalFile> *externalFiles) {
  ReadOptions readOptions;
  readOptions.limits = options.limits;
  readOptions.strict = options.strict;
  StringRef folder = llvm::sys::path::parent_path(path);
  readOptions.baseDirectory = folder.empty() ? "." : folder.str();
  ImportDiagnostics diagnostics;
  std::unique_ptr<onnx::ModelProto> model =
      readOnnxModel(input, readOptions, diagnostics, externalFiles);
  bool isGood = model && checkModel(*model, input, options.limits, diagnostics);
  for (const ImportDiagnostic &diagnostic : diagnostics.list)
    emit(diagnostic, path, context);
  return isGood ? std::move(model) : nullptr;
}

OwningOpRef<ModuleOp> importFrom(const ByteInput &input, StringRef path, MLIRContext &context,
                                 const ImportOptions &options,
                                 std::vector<UnsupportedNode> *unsupported, bool &isReadable,
                                 std::vector<ExternalFile> *externalFiles = nullptr) {
  std::string text;
  std::unique_ptr<ByteInput> blanked;
  const ByteInput *source = &input;
  if (options.allowCommentLines) {
    text.resize(input.size());
    if (input.read(0, input.size(), text.data()))
      text = blankCommentLines(text);
    blanked = ByteInput::fromMemory(text);
    source = blanked.get();
  }
  context.loadDialect<graph::GraphDialect, func::FuncDialect>();
  std::unique_ptr<onnx::ModelProto> model =
      readAndCheck(*source, path, context, options, externalFiles);
  isReadable = model != nullptr;
  if (!model)
    return nullptr;
  return GraphImporter(*model, path, context, options, unsupported).run();
}

std::unique_ptr<ByteInput> openModel(StringRef path, MLIRContext &context) {
  std::string reason;
  std::unique_ptr<ByteInput> input = ByteInput::openFile(path.str(), reason);
  if (!input)
    emitError(FileLineColLoc::get(&context, path, 1, 1))
        << "[import.file] cannot read the model: " << reason;
  return input;
}

} // namespace

OwningOpRef<ModuleOp> importOnnxJson(StringRef path, MLIRContext &context,
                                     const ImportOptions &options,
                                     std::vector<ExternalFile> *externalFiles) {
  std::unique_ptr<ByteInput> input = openModel(path, context);
  bool isReadable;
  return input ? importFrom(*input, path, context, options, nullptr, isReadable, externalFiles)
               : nullptr;
}

OwningOpRef<ModuleOp> importOnnxJsonText(StringRef text, StringRef path, MLIRContext &context,
                                         const ImportOptions &options) {
  bool isReadable;
  return importFrom(*ByteInput::fromMemory(text), path, context, options, nullptr, isReadable);
}

LogicalResult checkOnnxJson(StringRef path, MLIRContext &context, const ImportOptions &options,
                            std::vector<UnsupportedNode> &unsupported) {
  std::unique_ptr<ByteInput> input = openModel(path, context);
  if (!input)
    return failure();
  bool isReadable;
  OwningOpRef<ModuleOp> module =
      importFrom(*input, path, context, options, &unsupported, isReadable);
  return success(module || !unsupported.empty());
}

} // namespace azulejo
