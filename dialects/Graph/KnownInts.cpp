// This file finds the contents of small integer tensors as dimension expressions.

#include "dialects/Graph/KnownInts.h"

#include "dialects/Graph/GraphOps.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace azulejo::graph {
namespace {

using Exprs = SmallVector<AffineExpr>;
using MaybeExprs = std::optional<Exprs>;
using MaybeExpr = std::optional<AffineExpr>;

/// Follows definitions; the depth bounds the work on long chains of arithmetic.
class Finder {
public:
  explicit Finder(MLIRContext *context) : context(context) {}

  MaybeExprs find(Value value);

private:
  static constexpr unsigned maxDepth = 64;
  static constexpr unsigned maxVisits = 4096;

  MaybeExprs fromConstant(ConstantOp op);
  MaybeExprs fromCast(CastOp op);
  MaybeExprs fromSlice(SliceOp op);
  MaybeExprs fromConcat(ConcatOp op);
  MaybeExprs fromGather(GatherOp op);
  MaybeExprs fromBroadcast(BroadcastOp op);
  MaybeExprs fromReduce(ReduceOp op);
  MaybeExprs fromSelect(SelectOp op);
  MaybeExprs fromCompare(CompareOp op);
  template <typename OpTy> MaybeExprs fromBinary(OpTy op);
  MaybeExprs fromDefinition(Operation *op);

  MaybeExpr combine(AddOp op, AffineExpr a, AffineExpr b) { return a + b; }
  MaybeExpr combine(SubOp op, AffineExpr a, AffineExpr b) { return a - b; }
  MaybeExpr combine(MulOp op, AffineExpr a, AffineExpr b) { return a * b; }
  MaybeExpr combine(DivOp op, AffineExpr a, AffineExpr b);
  MaybeExpr combine(ModOp op, AffineExpr a, AffineExpr b);
  MaybeExpr combine(MaximumOp op, AffineExpr a, AffineExpr b) { return choose(op, b, a, b); }
  MaybeExpr combine(MinimumOp op, AffineExpr a, AffineExpr b) { return choose(op, a, a, b); }

  /// Returns `ifLess` if a <= b for all values of the symbols, the other one if a >= b.
  MaybeExpr choose(Operation *op, AffineExpr ifLess, AffineExpr a, AffineExpr b) {
    SymbolRange difference = rangeOf(simplify(a - b), op);
    if (difference.max <= 0)
      return ifLess;
    if (difference.min >= 0)
      return ifLess == a ? b : a;
    return std::nullopt;
  }

  AffineExpr constant(int64_t value) { return getAffineConstantExpr(value, context); }

