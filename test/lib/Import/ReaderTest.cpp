// This file tests the ONNX JSON reader: the forms that it accepts, and the hostile inputs that it
// refuses.
#include "lib/Import/Base64.h"
#include "lib/Import/JsonSource.h"
#include "lib/Import/NumberText.h"
#include "lib/Import/OnnxReader.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstring>
#include <fstream>
#include <random>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace azulejo;
using namespace azulejo::onnx;

namespace {

struct ReadResult {
  std::unique_ptr<ModelProto> model;
  ImportDiagnostics diagnostics;
  const ImportDiagnostic *firstError() const {
    for (const ImportDiagnostic &diagnostic : diagnostics.list)
      if (diagnostic.isError)
        return &diagnostic;
    return nullptr;
  }
  std::string errorCode() const { return firstError() ? firstError()->code : ""; }
  std::string errorText() const { return firstError() ? firstError()->message : ""; }
};

ReadResult readText(const std::string &text, const ReadOptions &options = {}) {
  ReadResult result;
  std::unique_ptr<ByteInput> input = ByteInput::fromMemory(text);
  result.model = readOnnxModel(*input, options, result.diagnostics);
  EXPECT_EQ(result.model == nullptr, result.diagnostics.hasError());
  return result;
}

std::string graphOf(const std::string &body) {
  return "{\"ir_version\":\"8\",\"graph\":{" + body + "}}";
}
std::string tensorOf(const std::string &body) {
  return graphOf("\"initializer\":[{\"name\":\"w\"," + body + "}]");
}
std::string attributeOf(const std::string &body) {
  return graphOf("\"node\":[{\"attribute\":[{" + body + "}]}]");
}

template <typename T> std::vector<T> elementsOf(const TensorProto &tensor) {
  std::vector<T> result(tensor.data.size() / sizeof(T));
  if (!result.empty())
    std::memcpy(result.data(), tensor.data.data(), tensor.data.size());
  return result;
}

std::string encodeBase64(const std::string &bytes) {
  const char *alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t word = 0;
    for (size_t k = 0; k < 3; ++k)
      word = word << 8 | (i + k < bytes.size() ? static_cast<uint8_t>(bytes[i + k]) : 0);
    for (size_t k = 0; k < 4; ++k)
      out += i + k > bytes.size() ? '=' : alphabet[word >> (18 - 6 * k) & 63];
  }
  return out;
}

TEST(Reader, ReadsBothSpellings) {
  for (bool camel : {false, true}) {
    auto k = [&](const char *snake, const char *lower) {
      return std::string(camel ? lower : snake);
    };
    ReadResult read = readText(
        "{\"" + k("ir_version", "irVersion") + "\":8,\"graph\":{\"node\":[{\"" +
        k("op_type", "opType") + "\":\"Relu\"}],\"initializer\":[{\"" + k("data_type", "dataType") +
        "\":1,\"" + k("float_data", "floatData") + "\":[1.5],\"dims\":[\"1\"]}]},\"" +
        k("opset_import", "opsetImport") + "\":[{\"version\":\"17\"}]}");
    ASSERT_TRUE(read.model);
    EXPECT_EQ(read.model->irVersion, 8);
    EXPECT_EQ(read.model->graph->node[0].opType, "Relu");
    EXPECT_EQ(read.model->opsetImport[0].version, 17);
    EXPECT_EQ(elementsOf<float>(read.model->graph->initializer[0]), std::vector<float>{1.5f});
  }
}

TEST(Reader, IntegersAreExact) {
  ReadResult read = readText(attributeOf(
      "\"ints\":[\"9007199254740993\",9007199254740993,17.0,3e2,\"-9223372036854775808\","
      "-9223372036854775808,\"1e3\",-0]"));
  ASSERT_TRUE(read.model);
  int64_t lowest = std::numeric_limits<int64_t>::min();
  EXPECT_EQ(
      read.model->graph->node[0].attribute[0].ints,
      (std::vector<int64_t>{9007199254740993, 9007199254740993, 17, 300, lowest, lowest, 1000, 0}));
}

