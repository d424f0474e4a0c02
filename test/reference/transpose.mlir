// Values of graph.transpose. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs %s

func.func @perm_021() -> (tensor<2x4x3xf32>, tensor<2x4x3xf32>) {
  %0 = graph.constant dense<[[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]], [[12.0, 13.0, 14.0, 15.0], [16.0, 17.0, 18.0, 19.0], [20.0, 21.0, 22.0, 23.0]]]> : tensor<2x3x4xf32>
  %r = graph.transpose %0 perm = [0, 2, 1] : (tensor<2x3x4xf32>) -> tensor<2x4x3xf32>
  %e = graph.constant dense<[[[0.0, 4.0, 8.0], [1.0, 5.0, 9.0], [2.0, 6.0, 10.0], [3.0, 7.0, 11.0]], [[12.0, 16.0, 20.0], [13.0, 17.0, 21.0], [14.0, 18.0, 22.0], [15.0, 19.0, 23.0]]]> : tensor<2x4x3xf32>
  return %r, %e : tensor<2x4x3xf32>, tensor<2x4x3xf32>
}

func.func @perm_201() -> (tensor<4x2x3xf32>, tensor<4x2x3xf32>) {
  %0 = graph.constant dense<[[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]], [[12.0, 13.0, 14.0, 15.0], [16.0, 17.0, 18.0, 19.0], [20.0, 21.0, 22.0, 23.0]]]> : tensor<2x3x4xf32>
  %r = graph.transpose %0 perm = [2, 0, 1] : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
  %e = graph.constant dense<[[[0.0, 4.0, 8.0], [12.0, 16.0, 20.0]], [[1.0, 5.0, 9.0], [13.0, 17.0, 21.0]], [[2.0, 6.0, 10.0], [14.0, 18.0, 22.0]], [[3.0, 7.0, 11.0], [15.0, 19.0, 23.0]]]> : tensor<4x2x3xf32>
  return %r, %e : tensor<4x2x3xf32>, tensor<4x2x3xf32>
}

func.func @perm_120() -> (tensor<3x4x2xf32>, tensor<3x4x2xf32>) {
  %0 = graph.constant dense<[[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]], [[12.0, 13.0, 14.0, 15.0], [16.0, 17.0, 18.0, 19.0], [20.0, 21.0, 22.0, 23.0]]]> : tensor<2x3x4xf32>
  %r = graph.transpose %0 perm = [1, 2, 0] : (tensor<2x3x4xf32>) -> tensor<3x4x2xf32>
  %e = graph.constant dense<[[[0.0, 12.0], [1.0, 13.0], [2.0, 14.0], [3.0, 15.0]], [[4.0, 16.0], [5.0, 17.0], [6.0, 18.0], [7.0, 19.0]], [[8.0, 20.0], [9.0, 21.0], [10.0, 22.0], [11.0, 23.0]]]> : tensor<3x4x2xf32>
  return %r, %e : tensor<3x4x2xf32>, tensor<3x4x2xf32>
}

func.func @perm_210() -> (tensor<4x3x2xf32>, tensor<4x3x2xf32>) {
  %0 = graph.constant dense<[[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]], [[12.0, 13.0, 14.0, 15.0], [16.0, 17.0, 18.0, 19.0], [20.0, 21.0, 22.0, 23.0]]]> : tensor<2x3x4xf32>
  %r = graph.transpose %0 perm = [2, 1, 0] : (tensor<2x3x4xf32>) -> tensor<4x3x2xf32>
  %e = graph.constant dense<[[[0.0, 12.0], [4.0, 16.0], [8.0, 20.0]], [[1.0, 13.0], [5.0, 17.0], [9.0, 21.0]], [[2.0, 14.0], [6.0, 18.0], [10.0, 22.0]], [[3.0, 15.0], [7.0, 19.0], [11.0, 23.0]]]> : tensor<4x3x2xf32>
  return %r, %e : tensor<4x3x2xf32>, tensor<4x3x2xf32>
}

func.func @rank_0() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<1.0> : tensor<f32>
  %r = graph.transpose %0 perm = [] : (tensor<f32>) -> tensor<f32>
  %e = graph.constant dense<1.0> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @f16() -> (tensor<3x2xf16>, tensor<3x2xf16>) {
  %0 = graph.constant dense<[[1.0, -2.0, 3.5], [0.0, -0.0, 7.0]]> : tensor<2x3xf16>
  %r = graph.transpose %0 perm = [1, 0] : (tensor<2x3xf16>) -> tensor<3x2xf16>
  %e = graph.constant dense<[[1.0, 0.0], [-2.0, -0.0], [3.5, 7.0]]> : tensor<3x2xf16>
  return %r, %e : tensor<3x2xf16>, tensor<3x2xf16>
}

func.func @bool() -> (tensor<3x1xi1>, tensor<3x1xi1>) {
  %0 = graph.constant dense<[[true, false, false]]> : tensor<1x3xi1>
  %r = graph.transpose %0 perm = [1, 0] : (tensor<1x3xi1>) -> tensor<3x1xi1>
  %e = graph.constant dense<[[true], [false], [false]]> : tensor<3x1xi1>
  return %r, %e : tensor<3x1xi1>, tensor<3x1xi1>
}

func.func @empty() -> (tensor<3x0xi64>, tensor<3x0xi64>) {
  %0 = graph.constant dense<> : tensor<0x3xi64>
  %r = graph.transpose %0 perm = [1, 0] : (tensor<0x3xi64>) -> tensor<3x0xi64>
  %e = graph.constant dense<> : tensor<3x0xi64>
  return %r, %e : tensor<3x0xi64>, tensor<3x0xi64>
}
