// This file answers questions about dimension expressions and about types that carry them.

#include "dialects/Graph/GraphDims.h"

#include "dialects/Graph/GraphOps.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;

namespace azulejo::graph {

/// Combines two magnitudes, which are not negative.
static int64_t combineMagnitudes(AffineExprKind kind, int64_t left, int64_t right) {
  int64_t result;
  if (kind == AffineExprKind::FloorDiv)
    return left;
  if (kind == AffineExprKind::Mul)
    return llvm::MulOverflow(left, right, result) ? INT64_MAX : result;
  // A remainder is expanded to a - (a floordiv b) * b.
  if (kind == AffineExprKind::Mod)
    right = combineMagnitudes(AffineExprKind::Mul, left, right);
  return llvm::AddOverflow(left, right, result) ? INT64_MAX : result;
}

int64_t magnitude(AffineExpr expr) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return constant.getValue() == INT64_MIN ? INT64_MAX : std::abs(constant.getValue());
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return 1;
  return combineMagnitudes(expr.getKind(), magnitude(binary.getLHS()), magnitude(binary.getRHS()));
}

std::optional<int64_t> constantValue(AffineExpr expr) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return constant.getValue();
  if (auto constant = dyn_cast<AffineConstantExpr>(simplify(expr)))
    return constant.getValue();
  return std::nullopt;
}

AffineExpr product(ArrayRef<AffineExpr> dims, MLIRContext *context) {
  AffineExpr result = getAffineConstantExpr(1, context);
  for (AffineExpr dim : dims)
    result = result * dim;
  return simplify(result);
}

/// Returns the entry of `name` in the `graph.symbols` of the module around `scope`, or null.
static RangeAttr declaredRange(Operation *scope, StringRef name) {
  for (; scope; scope = scope->getParentOp())
    if (auto symbols = scope->getAttrOfType<DictionaryAttr>("graph.symbols"))
      return dyn_cast_or_null<RangeAttr>(symbols.get(name));
  return {};
}

static AffineExpr replaceSymbols(AffineExpr expr,
                                 function_ref<AffineExpr(AffineExpr)> replacement) {
  if (isa<AffineSymbolExpr>(expr))
    return replacement(expr);
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return expr;
  return getAffineBinaryOpExpr(expr.getKind(), replaceSymbols(binary.getLHS(), replacement),
                               replaceSymbols(binary.getRHS(), replacement));
}

bool provablyEqual(AffineExpr a, AffineExpr b, Operation *scope) {
  if (a == b)
    return true;
  AffineExpr difference = simplify(a - b);
  if (scope) {
    auto *dialect = scope->getContext()->getLoadedDialect<GraphDialect>();
    // A symbol that is a multiple of d counts as d times itself, which lets quotients by d cancel.
    difference = simplify(replaceSymbols(difference, [&](AffineExpr symbol) {
      RangeAttr range =
          declaredRange(scope, dialect->symbolName(cast<AffineSymbolExpr>(symbol).getPosition()));
      return range ? symbol * range.getDivisor() : symbol;
    }));
  }
  return constantValue(difference) == 0;
}

// ---- Text
// ----------------------------------------------------------------------------------------

/// Prints the name of a symbol, in quotes where it is no identifier.
static void printName(StringRef name, raw_ostream &os) {
  auto isWord = [](char c) { return llvm::isAlnum(c) || c == '_' || c == '$' || c == '.'; };
  if (!name.empty() && (llvm::isAlpha(name[0]) || name[0] == '_') && llvm::all_of(name, isWord)) {
    os << name;
    return;
  }
  os << '"';
  llvm::printEscapedString(name, os);
  os << '"';
}

static void print(AffineExpr expr, GraphDialect &dialect, raw_ostream &os, bool tight);

static void printBinary(AffineBinaryOpExpr expr, GraphDialect &dialect, raw_ostream &os) {
  auto constant = dyn_cast<AffineConstantExpr>(expr.getRHS());
  bool isAdd = expr.getKind() == AffineExprKind::Add;
  bool isProductOfProduct =
      expr.getKind() == AffineExprKind::Mul && expr.getLHS().getKind() == AffineExprKind::Mul;
  print(expr.getLHS(), dialect, os, /*tight=*/!isAdd && !isProductOfProduct);
  if (isAdd && constant && constant.getValue() < 0 && constant.getValue() != INT64_MIN) {
    os << " - " << -constant.getValue();
    return;
  }
  if (auto scaled = dyn_cast<AffineBinaryOpExpr>(expr.getRHS());
      isAdd && scaled && scaled.getKind() == AffineExprKind::Mul) {
    if (scaled.getRHS() == getAffineConstantExpr(-1, expr.getContext())) {
      os << " - ";
      print(scaled.getLHS(), dialect, os, /*tight=*/true);
      return;
    }
  }
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    os << " + ";
    break;
  case AffineExprKind::Mul:
    os << " * ";
    break;
  case AffineExprKind::FloorDiv:
    os << " floordiv ";
    break;
  case AffineExprKind::CeilDiv:
    os << " ceildiv ";
    break;
  default:
    os << " mod ";
    break;
  }
  print(expr.getRHS(), dialect, os, /*tight=*/!isAdd);
}

