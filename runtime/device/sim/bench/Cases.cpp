// This file makes the inputs of the benchmark's kernels and checks their results.
#include "Cases.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace azulejo::sim::bench {

namespace {
constexpr int kSize = 512;                   // of the matrix products
constexpr int kRows = 1024, kColumns = 1000; // of softmax
constexpr int kElements = 1 << 20;

template <typename T> std::vector<uint8_t> bytesOf(const std::vector<T> &values) {
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

template <typename T> std::vector<T> valuesOf(const std::vector<uint8_t> &bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

// Multiples of 1/8 in [-2, 2): exact in f16, and so are their products in f32.
std::vector<float> randomFloats(size_t count, uint32_t seed) {
  std::vector<float> values(count);
  for (float &value : values) {
    seed = seed * 1664525u + 1013904223u;
    value = float(int(seed >> 27) - 16) / 8;
  }
  return values;
}

// Eighths below 2 are normal f16 numbers or zero: their bits come by shifting.
std::vector<uint16_t> toHalf(const std::vector<float> &values) {
  std::vector<uint16_t> halves;
  for (float value : values) {
    uint32_t bits;
    std::memcpy(&bits, &value, 4);
    uint32_t magnitude = bits & 0x7fffffffu;
    uint32_t half = magnitude == 0 ? 0 : (magnitude - (112u << 23)) >> 13;
    halves.push_back(uint16_t(half | (bits >> 16 & 0x8000)));
  }
  return halves;
}

bool isClose(double got, double expected) {
  return std::fabs(got - expected) <= 1e-5 + 1e-4 * std::fabs(expected);
}

bool isProductRight(const Case &, const std::vector<uint8_t> &output) {
  std::vector<float> a = randomFloats(size_t(kSize) * kSize, 1);
  std::vector<float> b = randomFloats(size_t(kSize) * kSize, 2), c = valuesOf<float>(output);
  for (int row = 3; row < kSize; row += 61)
    for (int column = 0; column < kSize; ++column) {
      double sum = 0;
      for (int i = 0; i < kSize; ++i)
        sum += double(a[size_t(row * kSize + i)]) * b[size_t(i * kSize + column)];
      if (!isClose(c[size_t(row * kSize + column)], sum))
        return false;
    }
  return true;
}

bool isSoftmaxRight(const Case &which, const std::vector<uint8_t> &output) {
  std::vector<float> x = valuesOf<float>(which.inputs[0]), y = valuesOf<float>(output);
  for (size_t row = 0; row < kRows; ++row) {
    double sum = 0;
    for (size_t i = 0; i < kColumns; ++i)
      sum += std::exp(double(x[row * kColumns + i]));
    for (size_t i = 0; i < kColumns; ++i)
      if (!isClose(y[row * kColumns + i], std::exp(double(x[row * kColumns + i])) / sum))
        return false;
  }
  return true;
}

bool isSumRight(const Case &which, const std::vector<uint8_t> &output) {
  std::vector<float> x = valuesOf<float>(which.inputs[0]), y = valuesOf<float>(which.inputs[1]);
  std::vector<float> z = valuesOf<float>(output);
  for (size_t i = 0; i < kElements; ++i)
    if (z[i] != std::max(x[i] + y[i], 0.0f))
      return false;
  return true;
}
} // namespace

Case makeCase(const std::string &name) {
  size_t count = size_t(kSize) * kSize;
  if (name == "sgemm" || name == "hgemm") {
    std::vector<float> a = randomFloats(count, 1), b = randomFloats(count, 2);
    bool isHalf = name == "hgemm";
    return {name,
            name,
            {kSize / 128, kSize / 128, 1},
            {256, 1, 1},
            {isHalf ? bytesOf(toHalf(a)) : bytesOf(a), isHalf ? bytesOf(toHalf(b)) : bytesOf(b)},
            count * 4,
            {kSize, kSize},
            double(count) * kSize,
            "MAC/s",
            isProductRight};
  }
  if (name == "softmax")
    return {name,
            name,
            {kRows, 1, 1},
            {256, 1, 1},
            {bytesOf(randomFloats(size_t(kRows) * kColumns, 3))},
            size_t(kRows) * kColumns * 4,
            {kColumns},
            double(kRows) * kColumns,
            "elements/s",
            isSoftmaxRight};
  return {"addRelu",
          name,
          {kElements / 256, 1, 1},
          {256, 1, 1},
          {bytesOf(randomFloats(kElements, 4)), bytesOf(randomFloats(kElements, 5))},
          size_t(kElements) * 4,
          {kElements},
          double(kElements),
          "elements/s",
          isSumRight};
}

} // namespace azulejo::sim::bench
