// This file declares what the schedules share that fetch both operands of a product with TMA.
#ifndef AZULEJO_LIB_TILING_TMAGEMM_H
#define AZULEJO_LIB_TILING_TMAGEMM_H

#include "lib/Tiling/GemmProblem.h"
#include "lib/Tiling/TilingStrategy.h"

namespace azulejo::tiling {

/// A matmul whose operands TMA copies, one tile of each a turn, into a ring in shared memory. A
/// role of the kernel runs `produce`; the others multiply what arrives, and store the result with
/// `store`.
class TmaGemm {
public:
  TmaGemm(KernelBuilder &kernel, graph::MatmulOp op, const TmaTile &tile);

  /// Makes the ring, outside of roles. `consumers` arrivals release a stage.
  void prepare(int64_t consumers);
  /// Emits the role of the producer.
  void produce();
  /// Emits what follows the product, for a tile of `sums` (f32) whose first column is `column` of
  /// this CTA's tile, and the store of the result.
  void store(mlir::Value sums, const Space &space, int64_t column);
  /// The number of turns (i32).
  mlir::Value turns();
  llvm::SmallVector<mlir::AffineExpr> grid();

  KernelBuilder &kernel;
  IndexedEmitter emitter;
  TmaTile tile;
  /// The rings of the left and right operand, and their channel.
  mlir::Value left, right, ring;

private:
  mlir::Value createBuffer(int64_t rows, int64_t columns, bool alongColumns);
  mlir::Value createMap(mlir::Value operand, mlir::AffineExpr inner, mlir::AffineExpr outer,
                        int64_t outerBox);
  bool isBatched() const;
  /// Emits the copies of one operand: its tile at `k` and the row or column `other`.
  void load(bool isLeft, mlir::Value k, mlir::Value other, mlir::Value stage);

  std::unique_ptr<GemmProblem> problem;
  mlir::Type element;
  mlir::Value leftMap, rightMap, firstRow, firstColumn, batch;
};

/// Emits `tile.roles` with one region for each of `bodies`.
void emitRoles(TmaGemm &gemm, llvm::ArrayRef<int32_t> warps, llvm::ArrayRef<int32_t> registers,
               llvm::ArrayRef<llvm::function_ref<void()>> bodies);

} // namespace azulejo::tiling

#endif // AZULEJO_LIB_TILING_TMAGEMM_H
