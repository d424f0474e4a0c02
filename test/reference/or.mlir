// Values of graph.or. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs %s

func.func @bool() -> (tensor<2x2xi1>, tensor<2x2xi1>) {
  %0 = graph.constant dense<[[true], [false]]> : tensor<2x1xi1>
  %1 = graph.constant dense<[true, false]> : tensor<2xi1>
  %r = graph.or %0, %1 : (tensor<2x1xi1>, tensor<2xi1>) -> tensor<2x2xi1>
  %e = graph.constant dense<[[true, true], [true, false]]> : tensor<2x2xi1>
  return %r, %e : tensor<2x2xi1>, tensor<2x2xi1>
}

func.func @i32() -> (tensor<5xi32>, tensor<5xi32>) {
  %0 = graph.constant dense<[7, -7, 7, -7, 2147483647]> : tensor<5xi32>
  %1 = graph.constant dense<[2, 2, -2, -2, 3]> : tensor<5xi32>
  %r = graph.or %0, %1 : (tensor<5xi32>, tensor<5xi32>) -> tensor<5xi32>
  %e = graph.constant dense<[7, -5, -1, -1, 2147483647]> : tensor<5xi32>
  return %r, %e : tensor<5xi32>, tensor<5xi32>
}

func.func @ui16() -> (tensor<1xui16>, tensor<1xui16>) {
  %0 = graph.constant dense<[61680]> : tensor<1xui16>
  %1 = graph.constant dense<[65280]> : tensor<1xui16>
  %r = graph.or %0, %1 : (tensor<1xui16>, tensor<1xui16>) -> tensor<1xui16>
  %e = graph.constant dense<[65520]> : tensor<1xui16>
  return %r, %e : tensor<1xui16>, tensor<1xui16>
}
