// This file builds the parameters and the index arithmetic of a kernel.
#include "lib/Tiling/KernelBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace azulejo;
using namespace azulejo::tiling;

Type azulejo::tiling::tileElement(Type graphElement) {
  if (auto integer = dyn_cast<IntegerType>(graphElement))
    return IntegerType::get(integer.getContext(), integer.getWidth());
  return graphElement;
}

static func::FuncOp createFunction(gpu::GPUModuleOp module, StringRef name,
                                   graph::KernelOp kernel) {
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  auto pointer = LLVM::LLVMPointerType::get(builder.getContext(), 1);
  SmallVector<Type> arguments(kernel.getInputs().size() + 1, pointer);
  auto function = func::FuncOp::create(builder, kernel.getLoc(), name,
                                       builder.getFunctionType(arguments, TypeRange()));
  function.addEntryBlock();
  return function;
}

KernelBuilder::KernelBuilder(gpu::GPUModuleOp module, StringRef name, graph::KernelOp source)
    : kernel(source), function(createFunction(module, name, source)),
      builder(OpBuilder::atBlockBegin(&function.getBody().front())), location(source.getLoc()) {}

Value KernelBuilder::constant(int64_t value) {
  Value &known = constants[value];
  if (!known) {
    OpBuilder entry = OpBuilder::atBlockBegin(&function.getBody().front());
    known = arith::ConstantIntOp::create(entry, kernel.getLoc(), entry.getI32Type(), value);
  }
  return known;
}

Value KernelBuilder::dim(AffineExpr expr) {
  expr = graph::simplify(expr);
  if (auto value = graph::constantValue(expr))
    return constant(*value);
  unsigned first = kernel.getInputs().size() + 1 + maps.size();
  auto found = llvm::find(parameters, expr);
  if (found != parameters.end())
    return function.getArgument(first + (found - parameters.begin()));
  parameters.push_back(expr);
  int64_t divisor = graph::rangeOf(expr, kernel).divisor;
  NamedAttrList attributes;
  if (int64_t power = divisor & -divisor; power > 1)
    attributes.set("tile.divisibility",
                   builder.getI32IntegerAttr(std::min<int64_t>(power, 1 << 16)));
  unsigned index = first + parameters.size() - 1;
  if (failed(function.insertArgument(index, builder.getI32Type(),
                                     attributes.getDictionary(builder.getContext()),
                                     kernel.getLoc())))
    llvm_unreachable("a kernel takes any number of parameters");
  return function.getArgument(index);
}

Value KernelBuilder::tensorMap(tile::TensorMapAttr map) {
  unsigned index = kernel.getInputs().size() + 1 + maps.size();
  maps.push_back(map);
  NamedAttrList attributes;
  attributes.set("tile.tensor_map", builder.getUnitAttr());
  if (failed(function.insertArgument(index, LLVM::LLVMPointerType::get(builder.getContext()),
                                     attributes.getDictionary(builder.getContext()),
                                     kernel.getLoc())))
    llvm_unreachable("a kernel takes any number of parameters");
  return function.getArgument(index);
}

bool KernelBuilder::isMultipleOf(AffineExpr dim, int64_t size) {
  int64_t divisor = graph::rangeOf(dim, kernel).divisor;
  return divisor != 0 && divisor % size == 0;
}

std::optional<int64_t> KernelBuilder::constantOf(Value value) const {
  if (auto op = value.getDefiningOp<arith::ConstantOp>())
    if (auto number = dyn_cast<IntegerAttr>(op.getValue()))
      return number.getValue().getSExtValue();
  return std::nullopt;
}

static Space spaceOf(Value tileValue) {
  auto type = cast<RankedTensorType>(tileValue.getType());
  return {SmallVector<int64_t>(type.getShape()), tile::layoutOf(type)};
}

static int64_t volume(const Space &space) {
  int64_t product = 1;
  for (int64_t size : space.shape)
    product *= size;
  return product;
}

