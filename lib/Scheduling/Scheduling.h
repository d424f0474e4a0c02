// This file declares the step Scheduling: what the host does, in which order, and in which memory.
#ifndef AZULEJO_LIB_SCHEDULING_SCHEDULING_H
#define AZULEJO_LIB_SCHEDULING_SCHEDULING_H

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

#include <memory>

namespace azulejo::scheduling {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "lib/Scheduling/Passes.h.inc"

} // namespace azulejo::scheduling

namespace azulejo {

// The step has no choices yet.
struct SchedulingOptions {};

// Appends the step to `passes`, which run on the module of one target after Tiling: @main becomes a
// plan.program. Kernels are not looked at.
void buildSchedulingPipeline(mlir::OpPassManager &passes, const SchedulingOptions &options);

} // namespace azulejo

#endif // AZULEJO_LIB_SCHEDULING_SCHEDULING_H
