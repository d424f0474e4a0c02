// This file computes operators that need many elements of an operand by a loop of each thread.
#include "lib/Tiling/IndexedEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace azulejo;
using namespace azulejo::graph;
using namespace azulejo::tiling;

using arith::CmpIPredicate;

static SmallVector<AffineExpr> constants(ArrayRef<int64_t> sizes, MLIRContext *context) {
  return llvm::map_to_vector(sizes,
                             [&](int64_t size) { return getAffineConstantExpr(size, context); });
}

SmallVector<Value> IndexedEmitter::loop(Value count, ArrayRef<Value> initial, LoopBody body) {
  OpBuilder &builder = kernel.ir();
  auto loop = scf::ForOp::create(builder, kernel.loc(), kernel.constant(0), count,
                                 kernel.constant(1), initial);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    enterRegion();
    SmallVector<Value> next = body(loop.getInductionVar(), loop.getRegionIterArgs());
    // A loop that carries nothing is made with its end.
    if (!next.empty())
      scf::YieldOp::create(builder, kernel.loc(), next);
    leaveRegion();
  }
  return SmallVector<Value>(loop.getResults());
}

Value IndexedEmitter::neutral(ReduceKind kind, RankedTensorType type, bool isUnsigned) {
  Type element = type.getElementType();
  TypedAttr value;
  if (auto floating = dyn_cast<FloatType>(element)) {
    const llvm::fltSemantics &semantics = floating.getFloatSemantics();
    bool isExtreme = kind == ReduceKind::max || kind == ReduceKind::min;
    APFloat number = isExtreme ? APFloat::getInf(semantics, /*Negative=*/kind == ReduceKind::max)
                               : APFloat(semantics, kind == ReduceKind::prod ? 1 : 0);
    value = kernel.ir().getFloatAttr(floating, number);
  } else {
    unsigned width = element.getIntOrFloatBitWidth();
    bool plain = isUnsigned || width == 1;
    APInt number(width, kind == ReduceKind::prod ? 1 : 0);
    if (kind == ReduceKind::max)
      number = plain ? APInt::getMinValue(width) : APInt::getSignedMinValue(width);
    if (kind == ReduceKind::min)
      number = plain ? APInt::getMaxValue(width) : APInt::getSignedMaxValue(width);
    value = kernel.ir().getIntegerAttr(element, number);
  }
  return arith::ConstantOp::create(kernel.ir(), kernel.loc(),
                                   DenseElementsAttr::get(type, Attribute(value)));
}

Value IndexedEmitter::combine(ReduceKind kind, Value a, Value b, bool isUnsigned) {
  OpBuilder &builder = kernel.ir();
  Location loc = kernel.loc();
  Type element = cast<RankedTensorType>(a.getType()).getElementType();
  bool isFloat = isa<FloatType>(element), plain = isUnsigned || element.isInteger(1);
  switch (kind) {
  case ReduceKind::sum:
  case ReduceKind::mean:
    return isFloat ? arith::AddFOp::create(builder, loc, a, b).getResult()
                   : arith::AddIOp::create(builder, loc, a, b).getResult();
  case ReduceKind::prod:
    return isFloat ? arith::MulFOp::create(builder, loc, a, b).getResult()
                   : arith::MulIOp::create(builder, loc, a, b).getResult();
  case ReduceKind::max:
    if (isFloat)
      return arith::MaximumFOp::create(builder, loc, a, b);
    return plain ? arith::MaxUIOp::create(builder, loc, a, b).getResult()
                 : arith::MaxSIOp::create(builder, loc, a, b).getResult();
  case ReduceKind::min:
    if (isFloat)
      return arith::MinimumFOp::create(builder, loc, a, b);
    return plain ? arith::MinUIOp::create(builder, loc, a, b).getResult()
                 : arith::MinSIOp::create(builder, loc, a, b).getResult();
  }
  llvm_unreachable("a reduction has five kinds");
}

