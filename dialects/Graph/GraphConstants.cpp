// This file makes constants of the graph dialect from bytes, and bytes from constants.

#include "dialects/Graph/GraphOps.h"

#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace azulejo::graph {

int64_t elementByteSize(Type elementType) { return (elementType.getIntOrFloatBitWidth() + 7) / 8; }

ArrayRef<char> rawBytes(ElementsAttr value) {
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    return dense.getRawData();
  auto resource = dyn_cast<DenseResourceElementsAttr>(value);
  if (!resource)
    return {};
  AsmResourceBlob *blob = resource.getRawHandle().getBlob();
  return blob ? blob->getData() : ArrayRef<char>();
}

std::optional<std::vector<char>> copyBytes(ElementsAttr value) {
  int64_t count = value.getNumElements();
  if (isBoolElement(value.getElementType())) {
    auto dense = dyn_cast<DenseElementsAttr>(value);
    if (!dense)
      return std::nullopt;
    auto bits = dense.getValues<bool>();
    return std::vector<char>(bits.begin(), bits.end());
  }
  ArrayRef<char> raw = rawBytes(value);
  size_t elementSize = elementByteSize(value.getElementType());
  bool isSplat = isa<DenseElementsAttr>(value) && value.isSplat();
  if (raw.size() != (isSplat ? 1 : count) * elementSize)
    return std::nullopt;
  if (!isSplat)
    return std::vector<char>(raw.begin(), raw.end());
  std::vector<char> bytes(count * elementSize);
  for (int64_t i = 0; i < count; ++i)
    std::memcpy(bytes.data() + i * elementSize, raw.data(), elementSize);
  return bytes;
}

/// Returns whether all elements of `bytes` have the same bits.
static bool isUniform(ArrayRef<char> bytes, size_t elementSize) {
  return bytes.size() > elementSize &&
         std::memcmp(bytes.data(), bytes.data() + elementSize, bytes.size() - elementSize) == 0;
}

ElementsAttr makeConstant(RankedTensorType type, ArrayRef<char> bytes) {
  size_t elementSize = elementByteSize(type.getElementType());
  assert(bytes.size() == type.getNumElements() * elementSize && "bytes do not fill the type");
  if (isBoolElement(type.getElementType())) {
    SmallVector<bool> bits(bytes.begin(), bytes.end());
    return DenseElementsAttr::get(type, ArrayRef<bool>(bits));
  }
  if (isUniform(bytes, elementSize))
    return DenseElementsAttr::getFromRawBuffer(type, bytes.take_front(elementSize));
  if (static_cast<int64_t>(bytes.size()) <= maxDenseConstantBytes)
    return DenseElementsAttr::getFromRawBuffer(type, bytes);
  return makeResourceConstant(
      type, "constant",
      HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, /*align=*/64, /*dataIsMutable=*/false));
}

ElementsAttr makeResourceConstant(RankedTensorType type, StringRef name, AsmResourceBlob blob) {
  return DenseResourceElementsAttr::get(type, name, std::move(blob));
}

} // namespace azulejo::graph
