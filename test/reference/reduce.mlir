// Values of graph.reduce. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs --tolerance=2e-7 %s

func.func @sum_inner() -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce sum %0 axes = [2] : (tensor<2x3x4xf32>) -> tensor<2x3xf32>
  %e = graph.constant dense<[[3.0, 3.0, 1.0], [-6.0, -6.0, 0.0]]> : tensor<2x3xf32>
  return %r, %e : tensor<2x3xf32>, tensor<2x3xf32>
}

func.func @sum_outer_keep() -> (tensor<1x3x4xf32>, tensor<1x3x4xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce sum %0 axes = [0] keep_dims : (tensor<2x3x4xf32>) -> tensor<1x3x4xf32>
  %e = graph.constant dense<[[[-2.0, 1.0, -2.0, 0.0], [-3.0, -1.0, -3.0, 4.0], [-2.0, 7.0, -4.0, 0.0]]]> : tensor<1x3x4xf32>
  return %r, %e : tensor<1x3x4xf32>, tensor<1x3x4xf32>
}

func.func @sum_two() -> (tensor<3xf32>, tensor<3xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce sum %0 axes = [0, 2] : (tensor<2x3x4xf32>) -> tensor<3xf32>
  %e = graph.constant dense<[-3.0, -3.0, 1.0]> : tensor<3xf32>
  return %r, %e : tensor<3xf32>, tensor<3xf32>
}

func.func @sum_all() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce sum %0 axes = [0, 1, 2] : (tensor<2x3x4xf32>) -> tensor<f32>
  %e = graph.constant dense<-5.0> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @sum_no_axes() -> (tensor<2x3x4xf32>, tensor<2x3x4xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce sum %0 axes = [] : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %e = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  return %r, %e : tensor<2x3x4xf32>, tensor<2x3x4xf32>
}

func.func @sum_nan() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<[1.0, 0x7FC00000, 2.0]> : tensor<3xf32>
  %r = graph.reduce sum %0 axes = [0] : (tensor<3xf32>) -> tensor<f32>
  %e = graph.constant dense<0x7FC00000> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @sum_i32() -> (tensor<2xi32>, tensor<2xi32>) {
  %0 = graph.constant dense<[[2, -3], [4, 5]]> : tensor<2x2xi32>
  %r = graph.reduce sum %0 axes = [1] : (tensor<2x2xi32>) -> tensor<2xi32>
  %e = graph.constant dense<[-1, 9]> : tensor<2xi32>
  return %r, %e : tensor<2xi32>, tensor<2xi32>
}

func.func @mean_inner() -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce mean %0 axes = [2] : (tensor<2x3x4xf32>) -> tensor<2x3xf32>
  %e = graph.constant dense<[[0.75, 0.75, 0.25], [-1.5, -1.5, 0.0]]> : tensor<2x3xf32>
  return %r, %e : tensor<2x3xf32>, tensor<2x3xf32>
}

func.func @mean_outer_keep() -> (tensor<1x3x4xf32>, tensor<1x3x4xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce mean %0 axes = [0] keep_dims : (tensor<2x3x4xf32>) -> tensor<1x3x4xf32>
  %e = graph.constant dense<[[[-1.0, 0.5, -1.0, 0.0], [-1.5, -0.5, -1.5, 2.0], [-1.0, 3.5, -2.0, 0.0]]]> : tensor<1x3x4xf32>
  return %r, %e : tensor<1x3x4xf32>, tensor<1x3x4xf32>
}

func.func @mean_two() -> (tensor<3xf32>, tensor<3xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce mean %0 axes = [0, 2] : (tensor<2x3x4xf32>) -> tensor<3xf32>
  %e = graph.constant dense<[-0.375, -0.375, 0.125]> : tensor<3xf32>
  return %r, %e : tensor<3xf32>, tensor<3xf32>
}

func.func @mean_all() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce mean %0 axes = [0, 1, 2] : (tensor<2x3x4xf32>) -> tensor<f32>
  %e = graph.constant dense<-0.2083333283662796> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @mean_no_axes() -> (tensor<2x3x4xf32>, tensor<2x3x4xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce mean %0 axes = [] : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %e = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  return %r, %e : tensor<2x3x4xf32>, tensor<2x3x4xf32>
}

