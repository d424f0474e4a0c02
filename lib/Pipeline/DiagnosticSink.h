// This file declares how MLIR's diagnostics and remarks reach the user of the compiler's interface.
#ifndef AZULEJO_LIB_PIPELINE_DIAGNOSTICSINK_H
#define AZULEJO_LIB_PIPELINE_DIAGNOSTICSINK_H

#include "azulejo/Compiler.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"

#include <mutex>
#include <utility>

namespace azulejo {

// Collects what a context says as long as it lives. Messages go to `options.onDiagnostic` at once;
// remarks are kept until `flushRemarks`, because passes run in several threads and their order
// changes.
class DiagnosticSink {
public:
  DiagnosticSink(mlir::MLIRContext &context, const CompileOptions &options);

  // Reports the remarks collected so far, sorted by place and text; `where` says in which phase and
  // for which target they came up. Equal ones are reported once.
  void flushRemarks(const std::string &where);

  // Reports an error that has no place in the model.
  void error(const std::string &message);

  // Whether an error was reported since the last call.
  bool takeError() { return std::exchange(hadError, false); }

private:
  void report(mlir::Diagnostic &diagnostic);
  void send(const azulejo::Diagnostic &diagnostic);
  void enableRemarks(const std::string &filter);

  mlir::MLIRContext &context;
  const CompileOptions &options;
  std::mutex mutex;
  std::vector<azulejo::Diagnostic> remarks;
  bool hadError = false;
  mlir::ScopedDiagnosticHandler handler;
};

// Fills place and node of `result` from `location`.
void describeLocation(mlir::Location location, azulejo::Diagnostic &result);

} // namespace azulejo

#endif // AZULEJO_LIB_PIPELINE_DIAGNOSTICSINK_H
