// Each numbered constraint of the graph dialect has a diagnostic.
// RUN: azulejo-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{dimension 0 is ? but its expression is 3}}
func.func @dims_constant_for_dynamic(%x: tensor<?xf32, #graph.dims<3>>) { return }

// -----

// expected-error @+1 {{dimension 0 is 4 but its expression is n}}
func.func @dims_symbol_for_static(%x: tensor<4xf32, #graph.dims<n>>) { return }

// -----

// expected-error @+1 {{expected one dimension expression for each of the 2 dimensions, got: 1}}
func.func @dims_wrong_rank(%x: tensor<?x?xf32, #graph.dims<n>>) { return }

// -----

// expected-error @+1 {{a static shape takes no dimension expressions}}
func.func @dims_of_static(%x: tensor<4xf32, #graph.dims<4>>) { return }

// -----

// expected-error @+1 {{expected an integer, a symbol name or a parenthesis}}
func.func @dims_syntax(%x: tensor<?xf32, #graph.dims<n + >>) { return }

// -----

// expected-error @+1 {{coefficients of the dimension expression are larger than 2^53}}
func.func @dims_overflow(%x: tensor<?xf32, #graph.dims<4611686018427387904 * n * 4>>) { return }

// -----

func.func @too_many_elements(%x: tensor<4294967296x4294967296xf32>) {
  // expected-error @+1 {{operand #0 must be graph tensor of any element type}}
  %0 = graph.reshape %x : (tensor<4294967296x4294967296xf32>) -> tensor<0xf32>
  return
}

// -----

// expected-error @+1 {{expected a divisor of at least 1, got: 0}}
module attributes {graph.symbols = {n = #graph.range<1, 2, 0>}} {}

// -----

// expected-error @+1 {{expected 0 <= min <= max, got: 3 and 2}}
module attributes {graph.symbols = {n = #graph.range<3, 2, 1>}} {}

// -----

// expected-error @+1 {{expected a #graph.range for symbol "n", got: 3 : i64}}
module attributes {graph.symbols = {n = 3}} {}

// -----

// expected-error @+1 {{expected graph.name to be a string, got: 1 : i64}}
func.func @name_no_string(%x: tensor<4xf32> {graph.name = 1}) { return }

// -----

func.func @no_encoding(%x: tensor<?xf32>) {
  // expected-error @+1 {{operand #0 must be graph tensor of floats or integers (not i1), but got 'tensor<?xf32>'}}
  %0 = graph.neg %x : (tensor<?xf32>) -> tensor<?xf32>
  return
}

// -----

func.func @element_type(%x: tensor<4xi1>) {
  // expected-error @+1 {{operand #0 must be graph tensor of f16, bf16, f32 or f64, but got 'tensor<4xi1>'}}
  %0 = graph.exp %x : (tensor<4xi1>) -> tensor<4xi1>
  return
}

// -----

func.func @unary_result(%x: tensor<4xf32>) {
  // expected-error @below {{op inferred type(s) 'tensor<4xf32>' are incompatible with return type(s) of operation 'tensor<5xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.neg %x : (tensor<4xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @add_c1_static(%a: tensor<2x3xf32>, %b: tensor<2xf32>) {
  // expected-error @below {{dimensions 3 and 2 do not broadcast}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.add %a, %b : (tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @add_c1_symbolic(%a: tensor<?xf32, #graph.dims<n>>, %b: tensor<?xf32, #graph.dims<m>>) {
  // expected-error @below {{cannot prove that dimensions n and m are equal; fix the sizes with --dim, or say what they are multiples of}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.add %a, %b : (tensor<?xf32, #graph.dims<n>>, tensor<?xf32, #graph.dims<m>>) -> tensor<?xf32, #graph.dims<n>>
  return
}

// -----

func.func @compare_c2(%a: tensor<2xf32>, %b: tensor<2xi32>) {
  // expected-error @below {{expected operands of equal element types, got: 'f32' and 'i32'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.compare lt %a, %b : (tensor<2xf32>, tensor<2xi32>) -> tensor<2xi1>
  return
}

// -----

func.func @select_c2(%c: tensor<2xi1>, %a: tensor<2xf32>, %b: tensor<2xi32>) {
  // expected-error @below {{expected values of equal element types, got: 'f32' and 'i32'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.select %c, %a, %b : (tensor<2xi1>, tensor<2xf32>, tensor<2xi32>) -> tensor<2xf32>
  return
}

// -----

func.func @cast_c1(%a: tensor<2xf32>) {
  // expected-error @+1 {{expected equal dimensions, got: 2 and 3}}
  %0 = graph.cast %a : (tensor<2xf32>) -> tensor<3xi32>
  return
}

// -----

func.func @matmul_c1(%a: tensor<4xf32>, %b: tensor<4x5xf32>) {
  // expected-error @below {{expected operands of rank 2 or more, got: 1 and 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.matmul %a, %b : (tensor<4xf32>, tensor<4x5xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @matmul_c2(%a: tensor<2x4xf32>, %b: tensor<4x5xf32>) {
  // expected-error @below {{expected equal K dimensions, got: 4 and 5}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.matmul %a, %b transpose_b : (tensor<2x4xf32>, tensor<4x5xf32>) -> tensor<2x5xf32>
  return
}

// -----

func.func @matmul_c3(%a: tensor<3x2x4xf32>, %b: tensor<2x4x5xf32>) {
  // expected-error @below {{dimensions 3 and 2 do not broadcast}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.matmul %a, %b : (tensor<3x2x4xf32>, tensor<2x4x5xf32>) -> tensor<3x2x5xf32>
  return
}

// -----

func.func @conv_c1(%x: tensor<1x2x5xf32>, %w: tensor<3x2x3x3xf32>) {
  // expected-error @below {{expected input and weight of the same rank 3 to 5, got: 3 and 4}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.conv %x, %w strides = [1] dilations = [1] pads_begin = [0] pads_end = [0] group = 1
      : (tensor<1x2x5xf32>, tensor<3x2x3x3xf32>) -> tensor<1x3x3xf32>
  return
}

// -----

func.func @conv_c2(%x: tensor<1x2x5xf32>, %w: tensor<3x2x3xf32>) {
  // expected-error @below {{expected 1 elements of strides, got: 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.conv %x, %w strides = [1, 1] dilations = [1] pads_begin = [0] pads_end = [0] group = 1
      : (tensor<1x2x5xf32>, tensor<3x2x3xf32>) -> tensor<1x3x3xf32>
  return
}

// -----

func.func @conv_c3(%x: tensor<1x2x5xf32>, %w: tensor<3x2x3xf32>) {
  // expected-error @below {{expected dilations in 1 to 2147483647, got: 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.conv %x, %w strides = [1] dilations = [0] pads_begin = [0] pads_end = [0] group = 1
      : (tensor<1x2x5xf32>, tensor<3x2x3xf32>) -> tensor<1x3x3xf32>
  return
}

// -----

func.func @conv_c4(%x: tensor<1x2x5xf32>, %w: tensor<3x2x3xf32>) {
  // expected-error @below {{expected a group of at least 1, got: 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.conv %x, %w strides = [1] dilations = [1] pads_begin = [0] pads_end = [0] group = 0
      : (tensor<1x2x5xf32>, tensor<3x2x3xf32>) -> tensor<1x3x3xf32>
  return
}

// -----

func.func @conv_c5(%x: tensor<1x2x5xf32>, %w: tensor<4x2x3xf32>) {
  // expected-error @below {{expected input channels equal to weight channels times group, got: 2 and 2 * 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.conv %x, %w strides = [1] dilations = [1] pads_begin = [0] pads_end = [0] group = 2
      : (tensor<1x2x5xf32>, tensor<4x2x3xf32>) -> tensor<1x4x3xf32>
  return
}

// -----

func.func @conv_c6(%x: tensor<1x4x5xf32>, %w: tensor<3x2x3xf32>) {
  // expected-error @below {{expected static output channels that are a multiple of group 2, got: 3}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.conv %x, %w strides = [1] dilations = [1] pads_begin = [0] pads_end = [0] group = 2
      : (tensor<1x4x5xf32>, tensor<3x2x3xf32>) -> tensor<1x3x3xf32>
  return
}

// -----

func.func @conv_c7(%x: tensor<1x2x5xf32>, %w: tensor<3x2x3xf32>) {
  // expected-error @below {{window of 9 elements is larger than the padded input of 6}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.conv %x, %w strides = [1] dilations = [4] pads_begin = [1] pads_end = [0] group = 1
      : (tensor<1x2x5xf32>, tensor<3x2x3xf32>) -> tensor<1x3x3xf32>
  return
}

// -----

func.func @pool_c1(%x: tensor<1x2xf32>) {
  // expected-error @below {{expected an input of rank 3 to 5, got: 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.pool max %x kernel = [] strides = [] dilations = [] pads_begin = [] pads_end = [] : (tensor<1x2xf32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @pool_c4(%x: tensor<1x2x5xf32>) {
  // expected-error @below {{expected pads less than the window of 2 elements, got: 2 and 0}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.pool max %x kernel = [2] strides = [1] dilations = [1] pads_begin = [2] pads_end = [0] : (tensor<1x2x5xf32>) -> tensor<1x2x6xf32>
  return
}

// -----

func.func @pool_c6(%x: tensor<1x2x5xi32>) {
  // expected-error @below {{expected an average of floats, got: 'i32'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.pool average %x kernel = [2] strides = [1] dilations = [1] pads_begin = [0] pads_end = [0] : (tensor<1x2x5xi32>) -> tensor<1x2x4xi32>
  return
}

// -----

func.func @reduce_c1(%x: tensor<2x3xf32>) {
  // expected-error @below {{expected ascending axes of an input of rank 2, got: array<i64: 1, 1>}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.reduce sum %x axes = [1, 1] : (tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @reduce_c2(%x: tensor<2x3xi1>) {
  // expected-error @below {{expected max or min for i1, got: sum}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.reduce sum %x axes = [1] : (tensor<2x3xi1>) -> tensor<2xi1>
  return
}

// -----

func.func @constant_c1() {
  // expected-error @+1 {{expected a resource of 12 bytes, got: 8}}
  %0 = graph.constant dense_resource<short> : tensor<3xf32>
  return
}
{-#
  dialect_resources: { builtin: { short: "0x040000000000803F00000040" } }
#-}

// -----

func.func @reshape_c1_static(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expected a result of 6 elements, got: 5}}
  %0 = graph.reshape %x : (tensor<2x3xf32>) -> tensor<5xf32>
  return
}

// -----

module attributes {graph.symbols = {w = #graph.range<8, 4096, 4>}} {
  func.func @add_c1_divisor(%a: tensor<?xf32, #graph.dims<w>>, %b: tensor<?xf32, #graph.dims<(w floordiv 8) * 8>>) {
    // expected-error @+2 {{cannot prove that dimensions w and (w floordiv 8) * 8 are equal}}
    // expected-error @+1 {{failed to infer returned types}}
    %0 = graph.add %a, %b : (tensor<?xf32, #graph.dims<w>>, tensor<?xf32, #graph.dims<(w floordiv 8) * 8>>) -> tensor<?xf32, #graph.dims<w>>
    return
  }
}

// -----

func.func @reshape_c1_symbolic(%x: tensor<?xf32, #graph.dims<n>>) {
  // expected-error @+1 {{cannot prove that n and (n floordiv 2) * 2 elements are equal; fix the sizes with --dim}}
  %0 = graph.reshape %x : (tensor<?xf32, #graph.dims<n>>) -> tensor<?x2xf32, #graph.dims<n floordiv 2, 2>>
  return
}

// -----

func.func @transpose_c1(%x: tensor<2x3xf32>) {
  // expected-error @below {{expected a permutation of 2 dimensions, got: array<i64: 1, 1>}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.transpose %x perm = [1, 1] : (tensor<2x3xf32>) -> tensor<3x3xf32>
  return
}

// -----

func.func @broadcast_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expected a result of rank 2 or more, got: 1}}
  %0 = graph.broadcast %x : (tensor<2x3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @broadcast_c2(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{cannot broadcast dimension 2 to 4}}
  %0 = graph.broadcast %x : (tensor<2x3xf32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @slice_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expected starts, steps and a result of rank 2, got: 1, 2 and 2}}
  %0 = graph.slice %x starts = [0] steps = [1, 1] : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @slice_c2(%x: tensor<3xf32>) {
  // expected-error @+1 {{expected steps other than 0}}
  %0 = graph.slice %x starts = [0] steps = [0] : (tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @slice_c3(%x: tensor<3xf32>) {
  // expected-error @+1 {{elements 1 to 3 are not all in a dimension of 3}}
  %0 = graph.slice %x starts = [1] steps = [1] : (tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @slice_c3_symbolic(%x: tensor<?xf32, #graph.dims<n>>) {
  // expected-error @+1 {{elements n - 1 to n are not all in a dimension of n}}
  %0 = graph.slice %x starts = [-1] steps = [1] : (tensor<?xf32, #graph.dims<n>>) -> tensor<2xf32>
  return
}

// -----

func.func @concat_c1(%x: tensor<3xf32>, %y: tensor<1x3xf32>) {
  // expected-error @below {{expected operands of equal ranks, got: 1 and 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.concat %x, %y axis = 0 : (tensor<3xf32>, tensor<1x3xf32>) -> tensor<6xf32>
  return
}

// -----

func.func @concat_c2(%x: tensor<3xf32>) {
  // expected-error @below {{expected an axis of operands of rank 1, got: 1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.concat %x axis = 1 : (tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @concat_c3(%x: tensor<2x3xf32>, %y: tensor<2x4xf32>) {
  // expected-error @below {{expected equal dimensions 1, got: 3 and 4}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.concat %x, %y axis = 0 : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @pad_c1(%x: tensor<2x3xf32>) {
  // expected-error @below {{expected 2 elements of low and high, got: 1 and 2}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.pad edge %x low = [1] high = [0, 0] : (tensor<2x3xf32>) -> tensor<3x3xf32>
  return
}

// -----

func.func @pad_c2(%x: tensor<2xf32>, %v: tensor<1xf32>) {
  // expected-error @below {{expected a value of type tensor<'f32'> only in constant mode, got: 'tensor<1xf32>' in constant mode}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.pad constant %x, %v low = [1] high = [0] : (tensor<2xf32>, tensor<1xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @pad_c3(%x: tensor<2xf32>) {
  // expected-error @below {{cannot pad 2 elements by 2 and 0 with mode reflect}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.pad reflect %x low = [2] high = [0] : (tensor<2xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @gather_c1(%x: tensor<2xf32>, %i: tensor<2xi64>) {
  // expected-error @below {{expected an axis of data of rank 1, got: -1}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.gather %x, %i axis = -1 : (tensor<2xf32>, tensor<2xi64>) -> tensor<2xf32>
  return
}

// -----

func.func @gather_c2(%x: tensor<2xf32>, %i: tensor<2xi8>) {
  // expected-error @below {{expected indices of i32 or i64, got: 'i8'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.gather %x, %i axis = 0 : (tensor<2xf32>, tensor<2xi8>) -> tensor<2xf32>
  return
}
