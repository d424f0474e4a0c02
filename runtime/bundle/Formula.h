// This file declares formulas of symbolic dimensions: how they are read, checked and evaluated.
#ifndef AZULEJO_RUNTIME_BUNDLE_FORMULA_H
#define AZULEJO_RUNTIME_BUNDLE_FORMULA_H

#include "azulejo/runtime/status.h"
#include "base/Json.h"

#include <cstdint>
#include <string>
#include <vector>

namespace azulejo::runtime {

// One operation of a formula in postfix order.
struct FormulaOp {
  enum Kind : uint8_t { Constant, Symbol, Add, Sub, Mul, Div, Mod, CeilDiv, Min, Max };
  Kind kind;
  int64_t value; // of a Constant; index of a Symbol; unused else
};

// A formula: `count` operations at `first` of a FormulaPool.
struct Formula {
  uint32_t first = 0;
  uint32_t count = 0;
};

// Owns the operations of many formulas and the names of their symbols.
class FormulaPool {
public:
  std::vector<std::string> symbols;

  // Reads a formula. One without symbols is evaluated at once and stored as its value, so its
  // faults are found here. Failures are AZJ_CORRUPT.
  [[nodiscard]] azj_status read(JsonValue json, Formula &out);
  Formula constant(int64_t value);

  // Evaluates with `values[i]` for symbol i. Overflow and a divisor below 1 are errors.
  [[nodiscard]] azj_status evaluate(Formula formula, const std::vector<int64_t> &values,
                                    int64_t &out) const;

  bool isConstant(Formula formula) const;
  int64_t constantValue(Formula formula) const { return ops[formula.first].value; }
  // Returns the symbol's index when the formula is one bare symbol, else -1.
  int64_t bareSymbol(Formula formula) const;
  // Returns the formula as text, such as "(batch * 49)".
  std::string text(Formula formula) const;

private:
  [[nodiscard]] azj_status append(JsonValue json, uint32_t depth, uint32_t first, bool &hasSymbol);

  std::vector<FormulaOp> ops;
};

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_BUNDLE_FORMULA_H
