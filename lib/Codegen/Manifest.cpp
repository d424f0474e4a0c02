// This file writes a plan.program as the JSON of the bundle's plan.
#include "lib/Codegen/Manifest.h"

#include "dialects/Graph/GraphOps.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace azulejo;

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

static FailureOr<KernelInfo> readKernel(gpu::GPUModuleOp module) {
  KernelInfo kernel;
  kernel.name = module.getName();
  auto ptx = module->getAttrOfType<StringAttr>("tile.ptx");
  auto version = module->getAttrOfType<IntegerAttr>("tile.ptx_version");
  auto block = module->getAttrOfType<DenseI32ArrayAttr>("tile.block");
  if (!ptx || !version || !block || block.size() != 3)
    return module.emitError(
        "kernel must have tile.ptx, tile.ptx_version and three sizes in tile.block before "
        "it can go into a bundle; run Lowering and Codegen first");
  kernel.ptx = ptx.getValue();
  std::array<uint8_t, 32> digest = llvm::SHA256::hash(llvm::arrayRefFromStringRef(kernel.ptx));
  kernel.hash = llvm::toHex(llvm::ArrayRef(digest).take_front(8), /*LowerCase=*/true);
  kernel.ptxVersion = version.getInt();
  llvm::append_range(kernel.block, block.asArrayRef());
  if (auto cluster = module->getAttrOfType<DenseI32ArrayAttr>("tile.cluster"))
    llvm::append_range(kernel.cluster, cluster.asArrayRef());
  if (auto shared = module->getAttrOfType<IntegerAttr>("tile.shared"))
    kernel.sharedBytes = shared.getInt();
  return kernel;
}

FailureOr<KernelList> azulejo::collectKernels(plan::ProgramOp program) {
  KernelList kernels;
  llvm::DenseMap<StringAttr, unsigned> indices;
  SymbolTable symbols(program->getParentOp());
  for (auto launch : program.getBody().getOps<plan::LaunchOp>()) {
    StringAttr name = launch.getKernelAttr().getAttr();
    if (!indices.try_emplace(name, kernels.size()).second)
      continue;
    FailureOr<KernelInfo> kernel = readKernel(symbols.lookup<gpu::GPUModuleOp>(name));
    if (failed(kernel))
      return failure();
    kernels.push_back(std::move(*kernel));
  }
  return kernels;
}

//===----------------------------------------------------------------------===//
// Formulas
//===----------------------------------------------------------------------===//

std::string azulejo::quoteJson(StringRef text) {
  std::string result;
  llvm::raw_string_ostream os(result);
  os << llvm::json::Value(llvm::json::fixUTF8(text));
  return result;
}

static std::string binaryJson(StringRef op, const std::string &a, const std::string &b) {
  return ("[\"" + op + "\"," + a + "," + b + "]").str();
}

// Combines `terms` in a balanced tree of `op`.
static std::string balancedJson(StringRef op, ArrayRef<std::string> terms) {
  if (terms.size() == 1)
    return terms.front();
  size_t half = terms.size() / 2;
  return binaryJson(op, balancedJson(op, terms.take_front(half)),
                    balancedJson(op, terms.drop_front(half)));
}

// Splits a tree of sums into its terms.
static void flattenSum(AffineExpr expr, SmallVectorImpl<AffineExpr> &terms) {
  auto sum = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!sum || sum.getKind() != AffineExprKind::Add)
    return terms.push_back(expr);
  flattenSum(sum.getLHS(), terms);
  flattenSum(sum.getRHS(), terms);
}

// If `expr` is a negative constant or has a negative constant factor, returns its opposite.
static AffineExpr negated(AffineExpr expr) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return constant.getValue() < 0 ? -expr : AffineExpr();
  auto product = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!product || product.getKind() != AffineExprKind::Mul)
    return {};
  auto factor = dyn_cast<AffineConstantExpr>(product.getRHS());
  return factor && factor.getValue() < 0 ? product.getLHS() * -factor.getValue() : AffineExpr();
}

static std::string sumToJson(AffineExpr sum, MLIRContext *context) {
  SmallVector<AffineExpr> terms;
  flattenSum(sum, terms);
  SmallVector<std::string> added, subtracted;
  for (AffineExpr term : terms) {
    if (AffineExpr opposite = negated(term))
      subtracted.push_back(formulaToJson(opposite, context));
    else
      added.push_back(formulaToJson(term, context));
  }
  std::string result = added.empty() ? "0" : balancedJson("+", added);
  return subtracted.empty() ? result : binaryJson("-", result, balancedJson("+", subtracted));
}

