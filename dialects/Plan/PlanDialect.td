// This file declares the plan dialect: what the host does to run a model.
#ifndef AZULEJO_DIALECTS_PLAN_PLANDIALECT_TD
#define AZULEJO_DIALECTS_PLAN_PLANDIALECT_TD

include "mlir/IR/OpBase.td"

def Plan_Dialect : Dialect {
  let name = "plan";
  let cppNamespace = "::azulejo::plan";
  let summary = "What the host does: buffers, and launches in order";
  let description = [{
    A `plan.program` is the model as the host sees it: buffers of bytes, and steps that are carried out in
    the order in which they are written. Sizes, offsets, grids and scalars are formulas of the model's
    symbolic dimensions, written as the graph dialect writes them; the host evaluates them when
    the shapes of the inputs are known.

    The dialect has no loops and no arithmetic of its own, and says nothing of what a kernel computes. It is
    the plan of `docs/bundle-format.md`, before it becomes JSON.
  }];
  let dependentDialects = ["::azulejo::graph::GraphDialect"];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
}

#endif // AZULEJO_DIALECTS_PLAN_PLANDIALECT_TD
