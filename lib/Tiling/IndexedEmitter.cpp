// This file computes values of a kernel at an index: bookkeeping, loads and elementwise operators.
#include "lib/Tiling/IndexedEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace azulejo;
using namespace azulejo::graph;
using namespace azulejo::tiling;

static RankedTensorType tensorType(Value value) { return cast<RankedTensorType>(value.getType()); }

SmallVector<AffineExpr> azulejo::tiling::stridesOf(ArrayRef<AffineExpr> dims,
                                                   MLIRContext *context) {
  SmallVector<AffineExpr> strides(dims.size());
  AffineExpr inner = getAffineConstantExpr(1, context);
  for (int i = int(dims.size()) - 1; i >= 0; --i) {
    strides[i] = inner;
    inner = simplify(inner * dims[i]);
  }
  return strides;
}

SmallVector<Value> azulejo::tiling::delinearize(KernelBuilder &kernel, Value linear,
                                                ArrayRef<AffineExpr> dims) {
  SmallVector<Value> coordinates(dims.size());
  SmallVector<AffineExpr> strides = stridesOf(dims, kernel.ir().getContext());
  bool outermost = true;
  for (unsigned i = 0; i < dims.size(); ++i) {
    if (constantValue(dims[i]) == 1) {
      coordinates[i] = kernel.constant(0);
      continue;
    }
    Value rest = kernel.div(linear, kernel.dim(strides[i]));
    coordinates[i] = outermost ? rest : kernel.rem(rest, kernel.dim(dims[i]));
    outermost = false;
  }
  return coordinates;
}

//===-- Indices and what is known
//------------------------------------------------------------------===//

static std::vector<const void *> keyOf(const Index &index, ArrayRef<Value> values, bool linear) {
  std::vector<const void *> key{index.space.layout.getAsOpaquePointer(),
                                reinterpret_cast<const void *>(uintptr_t(linear))};
  for (int64_t size : index.space.shape)
    key.push_back(reinterpret_cast<const void *>(size));
  for (AffineExpr dim : index.dims)
    key.push_back(dim.getAsOpaquePointer());
  for (Value value : values)
    key.push_back(value.getAsOpaquePointer());
  return key;
}

Index *IndexedEmitter::findIndex(const std::vector<const void *> &key) {
  for (Scope &scope : scopes)
    if (auto found = scope.indices.find(key); found != scope.indices.end())
      return found->second;
  return nullptr;
}

Index *IndexedEmitter::indexOf(const Space &space, ArrayRef<AffineExpr> dims,
                               ArrayRef<Value> coordinates, Value linear) {
  Index index{space, SmallVector<AffineExpr>(dims), SmallVector<Value>(coordinates), linear};
  auto byCoordinates = keyOf(index, coordinates, /*linear=*/false);
  if (Index *found = findIndex(byCoordinates)) {
    if (linear && !found->linear) {
      found->linear = linear;
      scopes.back().computedLinear.push_back(found);
    }
    return found;
  }
  Index *created = &storage.emplace_back(index);
  scopes.back().indices[byCoordinates] = created;
  if (linear)
    scopes.back().indices[keyOf(index, {linear}, /*linear=*/true)] = created;
  return created;
}

Index *IndexedEmitter::linearIndex(const Space &space, ArrayRef<AffineExpr> dims, Value linear) {
  Index index{space, SmallVector<AffineExpr>(dims), {}, linear};
  auto key = keyOf(index, {linear}, /*linear=*/true);
  if (Index *found = findIndex(key))
    return found;
  Index *created = &storage.emplace_back(index);
  scopes.back().indices[key] = created;
  return created;
}

ArrayRef<Value> IndexedEmitter::coordinatesOf(Index *index) {
  if (index->coordinates.empty() && !index->dims.empty()) {
    index->coordinates = delinearize(kernel, index->linear, index->dims);
    scopes.back().computedCoordinates.push_back(index);
  }
  return index->coordinates;
}

