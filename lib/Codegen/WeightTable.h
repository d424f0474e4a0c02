// This file declares the table of a bundle's weights, each stored once.
#ifndef AZULEJO_LIB_CODEGEN_WEIGHTTABLE_H
#define AZULEJO_LIB_CODEGEN_WEIGHTTABLE_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/Support/LLVM.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

#include <memory>
#include <string>
#include <vector>

namespace azulejo {

// The name of an element type in a plan ("f32", "bool"), or "" for one that bundles do not have.
llvm::StringRef planTypeName(mlir::Type type);

// One weight. `data` points into the attribute, or into `owned` where the bytes had to be made
// (splats, bool).
struct Weight {
  std::string name; // "weight/NAME", unique
  mlir::Type elementType;
  std::vector<int64_t> shape;
  llvm::ArrayRef<char> data;
  std::unique_ptr<std::vector<char>> owned;
  std::string digest; // of type, shape and bytes
};

// Collects weights by content: equal ones get the same index whatever their names, so that programs
// of several targets share them. Bytes of large weights are not copied; the attributes must outlive
// the table.
class WeightTable {
public:
  // Returns the index of the weight; nullopt if the attribute's data is missing.
  std::optional<unsigned> add(llvm::StringRef name, mlir::ElementsAttr value);

  const std::vector<Weight> &weights() const { return list; }
  // The sum of their bytes.
  uint64_t bytes() const;
  // Returns 32 hexadecimal digits that stand for names and contents of all weights.
  std::string contentHash() const;

private:
  std::string uniqueName(llvm::StringRef name);

  std::vector<Weight> list;
  llvm::DenseMap<mlir::Attribute, unsigned> byAttribute;
  llvm::StringMap<unsigned> byDigest;
  llvm::StringMap<unsigned> names; // name -> number of uses
};

} // namespace azulejo

#endif // AZULEJO_LIB_CODEGEN_WEIGHTTABLE_H
