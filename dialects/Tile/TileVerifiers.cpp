// This file verifies the operations of the tile dialect beyond what their definitions say.
#include "dialects/Graph/GraphOps.h"
#include "dialects/Tile/TileOps.h"

using namespace mlir;
using namespace azulejo;
using namespace azulejo::tile;

/// Whether two tiles hold their elements in the same places; element types may differ.
static bool sameShapeAndLayout(Type a, Type b) {
  auto left = cast<RankedTensorType>(a), right = cast<RankedTensorType>(b);
  return left.getShape() == right.getShape() && left.getEncoding() == right.getEncoding();
}

static LogicalResult verifyAccess(Operation *op, Type value, Type offsets, Value mask) {
  if (!sameShapeAndLayout(value, offsets))
    return op->emitOpError() << "value and offsets must have the same shape and layout, got: "
                             << value << " and " << offsets;
  if (mask && !sameShapeAndLayout(value, mask.getType()))
    return op->emitOpError() << "value and mask must have the same shape and layout, got: " << value
                             << " and " << mask.getType();
  return success();
}

static LogicalResult verifyStageType(Operation *op, RankedTensorType tile, BufferType buffer) {
  if (tile.getShape() == ArrayRef<int64_t>{buffer.getRows(), buffer.getColumns()})
    return success();
  return op->emitOpError() << "the tile must have the shape of a stage, got: " << tile << " for "
                           << buffer;
}

LogicalResult DispatchOp::verify() {
  // dispatch_c1
  auto grid = dyn_cast<graph::DimsAttr>(getGrid());
  if (!grid || grid.getExprs().size() != 3)
    return emitOpError() << "grid must be #graph.dims of three expressions, got: " << getGrid();
  if (!isa<graph::DimsAttr>(getScalars()))
    return emitOpError() << "scalars must be #graph.dims, got: " << getScalars();
  // dispatch_c2
  for (Type type : llvm::concat<const Type>(getOperandTypes(), getResultTypes()))
    if (!graph::isGraphTensor(type))
      return emitOpError() << "operands and results must be tensors of the graph dialect, got: "
                           << type;
  // dispatch_c3
  size_t tensors = getInputs().size() + getOutputs().size();
  for (Attribute entry : getTensorMaps() ? getTensorMaps()->getValue() : ArrayRef<Attribute>()) {
    auto map = dyn_cast<TensorMapAttr>(entry);
    if (!map)
      return emitOpError() << "tensor maps must be #tile.tensor_map, got: " << entry;
    if (map.getOperand() >= tensors)
      return emitOpError() << "tensor map must be of one of " << tensors
                           << " operands and results, got: " << map.getOperand();
  }
  return success();
}

LogicalResult SplatOp::verify() {
  // splat_c1
  if (getScalar().getType() != getResult().getType().getElementType())
    return emitOpError() << "scalar and elements must have the same type, got: "
                         << getScalar().getType() << " and "
                         << getResult().getType().getElementType();
  return success();
}

LogicalResult CoordinateOp::verify() {
  // coordinate_c1
  int64_t rank = getResult().getType().getRank();
  if (getDim() >= rank)
    return emitOpError() << "dim must be less than the rank " << rank << ", got: " << getDim();
  return success();
}

LogicalResult BroadcastOp::verify() {
  auto source = getSource().getType(), result = getResult().getType();
  // broadcast_c1
  if (source.getRank() != result.getRank() || source.getElementType() != result.getElementType())
    return emitOpError() << "source and result must have the same rank and element type, got: "
                         << source << " and " << result;
  LayoutAttr expected = layoutOf(result);
  for (int64_t dim = 0; dim < source.getRank(); ++dim) {
    if (source.getDimSize(dim) == result.getDimSize(dim))
      continue;
    // broadcast_c2
    if (source.getDimSize(dim) != 1)
      return emitOpError() << "dimension " << dim << " must be 1 or " << result.getDimSize(dim)
                           << ", got: " << source.getDimSize(dim);
    expected = expected.reduced(dim);
  }
  // broadcast_c3
  if (expected != layoutOf(source))
    return emitOpError() << "the source's layout must be " << expected
                         << ", got: " << layoutOf(source);
  return success();
}

LogicalResult LoadOp::verify() {
  return verifyAccess(*this, getResult().getType(), getOffsets().getType(), getMask()); // load_c1
}

LogicalResult StoreOp::verify() {
  return verifyAccess(*this, getValue().getType(), getOffsets().getType(), getMask()); // store_c1
}

LogicalResult ReduceOp::verify() {
  auto source = getSource().getType(), result = getResult().getType();
  if (getAxis() >= source.getRank())
    return emitOpError() << "axis must be less than the rank " << source.getRank()
                         << ", got: " << getAxis();
  // reduce_c1, reduce_c2
  SmallVector<int64_t> shape(source.getShape());
  shape[getAxis()] = 1;
  auto expected = tileType(shape, source.getElementType(), layoutOf(source).reduced(getAxis()));
  if (result != expected)
    return emitOpError() << "the result must be " << expected << ", got: " << result;
  return success();
}

LogicalResult CopyOp::verify() {
  // copy_c1
  if (failed(verifyAccess(*this, getOffsets().getType(), getOffsets().getType(), getMask())))
    return failure();
  return verifyStageType(*this, getOffsets().getType(), getBuffer().getType());
}

LogicalResult WriteOp::verify() {
  // write_c1
  auto value = getValue().getType();
  BufferType buffer = getBuffer().getType();
  if (value.getElementType() != buffer.getElementType())
    return emitOpError() << "value and buffer must have the same element type, got: "
                         << value.getElementType() << " and " << buffer.getElementType();
  return verifyStageType(*this, value, buffer);
}

LogicalResult DotOp::verify() {
  BufferType a = getA().getType(), b = getB().getType();
  auto sum = getAccumulator().getType();
  // dot_c1
  if (sum.getRank() != 2 || a.getRows() != sum.getDimSize(0) ||
      b.getColumns() != sum.getDimSize(1) || a.getColumns() != b.getRows())
    return emitOpError() << "shapes must be MxK, KxN and MxN, got: " << a << ", " << b << " and "
                         << sum;
  // dot_c2
  if (a.getElementType() != b.getElementType())
    return emitOpError() << "a and b must have the same element type, got: " << a.getElementType()
                         << " and " << b.getElementType();
  // dot_c3
  Type element = a.getElementType();
  bool hasMma = element.isF16() || element.isBF16() || element.isF32();
  if (getKind() == DotKind::Mma && (!hasMma || !sum.getElementType().isF32()))
    return emitOpError() << "mma needs f16, bf16 or f32 operands and an f32 accumulator, got: "
                         << a.getElementType() << " and " << sum.getElementType();
  if (getKind() == DotKind::Mma) {
    auto expected = LayoutAttr::mma(getContext(), sum.getDimSize(0), sum.getDimSize(1),
                                    layoutOf(sum).numWarps());
    if (layoutOf(sum) != expected)
      return emitOpError() << "the accumulator's layout must be " << expected
                           << ", got: " << layoutOf(sum);
  }
  if (getResult().getType() != sum)
    return emitOpError() << "result and accumulator must have the same type, got: "
                         << getResult().getType() << " and " << sum;
  return success();
}
