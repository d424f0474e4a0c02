// This file turns operators that move elements into index arithmetic.
#include "lib/Tiling/IndexedEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace azulejo;
using namespace azulejo::graph;
using namespace azulejo::tiling;

using arith::CmpIPredicate;

static bool isOne(AffineExpr dim) { return constantValue(dim) == 1; }

/// Dimensions are aligned at the last one; those of size 1 are repeated (ONNX, "Broadcasting").
Index *IndexedEmitter::broadcastIndex(RankedTensorType operand, Index *index) {
  SmallVector<AffineExpr> dims = getDims(operand);
  if (dims == index->dims)
    return index;
  unsigned skipped = index->dims.size() - dims.size();
  SmallVector<Value> coordinates;
  for (auto [position, dim] : llvm::enumerate(dims))
    coordinates.push_back(isOne(dim) ? kernel.constant(0)
                                     : coordinatesOf(index)[position + skipped]);
  return indexOf(index->space, dims, coordinates);
}

/// Inserting and removing dimensions of size 1 keeps coordinates; any other change of shape keeps
/// only the position in C order.
Index *IndexedEmitter::reshapeIndex(ReshapeOp op, Index *index) {
  SmallVector<AffineExpr> from = dimsOf(op.getInput());
  auto isProper = [](AffineExpr dim) { return !isOne(dim); };
  SmallVector<AffineExpr> properFrom, properTo;
  llvm::copy_if(from, std::back_inserter(properFrom), isProper);
  llvm::copy_if(index->dims, std::back_inserter(properTo), isProper);
  if (properFrom != properTo)
    return linearIndex(index->space, from, linearOf(index));
  SmallVector<Value> proper, coordinates;
  for (auto [dim, coordinate] : llvm::zip(index->dims, coordinatesOf(index)))
    if (isProper(dim))
      proper.push_back(coordinate);
  auto next = proper.begin();
  for (AffineExpr dim : from)
    coordinates.push_back(isOne(dim) ? kernel.constant(0) : *next++);
  return indexOf(index->space, from, coordinates, index->linear);
}

Index *IndexedEmitter::transposeIndex(TransposeOp op, Index *index) {
  SmallVector<Value> coordinates(index->dims.size());
  for (auto [position, dim] : llvm::enumerate(op.getPerm()))
    coordinates[dim] = coordinatesOf(index)[position];
  return indexOf(index->space, dimsOf(op.getInput()), coordinates);
}

Index *IndexedEmitter::sliceIndex(SliceOp op, Index *index) {
  SmallVector<AffineExpr> dims = dimsOf(op.getInput());
  SmallVector<Value> coordinates;
  for (auto [coordinate, start, step, dim] :
       llvm::zip(coordinatesOf(index), op.getStarts(), op.getSteps(), dims)) {
    // A negative start counts from the end.
    Value first =
        kernel.dim(start < 0 ? dim + start : getAffineConstantExpr(start, op.getContext()));
    coordinates.push_back(kernel.add(kernel.mul(coordinate, kernel.constant(step)), first));
  }
  return indexOf(index->space, dims, coordinates);
}

/// Each operand is read where the coordinate falls into it, and the right one chosen.
Value IndexedEmitter::emitConcat(ConcatOp op, Index *index, Value mask) {
  unsigned axis = op.getAxis();
  Value along = coordinatesOf(index)[axis], result;
  AffineExpr start = getAffineConstantExpr(0, op.getContext());
  for (Value operand : op.getInputs()) {
    SmallVector<AffineExpr> dims = dimsOf(operand);
    AffineExpr end = simplify(start + dims[axis]);
    SmallVector<Value> coordinates(coordinatesOf(index));
    coordinates[axis] = kernel.sub(along, kernel.dim(start));
    Value atLeast = kernel.compare(CmpIPredicate::sge, along, kernel.dim(start));
    Value below = kernel.compare(CmpIPredicate::slt, along, kernel.dim(end));
    Value inside = kernel.both(atLeast, below);
    Value part = emit(operand, indexOf(index->space, dims, coordinates), kernel.both(mask, inside));
    part = kernel.fit(part, index->space);
    result = result ? kernel.select(atLeast, part, result) : part;
    start = end;
  }
  return result;
}

