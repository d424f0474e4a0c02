// This file turns the dispatches of @main into launches on buffers.
#include "dialects/Graph/GraphOps.h"
#include "dialects/Plan/PlanOps.h"
#include "dialects/Tile/TileOps.h"
#include "lib/Scheduling/Scheduling.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/MathExtras.h"

namespace azulejo::scheduling {
#define GEN_PASS_DEF_SCHEDULELAUNCHESPASS
#include "lib/Scheduling/Passes.h.inc"
} // namespace azulejo::scheduling

using namespace mlir;
using namespace azulejo;

using graph::DimsAttr;

// Returns the formula of the bytes of a tensor; bool elements take one byte.
static AffineExpr bytesOf(RankedTensorType type) {
  unsigned bits = std::max(8u, type.getElementTypeBitWidth());
  AffineExpr count = graph::product(graph::getDims(type), type.getContext());
  return graph::simplify(count * (bits / 8));
}

// Fails if `value` has more elements than a kernel counts for every shape, or surely too many.
static LogicalResult verifyCount(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  int64_t least = 1;
  bool overflow = false;
  for (AffineExpr dim : graph::getDims(type)) {
    int64_t min = graph::rangeOf(dim, value.getParentRegion()->getParentOp()).min;
    if (min == 0)
      return success();
    overflow |= llvm::MulOverflow(least, min, least) != 0;
  }
  if (!overflow && least <= std::numeric_limits<int32_t>::max())
    return success();
  InFlightDiagnostic diagnostic = emitError(value.getLoc());
  diagnostic << "tensor has too many elements, expected at most 2147483647, got: ";
  if (overflow)
    return diagnostic << "more than 2^63; split the tensor in the model";
  return diagnostic << least << "; split the tensor in the model";
}

// The name that the model gives to what is at `location`, or "".
static StringRef nameOf(Location location) {
  if (auto name = dyn_cast<NameLoc>(location))
    return name.getName();
  if (auto fused = dyn_cast<FusedLoc>(location))
    for (Location part : fused.getLocations())
      if (StringRef name = nameOf(part); !name.empty())
        return name;
  return "";
}

// The value whose bytes `value` is: reshapes are only another view.
static Value rootOf(Value value) {
  while (auto reshape = value.getDefiningOp<graph::ReshapeOp>())
    value = reshape->getOperand(0);
  return value;
}

namespace {

// Builds the program of one @main.
class Scheduler {
public:
  Scheduler(func::FuncOp main, plan::ProgramOp program)
      : main(main), context(main.getContext()), bufferType(plan::BufferType::get(context)),
        steps(OpBuilder::atBlockEnd(&program.getBody().front())), declarations(steps) {}

  LogicalResult run();

  unsigned numLaunches = 0, numCopies = 0;

private:
  void declareInputs();
  void declareOutputs();
  LogicalResult schedule(tile::DispatchOp dispatch);
  void copyOutputs();
  Value bufferOf(Value value);
  void addedStep(Operation *step);
  FailureOr<ArrayAttr> convertTensorMaps(tile::DispatchOp dispatch);

  DimsAttr formula(AffineExpr expr) { return DimsAttr::get(context, {expr}); }

  func::FuncOp main;
  MLIRContext *context;
  Type bufferType;
  OpBuilder steps;        // at the end of the program
  OpBuilder declarations; // before the first step
  bool hasSteps = false;
  DenseMap<Value, Value> buffers; // root value -> buffer
  struct OutputCopy {
    Value source, output;
    RankedTensorType type;
    Location location;
  };
  SmallVector<OutputCopy> outputCopies;
  unsigned numWeights = 0;
};

} // namespace

