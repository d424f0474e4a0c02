// This file infers the result types of operators; Import, Reference and the verifiers share it.

#include "dialects/Graph/GraphOps.h"

using namespace mlir;
using namespace azulejo::graph;

using MaybeLoc = std::optional<Location>;
using Types = SmallVectorImpl<Type>;

static RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

/// Where the divisors of symbols are found: in the module around an operand.
static Operation *scopeOf(Value operand) {
  Operation *op = operand.getDefiningOp();
  return op ? op : operand.getParentBlock()->getParentOp();
}

static std::string describe(AffineExpr dim) { return toString(dim, dim.getContext()); }

/// Types are compatible if their elements are equal and their dimensions provably so.
static bool areCompatible(TypeRange left, TypeRange right) {
  if (left.size() != right.size())
    return false;
  for (auto [a, b] : llvm::zip(left, right)) {
    if (a == b)
      continue;
    auto tensorA = dyn_cast<RankedTensorType>(a), tensorB = dyn_cast<RankedTensorType>(b);
    if (!tensorA || !tensorB || tensorA.getElementType() != tensorB.getElementType() ||
        tensorA.getRank() != tensorB.getRank() || !isGraphTensor(a) || !isGraphTensor(b))
      return false;
    for (auto [dimA, dimB] : llvm::zip(getDims(tensorA), getDims(tensorB)))
      if (!provablyEqual(dimA, dimB))
        return false;
  }
  return true;
}

/// Explains that two dimensions do not agree, or cannot be shown to.
static LogicalResult emitDimConflict(MaybeLoc loc, AffineExpr a, AffineExpr b) {
  if (constantValue(a) && constantValue(b))
    return emitOptionalError(loc, "dimensions ", describe(a), " and ", describe(b),
                             " do not broadcast");
  return emitOptionalError(
      loc, "cannot prove that dimensions ", describe(a), " and ", describe(b),
      " are equal; fix the sizes with --dim, or say what they are multiples of");
}

static LogicalResult inferBroadcast(MaybeLoc loc, ValueRange operands, Type elementType,
                                    Types &results) {
  SmallVector<SmallVector<AffineExpr>> shapes;
  for (Value operand : operands)
    shapes.push_back(getDims(typeOf(operand)));
  std::pair<AffineExpr, AffineExpr> conflict;
  std::optional<SmallVector<AffineExpr>> dims =
      broadcastDims(shapes, &conflict, scopeOf(operands.front()));
  if (!dims)
    return emitDimConflict(loc, conflict.first, conflict.second);
  results.push_back(withDims(elementType, *dims));
  return success();
}

// ---- Elementwise
// ---------------------------------------------------------------------------------

#define SAME_TYPE_OP(Op)                                                                           \
  LogicalResult Op::inferReturnTypes(MLIRContext *, MaybeLoc, Adaptor adaptor, Types &results) {   \
    results.push_back(adaptor.getInput().getType());                                               \
    return success();                                                                              \
  }                                                                                                \
  bool Op::isCompatibleReturnTypes(TypeRange l, TypeRange r) { return areCompatible(l, r); }

SAME_TYPE_OP(NegOp)
SAME_TYPE_OP(AbsOp)
SAME_TYPE_OP(ExpOp)
SAME_TYPE_OP(LogOp)
SAME_TYPE_OP(SqrtOp)
SAME_TYPE_OP(RsqrtOp)
SAME_TYPE_OP(ReciprocalOp)
SAME_TYPE_OP(SinOp)
SAME_TYPE_OP(CosOp)
SAME_TYPE_OP(TanhOp)
SAME_TYPE_OP(SigmoidOp)
SAME_TYPE_OP(ErfOp)
SAME_TYPE_OP(FloorOp)
SAME_TYPE_OP(CeilOp)
SAME_TYPE_OP(RoundOp)
SAME_TYPE_OP(SignOp)
SAME_TYPE_OP(NotOp)

#define FLOAT_TEST_OP(Op)                                                                          \
  LogicalResult Op::inferReturnTypes(MLIRContext *context, MaybeLoc, Adaptor adaptor,              \
                                     Types &results) {                                             \
    results.push_back(                                                                             \
        withDims(IntegerType::get(context, 1), getDims(typeOf(adaptor.getInput()))));              \
    return success();                                                                              \
  }                                                                                                \
  bool Op::isCompatibleReturnTypes(TypeRange l, TypeRange r) { return areCompatible(l, r); }

FLOAT_TEST_OP(IsNanOp)
FLOAT_TEST_OP(IsInfOp)

