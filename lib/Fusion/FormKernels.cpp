// This file groups operators into kernels.
#include "lib/Fusion/Fusion.h"
#include "lib/Fusion/FusionCost.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/MapVector.h"

namespace azulejo::fusion {
#define GEN_PASS_DEF_FORMKERNELSPASS
#include "lib/Fusion/Passes.h.inc"
} // namespace azulejo::fusion

using namespace mlir;
using namespace azulejo::fusion;
using namespace azulejo::graph;

/// An operator as remarks call it: with the name of its node, if that is known.
static std::string titleOf(Operation *op) {
  std::string title = op->getName().getStringRef().str();
  if (auto name = op->getLoc()->findInstanceOf<NameLoc>())
    title += " '" + name.getName().str() + "'";
  return title;
}

namespace {
/// Assigns the operators of a function to clusters, users before producers.
class ClusterBuilder {
public:
  explicit ClusterBuilder(func::FuncOp function) : function(function) {}

  /// The clusters in the order of their roots, last one first.
  llvm::SmallVector<std::unique_ptr<Cluster>> run() {
    for (Operation &op : llvm::reverse(function.getBody().front().without_terminator()))
      place(&op);
    return std::move(clusters);
  }

private:
  void place(Operation *op) {
    if (isFreeToRepeat(op))
      return;
    std::string reason = "its result is used by several kernels";
    Cluster *target = clusterOfAllUsers(op, reason);
    if (target && mayJoin(op, *target, reason))
      return join(op, *target);
    if (!op->use_empty() && !reason.empty())
      remark::missed(op->getLoc(), remark::RemarkOpts::name("NotFused").category("fusion"))
          << remark::reason("{0}{1}: {2}", op->getName().getStringRef(),
                            target ? " does not join the kernel of " + titleOf(target->root) : "",
                            reason);
    auto &created = clusters.emplace_back(std::make_unique<Cluster>());
    created->root = op;
    join(op, *created);
  }

  void join(Operation *op, Cluster &cluster) {
    if (op != cluster.root)
      remark::passed(op->getLoc(), remark::RemarkOpts::name("Fused").category("fusion"))
          << remark::reason("{0} joins the kernel of {1}", op->getName().getStringRef(),
                            titleOf(cluster.root));
    cluster.ops.push_back(op);
    owner[op] = &cluster;
    if (classify(op) == OpClass::Contraction)
      cluster.contraction = op;
    if (classify(op) == OpClass::Reduction)
      cluster.reductions.push_back(op);
  }

  /// The one cluster in which every user of `op` is; null if there are several, or a user is no
  /// kernel at all.
  Cluster *clusterOfAllUsers(Operation *op, std::string &reason) {
    Cluster *common = nullptr;
    for (Operation *user : op->getUsers()) {
      SmallVector<Cluster *> homes;
      if (!homesOf(user, homes)) {
        reason.clear(); // a result of the model is no missed chance
        return nullptr;
      }
      for (Cluster *home : homes) {
        if (common && home != common)
          return nullptr;
        common = home;
      }
    }
    return common;
  }

  /// The clusters that compute `op`: its own or, where it is repeated, those of its users. False if
  /// a user is outside of all kernels.
  bool homesOf(Operation *op, SmallVectorImpl<Cluster *> &homes) {
    if (Cluster *home = owner.lookup(op)) {
      homes.push_back(home);
      return true;
    }
    if (!isFreeToRepeat(op))
      return false;
    return llvm::all_of(op->getUsers(), [&](Operation *user) { return homesOf(user, homes); });
  }

  func::FuncOp function;
  llvm::SmallVector<std::unique_ptr<Cluster>> clusters;
  llvm::DenseMap<Operation *, Cluster *> owner;
};

/// Moves the operators of a cluster into a graph.kernel at its root.
class KernelOutliner {
public:
  explicit KernelOutliner(const Cluster &cluster)
      : cluster(cluster), members(cluster.ops.begin(), cluster.ops.end()) {}

  void run() {
    collect(cluster.root->getResult(0));
    OpBuilder builder(cluster.root);
    SmallVector<Value> operands(inputs.begin(), inputs.end());
    auto kernel = KernelOp::create(builder, cluster.root->getLoc(),
                                   cluster.root->getResult(0).getType(), operands);
    Block *body = builder.createBlock(&kernel.getBody());
    IRMapping mapping;
    for (Value input : inputs)
      mapping.map(input, body->addArgument(input.getType(), input.getLoc()));
    for (Operation *op : order)
      builder.clone(*op, mapping);
    YieldOp::create(builder, cluster.root->getLoc(), mapping.lookup(cluster.root->getResult(0)));
    cluster.root->getResult(0).replaceAllUsesWith(kernel.getResult());
  }

private:
  /// Finds what the kernel computes, producers first, and what it reads.
  void collect(Value value) {
    Operation *op = value.getDefiningOp();
    if (!op || !isInside(op)) {
      inputs.insert(value);
      return;
    }
    if (!seen.insert(op).second)
      return;
    for (Value operand : op->getOperands())
      collect(operand);
    order.push_back(op);
  }

  /// Constants stay outside unless all of their elements are the same: kernels read them as memory.
  bool isInside(Operation *op) const {
    if (auto constant = dyn_cast<ConstantOp>(op))
      return constant.getValue().isSplat();
    return members.contains(op) || isFreeToRepeat(op);
  }

  const Cluster &cluster;
  llvm::SmallPtrSet<Operation *, 16> members, seen;
  llvm::SetVector<Value> inputs;
  SmallVector<Operation *> order;
};

/// What is repeated in kernels and still used outside of them has a kernel of its own, but for
/// views and constants, which need none.
void keepRepeatedResults(func::FuncOp function) {
  for (Operation &op :
       llvm::make_early_inc_range(function.getBody().front().without_terminator())) {
    bool needsKernel = isFreeToRepeat(&op) && !isa<ConstantOp, ReshapeOp>(op) && !op.use_empty();
    if (!needsKernel)
      continue;
    Cluster single;
    single.root = &op;
    single.ops = {&op};
    KernelOutliner(single).run();
  }
}

struct FormKernelsPass : azulejo::fusion::impl::FormKernelsPassBase<FormKernelsPass> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    auto clusters = ClusterBuilder(function).run();
    for (const std::unique_ptr<Cluster> &cluster : llvm::reverse(clusters))
      KernelOutliner(*cluster).run();
    eraseDead(function);
    keepRepeatedResults(function);
    eraseDead(function);
  }

private:
  static void eraseDead(func::FuncOp function) {
    SmallVector<Operation *> ops;
    for (Operation &op : function.getBody().front().without_terminator())
      ops.push_back(&op);
    for (Operation *op : llvm::reverse(ops))
      if (op->use_empty())
        op->erase();
  }
};
} // namespace
