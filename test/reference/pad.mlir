// Values of graph.pad. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs %s

func.func @constant() -> (tensor<3x5xf32>, tensor<3x5xf32>) {
  %0 = graph.constant dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]> : tensor<2x3xf32>
  %1 = graph.constant dense<9.0> : tensor<f32>
  %r = graph.pad constant %0, %1 low = [1, 0] high = [0, 2] : (tensor<2x3xf32>, tensor<f32>) -> tensor<3x5xf32>
  %e = graph.constant dense<[[9.0, 9.0, 9.0, 9.0, 9.0], [0.0, 1.0, 2.0, 9.0, 9.0], [3.0, 4.0, 5.0, 9.0, 9.0]]> : tensor<3x5xf32>
  return %r, %e : tensor<3x5xf32>, tensor<3x5xf32>
}

func.func @zeros() -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  %0 = graph.constant dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]> : tensor<2x3xf32>
  %r = graph.pad constant %0 low = [0, 1] high = [1, 0] : (tensor<2x3xf32>) -> tensor<3x4xf32>
  %e = graph.constant dense<[[0.0, 0.0, 1.0, 2.0], [0.0, 3.0, 4.0, 5.0], [0.0, 0.0, 0.0, 0.0]]> : tensor<3x4xf32>
  return %r, %e : tensor<3x4xf32>, tensor<3x4xf32>
}

func.func @edge() -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %0 = graph.constant dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]> : tensor<2x3xf32>
  %r = graph.pad edge %0 low = [1, 2] high = [1, 3] : (tensor<2x3xf32>) -> tensor<4x8xf32>
  %e = graph.constant dense<[[0.0, 0.0, 0.0, 1.0, 2.0, 2.0, 2.0, 2.0], [0.0, 0.0, 0.0, 1.0, 2.0, 2.0, 2.0, 2.0], [3.0, 3.0, 3.0, 4.0, 5.0, 5.0, 5.0, 5.0], [3.0, 3.0, 3.0, 4.0, 5.0, 5.0, 5.0, 5.0]]> : tensor<4x8xf32>
  return %r, %e : tensor<4x8xf32>, tensor<4x8xf32>
}

func.func @reflect() -> (tensor<3x6xf32>, tensor<3x6xf32>) {
  %0 = graph.constant dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]> : tensor<2x3xf32>
  %r = graph.pad reflect %0 low = [1, 2] high = [0, 1] : (tensor<2x3xf32>) -> tensor<3x6xf32>
  %e = graph.constant dense<[[5.0, 4.0, 3.0, 4.0, 5.0, 4.0], [2.0, 1.0, 0.0, 1.0, 2.0, 1.0], [5.0, 4.0, 3.0, 4.0, 5.0, 4.0]]> : tensor<3x6xf32>
  return %r, %e : tensor<3x6xf32>, tensor<3x6xf32>
}

func.func @crop() -> (tensor<1x1xf32>, tensor<1x1xf32>) {
  %0 = graph.constant dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]> : tensor<2x3xf32>
  %r = graph.pad constant %0 low = [-1, 0] high = [0, -2] : (tensor<2x3xf32>) -> tensor<1x1xf32>
  %e = graph.constant dense<[[3.0]]> : tensor<1x1xf32>
  return %r, %e : tensor<1x1xf32>, tensor<1x1xf32>
}

func.func @crop_and_pad() -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  %0 = graph.constant dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]> : tensor<2x3xf32>
  %1 = graph.constant dense<7.0> : tensor<f32>
  %r = graph.pad constant %0, %1 low = [0, -1] high = [0, 2] : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x4xf32>
  %e = graph.constant dense<[[1.0, 2.0, 7.0, 7.0], [4.0, 5.0, 7.0, 7.0]]> : tensor<2x4xf32>
  return %r, %e : tensor<2x4xf32>, tensor<2x4xf32>
}

func.func @crop_and_reflect() -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.constant dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]> : tensor<2x3xf32>
  %r = graph.pad reflect %0 low = [0, -1] high = [0, 1] : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %e = graph.constant dense<[[1.0, 2.0, 1.0], [4.0, 5.0, 4.0]]> : tensor<2x3xf32>
  return %r, %e : tensor<2x3xf32>, tensor<2x3xf32>
}

func.func @crop_and_edge() -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  %0 = graph.constant dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]> : tensor<2x3xf32>
  %r = graph.pad edge %0 low = [0, 2] high = [0, -1] : (tensor<2x3xf32>) -> tensor<2x4xf32>
  %e = graph.constant dense<[[0.0, 0.0, 0.0, 1.0], [3.0, 3.0, 3.0, 4.0]]> : tensor<2x4xf32>
  return %r, %e : tensor<2x4xf32>, tensor<2x4xf32>
}

func.func @empty() -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.constant dense<> : tensor<0x3xf32>
  %1 = graph.constant dense<2.0> : tensor<f32>
  %r = graph.pad constant %0, %1 low = [1, 0] high = [1, 0] : (tensor<0x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  %e = graph.constant dense<[[2.0, 2.0, 2.0], [2.0, 2.0, 2.0]]> : tensor<2x3xf32>
  return %r, %e : tensor<2x3xf32>, tensor<2x3xf32>
}

func.func @bool() -> (tensor<2xi1>, tensor<2xi1>) {
  %0 = graph.constant dense<[false]> : tensor<1xi1>
  %1 = graph.constant dense<true> : tensor<i1>
  %r = graph.pad constant %0, %1 low = [1] high = [0] : (tensor<1xi1>, tensor<i1>) -> tensor<2xi1>
  %e = graph.constant dense<[true, false]> : tensor<2xi1>
  return %r, %e : tensor<2xi1>, tensor<2xi1>
}

func.func @rank_0() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<1.0> : tensor<f32>
  %r = graph.pad constant %0 low = [] high = [] : (tensor<f32>) -> tensor<f32>
  %e = graph.constant dense<1.0> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}
