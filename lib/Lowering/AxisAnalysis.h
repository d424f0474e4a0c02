// This file declares the analysis that finds how the elements of an integer tile follow one
// another.
#ifndef AZULEJO_LIB_LOWERING_AXISANALYSIS_H
#define AZULEJO_LIB_LOWERING_AXISANALYSIS_H

#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

namespace azulejo::lowering {

/// What is known of an integer (or i1) tile along each dimension. All numbers are powers of two.
/// A scalar has one dimension.
struct AxisInfo {
  /// Aligned blocks of this many elements hold successive numbers.
  llvm::SmallVector<int64_t> contiguity;
  /// The first number of each such block is a multiple of this.
  llvm::SmallVector<int64_t> divisibility;
  /// Aligned blocks of this many elements hold equal numbers.
  llvm::SmallVector<int64_t> constancy;

  /// The greatest power of two that divides the first number of every block of `block` elements
  /// along `dim`.
  int64_t divisibilityOfBlocks(unsigned dim, int64_t block) const;
};

/// Finds the AxisInfo of values, each once. Pessimistic about what it does not know: loop-carried
/// values and loaded values are known to be nothing.
/// Adapted from the idea of Triton's axis analysis (Tillet et al., MAPL 2019).
class AxisAnalysis {
public:
  /// The facts about `value`, an integer scalar or tile.
  const AxisInfo &get(mlir::Value value);

private:
  AxisInfo compute(mlir::Value value);

  llvm::DenseMap<mlir::Value, AxisInfo> known;
};

} // namespace azulejo::lowering

#endif // AZULEJO_LIB_LOWERING_AXISANALYSIS_H