TEST(Reader, FloatsAreRoundedOnce) {
  // 1 + 2^-24 + a little: through f64 it would first become a tie and then round down.
  ReadResult read = readText(attributeOf("\"floats\":[1.00000005960464477540,-0,-0.0,\"NaN\","
                                         "\"Infinity\",\"-Infinity\",1e-50,16777217,0.1]"));
  ASSERT_TRUE(read.model);
  const std::vector<float> &floats = read.model->graph->node[0].attribute[0].floats;
  ASSERT_EQ(floats.size(), 9u);
  EXPECT_EQ(floats[0], 1.00000011920928955f);
  EXPECT_TRUE(std::signbit(floats[1]) && std::signbit(floats[2]));
  EXPECT_TRUE(std::isnan(floats[3]));
  EXPECT_EQ(floats[4], INFINITY);
  EXPECT_EQ(floats[5], -INFINITY);
  EXPECT_EQ(floats[6], 0.0f);
  EXPECT_EQ(floats[7], 16777216.0f);
  EXPECT_EQ(floats[8], 0.1f);
}

TEST(Reader, StringsOfAttributesAreBase64) {
  ReadResult read = readText(
      attributeOf("\"s\":\"bGluZWFy\",\"strings\":[\"\",\"YQ==\",\"YWI=\"],\"type\":\"STRING\""));
  ASSERT_TRUE(read.model);
  const AttributeProto &attribute = read.model->graph->node[0].attribute[0];
  EXPECT_EQ(attribute.s, "linear");
  EXPECT_EQ(attribute.strings, (std::vector<std::string>{"", "a", "ab"}));
  EXPECT_EQ(attribute.type, static_cast<int32_t>(AttributeType::String));
}

TEST(Reader, EnumsAreNamesOrNumbers) {
  for (const char *type : {"\"INTS\"", "7", "\"7\""})
    EXPECT_EQ(readText(attributeOf(std::string("\"type\":") + type))
                  .model->graph->node[0]
                  .attribute[0]
                  .type,
              7);
}

TEST(Reader, NullIsUnset) {
  ReadResult read = readText(attributeOf("\"i\":null,\"name\":\"x\",\"ints\":null"));
  ASSERT_TRUE(read.model);
  EXPECT_FALSE(read.model->graph->node[0].attribute[0].i);
}

TEST(Reader, ShapesKeepTheirThreeStates) {
  ReadResult read = readText(
      graphOf("\"input\":[{\"name\":\"a\",\"type\":{\"tensor_type\":{\"elem_type\":1}}},"
              "{\"name\":\"b\",\"type\":{\"tensor_type\":{\"elem_type\":1,\"shape\":{}}}},"
              "{\"name\":\"c\",\"type\":{\"tensor_type\":{\"elem_type\":1,\"shape\":{\"dim\":["
              "{\"dim_param\":\"batch\"},{\"dim_value\":\"2\"},{}]}}}}]"));
  ASSERT_TRUE(read.model);
  const std::vector<ValueInfoProto> &inputs = read.model->graph->input;
  EXPECT_FALSE(inputs[0].type->tensor->shape);
  EXPECT_TRUE(inputs[1].type->tensor->shape->dim.empty());
  const std::vector<Dimension> &dims = inputs[2].type->tensor->shape->dim;
  EXPECT_EQ(dims[0].param, "batch");
  EXPECT_EQ(dims[1].value, 2);
  EXPECT_FALSE(dims[2].value || dims[2].param);
}

TEST(Reader, PacksTypedFields) {
  struct Case {
    const char *body;
    std::string bytes;
  };
  const Case cases[] = {
      {"\"data_type\":9,\"dims\":[2],\"int32_data\":[0,1]", std::string("\0\1", 2)},
      {"\"data_type\":10,\"dims\":[1],\"int32_data\":[15360]", std::string("\x00\x3c", 2)},
      {"\"data_type\":16,\"dims\":[1],\"int32_data\":[16256]", std::string("\x80\x3f", 2)},
      {"\"data_type\":3,\"dims\":[2],\"int32_data\":[-128,127]", "\x80\x7f"},
      {"\"data_type\":22,\"dims\":[3],\"int32_data\":[18,3]", "\x12\x03"},
      {"\"data_type\":12,\"dims\":[1],\"uint64_data\":[\"4294967295\"]", "\xff\xff\xff\xff"},
      {"\"data_type\":13,\"dims\":[1],\"uint64_data\":[\"18446744073709551615\"]",
       "\xff\xff\xff\xff\xff\xff\xff\xff"},
      {"\"data_type\":1,\"float_data\":[1]", std::string("\0\0\x80\x3f", 4)},
      {"\"data_type\":1,\"dims\":[0]", ""},
      {"\"data_type\":1,\"dims\":[1],\"raw_data\":\"AACAPw==\"", std::string("\0\0\x80\x3f", 4)},
  };
  for (const Case &test : cases) {
    ReadResult read = readText(tensorOf(test.body));
    ASSERT_TRUE(read.model) << test.body << ": " << read.errorText();
    const AlignedBuffer &data = read.model->graph->initializer[0].data;
    EXPECT_EQ(std::string(data.data() ? data.data() : "", data.size()), test.bytes) << test.body;
    EXPECT_EQ(reinterpret_cast<uintptr_t>(data.data()) % 64, 0u);
  }
}