/// Prints `expr`, in parentheses if it is not a single factor and `tight` asks for one.
static void print(AffineExpr expr, GraphDialect &dialect, raw_ostream &os, bool tight) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
    os << constant.getValue();
    return;
  }
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr)) {
    printName(dialect.symbolName(symbol.getPosition()), os);
    return;
  }
  if (tight)
    os << '(';
  printBinary(cast<AffineBinaryOpExpr>(expr), dialect, os);
  if (tight)
    os << ')';
}

std::string toString(AffineExpr expr, MLIRContext *context) {
  std::string text;
  llvm::raw_string_ostream os(text);
  print(expr, *context->getOrLoadDialect<GraphDialect>(), os, /*tight=*/false);
  return text;
}

// ---- Values
// --------------------------------------------------------------------------------------

static std::optional<int64_t> apply(AffineExprKind kind, int64_t left, int64_t right) {
  int64_t result;
  if (kind == AffineExprKind::Add)
    return llvm::AddOverflow(left, right, result) ? std::nullopt : std::optional(result);
  if (kind == AffineExprKind::Mul)
    return llvm::MulOverflow(left, right, result) ? std::nullopt : std::optional(result);
  if (right <= 0)
    return std::nullopt;
  int64_t floor = llvm::divideFloorSigned(left, right);
  if (kind == AffineExprKind::FloorDiv)
    return floor;
  if (kind == AffineExprKind::CeilDiv)
    return llvm::divideCeilSigned(left, right);
  return left - floor * right;
}

std::optional<int64_t> evaluate(AffineExpr expr, MLIRContext *context,
                                function_ref<std::optional<int64_t>(StringRef)> valueOf) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return constant.getValue();
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return valueOf(context->getOrLoadDialect<GraphDialect>()->symbolName(symbol.getPosition()));
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return std::nullopt;
  std::optional<int64_t> left = evaluate(binary.getLHS(), context, valueOf);
  std::optional<int64_t> right = evaluate(binary.getRHS(), context, valueOf);
  if (!left || !right)
    return std::nullopt;
  return apply(expr.getKind(), *left, *right);
}

// ---- Ranges
// --------------------------------------------------------------------------------------

static int64_t saturate(__int128 value) {
  if (value > INT64_MAX)
    return INT64_MAX;
  return value < INT64_MIN ? INT64_MIN : static_cast<int64_t>(value);
}

/// Sets min and max to those of `corner(x, y)` over the ends of two intervals.
static SymbolRange overCorners(const SymbolRange &a, const SymbolRange &b, int64_t divisor,
                               function_ref<__int128(int64_t, int64_t)> corner) {
  SymbolRange result{INT64_MAX, INT64_MIN, divisor};
  for (int64_t x : {a.min, a.max})
    for (int64_t y : {b.min, b.max}) {
      int64_t value = saturate(corner(x, y));
      result.min = std::min(result.min, value);
      result.max = std::max(result.max, value);
    }
  return result;
}

static SymbolRange rangeOfQuotient(AffineExprKind kind, const SymbolRange &a, SymbolRange b) {
  b.min = std::max<int64_t>(b.min, 1);
  b.max = std::max(b.max, b.min);
  bool exact = b.min == b.max && a.divisor % b.min == 0;
  if (kind == AffineExprKind::Mod)
    return exact ? SymbolRange{0, 0, 0} : SymbolRange{0, b.max - 1, 1};
  return overCorners(a, b, exact ? a.divisor / b.min : 1, [&](int64_t x, int64_t y) {
    return kind == AffineExprKind::FloorDiv ? llvm::divideFloorSigned(x, y)
                                            : llvm::divideCeilSigned(x, y);
  });
}

