// This file is compile(): it takes a model through the phases and writes the bundle.
#include "azulejo/Compiler.h"

#include "lib/Codegen/BundleWriter.h"
#include "lib/Pipeline/DiagnosticSink.h"
#include "lib/Pipeline/ImportStep.h"
#include "lib/Pipeline/InputHash.h"
#include "lib/Pipeline/KernelCache.h"
#include "lib/Pipeline/ModelFile.h"
#include "lib/Pipeline/PhaseRunner.h"
#include "lib/Pipeline/Registration.h"
#include "lib/Support/Targets.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/ThreadPool.h"

using namespace mlir;
using namespace azulejo;

namespace {

// One call of compile().
class Compilation {
public:
  Compilation(const std::string &model, const std::string &output, const CompileOptions &options)
      : model(model), output(output), options(options), pool(threadStrategy(options)),
        context(makeRegistry(), MLIRContext::Threading::DISABLED), sink(context, options),
        runner(options, sink, result.statistics) {
    if (pool.getMaxConcurrency() > 1)
      context.setThreadPool(pool);
  }

  CompileResult run();

private:
  static DialectRegistry makeRegistry() {
    DialectRegistry registry;
    registerAllDialects(registry);
    return registry;
  }
  static llvm::ThreadPoolStrategy threadStrategy(const CompileOptions &options) {
    return llvm::hardware_concurrency(options.catchCrashes ? 1 : options.threads);
  }

  CompileStatus checkOptions();
  CompileStatus runShared(ModuleOp module);
  CompileStatus runForTargets(ModuleOp file);
  CompileStatus collectModules(ModuleOp file);
  CompileStatus finish(ArrayRef<ModuleOp> modules);
  CompileStatus writeResult(ArrayRef<ModuleOp> modules);
  CompileStatus optionsError(const std::string &message);
  unsigned countPhases() const;
  bool sharesKernels() const;

  const std::string &model, &output;
  const CompileOptions &options;
  CompileResult result;
  llvm::DefaultThreadPool pool;
  MLIRContext context;
  DiagnosticSink sink;
  PhaseRunner runner;
  KernelCache kernels;
  Phase first = Phase::Import;
  std::vector<const Target *> targets;
  InputHash inputHash;
  std::vector<OwningOpRef<ModuleOp>> owned;
  std::vector<std::pair<const Target *, ModuleOp>> perTarget;
};

} // namespace

CompileStatus Compilation::optionsError(const std::string &message) {
  sink.error(message);
  return CompileStatus::OptionsAtFault;
}

// Checks that the options go together, and resolves the targets.
CompileStatus Compilation::checkOptions() {
  ModelKind kind = modelKindOf(model);
  if (kind == ModelKind::Unknown)
    return optionsError(
        "'" + model +
        "' has no known ending, expected .onnx.json, .onnxjson, .json or .mlir; "
        "onnx.save(model, 'model.onnx.json') of Python's onnx writes ONNX's JSON form");
  first = options.from.value_or(kind == ModelKind::Onnx ? Phase::Import : Phase::Simplify);
  if (kind == ModelKind::Onnx && first != Phase::Import)
    return optionsError(std::string("--compile-from=") + phaseName(first) +
                        " needs an .mlir file, got: '" + model + "'");
  if (kind == ModelKind::Mlir && first == Phase::Import)
    return optionsError("--compile-from=import needs a model of ONNX, got: '" + model + "'");
  if (kind == ModelKind::Mlir && !options.dims.empty())
    return optionsError("--dim needs a model of ONNX, got: '" + model + "'");
  if (options.to < first)
    return optionsError(std::string("--compile-to=") + phaseName(options.to) +
                        " comes before the first phase, " + phaseName(first));
  if (llvm::sys::fs::equivalent(model, output))
    return optionsError("the output must be another file than the model, got: '" + output + "'");
  if (output == "-" && options.to == Phase::Codegen)
    return optionsError("a bundle cannot go to standard output; give a file with -o");
  // Only a bundle needs the program that every GPU loads.
  std::string error;
  targets = resolveTargets(options.targets, error, /*addPlain=*/options.to == Phase::Codegen);
  return targets.empty() ? optionsError("--target: " + error) : CompileStatus::Done;
}

unsigned Compilation::countPhases() const {
  unsigned count = 0;
  for (unsigned phase = static_cast<unsigned>(first); phase <= static_cast<unsigned>(options.to);
       ++phase)
    count += isPerTarget(static_cast<Phase>(phase)) ? targets.size() : 1;
  return count;
}

