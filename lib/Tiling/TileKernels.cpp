// This file turns each graph.kernel into a kernel of the tile dialect and its dispatch.
#include "lib/Tiling/Schedules.h"
#include "lib/Tiling/Tiling.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/StringMap.h"

namespace azulejo::tiling {
#define GEN_PASS_DEF_TILEKERNELSPASS
#include "lib/Tiling/Passes.h.inc"
} // namespace azulejo::tiling

using namespace mlir;
using namespace azulejo;
using namespace azulejo::tiling;

/// Refuses what no lowering exists for, at the node that asks for it.
static LogicalResult checkSupported(graph::KernelOp kernel) {
  for (Operation &op : kernel.getBody().front()) {
    bool needsF32 = isa<graph::TanhOp, graph::ErfOp, graph::SinOp, graph::CosOp, graph::PowOp>(op);
    if (needsF32 && cast<RankedTensorType>(op.getResult(0).getType()).getElementType().isF64())
      return op.emitError() << "no kernel computes '" << op.getName()
                            << "' in f64, expected f16, bf16 or f32; cast its operands to f32";
  }
  return success();
}

namespace {
/// A kernel that was built, and how it is launched.
struct TiledKernel {
  gpu::GPUModuleOp module;
  graph::DimsAttr grid, scalars;
  ArrayAttr tensorMaps;
};

struct TileKernelsPass : azulejo::tiling::impl::TileKernelsPassBase<TileKernelsPass> {
  using TileKernelsPassBase::TileKernelsPassBase;

  void runOnOperation() override {
    SmallVector<graph::KernelOp> kernels;
    getOperation().walk([&](graph::KernelOp kernel) { kernels.push_back(kernel); });
    for (graph::KernelOp kernel : kernels) {
      if (failed(checkSupported(kernel)))
        return signalPassFailure();
      Choice choice = choose(kernel);
      auto [found, isNew] = built.try_emplace(textOf(kernel));
      if (isNew)
        found->second = build(kernel, choice);
      dispatch(kernel, found->second);
    }
  }

private:
  /// Kernels with the same text are the same kernel, wherever in the model they stand.
  static std::string textOf(graph::KernelOp kernel) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    OpPrintingFlags flags;
    flags.useLocalScope().skipRegions(false);
    for (Type type : kernel.getOperandTypes())
      stream << type << ",";
    for (Operation &op : kernel.getBody().front()) {
      op.print(stream, flags);
      stream << "\n";
    }
    return text;
  }

  std::string nameFor(const Choice &choice) {
    std::string kind = choice.schedule == Schedule::Pointwise ? "pointwise"
                       : choice.schedule == Schedule::Rows    ? "rows"
                       : isa<graph::ConvOp>(choice.anchor)    ? "conv"
                                                              : "matmul";
    return kind + "_" + std::to_string(count++);
  }

  /// Chooses for every kernel, also where an equal one is built: remarks are about its own nodes.
  Choice choose(graph::KernelOp kernel) {
    Choice choice = chooseSchedule(kernel, findTarget(chip));
    if (choice.schedule == Schedule::Rows &&
        !canBuildRows(kernel, cast<graph::ReduceOp>(choice.anchor)))
      choice = {};
    remarkOn(kernel, choice, {sm, allowTf32});
    return choice;
  }

  TiledKernel build(graph::KernelOp kernel, const Choice &choice) {
    std::string name = nameFor(choice);
    OpBuilder builder = OpBuilder::atBlockEnd(getOperation().getBody());
    auto module = gpu::GPUModuleOp::create(builder, kernel.getLoc(), name);
    KernelBuilder tiles(module, name, kernel);
    int64_t warps = 4;
    SmallVector<AffineExpr> grid;
    switch (choice.schedule) {
    case Schedule::Pointwise:
      grid = buildPointwise(tiles);
      break;
    case Schedule::Rows:
      grid = buildRows(tiles, cast<graph::ReduceOp>(choice.anchor));
      break;
    case Schedule::Gemm:
      grid = buildGemm(tiles, choice.anchor, {sm, allowTf32}, warps);
      break;
    case Schedule::Wgmma:
      grid = buildWgmma(tiles, cast<graph::MatmulOp>(choice.anchor), warps);
      break;
    case Schedule::Tcgen05:
      grid = buildTcgen05(tiles, cast<graph::MatmulOp>(choice.anchor), warps);
      break;
    }
    tiles.finish();
    module->setAttr("tile.warps", builder.getI32IntegerAttr(warps));
    module->setAttr("tile.chip", builder.getStringAttr(chipFor(choice.schedule)));
    return {module, graph::DimsAttr::get(&getContext(), grid),
            graph::DimsAttr::get(&getContext(), tiles.scalars()),
            tiles.tensorMaps().empty() ? ArrayAttr() : builder.getArrayAttr(tiles.tensorMaps())};
  }

  /// The oldest chip whose PTX serves. Most schedules use nothing newer than cp.async: every later
  /// GPU loads what sm_80 loads.
  std::string chipFor(Schedule schedule) const {
    if (schedule == Schedule::Wgmma || schedule == Schedule::Tcgen05)
      return chip;
    return sm >= 80 ? "sm_80" : "sm_75";
  }

  static void dispatch(graph::KernelOp kernel, TiledKernel &tiled) {
    OpBuilder builder(kernel);
    auto name = FlatSymbolRefAttr::get(builder.getContext(), tiled.module.getName());
    auto dispatch =
        tile::DispatchOp::create(builder, kernel.getLoc(), kernel->getResultTypes(), name,
                                 tiled.grid, kernel.getInputs(), tiled.scalars, tiled.tensorMaps);
    kernel.getResult().replaceAllUsesWith(dispatch.getOutputs().front());
    kernel.erase();
  }

  llvm::StringMap<TiledKernel> built;
  unsigned count = 0;
};
} // namespace
