// This file implements the checks of a model before its operators are looked at.
#include "lib/Import/ModelChecks.h"

#include "lib/Import/OnnxReader.h"

#include <algorithm>
#include <set>

namespace azulejo {

using namespace onnx;

namespace {

std::string placeOf(const Message &message) {
  return "line " + std::to_string(message.position.line) + ", column " +
         std::to_string(message.position.column);
}

std::string describe(const NodeProto &node) {
  return (node.name.empty() ? node.opType : node.opType + " " + quoteName(node.name)) + " (" +
         placeOf(node) + ")";
}

/// The payloads that an attribute has, one bit per type.
uint32_t payloadsOf(const AttributeProto &attribute) {
  uint32_t bits = 0;
  auto note = [&](bool present, AttributeType type) {
    bits |= present ? 1u << static_cast<int>(type) : 0u;
  };
  note(attribute.f.has_value(), AttributeType::Float);
  note(attribute.i.has_value(), AttributeType::Int);
  note(attribute.s.has_value(), AttributeType::String);
  note(attribute.t != nullptr, AttributeType::Tensor);
  note(attribute.g != nullptr, AttributeType::Graph);
  note(attribute.sparseTensor != nullptr, AttributeType::SparseTensor);
  note(attribute.tp.has_value(), AttributeType::Type);
  note(!attribute.floats.empty(), AttributeType::Floats);
  note(!attribute.ints.empty(), AttributeType::Ints);
  note(!attribute.strings.empty(), AttributeType::Strings);
  note(attribute.tensors, AttributeType::Tensors);
  note(attribute.graphs, AttributeType::Graphs);
  note(attribute.sparseTensors, AttributeType::SparseTensors);
  note(attribute.typeProtos, AttributeType::Types);
  return bits;
}

class ModelChecker {
public:
  ModelChecker(ModelProto &model, const ByteInput &input, const ImportLimits &limits,
               ImportDiagnostics &diagnostics)
      : model(model), input(input), limits(limits), diagnostics(diagnostics) {}

  bool run() {
    return checkVersions() && checkOpsets(model.opsetImport, model) && checkFunctions() &&
           checkNodeContents(model.graph->node, /*inFunction=*/false) && checkMainGraph();
  }

private:
  using Names = llvm::StringMap<const Message *>;

  bool error(llvm::StringRef code, const Message &at, const std::string &message) {
    return diagnostics.error(code, at.position, findJsonPath(input, at.position.offset), message);
  }

  bool checkVersions();
  bool checkOpsets(const std::vector<OperatorSetId> &imports, const Message &owner);
  bool checkNodeContents(std::vector<NodeProto> &nodes, bool inFunction);
  bool checkAttribute(AttributeProto &attribute, bool inFunction);
  bool checkMainGraph();
  bool checkNames(const std::vector<NodeProto> &nodes, Names names, const Message &owner,
                  const std::vector<std::pair<std::string, const Message *>> &outputs);
  bool reportOrder(const std::vector<NodeProto> &nodes, const llvm::StringMap<size_t> &producers,
                   size_t user, const std::string &name);
  bool checkFunctions();
  bool countNodes(size_t function, unsigned depth);

