// This file evaluates modules for azulejo-translate: results as text or .npy, or compared with
// expectations.

#include "lib/Reference/Translation.h"

#include "dialects/Graph/GraphOps.h"
#include "lib/Reference/Npy.h"
#include "lib/Reference/Reference.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Tools/mlir-translate/Translation.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/ManagedStatic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <cmath>

using namespace mlir;

namespace azulejo::reference {
namespace {

struct Options {
  llvm::cl::list<std::string> inputs{
      "input",
      llvm::cl::desc("Input of the function, in order: a .npy file, NAME=FILE.npy, or an attribute "
                     "such as 'dense<1.0> : tensor<2xf32>'"),
      llvm::cl::value_desc("input")};
  llvm::cl::opt<std::string> outputDir{
      "output-dir", llvm::cl::desc("Write each result as NAME.npy into this folder"),
      llvm::cl::value_desc("folder")};
  llvm::cl::opt<double> tolerance{
      "tolerance", llvm::cl::desc("Relative difference that --evaluate-pairs allows (default 0)"),
      llvm::cl::init(0)};
};

llvm::ManagedStatic<Options> options;

// ---- Inputs
// --------------------------------------------------------------------------------------

FailureOr<Tensor> readFile(ModuleOp module, StringRef path) {
  auto buffer =
      llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return module.emitError() << "cannot read " << path << ": " << buffer.getError().message();
  std::string error;
  std::optional<Tensor> tensor = readNpy((*buffer)->getBuffer(), module.getContext(), error);
  if (!tensor)
    return module.emitError() << path << ": " << error;
  return *tensor;
}

FailureOr<Tensor> readInput(ModuleOp module, StringRef text) {
  if (!text.starts_with("dense"))
    return readFile(module, text);
  auto value = dyn_cast_or_null<ElementsAttr>(parseAttribute(text, module.getContext()));
  std::optional<Tensor> tensor = value ? fromAttribute(value) : std::nullopt;
  if (!tensor)
    return module.emitError() << "expected an input such as 'dense<1.0> : tensor<2xf32>', got: "
                              << text;
  return *tensor;
}

/// Returns the name of argument or result `i`: its `graph.name`, or a number.
std::string nameOf(Attribute name, StringRef kind, unsigned i) {
  auto string = dyn_cast_or_null<StringAttr>(name);
  return string ? string.str() : (kind + Twine(i)).str();
}

FailureOr<SmallVector<Tensor>> readInputs(func::FuncOp function) {
  auto module = function->getParentOfType<ModuleOp>();
  SmallVector<std::optional<Tensor>> found(function.getNumArguments());
  unsigned next = 0;
  for (StringRef text : options->inputs) {
    unsigned position = next;
    for (unsigned i = 0; i < found.size(); ++i)
      if (text.consume_front(nameOf(function.getArgAttr(i, "graph.name"), "arg", i) + "=")) {
        position = i;
        break;
      }
    FailureOr<Tensor> tensor = readInput(module, text);
    if (failed(tensor))
      return failure();
    if (position >= found.size())
      return function.emitError() << "expected " << found.size()
                                  << " inputs, got: " << options->inputs.size();
    found[position] = std::move(*tensor);
    next = position + 1;
  }
  SmallVector<Tensor> inputs;
  for (auto [i, tensor] : llvm::enumerate(found)) {
    if (!tensor)
      return function.emitError() << "expected --input for argument "
                                  << nameOf(function.getArgAttr(i, "graph.name"), "arg", i);
    inputs.push_back(std::move(*tensor));
  }
  return inputs;
}

// ---- Results
// -------------------------------------------------------------------------------------

LogicalResult writeResult(func::FuncOp function, const Tensor &tensor, std::string name) {
  if (tensor.elementType().isBF16())
    return function.emitError() << "result " << name << " is bf16, which .npy files do not have";
  for (char &c : name)
    if (!llvm::isAlnum(c) && c != '-' && c != '_' && c != '.')
      c = '_';
  SmallString<128> path(options->outputDir);
  std::error_code error = llvm::sys::fs::create_directories(path);
  llvm::sys::path::append(path, name + ".npy");
  if (!error) {
    llvm::raw_fd_ostream os(path, error);
    if (!error)
      writeNpy(tensor, os);
  }
  if (error)
    return function.emitError() << "cannot write " << path << ": " << error.message();
  return success();
}

void printResult(const Tensor &tensor, raw_ostream &os) {
  if (graph::isBoolElement(tensor.elementType())) {
    os << graph::makeConstant(tensor.type, tensor.data) << "\n";
    return;
  }
  os << DenseElementsAttr::getFromRawBuffer(tensor.type, tensor.data) << "\n";
}

LogicalResult reportResults(func::FuncOp function, ArrayRef<Tensor> results, raw_ostream &os) {
  for (auto [i, result] : llvm::enumerate(results)) {
    std::string name = nameOf(function.getResultAttr(i, "graph.name"), "result", i);
    if (!options->outputDir.empty()) {
      if (failed(writeResult(function, result, name)))
        return failure();
      continue;
    }
    os << "@" << function.getName() << " " << name << ": ";
    printResult(result, os);
  }
  return success();
}

/// Returns whether two elements are the same: both NaN, or equal within the tolerance, zeros by
/// sign too.
template <typename Wide> bool areSame(Wide actual, Wide expected) {
  if constexpr (std::is_same_v<Wide, double>) {
    if (std::isnan(actual) || std::isnan(expected))
      return std::isnan(actual) && std::isnan(expected);
    if (actual == expected)
      return std::signbit(actual) == std::signbit(expected);
    return std::fabs(actual - expected) <= options->tolerance * std::fabs(expected);
  }
  return actual == expected;
}

/// Returns the text of an element with enough digits to tell it from its neighbours.
template <typename Wide> std::string textOf(Wide element) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if constexpr (std::is_same_v<Wide, double>)
    os << llvm::format("%.17g", element);
  else
    os << element;
  return text;
}

LogicalResult comparePair(func::FuncOp function, const Tensor &actual, const Tensor &expected) {
  if (actual.type != expected.type)
    return function.emitError() << "expected a result of type " << expected.type
                                << ", got: " << actual.type;
  auto compare = [&](auto wide) -> LogicalResult {
    auto a = widen<decltype(wide)>(actual), b = widen<decltype(wide)>(expected);
    for (size_t i = 0; i < a.size(); ++i)
      if (!areSame(a[i], b[i]))
        return function.emitError() << "expected element " << i << " to be " << textOf(b[i])
                                    << ", got: " << textOf(a[i]);
    return success();
  };
  if (isa<FloatType>(actual.elementType()))
    return compare(double());
  return actual.elementType().isSignlessInteger() && !graph::isBoolElement(actual.elementType())
             ? compare(int64_t())
             : compare(uint64_t());
}

LogicalResult comparePairs(func::FuncOp function, ArrayRef<Tensor> results, raw_ostream &os) {
  if (results.empty() || results.size() % 2 != 0)
    return function.emitError() << "expected pairs of a result and its expectation, got: "
                                << results.size() << " results";
  for (size_t i = 0; i < results.size(); i += 2)
    if (failed(comparePair(function, results[i], results[i + 1])))
      return failure();
  os << "@" << function.getName() << ": " << results.size() / 2 << " as expected\n";
  return success();
}

// ---- Registration
// --------------------------------------------------------------------------------

using Report = LogicalResult (*)(func::FuncOp, ArrayRef<Tensor>, raw_ostream &);

/// Evaluates every public function; inputs go to those that take any.
LogicalResult evaluateModule(Operation *op, raw_ostream &os, Report report) {
  auto module = dyn_cast<ModuleOp>(op);
  if (!module)
    return op->emitError() << "expected a module";
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function.isPublic() || function.isExternal())
      continue;
    FailureOr<SmallVector<Tensor>> inputs = SmallVector<Tensor>();
    if (function.getNumArguments() > 0)
      inputs = readInputs(function);
    if (failed(inputs))
      return failure();
    FailureOr<SmallVector<Tensor>> results = evaluate(function, *inputs);
    if (failed(results) || failed(report(function, *results, os)))
      return failure();
  }
  return success();
}

void registerDialects(DialectRegistry &registry) {
  registry.insert<func::FuncDialect, graph::GraphDialect>();
}

} // namespace

void registerTranslations() {
  *options;
  static TranslateFromMLIRRegistration evaluate(
      "evaluate", "evaluate the functions of a module and print or store their results",
      [](Operation *op, raw_ostream &os) { return evaluateModule(op, os, reportResults); },
      registerDialects);
  static TranslateFromMLIRRegistration evaluatePairs(
      "evaluate-pairs", "evaluate functions that return pairs of a result and its expectation",
      [](Operation *op, raw_ostream &os) { return evaluateModule(op, os, comparePairs); },
      registerDialects);
}

} // namespace azulejo::reference
