// This file registers the graph dialect and reads, writes and checks its attributes.

#include "dialects/Graph/GraphOps.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace azulejo::graph;

#include "dialects/Graph/GraphOpsDialect.cpp.inc"

#include "dialects/Graph/GraphOpsEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Graph/GraphOpsAttrs.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/Graph/GraphOps.cpp.inc"

void GraphDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Graph/GraphOpsAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/Graph/GraphOps.cpp.inc"
      >();
}

// ---- Symbols
// -------------------------------------------------------------------------------------

AffineExpr GraphDialect::getSymbol(StringRef name) {
  std::lock_guard<std::mutex> lock(symbolMutex);
  auto [it, inserted] = symbolPositions.try_emplace(name, symbolNames.size());
  if (inserted)
    symbolNames.push_back(name.str());
  return getAffineSymbolExpr(it->second, getContext());
}

StringRef GraphDialect::symbolName(unsigned position) const {
  std::lock_guard<std::mutex> lock(symbolMutex);
  assert(position < symbolNames.size() && "not a symbol of the graph dialect");
  // A deque never moves its elements, so the name outlives the lock.
  return symbolNames[position];
}

Operation *GraphDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type,
                                             Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (elements && elements.getType() == type)
    return ConstantOp::create(builder, loc, elements);
  return nullptr;
}

bool azulejo::graph::isElementwise(Operation *op) {
  return isa<NegOp, AbsOp, ExpOp, LogOp, SqrtOp, RsqrtOp, ReciprocalOp, SinOp, CosOp, TanhOp,
             SigmoidOp, ErfOp, FloorOp, CeilOp, RoundOp, SignOp, NotOp, IsNanOp, IsInfOp, CastOp,
             AddOp, SubOp, MulOp, DivOp, ModOp, PowOp, MaximumOp, MinimumOp, AndOp, OrOp, XorOp,
             CompareOp, SelectOp>(op);
}

// ---- Dimension expressions as text
// ---------------------------------------------------------------

namespace {

/// Reads dimension expressions by recursive descent: sums of products of factors.
class DimParser {
public:
  explicit DimParser(AsmParser &parser) : parser(parser) {}

  ParseResult parseSum(AffineExpr &sum) {
    if (++depth > maxDepth)
      return parser.emitError(parser.getCurrentLocation(),
                              "dimension expression nested deeper than 64");
    if (failed(parseProduct(sum)))
      return failure();
    while (true) {
      bool negative = false;
      if (failed(parser.parseOptionalPlus())) {
        if (failed(parser.parseOptionalMinus()))
          break;
        negative = true;
      }
      AffineExpr term;
      if (failed(parseProduct(term)))
        return failure();
      if (failed(checkMagnitudes(sum, term)))
        return failure();
      sum = negative ? sum - term : sum + term;
    }
    --depth;
    return success();
  }

private:
  static constexpr unsigned maxDepth = 64;

  ParseResult parseProduct(AffineExpr &result) {
    if (failed(parseFactor(result)))
      return failure();
    while (std::optional<AffineExprKind> kind = parseOptionalOperator()) {
      AffineExpr factor;
      if (failed(parseFactor(factor)))
        return failure();
      if (failed(checkMagnitudes(result, factor)))
        return failure();
      result = getAffineBinaryOpExpr(*kind, result, factor);
    }
    return success();
  }

  /// Refuses to combine expressions whose coefficients could overflow.
  ParseResult checkMagnitudes(AffineExpr left, AffineExpr right) {
    int64_t combined;
    if (!llvm::MulOverflow(std::max<int64_t>(magnitude(left), 1),
                           std::max<int64_t>(magnitude(right), 1), combined) &&
        combined <= maxMagnitude)
      return success();
    return parser.emitError(parser.getCurrentLocation(),
                            "coefficients of the dimension expression are larger than 2^53");
  }

  std::optional<AffineExprKind> parseOptionalOperator() {
    if (succeeded(parser.parseOptionalStar()))
      return AffineExprKind::Mul;
    if (succeeded(parser.parseOptionalKeyword("floordiv")))
      return AffineExprKind::FloorDiv;
    if (succeeded(parser.parseOptionalKeyword("ceildiv")))
      return AffineExprKind::CeilDiv;
    if (succeeded(parser.parseOptionalKeyword("mod")))
      return AffineExprKind::Mod;
    return std::nullopt;
  }

