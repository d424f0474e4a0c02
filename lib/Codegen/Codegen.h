// This file declares the step Codegen: from nvvm to PTX, and from the plan to the bundle.
#ifndef AZULEJO_LIB_CODEGEN_CODEGEN_H
#define AZULEJO_LIB_CODEGEN_CODEGEN_H

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

#include <string>

namespace azulejo::codegen {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "lib/Codegen/Passes.h.inc"

/// Translates `kernelModule` (a gpu.module in the LLVM dialect) to LLVM IR, optimises it for `chip`
/// ("sm_80") with LLVM's `features` ("+ptx70") and returns the PTX. On failure a diagnostic has
/// been emitted; fatal errors of LLVM are failures like any other. Any number of threads may call
/// it.
mlir::FailureOr<std::string> emitPtx(mlir::Operation *kernelModule, llvm::StringRef chip,
                                     llvm::StringRef features);

} // namespace azulejo::codegen

namespace azulejo {

struct PtxOptions {
  /// LLVM's name of the processor.
  std::string chip = "sm_75";
  /// LLVM's features: the PTX version where the kernels' instructions need more than the chip's
  /// own.
  std::string features;
};

/// Emits the PTX of every gpu.module of a module.
void buildPtxPipeline(mlir::OpPassManager &pm, const PtxOptions &options);

} // namespace azulejo

#endif // AZULEJO_LIB_CODEGEN_CODEGEN_H
