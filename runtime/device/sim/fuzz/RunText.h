// This file declares what fuzzing does with a text: load it as a module and launch all of its
// kernels.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_FUZZ_RUNTEXT_H
#define AZULEJO_RUNTIME_DEVICE_SIM_FUZZ_RUNTEXT_H

#include <cstddef>
#include <string_view>

namespace azulejo::sim::fuzz {

struct RunCounts {
  size_t loaded = 0, launched = 0, found = 0; // modules, launches, launches with findings
};

// Loads `text` on a device of its target and launches each kernel with small dimensions, buffers
// for parameters, and options that the text's hash chooses. Whatever the text is, this returns.
void runText(std::string_view text, RunCounts &counts);

} // namespace azulejo::sim::fuzz

#endif // AZULEJO_RUNTIME_DEVICE_SIM_FUZZ_RUNTEXT_H
