// This file cuts kernels that reduce rows: softmax, normalisation, and the like are one kernel.
#include "lib/Tiling/Schedules.h"

#include "lib/Tiling/IndexedEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace azulejo;
using namespace azulejo::graph;
using namespace azulejo::tiling;

using arith::CmpIPredicate;

namespace {
/// The kernel sees the input of its reductions as a matrix: the dimensions that stay are its rows,
/// those that are reduced its columns. A CTA has some rows, and goes through their columns in
/// chunks, once for each reduction and once for the result; if one chunk is all, values are
/// computed only once.
class RowSchedule {
public:
  RowSchedule(KernelBuilder &kernel, ReduceOp first)
      : kernel(kernel), emitter(kernel), context(kernel.ir().getContext()),
        domain(getDims(first.getInput().getType())), axes(first.getAxes()) {
    for (unsigned d = 0; d < domain.size(); ++d)
      (isReduced(d) ? columnDims : rowDims).push_back(domain[d]);
    rows = product(rowDims, context);
    columns = product(columnDims, context);
    SymbolRange range = rangeOf(columns, kernel.source());
    choice = chooseRowTile(constantValue(rows), constantValue(columns), range.max);
  }

  SmallVector<AffineExpr> build();

private:
  /// One chunk of columns: the index of its elements in the domain, and which of them exist.
  struct Chunk {
    Index *index;
    Value mask;
  };

  bool isReduced(unsigned dim) const { return llvm::is_contained(axes, int64_t(dim)); }
  bool columnsAreInnermost() const { return isReduced(domain.size() - 1); }
  bool columnsAreTrailing() const {
    return axes.front() == int64_t(domain.size() - axes.size()) &&
           axes.back() == int64_t(domain.size() - 1);
  }

  void prepareRows();
  Chunk chunkAt(Value start);
  Index *rowIndex(ArrayRef<AffineExpr> dims);
  Value numberOfChunks() { return kernel.dim(columns.ceilDiv(choice.columns)); }
  void reduce(ReduceOp op);
  Value maskedPart(ReduceOp op, const Chunk &chunk);
  Value sumColumns(ReduceOp op, Value tile);
  void store(Value value, Index *index, Value mask);
  void storeResult();

  KernelBuilder &kernel;
  IndexedEmitter emitter;
  MLIRContext *context;
  SmallVector<AffineExpr> domain, rowDims, columnDims;
  SmallVector<int64_t> axes;
  AffineExpr rows, columns;
  RowTile choice;
  Space full, row;
  Value rowPosition, rowMask;
  SmallVector<Value> rowCoordinates;
  std::optional<Chunk> only;
};
} // namespace

void RowSchedule::prepareRows() {
  unsigned along[] = {1, 0}, across[] = {0, 1};
  SmallVector<int64_t> shape{choice.rows, choice.columns};
  auto layout = tile::LayoutAttr::blocked(context, shape, columnsAreInnermost() ? 4 : 1,
                                          columnsAreInnermost() ? along : across, choice.warps);
  full = {shape, layout};
  row = {{choice.rows, 1}, layout.reduced(1)};
  Value start = kernel.mul(kernel.programId(0), kernel.constant(choice.rows));
  rowPosition = kernel.add(start, kernel.coordinate(row, 0));
  rowMask = kernel.compare(CmpIPredicate::slt, rowPosition, kernel.dim(rows));
  rowCoordinates = delinearize(kernel, rowPosition, rowDims);
}

RowSchedule::Chunk RowSchedule::chunkAt(Value start) {
  Value column = kernel.add(start, kernel.coordinate(full, 1));
  Value mask = kernel.both(kernel.fit(rowMask, full),
                           kernel.compare(CmpIPredicate::slt, column, kernel.dim(columns)));
  emitter.repeats(mask, rowMask);
  SmallVector<Value> columnCoordinates = delinearize(kernel, column, columnDims), coordinates;
  unsigned nextRow = 0, nextColumn = 0;
  for (unsigned d = 0; d < domain.size(); ++d) {
    if (isReduced(d)) {
      coordinates.push_back(columnCoordinates[nextColumn++]);
      continue;
    }
    Value small = rowCoordinates[nextRow++];
    bool isTile = isa<RankedTensorType>(small.getType());
    coordinates.push_back(isTile ? kernel.fit(small, full) : small);
    if (isTile)
      emitter.repeats(coordinates.back(), small);
  }
  Value linear;
  if (columnsAreTrailing())
    linear = kernel.add(kernel.fit(kernel.mul(rowPosition, kernel.dim(columns)), full), column);
  return {emitter.indexOf(full, domain, coordinates, linear), mask};
}

/// The index of a tensor with one element for each row: `dims` are those that stay, with or without
/// the reduced ones as 1.
Index *RowSchedule::rowIndex(ArrayRef<AffineExpr> dims) {
  SmallVector<Value> coordinates;
  bool kept = dims.size() == domain.size();
  unsigned next = 0;
  for (unsigned d = 0; d < domain.size(); ++d) {
    if (!isReduced(d))
      coordinates.push_back(rowCoordinates[next++]);
    else if (kept)
      coordinates.push_back(kernel.constant(0));
  }
  return emitter.indexOf(row, dims, coordinates, rowPosition);
}

