// This file cuts kernels whose results are computed one by one.
#include "lib/Tiling/Schedules.h"

#include "lib/Tiling/IndexedEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace azulejo;
using namespace azulejo::graph;
using namespace azulejo::tiling;

SmallVector<AffineExpr> azulejo::tiling::buildPointwise(KernelBuilder &kernel) {
  PointwiseTile choice = choosePointwiseTile(kernel.source());
  MLIRContext *context = kernel.ir().getContext();
  int64_t size = choice.perThread * 32 * choice.warps;
  unsigned order[] = {0};
  Space space{{size},
              tile::LayoutAttr::blocked(context, {size}, choice.perThread, order, choice.warps)};
  Value result = cast<YieldOp>(kernel.source().getBody().front().getTerminator()).getValue();
  SmallVector<AffineExpr> dims = getDims(cast<RankedTensorType>(result.getType()));
  AffineExpr total = product(dims, context);

  Value start = kernel.mul(kernel.programId(0), kernel.constant(size));
  Value position = kernel.add(start, kernel.coordinate(space, 0));
  Value mask;
  if (!kernel.isMultipleOf(total, size))
    mask = kernel.compare(arith::CmpIPredicate::slt, position, kernel.dim(total));
  IndexedEmitter emitter(kernel);
  Index *index = emitter.linearIndex(space, dims, position);
  Value value = kernel.fit(emitter.emit(result, index, mask), space);
  tile::StoreOp::create(kernel.ir(), kernel.loc(), value, kernel.resultPointer(), position, mask);
  AffineExpr one = getAffineConstantExpr(1, context);
  return {simplify(total.ceilDiv(size)), one, one};
}
