// Values of graph.select. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs %s

func.func @broadcast() -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.constant dense<[[true], [false]]> : tensor<2x1xi1>
  %1 = graph.constant dense<[2.0, -3.0, 0.5]> : tensor<3xf32>
  %2 = graph.constant dense<9.0> : tensor<f32>
  %r = graph.select %0, %1, %2 : (tensor<2x1xi1>, tensor<3xf32>, tensor<f32>) -> tensor<2x3xf32>
  %e = graph.constant dense<[[2.0, -3.0, 0.5], [9.0, 9.0, 9.0]]> : tensor<2x3xf32>
  return %r, %e : tensor<2x3xf32>, tensor<2x3xf32>
}

func.func @nan_not_taken() -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = graph.constant dense<[true, false]> : tensor<2xi1>
  %1 = graph.constant dense<[1.0, 0x7FC00000]> : tensor<2xf32>
  %2 = graph.constant dense<[0x7FC00000, 2.0]> : tensor<2xf32>
  %r = graph.select %0, %1, %2 : (tensor<2xi1>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %e = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return %r, %e : tensor<2xf32>, tensor<2xf32>
}

func.func @bool() -> (tensor<2xi1>, tensor<2xi1>) {
  %0 = graph.constant dense<[true, false]> : tensor<2xi1>
  %1 = graph.constant dense<[false, true]> : tensor<2xi1>
  %2 = graph.constant dense<[true, false]> : tensor<2xi1>
  %r = graph.select %0, %1, %2 : (tensor<2xi1>, tensor<2xi1>, tensor<2xi1>) -> tensor<2xi1>
  %e = graph.constant dense<[false, false]> : tensor<2xi1>
  return %r, %e : tensor<2xi1>, tensor<2xi1>
}

func.func @empty() -> (tensor<0xf32>, tensor<0xf32>) {
  %0 = graph.constant dense<> : tensor<0xi1>
  %1 = graph.constant dense<1.0> : tensor<f32>
  %2 = graph.constant dense<2.0> : tensor<f32>
  %r = graph.select %0, %1, %2 : (tensor<0xi1>, tensor<f32>, tensor<f32>) -> tensor<0xf32>
  %e = graph.constant dense<> : tensor<0xf32>
  return %r, %e : tensor<0xf32>, tensor<0xf32>
}
