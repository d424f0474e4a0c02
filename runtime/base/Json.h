// This file declares a JSON document with hard limits, held in two flat arrays. It exists because a
// bundle is not trusted: the depth, the number of values and duplicate keys are checked while
// reading.
#ifndef AZULEJO_RUNTIME_BASE_JSON_H
#define AZULEJO_RUNTIME_BASE_JSON_H

#include "azulejo/runtime/status.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace azulejo::runtime {

enum class JsonKind : uint8_t { Null, Boolean, Integer, Float, String, Array, Object };

// Returns a name for messages: "an integer", "an object".
const char *jsonKindName(JsonKind kind);

class JsonDocument;

// A reference to one value; valid while its document lives and is not moved. A default-made one
// stands for an absent value and is false.
class JsonValue {
public:
  JsonValue() = default;

  explicit operator bool() const { return document != nullptr; }
  JsonKind kind() const;
  bool isInteger() const { return *this && kind() == JsonKind::Integer; }
  bool isString() const { return *this && kind() == JsonKind::String; }
  bool isArray() const { return *this && kind() == JsonKind::Array; }
  bool isObject() const { return *this && kind() == JsonKind::Object; }

  std::string_view key() const;                // the name under which an object holds this value
  std::string_view text() const;               // of a String
  int64_t integer() const;                     // of an Integer
  double number() const;                       // of an Integer or Float
  bool boolean() const;                        // of a Boolean
  uint32_t size() const;                       // number of elements or members
  JsonValue find(std::string_view name) const; // member of an Object, or absent

  // Elements or members in the order of the text.
  class Iterator {
  public:
    Iterator(const JsonDocument *document, uint32_t index) : document(document), index(index) {}
    JsonValue operator*() const { return JsonValue(document, index); }
    Iterator &operator++();
    bool operator!=(const Iterator &other) const { return index != other.index; }

  private:
    const JsonDocument *document;
    uint32_t index;
  };
  Iterator begin() const;
  Iterator end() const;

private:
  friend class JsonDocument;
  JsonValue(const JsonDocument *document, uint32_t index) : document(document), index(index) {}

  const JsonDocument *document = nullptr;
  uint32_t index = 0;
};

struct JsonLimits {
  uint32_t depth = 128;
  uint32_t values = 1u << 25;
};

// Owns the values of one JSON text.
class JsonDocument {
public:
  // Reads strict JSON (UTF-8, no comments, no duplicate keys). An integer beyond 64 signed bits is
  // held as a Float. Failures are AZJ_CORRUPT.
  [[nodiscard]] azj_status parse(std::string_view text, const JsonLimits &limits = {});

  JsonValue root() const { return JsonValue(this, 0); }

  // One value; `next` is the following sibling and 0 ends a list (0 is the root, nobody's sibling).
  struct Node {
    JsonKind kind = JsonKind::Null;
    uint32_t keyOffset = 0, keyLength = 0;
    uint32_t next = 0, first = 0, count = 0;
    union {
      int64_t integer;
      double number;
      struct {
        uint32_t offset, length;
      } string;
    };
    Node() : integer(0) {}
  };
  std::vector<Node> nodes;
  std::string characters;
};

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_BASE_JSON_H
