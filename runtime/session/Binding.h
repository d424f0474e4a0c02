// This file declares how the symbols of a bundle get their values from the shapes of a call.
#ifndef AZULEJO_RUNTIME_SESSION_BINDING_H
#define AZULEJO_RUNTIME_SESSION_BINDING_H

#include "azulejo/runtime/buffer.h"
#include "bundle/Plan.h"

namespace azulejo::runtime {

// The values of the symbols in one call, and what follows from them.
struct Binding {
  std::vector<int64_t> symbols;
  std::vector<uint64_t> inputBytes, outputBytes;
  std::vector<std::vector<int64_t>> outputShapes;
};

// Checks number, dtype, rank and shape of `inputs` and computes the binding. AZJ_INVALID_ARGUMENT
// names the input, the dimension, what was expected and what was given.
[[nodiscard]] azj_status bindInputs(const Plan &plan, const azj_buffer *inputs, uint32_t count,
                                    Binding &out);

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_SESSION_BINDING_H
