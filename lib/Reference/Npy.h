// This file declares how tensors are read from and written to NumPy's .npy files.

#ifndef AZULEJO_LIB_REFERENCE_NPY_H
#define AZULEJO_LIB_REFERENCE_NPY_H

#include "lib/Reference/Tensor.h"

#include "llvm/Support/raw_ostream.h"

#include <string>

namespace azulejo::reference {

/// Reads the .npy file `bytes`, which is little-endian and in C order. On failure returns nullopt
/// and describes the fault in `error`. bf16 has no .npy form.
std::optional<Tensor> readNpy(llvm::StringRef bytes, mlir::MLIRContext *context,
                              std::string &error);

/// Writes a tensor as .npy, version 1.0. The element type must not be bf16.
void writeNpy(const Tensor &tensor, llvm::raw_ostream &os);

} // namespace azulejo::reference

#endif // AZULEJO_LIB_REFERENCE_NPY_H
