// This file lowers tensor memory and its multiplications to tcgen05.
#include "lib/Lowering/MachineCode.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace azulejo::lowering;
using namespace azulejo::tile;

// Fields of the instruction descriptor (PTX ISA, "Instruction descriptor" of tcgen05.mma).
static constexpr uint32_t kSumF32 = 1u << 4, kABf16 = 1u << 7, kBBf16 = 1u << 10,
                          kATransposed = 1u << 15, kBTransposed = 1u << 16;
static constexpr unsigned kColumnsBit = 17, kRowsBit = 24;

static uint32_t instructionDescriptor(TensorMemoryType memory, Type element, bool aAlongK,
                                      bool bAlongK) {
  uint32_t bits = kSumF32 | uint32_t(memory.getColumns() >> 3) << kColumnsBit |
                  uint32_t(memory.getRows() >> 4) << kRowsBit;
  if (element.isBF16())
    bits |= kABf16 | kBBf16;
  return bits | (aAlongK ? 0 : kATransposed) | (bAlongK ? 0 : kBTransposed);
}

static Value tensorPointer(OpBuilder &builder, Location loc, Value address) {
  auto pointer = LLVM::LLVMPointerType::get(builder.getContext(), 6);
  return LLVM::IntToPtrOp::create(builder, loc, pointer, address);
}

static void fence(OpBuilder &builder, Location loc, bool before) {
  NVVM::Tcgen05FenceOp::create(builder, loc,
                               before ? NVVM::Tcgen05FenceKind::BEFORE_THREAD_SYNC
                                      : NVVM::Tcgen05FenceKind::AFTER_THREAD_SYNC);
}

/// Calls `body` in a branch that the first warp takes, all its threads together.
static void inFirstWarp(OpBuilder &builder, Location loc, function_ref<void()> body) {
  Type i32 = builder.getI32Type();
  Value thread = NVVM::ThreadIdXOp::create(builder, loc, i32);
  Value warp = arith::ShRUIOp::create(builder, loc, thread, constantI32(builder, loc, 5));
  warp = NVVM::ShflOp::create(builder, loc, i32, constantI32(builder, loc, -1), warp,
                              constantI32(builder, loc, 0), constantI32(builder, loc, 31),
                              NVVM::ShflKind::idx, UnitAttr());
  Value first = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, warp,
                                      constantI32(builder, loc, 0));
  auto branch = scf::IfOp::create(builder, loc, first, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  body();
}

namespace {
struct LowerTmemAlloc : OpConversionPattern<TmemAllocOp> {
  LowerTmemAlloc(const TypeConverter &converter, MLIRContext *mlir, const KernelContext &context)
      : OpConversionPattern(converter, mlir), context(context) {}

  LogicalResult matchAndRewrite(TmemAllocOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value slot =
        sharedAddress(rewriter, loc, constantI32(rewriter, loc, context.offsets.lookup(op)));
    inFirstWarp(rewriter, loc, [&] {
      Value columns = constantI32(rewriter, loc, op.getResult().getType().getColumns());
      NVVM::Tcgen05AllocOp::create(rewriter, loc, slot, columns);
      NVVM::Tcgen05RelinquishAllocPermitOp::create(rewriter, loc);
    });
    fence(rewriter, loc, /*before=*/true);
    NVVM::Barrier0Op::create(rewriter, loc);
    fence(rewriter, loc, /*before=*/false);
    Value address = LLVM::LoadOp::create(rewriter, loc, rewriter.getI32Type(), slot,
                                         /*alignment=*/4, /*isVolatile=*/true);
    rewriter.replaceOp(op, address);
    return success();
  }

  const KernelContext &context;
};

struct LowerTmemFree : OpConversionPattern<TmemFreeOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(TmemFreeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    fence(rewriter, loc, /*before=*/true);
    NVVM::Barrier0Op::create(rewriter, loc);
    inFirstWarp(rewriter, loc, [&] {
      fence(rewriter, loc, /*before=*/false);
      Value columns = constantI32(rewriter, loc, op.getMemory().getType().getColumns());
      Value memory = tensorPointer(rewriter, loc, adaptor.getMemory());
      NVVM::Tcgen05DeallocOp::create(rewriter, loc, memory, columns);
    });
    rewriter.eraseOp(op);
    return success();
  }
};

