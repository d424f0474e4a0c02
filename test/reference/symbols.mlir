// Symbols get their values from the inputs; results follow.
// RUN: azulejo-translate --evaluate %s --input 'dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>' | FileCheck %s
// RUN: rm -rf %t && azulejo-translate --evaluate %s --input 'x=dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>' --output-dir=%t
// RUN: not azulejo-translate --evaluate %s --input %t/flat.npy 2>&1 | FileCheck %s --check-prefix=RANK
// RUN: not azulejo-translate --evaluate %s 2>&1 | FileCheck %s --check-prefix=NONE

// CHECK: @main flat: dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00, 6.000000e+00]> : tensor<6xf32>
// CHECK: @main shape: dense<[3, 5, 1]> : tensor<3xi64>
// RANK: error: expected input 0 of type 'tensor<?x2xf32, #graph.dims<n, 2>>', got: 'tensor<4xf32>'
// NONE: error: expected --input for argument x
func.func @main(%x: tensor<?x2xf32, #graph.dims<n, 2>> {graph.name = "x"})
    -> (tensor<?xf32, #graph.dims<n * 2>> {graph.name = "flat"}, tensor<3xi64> {graph.name = "shape"}) {
  %0 = graph.reshape %x : (tensor<?x2xf32, #graph.dims<n, 2>>) -> tensor<?xf32, #graph.dims<n * 2>>
  %1 = graph.dim_values <n, 2 * n - 1, n floordiv 2> : tensor<3xi64>
  return %0, %1 : tensor<?xf32, #graph.dims<n * 2>>, tensor<3xi64>
}
