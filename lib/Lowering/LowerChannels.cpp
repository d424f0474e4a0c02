// This file lowers channels to mbarriers, and TMA copies that arrive at them.
#include "lib/Lowering/MachineCode.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace azulejo::lowering;
using namespace azulejo::tile;

/// Calls `body` in a branch that only runs where `condition` holds.
static void runWhere(OpBuilder &builder, Location loc, Value condition, function_ref<void()> body) {
  auto branch = scf::IfOp::create(builder, loc, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  body();
}

static Value equalsZero(OpBuilder &builder, Location loc, Value value) {
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, value,
                               constantI32(builder, loc, 0));
}

/// Spins until the phase of parity `parity` of the barrier has completed.
static void waitFor(OpBuilder &builder, Location loc, Value barrier, Value parity) {
  scf::WhileOp::create(
      builder, loc, TypeRange(), ValueRange(),
      [&](OpBuilder &before, Location loc, ValueRange) {
        Value done = NVVM::MBarrierTryWaitOp::create(before, loc, before.getI1Type(), barrier,
                                                     parity, /*ticks=*/Value());
        Value one = arith::ConstantIntOp::create(before, loc, before.getI1Type(), 1);
        Value again = arith::XOrIOp::create(before, loc, done, one);
        scf::ConditionOp::create(before, loc, again, ValueRange());
      },
      [](OpBuilder &after, Location loc, ValueRange) {
        scf::YieldOp::create(after, loc, ValueRange());
      });
}

namespace {
struct LowerCreateChannel : OpConversionPattern<CreateChannelOp> {
  LowerCreateChannel(const TypeConverter &converter, MLIRContext *mlir,
                     const KernelContext &context)
      : OpConversionPattern(converter, mlir), context(context) {}

  LogicalResult matchAndRewrite(CreateChannelOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value base =
        sharedAddress(rewriter, loc, constantI32(rewriter, loc, context.offsets.lookup(op)));
    Value thread = NVVM::ThreadIdXOp::create(rewriter, loc, rewriter.getI32Type());
    runWhere(rewriter, loc, equalsZero(rewriter, loc, thread),
             [&] { initialize(rewriter, op, base); });
    rewriter.replaceOp(op, base);
    return success();
  }

private:
  static void initialize(OpBuilder &builder, CreateChannelOp op, Value base) {
    Location loc = op.getLoc();
    ChannelType channel = op.getResult().getType();
    for (int64_t index = 0; index < channel.getStages(); ++index)
      for (bool empty : {false, true}) {
        Value address =
            barrierAddress(builder, loc, channel, base, constantI32(builder, loc, index), empty);
        Value arrivals = constantI32(builder, loc, empty ? op.getConsumers() : op.getProducers());
        NVVM::MBarrierInitOp::create(builder, loc, address, arrivals, /*predicate=*/Value());
      }
    // TMA and tensor cores arrive at the barriers too.
    NVVM::FenceMbarrierInitOp::create(builder, loc);
  }

