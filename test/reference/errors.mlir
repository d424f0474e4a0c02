// What only values show is an error at the operator; a wrong expectation fails.
// RUN: not azulejo-translate --evaluate-pairs --split-input-file %s 2>&1 | FileCheck %s

// CHECK: error: expected element 1 to be 3, got: 2
func.func @wrong_expectation() -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = graph.constant dense<[1.0, 3.0]> : tensor<2xf32>
  return %0, %1 : tensor<2xf32>, tensor<2xf32>
}

// -----

// CHECK: error: expected element 0 to be -0, got: 0
func.func @wrong_sign_of_zero() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<0.0> : tensor<f32>
  %1 = graph.constant dense<-0.0> : tensor<f32>
  return %0, %1 : tensor<f32>, tensor<f32>
}

// -----

// CHECK: error: expected a result of type 'tensor<1xf32>', got: 'tensor<f32>'
func.func @wrong_type() -> (tensor<f32>, tensor<1xf32>) {
  %0 = graph.constant dense<0.0> : tensor<f32>
  %1 = graph.constant dense<0.0> : tensor<1xf32>
  return %0, %1 : tensor<f32>, tensor<1xf32>
}

// -----

// CHECK: error: 'graph.gather' op cannot be evaluated: index 3 is outside of dimension 0 of size 3
func.func @index_out_of_bounds() -> tensor<f32> {
  %0 = graph.constant dense<[1.0, 2.0, 4.0]> : tensor<3xf32>
  %1 = graph.constant dense<3> : tensor<i64>
  %2 = graph.gather %0, %1 axis = 0 : (tensor<3xf32>, tensor<i64>) -> tensor<f32>
  return %2 : tensor<f32>
}

// -----

// CHECK: error: 'graph.dim_values' op cannot be evaluated: n has no value
func.func @unbound_symbol() -> tensor<1xi64> {
  %0 = graph.dim_values <n> : tensor<1xi64>
  return %0 : tensor<1xi64>
}

// -----

// CHECK: error: 'graph.broadcast' op cannot be evaluated: tensor of 4000000000000 bytes is larger than the limit of 17179869184
func.func @too_large() -> tensor<1000000000000xf32> {
  %0 = graph.constant dense<0.0> : tensor<f32>
  %1 = graph.broadcast %0 : (tensor<f32>) -> tensor<1000000000000xf32>
  return %1 : tensor<1000000000000xf32>
}
