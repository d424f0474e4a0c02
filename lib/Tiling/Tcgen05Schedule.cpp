// This file cuts matrix products for tcgen05: a warp that copies, a thread that multiplies into
// tensor memory, and four warps that store.
#include "lib/Tiling/Schedules.h"

#include "lib/Tiling/TmaGemm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace azulejo;
using namespace azulejo::graph;
using namespace azulejo::tiling;

/// Warp `w` of the first four reads lanes 32 w and up of tensor memory.
static constexpr int32_t kStoringWarps = 4;
/// Columns that a thread stores at a time: one row of them is in its registers.
static constexpr int64_t kColumnsAtOnce = 32;

namespace {
class Tcgen05Schedule {
public:
  Tcgen05Schedule(KernelBuilder &kernel, MatmulOp op, const TmaTile &tile)
      : kernel(kernel), gemm(kernel, op, tile) {}

  SmallVector<AffineExpr> build();

private:
  void multiply();
  void storeResult();
  Space columnsSpace();

  KernelBuilder &kernel;
  TmaGemm gemm;
  Value memory, done;
};
} // namespace

/// One thread starts all multiplications. A stage is free when those that read it are done, the
/// result is there when all are.
void Tcgen05Schedule::multiply() {
  OpBuilder &builder = kernel.ir();
  OpBuilder::InsertionGuard guard(builder);
  Location loc = kernel.loc();
  auto once = tile::OneThreadOp::create(builder, loc);
  tile::OneThreadOp::ensureTerminator(once.getBody(), builder, loc);
  builder.setInsertionPoint(once.getBody().front().getTerminator());
  gemm.emitter.loop(gemm.turns(), {}, [&](Value turn, ValueRange) -> SmallVector<Value> {
    Value stage = tile::AwaitOp::create(builder, loc, builder.getI32Type(), gemm.ring, turn);
    Value later = kernel.compare(arith::CmpIPredicate::sgt, turn, kernel.constant(0));
    tile::Tcgen05MmaOp::create(builder, loc, gemm.left, stage, gemm.right, stage, memory, later);
    tile::Tcgen05CommitOp::create(builder, loc, gemm.ring, stage, /*full=*/false);
    return {};
  });
  tile::Tcgen05CommitOp::create(builder, loc, done, kernel.constant(0), /*full=*/true);
}

Space Tcgen05Schedule::columnsSpace() {
  SmallVector<int64_t> shape{gemm.tile.m, kColumnsAtOnce};
  unsigned order[] = {1, 0};
  return {shape, tile::LayoutAttr::blocked(kernel.ir().getContext(), shape, kColumnsAtOnce, order,
                                           kStoringWarps)};
}

void Tcgen05Schedule::storeResult() {
  OpBuilder &builder = kernel.ir();
  tile::AwaitOp::create(builder, kernel.loc(), builder.getI32Type(), done, kernel.constant(0));
  Space space = columnsSpace();
  for (int64_t column = 0; column < gemm.tile.n; column += kColumnsAtOnce) {
    Value sums = tile::TmemLoadOp::create(builder, kernel.loc(), space.of(builder.getF32Type()),
                                          memory, column);
    gemm.store(sums, space, column);
  }
}

SmallVector<AffineExpr> Tcgen05Schedule::build() {
  OpBuilder &builder = kernel.ir();
  MLIRContext *context = builder.getContext();
  gemm.prepare(/*consumers=*/1);
  done = tile::CreateChannelOp::create(builder, kernel.loc(), tile::ChannelType::get(context, 1),
                                       /*producers=*/1, /*consumers=*/1);
  auto type = tile::TensorMemoryType::get(context, gemm.tile.m, gemm.tile.n, builder.getF32Type());
  memory = tile::TmemAllocOp::create(builder, kernel.loc(), type);
  emitRoles(gemm, {kStoringWarps, 1, 1}, /*registers=*/{},
            {[&] { storeResult(); }, [&] { multiply(); }, [&] { gemm.produce(); }});
  tile::TmemFreeOp::create(builder, kernel.loc(), memory);
  return gemm.grid();
}

SmallVector<AffineExpr> azulejo::tiling::buildTcgen05(KernelBuilder &kernel, MatmulOp op,
                                                      int64_t &warps) {
  warps = kStoringWarps + 2;
  return Tcgen05Schedule(kernel, op, chooseTmaTile(Schedule::Tcgen05, op)).build();
}
