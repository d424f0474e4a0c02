// RUN: azulejo-opt %s --split-input-file --azulejo-simplify-fold-constants | FileCheck %s
// RUN: azulejo-opt %s --split-input-file '--azulejo-simplify-fold-constants=byte-budget=4' | FileCheck %s --check-prefix=SMALL

// CHECK-LABEL: func @chain
// SMALL-LABEL: func @chain
func.func @chain() -> tensor<2xf32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<[1.000000e+00, 1.500000e+00]> : tensor<2xf32>
  // CHECK-NEXT: return %[[C]]
  // SMALL: graph.sqrt
  %0 = graph.constant dense<[4.0, 9.0]> : tensor<2xf32>
  %1 = graph.constant dense<0.5> : tensor<2xf32>
  %2 = graph.sqrt %0 : (tensor<2xf32>) -> tensor<2xf32>
  %3 = graph.mul %2, %1 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %3 : tensor<2xf32>
}

// -----

// An operator may use the same constant twice, and a constant may have uses that stay.
// CHECK-LABEL: func @shared
func.func @shared(%x: tensor<2xi64>) -> (tensor<2xi64>, tensor<2xi64>) {
  // CHECK-DAG: %[[A:.*]] = graph.constant dense<[2, 3]>
  // CHECK-DAG: %[[B:.*]] = graph.constant dense<[4, 9]>
  %0 = graph.constant dense<[2, 3]> : tensor<2xi64>
  %1 = graph.mul %0, %0 : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  // CHECK: graph.add %{{.*}}, %[[A]]
  %2 = graph.add %x, %0 : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  return %1, %2 : tensor<2xi64>, tensor<2xi64>
}

// -----

// A splat of a million elements is computed as one element.
// CHECK-LABEL: func @splat
func.func @splat() -> (tensor<1000x1000xf32>, tensor<1000x1000xi1>) {
  // CHECK-DAG: graph.constant dense<6.000000e+00> : tensor<1000x1000xf32>
  // CHECK-DAG: graph.constant dense<true> : tensor<1000x1000xi1>
  %0 = graph.constant dense<2.0> : tensor<1000x1000xf32>
  %1 = graph.constant dense<3.0> : tensor<f32>
  %2 = graph.mul %0, %1 : (tensor<1000x1000xf32>, tensor<f32>) -> tensor<1000x1000xf32>
  %3 = graph.compare gt %2, %0 : (tensor<1000x1000xf32>, tensor<1000x1000xf32>) -> tensor<1000x1000xi1>
  return %2, %3 : tensor<1000x1000xf32>, tensor<1000x1000xi1>
}

// -----

// What would grow to more than 64 KiB stays; a vector of one element per channel does not.
// CHECK-LABEL: func @growth
func.func @growth() -> (tensor<256x256xf32>, tensor<256x256xf32>, tensor<2048xf32>) {
  %0 = graph.constant dense<2.0> : tensor<f32>
  // CHECK: graph.broadcast
  %1 = graph.broadcast %0 : (tensor<f32>) -> tensor<256x256xf32>
  %2 = graph.constant dense<1.0> : tensor<256x1xf32>
  %3 = graph.constant dense<1.0> : tensor<1x256xf32>
  // CHECK: graph.add
  %4 = graph.add %2, %3 : (tensor<256x1xf32>, tensor<1x256xf32>) -> tensor<256x256xf32>
  // CHECK: graph.constant dense<2.000000e+00> : tensor<2048xf32>
  %5 = graph.broadcast %0 : (tensor<f32>) -> tensor<2048xf32>
  return %1, %4, %5 : tensor<256x256xf32>, tensor<256x256xf32>, tensor<2048xf32>
}

// -----

// An index out of bounds is left for the run; no error is given at compile time.
// CHECK-LABEL: func @fails
func.func @fails() -> tensor<f32> {
  %0 = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = graph.constant dense<7> : tensor<i64>
  // CHECK: graph.gather
  %2 = graph.gather %0, %1 axis = 0 : (tensor<2xf32>, tensor<i64>) -> tensor<f32>
  return %2 : tensor<f32>
}

// -----

// CHECK-LABEL: func @resource
func.func @resource() -> tensor<2x1xf32> {
  // CHECK: graph.constant dense<{{\[}}[1.000000e+00], [2.000000e+00]]>
  %0 = graph.constant dense_resource<blob> : tensor<1x2xf32>
  %1 = graph.transpose %0 perm = [1, 0] : (tensor<1x2xf32>) -> tensor<2x1xf32>
  return %1 : tensor<2x1xf32>
}
{-#
  dialect_resources: { builtin: { blob: "0x040000000000803F00000040" } }
#-}
