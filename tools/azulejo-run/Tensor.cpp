// This file converts and summarises the elements of host tensors.
#include "Tensor.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <sstream>

namespace azulejo::run {
namespace {

template <typename T> double load(const uint8_t *at) {
  T value;
  memcpy(&value, at, sizeof(T));
  return static_cast<double>(value);
}

template <typename T> void store(uint8_t *at, double value) {
  auto converted = static_cast<T>(value);
  memcpy(at, &converted, sizeof(T));
}

double loadHalf(const uint8_t *at) {
  uint16_t bits;
  memcpy(&bits, at, 2);
  int exponent = bits >> 10 & 31, fraction = bits & 1023;
  double sign = bits >> 15 ? -1 : 1;
  if (exponent == 31)
    return fraction ? std::nan("") : sign * HUGE_VAL;
  return sign * (exponent ? std::ldexp(1024 + fraction, exponent - 25) : std::ldexp(fraction, -24));
}

// Rounds to nearest even.
void storeHalf(uint8_t *at, double value) {
  uint16_t sign = std::signbit(value) ? 0x8000 : 0, bits;
  double size = std::fabs(value);
  if (std::isnan(value))
    bits = 0x7e00;
  else if (size >= 65520)
    bits = 0x7c00;
  else if (size < std::ldexp(1, -14))
    bits = static_cast<uint16_t>(std::nearbyint(std::ldexp(size, 24)));
  else {
    int exponent = std::ilogb(size);
    auto fraction = static_cast<int>(std::nearbyint(std::ldexp(size, 10 - exponent)));
    bits = static_cast<uint16_t>(((exponent + 14) << 10) + fraction);
  }
  bits |= sign;
  memcpy(at, &bits, 2);
}

double loadBfloat(const uint8_t *at) {
  uint8_t wide[4] = {0, 0, at[0], at[1]};
  return load<float>(wide);
}

void storeBfloat(uint8_t *at, double value) {
  auto single = static_cast<float>(value);
  uint32_t bits;
  memcpy(&bits, &single, 4);
  if (!std::isnan(single))
    bits += 0x7fff + (bits >> 16 & 1);
  auto upper = static_cast<uint16_t>(bits >> 16);
  memcpy(at, &upper, 2);
}

} // namespace

azj_buffer Tensor::view() {
  azj_buffer buffer = {};
  buffer.dtype = dtype;
  buffer.rank = static_cast<uint32_t>(shape.size());
  std::copy(shape.begin(), shape.end(), buffer.shape);
  buffer.host = bytes.data();
  buffer.bytes = bytes.size();
  return buffer;
}

std::string describe(azj_dtype dtype, const std::vector<int64_t> &shape) {
  std::string text = std::string(azj_dtype_name(dtype)) + " [";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

double elementOf(const Tensor &tensor, size_t index) {
  const uint8_t *at = tensor.bytes.data() + index * azj_dtype_size(tensor.dtype);
  switch (tensor.dtype) {
  case AZJ_F32:
    return load<float>(at);
  case AZJ_F16:
    return loadHalf(at);
  case AZJ_BF16:
    return loadBfloat(at);
  case AZJ_F64:
    return load<double>(at);
  case AZJ_I8:
    return load<int8_t>(at);
  case AZJ_I16:
    return load<int16_t>(at);
  case AZJ_I32:
    return load<int32_t>(at);
  case AZJ_I64:
    return load<int64_t>(at);
  case AZJ_U8:
  case AZJ_BOOL:
    return load<uint8_t>(at);
  case AZJ_U16:
    return load<uint16_t>(at);
  case AZJ_U32:
    return load<uint32_t>(at);
  case AZJ_U64:
    return load<uint64_t>(at);
  }
  return 0;
}

void setElement(Tensor &tensor, size_t index, double value) {
  uint8_t *at = tensor.bytes.data() + index * azj_dtype_size(tensor.dtype);
  switch (tensor.dtype) {
  case AZJ_F32:
    return store<float>(at, value);
  case AZJ_F16:
    return storeHalf(at, value);
  case AZJ_BF16:
    return storeBfloat(at, value);
  case AZJ_F64:
    return store<double>(at, value);
  case AZJ_I8:
    return store<int8_t>(at, value);
  case AZJ_I16:
    return store<int16_t>(at, value);
  case AZJ_I32:
    return store<int32_t>(at, value);
  case AZJ_I64:
    return store<int64_t>(at, value);
  case AZJ_U8:
    return store<uint8_t>(at, value);
  case AZJ_BOOL:
    return store<uint8_t>(at, value != 0);
  case AZJ_U16:
    return store<uint16_t>(at, value);
  case AZJ_U32:
    return store<uint32_t>(at, value);
  case AZJ_U64:
    return store<uint64_t>(at, value);
  }
}

std::string summarize(const Tensor &tensor) {
  constexpr size_t shown = 8;
  size_t count = tensor.bytes.size() / azj_dtype_size(tensor.dtype);
  std::ostringstream text;
  double least = HUGE_VAL, most = -HUGE_VAL, sum = 0;
  size_t finite = 0, mostAt = 0;
  for (size_t i = 0; i < count; ++i) {
    double value = elementOf(tensor, i);
    if (!std::isfinite(value))
      continue;
    ++finite;
    sum += value;
    least = std::min(least, value);
    if (value > most) {
      most = value;
      mostAt = i;
    }
  }
  text << "[";
  for (size_t i = 0; i < std::min(count, shown); ++i)
    text << (i ? ", " : "") << elementOf(tensor, i);
  text << (count > shown ? ", ...]" : "]");
  if (finite && count > 1)
    text << " min " << least << " max " << most << " (element " << mostAt << ") mean "
         << sum / static_cast<double>(finite);
  if (finite < count)
    text << ", " << count - finite << " not finite";
  return text.str();
}

} // namespace azulejo::run
