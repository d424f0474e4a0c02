// This file tests base/Json: values, limits and refusals.
#include "base/Json.h"
#include "TestBundle.h"

#include <gtest/gtest.h>

using namespace azulejo::runtime;
using namespace azulejo::runtime::test;

namespace {

TEST(Json, ReadsEveryKind) {
  JsonDocument document;
  ASSERT_EQ(take(document.parse(R"({"a": [1, -2, 3.5, "x\u00e9", true, null], "b": {}})")), "");
  JsonValue root = document.root();
  ASSERT_TRUE(root.isObject());
  EXPECT_EQ(root.size(), 2u);
  JsonValue list = root.find("a");
  ASSERT_TRUE(list.isArray());
  EXPECT_EQ(list.size(), 6u);
  auto element = list.begin();
  EXPECT_EQ((*element).integer(), 1);
  EXPECT_EQ((*++element).integer(), -2);
  EXPECT_EQ((*++element).number(), 3.5);
  EXPECT_EQ((*++element).text(), "x\xc3\xa9");
  EXPECT_TRUE((*++element).boolean());
  EXPECT_EQ((*++element).kind(), JsonKind::Null);
  EXPECT_FALSE(++element != list.end());
  EXPECT_TRUE(root.find("b").isObject());
  EXPECT_FALSE(root.find("c"));
}

TEST(Json, IntegersKeepAllBits) {
  JsonDocument document;
  ASSERT_EQ(
      take(document.parse("[9223372036854775807, -9223372036854775808, 9223372036854775808]")), "");
  auto element = document.root().begin();
  EXPECT_EQ((*element).integer(), INT64_MAX);
  EXPECT_EQ((*++element).integer(), INT64_MIN);
  EXPECT_EQ((*++element).kind(), JsonKind::Float);
}

TEST(Json, RefusesBadTextsWithTheirPlace) {
  for (const char *text : {"", "{", "[1,]", "{\"a\":1,}", "nul", "[1] 2", "\"\x01\"", "\"\xff\"",
                           "{\"a\":1 \"b\":2}", "[1e999]", "// x\n1", "[\"\\ud800\"]"}) {
    JsonDocument document;
    std::string message = take(document.parse(text));
    EXPECT_EQ(message.find("corrupt: invalid JSON: "), 0u) << text << ": " << message;
  }
}

TEST(Json, RefusesDuplicateKeys) {
  JsonDocument document;
  EXPECT_EQ(take(document.parse(R"({"a": {"k": 1, "l": 2, "k": 3}})")),
            "corrupt: invalid JSON: duplicate key 'k'");
}

TEST(Json, RefusesDepthBeyondTheLimit) {
  for (uint32_t depth : {128u, 129u, 1000000u}) {
    JsonDocument document;
    std::string text = std::string(depth, '[') + std::string(depth, ']');
    EXPECT_EQ(take(document.parse(text)).empty(), depth <= 128) << depth;
  }
}

TEST(Json, RefusesMoreValuesThanTheLimit) {
  JsonDocument document;
  JsonLimits limits;
  limits.values = 3;
  EXPECT_EQ(take(document.parse("[1, 2]", limits)), "");
  EXPECT_EQ(take(document.parse("[1, 2, 3]", limits)), "corrupt: invalid JSON: more than 3 values");
}

} // namespace
