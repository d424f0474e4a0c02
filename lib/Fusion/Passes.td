// This file declares the passes of the step Fusion.
#ifndef AZULEJO_FUSION_PASSES
#define AZULEJO_FUSION_PASSES

include "mlir/Pass/PassBase.td"

def FormKernelsPass : Pass<"azulejo-fusion-form-kernels", "::mlir::func::FuncOp"> {
  let summary = "Group operators into kernels";
  let description = [{
    Goes from users to producers. A producer joins the kernel of its users if all of them are in the same one and
    `FusionCost` agrees; otherwise it starts a kernel of its own. Views, transposes, broadcasts and slices are
    repeated in each kernel that uses them: they cost index arithmetic, not memory. Every decision is a remark of the
    category `fusion`.

    Before:
    ```mlir
    %0 = graph.matmul %x, %w : (tensor<8x16xf32>, tensor<16x32xf32>) -> tensor<8x32xf32>
    %1 = graph.add %0, %b : (tensor<8x32xf32>, tensor<32xf32>) -> tensor<8x32xf32>
    ```
    After:
    ```mlir
    %1 = graph.kernel(%x, %w, %b) : (tensor<8x16xf32>, tensor<16x32xf32>, tensor<32xf32>) -> tensor<8x32xf32> {
    ^bb0(%a: tensor<8x16xf32>, %c: tensor<16x32xf32>, %d: tensor<32xf32>):
      %2 = graph.matmul %a, %c : (tensor<8x16xf32>, tensor<16x32xf32>) -> tensor<8x32xf32>
      %3 = graph.add %2, %d : (tensor<8x32xf32>, tensor<32xf32>) -> tensor<8x32xf32>
      graph.yield %3 : tensor<8x32xf32>
    }
    ```
  }];
  let dependentDialects = ["::azulejo::graph::GraphDialect"];
}

#endif // AZULEJO_FUSION_PASSES
