// This file declares the step Fusion: which operators become one kernel.
#ifndef AZULEJO_LIB_FUSION_FUSION_H
#define AZULEJO_LIB_FUSION_FUSION_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace azulejo::fusion {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "lib/Fusion/Passes.h.inc"

} // namespace azulejo::fusion

namespace azulejo {

struct FusionOptions {};

/// Groups the operators of every function into graph.kernel; what remains outside are constants
/// and views.
void buildFusionPipeline(mlir::OpPassManager &pm, const FusionOptions &options);

} // namespace azulejo

#endif // AZULEJO_LIB_FUSION_FUSION_H
