// This file declares the schedules: ways to cut a kernel into CTAs and tiles.
#ifndef AZULEJO_LIB_TILING_SCHEDULES_H
#define AZULEJO_LIB_TILING_SCHEDULES_H

#include "lib/Tiling/KernelBuilder.h"
#include "lib/Tiling/TilingStrategy.h"

namespace azulejo::tiling {

// Each function fills the kernel's function and returns the grid.

/// One tile of results for each CTA.
llvm::SmallVector<mlir::AffineExpr> buildPointwise(KernelBuilder &kernel);

/// Some rows for each CTA, along which all reductions of the kernel run.
llvm::SmallVector<mlir::AffineExpr> buildRows(KernelBuilder &kernel, graph::ReduceOp first);
/// Whether all reductions of the kernel run along the rows of `first`, and its result lies along
/// them.
bool canBuildRows(graph::KernelOp kernel, graph::ReduceOp first);

/// One tile of a matrix product for each CTA, from tiles of the operands in shared memory. `anchor`
/// is the matmul or conv.
llvm::SmallVector<mlir::AffineExpr> buildGemm(KernelBuilder &kernel, mlir::Operation *anchor,
                                              const GemmOptions &options, int64_t &warps);

/// The same for targets with TMA and wgmma or tcgen05, where nothing is `reasonAgainstTma`.
llvm::SmallVector<mlir::AffineExpr> buildWgmma(KernelBuilder &kernel, graph::MatmulOp op,
                                               int64_t &warps);
llvm::SmallVector<mlir::AffineExpr> buildTcgen05(KernelBuilder &kernel, graph::MatmulOp op,
                                                 int64_t &warps);

} // namespace azulejo::tiling

#endif // AZULEJO_LIB_TILING_SCHEDULES_H
