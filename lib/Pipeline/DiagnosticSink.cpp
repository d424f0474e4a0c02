// This file passes MLIR's diagnostics and remarks on as messages of the compiler's interface.
#include "lib/Pipeline/DiagnosticSink.h"

#include "mlir/IR/Location.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/SetVector.h"

#include <algorithm>
#include <tuple>

using namespace azulejo;
using mlir::Location;

// Visits `location` and its parts: the first place in a file is the place, all names are nodes.
static void visitLocation(Location location, azulejo::Diagnostic &result,
                          llvm::SetVector<llvm::StringRef> &names) {
  if (auto place = llvm::dyn_cast<mlir::FileLineColLoc>(location)) {
    if (!result.file.empty())
      return;
    result.file = place.getFilename().str();
    result.line = place.getLine();
    result.column = place.getColumn();
  } else if (auto name = llvm::dyn_cast<mlir::NameLoc>(location)) {
    names.insert(name.getName());
    visitLocation(name.getChildLoc(), result, names);
  } else if (auto fused = llvm::dyn_cast<mlir::FusedLoc>(location)) {
    for (Location part : fused.getLocations())
      visitLocation(part, result, names);
  } else if (auto call = llvm::dyn_cast<mlir::CallSiteLoc>(location)) {
    visitLocation(call.getCallee(), result, names);
  }
}

void azulejo::describeLocation(Location location, azulejo::Diagnostic &result) {
  llvm::SetVector<llvm::StringRef> names;
  visitLocation(location, result, names);
  for (llvm::StringRef name : names)
    result.node += (result.node.empty() ? "" : "+") + name.str();
}

static Severity severityOf(mlir::DiagnosticSeverity severity) {
  switch (severity) {
  case mlir::DiagnosticSeverity::Error:
    return Severity::Error;
  case mlir::DiagnosticSeverity::Warning:
    return Severity::Warning;
  case mlir::DiagnosticSeverity::Note:
    return Severity::Note;
  case mlir::DiagnosticSeverity::Remark:
    return Severity::Remark;
  }
  return Severity::Error;
}

DiagnosticSink::DiagnosticSink(mlir::MLIRContext &context, const CompileOptions &options)
    : context(context), options(options),
      handler(&context, [this](mlir::Diagnostic &diagnostic) { report(diagnostic); }) {
  // The operation itself says nothing to a user, and may be long.
  context.printOpOnDiagnostic(false);
  if (options.remarks)
    enableRemarks(*options.remarks);
}

void DiagnosticSink::report(mlir::Diagnostic &diagnostic) {
  azulejo::Diagnostic result;
  result.severity = severityOf(diagnostic.getSeverity());
  describeLocation(diagnostic.getLocation(), result);
  result.message = diagnostic.str();
  send(result);
  for (mlir::Diagnostic &note : diagnostic.getNotes())
    report(note);
}

void DiagnosticSink::send(const azulejo::Diagnostic &diagnostic) {
  std::lock_guard<std::mutex> lock(mutex);
  hadError |= diagnostic.severity == Severity::Error;
  if (options.onDiagnostic)
    options.onDiagnostic(diagnostic);
}

void DiagnosticSink::error(const std::string &message) {
  azulejo::Diagnostic diagnostic;
  diagnostic.message = message;
  send(diagnostic);
}

namespace {

// Receives remarks from MLIR's engine.
class RemarkCollector : public mlir::remark::detail::MLIRRemarkStreamerBase {
public:
  using Receiver = std::function<void(const mlir::remark::detail::Remark &)>;
  explicit RemarkCollector(Receiver receive) : receive(std::move(receive)) {}

  void streamOptimizationRemark(const mlir::remark::detail::Remark &remark) override {
    receive(remark);
  }

private:
  Receiver receive;
};

} // namespace

void DiagnosticSink::enableRemarks(const std::string &filter) {
  mlir::remark::RemarkCategories categories;
  categories.passed = categories.missed = categories.analysis = categories.failed = filter;
  auto receive = [this](const mlir::remark::detail::Remark &remark) {
    azulejo::Diagnostic result;
    result.severity = Severity::Remark;
    describeLocation(remark.getLocation(), result);
    result.message = remark.getMsg();
    std::lock_guard<std::mutex> lock(mutex);
    remarks.push_back(std::move(result));
  };
  // A failure here means that the context has remarks already, which this class alone sets up.
  (void)mlir::remark::enableOptimizationRemarks(
      context, std::make_unique<RemarkCollector>(receive),
      std::make_unique<mlir::remark::RemarkEmittingPolicyAll>(), categories);
}

void DiagnosticSink::flushRemarks(const std::string &where) {
  std::vector<azulejo::Diagnostic> batch;
  {
    std::lock_guard<std::mutex> lock(mutex);
    batch.swap(remarks);
  }
  auto key = [](const azulejo::Diagnostic &d) {
    return std::tie(d.file, d.line, d.column, d.node, d.message);
  };
  std::sort(batch.begin(), batch.end(), [&](auto &a, auto &b) { return key(a) < key(b); });
  batch.erase(
      std::unique(batch.begin(), batch.end(), [&](auto &a, auto &b) { return key(a) == key(b); }),
      batch.end());
  for (azulejo::Diagnostic &remark : batch) {
    remark.message = "[" + where + "] " + remark.message;
    send(remark);
  }
}
