// This file lowers reductions: in registers, then across lanes, then across warps.
#include "lib/Lowering/LowerTiles.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace azulejo::lowering;
using namespace azulejo::tile;

template <typename FloatOp, typename IntOp>
static Value floatOrInt(OpBuilder &builder, Location loc, Value a, Value b) {
  if (isa<FloatType>(a.getType()))
    return FloatOp::create(builder, loc, a, b);
  return IntOp::create(builder, loc, a, b);
}

Value azulejo::lowering::combine(OpBuilder &builder, Location loc, ReduceKind kind, Value a,
                                 Value b) {
  switch (kind) {
  case ReduceKind::Sum:
    return floatOrInt<arith::AddFOp, arith::AddIOp>(builder, loc, a, b);
  case ReduceKind::Product:
    return floatOrInt<arith::MulFOp, arith::MulIOp>(builder, loc, a, b);
  case ReduceKind::Max:
    return floatOrInt<arith::MaximumFOp, arith::MaxSIOp>(builder, loc, a, b);
  case ReduceKind::Min:
    return floatOrInt<arith::MinimumFOp, arith::MinSIOp>(builder, loc, a, b);
  case ReduceKind::UnsignedMax:
    return arith::MaxUIOp::create(builder, loc, a, b);
  case ReduceKind::UnsignedMin:
    return arith::MinUIOp::create(builder, loc, a, b);
  }
  llvm_unreachable("a reduction has six kinds");
}

namespace {
using Level = LayoutAttr::Level;

/// The bits of a lane or warp number that move along `axis`.
unsigned bitsAlong(LayoutAttr layout, Level level, unsigned axis) {
  unsigned mask = 0;
  for (unsigned bit = 0; bit < layout.numBits(level); ++bit)
    if (layout.basis(level, bit)[axis] != 0)
      mask |= 1u << bit;
  return mask;
}

/// The value that lane `lane xor mask` holds. Any type up to 64 bits: shuffles move 32.
Value shuffle(OpBuilder &builder, Location loc, Value value, unsigned mask) {
  Type type = value.getType(), i32 = builder.getI32Type();
  unsigned bits = type.getIntOrFloatBitWidth();
  auto exchange = [&](Value word) -> Value {
    return NVVM::ShflOp::create(builder, loc, i32, constantI32(builder, loc, -1), word,
                                constantI32(builder, loc, mask), constantI32(builder, loc, 31),
                                NVVM::ShflKind::bfly, UnitAttr());
  };
  Type integer = builder.getIntegerType(bits);
  Value word = type == integer ? value : LLVM::BitcastOp::create(builder, loc, integer, value);
  if (bits < 32) {
    word = exchange(arith::ExtUIOp::create(builder, loc, i32, word));
    word = arith::TruncIOp::create(builder, loc, integer, word);
  } else if (bits == 32) {
    word = exchange(word);
  } else {
    auto pair = VectorType::get(2, i32);
    Value halves = LLVM::BitcastOp::create(builder, loc, pair, word), moved = halves;
    for (unsigned half = 0; half < 2; ++half) {
      Value index = constantI32(builder, loc, half);
      Value part = LLVM::ExtractElementOp::create(builder, loc, halves, index);
      moved = LLVM::InsertElementOp::create(builder, loc, moved, exchange(part), index);
    }
    word = LLVM::BitcastOp::create(builder, loc, integer, moved);
  }
  return type == integer ? word : LLVM::BitcastOp::create(builder, loc, type, word);
}

struct LowerReduceOp : OpConversionPattern<ReduceOp> {
  LowerReduceOp(const TypeConverter &converter, MLIRContext *mlir, const KernelContext &context)
      : OpConversionPattern(converter, mlir), context(context) {}

