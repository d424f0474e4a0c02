// This file implements the naming of dynamic dimensions and the --dim options.
#include "lib/Import/InputDims.h"

#include "dialects/Graph/GraphOps.h"
#include "lib/Import/ImportDiagnostics.h"

#include "llvm/ADT/StringExtras.h"

#include <limits>

using namespace mlir;

namespace azulejo {
namespace {

/// Exporters write "?" and the like where they know no name.
bool isNameless(StringRef param) { return llvm::none_of(param, llvm::isAlnum); }

std::optional<int64_t> parseSize(StringRef text) {
  int64_t value;
  if (text.empty() || !llvm::all_of(text, llvm::isDigit) || text.getAsInteger(10, value) ||
      value > std::numeric_limits<int32_t>::max())
    return std::nullopt;
  return value;
}

} // namespace

std::optional<DimOption> parseDimOption(StringRef text, std::string &error) {
  auto [name, value] = text.split('=');
  auto [bounds, divisor] = value.split('/');
  bool isRange = bounds.contains("..");
  auto [low, high] = bounds.split("..");
  std::optional<int64_t> min = parseSize(low), max = isRange ? parseSize(high) : min,
                         factor = divisor.empty() ? 1 : parseSize(divisor);
  bool hasDivisor = value.contains('/');
  if (name.empty() || !min || !max || !factor || *factor < 1 || *min > *max ||
      (hasDivisor && (!isRange || divisor.empty()))) {
    error = "expected NAME=N or NAME=LO..HI[/DIV] with 0 <= LO <= HI < 2^31 and DIV >= 1, got " +
            quoteName(text);
    return std::nullopt;
  }
  if (*max / *factor * *factor < *min) {
    error = "expected a multiple of " + std::to_string(*factor) + " in " + std::to_string(*min) +
            " to " + std::to_string(*max) + ", got none in " + quoteName(text);
    return std::nullopt;
  }
  return DimOption{name.str(), *min, *max, *factor};
}

std::string identifierOf(StringRef text) {
  std::string result;
  for (char c : text)
    result += llvm::isAlnum(c) || c == '_' || c == '.' ? c : '_';
  if (result.empty() || !(llvm::isAlpha(result[0]) || result[0] == '_'))
    result = "_" + result;
  // The words of dimension expressions are no names.
  if (result == "floordiv" || result == "ceildiv" || result == "mod")
    result += "_";
  return result;
}

InputDims::InputDims(MLIRContext &context, const ImportOptions &options,
                     const onnx::GraphProto &graph)
    : context(context), options(options), used(options.dims.size(), false) {
  // All given names first, so that made-up ones avoid them.
  for (const onnx::ValueInfoProto &input : graph.input) {
    if (!input.type || !input.type->tensor || !input.type->tensor->shape)
      continue;
    for (const onnx::Dimension &dim : input.type->tensor->shape->dim)
      if (dim.param && !isNameless(*dim.param) && !symbolOfParam.count(*dim.param))
        symbolOfParam[*dim.param] = uniqueIdentifier(*dim.param);
  }
}

std::string InputDims::uniqueIdentifier(StringRef text) {
  std::string base = identifierOf(text), name = base;
  for (unsigned i = 2; !symbols.insert(name).second; ++i)
    name = base + "_" + std::to_string(i);
  return name;
}

AffineExpr InputDims::get(StringRef inputName, size_t index, const onnx::Dimension &dimension) {
  if (dimension.value && *dimension.value >= 0)
    return getAffineConstantExpr(*dimension.value, &context);
  if (dimension.value && *dimension.value != -1)
    return {};
  bool isNamed = dimension.param && !isNameless(*dimension.param);
  std::string name = isNamed ? symbolOfParam[*dimension.param]
                             : uniqueIdentifier((inputName + "_dim" + Twine(index)).str());
  if (llvm::find(order, name) == order.end())
    order.push_back(name);
  auto *dialect = context.getOrLoadDialect<graph::GraphDialect>();
  for (size_t i = 0; i < options.dims.size(); ++i) {
    const DimOption &option = options.dims[i];
    if (option.name != name && !(isNamed && option.name == *dimension.param))
      continue;
    used[i] = true;
    if (option.min == option.max)
      return getAffineConstantExpr(option.min, &context);
    if (ranged.insert(name).second)
      rangeAttributes.push_back(
          {StringAttr::get(&context, name),
           graph::RangeAttr::get(&context, option.min, option.max, option.divisor)});
  }
  return dialect->getSymbol(name);
}

DictionaryAttr InputDims::ranges() { return DictionaryAttr::get(&context, rangeAttributes); }

const DimOption *InputDims::unusedOption() const {
  for (size_t i = 0; i < used.size(); ++i)
    if (!used[i])
      return &options.dims[i];
  return nullptr;
}

std::string InputDims::allNames() const { return order.empty() ? "none" : llvm::join(order, ", "); }

} // namespace azulejo
