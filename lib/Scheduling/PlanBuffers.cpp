// This file gives every temporary buffer a place in the arena.
#include "dialects/Graph/GraphOps.h"
#include "dialects/Plan/PlanOps.h"
#include "lib/Scheduling/BufferPacking.h"
#include "lib/Scheduling/Scheduling.h"

#include "mlir/IR/Remarks.h"
#include "llvm/ADT/MapVector.h"

namespace azulejo::scheduling {
#define GEN_PASS_DEF_PLANBUFFERSPASS
#include "lib/Scheduling/Passes.h.inc"
} // namespace azulejo::scheduling

using namespace mlir;
using namespace azulejo;

using graph::DimsAttr;

namespace {

// A size as a multiple of a factor that holds the symbols.
struct FactoredSize {
  AffineExpr factor;
  int64_t multiple;
};

// A buffer to be placed.
struct Temp {
  plan::TempOp op;
  Lifetime lifetime;
  AffineExpr bytes;
};

// Buffers of one factor whose lifetimes hang together, packed. All of it lies at the start of a
// slot.
struct Cluster {
  AffineExpr factor;
  Lifetime lifetime;
  SmallVector<unsigned> temps; // indices
  SmallVector<int64_t> offsets;
  int64_t total = 0;
  int64_t estimate = 0; // bytes for typical symbols

  AffineExpr bytes() const { return graph::simplify(factor * total); }
};

// A slot being filled: clusters that never live at the same time.
struct Slot {
  SmallVector<unsigned> clusters;
  int64_t estimate = 0;
};

} // namespace

// Splits `bytes` into a factor and a multiple of the alignment, rounding up. Where rounding the
// multiple would waste more than an eighth, the whole formula is rounded.
static FactoredSize factorSize(AffineExpr bytes) {
  MLIRContext *context = bytes.getContext();
  int64_t alignment = plan::bufferAlignment;
  if (std::optional<int64_t> value = graph::constantValue(bytes))
    return {getAffineConstantExpr(1, context),
            static_cast<int64_t>(llvm::alignTo(*value, alignment))};
  int64_t divisor = bytes.getLargestKnownDivisor();
  if (divisor % alignment == 0 || divisor >= 8 * alignment)
    return {graph::simplify(bytes.floorDiv(divisor)),
            static_cast<int64_t>(llvm::alignTo(divisor, alignment))};
  return {graph::simplify(bytes.ceilDiv(alignment)), alignment};
}

// Evaluates `expr` with every symbol in the middle of its plausible values.
static int64_t estimateBytes(AffineExpr expr, int64_t symbolValue, Operation *scope) {
  MLIRContext *context = expr.getContext();
  auto *dialect = context->getLoadedDialect<graph::GraphDialect>();
  auto value = graph::evaluate(expr, context, [&](StringRef name) -> std::optional<int64_t> {
    graph::SymbolRange range = graph::rangeOf(dialect->getSymbol(name), scope);
    return std::clamp(symbolValue, range.min, range.max);
  });
  return value.value_or(std::numeric_limits<int64_t>::max() / 4);
}

// Finds the steps between which each temporary lives; those that no step names are erased.
static SmallVector<Temp> collectTemps(plan::ProgramOp program) {
  DenseMap<Operation *, unsigned> stepNumbers;
  for (Operation &op : program.getBody().getOps())
    if (isa<plan::LaunchOp, plan::CopyOp>(op))
      stepNumbers.try_emplace(&op, stepNumbers.size());
  SmallVector<Temp> temps;
  for (auto op : llvm::make_early_inc_range(program.getBody().getOps<plan::TempOp>())) {
    if (op->use_empty()) {
      op.erase();
      continue;
    }
    Lifetime lifetime = {~0u, 0};
    for (Operation *user : op->getUsers()) {
      unsigned step = stepNumbers.lookup(user);
      lifetime.first = std::min(lifetime.first, step);
      lifetime.last = std::max(lifetime.last, step);
    }
    temps.push_back({op, lifetime, graph::simplify(op.getBytes().getExprs().front())});
  }
  return temps;
}

