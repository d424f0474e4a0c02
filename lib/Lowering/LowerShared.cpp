// This file lowers rings of tiles in shared memory: their addresses, copies into them, and waits.
#include "lib/Lowering/LowerTiles.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace azulejo::lowering;
using namespace azulejo::tile;

Value azulejo::lowering::elementOffset(OpBuilder &builder, Location loc, BufferType buffer,
                                       Value row, Value column) {
  SwizzleAttr swizzle = buffer.getSwizzle();
  Value major = swizzle.getMinor() == 1 ? row : column;
  Value minor = swizzle.getMinor() == 1 ? column : row;
  int64_t pitch = swizzle.getMinor() == 1 ? buffer.getColumns() : buffer.getRows();
  Value panelStart;
  if (int64_t panel = swizzle.getPanel(); panel && panel < pitch) {
    int64_t elements = buffer.getRows() * buffer.getColumns() / (pitch / panel);
    panelStart = arith::DivUIOp::create(builder, loc, minor, constantI32(builder, loc, panel));
    panelStart =
        arith::MulIOp::create(builder, loc, panelStart, constantI32(builder, loc, elements));
    minor = arith::RemUIOp::create(builder, loc, minor, constantI32(builder, loc, panel));
    pitch = panel;
  }
  if (swizzle.getMaxPhase() > 1) {
    // Chunk numbers count in units of `vector`, so the phase is moved up by as many bits.
    Value phase = arith::DivUIOp::create(builder, loc, major,
                                         constantI32(builder, loc, swizzle.getPerPhase()));
    phase = arith::AndIOp::create(builder, loc, phase,
                                  constantI32(builder, loc, swizzle.getMaxPhase() - 1));
    phase =
        arith::MulIOp::create(builder, loc, phase, constantI32(builder, loc, swizzle.getVector()));
    minor = arith::XOrIOp::create(builder, loc, minor, phase);
  }
  Value start = arith::MulIOp::create(builder, loc, major, constantI32(builder, loc, pitch));
  if (panelStart)
    start = arith::AddIOp::create(builder, loc, start, panelStart);
  return arith::AddIOp::create(builder, loc, start, minor);
}

Value azulejo::lowering::stageElement(OpBuilder &builder, Location loc, BufferType buffer,
                                      Value base, Value stage, Value offset) {
  int64_t elements = buffer.getRows() * buffer.getColumns();
  Value start = arith::MulIOp::create(builder, loc, stage, constantI32(builder, loc, elements));
  Value index = arith::AddIOp::create(builder, loc, start, offset);
  return LLVM::GEPOp::create(builder, loc, base.getType(), memoryType(buffer.getElementType()),
                             base, ArrayRef<LLVM::GEPArg>{index});
}

namespace {
struct LowerAlloc : OpConversionPattern<AllocOp> {
  LowerAlloc(const TypeConverter &converter, MLIRContext *mlir, const KernelContext &context)
      : OpConversionPattern(converter, mlir), context(context) {}

  LogicalResult matchAndRewrite(AllocOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Value offset = constantI32(rewriter, op.getLoc(), context.offsets.lookup(op));
    rewriter.replaceOp(op, sharedAddress(rewriter, op.getLoc(), offset));
    return success();
  }

  const KernelContext &context;
};

/// Where the registers of a tile lie in one stage of a buffer.
class StageAccess {
public:
  StageAccess(OpBuilder &builder, Location loc, RankedTensorType tile, BufferType buffer,
              Value base, Value stage)
      : builder(builder), loc(loc), buffer(buffer), base(base), stage(stage),
        coordinates(builder, loc, layoutOf(tile)) {}

  Value address(unsigned index) {
    Value offset =
        elementOffset(builder, loc, buffer, coordinates.of(index, 0), coordinates.of(index, 1));
    return stageElement(builder, loc, buffer, base, stage, offset);
  }

private:
  OpBuilder &builder;
  Location loc;
  BufferType buffer;
  Value base, stage;
  ThreadCoordinates coordinates;
};

void storeShared(OpBuilder &builder, Location loc, Value address, ValueRange values) {
  Value stored = values.front();
  if (values.size() > 1) {
    stored = LLVM::PoisonOp::create(builder, loc, VectorType::get(values.size(), stored.getType()));
    for (auto [index, value] : llvm::enumerate(values))
      stored = LLVM::InsertElementOp::create(builder, loc, stored, value,
                                             constantI32(builder, loc, index));
  }
  unsigned bytes = values.front().getType().getIntOrFloatBitWidth() / 8 * values.size();
  LLVM::StoreOp::create(builder, loc, stored, address, bytes);
}

struct LowerWrite : OpConversionPattern<WriteOp> {
  LowerWrite(const TypeConverter &converter, MLIRContext *mlir, const KernelContext &context)
      : OpConversionPattern(converter, mlir), context(context) {}

