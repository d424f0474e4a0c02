// This file holds the folds and canonicalizations: rewrites of operators that are right for every
// value.

#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/KnownInts.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace azulejo::graph;

// ---- Elementwise
// ---------------------------------------------------------------------------------

/// Returns whether `attribute` is a constant whose elements are all `value`, a zero with the sign
/// `negativeZero`.
static bool isSplat(Attribute attribute, double value, bool negativeZero = false) {
  auto dense = dyn_cast_or_null<DenseElementsAttr>(attribute);
  if (!dense || !dense.isSplat())
    return false;
  if (isFloatElement(dense.getElementType())) {
    APFloat element = dense.getSplatValue<APFloat>();
    return element.convertToDouble() == value &&
           (!element.isZero() || element.isNegative() == negativeZero);
  }
  return dense.getSplatValue<APInt>() == static_cast<uint64_t>(value);
}

/// Returns `kept` in place of an operator whose other operand changes nothing, if the types agree.
static OpFoldResult keepIf(bool isNeutral, Value kept, Type resultType) {
  return isNeutral && kept.getType() == resultType ? OpFoldResult(kept) : OpFoldResult();
}

OpFoldResult NegOp::fold(FoldAdaptor) {
  auto inner = getInput().getDefiningOp<NegOp>();
  return inner ? keepIf(true, inner.getInput(), getType()) : OpFoldResult();
}

OpFoldResult NotOp::fold(FoldAdaptor) {
  auto inner = getInput().getDefiningOp<NotOp>();
  return inner ? keepIf(true, inner.getInput(), getType()) : OpFoldResult();
}

OpFoldResult CastOp::fold(FoldAdaptor) { return keepIf(true, getInput(), getType()); }

// x + -0 is x for every float; x + +0 is not, since it turns -0 into +0.
OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  if (OpFoldResult kept = keepIf(isSplat(adaptor.getRhs(), 0, true), getLhs(), getType()))
    return kept;
  return keepIf(isSplat(adaptor.getLhs(), 0, true), getRhs(), getType());
}

OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  return keepIf(isSplat(adaptor.getRhs(), 0), getLhs(), getType());
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  if (OpFoldResult kept = keepIf(isSplat(adaptor.getRhs(), 1), getLhs(), getType()))
    return kept;
  return keepIf(isSplat(adaptor.getLhs(), 1), getRhs(), getType());
}

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  return keepIf(isSplat(adaptor.getRhs(), 1), getLhs(), getType());
}

OpFoldResult PowOp::fold(FoldAdaptor adaptor) {
  return keepIf(isSplat(adaptor.getRhs(), 1), getLhs(), getType());
}

OpFoldResult SelectOp::fold(FoldAdaptor adaptor) {
  if (OpFoldResult kept = keepIf(isSplat(adaptor.getCondition(), 1), getOnTrue(), getType()))
    return kept;
  if (OpFoldResult kept = keepIf(isSplat(adaptor.getCondition(), 0), getOnFalse(), getType()))
    return kept;
  return keepIf(getOnTrue() == getOnFalse(), getOnTrue(), getType());
}

// ---- Constants and reductions
// --------------------------------------------------------------------

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValueAttr(); }

OpFoldResult ReduceOp::fold(FoldAdaptor) {
  return keepIf(getAxes().empty(), getInput(), getType());
}

// ---- Moving elements
// -----------------------------------------------------------------------------

OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  if (OpFoldResult kept = keepIf(true, getInput(), getType()))
    return kept;
  auto inner = getInput().getDefiningOp<ReshapeOp>();
  if (!inner)
    return {};
  setOperand(inner.getInput());
  return getResult();
}

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  if (llvm::is_sorted(getPerm()))
    return keepIf(true, getInput(), getType());
  auto inner = getInput().getDefiningOp<TransposeOp>();
  if (!inner)
    return {};
  SmallVector<int64_t> composed;
  for (int64_t source : getPerm())
    composed.push_back(inner.getPerm()[source]);
  setPerm(composed);
  setOperand(inner.getInput());
  return getResult();
}

OpFoldResult BroadcastOp::fold(FoldAdaptor) {
  if (OpFoldResult kept = keepIf(true, getInput(), getType()))
    return kept;
  auto inner = getInput().getDefiningOp<BroadcastOp>();
  if (!inner)
    return {};
  setOperand(inner.getInput());
  return getResult();
}

OpFoldResult SliceOp::fold(FoldAdaptor) {
  bool isWhole = llvm::all_of(getStarts(), [](int64_t start) { return start == 0; }) &&
                 llvm::all_of(getSteps(), [](int64_t step) { return step == 1; });
  return keepIf(isWhole, getInput(), getType());
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  return keepIf(getInputs().size() == 1, getInputs().front(), getType());
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  auto isZero = [](int64_t pad) { return pad == 0; };
  return keepIf(llvm::all_of(getLow(), isZero) && llvm::all_of(getHigh(), isZero), getInput(),
                getType());
}

// ---- Arithmetic on dimensions
// --------------------------------------------------------------------

namespace {

/// Replaces arithmetic on dimensions by the expressions that it computes.
struct CollapseDimArithmetic : RewritePattern {
  explicit CollapseDimArithmetic(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isa_and_present<GraphDialect>(op->getDialect()) || op->getNumResults() != 1 ||
        isa<ConstantOp>(op))
      return rewriter.notifyMatchFailure(op, "not an operator that computes");
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    if (!type.getElementType().isSignlessInteger(64) || type.getRank() > 1)
      return rewriter.notifyMatchFailure(op, "not a vector or scalar of i64");
    std::optional<SmallVector<AffineExpr>> known = knownInts(op->getResult(0));
    if (!known)
      return rewriter.notifyMatchFailure(op, "elements are not known");
    return replace(op, type, *known, rewriter);
  }

private:
  static LogicalResult replace(Operation *op, RankedTensorType type, ArrayRef<AffineExpr> known,
                               PatternRewriter &rewriter) {
    SmallVector<int64_t> values;
    for (AffineExpr expr : known)
      if (std::optional<int64_t> value = constantValue(expr))
        values.push_back(*value);
    if (values.size() == known.size()) {
      rewriter.replaceOpWithNewOp<ConstantOp>(
          op, DenseElementsAttr::get(type, ArrayRef<int64_t>(values)));
      return success();
    }
    auto reshape = dyn_cast<ReshapeOp>(op);
    if (isa<DimValuesOp>(op) || (reshape && reshape.getInput().getDefiningOp<DimValuesOp>()))
      return rewriter.notifyMatchFailure(op, "in its final form");
    auto vectorType = RankedTensorType::get({type.getNumElements()}, type.getElementType());
    Value result = DimValuesOp::create(rewriter, op->getLoc(), vectorType,
                                       DimsAttr::get(op->getContext(), known));
    if (type != vectorType)
      result = ReshapeOp::create(rewriter, op->getLoc(), type, result);
    rewriter.replaceOp(op, result);
    return success();
  }
};

} // namespace

void GraphDialect::getCanonicalizationPatterns(RewritePatternSet &results) const {
  results.add<CollapseDimArithmetic>(getContext());
}
