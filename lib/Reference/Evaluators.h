// This file declares the parts of the Reference evaluation, one function for each family of
// operators.

#ifndef AZULEJO_LIB_REFERENCE_EVALUATORS_H
#define AZULEJO_LIB_REFERENCE_EVALUATORS_H

#include "lib/Reference/Tensor.h"

#include "mlir/IR/Operation.h"

#include <string>

namespace azulejo::reference {

/// Each function evaluates `op` if it is of its family, and returns nullopt if it is not, or on an
/// error, which it then describes in `error`. `type` is the result's type without symbols.
using MaybeTensor = std::optional<Tensor>;

MaybeTensor evaluateElementwise(mlir::Operation *op, llvm::ArrayRef<Tensor> operands,
                                mlir::RankedTensorType type, std::string &error);
MaybeTensor evaluateContraction(mlir::Operation *op, llvm::ArrayRef<Tensor> operands,
                                mlir::RankedTensorType type, std::string &error);
MaybeTensor evaluateMovement(mlir::Operation *op, llvm::ArrayRef<Tensor> operands,
                             mlir::RankedTensorType type, std::string &error);

/// Tries the families in turn.
MaybeTensor evaluateAny(mlir::Operation *op, llvm::ArrayRef<Tensor> operands,
                        mlir::RankedTensorType type, std::string &error);

/// Returns for each element of a tensor of shape `result`, in C order, where the element broadcast
/// to it lies in a tensor of shape `operand`; nullopt if the shapes do not broadcast.
std::optional<std::vector<int64_t>> broadcastOffsets(llvm::ArrayRef<int64_t> operand,
                                                     llvm::ArrayRef<int64_t> result);

/// Calls `body` with a value of the type to which elements of `elementType` are widened.
template <typename Body> auto withWideType(mlir::Type elementType, Body body) {
  if (mlir::isa<mlir::FloatType>(elementType))
    return body(double());
  if (elementType.isSignlessInteger() && !elementType.isInteger(1))
    return body(int64_t());
  return body(uint64_t());
}

} // namespace azulejo::reference

#endif // AZULEJO_LIB_REFERENCE_EVALUATORS_H
