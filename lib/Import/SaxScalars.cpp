// This file implements what the SAX handler does with numbers and strings: which field takes them,
// and in which form.
#include "lib/Import/SaxHandler.h"

#include "lib/Import/Base64.h"

#include <limits>

namespace azulejo {

using onnx::FieldDesc;
using onnx::FieldKind;
using onnx::Position;

bool SaxHandler::integer(ExactInteger value, const Position &position, const char *got) {
  const FieldDesc *field;
  if (!beginScalar(position, got, field))
    return false;
  if (!field)
    return true;
  void *object = frames.back().object;
  std::optional<int64_t> exact = value.asSigned();
  auto outOfRange = [&](const char *type) {
    return error("import.range", position,
                 std::string("expected a value of ") + type + ", got " + got);
  };
  switch (field->kind) {
  case FieldKind::Int32:
  case FieldKind::Enum:
    if (!exact || *exact < std::numeric_limits<int32_t>::min() ||
        *exact > std::numeric_limits<int32_t>::max())
      return outOfRange("int32");
    field->setInt(object, *exact);
    break;
  case FieldKind::Int64:
    if (!exact)
      return outOfRange("int64");
    field->setInt(object, *exact);
    break;
  case FieldKind::Uint64:
    if (!value.asUnsigned())
      return outOfRange("uint64");
    field->setUint(object, *value.asUnsigned());
    break;
  case FieldKind::Float: {
    float magnitude = static_cast<float>(value.magnitude);
    field->setFloat(object, value.negative ? -magnitude : magnitude);
    break;
  }
  case FieldKind::Double: {
    double magnitude = static_cast<double>(value.magnitude);
    field->setDouble(object, value.negative ? -magnitude : magnitude);
    break;
  }
  default:
    return wrongKind(position, got);
  }
  endElement();
  return true;
}

/// A number with a point or an exponent, or too large for 64 bits.
bool SaxHandler::floating(llvm::StringRef text, const Position &position, const char *got) {
  const FieldDesc *field = frames.empty() || skipDepth != 0 ? nullptr : frames.back().field;
  if (field && (field->kind == FieldKind::Float || field->kind == FieldKind::Double)) {
    if (!beginScalar(position, got, field))
      return false;
    bool isFloat = field->kind == FieldKind::Float;
    std::optional<float> single = isFloat ? parseFloat(text) : std::nullopt;
    std::optional<double> twice = isFloat ? std::nullopt : parseDouble(text);
    if (!single && !twice)
      return error("import.range", position,
                   std::string("expected a finite number of type ") + (isFloat ? "f32" : "f64") +
                       ", got " + got);
    if (isFloat)
      field->setFloat(frames.back().object, *single);
    else
      field->setDouble(frames.back().object, *twice);
    endElement();
    return true;
  }
  if (std::optional<ExactInteger> exact = parseExactInteger(text))
    return integer(*exact, position, got);
  if (!beginScalar(position, got, field))
    return false;
  if (!field)
    return true;
  bool isInteger = field->setInt || field->setUint;
  return isInteger ? error("import.range", position,
                           std::string("expected an integer of at most 64 bits, got ") + got)
                   : wrongKind(position, got);
}

bool SaxHandler::string(string_t &value) {
  if (std::optional<LongString> cut = source.takeLongString())
    return longString(*cut);
  bool plain = source.justReadPlainString(value.size());
  Position position = source.position(plain ? value.size() + 2 : 1);
  const FieldDesc *field;
  if (!beginScalar(position, "a string", field))
    return false;
  if (!field)
    return true;
  switch (field->kind) {
  case FieldKind::String:
    return text(value, position);
  case FieldKind::Bytes:
    return bytes(value, position);
  case FieldKind::Payload: {
    onnx::BytesField &payload = field->payload(frames.back().object);
    payload.present = true;
    payload.position = position;
    ++payload.position.column;
    payload.text = std::move(value);
    return charge(payload.text.size(), position);
  }
  case FieldKind::Enum:
    return enumString(value, position);
  case FieldKind::Int32:
  case FieldKind::Int64:
  case FieldKind::Uint64:
  case FieldKind::Float:
  case FieldKind::Double:
    return numberString(value, position);
  default:
    return wrongKind(position, "a string");
  }
}

bool SaxHandler::text(std::string &value, const Position &position) {
  if (!charge(value.size() + sizeof(std::string), position))
    return false;
  frames.back().field->setString(frames.back().object, std::move(value));
  endElement();
  return true;
}

bool SaxHandler::bytes(const std::string &value, const Position &position) {
  std::string decoded;
  if (std::optional<Base64Error> fault = base64Decode(value, decoded)) {
    Position place = position;
    place.column += static_cast<uint32_t>(fault->index) + 1;
    place.offset += fault->index + 1;
    return error("import.base64", place,
                 fault->message + " (bytes are written in base64, strings of attributes too)");
  }
  return text(decoded, position);
}

bool SaxHandler::numberString(const std::string &value, const Position &position) {
  FieldKind kind = frames.back().field->kind;
  if (kind == FieldKind::Float || kind == FieldKind::Double) {
    double special = value == "NaN"         ? std::numeric_limits<double>::quiet_NaN()
                     : value == "Infinity"  ? std::numeric_limits<double>::infinity()
                     : value == "-Infinity" ? -std::numeric_limits<double>::infinity()
                                            : 0;
    if (special != 0) {
      if (kind == FieldKind::Float)
        frames.back().field->setFloat(frames.back().object, static_cast<float>(special));
      else
        frames.back().field->setDouble(frames.back().object, special);
      endElement();
      return true;
    }
  }
  if (!parseDouble(value))
    return error("import.type", position,
                 std::string("expected ") + expectedKind(*frames.back().field, true) + ", got " +
                     quoteName(value));
  return floating(value, position, quoteName(value).c_str());
}

bool SaxHandler::enumString(const std::string &value, const Position &position) {
  const FieldDesc &field = *frames.back().field;
  for (const onnx::EnumName &name : field.enumNames) {
    if (value != name.name)
      continue;
    field.setInt(frames.back().object, name.value);
    endElement();
    return true;
  }
  if (std::optional<ExactInteger> exact = parseExactInteger(value))
    return integer(*exact, position, value.c_str());
  return error("import.enum", position,
               std::string("expected ") + field.enumNames.front().name + ", ... or " +
                   field.enumNames.back().name + ", got " + quoteName(value));
}

bool SaxHandler::readLongText(const LongString &value, std::string &result) {
  if (value.length > limits.maxStringBytes)
    return error("import.limit", value.position,
                 "expected a string of at most " + std::to_string(limits.maxStringBytes) +
                     " bytes, got " + std::to_string(value.length));
  std::string raw(value.length + 2, '"');
  if (!input.read(value.offset, value.length, raw.data() + 1))
    return error("import.file", value.position, "the file changed while it was read");
  nlohmann::json parsed = nlohmann::json::parse(raw, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_string())
    return error("import.syntax", value.position,
                 "expected a string of valid UTF-8 without control characters");
  result = std::move(parsed.get_ref<std::string &>());
  return true;
}

bool SaxHandler::longString(const LongString &value) {
  const FieldDesc *field;
  if (!beginScalar(value.position, "a string", field))
    return false;
  if (field && field->kind == FieldKind::Payload) {
    onnx::BytesField &payload = field->payload(frames.back().object);
    payload.present = payload.inFile = true;
    payload.position = value.position;
    payload.fileOffset = value.offset;
    payload.fileLength = value.length;
    return true;
  }
  std::string read;
  if (!readLongText(value, read))
    return false;
  if (!field)
    return true;
  if (field->kind == FieldKind::String)
    return text(read, value.position);
  if (field->kind == FieldKind::Bytes)
    return bytes(read, value.position);
  return wrongKind(value.position, "a long string");
}

} // namespace azulejo
