// This file describes the messages of onnx.proto to the JSON reader: for every message a table of
// its fields, each with the function that stores a value of it.
#ifndef AZULEJO_LIB_IMPORT_ONNXSCHEMA_H
#define AZULEJO_LIB_IMPORT_ONNXSCHEMA_H

#include "lib/Import/OnnxModel.h"

namespace azulejo::onnx {

enum class FieldKind {
  String,  // text
  Bytes,   // base64, decoded at once
  Payload, // base64 of a tensor, decoded when the tensor's size is known
  Int64,
  Int32,
  Uint64,
  Float,
  Double,
  Enum,
  Message,
  Flag, // a message that is noted as present and skipped
  Skip, // checked as JSON and dropped
};

struct MessageDesc;

/// A name of an enum value.
struct EnumName {
  const char *name;
  int32_t value;
};

/// One field. Exactly the function that fits its kind is set; each appends where the field is
/// repeated.
struct FieldDesc {
  const char *name; // snake_case
  FieldKind kind;
  bool repeated = false;
  unsigned oneof = 0; // fields of one number above 0 exclude each other
  void (*setString)(void *object, std::string &&value) = nullptr;
  void (*setInt)(void *object, int64_t value) = nullptr;
  void (*setUint)(void *object, uint64_t value) = nullptr;
  void (*setFloat)(void *object, float value) = nullptr;
  void (*setDouble)(void *object, double value) = nullptr;
  void (*setFlag)(void *object) = nullptr;
  BytesField &(*payload)(void *object) = nullptr;
  Message *(*child)(void *object) = nullptr;
  const MessageDesc &(*message)() = nullptr;
  llvm::ArrayRef<EnumName> enumNames = {};
  unsigned childBytes = 0; // size of the structure that `child` makes
};

struct MessageDesc {
  const char *name;
  llvm::ArrayRef<FieldDesc> fields;

  /// Finds a field by its snake_case or lowerCamelCase name; null when there is none.
  const FieldDesc *find(llvm::StringRef key) const;
};

const MessageDesc &modelDesc();
const MessageDesc &tensorDesc();

} // namespace azulejo::onnx

#endif // AZULEJO_LIB_IMPORT_ONNXSCHEMA_H
