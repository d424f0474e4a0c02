// Values of graph.matmul. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs %s

func.func @plain() -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.constant dense<[[0.0, 0.0, 2.0, 4.0], [-4.0, -3.0, 3.0, 4.0]]> : tensor<2x4xf32>
  %1 = graph.constant dense<[[-2.0, -2.0, 3.0], [-1.0, -2.0, 3.0], [-2.0, -1.0, 1.0], [0.0, -4.0, -4.0]]> : tensor<4x3xf32>
  %r = graph.matmul %0, %1 : (tensor<2x4xf32>, tensor<4x3xf32>) -> tensor<2x3xf32>
  %e = graph.constant dense<[[-4.0, -18.0, -14.0], [5.0, -5.0, -34.0]]> : tensor<2x3xf32>
  return %r, %e : tensor<2x3xf32>, tensor<2x3xf32>
}

func.func @transpose_a() -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.constant dense<[[0.0, -4.0], [0.0, -3.0], [2.0, 3.0], [4.0, 4.0]]> : tensor<4x2xf32>
  %1 = graph.constant dense<[[-2.0, -2.0, 3.0], [-1.0, -2.0, 3.0], [-2.0, -1.0, 1.0], [0.0, -4.0, -4.0]]> : tensor<4x3xf32>
  %r = graph.matmul %0, %1 transpose_a : (tensor<4x2xf32>, tensor<4x3xf32>) -> tensor<2x3xf32>
  %e = graph.constant dense<[[-4.0, -18.0, -14.0], [5.0, -5.0, -34.0]]> : tensor<2x3xf32>
  return %r, %e : tensor<2x3xf32>, tensor<2x3xf32>
}

func.func @transpose_b() -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.constant dense<[[0.0, 0.0, 2.0, 4.0], [-4.0, -3.0, 3.0, 4.0]]> : tensor<2x4xf32>
  %1 = graph.constant dense<[[-2.0, -1.0, -2.0, 0.0], [-2.0, -2.0, -1.0, -4.0], [3.0, 3.0, 1.0, -4.0]]> : tensor<3x4xf32>
  %r = graph.matmul %0, %1 transpose_b : (tensor<2x4xf32>, tensor<3x4xf32>) -> tensor<2x3xf32>
  %e = graph.constant dense<[[-4.0, -18.0, -14.0], [5.0, -5.0, -34.0]]> : tensor<2x3xf32>
  return %r, %e : tensor<2x3xf32>, tensor<2x3xf32>
}

func.func @transpose_both() -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.constant dense<[[0.0, -4.0], [0.0, -3.0], [2.0, 3.0], [4.0, 4.0]]> : tensor<4x2xf32>
  %1 = graph.constant dense<[[-2.0, -1.0, -2.0, 0.0], [-2.0, -2.0, -1.0, -4.0], [3.0, 3.0, 1.0, -4.0]]> : tensor<3x4xf32>
  %r = graph.matmul %0, %1 transpose_a transpose_b : (tensor<4x2xf32>, tensor<3x4xf32>) -> tensor<2x3xf32>
  %e = graph.constant dense<[[-4.0, -18.0, -14.0], [5.0, -5.0, -34.0]]> : tensor<2x3xf32>
  return %r, %e : tensor<2x3xf32>, tensor<2x3xf32>
}