/// The position in a spatial dimension that window element `tap` of output `position` reads.
static Value windowPosition(KernelBuilder &kernel, Value position, Value tap, int64_t stride,
                            int64_t dilation, int64_t pad) {
  Value start = kernel.sub(kernel.mul(position, kernel.constant(stride)), kernel.constant(pad));
  return kernel.add(start, kernel.mul(tap, kernel.constant(dilation)));
}

Value IndexedEmitter::emitPool(PoolOp op, Index *index, Value mask) {
  OpBuilder &builder = kernel.ir();
  bool isMax = op.getKind() == PoolKind::max;
  auto inputType = op.getInput().getType();
  bool isUnsigned = inputType.getElementType().isUnsignedInteger();
  Type element = tileElement(inputType.getElementType()),
       wide = isMax ? element : accumulatorType(element);
  SmallVector<AffineExpr> dims = getDims(inputType),
                          window = constants(op.getKernel(), op.getContext());
  ReduceKind kind = isMax ? ReduceKind::max : ReduceKind::sum;
  Value sum = neutral(kind, index->space.of(wide), isUnsigned);
  Value count = neutral(ReduceKind::sum, index->space.of(wide), isUnsigned);
  SmallVector<Value> output(coordinatesOf(index));
  auto step = [&](Value turn, ValueRange carried) -> SmallVector<Value> {
    SmallVector<Value> taps = delinearize(kernel, turn, window), coordinates{output[0], output[1]};
    Value inside, counted;
    for (unsigned d = 0; d < window.size(); ++d) {
      Value at = windowPosition(kernel, output[d + 2], taps[d], op.getStrides()[d],
                                op.getDilations()[d], op.getPadsBegin()[d]);
      inside = kernel.both(inside, kernel.within(at, dims[d + 2]));
      Value end = kernel.dim(simplify(dims[d + 2] + op.getPadsEnd()[d]));
      counted = kernel.both(counted, kernel.compare(CmpIPredicate::slt, at, end));
      coordinates.push_back(at);
    }
    inside = kernel.fit(inside, index->space);
    Value part =
        emit(op.getInput(), indexOf(index->space, dims, coordinates), kernel.both(mask, inside));
    part = convertFloat(builder, kernel.loc(), kernel.fit(part, index->space), wide);
    Value start = neutral(kind, index->space.of(wide), isUnsigned);
    part = arith::SelectOp::create(builder, kernel.loc(), inside, part, start);
    Value next = combine(kind, carried[0], part, isUnsigned);
    if (isMax)
      return {next, carried[1]};
    Value counts = op.getCountIncludePad() ? kernel.fit(counted, index->space) : inside;
    Value one = arith::UIToFPOp::create(builder, kernel.loc(), index->space.of(wide), counts);
    return {next, combine(ReduceKind::sum, carried[1], one, isUnsigned)};
  };
  SmallVector<Value> result =
      loop(kernel.dim(product(window, op.getContext())), {sum, count}, step);
  if (isMax)
    return result[0];
  Value mean = arith::DivFOp::create(builder, kernel.loc(), result[0], result[1]);
  return convertFloat(builder, kernel.loc(), mean, element);
}

static Value multiplyAdd(OpBuilder &builder, Location loc, Value a, Value b, Value sum) {
  Type element = cast<RankedTensorType>(sum.getType()).getElementType();
  a = convertFloat(builder, loc, a, element);
  b = convertFloat(builder, loc, b, element);
  if (isa<FloatType>(element)) {
    Value product = arith::MulFOp::create(builder, loc, a, b);
    return arith::AddFOp::create(builder, loc, sum, product);
  }
  Value product = arith::MulIOp::create(builder, loc, a, b);
  return arith::AddIOp::create(builder, loc, sum, product);
}

