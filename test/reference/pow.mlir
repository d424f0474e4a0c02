// Values of graph.pow. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs --tolerance=2e-7 %s

func.func @f32() -> (tensor<8xf32>, tensor<8xf32>) {
  %0 = graph.constant dense<[2.0, -2.0, 4.0, 0.0, 0x7F800000, 0x7FC00000, 1.0, -1.0]> : tensor<8xf32>
  %1 = graph.constant dense<[3.0, 3.0, 0.5, 0.0, -1.0, 0.0, 0x7FC00000, 0.5]> : tensor<8xf32>
  %r = graph.pow %0, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %e = graph.constant dense<[8.0, -8.0, 2.0, 1.0, 0.0, 1.0, 1.0, 0xFFC00000]> : tensor<8xf32>
  return %r, %e : tensor<8xf32>, tensor<8xf32>
}

func.func @scalar() -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.constant dense<[[1.0, -2.0, 3.5], [0.0, -0.0, 7.0]]> : tensor<2x3xf32>
  %1 = graph.constant dense<2.0> : tensor<f32>
  %r = graph.pow %0, %1 : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  %e = graph.constant dense<[[1.0, 4.0, 12.25], [0.0, 0.0, 49.0]]> : tensor<2x3xf32>
  return %r, %e : tensor<2x3xf32>, tensor<2x3xf32>
}

func.func @i64() -> (tensor<4xi64>, tensor<4xi64>) {
  %0 = graph.constant dense<[3, -2, 10, 0]> : tensor<4xi64>
  %1 = graph.constant dense<[4, 3, 18, 0]> : tensor<4xi64>
  %r = graph.pow %0, %1 : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  %e = graph.constant dense<[81, -8, 1000000000000000000, 1]> : tensor<4xi64>
  return %r, %e : tensor<4xi64>, tensor<4xi64>
}

func.func @i64_negative() -> (tensor<4xi64>, tensor<4xi64>) {
  %0 = graph.constant dense<[2, 1, -1, -1]> : tensor<4xi64>
  %1 = graph.constant dense<[-1, -5, -3, -2]> : tensor<4xi64>
  %r = graph.pow %0, %1 : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  %e = graph.constant dense<[0, 1, -1, 1]> : tensor<4xi64>
  return %r, %e : tensor<4xi64>, tensor<4xi64>
}
