// This file makes functions into kernels of the LLVM dialect.
#include "lib/Lowering/Lowering.h"

#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

namespace azulejo::lowering {
#define GEN_PASS_DEF_FINISHKERNELSPASS
#include "lib/Lowering/Passes.h.inc"
} // namespace azulejo::lowering

using namespace mlir;

/// Buffers of a plan are aligned to 256 bytes, and no kernel's results overlap its other arguments.
static constexpr int64_t kPointerAlignment = 16;

/// Bytes of a tensor map, and what its address is a multiple of (CUDA driver API, CUtensorMap).
static constexpr int64_t kTensorMapBytes = 128, kTensorMapAlignment = 64;

/// Marks the parameters that are tensor maps: the host passes them by value.
static BitVector findTensorMaps(func::FuncOp function) {
  BitVector maps(function.getNumArguments());
  for (unsigned index = 0; index < maps.size(); ++index)
    maps[index] = function.getArgAttr(index, "tile.tensor_map") != nullptr;
  return maps;
}

static void describeTensorMap(LLVM::LLVMFuncOp kernel, unsigned index) {
  Builder builder(kernel);
  auto bytes = LLVM::LLVMArrayType::get(builder.getI8Type(), kTensorMapBytes);
  kernel.setArgAttr(index, LLVM::LLVMDialect::getByValAttrName(), TypeAttr::get(bytes));
  kernel.setArgAttr(index, LLVM::LLVMDialect::getAlignAttrName(),
                    builder.getI64IntegerAttr(kTensorMapAlignment));
  kernel.setArgAttr(index, NVVM::NVVMDialect::getGridConstantAttrName(), builder.getUnitAttr());
}

/// The parameters of a kernel are pointers and numbers already: only the operation changes.
static LLVM::LLVMFuncOp convertFunction(func::FuncOp function) {
  OpBuilder builder(function);
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(builder.getContext()),
                                          function.getArgumentTypes());
  auto kernel = LLVM::LLVMFuncOp::create(builder, function.getLoc(), function.getName(), type);
  kernel.getBody().takeBody(function.getBody());
  kernel.walk([&](func::ReturnOp op) {
    builder.setInsertionPoint(op);
    LLVM::ReturnOp::create(builder, op.getLoc(), ValueRange());
    op.erase();
  });
  function.erase();
  return kernel;
}

static void describeParameters(LLVM::LLVMFuncOp kernel, const BitVector &tensorMaps) {
  Builder builder(kernel);
  for (unsigned index = 0; index < kernel.getNumArguments(); ++index) {
    if (tensorMaps[index]) {
      describeTensorMap(kernel, index);
      continue;
    }
    if (!isa<LLVM::LLVMPointerType>(kernel.getArgument(index).getType()))
      continue;
    kernel.setArgAttr(index, LLVM::LLVMDialect::getAlignAttrName(),
                      builder.getI64IntegerAttr(kPointerAlignment));
    kernel.setArgAttr(index, LLVM::LLVMDialect::getNoAliasAttrName(), builder.getUnitAttr());
  }
}

/// Upstream's pass for branches runs on a builtin.module only.
static LogicalResult convertBranches(gpu::GPUModuleOp module) {
  LLVMTypeConverter converter(module.getContext());
  RewritePatternSet patterns(module.getContext());
  cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
  ConversionTarget target(*module.getContext());
  target.addLegalDialect<LLVM::LLVMDialect>();
  target.addIllegalDialect<cf::ControlFlowDialect>();
  return applyPartialConversion(module, target, std::move(patterns));
}

/// How many CTAs a multiprocessor must have room for. Left alone, ptxas looks for more and may
/// spill a register or two to get them: 256 threads in all let each have as many registers as it
/// can use.
static IntegerAttr leastCtas(gpu::GPUModuleOp module) {
  if (auto chosen = module->getAttrOfType<IntegerAttr>("tile.min_ctas"))
    return chosen;
  auto warps = module->getAttrOfType<IntegerAttr>("tile.warps");
  if (!warps)
    return {};
  return Builder(module).getI32IntegerAttr(std::max<int64_t>(1, 8 / warps.getInt()));
}

namespace {
struct FinishKernelsPass : azulejo::lowering::impl::FinishKernelsPassBase<FinishKernelsPass> {
  void runOnOperation() override {
    gpu::GPUModuleOp module = getOperation();
    Builder builder(&getContext());
    for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>())) {
      BitVector tensorMaps = findTensorMaps(function);
      LLVM::LLVMFuncOp kernel = convertFunction(function);
      kernel->setAttr(NVVM::NVVMDialect::getKernelFuncAttrName(), builder.getUnitAttr());
      if (auto block = module->getAttr("tile.block"))
        kernel->setAttr(NVVM::NVVMDialect::getReqntidAttrName(), block);
      if (auto least = leastCtas(module))
        kernel->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(), least);
      describeParameters(kernel, tensorMaps);
    }
    if (failed(convertBranches(module)))
      signalPassFailure();
  }
};
} // namespace
