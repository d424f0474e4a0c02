// Values of graph.concat. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs %s

func.func @rows() -> (tensor<3x3xf32>, tensor<3x3xf32>) {
  %0 = graph.constant dense<[[1.0, -2.0, 3.5], [0.0, -0.0, 7.0]]> : tensor<2x3xf32>
  %1 = graph.constant dense<[[2.0, -3.0, 0.5]]> : tensor<1x3xf32>
  %r = graph.concat %0, %1 axis = 0 : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<3x3xf32>
  %e = graph.constant dense<[[1.0, -2.0, 3.5], [0.0, -0.0, 7.0], [2.0, -3.0, 0.5]]> : tensor<3x3xf32>
  return %r, %e : tensor<3x3xf32>, tensor<3x3xf32>
}

func.func @columns() -> (tensor<2x6xf32>, tensor<2x6xf32>) {
  %0 = graph.constant dense<[[1.0, -2.0, 3.5], [0.0, -0.0, 7.0]]> : tensor<2x3xf32>
  %1 = graph.constant dense<[[1.0], [0.0]]> : tensor<2x1xf32>
  %2 = graph.constant dense<[[1.0, -2.0], [0.0, -0.0]]> : tensor<2x2xf32>
  %r = graph.concat %0, %1, %2 axis = 1 : (tensor<2x3xf32>, tensor<2x1xf32>, tensor<2x2xf32>) -> tensor<2x6xf32>
  %e = graph.constant dense<[[1.0, -2.0, 3.5, 1.0, 1.0, -2.0], [0.0, -0.0, 7.0, 0.0, 0.0, -0.0]]> : tensor<2x6xf32>
  return %r, %e : tensor<2x6xf32>, tensor<2x6xf32>
}

func.func @with_empty() -> (tensor<2xi64>, tensor<2xi64>) {
  %0 = graph.constant dense<> : tensor<0xi64>
  %1 = graph.constant dense<[1, 2]> : tensor<2xi64>
  %r = graph.concat %0, %1 axis = 0 : (tensor<0xi64>, tensor<2xi64>) -> tensor<2xi64>
  %e = graph.constant dense<[1, 2]> : tensor<2xi64>
  return %r, %e : tensor<2xi64>, tensor<2xi64>
}

func.func @all_empty() -> (tensor<0x5xi64>, tensor<0x5xi64>) {
  %0 = graph.constant dense<> : tensor<0x2xi64>
  %1 = graph.constant dense<> : tensor<0x3xi64>
  %r = graph.concat %0, %1 axis = 1 : (tensor<0x2xi64>, tensor<0x3xi64>) -> tensor<0x5xi64>
  %e = graph.constant dense<> : tensor<0x5xi64>
  return %r, %e : tensor<0x5xi64>, tensor<0x5xi64>
}

func.func @bool() -> (tensor<3xi1>, tensor<3xi1>) {
  %0 = graph.constant dense<[true]> : tensor<1xi1>
  %1 = graph.constant dense<[false, true]> : tensor<2xi1>
  %r = graph.concat %0, %1 axis = 0 : (tensor<1xi1>, tensor<2xi1>) -> tensor<3xi1>
  %e = graph.constant dense<[true, false, true]> : tensor<3xi1>
  return %r, %e : tensor<3xi1>, tensor<3xi1>
}