// Packs the temporaries `members` of one factor and cuts the result into clusters: where no buffer
// of the group lives, another group may use the memory.
static void addClusters(ArrayRef<Temp> temps, ArrayRef<unsigned> members, AffineExpr factor,
                        SmallVectorImpl<Cluster> &clusters) {
  SmallVector<unsigned> order(members);
  llvm::sort(order, [&](unsigned a, unsigned b) {
    return std::pair(temps[a].lifetime.first, a) < std::pair(temps[b].lifetime.first, b);
  });
  size_t begin = clusters.size();
  for (unsigned temp : order) {
    Lifetime lifetime = temps[temp].lifetime;
    if (clusters.size() == begin || lifetime.first > clusters.back().lifetime.last) {
      Cluster &cluster = clusters.emplace_back();
      cluster.factor = factor;
      cluster.lifetime = lifetime;
    }
    Cluster &cluster = clusters.back();
    cluster.temps.push_back(temp);
    cluster.lifetime.last = std::max(cluster.lifetime.last, lifetime.last);
  }
  for (Cluster &cluster : llvm::drop_begin(clusters, begin)) {
    SmallVector<PackedBuffer> buffers;
    for (unsigned temp : cluster.temps)
      buffers.push_back({temps[temp].lifetime, factorSize(temps[temp].bytes).multiple, 0});
    cluster.total = packBuffers(buffers);
    for (const PackedBuffer &buffer : buffers)
      cluster.offsets.push_back(buffer.offset);
  }
}

static SmallVector<Cluster> buildClusters(ArrayRef<Temp> temps, Operation *scope) {
  llvm::MapVector<AffineExpr, SmallVector<unsigned>> groups;
  for (auto [index, temp] : llvm::enumerate(temps))
    groups[factorSize(temp.bytes).factor].push_back(index);
  SmallVector<Cluster> clusters;
  for (auto &[factor, members] : groups)
    addClusters(temps, members, factor, clusters);
  // A symbol of no known range is mostly a batch or a length; the estimate decides which slots are
  // shared, never whether that is right.
  constexpr int64_t typicalSize = 64;
  for (Cluster &cluster : clusters)
    cluster.estimate = estimateBytes(cluster.bytes(), typicalSize, scope);
  return clusters;
}

// Returns whether `large` is at least `small` for all values of the symbols.
static bool covers(AffineExpr large, AffineExpr small, Operation *scope) {
  return large == small || graph::rangeOf(graph::simplify(large - small), scope).min >= 0;
}

// Gives each cluster a slot that is free while it lives: one that need not grow for it, or else the
// one that is nearest to it in size.
static SmallVector<Slot> assignSlots(ArrayRef<Cluster> clusters, Operation *scope) {
  SmallVector<unsigned> order(llvm::to_vector(llvm::seq<unsigned>(clusters.size())));
  llvm::sort(order, [&](unsigned a, unsigned b) {
    return std::pair(-clusters[a].estimate, a) < std::pair(-clusters[b].estimate, b);
  });
  SmallVector<Slot> slots;
  for (unsigned index : order) {
    const Cluster &cluster = clusters[index];
    std::optional<std::tuple<bool, int64_t, size_t>> best; // must grow, size, slot
    for (auto [number, slot] : llvm::enumerate(slots)) {
      if (llvm::any_of(slot.clusters, [&](unsigned other) {
            return clusters[other].lifetime.overlaps(cluster.lifetime);
          }))
        continue;
      bool mustGrow = llvm::none_of(slot.clusters, [&](unsigned other) {
        return covers(clusters[other].bytes(), cluster.bytes(), scope);
      });
      std::tuple candidate(mustGrow, slot.estimate, number);
      best = best ? std::min(*best, candidate) : candidate;
    }
    Slot &slot = best ? slots[std::get<2>(*best)] : slots.emplace_back(Slot{{}, cluster.estimate});
    slot.clusters.push_back(index);
  }
  return slots;
}