SymbolRange rangeOf(AffineExpr expr, Operation *scope) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
    int64_t value = constant.getValue();
    return {value, value, value == INT64_MIN ? INT64_MAX : std::abs(value)};
  }
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr)) {
    auto *dialect = expr.getContext()->getLoadedDialect<GraphDialect>();
    RangeAttr range = declaredRange(scope, dialect->symbolName(symbol.getPosition()));
    return range ? SymbolRange{range.getMin(), range.getMax(), range.getDivisor()} : SymbolRange();
  }
  auto binary = cast<AffineBinaryOpExpr>(expr);
  SymbolRange a = rangeOf(binary.getLHS(), scope), b = rangeOf(binary.getRHS(), scope);
  if (expr.getKind() == AffineExprKind::Add)
    return {saturate(static_cast<__int128>(a.min) + b.min),
            saturate(static_cast<__int128>(a.max) + b.max), std::gcd(a.divisor, b.divisor)};
  if (expr.getKind() != AffineExprKind::Mul)
    return rangeOfQuotient(expr.getKind(), a, b);
  int64_t divisor;
  if (llvm::MulOverflow(a.divisor, b.divisor, divisor))
    divisor = a.divisor;
  return overCorners(a, b, divisor,
                     [](int64_t x, int64_t y) { return static_cast<__int128>(x) * y; });
}

// ---- Types
// ---------------------------------------------------------------------------------------

SmallVector<AffineExpr> getDims(RankedTensorType type) {
  if (auto dims = dyn_cast_or_null<DimsAttr>(type.getEncoding()))
    return llvm::to_vector(dims.getExprs());
  return llvm::map_to_vector(type.getShape(), [&](int64_t size) -> AffineExpr {
    return getAffineConstantExpr(size, type.getContext());
  });
}

RankedTensorType withDims(Type elementType, ArrayRef<AffineExpr> dims) {
  SmallVector<AffineExpr> simplified = llvm::map_to_vector(dims, simplify);
  SmallVector<int64_t> shape;
  bool isStatic = true;
  for (AffineExpr dim : simplified) {
    auto constant = dyn_cast<AffineConstantExpr>(dim);
    isStatic &= static_cast<bool>(constant);
    shape.push_back(constant ? constant.getValue() : ShapedType::kDynamic);
  }
  Attribute encoding;
  if (!isStatic)
    encoding = DimsAttr::get(elementType.getContext(), simplified);
  return RankedTensorType::get(shape, elementType, encoding);
}

AffineExpr broadcastDim(AffineExpr a, AffineExpr b, Operation *scope) {
  if (constantValue(a) == 1)
    return b;
  if (constantValue(b) == 1 || provablyEqual(a, b, scope))
    return a;
  return {};
}

std::optional<SmallVector<AffineExpr>> broadcastDims(ArrayRef<SmallVector<AffineExpr>> shapes,
                                                     std::pair<AffineExpr, AffineExpr> *conflict,
                                                     Operation *scope) {
  SmallVector<AffineExpr> result;
  for (const SmallVector<AffineExpr> &shape : shapes) {
    if (shape.size() > result.size())
      result.insert(result.begin(), shape.size() - result.size(), AffineExpr());
    size_t offset = result.size() - shape.size();
    for (auto [i, dim] : llvm::enumerate(shape)) {
      AffineExpr &aligned = result[offset + i];
      AffineExpr merged = aligned ? broadcastDim(aligned, dim, scope) : dim;
      if (!merged) {
        if (conflict)
          *conflict = {aligned, dim};
        return std::nullopt;
      }
      aligned = merged;
    }
  }
  return result;
}

bool isGraphTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !isGraphElement(tensor.getElementType()))
    return false;
  bool isStatic = tensor.hasStaticShape();
  if (isStatic ? static_cast<bool>(tensor.getEncoding())
               : !isa_and_nonnull<DimsAttr>(tensor.getEncoding()))
    return false;
  int64_t elements = 1;
  for (AffineExpr dim : getDims(tensor))
    elements =
        combineMagnitudes(AffineExprKind::Mul, elements, std::max<int64_t>(magnitude(dim), 1));
  return elements <= maxMagnitude;
}

bool isFloatElement(Type type) {
  return type.isF16() || type.isBF16() || type.isF32() || type.isF64();
}

bool isBoolElement(Type type) { return type.isSignlessInteger(1); }

bool isIntElement(Type type) {
  auto integer = dyn_cast<IntegerType>(type);
  return integer && !integer.isSigned() && llvm::is_contained({8, 16, 32, 64}, integer.getWidth());
}

bool isNumericElement(Type type) { return isFloatElement(type) || isIntElement(type); }

bool isBitsElement(Type type) { return isBoolElement(type) || isIntElement(type); }

bool isGraphElement(Type type) { return isNumericElement(type) || isBoolElement(type); }

} // namespace azulejo::graph
