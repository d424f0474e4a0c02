// This file declares the Reference evaluation: every graph operator on the CPU, plainly, as an
// oracle.

#ifndef AZULEJO_LIB_REFERENCE_REFERENCE_H
#define AZULEJO_LIB_REFERENCE_REFERENCE_H

#include "lib/Reference/Tensor.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/StringMap.h"

namespace azulejo::reference {

/// The values of symbolic dimensions by name.
using SymbolValues = llvm::StringMap<int64_t>;

/// Tensors of more bytes than this are refused.
constexpr int64_t maxTensorBytes = int64_t(1) << 34;

/// Evaluates one operator of the graph dialect. `operands` have the types of the operator's
/// operands with `symbols` put in. Floats are computed as f64 and rounded once to the result's
/// type; sums are accumulated in f64. Fails with a diagnostic on what only values show: an index
/// out of bounds, a size that does not fit, a symbol without value.
mlir::FailureOr<llvm::SmallVector<Tensor>>
evaluateOp(mlir::Operation *op, llvm::ArrayRef<Tensor> operands, const SymbolValues &symbols);

/// Evaluates a function of graph operators. The symbols get their values from the shapes of
/// `inputs`, which must agree with the types of the arguments. Values are freed after their last
/// use.
mlir::FailureOr<llvm::SmallVector<Tensor>> evaluate(mlir::func::FuncOp function,
                                                    llvm::ArrayRef<Tensor> inputs);

/// Returns the value of an operator with one result whose operands are all constants, if it is
/// static and takes at most `byteBudget` bytes; splats are kept as splats and take none. nullopt
/// also where evaluation would fail; no diagnostic is given.
std::optional<mlir::ElementsAttr> fold(mlir::Operation *op, int64_t byteBudget);

} // namespace azulejo::reference

#endif // AZULEJO_LIB_REFERENCE_REFERENCE_H