func.func @mean_nan() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<[1.0, 0x7FC00000, 2.0]> : tensor<3xf32>
  %r = graph.reduce mean %0 axes = [0] : (tensor<3xf32>) -> tensor<f32>
  %e = graph.constant dense<0x7FC00000> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @mean_i32() -> (tensor<2xi32>, tensor<2xi32>) {
  %0 = graph.constant dense<[[2, -3], [4, 5]]> : tensor<2x2xi32>
  %r = graph.reduce mean %0 axes = [1] : (tensor<2x2xi32>) -> tensor<2xi32>
  %e = graph.constant dense<[0, 4]> : tensor<2xi32>
  return %r, %e : tensor<2xi32>, tensor<2xi32>
}

func.func @prod_inner() -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce prod %0 axes = [2] : (tensor<2x3x4xf32>) -> tensor<2x3xf32>
  %e = graph.constant dense<[[-0.0, -0.0, 12.0], [0.0, 0.0, -3.0]]> : tensor<2x3xf32>
  return %r, %e : tensor<2x3xf32>, tensor<2x3xf32>
}

func.func @prod_outer_keep() -> (tensor<1x3x4xf32>, tensor<1x3x4xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce prod %0 axes = [0] keep_dims : (tensor<2x3x4xf32>) -> tensor<1x3x4xf32>
  %e = graph.constant dense<[[[-0.0, 0.0, -0.0, -16.0], [-0.0, -12.0, -4.0, 0.0], [1.0, 12.0, 3.0, -1.0]]]> : tensor<1x3x4xf32>
  return %r, %e : tensor<1x3x4xf32>, tensor<1x3x4xf32>
}

func.func @prod_two() -> (tensor<3xf32>, tensor<3xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce prod %0 axes = [0, 2] : (tensor<2x3x4xf32>) -> tensor<3xf32>
  %e = graph.constant dense<[-0.0, -0.0, -36.0]> : tensor<3xf32>
  return %r, %e : tensor<3xf32>, tensor<3xf32>
}

func.func @prod_all() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce prod %0 axes = [0, 1, 2] : (tensor<2x3x4xf32>) -> tensor<f32>
  %e = graph.constant dense<-0.0> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @prod_no_axes() -> (tensor<2x3x4xf32>, tensor<2x3x4xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce prod %0 axes = [] : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %e = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  return %r, %e : tensor<2x3x4xf32>, tensor<2x3x4xf32>
}

func.func @prod_nan() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<[1.0, 0x7FC00000, 2.0]> : tensor<3xf32>
  %r = graph.reduce prod %0 axes = [0] : (tensor<3xf32>) -> tensor<f32>
  %e = graph.constant dense<0x7FC00000> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @prod_i32() -> (tensor<2xi32>, tensor<2xi32>) {
  %0 = graph.constant dense<[[2, -3], [4, 5]]> : tensor<2x2xi32>
  %r = graph.reduce prod %0 axes = [1] : (tensor<2x2xi32>) -> tensor<2xi32>
  %e = graph.constant dense<[-6, 20]> : tensor<2xi32>
  return %r, %e : tensor<2xi32>, tensor<2xi32>
}

func.func @max_inner() -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce max %0 axes = [2] : (tensor<2x3x4xf32>) -> tensor<2x3xf32>
  %e = graph.constant dense<[[4.0, 4.0, 4.0], [0.0, 1.0, 3.0]]> : tensor<2x3xf32>
  return %r, %e : tensor<2x3xf32>, tensor<2x3xf32>
}

func.func @max_outer_keep() -> (tensor<1x3x4xf32>, tensor<1x3x4xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce max %0 axes = [0] keep_dims : (tensor<2x3x4xf32>) -> tensor<1x3x4xf32>
  %e = graph.constant dense<[[[0.0, 1.0, 0.0, 4.0], [0.0, 3.0, 1.0, 4.0], [-1.0, 4.0, -1.0, 1.0]]]> : tensor<1x3x4xf32>
  return %r, %e : tensor<1x3x4xf32>, tensor<1x3x4xf32>
}

func.func @max_two() -> (tensor<3xf32>, tensor<3xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce max %0 axes = [0, 2] : (tensor<2x3x4xf32>) -> tensor<3xf32>
  %e = graph.constant dense<[4.0, 4.0, 4.0]> : tensor<3xf32>
  return %r, %e : tensor<3xf32>, tensor<3xf32>
}

