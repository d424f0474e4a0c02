// This file gives the order of the passes of the step Lowering.
#include "lib/Lowering/Lowering.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void azulejo::buildLoweringPipeline(OpPassManager &pm, const LoweringOptions &options) {
  OpPassManager &kernel = pm.nest<gpu::GPUModuleOp>();
  // Equal coordinates and offsets are made once, so that their accesses are found to be the same.
  kernel.addPass(createCSEPass());
  // Roles become branches while a region still knows which warps run it.
  kernel.addPass(lowering::createLowerRolesPass());
  kernel.addPass(lowering::createLowerTilesPass({options.sm}));
  // Address arithmetic is repeated for each register; most of it is the same.
  kernel.addPass(createCanonicalizerPass());
  kernel.addPass(createCSEPass());
  // After tiles are gone: the patterns are for scalars.
  kernel.addPass(lowering::createExpandMathPass());
  kernel.addPass(createSCFToControlFlowPass());
  kernel.addPass(createConvertMathToLLVMPass());
  kernel.addPass(createArithToLLVMConversionPass());
  kernel.addPass(createReconcileUnrealizedCastsPass());
  // Last, because the passes before it look for functions of the func dialect.
  kernel.addPass(lowering::createFinishKernelsPass());
  kernel.addPass(createCanonicalizerPass());
  kernel.addPass(createCSEPass());
}