Value IndexedEmitter::linearOf(Index *index) {
  if (index->linear)
    return index->linear;
  SmallVector<AffineExpr> strides = stridesOf(index->dims, kernel.ir().getContext());
  Value sum = kernel.constant(0);
  for (auto [coordinate, stride] : llvm::zip(index->coordinates, strides))
    sum = kernel.add(sum, kernel.mul(coordinate, kernel.dim(stride)));
  index->linear = sum;
  scopes.back().computedLinear.push_back(index);
  return sum;
}

void IndexedEmitter::leaveRegion() {
  for (Index *index : scopes.back().computedLinear)
    index->linear = Value();
  for (Index *index : scopes.back().computedCoordinates)
    index->coordinates.clear();
  scopes.pop_back();
}

Value IndexedEmitter::known(Value value, Index *index, Value mask) {
  void *with = mask ? mask.getAsOpaquePointer() : nullptr;
  for (void *key : {with, static_cast<void *>(this)})
    for (Scope &scope : scopes)
      if (auto found = scope.values.find({value.getAsOpaquePointer(), index, key});
          found != scope.values.end())
        return found->second;
  return {};
}

void IndexedEmitter::define(Value value, Index *index, Value tile) {
  // This object stands for "whatever the mask".
  scopes.back().values[{value.getAsOpaquePointer(), index, this}] = tile;
}

//===-- Values
//---------------------------------------------------------------------------------------===//

Index *IndexedEmitter::shrink(Index *index, Value &mask) {
  if (rowForms.empty())
    return index;
  SmallVector<Value> rows;
  std::optional<Space> space;
  auto rowOf = [&](Value value) -> Value {
    if (!isa<RankedTensorType>(value.getType()))
      return value;
    Value row = rowForms.lookup(value);
    if (row) {
      auto type = cast<RankedTensorType>(row.getType());
      space = Space{SmallVector<int64_t>(type.getShape()), tile::layoutOf(type)};
    }
    return row;
  };
  for (Value coordinate : coordinatesOf(index)) {
    rows.push_back(rowOf(coordinate));
    if (!rows.back())
      return index;
  }
  Value rowMask = mask ? rowOf(mask) : Value();
  if (!space || (mask && !rowMask))
    return index;
  mask = rowMask;
  return indexOf(*space, index->dims, rows);
}

Value IndexedEmitter::emit(Value value, Index *index, Value mask) {
  if (Value result = known(value, index, mask))
    return result;
  Value smallMask = mask;
  Index *small = shrink(index, smallMask);
  Value result;
  if (small != index)
    result = kernel.fit(emit(value, small, smallMask), index->space);
  else
    result = compute(value, index, mask);
  void *with = mask ? mask.getAsOpaquePointer() : nullptr;
  scopes.back().values[{value.getAsOpaquePointer(), index, with}] = result;
  return result;
}

Value IndexedEmitter::load(const Access &access, Type element, const Space &space) {
  Value offsets = kernel.fit(access.offsets, space);
  Value mask = access.mask ? kernel.fit(access.mask, space) : Value();
  return tile::LoadOp::create(kernel.ir(), kernel.loc(), space.of(tileElement(element)),
                              access.base, offsets, mask);
}

Value IndexedEmitter::compute(Value value, Index *index, Value mask) {
  if (auto found = access(value, index, mask))
    return load(*found, tensorType(value).getElementType(), index->space);
  Operation *op = value.getDefiningOp();
  kernel.setLoc(op->getLoc());
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case<ConstantOp>([&](auto op) { return emitConstant(op, index); })
      .Case<DimValuesOp>([&](auto op) { return emitDimValues(op, index); })
      .Case<ReshapeOp>([&](auto op) { return emit(op.getInput(), reshapeIndex(op, index), mask); })
      .Case<TransposeOp>(
          [&](auto op) { return emit(op.getInput(), transposeIndex(op, index), mask); })
      .Case<BroadcastOp>([&](auto op) {
        return emit(op.getInput(), broadcastIndex(op.getInput().getType(), index), mask);
      })
      .Case<SliceOp>([&](auto op) { return emit(op.getInput(), sliceIndex(op, index), mask); })
      .Case<ConcatOp>([&](auto op) { return emitConcat(op, index, mask); })
      .Case<PadOp>([&](auto op) { return emitPad(op, index, mask); })
      .Case<GatherOp>([&](auto op) { return emitGather(op, index, mask); })
      .Case<PoolOp>([&](auto op) { return emitPool(op, index, mask); })
      .Case<ConvOp>([&](auto op) { return emitConv(op, index, mask); })
      .Case<MatmulOp>([&](auto op) { return emitMatmul(op, index, mask); })
      .Case<ReduceOp>([&](auto op) { return emitReduce(op, index, mask); })
      .Default([&](Operation *op) { return emitElementwise(op, index, mask); });
}

