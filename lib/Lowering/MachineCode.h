// This file declares what the lowerings of channels, wgmma and tcgen05 share.
#ifndef AZULEJO_LIB_LOWERING_MACHINECODE_H
#define AZULEJO_LIB_LOWERING_MACHINECODE_H

#include "lib/Lowering/LowerTiles.h"

namespace azulejo::lowering {

/// Emits `text` as assembly that returns `tied` anew: output `i` is input `i` in the same register,
/// so nothing that uses a result can move before the instruction, and nothing that made an input
/// after it. In `text` the outputs are $0…, then come `inputs` with the letters of `constraints`.
llvm::SmallVector<mlir::Value> tiedAssembly(mlir::OpBuilder &builder, mlir::Location loc,
                                            llvm::StringRef text, mlir::ValueRange tied,
                                            mlir::ValueRange inputs = {},
                                            llvm::ArrayRef<char> constraints = {});

/// The generation of tensor cores that reads a descriptor.
enum class DescriptorKind { Wgmma, Tcgen05 };

/// A matrix in shared memory as wgmma and tcgen05 read it: one stage of a ring with TMA's 128-byte
/// swizzle.
class MatrixDescriptor {
public:
  /// `kDim` is the dimension of the buffer that is summed over: 1 for A, 0 for B. The matrix starts
  /// at `offset` (i32) along the other dimension; null: at 0.
  MatrixDescriptor(mlir::OpBuilder &builder, mlir::Location loc, DescriptorKind kind,
                   tile::BufferType buffer, unsigned kDim, mlir::Value base, mlir::Value stage,
                   mlir::Value offset = {});

  /// Whether the elements along K are neighbours.
  bool alongK() const { return buffer.getSwizzle().getMinor() == kDim; }
  /// The descriptor (i64) of the part that starts at `k`, a multiple of 16.
  mlir::Value at(int64_t k);

private:
  int64_t byteOffsetOf(int64_t k) const;
  uint64_t fixedBits(DescriptorKind kind) const;

  mlir::OpBuilder &builder;
  mlir::Location loc;
  tile::BufferType buffer;
  unsigned kDim;
  mlir::Value start;
};

/// `value` plus a constant, of any integer type.
mlir::Value addConstant(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value,
                        int64_t constant);
/// The address of the full or empty barrier of `stage`.
mlir::Value barrierAddress(mlir::OpBuilder &builder, mlir::Location loc, tile::ChannelType channel,
                           mlir::Value base, mlir::Value stage, bool empty);

} // namespace azulejo::lowering

#endif // AZULEJO_LIB_LOWERING_MACHINECODE_H