  ModelProto &model;
  const ByteInput &input;
  const ImportLimits &limits;
  ImportDiagnostics &diagnostics;
  llvm::StringMap<size_t> functionIndex;
  std::vector<int64_t> nodeCounts; // per function; -1 unknown, -2 being counted
};

bool ModelChecker::checkVersions() {
  constexpr int64_t plausibleIrVersion = 50;
  if (model.irVersion < 1 || model.irVersion > plausibleIrVersion)
    return error("import.ir-version", model,
                 "expected an ir_version from 1 to " + std::to_string(newestIrVersion) + ", got " +
                     std::to_string(model.irVersion));
  if (model.irVersion > newestIrVersion) {
    for (const ImportDiagnostic &diagnostic : diagnostics.list)
      if (diagnostic.code == "import.unknown-key")
        return error("import.ir-version", model,
                     "expected an ir_version up to " + std::to_string(newestIrVersion) + ", got " +
                         std::to_string(model.irVersion) + " with keys that are not known");
    diagnostics.warning("import.ir-version", model.position, "",
                        "ir_version " + std::to_string(model.irVersion) + " is newer than " +
                            std::to_string(newestIrVersion));
  }
  if (model.trainingInfo)
    diagnostics.warning("import.training-info", model.position, "",
                        "training_info is not used: the model is compiled for inference");
  return true;
}

bool ModelChecker::checkOpsets(const std::vector<OperatorSetId> &imports, const Message &owner) {
  std::set<std::string> domains;
  for (const OperatorSetId &import : imports) {
    std::string domain = normalDomain(import.domain).str();
    if (!domains.insert(domain).second)
      return error("import.opset", import,
                   "expected each domain once in opset_import, got " + quoteName(domain) +
                       " again");
    int64_t version = import.version.value_or(0);
    int64_t least = domain.empty() ? oldestOpset : 1;
    int64_t most = domain.empty() ? newestOpset : std::numeric_limits<int32_t>::max();
    if (version < least || version > most)
      return error("import.opset", import,
                   "expected opset " + std::to_string(least) + " to " + std::to_string(most) +
                       " of domain " + quoteName(domain) + ", got " + std::to_string(version) +
                       (domain.empty() ? "; onnx.version_converter converts models" : ""));
  }
  if (imports.empty())
    return error("import.opset", owner, "expected an opset_import, got none");
  return true;
}

bool ModelChecker::checkAttribute(AttributeProto &attribute, bool inFunction) {
  std::string name = quoteName(attribute.name);
  if (!attribute.refAttrName.empty()) {
    if (!inFunction)
      return error("import.attribute", attribute,
                   "expected ref_attr_name only inside of a function, got it in attribute " + name);
    return true;
  }
  uint32_t payloads = payloadsOf(attribute);
  if ((payloads & (payloads - 1)) != 0)
    return error("import.attribute", attribute,
                 "expected one value in attribute " + name + ", got several");
  if (attribute.type == 0) {
    if (model.irVersion > 1 || payloads == 0)
      return error("import.attribute", attribute,
                   "expected the type of attribute " + name + ", got none");
    while ((payloads >> attribute.type & 1) == 0)
      ++attribute.type;
  }
  if (attribute.type < 0 || attribute.type > static_cast<int32_t>(AttributeType::Types))
    return error("import.attribute", attribute,
                 "expected a type of attribute " + name + " from 1 to 14, got " +
                     std::to_string(attribute.type));
  if (payloads != 0 && payloads != 1u << attribute.type)
    return error("import.attribute", attribute,
                 "expected the value of attribute " + name + " to be of its type " +
                     std::to_string(attribute.type) + ", got another");
  // Writers in the style of proto3 omit zeros and empty strings and lists; a message cannot be
  // omitted.
  bool needsPayload = attribute.type == static_cast<int32_t>(AttributeType::Tensor) ||
                      attribute.type == static_cast<int32_t>(AttributeType::Graph) ||
                      attribute.type == static_cast<int32_t>(AttributeType::SparseTensor) ||
                      attribute.type == static_cast<int32_t>(AttributeType::Type);
  if (payloads == 0 && needsPayload)
    return error("import.attribute", attribute,
                 "expected a value of attribute " + name + ", got none");
  return !attribute.g || checkNodeContents(attribute.g->node, inFunction);
}

bool ModelChecker::checkNodeContents(std::vector<NodeProto> &nodes, bool inFunction) {
  for (NodeProto &node : nodes) {
    if (node.opType.empty())
      return error("import.node", node, "expected an op_type, got none");
    std::set<llvm::StringRef> names;
    for (AttributeProto &attribute : node.attribute) {
      if (!names.insert(attribute.name).second)
        return error("import.attribute", attribute,
                     "expected each attribute once, got " + quoteName(attribute.name) + " again");
      if (!checkAttribute(attribute, inFunction))
        return false;
    }
  }
  return true;
}

bool ModelChecker::checkMainGraph() {
  GraphProto &graph = *model.graph;
  Names names;
  for (const ValueInfoProto &value : graph.input) {
    if (value.name.empty())
      return error("import.graph", value, "expected a name of the input, got none");
    auto [previous, isNew] = names.try_emplace(value.name, &value);
    if (!isNew)
      return error("import.graph", value,
                   "expected each input once, got " + quoteName(value.name) + " again (first at " +
                       placeOf(*previous->second) + ")");
  }
  Names initializers;
  for (const TensorProto &tensor : graph.initializer) {
    if (tensor.name.empty())
      return error("import.graph", tensor, "expected a name of the initializer, got none");
    auto [previous, isNew] = initializers.try_emplace(tensor.name, &tensor);
    if (!isNew)
      return error("import.graph", tensor,
                   "expected each initializer once, got " + quoteName(tensor.name) +
                       " again (first at " + placeOf(*previous->second) + ")");
    names.try_emplace(tensor.name, &tensor);
  }
  std::vector<std::pair<std::string, const Message *>> outputs;
  std::set<llvm::StringRef> outputNames;
  for (const ValueInfoProto &value : graph.output) {
    if (!outputNames.insert(value.name).second)
      return error("import.graph", value,
                   "expected each output once, got " + quoteName(value.name) + " again");
    outputs.push_back({value.name, &value});
  }
  if (outputs.empty())
    return error("import.graph", graph, "expected at least one output, got none");
  return checkNames(graph.node, std::move(names), graph, outputs);
}

/// Every name has one definition, which stands before its uses.
bool ModelChecker::checkNames(const std::vector<NodeProto> &nodes, Names names,
                              const Message &owner,
                              const std::vector<std::pair<std::string, const Message *>> &outputs) {
  llvm::StringMap<size_t> producers;
  for (size_t i = 0; i < nodes.size(); ++i)
    for (const std::string &name : nodes[i].output) {
      if (name.empty())
        continue;
      auto given = names.find(name);
      if (given != names.end())
        return error("import.graph", nodes[i],
                     "expected a new name for each result, got " + quoteName(name) + " of node " +
                         describe(nodes[i]) + ", which is defined at " + placeOf(*given->second));
      auto [previous, isNew] = producers.try_emplace(name, i);
      if (!isNew)
        return error("import.graph", nodes[i],
                     "expected one definition of " + quoteName(name) + ", got node " +
                         describe(nodes[i]) + " and node " + describe(nodes[previous->second]));
    }
  for (size_t i = 0; i < nodes.size(); ++i)
    for (const std::string &name : nodes[i].input) {
      if (name.empty() || names.count(name))
        continue;
      auto producer = producers.find(name);
      if (producer == producers.end())
        return error("import.graph", nodes[i],
                     "expected a definition of " + quoteName(name) + ", which node " +
                         describe(nodes[i]) + " uses, got none");
      if (producer->second >= i)
        return reportOrder(nodes, producers, i, name);
    }
  for (const auto &[name, place] : outputs)
    if (!names.count(name) && !producers.count(name))
      return error("import.graph", *place,
                   "expected a definition of the output " + quoteName(name) + ", got none");
  return true;
}

/// A node uses what a later one makes: either the nodes are not sorted, or they form a cycle.
bool ModelChecker::reportOrder(const std::vector<NodeProto> &nodes,
                               const llvm::StringMap<size_t> &producers, size_t user,
                               const std::string &name) {
  size_t producer = producers.find(name)->second;
  // Does the producer depend on the user? Walk from it backwards.
  std::vector<bool> seen(nodes.size(), false);
  std::vector<size_t> stack{producer};
  seen[producer] = true;
  while (!stack.empty() && !seen[user]) {
    size_t node = stack.back();
    stack.pop_back();
    for (const std::string &used : nodes[node].input) {
      auto found = producers.find(used);
      if (found == producers.end() || seen[found->second])
        continue;
      seen[found->second] = true;
      stack.push_back(found->second);
    }
  }
  bool isCycle = seen[user];
  return error(
      "import.graph", nodes[user],
      "expected nodes in the order of their use" + std::string(isCycle ? " without a cycle" : "") +
          ", got node " + describe(nodes[user]) + " that uses " + quoteName(name) + " of node " +
          describe(nodes[producer]) + (isCycle ? ", which depends on it" : ", which comes later"));
}

bool ModelChecker::checkFunctions() {
  for (size_t i = 0; i < model.functions.size(); ++i) {
    FunctionProto &function = model.functions[i];
    std::string key = functionKey(function.domain, function.name, function.overload);
    auto [previous, isNew] = functionIndex.try_emplace(key, i);
    if (!isNew)
      return error("import.function", function,
                   "expected one function of this domain, name and overload, got " +
                       quoteName(function.name) + " again (first at " +
                       placeOf(model.functions[previous->second]) + ")");
    if (!checkOpsets(function.opsetImport, function) ||
        !checkNodeContents(function.node, /*inFunction=*/true))
      return false;
    for (AttributeProto &attribute : function.attributeProto)
      if (!checkAttribute(attribute, /*inFunction=*/false))
        return false;
    Names names;
    for (const std::string &name : function.input)
      if (!names.try_emplace(name, &function).second)
        return error("import.function", function,
                     "expected each input once, got " + quoteName(name) + " again");
    std::vector<std::pair<std::string, const Message *>> outputs;
    for (const std::string &name : function.output)
      outputs.push_back({name, &function});
    if (!checkNames(function.node, std::move(names), function, outputs))
      return false;
  }
  nodeCounts.assign(model.functions.size(), -1);
  for (size_t i = 0; i < model.functions.size(); ++i)
    if (!countNodes(i, 0))
      return false;
  uint64_t total = 0;
  for (const NodeProto &node : model.graph->node) {
    auto callee = functionIndex.find(functionKey(node.domain, node.opType, node.overload));
    total += callee == functionIndex.end() ? 1 : static_cast<uint64_t>(nodeCounts[callee->second]);
    if (total > limits.maxInlinedNodes)
      return error("import.limit", node,
                   "expected at most " + std::to_string(limits.maxInlinedNodes) +
                       " nodes after local functions are inlined, got more");
  }
  return true;
}

/// Counts the nodes of a function with those of the functions that it calls, and finds recursion.
bool ModelChecker::countNodes(size_t index, unsigned depth) {
  constexpr unsigned maxDepth = 200;
  FunctionProto &function = model.functions[index];
  if (nodeCounts[index] >= 0)
    return true;
  if (nodeCounts[index] == -2)
    return error("import.function", function,
                 "expected functions without recursion, got " + quoteName(function.name) +
                     ", which calls itself");
  if (depth > maxDepth)
    return error("import.limit", function,
                 "expected at most " + std::to_string(maxDepth) + " nested functions, got more");
  nodeCounts[index] = -2;
  int64_t count = 1;
  for (const NodeProto &node : function.node) {
    auto callee = functionIndex.find(functionKey(node.domain, node.opType, node.overload));
    if (callee != functionIndex.end()) {
      if (!countNodes(callee->second, depth + 1))
        return false;
      count += nodeCounts[callee->second];
    } else {
      ++count;
    }
    // Saturated: the sum of two such numbers cannot overflow.
    count = std::min<int64_t>(count, int64_t(1) << 60);
  }
  nodeCounts[index] = count;
  return true;
}

} // namespace

llvm::StringRef normalDomain(llvm::StringRef domain) { return domain == "ai.onnx" ? "" : domain; }

std::string functionKey(llvm::StringRef domain, llvm::StringRef name, llvm::StringRef overload) {
  return normalDomain(domain).str() + '\0' + name.str() + '\0' + overload.str();
}

bool checkModel(ModelProto &model, const ByteInput &input, const ImportLimits &limits,
                ImportDiagnostics &diagnostics) {
  return expandSparseInitializers(*model.graph, input, limits, diagnostics) &&
         ModelChecker(model, input, limits, diagnostics).run();
}

} // namespace azulejo
