// This file declares the operators that group others into kernels.

#ifndef AZULEJO_DIALECTS_GRAPH_GRAPHKERNELOPS_TD
#define AZULEJO_DIALECTS_GRAPH_GRAPHKERNELOPS_TD

include "dialects/Graph/GraphOpBase.td"
include "mlir/IR/RegionKindInterface.td"

def Graph_KernelOp : Graph_Op<"kernel", [IsolatedFromAbove, SingleBlock]> {
  let summary = "Compute a group of operators in one GPU kernel";
  let description = [{
    The operators of `body` become one kernel: what lies between them never reaches memory. The body's
    arguments are the `inputs`, its `graph.yield` gives the result. Made by the step Fusion, taken apart by
    Tiling; it changes nothing about what the operators mean.

    (C1) The body's arguments have the types of the inputs.
    (C2) The yielded value has the type of the result.

    ```mlir
    %y = graph.kernel(%x) : (tensor<8x16xf32>) -> tensor<8x16xf32> {
    ^bb0(%a: tensor<8x16xf32>):
      %t = graph.tanh %a : (tensor<8x16xf32>) -> tensor<8x16xf32>
      %n = graph.neg %t : (tensor<8x16xf32>) -> tensor<8x16xf32>
      graph.yield %n : tensor<8x16xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<Graph_Tensor>:$inputs);
  let results = (outs Graph_Tensor:$result);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "`(` $inputs `)` attr-dict `:` functional-type(operands, results) $body";
  let hasVerifier = 1;
}

def Graph_YieldOp : Graph_Op<"yield", [Terminator, HasParent<"KernelOp">]> {
  let summary = "Give the result of a kernel";
  let description = [{
    Ends the body of a `graph.kernel`.

    ```mlir
    %y = graph.kernel(%x) : (tensor<8x16xf32>) -> tensor<8x16xf32> {
    ^bb0(%a: tensor<8x16xf32>):
      %t = graph.tanh %a : (tensor<8x16xf32>) -> tensor<8x16xf32>
      graph.yield %t : tensor<8x16xf32>
    }
    ```
  }];
  let arguments = (ins Graph_Tensor:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

#endif // AZULEJO_DIALECTS_GRAPH_GRAPHKERNELOPS_TD
