// This file declares the rule that says which operators share a kernel.
#ifndef AZULEJO_LIB_FUSION_FUSIONCOST_H
#define AZULEJO_LIB_FUSION_FUSIONCOST_H

#include "dialects/Graph/GraphOps.h"

namespace azulejo::fusion {

/// How an operator computes an element of its result; it decides what may stand around it.
enum class OpClass {
  Constant,    ///< known when the model is compiled, or a formula of dimensions
  Movement,    ///< an element of an operand, found by index arithmetic
  Elementwise, ///< a function of one element of each operand
  Window,      ///< a few elements: pooling, depthwise convolution
  Reduction,   ///< a whole row
  Contraction, ///< matmul, convolution: tiles of both operands are used again and again
};

OpClass classify(mlir::Operation *op);

/// A kernel in the making: operators of which only the last one, `root`, is used outside.
struct Cluster {
  mlir::Operation *root = nullptr;
  /// The contraction, if there is one. Everything else is computed where its tiles are.
  mlir::Operation *contraction = nullptr;
  /// The reductions, which all run along the same rows.
  llvm::SmallVector<mlir::Operation *> reductions;
  /// All operators, users before producers.
  llvm::SmallVector<mlir::Operation *> ops;
};

/// Whether `producer`, all of whose users are in `cluster`, may join it. If not, `reason` says why
/// in words for a user.
bool mayJoin(mlir::Operation *producer, const Cluster &cluster, std::string &reason);

/// Whether `op` is worth computing again in each kernel that uses it.
bool isFreeToRepeat(mlir::Operation *op);

} // namespace azulejo::fusion

#endif // AZULEJO_LIB_FUSION_FUSIONCOST_H
