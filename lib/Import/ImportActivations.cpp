// This file imports activation functions, each composed of elementwise graph operators and
// reductions.
#include "lib/Import/NodeImporter.h"

using namespace mlir;

namespace azulejo {
namespace {

using graph::ComparePredicate;
using graph::ReduceKind;

Value isNegative(NodeImporter &n, Value x) {
  return n.compare(ComparePredicate::lt, x, n.scalarLike(x, 0));
}

/// scale * (e^x - 1)
Value scaledExpMinusOne(NodeImporter &n, Value x, double scale) {
  return n.mul(n.sub(n.exp(x), n.scalarLike(x, 1)), n.scalarLike(x, scale));
}

/// max(x, 0) + ln(1 + e^-|x|): ln(1 + e^x) without overflow.
Value softplus(NodeImporter &n, Value x) {
  Value tail = n.exp(n.unary<graph::NegOp>(n.unary<graph::AbsOp>(x)));
  Value log = n.unary<graph::LogOp>(n.add(tail, n.scalarLike(x, 1)));
  return n.add(n.maximum(x, n.scalarLike(x, 0)), log);
}

/// max(0, min(1, alpha * x + beta))
Value hardSigmoid(NodeImporter &n, Value x, double alpha, double beta) {
  Value line = n.add(n.mul(x, n.scalarLike(x, alpha)), n.scalarLike(x, beta));
  return n.maximum(n.minimum(line, n.scalarLike(x, 1)), n.scalarLike(x, 0));
}

LogicalResult importRelu(NodeImporter &n) {
  Value x = n.input(0);
  return n.result(n.maximum(x, n.scalarLike(x, 0)));
}

LogicalResult importLeakyRelu(NodeImporter &n) {
  Value x = n.input(0);
  Value scaled = n.mul(x, n.scalarLike(x, n.floatOr("alpha", 0.01f)));
  return n.result(n.select(isNegative(n, x), scaled, x));
}

LogicalResult importPRelu(NodeImporter &n) {
  Value x = n.input(0);
  return n.result(n.select(isNegative(n, x), n.mul(x, n.input(1)), x));
}

LogicalResult importThresholdedRelu(NodeImporter &n) {
  Value x = n.input(0);
  Value above = n.compare(ComparePredicate::gt, x, n.scalarLike(x, n.floatOr("alpha", 1.0f)));
  return n.result(n.select(above, x, n.scalarLike(x, 0)));
}

LogicalResult importElu(NodeImporter &n) {
  Value x = n.input(0);
  return n.result(n.select(isNegative(n, x), scaledExpMinusOne(n, x, n.floatOr("alpha", 1.0f)), x));
}

LogicalResult importSelu(NodeImporter &n) {
  Value x = n.input(0);
  Value negative = scaledExpMinusOne(n, x, n.floatOr("alpha", 1.67326319217681884765625f));
  Value gamma = n.scalarLike(x, n.floatOr("gamma", 1.05070102214813232421875f));
  return n.result(n.mul(n.select(isNegative(n, x), negative, x), gamma));
}

LogicalResult importCelu(NodeImporter &n) {
  Value x = n.input(0);
  float alpha = n.floatOr("alpha", 1.0f);
  Value negative = scaledExpMinusOne(n, n.div(x, n.scalarLike(x, alpha)), alpha);
  return n.result(n.select(isNegative(n, x), negative, x));
}

LogicalResult importSoftplus(NodeImporter &n) { return n.result(softplus(n, n.input(0))); }

LogicalResult importSoftsign(NodeImporter &n) {
  Value x = n.input(0);
  return n.result(n.div(x, n.add(n.unary<graph::AbsOp>(x), n.scalarLike(x, 1))));
}

LogicalResult importMish(NodeImporter &n) {
  Value x = n.input(0);
  return n.result(n.mul(x, n.unary<graph::TanhOp>(softplus(n, x))));
}

LogicalResult importHardSigmoid(NodeImporter &n) {
  float alpha = n.floatOr("alpha", 0.2f), beta = n.floatOr("beta", 0.5f);
  return n.result(hardSigmoid(n, n.input(0), alpha, beta));
}

LogicalResult importHardSwish(NodeImporter &n) {
  Value x = n.input(0);
  return n.result(n.mul(x, hardSigmoid(n, x, 1.0 / 6.0, 0.5)));
}

LogicalResult importSwish(NodeImporter &n) {
  Value x = n.input(0);
  float alpha = n.floatOr("alpha", 1.0f);
  Value scaled = alpha == 1.0f ? x : n.mul(x, n.scalarLike(x, alpha));
  return n.result(n.mul(x, n.unary<graph::SigmoidOp>(scaled)));
}

/// 0.5 * x * (1 + erf(x / sqrt(2))), or with tanh(sqrt(2 / pi) * (x + 0.044715 x^3)) in place of
/// erf.
LogicalResult importGelu(NodeImporter &n) {
  Value x = n.input(0);
  std::string form = n.stringOr("approximate", "none");
  Value inner;
  if (form == "none") {
    inner = n.unary<graph::ErfOp>(n.mul(x, n.scalarLike(x, 0.70710678118654752)));
  } else if (form == "tanh") {
    Value cube = n.mul(n.mul(n.mul(x, x), x), n.scalarLike(x, 0.044715));
    inner = n.unary<graph::TanhOp>(n.mul(n.add(x, cube), n.scalarLike(x, 0.79788456080286536)));
  } else {
    return n.invalid("import.attribute", "expected approximate 'none' or 'tanh', got another");
  }
  Value half = n.mul(x, n.scalarLike(x, 0.5));
  return n.result(n.mul(half, n.add(inner, n.scalarLike(x, 1))));
}

LogicalResult importShrink(NodeImporter &n) {
  Value x = n.input(0);
  float bias = n.floatOr("bias", 0.0f), lambda = n.floatOr("lambd", 0.5f);
  Value below = n.compare(ComparePredicate::lt, x, n.scalarLike(x, -lambda));
  Value above = n.compare(ComparePredicate::gt, x, n.scalarLike(x, lambda));
  Value high = n.select(above, n.sub(x, n.scalarLike(x, bias)), n.scalarLike(x, 0));
  return n.result(n.select(below, n.add(x, n.scalarLike(x, bias)), high));
}

/// The axes that a softmax runs over: one since opset 13, all from `axis` on before.
std::optional<Ints> softmaxAxes(NodeImporter &n, Value x) {
  if (!x)
    return std::nullopt;
  bool isFlattened = n.opset < 13;
  std::optional<int64_t> axis = n.axis(n.intOr("axis", isFlattened ? 1 : -1), n.rankOf(x));
  if (!axis)
    return std::nullopt;
  Ints axes;
  for (int64_t i = *axis; i < (isFlattened ? n.rankOf(x) : *axis + 1); ++i)
    axes.push_back(i);
  return axes;
}

LogicalResult importSoftmaxForm(NodeImporter &n, bool isLog) {
  Value x = n.input(0);
  std::optional<Ints> axes = softmaxAxes(n, x);
  if (!axes)
    return failure();
  Value shifted = n.sub(x, n.reduce(ReduceKind::max, x, *axes, true));
  Value power = n.exp(shifted);
  Value sum = n.reduce(ReduceKind::sum, power, *axes, true);
  return n.result(isLog ? n.sub(shifted, n.unary<graph::LogOp>(sum)) : n.div(power, sum));
}
LogicalResult importSoftmax(NodeImporter &n) { return importSoftmaxForm(n, false); }
LogicalResult importLogSoftmax(NodeImporter &n) { return importSoftmaxForm(n, true); }

} // namespace

void registerActivationImporters(OperatorRegistry &r) {
  r.add("Relu", 6, importRelu);
  r.add("LeakyRelu", 6, importLeakyRelu);
  r.add("PRelu", 7, importPRelu);
  r.add("ThresholdedRelu", 10, importThresholdedRelu);
  r.add("Elu", 6, importElu);
  r.add("Selu", 6, importSelu);
  r.add("Celu", 12, importCelu);
  r.add("Softplus", 1, importSoftplus);
  r.add("Softsign", 1, importSoftsign);
  r.add("Mish", 18, importMish);
  r.add("HardSigmoid", 6, importHardSigmoid);
  r.add("HardSwish", 14, importHardSwish);
  r.add("Swish", 24, importSwish);
  r.add("Gelu", 20, importGelu);
  r.add("Shrink", 9, importShrink);
  r.add("Softmax", 1, importSoftmax);
  r.add("LogSoftmax", 1, importLogSoftmax);
}

} // namespace azulejo
