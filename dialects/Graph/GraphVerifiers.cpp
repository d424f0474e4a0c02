// This file verifies the operators whose result type is given rather than inferred.

#include "dialects/Graph/ShapeInference.h"

#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace azulejo::graph;
using azulejo::graph::inference::describe;

LogicalResult ConstantOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  auto resource = dyn_cast<DenseResourceElementsAttr>(getValue());
  if (!resource && !isa<DenseElementsAttr>(getValue()))
    return emitOpError() << "expected a dense or resource value";
  if (resource && isBoolElement(type.getElementType()))
    return emitOpError() << "expected a dense value for i1, got a resource";
  AsmResourceBlob *blob = resource ? resource.getRawHandle().getBlob() : nullptr;
  size_t expected = type.getNumElements() * elementByteSize(type.getElementType());
  if (blob && blob->getData().size() != expected) // constant_c1
    return emitOpError() << "expected a resource of " << expected
                         << " bytes, got: " << blob->getData().size();
  return success();
}

LogicalResult CastOp::verify() {
  SmallVector<AffineExpr> input = getDims(getInput().getType()), result = getDims(getType());
  if (input.size() != result.size()) // cast_c1
    return emitOpError() << "expected a result of rank " << input.size()
                         << ", got: " << result.size();
  for (auto [a, b] : llvm::zip(input, result))
    if (!provablyEqual(a, b, *this)) // cast_c1
      return emitOpError() << "expected equal dimensions, got: " << describe(a) << " and "
                           << describe(b);
  return success();
}

LogicalResult ReshapeOp::verify() {
  AffineExpr from = product(getDims(getInput().getType()), getContext());
  AffineExpr to = product(getDims(getType()), getContext());
  if (provablyEqual(from, to, *this))
    return success();
  if (constantValue(from) && constantValue(to)) // reshape_c1
    return emitOpError() << "expected a result of " << describe(from)
                         << " elements, got: " << describe(to);
  return emitOpError() << "cannot prove that " << describe(from) << " and " << describe(to)
                       << " elements are equal; fix the sizes with --dim";
}

LogicalResult BroadcastOp::verify() {
  SmallVector<AffineExpr> input = getDims(getInput().getType()), result = getDims(getType());
  if (input.size() > result.size()) // broadcast_c1
    return emitOpError() << "expected a result of rank " << input.size()
                         << " or more, got: " << result.size();
  size_t offset = result.size() - input.size();
  for (auto [i, dim] : llvm::enumerate(input))
    if (constantValue(dim) != 1 && !provablyEqual(dim, result[offset + i], *this)) // broadcast_c2
      return emitOpError() << "cannot broadcast dimension " << describe(dim) << " to "
                           << describe(result[offset + i]);
  return success();
}

/// Returns whether an expression is known to be less than zero.
static bool isNegative(AffineExpr expr, Operation *scope) {
  return rangeOf(simplify(expr), scope).max < 0;
}

LogicalResult SliceOp::verify() {
  SmallVector<AffineExpr> input = getDims(getInput().getType()), result = getDims(getType());
  ArrayRef<int64_t> starts = getStarts(), steps = getSteps();
  if (starts.size() != input.size() || steps.size() != input.size() ||
      result.size() != input.size()) // slice_c1
    return emitOpError() << "expected starts, steps and a result of rank " << input.size()
                         << ", got: " << starts.size() << ", " << steps.size() << " and "
                         << result.size();
  for (auto [dim, size, start, step] : llvm::zip(input, result, starts, steps)) {
    if (step == 0) // slice_c2
      return emitOpError() << "expected steps other than 0";
    if (constantValue(size) == 0)
      continue;
    AffineExpr first = getAffineConstantExpr(start, getContext());
    if (start < 0)
      first = dim + first;
    AffineExpr last = first + (size - 1) * step;
    bool outside = false;
    for (AffineExpr index : {first, last})
      outside |= isNegative(index, *this) || isNegative(dim - 1 - index, *this);
    if (outside) // slice_c3
      return emitOpError() << "elements " << describe(simplify(first)) << " to "
                           << describe(simplify(last)) << " are not all in a dimension of "
                           << describe(dim);
  }
  return success();
}
