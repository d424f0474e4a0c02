// This file evaluates the elementwise operators.

#include "lib/Reference/Evaluators.h"

#include "dialects/Graph/GraphOps.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace azulejo::graph;

namespace azulejo::reference {
namespace {

template <typename Wide> using Unary = Wide (*)(Wide);
template <typename Wide> using Binary = Wide (*)(Wide, Wide);

// ---- One operand
// ---------------------------------------------------------------------------------

double signOf(double x) { return std::isnan(x) ? x : double(x > 0) - double(x < 0); }

double roundToEven(double x) { return std::nearbyint(x); }

Unary<double> floatUnary(Operation *op) {
  return llvm::TypeSwitch<Operation *, Unary<double>>(op)
      .Case<NegOp>([](auto) { return [](double x) { return -x; }; })
      .Case<AbsOp>([](auto) { return [](double x) { return std::fabs(x); }; })
      .Case<ExpOp>([](auto) { return [](double x) { return std::exp(x); }; })
      .Case<LogOp>([](auto) { return [](double x) { return std::log(x); }; })
      .Case<SqrtOp>([](auto) { return [](double x) { return std::sqrt(x); }; })
      .Case<RsqrtOp>([](auto) { return [](double x) { return 1 / std::sqrt(x); }; })
      .Case<ReciprocalOp>([](auto) { return [](double x) { return 1 / x; }; })
      .Case<SinOp>([](auto) { return [](double x) { return std::sin(x); }; })
      .Case<CosOp>([](auto) { return [](double x) { return std::cos(x); }; })
      .Case<TanhOp>([](auto) { return [](double x) { return std::tanh(x); }; })
      .Case<SigmoidOp>([](auto) { return [](double x) { return 1 / (1 + std::exp(-x)); }; })
      .Case<ErfOp>([](auto) { return [](double x) { return std::erf(x); }; })
      .Case<FloorOp>([](auto) { return [](double x) { return std::floor(x); }; })
      .Case<CeilOp>([](auto) { return [](double x) { return std::ceil(x); }; })
      .Case<RoundOp>([](auto) { return roundToEven; })
      .Case<SignOp>([](auto) { return signOf; })
      .Default(nullptr);
}

template <typename Wide> Unary<Wide> intUnary(Operation *op) {
  return llvm::TypeSwitch<Operation *, Unary<Wide>>(op)
      .template Case<NegOp>([](auto) { return [](Wide x) { return Wide(-uint64_t(x)); }; })
      .template Case<AbsOp>(
          [](auto) { return [](Wide x) { return x < Wide(1) ? Wide(-uint64_t(x)) : x; }; })
      .template Case<SignOp>(
          [](auto) { return [](Wide x) { return Wide(x > Wide(0)) - Wide(x < Wide(0)); }; })
      .template Case<NotOp>([](NotOp op) -> Unary<Wide> {
        if (isBoolElement(op.getType().getElementType()))
          return [](Wide x) { return Wide(x == 0); };
        return [](Wide x) { return Wide(~x); };
      })
      .Default(nullptr);
}

template <typename Wide>
Tensor mapUnary(Unary<Wide> function, const Tensor &input, RankedTensorType type) {
  std::vector<Wide> elements = widen<Wide>(input);
  for (Wide &element : elements)
    element = function(element);
  return narrow(type, elements);
}

// ---- Two operands
// --------------------------------------------------------------------------------

double maximum(double a, double b) {
  if (std::isnan(a) || std::isnan(b))
    return NAN;
  if (a == b)
    return std::signbit(a) ? b : a;
  return a > b ? a : b;
}

double minimum(double a, double b) { return -maximum(-a, -b); }

double floorMod(double a, double b) {
  double remainder = std::fmod(a, b);
  if (remainder == 0)
    return std::copysign(0.0, b);
  return (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

Binary<double> floatBinary(Operation *op) {
  return llvm::TypeSwitch<Operation *, Binary<double>>(op)
      .Case<AddOp>([](auto) { return [](double a, double b) { return a + b; }; })
      .Case<SubOp>([](auto) { return [](double a, double b) { return a - b; }; })
      .Case<MulOp>([](auto) { return [](double a, double b) { return a * b; }; })
      .Case<DivOp>([](auto) { return [](double a, double b) { return a / b; }; })
      .Case<PowOp>([](auto) { return [](double a, double b) { return std::pow(a, b); }; })
      .Case<ModOp>([](ModOp op) -> Binary<double> {
        if (op.getFmod())
          return [](double a, double b) { return std::fmod(a, b); };
        return floorMod;
      })
      .Case<MaximumOp>([](auto) { return maximum; })
      .Case<MinimumOp>([](auto) { return minimum; })
      .Default(nullptr);
}

/// Divides toward zero; what the dialect leaves unspecified gives 0 or wraps, and never traps.
template <typename Wide> Wide divide(Wide a, Wide b) {
  if (b == 0)
    return 0;
  return b == Wide(-1) && std::is_signed_v<Wide> ? Wide(-uint64_t(a)) : a / b;
}

template <typename Wide> Wide truncMod(Wide a, Wide b) {
  return Wide(uint64_t(a) - uint64_t(divide(a, b)) * uint64_t(b));
}

template <typename Wide> Wide floorMod(Wide a, Wide b) {
  Wide remainder = truncMod(a, b);
  return remainder != 0 && (remainder < Wide(0)) != (b < Wide(0)) ? remainder + b : remainder;
}

template <typename Wide> Wide power(Wide base, Wide exponent) {
  if (std::is_signed_v<Wide> && exponent < Wide(0)) {
    if (base == 1)
      return 1;
    return base == Wide(-1) ? (exponent % 2 ? base : Wide(1)) : Wide(0);
  }
  uint64_t result = 1, square = uint64_t(base);
  for (uint64_t rest = uint64_t(exponent); rest; rest /= 2, square *= square)
    if (rest % 2)
      result *= square;
  return Wide(result);
}

template <typename Wide> Binary<Wide> intBinary(Operation *op) {
  return llvm::TypeSwitch<Operation *, Binary<Wide>>(op)
      .template Case<AddOp>(
          [](auto) { return [](Wide a, Wide b) { return Wide(uint64_t(a) + uint64_t(b)); }; })
      .template Case<SubOp>(
          [](auto) { return [](Wide a, Wide b) { return Wide(uint64_t(a) - uint64_t(b)); }; })
      .template Case<MulOp>(
          [](auto) { return [](Wide a, Wide b) { return Wide(uint64_t(a) * uint64_t(b)); }; })
      .template Case<DivOp>([](auto) { return divide<Wide>; })
      .template Case<PowOp>([](auto) { return power<Wide>; })
      .template Case<ModOp>(
          [](ModOp op) -> Binary<Wide> { return op.getFmod() ? truncMod<Wide> : floorMod<Wide>; })
      .template Case<MaximumOp>([](auto) { return [](Wide a, Wide b) { return std::max(a, b); }; })
      .template Case<MinimumOp>([](auto) { return [](Wide a, Wide b) { return std::min(a, b); }; })
      .template Case<AndOp>([](auto) { return [](Wide a, Wide b) { return Wide(a & b); }; })
      .template Case<OrOp>([](auto) { return [](Wide a, Wide b) { return Wide(a | b); }; })
      .template Case<XorOp>([](auto) { return [](Wide a, Wide b) { return Wide(a ^ b); }; })
      .Default(nullptr);
}

/// Broadcasts both operands to `shape` and calls `function` on each pair of elements.
template <typename Result, typename Wide, typename Function>
std::optional<std::vector<Result>> mapPairs(Function function, ArrayRef<Tensor> operands,
                                            ArrayRef<int64_t> shape) {
  auto left = broadcastOffsets(operands[0].shape(), shape);
  auto right = broadcastOffsets(operands[1].shape(), shape);
  if (!left || !right)
    return std::nullopt;
  std::vector<Wide> a = widen<Wide>(operands[0]), b = widen<Wide>(operands[1]);
  std::vector<Result> result(left->size());
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = function(a[(*left)[i]], b[(*right)[i]]);
  return result;
}

template <typename Wide> bool compare(ComparePredicate predicate, Wide a, Wide b) {
  switch (predicate) {
  case ComparePredicate::eq:
    return a == b;
  case ComparePredicate::ne:
    return a != b;
  case ComparePredicate::lt:
    return a < b;
  case ComparePredicate::le:
    return a <= b;
  case ComparePredicate::gt:
    return a > b;
  case ComparePredicate::ge:
    return a >= b;
  }
  return false;
}

MaybeTensor evaluateCompare(CompareOp op, ArrayRef<Tensor> operands, RankedTensorType type) {
  return withWideType(operands[0].elementType(), [&](auto wide) -> MaybeTensor {
    using Wide = decltype(wide);
    auto ask = [&](Wide a, Wide b) { return uint64_t(compare(op.getPredicate(), a, b)); };
    auto elements = mapPairs<uint64_t, Wide>(ask, operands, type.getShape());
    return elements ? MaybeTensor(narrow(type, *elements)) : std::nullopt;
  });
}

// ---- Select, tests and conversions
// ---------------------------------------------------------------

MaybeTensor evaluateSelect(ArrayRef<Tensor> operands, RankedTensorType type) {
  auto condition = broadcastOffsets(operands[0].shape(), type.getShape());
  auto onTrue = broadcastOffsets(operands[1].shape(), type.getShape());
  auto onFalse = broadcastOffsets(operands[2].shape(), type.getShape());
  if (!condition || !onTrue || !onFalse)
    return std::nullopt;
  Tensor result = makeTensor(type);
  int64_t bytes = elementByteSize(type.getElementType());
  for (int64_t i = 0, e = result.size(); i < e; ++i) {
    bool taken = operands[0].data[(*condition)[i]];
    const Tensor &source = operands[taken ? 1 : 2];
    int64_t offset = taken ? (*onTrue)[i] : (*onFalse)[i];
    std::memcpy(result.data.data() + i * bytes, source.data.data() + offset * bytes, bytes);
  }
  return result;
}

template <typename Predicate>
Tensor test(Predicate predicate, const Tensor &input, RankedTensorType type) {
  std::vector<uint64_t> answers;
  for (double element : widen<double>(input))
    answers.push_back(predicate(element));
  return narrow(type, answers);
}

/// Converts a float to an integer toward zero; a value that does not fit gives the least one.
template <typename To> To truncate(double value) {
  constexpr double limit = std::is_signed_v<To> ? 9223372036854775808.0 : 18446744073709551616.0;
  if (value > -9223372036854775809.0 && value < 0)
    return static_cast<To>(static_cast<int64_t>(value));
  return value >= 0 && value < limit ? static_cast<To>(value) : std::numeric_limits<To>::min();
}

template <typename From, typename To> To convert(From value, Type to) {
  if constexpr (std::is_same_v<From, double> && !std::is_same_v<To, double>)
    return truncate<To>(value);
  // Straight to f32, since a large integer would be rounded twice on the way through f64.
  if constexpr (!std::is_same_v<From, double> && std::is_same_v<To, double>)
    if (to.isF32())
      return static_cast<float>(value);
  return static_cast<To>(value);
}

Tensor evaluateCast(const Tensor &input, RankedTensorType type) {
  Type to = type.getElementType();
  return withWideType(input.elementType(), [&](auto fromValue) {
    using From = decltype(fromValue);
    std::vector<From> elements = widen<From>(input);
    if (isBoolElement(to)) {
      std::vector<uint64_t> bits;
      for (From element : elements)
        bits.push_back(element != From(0));
      return narrow(type, bits);
    }
    return withWideType(to, [&](auto toValue) {
      using To = decltype(toValue);
      std::vector<To> converted;
      converted.reserve(elements.size());
      for (From element : elements)
        converted.push_back(convert<From, To>(element, to));
      return narrow(type, converted);
    });
  });
}

template <typename Wide>
MaybeTensor evaluateArithmetic(Operation *op, ArrayRef<Tensor> operands, RankedTensorType type,
                               Unary<Wide> unary, Binary<Wide> binary) {
  if (unary)
    return mapUnary<Wide>(unary, operands[0], type);
  if (!binary)
    return std::nullopt;
  auto elements = mapPairs<Wide, Wide>(binary, operands, type.getShape());
  return elements ? MaybeTensor(narrow(type, *elements)) : std::nullopt;
}

} // namespace

MaybeTensor evaluateElementwise(Operation *op, ArrayRef<Tensor> operands, RankedTensorType type,
                                std::string &error) {
  if (operands.empty() || operands.size() > 3)
    return std::nullopt;
  if (isa<CastOp>(op))
    return evaluateCast(operands[0], type);
  if (isa<IsNanOp>(op))
    return test([](double x) { return std::isnan(x); }, operands[0], type);
  if (isa<IsInfOp>(op))
    return test([](double x) { return std::isinf(x); }, operands[0], type);
  if (auto compareOp = dyn_cast<CompareOp>(op))
    return evaluateCompare(compareOp, operands, type);
  if (isa<SelectOp>(op))
    return evaluateSelect(operands, type);
  return withWideType(type.getElementType(), [&](auto wide) {
    using Wide = decltype(wide);
    if constexpr (std::is_same_v<Wide, double>)
      return evaluateArithmetic<double>(op, operands, type, floatUnary(op), floatBinary(op));
    else
      return evaluateArithmetic<Wide>(op, operands, type, intUnary<Wide>(op), intBinary<Wide>(op));
  });
}

} // namespace azulejo::reference
