// This file evaluates operators and functions of the graph dialect.

#include "lib/Reference/Reference.h"

#include "dialects/Graph/GraphOps.h"
#include "lib/Reference/Evaluators.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace azulejo::graph;

namespace azulejo::reference {

static std::optional<int64_t> valueOf(AffineExpr expr, const SymbolValues &symbols) {
  return graph::evaluate(expr, expr.getContext(), [&](StringRef name) -> std::optional<int64_t> {
    auto it = symbols.find(name);
    return it == symbols.end() ? std::nullopt : std::optional(it->second);
  });
}

/// Returns `type` with its symbols replaced by their values, or nullopt and the reason why not.
static std::optional<RankedTensorType> resolve(RankedTensorType type, const SymbolValues &symbols,
                                               std::string &error) {
  SmallVector<int64_t> shape;
  int64_t bytes = elementByteSize(type.getElementType());
  bool isEmpty = false;
  for (AffineExpr dim : getDims(type)) {
    std::optional<int64_t> size = valueOf(dim, symbols);
    if (!size || *size < 0) {
      error = llvm::formatv("dimension {0} has no value that is a size",
                            toString(dim, type.getContext()));
      return std::nullopt;
    }
    shape.push_back(*size);
    isEmpty |= *size == 0;
    if (llvm::MulOverflow(bytes, std::max<int64_t>(*size, 1), bytes))
      bytes = INT64_MAX;
  }
  if (!isEmpty && bytes > maxTensorBytes) {
    error =
        llvm::formatv("tensor of {0} bytes is larger than the limit of {1}", bytes, maxTensorBytes);
    return std::nullopt;
  }
  return RankedTensorType::get(shape, type.getElementType());
}

MaybeTensor evaluateAny(Operation *op, ArrayRef<Tensor> operands, RankedTensorType type,
                        std::string &error) {
  for (auto *family : {evaluateElementwise, evaluateContraction, evaluateMovement}) {
    MaybeTensor result = family(op, operands, type, error);
    if (result || !error.empty())
      return result;
  }
  error = "operator is not evaluated by Reference, or its operands do not fit";
  return std::nullopt;
}

static MaybeTensor evaluateDimValues(DimValuesOp op, RankedTensorType type,
                                     const SymbolValues &symbols, std::string &error) {
  std::vector<int64_t> values;
  for (AffineExpr expr : op.getDims().getExprs()) {
    std::optional<int64_t> value = valueOf(expr, symbols);
    if (!value) {
      error = llvm::formatv("{0} has no value", toString(expr, op.getContext()));
      return std::nullopt;
    }
    values.push_back(*value);
  }
  return narrow(type, values);
}

static MaybeTensor evaluateToTensor(Operation *op, ArrayRef<Tensor> operands,
                                    const SymbolValues &symbols, std::string &error) {
  auto type = op->getNumResults() == 1 ? dyn_cast<RankedTensorType>(op->getResult(0).getType())
                                       : RankedTensorType();
  if (!type) {
    error = "operator is not evaluated by Reference";
    return std::nullopt;
  }
  std::optional<RankedTensorType> resolved = resolve(type, symbols, error);
  if (!resolved)
    return std::nullopt;
  if (auto dimValues = dyn_cast<DimValuesOp>(op))
    return evaluateDimValues(dimValues, *resolved, symbols, error);
  auto constant = dyn_cast<ConstantOp>(op);
  if (!constant)
    return evaluateAny(op, operands, *resolved, error);
  std::optional<Tensor> value = fromAttribute(constant.getValue());
  if (!value)
    error = "the bytes of the constant are missing";
  return value;
}

FailureOr<SmallVector<Tensor>> evaluateOp(Operation *op, ArrayRef<Tensor> operands,
                                          const SymbolValues &symbols) {
  std::string error;
  MaybeTensor result = evaluateToTensor(op, operands, symbols, error);
  if (!result)
    return op->emitOpError() << "cannot be evaluated: " << error;
  SmallVector<Tensor> results;
  results.push_back(std::move(*result));
  return results;
}

// ---- Functions
// -----------------------------------------------------------------------------------

/// Gives symbols their values: a dimension that is a bare symbol defines it, and every dimension
/// must agree.
static LogicalResult bindSymbols(func::FuncOp function, ArrayRef<Tensor> inputs,
                                 SymbolValues &symbols) {
  auto *dialect = function.getContext()->getOrLoadDialect<GraphDialect>();
  for (bool isCheck : {false, true})
    for (auto [i, input] : llvm::enumerate(inputs)) {
      auto type = dyn_cast<RankedTensorType>(function.getArgumentTypes()[i]);
      if (!type || type.getRank() != input.type.getRank() ||
          type.getElementType() != input.elementType())
        return function.emitError() << "expected input " << i << " of type "
                                    << function.getArgumentTypes()[i] << ", got: " << input.type;
      for (auto [dim, size] : llvm::zip(getDims(type), input.shape())) {
        if (auto symbol = dyn_cast<AffineSymbolExpr>(dim))
          symbols.try_emplace(dialect->symbolName(symbol.getPosition()), size);
        if (isCheck && valueOf(dim, symbols) != size)
          return function.emitError() << "expected dimension " << toString(dim, type.getContext())
                                      << " of input " << i << " to agree, got: " << size;
      }
    }
  return success();
}

namespace {

/// The values that are still needed, each with the number of its uses to come.
class LiveValues {
public:
  void define(Value value, Tensor tensor) {
    int64_t uses = std::distance(value.use_begin(), value.use_end());
    if (uses > 0)
      live.try_emplace(value, Entry{std::move(tensor), uses});
  }

  /// Returns the tensor for one use, moved out at the last one.
  Tensor take(Value value) {
    auto it = live.find(value);
    if (--it->second.uses > 0)
      return it->second.tensor;
    Tensor tensor = std::move(it->second.tensor);
    live.erase(it);
    return tensor;
  }

private:
  struct Entry {
    Tensor tensor;
    int64_t uses;
  };
  llvm::DenseMap<Value, Entry> live;
};

} // namespace

FailureOr<SmallVector<Tensor>> evaluate(func::FuncOp function, ArrayRef<Tensor> inputs) {
  if (!function.getBody().hasOneBlock() || inputs.size() != function.getNumArguments())
    return function.emitError() << "expected a function of one block and "
                                << function.getNumArguments() << " inputs, got: " << inputs.size();
  SymbolValues symbols;
  if (failed(bindSymbols(function, inputs, symbols)))
    return failure();
  LiveValues values;
  for (auto [argument, input] : llvm::zip(function.getArguments(), inputs))
    values.define(argument, input);
  for (Operation &op : function.getBody().front()) {
    SmallVector<Tensor> operands;
    for (Value operand : op.getOperands())
      operands.push_back(values.take(operand));
    if (isa<func::ReturnOp>(op))
      return operands;
    FailureOr<SmallVector<Tensor>> results = evaluateOp(&op, operands, symbols);
    if (failed(results))
      return failure();
    for (auto [value, result] : llvm::zip(op.getResults(), *results))
      values.define(value, std::move(result));
  }
  return function.emitError() << "expected a return";
}

} // namespace azulejo::reference
