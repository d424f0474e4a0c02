// This file declares what is known of the contents of small integer tensors.

#ifndef AZULEJO_DIALECTS_GRAPH_KNOWNINTS_H
#define AZULEJO_DIALECTS_GRAPH_KNOWNINTS_H

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/Value.h"

#include <optional>

namespace azulejo::graph {

/// Tensors with more elements than this have no known contents.
constexpr int64_t maxKnownInts = 64;

/// Returns the elements of `value`, in C order, as dimension expressions in normal form, if they
/// are known: those of constants and `graph.dim_values`, seen through reshapes, slices,
/// concatenations, gathers, casts, reductions and arithmetic. A float or i1 tensor has known
/// contents if they are whole numbers, such as the result of a cast. Values are those of unbounded
/// integers: the arithmetic of dimensions is taken not to overflow.
std::optional<llvm::SmallVector<mlir::AffineExpr>> knownInts(mlir::Value value);

} // namespace azulejo::graph

#endif // AZULEJO_DIALECTS_GRAPH_KNOWNINTS_H
