// This file declares the operators of the graph dialect that sum or compare many elements.

#ifndef AZULEJO_DIALECTS_GRAPH_GRAPHCONTRACTIONOPS_TD
#define AZULEJO_DIALECTS_GRAPH_GRAPHCONTRACTIONOPS_TD

include "dialects/Graph/GraphOpBase.td"

def Graph_MatmulOp : Graph_InferredOp<"matmul", [SameOperandsAndResultElementType]> {
  let summary = "Multiply matrices";
  let description = [{
    `result[b, m, n] = sum over k of lhs[b, m, k] * rhs[b, k, n]`

    `lhs` has the shape [..., M, K], or [..., K, M] if `transpose_a` is present. `rhs` has the shape
    [..., K, N], or [..., N, K] if `transpose_b` is present. The leading dimensions are broadcast as those of
    `graph.add`. Floats are accumulated in at least f32, in an unspecified order; integers wrap. With K = 0 the
    result is zero.

    (C1) Both operands have a rank of at least 2.
    (C2) The two K dimensions are provably equal.
    (C3) Aligned leading dimensions are provably equal, or one of them is the constant 1.

    ```mlir
    %y = graph.matmul %a, %b transpose_b
        : (tensor<8x2x4xf32>, tensor<3x4xf32>) -> tensor<8x2x3xf32>
    ```
  }];
  let arguments = (ins Graph_NumericTensor:$lhs, Graph_NumericTensor:$rhs, UnitAttr:$transpose_a,
                   UnitAttr:$transpose_b);
  let results = (outs Graph_NumericTensor:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs (`transpose_a` $transpose_a^)? (`transpose_b` $transpose_b^)? attr-dict
    `:` functional-type(operands, results)
  }];
}

def Graph_ConvOp : Graph_InferredOp<"conv", [SameOperandsAndResultElementType]> {
  let summary = "Convolve";
  let description = [{
    ```
    result[n, o, p...] = sum over c, k... of
        input[n, g * C/group + c, p * stride + k * dilation - pad_begin ...] * weight[o, c, k...]
    ```

    where `g = o / (O/group)` and an input element outside the tensor counts as zero. `input` has the shape
    [N, C, s...], `weight` [O, C/group, k...], with one to three spatial dimensions; `strides`, `dilations`,
    `pads_begin` and `pads_end` have one element for each of them. The size of a spatial dimension of the result is
    `(s + pad_begin + pad_end - dilation * (k - 1) - 1) floordiv stride + 1`. Floats are accumulated in at
    least f32, in an unspecified order; integers wrap. There is no bias: `graph.add` follows.

    (C1) `input` and `weight` have the same rank, 3 to 5.
    (C2) Each attribute has one element per spatial dimension.
    (C3) Strides and dilations are at least 1, pads are not negative.
    (C4) `group` is at least 1.
    (C5) The channels of `input` are provably those of `weight` times `group`.
    (C6) The output channels are static and a multiple of `group`; the kernel is static, at least 1.
    (C7) The window is not larger than the padded input.

    ```mlir
    %y = graph.conv %x, %w strides = [2, 2] dilations = [1, 1] pads_begin = [3, 3] pads_end = [3, 3]
        group = 1 : (tensor<1x3x224x224xf32>, tensor<64x3x7x7xf32>) -> tensor<1x64x112x112xf32>
    ```
  }];
  let arguments = (ins Graph_NumericTensor:$input, Graph_NumericTensor:$weight,
                   DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations,
                   DenseI64ArrayAttr:$pads_begin, DenseI64ArrayAttr:$pads_end, I64Attr:$group);
  let results = (outs Graph_NumericTensor:$result);
  let assemblyFormat = [{
    $input `,` $weight `strides` `=` $strides `dilations` `=` $dilations `pads_begin` `=` $pads_begin
    `pads_end` `=` $pads_end `group` `=` $group attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_PoolOp : Graph_InferredOp<"pool", [SameOperandsAndResultElementType]> {
  let summary = "Take the maximum or average of windows";
  let description = [{
    `result[n, c, p...]` is the maximum or average of the elements `input[n, c, p * stride + k * dilation -
    pad_begin ...]` for all `k` in the kernel. Elements in the padding take no part in a maximum. In an average
    they are zeros that are counted if `count_include_pad` is present, and left out otherwise; positions after
    the end of the padding are never counted. A window with no element gives the lowest value (maximum; -Inf for
    floats) or a NaN (average). A maximum over a NaN is a NaN.

    `input` has the shape [N, C, s...] with one to three spatial dimensions. The size of a spatial dimension of
    the result is `(s + pad_begin + pad_end - dilation * (k - 1) - 1) / stride + 1`, where the quotient is
    rounded down, or up if `ceil_mode` is present; with `ceil_mode` a last window that would start
    after the end of the input (in the end padding) is dropped.

    (C1) `input` has the rank 3 to 5.
    (C2) Each attribute has one element per spatial dimension.
    (C3) Kernel, strides and dilations are at least 1, pads are not negative.
    (C4) A pad is less than the window, which is `dilation * (k - 1) + 1`.
    (C5) The window is not larger than the padded input.
    (C6) An average is of floats.

    ```mlir
    %y = graph.pool max %x kernel = [3, 3] strides = [2, 2] dilations = [1, 1] pads_begin = [1, 1]
        pads_end = [1, 1] : (tensor<1x64x112x112xf32>) -> tensor<1x64x56x56xf32>
    ```
  }];
  let arguments = (ins Graph_PoolKindAttr:$kind, Graph_NumericTensor:$input,
                   DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                   DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pads_begin,
                   DenseI64ArrayAttr:$pads_end, UnitAttr:$ceil_mode, UnitAttr:$count_include_pad);
  let results = (outs Graph_NumericTensor:$result);
  let assemblyFormat = [{
    `` $kind $input `kernel` `=` $kernel `strides` `=` $strides `dilations` `=` $dilations
    `pads_begin` `=` $pads_begin `pads_end` `=` $pads_end (`ceil_mode` $ceil_mode^)?
    (`count_include_pad` $count_include_pad^)? attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_ReduceOp : Graph_InferredOp<"reduce", [SameOperandsAndResultElementType]> {
  let summary = "Combine the elements along some dimensions";
  let description = [{
    `result[i] = combine of input[i, r] for all r` where `r` runs over the dimensions in `axes`. These are
    removed from the result, or kept with size 1 if `keep_dims` is present. With no axes the result is the input.

    - `sum`, `prod`: floats are accumulated in at least f32, in an unspecified order; integers wrap.
    - `mean`: the sum divided by the number of elements; integers toward zero.
    - `max`, `min`: a NaN among the elements gives a NaN.

    Over no elements `sum` is 0, `prod` 1, a float `mean` NaN (an integer one is unspecified), `max` the least
    and `min` the greatest value of the element type (for floats the infinities).

    (C1) `axes` are in ascending order, different, and within the rank of `input`.
    (C2) i1 only with `max` and `min`.

    ```mlir
    %y = graph.reduce mean %x axes = [2, 3] keep_dims
        : (tensor<1x64x7x7xf32>) -> tensor<1x64x1x1xf32>
    ```
  }];
  let arguments = (ins Graph_ReduceKindAttr:$kind, Graph_Tensor:$input, DenseI64ArrayAttr:$axes,
                   UnitAttr:$keep_dims);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    `` $kind $input `axes` `=` $axes (`keep_dims` $keep_dims^)? attr-dict
    `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

#endif // AZULEJO_DIALECTS_GRAPH_GRAPHCONTRACTIONOPS_TD
