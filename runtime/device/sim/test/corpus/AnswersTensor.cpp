// This file computes the answers of the programs for tensor cores and for asynchronous copies.
#include "test/corpus/Program.h"

#include <functional>

namespace azulejo::sim::corpus {
namespace {

// c[r][c] = scale * sum of a(r, i) * b(i, c), written by `put`.
void multiply(int m, int n, int k, const std::function<double(int, int)> &a,
              const std::function<double(int, int)> &b,
              const std::function<void(int, double)> &put) {
  for (int r = 0; r < m; ++r)
    for (int c = 0; c < n; ++c) {
      double sum = 0;
      for (int i = 0; i < k; ++i)
        sum += a(r, i) * b(i, c);
      put(r * n + c, sum);
    }
}

// Both matrices of f16, stored by rows.
void multiplyHalves(Data &data, int m, int n, int k, const std::function<void(int, double)> &put) {
  multiply(
      m, n, k, [&](int r, int i) { return fromHalf(data.of<uint16_t>("a")[r * k + i]); },
      [&](int i, int c) { return fromHalf(data.of<uint16_t>("b")[i * n + c]); }, put);
}

void hgemmMma(Data &data) {
  multiplyHalves(data, 64, 128, 48, [&](int i, double v) { data.of<float>("c")[i] = float(v); });
}
void hgemmPipeline(Data &data) {
  multiplyHalves(data, 64, 64, 80, [&](int i, double v) { data.of<uint16_t>("c")[i] = toHalf(v); });
}
void hgemmWmma(Data &data) {
  multiplyHalves(data, 32, 32, 48,
                 [&](int i, double v) { data.of<float>("c")[i] = float(0.5 * v); });
}

void hgemmSm75(Data &data) {
  multiply(
      16, 8, 32, [&](int r, int i) { return fromHalf(data.of<uint16_t>("a")[r * 32 + i]); },
      [&](int i, int c) { return fromHalf(data.of<uint16_t>("b")[c * 32 + i]); },
      [&](int i, double v) {
        data.of<float>("c")[i] = float(v);
        data.of<uint16_t>("d")[i] = toHalf(v);
      });
}

void gemmBf16(Data &data) {
  multiply(
      16, 8, 64, [&](int r, int i) { return fromBfloat(data.of<uint16_t>("a")[r * 64 + i]); },
      [&](int i, int c) { return fromBfloat(data.of<uint16_t>("b")[c * 64 + i]); },
      [&](int i, double v) { data.of<float>("c")[i] = float(v); });
  multiply(
      16, 8, 64, [&](int r, int i) { return data.of<float>("p")[r * 64 + i]; },
      [&](int i, int c) { return data.of<float>("q")[c * 64 + i]; },
      [&](int i, double v) { data.of<float>("r")[i] = float(v); });
}

void gemmInt8(Data &data) {
  multiply(
      16, 8, 96, [&](int r, int i) { return data.of<int8_t>("a")[r * 96 + i]; },
      [&](int i, int c) { return data.of<int8_t>("b")[c * 96 + i]; },
      [&](int i, double v) { data.of<int>("c")[i] = int(v); });
}

// dp4a multiplies bytes by bytes; dp2a the two halves of a by the lower, or the upper, bytes of b.
void gemmDp4a(Data &data) {
  for (int r = 0; r < 16; ++r)
    for (int c = 0; c < 16; ++c) {
      int64_t sum = 0, total = 0;
      for (int i = 0; i < 32; ++i) {
        sum += data.of<int8_t>("a")[r * 32 + i] * data.of<int8_t>("b")[c * 32 + i];
        total += data.of<uint8_t>("a")[r * 32 + i] * data.of<uint8_t>("b")[c * 32 + i];
        int half = r * 16 + i / 4 * 2 + i % 2;
        sum += int64_t(data.of<int16_t>("a")[half]) * data.of<int8_t>("b")[c * 32 + i];
        total += int64_t(data.of<uint16_t>("a")[half]) * data.of<uint8_t>("b")[c * 32 + i];
      }
      data.of<int>("c")[r * 16 + c] = int(sum);
      data.of<uint32_t>("u")[r * 16 + c] = uint32_t(total);
    }
}

void gemmDouble(Data &data) {
  multiply(
      8, 8, 40, [&](int r, int i) { return data.of<double>("a")[r * 40 + i]; },
      [&](int i, int c) { return data.of<double>("b")[c * 40 + i]; },
      [&](int i, double v) { data.of<double>("c")[i] = v; });
}

void asyncStencil(Data &data) {
  const float *x = data.of<float>("x");
  for (int i = 0; i < 640; ++i)
    data.of<float>("y")[i] =
        float(0.25 * (i > 0 ? x[i - 1] : 0.0f) + 0.5 * x[i] + 0.25 * (i < 639 ? x[i + 1] : 0.0f));
}

void asyncRing(Data &data) {
  for (int c = 0; c < 256; ++c) {
    int sum = 0;
    for (int r = 0; r < 11; ++r)
      sum += data.of<int>("x")[r * 256 + c];
    data.of<int>("y")[c] = sum;
  }
}

void asyncBarrier(Data &data) {
  for (int i = 0; i < 320; ++i)
    data.of<float>("y")[i] = data.of<float>("x")[i / 64 * 64 + 63 - i % 64];
}

void bulkPipeline(Data &data) {
  for (int i = 0; i < 256; ++i) {
    double sum = 0;
    for (int r = 0; r < 7; ++r)
      sum += double(data.of<float>("x")[r * 256 + i]) * (r + 1);
    data.of<float>("y")[i] = float(sum);
  }
}

void wmmaInt8(Data &data) {
  multiply(
      32, 8, 64, [&](int r, int i) { return data.of<int8_t>("a")[r * 64 + i]; },
      [&](int i, int c) { return data.of<int8_t>("b")[c * 64 + i]; },
      [&](int i, double v) { data.of<int>("c")[i] = int(v) + 1; });
}

void groupCopy(Data &data) {
  const float *x = data.of<float>("x");
  for (int t = 0; t < 64; ++t)
    data.of<float>("y")[t] = x[63 - t] + x[64 + (t ^ 1)];
}

// A tile of 8 x 8 halves comes back transposed: lane l holds row l / 4, columns 2 * (l % 4) on.
void electMatrix(Data &data) {
  const uint16_t *x = data.of<uint16_t>("x");
  for (int tile = 0; tile < 4; ++tile)
    for (int r = 0; r < 8; ++r)
      for (int c = 0; c < 8; ++c)
        data.of<uint16_t>("y")[tile * 64 + r * 8 + c] = x[tile * 64 + c * 8 + r];
  *data.of<int>("leaders") = 0;
}

} // namespace

const NamedAnswer kTensorAnswers[] = {
    {"hgemm-mma", hgemmMma},         {"hgemm-pipeline", hgemmPipeline},
    {"hgemm-wmma", hgemmWmma},       {"hgemm-sm75", hgemmSm75},
    {"wmma-int8", wmmaInt8},         {"group-copy", groupCopy},
    {"gemm-bf16", gemmBf16},         {"gemm-int8", gemmInt8},
    {"gemm-dp4a", gemmDp4a},         {"gemm-double", gemmDouble},
    {"async-stencil", asyncStencil}, {"async-ring", asyncRing},
    {"async-barrier", asyncBarrier}, {"bulk-pipeline", bulkPipeline},
    {"elect-matrix", electMatrix},   {nullptr, nullptr}};

} // namespace azulejo::sim::corpus
