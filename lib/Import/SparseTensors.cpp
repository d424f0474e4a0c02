// This file turns sparse initializers into dense ones.
#include "lib/Import/ModelChecks.h"
#include "lib/Import/OnnxReader.h"

#include "llvm/Support/MathExtras.h"

#include <cstring>

namespace azulejo {

using namespace onnx;

namespace {

/// Says what is wrong with the shapes of a sparse tensor, or "".
std::string shapeFault(const SparseTensorProto &sparse) {
  if (!sparse.values || !sparse.indices)
    return "expected values and indices, got one of them";
  int64_t count = sparse.values->elementCount;
  const std::vector<int64_t> &indexDims = sparse.indices->dims;
  if (sparse.values->dims.size() != 1)
    return "expected values of rank 1, got rank " + std::to_string(sparse.values->dims.size());
  if (sparse.indices->dataType != static_cast<int32_t>(DataType::Int64))
    return "expected indices of INT64, got " + dataTypeName(sparse.indices->dataType);
  if (dataTypeBits(sparse.values->dataType) % 8 != 0 || dataTypeBits(sparse.values->dataType) == 0)
    return "expected values of whole bytes, got " + dataTypeName(sparse.values->dataType);
  bool isLinear = indexDims.size() == 1;
  if (indexDims.empty() || indexDims.size() > 2 || indexDims[0] != count ||
      (!isLinear && indexDims[1] != static_cast<int64_t>(sparse.dims.size())))
    return "expected indices of shape [" + std::to_string(count) + "] or [" +
           std::to_string(count) + ", " + std::to_string(sparse.dims.size()) + "], got another";
  return "";
}

/// The place of value `i` among all elements, or nullopt when an index is out of range.
std::optional<int64_t> placeOf(const SparseTensorProto &sparse, int64_t i, int64_t elementCount) {
  const char *indices = sparse.indices->data.data();
  auto read = [&](int64_t at) {
    int64_t value;
    std::memcpy(&value, indices + at * 8, 8);
    return value;
  };
  if (sparse.indices->dims.size() == 1) {
    int64_t place = read(i);
    return place >= 0 && place < elementCount ? std::optional<int64_t>(place) : std::nullopt;
  }
  int64_t place = 0, rank = static_cast<int64_t>(sparse.dims.size());
  for (int64_t d = 0; d < rank; ++d) {
    int64_t index = read(i * rank + d);
    if (index < 0 || index >= sparse.dims[d])
      return std::nullopt;
    place = place * sparse.dims[d] + index;
  }
  return place;
}

std::string expand(SparseTensorProto &sparse, const ImportLimits &limits, TensorProto &dense) {
  std::string fault = shapeFault(sparse);
  if (!fault.empty())
    return fault;
  int64_t elementBytes = dataTypeBits(sparse.values->dataType) / 8, count = 1, size;
  for (int64_t dim : sparse.dims)
    if (dim < 0 || llvm::MulOverflow(count, dim, count))
      return "expected dimensions of 0 and above with a product below 2^63, got others";
  if (llvm::MulOverflow(count, elementBytes, size) ||
      static_cast<uint64_t>(size) > limits.maxFoldedBytes)
    return "expected at most " + std::to_string(limits.maxFoldedBytes) +
           " bytes after expansion, got more";
  std::optional<AlignedBuffer> data = AlignedBuffer::allocate(static_cast<uint64_t>(size));
  if (!data)
    return "out of memory for " + std::to_string(size) + " bytes";
  if (size != 0)
    std::memset(data->data(), 0, static_cast<size_t>(size));
  int64_t previous = -1;
  for (int64_t i = 0; i < sparse.values->elementCount; ++i) {
    std::optional<int64_t> place = placeOf(sparse, i, count);
    if (!place)
      return "expected indices within the dimensions, got another as number " + std::to_string(i);
    if (*place <= previous)
      return "expected indices in ascending order without repetition, got another as number " +
             std::to_string(i);
    previous = *place;
    std::memcpy(data->data() + *place * elementBytes, sparse.values->data.data() + i * elementBytes,
                static_cast<size_t>(elementBytes));
  }
  dense.position = sparse.position;
  dense.name = sparse.values->name;
  dense.dims = sparse.dims;
  dense.dataType = sparse.values->dataType;
  dense.elementCount = count;
  dense.data = std::move(*data);
  return "";
}

} // namespace

bool expandSparseInitializers(GraphProto &graph, const ByteInput &input, const ImportLimits &limits,
                              ImportDiagnostics &diagnostics) {
  for (SparseTensorProto &sparse : graph.sparseInitializer) {
    TensorProto dense;
    std::string fault = expand(sparse, limits, dense);
    if (!fault.empty())
      return diagnostics.error("import.sparse", sparse.position,
                               findJsonPath(input, sparse.position.offset), fault);
    graph.initializer.push_back(std::move(dense));
  }
  graph.sparseInitializer.clear();
  return true;
}

} // namespace azulejo
