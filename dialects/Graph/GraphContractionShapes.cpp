// This file infers the result types of contractions: of matmul, convolutions, pools and reductions.

#include "dialects/Graph/ShapeInference.h"

using namespace mlir;
using namespace azulejo::graph;
using namespace azulejo::graph::inference;

GRAPH_COMPATIBLE_RESULTS(MatmulOp)
LogicalResult MatmulOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor,
                                         Types &results) {
  RankedTensorType left = typeOf(adaptor.getLhs()), right = typeOf(adaptor.getRhs());
  if (left.getRank() < 2 || right.getRank() < 2) // matmul_c1
    return emitOptionalError(loc, "expected operands of rank 2 or more, got: ", left.getRank(),
                             " and ", right.getRank());
  SmallVector<AffineExpr> a = getDims(left), b = getDims(right);
  if (adaptor.getTransposeA())
    std::swap(a[a.size() - 2], a.back());
  if (adaptor.getTransposeB())
    std::swap(b[b.size() - 2], b.back());
  AffineExpr m = a[a.size() - 2], k = a.back(), n = b.back();
  if (!provablyEqual(k, b[b.size() - 2], scopeOf(adaptor.getLhs()))) // matmul_c2
    return emitOptionalError(loc, "expected equal K dimensions, got: ", describe(k), " and ",
                             describe(b[b.size() - 2]));
  a.resize(a.size() - 2);
  b.resize(b.size() - 2);
  std::pair<AffineExpr, AffineExpr> conflict;
  std::optional<SmallVector<AffineExpr>> dims =
      broadcastDims({a, b}, &conflict, scopeOf(adaptor.getLhs()));
  if (!dims) // matmul_c3
    return emitDimConflict(loc, conflict.first, conflict.second);
  dims->append({m, n});
  results.push_back(withDims(left.getElementType(), *dims));
  return success();
}

/// Checks that an attribute has one element of at least `least` for each spatial dimension.
static LogicalResult checkPerSpatialDim(MaybeLoc loc, StringRef name, ArrayRef<int64_t> values,
                                        int64_t spatialRank, int64_t least) {
  if (static_cast<int64_t>(values.size()) != spatialRank) // conv_c2, pool_c2
    return emitOptionalError(loc, "expected ", spatialRank, " elements of ", name,
                             ", got: ", values.size());
  for (int64_t value : values)
    if (value < least || value > INT32_MAX) // conv_c3, pool_c3
      return emitOptionalError(loc, "expected ", name, " in ", least, " to ", INT32_MAX,
                               ", got: ", value);
  return success();
}

/// The windows that a convolution or pool slides over one spatial dimension.
struct Windows {
  int64_t kernel, stride, dilation, padBegin, padEnd;
  int64_t extent() const { return dilation * (kernel - 1) + 1; }
};

/// Returns the number of windows that start within `size` plus the padding, or null after an error.
static AffineExpr countWindows(MaybeLoc loc, AffineExpr size, const Windows &windows,
                               bool ceilMode) {
  AffineExpr room = simplify(size + (windows.padBegin + windows.padEnd - windows.extent()));
  std::optional<int64_t> constantRoom = constantValue(room);
  if (constantRoom && *constantRoom < 0) { // conv_c7, pool_c5
    (void)emitOptionalError(loc, "window of ", windows.extent(),
                            " elements is larger than the padded input of ",
                            *constantRoom + windows.extent());
    return {};
  }
  if (!ceilMode)
    return simplify(room.floorDiv(windows.stride) + 1);
  // The number of windows is the lesser of ceil(room / stride) + 1 and of those that start before
  // the end padding, ceil((size + padBegin) / stride); which one that is depends on no size.
  if (windows.padEnd - windows.extent() + windows.stride > 0)
    room = size + windows.padBegin - windows.stride;
  return simplify(room.ceilDiv(windows.stride) + 1);
}

