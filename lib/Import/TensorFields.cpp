// This file packs the typed fields of a TensorProto (float_data, int32_data, ...) into bytes, and
// knows the names and widths of ONNX's data types.
#include "lib/Import/TensorLoader.h"

#include <cstring>
#include <limits>

namespace azulejo {

using onnx::DataType;
using onnx::TensorProto;

namespace {

struct DataTypeInfo {
  const char *name;
  unsigned bits;
};
constexpr DataTypeInfo dataTypes[] = {
    {"UNDEFINED", 0},      {"FLOAT", 32},     {"UINT8", 8},
    {"INT8", 8},           {"UINT16", 16},    {"INT16", 16},
    {"INT32", 32},         {"INT64", 64},     {"STRING", 0},
    {"BOOL", 8},           {"FLOAT16", 16},   {"DOUBLE", 64},
    {"UINT32", 32},        {"UINT64", 64},    {"COMPLEX64", 64},
    {"COMPLEX128", 128},   {"BFLOAT16", 16},  {"FLOAT8E4M3FN", 8},
    {"FLOAT8E4M3FNUZ", 8}, {"FLOAT8E5M2", 8}, {"FLOAT8E5M2FNUZ", 8},
    {"UINT4", 4},          {"INT4", 4},       {"FLOAT4E2M1", 4},
    {"FLOAT8E8M0", 8},     {"UINT2", 2},      {"INT2", 2}};

/// The range of one int32_data entry: the type's own, bit patterns for floats and packed types.
void entryRange(DataType type, unsigned bits, int64_t &low, int64_t &high) {
  bool isSigned = type == DataType::Int8 || type == DataType::Int16 || type == DataType::Int32;
  unsigned entryBits = bits < 8 ? 8 : bits;
  high = (int64_t(1) << (isSigned ? entryBits - 1 : entryBits)) - 1;
  low = isSigned ? -high - 1 : 0;
  if (type == DataType::Bool)
    high = 1;
}

template <typename T> void copyField(const std::vector<T> &field, char *out) {
  if (!field.empty())
    std::memcpy(out, field.data(), field.size() * sizeof(T));
}

std::string packInt32(const TensorProto &tensor, unsigned bits, char *out) {
  int64_t low, high;
  entryRange(static_cast<DataType>(tensor.dataType), bits, low, high);
  size_t entryBytes = bits < 8 ? 1 : bits / 8;
  for (size_t i = 0; i < tensor.int32Data.size(); ++i) {
    int32_t entry = tensor.int32Data[i];
    if (entry < low || entry > high)
      return "expected entries of int32_data from " + std::to_string(low) + " to " +
             std::to_string(high) + " for " + onnx::dataTypeName(tensor.dataType) + ", got " +
             std::to_string(entry) + " as entry " + std::to_string(i);
    std::memcpy(out + i * entryBytes, &entry, entryBytes);
  }
  return "";
}

} // namespace

std::string onnx::dataTypeName(int32_t dataType) {
  if (dataType < 0 || dataType >= static_cast<int32_t>(std::size(dataTypes)))
    return "data type " + std::to_string(dataType);
  return dataTypes[dataType].name;
}

unsigned onnx::dataTypeBits(int32_t dataType) {
  if (dataType < 0 || dataType >= static_cast<int32_t>(std::size(dataTypes)))
    return 0;
  return dataTypes[dataType].bits;
}

TypedField typedFieldOf(const TensorProto &tensor) {
  uint64_t count = static_cast<uint64_t>(tensor.elementCount);
  switch (static_cast<DataType>(tensor.dataType)) {
  case DataType::Float:
    return {"float_data", count, tensor.floatData.size()};
  case DataType::Complex64:
    return {"float_data", 2 * count, tensor.floatData.size()};
  case DataType::Int64:
    return {"int64_data", count, tensor.int64Data.size()};
  case DataType::Double:
    return {"double_data", count, tensor.doubleData.size()};
  case DataType::Complex128:
    return {"double_data", 2 * count, tensor.doubleData.size()};
  case DataType::Uint32:
  case DataType::Uint64:
    return {"uint64_data", count, tensor.uint64Data.size()};
  case DataType::String:
    return {"string_data", count, tensor.stringData.size()};
  default:
    break;
  }
  unsigned perEntry = std::max(1u, 8 / onnx::dataTypeBits(tensor.dataType));
  return {"int32_data", (count + perEntry - 1) / perEntry, tensor.int32Data.size()};
}

std::string packTypedFields(const TensorProto &tensor, char *out) {
  switch (static_cast<DataType>(tensor.dataType)) {
  case DataType::Float:
  case DataType::Complex64:
    copyField(tensor.floatData, out);
    return "";
  case DataType::Int64:
    copyField(tensor.int64Data, out);
    return "";
  case DataType::Double:
  case DataType::Complex128:
    copyField(tensor.doubleData, out);
    return "";
  case DataType::Uint64:
    copyField(tensor.uint64Data, out);
    return "";
  case DataType::Uint32:
    for (size_t i = 0; i < tensor.uint64Data.size(); ++i) {
      if (tensor.uint64Data[i] > std::numeric_limits<uint32_t>::max())
        return "expected values of uint64_data below 2^32 for UINT32, got " +
               std::to_string(tensor.uint64Data[i]);
      uint32_t value = static_cast<uint32_t>(tensor.uint64Data[i]);
      std::memcpy(out + 4 * i, &value, 4);
    }
    return "";
  default:
    return packInt32(tensor, onnx::dataTypeBits(tensor.dataType), out);
  }
}

} // namespace azulejo
