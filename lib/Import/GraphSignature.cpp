// This file implements the import of a model's inputs and outputs.
#include "lib/Import/GraphImporter.h"

#include "lib/Import/ImportDiagnostics.h"
#include "lib/Import/ModelChecks.h"

using namespace mlir;

namespace azulejo {
namespace {

const char *typeKind(const onnx::TypeProto &type) {
  return type.sequence   ? "a sequence"
         : type.map      ? "a map"
         : type.optional ? "an optional"
         : type.sparse   ? "a sparse tensor"
                         : "no type";
}

} // namespace

FailureOr<RankedTensorType> GraphImporter::inputType(const onnx::ValueInfoProto &input,
                                                     InputDims &dims) {
  std::string name = "input " + quoteName(input.name) + ": ";
  if (!input.type || !input.type->tensor)
    return error(input.position, "import.type",
                 name + "expected a tensor, got " +
                     (input.type ? typeKind(*input.type) : "no type"));
  const onnx::TensorTypeProto &tensor = *input.type->tensor;
  onnx::NodeProto node;
  NodeImporter n(state, node, newestOpset, {}, fileLocation(input.position));
  Type element = n.elementType(tensor.elemType);
  if (!element)
    return error(input.position, "import.type", name + n.reason);
  if (!tensor.shape)
    return error(
        input.position, "import.shape",
        name + "expected a shape, got a tensor of unknown rank; export the model with shapes");
  Dims shape;
  for (auto [i, dim] : llvm::enumerate(tensor.shape->dim)) {
    AffineExpr size = dims.get(input.name, i, dim);
    if (!size)
      return error(dim.position, "import.shape",
                   name + "expected a size of 0 and above, or -1, got " + Twine(*dim.value));
    shape.push_back(size);
  }
  return graph::withDims(element, shape);
}

LogicalResult GraphImporter::importInputs(Scope &scope) {
  InputDims dims(context, options, *model.graph);
  SmallVector<Type> types;
  SmallVector<const onnx::ValueInfoProto *> arguments;
  for (const onnx::ValueInfoProto &input : model.graph->input) {
    // An initializer of the same name is the input's default, and the value with which it is
    // compiled.
    if (scope.initializers.count(input.name))
      continue;
    FailureOr<RankedTensorType> type = inputType(input, dims);
    if (failed(type))
      return failure();
    types.push_back(*type);
    arguments.push_back(&input);
  }
  if (const DimOption *option = dims.unusedOption())
    return emitError(UnknownLoc::get(&context))
           << "[import.dim] --dim names " << quoteName(option->name)
           << ", which is no dynamic dimension of the inputs; there are: " << dims.allNames();
  if (DictionaryAttr ranges = dims.ranges(); !ranges.empty())
    (*module)->setAttr("graph.symbols", ranges);
  OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
  function = func::FuncOp::create(builder, fileLocation(model.graph->position), "main",
                                  builder.getFunctionType(types, {}));
  Block *body = function.addEntryBlock();
  for (auto [i, input] : llvm::enumerate(arguments)) {
    body->getArgument(i).setLoc(
        NameLoc::get(builder.getStringAttr(input->name), fileLocation(input->position)));
    function.setArgAttr(i, "graph.name", builder.getStringAttr(input->name));
    scope.values[input->name] = body->getArgument(i);
  }
  state.builder.setInsertionPointToEnd(body);
  return success();
}

/// A declared size that is not the computed one is worth a word; the computed one holds.
void GraphImporter::compareWithDeclared(const onnx::ValueInfoProto &output, Value value) {
  if (!output.type || !output.type->tensor || !output.type->tensor->shape)
    return;
  const std::vector<onnx::Dimension> &declared = output.type->tensor->shape->dim;
  Dims dims = NodeImporter::dimsOf(value);
  bool differs = declared.size() != dims.size();
  for (size_t i = 0; i < dims.size() && !differs; ++i) {
    std::optional<int64_t> size = graph::constantValue(dims[i]);
    differs = size && declared[i].value && *declared[i].value > 0 && *declared[i].value != *size;
  }
  if (differs)
    emitWarning(fileLocation(output.position))
        << "[import.shape] output " << quoteName(output.name)
        << ": the declared shape is not the computed type " << value.getType() << ", which is used";
}

LogicalResult GraphImporter::importOutputs(Scope &scope) {
  SmallVector<Value> results;
  for (const onnx::ValueInfoProto &output : model.graph->output) {
    std::optional<Value> value = lookup(scope, output.name);
    if (!value || !*value)
      return error(output.position, "import.graph",
                   "output " + quoteName(output.name) + ": expected a value, got none");
    compareWithDeclared(output, *value);
    results.push_back(*value);
  }
  func::ReturnOp::create(state.builder, fileLocation(model.graph->position), results);
  function.setFunctionType(
      state.builder.getFunctionType(function.getArgumentTypes(), ValueRange(results).getTypes()));
  for (auto [i, output] : llvm::enumerate(model.graph->output))
    function.setResultAttr(i, "graph.name", state.builder.getStringAttr(output.name));
  return success();
}

} // namespace azulejo