func.func @batches_broadcast() -> (tensor<2x3x2x3xf32>, tensor<2x3x2x3xf32>) {
  %0 = graph.constant dense<[[[[3.0, 2.0, 3.0, 0.0], [3.0, -2.0, 0.0, 3.0]]], [[[-3.0, -2.0, -3.0, 0.0], [4.0, -3.0, -1.0, -1.0]]]]> : tensor<2x1x2x4xf32>
  %1 = graph.constant dense<[[[4.0, -3.0, 0.0], [-2.0, -4.0, 2.0], [-4.0, -2.0, 0.0], [0.0, -3.0, 4.0]], [[2.0, 4.0, -4.0], [2.0, -2.0, 0.0], [4.0, -2.0, 2.0], [-3.0, -2.0, 4.0]], [[-1.0, 0.0, -2.0], [-3.0, -1.0, 1.0], [0.0, 2.0, -1.0], [1.0, 2.0, 4.0]]]> : tensor<3x4x3xf32>
  %r = graph.matmul %0, %1 : (tensor<2x1x2x4xf32>, tensor<3x4x3xf32>) -> tensor<2x3x2x3xf32>
  %e = graph.constant dense<[[[[-4.0, -23.0, 4.0], [16.0, -10.0, 8.0]], [[22.0, 2.0, -6.0], [-7.0, 10.0, 0.0]], [[-9.0, 4.0, -7.0], [6.0, 8.0, 4.0]]], [[[4.0, 23.0, -4.0], [26.0, 5.0, -10.0]], [[-22.0, -2.0, 6.0], [1.0, 26.0, -22.0]], [[9.0, -4.0, 7.0], [4.0, -1.0, -14.0]]]]> : tensor<2x3x2x3xf32>
  return %r, %e : tensor<2x3x2x3xf32>, tensor<2x3x2x3xf32>
}

func.func @batch_transposed() -> (tensor<2x3x2x3xf32>, tensor<2x3x2x3xf32>) {
  %0 = graph.constant dense<[[[[3.0, 2.0, 3.0, 0.0], [3.0, -2.0, 0.0, 3.0]]], [[[-3.0, -2.0, -3.0, 0.0], [4.0, -3.0, -1.0, -1.0]]]]> : tensor<2x1x2x4xf32>
  %1 = graph.constant dense<[[[4.0, -2.0, -4.0, 0.0], [-3.0, -4.0, -2.0, -3.0], [0.0, 2.0, 0.0, 4.0]], [[2.0, 2.0, 4.0, -3.0], [4.0, -2.0, -2.0, -2.0], [-4.0, 0.0, 2.0, 4.0]], [[-1.0, -3.0, 0.0, 1.0], [0.0, -1.0, 2.0, 2.0], [-2.0, 1.0, -1.0, 4.0]]]> : tensor<3x3x4xf32>
  %r = graph.matmul %0, %1 transpose_b : (tensor<2x1x2x4xf32>, tensor<3x3x4xf32>) -> tensor<2x3x2x3xf32>
  %e = graph.constant dense<[[[[-4.0, -23.0, 4.0], [16.0, -10.0, 8.0]], [[22.0, 2.0, -6.0], [-7.0, 10.0, 0.0]], [[-9.0, 4.0, -7.0], [6.0, 8.0, 4.0]]], [[[4.0, 23.0, -4.0], [26.0, 5.0, -10.0]], [[-22.0, -2.0, 6.0], [1.0, 26.0, -22.0]], [[9.0, -4.0, 7.0], [4.0, -1.0, -14.0]]]]> : tensor<2x3x2x3xf32>
  return %r, %e : tensor<2x3x2x3xf32>, tensor<2x3x2x3xf32>
}

func.func @f16() -> (tensor<2x3x2x3xf16>, tensor<2x3x2x3xf16>) {
  %0 = graph.constant dense<[[[[3.0, 2.0, 3.0, 0.0], [3.0, -2.0, 0.0, 3.0]]], [[[-3.0, -2.0, -3.0, 0.0], [4.0, -3.0, -1.0, -1.0]]]]> : tensor<2x1x2x4xf16>
  %1 = graph.constant dense<[[[4.0, -3.0, 0.0], [-2.0, -4.0, 2.0], [-4.0, -2.0, 0.0], [0.0, -3.0, 4.0]], [[2.0, 4.0, -4.0], [2.0, -2.0, 0.0], [4.0, -2.0, 2.0], [-3.0, -2.0, 4.0]], [[-1.0, 0.0, -2.0], [-3.0, -1.0, 1.0], [0.0, 2.0, -1.0], [1.0, 2.0, 4.0]]]> : tensor<3x4x3xf16>
  %r = graph.matmul %0, %1 : (tensor<2x1x2x4xf16>, tensor<3x4x3xf16>) -> tensor<2x3x2x3xf16>
  %e = graph.constant dense<[[[[-4.0, -23.0, 4.0], [16.0, -10.0, 8.0]], [[22.0, 2.0, -6.0], [-7.0, 10.0, 0.0]], [[-9.0, 4.0, -7.0], [6.0, 8.0, 4.0]]], [[[4.0, 23.0, -4.0], [26.0, 5.0, -10.0]], [[-22.0, -2.0, 6.0], [1.0, 26.0, -22.0]], [[9.0, -4.0, 7.0], [4.0, -1.0, -14.0]]]]> : tensor<2x3x2x3xf16>
  return %r, %e : tensor<2x3x2x3xf16>, tensor<2x3x2x3xf16>
}

