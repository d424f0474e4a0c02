// This file expands mathematical functions that PTX does not have.
#include "lib/Lowering/ExpandMath.h"
#include "lib/Lowering/Lowering.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Approximation.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace azulejo::lowering {
#define GEN_PASS_DEF_EXPANDMATHPASS
#include "lib/Lowering/Passes.h.inc"
} // namespace azulejo::lowering

using namespace mlir;
using namespace azulejo::lowering;

Value azulejo::lowering::floatConstant(OpBuilder &builder, Location loc, Type type, double value) {
  return arith::ConstantOp::create(builder, loc, builder.getFloatAttr(type, value));
}

namespace {
/// Functions of narrow floats are computed in f32: PTX has no others, and f32 loses nothing.
struct WidenFunction : RewritePattern {
  explicit WidenFunction(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/2, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isa<math::MathDialect>(op->getDialect()) || op->getNumResults() != 1)
      return rewriter.notifyMatchFailure(op, "not a function");
    Type type = op->getResult(0).getType();
    if (!type.isF16() && !type.isBF16())
      return rewriter.notifyMatchFailure(op, "not a narrow float");
    Type wide = rewriter.getF32Type();
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(operand.getType() == type
                             ? arith::ExtFOp::create(rewriter, op->getLoc(), wide, operand)
                             : operand);
    OperationState state(op->getLoc(), op->getName(), operands, wide, op->getAttrs());
    Value result = rewriter.create(state)->getResult(0);
    rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, type, result);
    return success();
  }
};

/// exp(x) = 2^n * 2^f with n = round(x log2 e) and f the rest, found with the low part of log2 e so
/// that large arguments keep their digits. The argument is limited to where the result is neither
/// zero nor infinite; NaN passes the comparisons.
struct ExpandExp : OpRewritePattern<math::ExpOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::ExpOp op, PatternRewriter &rewriter) const override {
    Type type = op.getType();
    if (!type.isF32())
      return rewriter.notifyMatchFailure(op, "not f32");
    Location loc = op.getLoc();
    auto number = [&](double value) { return floatConstant(rewriter, loc, type, value); };
    Value x = limit(rewriter, loc, op.getOperand(), arith::CmpFPredicate::OLT, number(-104.0));
    x = limit(rewriter, loc, x, arith::CmpFPredicate::OGT, number(89.0));
    Value log2e = number(1.44269502162933349609375), low = number(1.925963033500011e-08);
    Value whole = arith::MulFOp::create(rewriter, loc, x, log2e);
    whole = math::RoundEvenOp::create(rewriter, loc, whole);
    Value rest =
        LLVM::FMAOp::create(rewriter, loc, x, log2e, arith::NegFOp::create(rewriter, loc, whole));
    rest = LLVM::FMAOp::create(rewriter, loc, x, low, rest);
    // 2^128 is infinite though the result may not be: half of it goes with the fraction.
    Value half = number(0.5);
    Value lower =
        math::FloorOp::create(rewriter, loc, arith::MulFOp::create(rewriter, loc, whole, half));
    Value upper = arith::SubFOp::create(rewriter, loc, whole, lower);
    Value result =
        arith::MulFOp::create(rewriter, loc, exp2(rewriter, loc, rest), exp2(rewriter, loc, upper));
    rewriter.replaceOpWithNewOp<arith::MulFOp>(op, result, exp2(rewriter, loc, lower));
    return success();
  }

private:
  static Value limit(OpBuilder &builder, Location loc, Value x, arith::CmpFPredicate beyond,
                     Value bound) {
    Value outside = arith::CmpFOp::create(builder, loc, beyond, x, bound);
    return arith::SelectOp::create(builder, loc, outside, bound, x);
  }

  static Value exp2(OpBuilder &builder, Location loc, Value x) {
    auto name = builder.getStringAttr("llvm.nvvm.ex2.approx");
    return LLVM::CallIntrinsicOp::create(builder, loc, x.getType(), name, ValueRange{x})
        .getResult(0);
  }
};

struct ExpandRsqrt : OpRewritePattern<math::RsqrtOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::RsqrtOp op, PatternRewriter &rewriter) const override {
    Value root = math::SqrtOp::create(rewriter, op.getLoc(), op.getOperand());
    Value one = floatConstant(rewriter, op.getLoc(), op.getType(), 1.0);
    rewriter.replaceOpWithNewOp<arith::DivFOp>(op, one, root);
    return success();
  }
};

struct ExpandMathPass : azulejo::lowering::impl::ExpandMathPassBase<ExpandMathPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<WidenFunction, ExpandExp, ExpandRsqrt>(&getContext());
    populateTrigonometryPatterns(patterns);
    populatePowerPatterns(patterns);
    populateDoublePatterns(patterns);
    populateMathPolynomialApproximationPatterns(patterns, [](StringRef name) {
      return llvm::is_contained(
          {math::AtanOp::getOperationName(), math::Atan2Op::getOperationName(),
           math::TanhOp::getOperationName(), math::LogOp::getOperationName(),
           math::Log2Op::getOperationName(), math::Log1pOp::getOperationName(),
           math::ErfOp::getOperationName(), math::ErfcOp::getOperationName(),
           math::ExpM1Op::getOperationName(), math::AsinOp::getOperationName(),
           math::AcosOp::getOperationName(), math::CbrtOp::getOperationName()},
          name);
    });
    math::populateExpansionPatterns(
        patterns, {"tan", "sinh", "cosh", "asinh", "acosh", "atanh", "fpowi", "exp2f"});
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
