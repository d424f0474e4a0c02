// This file checks the constraints of the plan dialect that ODS cannot express. The labels are
// those of the operations' descriptions.
#include "dialects/Plan/PlanOps.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace azulejo;
using namespace azulejo::plan;

using graph::DimsAttr;

// Fails unless `dims` is one formula; `what` names it.
static LogicalResult verifyOneFormula(Operation *op, DimsAttr dims, StringRef what) {
  if (dims.getExprs().size() == 1)
    return success();
  return op->emitOpError() << what << " must be one formula, got: " << dims.getExprs().size();
}

// The value of a list of one formula, if it is a constant.
static std::optional<int64_t> constantOf(DimsAttr dims) {
  return graph::constantValue(dims.getExprs().front());
}

//===----------------------------------------------------------------------===//
// ProgramOp
//===----------------------------------------------------------------------===//

// Checks number and name of each `Op` of the program.
template <typename Op> static LogicalResult verifyInterface(ProgramOp program, StringRef what) {
  llvm::StringSet<> names;
  int64_t expected = 0;
  for (Op op : program.getBody().getOps<Op>()) {
    // program_c1
    if (op.getIndex() != expected)
      return op.emitOpError() << what << " number must be " << expected
                              << ", got: " << op.getIndex();
    ++expected;
    // program_c2
    if (!names.insert(op.getName()).second)
      return op.emitOpError() << "two " << what << "s have the name \"" << op.getName() << "\"";
  }
  return success();
}

// Calls `visit` with each symbol in the attributes of `op`.
static void walkSymbols(Operation *op, llvm::function_ref<void(AffineSymbolExpr)> visit) {
  auto visitDims = [&](DimsAttr dims) {
    for (AffineExpr formula : dims.getExprs())
      formula.walk([&](AffineExpr part) {
        if (auto symbol = dyn_cast<AffineSymbolExpr>(part))
          visit(symbol);
      });
  };
  op->getAttrDictionary().walk<WalkOrder::PreOrder>([&](Attribute attribute) {
    if (isa<ElementsAttr>(attribute))
      return WalkResult::skip();
    if (auto dims = dyn_cast<DimsAttr>(attribute))
      visitDims(dims);
    return WalkResult::advance();
  });
}

