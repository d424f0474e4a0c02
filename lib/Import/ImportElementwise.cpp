// This file imports the operators that compute each element from the aligned elements of their
// inputs.
#include "lib/Import/NodeImporter.h"

using namespace mlir;

namespace azulejo {
namespace {

using graph::ComparePredicate;

template <typename OpTy> LogicalResult importUnary(NodeImporter &n) {
  return n.result(n.unary<OpTy>(n.input(0)));
}
template <typename OpTy> LogicalResult importBinary(NodeImporter &n) {
  return n.result(n.binary<OpTy>(n.input(0), n.input(1)));
}

/// Max, Min, Sum: any number of inputs from one on.
template <typename OpTy> LogicalResult importVariadic(NodeImporter &n) {
  Value all = n.input(0);
  for (unsigned i = 1; i < n.inputs.size(); ++i)
    all = n.binary<OpTy>(all, n.input(i));
  return n.result(all);
}

LogicalResult importMean(NodeImporter &n) {
  Value sum = n.input(0);
  for (unsigned i = 1; i < n.inputs.size(); ++i)
    sum = n.add(sum, n.input(i));
  return n.result(n.div(sum, n.scalarLike(sum, static_cast<double>(n.inputs.size()))));
}

template <ComparePredicate predicate> LogicalResult importCompare(NodeImporter &n) {
  return n.result(n.compare(predicate, n.input(0), n.input(1)));
}

LogicalResult importIdentity(NodeImporter &n) { return n.result(n.input(0)); }

LogicalResult importPow(NodeImporter &n) {
  Value base = n.input(0), exponent = n.input(1);
  if (!base || !exponent)
    return failure();
  Type element = n.elementOf(base);
  bool viaFloat = !isa<FloatType>(element) && isa<FloatType>(n.elementOf(exponent));
  Type compute = viaFloat ? n.elementOf(exponent) : element;
  Value power = n.binary<graph::PowOp>(n.cast(base, compute), n.cast(exponent, compute));
  return n.result(n.cast(power, element));
}

LogicalResult importMod(NodeImporter &n) {
  bool isFmod = n.intOr("fmod", 0) != 0;
  Value a = n.input(0);
  if (a && !isFmod && isa<FloatType>(n.elementOf(a)))
    return n.invalid("import.attribute", "expected fmod = 1 for floats, got 0");
  return n.result(n.mod(a, n.input(1), isFmod));
}

LogicalResult importWhere(NodeImporter &n) {
  return n.result(n.select(n.input(0), n.input(1), n.input(2)));
}

LogicalResult importCast(NodeImporter &n) {
  n.ignore("saturate"); // only for 8-bit floats, which elementType refuses
  n.ignore("round_mode");
  return n.result(n.cast(n.input(0), n.elementType(n.intOr("to", 0))));
}

LogicalResult importCastLike(NodeImporter &n) {
  n.ignore("saturate");
  n.ignore("round_mode");
  Value like = n.input(1);
  return n.result(n.cast(n.input(0), like ? n.elementOf(like) : Type()));
}

LogicalResult importIsInf(NodeImporter &n) {
  bool negative = n.intOr("detect_negative", 1) != 0, positive = n.intOr("detect_positive", 1) != 0;
  Value x = n.input(0);
  Value isInf = n.unary<graph::IsInfOp>(x);
  Value zero = n.scalarLike(x, 0);
  if (!negative)
    isInf = n.binary<graph::AndOp>(isInf, n.compare(ComparePredicate::gt, x, zero));
  if (!positive)
    isInf = n.binary<graph::AndOp>(isInf, n.compare(ComparePredicate::lt, x, zero));
  return n.result(isInf);
}

/// (e^x + sign * e^-x) / 2
LogicalResult importHyperbolic(NodeImporter &n, bool isSinh) {
  Value x = n.input(0);
  Value up = n.exp(x), down = n.exp(n.unary<graph::NegOp>(x));
  Value both = isSinh ? n.sub(up, down) : n.add(up, down);
  return n.result(n.mul(both, n.scalarLike(x, 0.5)));
}
LogicalResult importSinh(NodeImporter &n) { return importHyperbolic(n, true); }
LogicalResult importCosh(NodeImporter &n) { return importHyperbolic(n, false); }

LogicalResult importTan(NodeImporter &n) {
  Value x = n.input(0);
  return n.result(n.div(n.unary<graph::SinOp>(x), n.unary<graph::CosOp>(x)));
}

/// sign(x) * ln(|x| + sqrt(x^2 + 1)), which does not cancel for negative x.
LogicalResult importAsinh(NodeImporter &n) {
  Value x = n.input(0), one = n.scalarLike(x, 1);
  Value magnitude = n.unary<graph::AbsOp>(x);
  Value root = n.unary<graph::SqrtOp>(n.add(n.mul(x, x), one));
  return n.result(n.mul(n.unary<graph::SignOp>(x), n.unary<graph::LogOp>(n.add(magnitude, root))));
}

LogicalResult importAcosh(NodeImporter &n) {
  Value x = n.input(0), one = n.scalarLike(x, 1);
  Value root = n.unary<graph::SqrtOp>(n.sub(n.mul(x, x), one));
  return n.result(n.unary<graph::LogOp>(n.add(x, root)));
}

LogicalResult importAtanh(NodeImporter &n) {
  Value x = n.input(0), one = n.scalarLike(x, 1);
  Value quotient = n.div(n.add(one, x), n.sub(one, x));
  return n.result(n.mul(n.unary<graph::LogOp>(quotient), n.scalarLike(x, 0.5)));
}

LogicalResult importClipAttributes(NodeImporter &n) {
  Value x = n.input(0);
  if (n.hasAttribute("min"))
    x = n.maximum(x, n.scalarLike(x, n.floatOr("min", 0)));
  if (n.hasAttribute("max"))
    x = n.minimum(x, n.scalarLike(x, n.floatOr("max", 0)));
  return n.result(x);
}

LogicalResult importClip(NodeImporter &n) {
  Value x = n.input(0);
  if (n.hasInput(1))
    x = n.maximum(x, n.input(1));
  if (n.hasInput(2))
    x = n.minimum(x, n.input(2));
  return n.result(x);
}

LogicalResult importDropout(NodeImporter &n) {
  n.ignore("ratio");
  n.ignore("seed");
  if (n.hasInput(2)) {
    std::optional<Ints> training = n.constantInput(2);
    if (!training || *training != Ints{0})
      return n.refuse("Dropout in training mode", "export the model for inference");
  }
  Value x = n.input(0);
  if (!x || !n.wantsOutput(1))
    return n.result(x);
  Value ones = n.intScalar(IntegerType::get(x.getContext(), 1), 1);
  return n.results({x, n.broadcast(ones, n.dimsOf(x))});
}

} // namespace

void registerElementwiseImporters(OperatorRegistry &r) {
  r.add("Abs", 6, importUnary<graph::AbsOp>);
  r.add("Ceil", 6, importUnary<graph::CeilOp>);
  r.add("Cos", 7, importUnary<graph::CosOp>);
  r.add("Erf", 9, importUnary<graph::ErfOp>);
  r.add("Exp", 6, importUnary<graph::ExpOp>);
  r.add("Floor", 6, importUnary<graph::FloorOp>);
  r.add("IsNaN", 9, importUnary<graph::IsNanOp>);
  r.add("Log", 6, importUnary<graph::LogOp>);
  r.add("Neg", 6, importUnary<graph::NegOp>);
  r.add("Not", 1, importUnary<graph::NotOp>);
  r.add("BitwiseNot", 18, importUnary<graph::NotOp>);
  r.add("Reciprocal", 6, importUnary<graph::ReciprocalOp>);
  r.add("Round", 11, importUnary<graph::RoundOp>);
  r.add("Sigmoid", 6, importUnary<graph::SigmoidOp>);
  r.add("Sign", 9, importUnary<graph::SignOp>);
  r.add("Sin", 7, importUnary<graph::SinOp>);
  r.add("Sqrt", 6, importUnary<graph::SqrtOp>);
  r.add("Tanh", 6, importUnary<graph::TanhOp>);
  r.add("IsInf", 10, importIsInf);
  r.add("Sinh", 9, importSinh);
  r.add("Cosh", 9, importCosh);
  r.add("Tan", 7, importTan);
  r.add("Asinh", 9, importAsinh);
  r.add("Acosh", 9, importAcosh);
  r.add("Atanh", 9, importAtanh);

  r.add("Add", 7, importBinary<graph::AddOp>);
  r.add("Sub", 7, importBinary<graph::SubOp>);
  r.add("Mul", 7, importBinary<graph::MulOp>);
  r.add("Div", 7, importBinary<graph::DivOp>);
  r.add("And", 7, importBinary<graph::AndOp>);
  r.add("Or", 7, importBinary<graph::OrOp>);
  r.add("Xor", 7, importBinary<graph::XorOp>);
  r.add("BitwiseAnd", 18, importBinary<graph::AndOp>);
  r.add("BitwiseOr", 18, importBinary<graph::OrOp>);
  r.add("BitwiseXor", 18, importBinary<graph::XorOp>);
  r.add("Pow", 7, importPow);
  r.add("Mod", 10, importMod);
  r.add("Equal", 7, importCompare<ComparePredicate::eq>);
  r.add("Less", 7, importCompare<ComparePredicate::lt>);
  r.add("LessOrEqual", 12, importCompare<ComparePredicate::le>);
  r.add("Greater", 7, importCompare<ComparePredicate::gt>);
  r.add("GreaterOrEqual", 12, importCompare<ComparePredicate::ge>);

  r.add("Max", 6, importVariadic<graph::MaximumOp>);
  r.add("Min", 6, importVariadic<graph::MinimumOp>);
  r.add("Sum", 6, importVariadic<graph::AddOp>);
  r.add("Mean", 6, importMean);
  r.add("Where", 9, importWhere);
  r.add("Cast", 6, importCast);
  r.add("CastLike", 15, importCastLike);
  r.add("Identity", 1, importIdentity);
  r.add("Clip", 6, importClipAttributes);
  r.add("Clip", 11, importClip);
  r.add("Dropout", 7, importDropout);
}

} // namespace azulejo
