// This file lowers tile.dot: to fused multiply-adds here, to mma.sync in LowerMma.cpp.
#include "lib/Lowering/LowerDot.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace azulejo::lowering;
using namespace azulejo::tile;

using Level = LayoutAttr::Level;

SmallVector<int32_t> azulejo::lowering::offsetsAlong(LayoutAttr layout, unsigned dim) {
  SmallVector<int32_t> offsets;
  for (unsigned index = 0; index < layout.numRegisters(); ++index) {
    int32_t offset = layout.offset(Level::Register, index)[dim];
    if (!llvm::is_contained(offsets, offset))
      offsets.push_back(offset);
  }
  llvm::sort(offsets);
  return offsets;
}

namespace {
/// Multiplies with one fma for each product.
class FmaDot {
public:
  FmaDot(OpBuilder &builder, DotOp op, const DotOperand &a, const DotOperand &b)
      : builder(builder), loc(op.getLoc()), a(a), b(b),
        layout(layoutOf(op.getAccumulator().getType())),
        type(op.getAccumulator().getType().getElementType()), coordinates(builder, loc, layout),
        rows(offsetsAlong(layout, 0)), columns(offsetsAlong(layout, 1)) {}

  SmallVector<Value> run(ValueRange accumulator) {
    SmallVector<Value> sums(accumulator);
    for (int64_t k = 0, depth = a.buffer.getColumns(); k < depth; ++k) {
      SmallVector<Value> left = fragment(a, rows, /*dim=*/0, k);
      SmallVector<Value> right = fragment(b, columns, /*dim=*/1, k);
      for (unsigned index = 0; index < sums.size(); ++index) {
        SmallVector<int32_t> offset = layout.offset(Level::Register, index);
        Value x = left[llvm::find(rows, offset[0]) - rows.begin()];
        Value y = right[llvm::find(columns, offset[1]) - columns.begin()];
        sums[index] = multiplyAdd(x, y, sums[index]);
      }
    }
    return sums;
  }

private:
  /// The elements of step `k` that this thread's rows (or columns) need, adjacent ones together.
  SmallVector<Value> fragment(const DotOperand &operand, ArrayRef<int32_t> offsets, unsigned dim,
                              int64_t k) {
    SmallVector<Value> values;
    unsigned widest = operand.buffer.getSwizzle().getMinor() == dim ? vectorWidth(operand) : 1;
    for (size_t index = 0; index < offsets.size();) {
      unsigned width = 1;
      while (width < widest && index + 2 * width <= offsets.size() &&
             offsets[index] % (2 * width) == 0 &&
             offsets[index + 2 * width - 1] == offsets[index] + int32_t(2 * width) - 1)
        width *= 2;
      llvm::append_range(values, load(operand, dim, offsets[index], k, width));
      index += width;
    }
    return values;
  }

  /// Swizzled chunks must not be torn, and an access has 16 bytes at most.
  unsigned vectorWidth(const DotOperand &operand) const {
    unsigned bytes = std::max(1u, operand.buffer.getElementType().getIntOrFloatBitWidth() / 8);
    return std::min(16 / bytes, std::max(1u, operand.buffer.getSwizzle().getVector()));
  }

  SmallVector<Value> load(const DotOperand &operand, unsigned dim, int32_t offset, int64_t k,
                          unsigned width) {
    Value along = coordinates.base(dim);
    if (offset)
      along = arith::AddIOp::create(builder, loc, along, constantI32(builder, loc, offset));
    Value depth = constantI32(builder, loc, k);
    Value element = dim == 0 ? elementOffset(builder, loc, operand.buffer, along, depth)
                             : elementOffset(builder, loc, operand.buffer, depth, along);
    Value address =
        stageElement(builder, loc, operand.buffer, operand.base, operand.stage, element);
    Type stored = memoryType(operand.buffer.getElementType());
    unsigned bytes = stored.getIntOrFloatBitWidth() / 8 * width;
    Type loadedType = width == 1 ? stored : VectorType::get(width, stored);
    Value loaded = LLVM::LoadOp::create(builder, loc, loadedType, address, bytes);
    SmallVector<Value> values;
    for (unsigned index = 0; index < width; ++index) {
      Value part = width == 1 ? loaded
                              : LLVM::ExtractElementOp::create(builder, loc, loaded,
                                                               constantI32(builder, loc, index));
      values.push_back(widen(part));
    }
    return values;
  }

  Value widen(Value value) {
    if (value.getType() == type)
      return value;
    if (isa<FloatType>(type))
      return arith::ExtFOp::create(builder, loc, type, value);
    return arith::ExtSIOp::create(builder, loc, type, value);
  }

  Value multiplyAdd(Value x, Value y, Value sum) {
    if (isa<FloatType>(type))
      return LLVM::FMAOp::create(builder, loc, x, y, sum);
    Value product = arith::MulIOp::create(builder, loc, x, y);
    return arith::AddIOp::create(builder, loc, product, sum);
  }

  OpBuilder &builder;
  Location loc;
  DotOperand a, b;
  LayoutAttr layout;
  Type type;
  ThreadCoordinates coordinates;
  SmallVector<int32_t> rows, columns;
};

struct LowerDotOp : OpConversionPattern<DotOp> {
  LowerDotOp(const TypeConverter &converter, MLIRContext *mlir, const KernelContext &context)
      : OpConversionPattern(converter, mlir), context(context) {}

  LogicalResult matchAndRewrite(DotOp op, OneToNOpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    DotOperand a{op.getA().getType(), adaptor.getA().front(), adaptor.getStageA().front()};
    DotOperand b{op.getB().getType(), adaptor.getB().front(), adaptor.getStageB().front()};
    SmallVector<Value> sums;
    if (op.getKind() == DotKind::Mma)
      sums = multiplyWithMma(rewriter, op, a, b, context.sm, adaptor.getAccumulator());
    else
      sums = FmaDot(rewriter, op, a, b).run(adaptor.getAccumulator());
    rewriter.replaceOpWithMultiple(op, {sums});
    return success();
  }

  const KernelContext &context;
};
} // namespace

void azulejo::lowering::populateDotPatterns(const TileTypeConverter &converter,
                                            const KernelContext &context,
                                            RewritePatternSet &patterns) {
  patterns.add<LowerDotOp>(converter, patterns.getContext(), context);
}
