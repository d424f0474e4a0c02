// This file registers the plan dialect and holds the parsers that ODS cannot write.
#include "dialects/Plan/PlanOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace azulejo;
using namespace azulejo::plan;

#include "dialects/Plan/PlanEnums.cpp.inc"
#include "dialects/Plan/PlanOpsDialect.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Plan/PlanOpsAttrs.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/Plan/PlanOpsTypes.cpp.inc"

void PlanDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Plan/PlanOpsAttrs.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/Plan/PlanOpsTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/Plan/PlanOps.cpp.inc"
      >();
}

void ProgramOp::build(OpBuilder &builder, OperationState &state, StringRef name) {
  state.addAttribute(getSymNameAttrName(state.name), builder.getStringAttr(name));
  state.addRegion()->emplaceBlock();
}

// The position of an input or output is written as a bare number.
static ParseResult parseNumber(OpAsmParser &parser, IntegerAttr &index) {
  int32_t value;
  if (parser.parseInteger(value))
    return failure();
  index = parser.getBuilder().getI32IntegerAttr(value);
  return success();
}

static void printNumber(OpAsmPrinter &printer, Operation *, IntegerAttr index) {
  printer << index.getInt();
}

// The buffers of a launch: `(%x read, %y write)`.
static ParseResult parseArguments(OpAsmParser &parser,
                                  SmallVectorImpl<OpAsmParser::UnresolvedOperand> &buffers,
                                  ArrayAttr &access) {
  SmallVector<Attribute> accesses;
  auto parseOne = [&]() -> ParseResult {
    StringRef keyword;
    SMLoc location;
    if (parser.parseOperand(buffers.emplace_back()) || parser.getCurrentLocation(&location) ||
        parser.parseKeyword(&keyword))
      return failure();
    std::optional<Access> value = symbolizeAccess(keyword);
    if (!value)
      return parser.emitError(location, "expected read, write or readwrite, got: ") << keyword;
    accesses.push_back(AccessAttr::get(parser.getContext(), *value));
    return success();
  };
  if (parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren, parseOne))
    return failure();
  access = parser.getBuilder().getArrayAttr(accesses);
  return success();
}

static void printArguments(OpAsmPrinter &printer, Operation *, OperandRange buffers,
                           ArrayAttr access) {
  printer << '(';
  llvm::interleaveComma(llvm::zip_first(buffers, access), printer, [&](auto pair) {
    printer << std::get<0>(pair) << ' '
            << stringifyAccess(cast<AccessAttr>(std::get<1>(pair)).getValue());
  });
  printer << ')';
}

#define GET_OP_CLASSES
#include "dialects/Plan/PlanOps.cpp.inc"
