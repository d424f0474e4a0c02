// This file declares the step Tiling: how one kernel is cut.
#ifndef AZULEJO_LIB_TILING_TILING_H
#define AZULEJO_LIB_TILING_TILING_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace azulejo::tiling {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "lib/Tiling/Passes.h.inc"

} // namespace azulejo::tiling

namespace azulejo {

struct TilingOptions {
  /// The compute capability to cut for, such as 80.
  int sm = 75;
  /// The target's name, such as "sm_90a": what only it has (wgmma, tcgen05) is used. May be empty.
  std::string chip;
  /// Whether tensor cores may round the f32 operands of a product to tf32.
  bool allowTf32 = false;
};

/// Turns every graph.kernel into a gpu.module of the tile dialect and a tile.dispatch.
void buildTilingPipeline(mlir::OpPassManager &pm, const TilingOptions &options);

} // namespace azulejo

#endif // AZULEJO_LIB_TILING_TILING_H