/// The coordinate in the operand of a coordinate in the padded tensor; narrows `inside`.
Value IndexedEmitter::padCoordinate(PadOp op, Value coordinate, unsigned dim, Value &inside) {
  AffineExpr sizeExpr = dimsOf(op.getInput())[dim];
  Value size = kernel.dim(sizeExpr), zero = kernel.constant(0);
  int64_t low = op.getLow()[dim], high = op.getHigh()[dim];
  Value moved = kernel.sub(coordinate, kernel.constant(low));
  if (low <= 0 && high <= 0)
    return moved;
  Value before = kernel.compare(CmpIPredicate::slt, moved, zero);
  Value after = kernel.compare(CmpIPredicate::sge, moved, size);
  switch (op.getMode()) {
  case PadMode::constant: {
    Value notBefore = kernel.compare(CmpIPredicate::sge, moved, zero);
    Value notAfter = kernel.compare(CmpIPredicate::slt, moved, size);
    inside = kernel.both(inside, kernel.both(notBefore, notAfter));
    return moved;
  }
  case PadMode::edge:
    moved = kernel.select(before, zero, moved);
    return kernel.select(after, kernel.sub(size, kernel.constant(1)), moved);
  case PadMode::reflect: {
    Value last = kernel.mul(kernel.sub(size, kernel.constant(1)), kernel.constant(2));
    Value reflected = kernel.select(after, kernel.sub(last, moved), moved);
    return kernel.select(before, kernel.sub(zero, moved), reflected);
  }
  }
  llvm_unreachable("padding has three modes");
}

Value IndexedEmitter::emitPad(PadOp op, Index *index, Value mask) {
  SmallVector<Value> coordinates;
  Value inside;
  for (auto [dim, coordinate] : llvm::enumerate(SmallVector<Value>(coordinatesOf(index))))
    coordinates.push_back(padCoordinate(op, coordinate, dim, inside));
  Index *source = indexOf(index->space, dimsOf(op.getInput()), coordinates);
  Value value = kernel.fit(emit(op.getInput(), source, kernel.both(mask, inside)), index->space);
  if (!inside)
    return value;
  if (!op.getValue()) {
    Value zero = neutral(ReduceKind::sum, cast<RankedTensorType>(value.getType()), false);
    return kernel.select(inside, value, zero);
  }
  Value padding = emit(op.getValue(), indexOf(index->space, {}, {}), Value());
  return kernel.select(inside, value, kernel.fit(padding, index->space));
}

/// Negative indices count from the end. Indices outside of the operand read nothing and give zero.
Value IndexedEmitter::emitGather(GatherOp op, Index *index, Value mask) {
  unsigned axis = op.getAxis(), rank = cast<RankedTensorType>(op.getIndices().getType()).getRank();
  SmallVector<Value> all(coordinatesOf(index));
  ArrayRef<Value> where = ArrayRef<Value>(all).slice(axis, rank);
  Value found = emit(op.getIndices(), indexOf(index->space, dimsOf(op.getIndices()), where), mask);
  found = kernel.fit(found, index->space);
  auto i32 = index->space.of(kernel.ir().getI32Type());
  unsigned width = cast<RankedTensorType>(found.getType()).getElementTypeBitWidth();
  if (width > 32)
    found = arith::TruncIOp::create(kernel.ir(), kernel.loc(), i32, found);
  else if (width < 32)
    found = arith::ExtSIOp::create(kernel.ir(), kernel.loc(), i32, found);
  Value size = kernel.dim(dimsOf(op.getData())[axis]), zero = kernel.constant(0);
  Value negative = kernel.compare(CmpIPredicate::slt, found, zero);
  found = kernel.select(negative, kernel.add(found, size), found);
  Value inside = kernel.both(kernel.compare(CmpIPredicate::sge, found, zero),
                             kernel.compare(CmpIPredicate::slt, found, size));
  SmallVector<Value> coordinates(ArrayRef<Value>(all).take_front(axis));
  coordinates.push_back(found);
  llvm::append_range(coordinates, ArrayRef<Value>(all).drop_front(axis + rank));
  Index *source = indexOf(index->space, dimsOf(op.getData()), coordinates);
  return kernel.fit(emit(op.getData(), source, kernel.both(mask, inside)), index->space);
}