func.func @i32() -> (tensor<2x3x2x3xi32>, tensor<2x3x2x3xi32>) {
  %0 = graph.constant dense<[[[[3, 2, 3, 0], [3, -2, 0, 3]]], [[[-3, -2, -3, 0], [4, -3, -1, -1]]]]> : tensor<2x1x2x4xi32>
  %1 = graph.constant dense<[[[4, -3, 0], [-2, -4, 2], [-4, -2, 0], [0, -3, 4]], [[2, 4, -4], [2, -2, 0], [4, -2, 2], [-3, -2, 4]], [[-1, 0, -2], [-3, -1, 1], [0, 2, -1], [1, 2, 4]]]> : tensor<3x4x3xi32>
  %r = graph.matmul %0, %1 : (tensor<2x1x2x4xi32>, tensor<3x4x3xi32>) -> tensor<2x3x2x3xi32>
  %e = graph.constant dense<[[[[-4, -23, 4], [16, -10, 8]], [[22, 2, -6], [-7, 10, 0]], [[-9, 4, -7], [6, 8, 4]]], [[[4, 23, -4], [26, 5, -10]], [[-22, -2, 6], [1, 26, -22]], [[9, -4, 7], [4, -1, -14]]]]> : tensor<2x3x2x3xi32>
  return %r, %e : tensor<2x3x2x3xi32>, tensor<2x3x2x3xi32>
}

func.func @k_0() -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.constant dense<> : tensor<2x0xf32>
  %1 = graph.constant dense<> : tensor<0x3xf32>
  %r = graph.matmul %0, %1 : (tensor<2x0xf32>, tensor<0x3xf32>) -> tensor<2x3xf32>
  %e = graph.constant dense<[[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]> : tensor<2x3xf32>
  return %r, %e : tensor<2x3xf32>, tensor<2x3xf32>
}

func.func @m_0() -> (tensor<0x3xf32>, tensor<0x3xf32>) {
  %0 = graph.constant dense<> : tensor<0x4xf32>
  %1 = graph.constant dense<[[-1.0, -4.0, 2.0], [0.0, 3.0, 0.0], [-1.0, -4.0, 0.0], [1.0, 2.0, 3.0]]> : tensor<4x3xf32>
  %r = graph.matmul %0, %1 : (tensor<0x4xf32>, tensor<4x3xf32>) -> tensor<0x3xf32>
  %e = graph.constant dense<> : tensor<0x3xf32>
  return %r, %e : tensor<0x3xf32>, tensor<0x3xf32>
}

func.func @nan() -> (tensor<1x1xf32>, tensor<1x1xf32>) {
  %0 = graph.constant dense<[[0x7FC00000, 0.0]]> : tensor<1x2xf32>
  %1 = graph.constant dense<[[0.0], [1.0]]> : tensor<2x1xf32>
  %r = graph.matmul %0, %1 : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
  %e = graph.constant dense<[[0x7FC00000]]> : tensor<1x1xf32>
  return %r, %e : tensor<1x1xf32>, tensor<1x1xf32>
}
