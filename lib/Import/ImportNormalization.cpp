// This file imports normalizations, composed of reductions and elementwise operators; the
// reductions are computed in f32 where the operator says so.
#include "lib/Import/NodeImporter.h"

using namespace mlir;

namespace azulejo {
namespace {

using graph::ReduceKind;

Value inverseRoot(NodeImporter &n, Value variance, double epsilon) {
  return n.unary<graph::RsqrtOp>(n.add(variance, n.scalarLike(variance, epsilon)));
}

/// (x - mean) / sqrt(variance + epsilon) over `axes`, and the two numbers it used.
struct Normalized {
  Value value, mean, inverseDeviation;
};
Normalized normalize(NodeImporter &n, Value x, ArrayRef<int64_t> axes, double epsilon) {
  Value mean = n.reduce(ReduceKind::mean, x, axes, true);
  Value centered = n.sub(x, mean);
  Value variance = n.reduce(ReduceKind::mean, n.mul(centered, centered), axes, true);
  Value inverse = inverseRoot(n, variance, epsilon);
  return {n.mul(centered, inverse), mean, inverse};
}

Ints axesFrom(int64_t first, int64_t rank) {
  Ints axes;
  for (int64_t i = first; i < rank; ++i)
    axes.push_back(i);
  return axes;
}

/// x * a + b with a = scale / sqrt(var + epsilon) and b = bias - mean * a, which are constants in a
/// trained model.
LogicalResult importBatchNormalization(NodeImporter &n) {
  Value x = n.input(0), scale = n.input(1), bias = n.input(2), mean = n.input(3), var = n.input(4);
  double epsilon = n.floatOr("epsilon", 1e-5f);
  n.ignore("momentum");
  if (!x || !scale || !bias || !mean || !var)
    return failure();
  if (n.intOr("training_mode", 0) != 0 || n.wantsOutput(1))
    return n.refuse("BatchNormalization in training mode", "export the model for inference");
  Type wide = n.elementOf(var);
  Value a =
      n.div(n.cast(scale, wide), n.unary<graph::SqrtOp>(n.add(var, n.scalarLike(var, epsilon))));
  Value b = n.sub(n.cast(bias, wide), n.mul(mean, a));
  int64_t rank = n.rankOf(x);
  Value scaled = n.mul(n.cast(x, wide), n.alongChannels(a, rank));
  return n.result(n.cast(n.add(scaled, n.alongChannels(b, rank)), n.elementOf(x)));
}

LogicalResult importInstanceNormalization(NodeImporter &n) {
  Value x = n.input(0), scale = n.input(1), bias = n.input(2);
  double epsilon = n.floatOr("epsilon", 1e-5f);
  if (!x || n.rankOf(x) < 3)
    return n.invalid("import.shape", "expected spatial dimensions, got none");
  int64_t rank = n.rankOf(x);
  Value unit = normalize(n, x, axesFrom(2, rank), epsilon).value;
  return n.result(n.add(n.mul(unit, n.alongChannels(scale, rank)), n.alongChannels(bias, rank)));
}

/// The type in which LayerNormalization and its kin compute: stash_type, f32 by default.
Type stashType(NodeImporter &n) { return n.elementType(n.intOr("stash_type", 1)); }

LogicalResult importLayerNormalization(NodeImporter &n) {
  Value x = n.input(0), scale = n.input(1);
  double epsilon = n.floatOr("epsilon", 1e-5f);
  Type wide = stashType(n);
  if (!x || !scale || !wide)
    return failure();
  std::optional<int64_t> axis = n.axis(n.intOr("axis", -1), n.rankOf(x));
  if (!axis)
    return failure();
  Normalized unit = normalize(n, n.cast(x, wide), axesFrom(*axis, n.rankOf(x)), epsilon);
  Value y = n.mul(n.cast(unit.value, n.elementOf(x)), scale);
  if (n.hasInput(2))
    y = n.add(y, n.input(2));
  SmallVector<Value> results{y};
  if (n.node.output.size() > 1)
    results.push_back(unit.mean);
  if (n.node.output.size() > 2)
    results.push_back(unit.inverseDeviation);
  return n.results(results);
}

LogicalResult importRmsNormalization(NodeImporter &n) {
  Value x = n.input(0), scale = n.input(1);
  double epsilon = n.floatOr("epsilon", 1e-5f);
  Type wide = stashType(n);
  if (!x || !scale || !wide)
    return failure();
  std::optional<int64_t> axis = n.axis(n.intOr("axis", -1), n.rankOf(x));
  if (!axis)
    return failure();
  Value xWide = n.cast(x, wide);
  Value mean = n.reduce(ReduceKind::mean, n.mul(xWide, xWide), axesFrom(*axis, n.rankOf(x)), true);
  Value unit = n.mul(xWide, inverseRoot(n, mean, epsilon));
  return n.result(n.mul(n.cast(unit, n.elementOf(x)), scale));
}

/// Scale and bias are one per group in opset 18, and one per channel since 21.
LogicalResult importGroupNormalization(NodeImporter &n) {
  Value x = n.input(0), scale = n.input(1), bias = n.input(2);
  double epsilon = n.floatOr("epsilon", 1e-5f);
  int64_t groups = n.intOr("num_groups", 0);
  Type wide = n.opset >= 21 ? stashType(n) : x ? n.elementOf(x) : Type();
  if (!x || !scale || !bias || !wide)
    return failure();
  int64_t rank = n.rankOf(x);
  if (groups < 1 || rank < 3)
    return n.invalid("import.attribute",
                     "expected at least one group and spatial dimensions, got " + Twine(groups) +
                         " and " + n.shapeText(x));
  Dims dims = n.dimsOf(x);
  AffineExpr rest = graph::product(ArrayRef(dims).drop_front(1), x.getContext());
  Value grouped =
      n.reshape(n.cast(x, wide), {dims[0], n.expr(groups), graph::simplify(rest.floorDiv(groups))});
  Value unit = n.cast(normalize(n, grouped, {2}, epsilon).value, n.elementOf(x));
  if (n.opset < 21) {
    Value scaled = n.add(n.mul(unit, n.alongChannels(scale, 3)), n.alongChannels(bias, 3));
    return n.result(n.reshape(scaled, dims));
  }
  Value y = n.reshape(unit, dims);
  return n.result(n.add(n.mul(y, n.alongChannels(scale, rank)), n.alongChannels(bias, rank)));
}

LogicalResult importLpNormalization(NodeImporter &n) {
  Value x = n.input(0);
  int64_t p = n.intOr("p", 2);
  if (!x)
    return failure();
  std::optional<int64_t> axis = n.axis(n.intOr("axis", -1), n.rankOf(x));
  if (!axis)
    return failure();
  if (p != 1 && p != 2)
    return n.invalid("import.attribute", "expected p of 1 or 2, got " + Twine(p));
  Value part = p == 1 ? n.unary<graph::AbsOp>(x) : n.mul(x, x);
  Value norm = n.reduce(ReduceKind::sum, part, *axis, true);
  if (p == 2)
    norm = n.unary<graph::SqrtOp>(norm);
  // 0 / 0 is 0 here.
  Value zero = n.scalarLike(x, 0);
  Value isZero = n.compare(graph::ComparePredicate::eq, norm, zero);
  return n.result(n.select(isZero, zero, n.div(x, norm)));
}

LogicalResult importMeanVarianceNormalization(NodeImporter &n) {
  Value x = n.input(0);
  if (!x)
    return failure();
  std::optional<Ints> axes = n.axes(n.ints("axes").value_or(Ints{0, 2, 3}), n.rankOf(x));
  if (!axes)
    return failure();
  Value centered = n.sub(x, n.reduce(ReduceKind::mean, x, *axes, true));
  Value variance = n.reduce(ReduceKind::mean, n.mul(centered, centered), *axes, true);
  Value deviation = n.add(n.unary<graph::SqrtOp>(variance), n.scalarLike(x, 1e-9));
  return n.result(n.div(centered, deviation));
}

} // namespace

void registerNormalizationImporters(OperatorRegistry &r) {
  r.add("BatchNormalization", 7, importBatchNormalization);
  r.add("InstanceNormalization", 6, importInstanceNormalization);
  r.add("LayerNormalization", 17, importLayerNormalization);
  r.add("RMSNormalization", 23, importRmsNormalization);
  r.add("GroupNormalization", 18, importGroupNormalization);
  r.add("LpNormalization", 1, importLpNormalization);
  r.add("MeanVarianceNormalization", 9, importMeanVarianceNormalization);
}

} // namespace azulejo
