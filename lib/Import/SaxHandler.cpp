// This file implements the SAX handler: where a value may stand, which field takes it, and what is
// refused.
#include "lib/Import/SaxHandler.h"

namespace azulejo {

using onnx::FieldDesc;
using onnx::FieldKind;
using onnx::Position;

namespace {

/// Keys at the top of other models' JSON files, and what those files are.
const char *foreignFormat(llvm::StringRef key) {
  if (key == "modelTopology" || key == "weightsManifest")
    return "a TensorFlow.js model";
  if (key == "graph_module" || key == "schema_version")
    return "a torch.export archive";
  if (key == "class_name" || key == "config")
    return "a Keras model";
  return nullptr;
}

} // namespace

const char *SaxHandler::expectedKind(const FieldDesc &field, bool inArray) {
  if (field.repeated && !inArray)
    return "an array";
  switch (field.kind) {
  case FieldKind::String:
    return "a string";
  case FieldKind::Bytes:
  case FieldKind::Payload:
    return "a base64 string";
  case FieldKind::Int64:
  case FieldKind::Uint64:
  case FieldKind::Int32:
    return "an integer";
  case FieldKind::Float:
  case FieldKind::Double:
    return "a number";
  case FieldKind::Enum:
    return "the name or number of an enum value";
  case FieldKind::Message:
  case FieldKind::Flag:
  case FieldKind::Skip:
    return "an object";
  }
  return "";
}

bool SaxHandler::error(llvm::StringRef code, const Position &position, const std::string &message) {
  return diagnostics.error(code, position, path(), message);
}

bool SaxHandler::wrongKind(const Position &position, const char *got) {
  const Frame &frame = frames.back();
  return error("import.type", position,
               std::string("expected ") + expectedKind(*frame.field, frame.inArray) + ", got " +
                   got);
}

std::string SaxHandler::path() const {
  std::string result;
  for (const Frame &frame : frames) {
    if (!frame.field)
      break;
    if (!result.empty())
      result += '.';
    result += frame.field->name;
    if (frame.inArray)
      result += "[" + std::to_string(frame.index) + "]";
  }
  return result;
}

bool SaxHandler::charge(uint64_t bytes, const Position &position) {
  structureBytes += bytes;
  if (structureBytes <= limits.maxStructureBytes)
    return true;
  return error("import.limit", position,
               "expected at most " + std::to_string(limits.maxStructureBytes) +
                   " bytes of names, attributes and numbers as text, got more");
}

/// Checks that a value may stand here at all: an array only where the field is repeated.
bool SaxHandler::beginElement(const Position &position, const char *got) {
  if (frames.empty())
    return error("import.type", position,
                 std::string("expected an object at the top of the file, got ") + got);
  const Frame &frame = frames.back();
  if (frame.field->repeated != frame.inArray && frame.field->kind != FieldKind::Skip)
    return wrongKind(position, got);
  return true;
}

/// Starts a scalar; `field` becomes null when the value is to be dropped.
bool SaxHandler::beginScalar(const Position &position, const char *got, const FieldDesc *&field) {
  field = nullptr;
  if (skipDepth != 0)
    return noteFlag();
  if (!frames.empty() && (!frames.back().field || frames.back().field->kind == FieldKind::Skip))
    return true;
  if (!beginElement(position, got))
    return false;
  field = frames.back().field;
  return charge(sizeof(int64_t), position);
}

void SaxHandler::endElement() {
  if (skipDepth == 0 && !frames.empty() && frames.back().inArray)
    ++frames.back().index;
}

/// A repeated message that is only noted as present counts from its first element.
bool SaxHandler::noteFlag() {
  if (flagPending)
    frames.back().field->setFlag(frames.back().object);
  flagPending = false;
  return true;
}

bool SaxHandler::null() {
  if (skipDepth != 0 || (!frames.empty() && !frames.back().inArray))
    return true;
  if (frames.empty())
    return beginElement(source.position(4), "null");
  return wrongKind(source.position(4), "null");
}

bool SaxHandler::boolean(bool value) {
  Position position = source.position(value ? 4 : 5);
  const FieldDesc *field;
  if (!beginScalar(position, value ? "true" : "false", field))
    return false;
  return !field || wrongKind(position, value ? "true" : "false");
}

bool SaxHandler::number_integer(number_integer_t value) {
  // nlohmann reads -0 as the integer 0 of this function, which is called for negative numbers only.
  std::string text = value == 0 ? "-0" : std::to_string(value);
  ExactInteger exact{true, uint64_t(0) - static_cast<uint64_t>(value)};
  return integer(exact, source.position(text.size() + 1), text.c_str());
}

bool SaxHandler::number_unsigned(number_unsigned_t value) {
  std::string text = std::to_string(value);
  return integer({false, value}, source.position(text.size() + 1), text.c_str());
}

bool SaxHandler::number_float(number_float_t value, const string_t &text) {
  return floating(text, source.position(text.size() + 1), text.c_str());
}

bool SaxHandler::beginSkip() {
  ++skipDepth;
  return true;
}

bool SaxHandler::start_object(std::size_t) {
  Position position = source.position(1);
  if (++jsonDepth > limits.maxJsonDepth || frames.size() >= limits.maxMessageDepth)
    return error("import.depth", position,
                 "expected at most " + std::to_string(limits.maxMessageDepth) +
                     " nested messages, got more");
  if (skipDepth != 0) {
    noteFlag();
    return beginSkip();
  }
  if (frames.empty()) {
    root->position = position;
    frames.push_back({&rootDesc, root});
    return true;
  }
  Frame &frame = frames.back();
  if (!frame.field || frame.field->kind == FieldKind::Skip)
    return beginSkip();
  if (!beginElement(position, "an object"))
    return false;
  if (frame.field->kind == FieldKind::Flag) {
    frame.field->setFlag(frame.object);
    return beginSkip();
  }
  if (frame.field->kind != FieldKind::Message)
    return wrongKind(position, "an object");
  if (++messageCount > limits.maxMessages)
    return error("import.limit", position,
                 "expected at most " + std::to_string(limits.maxMessages) + " messages, got more");
  if (!charge(frame.field->childBytes, position))
    return false;
  onnx::Message *child = frame.field->child(frame.object);
  child->position = position;
  frames.push_back({&frame.field->message(), child});
  return true;
}

bool SaxHandler::key(string_t &value) {
  std::optional<LongString> cut = source.takeLongString();
  if (skipDepth != 0) {
    std::string dropped;
    return !cut || readLongText(*cut, dropped);
  }
  Frame &frame = frames.back();
  frame.field = nullptr;
  Position position =
      source.position(source.justReadPlainString(value.size()) ? value.size() + 2 : 1);
  if (cut)
    return error("import.limit", cut->position,
                 "expected a key of at most 4096 bytes, got " + std::to_string(cut->length));
  const FieldDesc *field = frame.desc->find(value);
  if (!field)
    return unknownKey(frame, value, position);
  uint64_t bit = uint64_t(1) << (field - frame.desc->fields.begin());
  if (frame.seen & bit)
    return error("import.duplicate-key", position,
                 "expected each field once, got " + quoteName(value) + " again");
  frame.seen |= bit;
  if (field->oneof != 0) {
    if (frame.oneofSeen & (1u << field->oneof))
      return error("import.oneof", position,
                   "expected one field of the alternatives in " + std::string(frame.desc->name) +
                       ", got " + quoteName(value) + " as a second");
    frame.oneofSeen |= 1u << field->oneof;
  }
  frame.field = field;
  return true;
}

bool SaxHandler::unknownKey(Frame &frame, const std::string &key, const Position &position) {
  if (frames.size() == 1)
    if (const char *format = foreignFormat(key))
      return error("import.format", position,
                   std::string("expected an ONNX model in JSON, got ") + format + " (key " +
                       quoteName(key) + "); export the model to ONNX first");
  if (!frame.unknownKeys.insert(key).second)
    return error("import.duplicate-key", position,
                 "expected each key once, got " + quoteName(key) + " again");
  std::string message =
      "unknown key " + quoteName(key) + " in " + frame.desc->name + ", its value is not used";
  if (strict)
    return error("import.unknown-key", position, message);
  if (!charge(key.size() + sizeof(std::string) * 2, position))
    return false;
  ++unknownKeyCount;
  if (unknownKeyCount <= limits.maxUnknownKeyWarnings)
    diagnostics.warning("import.unknown-key", position, path(), message);
  else if (unknownKeyCount == limits.maxUnknownKeyWarnings + 1)
    diagnostics.warning("import.unknown-key", position, path(), "more unknown keys follow");
  return true;
}

bool SaxHandler::end_object() {
  --jsonDepth;
  if (skipDepth != 0)
    --skipDepth;
  else
    frames.pop_back();
  endElement();
  return true;
}

bool SaxHandler::start_array(std::size_t) {
  Position position = source.position(1);
  if (++jsonDepth > limits.maxJsonDepth)
    return error("import.depth", position,
                 "expected at most " + std::to_string(limits.maxJsonDepth) +
                     " nested arrays and objects, got more");
  if (skipDepth != 0)
    return noteFlag() && beginSkip();
  if (frames.empty())
    return beginElement(position, "an array");
  Frame &frame = frames.back();
  if (!frame.field || frame.field->kind == FieldKind::Skip)
    return beginSkip();
  if (!frame.field->repeated || frame.inArray)
    return wrongKind(position, "an array");
  if (frame.field->kind == FieldKind::Flag) {
    flagPending = true;
    return beginSkip();
  }
  frame.inArray = true;
  frame.index = 0;
  return true;
}

bool SaxHandler::end_array() {
  --jsonDepth;
  if (skipDepth == 0) {
    frames.back().inArray = false;
    return true;
  }
  --skipDepth;
  if (skipDepth == 0)
    flagPending = false;
  return true;
}

bool SaxHandler::parse_error(std::size_t, const std::string &,
                             const nlohmann::detail::exception &exception) {
  if (source.readFailed())
    return error("import.file", source.position(), "the file changed while it was read");
  // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while ..."
  llvm::StringRef text = exception.what();
  text = text.substr(text.find("] ") + 2);
  if (text.starts_with("parse error at"))
    text = text.substr(text.find(": ") + 2);
  std::string clean;
  for (char c : text)
    clean += c >= ' ' && c <= '~' ? c : '?';
  if (clean.size() > 300)
    clean = clean.substr(0, 300) + "...";
  bool isRange = exception.id == 406;
  return error(isRange ? "import.range" : "import.syntax", source.position(1), clean);
}

} // namespace azulejo
