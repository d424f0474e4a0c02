// This file declares how the dimensions of a model's inputs become symbols of the graph dialect.
#ifndef AZULEJO_LIB_IMPORT_INPUTDIMS_H
#define AZULEJO_LIB_IMPORT_INPUTDIMS_H

#include "lib/Import/Import.h"
#include "lib/Import/OnnxModel.h"

#include "mlir/IR/AffineExpr.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace azulejo {

/// Names the dynamic dimensions of a model's inputs. A `dim_param` becomes a symbol of that name,
/// made an identifier; equal names are equal symbols, different ones stay different. A dimension
/// without a usable name gets one: `x_dim0`. What --dim says of a name is applied on the way.
class InputDims {
public:
  InputDims(mlir::MLIRContext &context, const ImportOptions &options,
            const onnx::GraphProto &graph);

  /// The expression of dimension `index` of input `name`; null for a negative size other than -1.
  mlir::AffineExpr get(llvm::StringRef inputName, size_t index, const onnx::Dimension &dimension);

  /// After all inputs: the value of the module attribute `graph.symbols`.
  mlir::DictionaryAttr ranges();
  /// After all inputs: the first --dim whose name no dimension has, and all names that there are.
  const DimOption *unusedOption() const;
  std::string allNames() const;

private:
  std::string uniqueIdentifier(llvm::StringRef text);

  mlir::MLIRContext &context;
  const ImportOptions &options;
  llvm::StringMap<std::string> symbolOfParam;
  llvm::StringSet<> symbols;
  std::vector<std::string> order;
  std::vector<bool> used;
  llvm::SmallVector<mlir::NamedAttribute> rangeAttributes;
  llvm::StringSet<> ranged;
};

/// Makes an identifier of letters, digits, '_' and '.' of any text.
std::string identifierOf(llvm::StringRef text);

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_INPUTDIMS_H
