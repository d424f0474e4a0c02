// This file declares the step Lowering: from the tile dialect to nvvm and llvm.
#ifndef AZULEJO_LIB_LOWERING_LOWERING_H
#define AZULEJO_LIB_LOWERING_LOWERING_H

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace azulejo::lowering {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "lib/Lowering/Passes.h.inc"

} // namespace azulejo::lowering

namespace azulejo {

struct LoweringOptions {
  /// The compute capability to lower for, such as 80.
  int sm = 75;
};

/// Lowers every gpu.module of a module from tiles to nvvm and llvm. The modules are independent of
/// one another, so the pass manager may take them in parallel.
void buildLoweringPipeline(mlir::OpPassManager &pm, const LoweringOptions &options);

} // namespace azulejo

#endif // AZULEJO_LIB_LOWERING_LOWERING_H
