// This file makes Azulejo's dialects and passes known to a tool.

#include "lib/Pipeline/Registration.h"

#include "dialects/Graph/GraphOps.h"
#include "dialects/Plan/PlanOps.h"
#include "dialects/Tile/TileOps.h"
#include "lib/Codegen/Codegen.h"
#include "lib/Fusion/Fusion.h"
#include "lib/Lowering/Lowering.h"
#include "lib/Scheduling/Scheduling.h"
#include "lib/Simplify/Simplify.h"
#include "lib/Tiling/Tiling.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Transforms/Passes.h"

void azulejo::registerAllDialects(mlir::DialectRegistry &registry) {
  registry.insert<graph::GraphDialect, plan::PlanDialect, tile::TileDialect>();
  // What kernels are made of, before and after Lowering.
  registry.insert<mlir::arith::ArithDialect, mlir::cf::ControlFlowDialect, mlir::func::FuncDialect,
                  mlir::gpu::GPUDialect, mlir::LLVM::LLVMDialect, mlir::NVVM::NVVMDialect,
                  mlir::math::MathDialect, mlir::scf::SCFDialect>();
  // Codegen translates kernels to LLVM IR through these.
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerGPUDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);
  mlir::registerNVVMDialectTranslation(registry);
}

void azulejo::registerAllPasses() {
  mlir::registerTransformsPasses();
  simplify::registerSimplifyPasses();
  registerSimplifyPipeline();
  fusion::registerFusionPasses();
  tiling::registerTilingPasses();
  scheduling::registerSchedulingPasses();
  lowering::registerLoweringPasses();
  codegen::registerCodegenPasses();
  registerKernelPipeline();
}
