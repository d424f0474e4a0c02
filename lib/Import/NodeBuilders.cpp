// This file implements the short ways in which operator importers build graph operators.
#include "lib/Import/NodeImporter.h"

#include "lib/Import/ImportDiagnostics.h"
#include "lib/Reference/Reference.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace azulejo {
namespace {

/// Appends a number in the representation of `element`.
void appendNumber(std::vector<char> &bytes, Type element, double number) {
  APInt bits;
  if (auto floatType = dyn_cast<FloatType>(element)) {
    APFloat value(number);
    bool losesInfo;
    value.convert(floatType.getFloatSemantics(), APFloat::rmNearestTiesToEven, &losesInfo);
    bits = value.bitcastToAPInt();
  } else {
    bits = APInt(64, static_cast<uint64_t>(static_cast<int64_t>(number)));
  }
  uint64_t word = bits.getRawData()[0];
  const char *raw = reinterpret_cast<const char *>(&word);
  bytes.insert(bytes.end(), raw, raw + graph::elementByteSize(element));
}

void appendInt(std::vector<char> &bytes, Type element, int64_t number) {
  if (isa<FloatType>(element))
    return appendNumber(bytes, element, static_cast<double>(number));
  const char *raw = reinterpret_cast<const char *>(&number);
  bytes.insert(bytes.end(), raw, raw + graph::elementByteSize(element));
}

} // namespace

bool NodeImporter::charge(uint64_t bytes) {
  if (bytes <= state.limits.maxFoldedBytes &&
      state.foldedBytes + bytes <= state.limits.maxFoldedBytes) {
    state.foldedBytes += bytes;
    return true;
  }
  invalid("import.limit", "expected at most " + Twine(state.limits.maxFoldedBytes) +
                              " bytes of computed constants, got " + Twine(state.foldedBytes) +
                              " and " + Twine(bytes) + " more");
  return false;
}

Value NodeImporter::foldSmall(Operation *op) {
  Value value = op->getResult(0);
  RankedTensorType type = typeOf(value);
  bool isSmall = type.hasStaticShape() && type.getNumElements() <= graph::maxKnownInts;
  if (op->getNumOperands() == 0 || !isSmall)
    return value;
  constexpr int64_t maxOperandElements = 1 << 16, maxBytes = 1 << 16;
  for (Value operand : op->getOperands())
    if (!operand.getDefiningOp<graph::ConstantOp>() ||
        typeOf(operand).getNumElements() > maxOperandElements)
      return value;
  std::optional<ElementsAttr> folded = reference::fold(op, maxBytes);
  if (!folded)
    return value;
  op->erase();
  graph::ConstantOp::Properties properties;
  properties.value = *folded;
  return create<graph::ConstantOp>({}, properties);
}

Value NodeImporter::constantOf(Type element, ArrayRef<int64_t> shape,
                               const std::vector<char> &bytes) {
  if (!charge(bytes.size()))
    return {};
  graph::ConstantOp::Properties properties;
  properties.value = graph::makeConstant(RankedTensorType::get(shape, element), bytes);
  return create<graph::ConstantOp>({}, properties);
}

Value NodeImporter::scalar(Type element, double value) {
  std::vector<char> bytes;
  appendNumber(bytes, element, value);
  return constantOf(element, {}, bytes);
}

Value NodeImporter::intScalar(Type element, int64_t value) {
  return constantInts(element, {}, value);
}

Value NodeImporter::constantInts(Type element, ArrayRef<int64_t> shape, ArrayRef<int64_t> values) {
  std::vector<char> bytes;
  for (int64_t value : values)
    appendInt(bytes, element, value);
  return constantOf(element, shape, bytes);
}

Value NodeImporter::constantFloats(Type element, ArrayRef<int64_t> shape, ArrayRef<double> values) {
  std::vector<char> bytes;
  for (double value : values)
    appendNumber(bytes, element, value);
  return constantOf(element, shape, bytes);
}

Value NodeImporter::iota(Type element, int64_t size, int64_t axis, int64_t rank) {
  if (!charge(static_cast<uint64_t>(size) * 8))
    return {};
  Ints shape(rank, 1), values(size);
  shape[axis] = size;
  for (int64_t i = 0; i < size; ++i)
    values[i] = i;
  return constantInts(element, shape, values);
}

Value NodeImporter::splat(Type element, ArrayRef<int64_t> shape, Attribute value) {
  int64_t count = graph::elementByteSize(element);
  for (int64_t size : shape)
    if (llvm::MulOverflow(count, size, count) ||
        static_cast<uint64_t>(count) > state.limits.maxTensorBytes)
      return invalid("import.limit", "expected a tensor of at most " +
                                         Twine(state.limits.maxTensorBytes) +
                                         " bytes, got more in one constant");
  graph::ConstantOp::Properties properties;
  properties.value = DenseElementsAttr::get(RankedTensorType::get(shape, element), value);
  return create<graph::ConstantOp>({}, properties);
}

