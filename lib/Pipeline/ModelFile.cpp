// This file reads model files and writes modules as text.
#include "lib/Pipeline/ModelFile.h"

#include "lib/Pipeline/ImportStep.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/Builders.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;
using namespace azulejo;

ModelKind azulejo::modelKindOf(StringRef path) {
  if (path.ends_with(".mlir"))
    return ModelKind::Mlir;
  return path.ends_with(".json") || path.ends_with(".onnxjson") ? ModelKind::Onnx
                                                                : ModelKind::Unknown;
}

OwningOpRef<ModuleOp> azulejo::readModel(const std::string &path, MLIRContext &context,
                                         const CompileOptions &options, DiagnosticSink &sink,
                                         std::vector<ExternalFile> &externalFiles) {
  if (modelKindOf(path) == ModelKind::Onnx)
    return importModel(path, context, options, externalFiles);
  std::string error;
  std::unique_ptr<llvm::MemoryBuffer> buffer = openInputFile(path, &error);
  if (!buffer) {
    sink.error(error);
    return nullptr;
  }
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  return parseSourceFile<ModuleOp>(sources, ParserConfig(&context));
}

SmallVector<ModuleOp> azulejo::targetModulesOf(ModuleOp file) {
  SmallVector<ModuleOp> modules;
  for (Operation &op : file.getOps()) {
    auto module = dyn_cast<ModuleOp>(op);
    if (!module)
      return {file};
    modules.push_back(module);
  }
  return modules.empty() ? SmallVector<ModuleOp>{file} : modules;
}

LogicalResult azulejo::writeModules(ArrayRef<ModuleOp> modules, const std::string &path,
                                    bool elideWeights, DiagnosticSink &sink) {
  std::string error;
  std::unique_ptr<llvm::ToolOutputFile> file = openOutputFile(path, &error);
  if (!file) {
    sink.error(error);
    return failure();
  }
  OpPrintingFlags flags;
  flags.enableDebugInfo();
  if (elideWeights)
    flags.elideLargeElementsAttrs(64).elideLargeResourceString(64);
  ModuleOp first = modules.front();
  if (modules.size() == 1) {
    first->print(file->os(), flags);
  } else {
    OwningOpRef<ModuleOp> whole = ModuleOp::create(UnknownLoc::get(first.getContext()));
    OpBuilder builder(whole->getBodyRegion());
    for (ModuleOp module : modules)
      builder.clone(*ModuleOp(module).getOperation());
    whole->print(file->os(), flags);
  }
  file->os() << '\n';
  file->os().flush();
  if (file->os().has_error()) {
    sink.error("cannot write '" + path + "': " + file->os().error().message());
    file->os().clear_error();
    return failure();
  }
  file->keep();
  return success();
}
