// This file holds the field tables of onnx.proto.
#include "lib/Import/OnnxSchema.h"

#include "llvm/ADT/StringExtras.h"

#include <type_traits>

namespace azulejo::onnx {
namespace {

template <typename T> struct MemberOf;
template <typename C, typename T> struct MemberOf<T C::*> {
  using Class = C;
  using Type = T;
};

template <auto member> auto &field(void *object) {
  return static_cast<typename MemberOf<decltype(member)>::Class *>(object)->*member;
}

template <typename T> struct IsVector : std::false_type {};
template <typename T> struct IsVector<std::vector<T>> : std::true_type {};

/// Stores a scalar: appends to a vector, else assigns.
template <auto member, typename V> void store(void *object, V value) {
  auto &target = field<member>(object);
  using T = std::decay_t<decltype(target)>;
  if constexpr (IsVector<T>::value)
    target.push_back(static_cast<typename T::value_type>(std::move(value)));
  else
    target = std::move(value);
}
template <auto member> void storeString(void *object, std::string &&value) {
  store<member, std::string>(object, std::move(value));
}
template <auto member> void storeInt32(void *object, int64_t value) {
  store<member>(object, static_cast<int32_t>(value));
}

template <typename T> T &emplace(std::vector<T> &target) { return target.emplace_back(); }
template <typename T> T &emplace(std::optional<T> &target) { return target.emplace(); }
template <typename T> T &emplace(std::shared_ptr<T> &target) {
  return *(target = std::make_shared<T>());
}
template <auto member> Message *makeChild(void *object) { return &emplace(field<member>(object)); }
template <auto member> void raise(void *object) { field<member>(object) = true; }
template <auto member> BytesField &payload(void *object) { return field<member>(object); }

template <auto member> constexpr bool isRepeated() {
  return IsVector<typename MemberOf<decltype(member)>::Type>::value;
}

template <auto member> FieldDesc text(const char *name, FieldKind kind = FieldKind::String) {
  FieldDesc desc{name, kind, isRepeated<member>()};
  desc.setString = &storeString<member>;
  return desc;
}
template <auto member> FieldDesc int64(const char *name, unsigned oneof = 0) {
  FieldDesc desc{name, FieldKind::Int64, isRepeated<member>(), oneof};
  desc.setInt = &store<member, int64_t>;
  return desc;
}
template <auto member> FieldDesc int32(const char *name, llvm::ArrayRef<EnumName> names = {}) {
  FieldDesc desc{name, names.empty() ? FieldKind::Int32 : FieldKind::Enum, isRepeated<member>()};
  desc.setInt = &storeInt32<member>;
  desc.enumNames = names;
  return desc;
}
template <auto member>
FieldDesc child(const char *name, const MessageDesc &(*message)(), unsigned oneof = 0) {
  FieldDesc desc{name, FieldKind::Message, isRepeated<member>(), oneof};
  desc.child = &makeChild<member>;
  desc.message = message;
  desc.childBytes = sizeof(emplace(std::declval<typename MemberOf<decltype(member)>::Type &>()));
  return desc;
}
template <auto member> FieldDesc flag(const char *name, bool repeated, unsigned oneof = 0) {
  FieldDesc desc{name, FieldKind::Flag, repeated, oneof};
  desc.setFlag = &raise<member>;
  return desc;
}
FieldDesc skip(const char *name) { return {name, FieldKind::Skip}; }

constexpr EnumName attributeTypes[] = {
    {"UNDEFINED", 0},       {"FLOAT", 1},       {"INT", 2},         {"STRING", 3},
    {"TENSOR", 4},          {"GRAPH", 5},       {"FLOATS", 6},      {"INTS", 7},
    {"STRINGS", 8},         {"TENSORS", 9},     {"GRAPHS", 10},     {"SPARSE_TENSOR", 11},
    {"SPARSE_TENSORS", 12}, {"TYPE_PROTO", 13}, {"TYPE_PROTOS", 14}};
constexpr EnumName dataLocations[] = {{"DEFAULT", 0}, {"EXTERNAL", 1}};

const MessageDesc &stringEntryDesc() {
  using M = StringEntry;
  static const FieldDesc fields[] = {text<&M::key>("key"), text<&M::value>("value")};
  static const MessageDesc desc{"StringStringEntryProto", fields};
  return desc;
}

const MessageDesc &sparseTensorDesc() {
  using M = SparseTensorProto;
  static const FieldDesc fields[] = {child<&M::values>("values", tensorDesc),
                                     child<&M::indices>("indices", tensorDesc),
                                     int64<&M::dims>("dims")};
  static const MessageDesc desc{"SparseTensorProto", fields};
  return desc;
}

const MessageDesc &dimensionDesc() {
  using M = Dimension;
  static const FieldDesc fields[] = {int64<&M::value>("dim_value", 1),
                                     [] {
                                       FieldDesc desc = text<&M::param>("dim_param");
                                       desc.oneof = 1;
                                       return desc;
                                     }(),
                                     skip("denotation")};
  static const MessageDesc desc{"TensorShapeProto.Dimension", fields};
  return desc;
}

const MessageDesc &shapeDesc() {
  using M = TensorShapeProto;
  static const FieldDesc fields[] = {child<&M::dim>("dim", dimensionDesc)};
  static const MessageDesc desc{"TensorShapeProto", fields};
  return desc;
}

const MessageDesc &tensorTypeDesc() {
  using M = TensorTypeProto;
  static const FieldDesc fields[] = {int32<&M::elemType>("elem_type"),
                                     child<&M::shape>("shape", shapeDesc)};
  static const MessageDesc desc{"TypeProto.Tensor", fields};
  return desc;
}

const MessageDesc &typeDesc() {
  using M = TypeProto;
  static const FieldDesc fields[] = {child<&M::tensor>("tensor_type", tensorTypeDesc, 1),
                                     flag<&M::sequence>("sequence_type", false, 1),
                                     flag<&M::map>("map_type", false, 1),
                                     flag<&M::optional>("optional_type", false, 1),
                                     flag<&M::sparse>("sparse_tensor_type", false, 1),
                                     skip("denotation")};
  static const MessageDesc desc{"TypeProto", fields};
  return desc;
}

const MessageDesc &valueInfoDesc() {
  using M = ValueInfoProto;
  static const FieldDesc fields[] = {text<&M::name>("name"), child<&M::type>("type", typeDesc),
                                     skip("doc_string"), skip("metadata_props")};
  static const MessageDesc desc{"ValueInfoProto", fields};
  return desc;
}

const MessageDesc &graphDesc();

const MessageDesc &attributeDesc() {
  using M = AttributeProto;
  static const FieldDesc fields[] = {text<&M::name>("name"),
                                     text<&M::refAttrName>("ref_attr_name"),
                                     skip("doc_string"),
                                     int32<&M::type>("type", attributeTypes),
                                     [] {
                                       FieldDesc desc{"f", FieldKind::Float};
                                       desc.setFloat = &store<&M::f, float>;
                                       return desc;
                                     }(),
                                     int64<&M::i>("i"),
                                     text<&M::s>("s", FieldKind::Bytes),
                                     child<&M::t>("t", tensorDesc),
                                     child<&M::g>("g", graphDesc),
                                     child<&M::sparseTensor>("sparse_tensor", sparseTensorDesc),
                                     child<&M::tp>("tp", typeDesc),
                                     [] {
                                       FieldDesc desc{"floats", FieldKind::Float, true};
                                       desc.setFloat = &store<&M::floats, float>;
                                       return desc;
                                     }(),
                                     int64<&M::ints>("ints"),
                                     text<&M::strings>("strings", FieldKind::Bytes),
                                     flag<&M::tensors>("tensors", true),
                                     flag<&M::graphs>("graphs", true),
                                     flag<&M::sparseTensors>("sparse_tensors", true),
                                     flag<&M::typeProtos>("type_protos", true)};
  static const MessageDesc desc{"AttributeProto", fields};
  return desc;
}

const MessageDesc &nodeDesc() {
  using M = NodeProto;
  static const FieldDesc fields[] = {text<&M::input>("input"),
                                     text<&M::output>("output"),
                                     text<&M::name>("name"),
                                     text<&M::opType>("op_type"),
                                     text<&M::domain>("domain"),
                                     text<&M::overload>("overload"),
                                     child<&M::attribute>("attribute", attributeDesc),
                                     skip("doc_string"),
                                     skip("metadata_props"),
                                     skip("device_configurations")};
  static const MessageDesc desc{"NodeProto", fields};
  return desc;
}

const MessageDesc &graphDesc() {
  using M = GraphProto;
  static const FieldDesc fields[] = {
      child<&M::node>("node", nodeDesc),
      text<&M::name>("name"),
      child<&M::initializer>("initializer", tensorDesc),
      child<&M::sparseInitializer>("sparse_initializer", sparseTensorDesc),
      skip("doc_string"),
      child<&M::input>("input", valueInfoDesc),
      child<&M::output>("output", valueInfoDesc),
      child<&M::valueInfo>("value_info", valueInfoDesc),
      skip("quantization_annotation"),
      skip("metadata_props")};
  static const MessageDesc desc{"GraphProto", fields};
  return desc;
}

const MessageDesc &opsetDesc() {
  using M = OperatorSetId;
  static const FieldDesc fields[] = {text<&M::domain>("domain"), int64<&M::version>("version")};
  static const MessageDesc desc{"OperatorSetIdProto", fields};
  return desc;
}

const MessageDesc &functionDesc() {
  using M = FunctionProto;
  static const FieldDesc fields[] = {text<&M::name>("name"),
                                     text<&M::domain>("domain"),
                                     text<&M::overload>("overload"),
                                     text<&M::input>("input"),
                                     text<&M::output>("output"),
                                     text<&M::attribute>("attribute"),
                                     child<&M::attributeProto>("attribute_proto", attributeDesc),
                                     child<&M::node>("node", nodeDesc),
                                     child<&M::opsetImport>("opset_import", opsetDesc),
                                     skip("doc_string"),
                                     skip("value_info"),
                                     skip("metadata_props")};
  static const MessageDesc desc{"FunctionProto", fields};
  return desc;
}

bool isCamelCaseOf(llvm::StringRef key, llvm::StringRef snake) {
  size_t k = 0;
  for (size_t s = 0; s < snake.size(); ++s, ++k) {
    char expected = snake[s];
    if (expected == '_' && s + 1 < snake.size())
      expected = llvm::toUpper(snake[++s]);
    if (k == key.size() || key[k] != expected)
      return false;
  }
  return k == key.size();
}

} // namespace

const FieldDesc *MessageDesc::find(llvm::StringRef key) const {
  for (const FieldDesc &field : fields)
    if (key == field.name || isCamelCaseOf(key, field.name))
      return &field;
  return nullptr;
}

const MessageDesc &tensorDesc() {
  using M = TensorProto;
  static const FieldDesc fields[] = {int64<&M::dims>("dims"),
                                     int32<&M::dataType>("data_type"),
                                     text<&M::name>("name"),
                                     flag<&M::segment>("segment", false),
                                     [] {
                                       FieldDesc desc{"float_data", FieldKind::Float, true};
                                       desc.setFloat = &store<&M::floatData, float>;
                                       return desc;
                                     }(),
                                     int32<&M::int32Data>("int32_data"),
                                     text<&M::stringData>("string_data", FieldKind::Bytes),
                                     int64<&M::int64Data>("int64_data"),
                                     [] {
                                       FieldDesc desc{"raw_data", FieldKind::Payload};
                                       desc.payload = &payload<&M::rawData>;
                                       return desc;
                                     }(),
                                     child<&M::externalData>("external_data", stringEntryDesc),
                                     int32<&M::dataLocation>("data_location", dataLocations),
                                     [] {
                                       FieldDesc desc{"double_data", FieldKind::Double, true};
                                       desc.setDouble = &store<&M::doubleData, double>;
                                       return desc;
                                     }(),
                                     [] {
                                       FieldDesc desc{"uint64_data", FieldKind::Uint64, true};
                                       desc.setUint = &store<&M::uint64Data, uint64_t>;
                                       return desc;
                                     }(),
                                     skip("doc_string"),
                                     skip("metadata_props")};
  static const MessageDesc desc{"TensorProto", fields};
  return desc;
}

const MessageDesc &modelDesc() {
  using M = ModelProto;
  static const FieldDesc fields[] = {int64<&M::irVersion>("ir_version"),
                                     child<&M::opsetImport>("opset_import", opsetDesc),
                                     text<&M::producerName>("producer_name"),
                                     text<&M::producerVersion>("producer_version"),
                                     skip("domain"),
                                     skip("model_version"),
                                     skip("doc_string"),
                                     child<&M::graph>("graph", graphDesc),
                                     skip("metadata_props"),
                                     flag<&M::trainingInfo>("training_info", true),
                                     child<&M::functions>("functions", functionDesc),
                                     skip("configuration")};
  static const MessageDesc desc{"ModelProto", fields};
  return desc;
}

} // namespace azulejo::onnx
