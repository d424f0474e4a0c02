// This file imports the operators that make tensors from nothing but attributes and known integers.
#include "lib/Import/NodeImporter.h"

using namespace mlir;

namespace azulejo {
namespace {

using graph::ComparePredicate;

LogicalResult importConstant(NodeImporter &n) {
  if (onnx::AttributeProto *value = n.mutableAttribute("value")) {
    if (!value->t)
      return n.invalid("import.attribute", "expected a tensor in attribute 'value', got none");
    return n.result(n.tensor(*value->t));
  }
  MLIRContext *context = n.builderContext();
  if (n.hasAttribute("value_float"))
    return n.result(n.scalar(Float32Type::get(context), n.floatOr("value_float", 0)));
  if (n.hasAttribute("value_int"))
    return n.result(n.intScalar(IntegerType::get(context, 64), n.intOr("value_int", 0)));
  if (std::optional<Ints> ints = n.ints("value_ints"))
    return n.result(
        n.constantInts(IntegerType::get(context, 64), static_cast<int64_t>(ints->size()), *ints));
  if (const onnx::AttributeProto *floats =
          n.attribute("value_floats", onnx::AttributeType::Floats)) {
    SmallVector<double> values(floats->floats.begin(), floats->floats.end());
    return n.result(
        n.constantFloats(Float32Type::get(context), static_cast<int64_t>(values.size()), values));
  }
  for (const char *name : {"value_string", "value_strings"})
    if (n.hasAttribute(name))
      return n.refuse("a constant of strings", "strings are not supported on GPUs");
  if (n.hasAttribute("sparse_value"))
    return n.refuse("a sparse constant", "export it as a dense one");
  return n.invalid("import.attribute", "expected an attribute with the constant's value, got none");
}

LogicalResult importConstantOfShape(NodeImporter &n) {
  std::optional<Dims> dims = n.knownInput(0);
  onnx::AttributeProto *value = n.mutableAttribute("value");
  if (!dims)
    return failure();
  Value element;
  if (!value)
    element = n.scalar(Float32Type::get(n.builderContext()), 0);
  else if (value->t && value->t->elementCount == 1)
    element = n.reshape(n.tensor(*value->t), {});
  else
    return n.invalid("import.attribute",
                     "expected a tensor of one element in 'value', got another");
  if (!element)
    return failure();
  return n.result(n.filled(element, *dims));
}

LogicalResult importShape(NodeImporter &n) {
  Value x = n.input(0);
  if (!x)
    return failure();
  int64_t rank = n.rankOf(x);
  auto clamped = [&](int64_t place) {
    return std::clamp<int64_t>(place < 0 ? place + rank : place, 0, rank);
  };
  int64_t start = clamped(n.intOr("start", 0)), end = clamped(n.intOr("end", rank));
  Dims dims = n.dimsOf(x);
  return n.result(n.dimValues(ArrayRef(dims).slice(start, std::max<int64_t>(end - start, 0))));
}

LogicalResult importSize(NodeImporter &n) {
  Value x = n.input(0);
  if (!x)
    return failure();
  return n.result(n.reshape(n.dimValues(graph::product(n.dimsOf(x), x.getContext())), {}));
}

LogicalResult importRangeOfInts(NodeImporter &n, Type element) {
  std::optional<Ints> start = n.constantInput(0), limit = n.constantInput(1),
                      delta = n.constantInput(2);
  if (!start || !limit || !delta)
    return failure();
  if (start->size() != 1 || limit->size() != 1 || delta->size() != 1 || delta->front() == 0)
    return n.invalid("import.shape", "expected scalars and a step other than 0, got others");
  double span = static_cast<double>(limit->front()) - static_cast<double>(start->front());
  double count = std::max(std::ceil(span / static_cast<double>(delta->front())), 0.0);
  if (count > 1e9 || !n.charge(static_cast<uint64_t>(count) * 8))
    return n.invalid("import.limit", "expected a range within the folding budget, got more");
  Ints values;
  for (int64_t i = 0; i < static_cast<int64_t>(count); ++i)
    values.push_back(start->front() + i * delta->front());
  return n.result(n.constantInts(element, static_cast<int64_t>(values.size()), values));
}

LogicalResult importRangeOfFloats(NodeImporter &n, Type element) {
  std::optional<double> start = n.constantFloat(0), limit = n.constantFloat(1),
                        delta = n.constantFloat(2);
  if (!start || !limit || !delta)
    return failure();
  double count = std::max(std::ceil((*limit - *start) / *delta), 0.0);
  if (!(count <= 1e9) || !n.charge(static_cast<uint64_t>(count) * 8))
    return n.invalid("import.limit", "expected a range within the folding budget, got more");
  SmallVector<double> values;
  for (int64_t i = 0; i < static_cast<int64_t>(count); ++i)
    values.push_back(*start + static_cast<double>(i) * *delta);
  return n.result(n.constantFloats(element, static_cast<int64_t>(values.size()), values));
}

LogicalResult importRange(NodeImporter &n) {
  Value start = n.input(0);
  if (!start)
    return failure();
  Type element = n.elementOf(start);
  return isa<FloatType>(element) ? importRangeOfFloats(n, element) : importRangeOfInts(n, element);
}

/// column - row, as a [rows, columns] comparison with `k`.
Value diagonal(NodeImporter &n, ComparePredicate predicate, int64_t rows, int64_t columns,
               int64_t k) {
  Type i64 = IntegerType::get(n.builderContext(), 64);
  Value column = n.iota(i64, columns, 1, 2), row = n.iota(i64, rows, 0, 2);
  return n.compare(predicate, column, n.add(row, n.intScalar(i64, k)));
}

LogicalResult importEyeLike(NodeImporter &n) {
  Value x = n.input(0);
  if (!x)
    return failure();
  Type element = n.hasAttribute("dtype") ? n.elementType(n.intOr("dtype", 1)) : n.elementOf(x);
  int64_t k = n.intOr("k", 0);
  std::optional<Ints> shape = n.staticShape(x);
  if (!shape || !element)
    return failure();
  if (shape->size() != 2)
    return n.invalid("import.shape", "expected a matrix, got " + n.shapeText(x));
  return n.result(n.cast(diagonal(n, ComparePredicate::eq, (*shape)[0], (*shape)[1], k), element));
}

LogicalResult importTrilu(NodeImporter &n) {
  Value x = n.input(0);
  if (!x)
    return failure();
  int64_t rank = n.rankOf(x);
  bool upper = n.intOr("upper", 1) != 0;
  std::optional<Ints> k = n.hasInput(1) ? n.constantInput(1) : Ints{0};
  if (!k)
    return failure();
  if (rank < 2 || k->size() != 1)
    return n.invalid("import.shape", "expected matrices and a scalar, got " + n.shapeText(x));
  std::optional<int64_t> rows = n.staticDim(x, rank - 2), columns = n.staticDim(x, rank - 1);
  if (!rows || !columns)
    return failure();
  Value keep =
      diagonal(n, upper ? ComparePredicate::ge : ComparePredicate::le, *rows, *columns, k->front());
  return n.result(n.select(keep, x, n.intScalar(n.elementOf(x), 0)));
}

LogicalResult importOneHot(NodeImporter &n) {
  Value indices = n.input(0), values = n.input(2);
  std::optional<Ints> depth = n.constantInput(1);
  if (!indices || !depth || !values)
    return failure();
  if (depth->size() != 1 || depth->front() < 0)
    return n.invalid("import.shape", "expected one depth of 0 and above, got another");
  int64_t rank = n.rankOf(indices) + 1;
  std::optional<int64_t> axis = n.axis(n.intOr("axis", -1), rank);
  if (!axis)
    return failure();
  Type element = n.elementOf(indices);
  Dims dims = n.dimsOf(indices);
  dims.insert(dims.begin() + *axis, n.expr(1));
  Value size = n.scalar(element, static_cast<double>(depth->front()));
  Value place = n.reshape(indices, dims);
  Value isNegative = n.compare(ComparePredicate::lt, place, n.scalar(element, 0));
  place = n.select(isNegative, n.add(place, size), place);
  Value hit = n.compare(ComparePredicate::eq, place, n.iota(element, depth->front(), *axis, rank));
  Value off = n.reshape(n.sliceAxis(values, 0, 0, n.expr(1)), {});
  Value on = n.reshape(n.sliceAxis(values, 0, 1, n.expr(1)), {});
  return n.result(n.select(hit, on, off));
}

} // namespace

void registerConstantImporters(OperatorRegistry &r) {
  r.add("Constant", 1, importConstant);
  r.add("ConstantOfShape", 9, importConstantOfShape);
  r.add("Shape", 1, importShape);
  r.add("Size", 1, importSize);
  r.add("Range", 11, importRange);
  r.add("EyeLike", 9, importEyeLike);
  r.add("Trilu", 14, importTrilu);
  r.add("OneHot", 9, importOneHot);
}

} // namespace azulejo
