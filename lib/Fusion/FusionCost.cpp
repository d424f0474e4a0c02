// This file decides which operators share a kernel.
#include "lib/Fusion/FusionCost.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace azulejo::fusion;
using namespace azulejo::graph;

/// A convolution with this few products per result gains nothing from tiles of its operands.
static constexpr int64_t kWindowProducts = 64;

static bool isSmallGroupedConv(ConvOp op) {
  ArrayRef<int64_t> weight = op.getWeight().getType().getShape();
  int64_t products = 1;
  for (int64_t size : weight.drop_front())
    products *= size;
  int64_t outputsOfGroup = weight[0] / int64_t(op.getGroup());
  return op.getGroup() > 1 && (products <= kWindowProducts || outputsOfGroup <= 2);
}

OpClass azulejo::fusion::classify(Operation *op) {
  return llvm::TypeSwitch<Operation *, OpClass>(op)
      .Case<ConstantOp, DimValuesOp>([](auto) { return OpClass::Constant; })
      .Case<ReshapeOp, TransposeOp, BroadcastOp, SliceOp, ConcatOp, PadOp, GatherOp>(
          [](auto) { return OpClass::Movement; })
      .Case<PoolOp>([](auto) { return OpClass::Window; })
      .Case<ReduceOp>([](auto) { return OpClass::Reduction; })
      .Case<MatmulOp>([](auto) { return OpClass::Contraction; })
      .Case<ConvOp>([](ConvOp conv) {
        return isSmallGroupedConv(conv) ? OpClass::Window : OpClass::Contraction;
      })
      .Default([](Operation *) { return OpClass::Elementwise; });
}

static RankedTensorType typeOf(Operation *op) {
  return cast<RankedTensorType>(op->getResult(0).getType());
}

bool azulejo::fusion::isFreeToRepeat(Operation *op) {
  if (classify(op) == OpClass::Constant)
    return true;
  // A view, or a repetition, reads no more than its operand. Concatenation reads through a choice.
  return isa<ReshapeOp, TransposeOp, BroadcastOp, SliceOp>(op);
}

/// Whether every operator of the cluster from `producer` to the root keeps the producer's elements
/// where they are: the root's tile is then the producer's.
static bool keepsPlaces(Operation *producer, const Cluster &cluster) {
  SmallVector<Operation *> worklist{producer};
  llvm::SmallPtrSet<Operation *, 8> seen;
  while (!worklist.empty()) {
    Operation *op = worklist.pop_back_val();
    if (op == cluster.root || !seen.insert(op).second)
      continue;
    for (Operation *user : op->getUsers()) {
      bool same = typeOf(user).getShape() == typeOf(producer).getShape() &&
                  getDims(typeOf(user)) == getDims(typeOf(producer));
      if (classify(user) != OpClass::Elementwise || !same)
        return false;
      worklist.push_back(user);
    }
  }
  return true;
}

/// The dimensions of a reduction's result with the reduced ones kept as 1.
static SmallVector<AffineExpr> rowDims(ReduceOp op) {
  SmallVector<AffineExpr> dims = getDims(op.getInput().getType());
  for (int64_t axis : op.getAxes())
    dims[axis] = getAffineConstantExpr(1, op.getContext());
  return dims;
}

/// The operators of the cluster that use `op`, directly or not.
static SmallVector<Operation *> dependents(Operation *op, const Cluster &cluster) {
  llvm::SmallPtrSet<Operation *, 16> members(cluster.ops.begin(), cluster.ops.end()), seen;
  SmallVector<Operation *> found, worklist{op};
  while (!worklist.empty())
    for (Operation *user : worklist.pop_back_val()->getUsers())
      if (members.contains(user) && seen.insert(user).second) {
        found.push_back(user);
        worklist.push_back(user);
      }
  return found;
}

/// Whether the cluster works on rows of `reduce`: its operators have the shape of the reduction's
/// input, or of its rows. Otherwise rows would be reduced again for each element.
static bool worksOnRowsOf(ReduceOp reduce, const Cluster &cluster, std::string &reason) {
  SmallVector<AffineExpr> full = getDims(reduce.getInput().getType()), rows = rowDims(reduce);
  SmallVector<AffineExpr> dropped = getDims(cast<RankedTensorType>(reduce.getResult().getType()));
  for (Operation *op : dependents(reduce, cluster)) {
    SmallVector<AffineExpr> dims = getDims(typeOf(op));
    bool isRow = dims == rows || dims == dropped;
    bool staysInPlace = classify(op) == OpClass::Elementwise || isa<BroadcastOp, ReduceOp>(op) ||
                        (isa<ReshapeOp>(op) && isRow);
    if (staysInPlace && (isRow || dims == full))
      continue;
    reason = "what follows does not work on the rows of this reduction";
    return false;
  }
  for (Operation *other : cluster.reductions) {
    auto earlier = cast<ReduceOp>(other);
    if (getDims(earlier.getInput().getType()) != full || earlier.getAxes() != reduce.getAxes()) {
      reason = "another reduction of the kernel runs along other rows";
      return false;
    }
  }
  return true;
}

static bool mayJoinReduction(ReduceOp reduce, const Cluster &cluster, std::string &reason) {
  if (cluster.contraction) {
    reason = "a kernel with a matrix product does not reduce rows as well";
    return false;
  }
  if (llvm::any_of(cluster.ops, [](Operation *op) { return classify(op) == OpClass::Window; })) {
    reason = "a kernel with windows does not reduce rows as well";
    return false;
  }
  return worksOnRowsOf(reduce, cluster, reason);
}

static bool mayJoinContraction(Operation *contraction, const Cluster &cluster,
                               std::string &reason) {
  if (cluster.contraction || !cluster.reductions.empty()) {
    reason = cluster.contraction ? "the kernel has a matrix product already"
                                 : "the kernel reduces rows, which lie across tiles of the product";
    return false;
  }
  if (llvm::any_of(cluster.ops, [](Operation *op) { return classify(op) == OpClass::Window; })) {
    reason = "a window would compute the product again for each of its elements";
    return false;
  }
  if (!keepsPlaces(contraction, cluster)) {
    reason =
        "what follows moves elements, so that a tile of the product is not a tile of the result";
    return false;
  }
  return true;
}

static bool usedByClass(Operation *producer, OpClass wanted) {
  return llvm::any_of(producer->getUsers(),
                      [&](Operation *user) { return classify(user) == wanted; });
}

bool azulejo::fusion::mayJoin(Operation *producer, const Cluster &cluster, std::string &reason) {
  switch (classify(producer)) {
  case OpClass::Constant:
    return true;
  case OpClass::Movement:
    if (isa<ConcatOp, PadOp, GatherOp>(producer) && usedByClass(producer, OpClass::Contraction)) {
      reason = "a matrix product would find each element many times by a choice or an index";
      return false;
    }
    return true;
  case OpClass::Elementwise:
    if (usedByClass(producer, OpClass::Contraction) || usedByClass(producer, OpClass::Window)) {
      reason = "its user reads each element many times and would compute it each time";
      return false;
    }
    return true;
  case OpClass::Window:
    if (!cluster.reductions.empty() || cluster.contraction || !keepsPlaces(producer, cluster)) {
      reason = "its windows would be computed more than once";
      return false;
    }
    return true;
  case OpClass::Reduction:
    return mayJoinReduction(cast<ReduceOp>(producer), cluster, reason);
  case OpClass::Contraction:
    return mayJoinContraction(producer, cluster, reason);
  }
  llvm_unreachable("an operator has one of six classes");
}