// (C1) of every operator with two operands.
#define BINARY_OP(Op)                                                                              \
  LogicalResult Op::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor,                 \
                                     Types &results) {                                             \
    return inferBroadcast(loc, adaptor.getOperands(), typeOf(adaptor.getLhs()).getElementType(),   \
                          results);                                                                \
  }                                                                                                \
  bool Op::isCompatibleReturnTypes(TypeRange l, TypeRange r) { return areCompatible(l, r); }

BINARY_OP(AddOp)
BINARY_OP(SubOp)
BINARY_OP(MulOp)
BINARY_OP(DivOp)
BINARY_OP(ModOp)
BINARY_OP(PowOp)
BINARY_OP(MaximumOp)
BINARY_OP(MinimumOp)
BINARY_OP(AndOp)
BINARY_OP(OrOp)
BINARY_OP(XorOp)

#define COMPATIBLE(Op)                                                                             \
  bool Op::isCompatibleReturnTypes(TypeRange l, TypeRange r) { return areCompatible(l, r); }

COMPATIBLE(CompareOp)
LogicalResult CompareOp::inferReturnTypes(MLIRContext *context, MaybeLoc loc, Adaptor adaptor,
                                          Types &results) {
  Type left = typeOf(adaptor.getLhs()).getElementType();
  Type right = typeOf(adaptor.getRhs()).getElementType();
  if (left != right) // compare_c2
    return emitOptionalError(loc, "expected operands of equal element types, got: ", left, " and ",
                             right);
  return inferBroadcast(loc, adaptor.getOperands(), IntegerType::get(context, 1), // compare_c1
                        results);
}

COMPATIBLE(SelectOp)
LogicalResult SelectOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor,
                                         Types &results) {
  Type onTrue = typeOf(adaptor.getOnTrue()).getElementType();
  Type onFalse = typeOf(adaptor.getOnFalse()).getElementType();
  if (onTrue != onFalse) // select_c2
    return emitOptionalError(loc, "expected values of equal element types, got: ", onTrue, " and ",
                             onFalse);
  return inferBroadcast(loc, adaptor.getOperands(), onTrue, results); // select_c1
}

// ---- Constants
// -----------------------------------------------------------------------------------

bool ConstantOp::isCompatibleReturnTypes(TypeRange l, TypeRange r) { return l == r; }
LogicalResult ConstantOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor,
                                           Types &results) {
  auto type = dyn_cast<RankedTensorType>(adaptor.getValue().getType());
  if (!type || type.getEncoding()) // constant_c1
    return emitOptionalError(loc,
                             "expected a value of a ranked tensor type without encoding, got: ",
                             adaptor.getValue().getType());
  results.push_back(type);
  return success();
}

bool DimValuesOp::isCompatibleReturnTypes(TypeRange l, TypeRange r) { return l == r; }
LogicalResult DimValuesOp::inferReturnTypes(MLIRContext *context, MaybeLoc, Adaptor adaptor,
                                            Types &results) {
  int64_t size = adaptor.getDims().getExprs().size();
  results.push_back(RankedTensorType::get({size}, IntegerType::get(context, 64)));
  return success();
}

// ---- Contractions
// --------------------------------------------------------------------------------

COMPATIBLE(MatmulOp)
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

COMPATIBLE(ConvOp)
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

COMPATIBLE(PoolOp)
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

COMPATIBLE(ReduceOp)
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

// ---- Moving elements
// -----------------------------------------------------------------------------

COMPATIBLE(TransposeOp)
LogicalResult TransposeOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor,
                                            Types &results) {
  RankedTensorType inputType = typeOf(adaptor.getInput());
  ArrayRef<int64_t> perm = adaptor.getPerm();
  SmallVector<int64_t> sorted(perm);
  llvm::sort(sorted);
  bool isPermutation = static_cast<int64_t>(perm.size()) == inputType.getRank();
  for (size_t i = 0; i < sorted.size(); ++i)
    isPermutation &= sorted[i] == static_cast<int64_t>(i);
  if (!isPermutation) // transpose_c1
    return emitOptionalError(loc, "expected a permutation of ", inputType.getRank(),
                             " dimensions, got: ", adaptor.getPermAttr());
  SmallVector<AffineExpr> input = getDims(inputType), dims;
  for (int64_t source : perm)
    dims.push_back(input[source]);
  results.push_back(withDims(inputType.getElementType(), dims));
  return success();
}

