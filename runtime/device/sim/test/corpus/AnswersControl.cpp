// This file computes the answers of the programs about warps, control flow and calls.
#include "test/corpus/Program.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace azulejo::sim::corpus {
namespace {

void warpShuffle(Data &data) {
  const int *x = data.of<int>("x");
  int *y = data.of<int>("y");
  for (int t = 0; t < 32; ++t) {
    y[t] = x[t < 3 ? t : t - 3];
    y[t + 32] = x[t % 16 + 5 > 15 ? t : t + 5];
    y[t + 64] = x[t / 8 * 8 + (t % 8 ^ 7)];
    y[t + 96] = x[(t * 7 + 3) % 32];
    y[t + 128] = x[t / 4 * 4 + 2];
    data.of<double>("z")[t] = x[t ^ 16] * 0.5;
    data.of<int64_t>("w")[t] = int64_t(x[t == 31 ? 31 : t + 1]) * (int64_t(1) << 33);
    y[t + 160] = t < 16 ? x[15 - t] : x[t == 16 ? 16 : t - 1];
  }
}

void warpVote(Data &data) {
  const int *x = data.of<int>("x");
  uint32_t *y = data.of<uint32_t>("y");
  for (int t = 0; t < 64; ++t) {
    uint32_t odd = 0, positive = 0, any = 0, all = 1;
    for (int l = 0; l < 32; ++l) {
      int v = x[t / 32 * 32 + l];
      odd |= uint32_t(v % 2 != 0) << l;
      positive |= uint32_t(v % 2 != 0 && v > 0) << l;
      any |= v > 90;
      all &= v > -101;
    }
    y[t] = any | all << 1 | ~uint32_t(0) << 2;
    y[t + 64] = odd;
    y[t + 128] = x[t] % 2 != 0 ? positive : 0;
    y[t + 192] = 0;
  }
}

void warpMatch(Data &data) {
  const int *x = data.of<int>("x");
  uint32_t *y = data.of<uint32_t>("y");
  bool isSame = std::all_of(x, x + 32, [&](int v) { return v == x[0]; });
  for (int t = 0; t < 32; ++t) {
    y[t] = y[t + 32] = 0;
    for (int l = 0; l < 32; ++l) {
      y[t] |= uint32_t(x[l] == x[t]) << l;
      y[t + 32] |= uint32_t((x[l] & 1) == (x[t] & 1)) << l;
    }
    y[t + 64] = isSame ? ~uint32_t(0) : 0;
    y[t + 96] = ~uint32_t(0);
    data.of<int>("z")[t] = isSame * 2 + 1;
  }
}

void warpRedux(Data &data) {
  const int *x = data.of<int>("x");
  const uint32_t *u = data.of<uint32_t>("x");
  int *y = data.of<int>("y"), odd = 0;
  uint32_t *bits = data.of<uint32_t>("u"), all = ~uint32_t(0), any = 0, parity = 0;
  for (int t = 0; t < 32; ++t) {
    odd += t % 2 != 0 ? x[t] : 0;
    all &= u[t];
    any |= u[t];
    parity ^= u[t];
  }
  for (int t = 0; t < 32; ++t) {
    y[t] = std::accumulate(x, x + 32, 0);
    y[t + 32] = *std::min_element(x, x + 32);
    y[t + 64] = *std::max_element(x, x + 32);
    y[t + 96] = t % 2 != 0 ? odd : 0;
    bits[t] = *std::min_element(u, u + 32);
    bits[t + 32] = all;
    bits[t + 64] = any;
    bits[t + 96] = parity;
  }
}

int nested(int v) {
  bool one = v & 1, two = v & 2, four = v & 4;
  if (one && two)
    return ((four ? ((v & 8) != 0 ? v * 3 : v - 7) : v / 3) + 1) ^ 0x55;
  if (one) {
    int r = 0;
    for (int k = 0; k < (v & 15); ++k)
      r = r * 3 + k;
    return r ^ 0x55;
  }
  if (two) {
    int steps = 0;
    for (int k = v; steps == 0 || k > 8; ++steps)
      k = (k & 4) != 0 ? k >> 1 : k - 3;
    return steps;
  }
  return (four ? -v : v * 4) + (v % 3 == 0 ? 1000 : 0);
}
void divergeNested(Data &data) {
  const int *x = data.of<int>("x");
  for (int i = 0; i < 512; ++i)
    data.of<int>("y")[i] = nested(x[i]) + (x[i] & 1);
}

void divergeLoops(Data &data) {
  for (int i = 0; i < 300; ++i) {
    uint32_t v = data.of<uint32_t>("x")[i], steps = 0, odd = 0;
    for (; v != 1 && ++steps <= 300; v = v % 2 != 0 ? 3 * v + 1 : v / 2)
      odd += v % 2;
    data.of<uint32_t>("y")[i] = steps;
    data.of<uint32_t>("z")[i] = odd;
  }
}

// One step of the machine: what is pushed, or nothing.
int machine(const uint8_t *code, int x, int i) {
  std::vector<int> stack(8, 0);
  int top = 0;
  auto read = [&](int depth) { return top >= depth ? stack[size_t(top - depth) & 7] : 0; };
  auto push = [&](unsigned v) { stack[size_t(top++) & 7] = int(v); };
  for (int pc = 0; pc < 97;) {
    int operation = code[(i + pc) % 97] & 15;
    unsigned b = unsigned(read(1)), a = unsigned(read(2));
    ++pc;
    if (operation == 9)
      top = std::max(top - 1, 0);
    else if (operation == 10)
      pc += b & 3;
    else
      push(operation == 0    ? unsigned(x)
           : operation == 1  ? unsigned(pc)
           : operation == 2  ? a + b
           : operation == 3  ? a - b
           : operation == 4  ? a * b
           : operation == 5  ? a & b
           : operation == 6  ? a ^ b
           : operation == 7  ? unsigned(int(b) >> 3)
           : operation == 8  ? b << 2
           : operation == 11 ? ~b
                             : b + unsigned(i));
  }
  return int(unsigned(stack[size_t(top - 1) & 7]) + unsigned(top));
}
void switchMachine(Data &data) {
  for (int i = 0; i < 128; ++i)
    data.of<int>("y")[i] = machine(data.of<uint8_t>("code"), data.of<int>("x")[i], i);
}

void earlyReturn(Data &data) {
  const int *x = data.of<int>("x");
  for (int i = 0; i < 250; ++i) {
    int sum = 0;
    for (int k = i / 96 * 96; k <= i; ++k)
      sum += std::max(x[k], 0);
    data.of<int>("y")[i] = x[i] < 0 ? -1 : std::min(sum, 500);
  }
}

// The sum of all numbers in the text; one behind a '-' is negative.
void stateMachine(Data &data) {
  for (int i = 0; i < 64; ++i) {
    std::string text(data.of<char>("text") + 24 * i, 24);
    uint32_t sum = 0;
    for (size_t at = 0; at < 24;) {
      size_t end = std::min(text.find_first_not_of("0123456789", at), text.size());
      uint32_t number = 0;
      for (size_t k = at; k < end; ++k)
        number = number * 10 + uint32_t(text[k] - '0');
      sum += at > 0 && text[at - 1] == '-' ? 0 - number : number;
      at = std::max(at + 1, end);
    }
    data.of<uint32_t>("sums")[i] = sum;
  }
}

void groupsTiled(Data &data) {
  const int *x = data.of<int>("x");
  for (int i = 0; i < 128; ++i) {
    int *y = data.of<int>("y") + 4 * i, k = 0;
    for (int size : {32, 8, 4}) {
      const int *first = x + i / size * size;
      y[k++] = std::accumulate(first, first + size, 0);
    }
    const int *eight = x + i / 8 * 8;
    bool any = std::any_of(eight, eight + 8, [](int v) { return v > 90; });
    y[3] = any * 100 + i / 4 % 2 * 10 + i % 4;
  }
}

void groupsReduce(Data &data) {
  const int *x = data.of<int>("x");
  for (int i = 0; i < 128; ++i) {
    const int *first = x + i / 16 * 16;
    data.of<int>("y")[i] = std::accumulate(first, first + 16, 0);
    data.of<int>("z")[i] = 2 * std::accumulate(first, x + i, 0) + x[i];
    data.of<float>("f")[i] = float(*std::max_element(first, first + 16));
  }
}

// Six steps of a ring of 256; the results of the last two are in a and b.
void ringSteps(Data &data) {
  std::vector<int> even(data.of<int>("a"), data.of<int>("a") + 256), odd(256);
  for (int s = 0; s < 6; ++s) {
    const std::vector<int> &from = s % 2 != 0 ? odd : even;
    std::vector<int> &to = s % 2 != 0 ? even : odd;
    for (size_t i = 0; i < 256; ++i)
      to[i] = from[(i + 255) % 256] + from[(i + 1) % 256] - from[i];
  }
  std::copy(even.begin(), even.end(), data.of<int>("a"));
  std::copy(odd.begin(), odd.end(), data.of<int>("b"));
}
void gridBarrier(Data &data) {
  ringSteps(data);
  *data.of<uint32_t>("count") = 4 * 6;
}

void localArray(Data &data) {
  const int *x = data.of<int>("x");
  for (int i = 0; i < 96; ++i) {
    uint32_t table[40], sum = 0; // the sum wraps around
    int at = i % 40;
    for (int k = 0; k < 40; ++k)
      table[k] = uint32_t(k * k + i);
    for (int k = 0; k < 96; ++k) {
      at = (at + x[(i + k) % 96] + 400) % 40;
      sum += table[at] + uint32_t(at % 10 - i);
      table[at] ^= sum;
    }
    // Whichever it points at, one is added to the total.
    data.of<int>("y")[i] = int(sum + table[at] + 1);
  }
}

void calls(Data &data) {
  for (int i = 0; i < 64; ++i) {
    const float *x = data.of<float>("x") + 2 * i;
    double re = x[0], im = x[1];
    for (int k = i % 2 == 0 ? 1 : 2; k > 0; --k) {
      double next = re * x[0] - im * x[1];
      im = re * x[1] + im * x[0];
      re = next;
    }
    data.of<float>("y")[2 * i] = float(re);
    data.of<float>("y")[2 * i + 1] = float(im);
    int n = 2 * data.of<int>("a")[i];
    data.of<double>("d")[i] = 0.5 + std::gcd(n, 12) + n;
    int64_t wide = int64_t(n) << 32;
    data.of<int64_t>("l")[i] = i % 3 == 0 ? wide + i : wide + 3 * i;
  }
}

void indirectCalls(Data &data) {
  for (int i = 0; i < 64; ++i) {
    int v = data.of<int>("x")[i];
    data.of<int>("y")[i] = v % 3 == 0 ? v + i : v % 3 == 1 ? v - i : v * i;
  }
}

void print(Data &) {}

void threadExit(Data &data) {
  for (int i = 0; i < 128; ++i)
    data.of<int>("y")[i] = 2 * data.of<int>("x")[i / 64 * 64 + 63 - (i % 64 ^ 1)];
}

void geometry(Data &data) {
  int *y = data.of<int>("y");
  for (int block = 0; block < 24; ++block)
    for (int thread = 0; thread < 60; ++thread) {
      *y++ = thread % 5 + 10 * (thread / 5 % 4) + 100 * (thread / 20) + 1000 * (block % 3) +
             10000 * (block / 3 % 2) + 100000 * (block / 6);
      *y++ = thread % 32;
    }
}

} // namespace

const NamedAnswer kControlAnswers[] = {{"warp-shuffle", warpShuffle},
                                       {"warp-vote", warpVote},
                                       {"warp-match", warpMatch},
                                       {"warp-redux", warpRedux},
                                       {"diverge-nested", divergeNested},
                                       {"diverge-loops", divergeLoops},
                                       {"switch-machine", switchMachine},
                                       {"early-return", earlyReturn},
                                       {"state-machine", stateMachine},
                                       {"groups-tiled", groupsTiled},
                                       {"groups-reduce", groupsReduce},
                                       {"groups-grid", ringSteps},
                                       {"grid-barrier", gridBarrier},
                                       {"local-array", localArray},
                                       {"calls", calls},
                                       {"indirect-calls", indirectCalls},
                                       {"print", print},
                                       {"thread-exit", threadExit},
                                       {"geometry", geometry},
                                       {nullptr, nullptr}};

} // namespace azulejo::sim::corpus
