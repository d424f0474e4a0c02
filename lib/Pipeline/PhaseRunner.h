// This file declares how a phase is run: timed, checked, dumped, and with its failures classed.
#ifndef AZULEJO_LIB_PIPELINE_PHASERUNNER_H
#define AZULEJO_LIB_PIPELINE_PHASERUNNER_H

#include "azulejo/Compiler.h"
#include "lib/Pipeline/DiagnosticSink.h"
#include "lib/Pipeline/Pipeline.h"

#include "mlir/IR/BuiltinOps.h"

namespace azulejo {

// Runs the phases of one compilation.
class PhaseRunner {
public:
  PhaseRunner(const CompileOptions &options, DiagnosticSink &sink, CompileStatistics &statistics)
      : options(options), sink(sink), statistics(statistics) {}

  // Says how many phases will run, for the progress.
  void expect(unsigned phases) { total = phases; }

  // Runs `read`, which makes the first module.
  CompileStatus import(llvm::function_ref<mlir::LogicalResult()> read);

  // Runs a phase on `module`; `target` is given from Tiling on. A failure before Lowering is the
  // model's fault; a later one, and a module that does not verify, is ours.
  CompileStatus run(Phase phase, mlir::ModuleOp module, const Target *target);

  // Writes the dump file of a phase, if dumps are wanted.
  CompileStatus dump(Phase phase, mlir::ModuleOp module, const Target *target);

private:
  void startPhase(Phase phase, const Target *target);
  void prepare(mlir::PassManager &passes, Phase phase);
  CompileStatus failed(Phase phase, bool isBroken);

  const CompileOptions &options;
  DiagnosticSink &sink;
  CompileStatistics &statistics;
  unsigned total = 1, done = 0;
};

} // namespace azulejo

#endif // AZULEJO_LIB_PIPELINE_PHASERUNNER_H
