// This file tests the forms that the ONNX JSON reader accepts.
#include "ReaderTest.h"

#include "lib/Import/Base64.h"
#include "lib/Import/JsonSource.h"
#include "lib/Import/NumberText.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstring>
#include <random>

using namespace azulejo;
using namespace azulejo::onnx;
using namespace azulejo::test;

namespace {

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
