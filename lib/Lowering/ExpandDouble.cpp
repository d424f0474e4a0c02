// This file expands exp and log of f64.
#include "lib/Lowering/ExpandMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>

using namespace mlir;
using namespace azulejo::lowering;

/// ln 2 in two parts: the product of the first with a whole number below 2^11 is exact.
static constexpr double kLn2High = 6.93147180369123816490e-01, kLn2Low = 1.90821492927058770002e-10;

namespace {
/// Builds arithmetic of f64 and the i64 behind it.
class DoubleBuilder {
public:
  DoubleBuilder(OpBuilder &builder, Location loc) : builder(builder), loc(loc) {}

  Value number(double value) { return floatConstant(builder, loc, builder.getF64Type(), value); }
  Value bits(int64_t value) {
    return arith::ConstantOp::create(builder, loc, builder.getI64IntegerAttr(value));
  }
  Value add(Value a, Value b) { return arith::AddFOp::create(builder, loc, a, b); }
  Value sub(Value a, Value b) { return arith::SubFOp::create(builder, loc, a, b); }
  Value mul(Value a, Value b) { return arith::MulFOp::create(builder, loc, a, b); }
  Value div(Value a, Value b) { return arith::DivFOp::create(builder, loc, a, b); }
  Value fma(Value a, Value b, Value c) { return LLVM::FMAOp::create(builder, loc, a, b, c); }
  Value select(Value condition, Value a, Value b) {
    return arith::SelectOp::create(builder, loc, condition, a, b);
  }
  Value compare(arith::CmpFPredicate predicate, Value a, Value b) {
    return arith::CmpFOp::create(builder, loc, predicate, a, b);
  }
  Value toBits(Value x) { return LLVM::BitcastOp::create(builder, loc, builder.getI64Type(), x); }
  Value fromBits(Value x) { return LLVM::BitcastOp::create(builder, loc, builder.getF64Type(), x); }

  /// 2^n for a whole number n between -1022 and 1023.
  Value powerOfTwo(Value n) {
    Value biased =
        arith::FPToSIOp::create(builder, loc, builder.getI64Type(), add(n, number(1023.0)));
    return fromBits(arith::ShLIOp::create(builder, loc, biased, bits(52)));
  }

  OpBuilder &builder;
  Location loc;
};

/// exp(x) = 2^n * exp(r), r in [-ln 2 / 2, ln 2 / 2], with the Taylor series of exp to the 13th
/// power: the next term is below 5e-18.
struct ExpandDoubleExp : OpRewritePattern<math::ExpOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::ExpOp op, PatternRewriter &rewriter) const override {
    if (!op.getType().isF64())
      return rewriter.notifyMatchFailure(op, "not f64");
    DoubleBuilder f(rewriter, op.getLoc());
    using P = arith::CmpFPredicate;
    Value x = op.getOperand();
    Value limited = f.select(f.compare(P::OLT, x, f.number(-746.0)), f.number(-746.0), x);
    limited = f.select(f.compare(P::OGT, limited, f.number(710.0)), f.number(710.0), limited);
    // A NaN must not reach the conversion to an integer.
    Value isNan = f.compare(P::UNO, x, x);
    limited = f.select(isNan, f.number(0.0), limited);
    Value n = math::RoundEvenOp::create(rewriter, op.getLoc(),
                                        f.mul(limited, f.number(1.4426950408889634)));
    Value r = f.fma(n, f.number(-kLn2High), limited);
    r = f.fma(n, f.number(-kLn2Low), r);
    Value series = f.number(1.0);
    for (int power = 13; power >= 1; --power)
      series = f.fma(f.mul(series, r), f.number(1.0 / power), f.number(1.0));
    // 2^n may be out of range where the result is not: it is applied in halves.
    Value lower = math::FloorOp::create(rewriter, op.getLoc(), f.mul(n, f.number(0.5)));
    Value result = f.mul(f.mul(series, f.powerOfTwo(lower)), f.powerOfTwo(f.sub(n, lower)));
    rewriter.replaceOp(op, f.select(isNan, x, result));
    return success();
  }
};

/// log(2^e * m) = e ln 2 + 2 atanh(s) with s = (m - 1) / (m + 1) and m in [sqrt(1/2), sqrt(2)]; the
/// series of atanh to the 21st power: the next term is below 2e-19.
struct ExpandDoubleLog : OpRewritePattern<math::LogOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::LogOp op, PatternRewriter &rewriter) const override {
    if (!op.getType().isF64())
      return rewriter.notifyMatchFailure(op, "not f64");
    Location loc = op.getLoc();
    DoubleBuilder f(rewriter, loc);
    using P = arith::CmpFPredicate;
    Value x = op.getOperand(), zero = f.number(0.0), infinity = f.number(INFINITY);
    // Numbers below the normal ones are scaled up by 2^54 first.
    Value isSmall = f.compare(P::OLT, x, f.number(2.2250738585072014e-308));
    Value scaled = f.select(isSmall, f.mul(x, f.number(18014398509481984.0)), x);
    Value word = f.toBits(scaled);
    Value biased = arith::ShRUIOp::create(rewriter, loc, word, f.bits(52));
    biased = arith::AndIOp::create(rewriter, loc, biased, f.bits(0x7ff));
    Value e = arith::SIToFPOp::create(rewriter, loc, rewriter.getF64Type(), biased);
    e = f.sub(e, f.select(isSmall, f.number(1023.0 + 54.0), f.number(1023.0)));
    Value fraction = arith::AndIOp::create(rewriter, loc, word, f.bits(0xfffffffffffff));
    Value m = f.fromBits(arith::OrIOp::create(rewriter, loc, fraction, f.bits(0x3ff0000000000000)));
    Value isHigh = f.compare(P::OGT, m, f.number(1.4142135623730951));
    m = f.select(isHigh, f.mul(m, f.number(0.5)), m);
    e = f.select(isHigh, f.add(e, f.number(1.0)), e);

    Value s = f.div(f.sub(m, f.number(1.0)), f.add(m, f.number(1.0))), square = f.mul(s, s);
    Value series = f.number(1.0 / 21);
    for (int power = 19; power >= 1; power -= 2)
      series = f.fma(series, square, f.number(1.0 / power));
    Value result = f.fma(e, f.number(kLn2Low), f.mul(f.mul(s, series), f.number(2.0)));
    result = f.fma(e, f.number(kLn2High), result);

    result = f.select(f.compare(P::OEQ, x, zero), f.number(-INFINITY), result);
    result = f.select(f.compare(P::OLT, x, zero), f.number(NAN), result);
    Value unchanged = arith::OrIOp::create(rewriter, loc, f.compare(P::UNO, x, x),
                                           f.compare(P::OEQ, x, infinity));
    rewriter.replaceOp(op, f.select(unchanged, x, result));
    return success();
  }
};
} // namespace

void azulejo::lowering::populateDoublePatterns(RewritePatternSet &patterns) {
  patterns.add<ExpandDoubleExp, ExpandDoubleLog>(patterns.getContext());
}
