// This file computes the answers of the programs on lists: scans, reductions, histograms, sorting.
#include "test/corpus/Program.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace azulejo::sim::corpus {
namespace {

// Sums of all prefixes within each row of `row` numbers.
template <typename T, typename Sum = T>
void scanRows(Data &data, size_t count, size_t row, bool isExclusive = false) {
  const T *x = data.of<T>("x");
  T *y = data.of<T>("y");
  Sum sum = 0;
  for (size_t i = 0; i < count; ++i) {
    sum = i % row == 0 ? 0 : sum;
    Sum before = sum;
    sum += x[i];
    y[i] = T(isExclusive ? before : sum);
  }
}
void scanWarp(Data &data) { scanRows<int>(data, 1000, 32); }
void scanBlock(Data &data) { scanRows<uint32_t>(data, 1024, 256); }
void scanTree(Data &data) { scanRows<int>(data, 1536, 512, true); }
void scanLookback(Data &data) { scanRows<int>(data, 1536, 1536); }
void scanMultipass(Data &data) { scanRows<float, double>(data, 4096, 4096); }

void compact(Data &data) {
  const int *x = data.of<int>("x");
  int *y = data.of<int>("y"), *count = data.of<int>("count");
  *count = int(std::copy_if(x, x + 1000, y, [](int v) { return v > 0; }) - y);
}

template <typename T, typename Sum> void sumRows(Data &data, size_t rows, size_t width) {
  const T *x = data.of<T>("x");
  for (size_t r = 0; r < rows; ++r)
    data.of<T>("y")[r] = T(std::accumulate(x + r * width, x + (r + 1) * width, Sum(0)));
}
void reduceShared(Data &data) { sumRows<float, double>(data, 3, 1000); }
void reduceUnrolled(Data &data) { sumRows<double, long double>(data, 4, 256); }
void reduceThreadfence(Data &data) { sumRows<int, int>(data, 1, 5120); }

void reduceShuffle(Data &data) {
  for (int r = 0; r < 3; ++r) {
    const float *row = data.of<float>("x") + 500 * r;
    float *y = data.of<float>("y") + 3 * r;
    y[0] = float(std::accumulate(row, row + 500, 0.0));
    y[1] = *std::min_element(row, row + 500);
    y[2] = *std::max_element(row, row + 500);
  }
}

void reduceAtomic(Data &data) {
  int *s = data.of<int>("s");
  uint32_t *u = data.of<uint32_t>("u");
  uint64_t *w = data.of<uint64_t>("wide");
  for (int i = 0; i < 512; ++i) {
    int v = data.of<int>("x")[i];
    uint32_t bits = uint32_t(v);
    uint64_t wide = uint64_t(bits) << 16;
    s[0] += v;
    s[1] -= v;
    s[2] = std::min(s[2], v);
    s[3] = std::max(s[3], v);
    u[0] &= bits | 0xff00;
    u[1] |= bits & 0xff;
    u[2] ^= bits;
    u[3] = std::min(u[3], bits);
    u[4] = std::max(u[4], bits);
    u[5] = u[5] >= 99 ? 0 : u[5] + 1;
    u[6] = u[6] == 0 || u[6] > 70 ? 70 : u[6] - 1;
    w[0] += wide;
    w[1] = std::min(w[1], wide);
    w[2] = std::max(w[2], wide);
    w[3] ^= wide;
    w[4] |= wide;
    w[5] &= wide | 3;
  }
}

void reduceFloatAtomic(Data &data) {
  const float *x = data.of<float>("x");
  double sum = std::accumulate(x, x + 256, 0.0);
  *data.of<float>("f") = float(sum);
  *data.of<double>("d") = sum;
  data.of<uint16_t>("h")[0] = toHalf(sum);
  data.of<uint16_t>("h")[1] = toHalf(-sum);
}

void reduceMultipass(Data &data) {
  const int64_t *x = data.of<int64_t>("x");
  *data.of<int64_t>("z") = std::accumulate(x, x + 8192, int64_t(0));
}

void reduceArgmax(Data &data) {
  for (int r = 0; r < 3; ++r) {
    const float *row = data.of<float>("x") + 300 * r, *best = std::max_element(row, row + 300);
    data.of<int>("where")[r] = int(best - row);
    data.of<float>("what")[r] = *best;
  }
}

void histogramShared(Data &data) {
  for (int i = 0; i < 3000; ++i)
    ++data.of<uint32_t>("counts")[data.of<uint8_t>("x")[i]];
}
void histogramGlobal(Data &data) {
  for (int i = 0; i < 1000; ++i)
    ++data.of<uint32_t>("counts")[data.of<uint32_t>("x")[i] % 20];
}

void sortBitonic(Data &data) {
  float *y = data.of<float>("y");
  std::copy_n(data.of<float>("x"), 1024, y);
  std::sort(y, y + 512);
  std::sort(y + 512, y + 1024);
}

void sortRadix(Data &data) {
  uint32_t *values = data.of<uint32_t>("values"), *keys = data.of<uint32_t>("keys");
  std::vector<uint32_t> before(keys, keys + 1024);
  std::sort(values, values + 1024, [&](uint32_t a, uint32_t b) {
    return before[a] != before[b] ? before[a] < before[b] : a < b;
  });
  std::sort(keys, keys + 1024);
}

void sortMerge(Data &data) {
  const int *a = data.of<int>("a"), *b = data.of<int>("b");
  std::merge(a, a + 256, b, b + 256, data.of<int>("y"));
}

// Only how many there are: the order depends on the order of warps.
void countMultiples(Data &data, const char *name, int count, int divisor) {
  const int *x = data.of<int>("x");
  *data.of<int>(name) = int(std::count_if(x, x + count, [&](int v) { return v % divisor == 0; }));
}
void groupsCoalesced(Data &data) { countMultiples(data, "count", 500, 3); }
void atomicAggregated(Data &data) { countMultiples(data, "tail", 1000, 5); }

} // namespace

const NamedAnswer kListAnswers[] = {{"scan-warp", scanWarp},
                                    {"scan-block", scanBlock},
                                    {"scan-tree", scanTree},
                                    {"scan-lookback", scanLookback},
                                    {"scan-multipass", scanMultipass},
                                    {"compact", compact},
                                    {"reduce-shared", reduceShared},
                                    {"reduce-unrolled", reduceUnrolled},
                                    {"reduce-shuffle", reduceShuffle},
                                    {"reduce-atomic", reduceAtomic},
                                    {"reduce-float-atomic", reduceFloatAtomic},
                                    {"reduce-multipass", reduceMultipass},
                                    {"reduce-threadfence", reduceThreadfence},
                                    {"reduce-argmax", reduceArgmax},
                                    {"histogram-shared", histogramShared},
                                    {"histogram-global", histogramGlobal},
                                    {"sort-bitonic", sortBitonic},
                                    {"sort-radix", sortRadix},
                                    {"sort-merge", sortMerge},
                                    {"groups-coalesced", groupsCoalesced},
                                    {"atomic-aggregated", atomicAggregated},
                                    {nullptr, nullptr}};

} // namespace azulejo::sim::corpus
