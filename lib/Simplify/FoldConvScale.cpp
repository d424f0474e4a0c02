// This file folds constant factors per channel into the weights of convolutions and matmuls.

#include "dialects/Graph/GraphOps.h"
#include "lib/Reference/Reference.h"
#include "lib/Simplify/Simplify.h"

#include "mlir/IR/Iterators.h"
#include "mlir/IR/PatternMatch.h"

#include <cmath>

namespace azulejo::simplify {
#define GEN_PASS_DEF_FOLDCONVSCALEPASS
#include "lib/Simplify/Passes.h.inc"
} // namespace azulejo::simplify

using namespace mlir;
using namespace azulejo;
using namespace azulejo::graph;

namespace {

/// A convolution or matmul whose weight may be changed, seen alike.
struct Contraction {
  Operation *op;
  ConstantOp weight;
  int64_t rank;
  int64_t channelDim;       // of the result
  int64_t weightChannelDim; // the dimension of the weight that it comes from

  RankedTensorType type() const { return cast<RankedTensorType>(op->getResult(0).getType()); }
  int64_t channels() const { return type().getShape()[channelDim]; }
};

/// Returns `value`'s definition as a contraction of floats whose constant weight has no other use.
std::optional<Contraction> matchContraction(Value value) {
  Contraction result;
  result.op = value.getDefiningOp();
  if (auto conv = dyn_cast_or_null<ConvOp>(result.op)) {
    result.weight = conv.getWeight().getDefiningOp<ConstantOp>();
    result.channelDim = 1;
    result.weightChannelDim = 0;
  } else if (auto matmul = dyn_cast_or_null<MatmulOp>(result.op)) {
    int64_t weightRank = matmul.getRhs().getType().getRank();
    result.weight = matmul.getRhs().getDefiningOp<ConstantOp>();
    result.channelDim = matmul.getType().getRank() - 1;
    result.weightChannelDim = weightRank - (matmul.getTransposeB() ? 2 : 1);
  } else {
    return std::nullopt;
  }
  result.rank = result.type().getRank();
  if (!result.weight || !result.weight->hasOneUse() || !value.hasOneUse() ||
      !isFloatElement(result.type().getElementType()) || ShapedType::isDynamic(result.channels()))
    return std::nullopt;
  return result;
}

/// Evaluates an operator on constants that was just created, and returns the constant in its place.
ConstantOp evaluateNow(RewriterBase &rewriter, Operation *op) {
  std::optional<ElementsAttr> value = reference::fold(op, INT64_MAX);
  ConstantOp constant;
  if (value)
    constant = ConstantOp::create(rewriter, op->getLoc(), *value);
  rewriter.eraseOp(op);
  return constant;
}

bool isFinite(ConstantOp constant) {
  std::optional<reference::Tensor> tensor = reference::fromAttribute(constant.getValue());
  return tensor && llvm::all_of(reference::widen<double>(*tensor),
                                [](double element) { return std::isfinite(element); });
}

/// Returns `value`, a constant that is maybe reshaped or broadcast, as a finite constant with one
/// element per channel or one at all, if that is what it adds up to in an operation with the result
/// of `contraction`.
ConstantOp matchChannelConstant(RewriterBase &rewriter, Value value,
                                const Contraction &contraction) {
  if (auto broadcast = value.getDefiningOp<BroadcastOp>())
    value = broadcast.getInput();
  auto type = cast<RankedTensorType>(value.getType());
  int64_t missing = contraction.rank - type.getRank();
  if (missing < 0 || !type.hasStaticShape())
    return {};
  for (auto [i, size] : llvm::enumerate(type.getShape())) {
    bool isChannel = static_cast<int64_t>(i) + missing == contraction.channelDim;
    if (size != 1 && !(isChannel && size == contraction.channels()))
      return {};
  }
  // A reshape to this shape keeps the order of the elements, so what it reshapes will do.
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape.getInput();
  auto constant = value.getDefiningOp<ConstantOp>();
  if (!constant || !isFinite(constant))
    return {};
  return constant;
}

/// Returns `constant` with its elements along dimension `dim` of a tensor of rank `rank`.
ConstantOp alignTo(RewriterBase &rewriter, ConstantOp constant, int64_t rank, int64_t dim) {
  auto type = cast<RankedTensorType>(constant.getType());
  SmallVector<int64_t> shape(rank, 1);
  shape[dim] = type.getNumElements();
  auto alignedType = RankedTensorType::get(shape, type.getElementType());
  if (type == alignedType)
    return constant;
  return evaluateNow(rewriter,
                     ReshapeOp::create(rewriter, constant.getLoc(), alignedType, constant));
}

template <typename OpTy>
ConstantOp combine(RewriterBase &rewriter, Location loc, ConstantOp a, ConstantOp b) {
  ConstantOp result = evaluateNow(rewriter, OpTy::create(rewriter, loc, a, b));
  return result && isFinite(result) ? result : ConstantOp();
}

/// Returns the operand of `op` that is not `operand`.
Value otherOperand(Operation *op, Value operand) {
  return op->getOperand(0) == operand ? op->getOperand(1) : op->getOperand(0);
}

/// What one operator of the chain does to a contraction and the summand behind it.
enum class Effect { add, subtract, multiply, divide };

std::optional<Effect> effectOf(Operation *op, bool contractionIsFirst) {
  if (isa<AddOp>(op))
    return Effect::add;
  if (isa<MulOp>(op))
    return Effect::multiply;
  if (isa<SubOp>(op) && contractionIsFirst)
    return Effect::subtract;
  if (isa<DivOp>(op) && contractionIsFirst)
    return Effect::divide;
  return std::nullopt;
}

/// Folds one operator at the end of `contraction (+ summand)` into the weight and the summand.
class ChainFolder {
public:
  ChainFolder(RewriterBase &rewriter, Operation *op) : rewriter(rewriter), op(op) {}