std::optional<Access> IndexedEmitter::access(Value value, Index *index, Value mask) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return Access{kernel.pointerOf(argument), linearOf(index), mask};
  Operation *op = value.getDefiningOp();
  return llvm::TypeSwitch<Operation *, std::optional<Access>>(op)
      .Case<ReshapeOp>(
          [&](auto op) { return access(op.getInput(), reshapeIndex(op, index), mask); })
      .Case<TransposeOp>(
          [&](auto op) { return access(op.getInput(), transposeIndex(op, index), mask); })
      .Case<BroadcastOp>([&](auto op) {
        return access(op.getInput(), broadcastIndex(op.getInput().getType(), index), mask);
      })
      .Case<SliceOp>([&](auto op) { return access(op.getInput(), sliceIndex(op, index), mask); })
      .Default([](Operation *) { return std::nullopt; });
}

Value IndexedEmitter::emitElementwise(Operation *op, Index *index, Value mask) {
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(
        kernel.fit(emit(operand, broadcastIndex(tensorType(operand), index), mask), index->space));
  kernel.setLoc(op->getLoc());
  Type element = tileElement(tensorType(op->getResult(0)).getElementType());
  Value result =
      emitScalarOperator(kernel.ir(), kernel.loc(), op, operands, index->space.of(element));
  assert(result && "every elementwise operator has its arithmetic");
  return result;
}

Value IndexedEmitter::emitConstant(ConstantOp op, Index *index) {
  Type graphElement = tensorType(op.getResult()).getElementType();
  Type element = tileElement(graphElement);
  std::vector<char> bytes = *copyBytes(op.getValue());
  if (bytes.empty()) // Nothing of an empty tensor is ever used.
    return neutral(ReduceKind::sum, index->space.of(element), /*isUnsigned=*/false);
  TypedAttr scalar;
  unsigned width = element.getIntOrFloatBitWidth();
  APInt bits(std::max(8u, width), 0);
  std::memcpy(const_cast<uint64_t *>(bits.getRawData()), bytes.data(), bits.getBitWidth() / 8);
  bits = bits.trunc(width);
  if (auto type = dyn_cast<FloatType>(element))
    scalar = kernel.ir().getFloatAttr(type, APFloat(type.getFloatSemantics(), bits));
  else
    scalar = kernel.ir().getIntegerAttr(element, bits);
  auto splat = DenseElementsAttr::get(index->space.of(element), Attribute(scalar));
  return arith::ConstantOp::create(kernel.ir(), kernel.loc(), splat);
}

/// Element i of the vector is chosen by comparing the coordinate; the host computed the numbers.
Value IndexedEmitter::emitDimValues(DimValuesOp op, Index *index) {
  Type i64 = kernel.ir().getI64Type();
  Value coordinate = kernel.fit(coordinatesOf(index).front(), index->space), result;
  for (auto [position, expr] : llvm::enumerate(op.getDims().getExprs())) {
    Value number = arith::ExtSIOp::create(kernel.ir(), kernel.loc(), i64, kernel.dim(expr));
    number = kernel.fit(number, index->space);
    if (!result) {
      result = number;
      continue;
    }
    Value here = kernel.compare(arith::CmpIPredicate::eq, coordinate, kernel.constant(position));
    result = arith::SelectOp::create(kernel.ir(), kernel.loc(), here, number, result);
  }
  return result;
}