  const KernelContext &context;
};

/// Turn `t` is stage `t mod n`, in round `t / n`. Full barriers complete their first phase (parity
/// 0) in round 0. Empty barriers do so at its end, so a producer of round `r` waits for the phase
/// before: its parity is the other one, and a fresh barrier counts as past it.
template <typename Op> struct LowerTurn : OpConversionPattern<Op> {
  using OpConversionPattern<Op>::OpConversionPattern;
  static constexpr bool kEmpty = std::is_same_v<Op, AcquireOp>;

  LogicalResult matchAndRewrite(Op op, typename Op::Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ChannelType channel = op.getChannel().getType();
    Value stages = constantI32(rewriter, loc, channel.getStages());
    Value turn = adaptor.getTurn();
    Value stage = arith::RemUIOp::create(rewriter, loc, turn, stages);
    Value round = arith::DivUIOp::create(rewriter, loc, turn, stages);
    Value one = constantI32(rewriter, loc, 1);
    Value parity = arith::AndIOp::create(rewriter, loc, round, one);
    if (kEmpty)
      parity = arith::XOrIOp::create(rewriter, loc, parity, one);
    waitFor(rewriter, loc,
            barrierAddress(rewriter, loc, channel, adaptor.getChannel(), stage, kEmpty), parity);
    rewriter.replaceOp(op, stage);
    return success();
  }
};

struct LowerExpect : OpConversionPattern<ExpectOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(ExpectOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value address = barrierAddress(rewriter, loc, op.getChannel().getType(), adaptor.getChannel(),
                                   adaptor.getStage(), /*empty=*/false);
    NVVM::MBarrierArriveExpectTxOp::create(rewriter, loc, /*res=*/Type(), address,
                                           constantI32(rewriter, loc, op.getBytes()),
                                           NVVM::MemScopeKind::CTA, /*relaxed=*/false, Value());
    rewriter.eraseOp(op);
    return success();
  }
};

struct LowerRelease : OpConversionPattern<ReleaseOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(ReleaseOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value thread = NVVM::ThreadIdXOp::create(rewriter, loc, rewriter.getI32Type());
    Value lane = arith::AndIOp::create(rewriter, loc, thread, constantI32(rewriter, loc, 31));
    Value address = barrierAddress(rewriter, loc, op.getChannel().getType(), adaptor.getChannel(),
                                   adaptor.getStage(), /*empty=*/true);
    runWhere(rewriter, loc, equalsZero(rewriter, loc, lane), [&] {
      NVVM::MBarrierArriveOp::create(rewriter, loc, rewriter.getI64Type(), address, Value());
    });
    rewriter.eraseOp(op);
    return success();
  }
};

struct LowerTmaLoad : OpConversionPattern<TmaLoadOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(TmaLoadOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    BufferType buffer = op.getBuffer().getType();
    Value barrier = barrierAddress(rewriter, loc, op.getChannel().getType(), adaptor.getChannel(),
                                   adaptor.getStage(), /*empty=*/false);
    Value start = arith::MulIOp::create(rewriter, loc, adaptor.getStage(),
                                        constantI32(rewriter, loc, buffer.stageBytes()));
    SmallVector<Value> coordinates(adaptor.getCoordinates());
    Value innermost = coordinates.front();
    auto cluster = LLVM::LLVMPointerType::get(rewriter.getContext(), 7);
    for (int64_t panel = 0; panel < buffer.panels(); ++panel) {
      Value offset = addConstant(rewriter, loc, start, panel * buffer.panelBytes());
      Value target =
          LLVM::GEPOp::create(rewriter, loc, adaptor.getBuffer().getType(), rewriter.getI8Type(),
                              adaptor.getBuffer(), ArrayRef<LLVM::GEPArg>{offset});
      target = LLVM::AddrSpaceCastOp::create(rewriter, loc, cluster, target);
      coordinates.front() =
          addConstant(rewriter, loc, innermost, panel * int64_t(buffer.getSwizzle().getPanel()));
      NVVM::CpAsyncBulkTensorGlobalToSharedClusterOp::create(
          rewriter, loc, target, adaptor.getMap(), coordinates, barrier, /*im2col=*/ValueRange(),
          /*multicast=*/Value(), /*cacheHint=*/Value(), NVVM::TMALoadMode::TILE,
          /*isCTAOnly=*/false, /*group=*/NVVM::CTAGroupKindAttr(), /*predicate=*/Value());
    }
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void azulejo::lowering::populateChannelPatterns(const TileTypeConverter &converter,
                                                const KernelContext &context,
                                                RewritePatternSet &patterns) {
  patterns.add<LowerCreateChannel>(converter, patterns.getContext(), context);
  patterns.add<LowerTurn<AcquireOp>, LowerTurn<AwaitOp>, LowerExpect, LowerRelease, LowerTmaLoad>(
      converter, patterns.getContext());
}
