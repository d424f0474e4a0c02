// This file declares the writer of bundles (docs/bundle-format.md).
#ifndef AZULEJO_LIB_CODEGEN_BUNDLEWRITER_H
#define AZULEJO_LIB_CODEGEN_BUNDLEWRITER_H

#include "azulejo/Compiler.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LLVM.h"

#include <string>
#include <vector>

namespace azulejo {

// A module that went through Scheduling, Lowering and Codegen for `target` ("sm_80"): it holds
// plan.program @main and gpu.modules with PTX.
struct TargetModule {
  std::string target;
  mlir::ModuleOp module;
};

struct BundleOptions {
  bool externalWeights = false; // weights go to HASH.safetensors beside the bundle
  bool cubin = false;           // add machine code; needs ptxas
  bool measure = false;         // ask ptxas, where it is found, for registers and spills
  unsigned threads = 1;         // that run ptxas
  std::string flags;            // for `azulejo.flags`
  std::string inputHash;        // for `azulejo.input`
};

// Writes the bundle `path`. Programs that are equal for several targets, PTX and weights are stored
// once. The bytes depend on nothing but the modules and the options (with `cubin`: and ptxas). The
// file appears whole or not at all. Failures are diagnostics: at the operation at fault, or at the
// unknown location where a file or ptxas is. `statistics` gets what was written.
mlir::LogicalResult writeBundle(llvm::ArrayRef<TargetModule> modules, const BundleOptions &options,
                                llvm::StringRef path, CompileStatistics &statistics);

// The version and build id of this compiler, as `azulejo.build` says it.
std::string buildId();

} // namespace azulejo

#endif // AZULEJO_LIB_CODEGEN_BUNDLEWRITER_H
