// This file computes the answers of the programs about locks, flags, barriers, atomics and memory.
#include "test/corpus/Program.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace azulejo::sim::corpus {
namespace {

// Whoever comes n-th adds n: the sum of 0 … 383.
void spinLock(Data &data) {
  data.of<int>("record")[0] = 384;
  data.of<int>("record")[1] = 384 * 383 / 2;
}

void ticketLock(Data &data) {
  int log = 0;
  for (int i = 0; i < 15; ++i)
    log = log * 3 % 1009 + 1;
  *data.of<int>("log") = log;
  *data.of<uint32_t>("next") = *data.of<uint32_t>("now") = 15;
}

// Number t of block b has come through the numbers t + 1 … t + b of the blocks before.
void messageFlags(Data &data) {
  for (int b = 0; b < 6; ++b)
    for (int t = 0; t < 64; ++t) {
      int v = (t + b) % 64 + b;
      data.of<int>("data")[b * 64 + t] = v + 1;
      data.of<int>("y")[b * 64 + t] = v * 2;
      data.of<int>("flags")[b] = 1;
    }
}

void namedBarriers(Data &data) {
  for (int i = 0; i < 288; ++i)
    data.of<int>("y")[i] = data.of<int>("x")[i / 32 * 32 + 31 - i % 32] * 2 + 1;
}

void barrierReduce(Data &data) {
  for (int b = 0; b < 4; ++b) {
    const int *x = data.of<int>("x") + 96 * b;
    int *y = data.of<int>("y") + 3 * b;
    y[0] = int(std::count_if(x, x + 96, [](int v) { return v > 0; }));
    y[1] = *std::min_element(x, x + 96) > -100;
    y[2] = *std::max_element(x, x + 96) > 99;
  }
}

void sharedAtomics(Data &data) {
  for (int b = 0; b < 2; ++b) {
    const int *x = data.of<int>("x") + 96 * b;
    int *y = data.of<int>("y") + 8 * b;
    int64_t *z = data.of<int64_t>("z") + 3 * b;
    for (int t = 0; t < 96; ++t) {
      y[0] += x[t];
      y[4] |= x[t];
      y[5] ^= x[t];
    }
    y[1] = -y[0];
    y[2] = *std::min_element(x, x + 96);
    y[3] = *std::max_element(x, x + 96);
    y[6] = 96 % 10;
    y[7] = 96 * 3;
    z[0] = y[0];
    z[1] = std::max(int64_t(y[3]) * (int64_t(1) << 32), int64_t(0));
    z[2] = 77;
  }
}

void atomicRef(Data &data) {
  const int *x = data.of<int>("x");
  int *sums = data.of<int>("sums");
  for (int i = 0; i < 256; ++i) {
    sums[0] += x[i];
    sums[1] = std::max(sums[1], x[i]);
    sums[2] = sums[2] * 2 % 1000003 + 1;
  }
  data.of<int>("box")[0] = 1;
  data.of<int>("box")[1] = 77;
  for (int b = 0; b < 4; ++b)
    data.of<int>("y")[b] = 77 + b;
}

void clusterReduce(Data &data) {
  for (int b = 0; b < 8; ++b) {
    const int *first = data.of<int>("x") + b / 4 * 256;
    data.of<int>("y")[b] = std::accumulate(first, first + 256, 0) * 10 + b % 4;
  }
}

void clusterHistogram(Data &data) {
  for (int i = 0; i < 500; ++i)
    ++data.of<int>("counts")[data.of<int>("x")[i]];
}

// A block reads what the one before it in its cluster has written, from the end.
void clusterRing(Data &data) {
  for (int i = 0; i < 256; ++i) {
    int from = (i / 32 + 3) % 4;
    data.of<int>("y")[i] = data.of<int>("x")[i / 128 * 128 + from * 32 + 31 - i % 32] + from;
  }
}

void floatCas(Data &data) {
  double product = 1, high = 0;
  for (int i = 0; i < 80; ++i) {
    product *= data.of<float>("x")[i];
    high = std::max(high, double(data.of<float>("x")[i]));
  }
  *data.of<float>("product") = float(product);
  *data.of<double>("high") = high;
}

void constantTable(Data &data) {
  const uint32_t box[] = {12, 5, 6, 11, 9, 0, 10, 13, 3, 14, 15, 8, 4, 7, 1, 2};
  const int table[] = {5, 4, 3, 2, 1, 0, -1, -2};
  for (int i = 0; i < 128; ++i) {
    uint32_t v = data.of<uint32_t>("x")[i], r = 0;
    for (int k = 28; k >= 0; k -= 4)
      r = r * 16 + box[v >> k & 15];
    data.of<uint32_t>("y")[i] = r;
    data.of<int>("z")[i] = int(std::lround(std::pow(10, i % 4))) * table[v % 8];
  }
  *data.of<int>("count") = 128;
}

void dynamicShared(Data &data) {
  for (int b = 0; b < 3; ++b)
    for (int t = 0; t < 96; ++t) {
      const float *x = data.of<float>("x") + 96 * b;
      data.of<double>("y")[96 * b + t] = double(x[95 - (t + 1) % 96]) * 2 + x[t];
    }
}

void vectorAccess(Data &data) {
  const float *x = data.of<float>("x");
  const double *d = data.of<double>("d");
  for (int i = 0; i < 64; ++i) {
    const float v[] = {x[4 * i + 3] + x[4 * (i ^ 1)], x[4 * i + 2], x[4 * (i ^ 1) + 1], x[4 * i]};
    std::copy_n(v, 4, data.of<float>("y") + 4 * i);
    std::reverse_copy(data.of<uint16_t>("s") + 4 * i, data.of<uint16_t>("s") + 4 * i + 4,
                      data.of<uint16_t>("t") + 4 * i);
    data.of<double>("e")[2 * i] = d[2 * i + 1];
    data.of<double>("e")[2 * i + 1] = d[2 * i] + 1;
    data.of<int8_t>("b")[2 * i] = data.of<int8_t>("c")[2 * i + 1];
    data.of<int8_t>("b")[2 * i + 1] = int8_t(data.of<int8_t>("c")[2 * i] - 1);
  }
}

void structParameters(Data &data) {
  const int counts[] = {1, -2, 3, 4, 50, 6};
  const double bias[] = {0.5, -1.5, 2};
  for (int i = 0; i < 64; ++i)
    data.of<double>("y")[i] = counts[i % 6] * 0.25 + bias[i % 3] - 3 + 1e11 - 2000 + 30000 + 200;
}

} // namespace

const NamedAnswer kSyncAnswers[] = {{"spin-lock", spinLock},
                                    {"ticket-lock", ticketLock},
                                    {"message-flags", messageFlags},
                                    {"named-barriers", namedBarriers},
                                    {"barrier-reduce", barrierReduce},
                                    {"shared-atomics", sharedAtomics},
                                    {"float-cas", floatCas},
                                    {"atomic-ref", atomicRef},
                                    {"cluster-reduce", clusterReduce},
                                    {"cluster-histogram", clusterHistogram},
                                    {"cluster-ring", clusterRing},
                                    {"constant-table", constantTable},
                                    {"dynamic-shared", dynamicShared},
                                    {"vector-access", vectorAccess},
                                    {"struct-parameters", structParameters},
                                    {nullptr, nullptr}};

} // namespace azulejo::sim::corpus
