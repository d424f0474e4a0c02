// Values of graph.reshape. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs %s

func.func @merge() -> (tensor<6xf32>, tensor<6xf32>) {
  %0 = graph.constant dense<[[1.0, -2.0, 3.5], [0.0, -0.0, 7.0]]> : tensor<2x3xf32>
  %r = graph.reshape %0 : (tensor<2x3xf32>) -> tensor<6xf32>
  %e = graph.constant dense<[1.0, -2.0, 3.5, 0.0, -0.0, 7.0]> : tensor<6xf32>
  return %r, %e : tensor<6xf32>, tensor<6xf32>
}

func.func @to_rank_0() -> (tensor<i64>, tensor<i64>) {
  %0 = graph.constant dense<[[5]]> : tensor<1x1xi64>
  %r = graph.reshape %0 : (tensor<1x1xi64>) -> tensor<i64>
  %e = graph.constant dense<5> : tensor<i64>
  return %r, %e : tensor<i64>, tensor<i64>
}

func.func @empty() -> (tensor<3x0xf32>, tensor<3x0xf32>) {
  %0 = graph.constant dense<> : tensor<0x3xf32>
  %r = graph.reshape %0 : (tensor<0x3xf32>) -> tensor<3x0xf32>
  %e = graph.constant dense<> : tensor<3x0xf32>
  return %r, %e : tensor<3x0xf32>, tensor<3x0xf32>
}

func.func @bool() -> (tensor<4xi1>, tensor<4xi1>) {
  %0 = graph.constant dense<[[true, false], [false, true]]> : tensor<2x2xi1>
  %r = graph.reshape %0 : (tensor<2x2xi1>) -> tensor<4xi1>
  %e = graph.constant dense<[true, false, false, true]> : tensor<4xi1>
  return %r, %e : tensor<4xi1>, tensor<4xi1>
}