LogicalResult ProgramOp::verify() {
  if (failed(verifyInterface<InputOp>(*this, "input")) ||
      failed(verifyInterface<OutputOp>(*this, "output")))
    return failure();
  llvm::DenseSet<AffineExpr> defined;
  for (InputOp input : getBody().getOps<InputOp>())
    for (AffineExpr dim : graph::getDims(cast<RankedTensorType>(input.getType())))
      defined.insert(dim);
  // program_c3
  auto *dialect = getContext()->getLoadedDialect<graph::GraphDialect>();
  for (Operation &op : getBody().getOps()) {
    LogicalResult result = success();
    walkSymbols(&op, [&](AffineSymbolExpr symbol) {
      if (succeeded(result) && !defined.contains(symbol))
        result = op.emitOpError() << "symbol '" << dialect->symbolName(symbol.getPosition())
                                  << "' must be the bare dimension of an input";
    });
    if (failed(result))
      return failure();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

LogicalResult InputOp::verify() {
  // input_c1
  return getName().empty() ? emitOpError("name must not be empty") : success();
}

LogicalResult OutputOp::verify() {
  // output_c1
  return getName().empty() ? emitOpError("name must not be empty") : success();
}

LogicalResult WeightOp::verify() {
  // weight_c1
  if (getName().empty())
    return emitOpError("name must not be empty");
  // weight_c2
  if (!graph::isGraphTensor(getValue().getShapedType()))
    return emitOpError("value must be a tensor of the graph dialect, got: ")
           << getValue().getShapedType();
  return success();
}

LogicalResult TempOp::verify() {
  // temp_c1
  return verifyOneFormula(*this, getBytes(), "bytes");
}

LogicalResult SlotOp::verify() {
  // slot_c1
  if (getBytes().getExprs().empty())
    return emitOpError("must have at least one formula, got: 0");
  return success();
}

LogicalResult ArenaOp::verify() {
  // arena_c1
  if (failed(verifyOneFormula(*this, getOffset(), "offset")) ||
      failed(verifyOneFormula(*this, getBytes(), "bytes")))
    return failure();
  // arena_c2
  std::optional<int64_t> offset = constantOf(getOffset());
  if (offset && (*offset < 0 || *offset % bufferAlignment != 0))
    return emitOpError("offset must be a multiple of ")
           << bufferAlignment << " and not negative, got: " << *offset;
  // arena_c3
  auto slot = getSlot().getDefiningOp<SlotOp>();
  std::optional<int64_t> bytes = constantOf(getBytes());
  if (!slot || !offset || !bytes)
    return success();
  int64_t size = 0;
  for (AffineExpr formula : slot.getBytes().getExprs()) {
    std::optional<int64_t> value = graph::constantValue(formula);
    if (!value)
      return success();
    size = std::max(size, *value);
  }
  if (*offset > size || *bytes > size - *offset)
    return emitOpError("must end within its slot of ")
           << size << " bytes, got: offset " << *offset << ", bytes " << *bytes;
  return success();
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

// Fails if `buffer`, which a step writes, is an input or a weight.
static LogicalResult verifyWritable(Operation *step, Value buffer) {
  Operation *definition = buffer.getDefiningOp();
  if (!isa_and_nonnull<InputOp, WeightOp>(definition))
    return success();
  return step->emitOpError() << "must not write " << definition->getName();
}

// Checks constants of a grid against CUDA's limits.
static LogicalResult verifyGrid(LaunchOp launch) {
  constexpr int64_t limits[] = {2147483647, 65535, 65535};
  ArrayRef<AffineExpr> grid = launch.getGrid().getExprs();
  if (grid.size() != 3)
    return launch.emitOpError("grid must have 3 formulas, got: ") << grid.size();
  for (unsigned axis = 0; axis < 3; ++axis) {
    std::optional<int64_t> size = graph::constantValue(grid[axis]);
    if (size && (*size < 0 || *size > limits[axis]))
      return launch.emitOpError("grid size ")
             << axis << " must be in 0 to " << limits[axis] << ", got: " << *size;
  }
  return success();
}

LogicalResult LaunchOp::verify() {
  // launch_c1
  if (failed(verifyGrid(*this)))
    return failure();
  // launch_c2
  if (getAccess().size() != getBuffers().size())
    return emitOpError("must have one access for each buffer, got: ")
           << getAccess().size() << " for " << getBuffers().size();
  // launch_c3
  for (auto [buffer, access] : llvm::zip_equal(getBuffers(), getAccess()))
    if (cast<AccessAttr>(access).getValue() != Access::read &&
        failed(verifyWritable(*this, buffer)))
      return failure();
  // launch_c4
  for (AffineExpr scalar : getScalars().getExprs()) {
    std::optional<int64_t> value = graph::constantValue(scalar);
    if (value && !llvm::isInt<32>(*value))
      return emitOpError("scalar must fit i32, got: ") << *value;
  }
  // launch_c5
  if (std::optional<ArrayAttr> maps = getTensorMaps())
    for (auto map : maps->getAsRange<TensorMapAttr>())
      if (map.getBuffer() >= getBuffers().size())
        return emitOpError("tensor map must name one of ")
               << getBuffers().size() << " buffers, got: " << map.getBuffer();
  return success();
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  // launch_c6
  if (symbols.lookupNearestSymbolFrom<gpu::GPUModuleOp>(*this, getKernelAttr()))
    return success();
  return emitOpError("kernel must be a gpu.module, got: ") << getKernelAttr();
}

LogicalResult CopyOp::verify() {
  // copy_c1
  if (failed(verifyOneFormula(*this, getBytes(), "bytes")))
    return failure();
  // copy_c2
  if (failed(verifyWritable(*this, getTarget())))
    return failure();
  // copy_c3
  if (getSource() == getTarget())
    return emitOpError("source and target must be different buffers");
  return success();
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

LogicalResult TensorMapAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                                    unsigned buffer, Type type, DimsAttr dims, DimsAttr strides,
                                    DenseI32ArrayAttr box, unsigned swizzle, bool nanFill) {
  size_t rank = dims.getExprs().size();
  if (rank < 1 || rank > 5)
    return emitError() << "tensor map must have 1 to 5 dims, got: " << rank;
  if (strides.getExprs().size() + 1 != rank)
    return emitError() << "tensor map must have " << rank - 1
                       << " strides, got: " << strides.getExprs().size();
  if (static_cast<size_t>(box.size()) != rank)
    return emitError() << "tensor map must have " << rank << " box sizes, got: " << box.size();
  for (int32_t size : box.asArrayRef())
    if (size < 1 || size > 256)
      return emitError() << "box size must be in 1 to 256, got: " << size;
  if (swizzle != 0 && swizzle != 32 && swizzle != 64 && swizzle != 128)
    return emitError() << "swizzle must be 0, 32, 64 or 128, got: " << swizzle;
  return success();
}