Value NodeImporter::filled(Value element, ArrayRef<AffineExpr> dims) {
  if (!element)
    return {};
  Ints shape;
  for (AffineExpr dim : dims) {
    std::optional<int64_t> size = graph::constantValue(dim);
    if (!size)
      return broadcast(element, dims);
    if (*size < 0)
      return invalid("import.shape", "expected dimensions of 0 and above, got " + Twine(*size));
    shape.push_back(*size);
  }
  auto constant = element.getDefiningOp<graph::ConstantOp>();
  auto dense = constant ? dyn_cast<DenseElementsAttr>(constant.getValue()) : DenseElementsAttr();
  if (!dense || !dense.isSplat())
    return broadcast(element, dims);
  return splat(elementOf(element), shape, dense.getSplatValue<Attribute>());
}

std::optional<SmallVector<double>> NodeImporter::constantFloats(unsigned index) {
  Value value = input(index);
  auto constant = value ? value.getDefiningOp<graph::ConstantOp>() : graph::ConstantOp();
  auto dense =
      constant ? dyn_cast<DenseFPElementsAttr>(constant.getValue()) : DenseFPElementsAttr();
  if (dense) {
    SmallVector<double> numbers;
    for (APFloat number : dense) {
      bool losesInfo;
      number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
      numbers.push_back(number.convertToDouble());
    }
    return numbers;
  }
  if (value)
    refuse("the contents of input " + quoteName(node.input[index]) +
               " must be known when the model is compiled",
           "make it a constant of the model");
  return std::nullopt;
}

std::optional<double> NodeImporter::constantFloat(unsigned index) {
  std::optional<SmallVector<double>> numbers = constantFloats(index);
  if (numbers && numbers->size() == 1)
    return numbers->front();
  if (numbers)
    invalid("import.shape", "expected one number in input " + quoteName(node.input[index]) +
                                ", got " + Twine(numbers->size()));
  return std::nullopt;
}

Value NodeImporter::tensor(onnx::TensorProto &tensor) {
  Type element = elementType(tensor.dataType);
  if (!element)
    return {};
  ElementsAttr &known = state.constants[&tensor];
  if (!known) {
    auto type = RankedTensorType::get(tensor.dims, element);
    bool isSmall = tensor.data.size() <= static_cast<uint64_t>(graph::maxDenseConstantBytes);
    if (isSmall || element.isInteger(1)) {
      known = graph::makeConstant(type, tensor.data.ref());
    } else {
      size_t size = tensor.data.size();
      char *bytes = tensor.data.release();
      auto free = [](void *data, size_t, size_t) { std::free(data); };
      std::string name = tensor.name.empty() ? node.name : tensor.name;
      known = graph::makeResourceConstant(type, name,
                                          AsmResourceBlob(ArrayRef<char>(bytes, size), 64, free,
                                                          /*dataIsMutable=*/false));
    }
  }
  graph::ConstantOp::Properties properties;
  properties.value = known;
  return create<graph::ConstantOp>({}, properties);
}

Value NodeImporter::mod(Value a, Value b, bool isFmod) {
  graph::ModOp::Properties properties;
  if (isFmod)
    properties.fmod = builder.getUnitAttr();
  return create<graph::ModOp>({a, b}, properties);
}

Value NodeImporter::compare(graph::ComparePredicate predicate, Value a, Value b) {
  graph::CompareOp::Properties properties;
  properties.predicate = graph::ComparePredicateAttr::get(builder.getContext(), predicate);
  return create<graph::CompareOp>({a, b}, properties);
}

Value NodeImporter::cast(Value x, Type element) {
  if (!x || !element)
    return {};
  if (elementOf(x) == element)
    return x;
  return create<graph::CastOp>({x}, EmptyProperties(), graph::withDims(element, dimsOf(x)));
}

Value NodeImporter::matmul(Value a, Value b, bool transposeA, bool transposeB) {
  graph::MatmulOp::Properties properties;
  if (transposeA)
    properties.transpose_a = builder.getUnitAttr();
  if (transposeB)
    properties.transpose_b = builder.getUnitAttr();
  return create<graph::MatmulOp>({a, b}, properties);
}

Value NodeImporter::reduce(graph::ReduceKind kind, Value x, ArrayRef<int64_t> axes, bool keepDims) {
  graph::ReduceOp::Properties properties;
  properties.kind = graph::ReduceKindAttr::get(builder.getContext(), kind);
  properties.axes = builder.getDenseI64ArrayAttr(axes);
  if (keepDims)
    properties.keep_dims = builder.getUnitAttr();
  return create<graph::ReduceOp>({x}, properties);
}

