// This file expands powers.
#include "lib/Lowering/ExpandMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace azulejo::lowering;

namespace {
/// |x|^y = exp(y log |x|), then the sign and the exceptions of IEEE 754, pow.
struct ExpandPow : OpRewritePattern<math::PowFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::PowFOp op, PatternRewriter &rewriter) const override {
    Type type = op.getType();
    if (!type.isF32())
      return rewriter.notifyMatchFailure(op, "not f32");
    using P = arith::CmpFPredicate;
    Location loc = op.getLoc();
    Value x = op.getLhs(), y = op.getRhs();
    auto number = [&](double value) { return floatConstant(rewriter, loc, type, value); };
    auto compare = [&](P predicate, Value a, Value b) -> Value {
      return arith::CmpFOp::create(rewriter, loc, predicate, a, b);
    };
    auto both = [&](Value a, Value b) -> Value {
      return arith::AndIOp::create(rewriter, loc, a, b);
    };
    auto either = [&](Value a, Value b) -> Value {
      return arith::OrIOp::create(rewriter, loc, a, b);
    };
    auto select = [&](Value condition, Value a, Value b) -> Value {
      return arith::SelectOp::create(rewriter, loc, condition, a, b);
    };
    Value size = math::AbsFOp::create(rewriter, loc, x);
    Value scaled =
        arith::MulFOp::create(rewriter, loc, y, math::LogOp::create(rewriter, loc, size));
    Value result = math::ExpOp::create(rewriter, loc, scaled);

    Value whole = compare(P::OEQ, math::FloorOp::create(rewriter, loc, y), y);
    Value half = arith::MulFOp::create(rewriter, loc, y, number(0.5));
    Value even = compare(P::OEQ, math::FloorOp::create(rewriter, loc, half), half);
    Value odd = arith::XOrIOp::create(rewriter, loc, whole, both(whole, even));
    Value signedOne = math::CopySignOp::create(rewriter, loc, number(1.0), x);
    Value negative = compare(P::OLT, signedOne, number(0.0));
    Value opposite = arith::NegFOp::create(rewriter, loc, result);
    result = select(both(negative, odd), opposite, result);

    Value infinity = number(std::numeric_limits<double>::infinity());
    Value proper = both(compare(P::OLT, x, number(0.0)), compare(P::OLT, size, infinity));
    Value fraction = compare(P::ONE, math::FloorOp::create(rewriter, loc, y), y);
    result =
        select(both(proper, fraction), number(std::numeric_limits<double>::quiet_NaN()), result);
    Value endless = compare(P::OEQ, math::AbsFOp::create(rewriter, loc, y), infinity);
    Value one = either(compare(P::OEQ, y, number(0.0)), compare(P::OEQ, x, number(1.0)));
    one = either(one, both(compare(P::OEQ, size, number(1.0)), endless));
    rewriter.replaceOpWithNewOp<arith::SelectOp>(op, one, number(1.0), result);
    return success();
  }
};

/// Squares and multiplies, one turn for each bit of the exponent. A negative exponent leaves 1 and
/// -1 what they are to their power, and makes all else 0, as division of integers does.
struct ExpandIntegerPow : OpRewritePattern<math::IPowIOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::IPowIOp op, PatternRewriter &rewriter) const override {
    auto type = dyn_cast<IntegerType>(op.getType());
    if (!type)
      return rewriter.notifyMatchFailure(op, "not a scalar");
    Location loc = op.getLoc();
    Value x = op.getLhs(), y = op.getRhs();
    auto number = [&](int64_t value) -> Value {
      return arith::ConstantOp::create(rewriter, loc, rewriter.getIntegerAttr(type, value));
    };
    auto compare = [&](arith::CmpIPredicate predicate, Value a, Value b) -> Value {
      return arith::CmpIOp::create(rewriter, loc, predicate, a, b);
    };
    Value zero = number(0), one = number(1);
    Value power = repeatedSquares(rewriter, loc, type, x, y);
    Value isOdd =
        compare(arith::CmpIPredicate::ne, arith::AndIOp::create(rewriter, loc, y, one), zero);
    Value sign = arith::SelectOp::create(rewriter, loc, isOdd, number(-1), one);
    Value isMinusOne = compare(arith::CmpIPredicate::eq, x, number(-1));
    Value isOne = compare(arith::CmpIPredicate::eq, x, one);
    Value inverse = arith::SelectOp::create(rewriter, loc, isMinusOne, sign, zero);
    inverse = arith::SelectOp::create(rewriter, loc, isOne, one, inverse);
    Value negative = compare(arith::CmpIPredicate::slt, y, zero);
    rewriter.replaceOpWithNewOp<arith::SelectOp>(op, negative, inverse, power);
    return success();
  }

private:
  static Value repeatedSquares(OpBuilder &builder, Location loc, IntegerType type, Value x,
                               Value y) {
    auto number = [&](Type of, int64_t value) -> Value {
      return arith::ConstantOp::create(builder, loc, builder.getIntegerAttr(of, value));
    };
    Type i32 = builder.getI32Type();
    Value one = number(type, 1);
    auto loop = scf::ForOp::create(
        builder, loc, number(i32, 0), number(i32, type.getWidth()), number(i32, 1),
        ValueRange{one, x, y}, [&](OpBuilder &body, Location at, Value, ValueRange carried) {
          Value bit = arith::AndIOp::create(body, at, carried[2], one);
          Value isSet = arith::CmpIOp::create(body, at, arith::CmpIPredicate::eq, bit, one);
          Value product = arith::MulIOp::create(body, at, carried[0], carried[1]);
          Value power = arith::SelectOp::create(body, at, isSet, product, carried[0]);
          Value square = arith::MulIOp::create(body, at, carried[1], carried[1]);
          Value rest = arith::ShRUIOp::create(body, at, carried[2], one);
          scf::YieldOp::create(body, at, ValueRange{power, square, rest});
        });
    return loop.getResult(0);
  }
};
} // namespace

void azulejo::lowering::populatePowerPatterns(RewritePatternSet &patterns) {
  patterns.add<ExpandPow, ExpandIntegerPow>(patterns.getContext());
}
