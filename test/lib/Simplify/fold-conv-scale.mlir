// RUN: azulejo-opt %s --split-input-file --azulejo-simplify-fold-conv-scale | FileCheck %s

// Batch normalization: y = (conv(x) - mean) / deviation * gamma + beta.
// CHECK-LABEL: func @batch_norm
// CHECK-SAME: (%[[X:.*]]: tensor<?x2x8xf32
func.func @batch_norm(%x: tensor<?x2x8xf32, #graph.dims<n, 2, 8>>) -> tensor<?x2x8xf32, #graph.dims<n, 2, 8>> {
  %w = graph.constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %mean = graph.constant dense<[[[1.0], [2.0]]]> : tensor<1x2x1xf32>
  %deviation = graph.constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %gamma_vector = graph.constant dense<[6.0, 8.0]> : tensor<2xf32>
  %gamma = graph.reshape %gamma_vector : (tensor<2xf32>) -> tensor<1x2x1xf32>
  %beta = graph.constant dense<0.5> : tensor<f32>
  // CHECK-DAG: %[[W:.*]] = graph.constant dense<{{\[\[\[}}3.000000e+00], [6.000000e+00]], {{\[\[}}6.000000e+00], [8.000000e+00]]]>
  // CHECK-DAG: %[[B:.*]] = graph.constant dense<{{\[\[\[}}-2.500000e+00], [-3.500000e+00]]]> : tensor<1x2x1xf32>
  // CHECK-DAG: %[[CONV:.*]] = graph.conv %[[X]], %[[W]]
  %0 = graph.conv %x, %w strides = [1] dilations = [1] pads_begin = [0] pads_end = [0] group = 1
      : (tensor<?x2x8xf32, #graph.dims<n, 2, 8>>, tensor<2x2x1xf32>) -> tensor<?x2x8xf32, #graph.dims<n, 2, 8>>
  %1 = graph.sub %0, %mean : (tensor<?x2x8xf32, #graph.dims<n, 2, 8>>, tensor<1x2x1xf32>) -> tensor<?x2x8xf32, #graph.dims<n, 2, 8>>
  %2 = graph.div %1, %deviation : (tensor<?x2x8xf32, #graph.dims<n, 2, 8>>, tensor<2x1xf32>) -> tensor<?x2x8xf32, #graph.dims<n, 2, 8>>
  %3 = graph.mul %gamma, %2 : (tensor<1x2x1xf32>, tensor<?x2x8xf32, #graph.dims<n, 2, 8>>) -> tensor<?x2x8xf32, #graph.dims<n, 2, 8>>
  %4 = graph.add %3, %beta : (tensor<?x2x8xf32, #graph.dims<n, 2, 8>>, tensor<f32>) -> tensor<?x2x8xf32, #graph.dims<n, 2, 8>>
  // CHECK: %[[SUM:.*]] = graph.add %[[CONV]], %[[B]]
  // CHECK-NEXT: return %[[SUM]]
  return %4 : tensor<?x2x8xf32, #graph.dims<n, 2, 8>>
}

// -----

// CHECK-LABEL: func @matmul
func.func @matmul(%x: tensor<5x2xf32>) -> (tensor<5x3xf32>, tensor<5x3xf32>) {
  %w = graph.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %wt = graph.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>
  %s = graph.constant dense<[1.0, 2.0, 4.0]> : tensor<3xf32>
  // CHECK-DAG: %[[W:.*]] = graph.constant dense<{{\[}}[1.000000e+00, 4.000000e+00, 1.200000e+01], [4.000000e+00, 1.000000e+01, 2.400000e+01]]>
  // CHECK-DAG: %[[WT:.*]] = graph.constant dense<{{\[}}[1.000000e+00, 2.000000e+00], [6.000000e+00, 8.000000e+00], [2.000000e+01, 2.400000e+01]]>
  // CHECK-DAG: %[[A:.*]] = graph.matmul %{{.*}}, %[[W]] :
  // CHECK-DAG: %[[B:.*]] = graph.matmul %{{.*}}, %[[WT]] transpose_b
  %0 = graph.matmul %x, %w : (tensor<5x2xf32>, tensor<2x3xf32>) -> tensor<5x3xf32>
  %1 = graph.mul %0, %s : (tensor<5x3xf32>, tensor<3xf32>) -> tensor<5x3xf32>
  %2 = graph.matmul %x, %wt transpose_b : (tensor<5x2xf32>, tensor<3x2xf32>) -> tensor<5x3xf32>
  %sb = graph.broadcast %s : (tensor<3xf32>) -> tensor<5x3xf32>
  %3 = graph.mul %2, %sb : (tensor<5x3xf32>, tensor<5x3xf32>) -> tensor<5x3xf32>
  // CHECK: return %[[A]], %[[B]]
  return %1, %3 : tensor<5x3xf32>, tensor<5x3xf32>
}

// -----

// Not folded: a factor per row, one that grows the result, a constant divided by the result, a second use of the weight
// or of the contraction, integers, and a factor that is not finite.
// CHECK-LABEL: func @refused
func.func @refused(%x: tensor<3x2xf32>, %i: tensor<3x2xi32>) -> (tensor<3x3xf32>, tensor<2x3x3xf32>, tensor<3x3xf32>,
    tensor<3x3xf32>, tensor<3x3xf32>, tensor<3x3xi32>, tensor<3x3xf32>) {
  %w0 = graph.constant dense<1.0> : tensor<2x3xf32>
  %w1 = graph.constant dense<2.0> : tensor<2x3xf32>
  %w2 = graph.constant dense<3.0> : tensor<2x3xf32>
  %w3 = graph.constant dense<4.0> : tensor<2x3xf32>
  %w4 = graph.constant dense<5.0> : tensor<2x3xf32>
  %w5 = graph.constant dense<6> : tensor<2x3xi32>
  %w6 = graph.constant dense<7.0> : tensor<2x3xf32>
  %rows = graph.constant dense<[[1.0], [2.0], [3.0]]> : tensor<3x1xf32>
  %grow = graph.constant dense<2.0> : tensor<2x1x3xf32>
  %s = graph.constant dense<2.0> : tensor<f32>
  %si = graph.constant dense<2> : tensor<i32>
  %inf = graph.constant dense<0x7F800000> : tensor<f32>
  // CHECK-COUNT-2: graph.mul
  %0 = graph.matmul %x, %w0 : (tensor<3x2xf32>, tensor<2x3xf32>) -> tensor<3x3xf32>
  %1 = graph.mul %0, %rows : (tensor<3x3xf32>, tensor<3x1xf32>) -> tensor<3x3xf32>
  %2 = graph.matmul %x, %w1 : (tensor<3x2xf32>, tensor<2x3xf32>) -> tensor<3x3xf32>
  %3 = graph.mul %2, %grow : (tensor<3x3xf32>, tensor<2x1x3xf32>) -> tensor<2x3x3xf32>
  %4 = graph.matmul %x, %w2 : (tensor<3x2xf32>, tensor<2x3xf32>) -> tensor<3x3xf32>
  // CHECK: graph.div
  %5 = graph.div %s, %4 : (tensor<f32>, tensor<3x3xf32>) -> tensor<3x3xf32>
  // CHECK-COUNT-4: graph.mul
  %6 = graph.matmul %x, %w3 : (tensor<3x2xf32>, tensor<2x3xf32>) -> tensor<3x3xf32>
  %7 = graph.mul %6, %s : (tensor<3x3xf32>, tensor<f32>) -> tensor<3x3xf32>
  %8 = graph.add %7, %6 : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
  %9 = graph.matmul %x, %w4 : (tensor<3x2xf32>, tensor<2x3xf32>) -> tensor<3x3xf32>
  %10 = graph.mul %9, %s : (tensor<3x3xf32>, tensor<f32>) -> tensor<3x3xf32>
  %11 = graph.matmul %10, %rows : (tensor<3x3xf32>, tensor<3x1xf32>) -> tensor<3x1xf32>
  %12 = graph.add %w4, %w4 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %13 = graph.matmul %i, %w5 : (tensor<3x2xi32>, tensor<2x3xi32>) -> tensor<3x3xi32>
  %14 = graph.mul %13, %si : (tensor<3x3xi32>, tensor<i32>) -> tensor<3x3xi32>
  %15 = graph.matmul %x, %w6 : (tensor<3x2xf32>, tensor<2x3xf32>) -> tensor<3x3xf32>
  %16 = graph.mul %15, %inf : (tensor<3x3xf32>, tensor<f32>) -> tensor<3x3xf32>
  return %1, %3, %5, %8, %10, %14, %16 : tensor<3x3xf32>, tensor<2x3x3xf32>, tensor<3x3xf32>, tensor<3x3xf32>,
      tensor<3x3xf32>, tensor<3x3xi32>, tensor<3x3xf32>
}