  LogicalResult matchAndRewrite(WriteOp op, OneToNOpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    unsigned width = context.widths.lookup(op);
    StageAccess access(rewriter, op.getLoc(), op.getValue().getType(), op.getBuffer().getType(),
                       adaptor.getBuffer().front(), adaptor.getStage().front());
    ValueRange values = adaptor.getValue();
    for (unsigned index = 0; index < values.size(); index += width) {
      SmallVector<Value> parts;
      for (Value value : values.slice(index, width))
        parts.push_back(toMemory(rewriter, op.getLoc(), value));
      storeShared(rewriter, op.getLoc(), access.address(index), parts);
    }
    rewriter.eraseOp(op);
    return success();
  }

  const KernelContext &context;
};

struct LowerCopy : OpConversionPattern<CopyOp> {
  LowerCopy(const TypeConverter &converter, MLIRContext *mlir, const KernelContext &context)
      : OpConversionPattern(converter, mlir), context(context) {}

  LogicalResult matchAndRewrite(CopyOp op, OneToNOpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    BufferType buffer = op.getBuffer().getType();
    Type stored = memoryType(buffer.getElementType());
    unsigned width = context.widths.lookup(op);
    unsigned bytes = stored.getIntOrFloatBitWidth() / 8 * width;
    bool async = op.getAsync() && context.sm >= 80 && bytes >= 4;
    StageAccess access(rewriter, loc, op.getOffsets().getType(), buffer,
                       adaptor.getBuffer().front(), adaptor.getStage().front());
    ValueRange offsets = adaptor.getOffsets(), masks = adaptor.getMask();
    for (unsigned index = 0; index < offsets.size(); index += width) {
      Value base = adaptor.getBase().front();
      Value source = LLVM::GEPOp::create(rewriter, loc, base.getType(), stored, base,
                                         ArrayRef<LLVM::GEPArg>{offsets[index]});
      Value mask = masks.empty() ? Value() : masks[index];
      if (async)
        copyAsync(rewriter, loc, source, access.address(index), bytes, mask);
      else
        storeShared(rewriter, loc, access.address(index),
                    loadGlobal(rewriter, loc, source, stored, width, mask));
    }
    rewriter.eraseOp(op);
    return success();
  }

private:
  /// A copy of no bytes fills its destination with zeros (PTX ISA, cp.async, src-size).
  static void copyAsync(OpBuilder &builder, Location loc, Value source, Value target,
                        unsigned bytes, Value mask) {
    Value size;
    if (mask)
      size = arith::SelectOp::create(builder, loc, mask, constantI32(builder, loc, bytes),
                                     constantI32(builder, loc, 0));
    auto cache = bytes == 16 ? NVVM::LoadCacheModifierKind::CG : NVVM::LoadCacheModifierKind::CA;
    NVVM::CpAsyncOp::create(builder, loc, target, source, bytes, cache, size);
  }

  const KernelContext &context;
};

struct LowerBarrier : OpConversionPattern<BarrierOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(BarrierOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<NVVM::Barrier0Op>(op);
    return success();
  }
};

/// Targets without cp.async copied at once: there is nothing to commit or to wait for.
struct LowerCommit : OpConversionPattern<CommitOp> {
  LowerCommit(const TypeConverter &converter, MLIRContext *mlir, const KernelContext &context)
      : OpConversionPattern(converter, mlir), context(context) {}

  LogicalResult matchAndRewrite(CommitOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (context.sm >= 80)
      NVVM::CpAsyncCommitGroupOp::create(rewriter, op.getLoc());
    rewriter.eraseOp(op);
    return success();
  }

  const KernelContext &context;
};

struct LowerWait : OpConversionPattern<WaitOp> {
  LowerWait(const TypeConverter &converter, MLIRContext *mlir, const KernelContext &context)
      : OpConversionPattern(converter, mlir), context(context) {}

  LogicalResult matchAndRewrite(WaitOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (context.sm >= 80)
      NVVM::CpAsyncWaitGroupOp::create(rewriter, op.getLoc(), op.getPending());
    rewriter.eraseOp(op);
    return success();
  }

  const KernelContext &context;
};
} // namespace

void azulejo::lowering::populateSharedPatterns(const TileTypeConverter &converter,
                                               const KernelContext &context,
                                               RewritePatternSet &patterns) {
  patterns.add<LowerAlloc, LowerWrite, LowerCopy, LowerCommit, LowerWait>(
      converter, patterns.getContext(), context);
  patterns.add<LowerBarrier>(converter, patterns.getContext());
}
