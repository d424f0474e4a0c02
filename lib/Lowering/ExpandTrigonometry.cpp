// This file expands sine and cosine.
#include "lib/Lowering/ExpandMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace azulejo::lowering;

namespace {
/// x = k * pi/2 + r with r in [-pi/4, pi/4], found with pi/2 in three parts and fused
/// multiplications (Cody and Waite, "Software Manual for the Elementary Functions", 1980), then a
/// polynomial of r; coefficients of Cephes (Moshier), sinf and cosf.
class Reduction {
public:
  Reduction(OpBuilder &builder, Location loc, Value x)
      : builder(builder), loc(loc), type(x.getType()) {
    Value k = math::RoundEvenOp::create(builder, loc, mul(x, number(0.636619772367581)));
    Value minusK = arith::NegFOp::create(builder, loc, k);
    rest = fma(minusK, number(1.57079637050628662109375), x);
    rest = fma(minusK, number(-4.37113900018624283e-8), rest);
    rest = fma(minusK, number(-1.71512e-15), rest);
    square = mul(rest, rest);
    Value turns = math::FloorOp::create(builder, loc, mul(k, number(0.25)));
    quadrant = fma(turns, number(-4.0), k);
  }

  /// The sine of `quadrant` quarter turns and the rest. Infinite arguments make the rest NaN.
  Value sine(double quartersAhead) {
    Value q = quadrant;
    if (quartersAhead != 0) {
      q = arith::AddFOp::create(builder, loc, q, number(quartersAhead));
      Value wrapped = arith::SubFOp::create(builder, loc, q, number(4.0));
      q = select(compare(arith::CmpFPredicate::OGE, q, number(4.0)), wrapped, q);
    }
    Value isOne = compare(arith::CmpFPredicate::OEQ, q, number(1.0));
    Value isThree = compare(arith::CmpFPredicate::OEQ, q, number(3.0));
    Value odd = arith::OrIOp::create(builder, loc, isOne, isThree);
    Value result = select(odd, cosinePolynomial(), sinePolynomial());
    Value negative = arith::NegFOp::create(builder, loc, result);
    return select(compare(arith::CmpFPredicate::OGE, q, number(2.0)), negative, result);
  }

private:
  Value number(double value) { return floatConstant(builder, loc, type, value); }
  Value mul(Value a, Value b) { return arith::MulFOp::create(builder, loc, a, b); }
  Value fma(Value a, Value b, Value c) { return LLVM::FMAOp::create(builder, loc, a, b, c); }
  Value compare(arith::CmpFPredicate predicate, Value a, Value b) {
    return arith::CmpFOp::create(builder, loc, predicate, a, b);
  }
  Value select(Value condition, Value a, Value b) {
    return arith::SelectOp::create(builder, loc, condition, a, b);
  }

  Value sinePolynomial() {
    Value p = fma(square, number(-1.9515295891e-4), number(8.3321608736e-3));
    p = fma(square, p, number(-1.6666654611e-1));
    return fma(mul(square, rest), p, rest);
  }

  Value cosinePolynomial() {
    Value p = fma(square, number(2.443315711809948e-5), number(-1.388731625493765e-3));
    p = fma(square, p, number(4.166664568298827e-2));
    Value high = fma(square, number(-0.5), number(1.0));
    return fma(mul(square, square), p, high);
  }

  OpBuilder &builder;
  Location loc;
  Type type;
  Value rest, square, quadrant;
};

struct ExpandSin : OpRewritePattern<math::SinOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::SinOp op, PatternRewriter &rewriter) const override {
    if (!op.getType().isF32())
      return rewriter.notifyMatchFailure(op, "not f32");
    Value x = op.getOperand(), zero = floatConstant(rewriter, op.getLoc(), op.getType(), 0.0);
    Value sine = Reduction(rewriter, op.getLoc(), x).sine(0);
    // The sign of zero is lost in the reduction.
    Value isZero = arith::CmpFOp::create(rewriter, op.getLoc(), arith::CmpFPredicate::OEQ, x, zero);
    rewriter.replaceOpWithNewOp<arith::SelectOp>(op, isZero, x, sine);
    return success();
  }
};

struct ExpandCos : OpRewritePattern<math::CosOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::CosOp op, PatternRewriter &rewriter) const override {
    if (!op.getType().isF32())
      return rewriter.notifyMatchFailure(op, "not f32");
    rewriter.replaceOp(op, Reduction(rewriter, op.getLoc(), op.getOperand()).sine(1));
    return success();
  }
};
} // namespace

void azulejo::lowering::populateTrigonometryPatterns(RewritePatternSet &patterns) {
  patterns.add<ExpandSin, ExpandCos>(patterns.getContext());
}
