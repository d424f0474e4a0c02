// This file lowers reads and writes of global memory.
#include "lib/Lowering/LowerTiles.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace azulejo::lowering;
using namespace azulejo::tile;

namespace {
Value elementAddress(OpBuilder &builder, Location loc, Value base, Value offset, Type element) {
  return LLVM::GEPOp::create(builder, loc, base.getType(), element, base,
                             ArrayRef<LLVM::GEPArg>{offset});
}

struct LowerLoad : OpConversionPattern<LoadOp> {
  LowerLoad(const TypeConverter &converter, MLIRContext *mlir, const KernelContext &context)
      : OpConversionPattern(converter, mlir), context(context) {}

  LogicalResult matchAndRewrite(LoadOp op, OneToNOpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Type element = op.getResult().getType().getElementType();
    Type stored = memoryType(element);
    unsigned width = context.widths.lookup(op), repeated = context.repeatedRegisters.lookup(op);
    ValueRange offsets = adaptor.getOffsets(), masks = adaptor.getMask();
    SmallVector<Value> results(offsets.size());
    for (unsigned index = 0; index < results.size(); ++index) {
      if (index & repeated)
        results[index] = results[index & ~repeated];
      if (results[index])
        continue;
      Value address =
          elementAddress(rewriter, op.getLoc(), adaptor.getBase().front(), offsets[index], stored);
      Value mask = masks.empty() ? Value() : masks[index];
      auto loaded = loadGlobal(rewriter, op.getLoc(), address, stored, width, mask);
      for (unsigned next = 0; next < width; ++next)
        results[index + next] = fromMemory(rewriter, op.getLoc(), loaded[next], element);
    }
    rewriter.replaceOpWithMultiple(op, {results});
    return success();
  }

  const KernelContext &context;
};

struct LowerStore : OpConversionPattern<StoreOp> {
  LowerStore(const TypeConverter &converter, MLIRContext *mlir, const KernelContext &context)
      : OpConversionPattern(converter, mlir), context(context) {}

  LogicalResult matchAndRewrite(StoreOp op, OneToNOpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Type stored = memoryType(op.getValue().getType().getElementType());
    unsigned width = context.widths.lookup(op);
    ThreadCoordinates coordinates(rewriter, loc, layoutOf(op.getValue().getType()));
    Value first = coordinates.isFirstHolder();
    ValueRange values = adaptor.getValue(), offsets = adaptor.getOffsets(),
               masks = adaptor.getMask();
    for (unsigned index = 0; index < values.size(); index += width) {
      Value mask = first;
      if (!masks.empty())
        mask = first ? arith::AndIOp::create(rewriter, loc, first, masks[index]).getResult()
                     : masks[index];
      SmallVector<Value> parts;
      for (Value value : values.slice(index, width))
        parts.push_back(toMemory(rewriter, loc, value));
      Value address =
          elementAddress(rewriter, loc, adaptor.getBase().front(), offsets[index], stored);
      storeGlobal(rewriter, loc, address, parts, mask);
    }
    rewriter.eraseOp(op);
    return success();
  }

  const KernelContext &context;
};

struct LowerProgramId : OpConversionPattern<ProgramIdOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(ProgramIdOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Type type = rewriter.getI32Type();
    if (op.getAxis() == 0)
      rewriter.replaceOpWithNewOp<NVVM::BlockIdXOp>(op, type);
    else if (op.getAxis() == 1)
      rewriter.replaceOpWithNewOp<NVVM::BlockIdYOp>(op, type);
    else
      rewriter.replaceOpWithNewOp<NVVM::BlockIdZOp>(op, type);
    return success();
  }
};
} // namespace

void azulejo::lowering::populateMemoryPatterns(const TileTypeConverter &converter,
                                               const KernelContext &context,
                                               RewritePatternSet &patterns) {
  patterns.add<LowerLoad, LowerStore>(converter, patterns.getContext(), context);
  patterns.add<LowerProgramId>(converter, patterns.getContext());
}