  ParseResult parseFactor(AffineExpr &factor) {
    bool negative = false;
    while (succeeded(parser.parseOptionalMinus()))
      negative = !negative;
    if (failed(parseAtom(factor)))
      return failure();
    if (negative)
      factor = -factor;
    return success();
  }

  ParseResult parseAtom(AffineExpr &atom) {
    if (succeeded(parser.parseOptionalLParen()))
      return failure(failed(parseSum(atom)) || failed(parser.parseRParen()));
    MLIRContext *context = parser.getContext();
    int64_t value;
    OptionalParseResult integer = parser.parseOptionalDecimalInteger(value);
    if (integer.has_value()) {
      atom = getAffineConstantExpr(value, context);
      return *integer;
    }
    std::string name;
    if (failed(parser.parseOptionalKeywordOrString(&name)) || name.empty())
      return parser.emitError(parser.getCurrentLocation(),
                              "expected an integer, a symbol name or a parenthesis");
    atom = context->getOrLoadDialect<GraphDialect>()->getSymbol(name);
    return success();
  }

  AsmParser &parser;
  unsigned depth = 0;
};

} // namespace

Attribute DimsAttr::parse(AsmParser &parser, Type) {
  SmallVector<AffineExpr> exprs;
  auto parseOne = [&]() -> ParseResult {
    AffineExpr expr;
    if (failed(DimParser(parser).parseSum(expr)))
      return failure();
    exprs.push_back(simplify(expr));
    return success();
  };
  if (failed(parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater, parseOne)))
    return {};
  return DimsAttr::get(parser.getContext(), exprs);
}

void DimsAttr::print(AsmPrinter &printer) const {
  printer << '<';
  llvm::interleaveComma(getExprs(), printer,
                        [&](AffineExpr expr) { printer << toString(expr, getContext()); });
  printer << '>';
}

LogicalResult DimsAttr::verifyEncoding(ArrayRef<int64_t> shape, Type elementType,
                                       function_ref<InFlightDiagnostic()> emitError) const {
  if (shape.size() != getExprs().size())
    return emitError() << "expected one dimension expression for each of the " << shape.size()
                       << " dimensions, got: " << getExprs().size();
  for (auto [i, size, expr] : llvm::enumerate(shape, getExprs())) {
    auto constant = dyn_cast<AffineConstantExpr>(expr);
    if ((constant ? constant.getValue() : ShapedType::kDynamic) != size)
      return emitError() << "dimension " << i << " is "
                         << (ShapedType::isDynamic(size) ? "?" : std::to_string(size))
                         << " but its expression is " << toString(expr, getContext());
  }
  if (!ShapedType::isDynamicShape(shape))
    return emitError() << "a static shape takes no dimension expressions";
  return success();
}

LogicalResult RangeAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t min,
                                int64_t max, int64_t divisor) {
  if (min < 0 || max < min)
    return emitError() << "expected 0 <= min <= max, got: " << min << " and " << max;
  if (divisor < 1)
    return emitError() << "expected a divisor of at least 1, got: " << divisor;
  return success();
}

// ---- Attributes of modules and functions
// ---------------------------------------------------------

LogicalResult GraphDialect::verifyOperationAttribute(Operation *op, NamedAttribute attribute) {
  if (attribute.getName() != "graph.symbols")
    return op->emitOpError() << "has an unknown attribute " << attribute.getName();
  auto symbols = dyn_cast<DictionaryAttr>(attribute.getValue());
  if (!isa<ModuleOp>(op) || !symbols)
    return op->emitOpError() << "expected graph.symbols to be a dictionary of a module";
  for (NamedAttribute symbol : symbols)
    if (!isa<RangeAttr>(symbol.getValue()))
      return op->emitOpError() << "expected a #graph.range for symbol " << symbol.getName()
                               << ", got: " << symbol.getValue();
  return success();
}

static LogicalResult verifyName(Operation *op, NamedAttribute attribute) {
  if (attribute.getName() != "graph.name")
    return op->emitOpError() << "has an unknown attribute " << attribute.getName();
  if (!isa<StringAttr>(attribute.getValue()))
    return op->emitOpError() << "expected graph.name to be a string, got: " << attribute.getValue();
  return success();
}

LogicalResult GraphDialect::verifyRegionArgAttribute(Operation *op, unsigned, unsigned,
                                                     NamedAttribute attribute) {
  return verifyName(op, attribute);
}

LogicalResult GraphDialect::verifyRegionResultAttribute(Operation *op, unsigned, unsigned,
                                                        NamedAttribute attribute) {
  return verifyName(op, attribute);
}
