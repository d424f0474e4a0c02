// This file declares what the lowerings of tile.dot share.
#ifndef AZULEJO_LIB_LOWERING_LOWERDOT_H
#define AZULEJO_LIB_LOWERING_LOWERDOT_H

#include "lib/Lowering/LowerTiles.h"

namespace azulejo::lowering {

/// One operand of a dot in shared memory: the ring, where it starts, and the stage to read.
struct DotOperand {
  tile::BufferType buffer;
  mlir::Value base, stage;
};

/// The distinct offsets along `dim` of the registers of an accumulator, ascending.
llvm::SmallVector<int32_t> offsetsAlong(tile::LayoutAttr layout, unsigned dim);

/// Emits a dot of kind `mma` for a GPU of compute capability `sm`: f32 operands are rounded to
/// tf32. Returns the sums in the order of `accumulator`.
llvm::SmallVector<mlir::Value> multiplyWithMma(mlir::OpBuilder &builder, tile::DotOp op,
                                               const DotOperand &a, const DotOperand &b, int sm,
                                               mlir::ValueRange accumulator);

} // namespace azulejo::lowering

#endif // AZULEJO_LIB_LOWERING_LOWERDOT_H
