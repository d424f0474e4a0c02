// This file declares the import of a checked model: its inputs, initializers, nodes, local
// functions and outputs.
#ifndef AZULEJO_LIB_IMPORT_GRAPHIMPORTER_H
#define AZULEJO_LIB_IMPORT_GRAPHIMPORTER_H

#include "lib/Import/Import.h"
#include "lib/Import/InputDims.h"
#include "lib/Import/NodeImporter.h"

namespace azulejo {

/// Builds the module of one model. Stops at the first node that cannot be imported, or, where
/// `unsupported` is given, notes it there and goes on.
class GraphImporter {
public:
  GraphImporter(onnx::ModelProto &model, llvm::StringRef fileName, mlir::MLIRContext &context,
                const ImportOptions &options, std::vector<UnsupportedNode> *unsupported);

  mlir::OwningOpRef<mlir::ModuleOp> run();

private:
  /// The names that a list of nodes sees.
  struct Scope {
    const Scope *parent = nullptr;
    llvm::StringMap<mlir::Value> values; // null: not known because its node was refused
    llvm::StringMap<onnx::TensorProto *> initializers;
    llvm::StringMap<int64_t> opsets;
    std::string path;       // JSON path of the nodes: "graph.node"
    std::string namePrefix; // of a function's call: "call/"
  };

  mlir::Location fileLocation(const onnx::Position &position);
  mlir::Location nodeLocation(const Scope &scope, const onnx::NodeProto &node);
  mlir::LogicalResult error(const onnx::Position &position, llvm::StringRef code,
                            const llvm::Twine &message);

  mlir::LogicalResult importInputs(Scope &scope);
  mlir::FailureOr<mlir::RankedTensorType> inputType(const onnx::ValueInfoProto &input,
                                                    InputDims &dims);
  mlir::LogicalResult importOutputs(Scope &scope);
  void compareWithDeclared(const onnx::ValueInfoProto &output, mlir::Value value);

  mlir::LogicalResult importNodes(Scope &scope, std::vector<onnx::NodeProto> &nodes);
  mlir::LogicalResult importNode(Scope &scope, onnx::NodeProto &node, size_t index);
  mlir::LogicalResult importCall(Scope &scope, onnx::NodeProto &node, onnx::FunctionProto &callee,
                                 size_t index);
  /// The scope of a graph that is an attribute of the node at `index` of `scope`.
  Scope subgraphScope(Scope &scope, onnx::AttributeProto &attribute, size_t index);
  mlir::LogicalResult importIf(Scope &scope, NodeImporter &n, size_t index);
  void runHandler(Scope &scope, NodeImporter &n, size_t index);
  mlir::LogicalResult report(Scope &scope, const NodeImporter &n, size_t index);
  void note(UnsupportedNode node);
  mlir::LogicalResult checkSubgraphs(Scope &scope, onnx::NodeProto &node, size_t index);
  /// The value of a name; nullopt when no scope has it.
  std::optional<mlir::Value> lookup(const Scope &scope, llvm::StringRef name);
  mlir::Value constant(onnx::TensorProto &tensor);
  void eraseDeadOperations();

  onnx::ModelProto &model;
  std::string fileName;
  mlir::MLIRContext &context;
  const ImportOptions &options;
  std::vector<UnsupportedNode> *unsupported;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp function;
  ImportState state;
  llvm::StringMap<onnx::FunctionProto *> functions;
  llvm::DenseMap<onnx::TensorProto *, mlir::Value> constants;
};

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_GRAPHIMPORTER_H