COMPATIBLE(ConcatOp)
LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor,
                                         Types &results) {
  if (adaptor.getInputs().empty()) // concat_c1
    return emitOptionalError(loc, "expected at least one operand");
  RankedTensorType first = typeOf(adaptor.getInputs().front());
  int64_t axis = adaptor.getAxis();
  if (axis < 0 || axis >= first.getRank()) // concat_c2
    return emitOptionalError(loc, "expected an axis of operands of rank ", first.getRank(),
                             ", got: ", axis);
  SmallVector<AffineExpr> dims = getDims(first);
  for (Value input : adaptor.getInputs().drop_front()) {
    if (typeOf(input).getRank() != first.getRank()) // concat_c1
      return emitOptionalError(loc, "expected operands of equal ranks, got: ", first.getRank(),
                               " and ", typeOf(input).getRank());
    for (auto [i, dim] : llvm::enumerate(getDims(typeOf(input)))) {
      if (static_cast<int64_t>(i) == axis)
        dims[i] = dims[i] + dim;
      else if (!provablyEqual(dims[i], dim, scopeOf(input))) // concat_c3
        return emitOptionalError(loc, "expected equal dimensions ", i, ", got: ", describe(dims[i]),
                                 " and ", describe(dim));
    }
  }
  results.push_back(withDims(first.getElementType(), dims));
  return success();
}

/// Checks that a static dimension has what `mode` asks for; `left` is its size without what is
/// removed.
static LogicalResult checkPadding(MaybeLoc loc, PadMode mode, int64_t left, int64_t low,
                                  int64_t high) {
  int64_t largest = std::max(low, high);
  if (left < 0 || (mode == PadMode::edge && left < 1 && largest > 0) ||
      (mode == PadMode::reflect && largest > 0 && left <= largest)) // pad_c3
    return emitOptionalError(loc, "cannot pad ", left, " elements by ", low, " and ", high,
                             " with mode ", stringifyPadMode(mode));
  return success();
}

COMPATIBLE(PadOp)
LogicalResult PadOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor,
                                      Types &results) {
  RankedTensorType inputType = typeOf(adaptor.getInput());
  ArrayRef<int64_t> low = adaptor.getLow(), high = adaptor.getHigh();
  int64_t rank = inputType.getRank();
  if (static_cast<int64_t>(low.size()) != rank ||
      static_cast<int64_t>(high.size()) != rank) // pad_c1
    return emitOptionalError(loc, "expected ", rank, " elements of low and high, got: ", low.size(),
                             " and ", high.size());
  if (Value value = adaptor.getValue()) {
    RankedTensorType valueType = typeOf(value);
    if (adaptor.getMode() != PadMode::constant || valueType.getRank() != 0 ||
        valueType.getElementType() != inputType.getElementType()) // pad_c2
      return emitOptionalError(loc, "expected a value of type tensor<", inputType.getElementType(),
                               "> only in constant mode, got: ", valueType, " in ",
                               stringifyPadMode(adaptor.getMode()), " mode");
  }
  SmallVector<AffineExpr> dims = getDims(inputType);
  for (int64_t i = 0; i < rank; ++i) {
    if (std::max(std::abs(low[i]), std::abs(high[i])) > INT32_MAX || low[i] == INT64_MIN)
      return emitOptionalError(loc, "expected pads within 32 bits, got: ", low[i], " and ",
                               high[i]);
    std::optional<int64_t> size = constantValue(dims[i]);
    int64_t removed = std::min<int64_t>(low[i], 0) + std::min<int64_t>(high[i], 0);
    if (size && failed(checkPadding(loc, adaptor.getMode(), *size + removed, low[i], high[i])))
      return failure();
    dims[i] = dims[i] + (low[i] + high[i]);
  }
  results.push_back(withDims(inputType.getElementType(), dims));
  return success();
}

COMPATIBLE(GatherOp)
LogicalResult GatherOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor,
                                         Types &results) {
  RankedTensorType dataType = typeOf(adaptor.getData()), indexType = typeOf(adaptor.getIndices());
  int64_t axis = adaptor.getAxis();
  if (axis < 0 || axis >= dataType.getRank()) // gather_c1
    return emitOptionalError(loc, "expected an axis of data of rank ", dataType.getRank(),
                             ", got: ", axis);
  if (!indexType.getElementType().isSignlessInteger(32) &&
      !indexType.getElementType().isSignlessInteger(64)) // gather_c2
    return emitOptionalError(loc,
                             "expected indices of i32 or i64, got: ", indexType.getElementType());
  SmallVector<AffineExpr> data = getDims(dataType), dims(data.begin(), data.begin() + axis);
  llvm::append_range(dims, getDims(indexType));
  dims.append(data.begin() + axis + 1, data.end());
  results.push_back(withDims(dataType.getElementType(), dims));
  return success();
}
