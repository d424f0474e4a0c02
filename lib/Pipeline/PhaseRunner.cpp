// This file runs phases.
#include "lib/Pipeline/PhaseRunner.h"

#include "lib/Pipeline/ModelFile.h"

#include "mlir/IR/Verifier.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <cstdlib>

using namespace mlir;
using namespace azulejo;

namespace {

// The stream into which MLIR writes a reproducer.
class ReproducerFile : public ReproducerStream {
public:
  ReproducerFile(const std::string &path, std::error_code &error)
      : path(path), stream(path, error) {}

  StringRef description() override { return path; }
  raw_ostream &os() override { return stream; }

private:
  std::string path;
  llvm::raw_fd_ostream stream;
};

// Crashes, to test what happens then.
class CrashPass : public PassWrapper<CrashPass, OperationPass<ModuleOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(CrashPass)
  StringRef getArgument() const override { return "azulejo-test-crash"; }
  void runOnOperation() override { std::abort(); }
};

// Measures seconds until its end.
class Stopwatch {
public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

private:
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};

} // namespace

static std::string describePhase(Phase phase, const Target *target) {
  return std::string(phaseName(phase)) + (target ? " " + target->name.str() : "");
}

void PhaseRunner::startPhase(Phase phase, const Target *target) {
  if (options.onProgress)
    options.onProgress(static_cast<double>(done) / total, describePhase(phase, target));
  ++done;
}

CompileStatus PhaseRunner::import(llvm::function_ref<LogicalResult()> read) {
  startPhase(Phase::Import, nullptr);
  Stopwatch watch;
  LogicalResult result = read();
  statistics.phases.push_back({Phase::Import, "", watch.seconds()});
  sink.flushRemarks(phaseName(Phase::Import));
  return succeeded(result) ? CompileStatus::Done : CompileStatus::InputAtFault;
}

// Sets up what differs between a first try, which is fast, and a second one, which looks for a
// crash.
void PhaseRunner::prepare(PassManager &passes, Phase phase) {
  if (options.crashIn == phase)
    passes.addPass(std::make_unique<CrashPass>());
  passes.enableVerifier(options.catchCrashes);
  if (!options.catchCrashes || options.reproducerPath.empty())
    return;
  passes.enableCrashReproducerGeneration(
      [path = options.reproducerPath](std::string &error) -> std::unique_ptr<ReproducerStream> {
        std::error_code code;
        auto file = std::make_unique<ReproducerFile>(path, code);
        if (code)
          error = code.message();
        return code ? nullptr : std::move(file);
      },
      /*genLocalReproducer=*/true);
}

CompileStatus PhaseRunner::failed(Phase phase, bool isBroken) {
  if (!sink.takeError())
    sink.error(std::string("phase ") + phaseName(phase) + " failed and gave no reason");
  return isBroken || phase >= Phase::Lowering ? CompileStatus::OurFault
                                              : CompileStatus::InputAtFault;
}

CompileStatus PhaseRunner::run(Phase phase, ModuleOp module, const Target *target) {
  startPhase(phase, target);
  Stopwatch watch;
  PassManager passes = PassManager::on<ModuleOp>(module.getContext());
  buildPhase(passes, phase, target, options);
  prepare(passes, phase);
  if (mlir::failed(passes.run(module)))
    return failed(phase, /*isBroken=*/options.catchCrashes);
  if (mlir::failed(verify(module)))
    return failed(phase, /*isBroken=*/true);
  statistics.phases.push_back({phase, target ? target->name.str() : "", watch.seconds()});
  sink.flushRemarks(describePhase(phase, target));
  return dump(phase, module, target);
}

CompileStatus PhaseRunner::dump(Phase phase, ModuleOp module, const Target *target) {
  if (options.dumpFolder.empty())
    return CompileStatus::Done;
  if (std::error_code code =
          llvm::sys::fs::create_directories(options.dumpFolder, true, llvm::sys::fs::all_all)) {
    sink.error("cannot make the folder '" + options.dumpFolder + "': " + code.message());
    return CompileStatus::InputAtFault;
  }
  std::string name = std::to_string(static_cast<unsigned>(phase)) + "-" + phaseName(phase) +
                     (target ? "-" + target->name.str() : "") + ".mlir";
  SmallString<128> path(options.dumpFolder);
  llvm::sys::path::append(path, name);
  return succeeded(writeModules({module}, path.str().str(), /*elideWeights=*/true, sink))
             ? CompileStatus::Done
             : CompileStatus::InputAtFault;
}