Value IndexedEmitter::emitConv(ConvOp op, Index *index, Value mask) {
  OpBuilder &builder = kernel.ir();
  Type element = tileElement(op.getInput().getType().getElementType()),
       wide = accumulatorType(element);
  SmallVector<AffineExpr> dims = dimsOf(op.getInput()), weights = dimsOf(op.getWeight());
  ArrayRef<AffineExpr> taps = ArrayRef<AffineExpr>(weights).drop_front();
  SmallVector<Value> output(coordinatesOf(index));
  int64_t outputsOfGroup = *constantValue(weights[0]) / int64_t(op.getGroup());
  Value group = kernel.div(output[1], kernel.constant(outputsOfGroup));
  Value firstChannel = kernel.mul(group, kernel.dim(weights[1]));
  auto step = [&](Value turn, ValueRange carried) -> SmallVector<Value> {
    SmallVector<Value> tap = delinearize(kernel, turn, taps);
    SmallVector<Value> coordinates{output[0], kernel.add(firstChannel, tap[0])}, weight{output[1]};
    llvm::append_range(weight, tap);
    Value inside;
    for (unsigned d = 0; d + 2 < dims.size(); ++d) {
      coordinates.push_back(windowPosition(kernel, output[d + 2], tap[d + 1], op.getStrides()[d],
                                           op.getDilations()[d], op.getPadsBegin()[d]));
      inside = kernel.both(inside, kernel.within(coordinates.back(), dims[d + 2]));
    }
    inside = kernel.fit(inside, index->space);
    Value x =
        emit(op.getInput(), indexOf(index->space, dims, coordinates), kernel.both(mask, inside));
    Value zero = neutral(ReduceKind::sum, index->space.of(element), false);
    x = arith::SelectOp::create(builder, kernel.loc(), inside, kernel.fit(x, index->space), zero);
    Value w = emit(op.getWeight(), indexOf(index->space, weights, weight), mask);
    return {multiplyAdd(builder, kernel.loc(), x, kernel.fit(w, index->space), carried[0])};
  };
  Value zero = neutral(ReduceKind::sum, index->space.of(wide), false);
  Value sum = loop(kernel.dim(product(taps, op.getContext())), {zero}, step)[0];
  return convertFloat(builder, kernel.loc(), sum, element);
}

Value IndexedEmitter::emitMatmul(MatmulOp op, Index *index, Value mask) {
  Type element = tileElement(op.getLhs().getType().getElementType()),
       wide = accumulatorType(element);
  SmallVector<AffineExpr> lhs = dimsOf(op.getLhs()), rhs = dimsOf(op.getRhs());
  SmallVector<Value> output(coordinatesOf(index));
  AffineExpr depth = op.getTransposeA() ? lhs[lhs.size() - 2] : lhs.back();
  auto batched = [&](ArrayRef<AffineExpr> dims, Value row, Value column) {
    SmallVector<Value> coordinates;
    unsigned batches = dims.size() - 2, skipped = output.size() - dims.size();
    for (unsigned d = 0; d < batches; ++d)
      coordinates.push_back(constantValue(dims[d]) == 1 ? kernel.constant(0) : output[d + skipped]);
    coordinates.push_back(row);
    coordinates.push_back(column);
    return indexOf(index->space, dims, coordinates);
  };
  Value row = output[output.size() - 2], column = output.back();
  auto step = [&](Value k, ValueRange carried) -> SmallVector<Value> {
    Index *left = op.getTransposeA() ? batched(lhs, k, row) : batched(lhs, row, k);
    Index *right = op.getTransposeB() ? batched(rhs, column, k) : batched(rhs, k, column);
    Value a = kernel.fit(emit(op.getLhs(), left, mask), index->space);
    Value b = kernel.fit(emit(op.getRhs(), right, mask), index->space);
    return {multiplyAdd(kernel.ir(), kernel.loc(), a, b, carried[0])};
  };
  Value zero = neutral(ReduceKind::sum, index->space.of(wide), false);
  Value sum = loop(kernel.dim(depth), {zero}, step)[0];
  return convertFloat(kernel.ir(), kernel.loc(), sum, element);
}

