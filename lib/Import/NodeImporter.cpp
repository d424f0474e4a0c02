// This file implements what the importer of one operator may ask of its node: inputs, attributes,
// shapes.
#include "lib/Import/NodeImporter.h"

#include "lib/Import/ImportDiagnostics.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace azulejo {

Refusal NodeImporter::refuse(const Twine &why, const Twine &what) {
  if (code.empty()) {
    code = "import.unsupported";
    reason = why.str();
    remedy = what.str();
  }
  return {};
}

Refusal NodeImporter::invalid(StringRef faultCode, const Twine &why) {
  if (code.empty()) {
    code = faultCode.str();
    reason = why.str();
  }
  return {};
}

Value NodeImporter::input(unsigned index) {
  if (hasInput(index))
    return inputs[index];
  return invalid("import.node", "expected an input at place " + Twine(index) + ", got none");
}

LogicalResult NodeImporter::expectInputs(unsigned least, unsigned most) {
  if (inputs.size() < least || inputs.size() > most)
    return invalid("import.node", "expected " + Twine(least) +
                                      (most == least ? Twine("") : " to " + Twine(most)) +
                                      " inputs, got " + Twine(inputs.size()));
  return success();
}

std::optional<Dims> NodeImporter::knownInput(unsigned index) {
  Value value = input(index);
  if (!value)
    return std::nullopt;
  std::optional<Dims> known = graph::knownInts(value);
  if (!known)
    refuse("the contents of input " + quoteName(node.input[index]) +
               " must be known when the model is compiled",
           "make it a constant or compute it from shapes");
  return known;
}

std::optional<Ints> NodeImporter::constantInput(unsigned index) {
  std::optional<Dims> known = knownInput(index);
  if (!known)
    return std::nullopt;
  Ints result;
  for (AffineExpr element : *known) {
    std::optional<int64_t> number = graph::constantValue(element);
    if (!number) {
      refuse("input " + quoteName(node.input[index]) +
                 " must not depend on a dynamic dimension, got " +
                 graph::toString(element, builder.getContext()),
             "fix the dimension with --dim");
      return std::nullopt;
    }
    result.push_back(*number);
  }
  return result;
}

onnx::AttributeProto *NodeImporter::mutableAttribute(StringRef name) {
  usedAttributes.insert(name);
  for (onnx::AttributeProto &attribute : node.attribute)
    if (attribute.name == name)
      return &attribute;
  return nullptr;
}

bool NodeImporter::hasAttribute(StringRef name) const {
  return llvm::any_of(node.attribute, [&](const onnx::AttributeProto &attribute) {
    return attribute.name == name;
  });
}

const onnx::AttributeProto *NodeImporter::attribute(StringRef name, onnx::AttributeType type) {
  const onnx::AttributeProto *found = mutableAttribute(name);
  if (found && found->type != static_cast<int32_t>(type)) {
    invalid("import.attribute", "expected attribute " + quoteName(name) + " of type " +
                                    Twine(static_cast<int32_t>(type)) + ", got type " +
                                    Twine(found->type));
    return nullptr;
  }
  return found;
}

int64_t NodeImporter::intOr(StringRef name, int64_t fallback) {
  const onnx::AttributeProto *found = attribute(name, onnx::AttributeType::Int);
  return found ? found->i.value_or(0) : fallback;
}

float NodeImporter::floatOr(StringRef name, float fallback) {
  const onnx::AttributeProto *found = attribute(name, onnx::AttributeType::Float);
  return found ? found->f.value_or(0) : fallback;
}

std::string NodeImporter::stringOr(StringRef name, StringRef fallback) {
  const onnx::AttributeProto *found = attribute(name, onnx::AttributeType::String);
  return found ? found->s.value_or("") : fallback.str();
}

std::optional<Ints> NodeImporter::ints(StringRef name) {
  const onnx::AttributeProto *found = attribute(name, onnx::AttributeType::Ints);
  if (!found)
    return std::nullopt;
  return Ints(found->ints.begin(), found->ints.end());
}

LogicalResult NodeImporter::checkAllAttributesUsed() {
  if (!code.empty())
    return failure();
  for (const onnx::AttributeProto &attribute : node.attribute)
    if (!usedAttributes.contains(attribute.name))
      return invalid("import.attribute", "expected an attribute of " + node.opType + " in opset " +
                                             Twine(opset) + ", got " + quoteName(attribute.name));
  return success();
}

LogicalResult NodeImporter::result(Value value) {
  if (!value)
    return failure();
  outputs.push_back(value);
  return success();
}

LogicalResult NodeImporter::results(ArrayRef<Value> values) {
  for (Value value : values)
    if (failed(result(value)))
      return failure();
  return success();
}

