// Shape functions on symbolic dimensions: each result type here is the inferred one, or equal to it by algebra.
// RUN: azulejo-opt %s --split-input-file | FileCheck %s

// CHECK-LABEL: func @normal_form
func.func @normal_form(%order: tensor<?x?xf32, #graph.dims<a, b>>) {
  // Sums of products in a fixed order; ceildiv and mod by floordiv; exact quotients are divided out.
  // CHECK: <a * b, a * b, a + b, a * 2 + 1, 0>
  %0 = graph.dim_values <b * a, a * b, b + a, a + 1 + a, a - a> : tensor<5xi64>
  // CHECK: <b, b * 2, a + b, 3, a floordiv 6, a floordiv 2>
  %1 = graph.dim_values <(a * b) floordiv a, (4 * a * b) floordiv (2 * a), (2 * a + 2 * b + 1) floordiv 2,
                         ((w + 1) * 3) floordiv (w + 1), (a floordiv 2) floordiv 3, (2 * a) floordiv 4> : tensor<6xi64>
  // CHECK: <a, (a + 3) floordiv 4, 0, a * b + b>
  %2 = graph.dim_values <(a floordiv 4) * 4 + a mod 4, a ceildiv 4, (6 * a) mod 3, (a + 1) * b> : tensor<4xi64>
  // A divisor that is not positive is left alone.
  // CHECK: <a floordiv 0>
  %3 = graph.dim_values <a floordiv 0> : tensor<1xi64>
  return
}

// -----

// CHECK-LABEL: func @windows
func.func @windows(%x: tensor<?x3x?x?xf32, #graph.dims<n, 3, h, w>>, %k: tensor<8x3x3x3xf32>) {
  // CHECK: -> tensor<?x8x?x?xf32, #graph.dims<n, 8, (h + 1) floordiv 2, w>>
  %0 = graph.conv %x, %k strides = [2, 1] dilations = [1, 1] pads_begin = [1, 1] pads_end = [1, 1] group = 1
      : (tensor<?x3x?x?xf32, #graph.dims<n, 3, h, w>>, tensor<8x3x3x3xf32>)
      -> tensor<?x8x?x?xf32, #graph.dims<n, 8, (h + 1) floordiv 2, w>>
  // CHECK: -> tensor<?x3x?x?xf32, #graph.dims<n, 3, h floordiv 2, (w + 1) floordiv 2>>
  %1 = graph.pool max %x kernel = [2, 1] strides = [2, 2] dilations = [1, 1] pads_begin = [0, 0] pads_end = [0, 0]
      : (tensor<?x3x?x?xf32, #graph.dims<n, 3, h, w>>)
      -> tensor<?x3x?x?xf32, #graph.dims<n, 3, h floordiv 2, w ceildiv 2>>
  return
}

// -----

// CHECK-LABEL: func @divisor_makes_reshape_exact
module attributes {graph.symbols = {w = #graph.range<8, 4096, 8>}} {
  func.func @divisor_makes_reshape_exact(%x: tensor<?x?xf32, #graph.dims<n, w>>) {
    // CHECK: graph.reshape
    %0 = graph.reshape %x : (tensor<?x?xf32, #graph.dims<n, w>>) -> tensor<?x?x4xf32, #graph.dims<n, w floordiv 4, 4>>
    return
  }
}

// -----

// CHECK-LABEL: func @divisor_makes_dimensions_equal
module attributes {graph.symbols = {w = #graph.range<8, 4096, 8>}} {
  func.func @divisor_makes_dimensions_equal(%x: tensor<?x?xf32, #graph.dims<n, w>>,
                                            %y: tensor<?x?xf32, #graph.dims<n, ((w + 1) floordiv 2) * 2>>) {
    // CHECK: graph.add
    %0 = graph.add %x, %y : (tensor<?x?xf32, #graph.dims<n, w>>, tensor<?x?xf32, #graph.dims<n, ((w + 1) floordiv 2) * 2>>)
        -> tensor<?x?xf32, #graph.dims<n, w>>
    %1 = graph.matmul %x, %y transpose_b : (tensor<?x?xf32, #graph.dims<n, w>>, tensor<?x?xf32, #graph.dims<n, ((w + 1) floordiv 2) * 2>>)
        -> tensor<?x?xf32, #graph.dims<n, n>>
    %2 = graph.concat %x, %y axis = 0 : (tensor<?x?xf32, #graph.dims<n, w>>, tensor<?x?xf32, #graph.dims<n, ((w + 1) floordiv 2) * 2>>)
        -> tensor<?x?xf32, #graph.dims<n * 2, w>>
    return
  }
}

// -----

// CHECK-LABEL: func @movements
func.func @movements(%x: tensor<?x?xf32, #graph.dims<n, w>>, %y: tensor<?x5xf32, #graph.dims<n, 5>>,
                     %i: tensor<?x2xi64, #graph.dims<m, 2>>) {
  %0 = graph.concat %x, %y axis = 1 : (tensor<?x?xf32, #graph.dims<n, w>>, tensor<?x5xf32, #graph.dims<n, 5>>)
      -> tensor<?x?xf32, #graph.dims<n, w + 5>>
  %1 = graph.pad edge %x low = [0, 2] high = [0, -1] : (tensor<?x?xf32, #graph.dims<n, w>>) -> tensor<?x?xf32, #graph.dims<n, w + 1>>
  %2 = graph.gather %x, %i axis = 0 : (tensor<?x?xf32, #graph.dims<n, w>>, tensor<?x2xi64, #graph.dims<m, 2>>)
      -> tensor<?x2x?xf32, #graph.dims<m, 2, w>>
  %3 = graph.reduce max %x axes = [0] : (tensor<?x?xf32, #graph.dims<n, w>>) -> tensor<?xf32, #graph.dims<w>>
  %4 = graph.matmul %x, %x transpose_b : (tensor<?x?xf32, #graph.dims<n, w>>, tensor<?x?xf32, #graph.dims<n, w>>)
      -> tensor<?x?xf32, #graph.dims<n, n>>
  return
}
