// Integer division by zero gives some number and does not trap. Written by generate.py.
// RUN: azulejo-translate --evaluate %s

func.func @i32() -> (tensor<2xi32>, tensor<2xi32>) {
  %0 = graph.constant dense<[1, -2147483648]> : tensor<2xi32>
  %1 = graph.constant dense<[0, -1]> : tensor<2xi32>
  %r = graph.div %0, %1 : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  %e = graph.constant dense<[0, 0]> : tensor<2xi32>
  return %r, %e : tensor<2xi32>, tensor<2xi32>
}

func.func @i64() -> (tensor<2xi64>, tensor<2xi64>) {
  %0 = graph.constant dense<[1, -9223372036854775808]> : tensor<2xi64>
  %1 = graph.constant dense<[0, -1]> : tensor<2xi64>
  %r = graph.mod %0, %1 : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  %e = graph.constant dense<[0, 0]> : tensor<2xi64>
  return %r, %e : tensor<2xi64>, tensor<2xi64>
}
