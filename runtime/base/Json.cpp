// This file reads JSON with nlohmann_json's event interface and applies the limits.
#include "base/Json.h"

#include "base/Status.h"
#include "base/Strings.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace azulejo::runtime {
namespace {

// Receives the parser's events and appends to the document. Returning false stops the parser.
class Builder {
public:
  Builder(JsonDocument &document, const JsonLimits &limits) : document(document), limits(limits) {}

  bool null() { return add(JsonKind::Null) != nullptr; }
  bool boolean(bool value) { return addInteger(JsonKind::Boolean, value); }
  bool number_integer(int64_t value) { return addInteger(JsonKind::Integer, value); }
  bool number_unsigned(uint64_t value) {
    if (value > uint64_t(INT64_MAX))
      return number_float(static_cast<double>(value), {});
    return addInteger(JsonKind::Integer, static_cast<int64_t>(value));
  }
  bool number_float(double value, const std::string &) {
    auto *node = add(JsonKind::Float);
    if (node)
      node->number = value;
    return node != nullptr;
  }
  bool string(std::string &text) {
    auto *node = add(JsonKind::String);
    if (!node)
      return false;
    node->string.offset = static_cast<uint32_t>(document.characters.size());
    node->string.length = static_cast<uint32_t>(text.size());
    document.characters += text;
    return true;
  }
  bool binary(std::vector<uint8_t> &) { return fail("binary values are not JSON"); }
  bool start_object(size_t) { return open(JsonKind::Object); }
  bool start_array(size_t) { return open(JsonKind::Array); }
  bool key(std::string &text) {
    keyOffset = static_cast<uint32_t>(document.characters.size());
    keyLength = static_cast<uint32_t>(text.size());
    document.characters += text;
    return true;
  }
  bool end_array() {
    stack.pop_back();
    return true;
  }
  bool end_object() {
    bool isUnique = checkKeys(stack.back().node);
    stack.pop_back();
    return isUnique;
  }
  bool parse_error(size_t position, const std::string &token, const nlohmann::detail::exception &) {
    return fail(
        formatText("syntax error at byte %zu near '%s'", position, printable(token, 40).c_str()));
  }

  std::string error;

private:
  struct Frame {
    uint32_t node, lastChild;
  };

  bool fail(std::string text) {
    if (error.empty())
      error = std::move(text);
    return false;
  }

  JsonDocument::Node *add(JsonKind kind) {
    if (document.nodes.size() >= limits.values) {
      fail(formatText("more than %u values", limits.values));
      return nullptr;
    }
    auto index = static_cast<uint32_t>(document.nodes.size());
    document.nodes.emplace_back();
    auto &node = document.nodes.back();
    node.kind = kind;
    node.keyOffset = keyOffset;
    node.keyLength = keyLength;
    keyLength = 0;
    if (!stack.empty()) {
      Frame &frame = stack.back();
      (frame.lastChild ? document.nodes[frame.lastChild].next : document.nodes[frame.node].first) =
          index;
      frame.lastChild = index;
      ++document.nodes[frame.node].count;
    }
    return &node;
  }

  bool addInteger(JsonKind kind, int64_t value) {
    auto *node = add(kind);
    if (node)
      node->integer = value;
    return node != nullptr;
  }

  bool open(JsonKind kind) {
    if (stack.size() >= limits.depth)
      return fail(formatText("nested deeper than %u levels", limits.depth));
    if (!add(kind))
      return false;
    stack.push_back({static_cast<uint32_t>(document.nodes.size() - 1), 0});
    return true;
  }

  bool checkKeys(uint32_t object) {
    keys.clear();
    for (uint32_t i = document.nodes[object].first; i; i = document.nodes[i].next)
      keys.emplace_back(document.characters.data() + document.nodes[i].keyOffset,
                        document.nodes[i].keyLength);
    std::sort(keys.begin(), keys.end());
    auto twin = std::adjacent_find(keys.begin(), keys.end());
    if (twin == keys.end())
      return true;
    return fail(formatText("duplicate key '%s'", printable(*twin).c_str()));
  }

  JsonDocument &document;
  const JsonLimits &limits;
  std::vector<Frame> stack;
  std::vector<std::string_view> keys;
  uint32_t keyOffset = 0, keyLength = 0;
};

} // namespace

const char *jsonKindName(JsonKind kind) {
  switch (kind) {
  case JsonKind::Null:
    return "null";
  case JsonKind::Boolean:
    return "a boolean";
  case JsonKind::Integer:
    return "an integer";
  case JsonKind::Float:
    return "a floating-point number";
  case JsonKind::String:
    return "a string";
  case JsonKind::Array:
    return "an array";
  case JsonKind::Object:
    return "an object";
  }
  return "unknown";
}

azj_status JsonDocument::parse(std::string_view text, const JsonLimits &limits) {
  nodes.clear();
  characters.clear();
  if (text.size() > UINT32_MAX / 2)
    return makeStatus(AZJ_CORRUPT, "JSON of %zu bytes is too long", text.size());
  Builder builder(*this, limits);
  bool isWhole = nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  if (isWhole && builder.error.empty() && !nodes.empty())
    return nullptr;
  nodes.clear();
  return makeStatus(AZJ_CORRUPT, "invalid JSON: %s",
                    builder.error.empty() ? "no value" : builder.error.c_str());
}

JsonKind JsonValue::kind() const { return document->nodes[index].kind; }

std::string_view JsonValue::key() const {
  auto &node = document->nodes[index];
  return {document->characters.data() + node.keyOffset, node.keyLength};
}

std::string_view JsonValue::text() const {
  auto &node = document->nodes[index];
  return {document->characters.data() + node.string.offset, node.string.length};
}

int64_t JsonValue::integer() const { return document->nodes[index].integer; }

double JsonValue::number() const {
  auto &node = document->nodes[index];
  return node.kind == JsonKind::Integer ? static_cast<double>(node.integer) : node.number;
}

bool JsonValue::boolean() const { return document->nodes[index].integer != 0; }

uint32_t JsonValue::size() const { return document->nodes[index].count; }

JsonValue JsonValue::find(std::string_view name) const {
  for (JsonValue member : *this)
    if (member.key() == name)
      return member;
  return JsonValue();
}

JsonValue::Iterator &JsonValue::Iterator::operator++() {
  index = document->nodes[index].next;
  return *this;
}

JsonValue::Iterator JsonValue::begin() const {
  return Iterator(document, document->nodes[index].first);
}

JsonValue::Iterator JsonValue::end() const { return Iterator(document, 0); }

} // namespace azulejo::runtime
