// This file declares the window of convolutions and pools: kernel, strides, dilations and pads.
#ifndef AZULEJO_LIB_IMPORT_WINDOWS_H
#define AZULEJO_LIB_IMPORT_WINDOWS_H

#include "lib/Import/NodeImporter.h"

namespace azulejo {

struct Window {
  Ints kernel, strides, dilations, padsBegin, padsEnd;
};

/// Reads strides, dilations, pads and auto_pad for a window of this kernel over input 0, whose rank
/// is 3 to 5. Refuses pads that depend on a dynamic dimension.
std::optional<Window> readWindow(NodeImporter &n, llvm::ArrayRef<int64_t> kernel);

/// Builds graph.conv, or graph.pool of kind `kind`.
mlir::Value buildConv(NodeImporter &n, mlir::Value x, mlir::Value weight, const Window &window,
                      int64_t group);
mlir::Value buildPool(NodeImporter &n, graph::PoolKind kind, mlir::Value x, const Window &window,
                      bool ceilMode, bool countIncludePad);

/// The sizes of the dimensions of a convolution's weights after the first two.
std::optional<Ints> kernelOf(NodeImporter &n, mlir::Value weight);

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_WINDOWS_H
