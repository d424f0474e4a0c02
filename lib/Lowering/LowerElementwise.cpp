// This file lowers operations that work on each element of a tile alone.
#include "lib/Lowering/LowerTiles.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace azulejo::lowering;
using namespace azulejo::tile;

namespace {
/// Repeats an arith or math operation on tiles for each register, on scalars.
struct LowerElementwiseOp : ConversionPattern {
  LowerElementwiseOp(const TypeConverter &converter, MLIRContext *context)
      : ConversionPattern(converter, MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op, ArrayRef<ValueRange> operands,
                                ConversionPatternRewriter &rewriter) const override {
    if (!isa<arith::ArithDialect, math::MathDialect>(op->getDialect()) ||
        op->getNumResults() != 1 || isa<arith::ConstantOp>(op))
      return rewriter.notifyMatchFailure(op, "not elementwise on tiles");
    auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    if (!type)
      return rewriter.notifyMatchFailure(op, "not on tiles");
    SmallVector<Value> results;
    for (unsigned index = 0, end = layoutOf(type).numRegisters(); index < end; ++index) {
      SmallVector<Value> scalars;
      for (ValueRange parts : operands)
        scalars.push_back(parts.size() == 1 ? parts.front() : parts[index]);
      OperationState state(op->getLoc(), op->getName(), scalars, type.getElementType(),
                           op->getAttrs());
      state.propertiesAttr = op->getPropertiesAsAttribute();
      results.push_back(rewriter.create(state)->getResult(0));
    }
    rewriter.replaceOpWithMultiple(op, {results});
    return success();
  }
};

struct LowerConstant : OpConversionPattern<arith::ConstantOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(arith::ConstantOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto elements = dyn_cast<DenseElementsAttr>(op.getValue());
    if (!elements || !elements.isSplat())
      return rewriter.notifyMatchFailure(op, "only a splat is the same in every register");
    Value scalar =
        arith::ConstantOp::create(rewriter, op.getLoc(), elements.getSplatValue<TypedAttr>());
    SmallVector<Value> results(layoutOf(op.getType()).numRegisters(), scalar);
    rewriter.replaceOpWithMultiple(op, {results});
    return success();
  }
};

struct LowerSplat : OpConversionPattern<SplatOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(SplatOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    SmallVector<Value> results(layoutOf(op.getType()).numRegisters(), adaptor.getScalar());
    rewriter.replaceOpWithMultiple(op, {results});
    return success();
  }
};

struct LowerCoordinate : OpConversionPattern<CoordinateOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(CoordinateOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    LayoutAttr layout = layoutOf(op.getType());
    ThreadCoordinates coordinates(rewriter, op.getLoc(), layout);
    SmallVector<Value> results;
    for (unsigned index = 0; index < layout.numRegisters(); ++index)
      results.push_back(coordinates.of(index, op.getDim()));
    rewriter.replaceOpWithMultiple(op, {results});
    return success();
  }
};

/// A broadcast moves nothing: every register of the result is one that the thread already has.
struct LowerBroadcast : OpConversionPattern<BroadcastOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(BroadcastOp op, OneToNOpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto source = op.getSource().getType(), result = op.getResult().getType();
    LayoutAttr layout = layoutOf(result);
    SmallVector<Value> results;
    for (unsigned index = 0; index < layout.numRegisters(); ++index)
      results.push_back(adaptor.getSource()[sourceRegister(source, result, layout, index)]);
    rewriter.replaceOpWithMultiple(op, {results});
    return success();
  }

private:
  /// Drops the bits of the register number that count along a repeated dimension.
  static unsigned sourceRegister(RankedTensorType source, RankedTensorType result,
                                 LayoutAttr layout, unsigned index) {
    unsigned number = 0, position = 0;
    for (unsigned bit = 0; bit < layout.numBits(LayoutAttr::Level::Register); ++bit) {
      ArrayRef<int32_t> basis = layout.basis(LayoutAttr::Level::Register, bit);
      bool repeated = false;
      for (int64_t dim = 0; dim < source.getRank(); ++dim)
        repeated |= basis[dim] != 0 && source.getDimSize(dim) != result.getDimSize(dim);
      if (!repeated)
        number |= (index >> bit & 1) << position++;
    }
    return number;
  }
};
} // namespace

void azulejo::lowering::populateElementwisePatterns(const TileTypeConverter &converter,
                                                    RewritePatternSet &patterns) {
  patterns.add<LowerElementwiseOp, LowerConstant, LowerSplat, LowerCoordinate, LowerBroadcast>(
      converter, patterns.getContext());
}
