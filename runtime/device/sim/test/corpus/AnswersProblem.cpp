// This file computes the answers of the programs that solve whole problems.
#include "test/corpus/Program.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <deque>

namespace azulejo::sim::corpus {
namespace {

void bfs(Data &data) {
  int *levels = data.of<int>("levels");
  std::deque<int> queue = {0};
  for (; !queue.empty(); queue.pop_front())
    for (int e = 0; e < 4; ++e) {
      int to = data.of<int>("edges")[queue.front() * 4 + e];
      if (levels[to] >= 0)
        continue;
      levels[to] = levels[queue.front()] + 1;
      queue.push_back(to);
    }
}

void spmv(Data &data) {
  const int *starts = data.of<int>("starts");
  for (int r = 0; r < 50; ++r) {
    double sum = 0;
    for (int i = starts[r]; i < starts[r + 1]; ++i)
      sum += data.of<double>("values")[i] * data.of<double>("x")[data.of<int>("columns")[i]];
    data.of<double>("y")[r] = sum;
  }
}

void monteCarlo(Data &data) {
  for (uint32_t i = 1; i <= 256; ++i) {
    uint32_t state = 12345 + 2654435761u * i;
    auto next = [&] {
      state ^= state << 13;
      state ^= state >> 17;
      state ^= state << 5;
      return float(state) * 2.3283064e-10f;
    };
    for (int r = 0; r < 50; ++r) {
      float x = next(), y = next();
      float squares = x * x, others = y * y;
      *data.of<uint32_t>("hits") += squares + others <= 1.0f;
    }
  }
}

void fft(Data &data) {
  for (int b = 0; b < 2; ++b)
    for (int k = 0; k < 256; ++k) {
      std::complex<double> sum = 0;
      for (int i = 0; i < 256; ++i) {
        const float *x = data.of<float>("x") + 2 * (256 * b + i);
        sum += std::complex<double>(x[0], x[1]) * std::polar(1.0, -M_PI * 2 * k * i / 256);
      }
      data.of<float>("y")[2 * (256 * b + k)] = float(sum.real());
      data.of<float>("y")[2 * (256 * b + k) + 1] = float(sum.imag());
    }
}

void nbody(Data &data) {
  for (int i = 0; i < 128; ++i) {
    const float *me = data.of<float>("bodies") + 4 * i;
    double sum[3] = {};
    for (int k = 0; k < 128; ++k) {
      const float *other = data.of<float>("bodies") + 4 * k;
      double square = 0.01;
      for (int d = 0; d < 3; ++d)
        square += std::pow(double(other[d]) - me[d], 2);
      for (int d = 0; d < 3; ++d)
        sum[d] += other[3] * (double(other[d]) - me[d]) / std::pow(square, 1.5);
    }
    for (int d = 0; d < 3; ++d)
      data.of<float>("y")[4 * i + d] = float(sum[d]);
    data.of<float>("y")[4 * i + 3] = 0;
  }
}

void mandelbrot(Data &data) {
  for (int r = 0; r < 30; ++r)
    for (int c = 0; c < 40; ++c) {
      double re = c * (3.0 / 40) - 2, im = r * (2.0 / 30) - 1, x = 0, y = 0;
      int k = 0;
      for (; k < 60 && x * x + y * y <= 4; ++k) {
        double next = x * x - y * y + re;
        y = 2 * x * y + im;
        x = next;
      }
      data.of<int>("y")[r * 40 + c] = k;
    }
}

// By relaxing all edges until nothing changes.
void floydWarshall(Data &data) {
  int *d = data.of<int>("d");
  std::vector<int> edges(d, d + 400);
  for (bool changed = true; changed;) {
    changed = false;
    for (int i = 0; i < 20; ++i)
      for (int k = 0; k < 20; ++k)
        for (int j = 0; j < 20; ++j)
          if (d[i * 20 + k] + edges[size_t(k * 20 + j)] < d[i * 20 + j]) {
            d[i * 20 + j] = d[i * 20 + k] + edges[size_t(k * 20 + j)];
            changed = true;
          }
  }
}

void editDistance(Data &data) {
  for (int w = 0; w < 3; ++w) {
    const char *a = data.of<char>("words") + 64 * w, *b = a + 32;
    std::vector<int> row(33);
    for (int j = 0; j <= 32; ++j)
      row[size_t(j)] = j;
    for (int i = 1; i <= 32; ++i) {
      int corner = row[0];
      row[0] = i;
      for (size_t j = 1; j <= 32; ++j) {
        int changed = corner + (a[i - 1] != b[j - 1]);
        corner = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
      }
    }
    data.of<int>("y")[w] = row[32];
  }
}

// CRC-32 by table.
void hashRecords(Data &data) {
  uint32_t table[256];
  for (uint32_t i = 0; i < 256; ++i) {
    table[i] = i;
    for (int b = 0; b < 8; ++b)
      table[i] = table[i] % 2 != 0 ? table[i] / 2 ^ 0xedb88320u : table[i] / 2;
  }
  for (int i = 0; i < 64; ++i) {
    uint32_t crc = 0xffffffffu, h = 0x9747b28cu;
    for (int k = 0; k < 31; ++k) {
      uint8_t c = data.of<uint8_t>("x")[i * 31 + k];
      crc = table[(crc ^ c) & 255] ^ crc >> 8;
      h ^= c * 0xcc9e2d51u;
      h = uint32_t(h * (uint64_t(1) << 13) | h >> 19) * 5 + 0xe6546b64u;
    }
    data.of<uint32_t>("y")[2 * i] = crc ^ 0xffffffffu;
    data.of<uint32_t>("y")[2 * i + 1] = h;
  }
}

void templates(Data &data) {
  for (int m = 0; m < 64; ++m) {
    const float *x = data.of<float>("x") + 9 * m;
    double power[9], next[9];
    std::copy_n(x, 9, power);
    for (int p = 1; p < 4; ++p) {
      for (int i = 0; i < 9; ++i) {
        next[i] = 0;
        for (int k = 0; k < 3; ++k)
          next[i] += power[i / 3 * 3 + k] * x[k * 3 + i % 3];
      }
      std::copy_n(next, 9, power);
    }
    for (int i = 0; i < 9; ++i)
      data.of<float>("y")[9 * m + i] = float(power[i] + m * 0.125);
  }
}

} // namespace

const NamedAnswer kProblemAnswers[] = {{"bfs", bfs},
                                       {"spmv", spmv},
                                       {"monte-carlo", monteCarlo},
                                       {"fft", fft},
                                       {"nbody", nbody},
                                       {"mandelbrot", mandelbrot},
                                       {"floyd-warshall", floydWarshall},
                                       {"edit-distance", editDistance},
                                       {"hash", hashRecords},
                                       {"templates", templates},
                                       {nullptr, nullptr}};

} // namespace azulejo::sim::corpus
