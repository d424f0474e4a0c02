// This file declares --benchmark.
#ifndef AZULEJO_TOOLS_RUN_BENCHMARK_H
#define AZULEJO_TOOLS_RUN_BENCHMARK_H

#include "Tensor.h"
#include "azulejo/runtime/session.h"

namespace azulejo::run {

// Runs the session `runs` times after one to warm up, with inputs and outputs on the device, and
// returns the milliseconds of each. Throws ToolError.
std::vector<double> benchmark(azj_session session, azj_device *device, std::vector<Tensor> &inputs,
                              uint32_t outputCount, int runs);

} // namespace azulejo::run

#endif // AZULEJO_TOOLS_RUN_BENCHMARK_H
