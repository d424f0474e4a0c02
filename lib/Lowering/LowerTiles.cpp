// This file lowers the tiles of a kernel to the scalars that each thread holds.
#include "lib/Lowering/LowerTiles.h"

#include "lib/Lowering/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"

namespace azulejo::lowering {
#define GEN_PASS_DEF_LOWERTILESPASS
#include "lib/Lowering/Passes.h.inc"
} // namespace azulejo::lowering

using namespace mlir;
using namespace azulejo::lowering;
using namespace azulejo::tile;

/// The external symbol at which dynamic shared memory starts. Only external linkage makes LLVM
/// print
/// `.extern .shared`; an internal array of no elements would be one static byte.
static constexpr StringLiteral kSharedSymbol = "shared_memory";

TileTypeConverter::TileTypeConverter() {
  addConversion([](Type type) { return type; });
  addConversion(
      [](RankedTensorType type, SmallVectorImpl<Type> &parts) -> std::optional<LogicalResult> {
        if (!isTile(type))
          return std::nullopt;
        parts.append(layoutOf(type).numRegisters(), type.getElementType());
        return success();
      });
  addConversion(
      [](BufferType type) -> Type { return LLVM::LLVMPointerType::get(type.getContext(), 3); });
  addConversion(
      [](ChannelType type) -> Type { return LLVM::LLVMPointerType::get(type.getContext(), 3); });
  addConversion([](PendingType type, SmallVectorImpl<Type> &parts) {
    parts.append(layoutOf(type.getTile()).numRegisters(), type.getTile().getElementType());
    return success();
  });
  addConversion(
      [](TensorMemoryType type) -> Type { return IntegerType::get(type.getContext(), 32); });
}

Value azulejo::lowering::constantI32(OpBuilder &builder, Location loc, int64_t value) {
  return arith::ConstantIntOp::create(builder, loc, builder.getI32Type(), value);
}

Value azulejo::lowering::sharedAddress(OpBuilder &builder, Location loc, Value byteOffset) {
  auto pointer = LLVM::LLVMPointerType::get(builder.getContext(), 3);
  Value start = LLVM::AddressOfOp::create(builder, loc, pointer, kSharedSymbol);
  return LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(), start,
                             ArrayRef<LLVM::GEPArg>{byteOffset});
}

/// The number of adjacent elements that a thread holds along one dimension, from register 0 on;
/// that dimension in `dim`.
static unsigned adjacentRegisters(LayoutAttr layout, unsigned &dim) {
  unsigned bit = 0;
  dim = 0;
  for (unsigned end = layout.numBits(LayoutAttr::Level::Register); bit < end; ++bit) {
    ArrayRef<int32_t> basis = layout.basis(LayoutAttr::Level::Register, bit);
    if (bit == 0)
      for (unsigned d = 0; d < layout.getRank(); ++d)
        if (basis[d])
          dim = d;
    if (basis[dim] != int32_t(1) << bit)
      break;
  }
  return 1u << bit;
}

/// How many elements one access to global memory may take: adjacent in registers and in memory,
/// aligned, under one mask, and 16 bytes at most.
static unsigned globalWidth(RankedTensorType tile, Type element, Value offsets, Value mask,
                            AxisAnalysis &analysis) {
  unsigned dim;
  int64_t width = adjacentRegisters(layoutOf(tile), dim);
  const AxisInfo facts = analysis.get(offsets);
  width = std::min({width, facts.contiguity[dim], facts.divisibility[dim]});
  if (mask)
    width = std::min(width, analysis.get(mask).constancy[dim]);
  int64_t bytes = std::max(1u, element.getIntOrFloatBitWidth() / 8);
  width = std::min(width, 16 / bytes);
  // Words of at least 32 bits, or one element: narrower vectors have no predicated form.
  return width * bytes < 4 ? 1 : width;
}