GRAPH_COMPATIBLE_RESULTS(ConvOp)
LogicalResult ConvOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor,
                                       Types &results) {
  RankedTensorType inputType = typeOf(adaptor.getInput()), weightType = typeOf(adaptor.getWeight());
  int64_t rank = inputType.getRank(), spatial = rank - 2, group = adaptor.getGroup();
  if (rank < 3 || rank > 5 || weightType.getRank() != rank) // conv_c1
    return emitOptionalError(loc, "expected input and weight of the same rank 3 to 5, got: ", rank,
                             " and ", weightType.getRank());
  if (failed(checkPerSpatialDim(loc, "strides", adaptor.getStrides(), spatial, 1)) ||
      failed(checkPerSpatialDim(loc, "dilations", adaptor.getDilations(), spatial, 1)) ||
      failed(checkPerSpatialDim(loc, "pads_begin", adaptor.getPadsBegin(), spatial, 0)) ||
      failed(checkPerSpatialDim(loc, "pads_end", adaptor.getPadsEnd(), spatial, 0)))
    return failure();
  if (group < 1) // conv_c4
    return emitOptionalError(loc, "expected a group of at least 1, got: ", group);
  SmallVector<AffineExpr> input = getDims(inputType), weight = getDims(weightType);
  if (!provablyEqual(input[1], weight[1] * group, scopeOf(adaptor.getInput()))) // conv_c5
    return emitOptionalError(loc, "expected input channels equal to weight channels times group, ",
                             "got: ", describe(input[1]), " and ", describe(weight[1]), " * ",
                             group);
  ArrayRef<int64_t> weightShape = weightType.getShape();
  if (ShapedType::isDynamic(weightShape[0]) || weightShape[0] % group != 0) // conv_c6
    return emitOptionalError(loc, "expected static output channels that are a multiple of group ",
                             group, ", got: ", describe(weight[0]));
  SmallVector<AffineExpr> dims = {input[0], weight[0]};
  for (int64_t i = 0; i < spatial; ++i) {
    if (ShapedType::isDynamic(weightShape[i + 2]) || weightShape[i + 2] < 1 ||
        weightShape[i + 2] > INT32_MAX) // conv_c6
      return emitOptionalError(
          loc, "expected a static kernel size of at least 1, got: ", describe(weight[i + 2]));
    Windows windows{weightShape[i + 2], adaptor.getStrides()[i], adaptor.getDilations()[i],
                    adaptor.getPadsBegin()[i], adaptor.getPadsEnd()[i]};
    AffineExpr size = countWindows(loc, input[i + 2], windows, /*ceilMode=*/false);
    if (!size)
      return failure();
    dims.push_back(size);
  }
  results.push_back(withDims(inputType.getElementType(), dims));
  return success();
}

GRAPH_COMPATIBLE_RESULTS(PoolOp)
LogicalResult PoolOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor,
                                       Types &results) {
  RankedTensorType inputType = typeOf(adaptor.getInput());
  int64_t rank = inputType.getRank(), spatial = rank - 2;
  if (rank < 3 || rank > 5) // pool_c1
    return emitOptionalError(loc, "expected an input of rank 3 to 5, got: ", rank);
  if (failed(checkPerSpatialDim(loc, "kernel", adaptor.getKernel(), spatial, 1)) ||
      failed(checkPerSpatialDim(loc, "strides", adaptor.getStrides(), spatial, 1)) ||
      failed(checkPerSpatialDim(loc, "dilations", adaptor.getDilations(), spatial, 1)) ||
      failed(checkPerSpatialDim(loc, "pads_begin", adaptor.getPadsBegin(), spatial, 0)) ||
      failed(checkPerSpatialDim(loc, "pads_end", adaptor.getPadsEnd(), spatial, 0)))
    return failure();
  if (adaptor.getKind() == PoolKind::average &&
      !isFloatElement(inputType.getElementType())) // pool_c6
    return emitOptionalError(loc,
                             "expected an average of floats, got: ", inputType.getElementType());
  SmallVector<AffineExpr> dims = getDims(inputType);
  for (int64_t i = 0; i < spatial; ++i) {
    Windows windows{adaptor.getKernel()[i], adaptor.getStrides()[i], adaptor.getDilations()[i],
                    adaptor.getPadsBegin()[i], adaptor.getPadsEnd()[i]};
    if (std::max(windows.padBegin, windows.padEnd) >= windows.extent()) // pool_c4
      return emitOptionalError(loc, "expected pads less than the window of ", windows.extent(),
                               " elements, got: ", windows.padBegin, " and ", windows.padEnd);
    dims[i + 2] = countWindows(loc, dims[i + 2], windows, adaptor.getCeilMode());
    if (!dims[i + 2])
      return failure();
  }
  results.push_back(withDims(inputType.getElementType(), dims));
  return success();
}

GRAPH_COMPATIBLE_RESULTS(ReduceOp)
LogicalResult ReduceOp::inferReturnTypes(MLIRContext *context, MaybeLoc loc, Adaptor adaptor,
                                         Types &results) {
  RankedTensorType inputType = typeOf(adaptor.getInput());
  ArrayRef<int64_t> axes = adaptor.getAxes();
  for (size_t i = 0; i < axes.size(); ++i)
    if (axes[i] < (i ? axes[i - 1] + 1 : 0) || axes[i] >= inputType.getRank()) // reduce_c1
      return emitOptionalError(loc, "expected ascending axes of an input of rank ",
                               inputType.getRank(), ", got: ", adaptor.getAxesAttr());
  ReduceKind kind = adaptor.getKind();
  if (isBoolElement(inputType.getElementType()) && kind != ReduceKind::max &&
      kind != ReduceKind::min) // reduce_c2
    return emitOptionalError(loc, "expected max or min for i1, got: ", stringifyReduceKind(kind));
  SmallVector<AffineExpr> dims;
  for (auto [i, dim] : llvm::enumerate(getDims(inputType))) {
    if (!llvm::is_contained(axes, static_cast<int64_t>(i)))
      dims.push_back(dim);
    else if (adaptor.getKeepDims())
      dims.push_back(getAffineConstantExpr(1, context));
  }
  results.push_back(withDims(inputType.getElementType(), dims));
  return success();
}
