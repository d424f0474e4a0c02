// This file stores and loads the elements of tensors.

#include "lib/Reference/Tensor.h"

#include "dialects/Graph/GraphOps.h"

#include <cmath>
#include <cstring>

using namespace mlir;

namespace azulejo::reference {

Tensor makeTensor(RankedTensorType type) {
  return {type,
          std::vector<char>(type.getNumElements() * graph::elementByteSize(type.getElementType()))};
}

std::optional<Tensor> fromAttribute(ElementsAttr value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  std::optional<std::vector<char>> bytes = graph::copyBytes(value);
  if (!type || !bytes)
    return std::nullopt;
  return Tensor{type, std::move(*bytes)};
}

uint16_t encodeSmallFloat(double value, int exponentBits, int mantissaBits) {
  int bias = (1 << (exponentBits - 1)) - 1;
  uint32_t infinity = ((1u << exponentBits) - 1) << mantissaBits;
  uint32_t sign = std::signbit(value) ? 1u << (exponentBits + mantissaBits) : 0;
  if (std::isnan(value))
    return sign | infinity | (1u << (mantissaBits - 1));
  double magnitude = std::fabs(value);
  if (magnitude == 0)
    return sign;
  if (std::isinf(value))
    return sign | infinity;
  int exponent = std::max(std::ilogb(magnitude), 1 - bias);
  // The mantissa with its leading one as a whole number; below the least exponent there is no
  // leading one. A mantissa that rounds up to the next power of two carries into the exponent by
  // the addition.
  double mantissa = std::nearbyint(std::ldexp(magnitude, mantissaBits - exponent));
  int64_t bits =
      (static_cast<int64_t>(exponent + bias - 1) << mantissaBits) + static_cast<int64_t>(mantissa);
  return sign | static_cast<uint32_t>(std::min<int64_t>(bits, infinity));
}

double decodeSmallFloat(uint16_t bits, int exponentBits, int mantissaBits) {
  int bias = (1 << (exponentBits - 1)) - 1;
  int exponent = (bits >> mantissaBits) & ((1 << exponentBits) - 1);
  int mantissa = bits & ((1 << mantissaBits) - 1);
  double sign = bits >> (exponentBits + mantissaBits) ? -1.0 : 1.0;
  if (exponent == (1 << exponentBits) - 1)
    return std::copysign(mantissa ? NAN : INFINITY, sign);
  if (exponent == 0)
    return sign * std::ldexp(mantissa, 1 - bias - mantissaBits);
  return sign * std::ldexp(mantissa + (1 << mantissaBits), exponent - bias - mantissaBits);
}

template <typename Narrow, typename Wide> static std::vector<Wide> load(const Tensor &tensor) {
  std::vector<Wide> elements(tensor.size());
  for (size_t i = 0; i < elements.size(); ++i) {
    Narrow element;
    std::memcpy(&element, tensor.data.data() + i * sizeof(Narrow), sizeof(Narrow));
    elements[i] = static_cast<Wide>(element);
  }
  return elements;
}

template <typename Narrow, typename Wide>
static void store(Tensor &tensor, const std::vector<Wide> &elements) {
  for (size_t i = 0; i < elements.size(); ++i) {
    Narrow element = static_cast<Narrow>(elements[i]);
    std::memcpy(tensor.data.data() + i * sizeof(Narrow), &element, sizeof(Narrow));
  }
}

template <> std::vector<double> widen(const Tensor &tensor) {
  Type type = tensor.elementType();
  if (type.isF32())
    return load<float, double>(tensor);
  if (type.isF64())
    return load<double, double>(tensor);
  int exponentBits = type.isF16() ? 5 : 8;
  std::vector<double> elements;
  elements.reserve(tensor.size());
  for (uint16_t bits : load<uint16_t, uint16_t>(tensor))
    elements.push_back(decodeSmallFloat(bits, exponentBits, 15 - exponentBits));
  return elements;
}

template <> std::vector<int64_t> widen(const Tensor &tensor) {
  switch (tensor.elementType().getIntOrFloatBitWidth()) {
  case 8:
    return load<int8_t, int64_t>(tensor);
  case 16:
    return load<int16_t, int64_t>(tensor);
  case 32:
    return load<int32_t, int64_t>(tensor);
  default:
    return load<int64_t, int64_t>(tensor);
  }
}

template <> std::vector<uint64_t> widen(const Tensor &tensor) {
  switch (tensor.elementType().getIntOrFloatBitWidth()) {
  case 1:
  case 8:
    return load<uint8_t, uint64_t>(tensor);
  case 16:
    return load<uint16_t, uint64_t>(tensor);
  case 32:
    return load<uint32_t, uint64_t>(tensor);
  default:
    return load<uint64_t, uint64_t>(tensor);
  }
}

template <> Tensor narrow(RankedTensorType type, const std::vector<double> &elements) {
  Tensor tensor = makeTensor(type);
  Type elementType = type.getElementType();
  if (elementType.isF32()) {
    store<float>(tensor, elements);
  } else if (elementType.isF64()) {
    store<double>(tensor, elements);
  } else {
    int exponentBits = elementType.isF16() ? 5 : 8;
    std::vector<uint16_t> bits;
    bits.reserve(elements.size());
    for (double element : elements)
      bits.push_back(encodeSmallFloat(element, exponentBits, 15 - exponentBits));
    store<uint16_t>(tensor, bits);
  }
  return tensor;
}

/// The low bits of an integer are the same whether it is signed or not.
template <typename Wide>
static Tensor narrowIntegers(RankedTensorType type, const std::vector<Wide> &elements) {
  Tensor tensor = makeTensor(type);
  switch (type.getElementTypeBitWidth()) {
  case 1:
    store<bool>(tensor, elements);
    break;
  case 8:
    store<uint8_t>(tensor, elements);
    break;
  case 16:
    store<uint16_t>(tensor, elements);
    break;
  case 32:
    store<uint32_t>(tensor, elements);
    break;
  default:
    store<uint64_t>(tensor, elements);
    break;
  }
  return tensor;
}

template <> Tensor narrow(RankedTensorType type, const std::vector<int64_t> &elements) {
  return narrowIntegers(type, elements);
}

template <> Tensor narrow(RankedTensorType type, const std::vector<uint64_t> &elements) {
  return narrowIntegers(type, elements);
}

SmallVector<int64_t> stridesOf(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = static_cast<int64_t>(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

} // namespace azulejo::reference