std::string azulejo::formulaToJson(AffineExpr formula, MLIRContext *context) {
  if (auto constant = dyn_cast<AffineConstantExpr>(formula))
    return std::to_string(constant.getValue());
  if (auto symbol = dyn_cast<AffineSymbolExpr>(formula))
    return quoteJson(
        context->getLoadedDialect<graph::GraphDialect>()->symbolName(symbol.getPosition()));
  auto binary = cast<AffineBinaryOpExpr>(formula);
  auto emit = [&](StringRef op) {
    return binaryJson(op, formulaToJson(binary.getLHS(), context),
                      formulaToJson(binary.getRHS(), context));
  };
  switch (binary.getKind()) {
  case AffineExprKind::Add:
    return sumToJson(formula, context);
  case AffineExprKind::Mul:
    return emit("*");
  case AffineExprKind::FloorDiv:
    return emit("/");
  case AffineExprKind::CeilDiv:
    return emit("ceildiv");
  case AffineExprKind::Mod:
    return emit("%");
  default:
    llvm_unreachable("dimension expressions have no other operators");
  }
}

namespace {

// Where the slots of a program lie in its arena.
class ArenaLayout {
public:
  explicit ArenaLayout(plan::ProgramOp program);

  std::string totalJson() const { return sumJson(total, parts); }
  std::string offsetJson(plan::ArenaOp arena) const;

private:
  // An offset is `formula` plus the first `numParts` of the sizes that are no formula.
  struct Start {
    AffineExpr formula;
    unsigned numParts;
  };
  std::string sumJson(AffineExpr formula, ArrayRef<std::string> addends) const;
  std::string roundedJson(plan::SlotOp slot) const;

  MLIRContext *context;
  AffineExpr total;
  SmallVector<std::string> parts;
  llvm::DenseMap<Operation *, Start> starts;
};

} // namespace

ArenaLayout::ArenaLayout(plan::ProgramOp program)
    : context(program.getContext()), total(getAffineConstantExpr(0, context)) {
  for (auto slot : program.getBody().getOps<plan::SlotOp>()) {
    starts[slot] = {total, static_cast<unsigned>(parts.size())};
    ArrayRef<AffineExpr> formulas = slot.getBytes().getExprs();
    if (formulas.size() != 1) {
      parts.push_back(roundedJson(slot));
      continue;
    }
    AffineExpr size = graph::simplify(formulas.front());
    if (size.getLargestKnownDivisor() % plan::bufferAlignment != 0)
      size = size.ceilDiv(plan::bufferAlignment) * plan::bufferAlignment;
    total = graph::simplify(total + size);
  }
}

// The largest of the formulas of `slot`, rounded up to the alignment.
std::string ArenaLayout::roundedJson(plan::SlotOp slot) const {
  SmallVector<std::string> sizes;
  bool isAligned = true;
  for (AffineExpr formula : slot.getBytes().getExprs()) {
    sizes.push_back(formulaToJson(formula, context));
    isAligned &= formula.getLargestKnownDivisor() % plan::bufferAlignment == 0;
  }
  std::string size = balancedJson("max", sizes);
  std::string alignment = std::to_string(plan::bufferAlignment);
  return isAligned ? size : binaryJson("*", binaryJson("ceildiv", size, alignment), alignment);
}

std::string ArenaLayout::sumJson(AffineExpr formula, ArrayRef<std::string> addends) const {
  SmallVector<std::string> terms;
  if (addends.empty() || graph::constantValue(formula) != 0)
    terms.push_back(formulaToJson(formula, context));
  llvm::append_range(terms, addends);
  return balancedJson("+", terms);
}

std::string ArenaLayout::offsetJson(plan::ArenaOp arena) const {
  const Start &start = starts.at(arena.getSlot().getDefiningOp());
  AffineExpr offset = graph::simplify(start.formula + arena.getOffset().getExprs().front());
  return sumJson(offset, ArrayRef(parts).take_front(start.numParts));
}

std::string azulejo::arenaToJson(plan::ProgramOp program) {
  return ArenaLayout(program).totalJson();
}

//===----------------------------------------------------------------------===//
// Interface
//===----------------------------------------------------------------------===//

// Joins JSON texts with commas.
static std::string joined(ArrayRef<std::string> texts) { return llvm::join(texts, ","); }

static std::string formulasToJson(ArrayRef<AffineExpr> formulas, MLIRContext *context) {
  SmallVector<std::string> texts;
  for (AffineExpr formula : formulas)
    texts.push_back(formulaToJson(formula, context));
  return "[" + joined(texts) + "]";
}

