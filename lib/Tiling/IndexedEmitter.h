// This file declares the emitter that computes any value of a kernel's body at given coordinates.
#ifndef AZULEJO_LIB_TILING_INDEXEDEMITTER_H
#define AZULEJO_LIB_TILING_INDEXEDEMITTER_H

#include "lib/Tiling/KernelBuilder.h"

#include <deque>
#include <map>

namespace azulejo::tiling {

/// Which elements of a tensor a tile stands for: one coordinate for each of the tensor's
/// dimensions, or the position in C order, or both. What is missing is computed when it is asked
/// for.
struct Index {
  Space space;
  llvm::SmallVector<mlir::AffineExpr> dims;
  llvm::SmallVector<mlir::Value> coordinates;
  mlir::Value linear;
};

/// Where an operand that is only moved, not computed, lies in memory.
struct Access {
  mlir::Value base, offsets, mask;
};

/// Computes values of a graph.kernel's body at an index, from its inputs. Index arithmetic runs
/// backwards through movements; elementwise operators become arith and math; what needs many
/// elements of an operand becomes a loop of each thread, unless its value was given by `define`.
/// Each value is computed once for each index and mask.
class IndexedEmitter {
public:
  explicit IndexedEmitter(KernelBuilder &kernel) : kernel(kernel) { scopes.emplace_back(); }

  /// The index with these coordinates; `linear`, if given, is their position in C order.
  Index *indexOf(const Space &space, llvm::ArrayRef<mlir::AffineExpr> dims,
                 llvm::ArrayRef<mlir::Value> coordinates, mlir::Value linear = {});
  Index *linearIndex(const Space &space, llvm::ArrayRef<mlir::AffineExpr> dims, mlir::Value linear);

  /// `value` at `index`, as a tile of the index's space. Where `mask` (null: nowhere) is false
  /// nothing is read and the result is unspecified.
  mlir::Value emit(mlir::Value value, Index *index, mlir::Value mask);

  /// Finds the memory behind `value` if it is an input that is only moved.
  std::optional<Access> access(mlir::Value value, Index *index, mlir::Value mask);

  /// Says that `value` at `index` is `tile`.
  void define(mlir::Value value, Index *index, mlir::Value tile);

  /// Says that `full` (a coordinate or mask of a space) repeats `row` of a smaller space.
  void repeats(mlir::Value full, mlir::Value row) { rowForms[full] = row; }

  llvm::ArrayRef<mlir::Value> coordinatesOf(Index *index);
  mlir::Value linearOf(Index *index);

  /// Everything emitted between these two calls is inside a region and forgotten after it.
  void enterRegion() { scopes.emplace_back(); }
  void leaveRegion();

  /// The value with which a reduction starts: 0 for sums, and so on.
  mlir::Value neutral(graph::ReduceKind kind, mlir::RankedTensorType type, bool isUnsigned);
  /// Combines two tiles as the reduction does.
  mlir::Value combine(graph::ReduceKind kind, mlir::Value a, mlir::Value b, bool isUnsigned);
  /// A reduction in steps: its start, the next part, and what remains to be done with the sum.
  mlir::Value reductionStart(graph::ReduceOp op, const Space &space);
  mlir::Value combineInto(graph::ReduceOp op, mlir::Value sum, mlir::Value part, bool isUnsigned);
  mlir::Value finishReduction(graph::ReduceOp op, mlir::Value sum);

  /// A loop of `count` turns that carries tiles; `body` gets the turn and what is carried, and
  /// returns what is carried on.
  using LoopBody =
      llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value, mlir::ValueRange)>;
  llvm::SmallVector<mlir::Value> loop(mlir::Value count, llvm::ArrayRef<mlir::Value> initial,
                                      LoopBody body);

private:
  struct Scope {
    std::map<std::tuple<void *, Index *, void *>, mlir::Value> values;
    llvm::SmallVector<Index *> computedLinear, computedCoordinates;
    std::map<std::vector<const void *>, Index *> indices;
  };

  Index *intern(const Index &index, llvm::ArrayRef<mlir::Value> key);
  Index *findIndex(const std::vector<const void *> &key);
  mlir::Value known(mlir::Value value, Index *index, mlir::Value mask);
  mlir::Value compute(mlir::Value value, Index *index, mlir::Value mask);
  mlir::Value load(const Access &access, mlir::Type element, const Space &space);

  Index *broadcastIndex(mlir::RankedTensorType operand, Index *index);
  Index *reshapeIndex(graph::ReshapeOp op, Index *index);
  Index *transposeIndex(graph::TransposeOp op, Index *index);
  Index *sliceIndex(graph::SliceOp op, Index *index);
  /// The same index in the smaller space, if all it depends on repeats there.
  Index *shrink(Index *index, mlir::Value &mask);

  mlir::Value emitElementwise(mlir::Operation *op, Index *index, mlir::Value mask);
  mlir::Value emitConcat(graph::ConcatOp op, Index *index, mlir::Value mask);
  mlir::Value emitPad(graph::PadOp op, Index *index, mlir::Value mask);
  mlir::Value padCoordinate(graph::PadOp op, mlir::Value coordinate, unsigned dim,
                            mlir::Value &inside);
  mlir::Value emitGather(graph::GatherOp op, Index *index, mlir::Value mask);
  mlir::Value emitDimValues(graph::DimValuesOp op, Index *index);
  mlir::Value emitConstant(graph::ConstantOp op, Index *index);

  mlir::Value emitPool(graph::PoolOp op, Index *index, mlir::Value mask);
  mlir::Value emitConv(graph::ConvOp op, Index *index, mlir::Value mask);
  mlir::Value emitMatmul(graph::MatmulOp op, Index *index, mlir::Value mask);
  mlir::Value emitReduce(graph::ReduceOp op, Index *index, mlir::Value mask);

  KernelBuilder &kernel;
  std::deque<Index> storage;
  std::deque<Scope> scopes;
  llvm::DenseMap<mlir::Value, mlir::Value> rowForms;
};

/// The arith or math operations of an elementwise graph operator on tiles of one space.
mlir::Value emitScalarOperator(mlir::OpBuilder &builder, mlir::Location loc, mlir::Operation *op,
                               llvm::ArrayRef<mlir::Value> operands, mlir::Type resultType);

/// The type in which sums of `element` are kept: f32 for narrower floats.
mlir::Type accumulatorType(mlir::Type element);
/// Converts a float tile to `element`, or returns it as it is.
mlir::Value convertFloat(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value,
                         mlir::Type element);

/// C-order strides of `dims`.
llvm::SmallVector<mlir::AffineExpr> stridesOf(llvm::ArrayRef<mlir::AffineExpr> dims,
                                              mlir::MLIRContext *context);
/// The coordinates of position `linear` in a tensor of `dims`.
llvm::SmallVector<mlir::Value> delinearize(KernelBuilder &kernel, mlir::Value linear,
                                           llvm::ArrayRef<mlir::AffineExpr> dims);

} // namespace azulejo::tiling

#endif // AZULEJO_LIB_TILING_INDEXEDEMITTER_H
