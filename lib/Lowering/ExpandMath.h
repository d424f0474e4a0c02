// This file declares the patterns that expand mathematical functions, by family.
#ifndef AZULEJO_LIB_LOWERING_EXPANDMATH_H
#define AZULEJO_LIB_LOWERING_EXPANDMATH_H

#include "mlir/IR/PatternMatch.h"

namespace azulejo::lowering {

/// A float constant of `type`.
mlir::Value floatConstant(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type,
                          double value);

/// sin and cos of f32, to a few units in the last place for arguments up to about 10^5 in size.
void populateTrigonometryPatterns(mlir::RewritePatternSet &patterns);

/// pow of f32 with a float exponent, and of integers with an integer exponent.
void populatePowerPatterns(mlir::RewritePatternSet &patterns);

/// exp and log of f64, to about one unit in the last place.
void populateDoublePatterns(mlir::RewritePatternSet &patterns);

} // namespace azulejo::lowering

#endif // AZULEJO_LIB_LOWERING_EXPANDMATH_H
