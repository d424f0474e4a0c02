// This file declares the cache that lets targets share what was generated for an earlier one.
#ifndef AZULEJO_LIB_PIPELINE_KERNELCACHE_H
#define AZULEJO_LIB_PIPELINE_KERNELCACHE_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

namespace azulejo {

/// Remembers kernels by their program on tiles. Most kernels are for every GPU from some plain
/// target on (`tile.chip`), so that a bundle for six targets needs them lowered and emitted twice,
/// not six times.
class KernelCache {
public:
  /// Replaces each gpu.module after Tiling that was emitted before by its results: the PTX and what
  /// the launch needs. The others are noted until `remember`.
  void reuse(mlir::ModuleOp module);

  /// Keeps the results of the modules that `reuse` noted, which Codegen has emitted since.
  void remember(mlir::ModuleOp module);

private:
  llvm::StringMap<mlir::DictionaryAttr> results;
  llvm::StringMap<std::string> pending; ///< text by the name of the module
};

} // namespace azulejo

#endif // AZULEJO_LIB_PIPELINE_KERNELCACHE_H
