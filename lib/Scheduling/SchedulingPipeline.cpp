// This file lists the passes of Scheduling in their order.
#include "dialects/Plan/PlanOps.h"
#include "lib/Scheduling/Scheduling.h"

using namespace mlir;
using namespace azulejo;

void azulejo::buildSchedulingPipeline(OpPassManager &passes, const SchedulingOptions &) {
  // The order of @main is an order in which everything is computed before it is used; it is kept.
  passes.addPass(scheduling::createScheduleLaunchesPass());
  // Lifetimes are known only when every step stands in its place.
  passes.addNestedPass<plan::ProgramOp>(scheduling::createPlanBuffersPass());
}
