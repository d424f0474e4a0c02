// Values of graph.gather. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs %s

func.func @rows() -> (tensor<2x2x4xf32>, tensor<2x2x4xf32>) {
  %0 = graph.constant dense<[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]]> : tensor<3x4xf32>
  %1 = graph.constant dense<[[0, 2], [-1, -3]]> : tensor<2x2xi64>
  %r = graph.gather %0, %1 axis = 0 : (tensor<3x4xf32>, tensor<2x2xi64>) -> tensor<2x2x4xf32>
  %e = graph.constant dense<[[[0.0, 1.0, 2.0, 3.0], [8.0, 9.0, 10.0, 11.0]], [[8.0, 9.0, 10.0, 11.0], [0.0, 1.0, 2.0, 3.0]]]> : tensor<2x2x4xf32>
  return %r, %e : tensor<2x2x4xf32>, tensor<2x2x4xf32>
}

func.func @columns() -> (tensor<3x2x2xf32>, tensor<3x2x2xf32>) {
  %0 = graph.constant dense<[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]]> : tensor<3x4xf32>
  %1 = graph.constant dense<[[0, 2], [-1, -3]]> : tensor<2x2xi64>
  %r = graph.gather %0, %1 axis = 1 : (tensor<3x4xf32>, tensor<2x2xi64>) -> tensor<3x2x2xf32>
  %e = graph.constant dense<[[[0.0, 2.0], [3.0, 1.0]], [[4.0, 6.0], [7.0, 5.0]], [[8.0, 10.0], [11.0, 9.0]]]> : tensor<3x2x2xf32>
  return %r, %e : tensor<3x2x2xf32>, tensor<3x2x2xf32>
}

func.func @scalar_index() -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = graph.constant dense<[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]]> : tensor<3x4xf32>
  %1 = graph.constant dense<1> : tensor<i64>
  %r = graph.gather %0, %1 axis = 0 : (tensor<3x4xf32>, tensor<i64>) -> tensor<4xf32>
  %e = graph.constant dense<[4.0, 5.0, 6.0, 7.0]> : tensor<4xf32>
  return %r, %e : tensor<4xf32>, tensor<4xf32>
}

func.func @i32_index() -> (tensor<3x1xf32>, tensor<3x1xf32>) {
  %0 = graph.constant dense<[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]]> : tensor<3x4xf32>
  %1 = graph.constant dense<[3]> : tensor<1xi32>
  %r = graph.gather %0, %1 axis = 1 : (tensor<3x4xf32>, tensor<1xi32>) -> tensor<3x1xf32>
  %e = graph.constant dense<[[3.0], [7.0], [11.0]]> : tensor<3x1xf32>
  return %r, %e : tensor<3x1xf32>, tensor<3x1xf32>
}

func.func @no_index() -> (tensor<0x4xf32>, tensor<0x4xf32>) {
  %0 = graph.constant dense<[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]]> : tensor<3x4xf32>
  %1 = graph.constant dense<> : tensor<0xi64>
  %r = graph.gather %0, %1 axis = 0 : (tensor<3x4xf32>, tensor<0xi64>) -> tensor<0x4xf32>
  %e = graph.constant dense<> : tensor<0x4xf32>
  return %r, %e : tensor<0x4xf32>, tensor<0x4xf32>
}

func.func @bool() -> (tensor<2xi1>, tensor<2xi1>) {
  %0 = graph.constant dense<[true, false]> : tensor<2xi1>
  %1 = graph.constant dense<[1, 0]> : tensor<2xi64>
  %r = graph.gather %0, %1 axis = 0 : (tensor<2xi1>, tensor<2xi64>) -> tensor<2xi1>
  %e = graph.constant dense<[false, true]> : tensor<2xi1>
  return %r, %e : tensor<2xi1>, tensor<2xi1>
}