static std::string tensorToJson(StringRef name, Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return "{\"name\":" + quoteJson(name) + ",\"dtype\":\"" +
         planTypeName(tensor.getElementType()).str() +
         "\",\"shape\":" + formulasToJson(graph::getDims(tensor), type.getContext()) + "}";
}

// Symbols in the order in which the inputs name them.
static std::string symbolsToJson(plan::ProgramOp program) {
  llvm::SetVector<AffineExpr> symbols;
  for (auto input : program.getBody().getOps<plan::InputOp>())
    for (AffineExpr dim : graph::getDims(cast<RankedTensorType>(input.getType())))
      if (isa<AffineSymbolExpr>(dim))
        symbols.insert(dim);
  SmallVector<std::string> texts;
  for (AffineExpr symbol : symbols) {
    graph::SymbolRange range = graph::rangeOf(symbol, program);
    texts.push_back("{\"name\":" + formulaToJson(symbol, program.getContext()) + ",\"min\":" +
                    std::to_string(range.min) + ",\"max\":" + std::to_string(range.max) +
                    ",\"divisor\":" + std::to_string(std::max<int64_t>(1, range.divisor)) + "}");
  }
  return joined(texts);
}

std::string azulejo::interfaceToJson(plan::ProgramOp program) {
  SmallVector<std::string> inputs, outputs;
  for (auto input : program.getBody().getOps<plan::InputOp>())
    inputs.push_back(tensorToJson(input.getName(), input.getType()));
  for (auto output : program.getBody().getOps<plan::OutputOp>())
    outputs.push_back(tensorToJson(output.getName(), output.getType()));
  return "\"symbols\":[" + symbolsToJson(program) + "],\"inputs\":[" + joined(inputs) +
         "],\"outputs\":[" + joined(outputs) + "]";
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

namespace {

// Writes the steps of one program.
class StepWriter {
public:
  StepWriter(plan::ProgramOp program, const KernelList &kernels)
      : context(program.getContext()), arena(program) {
    for (auto [index, kernel] : llvm::enumerate(kernels))
      kernelIndices[kernel.name] = index;
  }

  LogicalResult addWeights(plan::ProgramOp program, WeightTable &weights);
  std::string launch(plan::LaunchOp launch) const;
  std::string copy(plan::CopyOp copy) const;
  std::string arenaSize() const { return arena.totalJson(); }

private:
  std::string members(Value buffer) const;
  std::string tensorMap(plan::LaunchOp launch, plan::TensorMapAttr map) const;

  MLIRContext *context;
  ArenaLayout arena;
  llvm::StringMap<unsigned> kernelIndices;
  llvm::DenseMap<Operation *, unsigned> weightIndices;
};

} // namespace

LogicalResult StepWriter::addWeights(plan::ProgramOp program, WeightTable &weights) {
  for (auto op : program.getBody().getOps<plan::WeightOp>()) {
    std::optional<unsigned> index = weights.add(op.getName(), op.getValue());
    if (!index)
      return op.emitError("the data of weight \"") << op.getName() << "\" is missing";
    weightIndices[op] = *index;
  }
  return success();
}

// Appends the model's names in `location` to `names`.
static void collectNames(Location location, llvm::SetVector<StringRef> &names) {
  if (auto name = dyn_cast<NameLoc>(location))
    names.insert(name.getName());
  else if (auto fused = dyn_cast<FusedLoc>(location))
    for (Location part : fused.getLocations())
      collectNames(part, names);
  else if (auto call = dyn_cast<CallSiteLoc>(location))
    collectNames(call.getCallee(), names);
}

// Returns `,"node":NAMES`, or "" for a step that comes from no node.
static std::string nodeMember(Location location) {
  constexpr size_t maxNames = 4;
  llvm::SetVector<StringRef> names;
  collectNames(location, names);
  if (names.empty())
    return "";
  std::string text = llvm::join(names.getArrayRef().take_front(maxNames), "+");
  if (names.size() > maxNames)
    text += "+" + std::to_string(names.size() - maxNames) + " more";
  return ",\"node\":" + quoteJson(text);
}

// The members of a buffer reference, without braces.
std::string StepWriter::members(Value buffer) const {
  Operation *op = buffer.getDefiningOp();
  if (auto input = dyn_cast<plan::InputOp>(op))
    return "\"input\":" + std::to_string(input.getIndex());
  if (auto output = dyn_cast<plan::OutputOp>(op))
    return "\"output\":" + std::to_string(output.getIndex());
  if (isa<plan::WeightOp>(op))
    return "\"weight\":" + std::to_string(weightIndices.at(op));
  auto part = cast<plan::ArenaOp>(op);
  return "\"arena\":" + arena.offsetJson(part) +
         ",\"bytes\":" + formulaToJson(part.getBytes().getExprs().front(), context);
}

std::string StepWriter::tensorMap(plan::LaunchOp launch, plan::TensorMapAttr map) const {
  SmallVector<std::string> box;
  for (int32_t size : map.getBox().asArrayRef())
    box.push_back(std::to_string(size));
  std::string swizzle = map.getSwizzle() == 0 ? "none" : std::to_string(map.getSwizzle());
  std::string type = planTypeName(map.getType()).str();
  // TMA only moves bytes: a type that it lacks is one of the same width.
  if (type == "i8" || type == "bool")
    type = "u8";
  else if (type == "i16")
    type = "u16";
  return "{\"tensormap\":{\"buffer\":{" + members(launch.getBuffers()[map.getBuffer()]) +
         "},\"type\":\"" + type +
         "\",\"dims\":" + formulasToJson(map.getDims().getExprs(), context) +
         ",\"strides\":" + formulasToJson(map.getStrides().getExprs(), context) + ",\"box\":[" +
         joined(box) + "],\"swizzle\":\"" + swizzle +
         "\",\"nan_fill\":" + (map.getNanFill() ? "true" : "false") + "}}";
}

std::string StepWriter::launch(plan::LaunchOp launch) const {
  SmallVector<std::string> args;
  for (auto [buffer, access] : llvm::zip_equal(launch.getBuffers(), launch.getAccess()))
    args.push_back("{" + members(buffer) + ",\"access\":\"" +
                   stringifyAccess(cast<plan::AccessAttr>(access).getValue()).str() + "\"}");
  if (std::optional<ArrayAttr> maps = launch.getTensorMaps())
    for (auto map : maps->getAsRange<plan::TensorMapAttr>())
      args.push_back(tensorMap(launch, map));
  for (AffineExpr scalar : launch.getScalars().getExprs())
    args.push_back("{\"i32\":" + formulaToJson(scalar, context) + "}");
  return "{\"launch\":" + std::to_string(kernelIndices.at(launch.getKernel())) +
         ",\"grid\":" + formulasToJson(launch.getGrid().getExprs(), context) +
         nodeMember(launch.getLoc()) + ",\"args\":[" + joined(args) + "]}";
}

std::string StepWriter::copy(plan::CopyOp copy) const {
  return "{\"copy\":{\"from\":{" + members(copy.getSource()) + "},\"to\":{" +
         members(copy.getTarget()) +
         "},\"bytes\":" + formulaToJson(copy.getBytes().getExprs().front(), context) + "}" +
         nodeMember(copy.getLoc()) + "}";
}

static std::string kernelToJson(const KernelInfo &kernel) {
  auto sizes = [](ArrayRef<int32_t> values) {
    SmallVector<std::string> texts;
    for (int32_t value : values)
      texts.push_back(std::to_string(value));
    return "[" + joined(texts) + "]";
  };
  std::string text = "{\"name\":" + quoteJson(kernel.name) +
                     ",\"entry\":" + quoteJson(kernel.name) + ",\"ptx\":\"ptx/" + kernel.hash +
                     "\",\"ptx_version\":" + std::to_string(kernel.ptxVersion) +
                     ",\"block\":" + sizes(kernel.block);
  if (!kernel.cluster.empty())
    text += ",\"cluster\":" + sizes(kernel.cluster);
  return text + ",\"shared\":" + std::to_string(kernel.sharedBytes) + "}";
}

FailureOr<std::string> azulejo::programToJson(plan::ProgramOp program, const KernelList &kernels,
                                              WeightTable &weights) {
  StepWriter writer(program, kernels);
  if (failed(writer.addWeights(program, weights)))
    return failure();
  SmallVector<std::string> kernelTexts, steps;
  for (const KernelInfo &kernel : kernels)
    kernelTexts.push_back(kernelToJson(kernel));
  for (Operation &op : program.getBody().getOps()) {
    if (isa<plan::TempOp>(op))
      return op.emitError("buffer has no place in the arena; run Scheduling first");
    if (auto launch = dyn_cast<plan::LaunchOp>(op))
      steps.push_back(writer.launch(launch));
    else if (auto copy = dyn_cast<plan::CopyOp>(op))
      steps.push_back(writer.copy(copy));
  }
  return "\"arena\":" + writer.arenaSize() +
         ",\"arena_align\":" + std::to_string(plan::bufferAlignment) + ",\"kernels\":[" +
         joined(kernelTexts) + "],\"steps\":[" + joined(steps) + "]";
}
