// This file cuts matrix products for wgmma: warps that copy and warpgroups that multiply.
#include "lib/Tiling/Schedules.h"

#include "lib/Tiling/TmaGemm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace azulejo;
using namespace azulejo::graph;
using namespace azulejo::tiling;

/// Two warpgroups multiply 64 rows each; one thread of a third copies. Registers move from the
/// third to the other two.
static constexpr int32_t kConsumerWarps = 8, kProducerWarps = 4;
static constexpr int32_t kConsumerRegisters = 232, kProducerRegisters = 40;

namespace {
/// The consumers of a turn start its multiplications and then wait for those of the turn before,
/// whose stage they release: the tensor cores always have work.
///
///     for each turn: await its stage, multiply, wait until one group is under way,
///                    release the stage of the turn before
class WgmmaSchedule {
public:
  WgmmaSchedule(KernelBuilder &kernel, MatmulOp op, const TmaTile &tile)
      : kernel(kernel), gemm(kernel, op, tile) {
    MLIRContext *context = kernel.ir().getContext();
    result = {{tile.m, tile.n}, tile::LayoutAttr::wgmma(context, tile.m, tile.n, kConsumerWarps)};
  }

  SmallVector<AffineExpr> build() {
    gemm.prepare(/*consumers=*/kConsumerWarps);
    emitRoles(gemm, {kConsumerWarps, kProducerWarps}, {kConsumerRegisters, kProducerRegisters},
              {[&] { consume(); }, [&] { gemm.produce(); }});
    return gemm.grid();
  }

private:
  void consume();
  Value turnBody(Value turn, Value sums);
  void releaseBefore(Value turn);

  KernelBuilder &kernel;
  TmaGemm gemm;
  Space result;
};
} // namespace

void WgmmaSchedule::releaseBefore(Value turn) {
  OpBuilder &builder = kernel.ir();
  OpBuilder::InsertionGuard guard(builder);
  Value later = kernel.compare(arith::CmpIPredicate::sgt, turn, kernel.constant(0));
  auto branch = scf::IfOp::create(builder, kernel.loc(), later, /*withElseRegion=*/false);
  builder.setInsertionPointToStart(branch.thenBlock());
  Value before =
      kernel.rem(kernel.sub(turn, kernel.constant(1)), kernel.constant(gemm.tile.stages));
  tile::ReleaseOp::create(builder, kernel.loc(), gemm.ring, before);
}

Value WgmmaSchedule::turnBody(Value turn, Value sums) {
  OpBuilder &builder = kernel.ir();
  Location loc = kernel.loc();
  Type pending = sums.getType();
  Value stage = tile::AwaitOp::create(builder, loc, builder.getI32Type(), gemm.ring, turn);
  sums = tile::WgmmaFenceOp::create(builder, loc, pending, sums);
  sums = tile::WgmmaOp::create(builder, loc, pending, gemm.left, stage, gemm.right, stage, sums);
  sums = tile::WgmmaWaitOp::create(builder, loc, pending, /*groups=*/1, sums);
  releaseBefore(turn);
  return sums;
}

void WgmmaSchedule::consume() {
  OpBuilder &builder = kernel.ir();
  RankedTensorType tile = result.of(builder.getF32Type());
  auto pending = tile::PendingType::get(builder.getContext(), tile);
  Value zero = gemm.emitter.neutral(ReduceKind::sum, tile, false);
  Value start = tile::WgmmaFenceOp::create(builder, kernel.loc(), pending, zero);
  auto body = [&](Value turn, ValueRange carried) -> SmallVector<Value> {
    return {turnBody(turn, carried[0])};
  };
  Value last = gemm.emitter.loop(gemm.turns(), {start}, body)[0];
  Value sums = tile::WgmmaWaitOp::create(builder, kernel.loc(), tile, /*groups=*/0, last);
  gemm.store(sums, result, /*column=*/0);
}

SmallVector<AffineExpr> azulejo::tiling::buildWgmma(KernelBuilder &kernel, MatmulOp op,
                                                    int64_t &warps) {
  warps = kConsumerWarps + kProducerWarps;
  return WgmmaSchedule(kernel, op, chooseTmaTile(Schedule::Wgmma, op)).build();
}