LogicalResult Scheduler::run() {
  declareInputs();
  declareOutputs();
  for (Operation &op : main.getBody().front().without_terminator()) {
    if (isa<graph::ConstantOp, graph::ReshapeOp>(op))
      continue;
    auto dispatch = dyn_cast<tile::DispatchOp>(op);
    if (!dispatch)
      return op.emitError(
                 "expected graph.constant, graph.reshape or tile.dispatch after tiling, got: ")
             << op.getName();
    if (failed(schedule(dispatch)))
      return failure();
  }
  copyOutputs();
  return success();
}

void Scheduler::declareInputs() {
  for (BlockArgument argument : main.getArguments()) {
    unsigned index = argument.getArgNumber();
    auto name = main.getArgAttrOfType<StringAttr>(index, "graph.name");
    std::string text = name ? name.str() : "input" + std::to_string(index);
    buffers[argument] = plan::InputOp::create(declarations, argument.getLoc(), bufferType, index,
                                              text, cast<RankedTensorType>(argument.getType()));
  }
}

void Scheduler::declareOutputs() {
  Operation *terminator = main.getBody().front().getTerminator();
  for (auto [index, value] : llvm::enumerate(terminator->getOperands())) {
    auto name = main.getResultAttrOfType<StringAttr>(index, "graph.name");
    std::string text = name ? name.str() : "output" + std::to_string(index);
    Value output = plan::OutputOp::create(declarations, terminator->getLoc(), bufferType, index,
                                          text, cast<RankedTensorType>(value.getType()));
    // The kernel that makes the value writes the output itself, if no other output has it already.
    Value root = rootOf(value);
    if (root.getDefiningOp<tile::DispatchOp>() && buffers.try_emplace(root, output).second)
      continue;
    outputCopies.push_back({root, output, cast<RankedTensorType>(value.getType()), value.getLoc()});
  }
}

// Returns the buffer of `value`, declaring it at its first use.
Value Scheduler::bufferOf(Value value) {
  Value root = rootOf(value);
  Value &buffer = buffers[root];
  if (buffer)
    return buffer;
  if (auto constant = root.getDefiningOp<graph::ConstantOp>()) {
    StringRef name = nameOf(root.getLoc());
    std::string text = name.empty() ? "constant" + std::to_string(numWeights) : name.str();
    ++numWeights;
    buffer =
        plan::WeightOp::create(declarations, root.getLoc(), bufferType, text, constant.getValue());
    return buffer;
  }
  auto type = cast<RankedTensorType>(root.getType());
  buffer = plan::TempOp::create(declarations, root.getLoc(), bufferType, formula(bytesOf(type)));
  return buffer;
}

void Scheduler::addedStep(Operation *step) {
  if (!hasSteps)
    declarations.setInsertionPoint(step);
  hasSteps = true;
}

// Gives each tensor map the element type of its operand or result.
FailureOr<ArrayAttr> Scheduler::convertTensorMaps(tile::DispatchOp dispatch) {
  SmallVector<Attribute> maps;
  auto emitError = [&] { return dispatch.emitError(); };
  std::optional<ArrayAttr> source = dispatch.getTensorMaps();
  SmallVector<Value> tensors(dispatch.getInputs());
  llvm::append_range(tensors, dispatch.getOutputs());
  for (Attribute entry : source ? source->getValue() : ArrayRef<Attribute>()) {
    auto map = cast<tile::TensorMapAttr>(entry);
    auto dims = dyn_cast<DimsAttr>(map.getDims()), strides = dyn_cast<DimsAttr>(map.getStrides());
    if (!dims || !strides)
      return dispatch.emitError("dims and strides of a tensor map must be #graph.dims, got: ")
             << entry;
    Type element = cast<RankedTensorType>(tensors[map.getOperand()].getType()).getElementType();
    if (failed(plan::TensorMapAttr::verify(emitError, map.getOperand(), element, dims, strides,
                                           map.getBox(), map.getSwizzle(), /*nanFill=*/false)))
      return failure();
    maps.push_back(plan::TensorMapAttr::get(context, map.getOperand(), element, dims, strides,
                                            map.getBox(), map.getSwizzle(), /*nanFill=*/false));
  }
  return maps.empty() ? ArrayAttr() : ArrayAttr::get(context, maps);
}

