// This file implements the import of nodes in their scopes.
#include "lib/Import/GraphImporter.h"

#include "lib/Import/ImportDiagnostics.h"
#include "lib/Import/ModelChecks.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace azulejo {

GraphImporter::GraphImporter(onnx::ModelProto &model, StringRef fileName, MLIRContext &context,
                             const ImportOptions &options,
                             std::vector<UnsupportedNode> *unsupported)
    : model(model), fileName(fileName), context(context), options(options),
      unsupported(unsupported),
      module(ModuleOp::create(FileLineColLoc::get(&context, fileName, 1, 1))),
      state(*module, options.limits) {
  for (onnx::FunctionProto &callee : model.functions)
    functions[functionKey(callee.domain, callee.name, callee.overload)] = &callee;
}

Location GraphImporter::fileLocation(const onnx::Position &position) {
  return FileLineColLoc::get(&context, fileName, position.line, position.column);
}

Location GraphImporter::nodeLocation(const Scope &scope, const onnx::NodeProto &node) {
  StringRef name = node.name.empty() ? node.opType : node.name;
  return NameLoc::get(StringAttr::get(&context, scope.namePrefix + name),
                      fileLocation(node.position));
}

LogicalResult GraphImporter::error(const onnx::Position &position, StringRef code,
                                   const Twine &message) {
  return emitError(fileLocation(position)) << "[" << code << "] " << message;
}

OwningOpRef<ModuleOp> GraphImporter::run() {
  Scope scope;
  scope.path = "graph.node";
  for (onnx::OperatorSetId &import : model.opsetImport)
    scope.opsets[normalDomain(import.domain)] = import.version.value_or(0);
  for (onnx::TensorProto &tensor : model.graph->initializer)
    scope.initializers[tensor.name] = &tensor;
  if (failed(importInputs(scope)) || failed(importNodes(scope, model.graph->node)))
    return nullptr;
  if (unsupported && !unsupported->empty())
    return nullptr;
  if (failed(importOutputs(scope)))
    return nullptr;
  eraseDeadOperations();
  return std::move(module);
}

