// This file tests bundle/Formula: reading, evaluation, overflow and limits.
#include "bundle/Formula.h"
#include "TestBundle.h"

#include <gtest/gtest.h>

using namespace azulejo::runtime;
using namespace azulejo::runtime::test;

namespace {

// Reads a formula over the symbols n and m and evaluates it for n = 7, m = -3.
std::string evaluate(const std::string &text) {
  JsonDocument document;
  std::string fault = take(document.parse(text));
  if (!fault.empty())
    return fault;
  FormulaPool pool;
  pool.symbols = {"n", "m"};
  Formula formula;
  fault = take(pool.read(document.root(), formula));
  if (!fault.empty())
    return "read " + fault;
  int64_t value = 0;
  fault = take(pool.evaluate(formula, {7, -3}, value));
  return fault.empty() ? std::to_string(value) : fault;
}

TEST(Formula, Evaluates) {
  EXPECT_EQ(evaluate("5"), "5");
  EXPECT_EQ(evaluate("\"n\""), "7");
  EXPECT_EQ(evaluate(R"(["+", "n", "m"])"), "4");
  EXPECT_EQ(evaluate(R"(["-", "m", "n"])"), "-10");
  EXPECT_EQ(evaluate(R"(["*", "n", ["*", "m", 2]])"), "-42");
  EXPECT_EQ(evaluate(R"(["/", "m", 2])"), "-2");
  EXPECT_EQ(evaluate(R"(["%", "m", 2])"), "1");
  EXPECT_EQ(evaluate(R"(["ceildiv", "n", 2])"), "4");
  EXPECT_EQ(evaluate(R"(["ceildiv", "m", 2])"), "-1");
  EXPECT_EQ(evaluate(R"(["min", "n", "m"])"), "-3");
  EXPECT_EQ(evaluate(R"(["max", "n", "m"])"), "7");
}

TEST(Formula, ReportsOverflowAndDivisors) {
  EXPECT_EQ(evaluate(R"(["*", "n", 9223372036854775807])"),
            "corrupt: 7 * 9223372036854775807 exceeds 64 bits");
  EXPECT_EQ(evaluate(R"(["/", "n", "m"])"), "corrupt: divisor of '/' must be positive, got -3");
  EXPECT_EQ(evaluate(R"(["%", "n", ["-", "n", "n"]])"),
            "corrupt: divisor of '%' must be positive, got 0");
  EXPECT_EQ(evaluate(R"(["-", -9223372036854775808, "n"])"),
            "corrupt: -9223372036854775808 - 7 exceeds 64 bits");
}

TEST(Formula, FaultsOfConstantsAreFoundWhenReading) {
  EXPECT_EQ(evaluate(R"(["/", 1, 0])"),
            "read corrupt: formula: divisor of '/' must be positive, got 0");
  EXPECT_EQ(evaluate(R"(["*", 4611686018427387904, 2])"),
            "read corrupt: formula: 4611686018427387904 * 2 exceeds 64 bits");
}

TEST(Formula, RefusesMalformedOnes) {
  EXPECT_EQ(evaluate("\"k\""), "read corrupt: formula: names the unknown symbol 'k'");
  EXPECT_EQ(evaluate("1.5"), "read corrupt: formula: must be an integer, a symbol or [op, a, b], "
                             "got a floating-point number");
  EXPECT_EQ(evaluate("[\"+\", 1]"),
            "read corrupt: formula: must be an integer, a symbol or [op, a, "
            "b], got an array of another length");
  EXPECT_EQ(evaluate("[\"^\", 1, 2]"), "read corrupt: formula: unknown operator '^'");
  EXPECT_EQ(evaluate("[1, 1, 2]"),
            "read corrupt: formula: operator must be a string, got an integer");
  EXPECT_EQ(
      evaluate("18446744073709551616"),
      "read corrupt: formula: must be an integer, a symbol or [op, a, b], got a floating-point "
      "number");
}

std::string nested(int depth) {
  std::string text = "\"n\"";
  for (int i = 1; i < depth; ++i)
    text.insert(0, "[\"+\", 1, ").append("]");
  return text;
}

std::string balanced(int depth) {
  if (depth == 0)
    return "\"n\"";
  std::string half = balanced(depth - 1);
  return "[\"+\", " + half + ", " + half + "]";
}

TEST(Formula, LimitsDepthAndNodes) {
  EXPECT_EQ(evaluate(nested(64)), std::to_string(7 + 63));
  EXPECT_EQ(evaluate(nested(65)), "read corrupt: formula: is deeper than 64 levels");
  EXPECT_EQ(evaluate(balanced(11)), std::to_string(7 * 2048));
  EXPECT_EQ(evaluate(balanced(12)), "read corrupt: formula: has more than 4096 nodes");
}

TEST(Formula, KnowsBareSymbolsConstantsAndText) {
  JsonDocument document;
  ASSERT_EQ(take(document.parse(R"(["m", ["*", 3, 4], ["+", ["*", "n", 2], "m"]])")), "");
  FormulaPool pool;
  pool.symbols = {"n", "m"};
  Formula formulas[3];
  int i = 0;
  for (JsonValue element : document.root())
    ASSERT_EQ(take(pool.read(element, formulas[i++])), "");
  EXPECT_EQ(pool.bareSymbol(formulas[0]), 1);
  EXPECT_EQ(pool.bareSymbol(formulas[1]), -1);
  EXPECT_TRUE(pool.isConstant(formulas[1]));
  EXPECT_EQ(pool.constantValue(formulas[1]), 12);
  EXPECT_EQ(pool.text(formulas[2]), "((n * 2) + m)");
}

} // namespace
