// This file declares the kernels of the simulator's benchmark: their arguments, sizes and results.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_BENCH_CASES_H
#define AZULEJO_RUNTIME_DEVICE_SIM_BENCH_CASES_H

#include "azulejo/runtime/device.h"

#include <string>
#include <vector>

namespace azulejo::sim::bench {

// One kernel with its launch. Buffers are the first arguments, in order; ints follow.
struct Case {
  std::string kernel; // entry
  std::string file;   // kernels/FILE.COMPILER.ptx
  azj_dim3 grid, block;
  std::vector<std::vector<uint8_t>> inputs;
  size_t outputBytes;
  std::vector<int32_t> ints;
  double work; // multiply-adds or elements of a launch
  const char *unit;
  // Whether the result is right, by a plain formulation on a part of it.
  bool (*isRight)(const Case &which, const std::vector<uint8_t> &output);
};

// sgemm, hgemm, softmax or elementwise. Inputs are the same every time.
Case makeCase(const std::string &name);

// In ParseBench.cpp: the loading of modules.
void registerParseBenchmarks();

} // namespace azulejo::sim::bench

#endif // AZULEJO_RUNTIME_DEVICE_SIM_BENCH_CASES_H
