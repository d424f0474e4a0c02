// This file imports the operators that combine the elements along some dimensions.
#include "lib/Import/NodeImporter.h"

using namespace mlir;

namespace azulejo {
namespace {

using graph::ComparePredicate;
using graph::ReduceKind;

/// What a reduction runs over.
struct ReduceDomain {
  Ints axes;
  bool keepDims = true;
  bool isIdentity = false; // no axes, and noop_with_empty_axes
};

/// ReduceSum takes its axes as an input since opset 13, the others since 18.
std::optional<ReduceDomain> reduceDomain(NodeImporter &n, int64_t inputSince) {
  Value x = n.input(0);
  if (!x)
    return std::nullopt;
  ReduceDomain domain;
  domain.keepDims = n.intOr("keepdims", 1) != 0;
  std::optional<Ints> given;
  bool isNoop = false;
  if (n.opset < inputSince) {
    given = n.ints("axes");
  } else {
    isNoop = n.intOr("noop_with_empty_axes", 0) != 0;
    if (n.hasInput(1) && !(given = n.constantInput(1)))
      return std::nullopt;
  }
  if (!given || given->empty()) {
    domain.isIdentity = isNoop;
    given = Ints();
    for (int64_t i = 0; i < n.rankOf(x) && !isNoop; ++i)
      given->push_back(i);
  }
  std::optional<Ints> axes = n.axes(*given, n.rankOf(x));
  if (!axes)
    return std::nullopt;
  domain.axes = *axes;
  return domain;
}

template <ReduceKind kind, int64_t inputSince> LogicalResult importReduce(NodeImporter &n) {
  std::optional<ReduceDomain> domain = reduceDomain(n, inputSince);
  if (!domain)
    return failure();
  Value x = n.input(0);
  return n.result(domain->isIdentity ? x : n.reduce(kind, x, domain->axes, domain->keepDims));
}

using Elementwise = Value (*)(NodeImporter &, Value);

Value same(NodeImporter &n, Value x) { return x; }
Value square(NodeImporter &n, Value x) { return n.mul(x, x); }
Value absolute(NodeImporter &n, Value x) { return n.unary<graph::AbsOp>(x); }
Value root(NodeImporter &n, Value x) {
  if (!x || isa<FloatType>(n.elementOf(x)))
    return n.unary<graph::SqrtOp>(x);
  Type f64 = Float64Type::get(x.getContext());
  return n.cast(n.unary<graph::SqrtOp>(n.cast(x, f64)), n.elementOf(x));
}
Value logarithm(NodeImporter &n, Value x) { return n.unary<graph::LogOp>(x); }

/// after(sum of before(x))
template <Elementwise before, Elementwise after> LogicalResult importSumOf(NodeImporter &n) {
  std::optional<ReduceDomain> domain = reduceDomain(n, 18);
  if (!domain)
    return failure();
  Value x = before(n, n.input(0));
  if (!domain->isIdentity)
    x = n.reduce(ReduceKind::sum, x, domain->axes, domain->keepDims);
  return n.result(after(n, x));
}

/// max + ln(sum of e^(x - max)), where an infinite maximum is taken out as 0.
LogicalResult importLogSumExp(NodeImporter &n) {
  std::optional<ReduceDomain> domain = reduceDomain(n, 18);
  if (!domain)
    return failure();
  Value x = n.input(0);
  if (domain->isIdentity)
    return n.result(x);
  Value max = n.reduce(ReduceKind::max, x, domain->axes, true);
  Value isInf = n.unary<graph::IsInfOp>(max);
  max = n.select(isInf, n.scalarLike(x, 0), max);
  Value sum = n.reduce(ReduceKind::sum, n.exp(n.sub(x, max)), domain->axes, true);
  Value result = n.add(n.unary<graph::LogOp>(sum), max);
  return n.result(domain->keepDims ? result
                                   : n.reduce(ReduceKind::max, result, domain->axes, false));
}

/// The place of the extreme element: the least (or greatest) index at which the element equals the
/// extreme.
LogicalResult importArg(NodeImporter &n, ReduceKind kind) {
  Value x = n.input(0);
  if (!x)
    return failure();
  std::optional<int64_t> axis = n.axis(n.intOr("axis", 0), n.rankOf(x));
  bool keepDims = n.intOr("keepdims", 1) != 0, last = n.intOr("select_last_index", 0) != 0;
  std::optional<int64_t> size = axis ? n.staticDim(x, *axis) : std::nullopt;
  if (!size)
    return failure();
  Type i64 = IntegerType::get(x.getContext(), 64);
  Value hit = n.compare(ComparePredicate::eq, x, n.reduce(kind, x, *axis, true));
  Value index = n.select(hit, n.iota(i64, *size, *axis, n.rankOf(x)),
                         n.intScalar(i64, last ? -1 : *size - 1));
  return n.result(n.reduce(last ? ReduceKind::max : ReduceKind::min, index, *axis, keepDims));
}
LogicalResult importArgMax(NodeImporter &n) { return importArg(n, ReduceKind::max); }
LogicalResult importArgMin(NodeImporter &n) { return importArg(n, ReduceKind::min); }

/// 1 at the first greatest element, else 0.
LogicalResult importHardmax(NodeImporter &n) {
  Value x = n.input(0);
  if (!x)
    return failure();
  if (n.opset < 13)
    return n.refuse("Hardmax before opset 13", "convert the model to opset 13");
  std::optional<int64_t> axis = n.axis(n.intOr("axis", -1), n.rankOf(x));
  std::optional<int64_t> size = axis ? n.staticDim(x, *axis) : std::nullopt;
  if (!size)
    return failure();
  Type i64 = IntegerType::get(x.getContext(), 64);
  Value places = n.iota(i64, *size, *axis, n.rankOf(x));
  Value hit = n.compare(ComparePredicate::eq, x, n.reduce(ReduceKind::max, x, *axis, true));
  Value first =
      n.reduce(ReduceKind::min, n.select(hit, places, n.intScalar(i64, *size)), *axis, true);
  return n.result(n.cast(n.compare(ComparePredicate::eq, places, first), n.elementOf(x)));
}

/// A product with a triangular matrix of ones: the sum of the elements up to each place.
LogicalResult importCumSum(NodeImporter &n) {
  Value x = n.input(0);
  std::optional<Ints> given = n.constantInput(1);
  bool exclusive = n.intOr("exclusive", 0) != 0, reverse = n.intOr("reverse", 0) != 0;
  if (!x || !given)
    return failure();
  if (given->size() != 1)
    return n.invalid("import.shape", "expected one axis, got " + Twine(given->size()));
  int64_t rank = n.rankOf(x);
  std::optional<int64_t> axis = n.axis(given->front(), rank);
  std::optional<int64_t> size = axis ? n.staticDim(x, *axis) : std::nullopt;
  if (!size)
    return failure();
  constexpr int64_t maxSize = 4096;
  if (*size > maxSize)
    return n.refuse("CumSum along " + Twine(*size) + " elements, more than " + Twine(maxSize));
  Type i64 = IntegerType::get(x.getContext(), 64);
  // take[from, to]: whether element `from` is part of the sum at `to`.
  Value from = n.iota(i64, *size, 0, 2), to = n.iota(i64, *size, 1, 2);
  ComparePredicate predicate = reverse ? (exclusive ? ComparePredicate::gt : ComparePredicate::ge)
                                       : (exclusive ? ComparePredicate::lt : ComparePredicate::le);
  Value take = n.cast(n.compare(predicate, from, to), n.elementOf(x));
  Ints perm;
  for (int64_t i = 0; i < rank; ++i)
    perm.push_back(i);
  std::swap(perm[*axis], perm[rank - 1]);
  Value moved = n.transpose(x, perm);
  Dims dims = moved ? n.dimsOf(moved) : Dims();
  if (rank == 1)
    moved = n.reshape(moved, {n.expr(1), dims[0]});
  return n.result(n.transpose(n.reshape(n.matmul(moved, take), dims), perm));
}

} // namespace

void registerReduceImporters(OperatorRegistry &r) {
  r.add("ReduceSum", 1, importReduce<ReduceKind::sum, 13>);
  r.add("ReduceMean", 1, importReduce<ReduceKind::mean, 18>);
  r.add("ReduceProd", 1, importReduce<ReduceKind::prod, 18>);
  r.add("ReduceMax", 1, importReduce<ReduceKind::max, 18>);
  r.add("ReduceMin", 1, importReduce<ReduceKind::min, 18>);
  r.add("ReduceL1", 1, importSumOf<absolute, same>);
  r.add("ReduceL2", 1, importSumOf<square, root>);
  r.add("ReduceLogSum", 1, importSumOf<same, logarithm>);
  r.add("ReduceSumSquare", 1, importSumOf<square, same>);
  r.add("ReduceLogSumExp", 1, importLogSumExp);
  r.add("ArgMax", 1, importArgMax);
  r.add("ArgMin", 1, importArgMin);
  r.add("Hardmax", 1, importHardmax);
  r.add("CumSum", 11, importCumSum);
}

} // namespace azulejo
