// This file chooses schedules and tile sizes.
#include "lib/Tiling/TilingStrategy.h"

#include "mlir/IR/Remarks.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace azulejo;
using namespace azulejo::graph;
using namespace azulejo::tiling;

/// A grouped convolution whose groups have few outputs would fill little of a tile.
static constexpr int64_t kLeastGroupOutputs = 8;

static bool isMultiply(Operation *op) {
  if (auto conv = dyn_cast<ConvOp>(op)) {
    int64_t outputs = conv.getWeight().getType().getDimSize(0) / int64_t(conv.getGroup());
    return conv.getGroup() == 1 || outputs >= kLeastGroupOutputs;
  }
  return isa<MatmulOp>(op);
}

/// Whether the result of `op` reaches the kernel's result without changing places: then a tile of
/// the one is a tile of the other.
static bool reachesResultInPlace(Operation *op, KernelOp kernel) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (type.getShape() != kernel.getResult().getType().getShape() ||
      getDims(type) != getDims(kernel.getResult().getType()))
    return false;
  return llvm::all_of(op->getUsers(), [&](Operation *user) {
    if (isa<YieldOp>(user))
      return true;
    bool inPlace = !isa<MatmulOp, ConvOp, PoolOp, ReduceOp, ReshapeOp, TransposeOp, SliceOp,
                        ConcatOp, PadOp, GatherOp, BroadcastOp>(user);
    return inPlace && reachesResultInPlace(user, kernel);
  });
}

/// Gemm, or what the target has instead of mma.sync.
static Schedule chooseGemmSchedule(KernelOp kernel, Operation *anchor, const Target *target) {
  if (!target || !(target->hasWgmma || target->hasTcgen05))
    return Schedule::Gemm;
  std::string reason = reasonAgainstTma(kernel, anchor);
  if (reason.empty())
    return target->hasWgmma ? Schedule::Wgmma : Schedule::Tcgen05;
  remark::missed(anchor->getLoc(), remark::RemarkOpts::name("NoTma").category("tiling"))
      << remark::reason("{0}; {1} is not used", reason, target->hasWgmma ? "wgmma" : "tcgen05");
  return Schedule::Gemm;
}

TmaTile azulejo::tiling::chooseTmaTile(Schedule schedule, MatmulOp op) {
  TmaTile tile;
  SmallVector<AffineExpr> dims = getDims(op.getResult().getType());
  auto columns = constantValue(dims.back());
  auto rows = constantValue(product(ArrayRef(dims).drop_back(1), op.getContext()));
  // Few columns need no wide tile. Many CTAs can afford a wider one, which reads less.
  constexpr int64_t kWide = 256, kEnoughCtas = 128;
  if (columns && *columns <= 64)
    tile.n = 64;
  else if (schedule == Schedule::Wgmma && rows && columns && *columns % kWide == 0 &&
           (*rows / tile.m) * (*columns / kWide) >= kEnoughCtas)
    tile.n = kWide;
  return tile;
}

Choice azulejo::tiling::chooseSchedule(KernelOp kernel, const Target *target) {
  Block &body = kernel.getBody().front();
  for (Operation &op : body)
    if (isMultiply(&op) && reachesResultInPlace(&op, kernel))
      return {chooseGemmSchedule(kernel, &op, target), &op};
  for (Operation &op : body)
    if (auto reduce = dyn_cast<ReduceOp>(op); reduce && !reduce.getAxes().empty())
      return {Schedule::Rows, &op};
  return {};
}

PointwiseTile azulejo::tiling::choosePointwiseTile(KernelOp kernel) {
  // One access of 16 bytes of the narrowest type, but not more registers than 8 values of each
  // operator.
  unsigned bits = kernel.getResult().getType().getElementTypeBitWidth();
  PointwiseTile tile;
  tile.perThread = bits <= 16 ? 8 : bits == 64 ? 2 : 4;
  return tile;
}

RowTile azulejo::tiling::chooseRowTile(std::optional<int64_t> rows, std::optional<int64_t> columns,
                                       int64_t most) {
  constexpr int64_t kElements = 2048, kLongestRow = 4096, kChunk = 1024;
  RowTile tile;
  int64_t length = columns ? *columns : most;
  tile.chunks = length > kLongestRow;
  tile.columns = tile.chunks ? kChunk : int64_t(llvm::PowerOf2Ceil(std::max<int64_t>(length, 1)));
  tile.rows = std::max<int64_t>(1, kElements / tile.columns);
  if (rows)
    tile.rows = std::min<int64_t>(tile.rows, llvm::PowerOf2Ceil(std::max<int64_t>(*rows, 1)));
  return tile;
}

