// This file declares how a plan.program becomes the JSON of the bundle's plan.
#ifndef AZULEJO_LIB_CODEGEN_MANIFEST_H
#define AZULEJO_LIB_CODEGEN_MANIFEST_H

#include "dialects/Plan/PlanOps.h"
#include "lib/Codegen/WeightTable.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "llvm/ADT/MapVector.h"

#include <string>

namespace azulejo {

// What Lowering and Codegen say of one kernel; the texts live as long as the module.
struct KernelInfo {
  llvm::StringRef name;
  llvm::StringRef ptx;
  std::string hash; // 16 digits of the SHA-256 of the PTX
  int64_t ptxVersion = 0;
  llvm::SmallVector<int32_t, 3> block, cluster;
  int64_t sharedBytes = 0;
};

// The kernels that a program launches, in the order of their first launch.
using KernelList = llvm::SmallVector<KernelInfo>;

// Reads the kernels of `program` from the attributes of the gpu.modules beside it. A module without
// PTX is an error.
mlir::FailureOr<KernelList> collectKernels(plan::ProgramOp program);

// Returns a formula as JSON: a number, a symbol, or [op, a, b]. Sums are balanced, so that the
// depth grows with the logarithm of the number of terms.
std::string formulaToJson(mlir::AffineExpr formula, mlir::MLIRContext *context);

// Returns `text` as a JSON string; bytes that are no UTF-8 are replaced.
std::string quoteJson(llvm::StringRef text);

// Returns the formula of the bytes of the arena as JSON.
std::string arenaToJson(plan::ProgramOp program);

// Returns "symbols", "inputs" and "outputs" of the plan as JSON members without braces.
std::string interfaceToJson(plan::ProgramOp program);

// Returns "arena", "kernels" and "steps" of a program as JSON members without braces. Weights that
// the program names are added to `weights`. Fails with a diagnostic where a weight has no data.
mlir::FailureOr<std::string> programToJson(plan::ProgramOp program, const KernelList &kernels,
                                           WeightTable &weights);

} // namespace azulejo

#endif // AZULEJO_LIB_CODEGEN_MANIFEST_H
