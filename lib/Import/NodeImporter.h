// This file declares what the importer of one operator sees: the node with its inputs and
// attributes, and short ways to build graph operators that record why something cannot be built.
#ifndef AZULEJO_LIB_IMPORT_NODEIMPORTER_H
#define AZULEJO_LIB_IMPORT_NODEIMPORTER_H

#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/KnownInts.h"
#include "lib/Import/ImportLimits.h"
#include "lib/Import/OnnxModel.h"

#include "llvm/ADT/StringSet.h"

namespace azulejo {

using Dims = llvm::SmallVector<mlir::AffineExpr>;
using Ints = llvm::SmallVector<int64_t>;

/// What NodeImporter::refuse returns: a failure, or a value that is not there.
struct Refusal {
  operator mlir::LogicalResult() const { return mlir::failure(); }
  operator mlir::Value() const { return {}; }
  operator std::nullopt_t() const { return std::nullopt; }
};

/// What outlives the import of one node.
struct ImportState {
  ImportState(mlir::ModuleOp module, const ImportLimits &limits)
      : module(module), builder(module.getContext()), limits(limits) {}

  mlir::ModuleOp module;
  mlir::OpBuilder builder;
  const ImportLimits &limits;
  uint64_t foldedBytes = 0;
  llvm::DenseMap<const onnx::TensorProto *, mlir::ElementsAttr> constants;
};

/// One node on its way into the graph dialect. Builders return a null value when an operand is
/// null, so that a chain of them needs no checks in between; the first refusal is the one that is
/// reported.
class NodeImporter {
public:
  NodeImporter(ImportState &state, onnx::NodeProto &node, int64_t opset,
               llvm::ArrayRef<mlir::Value> inputs, mlir::Location location)
      : node(node), opset(opset), inputs(inputs), location(location), state(state),
        builder(state.builder) {}

  onnx::NodeProto &node;
  const int64_t opset;
  const llvm::ArrayRef<mlir::Value> inputs; // null where the node has a hole
  const mlir::Location location;

  // ---- Refusals ----
  /// Records that the node is not supported, why, and what to do about it.
  Refusal refuse(const llvm::Twine &reason, const llvm::Twine &remedy = "");
  /// Records that the node is wrong in itself, under the code of an attribute or a shape.
  Refusal invalid(llvm::StringRef code, const llvm::Twine &reason);
  std::string code, reason, remedy;

  // ---- Inputs ----
  /// The input at `index`; null, with a refusal, when the node has none.
  mlir::Value input(unsigned index);
  bool hasInput(unsigned index) const { return index < inputs.size() && inputs[index]; }
  mlir::LogicalResult expectInputs(unsigned least, unsigned most);
  /// The contents of an integer input as expressions, refused where they are unknown.
  std::optional<Dims> knownInput(unsigned index);
  /// The contents of an integer input as numbers.
  std::optional<Ints> constantInput(unsigned index);

  // ---- Attributes ----
  const onnx::AttributeProto *attribute(llvm::StringRef name, onnx::AttributeType type);
  onnx::AttributeProto *mutableAttribute(llvm::StringRef name);
  bool hasAttribute(llvm::StringRef name) const;
  int64_t intOr(llvm::StringRef name, int64_t fallback);
  float floatOr(llvm::StringRef name, float fallback);
  std::string stringOr(llvm::StringRef name, llvm::StringRef fallback);
  std::optional<Ints> ints(llvm::StringRef name);
  /// Counts an attribute as read, for those that do not change the result.
  void ignore(llvm::StringRef name) { usedAttributes.insert(name); }
  /// Refuses attributes that nobody asked for.
  mlir::LogicalResult checkAllAttributesUsed();

  // ---- Results ----
  mlir::LogicalResult result(mlir::Value value);
  mlir::LogicalResult results(llvm::ArrayRef<mlir::Value> values);
  llvm::SmallVector<mlir::Value> outputs;
  /// Whether the model uses output `index`.
  bool wantsOutput(unsigned index) const {
    return index < node.output.size() && !node.output[index].empty();
  }

