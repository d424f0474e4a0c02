// This file calls Import with the options of the compiler's interface.
#include "lib/Pipeline/ImportStep.h"

#include "lib/Import/Import.h"

using namespace mlir;
using namespace azulejo;

static ImportOptions importOptionsOf(const CompileOptions &options) {
  ImportOptions result;
  for (const DimBounds &dim : options.dims)
    result.dims.push_back({dim.name, dim.min, dim.max, dim.divisor});
  return result;
}

std::optional<DimBounds> azulejo::parseDimBounds(std::string_view text, std::string &error) {
  std::optional<DimOption> dim = parseDimOption({text.data(), text.size()}, error);
  if (!dim)
    return std::nullopt;
  return DimBounds{dim->name, dim->min, dim->max, dim->divisor};
}

OwningOpRef<ModuleOp> azulejo::importModel(const std::string &path, MLIRContext &context,
                                           const CompileOptions &options,
                                           std::vector<ExternalFile> &externalFiles) {
  return importOnnxJson(path, context, importOptionsOf(options), &externalFiles);
}

LogicalResult azulejo::checkModel(const std::string &path, MLIRContext &context,
                                  const CompileOptions &options,
                                  std::vector<CheckFinding> &findings) {
  std::vector<UnsupportedNode> nodes;
  if (failed(checkOnnxJson(path, context, importOptionsOf(options), nodes)))
    return failure();
  for (UnsupportedNode &node : nodes)
    findings.push_back({std::move(node.name), std::move(node.operatorName), std::move(node.domain),
                        std::move(node.elementType), node.opset, std::move(node.reason),
                        std::move(node.remedy), std::move(node.path), node.line, node.column});
  return success();
}
