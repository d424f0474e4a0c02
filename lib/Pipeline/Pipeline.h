// This file declares the whole pipeline: which passes each phase runs, in which order.
#ifndef AZULEJO_LIB_PIPELINE_PIPELINE_H
#define AZULEJO_LIB_PIPELINE_PIPELINE_H

#include "azulejo/Compiler.h"
#include "lib/Support/Targets.h"

#include "mlir/Pass/PassManager.h"

namespace azulejo {

// Whether a phase runs once for each target, on a module of its own.
inline bool isPerTarget(Phase phase) { return phase >= Phase::Tiling; }

// Appends the passes of `phase` to `passes`, which run on a module. `target` is given from Tiling
// on. Import has no passes: it makes the module.
void buildPhase(mlir::OpPassManager &passes, Phase phase, const Target *target,
                const CompileOptions &options);

} // namespace azulejo

#endif // AZULEJO_LIB_PIPELINE_PIPELINE_H