  LogicalResult matchAndRewrite(ReduceOp op, OneToNOpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    LayoutAttr layout = layoutOf(op.getSource().getType());
    SmallVector<Value> partial = reduceRegisters(op, layout, adaptor.getSource(), rewriter);
    unsigned lanes = bitsAlong(layout, Level::Lane, op.getAxis());
    for (Value &value : partial)
      for (unsigned bit = 1; bit < 32; bit *= 2)
        if (lanes & bit)
          value = combine(rewriter, op.getLoc(), op.getKind(), value,
                          shuffle(rewriter, op.getLoc(), value, bit));
    if (unsigned warps = bitsAlong(layout, Level::Warp, op.getAxis()))
      partial = reduceWarps(op, warps, partial, rewriter);
    rewriter.replaceOpWithMultiple(op, {partial});
    return success();
  }

private:
  SmallVector<Value> reduceRegisters(ReduceOp op, LayoutAttr layout, ValueRange source,
                                     OpBuilder &builder) const {
    unsigned along = bitsAlong(layout, Level::Register, op.getAxis());
    SmallVector<Value> partial(source.size());
    for (unsigned index = 0; index < source.size(); ++index) {
      Value &sum = partial[index & ~along];
      sum = sum ? combine(builder, op.getLoc(), op.getKind(), sum, source[index]) : source[index];
    }
    llvm::erase_if(partial, [](Value value) { return !value; });
    return partial;
  }

  /// Every thread writes its partial results, and reads back those of the warps that differ from
  /// its own in the bits `along` only, always in the same order: all threads get the same sum.
  SmallVector<Value> reduceWarps(ReduceOp op, unsigned along, ArrayRef<Value> partial,
                                 OpBuilder &builder) const {
    Location loc = op.getLoc();
    Type stored = memoryType(partial.front().getType());
    int64_t bytes = stored.getIntOrFloatBitWidth() / 8, threads = 32 * context.warps;
    ThreadCoordinates ids(builder, loc, layoutOf(op.getSource().getType()));
    auto address = [&](Value warp, unsigned slot) {
      Value thread = arith::ShLIOp::create(builder, loc, warp, constantI32(builder, loc, 5));
      thread = arith::OrIOp::create(builder, loc, thread, ids.lane());
      thread = arith::MulIOp::create(builder, loc, thread, constantI32(builder, loc, bytes));
      Value offset = constantI32(builder, loc, context.scratchOffset + slot * threads * bytes);
      return sharedAddress(builder, loc, arith::AddIOp::create(builder, loc, thread, offset));
    };
    NVVM::Barrier0Op::create(builder, loc);
    for (auto [slot, value] : llvm::enumerate(partial))
      LLVM::StoreOp::create(builder, loc, toMemory(builder, loc, value), address(ids.warp(), slot));
    NVVM::Barrier0Op::create(builder, loc);
    Value ownGroup = arith::AndIOp::create(builder, loc, ids.warp(),
                                           constantI32(builder, loc, (context.warps - 1) & ~along));
    SmallVector<Value> sums;
    for (unsigned slot = 0; slot < partial.size(); ++slot)
      sums.push_back(sumOverWarps(op, along, ownGroup, stored, partial.front().getType(), builder,
                                  [&](Value warp) { return address(warp, slot); }));
    return sums;
  }

  Value sumOverWarps(ReduceOp op, unsigned along, Value ownGroup, Type stored, Type element,
                     OpBuilder &builder, llvm::function_ref<Value(Value)> address) const {
    Location loc = op.getLoc();
    Value sum;
    for (unsigned warp = 0; warp < context.warps; ++warp) {
      if (warp & ~along)
        continue;
      Value other = arith::OrIOp::create(builder, loc, ownGroup, constantI32(builder, loc, warp));
      Value part = LLVM::LoadOp::create(builder, loc, stored, address(other));
      part = fromMemory(builder, loc, part, element);
      sum = sum ? combine(builder, loc, op.getKind(), sum, part) : part;
    }
    return sum;
  }

  const KernelContext &context;
};
} // namespace

void azulejo::lowering::populateReducePatterns(const TileTypeConverter &converter,
                                               const KernelContext &context,
                                               RewritePatternSet &patterns) {
  patterns.add<LowerReduceOp>(converter, patterns.getContext(), context);
}
