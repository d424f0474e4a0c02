// This file is the one header of the graph dialect: its operators, attributes and helpers.

#ifndef AZULEJO_DIALECTS_GRAPH_GRAPHOPS_H
#define AZULEJO_DIALECTS_GRAPH_GRAPHOPS_H

#include "dialects/Graph/GraphDims.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/StringMap.h"

#include <deque>
#include <mutex>

#include "dialects/Graph/GraphOpsDialect.h.inc"

#include "dialects/Graph/GraphOpsEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Graph/GraphOpsAttrs.h.inc"

#define GET_OP_CLASSES
#include "dialects/Graph/GraphOps.h.inc"

namespace azulejo::graph {

/// Constants of more bytes than this are resources instead of dense attributes, i1 excepted.
constexpr int64_t maxDenseConstantBytes = 1024;

/// Returns the bytes of one element as the runtime stores it: 1 for i1.
int64_t elementByteSize(mlir::Type elementType);

/// Returns a constant's bytes where they lie, in C order and the machine's byte order: all
/// elements, or the only one if `value.isSplat()`. `value` is a dense or resource attribute, not of
/// i1. Empty if a resource has no blob. Valid as long as the context.
llvm::ArrayRef<char> rawBytes(mlir::ElementsAttr value);

/// Returns all bytes of a constant, splats expanded and i1 as one byte of 0 or 1; nullopt if a
/// resource is missing or of the wrong size.
std::optional<std::vector<char>> copyBytes(mlir::ElementsAttr value);

/// Returns a constant of the static `type` with a copy of these bytes (i1: one byte each): a splat
/// where all elements are the same, dense where it is small, else a resource. `bytes` has the size
/// of the type.
mlir::ElementsAttr makeConstant(mlir::RankedTensorType type, llvm::ArrayRef<char> bytes);

/// As above for a large constant, taking over the memory of `blob`, which is aligned to at least
/// the element's size and must not be i1. `name` is a hint for the resource's name.
mlir::ElementsAttr makeResourceConstant(mlir::RankedTensorType type, llvm::StringRef name,
                                        mlir::AsmResourceBlob blob);

/// Returns whether `op` computes each element of its result from the elements at the same place of
/// its operands, after broadcasting.
bool isElementwise(mlir::Operation *op);

/// Creates an operator, or explains at `loc` why it cannot be: the way for whoever builds from a
/// user's input, since the plain builders abort on operands that do not fit. `resultTypes` is
/// needed where the type does not follow from the operands (reshape, broadcast, slice, cast).
///
///     ConvOp::Properties properties;
///     properties.strides = builder.getDenseI64ArrayAttr({1, 1});
///     FailureOr<ConvOp> conv = createChecked<ConvOp>(builder, loc, {input, weight}, properties);
template <typename OpTy, typename PropertiesTy = mlir::EmptyProperties>
mlir::FailureOr<OpTy> createChecked(mlir::OpBuilder &builder, mlir::Location loc,
                                    mlir::ValueRange operands, const PropertiesTy &properties = {},
                                    mlir::TypeRange resultTypes = {}) {
  mlir::OperationState state(loc, OpTy::getOperationName());
  state.addOperands(operands);
  PropertiesTy copy(properties);
  if constexpr (!std::is_same_v<PropertiesTy, mlir::EmptyProperties>)
    state.getOrAddProperties<PropertiesTy>() = properties;
  llvm::SmallVector<mlir::Type> types(resultTypes);
  if constexpr (OpTy::template hasTrait<mlir::InferTypeOpInterface::Trait>()) {
    if (types.empty() &&
        failed(OpTy::inferReturnTypes(builder.getContext(), loc, operands, /*attributes=*/{},
                                      mlir::OpaqueProperties(&copy), /*regions=*/{}, types)))
      return mlir::failure();
  }
  state.addTypes(types);
  mlir::Operation *op = builder.create(state);
  if (succeeded(mlir::verify(op, /*verifyRecursively=*/false)))
    return mlir::cast<OpTy>(op);
  op->erase();
  return mlir::failure();
}

} // namespace azulejo::graph

#endif // AZULEJO_DIALECTS_GRAPH_GRAPHOPS_H