std::string azulejo::tiling::reasonAgainstTensorCores(Type element, const GemmOptions &options) {
  if (element.isF16())
    return {};
  if (!element.isF32() && !element.isBF16())
    return llvm::formatv("products of {0} are computed without them", element);
  if (options.sm < 80)
    return llvm::formatv("those of sm_{0} do not multiply {1}", options.sm,
                         element.isF32() ? "tf32" : "bf16");
  if (element.isF32() && !options.allowTf32)
    return "they would round f32 operands to tf32, which --allow-tf32 permits";
  return {};
}

GemmTile azulejo::tiling::chooseGemmTile(std::optional<int64_t> m, std::optional<int64_t> n,
                                         std::optional<int64_t> k, Type element,
                                         const GemmOptions &options) {
  GemmTile tile;
  tile.tensorCores = reasonAgainstTensorCores(element, options).empty();
  tile.stages = options.sm >= 80 ? 3 : 2;
  tile.k = tile.tensorCores && !element.isF32()   ? 32
           : element.getIntOrFloatBitWidth() > 32 ? 8
                                                  : 16;
  auto atLeast = [](std::optional<int64_t> size, int64_t least) { return size && *size >= least; };
  if (atLeast(m, 128) && atLeast(n, 1024) && element.getIntOrFloatBitWidth() <= 32)
    tile.m = 128;
  if (tile.m == 128 && tile.tensorCores) {
    tile.n = 128;
    tile.warps = 8;
  }
  return tile;
}

/// Why `op`, which reads many elements for each one of its result, is computed in a loop.
static std::string reasonForLoop(Operation *op, KernelOp kernel, const Choice &choice) {
  if (isa<ReduceOp>(op))
    return choice.schedule == Schedule::Pointwise
               ? "the kernel works on something else than the rows of this reduction"
               : "the kernel is cut for a matrix product";
  if (auto conv = dyn_cast<ConvOp>(op); conv && !isMultiply(op)) {
    int64_t outputs = conv.getWeight().getType().getDimSize(0) / int64_t(conv.getGroup());
    return llvm::formatv("a group has {0} output channels, tiles need at least {1}", outputs,
                         kLeastGroupOutputs);
  }
  if (!reachesResultInPlace(op, kernel))
    return "what follows moves elements, so that a tile of the product is not a tile of the result";
  return "the kernel has another product";
}

static void remarkOnLoops(KernelOp kernel, const Choice &choice) {
  for (Operation &op : kernel.getBody().front()) {
    auto reduce = dyn_cast<ReduceOp>(op);
    bool readsMany = isa<MatmulOp, ConvOp>(op) || (reduce && !reduce.getAxes().empty());
    bool isCut = &op == choice.anchor || (reduce && choice.schedule == Schedule::Rows);
    if (readsMany && !isCut)
      remark::missed(op.getLoc(), remark::RemarkOpts::name("NoSchedule").category("tiling"))
          << remark::reason("{0} is a loop in each thread: {1}", op.getName(),
                            reasonForLoop(&op, kernel, choice));
  }
}

static void remarkOnTensorCores(const Choice &choice, const GemmOptions &options) {
  Location loc = choice.anchor->getLoc();
  Type element = cast<RankedTensorType>(choice.anchor->getOperand(0).getType()).getElementType();
  std::string reason;
  if (choice.schedule == Schedule::Gemm)
    reason = reasonAgainstTensorCores(element, options);
  if (!reason.empty()) {
    remark::missed(loc, remark::RemarkOpts::name("NoTensorCores").category("tiling"))
        << remark::reason("no tensor cores: {0}", reason);
    return;
  }
  StringRef instruction = choice.schedule == Schedule::Wgmma     ? "wgmma"
                          : choice.schedule == Schedule::Tcgen05 ? "tcgen05.mma"
                                                                 : "mma.sync";
  remark::passed(loc, remark::RemarkOpts::name("TensorCores").category("tiling")) << remark::reason(
      "{0} multiplies {1}{2}", instruction, element, element.isF32() ? ", rounded to tf32" : "");
}

void azulejo::tiling::remarkOn(KernelOp kernel, const Choice &choice, const GemmOptions &options) {
  bool isProduct = choice.schedule == Schedule::Gemm || choice.schedule == Schedule::Wgmma ||
                   choice.schedule == Schedule::Tcgen05;
  if (isProduct)
    remarkOnTensorCores(choice, options);
  remarkOnLoops(kernel, choice);
}
