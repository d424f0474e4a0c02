// Values of graph.not. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs %s

func.func @bool() -> (tensor<2xi1>, tensor<2xi1>) {
  %0 = graph.constant dense<[true, false]> : tensor<2xi1>
  %r = graph.not %0 : (tensor<2xi1>) -> tensor<2xi1>
  %e = graph.constant dense<[false, true]> : tensor<2xi1>
  return %r, %e : tensor<2xi1>, tensor<2xi1>
}

func.func @i32() -> (tensor<3xi32>, tensor<3xi32>) {
  %0 = graph.constant dense<[0, -1, 5]> : tensor<3xi32>
  %r = graph.not %0 : (tensor<3xi32>) -> tensor<3xi32>
  %e = graph.constant dense<[-1, 0, -6]> : tensor<3xi32>
  return %r, %e : tensor<3xi32>, tensor<3xi32>
}

func.func @ui8() -> (tensor<3xui8>, tensor<3xui8>) {
  %0 = graph.constant dense<[0, 255, 1]> : tensor<3xui8>
  %r = graph.not %0 : (tensor<3xui8>) -> tensor<3xui8>
  %e = graph.constant dense<[255, 0, 254]> : tensor<3xui8>
  return %r, %e : tensor<3xui8>, tensor<3xui8>
}
