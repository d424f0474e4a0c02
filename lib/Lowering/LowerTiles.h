// This file declares what the patterns that lower tiles to scalars share.
#ifndef AZULEJO_LIB_LOWERING_LOWERTILES_H
#define AZULEJO_LIB_LOWERING_LOWERTILES_H

#include "dialects/Tile/TileOps.h"
#include "lib/Lowering/AxisAnalysis.h"
#include "mlir/Transforms/DialectConversion.h"

namespace azulejo::lowering {

/// Turns a tile into the scalars that one thread holds of it, in the order of its registers, and a
/// buffer into its address in shared memory.
class TileTypeConverter : public mlir::TypeConverter {
public:
  TileTypeConverter();
};

/// What the patterns of one kernel share: facts found before the conversion starts, and the shared
/// memory handed out while it runs.
struct KernelContext {
  /// The GPU's compute capability, such as 80.
  int sm = 75;
  /// The number of warps of a CTA.
  unsigned warps = 4;
  /// Widths of accesses in elements, by the load, store or copy that makes them.
  llvm::DenseMap<mlir::Operation *, unsigned> widths;
  /// For loads: bits of the register number that change neither address nor mask.
  llvm::DenseMap<mlir::Operation *, unsigned> repeatedRegisters;
  /// Offsets in shared memory, in bytes, of what a tile.alloc, tile.create_channel or
  /// tile.tmem_alloc has there.
  llvm::DenseMap<mlir::Operation *, int64_t> offsets;
  /// Where reductions exchange partial results between warps, in bytes from the start of shared
  /// memory.
  int64_t scratchOffset = 0;
};

/// Computes which coordinates the running thread's registers hold.
class ThreadCoordinates {
public:
  ThreadCoordinates(mlir::OpBuilder &builder, mlir::Location loc, tile::LayoutAttr layout);

  /// The i32 coordinate along `dim` of register 0.
  mlir::Value base(unsigned dim);
  /// The i32 coordinate along `dim` of register `index`.
  mlir::Value of(unsigned index, unsigned dim);
  /// Whether this thread is the first of those that hold its elements; null if no other does.
  mlir::Value isFirstHolder();
  mlir::Value lane();
  mlir::Value warp();

private:
  mlir::Value contribution(mlir::Value number, tile::LayoutAttr::Level level, unsigned dim);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  tile::LayoutAttr layout;
  llvm::SmallVector<mlir::Value> bases;
  mlir::Value laneId, warpId;
};

/// An i32 constant.
mlir::Value constantI32(mlir::OpBuilder &builder, mlir::Location loc, int64_t value);
/// The address `offset` bytes after the start of the kernel's shared memory.
mlir::Value sharedAddress(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value byteOffset);
/// The type in which an element lies in memory: i8 for i1, else the element itself.
mlir::Type memoryType(mlir::Type element);
/// `value` (i1) as it lies in memory, and back; other types are unchanged.
mlir::Value toMemory(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value);
mlir::Value fromMemory(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value,
                       mlir::Type element);

/// Combines two scalars as a reduction of `kind` does.
mlir::Value combine(mlir::OpBuilder &builder, mlir::Location loc, tile::ReduceKind kind,
                    mlir::Value a, mlir::Value b);

/// Reads up to four adjacent elements at a time: the elements of one access of width `width` at
/// `address`, of type `element`. With `mask` nothing is touched where it is false, and zeros come
/// back.
llvm::SmallVector<mlir::Value> loadGlobal(mlir::OpBuilder &builder, mlir::Location loc,
                                          mlir::Value address, mlir::Type element, unsigned width,
                                          mlir::Value mask);
void storeGlobal(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value address,
                 mlir::ValueRange values, mlir::Value mask);

/// The shared-memory offset in elements of (row, column) in a stage of `buffer`, within the stage.
mlir::Value elementOffset(mlir::OpBuilder &builder, mlir::Location loc, tile::BufferType buffer,
                          mlir::Value row, mlir::Value column);
/// The address of element `offset` of stage `stage` of the buffer at `base`.
mlir::Value stageElement(mlir::OpBuilder &builder, mlir::Location loc, tile::BufferType buffer,
                         mlir::Value base, mlir::Value stage, mlir::Value offset);

void populateElementwisePatterns(const TileTypeConverter &converter,
                                 mlir::RewritePatternSet &patterns);
void populateMemoryPatterns(const TileTypeConverter &converter, const KernelContext &context,
                            mlir::RewritePatternSet &patterns);
void populateSharedPatterns(const TileTypeConverter &converter, const KernelContext &context,
                            mlir::RewritePatternSet &patterns);
void populateReducePatterns(const TileTypeConverter &converter, const KernelContext &context,
                            mlir::RewritePatternSet &patterns);
void populateDotPatterns(const TileTypeConverter &converter, const KernelContext &context,
                         mlir::RewritePatternSet &patterns);
void populateChannelPatterns(const TileTypeConverter &converter, const KernelContext &context,
                             mlir::RewritePatternSet &patterns);
void populateWgmmaPatterns(const TileTypeConverter &converter, const KernelContext &context,
                           mlir::RewritePatternSet &patterns);
void populateTcgen05Patterns(const TileTypeConverter &converter, const KernelContext &context,
                             mlir::RewritePatternSet &patterns);

} // namespace azulejo::lowering

#endif // AZULEJO_LIB_LOWERING_LOWERTILES_H
