// This file declares a host tensor that owns its elements.
#ifndef AZULEJO_TOOLS_RUN_TENSOR_H
#define AZULEJO_TOOLS_RUN_TENSOR_H

#include "azulejo/runtime/buffer.h"

#include <cstdint>
#include <string>
#include <vector>

namespace azulejo::run {

struct Tensor {
  azj_dtype dtype = AZJ_F32;
  std::vector<int64_t> shape;
  std::vector<uint8_t> bytes; // C order

  // A view on the elements; valid as long as the tensor is not changed.
  azj_buffer view();
};

// Returns "f32 [1, 3, 224]".
std::string describe(azj_dtype dtype, const std::vector<int64_t> &shape);

// Returns the element `index` as a double; 64-bit integers are rounded.
double elementOf(const Tensor &tensor, size_t index);

// Stores a value as element `index`, converted to the dtype.
void setElement(Tensor &tensor, size_t index, double value);

// Returns a short account of the values: some of them, and their range.
std::string summarize(const Tensor &tensor);

} // namespace azulejo::run

#endif // AZULEJO_TOOLS_RUN_TENSOR_H