/// The wait is tied to what was loaded: LLVM moves uses of the registers before an untied one.
struct LowerTmemLoad : OpConversionPattern<TmemLoadOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(TmemLoadOp op, OneToNOpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    unsigned columns = op.getResult().getType().getDimSize(1);
    fence(rewriter, loc, /*before=*/false);
    Value address = addConstant(rewriter, loc, warpAddress(rewriter, loc, adaptor.getMemory()[0]),
                                op.getColumn());
    Type word = rewriter.getI32Type();
    Type loadedType = columns == 1 ? word : VectorType::get(columns, word);
    Value loaded = NVVM::Tcgen05LdOp::create(rewriter, loc, loadedType, /*pack=*/false,
                                             NVVM::Tcgen05LdStShape::SHAPE_32X32B,
                                             tensorPointer(rewriter, loc, address), Value());
    SmallVector<Value> words;
    for (unsigned index = 0; index < columns; ++index)
      words.push_back(columns == 1 ? loaded
                                   : LLVM::ExtractElementOp::create(
                                         rewriter, loc, loaded, constantI32(rewriter, loc, index)));
    words = tiedAssembly(rewriter, loc, "tcgen05.wait::ld.sync.aligned;", words);
    Type element = op.getResult().getType().getElementType();
    for (Value &value : words)
      value = LLVM::BitcastOp::create(rewriter, loc, element, value);
    rewriter.replaceOpWithMultiple(op, {words});
    return success();
  }

private:
  /// Warp `w` of four reads lanes 32 w and up; the lane is the upper half of an address.
  static Value warpAddress(OpBuilder &builder, Location loc, Value memory) {
    Value thread = NVVM::ThreadIdXOp::create(builder, loc, builder.getI32Type());
    Value lanes = arith::AndIOp::create(builder, loc, thread, constantI32(builder, loc, 0x60));
    lanes = arith::ShLIOp::create(builder, loc, lanes, constantI32(builder, loc, 16));
    return arith::AddIOp::create(builder, loc, memory, lanes);
  }
};

struct LowerTcgen05Mma : OpConversionPattern<Tcgen05MmaOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(Tcgen05MmaOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    BufferType a = op.getA().getType();
    fence(rewriter, loc, /*before=*/false);
    MatrixDescriptor left(rewriter, loc, DescriptorKind::Tcgen05, a, /*kDim=*/1, adaptor.getA(),
                          adaptor.getStageA());
    MatrixDescriptor right(rewriter, loc, DescriptorKind::Tcgen05, op.getB().getType(), /*kDim=*/0,
                           adaptor.getB(), adaptor.getStageB());
    uint32_t bits = instructionDescriptor(op.getMemory().getType(), a.getElementType(),
                                          left.alongK(), right.alongK());
    Value instruction = constantI32(rewriter, loc, int32_t(bits));
    Value memory = tensorPointer(rewriter, loc, adaptor.getMemory());
    Value accumulate = adaptor.getAccumulate();
    for (int64_t k = 0; k < a.getColumns(); k += 16) {
      NVVM::Tcgen05MMAOp::create(rewriter, loc, NVVM::Tcgen05MMAKind::F16,
                                 NVVM::CTAGroupKind::CTA_1, NVVM::Tcgen05MMACollectorOp::DISCARD,
                                 /*aShift=*/false, memory, left.at(k), right.at(k), instruction,
                                 accumulate, /*scaleInputD=*/Value(),
                                 /*disableOutputLane=*/Value());
      accumulate = arith::ConstantIntOp::create(rewriter, loc, rewriter.getI1Type(), 1);
    }
    rewriter.eraseOp(op);
    return success();
  }
};

struct LowerTcgen05Commit : OpConversionPattern<Tcgen05CommitOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(Tcgen05CommitOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Value address = barrierAddress(rewriter, op.getLoc(), op.getChannel().getType(),
                                   adaptor.getChannel(), adaptor.getStage(), !op.getFull());
    NVVM::Tcgen05CommitOp::create(rewriter, op.getLoc(), address, /*multicastMask=*/Value());
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void azulejo::lowering::populateTcgen05Patterns(const TileTypeConverter &converter,
                                                const KernelContext &context,
                                                RewritePatternSet &patterns) {
  patterns.add<LowerTmemAlloc>(converter, patterns.getContext(), context);
  patterns.add<LowerTmemFree, LowerTmemLoad, LowerTcgen05Mma, LowerTcgen05Commit>(
      converter, patterns.getContext());
}