LogicalResult Scheduler::schedule(tile::DispatchOp dispatch) {
  SmallVector<Value> operands;
  SmallVector<Attribute> access;
  auto addBuffers = [&](ValueRange values, plan::Access kind) -> LogicalResult {
    for (Value value : values) {
      if (failed(verifyCount(value)))
        return failure();
      operands.push_back(bufferOf(value));
      access.push_back(plan::AccessAttr::get(context, kind));
    }
    return success();
  };
  if (failed(addBuffers(dispatch.getInputs(), plan::Access::read)) ||
      failed(addBuffers(dispatch.getOutputs(), plan::Access::write)))
    return failure();
  FailureOr<ArrayAttr> tensorMaps = convertTensorMaps(dispatch);
  if (failed(tensorMaps))
    return failure();
  auto launch = plan::LaunchOp::create(steps, dispatch.getLoc(), dispatch.getKernelAttr(),
                                       cast<DimsAttr>(dispatch.getGrid()), operands,
                                       ArrayAttr::get(context, access),
                                       cast<DimsAttr>(dispatch.getScalars()), *tensorMaps);
  addedStep(launch);
  ++numLaunches;
  return success();
}

void Scheduler::copyOutputs() {
  for (const OutputCopy &copy : outputCopies) {
    Value source = bufferOf(copy.source);
    auto step = plan::CopyOp::create(steps, copy.location, source, copy.output,
                                     formula(bytesOf(copy.type)));
    addedStep(step);
    ++numCopies;
  }
}

// Fails if a symbol of the program's formulas is not the bare dimension of an argument of @main:
// the runtime could not know its value.
static LogicalResult verifySymbols(func::FuncOp main) {
  llvm::DenseSet<AffineExpr> known;
  for (Type type : main.getArgumentTypes())
    for (AffineExpr dim : graph::getDims(cast<RankedTensorType>(type)))
      known.insert(dim);
  auto *dialect = main.getContext()->getLoadedDialect<graph::GraphDialect>();
  auto verifyType = [&](RankedTensorType type, Location location) -> LogicalResult {
    for (AffineExpr dim : graph::getDims(type)) {
      AffineExpr unknown;
      dim.walk([&](AffineExpr part) {
        if (isa<AffineSymbolExpr>(part) && !known.contains(part))
          unknown = part;
      });
      if (!unknown)
        continue;
      StringRef name = dialect->symbolName(cast<AffineSymbolExpr>(unknown).getPosition());
      return emitError(location) << "dimension '" << name
                                 << "' is not the size of any input; fix it with --dim " << name
                                 << "=N";
    }
    return success();
  };
  for (BlockArgument argument : main.getArguments())
    if (failed(verifyType(cast<RankedTensorType>(argument.getType()), argument.getLoc())))
      return failure();
  WalkResult result = main.walk([&](Operation *op) {
    for (Value value : op->getResults())
      if (auto type = dyn_cast<RankedTensorType>(value.getType());
          type && failed(verifyType(type, value.getLoc())))
        return WalkResult::interrupt();
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

namespace {

class ScheduleLaunchesPass
    : public azulejo::scheduling::impl::ScheduleLaunchesPassBase<ScheduleLaunchesPass> {
  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    if (!main || !main.getBody().hasOneBlock()) {
      getOperation().emitError("expected a function @main of one block, got none");
      return signalPassFailure();
    }
    if (failed(verifySymbols(main)))
      return signalPassFailure();
    OpBuilder builder(main);
    auto program = plan::ProgramOp::create(builder, main.getLoc(), "main");
    Scheduler scheduler(main, program);
    if (failed(scheduler.run())) {
      program.erase();
      return signalPassFailure();
    }
    launches += scheduler.numLaunches;
    copies += scheduler.numCopies;
    main.erase();
  }
};

} // namespace
