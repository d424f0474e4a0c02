// This file shares kernels between targets.
#include "lib/Pipeline/KernelCache.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

using namespace mlir;
using namespace azulejo;

/// The kernel with its name and chip, without the locations of the nodes it came from.
static std::string textOf(gpu::GPUModuleOp kernel) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  kernel.print(stream, OpPrintingFlags().useLocalScope());
  return text;
}

void KernelCache::reuse(ModuleOp module) {
  pending.clear();
  for (auto kernel : module.getOps<gpu::GPUModuleOp>()) {
    // Without a chip of its own a kernel is emitted for each target's.
    if (!kernel->hasAttr("tile.chip"))
      continue;
    std::string text = textOf(kernel);
    auto found = results.find(text);
    if (found == results.end()) {
      pending[kernel.getName()] = std::move(text);
      continue;
    }
    kernel.getBodyRegion().front().clear();
    kernel->setDiscardableAttrs(found->second);
  }
}

void KernelCache::remember(ModuleOp module) {
  for (auto kernel : module.getOps<gpu::GPUModuleOp>())
    if (auto found = pending.find(kernel.getName()); found != pending.end())
      results[found->second] = kernel->getDiscardableAttrDictionary();
}