TEST(Reader, PositionsAndPathsAreExact) {
  std::string text = "{\n  \"graph\": {\n    \"node\": [\n      {\"op_type\": \"A\"},\n"
                     "      {\"op_type\": \"B\",\n       \"attribute\": [{\"name\": \"x\"},\n"
                     "        {\"name\": \"y\", \"i\": \"z\"}]}]}}";
  ReadResult read = readText(text);
  ASSERT_TRUE(read.firstError());
  EXPECT_EQ(read.firstError()->path, "graph.node[1].attribute[1].i");
  EXPECT_EQ(read.firstError()->position.line, 7u);
  EXPECT_EQ(read.firstError()->position.column, 28u);
  EXPECT_EQ(text.substr(read.firstError()->position.offset, 3), "\"z\"");
}

TEST(Reader, PositionsSurviveLongStrings) {
  // The long string ends exactly where blocks of the source end, or one byte around it.
  for (int shift : {-2, -1, 0, 1, 2, 3}) {
    std::string head =
        "{\"graph\":{\"initializer\":[{\"data_type\":3,\"dims\":[786432],\"raw_data\":\"";
    size_t length = JsonSource::blockBytes - head.size() + shift;
    length -= length % 4;
    std::string pad(JsonSource::blockBytes + shift - head.size() - length, ' ');
    std::string bytes(length / 4 * 3, 'x');
    head.replace(head.find("786432"), 6, std::to_string(bytes.size()));
    std::string text =
        pad + head + encodeBase64(bytes) + "\"}],\n \"node\":[{},\n  {\"input\":3}]}}";
    ReadResult read = readText(text);
    ASSERT_TRUE(read.firstError());
    EXPECT_EQ(read.firstError()->path, "graph.node[1].input");
    EXPECT_EQ(read.firstError()->position.line, 3u);
    EXPECT_EQ(read.firstError()->position.column, 12u);
    EXPECT_EQ(text[read.firstError()->position.offset], '3');
  }
}

TEST(Reader, FindsAFaultInTheMiddleOfALongPayload) {
  std::string payload = encodeBase64(std::string(3'000'000, 'q'));
  payload[2'345'678] = '*';
  ReadResult read = readText(graphOf(
      "\"initializer\":[{\"data_type\":3,\"dims\":[3000000],\"raw_data\":\"" + payload + "\"}]"));
  ASSERT_EQ(read.errorCode(), "import.base64");
  EXPECT_EQ(read.firstError()->path, "graph.initializer[0].raw_data");
  EXPECT_NE(read.errorText().find("'*'"), std::string::npos);
}

