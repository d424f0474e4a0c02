// This file declares the tensor on which the Reference evaluation works.

#ifndef AZULEJO_LIB_REFERENCE_TENSOR_H
#define AZULEJO_LIB_REFERENCE_TENSOR_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

#include <vector>

namespace azulejo::reference {

/// A tensor of numbers: a static type of the graph dialect and its elements in C order, in the
/// machine's byte order; i1 takes one byte of 0 or 1.
struct Tensor {
  mlir::RankedTensorType type;
  std::vector<char> data;

  int64_t size() const { return type.getNumElements(); }
  mlir::Type elementType() const { return type.getElementType(); }
  llvm::ArrayRef<int64_t> shape() const { return type.getShape(); }
};

/// Returns a tensor of zeros.
Tensor makeTensor(mlir::RankedTensorType type);

/// Returns the tensor of a constant; nullopt if its bytes are missing.
std::optional<Tensor> fromAttribute(mlir::ElementsAttr value);

/// Returns the elements, widened without loss: `double` for floats, `int64_t` for signless
/// integers, `uint64_t` for unsigned ones and i1. The wide type must be that of the element type.
template <typename Wide> std::vector<Wide> widen(const Tensor &tensor);

/// Returns a tensor of `type` with these elements: floats are rounded to nearest even, integers
/// keep their low bits, i1 is true where an element is not zero.
template <typename Wide>
Tensor narrow(mlir::RankedTensorType type, const std::vector<Wide> &elements);

/// Returns the bits of `value` rounded to nearest even in the format with that many bits of
/// exponent and mantissa: (5, 10) is f16 and (8, 7) bf16. NaNs become quiet.
uint16_t encodeSmallFloat(double value, int exponentBits, int mantissaBits);

/// Returns the value of these bits.
double decodeSmallFloat(uint16_t bits, int exponentBits, int mantissaBits);

/// Returns for each dimension by how many elements its neighbours lie apart.
llvm::SmallVector<int64_t> stridesOf(llvm::ArrayRef<int64_t> shape);

} // namespace azulejo::reference

#endif // AZULEJO_LIB_REFERENCE_TENSOR_H
