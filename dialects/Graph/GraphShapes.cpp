// This file infers the result types of operators; Import, Reference and the verifiers share it.
// GraphContractionShapes.cpp has those of contractions.

#include "dialects/Graph/ShapeInference.h"

using namespace mlir;
using namespace azulejo::graph;
using namespace azulejo::graph::inference;

bool inference::areCompatible(TypeRange left, TypeRange right) {
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

LogicalResult inference::emitDimConflict(MaybeLoc loc, AffineExpr a, AffineExpr b) {
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

// Elementwise

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

GRAPH_COMPATIBLE_RESULTS(CompareOp)
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

GRAPH_COMPATIBLE_RESULTS(SelectOp)
LogicalResult SelectOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor,
                                         Types &results) {
  Type onTrue = typeOf(adaptor.getOnTrue()).getElementType();
  Type onFalse = typeOf(adaptor.getOnFalse()).getElementType();
  if (onTrue != onFalse) // select_c2
    return emitOptionalError(loc, "expected values of equal element types, got: ", onTrue, " and ",
                             onFalse);
  return inferBroadcast(loc, adaptor.getOperands(), onTrue, results); // select_c1
}

// Constants

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

// Moving elements

GRAPH_COMPATIBLE_RESULTS(TransposeOp)
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

GRAPH_COMPATIBLE_RESULTS(ConcatOp)
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

GRAPH_COMPATIBLE_RESULTS(PadOp)
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

GRAPH_COMPATIBLE_RESULTS(GatherOp)
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