void KernelBuilder::unify(Value &a, Value &b) {
  bool aTile = isa<RankedTensorType>(a.getType()), bTile = isa<RankedTensorType>(b.getType());
  if (!aTile && !bTile)
    return;
  if (!aTile || (bTile && volume(spaceOf(b)) > volume(spaceOf(a))))
    a = fit(a, spaceOf(b));
  else
    b = fit(b, spaceOf(a));
}

Value KernelBuilder::fit(Value value, const Space &space) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type)
    return tile::SplatOp::create(builder, location, space.of(value.getType()), value);
  if (type.getShape() == ArrayRef<int64_t>(space.shape))
    return value;
  return tile::BroadcastOp::create(builder, location, space.of(type.getElementType()), value);
}

Value KernelBuilder::add(Value a, Value b) {
  auto x = constantOf(a), y = constantOf(b);
  if (x && y)
    return constant(*x + *y);
  if (x == 0)
    return b;
  if (y == 0)
    return a;
  unify(a, b);
  return arith::AddIOp::create(builder, location, a, b);
}

Value KernelBuilder::sub(Value a, Value b) {
  auto x = constantOf(a), y = constantOf(b);
  if (y)
    return add(a, constant(-*y));
  if (x && y)
    return constant(*x - *y);
  unify(a, b);
  return arith::SubIOp::create(builder, location, a, b);
}

Value KernelBuilder::mul(Value a, Value b) {
  auto x = constantOf(a), y = constantOf(b);
  if (x && y)
    return constant(*x * *y);
  if (x == 0 || y == 0)
    return constant(0);
  if (x == 1)
    return b;
  if (y == 1)
    return a;
  unify(a, b);
  return arith::MulIOp::create(builder, location, a, b);
}

Value KernelBuilder::div(Value a, Value b) {
  auto x = constantOf(a), y = constantOf(b);
  if (x && y && *y != 0)
    return constant(*x / *y);
  if (y == 1 || x == 0)
    return a;
  unify(a, b);
  return arith::DivUIOp::create(builder, location, a, b);
}

Value KernelBuilder::rem(Value a, Value b) {
  auto x = constantOf(a), y = constantOf(b);
  if (x && y && *y != 0)
    return constant(*x % *y);
  if (y == 1 || x == 0)
    return constant(0);
  unify(a, b);
  return arith::RemUIOp::create(builder, location, a, b);
}

Value KernelBuilder::compare(arith::CmpIPredicate predicate, Value a, Value b) {
  unify(a, b);
  return arith::CmpIOp::create(builder, location, predicate, a, b);
}

Value KernelBuilder::select(Value condition, Value a, Value b) {
  unify(a, b);
  unify(condition, a);
  if (a.getType() != b.getType())
    unify(a, b);
  return arith::SelectOp::create(builder, location, condition, a, b);
}

Value KernelBuilder::both(Value a, Value b) {
  if (!a || !b)
    return a ? a : b;
  if (a == b)
    return a;
  unify(a, b);
  return arith::AndIOp::create(builder, location, a, b);
}

Value KernelBuilder::within(Value coordinate, AffineExpr size) {
  Value notBefore = compare(arith::CmpIPredicate::sge, coordinate, constant(0));
  return both(notBefore, compare(arith::CmpIPredicate::slt, coordinate, dim(size)));
}

Value KernelBuilder::coordinate(const Space &space, unsigned dim) {
  return tile::CoordinateOp::create(builder, location, space.of(builder.getI32Type()), dim);
}

Value KernelBuilder::programId(unsigned axis) {
  return tile::ProgramIdOp::create(builder, location, builder.getI32Type(), axis);
}

void KernelBuilder::finish() { func::ReturnOp::create(builder, location); }

SmallVector<AffineExpr> azulejo::tiling::dimsOf(Value tensor) {
  return graph::getDims(cast<RankedTensorType>(tensor.getType()));
}