Value IndexedEmitter::emitReduce(ReduceOp op, Index *index, Value mask) {
  SmallVector<AffineExpr> dims = getDims(op.getInput().getType()), along;
  for (int64_t axis : op.getAxes())
    along.push_back(dims[axis]);
  Type graphElement = op.getInput().getType().getElementType();
  bool isUnsigned = graphElement.isUnsignedInteger();
  SmallVector<Value> output(coordinatesOf(index));
  auto step = [&](Value turn, ValueRange carried) -> SmallVector<Value> {
    SmallVector<Value> taps = delinearize(kernel, turn, along), coordinates(dims.size());
    unsigned kept = 0, tap = 0;
    for (unsigned d = 0; d < dims.size(); ++d) {
      bool reduced = llvm::is_contained(op.getAxes(), int64_t(d));
      coordinates[d] = reduced ? taps[tap++] : output[op.getKeepDims() ? d : kept];
      kept += !reduced;
    }
    Value part = emit(op.getInput(), indexOf(index->space, dims, coordinates), mask);
    return {combineInto(op, carried[0], kernel.fit(part, index->space), isUnsigned)};
  };
  Value start = reductionStart(op, index->space);
  Value result = loop(kernel.dim(product(along, op.getContext())), {start}, step)[0];
  return finishReduction(op, result);
}

Value IndexedEmitter::reductionStart(ReduceOp op, const Space &space) {
  Type graphElement = op.getInput().getType().getElementType();
  bool extreme = op.getKind() == ReduceKind::max || op.getKind() == ReduceKind::min;
  Type element = tileElement(graphElement);
  return neutral(op.getKind(), space.of(extreme ? element : accumulatorType(element)),
                 graphElement.isUnsignedInteger());
}

Value IndexedEmitter::combineInto(ReduceOp op, Value sum, Value part, bool isUnsigned) {
  Type element = cast<RankedTensorType>(sum.getType()).getElementType();
  part = convertFloat(kernel.ir(), kernel.loc(), part, element);
  return combine(op.getKind(), sum, part, isUnsigned);
}

/// Divides a mean by the number of elements, and rounds to the type of the result.
Value IndexedEmitter::finishReduction(ReduceOp op, Value sum) {
  OpBuilder &builder = kernel.ir();
  Location loc = kernel.loc();
  auto type = cast<RankedTensorType>(sum.getType());
  if (op.getKind() == ReduceKind::mean) {
    SmallVector<AffineExpr> dims = getDims(op.getInput().getType()), along;
    for (int64_t axis : op.getAxes())
      along.push_back(dims[axis]);
    Value count = kernel.dim(product(along, op.getContext()));
    Type element = type.getElementType();
    bool isUnsigned = op.getInput().getType().getElementType().isUnsignedInteger();
    Space space{SmallVector<int64_t>(type.getShape()), tile::layoutOf(type)};
    if (isa<FloatType>(element)) {
      Value number = arith::SIToFPOp::create(builder, loc, element, count);
      sum = arith::DivFOp::create(builder, loc, sum, kernel.fit(number, space));
    } else {
      unsigned width = element.getIntOrFloatBitWidth();
      Value number = width > 32 ? arith::ExtSIOp::create(builder, loc, element, count).getResult()
                     : width < 32
                         ? arith::TruncIOp::create(builder, loc, element, count).getResult()
                         : count;
      number = kernel.fit(number, space);
      sum = isUnsigned ? arith::DivUIOp::create(builder, loc, sum, number).getResult()
                       : arith::DivSIOp::create(builder, loc, sum, number).getResult();
    }
  }
  return convertFloat(builder, loc, sum, tileElement(op.getResult().getType().getElementType()));
}
