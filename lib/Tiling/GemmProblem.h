// This file declares how a matmul or convolution looks as a product of two matrices.
#ifndef AZULEJO_LIB_TILING_GEMMPROBLEM_H
#define AZULEJO_LIB_TILING_GEMMPROBLEM_H

#include "lib/Tiling/IndexedEmitter.h"

#include <memory>

namespace azulejo::tiling {

/// Where an element of an operand is, and whether it exists; null mask: it does.
struct OperandIndex {
  Index *index;
  mlir::Value mask;
};

/// A batch of products of an M by K and a K by N matrix, whose elements are found in tensors.
class GemmProblem {
public:
  virtual ~GemmProblem() = default;

  mlir::AffineExpr m, n, k, batches;
  mlir::Value left, right, result;
  /// Whether neighbours along K (for the left operand) or N (for the right) are neighbours in
  /// memory.
  bool leftAlongK = true, rightAlongN = true;

  virtual OperandIndex leftIndex(IndexedEmitter &emitter, const Space &space, mlir::Value m,
                                 mlir::Value k, mlir::Value batch) = 0;
  virtual OperandIndex rightIndex(IndexedEmitter &emitter, const Space &space, mlir::Value k,
                                  mlir::Value n, mlir::Value batch) = 0;
  virtual Index *resultIndex(IndexedEmitter &emitter, const Space &space, mlir::Value m,
                             mlir::Value n, mlir::Value batch) = 0;
};

std::unique_ptr<GemmProblem> matmulProblem(KernelBuilder &kernel, graph::MatmulOp op);
/// Implicit GEMM: rows are output channels of a group, columns positions of all images, and K runs
/// over the channels and taps of a window.
std::unique_ptr<GemmProblem> convProblem(KernelBuilder &kernel, graph::ConvOp op);

} // namespace azulejo::tiling

#endif // AZULEJO_LIB_TILING_GEMMPROBLEM_H
