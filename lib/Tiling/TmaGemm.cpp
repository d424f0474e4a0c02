// This file fetches the operands of a product with TMA, and says which products that can serve.
#include "lib/Tiling/TmaGemm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace azulejo;
using namespace azulejo::graph;
using namespace azulejo::tiling;

using arith::CmpIPredicate;

/// What strides of TMA are multiples of, and the bytes of a row of its widest swizzle.
static constexpr int64_t kStrideBytes = 16, kRowBytes = 128;

//===-- Which products
//-----------------------------------------------------------------------------===//

static bool isOne(AffineExpr dim) { return constantValue(dim) == 1; }

/// Whether both operands are one matrix each, the rows of all batches below one another.
static bool isOneProduct(MatmulOp op) {
  SmallVector<AffineExpr> lhs = dimsOf(op.getLhs()), rhs = dimsOf(op.getRhs());
  if (!llvm::all_of(ArrayRef(rhs).drop_back(2), isOne))
    return false;
  if (op.getTransposeA())
    return llvm::all_of(ArrayRef(lhs).drop_back(2), isOne);
  return lhs.size() == dimsOf(op.getResult()).size();
}

/// Whether each operand has a matrix for each one of the result, or one for all of them.
static bool isBatchOfProducts(MatmulOp op) {
  SmallVector<AffineExpr> out = dimsOf(op.getResult());
  return llvm::all_of(op->getOperands(), [&](Value operand) {
    SmallVector<AffineExpr> dims = dimsOf(operand);
    auto leading = ArrayRef(dims).drop_back(2);
    return llvm::all_of(leading, isOne) || leading == ArrayRef(out).drop_back(2);
  });
}

std::string azulejo::tiling::reasonAgainstTma(KernelOp kernel, Operation *anchor) {
  auto op = dyn_cast<MatmulOp>(anchor);
  if (!op)
    return "the operand of a convolution is gathered";
  Type element = op.getLhs().getType().getElementType();
  if (!element.isF16() && !element.isBF16())
    return "operands must be f16 or bf16";
  if (!isa<BlockArgument>(op.getLhs()) || !isa<BlockArgument>(op.getRhs()))
    return "an operand is computed in the kernel";
  bool isOneMatrix = isOneProduct(op);
  if (!isOneMatrix && !isBatchOfProducts(op))
    return "an operand is repeated along a part of the batch";
  for (Value operand : {op.getLhs(), op.getRhs()}) {
    SymbolRange inner = rangeOf(dimsOf(operand).back(), kernel);
    if (inner.divisor * 2 % kStrideBytes != 0 || inner.min < 1)
      return "a row of an operand is not known to be a multiple of 16 bytes long";
    for (AffineExpr dim : dimsOf(operand))
      if (rangeOf(dim, kernel).min < 1)
        return "an operand may be empty";
  }
  constexpr int64_t kLeastRows = 64;
  SmallVector<AffineExpr> out = dimsOf(op.getResult());
  AffineExpr rows =
      isOneMatrix ? product(ArrayRef(out).drop_back(1), kernel.getContext()) : out[out.size() - 2];
  if (rangeOf(rows, kernel).max < kLeastRows)
    return "there are fewer than 64 rows";
  return {};
}

//===-- The ring
//-----------------------------------------------------------------------------------===//

TmaGemm::TmaGemm(KernelBuilder &kernel, MatmulOp op, const TmaTile &tile)
    : kernel(kernel), emitter(kernel), tile(tile), problem(matmulProblem(kernel, op)),
      element(tileElement(op.getLhs().getType().getElementType())) {}

Value TmaGemm::createBuffer(int64_t rows, int64_t columns, bool alongColumns) {
  MLIRContext *context = kernel.ir().getContext();
  auto swizzle =
      tile::SwizzleAttr::tma128(context, alongColumns ? 1 : 0, element.getIntOrFloatBitWidth() / 8);
  auto type = tile::BufferType::get(context, tile.stages, rows, columns, element, swizzle);
  return tile::AllocOp::create(kernel.ir(), kernel.loc(), type);
}

bool TmaGemm::isBatched() const { return constantValue(problem->batches) != 1; }

/// The number of matrices in an operand.
static AffineExpr matricesOf(Value operand) {
  return product(ArrayRef(dimsOf(operand)).drop_back(2), operand.getContext());
}

/// The map of a matrix whose rows of `inner` elements are neighbours in memory, or of several such
/// matrices.
Value TmaGemm::createMap(Value operand, AffineExpr inner, AffineExpr outer, int64_t outerBox) {
  MLIRContext *context = kernel.ir().getContext();
  int64_t bytes = element.getIntOrFloatBitWidth() / 8;
  SmallVector<AffineExpr> dims{simplify(inner), simplify(outer)}, strides{simplify(inner * bytes)};
  SmallVector<int32_t> box{int32_t(kRowBytes / bytes), int32_t(outerBox)};
  if (isBatched()) {
    dims.push_back(matricesOf(operand));
    strides.push_back(simplify(inner * outer * bytes));
    box.push_back(1);
  }
  auto map = tile::TensorMapAttr::get(context, cast<BlockArgument>(operand).getArgNumber(),
                                      DimsAttr::get(context, dims), DimsAttr::get(context, strides),
                                      DenseI32ArrayAttr::get(context, box), kRowBytes);
  return kernel.tensorMap(map);
}