/// Bits of the register number that change neither the offset nor the mask of a load.
static unsigned repeatedRegisters(LoadOp load, AxisAnalysis &analysis) {
  LayoutAttr layout = layoutOf(load.getOffsets().getType());
  const AxisInfo offsets = analysis.get(load.getOffsets());
  std::optional<AxisInfo> mask;
  if (load.getMask())
    mask = analysis.get(load.getMask());
  unsigned bits = 0;
  for (unsigned bit = 0; bit < layout.numBits(LayoutAttr::Level::Register); ++bit)
    for (unsigned dim = 0; dim < layout.getRank(); ++dim) {
      int64_t step = layout.basis(LayoutAttr::Level::Register, bit)[dim];
      bool same =
          step && offsets.constancy[dim] >= 2 * step && (!mask || mask->constancy[dim] >= 2 * step);
      bits |= unsigned(same) << bit;
    }
  return bits;
}

/// How many elements a write to a stage may take at once.
static unsigned sharedWidth(RankedTensorType tile, BufferType buffer) {
  unsigned dim;
  unsigned width = adjacentRegisters(layoutOf(tile), dim);
  if (dim != buffer.getSwizzle().getMinor())
    return 1;
  unsigned bytes = std::max(1u, buffer.getElementType().getIntOrFloatBitWidth() / 8);
  if (buffer.getSwizzle().getMaxPhase() > 1)
    width = std::min(width, buffer.getSwizzle().getVector());
  return std::min(width, 16 / bytes);
}

/// Finds the width of each access while the kernel is still in tiles.
static void findWidths(Operation *kernel, KernelContext &context) {
  AxisAnalysis analysis;
  kernel->walk([&](Operation *op) {
    if (auto load = dyn_cast<LoadOp>(op)) {
      unsigned repeated = repeatedRegisters(load, analysis);
      auto type = load.getResult().getType();
      unsigned width =
          globalWidth(type, type.getElementType(), load.getOffsets(), load.getMask(), analysis);
      context.widths[op] = width;
      context.repeatedRegisters[op] = repeated & ~(width - 1);
    } else if (auto store = dyn_cast<StoreOp>(op)) {
      auto type = store.getValue().getType();
      context.widths[op] =
          globalWidth(type, type.getElementType(), store.getOffsets(), store.getMask(), analysis);
    } else if (auto write = dyn_cast<WriteOp>(op)) {
      context.widths[op] = sharedWidth(write.getValue().getType(), write.getBuffer().getType());
    } else if (auto copy = dyn_cast<CopyOp>(op)) {
      auto type = copy.getOffsets().getType();
      unsigned width = globalWidth(type, copy.getBuffer().getType().getElementType(),
                                   copy.getOffsets(), copy.getMask(), analysis);
      context.widths[op] = std::min(width, sharedWidth(type, copy.getBuffer().getType()));
    }
  });
}

/// Bytes that reductions across warps need; they follow one another behind barriers and share it.
static int64_t scratchBytes(Operation *kernel, unsigned warps) {
  int64_t most = 0;
  kernel->walk([&](ReduceOp op) {
    LayoutAttr layout = layoutOf(op.getSource().getType());
    bool acrossWarps = layout.reduced(op.getAxis()).getWarpBases() != layout.getWarpBases();
    int64_t bytes =
        memoryType(op.getSource().getType().getElementType()).getIntOrFloatBitWidth() / 8;
    if (acrossWarps)
      most = std::max(most, 32 * warps * bytes * layoutOf(op.getResult().getType()).numRegisters());
  });
  return most;
}

/// What one operation keeps in shared memory: bytes, and what its address is a multiple of.
struct SharedUse {
  int64_t bytes = 0, alignment = 1;
};

static SharedUse sharedUse(Operation *op) {
  if (auto alloc = dyn_cast<AllocOp>(op)) {
    BufferType type = alloc.getResult().getType();
    return {int64_t(llvm::alignTo(type.bytes(), 128)), type.alignment()};
  }
  if (auto channel = dyn_cast<CreateChannelOp>(op))
    return {channel.getResult().getType().bytes(), 16};
  if (isa<TmemAllocOp>(op)) // the slot into which the allocator writes the address
    return {16, 16};
  return {};
}

