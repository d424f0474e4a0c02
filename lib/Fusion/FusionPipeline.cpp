// This file gives the order of the passes of the step Fusion.
#include "lib/Fusion/Fusion.h"

#include "mlir/Transforms/Passes.h"

using namespace mlir;

void azulejo::buildFusionPipeline(OpPassManager &pm, const FusionOptions &options) {
  // Equal operators must be one value: a kernel would compute both.
  pm.addPass(createCSEPass());
  pm.addNestedPass<func::FuncOp>(fusion::createFormKernelsPass());
}
