// This file declares the operators of the graph dialect that make, move and index elements.

#ifndef AZULEJO_DIALECTS_GRAPH_GRAPHSHAPEOPS_TD
#define AZULEJO_DIALECTS_GRAPH_GRAPHSHAPEOPS_TD

include "dialects/Graph/GraphOpBase.td"

def Graph_ConstantOp : Graph_InferredOp<"constant", [ConstantLike]> {
  let summary = "Produce a constant";
  let description = [{
    `result[i] = value[i]`. Constants of more than 1 KiB are resources, so that their bytes are kept once,
    aligned to 64, and never copied; i1 constants are always dense.

    (C1) `value` has the type of `result`, which is static.

    ```mlir
    %y = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "attr-dict $value";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Graph_DimValuesOp : Graph_InferredOp<"dim_values"> {
  let summary = "Produce a vector of dimension expressions";
  let description = [{
    `result[i] = dims[i]`, evaluated for the dimensions of the call.

    ```mlir
    %y = graph.dim_values <batch, 3, w floordiv 2> : tensor<3xi64>
    ```
  }];
  let arguments = (ins Graph_DimsAttr:$dims);
  let results = (outs Graph_IntTensor:$result);
  let assemblyFormat = "$dims attr-dict `:` type($result)";
}

def Graph_ReshapeOp : Graph_Op<"reshape", [SameOperandsAndResultElementType]> {
  let summary = "Give the elements another shape";
  let description = [{
    The elements of `result` in C order (last dimension fastest) are those of `input` in C order.

    (C1) `input` and `result` provably have the same number of elements.

    ```mlir
    %y = graph.reshape %x : (tensor<?x2x4xf32, #graph.dims<batch, 2, 4>>)
        -> tensor<?x8xf32, #graph.dims<batch, 8>>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Graph_TransposeOp : Graph_InferredOp<"transpose", [SameOperandsAndResultElementType]> {
  let summary = "Permute the dimensions";
  let description = [{
    `result[i_perm[0], i_perm[1], ...] = input[i_0, i_1, ...]`: dimension `d` of the result is dimension
    `perm[d]` of `input`.

    (C1) `perm` is a permutation of the dimensions of `input`.

    ```mlir
    %y = graph.transpose %x perm = [0, 2, 1] : (tensor<2x3x4xf32>) -> tensor<2x4x3xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, DenseI64ArrayAttr:$perm);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input `perm` `=` $perm attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def Graph_BroadcastOp : Graph_Op<"broadcast", [SameOperandsAndResultElementType]> {
  let summary = "Repeat a tensor to a larger shape";
  let description = [{
    The dimensions are aligned at the last one. `result[..., i, ...] = input[..., i or 0, ...]`: a dimension of
    `input` that is missing, or the constant 1, is repeated.

    (C1) The rank of `input` is at most that of `result`.
    (C2) Each dimension of `input` is the constant 1 or provably equal to its aligned dimension of `result`.

    ```mlir
    %y = graph.broadcast %x : (tensor<3x1xf32>) -> tensor<2x3x4xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Graph_SliceOp : Graph_Op<"slice", [SameOperandsAndResultElementType]> {
  let summary = "Take a regular part of a tensor";
  let description = [{
    `result[i_0, i_1, ...] = input[start_0 + i_0 * steps[0], start_1 + i_1 * steps[1], ...]` where `start_d` is
    `starts[d]`, or `starts[d]` plus the dimension of `input` if it is negative: -1 is the last element. A step
    may be negative. The sizes are those of `result`.

    (C1) `starts`, `steps`, `input` and `result` have the same rank.
    (C2) No step is zero.
    (C3) No element that is read can be shown to lie outside `input`.

    ```mlir
    %y = graph.slice %x starts = [0, -1] steps = [1, -2] : (tensor<4x5xf32>) -> tensor<4x3xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, DenseI64ArrayAttr:$starts, DenseI64ArrayAttr:$steps);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $input `starts` `=` $starts `steps` `=` $steps attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Graph_ConcatOp : Graph_InferredOp<"concat", [SameOperandsAndResultElementType]> {
  let summary = "Join tensors along a dimension";
  let description = [{
    `result` holds the elements of each operand in turn along dimension `axis`, whose size is the sum of those
    of the operands.

    (C1) There is at least one operand, and all have the same rank.
    (C2) `axis` is within that rank.
    (C3) All dimensions but `axis` are provably equal.

    ```mlir
    %y = graph.concat %a, %b axis = 1 : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<2x7xf32>
    ```
  }];
  let arguments = (ins Variadic<Graph_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$inputs `axis` `=` $axis attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def Graph_PadOp : Graph_InferredOp<"pad"> {
  let summary = "Add or remove elements at the borders";
  let description = [{
    Dimension `d` of the result has `low[d]` elements before and `high[d]` after those of `input`; a negative
    number removes elements. What is removed goes first, then

    - `constant`: a new element is `value`, or zero where there is no `value`;
    - `edge`: the nearest element of what is left;
    - `reflect`: the elements of what is left mirrored at its border, which is not repeated itself.

    (C1) `low` and `high` have one element per dimension of `input`.
    (C2) `value`, only with `constant`, has rank 0 and the element type of `input`.
    (C3) What is left of a static dimension is not negative in size; with `edge` at least 1, with `reflect`
    greater than each pad, where that can be decided.

    ```mlir
    %y = graph.pad constant %x, %v low = [0, 1] high = [0, 2]
        : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x6xf32>
    ```
  }];
  let arguments = (ins Graph_PadModeAttr:$mode, Graph_Tensor:$input, Optional<Graph_Tensor>:$value,
                   DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    `` $mode $input (`,` $value^)? `low` `=` $low `high` `=` $high attr-dict
    `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_GatherOp : Graph_InferredOp<"gather"> {
  let summary = "Take slices by index";
  let description = [{
    `result[a..., i..., b...] = data[a..., indices[i...], b...]` where `indices[i...]` stands at dimension
    `axis` of `data`. An index may be negative: -1 is the last. An index outside of the dimension is an error in
    the Reference evaluation and unspecified elsewhere, but reads nothing outside of `data`.

    (C1) `axis` is within the rank of `data`.
    (C2) `indices` are i32 or i64.

    ```mlir
    %y = graph.gather %data, %indices axis = 1
        : (tensor<2x9x4xf32>, tensor<3x5xi64>) -> tensor<2x3x5x4xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$data, Graph_IntTensor:$indices, I64Attr:$axis);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $data `,` $indices `axis` `=` $axis attr-dict `:` functional-type(operands, results)
  }];
}

#endif // AZULEJO_DIALECTS_GRAPH_GRAPHSHAPEOPS_TD