Value NodeImporter::reshape(Value x, ArrayRef<AffineExpr> dims) {
  if (!x)
    return {};
  RankedTensorType type = graph::withDims(elementOf(x), dims);
  return type == x.getType() ? x
                             : create<graph::ReshapeOp>({x}, EmptyProperties(), TypeRange(type));
}

Value NodeImporter::reshapeTo(Value x, ArrayRef<int64_t> shape) {
  Dims dims;
  for (int64_t size : shape)
    dims.push_back(expr(size));
  return reshape(x, dims);
}

Value NodeImporter::broadcast(Value x, ArrayRef<AffineExpr> dims) {
  if (!x)
    return {};
  RankedTensorType type = graph::withDims(elementOf(x), dims);
  return type == x.getType() ? x
                             : create<graph::BroadcastOp>({x}, EmptyProperties(), TypeRange(type));
}

Value NodeImporter::transpose(Value x, ArrayRef<int64_t> perm) {
  graph::TransposeOp::Properties properties;
  properties.perm = builder.getDenseI64ArrayAttr(perm);
  bool isIdentity = true;
  for (auto [i, dim] : llvm::enumerate(perm))
    isIdentity &= static_cast<int64_t>(i) == dim;
  return isIdentity ? x : create<graph::TransposeOp>({x}, properties);
}

Value NodeImporter::slice(Value x, ArrayRef<int64_t> starts, ArrayRef<int64_t> steps,
                          ArrayRef<AffineExpr> sizes) {
  if (!x)
    return {};
  bool isWhole = llvm::all_of(starts, [](int64_t start) { return start == 0; }) &&
                 llvm::all_of(steps, [](int64_t step) { return step == 1; });
  if (isWhole && graph::withDims(elementOf(x), sizes) == x.getType())
    return x;
  graph::SliceOp::Properties properties;
  properties.starts = builder.getDenseI64ArrayAttr(starts);
  properties.steps = builder.getDenseI64ArrayAttr(steps);
  return create<graph::SliceOp>({x}, properties, TypeRange(graph::withDims(elementOf(x), sizes)));
}

Value NodeImporter::sliceAxis(Value x, int64_t axis, int64_t start, AffineExpr size) {
  if (!x)
    return {};
  Ints starts(rankOf(x), 0), steps(rankOf(x), 1);
  starts[axis] = start;
  Dims sizes = dimsOf(x);
  sizes[axis] = size;
  return slice(x, starts, steps, sizes);
}

Value NodeImporter::concat(ArrayRef<Value> values, int64_t axis) {
  graph::ConcatOp::Properties properties;
  properties.axis = builder.getI64IntegerAttr(axis);
  return create<graph::ConcatOp>(values, properties);
}

Value NodeImporter::pad(graph::PadMode mode, Value x, Value value, ArrayRef<int64_t> low,
                        ArrayRef<int64_t> high) {
  graph::PadOp::Properties properties;
  properties.mode = graph::PadModeAttr::get(builder.getContext(), mode);
  properties.low = builder.getDenseI64ArrayAttr(low);
  properties.high = builder.getDenseI64ArrayAttr(high);
  SmallVector<Value> operands{x};
  if (value)
    operands.push_back(value);
  return create<graph::PadOp>(operands, properties);
}

Value NodeImporter::gather(Value data, Value indices, int64_t axis) {
  graph::GatherOp::Properties properties;
  properties.axis = builder.getI64IntegerAttr(axis);
  return create<graph::GatherOp>({data, indices}, properties);
}

Value NodeImporter::dimValues(ArrayRef<AffineExpr> values) {
  Ints numbers;
  for (AffineExpr value : values) {
    std::optional<int64_t> number = graph::constantValue(value);
    if (!number)
      break;
    numbers.push_back(*number);
  }
  int64_t count = values.size();
  if (numbers.size() == values.size())
    return constantInts(builder.getI64Type(), count, numbers);
  graph::DimValuesOp::Properties properties;
  properties.dims = graph::DimsAttr::get(builder.getContext(), values);
  return create<graph::DimValuesOp>({}, properties);
}

Value NodeImporter::alongChannels(Value vector, int64_t rank) {
  if (!vector)
    return {};
  if (rankOf(vector) != 1)
    return invalid("import.shape", "expected one number per channel, got " + shapeText(vector));
  Dims dims = dimsOf(vector);
  for (int64_t i = 2; i < rank; ++i)
    dims.push_back(expr(1));
  return reshape(vector, dims);
}

} // namespace azulejo