  // ---- Types and shapes ----
  static mlir::RankedTensorType typeOf(mlir::Value value) {
    return mlir::cast<mlir::RankedTensorType>(value.getType());
  }
  static mlir::Type elementOf(mlir::Value value) { return typeOf(value).getElementType(); }
  static int64_t rankOf(mlir::Value value) { return typeOf(value).getRank(); }
  static Dims dimsOf(mlir::Value value) { return graph::getDims(typeOf(value)); }
  mlir::AffineExpr expr(int64_t value) {
    return mlir::getAffineConstantExpr(value, builder.getContext());
  }
  /// Makes `axis` a number from 0 to rank - 1; refused outside of -rank to rank - 1.
  std::optional<int64_t> axis(int64_t value, int64_t rank);
  /// The same for a list, without repetition, in ascending order.
  std::optional<Ints> axes(llvm::ArrayRef<int64_t> values, int64_t rank);
  /// The size of a dimension that must be static.
  std::optional<int64_t> staticDim(mlir::Value value, int64_t axis);
  std::optional<Ints> staticShape(mlir::Value value);
  /// "float32" becomes f32 and so on; refused for types that the dialect does not have.
  mlir::Type elementType(int64_t dataType);
  /// Text of a shape for messages.
  std::string shapeText(mlir::Value value);
  graph::SymbolRange range(mlir::AffineExpr value) {
    return graph::rangeOf(value, state.module.getOperation());
  }
  bool equal(mlir::AffineExpr a, mlir::AffineExpr b) {
    return graph::provablyEqual(a, b, state.module.getOperation());
  }
  /// The module that `equal` and `range` ask for the divisors and ranges of symbols.
  mlir::Operation *scope() { return state.module.getOperation(); }
  /// Exporters write "to the end" as a number such as 10^9. Where `bound` is as large and `dim` is
  /// a symbol, limits the symbol to it, which the runtime then holds callers to, and returns true.
  bool limitSymbol(mlir::AffineExpr dim, int64_t bound);
  mlir::MLIRContext *builderContext() const { return builder.getContext(); }
  const ImportLimits &limits() const { return state.limits; }
  ImportState &importState() { return state; }

  // ---- Constants ----
  /// A rank-0 constant; `value` is rounded to the element type.
  mlir::Value scalar(mlir::Type element, double value);
  mlir::Value scalarLike(mlir::Value value, double number) {
    return value ? scalar(elementOf(value), number) : mlir::Value();
  }
  mlir::Value intScalar(mlir::Type element, int64_t value);
  /// A constant of any shape whose elements are computed; charged to the folding budget.
  mlir::Value constantInts(mlir::Type element, llvm::ArrayRef<int64_t> shape,
                           llvm::ArrayRef<int64_t> values);
  mlir::Value constantFloats(mlir::Type element, llvm::ArrayRef<int64_t> shape,
                             llvm::ArrayRef<double> values);
  /// 0, 1, ... size - 1 along `axis` of a tensor of `rank` dimensions, the others 1.
  mlir::Value iota(mlir::Type element, int64_t size, int64_t axis, int64_t rank);
  mlir::Value tensor(onnx::TensorProto &tensor);
  /// A tensor of any dimensions whose elements are all `element`, a constant of rank 0.
  mlir::Value filled(mlir::Value element, llvm::ArrayRef<mlir::AffineExpr> dims);
  /// The numbers in a float input that is a constant.
  std::optional<llvm::SmallVector<double>> constantFloats(unsigned index);
  /// The number in a float input of one element that is a constant.
  std::optional<double> constantFloat(unsigned index);
  mlir::Value splat(mlir::Type element, llvm::ArrayRef<int64_t> shape, mlir::Attribute value);
  bool charge(uint64_t bytes);

