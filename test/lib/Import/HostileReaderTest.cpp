// This file tests what the ONNX JSON reader refuses, and that hostile input costs little.
#include "ReaderTest.h"

#include <sys/resource.h>

using namespace azulejo;
using namespace azulejo::test;

namespace {

struct HostileCase {
  const char *what;
  std::string text;
  const char *code;
  const char *path;
};

std::string repeat(const std::string &text, size_t count) {
  std::string result;
  for (size_t i = 0; i < count; ++i)
    result += text;
  return result;
}

TEST(Reader, RefusesHostileInput) {
  std::string nested = repeat("{\"node\":[{\"attribute\":[{\"g\":", 60);
  const HostileCase cases[] = {
      // Row 1: nesting.
      {"too many subgraphs", "{\"graph\":" + nested, "import.depth", nullptr},
      {"too many arrays", repeat("[", 100000), "import.type", ""},
      {"arrays in a skipped value", "{\"doc_string\":" + repeat("[", 100000), "import.depth",
       "doc_string"},
      {"objects in a skipped value", "{\"unknown\":" + repeat("{\"a\":", 100000), "import.depth",
       ""},
      // Row 2: duplicates.
      {"duplicate key", graphOf("\"name\":\"a\",\"name\":\"b\""), "import.duplicate-key", "graph"},
      {"both spellings", "{\"ir_version\":1,\"irVersion\":1}", "import.duplicate-key", ""},
      {"duplicate unknown key", graphOf("\"u\":1,\"u\":1"), "import.duplicate-key", "graph"},
      // Row 4: text.
      {"invalid UTF-8", graphOf("\"name\":\"\xff\""), "import.syntax", "graph.name"},
      {"lone surrogate", graphOf("\"name\":\"\\ud800\""), "import.syntax", "graph.name"},
      {"byte order mark", "\xEF\xBB\xBF{}", "import.syntax", ""},
      {"trailing text", graphOf("") + " x", "import.syntax", ""},
      {"comment", "// c\n" + graphOf(""), "import.syntax", ""},
      {"bare NaN", attributeOf("\"f\":NaN"), "import.syntax", nullptr},
      {"f32 overflow", attributeOf("\"f\":1e39"), "import.range", "graph.node[0].attribute[0].f"},
      {"f64 overflow", attributeOf("\"f\":1e999"), "import.range", nullptr},
      {"int64 overflow", attributeOf("\"i\":\"9223372036854775808\""), "import.range",
       "graph.node[0].attribute[0].i"},
      {"number of 2^64", attributeOf("\"i\":18446744073709551616"), "import.range", nullptr},
      {"int32 overflow", tensorOf("\"data_type\":2147483648"), "import.range", nullptr},
      {"fraction", attributeOf("\"i\":1.5"), "import.range", nullptr},
      {"hexadecimal", attributeOf("\"i\":\"0x10\""), "import.type", nullptr},
      {"underscore", attributeOf("\"i\":\"1_0\""), "import.type", nullptr},
      {"empty number", attributeOf("\"i\":\"\""), "import.type", nullptr},
      {"scalar for array", graphOf("\"node\":3"), "import.type", "graph.node"},
      {"object for array", graphOf("\"node\":{}"), "import.type", "graph.node"},
      {"array for scalar", graphOf("\"name\":[\"a\"]"), "import.type", "graph.name"},
      {"array in array", attributeOf("\"ints\":[[1]]"), "import.type", nullptr},
      {"null in array", attributeOf("\"ints\":[null]"), "import.type", nullptr},
      {"boolean", attributeOf("\"i\":true"), "import.type", nullptr},
      {"number for a name", graphOf("\"name\":3"), "import.type", "graph.name"},
      {"empty file", "", "import.syntax", ""},
      {"truncated", "{\"graph\":{\"node\":[{", "import.syntax", nullptr},
      {"truncated string", "{\"graph\":{\"name\":\"abc", "import.syntax", "graph.name"},
      {"truncated long string", "{\"graph\":{\"name\":\"" + std::string(9000, 'a'), "import.syntax",
       "graph.name"},
      {"array at the top", "[]", "import.type", ""},
      {"no graph", "{}", "import.format", ""},
      {"TensorFlow.js", "{\"modelTopology\":{}}", "import.format", ""},
      {"unknown enum", attributeOf("\"type\":\"INTEGER\""), "import.enum", nullptr},
      // Row 5: base64.
      {"bad character", attributeOf("\"s\":\"bG!u\""), "import.base64",
       "graph.node[0].attribute[0].s"},
      {"URL alphabet", attributeOf("\"s\":\"bG_u\""), "import.base64", nullptr},
      {"wrong length", attributeOf("\"s\":\"bGluZ\""), "import.base64", nullptr},
      {"trailing bits", attributeOf("\"s\":\"YR==\""), "import.base64", nullptr},
      {"data after padding", attributeOf("\"s\":\"YQ==YQ==\""), "import.base64", nullptr},
      {"padding only", attributeOf("\"s\":\"====\""), "import.base64", nullptr},
      {"plain text", attributeOf("\"s\":\"linear \""), "import.base64", nullptr},
      {"raw_data", tensorOf("\"data_type\":1,\"raw_data\":\"AA*APw==\""), "import.base64",
       "graph.initializer[0].raw_data"},
      // Row 7: sizes.
      {"too few values", tensorOf("\"data_type\":1,\"dims\":[2],\"float_data\":[1]"),
       "import.tensor-size", "graph.initializer[0]"},
      {"too few bytes", tensorOf("\"data_type\":1,\"dims\":[2],\"raw_data\":\"AACAPw==\""),
       "import.tensor-size", nullptr},
      {"negative dimension", tensorOf("\"data_type\":1,\"dims\":[-1]"), "import.tensor-size",
       nullptr},
      {"overflowing product", tensorOf("\"data_type\":1,\"dims\":[4294967296,4294967296]"),
       "import.tensor-size", nullptr},
      {"huge dimension", tensorOf("\"data_type\":1,\"dims\":[\"1099511627776\"]"), "import.limit",
       nullptr},
      {"odd 4-bit count", tensorOf("\"data_type\":22,\"dims\":[3],\"int32_data\":[1]"),
       "import.tensor-size", nullptr},
      {"two fields",
       tensorOf("\"data_type\":1,\"dims\":[1],\"float_data\":[1],\"raw_data\":\"AACAPw==\""),
       "import.tensor-data", nullptr},
      {"wrong field", tensorOf("\"data_type\":1,\"dims\":[1],\"int64_data\":[1]"),
       "import.tensor-data", nullptr},
      {"external and raw",
       tensorOf("\"data_type\":1,\"dims\":[1],\"raw_data\":\"AACAPw==\","
                "\"data_location\":\"EXTERNAL\""),
       "import.tensor-data", nullptr},
      {"no data type", tensorOf("\"dims\":[0]"), "import.type", nullptr},
      {"data type 99", tensorOf("\"data_type\":99"), "import.type", nullptr},
      // Row 15: tensors.
      {"segment", tensorOf("\"data_type\":1,\"segment\":{\"begin\":\"0\"}"), "import.tensor-data",
       nullptr},
      {"string as raw", tensorOf("\"data_type\":8,\"dims\":[1],\"raw_data\":\"YQ==\""),
       "import.tensor-data", nullptr},
      {"f16 above 65535", tensorOf("\"data_type\":10,\"dims\":[1],\"int32_data\":[65536]"),
       "import.range", nullptr},
      {"bool of 2", tensorOf("\"data_type\":9,\"dims\":[1],\"int32_data\":[2]"), "import.range",
       nullptr},
      {"raw bool of 2", tensorOf("\"data_type\":9,\"dims\":[1],\"raw_data\":\"Ag==\""),
       "import.range", nullptr},
      // Row 2 of the oneof rule.
      {"two dimensions",
       graphOf("\"input\":[{\"type\":{\"tensor_type\":{\"shape\":{\"dim\":["
               "{\"dim_value\":1,\"dim_param\":\"n\"}]}}}}]"),
       "import.oneof", nullptr},
  };
  for (const HostileCase &test : cases) {
    ReadResult read = readText(test.text);
    ASSERT_TRUE(read.firstError()) << test.what;
    EXPECT_EQ(read.errorCode(), test.code) << test.what << ": " << read.errorText();
    if (test.path) {
      EXPECT_EQ(read.firstError()->path, test.path) << test.what << ": " << read.errorText();
    }
    EXPECT_GE(read.firstError()->position.line, 1u) << test.what;
    EXPECT_GE(read.firstError()->position.column, 1u) << test.what;
  }
}

TEST(Reader, UnknownKeysAreWarnings) {
  std::string text = graphOf("\"novelty\":{\"a\":[1,{}]}");
  ReadResult read = readText(text);
  ASSERT_TRUE(read.model);
  ASSERT_EQ(read.diagnostics.list.size(), 1u);
  EXPECT_EQ(read.diagnostics.list[0].code, "import.unknown-key");
  ReadOptions strict;
  strict.strict = true;
  EXPECT_EQ(readText(text, strict).errorCode(), "import.unknown-key");
}

TEST(Reader, LimitsHold) {
  ReadOptions options;
  options.limits.maxMessages = 1000;
  EXPECT_EQ(readText(graphOf("\"node\":[" + repeat("{},", 2000) + "{}]"), options).errorCode(),
            "import.limit");
  options = {};
  options.limits.maxStructureBytes = 10000;
  EXPECT_EQ(readText(attributeOf("\"ints\":[" + repeat("1,", 5000) + "1]"), options).errorCode(),
            "import.limit");
  options = {};
  options.limits.maxStringBytes = 10000;
  EXPECT_EQ(readText(graphOf("\"name\":\"" + std::string(20000, 'a') + "\""), options).errorCode(),
            "import.limit");
  options = {};
  options.limits.maxTotalTensorBytes = 6;
  std::string tensor = "{\"data_type\":1,\"float_data\":[1]}";
  EXPECT_EQ(
      readText(graphOf("\"initializer\":[" + tensor + "," + tensor + "]"), options).errorCode(),
      "import.limit");
}

TEST(Reader, SkippedMetadataCostsNoMemory) {
  rusage before, after;
  getrusage(RUSAGE_SELF, &before);
  std::string text = graphOf("\"metadata_props\":[" + repeat("{},", 10'000'000) + "{}]");
  ASSERT_TRUE(readText(text).model);
  getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 200'000) << "KiB";
}

} // namespace
