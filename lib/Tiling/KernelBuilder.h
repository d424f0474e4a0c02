// This file declares the builder of one kernel: its parameters, and arithmetic on tiles and
// scalars.
#ifndef AZULEJO_LIB_TILING_KERNELBUILDER_H
#define AZULEJO_LIB_TILING_KERNELBUILDER_H

#include "dialects/Graph/GraphOps.h"
#include "dialects/Tile/TileOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace azulejo::tiling {

/// The shape and layout that tiles of a computation have.
struct Space {
  llvm::SmallVector<int64_t> shape;
  tile::LayoutAttr layout;

  mlir::RankedTensorType of(mlir::Type element) const {
    return tile::tileType(shape, element, layout);
  }
};

/// Builds the function of a kernel. Numbers are i32: a scalar where all threads agree, else a tile;
/// the arithmetic takes both and spreads scalars as needed.
class KernelBuilder {
public:
  /// Starts a function `name` in `module` for the graph.kernel `source`: a pointer for each input,
  /// and one for the result.
  KernelBuilder(mlir::gpu::GPUModuleOp module, llvm::StringRef name, graph::KernelOp source);

  mlir::OpBuilder &ir() { return builder; }
  mlir::Location loc() const { return location; }
  void setLoc(mlir::Location loc) { location = loc; }
  graph::KernelOp source() { return kernel; }

  /// The address of an input of the kernel, or of its result.
  mlir::Value pointerOf(mlir::BlockArgument argument) {
    return function.getArgument(argument.getArgNumber());
  }
  mlir::Value resultPointer() { return function.getArgument(kernel.getInputs().size()); }

  /// The address of a tensor map, a parameter of its own that the host makes for each call.
  mlir::Value tensorMap(tile::TensorMapAttr map);
  /// The tensor maps, in the order of the parameters.
  llvm::ArrayRef<mlir::Attribute> tensorMaps() const { return maps; }

  /// The value of a dimension: a constant, or a parameter that the host computes.
  mlir::Value dim(mlir::AffineExpr expr);
  mlir::Value constant(int64_t value);
  /// Whether tiles of `size` cover a dimension without a rest, and the dimension is not empty.
  bool isMultipleOf(mlir::AffineExpr dim, int64_t size);
  /// The expressions whose values the host passes, in the order of the parameters.
  llvm::ArrayRef<mlir::AffineExpr> scalars() const { return parameters; }

  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  /// Quotient and remainder of numbers that are not negative.
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value rem(mlir::Value a, mlir::Value b);
  mlir::Value compare(mlir::arith::CmpIPredicate predicate, mlir::Value a, mlir::Value b);
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  /// Both hold; null means "always".
  mlir::Value both(mlir::Value a, mlir::Value b);
  /// Whether `coordinate` is at least 0 and less than `size`.
  mlir::Value within(mlir::Value coordinate, mlir::AffineExpr size);

  mlir::Value coordinate(const Space &space, unsigned dim);
  mlir::Value programId(unsigned axis);
  /// `value` as a tile of `space`: scalars are spread, tiles of size 1 repeated.
  mlir::Value fit(mlir::Value value, const Space &space);

  std::optional<int64_t> constantOf(mlir::Value value) const;

  /// Ends the function.
  void finish();

private:
  void unify(mlir::Value &a, mlir::Value &b);

  graph::KernelOp kernel;
  mlir::func::FuncOp function;
  mlir::OpBuilder builder;
  mlir::Location location;
  llvm::SmallVector<mlir::AffineExpr> parameters;
  llvm::SmallVector<mlir::Attribute> maps;
  llvm::DenseMap<int64_t, mlir::Value> constants;
};

/// The element type that tiles use for a graph element type: integers are signless.
mlir::Type tileElement(mlir::Type graphElement);
/// The dimensions of a graph tensor.
llvm::SmallVector<mlir::AffineExpr> dimsOf(mlir::Value tensor);

} // namespace azulejo::tiling

#endif // AZULEJO_LIB_TILING_KERNELBUILDER_H
