// This file verifies graph.kernel.

#include "dialects/Graph/GraphOps.h"

using namespace mlir;
using namespace azulejo::graph;

LogicalResult KernelOp::verify() {
  Block &block = getBody().front();
  // kernel_c1
  if (block.getArgumentTypes() != getInputs().getTypes())
    return emitOpError() << "arguments of the body must have the types of the inputs";
  // kernel_c2
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  if (!yield)
    return emitOpError() << "the body must end with graph.yield";
  if (yield.getValue().getType() != getResult().getType())
    return emitOpError() << "the yielded value must have the type " << getResult().getType()
                         << ", got: " << yield.getValue().getType();
  return success();
}