  // ---- Graph operators ----
  template <typename OpTy, typename PropertiesTy = mlir::EmptyProperties>
  mlir::Value create(llvm::ArrayRef<mlir::Value> operands, const PropertiesTy &properties = {},
                     mlir::TypeRange types = {}) {
    for (mlir::Value operand : operands)
      if (!operand)
        return {};
    mlir::FailureOr<OpTy> op =
        graph::createChecked<OpTy>(builder, location, operands, properties, types);
    return failed(op) ? mlir::Value() : foldSmall(*op);
  }
  template <typename OpTy> mlir::Value unary(mlir::Value x) { return create<OpTy>({x}); }
  template <typename OpTy> mlir::Value binary(mlir::Value a, mlir::Value b) {
    return create<OpTy>({a, b});
  }
  mlir::Value add(mlir::Value a, mlir::Value b) { return binary<graph::AddOp>(a, b); }
  mlir::Value sub(mlir::Value a, mlir::Value b) { return binary<graph::SubOp>(a, b); }
  mlir::Value mul(mlir::Value a, mlir::Value b) { return binary<graph::MulOp>(a, b); }
  mlir::Value div(mlir::Value a, mlir::Value b) { return binary<graph::DivOp>(a, b); }
  mlir::Value maximum(mlir::Value a, mlir::Value b) { return binary<graph::MaximumOp>(a, b); }
  mlir::Value minimum(mlir::Value a, mlir::Value b) { return binary<graph::MinimumOp>(a, b); }
  mlir::Value exp(mlir::Value x) { return unary<graph::ExpOp>(x); }
  mlir::Value mod(mlir::Value a, mlir::Value b, bool isFmod);
  mlir::Value compare(graph::ComparePredicate predicate, mlir::Value a, mlir::Value b);
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b) {
    return create<graph::SelectOp>({condition, a, b});
  }
  mlir::Value cast(mlir::Value x, mlir::Type element);
  mlir::Value matmul(mlir::Value a, mlir::Value b, bool transposeA = false,
                     bool transposeB = false);
  mlir::Value reduce(graph::ReduceKind kind, mlir::Value x, llvm::ArrayRef<int64_t> axes,
                     bool keepDims);
  mlir::Value reshape(mlir::Value x, llvm::ArrayRef<mlir::AffineExpr> dims);
  mlir::Value reshapeTo(mlir::Value x, llvm::ArrayRef<int64_t> shape);
  mlir::Value broadcast(mlir::Value x, llvm::ArrayRef<mlir::AffineExpr> dims);
  mlir::Value transpose(mlir::Value x, llvm::ArrayRef<int64_t> perm);
  mlir::Value slice(mlir::Value x, llvm::ArrayRef<int64_t> starts, llvm::ArrayRef<int64_t> steps,
                    llvm::ArrayRef<mlir::AffineExpr> sizes);
  /// A part of one dimension with step 1.
  mlir::Value sliceAxis(mlir::Value x, int64_t axis, int64_t start, mlir::AffineExpr size);
  mlir::Value concat(llvm::ArrayRef<mlir::Value> values, int64_t axis);
  mlir::Value pad(graph::PadMode mode, mlir::Value x, mlir::Value value,
                  llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high);
  mlir::Value gather(mlir::Value data, mlir::Value indices, int64_t axis);
  mlir::Value dimValues(llvm::ArrayRef<mlir::AffineExpr> values);
  /// Adds dimensions of size 1 at the end until the rank is `rank`, and one in front where
  /// `channel` is set: a vector of channels becomes [C, 1, 1].
  mlir::Value alongChannels(mlir::Value vector, int64_t rank);

private:
  /// The result of an operation that was just built: a constant in its place where it has few
  /// elements and all operands are constants, so that shapes that a model computes are known to the
  /// nodes after it.
  mlir::Value foldSmall(mlir::Operation *op);
  mlir::Value constantOf(mlir::Type element, llvm::ArrayRef<int64_t> shape,
                         const std::vector<char> &bytes);

  ImportState &state;
  mlir::OpBuilder &builder;
  llvm::StringSet<> usedAttributes;
};

/// Imports one operator.
using NodeHandler = mlir::LogicalResult (*)(NodeImporter &);

/// The operators that can be imported. A handler registered for an opset serves until the next one
/// for the same operator.
class OperatorRegistry {
public:
  void add(llvm::StringRef name, int64_t sinceOpset, NodeHandler handler) {
    entries[name].push_back({sinceOpset, handler});
  }
  /// Returns null when there is no such operator in that opset.
  NodeHandler find(llvm::StringRef name, int64_t opset) const;
  /// The registry of domain `domain` ("" is ONNX's own), or null.
  static const OperatorRegistry *ofDomain(llvm::StringRef domain);

private:
  struct Entry {
    int64_t since;
    NodeHandler handler;
  };
  llvm::StringMap<llvm::SmallVector<Entry, 1>> entries;
};

/// What each file of operators adds.
void registerElementwiseImporters(OperatorRegistry &registry);
void registerActivationImporters(OperatorRegistry &registry);
void registerConstantImporters(OperatorRegistry &registry);
void registerShapeImporters(OperatorRegistry &registry);
void registerIndexImporters(OperatorRegistry &registry);
void registerReduceImporters(OperatorRegistry &registry);
void registerMatmulImporters(OperatorRegistry &registry);
void registerConvImporters(OperatorRegistry &registry);
void registerPoolImporters(OperatorRegistry &registry);
void registerNormalizationImporters(OperatorRegistry &registry);
void registerResizeImporters(OperatorRegistry &registry);
void registerQuantizeImporters(OperatorRegistry &registry);
void registerGatherImporters(OperatorRegistry &registry);
void registerAttentionImporters(OperatorRegistry &registry);

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_NODEIMPORTER_H
