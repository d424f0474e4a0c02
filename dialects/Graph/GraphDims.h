// This file declares what can be asked of dimension expressions: normal form, equality, range,
// value.

#ifndef AZULEJO_DIALECTS_GRAPH_GRAPHDIMS_H
#define AZULEJO_DIALECTS_GRAPH_GRAPHDIMS_H

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <optional>
#include <string>

namespace azulejo::graph {

/// A dimension expression is an AffineExpr over symbols only (`GraphDialect::getSymbol`).
/// `floordiv`, `ceildiv` and `mod` round toward minus infinity; their right-hand side is assumed to
/// be positive, and may be symbolic. Every function here returns expressions in the normal form of
/// `simplify` and takes any.

/// Returns the normal form of `expr`: a sum of products with the terms in a fixed order, `mod` and
/// `ceildiv` expressed by `floordiv`, exact quotients divided out. Symbols are assumed to be at
/// least 1 where that matters. An expression whose coefficients overflow, or with more than 256
/// terms, is returned as it is.
mlir::AffineExpr simplify(mlir::AffineExpr expr);

/// Returns a bound on every coefficient that arithmetic on `expr` can bring up: its value with each
/// symbol 1 and each sign positive; INT64_MAX if it does not fit. AffineExpr wraps in silence, so
/// who combines expressions from outside asks this first.
int64_t magnitude(mlir::AffineExpr expr);

/// The product of the magnitudes of a tensor type's dimensions is at most this.
constexpr int64_t maxMagnitude = int64_t(1) << 53;

/// Returns the number that `expr` is, if it is one.
std::optional<int64_t> constantValue(mlir::AffineExpr expr);

/// Returns the product of `dims`; 1 if there are none.
mlir::AffineExpr product(llvm::ArrayRef<mlir::AffineExpr> dims, mlir::MLIRContext *context);

/// Returns whether `a` equals `b` for all values of the symbols. `scope`, if given, is an operation
/// in the module whose `graph.symbols` tell the divisors of the symbols. False means "not known".
bool provablyEqual(mlir::AffineExpr a, mlir::AffineExpr b, mlir::Operation *scope = nullptr);

/// Returns the text of `expr` with the names of its symbols, as in `#graph.dims<...>`.
std::string toString(mlir::AffineExpr expr, mlir::MLIRContext *context);

/// Returns the value of `expr` where `valueOf` gives the value of each symbol; nullopt if a symbol
/// has none, a divisor is not positive, or the arithmetic overflows.
std::optional<int64_t>
evaluate(mlir::AffineExpr expr, mlir::MLIRContext *context,
         llvm::function_ref<std::optional<int64_t>(llvm::StringRef)> valueOf);

/// The values that an expression may have: min to max inclusive, all multiples of divisor. A
/// divisor of 0 says that the value is 0. The bounds saturate at those of int64_t.
struct SymbolRange {
  int64_t min = 1;
  int64_t max = 2147483647;
  int64_t divisor = 1;
};

/// Returns the range of `expr` by interval arithmetic from the ranges that `graph.symbols` of the
/// module around `scope` gives; symbols that are not listed, and all if `scope` is null, have the
/// default range.
SymbolRange rangeOf(mlir::AffineExpr expr, mlir::Operation *scope);

/// Returns one expression per dimension of `type`, which is static or has a `#graph.dims` encoding.
llvm::SmallVector<mlir::AffineExpr> getDims(mlir::RankedTensorType type);

/// Returns the tensor type with these dimensions: without an encoding if all are constants.
/// Constants must not be negative. `dims` may be empty.
mlir::RankedTensorType withDims(mlir::Type elementType, llvm::ArrayRef<mlir::AffineExpr> dims);

/// Returns the dimension that results from aligning `a` and `b` by the broadcasting rule of the
/// dialect, or a null expression if they cannot be shown to agree. `scope` is that of
/// `provablyEqual`.
mlir::AffineExpr broadcastDim(mlir::AffineExpr a, mlir::AffineExpr b,
                              mlir::Operation *scope = nullptr);

/// Returns the shape that results from broadcasting `shapes` together, or nullopt if some
/// dimensions cannot be shown to agree; then `conflict`, if not null, gets two of them.
std::optional<llvm::SmallVector<mlir::AffineExpr>>
broadcastDims(llvm::ArrayRef<llvm::SmallVector<mlir::AffineExpr>> shapes,
              std::pair<mlir::AffineExpr, mlir::AffineExpr> *conflict = nullptr,
              mlir::Operation *scope = nullptr);

/// Returns whether `type` is a tensor type of this dialect: a ranked tensor of a graph element
/// type, static without an encoding or dynamic with a `#graph.dims` encoding.
bool isGraphTensor(mlir::Type type);

/// f16 bf16 f32 f64 i1 i8 i16 i32 i64 ui8 ui16 ui32 ui64.
bool isGraphElement(mlir::Type type);
/// f16 bf16 f32 f64.
bool isFloatElement(mlir::Type type);
/// Signless (which are signed) and unsigned integers, but not i1.
bool isIntElement(mlir::Type type);
bool isBoolElement(mlir::Type type);
bool isNumericElement(mlir::Type type);
/// Integers and i1.
bool isBitsElement(mlir::Type type);

} // namespace azulejo::graph

#endif // AZULEJO_DIALECTS_GRAPH_GRAPHDIMS_H
