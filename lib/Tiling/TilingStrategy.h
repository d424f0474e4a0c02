// This file declares the choice of schedules and tile sizes, apart from the rewriting.
#ifndef AZULEJO_LIB_TILING_TILINGSTRATEGY_H
#define AZULEJO_LIB_TILING_TILINGSTRATEGY_H

#include "dialects/Graph/GraphOps.h"
#include "lib/Support/Targets.h"

namespace azulejo::tiling {

enum class Schedule {
  Pointwise, ///< a tile of results, each computed from whatever it needs
  Rows,      ///< rows are reduced, and what surrounds the reductions is computed along them
  Gemm,      ///< tiles of two operands in shared memory are multiplied
  Wgmma,     ///< Gemm with TMA and wgmma, by warps with roles
  Tcgen05,   ///< Gemm with TMA and tcgen05, by warps with roles
};

/// How a kernel will be cut, and around which operator.
struct Choice {
  Schedule schedule = Schedule::Pointwise;
  /// The matmul or conv of Gemm, Wgmma and Tcgen05; the first reduction of Rows.
  mlir::Operation *anchor = nullptr;
};

/// `target` may be null: then nothing but the compute capability is known of it. A remark of
/// category `tiling` says why a product gets no wgmma or tcgen05 on a target that has it.
Choice chooseSchedule(graph::KernelOp kernel, const Target *target);

/// Why TMA cannot fetch the operands of `anchor` (a matmul or conv) for tensor cores; empty if it
/// can.
std::string reasonAgainstTma(graph::KernelOp kernel, mlir::Operation *anchor);

/// Elements of a pointwise tile that one thread holds side by side, and the number of warps.
struct PointwiseTile {
  int64_t perThread = 4;
  int64_t warps = 4;
};
PointwiseTile choosePointwiseTile(graph::KernelOp kernel);

/// Rows and columns of a tile of the Rows schedule. If a row may have more columns, the kernel
/// takes it in chunks.
struct RowTile {
  int64_t rows = 1;
  int64_t columns = 128;
  int64_t warps = 4;
  bool chunks = false;
};
/// `columns` is the length of a row, if it is known; `most` its greatest length.
RowTile chooseRowTile(std::optional<int64_t> rows, std::optional<int64_t> columns, int64_t most);

struct GemmTile {
  int64_t m = 64, n = 64, k = 16;
  int64_t warps = 4;
  int64_t stages = 2;
  bool tensorCores = false;
};
/// A tile of Wgmma or Tcgen05: rows, columns, the part of K of one turn, and turns in the ring.
struct TmaTile {
  int64_t m = 128, n = 128, k = 64;
  int64_t stages = 4;
};
TmaTile chooseTmaTile(Schedule schedule, graph::MatmulOp op);

/// What a GPU and its user let Gemm use: the compute capability, and whether f32 may be rounded to
/// tf32.
struct GemmOptions {
  int sm = 75;
  bool allowTf32 = false;
};

/// Sizes are given where they are known.
GemmTile chooseGemmTile(std::optional<int64_t> m, std::optional<int64_t> n,
                        std::optional<int64_t> k, mlir::Type element, const GemmOptions &options);

/// Says in remarks of category `tiling` what becomes of the operators that read many elements for
/// each result: whether tensor cores multiply, and which have no part in the choice, so that each
/// thread computes what it needs of them in a loop.
void remarkOn(graph::KernelOp kernel, const Choice &choice, const GemmOptions &options);

/// Why Gemm multiplies `element` without tensor cores; empty if it uses them.
std::string reasonAgainstTensorCores(mlir::Type element, const GemmOptions &options);

} // namespace azulejo::tiling

#endif // AZULEJO_LIB_TILING_TILINGSTRATEGY_H
