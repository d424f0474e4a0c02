// This file evaluates operators whose operands are all constants.

#include "dialects/Graph/GraphOps.h"
#include "lib/Reference/Evaluators.h"
#include "lib/Reference/Reference.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace azulejo::graph;

namespace azulejo::reference {

static std::optional<SmallVector<ElementsAttr>> constantOperands(Operation *op) {
  SmallVector<ElementsAttr> values;
  for (Value operand : op->getOperands()) {
    auto constant = operand.getDefiningOp<ConstantOp>();
    if (!constant)
      return std::nullopt;
    values.push_back(constant.getValue());
  }
  return values;
}

static bool isDenseSplat(ElementsAttr value) {
  return isa<DenseElementsAttr>(value) && value.isSplat();
}

/// Evaluates an elementwise operator on splats as if all of its tensors had one element.
static std::optional<ElementsAttr> foldSplats(Operation *op, ArrayRef<ElementsAttr> values,
                                              RankedTensorType type) {
  SmallVector<Tensor> operands;
  for (ElementsAttr value : values) {
    DenseElementsAttr scalar = cast<DenseElementsAttr>(value).resizeSplat(
        RankedTensorType::get({}, value.getElementType()));
    std::optional<Tensor> tensor = fromAttribute(scalar);
    if (!tensor)
      return std::nullopt;
    operands.push_back(std::move(*tensor));
  }
  std::string error;
  MaybeTensor result =
      evaluateAny(op, operands, RankedTensorType::get({}, type.getElementType()), error);
  if (!result)
    return std::nullopt;
  auto scalar = cast<DenseElementsAttr>(makeConstant(result->type, result->data));
  return cast<ElementsAttr>(scalar.resizeSplat(type));
}

std::optional<ElementsAttr> fold(Operation *op, int64_t byteBudget) {
  auto type = op->getNumResults() == 1 ? dyn_cast<RankedTensorType>(op->getResult(0).getType())
                                       : RankedTensorType();
  if (!type || !type.hasStaticShape() || isa<ConstantOp, DimValuesOp>(op) ||
      op->getNumOperands() == 0)
    return std::nullopt;
  std::optional<SmallVector<ElementsAttr>> values = constantOperands(op);
  if (!values)
    return std::nullopt;
  if (llvm::all_of(*values, isDenseSplat) && type.getNumElements() > 0) {
    if (isElementwise(op))
      return foldSplats(op, *values, type);
    if (isa<ReshapeOp, TransposeOp, BroadcastOp, SliceOp>(op))
      return cast<ElementsAttr>(cast<DenseElementsAttr>(values->front()).resizeSplat(type));
  }
  int64_t bytes = elementByteSize(type.getElementType());
  for (int64_t size : type.getShape())
    if (llvm::MulOverflow(bytes, size, bytes))
      return std::nullopt;
  if (bytes > byteBudget)
    return std::nullopt;
  SmallVector<Tensor> operands;
  for (ElementsAttr value : *values) {
    std::optional<Tensor> tensor = fromAttribute(value);
    if (!tensor)
      return std::nullopt;
    operands.push_back(std::move(*tensor));
  }
  std::string error;
  MaybeTensor result = evaluateAny(op, operands, type, error);
  return result ? std::optional(makeConstant(type, result->data)) : std::nullopt;
}

} // namespace azulejo::reference
