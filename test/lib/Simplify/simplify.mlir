// The whole step on what an exporter makes of Conv + BatchNormalization + Flatten: a convolution, an addition, a reshape.
// RUN: azulejo-opt %s --azulejo-simplify | FileCheck %s

// CHECK-LABEL: func @main
// CHECK-SAME: (%[[X:.*]]: tensor<?x1x2xf32
// CHECK-NEXT: %[[B:.*]] = graph.constant dense<{{\[\[\[}}-1.250000e-01], [-0.166666672]]]> : tensor<1x2x1xf32>
// CHECK-NEXT: %[[W:.*]] = graph.constant dense<{{\[\[\[}}5.000000e-01]], {{\[\[}}0.666666686]]]> : tensor<2x1x1xf32>
// CHECK-NEXT: %[[CONV:.*]] = graph.conv %[[X]], %[[W]]
// CHECK-NEXT: %[[SUM:.*]] = graph.add %[[CONV]], %[[B]]
// CHECK-NEXT: %[[FLAT:.*]] = graph.reshape %[[SUM]]
// CHECK-NEXT: return %[[FLAT]]
func.func @main(%x: tensor<?x1x2xf32, #graph.dims<batch, 1, 2>>) -> tensor<?x4xf32, #graph.dims<batch, 4>> {
  %w = graph.constant dense<[[[1.0]], [[2.0]]]> : tensor<2x1x1xf32>
  %mean = graph.constant dense<[0.25, 0.5]> : tensor<2xf32>
  %variance = graph.constant dense<[3.0, 8.0]> : tensor<2xf32>
  %epsilon = graph.constant dense<1.0> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.conv %x, %w strides = [1] dilations = [1] pads_begin = [0] pads_end = [0] group = 1
      : (tensor<?x1x2xf32, #graph.dims<batch, 1, 2>>, tensor<2x1x1xf32>) -> tensor<?x2x2xf32, #graph.dims<batch, 2, 2>>
  %1 = graph.reshape %mean : (tensor<2xf32>) -> tensor<1x2x1xf32>
  %2 = graph.sub %0, %1 : (tensor<?x2x2xf32, #graph.dims<batch, 2, 2>>, tensor<1x2x1xf32>) -> tensor<?x2x2xf32, #graph.dims<batch, 2, 2>>
  %3 = graph.add %variance, %epsilon : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  %4 = graph.rsqrt %3 : (tensor<2xf32>) -> tensor<2xf32>
  %5 = graph.reshape %4 : (tensor<2xf32>) -> tensor<1x2x1xf32>
  %6 = graph.mul %2, %5 : (tensor<?x2x2xf32, #graph.dims<batch, 2, 2>>, tensor<1x2x1xf32>) -> tensor<?x2x2xf32, #graph.dims<batch, 2, 2>>
  %7 = graph.mul %6, %one : (tensor<?x2x2xf32, #graph.dims<batch, 2, 2>>, tensor<f32>) -> tensor<?x2x2xf32, #graph.dims<batch, 2, 2>>
  %8 = graph.reshape %7 : (tensor<?x2x2xf32, #graph.dims<batch, 2, 2>>) -> tensor<?x2x2x1xf32, #graph.dims<batch, 2, 2, 1>>
  %9 = graph.reshape %8 : (tensor<?x2x2x1xf32, #graph.dims<batch, 2, 2, 1>>) -> tensor<?x4xf32, #graph.dims<batch, 4>>
  return %9 : tensor<?x4xf32, #graph.dims<batch, 4>>
}