/// Shape arithmetic whose results are known by now has no users left.
void GraphImporter::eraseDeadOperations() {
  Block &body = function.getBody().front();
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

Value GraphImporter::constant(onnx::TensorProto &tensor) {
  Value &known = constants[&tensor];
  if (known)
    return known;
  // At the front of the function, so that it serves every later use in any scope.
  OpBuilder::InsertionGuard guard(state.builder);
  state.builder.setInsertionPointToStart(&function.getBody().front());
  onnx::NodeProto node;
  node.name = tensor.name;
  node.opType = "initializer";
  node.position = tensor.position;
  Location location =
      NameLoc::get(StringAttr::get(&context, tensor.name), fileLocation(tensor.position));
  NodeImporter n(state, node, newestOpset, {}, location);
  known = n.tensor(tensor);
  if (!known)
    (void)error(tensor.position, n.code, "initializer " + quoteName(tensor.name) + ": " + n.reason);
  return known;
}

std::optional<Value> GraphImporter::lookup(const Scope &scope, StringRef name) {
  for (const Scope *at = &scope; at; at = at->parent) {
    auto value = at->values.find(name);
    if (value != at->values.end())
      return value->second;
    auto initializer = at->initializers.find(name);
    if (initializer != at->initializers.end())
      return constant(*initializer->second);
  }
  return std::nullopt;
}

LogicalResult GraphImporter::importNodes(Scope &scope, std::vector<onnx::NodeProto> &nodes) {
  for (auto [i, node] : llvm::enumerate(nodes))
    if (failed(importNode(scope, node, i)))
      return failure();
  return success();
}

LogicalResult GraphImporter::importNode(Scope &scope, onnx::NodeProto &node, size_t index) {
  auto callee = functions.find(functionKey(node.domain, node.opType, node.overload));
  if (callee != functions.end())
    return importCall(scope, node, *callee->second, index);
  SmallVector<Value> inputs;
  bool isIncomplete = false;
  for (const std::string &name : node.input) {
    std::optional<Value> value = name.empty() ? Value() : lookup(scope, name);
    if (!value)
      return error(node.position, "import.graph",
                   scope.path + "[" + Twine(index) + "]: expected a definition of " +
                       quoteName(name) + ", got none");
    isIncomplete |= !name.empty() && !*value;
    inputs.push_back(*value);
  }
  // A constant that cannot be made has been reported where it stands.
  if (isIncomplete && !unsupported)
    return failure();
  while (!inputs.empty() && !inputs.back() && node.input[inputs.size() - 1].empty())
    inputs.pop_back();
  auto opset = scope.opsets.find(normalDomain(node.domain));
  int64_t version = opset == scope.opsets.end() ? 0 : opset->second;
  NodeImporter n(state, node, version, inputs, nodeLocation(scope, node));
  const OperatorRegistry *registry = OperatorRegistry::ofDomain(normalDomain(node.domain));
  bool isKnown = node.opType == "If" || (registry && registry->find(node.opType, version));
  if (isIncomplete && isKnown && version != 0) {
    for (const std::string &name : node.output)
      scope.values[name] = {};
    return checkSubgraphs(scope, node, index);
  }
  runHandler(scope, n, index);
  if (!n.code.empty())
    return report(scope, n, index);
  for (auto [name, value] : llvm::zip(node.output, n.outputs))
    if (!name.empty())
      scope.values[name] = value;
  return success();
}

/// Imports one node; afterwards either `n.code` says why not, or `n.outputs` holds what the model
/// uses.
void GraphImporter::runHandler(Scope &scope, NodeImporter &n, size_t index) {
  std::string builderText;
  ScopedDiagnosticHandler capture(&context, [&](Diagnostic &diagnostic) {
    if (builderText.empty() && diagnostic.getSeverity() == DiagnosticSeverity::Error)
      builderText = diagnostic.str();
    return success();
  });
  StringRef domain = normalDomain(n.node.domain);
  const OperatorRegistry *registry = OperatorRegistry::ofDomain(domain);
  NodeHandler handler = registry ? registry->find(n.node.opType, n.opset) : nullptr;
  LogicalResult imported = failure();
  if (n.opset == 0)
    n.invalid("import.opset",
              "expected domain " + quoteName(domain) + " in opset_import, got none");
  else if (domain.empty() && n.node.opType == "If")
    imported = importIf(scope, n, index);
  else if (handler)
    imported = succeeded(handler(n)) ? n.checkAllAttributesUsed() : failure();
  else
    n.refuse("the operator is not supported",
             "compose it of supported operators, or define it as a local function");
  if (!n.code.empty())
    return;
  if (failed(imported)) {
    n.invalid("import.shape", builderText.empty() ? "the node cannot be built" : builderText);
    return;
  }
  for (size_t i = n.outputs.size(); i < n.node.output.size(); ++i)
    if (n.wantsOutput(static_cast<unsigned>(i)))
      n.refuse("output " + Twine(i) + " is not supported", "remove its uses");
}

/// What to do about a node, where its importer does not say.
static std::string remedyOf(const NodeImporter &n) {
  if (!n.remedy.empty())
    return n.remedy;
  return n.code == "import.unsupported"
             ? "compose it of other operators"
             : "correct the node: ONNX's specification of " + n.node.opType + " says what it takes";
}

/// A node of a function is imported again for each call, and that of a branch may have been looked
/// at before: each is listed once.
void GraphImporter::note(UnsupportedNode node) {
  bool isKnown = llvm::any_of(*unsupported, [&](const UnsupportedNode &other) {
    return other.path == node.path && other.reason == node.reason;
  });
  if (!isKnown)
    unsupported->push_back(std::move(node));
}

GraphImporter::Scope GraphImporter::subgraphScope(Scope &scope, onnx::AttributeProto &attribute,
                                                  size_t index) {
  Scope inner;
  inner.parent = &scope;
  inner.opsets = scope.opsets;
  inner.path = scope.path + "[" + std::to_string(index) + "]." + attribute.name + ".node";
  inner.namePrefix = scope.namePrefix;
  for (onnx::TensorProto &tensor : attribute.g->initializer)
    inner.initializers[tensor.name] = &tensor;
  return inner;
}

/// Looks at the nodes of the graphs of a node that cannot be imported; their inputs are not known.
LogicalResult GraphImporter::checkSubgraphs(Scope &scope, onnx::NodeProto &node, size_t index) {
  for (onnx::AttributeProto &attribute : node.attribute) {
    if (!attribute.g)
      continue;
    Scope inner = subgraphScope(scope, attribute, index);
    for (const onnx::ValueInfoProto &input : attribute.g->input)
      inner.values[input.name] = {};
    if (failed(importNodes(inner, attribute.g->node)))
      return failure();
  }
  return success();
}

LogicalResult GraphImporter::report(Scope &scope, const NodeImporter &n, size_t index) {
  std::string path = scope.path + "[" + std::to_string(index) + "]";
  std::string type;
  llvm::raw_string_ostream typeStream(type);
  for (Value input : n.inputs)
    if (input && type.empty())
      typeStream << NodeImporter::elementOf(input);
  if (!unsupported) {
    InFlightDiagnostic diagnostic = emitError(n.location);
    diagnostic << "[" << n.code << "] " << path << ": " << quoteName(n.node.opType)
               << (n.node.name.empty() ? "" : " node " + quoteName(n.node.name)) << " (opset "
               << n.opset << (type.empty() ? "" : ", " + type) << "): " << n.reason;
    if (!n.remedy.empty())
      diagnostic << "; " << n.remedy;
    return diagnostic;
  }
  note({n.node.name, n.node.opType, n.node.domain, type.empty() ? "?" : type, n.opset, n.reason,
        remedyOf(n), path, n.node.position.line, n.node.position.column});
  // Later nodes see that the value exists but is not known.
  for (const std::string &name : n.node.output)
    scope.values[name] = {};
  return checkSubgraphs(scope, n.node, index);
}

LogicalResult GraphImporter::importIf(Scope &scope, NodeImporter &n, size_t index) {
  std::optional<Dims> condition = n.knownInput(0);
  if (!condition)
    return failure();
  std::optional<int64_t> value =
      condition->size() == 1 ? graph::constantValue(condition->front()) : std::nullopt;
  if (!value)
    return n.refuse("the condition is not known when the model is compiled",
                    "fix the inputs that it depends on with --dim");
  onnx::AttributeProto *then = n.mutableAttribute("then_branch"),
                       *otherwise = n.mutableAttribute("else_branch");
  onnx::AttributeProto *taken = *value ? then : otherwise;
  if (!taken || !taken->g || !taken->g->input.empty())
    return n.invalid("import.attribute", "expected two branches without inputs, got others");
  Scope branch = subgraphScope(scope, *taken, index);
  if (failed(importNodes(branch, taken->g->node)))
    return failure();
  for (const onnx::ValueInfoProto &output : taken->g->output) {
    std::optional<Value> found = lookup(branch, output.name);
    if (!found || !*found)
      return n.refuse("output " + quoteName(output.name) + " of the branch cannot be imported",
                      "see the nodes of the branch");
    n.outputs.push_back(*found);
  }
  return success();
}

/// Inlines a call: the callee's nodes are imported in a scope of their own, with the call's
/// attributes put in place of references to them.
LogicalResult GraphImporter::importCall(Scope &scope, onnx::NodeProto &node,
                                        onnx::FunctionProto &callee, size_t index) {
  Scope body;
  body.path = "functions[" + std::to_string(&callee - model.functions.data()) + "].node";
  body.namePrefix = scope.namePrefix + (node.name.empty() ? node.opType : node.name) + "/";
  for (onnx::OperatorSetId &import : callee.opsetImport)
    body.opsets[normalDomain(import.domain)] = import.version.value_or(0);
  if (node.input.size() > callee.input.size())
    return error(node.position, "import.function",
                 scope.path + "[" + Twine(index) + "]: expected at most " +
                     Twine(callee.input.size()) + " inputs of " + quoteName(callee.name) +
                     ", got " + Twine(node.input.size()));
  for (auto [i, name] : llvm::enumerate(callee.input)) {
    bool isGiven = i < node.input.size() && !node.input[i].empty();
    std::optional<Value> value = isGiven ? lookup(scope, node.input[i]) : std::nullopt;
    if (isGiven && value)
      body.values[name] = *value;
  }
  llvm::StringMap<const onnx::AttributeProto *> given;
  for (const onnx::AttributeProto &attribute : callee.attributeProto)
    given[attribute.name] = &attribute;
  for (const onnx::AttributeProto &attribute : node.attribute)
    given[attribute.name] = &attribute;
  for (auto [i, original] : llvm::enumerate(callee.node)) {
    onnx::NodeProto copy = original;
    std::vector<onnx::AttributeProto> attributes;
    for (onnx::AttributeProto &attribute : copy.attribute) {
      if (attribute.refAttrName.empty()) {
        attributes.push_back(attribute);
        continue;
      }
      auto found = given.find(attribute.refAttrName);
      if (found == given.end())
        continue; // the node's own default holds
      attributes.push_back(*found->second);
      attributes.back().name = attribute.name;
    }
    copy.attribute = std::move(attributes);
    // An input of the callee that the call leaves out is a hole.
    for (std::string &name : copy.input)
      if (llvm::is_contained(callee.input, name) && !body.values.count(name))
        name.clear();
    if (failed(importNode(body, copy, i)))
      return failure();
  }
  for (auto [name, result] : llvm::zip(node.output, callee.output))
    if (!name.empty())
      scope.values[name] = lookup(body, result).value_or(Value());
  return success();
}

} // namespace azulejo
