// This file is the order of the phases: each names the builder of its step.
#include "lib/Pipeline/Pipeline.h"

#include "lib/Codegen/Codegen.h"
#include "lib/Fusion/Fusion.h"
#include "lib/Lowering/Lowering.h"
#include "lib/Scheduling/Scheduling.h"
#include "lib/Simplify/Simplify.h"
#include "lib/Tiling/Tiling.h"

using namespace mlir;
using namespace azulejo;

void azulejo::buildPhase(OpPassManager &passes, Phase phase, const Target *target,
                         const CompileOptions &compile) {
  switch (phase) {
  case Phase::Import:
    return;
  case Phase::Simplify:
    return buildSimplifyPipeline(passes, SimplifyOptions());
  case Phase::Fusion:
    return buildFusionPipeline(passes, FusionOptions());
  case Phase::Tiling: {
    TilingOptions options;
    options.sm = target->computeCapability;
    options.chip = target->name.str();
    options.allowTf32 = compile.allowTf32;
    return buildTilingPipeline(passes, options);
  }
  case Phase::Scheduling:
    return buildSchedulingPipeline(passes, SchedulingOptions());
  case Phase::Lowering: {
    LoweringOptions options;
    options.sm = target->computeCapability;
    return buildLoweringPipeline(passes, options);
  }
  case Phase::Codegen: {
    PtxOptions options;
    options.chip = target->name.str();
    return buildPtxPipeline(passes, options);
  }
  }
}