void TmaGemm::prepare(int64_t consumers) {
  firstColumn = kernel.mul(kernel.programId(0), kernel.constant(tile.n));
  firstRow = kernel.mul(kernel.programId(1), kernel.constant(tile.m));
  batch = isBatched() ? kernel.programId(2) : kernel.constant(0);
  left = createBuffer(tile.m, tile.k, problem->leftAlongK);
  right = createBuffer(tile.k, tile.n, problem->rightAlongN);
  leftMap = problem->leftAlongK ? createMap(problem->left, problem->k, problem->m, tile.m)
                                : createMap(problem->left, problem->m, problem->k, tile.k);
  rightMap = problem->rightAlongN ? createMap(problem->right, problem->n, problem->k, tile.k)
                                  : createMap(problem->right, problem->k, problem->n, tile.n);
  auto type = tile::ChannelType::get(kernel.ir().getContext(), tile.stages);
  ring = tile::CreateChannelOp::create(kernel.ir(), kernel.loc(), type, /*producers=*/1, consumers);
}

void TmaGemm::load(bool isLeft, Value k, Value other, Value stage) {
  Value operand = isLeft ? problem->left : problem->right;
  Value map = isLeft ? leftMap : rightMap, buffer = isLeft ? left : right;
  bool kIsInner = isLeft ? problem->leftAlongK : !problem->rightAlongN;
  SmallVector<Value> coordinates{kIsInner ? k : other, kIsInner ? other : k};
  if (isBatched())
    coordinates.push_back(isOne(matricesOf(operand)) ? kernel.constant(0) : batch);
  tile::TmaLoadOp::create(kernel.ir(), kernel.loc(), map, coordinates, buffer, stage, ring);
}

Value TmaGemm::turns() { return kernel.dim(simplify(problem->k.ceilDiv(tile.k))); }

/// Zeros that lie outside of a matrix count as copied bytes.
void TmaGemm::produce() {
  OpBuilder &builder = kernel.ir();
  OpBuilder::InsertionGuard guard(builder);
  auto once = tile::OneThreadOp::create(builder, kernel.loc());
  tile::OneThreadOp::ensureTerminator(once.getBody(), builder, kernel.loc());
  builder.setInsertionPoint(once.getBody().front().getTerminator());
  int64_t bytes = cast<tile::BufferType>(left.getType()).stageBytes() +
                  cast<tile::BufferType>(right.getType()).stageBytes();
  emitter.loop(turns(), {}, [&](Value turn, ValueRange) -> SmallVector<Value> {
    Value stage = tile::AcquireOp::create(builder, kernel.loc(), builder.getI32Type(), ring, turn);
    Value k = kernel.mul(turn, kernel.constant(tile.k));
    tile::ExpectOp::create(builder, kernel.loc(), ring, stage, bytes);
    load(/*isLeft=*/true, k, firstRow, stage);
    load(/*isLeft=*/false, k, firstColumn, stage);
    return {};
  });
}

void TmaGemm::store(Value sums, const Space &space, int64_t column) {
  Value m = kernel.add(firstRow, kernel.coordinate(space, 0));
  Value first = kernel.add(firstColumn, kernel.constant(column));
  Value n = kernel.add(first, kernel.coordinate(space, 1));
  Value mask;
  if (rangeOf(problem->m, kernel.source()).divisor % tile.m != 0)
    mask = kernel.compare(CmpIPredicate::slt, m, kernel.dim(problem->m));
  if (rangeOf(problem->n, kernel.source()).divisor % tile.n != 0)
    mask = kernel.both(mask, kernel.compare(CmpIPredicate::slt, n, kernel.dim(problem->n)));
  Index *index = problem->resultIndex(emitter, space, m, n, batch);
  emitter.define(problem->result, index, convertFloat(kernel.ir(), kernel.loc(), sums, element));
  Value result = cast<YieldOp>(kernel.source().getBody().front().getTerminator()).getValue();
  Value value = kernel.fit(emitter.emit(result, index, mask), space);
  tile::StoreOp::create(kernel.ir(), kernel.loc(), value, kernel.resultPointer(),
                        kernel.fit(emitter.linearOf(index), space), mask);
}

SmallVector<AffineExpr> TmaGemm::grid() {
  return {simplify(problem->n.ceilDiv(tile.n)), simplify(problem->m.ceilDiv(tile.m)),
          problem->batches};
}

void azulejo::tiling::emitRoles(TmaGemm &gemm, ArrayRef<int32_t> warps, ArrayRef<int32_t> registers,
                                ArrayRef<function_ref<void()>> bodies) {
  OpBuilder &builder = gemm.kernel.ir();
  OpBuilder::InsertionGuard guard(builder);
  auto budget = registers.empty() ? DenseI32ArrayAttr() : builder.getDenseI32ArrayAttr(registers);
  auto roles = tile::RolesOp::create(builder, gemm.kernel.loc(),
                                     builder.getDenseI32ArrayAttr(warps), budget, bodies.size());
  for (auto [region, body] : llvm::zip(roles.getBodies(), bodies)) {
    tile::RolesOp::ensureTerminator(region, builder, gemm.kernel.loc());
    builder.setInsertionPoint(region.front().getTerminator());
    gemm.emitter.enterRegion();
    body();
    gemm.emitter.leaveRegion();
  }
}
