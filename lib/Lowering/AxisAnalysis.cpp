// This file finds contiguity, divisibility and constancy of integer tiles.
#include "lib/Lowering/AxisAnalysis.h"

#include "dialects/Tile/TileOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/TypeSwitch.h"
#include <numeric>

using namespace mlir;
using namespace azulejo::lowering;
using azulejo::tile::BroadcastOp;
using azulejo::tile::CoordinateOp;
using azulejo::tile::SplatOp;

/// Divides zero, and bounds every divisibility.
static constexpr int64_t kHighest = int64_t(1) << 30;

static int64_t powerOfTwoIn(int64_t number) {
  return number == 0 ? kHighest : std::min(kHighest, number & -number);
}

int64_t AxisInfo::divisibilityOfBlocks(unsigned dim, int64_t block) const {
  return block >= contiguity[dim] ? divisibility[dim] : std::min(divisibility[dim], block);
}

static SmallVector<int64_t> shapeOf(Value value) {
  if (auto type = dyn_cast<RankedTensorType>(value.getType()))
    return SmallVector<int64_t>(type.getShape());
  return {1};
}

static AxisInfo unknown(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> ones(shape.size(), 1);
  return {ones, ones, ones};
}

static AxisInfo uniform(ArrayRef<int64_t> shape, int64_t divisibility) {
  SmallVector<int64_t> ones(shape.size(), 1), divisors(shape.size(), divisibility);
  return {ones, divisors, SmallVector<int64_t>(shape)};
}

static AxisInfo coordinate(ArrayRef<int64_t> shape, unsigned along) {
  AxisInfo info = uniform(shape, 1);
  info.contiguity[along] = shape[along];
  info.divisibility[along] = kHighest;
  info.constancy[along] = 1;
  return info;
}

/// `x + y` or, with `subtract`, `x - y`.
static AxisInfo sum(const AxisInfo &x, const AxisInfo &y, bool subtract) {
  AxisInfo info = unknown(x.contiguity);
  for (unsigned dim = 0; dim < x.contiguity.size(); ++dim) {
    int64_t xRuns = std::min(x.contiguity[dim], y.constancy[dim]);
    int64_t yRuns = subtract ? 1 : std::min(x.constancy[dim], y.contiguity[dim]);
    int64_t block = std::max(xRuns, yRuns);
    info.contiguity[dim] = block;
    info.divisibility[dim] =
        std::min(x.divisibilityOfBlocks(dim, block), y.divisibilityOfBlocks(dim, block));
    info.constancy[dim] = std::min(x.constancy[dim], y.constancy[dim]);
  }
  return info;
}

static AxisInfo product(const AxisInfo &x, const AxisInfo &y) {
  AxisInfo info = unknown(x.contiguity);
  for (unsigned dim = 0; dim < x.contiguity.size(); ++dim) {
    info.divisibility[dim] =
        std::min(kHighest, x.divisibilityOfBlocks(dim, 1) * y.divisibilityOfBlocks(dim, 1));
    info.constancy[dim] = std::min(x.constancy[dim], y.constancy[dim]);
  }
  return info;
}

/// `x / y` for numbers that are not negative: runs of x between multiples of y become constant.
static AxisInfo quotient(const AxisInfo &x, const AxisInfo &y) {
  AxisInfo info = unknown(x.contiguity);
  for (unsigned dim = 0; dim < x.contiguity.size(); ++dim) {
    int64_t steady = std::min(x.constancy[dim], y.constancy[dim]);
    int64_t divisor = y.divisibilityOfBlocks(dim, 1);
    int64_t runs = std::min({x.contiguity[dim], x.divisibility[dim], divisor, y.constancy[dim]});
    info.constancy[dim] = std::max(steady, runs);
  }
  return info;
}

/// `x % y` for numbers that are not negative: runs of x that start at multiples stay runs.
static AxisInfo remainder(const AxisInfo &x, const AxisInfo &y) {
  AxisInfo info = unknown(x.contiguity);
  for (unsigned dim = 0; dim < x.contiguity.size(); ++dim) {
    int64_t divisor = y.divisibilityOfBlocks(dim, 1);
    int64_t block = std::min({x.contiguity[dim], x.divisibility[dim], divisor, y.constancy[dim]});
    info.contiguity[dim] = block;
    info.divisibility[dim] = std::min(x.divisibilityOfBlocks(dim, block), divisor);
    info.constancy[dim] = std::min(x.constancy[dim], y.constancy[dim]);
  }
  return info;
}

/// Blocks in which `x < y` (or `>=`) cannot change: y is a multiple of the block that x runs
/// through.
static int64_t steadyComparison(const AxisInfo &x, const AxisInfo &y, unsigned dim) {
  return std::min(
      {x.contiguity[dim], x.divisibility[dim], y.divisibilityOfBlocks(dim, 1), y.constancy[dim]});
}

static AxisInfo comparison(arith::CmpIOp op, const AxisInfo &x, const AxisInfo &y) {
  using P = arith::CmpIPredicate;
  P predicate = op.getPredicate();
  bool xBelowY =
      predicate == P::slt || predicate == P::ult || predicate == P::sge || predicate == P::uge;
  bool yBelowX =
      predicate == P::sgt || predicate == P::ugt || predicate == P::sle || predicate == P::ule;
  AxisInfo info = unknown(x.contiguity);
  for (unsigned dim = 0; dim < x.contiguity.size(); ++dim) {
    int64_t block = std::min(x.constancy[dim], y.constancy[dim]);
    if (xBelowY)
      block = std::max(block, steadyComparison(x, y, dim));
    if (yBelowX)
      block = std::max(block, steadyComparison(y, x, dim));
    info.constancy[dim] = block;
  }
  return info;
}

