// This file registers the pipeline that takes kernels from graph operators to PTX for one target.
#include "lib/Pipeline/Registration.h"

#include "lib/Codegen/Codegen.h"
#include "lib/Lowering/Lowering.h"
#include "lib/Support/Targets.h"
#include "lib/Tiling/Tiling.h"

#include "mlir/Pass/PassRegistry.h"

using namespace mlir;

namespace {
struct KernelPipelineOptions : PassPipelineOptions<KernelPipelineOptions> {
  PassOptions::Option<std::string> chip{*this, "chip", llvm::cl::desc("the target, such as sm_90a"),
                                        llvm::cl::init("sm_80")};
  PassOptions::Option<bool> allowTf32{
      *this, "allow-tf32", llvm::cl::desc("f32 products may round their operands to tf32"),
      llvm::cl::init(false)};
};
} // namespace

static void buildKernelPipeline(OpPassManager &passes, const KernelPipelineOptions &options) {
  azulejo::TilingOptions tiling;
  azulejo::LoweringOptions lowering;
  azulejo::PtxOptions ptx;
  tiling.allowTf32 = options.allowTf32;
  // A target that the table does not have keeps the least of everything.
  if (const azulejo::Target *target = azulejo::findTarget(options.chip.getValue())) {
    tiling.sm = lowering.sm = target->computeCapability;
    tiling.chip = ptx.chip = target->name.str();
  }
  azulejo::buildTilingPipeline(passes, tiling);
  azulejo::buildLoweringPipeline(passes, lowering);
  azulejo::buildPtxPipeline(passes, ptx);
}

void azulejo::registerKernelPipeline() {
  PassPipelineRegistration<KernelPipelineOptions>(
      "azulejo-kernels-to-ptx", "The steps Tiling, Lowering and Codegen for one target",
      buildKernelPipeline);
}
