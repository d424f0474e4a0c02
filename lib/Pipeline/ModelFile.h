// This file declares how a model file becomes modules, and modules become text.
#ifndef AZULEJO_LIB_PIPELINE_MODELFILE_H
#define AZULEJO_LIB_PIPELINE_MODELFILE_H

#include "azulejo/Compiler.h"
#include "lib/Import/ByteInput.h"
#include "lib/Pipeline/DiagnosticSink.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace azulejo {

// What a file name says of its content.
enum class ModelKind { Onnx, Mlir, Unknown };
ModelKind modelKindOf(llvm::StringRef path);

// Reads the model: imports ONNX, parses MLIR. Returns null after an error. `externalFiles` receives
// the files beside it that were read.
mlir::OwningOpRef<mlir::ModuleOp> readModel(const std::string &path, mlir::MLIRContext &context,
                                            const CompileOptions &options, DiagnosticSink &sink,
                                            std::vector<ExternalFile> &externalFiles);

// The modules of a file that holds the modules of several targets, or the module itself.
llvm::SmallVector<mlir::ModuleOp> targetModulesOf(mlir::ModuleOp file);

// Writes modules as MLIR that can be read back: with locations, several as parts of one.
// `elideWeights` leaves the data of large constants out.
mlir::LogicalResult writeModules(llvm::ArrayRef<mlir::ModuleOp> modules, const std::string &path,
                                 bool elideWeights, DiagnosticSink &sink);

} // namespace azulejo

#endif // AZULEJO_LIB_PIPELINE_MODELFILE_H