func.func @max_all() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce max %0 axes = [0, 1, 2] : (tensor<2x3x4xf32>) -> tensor<f32>
  %e = graph.constant dense<4.0> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @max_no_axes() -> (tensor<2x3x4xf32>, tensor<2x3x4xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce max %0 axes = [] : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %e = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  return %r, %e : tensor<2x3x4xf32>, tensor<2x3x4xf32>
}

func.func @max_nan() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<[1.0, 0x7FC00000, 2.0]> : tensor<3xf32>
  %r = graph.reduce max %0 axes = [0] : (tensor<3xf32>) -> tensor<f32>
  %e = graph.constant dense<0x7FC00000> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @max_i32() -> (tensor<2xi32>, tensor<2xi32>) {
  %0 = graph.constant dense<[[2, -3], [4, 5]]> : tensor<2x2xi32>
  %r = graph.reduce max %0 axes = [1] : (tensor<2x2xi32>) -> tensor<2xi32>
  %e = graph.constant dense<[2, 5]> : tensor<2xi32>
  return %r, %e : tensor<2xi32>, tensor<2xi32>
}

func.func @min_inner() -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce min %0 axes = [2] : (tensor<2x3x4xf32>) -> tensor<2x3xf32>
  %e = graph.constant dense<[[-2.0, -4.0, -3.0], [-4.0, -4.0, -1.0]]> : tensor<2x3xf32>
  return %r, %e : tensor<2x3xf32>, tensor<2x3xf32>
}

func.func @min_outer_keep() -> (tensor<1x3x4xf32>, tensor<1x3x4xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce min %0 axes = [0] keep_dims : (tensor<2x3x4xf32>) -> tensor<1x3x4xf32>
  %e = graph.constant dense<[[[-2.0, 0.0, -2.0, -4.0], [-3.0, -4.0, -4.0, 0.0], [-1.0, 3.0, -3.0, -1.0]]]> : tensor<1x3x4xf32>
  return %r, %e : tensor<1x3x4xf32>, tensor<1x3x4xf32>
}

func.func @min_two() -> (tensor<3xf32>, tensor<3xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce min %0 axes = [0, 2] : (tensor<2x3x4xf32>) -> tensor<3xf32>
  %e = graph.constant dense<[-4.0, -4.0, -3.0]> : tensor<3xf32>
  return %r, %e : tensor<3xf32>, tensor<3xf32>
}

func.func @min_all() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce min %0 axes = [0, 1, 2] : (tensor<2x3x4xf32>) -> tensor<f32>
  %e = graph.constant dense<-4.0> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @min_no_axes() -> (tensor<2x3x4xf32>, tensor<2x3x4xf32>) {
  %0 = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  %r = graph.reduce min %0 axes = [] : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %e = graph.constant dense<[[[-2.0, 1.0, 0.0, 4.0], [0.0, 3.0, -4.0, 4.0], [-1.0, 4.0, -3.0, 1.0]], [[0.0, 0.0, -2.0, -4.0], [-3.0, -4.0, 1.0, 0.0], [-1.0, 3.0, -1.0, -1.0]]]> : tensor<2x3x4xf32>
  return %r, %e : tensor<2x3x4xf32>, tensor<2x3x4xf32>
}

func.func @min_nan() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<[1.0, 0x7FC00000, 2.0]> : tensor<3xf32>
  %r = graph.reduce min %0 axes = [0] : (tensor<3xf32>) -> tensor<f32>
  %e = graph.constant dense<0x7FC00000> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @min_i32() -> (tensor<2xi32>, tensor<2xi32>) {
  %0 = graph.constant dense<[[2, -3], [4, 5]]> : tensor<2x2xi32>
  %r = graph.reduce min %0 axes = [1] : (tensor<2x2xi32>) -> tensor<2xi32>
  %e = graph.constant dense<[-3, 4]> : tensor<2xi32>
  return %r, %e : tensor<2xi32>, tensor<2xi32>
}

