// This file describes the passes of Simplify: graph to graph, nothing of a target.

#ifndef AZULEJO_LIB_SIMPLIFY_PASSES_TD
#define AZULEJO_LIB_SIMPLIFY_PASSES_TD

include "mlir/Pass/PassBase.td"

def FoldConstantsPass : Pass<"azulejo-simplify-fold-constants", "::mlir::func::FuncOp"> {
  let summary = "Evaluate operators whose operands are all constants";
  let description = [{
    Replaces an operator on constants by what Reference computes for it. A result may take at most `byte-budget`
    bytes, and not more than four times the bytes of its operands plus 64 KiB: a constant that is a small tensor
    repeated costs less to repeat in a kernel than to store. For the same reason a `graph.broadcast` that goes beyond
    that stays, even of a splat. Splats stay splats.

    Before:
    ```mlir
    %0 = graph.constant dense<[4.0, 9.0]> : tensor<2xf32>
    %1 = graph.constant dense<0.5> : tensor<2xf32>
    %2 = graph.sqrt %0 : (tensor<2xf32>) -> tensor<2xf32>
    %3 = graph.mul %2, %1 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    ```
    After:
    ```mlir
    %0 = graph.constant dense<[1.0, 1.5]> : tensor<2xf32>
    ```

    Numbers can change in their last digit, since Reference computes in more bits than a kernel.
  }];
  let options = [
    Option<"byteBudget", "byte-budget", "int64_t", /*default=*/"67108864",
           "The most bytes of one folded result">
  ];
  let statistics = [
    Statistic<"folded", "folded", "Number of operators folded">,
    Statistic<"tooLarge", "too-large", "Number of operators left because of their size">
  ];
}

def FoldConvScalePass : Pass<"azulejo-simplify-fold-conv-scale", "::mlir::func::FuncOp"> {
  let summary = "Fold constant factors per channel into the weights of convolutions and matmuls";
  let description = [{
    A `graph.conv` or `graph.matmul` of floats with a constant weight that nothing else uses, followed by a chain of
    additions, subtractions, multiplications and divisions by constants that differ at most per output channel
    (last dimension of a matmul), becomes the same with other weights and at most one addition. This is what
    batch normalization turns into. The constants may be reshaped or broadcast, such as 1xCx1x1.

    Before:
    ```mlir
    %0 = graph.conv %x, %w strides = [1] dilations = [1] pads_begin = [0] pads_end = [0] group = 1
        : (tensor<1x2x8xf32>, tensor<3x2x1xf32>) -> tensor<1x3x8xf32>
    %1 = graph.sub %0, %mean : (tensor<1x3x8xf32>, tensor<1x3x1xf32>) -> tensor<1x3x8xf32>
    %2 = graph.mul %1, %scale : (tensor<1x3x8xf32>, tensor<1x3x1xf32>) -> tensor<1x3x8xf32>
    ```
    After:
    ```mlir
    %0 = graph.conv %x, %w_times_scale strides = [1] dilations = [1] pads_begin = [0] pads_end = [0] group = 1
        : (tensor<1x2x8xf32>, tensor<3x2x1xf32>) -> tensor<1x3x8xf32>
    %1 = graph.add %0, %minus_mean_times_scale : (tensor<1x3x8xf32>, tensor<1x3x1xf32>) -> tensor<1x3x8xf32>
    ```

    Numbers change by rounding. Nothing is folded if a new weight or summand would not be finite.
  }];
  let statistics = [
    Statistic<"folded", "folded", "Number of operators folded into weights or summands">
  ];
}

#endif // AZULEJO_LIB_SIMPLIFY_PASSES_TD
