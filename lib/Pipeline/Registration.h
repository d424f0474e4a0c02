// This file declares what makes Azulejo's dialects and passes known to a tool.

#ifndef AZULEJO_LIB_PIPELINE_REGISTRATION_H
#define AZULEJO_LIB_PIPELINE_REGISTRATION_H

#include "mlir/IR/DialectRegistry.h"

namespace azulejo {

/// Adds Azulejo's dialects, and the upstream ones that its forms use, to `registry`.
void registerAllDialects(mlir::DialectRegistry &registry);

/// Registers every pass and pipeline with MLIR's global registry. Call it once, before options are
/// parsed.
void registerAllPasses();

/// Registers azulejo-kernels-to-ptx, which takes kernels from Fusion through to PTX for one chip.
void registerKernelPipeline();

} // namespace azulejo

#endif // AZULEJO_LIB_PIPELINE_REGISTRATION_H
