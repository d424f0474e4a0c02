// This file lists the passes of Simplify in their order.

#include "lib/Simplify/Simplify.h"

#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace azulejo;

void azulejo::buildSimplifyPipeline(OpPassManager &passes, const SimplifyOptions &options) {
  OpPassManager &functions = passes.nest<func::FuncOp>();
  simplify::FoldConstantsPassOptions constants;
  constants.byteBudget = options.constantByteBudget;
  // Arithmetic on dimensions collapses and movements compose, so that fewer constants are left to
  // evaluate.
  functions.addPass(createCanonicalizerPass());
  // Scales and biases must be plain constants before they can go into weights.
  functions.addPass(simplify::createFoldConstantsPass(constants));
  if (options.foldConvScale)
    functions.addPass(simplify::createFoldConvScalePass());
  // What folding left without use goes, and equal values become one.
  functions.addPass(createCanonicalizerPass());
  functions.addPass(createCSEPass());
}

void azulejo::registerSimplifyPipeline() {
  PassPipelineRegistration<>("azulejo-simplify", "The step Simplify", [](OpPassManager &passes) {
    buildSimplifyPipeline(passes, SimplifyOptions());
  });
}
