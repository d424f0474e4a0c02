// This file translates kernels to LLVM IR, optimises them and emits PTX.
#include "lib/Codegen/Codegen.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include <map>
#include <mutex>

extern "C" {
void LLVMInitializeNVPTXTarget();
void LLVMInitializeNVPTXTargetInfo();
void LLVMInitializeNVPTXTargetMC();
void LLVMInitializeNVPTXAsmPrinter();
}

namespace azulejo::codegen {
#define GEN_PASS_DEF_EMITPTXPASS
#include "lib/Codegen/Passes.h.inc"
} // namespace azulejo::codegen

using namespace mlir;

/// The last fatal error of LLVM on this thread ("Cannot select: …").
static thread_local std::string fatalError;

/// Fatal errors of LLVM end the process unless they leave through crash recovery.
static void initializeTarget() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
    llvm::CrashRecoveryContext::Enable();
    llvm::remove_fatal_error_handler();
    llvm::install_fatal_error_handler([](void *, const char *reason, bool) {
      fatalError = reason;
      if (auto *recovery = llvm::CrashRecoveryContext::GetCurrent())
        recovery->HandleExit(/*RetCode=*/70);
    });
  });
}

namespace {
/// LLVM's own errors while one kernel is translated. Without a handler an error would call exit(1).
class ErrorCollector {
public:
  explicit ErrorCollector(llvm::LLVMContext &context) {
    context.setDiagnosticHandlerCallBack(
        [](const llvm::DiagnosticInfo *info, void *self) {
          if (info->getSeverity() != llvm::DS_Error)
            return;
          llvm::raw_string_ostream stream(static_cast<ErrorCollector *>(self)->text);
          llvm::DiagnosticPrinterRawOStream printer(stream);
          info->print(printer);
          stream << "\n";
        },
        this);
  }
  const std::string &get() const { return text; }

private:
  std::string text;
};
} // namespace

static std::unique_ptr<llvm::TargetMachine> createMachine(StringRef chip, StringRef features) {
  llvm::Triple triple("nvptx64-nvidia-cuda");
  std::string error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return nullptr;
  return std::unique_ptr<llvm::TargetMachine>(
      target->createTargetMachine(triple, chip, features, llvm::TargetOptions(), std::nullopt,
                                  std::nullopt, llvm::CodeGenOptLevel::Aggressive));
}

static void optimize(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3).run(module, modules);
}

static void emit(llvm::Module &module, llvm::TargetMachine &machine, SmallVectorImpl<char> &ptx) {
  llvm::raw_svector_ostream stream(ptx);
  llvm::legacy::PassManager passes;
  machine.addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::AssemblyFile);
  passes.run(module);
}

/// Reads "8.0" after `.version` as 80; 0 if there is none.
static int versionOf(StringRef ptx) {
  StringRef rest = ptx.split(".version ").second;
  int major = 0, minor = 0;
  if (rest.consumeInteger(10, major) || !rest.consume_front(".") || rest.consumeInteger(10, minor))
    return 0;
  return major * 10 + minor;
}

FailureOr<std::string> azulejo::codegen::emitPtx(Operation *kernelModule, StringRef chip,
                                                 StringRef features) {
  initializeTarget();
  llvm::LLVMContext context;
  ErrorCollector errors(context);
  std::unique_ptr<llvm::Module> module = translateModuleToLLVMIR(kernelModule, context);
  if (!module)
    return kernelModule->emitError("cannot translate the kernel to LLVM IR");
  std::unique_ptr<llvm::TargetMachine> machine = createMachine(chip, features);
  if (!machine)
    return kernelModule->emitError() << "this build of LLVM has no code generator for " << chip;
  module->setTargetTriple(machine->getTargetTriple());
  module->setDataLayout(machine->createDataLayout());
  SmallVector<char, 0> ptx;
  llvm::CrashRecoveryContext recovery;
  fatalError.clear();
  bool survived = recovery.RunSafely([&] {
    optimize(*module, *machine);
    emit(*module, *machine, ptx);
  });
  if (survived && errors.get().empty())
    return std::string(ptx.data(), ptx.size());
  return kernelModule->emitError()
         << "cannot generate code for " << chip << ": " << (survived ? errors.get() : fatalError);
}

/// LLVM emits the least PTX version that knows the chip; some instructions need a newer one.
static std::string featuresFor(gpu::GPUModuleOp module, StringRef chip) {
  bool usesTensorCores = false;
  module.walk([&](Operation *op) { usesTensorCores |= isa<NVVM::LdMatrixOp, NVVM::MmaOp>(op); });
  return chip == "sm_75" && usesTensorCores ? "+ptx65" : "";
}

/// Collects the names of nodes by their line in the model's file.
static void collectNodes(Location location, std::map<unsigned, std::string> &nodes) {
  if (auto name = dyn_cast<NameLoc>(location)) {
    if (auto place = dyn_cast<FileLineColLoc>(name.getChildLoc()))
      nodes.try_emplace(place.getLine(), name.getName().str());
    else
      collectNodes(name.getChildLoc(), nodes);
  } else if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location part : fused.getLocations())
      collectNodes(part, nodes);
  } else if (auto call = dyn_cast<CallSiteLoc>(location)) {
    collectNodes(call.getCallee(), nodes);
    collectNodes(call.getCaller(), nodes);
  }
}

/// Returns comments that name the nodes of the lines in .loc: `// node LINE NAME`. Assemblers skip
/// them, the simulator reads them.
static std::string nodeComments(gpu::GPUModuleOp module) {
  std::map<unsigned, std::string> nodes;
  module.walk([&](Operation *op) { collectNodes(op->getLoc(), nodes); });
  std::string text;
  for (auto &[line, name] : nodes) {
    for (char &character : name)
      if (static_cast<unsigned char>(character) < 0x20)
        character = '?';
    text += "// node " + std::to_string(line) + " " + name + "\n";
  }
  return text;
}

namespace {
struct EmitPtxPass : azulejo::codegen::impl::EmitPtxPassBase<EmitPtxPass> {
  using EmitPtxPassBase::EmitPtxPassBase;

  void runOnOperation() override {
    gpu::GPUModuleOp module = getOperation();
    if (module->hasAttr("tile.ptx"))
      return;
    auto own = module->getAttrOfType<StringAttr>("tile.chip");
    std::string chosen = own ? own.getValue().str() : std::string(chip);
    std::string needed = features.empty() ? featuresFor(module, chosen) : std::string(features);
    FailureOr<std::string> ptx = azulejo::codegen::emitPtx(module, chosen, needed);
    if (failed(ptx))
      return signalPassFailure();
    Builder builder(module);
    module->setAttr("tile.ptx", builder.getStringAttr(*ptx + nodeComments(module)));
    module->setAttr("tile.ptx_version", builder.getI32IntegerAttr(versionOf(*ptx)));
  }
};
} // namespace