func.func @sum_empty() -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = graph.constant dense<> : tensor<2x0xf32>
  %r = graph.reduce sum %0 axes = [1] : (tensor<2x0xf32>) -> tensor<2xf32>
  %e = graph.constant dense<[0.0, 0.0]> : tensor<2xf32>
  return %r, %e : tensor<2xf32>, tensor<2xf32>
}

func.func @mean_empty() -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = graph.constant dense<> : tensor<2x0xf32>
  %r = graph.reduce mean %0 axes = [1] : (tensor<2x0xf32>) -> tensor<2xf32>
  %e = graph.constant dense<[0x7FC00000, 0x7FC00000]> : tensor<2xf32>
  return %r, %e : tensor<2xf32>, tensor<2xf32>
}

func.func @prod_empty() -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = graph.constant dense<> : tensor<2x0xf32>
  %r = graph.reduce prod %0 axes = [1] : (tensor<2x0xf32>) -> tensor<2xf32>
  %e = graph.constant dense<[1.0, 1.0]> : tensor<2xf32>
  return %r, %e : tensor<2xf32>, tensor<2xf32>
}

func.func @max_empty() -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = graph.constant dense<> : tensor<2x0xf32>
  %r = graph.reduce max %0 axes = [1] : (tensor<2x0xf32>) -> tensor<2xf32>
  %e = graph.constant dense<[0xFF800000, 0xFF800000]> : tensor<2xf32>
  return %r, %e : tensor<2xf32>, tensor<2xf32>
}

func.func @min_empty() -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = graph.constant dense<> : tensor<2x0xf32>
  %r = graph.reduce min %0 axes = [1] : (tensor<2x0xf32>) -> tensor<2xf32>
  %e = graph.constant dense<[0x7F800000, 0x7F800000]> : tensor<2xf32>
  return %r, %e : tensor<2xf32>, tensor<2xf32>
}

func.func @max_empty_i8() -> (tensor<i8>, tensor<i8>) {
  %0 = graph.constant dense<> : tensor<0xi8>
  %r = graph.reduce max %0 axes = [0] : (tensor<0xi8>) -> tensor<i8>
  %e = graph.constant dense<-128> : tensor<i8>
  return %r, %e : tensor<i8>, tensor<i8>
}

func.func @min_empty_ui8() -> (tensor<ui8>, tensor<ui8>) {
  %0 = graph.constant dense<> : tensor<0xui8>
  %r = graph.reduce min %0 axes = [0] : (tensor<0xui8>) -> tensor<ui8>
  %e = graph.constant dense<255> : tensor<ui8>
  return %r, %e : tensor<ui8>, tensor<ui8>
}

func.func @max_bool() -> (tensor<2xi1>, tensor<2xi1>) {
  %0 = graph.constant dense<[[false, true], [false, false]]> : tensor<2x2xi1>
  %r = graph.reduce max %0 axes = [1] : (tensor<2x2xi1>) -> tensor<2xi1>
  %e = graph.constant dense<[true, false]> : tensor<2xi1>
  return %r, %e : tensor<2xi1>, tensor<2xi1>
}

func.func @min_bool() -> (tensor<2xi1>, tensor<2xi1>) {
  %0 = graph.constant dense<[[false, true], [true, true]]> : tensor<2x2xi1>
  %r = graph.reduce min %0 axes = [1] : (tensor<2x2xi1>) -> tensor<2xi1>
  %e = graph.constant dense<[false, true]> : tensor<2xi1>
  return %r, %e : tensor<2xi1>, tensor<2xi1>
}

func.func @max_zeros() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<[-0.0, 0.0]> : tensor<2xf32>
  %r = graph.reduce max %0 axes = [0] : (tensor<2xf32>) -> tensor<f32>
  %e = graph.constant dense<0.0> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @min_zeros() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<[0.0, -0.0]> : tensor<2xf32>
  %r = graph.reduce min %0 axes = [0] : (tensor<2xf32>) -> tensor<f32>
  %e = graph.constant dense<-0.0> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @f16_sum_in_more_bits() -> (tensor<f16>, tensor<f16>) {
  %0 = graph.constant dense<[0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375, 0.0999755859375]> : tensor<64xf16>
  %r = graph.reduce sum %0 axes = [0] : (tensor<64xf16>) -> tensor<f16>
  %e = graph.constant dense<6.3984375> : tensor<f16>
  return %r, %e : tensor<f16>, tensor<f16>
}