TEST(Reader, LongTextIsCheckedWhereverItStands) {
  std::string longText(10'000, 'n');
  ReadResult read =
      readText(graphOf("\"name\":\"" + longText + "\",\"doc_string\":\"" + longText + "\""));
  ASSERT_TRUE(read.model);
  EXPECT_EQ(read.model->graph->name, longText);
  EXPECT_EQ(readText(graphOf("\"doc_string\":\"" + longText + "\xff\"")).errorCode(),
            "import.syntax");
  EXPECT_EQ(readText(graphOf("\"doc_string\":\"" + longText + "\n\"")).errorCode(),
            "import.syntax");
  std::string escaped;
  for (int i = 0; i < 3000; ++i)
    escaped += "\\\\\\\"";
  ASSERT_TRUE(readText(graphOf("\"name\":\"" + escaped + "\"")).model);
}

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

/// A folder with files for external data.
class ExternalFolder {
public:
  ExternalFolder() {
    char name[] = "/tmp/azulejo-external-XXXXXX";
    folder = ::mkdtemp(name);
    std::ofstream(folder + "/w.bin", std::ios::binary) << std::string("\0\0\x80\x3f\0\0\0\x40", 8);
    ::mkdir((folder + "/model").c_str(), 0700);
    ::rename((folder + "/w.bin").c_str(), (folder + "/model/w.bin").c_str());
    std::ofstream(folder + "/outside.bin") << "abcd";
    ::symlink("w.bin", (folder + "/model/link.bin").c_str());
    ::symlink("..", (folder + "/model/up").c_str());
    std::ofstream(folder + "/model/hard.bin") << "abcd";
    ::link((folder + "/model/hard.bin").c_str(), (folder + "/model/hard2.bin").c_str());
    ::mkfifo((folder + "/model/fifo").c_str(), 0600);
  }
  ~ExternalFolder() {
    for (const char *name : {"/model/w.bin", "/model/link.bin", "/model/up", "/model/hard.bin",
                             "/model/hard2.bin", "/model/fifo", "/outside.bin", "/model", ""})
      ::remove((folder + name).c_str());
  }
  ReadResult read(const std::string &entries, const std::string &more = "") const {
    ReadOptions options;
    options.baseDirectory = folder + "/model";
    std::string head = "\"data_type\":1,\"dims\":[1],\"data_location\":\"EXTERNAL\",";
    return readText(
        graphOf("\"initializer\":[{" + head + "\"external_data\":[" + entries + "]}" + more + "]"),
        options);
  }
  std::string folder;
};

std::string entry(const std::string &key, const std::string &value) {
  return "{\"key\":\"" + key + "\",\"value\":\"" + value + "\"}";
}

TEST(ExternalDataTest, ReadsARange) {
  ExternalFolder folder;
  ReadResult read = folder.read(entry("location", "w.bin") + "," + entry("offset", "4") + "," +
                                entry("length", "4") + "," + entry("checksum", "x"));
  ASSERT_TRUE(read.model) << read.errorText();
  EXPECT_EQ(elementsOf<float>(read.model->graph->initializer[0]), std::vector<float>{2.0f});
  read = folder.read(entry("location", "./w.bin") + "," + entry("offset", "4"));
  EXPECT_TRUE(read.model) << read.errorText();
}

TEST(ExternalDataTest, RefusesEverythingElse) {
  ExternalFolder folder;
  std::string w = entry("location", "w.bin") + ",";
  const std::string cases[] = {
      "",
      entry("location", ""),
      entry("location", "../outside.bin"),
      entry("location", "up/outside.bin"),
      entry("location", folder.folder + "/model/w.bin"),
      entry("location", "link.bin"),
      entry("location", "hard.bin"),
      entry("location", "fifo"),
      entry("location", "."),
      entry("location", "/dev/zero"),
      entry("location", "missing.bin"),
      entry("location", "w.bin\\u0000x"),
      w + entry("offset", "-4"),
      w + entry("offset", "18446744073709551616"),
      w + entry("offset", "18446744073709551612") + "," + entry("length", "8"),
      w + entry("offset", "8") + "," + entry("length", "4"),
      w + entry("offset", "0x4"),
      w + entry("offset", " 4"),
      w + entry("length", "3"),
      w + entry("length", "1e1"),
      w,
      entry("location", "w.bin") + "," + entry("location", "w.bin"),
  };
  for (std::string text : cases) {
    if (!text.empty() && text.back() == ',')
      text.pop_back();
    EXPECT_EQ(folder.read(text).errorCode(), "import.external") << text;
  }
  std::string range = w + entry("offset", "2") + "," + entry("length", "4");
  EXPECT_EQ(folder
                .read(w + entry("length", "4"),
                      ",{\"data_type\":1,\"dims\":[1],\"data_location\":1,\"external_data\":[" +
                          range + "]}")
                .errorCode(),
            "import.external");
}

TEST(ExternalDataTest, NeedsAFolder) {
  ReadResult read = readText(tensorOf("\"data_type\":1,\"data_location\":1,\"external_data\":[" +
                                      entry("location", "w.bin") + "]"));
  EXPECT_EQ(read.errorCode(), "import.external");
}

TEST(NumberText, RefusesWhatIsNoJsonNumber) {
  for (const char *text : {"", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x1", "1 ", " 1", "nan"})
    EXPECT_FALSE(parseDouble(text)) << text;
  EXPECT_EQ(parseDouble("0." + std::string(400, '0') + "1e401"), 1.0);
  EXPECT_FALSE(parseDouble("1" + std::string(400, '0')));
  EXPECT_EQ(parseFloat("123e-60"), 0.0f);
  EXPECT_FALSE(parseFloat("1" + std::string(60, '0') + "e-1"));
}

/// Writes a random model, in one of the two spellings, with long and short payloads.
nlohmann::json randomModel(std::mt19937 &random) {
  auto number = [&](int below) { return static_cast<int>(random() % below); };
  nlohmann::json nodes = nlohmann::json::array(), tensors = nlohmann::json::array();
  for (int i = 0; i < 40; ++i) {
    nlohmann::json attributes = nlohmann::json::array();
    for (int k = number(3); k > 0; --k)
      attributes.push_back({{"name", "a\"\\" + std::to_string(k)},
                            {"ints", {std::to_string(int64_t(random()) << 32), number(100)}},
                            {"floats", {0.5 * number(1000), -1.0 / (1 + number(1000))}}});
    nodes.push_back({{"op_type", "Op\xC3\xA9" + std::to_string(number(9))},
                     {"name", std::string(number(6000), 'n')},
                     {"input", {"x", "", "y\n"}},
                     {"attribute", attributes}});
  }
  for (int i = 0; i < 12; ++i) {
    std::string bytes(number(3) == 0 ? number(2'000'000) : number(5000), 0);
    for (char &byte : bytes)
      byte = static_cast<char>(random());
    tensors.push_back({{"name", "t" + std::to_string(i)},
                       {"data_type", 2},
                       {"dims", {std::to_string(bytes.size())}},
                       {"raw_data", encodeBase64(bytes)}});
  }
  return {{"graph",
           {{"node", nodes}, {"initializer", tensors}, {"doc_string", std::string(9000, 'd')}}}};
}

TEST(Reader, AgreesWithTheDom) {
  std::mt19937 random(7);
  for (int round = 0; round < 6; ++round) {
    std::string text =
        randomModel(random).dump(round % 3 == 0 ? -1 : round % 3, ' ', round % 2 == 0);
    ReadResult read = readText(text);
    ASSERT_TRUE(read.model) << read.errorText();
    nlohmann::json dom = nlohmann::json::parse(text)["graph"];
    ASSERT_EQ(read.model->graph->node.size(), dom["node"].size());
    for (size_t i = 0; i < dom["node"].size(); ++i) {
      const nlohmann::json &expected = dom["node"][i];
      const NodeProto &node = read.model->graph->node[i];
      EXPECT_EQ(node.opType, expected["op_type"].get<std::string>());
      EXPECT_EQ(node.name, expected["name"].get<std::string>());
      EXPECT_EQ(node.input, expected["input"].get<std::vector<std::string>>());
      EXPECT_EQ(text[node.position.offset], '{');
      ASSERT_EQ(node.attribute.size(), expected["attribute"].size());
      for (size_t k = 0; k < node.attribute.size(); ++k) {
        const nlohmann::json &wanted = expected["attribute"][k];
        EXPECT_EQ(node.attribute[k].name, wanted["name"].get<std::string>());
        EXPECT_EQ(std::to_string(node.attribute[k].ints[0]), wanted["ints"][0].get<std::string>());
        EXPECT_EQ(node.attribute[k].floats[1], wanted["floats"][1].get<float>());
      }
    }
    for (size_t i = 0; i < dom["initializer"].size(); ++i) {
      const TensorProto &tensor = read.model->graph->initializer[i];
      EXPECT_EQ(encodeBase64(
                    std::string(tensor.data.data() ? tensor.data.data() : "", tensor.data.size())),
                dom["initializer"][i]["raw_data"].get<std::string>());
    }
    std::unique_ptr<ByteInput> input = ByteInput::fromMemory(text);
    EXPECT_EQ(findJsonPath(*input, read.model->graph->node[17].position.offset), "graph.node[17]");
  }
}

TEST(Reader, ReadsTensorFiles) {
  std::string text = "{\"dims\":[\"2\"],\"data_type\":7,\"int64_data\":[\"1\",\"-2\"]}";
  ImportDiagnostics diagnostics;
  std::unique_ptr<ByteInput> input = ByteInput::fromMemory(text);
  std::unique_ptr<TensorProto> tensor = readOnnxTensor(*input, {}, diagnostics);
  ASSERT_TRUE(tensor);
  EXPECT_EQ(elementsOf<int64_t>(*tensor), (std::vector<int64_t>{1, -2}));
}

TEST(Reader, BlanksCommentLinesForTests) {
  EXPECT_EQ(blankCommentLines("// RUN\n{\"a\":\"// b\"}\n  // c"),
            "      \n{\"a\":\"// b\"}\n      ");
}

} // namespace
