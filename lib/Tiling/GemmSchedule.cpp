// This file cuts matrix products: a ring of stages in shared memory feeds fma or mma.sync.
#include "lib/Tiling/Schedules.h"

#include "lib/Tiling/GemmProblem.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace azulejo;
using namespace azulejo::graph;
using namespace azulejo::tiling;

using arith::CmpIPredicate;

namespace {
/// Each CTA computes one tile of the result. While it multiplies one stage, copies of the next ones
/// are under way:
///
///     copy stages 0 .. S-2
///     for each step: wait for its stage, barrier, copy the stage S-1 ahead, multiply
///
/// One barrier a step is enough: the stage that is overwritten was read before it.
class GemmSchedule {
public:
  GemmSchedule(KernelBuilder &kernel, std::unique_ptr<GemmProblem> owned,
               const GemmOptions &options)
      : kernel(kernel), emitter(kernel), problem(std::move(owned)),
        context(kernel.ir().getContext()) {
    auto type = cast<RankedTensorType>(problem->left.getType());
    element = tileElement(type.getElementType());
    choice = chooseGemmTile(constantValue(problem->m), constantValue(problem->n),
                            constantValue(problem->k), element, options);
    setSpaces();
  }

  SmallVector<AffineExpr> build();
  int64_t warps() const { return choice.warps; }

private:
  void setSpaces();
  Space copySpace(int64_t rows, int64_t columns, bool alongColumns);
  Value allocate(int64_t rows, int64_t columns, bool alongColumns, bool alongK);
  tile::SwizzleAttr swizzle(int64_t rows, int64_t columns, bool alongColumns, bool alongK);
  void copyStage(Value step, Value stage);
  void copyOperand(Value operand, OperandIndex at, Value inBounds, Value buffer, Value stage);
  Value inBounds(Value row, AffineExpr rows, int64_t rowTile, Value column, AffineExpr columns,
                 int64_t columnTile);
  Value multiply();
  void finish(Value sums);

  KernelBuilder &kernel;
  IndexedEmitter emitter;
  std::unique_ptr<GemmProblem> problem;
  MLIRContext *context;
  Type element;
  GemmTile choice;
  Space leftSpace, rightSpace, resultSpace;
  Value leftBuffer, rightBuffer;
  Value firstRow, firstColumn, batch, steps;
};
} // namespace

Space GemmSchedule::copySpace(int64_t rows, int64_t columns, bool alongColumns) {
  unsigned byColumns[] = {1, 0}, byRows[] = {0, 1};
  int64_t perThread = std::max<int64_t>(1, 16 / std::max(1u, element.getIntOrFloatBitWidth() / 8));
  // Fewer elements side by side where a tile has fewer than the threads could take.
  while (perThread > 1 && rows * columns < perThread * 32 * choice.warps)
    perThread /= 2;
  SmallVector<int64_t> shape{rows, columns};
  return {shape, tile::LayoutAttr::blocked(context, shape, perThread,
                                           alongColumns ? byColumns : byRows, choice.warps)};
}

void GemmSchedule::setSpaces() {
  leftSpace = copySpace(choice.m, choice.k, problem->leftAlongK);
  rightSpace = copySpace(choice.k, choice.n, problem->rightAlongN);
  auto layout = choice.tensorCores
                    ? tile::LayoutAttr::mma(context, choice.m, choice.n, choice.warps)
                    : tile::LayoutAttr::fma(context, choice.m, choice.n, choice.warps);
  resultSpace = {{choice.m, choice.n}, layout};
}

/// For tensor cores chunks of 16 bytes are permuted such that the 8 rows that ldmatrix reads at
/// once lie in different banks. Elements of 32 bits that are not neighbours along K are read one by
/// one, 8 of each of 4 rows. For fma rows along K are permuted, such that what is written along K
/// does not meet in one bank.
tile::SwizzleAttr GemmSchedule::swizzle(int64_t rows, int64_t columns, bool alongColumns,
                                        bool alongK) {
  int64_t pitch = alongColumns ? columns : rows;
  if (!choice.tensorCores) {
    bool written = pitch >= 32;
    return tile::SwizzleAttr::get(context, alongColumns ? 1 : 0, 4, 4, written ? 8 : 1);
  }
  bool oneByOne = element.getIntOrFloatBitWidth() == 32 && !alongK;
  if (oneByOne)
    return tile::SwizzleAttr::get(context, alongColumns ? 1 : 0, 8, 1, 4);
  int64_t chunk = 16 / (element.getIntOrFloatBitWidth() / 8), chunks = pitch / chunk;
  return tile::SwizzleAttr::get(context, alongColumns ? 1 : 0, chunk,
                                std::max<int64_t>(1, 8 / chunks), std::min<int64_t>(8, chunks));
}

Value GemmSchedule::allocate(int64_t rows, int64_t columns, bool alongColumns, bool alongK) {
  auto type = tile::BufferType::get(context, choice.stages, rows, columns, element,
                                    swizzle(rows, columns, alongColumns, alongK));
  return tile::AllocOp::create(kernel.ir(), kernel.loc(), type);
}

/// Null where the tile divides the matrix.
Value GemmSchedule::inBounds(Value row, AffineExpr rows, int64_t rowTile, Value column,
                             AffineExpr columns, int64_t columnTile) {
  Value mask;
  if (!kernel.isMultipleOf(rows, rowTile))
    mask = kernel.compare(CmpIPredicate::slt, row, kernel.dim(rows));
  if (!kernel.isMultipleOf(columns, columnTile))
    mask = kernel.both(mask, kernel.compare(CmpIPredicate::slt, column, kernel.dim(columns)));
  return mask;
}