/// The elements of a chunk, with those that do not exist replaced by what changes nothing.
Value RowSchedule::maskedPart(ReduceOp op, const Chunk &chunk) {
  Value part = kernel.fit(emitter.emit(op.getInput(), chunk.index, chunk.mask), full);
  kernel.setLoc(op.getLoc());
  Value start = emitter.reductionStart(op, full);
  part = convertFloat(kernel.ir(), kernel.loc(), part,
                      cast<RankedTensorType>(start.getType()).getElementType());
  return arith::SelectOp::create(kernel.ir(), kernel.loc(), chunk.mask, part, start);
}

static tile::ReduceKind tileKind(ReduceOp op) {
  Type element = op.getInput().getType().getElementType();
  bool plain = element.isUnsignedInteger() || element.isInteger(1);
  switch (op.getKind()) {
  case ReduceKind::sum:
  case ReduceKind::mean:
    return tile::ReduceKind::Sum;
  case ReduceKind::prod:
    return tile::ReduceKind::Product;
  case ReduceKind::max:
    return plain ? tile::ReduceKind::UnsignedMax : tile::ReduceKind::Max;
  case ReduceKind::min:
    return plain ? tile::ReduceKind::UnsignedMin : tile::ReduceKind::Min;
  }
  llvm_unreachable("a reduction has five kinds");
}

Value RowSchedule::sumColumns(ReduceOp op, Value part) {
  Type element = cast<RankedTensorType>(part.getType()).getElementType();
  return tile::ReduceOp::create(kernel.ir(), kernel.loc(), row.of(element), tileKind(op), part, 1);
}

void RowSchedule::reduce(ReduceOp op) {
  Value sum;
  if (only) {
    sum = maskedPart(op, *only);
  } else {
    bool isUnsigned = op.getInput().getType().getElementType().isUnsignedInteger();
    auto step = [&](Value turn, ValueRange carried) -> SmallVector<Value> {
      Chunk chunk = chunkAt(kernel.mul(turn, kernel.constant(choice.columns)));
      return {emitter.combineInto(op, carried[0], maskedPart(op, chunk), isUnsigned)};
    };
    sum = emitter.loop(numberOfChunks(), {emitter.reductionStart(op, full)}, step)[0];
  }
  kernel.setLoc(op.getLoc());
  Value result = emitter.finishReduction(op, sumColumns(op, sum));
  emitter.define(op.getResult(), rowIndex(getDims(op.getResult().getType())), result);
}

void RowSchedule::store(Value value, Index *index, Value mask) {
  Value tile = kernel.fit(emitter.emit(value, index, mask), index->space);
  Value offsets = kernel.fit(emitter.linearOf(index), index->space);
  tile::StoreOp::create(kernel.ir(), kernel.loc(), tile, kernel.resultPointer(), offsets, mask);
}

void RowSchedule::storeResult() {
  Value result = cast<YieldOp>(kernel.source().getBody().front().getTerminator()).getValue();
  SmallVector<AffineExpr> dims = getDims(cast<RankedTensorType>(result.getType()));
  if (dims != domain)
    return store(result, rowIndex(dims), rowMask);
  if (only)
    return store(result, only->index, only->mask);
  emitter.loop(numberOfChunks(), {}, [&](Value turn, ValueRange) -> SmallVector<Value> {
    Chunk chunk = chunkAt(kernel.mul(turn, kernel.constant(choice.columns)));
    store(result, chunk.index, chunk.mask);
    return {};
  });
}

SmallVector<AffineExpr> RowSchedule::build() {
  prepareRows();
  if (!choice.chunks)
    only = chunkAt(kernel.constant(0));
  for (Operation &op : kernel.source().getBody().front())
    if (auto reduction = dyn_cast<ReduceOp>(op))
      reduce(reduction);
  storeResult();
  AffineExpr one = getAffineConstantExpr(1, context);
  return {simplify(rows.ceilDiv(choice.rows)), one, one};
}

SmallVector<AffineExpr> azulejo::tiling::buildRows(KernelBuilder &kernel, ReduceOp first) {
  return RowSchedule(kernel, first).build();
}

bool azulejo::tiling::canBuildRows(KernelOp kernel, ReduceOp first) {
  SmallVector<AffineExpr> domain = getDims(first.getInput().getType()), kept, dropped;
  for (unsigned d = 0; d < domain.size(); ++d) {
    bool reduced = llvm::is_contained(first.getAxes(), int64_t(d));
    kept.push_back(reduced ? getAffineConstantExpr(1, kernel.getContext()) : domain[d]);
    if (!reduced)
      dropped.push_back(domain[d]);
  }
  SmallVector<AffineExpr> result = getDims(kernel.getResult().getType());
  if (result != domain && result != kept && result != dropped)
    return false;
  return llvm::all_of(kernel.getBody().front(), [&](Operation &op) {
    auto reduce = dyn_cast<ReduceOp>(op);
    return !reduce ||
           (getDims(reduce.getInput().getType()) == domain && reduce.getAxes() == first.getAxes());
  });
}