CompileResult Compilation::run() {
  result.status = checkOptions();
  if (result.status != CompileStatus::Done)
    return std::move(result);
  runner.expect(countPhases());
  bool needsHash = options.to == Phase::Codegen;
  if (needsHash)
    inputHash.start(model);
  OwningOpRef<ModuleOp> module;
  std::vector<ExternalFile> externalFiles;
  result.status = runner.import([&] {
    module = readModel(model, context, options, sink, externalFiles);
    return success(static_cast<bool>(module));
  });
  if (needsHash)
    inputHash.add(std::move(externalFiles));
  if (result.status == CompileStatus::Done)
    result.status = runShared(*module);
  return std::move(result);
}

// Runs the phases that all targets share.
CompileStatus Compilation::runShared(ModuleOp module) {
  if (first == Phase::Import)
    if (CompileStatus status = runner.dump(Phase::Import, module, nullptr);
        status != CompileStatus::Done)
      return status;
  for (Phase phase : {Phase::Simplify, Phase::Fusion}) {
    if (phase < first || phase > options.to)
      continue;
    if (CompileStatus status = runner.run(phase, module, nullptr); status != CompileStatus::Done)
      return status;
  }
  return isPerTarget(options.to) ? runForTargets(module) : writeResult({module});
}

// Fills `perTarget`: with a copy of the module for each target, or with what the file holds.
CompileStatus Compilation::collectModules(ModuleOp file) {
  if (first <= Phase::Tiling) {
    for (const Target *target : targets) {
      ModuleOp module = *owned.emplace_back(file.clone());
      module->setAttr("tile.target", StringAttr::get(&context, target->name));
      perTarget.push_back({target, module});
    }
    return CompileStatus::Done;
  }
  for (ModuleOp module : targetModulesOf(file)) {
    auto name = module->getAttrOfType<StringAttr>("tile.target");
    const Target *target = name ? findTarget(name.getValue()) : nullptr;
    if (!target) {
      module.emitError("module must have tile.target = \"sm_XX\" to go on with ")
          << phaseName(first);
      return CompileStatus::InputAtFault;
    }
    perTarget.push_back({target, module});
  }
  return CompileStatus::Done;
}

// Whoever looks at the forms between wants to see the kernels of every target.
bool Compilation::sharesKernels() const {
  return options.to == Phase::Codegen && first <= Phase::Lowering && options.dumpFolder.empty();
}

CompileStatus Compilation::runForTargets(ModuleOp file) {
  if (CompileStatus status = collectModules(file); status != CompileStatus::Done)
    return status;
  SmallVector<ModuleOp> modules;
  for (auto [target, module] : perTarget) {
    for (Phase phase : {Phase::Tiling, Phase::Scheduling, Phase::Lowering, Phase::Codegen}) {
      if (phase < first || phase > options.to)
        continue;
      if (phase == Phase::Lowering && sharesKernels())
        kernels.reuse(module);
      if (CompileStatus status = runner.run(phase, module, target); status != CompileStatus::Done)
        return status;
    }
    if (sharesKernels())
      kernels.remember(module);
    modules.push_back(module);
  }
  return options.to == Phase::Codegen ? finish(modules) : writeResult(modules);
}

// Writes the bundle.
CompileStatus Compilation::finish(ArrayRef<ModuleOp> modules) {
  std::vector<TargetModule> entries;
  for (auto [target, module] : perTarget)
    entries.push_back({target->name.str(), module});
  BundleOptions bundle;
  bundle.externalWeights = options.externalWeights;
  bundle.cubin = options.cubin;
  bundle.measure = options.measure;
  bundle.threads = pool.getMaxConcurrency();
  bundle.flags = options.flags;
  bundle.inputHash = inputHash.get();
  if (bundle.inputHash.empty()) {
    sink.error("'" + model + "', or a file beside it, changed while it was read");
    return CompileStatus::InputAtFault;
  }
  return succeeded(writeBundle(entries, bundle, output, result.statistics))
             ? CompileStatus::Done
             : CompileStatus::InputAtFault;
}

// Writes the modules as MLIR.
CompileStatus Compilation::writeResult(ArrayRef<ModuleOp> modules) {
  return succeeded(writeModules(modules, output, /*elideWeights=*/false, sink))
             ? CompileStatus::Done
             : CompileStatus::InputAtFault;
}

CompileResult azulejo::compile(const std::string &model, const std::string &output,
                               const CompileOptions &options) {
  return Compilation(model, output, options).run();
}

CompileStatus azulejo::check(const std::string &model, const CompileOptions &options,
                             std::vector<CheckFinding> &findings) {
  DialectRegistry registry;
  registerAllDialects(registry);
  MLIRContext context(registry);
  DiagnosticSink sink(context, options);
  if (modelKindOf(model) != ModelKind::Onnx) {
    sink.error("--check needs a model of ONNX (.onnx.json, .onnxjson, .json), got: '" + model +
               "'");
    return CompileStatus::OptionsAtFault;
  }
  return succeeded(checkModel(model, context, options, findings)) ? CompileStatus::Done
                                                                  : CompileStatus::InputAtFault;
}
