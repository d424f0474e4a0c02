// This file computes the answers of the programs on matrices of floats, and of stencils.
#include "test/corpus/Program.h"

#include <algorithm>
#include <cmath>

namespace azulejo::sim::corpus {
namespace {

template <typename T> void transpose(Data &data, int rows, int columns) {
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c)
      data.of<T>("y")[c * rows + r] = data.of<T>("x")[r * columns + c];
}
void transposeFloats(Data &data) { transpose<float>(data, 33, 70); }
void transposeShorts(Data &data) { transpose<int16_t>(data, 64, 64); }

void multiply(Data &data, int m, int n, int k) {
  const float *a = data.of<float>("a"), *b = data.of<float>("b");
  for (int r = 0; r < m; ++r)
    for (int c = 0; c < n; ++c) {
      double sum = 0;
      for (int i = 0; i < k; ++i)
        sum += double(a[r * k + i]) * b[i * n + c];
      data.of<float>("c")[r * n + c] = float(sum);
    }
}
void sgemmEdges(Data &data) { multiply(data, 23, 33, 34); }
void sgemmRegister(Data &data) { multiply(data, 128, 256, 24); }

void gemv(Data &data) {
  for (int r = 0; r < 8; ++r) {
    double sum = 0;
    for (int i = 0; i < 200; ++i)
      sum += double(data.of<float>("a")[r * 200 + i]) * data.of<float>("x")[i];
    data.of<float>("y")[r] = float(1.5 * sum);
  }
}

void stencil2d(Data &data) {
  for (int r = 0; r < 20; ++r)
    for (int c = 0; c < 70; ++c) {
      double sum = 0;
      for (int i = -1; i <= 1; ++i)
        for (int j = -1; j <= 1; ++j)
          sum += data.of<float>("x")[std::clamp(r + i, 0, 19) * 70 + std::clamp(c + j, 0, 69)];
      data.of<float>("y")[r * 70 + c] = float(sum / 9);
    }
}

void stencil3d(Data &data) {
  auto at = [&](int k, int j, int i) {
    bool inside = i >= 0 && i < 18 && j >= 0 && j < 13 && k >= 0 && k < 5;
    return inside ? data.of<float>("x")[(k * 13 + j) * 18 + i] : 0.0;
  };
  for (int k = 0; k < 5; ++k)
    for (int j = 0; j < 13; ++j)
      for (int i = 0; i < 18; ++i)
        data.of<float>("y")[(k * 13 + j) * 18 + i] =
            float(at(k, j, i - 1) + at(k, j, i + 1) + at(k, j - 1, i) + at(k, j + 1, i) +
                  at(k - 1, j, i) + at(k + 1, j, i) - 6.0 * at(k, j, i));
}

void life(Data &data) {
  const uint8_t *x = data.of<uint8_t>("x");
  for (int r = 0; r < 32; ++r)
    for (int c = 0; c < 32; ++c) {
      int sum = -x[r * 32 + c];
      for (int i = 31; i <= 33; ++i)
        for (int j = 31; j <= 33; ++j)
          sum += x[(r + i) % 32 * 32 + (c + j) % 32];
      data.of<uint8_t>("y")[r * 32 + c] = sum == 3 || (sum == 2 && x[r * 32 + c] != 0);
    }
}

void softmax(Data &data, int rows, int n) {
  for (int r = 0; r < rows; ++r) {
    const float *x = data.of<float>("x") + r * n;
    double high = *std::max_element(x, x + n), sum = 0;
    for (int i = 0; i < n; ++i)
      sum += std::exp(x[i] - high);
    for (int i = 0; i < n; ++i)
      data.of<float>("y")[r * n + i] = float(std::exp(x[i] - high) / sum);
  }
}
void softmaxWarp(Data &data) { softmax(data, 8, 100); }
void softmaxOnline(Data &data) { softmax(data, 3, 300); }

void layerNorm(Data &data) {
  for (int r = 0; r < 3; ++r) {
    const uint16_t *x = data.of<uint16_t>("x") + r * 200;
    double mean = 0, variance = 0;
    for (int i = 0; i < 200; ++i)
      mean += fromHalf(x[i]) / 200;
    for (int i = 0; i < 200; ++i)
      variance += std::pow(fromHalf(x[i]) - mean, 2) / 200;
    for (int i = 0; i < 200; ++i)
      data.of<uint16_t>("y")[r * 200 + i] =
          toHalf((fromHalf(x[i]) - mean) / std::sqrt(variance + 1e-5) * data.of<float>("gain")[i] +
                 data.of<float>("bias")[i]);
  }
}

void attention(Data &data) {
  constexpr int kLength = 96, kWidth = 32;
  for (int h = 0; h < 2; ++h) {
    size_t head = size_t(h) * kLength * kWidth;
    const float *q = data.of<float>("q") + head, *k = data.of<float>("k") + head,
                *v = data.of<float>("v") + head;
    for (int r = 0; r < kLength; ++r) {
      double out[kWidth] = {}, sum = 0;
      for (int c = 0; c <= r; ++c) {
        double score = 0;
        for (int d = 0; d < kWidth; ++d)
          score += double(q[r * kWidth + d]) * k[c * kWidth + d];
        double weight = std::exp(score / std::sqrt(32.0));
        sum += weight;
        for (int d = 0; d < kWidth; ++d)
          out[d] += weight * v[c * kWidth + d];
      }
      for (int d = 0; d < kWidth; ++d)
        data.of<float>("o")[head + r * kWidth + d] = float(out[d] / sum);
    }
  }
}

void convDirect(Data &data) {
  auto pixel = [&](int image, int k, int r, int c) {
    bool inside = r >= 0 && r < 10 && c >= 0 && c < 22;
    return inside ? data.of<float>("x")[((image * 3 + k) * 10 + r) * 22 + c] : 0.0;
  };
  for (int z = 0; z < 8; ++z)
    for (int r = 0; r < 5; ++r)
      for (int c = 0; c < 11; ++c) {
        double sum = data.of<float>("bias")[z % 4];
        for (int i = 0; i < 27; ++i)
          sum += pixel(z / 4, i / 9, 2 * r + i / 3 % 3 - 1, 2 * c + i % 3 - 1) *
                 data.of<float>("w")[z % 4 * 27 + i];
        data.of<float>("y")[(z * 5 + r) * 11 + c] = float(std::max(sum, 0.0));
      }
}

void convConstant(Data &data) {
  const double filters[3][5] = {
      {0.1, 0.2, 0.4, 0.2, 0.1}, {-1, 0, 2, 0, -1}, {0.5, 0.25, 0, -0.25, -0.5}};
  for (int f = 0; f < 3; ++f)
    for (int i = 0; i < 100; ++i) {
      double sum = 0;
      for (int k = 0; k < 5; ++k)
        if (i + k >= 2 && i + k < 102)
          sum += data.of<float>("x")[f * 100 + i + k - 2] * filters[f][k];
      data.of<float>("y")[f * 100 + i] = float(sum);
    }
}

void im2col(Data &data) {
  const float *x = data.of<float>("x");
  for (int r = 0; r < 14; ++r)
    for (int c = 0; c < 18; ++c)
      for (int k = 0; k < 9; ++k)
        data.of<float>("y")[(r * 18 + c) * 9 + k] = x[(r + k / 3) * 20 + c + k % 3];
  for (int r = 0; r < 8; ++r)
    for (int c = 0; c < 10; ++c) {
      const float *p = x + 40 * r + 2 * c;
      data.of<float>("z")[r * 10 + c] = std::max({p[0], p[1], p[20], p[21]});
    }
}

void cholesky(Data &data) {
  for (int b = 0; b < 2; ++b) {
    double l[16][16] = {};
    const float *x = data.of<float>("x") + 256 * b;
    for (int i = 0; i < 16; ++i)
      for (int j = 0; j <= i; ++j) {
        double v = x[i * 16 + j] + (i == j ? 16.0 : 0.0);
        for (int k = 0; k < j; ++k)
          v -= l[i][k] * l[j][k];
        l[i][j] = i == j ? std::sqrt(v) : v / l[j][j];
      }
    for (int i = 0; i < 256; ++i)
      data.of<float>("y")[256 * b + i] = float(l[i / 16][i % 16]);
  }
}

} // namespace

const NamedAnswer kMatrixAnswers[] = {{"transpose-naive", transposeFloats},
                                      {"transpose-padded", transposeFloats},
                                      {"transpose-swizzled", transposeShorts},
                                      {"sgemm-naive", sgemmEdges},
                                      {"sgemm-tiled", sgemmEdges},
                                      {"sgemm-register", sgemmRegister},
                                      {"gemv", gemv},
                                      {"stencil-2d", stencil2d},
                                      {"stencil-3d", stencil3d},
                                      {"life", life},
                                      {"softmax-warp", softmaxWarp},
                                      {"softmax-online", softmaxOnline},
                                      {"layer-norm", layerNorm},
                                      {"attention-flash", attention},
                                      {"conv-direct", convDirect},
                                      {"conv-constant", convConstant},
                                      {"im2col", im2col},
                                      {"cholesky", cholesky},
                                      {nullptr, nullptr}};

} // namespace azulejo::sim::corpus
