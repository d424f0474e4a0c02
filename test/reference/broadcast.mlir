// Values of graph.broadcast. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs %s

func.func @scalar() -> (tensor<2x2xf32>, tensor<2x2xf32>) {
  %0 = graph.constant dense<2.0> : tensor<f32>
  %r = graph.broadcast %0 : (tensor<f32>) -> tensor<2x2xf32>
  %e = graph.constant dense<[[2.0, 2.0], [2.0, 2.0]]> : tensor<2x2xf32>
  return %r, %e : tensor<2x2xf32>, tensor<2x2xf32>
}

func.func @column() -> (tensor<3x2x2xi64>, tensor<3x2x2xi64>) {
  %0 = graph.constant dense<[[1], [2]]> : tensor<2x1xi64>
  %r = graph.broadcast %0 : (tensor<2x1xi64>) -> tensor<3x2x2xi64>
  %e = graph.constant dense<[[[1, 1], [2, 2]], [[1, 1], [2, 2]], [[1, 1], [2, 2]]]> : tensor<3x2x2xi64>
  return %r, %e : tensor<3x2x2xi64>, tensor<3x2x2xi64>
}

func.func @to_empty() -> (tensor<0x3xf32>, tensor<0x3xf32>) {
  %0 = graph.constant dense<[[1.0, 1.0, 1.0]]> : tensor<1x3xf32>
  %r = graph.broadcast %0 : (tensor<1x3xf32>) -> tensor<0x3xf32>
  %e = graph.constant dense<> : tensor<0x3xf32>
  return %r, %e : tensor<0x3xf32>, tensor<0x3xf32>
}

func.func @bool() -> (tensor<2x2xi1>, tensor<2x2xi1>) {
  %0 = graph.constant dense<[true, false]> : tensor<2xi1>
  %r = graph.broadcast %0 : (tensor<2xi1>) -> tensor<2x2xi1>
  %e = graph.constant dense<[[true, false], [true, false]]> : tensor<2x2xi1>
  return %r, %e : tensor<2x2xi1>, tensor<2x2xi1>
}
