// This file gives the order of the passes of the step Tiling.
#include "lib/Tiling/Tiling.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void azulejo::buildTilingPipeline(OpPassManager &pm, const TilingOptions &options) {
  pm.addPass(tiling::createTileKernelsPass({options.sm, options.chip, options.allowTf32}));
  // Index arithmetic that nothing came to need, and what was computed twice on different ways.
  pm.addNestedPass<gpu::GPUModuleOp>(createCanonicalizerPass());
  pm.addNestedPass<gpu::GPUModuleOp>(createCSEPass());
}
