// This file brings dimension expressions into their normal form: a sum of products in a fixed
// order.

#include "dialects/Graph/GraphDims.h"

#include "mlir/IR/AffineExprVisitor.h"
#include "llvm/Support/MathExtras.h"

#include <map>
#include <numeric>

using namespace mlir;

namespace azulejo::graph {
namespace {

/// Orders expressions by what they are, never by where they lie in memory.
int compareExprs(AffineExpr a, AffineExpr b) {
  if (a == b)
    return 0;
  // Symbols, the last of the kinds, come first: a + (a floordiv 4) * -4 then prints as a mod 4.
  if (a.getKind() != b.getKind())
    return a.getKind() > b.getKind() ? -1 : 1;
  if (auto symbol = dyn_cast<AffineSymbolExpr>(a))
    return symbol.getPosition() < cast<AffineSymbolExpr>(b).getPosition() ? -1 : 1;
  if (auto constant = dyn_cast<AffineConstantExpr>(a))
    return constant.getValue() < cast<AffineConstantExpr>(b).getValue() ? -1 : 1;
  auto binaryA = dyn_cast<AffineBinaryOpExpr>(a);
  if (!binaryA)
    return cast<AffineDimExpr>(a).getPosition() < cast<AffineDimExpr>(b).getPosition() ? -1 : 1;
  auto binaryB = cast<AffineBinaryOpExpr>(b);
  if (int order = compareExprs(binaryA.getLHS(), binaryB.getLHS()))
    return order;
  return compareExprs(binaryA.getRHS(), binaryB.getRHS());
}

/// A product of symbols and quotients, in order; empty for the number 1.
using Monomial = SmallVector<AffineExpr, 4>;

/// Products with more factors come first, so that a polynomial's first term is its leading one.
struct MonomialOrder {
  bool operator()(const Monomial &a, const Monomial &b) const {
    if (a.size() != b.size())
      return a.size() > b.size();
    for (auto [left, right] : llvm::zip(a, b))
      if (int order = compareExprs(left, right))
        return order < 0;
    return false;
  }
};

/// A sum of monomials with coefficients other than zero.
using Polynomial = std::map<Monomial, int64_t, MonomialOrder>;

constexpr size_t maxTerms = 256;
constexpr size_t maxFactors = 32;
constexpr unsigned maxDepth = 256;

/// Adds coefficient * monomial; fails on overflow or if the sum grows too long.
bool addTerm(Polynomial &sum, const Monomial &monomial, int64_t coefficient) {
  auto [it, inserted] = sum.try_emplace(monomial, 0);
  if (llvm::AddOverflow(it->second, coefficient, it->second))
    return false;
  if (it->second == 0)
    sum.erase(it);
  return sum.size() <= maxTerms;
}

bool addScaled(Polynomial &sum, const Polynomial &other, int64_t scale) {
  for (const auto &[monomial, coefficient] : other) {
    int64_t scaled;
    if (llvm::MulOverflow(coefficient, scale, scaled) || !addTerm(sum, monomial, scaled))
      return false;
  }
  return true;
}

std::optional<Polynomial> multiply(const Polynomial &a, const Polynomial &b) {
  Polynomial result;
  for (const auto &[left, leftCoefficient] : a)
    for (const auto &[right, rightCoefficient] : b) {
      Monomial factors(left);
      factors.append(right.begin(), right.end());
      llvm::sort(factors, [](AffineExpr x, AffineExpr y) { return compareExprs(x, y) < 0; });
      int64_t coefficient;
      if (factors.size() > maxFactors ||
          llvm::MulOverflow(leftCoefficient, rightCoefficient, coefficient) ||
          !addTerm(result, factors, coefficient))
        return std::nullopt;
    }
  return result;
}

std::optional<int64_t> asConstant(const Polynomial &polynomial) {
  if (polynomial.empty())
    return 0;
  if (polynomial.size() == 1 && polynomial.begin()->first.empty())
    return polynomial.begin()->second;
  return std::nullopt;
}

/// Returns the sum as an expression: terms to be added, terms to be subtracted, the constant.
AffineExpr rebuild(const Polynomial &polynomial, MLIRContext *context) {
  AffineExpr sum = getAffineConstantExpr(0, context);
  for (bool negative : {false, true})
    for (const auto &[monomial, coefficient] : polynomial) {
      if (monomial.empty() || (coefficient < 0) != negative)
        continue;
      AffineExpr term = getAffineConstantExpr(1, context);
      for (AffineExpr factor : monomial)
        term = term * factor;
      sum = sum + term * coefficient;
    }
  auto constant = polynomial.find(Monomial());
  return constant == polynomial.end() ? sum : sum + constant->second;
}

/// Returns a / b if the monomial b divides a.
std::optional<Monomial> divideMonomial(const Monomial &a, const Monomial &b) {
  Monomial rest(a);
  for (AffineExpr factor : b) {
    auto *it = llvm::find(rest, factor);
    if (it == rest.end())
      return std::nullopt;
    rest.erase(it);
  }
  return rest;
}

/// Moves the terms of `dividend` that are multiples of the one-term `divisor` into `quotient`,
/// divided.
void extractMultiples(Polynomial &dividend, const Polynomial &divisor, Polynomial &quotient) {
  const auto &[divisorMonomial, divisorCoefficient] = *divisor.begin();
  for (auto it = dividend.begin(); it != dividend.end();) {
    std::optional<Monomial> rest = divideMonomial(it->first, divisorMonomial);
    if (!rest || it->second % divisorCoefficient != 0) {
      ++it;
      continue;
    }
    // Distinct terms have distinct quotients, and a quotient is never larger: this cannot fail.
    quotient.try_emplace(*rest, it->second / divisorCoefficient);
    it = dividend.erase(it);
  }
}

/// Returns the monomial t with dividend = t * divisor, if there is one: the case of a reshape that
/// splits a sum off a product, such as ((w + 1) * 3) floordiv (w + 1).
std::optional<Polynomial> divideExactly(const Polynomial &dividend, const Polynomial &divisor) {
  std::optional<Monomial> ratio = divideMonomial(dividend.begin()->first, divisor.begin()->first);
  int64_t divisorCoefficient = divisor.begin()->second;
  if (!ratio || divisorCoefficient <= 0 || dividend.begin()->second % divisorCoefficient != 0)
    return std::nullopt;
  Polynomial quotient;
  quotient.try_emplace(*ratio, dividend.begin()->second / divisorCoefficient);
  std::optional<Polynomial> back = multiply(quotient, divisor);
  if (!back || *back != dividend)
    return std::nullopt;
  return quotient;
}

/// Divides a positive constant divisor and all coefficients but the constant one by their common
/// factor, which is right for a quotient that rounds down: (g*x + c) floordiv (g*k) = (x + c
/// floordiv g) floordiv k.
int64_t cancelCommonFactor(Polynomial &dividend, int64_t divisor) {
  int64_t common = divisor;
  for (const auto &[monomial, coefficient] : dividend)
    if (!monomial.empty())
      common = std::gcd(common, coefficient);
  if (common <= 1)
    return divisor;
  Polynomial reduced;
  for (const auto &[monomial, coefficient] : dividend)
    if (int64_t quotient = llvm::divideFloorSigned(coefficient, common))
      reduced.try_emplace(monomial, quotient);
  dividend = std::move(reduced);
  return divisor / common;
}

/// Rewrites (x floordiv a) floordiv b as x floordiv (a * b).
std::optional<std::pair<AffineExpr, int64_t>> nestedQuotient(const Polynomial &dividend,
                                                             int64_t divisor) {
  if (dividend.size() != 1 || dividend.begin()->second != 1 || dividend.begin()->first.size() != 1)
    return std::nullopt;
  auto inner = dyn_cast<AffineBinaryOpExpr>(dividend.begin()->first.front());
  if (!inner || inner.getKind() != AffineExprKind::FloorDiv)
    return std::nullopt;
  auto innerDivisor = dyn_cast<AffineConstantExpr>(inner.getRHS());
  int64_t combined;
  if (!innerDivisor || innerDivisor.getValue() <= 0 ||
      llvm::MulOverflow(innerDivisor.getValue(), divisor, combined))
    return std::nullopt;
  return std::make_pair(inner.getLHS(), combined);
}

std::optional<Polynomial> expand(AffineExpr expr, unsigned depth);

bool addQuotient(Polynomial &sum, AffineExpr dividend, AffineExpr divisor) {
  return addTerm(sum, {dividend.floorDiv(divisor)}, 1);
}

/// Returns dividend floordiv divisor for a constant divisor; zero and negative ones are left alone.
std::optional<Polynomial> divideByConstant(Polynomial dividend, int64_t divisor,
                                           MLIRContext *context, unsigned depth) {
  Polynomial result;
  if (divisor <= 0) {
    bool fits = addTerm(result,
                        {getAffineBinaryOpExpr(AffineExprKind::FloorDiv, rebuild(dividend, context),
                                               getAffineConstantExpr(divisor, context))},
                        1);
    return fits ? std::optional<Polynomial>(result) : std::nullopt;
  }
  extractMultiples(dividend, {{Monomial(), divisor}}, result);
  divisor = cancelCommonFactor(dividend, divisor);
  // The constant keeps its remainder alone, so that (h - 1) floordiv 2 + 1 is (h + 1) floordiv 2.
  auto constant = dividend.find(Monomial());
  if (constant != dividend.end()) {
    int64_t quotient = llvm::divideFloorSigned(constant->second, divisor);
    if (!addTerm(result, {}, quotient) || !addTerm(dividend, {}, -quotient * divisor))
      return std::nullopt;
  }
  if (std::optional<int64_t> rest = asConstant(dividend))
    return addTerm(result, {}, llvm::divideFloorSigned(*rest, divisor))
               ? std::optional<Polynomial>(result)
               : std::nullopt;
  if (divisor == 1)
    return addScaled(result, dividend, 1) ? std::optional<Polynomial>(result) : std::nullopt;
  if (auto nested = nestedQuotient(dividend, divisor)) {
    AffineExpr outer = nested->first.floorDiv(nested->second);
    std::optional<Polynomial> quotient = expand(outer, depth + 1);
    if (!quotient || !addScaled(result, *quotient, 1))
      return std::nullopt;
    return result;
  }
  if (!addQuotient(result, rebuild(dividend, context), getAffineConstantExpr(divisor, context)))
    return std::nullopt;
  return result;
}

std::optional<Polynomial> divide(Polynomial dividend, const Polynomial &divisor,
                                 MLIRContext *context, unsigned depth) {
  if (std::optional<int64_t> constant = asConstant(divisor))
    return divideByConstant(std::move(dividend), *constant, context, depth);
  if (dividend.empty())
    return Polynomial();
  if (std::optional<Polynomial> exact = divideExactly(dividend, divisor))
    return exact;
  Polynomial result;
  if (divisor.size() == 1 && divisor.begin()->second > 0)
    extractMultiples(dividend, divisor, result);
  if (dividend.empty())
    return result;
  if (!addQuotient(result, rebuild(dividend, context), rebuild(divisor, context)))
    return std::nullopt;
  return result;
}

/// Returns a floordiv b, a ceildiv b or a mod b; the latter two by way of the first.
std::optional<Polynomial> expandQuotient(AffineExprKind kind, Polynomial left,
                                         const Polynomial &right, MLIRContext *context,
                                         unsigned depth) {
  if (kind == AffineExprKind::CeilDiv && (!addScaled(left, right, 1) || !addTerm(left, {}, -1)))
    return std::nullopt;
  std::optional<Polynomial> quotient = divide(left, right, context, depth);
  if (!quotient || kind != AffineExprKind::Mod)
    return quotient;
  std::optional<Polynomial> whole = multiply(*quotient, right);
  if (!whole || !addScaled(left, *whole, -1))
    return std::nullopt;
  return left;
}

std::optional<Polynomial> expand(AffineExpr expr, unsigned depth) {
  if (depth > maxDepth)
    return std::nullopt;
  Polynomial result;
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
    addTerm(result, {}, constant.getValue());
    return result;
  }
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary) {
    addTerm(result, {expr}, 1);
    return result;
  }
  std::optional<Polynomial> left = expand(binary.getLHS(), depth + 1);
  std::optional<Polynomial> right = expand(binary.getRHS(), depth + 1);
  if (!left || !right)
    return std::nullopt;
  if (expr.getKind() == AffineExprKind::Mul)
    return multiply(*left, *right);
  if (expr.getKind() != AffineExprKind::Add)
    return expandQuotient(expr.getKind(), std::move(*left), *right, expr.getContext(), depth);
  if (!addScaled(*left, *right, 1))
    return std::nullopt;
  return left;
}

} // namespace

AffineExpr simplify(AffineExpr expr) {
  if (isa<AffineConstantExpr, AffineSymbolExpr>(expr))
    return expr;
  // A quotient's own simplification may open up another one, hence the second round.
  for (int round = 0; round < 3; ++round) {
    std::optional<Polynomial> polynomial = expand(expr, 0);
    if (!polynomial)
      return expr;
    AffineExpr next = rebuild(*polynomial, expr.getContext());
    if (next == expr)
      return expr;
    expr = next;
  }
  return expr;
}

} // namespace azulejo::graph
