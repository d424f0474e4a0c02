// This file declares the reading and writing of NumPy's .npy files.
#ifndef AZULEJO_TOOLS_RUN_NPY_H
#define AZULEJO_TOOLS_RUN_NPY_H

#include "Tensor.h"

namespace azulejo::run {

// Reads a .npy file of version 1 to 3. Fortran order is transposed to C order. Throws ToolError
// (exitInput) for files that are missing, damaged, big-endian or of a type that no tensor has.
// bfloat16, which NumPy does not have, is read as "V2".
Tensor readNpy(const std::string &path);

// Writes a .npy file of version 1. Throws ToolError (exitInput) when it cannot be written.
void writeNpy(const std::string &path, const Tensor &tensor);

} // namespace azulejo::run

#endif // AZULEJO_TOOLS_RUN_NPY_H
