// This file declares the passes of the step Tiling.
#ifndef AZULEJO_TILING_PASSES
#define AZULEJO_TILING_PASSES

include "mlir/Pass/PassBase.td"

def TileKernelsPass : Pass<"azulejo-tiling-tile-kernels", "::mlir::ModuleOp"> {
  let summary = "Cut each kernel into tiles";
  let description = [{
    Chooses a schedule for each `graph.kernel` (TilingStrategy), builds its program on tiles in a `gpu.module`, and puts
    a `tile.dispatch` in its place. Kernels that are equal become one module.

    Before:
    ```mlir
    %y = graph.kernel(%x) : (tensor<1000xf32>) -> tensor<1000xf32> {
    ^bb0(%a: tensor<1000xf32>):
      %t = graph.tanh %a : (tensor<1000xf32>) -> tensor<1000xf32>
      graph.yield %t : tensor<1000xf32>
    }
    ```
    After:
    ```mlir
    %y = tile.dispatch @pointwise_0(%x) : (tensor<1000xf32>) -> tensor<1000xf32> grid #graph.dims<2, 1, 1> scalars #graph.dims<>
    …
    gpu.module @pointwise_0 attributes {tile.chip = "sm_80", tile.warps = 4 : i32} {
      func.func @pointwise_0(%x: !llvm.ptr<1>, %y: !llvm.ptr<1>) {
        …
        %v = tile.load %x[%offsets] mask %m : tensor<512xf32, #layout>
        %t = math.tanh %v : tensor<512xf32, #layout>
        tile.store %t, %y[%offsets] mask %m : tensor<512xf32, #layout>
    ```
  }];
  let options = [Option<"sm", "sm", "int", "75", "the compute capability to cut for">,
                 Option<"chip", "chip", "std::string", "\"\"",
                        "the target's name, such as sm_90a: what only it has is used">,
                 Option<"allowTf32", "allow-tf32", "bool", "false",
                        "tensor cores may round the f32 operands of a product to tf32">];
  let dependentDialects = ["::azulejo::graph::GraphDialect", "::azulejo::tile::TileDialect",
                           "::mlir::gpu::GPUDialect", "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect", "::mlir::scf::SCFDialect",
                           "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect"];
}

#endif // AZULEJO_TILING_PASSES