/// Either `x` or `y`, chosen by `condition` (all of x's rank).
static AxisInfo choice(const AxisInfo &condition, const AxisInfo &x, const AxisInfo &y) {
  AxisInfo info = unknown(x.contiguity);
  for (unsigned dim = 0; dim < x.contiguity.size(); ++dim) {
    int64_t block = std::min({condition.constancy[dim], x.contiguity[dim], y.contiguity[dim]});
    info.contiguity[dim] = block;
    info.divisibility[dim] =
        std::min(x.divisibilityOfBlocks(dim, block), y.divisibilityOfBlocks(dim, block));
    info.constancy[dim] = std::min({condition.constancy[dim], x.constancy[dim], y.constancy[dim]});
  }
  return info;
}

static AxisInfo broadcast(const AxisInfo &source, ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  AxisInfo info = source;
  for (unsigned dim = 0; dim < to.size(); ++dim)
    if (from[dim] != to[dim])
      info.constancy[dim] = to[dim];
  return info;
}

/// A value that follows from `x` and `y` element by element, and of which no more is known.
static AxisInfo elementwise(const AxisInfo &x, const AxisInfo &y) {
  AxisInfo info = unknown(x.contiguity);
  for (unsigned dim = 0; dim < x.contiguity.size(); ++dim)
    info.constancy[dim] = std::min(x.constancy[dim], y.constancy[dim]);
  return info;
}

static AxisInfo constant(arith::ConstantOp op) {
  SmallVector<int64_t> shape = shapeOf(op);
  if (auto number = dyn_cast<IntegerAttr>(op.getValue()))
    return uniform(shape, powerOfTwoIn(number.getValue().getSExtValue()));
  auto elements = dyn_cast<DenseIntElementsAttr>(op.getValue());
  if (!elements || !elements.isSplat())
    return unknown(shape);
  return uniform(shape, powerOfTwoIn(elements.getSplatValue<APInt>().getSExtValue()));
}

/// The divisibility of a kernel's parameter, or of a loop's counter.
static AxisInfo blockArgument(BlockArgument argument, AxisAnalysis &analysis) {
  SmallVector<int64_t> shape = shapeOf(argument);
  Operation *owner = argument.getOwner()->getParentOp();
  if (auto function = dyn_cast<func::FuncOp>(owner))
    if (auto known =
            function.getArgAttrOfType<IntegerAttr>(argument.getArgNumber(), "tile.divisibility"))
      return uniform(shape, powerOfTwoIn(known.getInt()));
  if (auto loop = dyn_cast<scf::ForOp>(owner))
    if (argument == loop.getInductionVar())
      return uniform(shape, std::min(analysis.get(loop.getLowerBound()).divisibility[0],
                                     analysis.get(loop.getStep()).divisibility[0]));
  return unknown(shape);
}

const AxisInfo &AxisAnalysis::get(Value value) {
  auto found = known.find(value);
  if (found != known.end())
    return found->second;
  AxisInfo info = compute(value);
  return known[value] = info;
}

AxisInfo AxisAnalysis::compute(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return blockArgument(argument, *this);
  Operation *op = value.getDefiningOp();
  auto operand = [&](unsigned index) { return AxisInfo(get(op->getOperand(index))); };
  return llvm::TypeSwitch<Operation *, AxisInfo>(op)
      .Case<arith::ConstantOp>([](auto op) { return constant(op); })
      .Case<CoordinateOp>([&](auto op) { return coordinate(shapeOf(value), op.getDim()); })
      .Case<SplatOp>([&](auto) { return uniform(shapeOf(value), operand(0).divisibility[0]); })
      .Case<BroadcastOp>([&](BroadcastOp op) {
        return broadcast(operand(0), op.getSource().getType().getShape(), shapeOf(value));
      })
      .Case<arith::AddIOp>([&](auto) { return sum(operand(0), operand(1), /*subtract=*/false); })
      .Case<arith::SubIOp>([&](auto) { return sum(operand(0), operand(1), /*subtract=*/true); })
      .Case<arith::MulIOp>([&](auto) { return product(operand(0), operand(1)); })
      .Case<arith::DivUIOp>([&](auto) { return quotient(operand(0), operand(1)); })
      .Case<arith::RemUIOp>([&](auto) { return remainder(operand(0), operand(1)); })
      .Case<arith::CmpIOp>([&](auto op) { return comparison(op, operand(0), operand(1)); })
      .Case<arith::SelectOp>([&](auto op) {
        if (op.getCondition().getType() != value.getType() &&
            !isa<RankedTensorType>(op.getCondition().getType()))
          return choice(uniform(shapeOf(value), 1), operand(1), operand(2));
        return choice(operand(0), operand(1), operand(2));
      })
      .Case<arith::AndIOp, arith::OrIOp, arith::XOrIOp, arith::MinSIOp, arith::MaxSIOp,
            arith::MinUIOp, arith::MaxUIOp>(
          [&](auto) { return elementwise(operand(0), operand(1)); })
      .Default([&](Operation *) { return unknown(shapeOf(value)); });
}
