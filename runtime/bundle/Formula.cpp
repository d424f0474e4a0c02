// This file reads formulas into postfix order and evaluates them with overflow checks.
#include "bundle/Formula.h"

#include "base/Checked.h"
#include "base/Status.h"
#include "base/Strings.h"
#include "bundle/Format.h"

#include <algorithm>
#include <cinttypes>

namespace azulejo::runtime {
namespace {

struct OperatorRow {
  const char *name;
  FormulaOp::Kind kind;
};
constexpr OperatorRow operatorTable[] = {
    {"+", FormulaOp::Add},   {"-", FormulaOp::Sub},   {"*", FormulaOp::Mul},
    {"/", FormulaOp::Div},   {"%", FormulaOp::Mod},   {"ceildiv", FormulaOp::CeilDiv},
    {"min", FormulaOp::Min}, {"max", FormulaOp::Max},
};

const char *operatorName(FormulaOp::Kind kind) {
  for (const OperatorRow &row : operatorTable)
    if (row.kind == kind)
      return row.name;
  return "?";
}

// Applies one operator; a status names the fault with both operands.
azj_status apply(FormulaOp::Kind kind, int64_t a, int64_t b, int64_t &out) {
  bool divides = kind == FormulaOp::Div || kind == FormulaOp::Mod || kind == FormulaOp::CeilDiv;
  if (divides && b < 1)
    return makeStatus(AZJ_CORRUPT, "divisor of '%s' must be positive, got %" PRId64,
                      operatorName(kind), b);
  bool fits = true;
  switch (kind) {
  case FormulaOp::Add:
    fits = checkedAdd(a, b, out);
    break;
  case FormulaOp::Sub:
    fits = checkedSub(a, b, out);
    break;
  case FormulaOp::Mul:
    fits = checkedMul(a, b, out);
    break;
  case FormulaOp::Div:
    out = floorDiv(a, b);
    break;
  case FormulaOp::Mod:
    out = floorMod(a, b);
    break;
  case FormulaOp::CeilDiv:
    out = ceilDiv(a, b);
    break;
  case FormulaOp::Min:
    out = std::min(a, b);
    break;
  case FormulaOp::Max:
    out = std::max(a, b);
    break;
  case FormulaOp::Constant:
  case FormulaOp::Symbol:
    return makeStatus(AZJ_INTERNAL, "formula operand used as an operator");
  }
  if (fits)
    return nullptr;
  return makeStatus(AZJ_CORRUPT, "%" PRId64 " %s %" PRId64 " exceeds 64 bits", a,
                    operatorName(kind), b);
}

} // namespace

azj_status FormulaPool::read(JsonValue json, Formula &out) {
  auto first = static_cast<uint32_t>(ops.size());
  bool hasSymbol = false;
  azj_status status = append(json, 1, first, hasSymbol);
  Formula formula = {first, static_cast<uint32_t>(ops.size()) - first};
  if (!status && !hasSymbol && formula.count > 1) {
    int64_t value = 0;
    status = evaluate(formula, {}, value);
    if (!status) {
      ops.resize(first);
      formula = constant(value);
    }
  }
  if (status) {
    ops.resize(first);
    return prefix(status, "formula");
  }
  out = formula;
  return nullptr;
}

Formula FormulaPool::constant(int64_t value) {
  ops.push_back({FormulaOp::Constant, value});
  return {static_cast<uint32_t>(ops.size() - 1), 1};
}

azj_status FormulaPool::append(JsonValue json, uint32_t depth, uint32_t first, bool &hasSymbol) {
  if (!json)
    return makeStatus(AZJ_CORRUPT, "is missing");
  if (depth > format::maxFormulaDepth)
    return makeStatus(AZJ_CORRUPT, "is deeper than %u levels", format::maxFormulaDepth);
  if (ops.size() - first >= format::maxFormulaNodes)
    return makeStatus(AZJ_CORRUPT, "has more than %u nodes", format::maxFormulaNodes);
  if (ops.size() >= UINT32_MAX - format::maxFormulaNodes)
    return makeStatus(AZJ_CORRUPT, "too many formulas");
  if (json.isInteger()) {
    ops.push_back({FormulaOp::Constant, json.integer()});
    return nullptr;
  }
  if (json.isString()) {
    auto symbol = std::find(symbols.begin(), symbols.end(), json.text());
    if (symbol == symbols.end())
      return makeStatus(AZJ_CORRUPT, "names the unknown symbol '%s'",
                        printable(json.text()).c_str());
    hasSymbol = true;
    ops.push_back({FormulaOp::Symbol, symbol - symbols.begin()});
    return nullptr;
  }
  if (!json.isArray() || json.size() != 3)
    return makeStatus(AZJ_CORRUPT, "must be an integer, a symbol or [op, a, b], got %s%s",
                      jsonKindName(json.kind()), json.isArray() ? " of another length" : "");
  auto element = json.begin();
  JsonValue name = *element, a = *++element, b = *++element;
  if (!name.isString())
    return makeStatus(AZJ_CORRUPT, "operator must be a string, got %s", jsonKindName(name.kind()));
  for (const OperatorRow &row : operatorTable) {
    if (name.text() != row.name)
      continue;
    AZJ_TRY(append(a, depth + 1, first, hasSymbol));
    AZJ_TRY(append(b, depth + 1, first, hasSymbol));
    ops.push_back({row.kind, 0});
    return nullptr;
  }
  return makeStatus(AZJ_CORRUPT, "unknown operator '%s'", printable(name.text()).c_str());
}

azj_status FormulaPool::evaluate(Formula formula, const std::vector<int64_t> &values,
                                 int64_t &out) const {
  // A tree of depth d needs at most d + 1 values at once.
  int64_t stack[format::maxFormulaDepth + 2];
  size_t top = 0;
  for (uint32_t i = 0; i < formula.count; ++i) {
    const FormulaOp &op = ops[formula.first + i];
    if (op.kind == FormulaOp::Constant) {
      stack[top++] = op.value;
    } else if (op.kind == FormulaOp::Symbol) {
      stack[top++] = values[static_cast<size_t>(op.value)];
    } else {
      int64_t result = 0;
      AZJ_TRY(apply(op.kind, stack[top - 2], stack[top - 1], result));
      stack[--top - 1] = result;
    }
  }
  if (top != 1)
    return makeStatus(AZJ_INTERNAL, "formula left %zu values", top);
  out = stack[0];
  return nullptr;
}

bool FormulaPool::isConstant(Formula formula) const {
  return formula.count == 1 && ops[formula.first].kind == FormulaOp::Constant;
}

int64_t FormulaPool::bareSymbol(Formula formula) const {
  bool isBare = formula.count == 1 && ops[formula.first].kind == FormulaOp::Symbol;
  return isBare ? ops[formula.first].value : -1;
}

std::string FormulaPool::text(Formula formula) const {
  std::vector<std::string> stack;
  for (uint32_t i = 0; i < formula.count; ++i) {
    const FormulaOp &op = ops[formula.first + i];
    if (op.kind == FormulaOp::Constant) {
      stack.push_back(std::to_string(op.value));
    } else if (op.kind == FormulaOp::Symbol) {
      stack.push_back(printable(symbols[static_cast<size_t>(op.value)], 64));
    } else {
      std::string b = std::move(stack.back());
      stack.pop_back();
      stack.back() = "(" + stack.back() + " " + operatorName(op.kind) + " " + b + ")";
    }
  }
  return stack.empty() ? "" : stack.back();
}

} // namespace azulejo::runtime