// Returns the formulas of which the largest is the size of the slot, without those that another
// exceeds for all symbols.
static SmallVector<AffineExpr> slotFormulas(const Slot &slot, ArrayRef<Cluster> clusters,
                                            Operation *scope) {
  SmallVector<AffineExpr> kept;
  for (unsigned index : slot.clusters) {
    AffineExpr bytes = clusters[index].bytes();
    if (llvm::any_of(kept, [&](AffineExpr other) { return covers(other, bytes, scope); }))
      continue;
    llvm::erase_if(kept, [&](AffineExpr other) { return covers(bytes, other, scope); });
    kept.push_back(bytes);
  }
  return kept;
}

// Replaces the temporaries by parts of slots.
static void rewriteTemps(MutableArrayRef<Temp> temps, ArrayRef<Cluster> clusters,
                         ArrayRef<Slot> slots) {
  Operation *program = temps.front().op->getParentOp();
  OpBuilder builder(temps.front().op);
  MLIRContext *context = builder.getContext();
  SmallVector<Value> slotOf(clusters.size());
  auto addSlot = [&](const Slot &slot, ArrayRef<AffineExpr> formulas) {
    auto op = plan::SlotOp::create(builder, program->getLoc(), plan::SlotType::get(context),
                                   DimsAttr::get(context, formulas));
    for (unsigned cluster : slot.clusters)
      slotOf[cluster] = op;
  };
  // Slots of one formula come first: their offsets add up to one short formula.
  SmallVector<std::pair<const Slot *, SmallVector<AffineExpr>>> later;
  for (const Slot &slot : slots) {
    SmallVector<AffineExpr> formulas = slotFormulas(slot, clusters, program);
    if (formulas.size() == 1)
      addSlot(slot, formulas);
    else
      later.push_back({&slot, formulas});
  }
  for (const auto &[slot, formulas] : later)
    addSlot(*slot, formulas);
  for (auto [index, cluster] : llvm::enumerate(clusters))
    for (auto [temp, offset] : llvm::zip_equal(cluster.temps, cluster.offsets)) {
      plan::TempOp old = temps[temp].op;
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPoint(old);
      auto place = DimsAttr::get(context, {graph::simplify(cluster.factor * offset)});
      auto arena = plan::ArenaOp::create(builder, old.getLoc(), plan::BufferType::get(context),
                                         slotOf[index], place, old.getBytes());
      old.replaceAllUsesWith(arena.getBuffer());
      old.erase();
    }
}

// The most bytes that live at one time when every symbol has its smallest value.
static int64_t lowerBound(ArrayRef<Temp> temps, Operation *scope) {
  SmallVector<PackedBuffer> buffers;
  for (const Temp &temp : temps)
    buffers.push_back({temp.lifetime, estimateBytes(temp.bytes, 0, scope), 0});
  return maxLive(buffers);
}

// The bytes of the arena when every symbol has its smallest value.
static int64_t arenaSize(ArrayRef<Slot> slots, ArrayRef<Cluster> clusters, Operation *scope) {
  int64_t total = 0;
  for (const Slot &slot : slots) {
    int64_t size = 0;
    for (unsigned cluster : slot.clusters)
      size = std::max(size, estimateBytes(clusters[cluster].bytes(), 0, scope));
    total += size;
  }
  return total;
}

namespace {

class PlanBuffersPass : public azulejo::scheduling::impl::PlanBuffersPassBase<PlanBuffersPass> {
  void runOnOperation() override {
    plan::ProgramOp program = getOperation();
    SmallVector<Temp> temps = collectTemps(program);
    if (temps.empty())
      return;
    SmallVector<Cluster> clusters = buildClusters(temps, program);
    SmallVector<Slot> slots = assignSlots(clusters, program);
    int64_t arena = arenaSize(slots, clusters, program);
    int64_t live = lowerBound(temps, program);
    arenaBytes += arena;
    liveBytes += live;
    remark::analysis(program.getLoc(), remark::RemarkOpts::name("Arena").category("scheduling"))
        << remark::metric("Bytes", arena) << remark::metric("LiveBytes", live)
        << remark::metric("Buffers", static_cast<unsigned>(temps.size()))
        << remark::metric("Slots", static_cast<unsigned>(slots.size()));
    rewriteTemps(temps, clusters, slots);
  }
};

} // namespace