  LogicalResult run() {
    std::optional<Effect> effect = matchOperands();
    if (!effect)
      return rewriter.notifyMatchFailure(op, "not a contraction with a constant per channel");
    if (*effect == Effect::add && !summandOp)
      return rewriter.notifyMatchFailure(op, "already the one addition behind a contraction");
    Location loc = op->getLoc();
    if (*effect == Effect::add || *effect == Effect::subtract)
      return foldSummand(*effect, loc);
    return foldFactor(*effect, loc);
  }

private:
  /// Finds the operand that is a contraction, maybe with a summand, and the other one, a constant.
  std::optional<Effect> matchOperands() {
    for (Value operand : op->getOperands()) {
      if (!matchChain(operand) || op->getResult(0).getType() != contraction->type())
        continue;
      constant = matchChannelConstant(rewriter, otherOperand(op, operand), *contraction);
      if (constant)
        return effectOf(op, operand == op->getOperand(0));
    }
    return std::nullopt;
  }

  bool matchChain(Value value) {
    summandOp = {};
    summand = {};
    contraction = matchContraction(value);
    if (contraction)
      return true;
    summandOp = value.getDefiningOp<AddOp>();
    if (!summandOp || !value.hasOneUse())
      return false;
    for (Value operand : summandOp->getOperands()) {
      contraction = matchContraction(operand);
      if (!contraction || contraction->type() != value.getType())
        continue;
      summand = matchChannelConstant(rewriter, otherOperand(summandOp, operand), *contraction);
      if (summand)
        return true;
    }
    return false;
  }

  ConstantOp alignToResult(ConstantOp value) {
    return alignTo(rewriter, value, contraction->rank, contraction->channelDim);
  }

  LogicalResult foldSummand(Effect effect, Location loc) {
    ConstantOp total = alignToResult(constant);
    if (effect == Effect::subtract)
      total = evaluateNow(rewriter, NegOp::create(rewriter, loc, total));
    if (summand)
      total = combine<AddOp>(rewriter, loc, alignToResult(summand), total);
    if (!total)
      return rewriter.notifyMatchFailure(op, "the summand would not be finite");
    replaceWithSum(total);
    return success();
  }

  LogicalResult foldFactor(Effect effect, Location loc) {
    auto weightType = cast<RankedTensorType>(contraction->weight.getType());
    ConstantOp aligned =
        alignTo(rewriter, constant, weightType.getRank(), contraction->weightChannelDim);
    ConstantOp weight = scale(effect, loc, contraction->weight, aligned);
    ConstantOp newSummand;
    if (weight && summand)
      newSummand = scale(effect, loc, alignToResult(summand), alignToResult(constant));
    if (!weight || (summand && !newSummand))
      return rewriter.notifyMatchFailure(op, "a weight or summand would not be finite");
    rewriter.modifyOpInPlace(contraction->op, [&] { contraction->op->setOperand(1, weight); });
    // The new weight may have been made behind its user.
    rewriter.moveOpBefore(weight, contraction->op);
    if (newSummand)
      replaceWithSum(newSummand);
    else
      rewriter.replaceOp(op, contraction->op);
    return success();
  }

  void replaceWithSum(ConstantOp total) {
    rewriter.replaceOpWithNewOp<AddOp>(op, contraction->op->getResult(0), total);
    // The old addition must not count as a use of the contraction when the next operator is looked
    // at.
    if (summandOp)
      rewriter.eraseOp(summandOp);
  }

  ConstantOp scale(Effect effect, Location loc, ConstantOp value, ConstantOp factor) {
    return effect == Effect::multiply ? combine<MulOp>(rewriter, loc, value, factor)
                                      : combine<DivOp>(rewriter, loc, value, factor);
  }

  RewriterBase &rewriter;
  Operation *op;
  std::optional<Contraction> contraction;
  AddOp summandOp;
  ConstantOp summand, constant;
};

struct FoldConvScale : simplify::impl::FoldConvScalePassBase<FoldConvScale> {
  void runOnOperation() override {
    // In the order of the program, so that a chain is folded from its contraction on.
    IRRewriter rewriter(&getContext());
    SmallVector<Operation *> candidates;
    getOperation().walk([&](Operation *op) {
      if (isa<AddOp, SubOp, MulOp, DivOp>(op))
        candidates.push_back(op);
    });
    for (Operation *op : candidates) {
      rewriter.setInsertionPoint(op);
      if (succeeded(ChainFolder(rewriter, op).run()))
        ++folded;
    }
    // From the end, so that what a dead operator used is seen to be dead too.
    getOperation().walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
      if (isOpTriviallyDead(op))
        op->erase();
    });
  }
};

} // namespace
