// This file evaluates operators whose operands are all constants.

#include "dialects/Graph/GraphOps.h"
#include "lib/Reference/Reference.h"
#include "lib/Simplify/Simplify.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/Support/MathExtras.h"

namespace azulejo::simplify {
#define GEN_PASS_DEF_FOLDCONSTANTSPASS
#include "lib/Simplify/Passes.h.inc"
} // namespace azulejo::simplify

using namespace mlir;
using namespace azulejo;

/// Returns the bytes of a static tensor, or INT64_MAX if there are more.
static int64_t byteSize(RankedTensorType type) {
  int64_t bytes = graph::elementByteSize(type.getElementType());
  for (int64_t size : type.getShape())
    if (llvm::MulOverflow(bytes, size, bytes))
      return INT64_MAX;
  return bytes;
}

/// Returns the bytes that a folded result may take without being called an expansion of its
/// operands. A vector of one element per channel is always worth it, since more can be folded then.
static int64_t growthLimit(Operation *op) {
  int64_t limit = int64_t(64) << 10;
  for (Value operand : op->getOperands()) {
    int64_t bytes = byteSize(cast<RankedTensorType>(operand.getType()));
    if (llvm::MulOverflow(bytes, int64_t(4), bytes) || llvm::AddOverflow(limit, bytes, limit))
      return INT64_MAX;
  }
  return limit;
}

static bool hasConstantOperands(Operation *op) {
  return op->getNumOperands() > 0 && llvm::all_of(op->getOperands(), [](Value operand) {
           return operand.getDefiningOp<graph::ConstantOp>();
         });
}

namespace {

struct FoldConstants : simplify::impl::FoldConstantsPassBase<FoldConstants> {
  using FoldConstantsPassBase::FoldConstantsPassBase;

  void runOnOperation() override {
    // Definitions come before uses, so one walk folds whole chains.
    getOperation().walk([&](Operation *op) {
      if (isa_and_present<graph::GraphDialect>(op->getDialect()) && op->getNumResults() == 1 &&
          hasConstantOperands(op))
        foldOne(op);
    });
  }

private:
  void foldOne(Operation *op) {
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    if (!type.hasStaticShape())
      return;
    if (byteSize(type) > std::min<int64_t>(byteBudget, growthLimit(op))) {
      ++tooLarge;
      return;
    }
    std::optional<ElementsAttr> value = reference::fold(op, byteBudget);
    if (!value)
      return;
    OpBuilder builder(op);
    auto constant = graph::ConstantOp::create(builder, op->getLoc(), *value);
    llvm::SetVector<Value> operands(op->operand_begin(), op->operand_end());
    op->replaceAllUsesWith(constant);
    op->erase();
    for (Value operand : operands)
      if (operand.use_empty())
        operand.getDefiningOp()->erase();
    ++folded;
  }
};

} // namespace