  MLIRContext *context;
  unsigned depth = 0, visits = 0;
};

/// Returns whether sums and products of `a` and `b` are free of overflow.
bool canCombine(AffineExpr a, AffineExpr b) {
  int64_t combined;
  return !llvm::MulOverflow(std::max<int64_t>(magnitude(a), 1), std::max<int64_t>(magnitude(b), 1),
                            combined) &&
         combined <= maxMagnitude;
}

ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// Returns the position in `shape` of the element at `index`, given from the last dimension back;
/// dimensions of size 1 are repeated.
int64_t broadcastOffset(ArrayRef<int64_t> shape, ArrayRef<int64_t> resultShape, int64_t position) {
  int64_t offset = 0, stride = 1;
  for (size_t i = 0; i < resultShape.size(); ++i) {
    int64_t size = resultShape[resultShape.size() - 1 - i];
    int64_t index = position % size;
    position /= size;
    if (i >= shape.size())
      continue;
    int64_t own = shape[shape.size() - 1 - i];
    offset += (own == 1 ? 0 : index) * stride;
    stride *= own;
  }
  return offset;
}

MaybeExprs Finder::fromConstant(ConstantOp op) {
  auto dense = dyn_cast<DenseElementsAttr>(op.getValue());
  if (!dense)
    return std::nullopt;
  Exprs result;
  if (isFloatElement(dense.getElementType())) {
    for (APFloat element : dense.getValues<APFloat>()) {
      APSInt integer(64, /*isUnsigned=*/false);
      bool isExact = false;
      if (element.convertToInteger(integer, APFloat::rmTowardZero, &isExact) != APFloat::opOK)
        return std::nullopt;
      result.push_back(constant(integer.getSExtValue()));
    }
    return result;
  }
  bool isUnsigned =
      !dense.getElementType().isSignlessInteger() || dense.getElementType().isInteger(1);
  for (const APInt &element : dense.getValues<APInt>()) {
    if (isUnsigned && element.getActiveBits() > 63)
      return std::nullopt;
    result.push_back(constant(isUnsigned ? element.getZExtValue() : element.getSExtValue()));
  }
  return result;
}

/// Returns whether an element of `type` holds exactly `value`.
bool isExactIn(Type type, int64_t value) {
  if (auto floatType = dyn_cast<FloatType>(type)) {
    int64_t limit = int64_t(1) << std::min(62u, floatType.getFPMantissaWidth());
    return value >= -limit && value <= limit;
  }
  unsigned width = type.getIntOrFloatBitWidth();
  if (type.isUnsignedInteger())
    return value >= 0 && llvm::isUIntN(width, value);
  return llvm::isIntN(width, value);
}

MaybeExprs Finder::fromCast(CastOp op) {
  MaybeExprs input = find(op.getInput());
  if (!input)
    return std::nullopt;
  Type from = op.getInput().getType().getElementType(), to = op.getType().getElementType();
  for (AffineExpr &element : *input) {
    std::optional<int64_t> value = constantValue(element);
    // A dimension survives where the types can hold any; 32 bits are taken to be enough.
    if (!value && (!isIntElement(from) || !isIntElement(to) || to.getIntOrFloatBitWidth() < 32))
      return std::nullopt;
    if (!value)
      continue;
    if (isBoolElement(to))
      element = constant(*value != 0);
    else if (!isExactIn(to, *value))
      return std::nullopt;
  }
  return input;
}

MaybeExprs Finder::fromSlice(SliceOp op) {
  MaybeExprs input = find(op.getInput());
  ArrayRef<int64_t> from = shapeOf(op.getInput()), to = shapeOf(op.getResult());
  if (!input)
    return std::nullopt;
  Exprs result;
  for (int64_t position = 0, e = op.getType().getNumElements(); position < e; ++position) {
    int64_t rest = position, offset = 0, stride = 1;
    for (int64_t d = static_cast<int64_t>(to.size()) - 1; d >= 0; --d) {
      int64_t start = op.getStarts()[d] + (op.getStarts()[d] < 0 ? from[d] : 0);
      offset += (start + rest % to[d] * op.getSteps()[d]) * stride;
      rest /= to[d];
      stride *= from[d];
    }
    if (offset < 0 || offset >= static_cast<int64_t>(input->size()))
      return std::nullopt;
    result.push_back((*input)[offset]);
  }
  return result;
}

MaybeExprs Finder::fromConcat(ConcatOp op) {
  int64_t outer = 1;
  for (int64_t size : shapeOf(op.getResult()).take_front(op.getAxis()))
    outer *= size;
  SmallVector<Exprs> inputs;
  for (Value input : op.getInputs()) {
    MaybeExprs known = find(input);
    if (!known)
      return std::nullopt;
    inputs.push_back(std::move(*known));
  }
  Exprs result;
  for (int64_t i = 0; i < outer; ++i)
    for (Exprs &input : inputs) {
      size_t chunk = input.size() / outer;
      result.append(input.begin() + i * chunk, input.begin() + (i + 1) * chunk);
    }
  return result;
}

MaybeExprs Finder::fromGather(GatherOp op) {
  MaybeExprs data = find(op.getData()), indices = find(op.getIndices());
  if (!data || !indices)
    return std::nullopt;
  ArrayRef<int64_t> shape = shapeOf(op.getData());
  int64_t outer = 1, inner = 1, size = shape[op.getAxis()];
  for (int64_t i = 0, e = shape.size(); i < e; ++i)
    if (i != static_cast<int64_t>(op.getAxis()))
      (i < static_cast<int64_t>(op.getAxis()) ? outer : inner) *= shape[i];
  Exprs result;
  for (int64_t i = 0; i < outer; ++i)
    for (AffineExpr indexExpr : *indices) {
      std::optional<int64_t> index = constantValue(indexExpr);
      if (!index || *index < -size || *index >= size)
        return std::nullopt;
      int64_t row = i * size + (*index < 0 ? *index + size : *index);
      result.append(data->begin() + row * inner, data->begin() + (row + 1) * inner);
    }
  return result;
}

MaybeExprs Finder::fromBroadcast(BroadcastOp op) {
  MaybeExprs input = find(op.getInput());
  if (!input)
    return std::nullopt;
  Exprs result;
  for (int64_t i = 0, e = op.getType().getNumElements(); i < e; ++i)
    result.push_back((*input)[broadcastOffset(shapeOf(op.getInput()), shapeOf(op.getResult()), i)]);
  return result;
}

/// Sums and products of a whole vector, which exporters use to count elements.
MaybeExprs Finder::fromReduce(ReduceOp op) {
  MaybeExprs input = find(op.getInput());
  bool isSum = op.getKind() == ReduceKind::sum, isProduct = op.getKind() == ReduceKind::prod;
  if (!input || (!isSum && !isProduct) || op.getInput().getType().getRank() != 1 ||
      op.getAxes().size() != 1)
    return std::nullopt;
  AffineExpr result = constant(isProduct);
  for (AffineExpr element : *input) {
    if (!canCombine(result, element))
      return std::nullopt;
    result = isSum ? result + element : result * element;
  }
  return Exprs{simplify(result)};
}

MaybeExprs Finder::fromSelect(SelectOp op) {
  MaybeExprs condition = find(op.getCondition());
  MaybeExprs onTrue = find(op.getOnTrue()), onFalse = find(op.getOnFalse());
  if (!condition || (!onTrue && !onFalse))
    return std::nullopt;
  Exprs result;
  ArrayRef<int64_t> shape = shapeOf(op.getResult());
  for (int64_t i = 0, e = op.getType().getNumElements(); i < e; ++i) {
    std::optional<int64_t> taken =
        constantValue((*condition)[broadcastOffset(shapeOf(op.getCondition()), shape, i)]);
    if (!taken)
      return std::nullopt;
    Value source = *taken ? op.getOnTrue() : op.getOnFalse();
    MaybeExprs &elements = *taken ? onTrue : onFalse;
    if (!elements)
      return std::nullopt;
    result.push_back((*elements)[broadcastOffset(shapeOf(source), shape, i)]);
  }
  return result;
}

/// Returns what `range` says of a difference compared with zero, if it decides.
std::optional<bool> decide(ComparePredicate predicate, const SymbolRange &range) {
  auto known = [](bool yes, bool no) { return yes || no ? std::optional(yes) : std::nullopt; };
  bool isZero = range.min == 0 && range.max == 0, isNotZero = range.min > 0 || range.max < 0;
  switch (predicate) {
  case ComparePredicate::eq:
    return known(isZero, isNotZero);
  case ComparePredicate::ne:
    return known(isNotZero, isZero);
  case ComparePredicate::lt:
    return known(range.max < 0, range.min >= 0);
  case ComparePredicate::le:
    return known(range.max <= 0, range.min > 0);
  case ComparePredicate::gt:
    return known(range.min > 0, range.max <= 0);
  case ComparePredicate::ge:
    return known(range.min >= 0, range.max < 0);
  }
  return std::nullopt;
}

MaybeExprs Finder::fromCompare(CompareOp op) {
  MaybeExprs left = find(op.getLhs()), right = find(op.getRhs());
  if (!left || !right)
    return std::nullopt;
  Exprs result;
  ArrayRef<int64_t> shape = shapeOf(op.getResult());
  for (int64_t i = 0, e = op.getType().getNumElements(); i < e; ++i) {
    AffineExpr a = (*left)[broadcastOffset(shapeOf(op.getLhs()), shape, i)];
    AffineExpr b = (*right)[broadcastOffset(shapeOf(op.getRhs()), shape, i)];
    std::optional<bool> answer =
        canCombine(a, b) ? decide(op.getPredicate(), rangeOf(simplify(a - b), op)) : std::nullopt;
    if (!answer)
      return std::nullopt;
    result.push_back(constant(*answer));
  }
  return result;
}

MaybeExpr Finder::combine(DivOp op, AffineExpr a, AffineExpr b) {
  // Rounding toward zero and toward minus infinity agree where nothing is negative.
  if (rangeOf(a, op).min < 0 || rangeOf(b, op).min <= 0)
    return std::nullopt;
  if (isFloatElement(op.getType().getElementType()) && constantValue(simplify(a % b)) != 0)
    return std::nullopt;
  return a.floorDiv(b);
}

MaybeExpr Finder::combine(ModOp op, AffineExpr a, AffineExpr b) {
  if (rangeOf(a, op).min < 0 || rangeOf(b, op).min <= 0)
    return std::nullopt;
  return a % b;
}

template <typename OpTy> MaybeExprs Finder::fromBinary(OpTy op) {
  MaybeExprs left = find(op.getLhs()), right = find(op.getRhs());
  if (!left || !right)
    return std::nullopt;
  Exprs result;
  ArrayRef<int64_t> shape = shapeOf(op.getResult());
  for (int64_t i = 0, e = cast<RankedTensorType>(op.getType()).getNumElements(); i < e; ++i) {
    MaybeExpr element = combine(op, (*left)[broadcastOffset(shapeOf(op.getLhs()), shape, i)],
                                (*right)[broadcastOffset(shapeOf(op.getRhs()), shape, i)]);
    if (!element)
      return std::nullopt;
    result.push_back(simplify(*element));
  }
  return result;
}

MaybeExprs Finder::fromDefinition(Operation *op) {
  return llvm::TypeSwitch<Operation *, MaybeExprs>(op)
      .Case([&](ConstantOp op) { return fromConstant(op); })
      .Case([&](DimValuesOp op) { return llvm::to_vector(op.getDims().getExprs()); })
      .Case([&](ReshapeOp op) { return find(op.getInput()); })
      .Case([&](CastOp op) { return fromCast(op); })
      .Case([&](SliceOp op) { return fromSlice(op); })
      .Case([&](ConcatOp op) { return fromConcat(op); })
      .Case([&](GatherOp op) { return fromGather(op); })
      .Case([&](BroadcastOp op) { return fromBroadcast(op); })
      .Case([&](ReduceOp op) { return fromReduce(op); })
      .Case([&](SelectOp op) { return fromSelect(op); })
      .Case([&](CompareOp op) { return fromCompare(op); })
      .Case<AddOp, SubOp, MulOp, DivOp, ModOp, MaximumOp, MinimumOp>(
          [&](auto op) { return fromBinary(op); })
      .Case([&](NegOp op) -> MaybeExprs {
        MaybeExprs input = find(op.getInput());
        for (size_t i = 0; input && i < input->size(); ++i) {
          if (!canCombine((*input)[i], constant(1)))
            return std::nullopt;
          (*input)[i] = simplify(-(*input)[i]);
        }
        return input;
      })
      .Default(std::nullopt);
}

MaybeExprs Finder::find(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  Operation *op = value.getDefiningOp();
  if (!op || !type || !type.hasStaticShape() || type.getNumElements() > maxKnownInts ||
      depth >= maxDepth || ++visits > maxVisits)
    return std::nullopt;
  ++depth;
  MaybeExprs result = fromDefinition(op);
  --depth;
  return result;
}

} // namespace

std::optional<SmallVector<AffineExpr>> knownInts(Value value) {
  return Finder(value.getContext()).find(value);
}

} // namespace azulejo::graph
