// This file gives the order of the passes of the step Codegen.
#include "lib/Codegen/Codegen.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void azulejo::buildPtxPipeline(OpPassManager &pm, const PtxOptions &options) {
  // Some operations of nvvm have no intrinsic and become inline assembly.
  pm.addNestedPass<gpu::GPUModuleOp>(createConvertNVVMToLLVMPass());
  pm.addNestedPass<gpu::GPUModuleOp>(createCanonicalizerPass());
  // PTX gets .loc lines, which name the node of the model, and nothing else that could change the
  // code.
  LLVM::DIScopeForLLVMFuncOpPassOptions directives;
  directives.emissionKind = LLVM::DIEmissionKind::DebugDirectivesOnly;
  pm.addPass(LLVM::createDIScopeForLLVMFuncOpPass(directives));
  pm.addNestedPass<gpu::GPUModuleOp>(codegen::createEmitPtxPass({options.chip, options.features}));
}
