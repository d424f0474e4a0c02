// This file is azulejo-compile: a model goes in, a bundle comes out.
#include "CommandLine.h"
#include "CrashHandler.h"
#include "Terminal.h"
#include "lib/Codegen/BundleWriter.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace azulejo;

static int exitCode(CompileStatus status) { return static_cast<int>(status); }

static int runCheck(const CommandLine &line) {
  std::vector<CheckFinding> findings;
  CompileStatus status = check(line.model, line.options, findings);
  if (status != CompileStatus::Done)
    return exitCode(status);
  printFindings(line.model, findings);
  return findings.empty() ? 0 : exitCode(CompileStatus::InputAtFault);
}

// The compiler failed: compiles again, in one thread and with crashes caught, to keep what made it
// fail.
static int runSecondTry(CommandLine &line) {
  std::string reproducer =
      line.output == "-" ? "azulejo-reproducer.mlir" : line.output + ".reproducer.mlir";
  static std::string message =
      "azulejo-compile: internal error: the compiler is at fault, not the model; please report it";
  static std::string crashText = message + "; run again with --dump-to=DIR to see how far it got\n";
  reportCrash(crashText.c_str());
  llvm::sys::fs::remove(reproducer);
  line.options.onDiagnostic = nullptr;
  line.options.onProgress = nullptr;
  line.options.reproducerPath = reproducer;
  line.options.catchCrashes = true;
  compile(line.model, "/dev/null", line.options);
  if (llvm::sys::fs::exists(reproducer))
    llvm::errs() << message << " with '" << reproducer << "', which holds the model\n";
  else
    llvm::errs() << crashText;
  return exitCode(CompileStatus::OurFault);
}

static bool writeStatistics(const std::string &path, const CompileStatistics &statistics) {
  std::error_code error;
  llvm::raw_fd_ostream os(path, error);
  if (!error) {
    os << statistics.toJson();
    os.flush();
    error = os.error();
    os.clear_error();
  }
  if (error)
    llvm::errs() << "error: cannot write '" << path << "': " << error.message() << "\n";
  return !error;
}

int main(int argc, char **argv) {
  CommandLine line;
  std::string error;
  if (!parseCommandLine({argv + 1, argv + argc}, line, error)) {
    llvm::errs() << "azulejo-compile: " << error << "\nsee azulejo-compile --help\n";
    return exitCode(CompileStatus::OptionsAtFault);
  }
  if (line.help || line.version) {
    llvm::outs() << (line.help ? helpText() : buildId() + "\n");
    return 0;
  }
  Terminal terminal;
  line.options.onDiagnostic = [&](const Diagnostic &diagnostic) { terminal.show(diagnostic); };
  line.options.onProgress = [&](double done, const std::string &next) {
    terminal.showProgress(done, next);
  };
  if (line.secondTry)
    return runSecondTry(line);
  retryAfterCrash(argc, argv);
  if (line.check)
    return runCheck(line);
  CompileResult result = compile(line.model, line.output, line.options);
  terminal.clearProgress();
  if (result.status == CompileStatus::OurFault)
    return runSecondTry(line);
  if (result.status == CompileStatus::Done && !line.statsFile.empty() &&
      !writeStatistics(line.statsFile, result.statistics))
    return exitCode(CompileStatus::InputAtFault);
  return exitCode(result.status);
}