std::optional<int64_t> NodeImporter::axis(int64_t value, int64_t rank) {
  if (value < -rank || value >= rank) {
    invalid("import.attribute", "expected an axis from " + Twine(-rank) + " to " + Twine(rank - 1) +
                                    ", got " + Twine(value));
    return std::nullopt;
  }
  return value < 0 ? value + rank : value;
}

std::optional<Ints> NodeImporter::axes(ArrayRef<int64_t> values, int64_t rank) {
  Ints result;
  for (int64_t value : values) {
    std::optional<int64_t> normal = axis(value, rank);
    if (!normal)
      return std::nullopt;
    result.push_back(*normal);
  }
  llvm::sort(result);
  auto repeated = std::adjacent_find(result.begin(), result.end());
  if (repeated == result.end())
    return result;
  invalid("import.attribute", "expected different axes, got " + Twine(*repeated) + " twice");
  return std::nullopt;
}

std::optional<int64_t> NodeImporter::staticDim(Value value, int64_t axis) {
  AffineExpr dim = dimsOf(value)[axis];
  std::optional<int64_t> size = graph::constantValue(dim);
  if (!size)
    refuse("dimension " + Twine(axis) + " of " + shapeText(value) + " must be static",
           "fix it with --dim");
  return size;
}

std::optional<Ints> NodeImporter::staticShape(Value value) {
  Ints shape;
  for (int64_t i = 0; i < rankOf(value); ++i) {
    std::optional<int64_t> size = staticDim(value, i);
    if (!size)
      return std::nullopt;
    shape.push_back(*size);
  }
  return shape;
}

std::string NodeImporter::shapeText(Value value) {
  std::string text = "[";
  for (AffineExpr dim : dimsOf(value))
    text += (text.size() > 1 ? ", " : "") + graph::toString(dim, builder.getContext());
  return text + "]";
}

Type NodeImporter::elementType(int64_t dataType) {
  using onnx::DataType;
  switch (static_cast<DataType>(dataType)) {
  case DataType::Float:
    return builder.getF32Type();
  case DataType::Float16:
    return builder.getF16Type();
  case DataType::Bfloat16:
    return builder.getBF16Type();
  case DataType::Double:
    return builder.getF64Type();
  case DataType::Bool:
    return builder.getI1Type();
  case DataType::Int8:
    return builder.getI8Type();
  case DataType::Int16:
    return builder.getI16Type();
  case DataType::Int32:
    return builder.getI32Type();
  case DataType::Int64:
    return builder.getI64Type();
  case DataType::Uint8:
    return builder.getIntegerType(8, false);
  case DataType::Uint16:
    return builder.getIntegerType(16, false);
  case DataType::Uint32:
    return builder.getIntegerType(32, false);
  case DataType::Uint64:
    return builder.getIntegerType(64, false);
  default:
    refuse("expected one of the types f16, bf16, f32, f64, bool and 8 to 64-bit integers, got " +
               onnx::dataTypeName(static_cast<int32_t>(dataType)),
           "convert the tensor before export");
    return {};
  }
}

bool NodeImporter::limitSymbol(AffineExpr dim, int64_t bound) {
  constexpr int64_t leastBound = 100'000'000;
  auto symbol = dyn_cast<AffineSymbolExpr>(dim);
  if (!symbol || bound < leastBound)
    return false;
  MLIRContext *context = builder.getContext();
  auto *dialect = context->getOrLoadDialect<graph::GraphDialect>();
  graph::SymbolRange known = range(dim);
  auto symbols = state.module->getAttrOfType<DictionaryAttr>("graph.symbols");
  NamedAttrList ranges(symbols);
  ranges.set(dialect->symbolName(symbol.getPosition()),
             graph::RangeAttr::get(context, known.min, std::min(known.max, bound), known.divisor));
  state.module->setAttr("graph.symbols", ranges.getDictionary(context));
  return true;
}

NodeHandler OperatorRegistry::find(StringRef name, int64_t opset) const {
  auto found = entries.find(name);
  if (found == entries.end())
    return nullptr;
  NodeHandler handler = nullptr;
  for (const Entry &entry : found->second)
    if (entry.since <= opset)
      handler = entry.handler;
  return handler;
}

const OperatorRegistry *OperatorRegistry::ofDomain(StringRef domain) {
  static const OperatorRegistry standard = [] {
    OperatorRegistry registry;
    registerElementwiseImporters(registry);
    registerActivationImporters(registry);
    registerConstantImporters(registry);
    registerShapeImporters(registry);
    registerIndexImporters(registry);
    registerReduceImporters(registry);
    registerMatmulImporters(registry);
    registerConvImporters(registry);
    registerPoolImporters(registry);
    registerNormalizationImporters(registry);
    registerResizeImporters(registry);
    registerQuantizeImporters(registry);
    registerGatherImporters(registry);
    registerAttentionImporters(registry);
    return registry;
  }();
  return domain.empty() ? &standard : nullptr;
}

} // namespace azulejo
