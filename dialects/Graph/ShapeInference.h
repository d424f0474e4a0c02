// This file declares what the inference of result types and the verifiers share; GraphShapes.cpp
// has the definitions.
#ifndef AZULEJO_DIALECTS_GRAPH_SHAPEINFERENCE_H
#define AZULEJO_DIALECTS_GRAPH_SHAPEINFERENCE_H

#include "dialects/Graph/GraphOps.h"

namespace azulejo::graph::inference {

using MaybeLoc = std::optional<mlir::Location>;
using Types = mlir::SmallVectorImpl<mlir::Type>;

inline mlir::RankedTensorType typeOf(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType());
}

/// Where the divisors of symbols are found: in the module around an operand.
inline mlir::Operation *scopeOf(mlir::Value operand) {
  mlir::Operation *op = operand.getDefiningOp();
  return op ? op : operand.getParentBlock()->getParentOp();
}

/// A dimension as messages show it.
inline std::string describe(mlir::AffineExpr dim) { return toString(dim, dim.getContext()); }

/// Types are compatible if their elements are equal and their dimensions provably so.
bool areCompatible(mlir::TypeRange left, mlir::TypeRange right);

/// Explains that two dimensions do not agree, or cannot be shown to.
mlir::LogicalResult emitDimConflict(MaybeLoc loc, mlir::AffineExpr a, mlir::AffineExpr b);

} // namespace azulejo::graph::inference

/// Of an operator whose result may have any type that is provably the inferred one.
#define GRAPH_COMPATIBLE_RESULTS(Op)                                                               \
  bool Op::isCompatibleReturnTypes(mlir::TypeRange left, mlir::TypeRange right) {                  \
    return ::azulejo::graph::inference::areCompatible(left, right);                                \
  }

#endif // AZULEJO_DIALECTS_GRAPH_SHAPEINFERENCE_H
