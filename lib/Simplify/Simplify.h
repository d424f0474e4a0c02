// This file declares the step Simplify: a smaller graph that computes the same, for any target.

#ifndef AZULEJO_LIB_SIMPLIFY_SIMPLIFY_H
#define AZULEJO_LIB_SIMPLIFY_SIMPLIFY_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

#include <memory>

namespace azulejo::simplify {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "lib/Simplify/Passes.h.inc"

} // namespace azulejo::simplify

namespace azulejo {

/// What may be chosen of Simplify.
struct SimplifyOptions {
  /// The most bytes that one folded constant may take.
  int64_t constantByteBudget = int64_t(64) << 20;
  /// Whether factors are folded into weights, which changes results by rounding.
  bool foldConvScale = true;
};

/// Appends the step to `passes`, which run on the module that Import made.
void buildSimplifyPipeline(mlir::OpPassManager &passes, const SimplifyOptions &options);

/// Registers the step as `--azulejo-simplify` for azulejo-opt.
void registerSimplifyPipeline();

} // namespace azulejo

#endif // AZULEJO_LIB_SIMPLIFY_SIMPLIFY_H
