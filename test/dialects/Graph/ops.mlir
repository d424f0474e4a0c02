// Every operator of the graph dialect prints in the form in which it is read.
// RUN: azulejo-opt %s --split-input-file --verify-roundtrip | FileCheck %s

// CHECK: module attributes {graph.symbols = {batch = #graph.range<1, 64, 1>, w = #graph.range<8, 4096, 8>}}
module attributes {graph.symbols = {batch = #graph.range<1, 64, 1>, w = #graph.range<8, 4096, 8>}} {
  // CHECK-LABEL: func @dims
  // CHECK-SAME: tensor<?x64x?xf32, #graph.dims<batch, 64, (w + 1) floordiv 2>> {graph.name = "x"}
  func.func @dims(%x: tensor<?x64x?xf32, #graph.dims<batch, 64, (w + 1) floordiv 2>> {graph.name = "x"}) {
    // CHECK: graph.dim_values <"batch size", 3, w * 3 - batch, w mod 4> : tensor<4xi64>
    %0 = graph.dim_values <"batch size", 3, 3 * w - batch, w mod 4> : tensor<4xi64>
    return
  }
}

// -----

// CHECK-LABEL: func @unary
func.func @unary(%x: tensor<2x3xf32>, %b: tensor<3xi1>) {
  // CHECK: graph.neg %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %0 = graph.neg %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.abs
  %1 = graph.abs %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.exp
  %2 = graph.exp %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.log
  %3 = graph.log %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.sqrt
  %4 = graph.sqrt %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.rsqrt
  %5 = graph.rsqrt %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.reciprocal
  %6 = graph.reciprocal %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.sin
  %7 = graph.sin %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.cos
  %8 = graph.cos %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.tanh
  %9 = graph.tanh %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.sigmoid
  %10 = graph.sigmoid %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.erf
  %11 = graph.erf %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.floor
  %12 = graph.floor %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.ceil
  %13 = graph.ceil %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.round
  %14 = graph.round %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.sign
  %15 = graph.sign %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.not %{{.*}} : (tensor<3xi1>) -> tensor<3xi1>
  %16 = graph.not %b : (tensor<3xi1>) -> tensor<3xi1>
  // CHECK: graph.is_nan %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xi1>
  %17 = graph.is_nan %x : (tensor<2x3xf32>) -> tensor<2x3xi1>
  // CHECK: graph.is_inf
  %18 = graph.is_inf %x : (tensor<2x3xf32>) -> tensor<2x3xi1>
  // CHECK: graph.cast %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf16>
  %19 = graph.cast %x : (tensor<2x3xf32>) -> tensor<2x3xf16>
  return
}

// -----

// CHECK-LABEL: func @binary
func.func @binary(%x: tensor<?x3xf32, #graph.dims<n, 3>>, %y: tensor<1x1xf32>, %b: tensor<3xi1>) {
  // CHECK: graph.add %{{.*}}, %{{.*}} : (tensor<?x3xf32, #graph.dims<n, 3>>, tensor<1x1xf32>) -> tensor<?x3xf32, #graph.dims<n, 3>>
  %0 = graph.add %x, %y : (tensor<?x3xf32, #graph.dims<n, 3>>, tensor<1x1xf32>) -> tensor<?x3xf32, #graph.dims<n, 3>>
  // CHECK: graph.sub
  %1 = graph.sub %x, %y : (tensor<?x3xf32, #graph.dims<n, 3>>, tensor<1x1xf32>) -> tensor<?x3xf32, #graph.dims<n, 3>>
  // CHECK: graph.mul
  %2 = graph.mul %x, %y : (tensor<?x3xf32, #graph.dims<n, 3>>, tensor<1x1xf32>) -> tensor<?x3xf32, #graph.dims<n, 3>>
  // CHECK: graph.div
  %3 = graph.div %x, %y : (tensor<?x3xf32, #graph.dims<n, 3>>, tensor<1x1xf32>) -> tensor<?x3xf32, #graph.dims<n, 3>>
  // CHECK: graph.mod %{{.*}}, %{{.*}} fmod :
  %4 = graph.mod %x, %y fmod : (tensor<?x3xf32, #graph.dims<n, 3>>, tensor<1x1xf32>) -> tensor<?x3xf32, #graph.dims<n, 3>>
  // CHECK: graph.pow
  %5 = graph.pow %x, %y : (tensor<?x3xf32, #graph.dims<n, 3>>, tensor<1x1xf32>) -> tensor<?x3xf32, #graph.dims<n, 3>>
  // CHECK: graph.maximum
  %6 = graph.maximum %x, %y : (tensor<?x3xf32, #graph.dims<n, 3>>, tensor<1x1xf32>) -> tensor<?x3xf32, #graph.dims<n, 3>>
  // CHECK: graph.minimum
  %7 = graph.minimum %x, %y : (tensor<?x3xf32, #graph.dims<n, 3>>, tensor<1x1xf32>) -> tensor<?x3xf32, #graph.dims<n, 3>>
  // CHECK: graph.and
  %8 = graph.and %b, %b : (tensor<3xi1>, tensor<3xi1>) -> tensor<3xi1>
  // CHECK: graph.or
  %9 = graph.or %b, %b : (tensor<3xi1>, tensor<3xi1>) -> tensor<3xi1>
  // CHECK: graph.xor
  %10 = graph.xor %b, %b : (tensor<3xi1>, tensor<3xi1>) -> tensor<3xi1>
  // CHECK: graph.compare le %{{.*}}, %{{.*}} : {{.*}} -> tensor<?x3xi1, #graph.dims<n, 3>>
  %11 = graph.compare le %x, %y : (tensor<?x3xf32, #graph.dims<n, 3>>, tensor<1x1xf32>) -> tensor<?x3xi1, #graph.dims<n, 3>>
  // CHECK: graph.select %{{.*}}, %{{.*}}, %{{.*}} : (tensor<3xi1>,
  %12 = graph.select %b, %x, %y : (tensor<3xi1>, tensor<?x3xf32, #graph.dims<n, 3>>, tensor<1x1xf32>) -> tensor<?x3xf32, #graph.dims<n, 3>>
  return
}

// -----

// CHECK-LABEL: func @contractions
func.func @contractions(%a: tensor<8x2x4xf32>, %b: tensor<3x4xf32>, %x: tensor<?x6x9x9xf16, #graph.dims<n, 6, 9, 9>>,
                        %w: tensor<8x3x3x3xf16>) {
  // CHECK: graph.matmul %{{.*}}, %{{.*}} transpose_b : (tensor<8x2x4xf32>, tensor<3x4xf32>) -> tensor<8x2x3xf32>
  %0 = graph.matmul %a, %b transpose_b : (tensor<8x2x4xf32>, tensor<3x4xf32>) -> tensor<8x2x3xf32>
  // CHECK: graph.conv %{{.*}}, %{{.*}} strides = [2, 2] dilations = [1, 1] pads_begin = [1, 1] pads_end = [1, 1] group = 2 :
  %1 = graph.conv %x, %w strides = [2, 2] dilations = [1, 1] pads_begin = [1, 1] pads_end = [1, 1] group = 2
      : (tensor<?x6x9x9xf16, #graph.dims<n, 6, 9, 9>>, tensor<8x3x3x3xf16>) -> tensor<?x8x5x5xf16, #graph.dims<n, 8, 5, 5>>
  // CHECK: graph.pool average %{{.*}} kernel = [2, 2] strides = [2, 2] dilations = [1, 1] pads_begin = [0, 0] pads_end = [0, 0] ceil_mode count_include_pad :
  %2 = graph.pool average %x kernel = [2, 2] strides = [2, 2] dilations = [1, 1] pads_begin = [0, 0] pads_end = [0, 0] ceil_mode count_include_pad
      : (tensor<?x6x9x9xf16, #graph.dims<n, 6, 9, 9>>) -> tensor<?x6x5x5xf16, #graph.dims<n, 6, 5, 5>>
  // CHECK: graph.reduce mean %{{.*}} axes = [0, 2] keep_dims : (tensor<8x2x4xf32>) -> tensor<1x2x1xf32>
  %3 = graph.reduce mean %a axes = [0, 2] keep_dims : (tensor<8x2x4xf32>) -> tensor<1x2x1xf32>
  // CHECK: graph.reduce max %{{.*}} axes = [0, 2] : (tensor<8x2x4xf32>) -> tensor<2xf32>
  %4 = graph.reduce max %a axes = [0, 2] : (tensor<8x2x4xf32>) -> tensor<2xf32>
  return
}

// -----

// CHECK-LABEL: func @movements
func.func @movements(%x: tensor<2x3x4xf32>, %v: tensor<f32>, %i: tensor<2x2xi64>) {
  // CHECK: graph.constant dense<[1, 2]> : tensor<2xi64>
  %0 = graph.constant dense<[1, 2]> : tensor<2xi64>
  // CHECK: graph.constant dense_resource<blob> : tensor<2xf32>
  %1 = graph.constant dense_resource<blob> : tensor<2xf32>
  // CHECK: graph.reshape %{{.*}} : (tensor<2x3x4xf32>) -> tensor<6x4xf32>
  %2 = graph.reshape %x : (tensor<2x3x4xf32>) -> tensor<6x4xf32>
  // CHECK: graph.transpose %{{.*}} perm = [2, 0, 1] : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
  %3 = graph.transpose %x perm = [2, 0, 1] : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
  // CHECK: graph.broadcast %{{.*}} : (tensor<f32>) -> tensor<5x1xf32>
  %4 = graph.broadcast %v : (tensor<f32>) -> tensor<5x1xf32>
  // CHECK: graph.slice %{{.*}} starts = [0, -1, 1] steps = [1, -1, 2] : (tensor<2x3x4xf32>) -> tensor<2x3x2xf32>
  %5 = graph.slice %x starts = [0, -1, 1] steps = [1, -1, 2] : (tensor<2x3x4xf32>) -> tensor<2x3x2xf32>
  // CHECK: graph.concat %{{.*}}, %{{.*}} axis = 1 : (tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x6x4xf32>
  %6 = graph.concat %x, %x axis = 1 : (tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x6x4xf32>
  // CHECK: graph.pad constant %{{.*}}, %{{.*}} low = [0, 0, 1] high = [0, 2, -1] :
  %7 = graph.pad constant %x, %v low = [0, 0, 1] high = [0, 2, -1] : (tensor<2x3x4xf32>, tensor<f32>) -> tensor<2x5x4xf32>
  // CHECK: graph.pad reflect %{{.*}} low = [1, 0, 0] high = [0, 2, 0] :
  %8 = graph.pad reflect %x low = [1, 0, 0] high = [0, 2, 0] : (tensor<2x3x4xf32>) -> tensor<3x5x4xf32>
  // CHECK: graph.gather %{{.*}}, %{{.*}} axis = 1 : (tensor<2x3x4xf32>, tensor<2x2xi64>) -> tensor<2x2x2x4xf32>
  %9 = graph.gather %x, %i axis = 1 : (tensor<2x3x4xf32>, tensor<2x2xi64>) -> tensor<2x2x2x4xf32>
  return
}
{-#
  dialect_resources: { builtin: { blob: "0x040000000000803F00000040" } }
#-}