/// Gives every buffer its place in shared memory; returns the bytes in all.
static SharedUse placeBuffers(Operation *kernel, KernelContext &context) {
  SharedUse total{0, 128};
  kernel->walk([&](Operation *op) {
    SharedUse use = sharedUse(op);
    if (!use.bytes)
      return;
    total.bytes = llvm::alignTo(total.bytes, use.alignment);
    total.alignment = std::max(total.alignment, use.alignment);
    context.offsets[op] = total.bytes;
    total.bytes += use.bytes;
  });
  total.bytes = llvm::alignTo(total.bytes, 16);
  context.scratchOffset = total.bytes;
  total.bytes += scratchBytes(kernel, context.warps);
  return total;
}

/// The compute capability of the chip that the kernel is for ("sm_90a" is 90), or `otherwise`.
static int smOf(Operation *module, int otherwise) {
  auto chip = module->getAttrOfType<StringAttr>("tile.chip");
  int number = 0;
  StringRef name = chip ? chip.getValue() : "";
  if (!name.consume_front("sm_") || name.consumeInteger(10, number))
    return otherwise;
  return number;
}

/// Refuses what the chip lacks: LLVM would end the process.
static LogicalResult checkChip(Operation *kernel, int sm) {
  WalkResult result = kernel->walk([&](DotOp op) {
    Type element = op.getA().getType().getElementType();
    if (op.getKind() != DotKind::Mma || element.isF16() || sm >= 80)
      return WalkResult::advance();
    op.emitError() << "mma of " << element << " needs sm_80, got: sm_" << sm;
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

static void declareSharedMemory(Operation *module, int64_t alignment) {
  OpBuilder builder = OpBuilder::atBlockBegin(&module->getRegion(0).front());
  auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), 0);
  LLVM::GlobalOp::create(builder, module->getLoc(), type, /*isConstant=*/false,
                         LLVM::Linkage::External, kSharedSymbol, Attribute(), alignment,
                         /*addrSpace=*/3);
}

namespace {
struct LowerTilesPass : azulejo::lowering::impl::LowerTilesPassBase<LowerTilesPass> {
  using LowerTilesPassBase::LowerTilesPassBase;

  void runOnOperation() override {
    gpu::GPUModuleOp module = getOperation();
    // Emitted for an earlier target: its body is gone, what the launch needs is there.
    if (module->hasAttr("tile.ptx"))
      return;
    KernelContext context;
    context.sm = smOf(module, sm);
    if (auto warps = module->getAttrOfType<IntegerAttr>("tile.warps"))
      context.warps = warps.getInt();
    if (failed(checkChip(module, context.sm)))
      return signalPassFailure();
    findWidths(module, context);
    SharedUse shared = placeBuffers(module, context);
    if (shared.bytes)
      declareSharedMemory(module, shared.alignment);
    Builder builder(module);
    module->setAttr("tile.shared", builder.getI32IntegerAttr(shared.bytes));
    module->setAttr("tile.block",
                    builder.getDenseI32ArrayAttr({int32_t(32 * context.warps), 1, 1}));

    TileTypeConverter converter;
    RewritePatternSet patterns(&getContext());
    populateElementwisePatterns(converter, patterns);
    populateMemoryPatterns(converter, context, patterns);
    populateSharedPatterns(converter, context, patterns);
    populateReducePatterns(converter, context, patterns);
    populateDotPatterns(converter, context, patterns);
    populateChannelPatterns(converter, context, patterns);
    populateWgmmaPatterns(converter, context, patterns);
    populateTcgen05Patterns(converter, context, patterns);
    ConversionTarget target(getContext());
    target.addLegalDialect<LLVM::LLVMDialect, NVVM::NVVMDialect, func::FuncDialect>();
    target.addDynamicallyLegalDialect<arith::ArithDialect, math::MathDialect>(
        [&](Operation *op) { return converter.isLegal(op); });
    target.addIllegalDialect<TileDialect>();
    scf::populateSCFStructuralTypeConversionsAndLegality(converter, patterns, target);
    if (failed(applyPartialConversion(module, target, std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