void GemmSchedule::copyOperand(Value operand, OperandIndex at, Value inBounds, Value buffer,
                               Value stage) {
  Value mask = kernel.both(inBounds, at.mask);
  if (mask)
    mask = kernel.fit(mask, at.index->space);
  if (auto found = emitter.access(operand, at.index, mask)) {
    Value offsets = kernel.fit(found->offsets, at.index->space);
    tile::CopyOp::create(kernel.ir(), kernel.loc(), found->base, offsets, found->mask, buffer,
                         stage,
                         /*async=*/true);
    return;
  }
  Value value = kernel.fit(emitter.emit(operand, at.index, mask), at.index->space);
  if (mask) {
    Value zero = emitter.neutral(ReduceKind::sum, cast<RankedTensorType>(value.getType()), false);
    value = arith::SelectOp::create(kernel.ir(), kernel.loc(), mask, value, zero);
  }
  tile::WriteOp::create(kernel.ir(), kernel.loc(), value, buffer, stage);
}

/// Copies step `step` of K. Steps after the last one copy zeros, because no k of theirs is in
/// bounds.
void GemmSchedule::copyStage(Value step, Value stage) {
  Value start = kernel.mul(step, kernel.constant(choice.k));
  Value m = kernel.add(firstRow, kernel.coordinate(leftSpace, 0));
  Value leftK = kernel.add(start, kernel.coordinate(leftSpace, 1));
  Value left = inBounds(m, problem->m, choice.m, leftK, problem->k, /*columnTile=*/INT64_MAX);
  copyOperand(problem->left, problem->leftIndex(emitter, leftSpace, m, leftK, batch), left,
              leftBuffer, stage);
  Value rightK = kernel.add(start, kernel.coordinate(rightSpace, 0));
  Value n = kernel.add(firstColumn, kernel.coordinate(rightSpace, 1));
  Value right = inBounds(rightK, problem->k, /*rowTile=*/INT64_MAX, n, problem->n, choice.n);
  copyOperand(problem->right, problem->rightIndex(emitter, rightSpace, rightK, n, batch), right,
              rightBuffer, stage);
  tile::CommitOp::create(kernel.ir(), kernel.loc());
}

Value GemmSchedule::multiply() {
  OpBuilder &builder = kernel.ir();
  int64_t ahead = choice.stages - 1;
  for (int64_t stage = 0; stage < ahead; ++stage)
    copyStage(kernel.constant(stage), kernel.constant(stage));
  auto type =
      resultSpace.of(choice.tensorCores ? Type(builder.getF32Type()) : accumulatorType(element));
  Value zero = emitter.neutral(ReduceKind::sum, type, false);
  auto kind = choice.tensorCores ? tile::DotKind::Mma : tile::DotKind::Fma;
  auto turn = [&](Value step, ValueRange carried) -> SmallVector<Value> {
    Value stages = kernel.constant(choice.stages);
    tile::WaitOp::create(builder, kernel.loc(), ahead - 1);
    tile::BarrierOp::create(builder, kernel.loc());
    Value next = kernel.add(step, kernel.constant(ahead));
    copyStage(next, kernel.rem(next, stages));
    Value stage = kernel.rem(step, stages);
    return {tile::DotOp::create(builder, kernel.loc(), type, kind, leftBuffer, stage, rightBuffer,
                                stage, carried[0])};
  };
  return emitter.loop(kernel.dim(simplify(problem->k.ceilDiv(choice.k))), {zero}, turn)[0];
}

void GemmSchedule::finish(Value sums) {
  Value m = kernel.add(firstRow, kernel.coordinate(resultSpace, 0));
  Value n = kernel.add(firstColumn, kernel.coordinate(resultSpace, 1));
  Value mask = inBounds(m, problem->m, choice.m, n, problem->n, choice.n);
  Index *index = problem->resultIndex(emitter, resultSpace, m, n, batch);
  emitter.define(problem->result, index, convertFloat(kernel.ir(), kernel.loc(), sums, element));
  Value result = cast<YieldOp>(kernel.source().getBody().front().getTerminator()).getValue();
  Value value = kernel.fit(emitter.emit(result, index, mask), resultSpace);
  tile::StoreOp::create(kernel.ir(), kernel.loc(), value, kernel.resultPointer(),
                        kernel.fit(emitter.linearOf(index), resultSpace), mask);
}

SmallVector<AffineExpr> GemmSchedule::build() {
  firstColumn = kernel.mul(kernel.programId(0), kernel.constant(choice.n));
  firstRow = kernel.mul(kernel.programId(1), kernel.constant(choice.m));
  batch = constantValue(problem->batches) == 1 ? kernel.constant(0) : kernel.programId(2);
  leftBuffer =
      allocate(choice.m, choice.k, choice.tensorCores && problem->leftAlongK, problem->leftAlongK);
  rightBuffer = allocate(choice.k, choice.n, !choice.tensorCores || problem->rightAlongN,
                         !problem->rightAlongN);
  finish(multiply());
  return {simplify(problem->n.ceilDiv(choice.n)), simplify(problem->m.ceilDiv(choice.m)),
          problem->batches};
}

SmallVector<AffineExpr> azulejo::tiling::buildGemm(KernelBuilder &kernel, Operation *anchor,
                                                   const GemmOptions &options, int64_t &warps) {
  auto problem = isa<MatmulOp>(anchor) ? matmulProblem(kernel, cast<MatmulOp>(anchor))
                                       : convProblem(kernel, cast<ConvOp>(anchor));
  GemmSchedule schedule(kernel, std::move(problem), options);
  warps = schedule.warps();
  return schedule.build();
}
