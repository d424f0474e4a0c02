// This file declares what the pipeline asks of Import.
#ifndef AZULEJO_LIB_PIPELINE_IMPORTSTEP_H
#define AZULEJO_LIB_PIPELINE_IMPORTSTEP_H

#include "azulejo/Compiler.h"
#include "lib/Import/ByteInput.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace azulejo {

// Imports the model in the file `path`; null after an error. `externalFiles` receives the files
// beside it that were read.
mlir::OwningOpRef<mlir::ModuleOp> importModel(const std::string &path, mlir::MLIRContext &context,
                                              const CompileOptions &options,
                                              std::vector<ExternalFile> &externalFiles);

// Lists the nodes that cannot be imported; fails where the file itself is at fault.
mlir::LogicalResult checkModel(const std::string &path, mlir::MLIRContext &context,
                               const CompileOptions &options, std::vector<CheckFinding> &findings);

} // namespace azulejo

#endif // AZULEJO_LIB_PIPELINE_IMPORTSTEP_H
