// This file holds an ONNX model as typed structures, one per protobuf message, as the JSON reader
// fills them. Names follow onnx.proto; fields that no step needs are read, checked and dropped.
#ifndef AZULEJO_LIB_IMPORT_ONNXMODEL_H
#define AZULEJO_LIB_IMPORT_ONNXMODEL_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace azulejo::onnx {

/// A place in the JSON file: byte offset, and line and column counted from 1 (columns in bytes).
struct Position {
  uint64_t offset = 0;
  uint32_t line = 0;
  uint32_t column = 0;
};

/// What every message carries: where its `{` stands.
struct Message {
  Position position;
};

/// Bytes aligned to 64, owned. `data` may be null when `size` is 0.
class AlignedBuffer {
public:
  AlignedBuffer() = default;
  AlignedBuffer(AlignedBuffer &&other) noexcept { swap(other); }
  AlignedBuffer &operator=(AlignedBuffer &&other) noexcept {
    swap(other);
    return *this;
  }
  ~AlignedBuffer() { std::free(bytes); }

  /// Returns a buffer of `size` uninitialised bytes, or nullopt when memory is short.
  static std::optional<AlignedBuffer> allocate(uint64_t size);

  char *data() { return bytes; }
  const char *data() const { return bytes; }
  uint64_t size() const { return byteCount; }
  llvm::ArrayRef<char> ref() const { return {bytes, static_cast<size_t>(byteCount)}; }
  /// Gives the bytes away; the caller calls std::free.
  char *release() {
    char *result = bytes;
    bytes = nullptr;
    byteCount = 0;
    return result;
  }

private:
  void swap(AlignedBuffer &other) {
    std::swap(bytes, other.bytes);
    std::swap(byteCount, other.byteCount);
  }
  char *bytes = nullptr;
  uint64_t byteCount = 0;
};

/// A bytes field of a tensor: the base64 text is left in the file until the tensor's size is known,
/// and `text` holds it only where it is short.
struct BytesField {
  bool present = false;
  bool inFile = false;
  std::string text;        // base64, when not in the file
  uint64_t fileOffset = 0; // of the first base64 character, when in the file
  uint64_t fileLength = 0;
  Position position; // of the first base64 character
};

struct StringEntry : Message {
  std::string key, value;
};

/// TensorProto.DataType.
enum class DataType : int32_t {
  Undefined = 0,
  Float = 1,
  Uint8 = 2,
  Int8 = 3,
  Uint16 = 4,
  Int16 = 5,
  Int32 = 6,
  Int64 = 7,
  String = 8,
  Bool = 9,
  Float16 = 10,
  Double = 11,
  Uint32 = 12,
  Uint64 = 13,
  Complex64 = 14,
  Complex128 = 15,
  Bfloat16 = 16,
  Float8E4M3FN = 17,
  Float8E4M3FNUZ = 18,
  Float8E5M2 = 19,
  Float8E5M2FNUZ = 20,
  Uint4 = 21,
  Int4 = 22,
  Float4E2M1 = 23,
  Float8E8M0 = 24,
  Uint2 = 25,
  Int2 = 26,
};

/// Returns the ONNX name of a data type ("FLOAT16"), or "data type N" when there is none.
std::string dataTypeName(int32_t dataType);
/// Returns the bits of one element; 0 for strings and for numbers that are no data type.
unsigned dataTypeBits(int32_t dataType);

struct TensorProto : Message {
  std::vector<int64_t> dims;
  int32_t dataType = 0;
  std::string name;
  bool segment = false;
  std::vector<float> floatData;
  std::vector<int32_t> int32Data;
  std::vector<std::string> stringData;
  std::vector<int64_t> int64Data;
  std::vector<double> doubleData;
  std::vector<uint64_t> uint64Data;
  BytesField rawData;
  std::vector<StringEntry> externalData;
  int32_t dataLocation = 0;

  /// The elements, little-endian and packed as raw_data packs them, once the reader is done;
  /// strings stay in `stringData`.
  AlignedBuffer data;
  /// The number of elements, once the reader is done.
  int64_t elementCount = 0;
};

struct SparseTensorProto : Message {
  std::optional<TensorProto> values, indices;
  std::vector<int64_t> dims;
};

struct Dimension : Message {
  std::optional<int64_t> value;
  std::optional<std::string> param;
};

struct TensorShapeProto : Message {
  std::vector<Dimension> dim;
};

struct TensorTypeProto : Message {
  int32_t elemType = 0;
  std::optional<TensorShapeProto> shape;
};

/// A tensor type, or the name of the kind that Azulejo does not read further.
struct TypeProto : Message {
  std::optional<TensorTypeProto> tensor;
  bool sequence = false, map = false, optional = false, sparse = false;
};

struct ValueInfoProto : Message {
  std::string name;
  std::optional<TypeProto> type;
};

struct GraphProto;

/// AttributeProto.AttributeType.
enum class AttributeType : int32_t {
  Undefined = 0,
  Float = 1,
  Int = 2,
  String = 3,
  Tensor = 4,
  Graph = 5,
  Floats = 6,
  Ints = 7,
  Strings = 8,
  Tensors = 9,
  Graphs = 10,
  SparseTensor = 11,
  SparseTensors = 12,
  Type = 13,
  Types = 14,
};

struct AttributeProto : Message {
  std::string name, refAttrName;
  int32_t type = 0;
  std::optional<float> f;
  std::optional<int64_t> i;
  std::optional<std::string> s; // decoded
  std::shared_ptr<TensorProto> t;
  std::shared_ptr<GraphProto> g;
  std::shared_ptr<SparseTensorProto> sparseTensor;
  std::optional<TypeProto> tp;
  std::vector<float> floats;
  std::vector<int64_t> ints;
  std::vector<std::string> strings; // decoded
  bool tensors = false, graphs = false, sparseTensors = false, typeProtos = false;
};

struct NodeProto : Message {
  std::vector<std::string> input, output;
  std::string name, opType, domain, overload;
  std::vector<AttributeProto> attribute;
};

struct GraphProto : Message {
  std::string name;
  std::vector<NodeProto> node;
  std::vector<TensorProto> initializer;
  std::vector<SparseTensorProto> sparseInitializer;
  std::vector<ValueInfoProto> input, output, valueInfo;
};

struct OperatorSetId : Message {
  std::string domain;
  std::optional<int64_t> version;
};

struct FunctionProto : Message {
  std::string name, domain, overload;
  std::vector<std::string> input, output, attribute;
  std::vector<AttributeProto> attributeProto;
  std::vector<NodeProto> node;
  std::vector<OperatorSetId> opsetImport;
};

struct ModelProto : Message {
  int64_t irVersion = 0;
  std::string producerName, producerVersion;
  std::vector<OperatorSetId> opsetImport;
  std::optional<GraphProto> graph;
  std::vector<FunctionProto> functions;
  bool trainingInfo = false;
};

} // namespace azulejo::onnx

#endif // AZULEJO_LIB_IMPORT_ONNXMODEL_H
