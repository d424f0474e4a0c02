// Values of graph.pool; expected ones by onnxruntime. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs --tolerance=2e-7 %s

func.func @plain_max() -> (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) {
  %0 = graph.constant dense<[[[[4.0, 2.0, 3.0, -1.0], [4.0, -4.0, -4.0, -3.0], [-2.0, 2.0, -2.0, -4.0], [4.0, -2.0, 4.0, -2.0]], [[2.0, 2.0, 1.0, -1.0], [1.0, -4.0, -1.0, -1.0], [3.0, -2.0, -3.0, 2.0], [0.0, -2.0, 3.0, 2.0]]]]> : tensor<1x2x4x4xf32>
  %r = graph.pool max %0 kernel = [2, 2] strides = [2, 2] dilations = [1, 1] pads_begin = [0, 0] pads_end = [0, 0] : (tensor<1x2x4x4xf32>) -> tensor<1x2x2x2xf32>
  %e = graph.constant dense<[[[[4.0, 3.0], [4.0, 4.0]], [[2.0, 1.0], [3.0, 3.0]]]]> : tensor<1x2x2x2xf32>
  return %r, %e : tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>
}

func.func @plain_average() -> (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) {
  %0 = graph.constant dense<[[[[4.0, 2.0, 3.0, -1.0], [4.0, -4.0, -4.0, -3.0], [-2.0, 2.0, -2.0, -4.0], [4.0, -2.0, 4.0, -2.0]], [[2.0, 2.0, 1.0, -1.0], [1.0, -4.0, -1.0, -1.0], [3.0, -2.0, -3.0, 2.0], [0.0, -2.0, 3.0, 2.0]]]]> : tensor<1x2x4x4xf32>
  %r = graph.pool average %0 kernel = [2, 2] strides = [2, 2] dilations = [1, 1] pads_begin = [0, 0] pads_end = [0, 0] : (tensor<1x2x4x4xf32>) -> tensor<1x2x2x2xf32>
  %e = graph.constant dense<[[[[1.5, -1.25], [0.5, -1.0]], [[0.25, -0.5], [-0.25, 1.0]]]]> : tensor<1x2x2x2xf32>
  return %r, %e : tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>
}

func.func @plain_average_with_pad() -> (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) {
  %0 = graph.constant dense<[[[[4.0, 2.0, 3.0, -1.0], [4.0, -4.0, -4.0, -3.0], [-2.0, 2.0, -2.0, -4.0], [4.0, -2.0, 4.0, -2.0]], [[2.0, 2.0, 1.0, -1.0], [1.0, -4.0, -1.0, -1.0], [3.0, -2.0, -3.0, 2.0], [0.0, -2.0, 3.0, 2.0]]]]> : tensor<1x2x4x4xf32>
  %r = graph.pool average %0 kernel = [2, 2] strides = [2, 2] dilations = [1, 1] pads_begin = [0, 0] pads_end = [0, 0] count_include_pad : (tensor<1x2x4x4xf32>) -> tensor<1x2x2x2xf32>
  %e = graph.constant dense<[[[[1.5, -1.25], [0.5, -1.0]], [[0.25, -0.5], [-0.25, 1.0]]]]> : tensor<1x2x2x2xf32>
  return %r, %e : tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>
}

func.func @pads_max() -> (tensor<1x1x3x5xf32>, tensor<1x1x3x5xf32>) {
  %0 = graph.constant dense<[[[[-2.0, 0.0, 4.0, 3.0, 3.0, 2.0], [1.0, -1.0, -3.0, 0.0, -1.0, 0.0], [-3.0, 3.0, -3.0, -3.0, -1.0, -1.0], [-3.0, 0.0, -2.0, -1.0, -3.0, 1.0], [1.0, 0.0, -2.0, -1.0, 3.0, 2.0]]]]> : tensor<1x1x5x6xf32>
  %r = graph.pool max %0 kernel = [3, 3] strides = [2, 1] dilations = [1, 1] pads_begin = [1, 1] pads_end = [1, 0] : (tensor<1x1x5x6xf32>) -> tensor<1x1x3x5xf32>
  %e = graph.constant dense<[[[[1.0, 4.0, 4.0, 4.0, 3.0], [3.0, 3.0, 3.0, 0.0, 1.0], [1.0, 1.0, 0.0, 3.0, 3.0]]]]> : tensor<1x1x3x5xf32>
  return %r, %e : tensor<1x1x3x5xf32>, tensor<1x1x3x5xf32>
}

func.func @pads_average() -> (tensor<1x1x3x5xf32>, tensor<1x1x3x5xf32>) {
  %0 = graph.constant dense<[[[[-2.0, 0.0, 4.0, 3.0, 3.0, 2.0], [1.0, -1.0, -3.0, 0.0, -1.0, 0.0], [-3.0, 3.0, -3.0, -3.0, -1.0, -1.0], [-3.0, 0.0, -2.0, -1.0, -3.0, 1.0], [1.0, 0.0, -2.0, -1.0, 3.0, 2.0]]]]> : tensor<1x1x5x6xf32>
  %r = graph.pool average %0 kernel = [3, 3] strides = [2, 1] dilations = [1, 1] pads_begin = [1, 1] pads_end = [1, 0] : (tensor<1x1x5x6xf32>) -> tensor<1x1x3x5xf32>
  %e = graph.constant dense<[[[[-0.5, -0.1666666716337204, 0.5, 1.0, 1.1666666269302368], [-0.5, -1.2222222089767456, -1.1111111640930176, -1.8888888359069824, -1.0], [-0.5, -1.0, -1.0, -1.0, 0.1666666716337204]]]]> : tensor<1x1x3x5xf32>
  return %r, %e : tensor<1x1x3x5xf32>, tensor<1x1x3x5xf32>
}

func.func @pads_average_with_pad() -> (tensor<1x1x3x5xf32>, tensor<1x1x3x5xf32>) {
  %0 = graph.constant dense<[[[[-2.0, 0.0, 4.0, 3.0, 3.0, 2.0], [1.0, -1.0, -3.0, 0.0, -1.0, 0.0], [-3.0, 3.0, -3.0, -3.0, -1.0, -1.0], [-3.0, 0.0, -2.0, -1.0, -3.0, 1.0], [1.0, 0.0, -2.0, -1.0, 3.0, 2.0]]]]> : tensor<1x1x5x6xf32>
  %r = graph.pool average %0 kernel = [3, 3] strides = [2, 1] dilations = [1, 1] pads_begin = [1, 1] pads_end = [1, 0] count_include_pad : (tensor<1x1x5x6xf32>) -> tensor<1x1x3x5xf32>
  %e = graph.constant dense<[[[[-0.2222222238779068, -0.1111111119389534, 0.3333333432674408, 0.6666666865348816, 0.7777777910232544], [-0.3333333432674408, -1.2222222089767456, -1.1111111640930176, -1.8888888359069824, -1.0], [-0.2222222238779068, -0.6666666865348816, -0.6666666865348816, -0.6666666865348816, 0.1111111119389534]]]]> : tensor<1x1x3x5xf32>
  return %r, %e : tensor<1x1x3x5xf32>, tensor<1x1x3x5xf32>
}

func.func @dilation_max() -> (tensor<1x1x6x2xf32>, tensor<1x1x6x2xf32>) {
  %0 = graph.constant dense<[[[[-4.0, -2.0, 1.0, 1.0, -4.0, 2.0], [-4.0, -3.0, 2.0, -2.0, 2.0, 4.0], [-2.0, 4.0, 1.0, 4.0, 3.0, -4.0], [-1.0, 3.0, 3.0, 4.0, 3.0, 4.0], [-4.0, 2.0, -2.0, 2.0, 3.0, 2.0], [3.0, 1.0, -1.0, 3.0, -3.0, 0.0]]]]> : tensor<1x1x6x6xf32>
  %r = graph.pool max %0 kernel = [2, 3] strides = [1, 1] dilations = [2, 2] pads_begin = [1, 0] pads_end = [1, 0] : (tensor<1x1x6x6xf32>) -> tensor<1x1x6x2xf32>
  %e = graph.constant dense<[[[[2.0, 4.0], [3.0, 4.0], [3.0, 4.0], [3.0, 4.0], [3.0, 4.0], [3.0, 2.0]]]]> : tensor<1x1x6x2xf32>
  return %r, %e : tensor<1x1x6x2xf32>, tensor<1x1x6x2xf32>
}

func.func @dilation_average() -> (tensor<1x1x6x2xf32>, tensor<1x1x6x2xf32>) {
  %0 = graph.constant dense<[[[[-4.0, -2.0, 1.0, 1.0, -4.0, 2.0], [-4.0, -3.0, 2.0, -2.0, 2.0, 4.0], [-2.0, 4.0, 1.0, 4.0, 3.0, -4.0], [-1.0, 3.0, 3.0, 4.0, 3.0, 4.0], [-4.0, 2.0, -2.0, 2.0, 3.0, 2.0], [3.0, 1.0, -1.0, 3.0, -3.0, 0.0]]]]> : tensor<1x1x6x6xf32>
  %r = graph.pool average %0 kernel = [2, 3] strides = [1, 1] dilations = [2, 2] pads_begin = [1, 0] pads_end = [1, 0] : (tensor<1x1x6x6xf32>) -> tensor<1x1x6x2xf32>
  %e = graph.constant dense<[[[[0.0, -0.3333333432674408], [-0.8333333134651184, 0.8333333134651184], [0.8333333134651184, 1.6666666269302368], [-0.1666666716337204, 1.6666666269302368], [0.6666666865348816, 2.5], [-1.0, 2.0]]]]> : tensor<1x1x6x2xf32>
  return %r, %e : tensor<1x1x6x2xf32>, tensor<1x1x6x2xf32>
}

func.func @dilation_average_with_pad() -> (tensor<1x1x6x2xf32>, tensor<1x1x6x2xf32>) {
  %0 = graph.constant dense<[[[[-4.0, -2.0, 1.0, 1.0, -4.0, 2.0], [-4.0, -3.0, 2.0, -2.0, 2.0, 4.0], [-2.0, 4.0, 1.0, 4.0, 3.0, -4.0], [-1.0, 3.0, 3.0, 4.0, 3.0, 4.0], [-4.0, 2.0, -2.0, 2.0, 3.0, 2.0], [3.0, 1.0, -1.0, 3.0, -3.0, 0.0]]]]> : tensor<1x1x6x6xf32>
  %r = graph.pool average %0 kernel = [2, 3] strides = [1, 1] dilations = [2, 2] pads_begin = [1, 0] pads_end = [1, 0] count_include_pad : (tensor<1x1x6x6xf32>) -> tensor<1x1x6x2xf32>
  %e = graph.constant dense<[[[[0.0, -0.1666666716337204], [-0.8333333134651184, 0.8333333134651184], [0.8333333134651184, 1.6666666269302368], [-0.1666666716337204, 1.6666666269302368], [0.6666666865348816, 2.5], [-0.5, 1.0]]]]> : tensor<1x1x6x2xf32>
  return %r, %e : tensor<1x1x6x2xf32>, tensor<1x1x6x2xf32>
}

func.func @ceil_max() -> (tensor<1x1x3x3xf32>, tensor<1x1x3x3xf32>) {
  %0 = graph.constant dense<[[[[4.0, -2.0, 2.0, -4.0, 4.0, 4.0, 1.0], [2.0, 1.0, -3.0, -1.0, 3.0, -2.0, -2.0], [2.0, 1.0, -1.0, -1.0, 3.0, -3.0, -1.0], [-3.0, -2.0, -4.0, -2.0, -4.0, 1.0, -4.0], [-4.0, -4.0, -3.0, 3.0, 2.0, 0.0, -1.0], [-3.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]]]> : tensor<1x1x6x7xf32>
  %r = graph.pool max %0 kernel = [3, 3] strides = [2, 2] dilations = [1, 1] pads_begin = [0, 0] pads_end = [0, 0] ceil_mode : (tensor<1x1x6x7xf32>) -> tensor<1x1x3x3xf32>
  %e = graph.constant dense<[[[[4.0, 4.0, 4.0], [2.0, 3.0, 3.0], [0.0, 3.0, 2.0]]]]> : tensor<1x1x3x3xf32>
  return %r, %e : tensor<1x1x3x3xf32>, tensor<1x1x3x3xf32>
}

func.func @ceil_average() -> (tensor<1x1x3x3xf32>, tensor<1x1x3x3xf32>) {
  %0 = graph.constant dense<[[[[4.0, -2.0, 2.0, -4.0, 4.0, 4.0, 1.0], [2.0, 1.0, -3.0, -1.0, 3.0, -2.0, -2.0], [2.0, 1.0, -1.0, -1.0, 3.0, -3.0, -1.0], [-3.0, -2.0, -4.0, -2.0, -4.0, 1.0, -4.0], [-4.0, -4.0, -3.0, 3.0, 2.0, 0.0, -1.0], [-3.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]]]> : tensor<1x1x6x7xf32>
  %r = graph.pool average %0 kernel = [3, 3] strides = [2, 2] dilations = [1, 1] pads_begin = [0, 0] pads_end = [0, 0] ceil_mode : (tensor<1x1x6x7xf32>) -> tensor<1x1x3x3xf32>
  %e = graph.constant dense<[[[[0.6666666865348816, 0.2222222238779068, 0.7777777910232544], [-2.0, -0.7777777910232544, -0.7777777910232544], [-2.3333332538604736, 0.3333333432674408, 0.1666666716337204]]]]> : tensor<1x1x3x3xf32>
  return %r, %e : tensor<1x1x3x3xf32>, tensor<1x1x3x3xf32>
}

func.func @ceil_average_with_pad() -> (tensor<1x1x3x3xf32>, tensor<1x1x3x3xf32>) {
  %0 = graph.constant dense<[[[[4.0, -2.0, 2.0, -4.0, 4.0, 4.0, 1.0], [2.0, 1.0, -3.0, -1.0, 3.0, -2.0, -2.0], [2.0, 1.0, -1.0, -1.0, 3.0, -3.0, -1.0], [-3.0, -2.0, -4.0, -2.0, -4.0, 1.0, -4.0], [-4.0, -4.0, -3.0, 3.0, 2.0, 0.0, -1.0], [-3.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]]]> : tensor<1x1x6x7xf32>
  %r = graph.pool average %0 kernel = [3, 3] strides = [2, 2] dilations = [1, 1] pads_begin = [0, 0] pads_end = [0, 0] ceil_mode count_include_pad : (tensor<1x1x6x7xf32>) -> tensor<1x1x3x3xf32>
  %e = graph.constant dense<[[[[0.6666666865348816, 0.2222222238779068, 0.7777777910232544], [-2.0, -0.7777777910232544, -0.7777777910232544], [-2.3333332538604736, 0.3333333432674408, 0.1666666716337204]]]]> : tensor<1x1x3x3xf32>
  return %r, %e : tensor<1x1x3x3xf32>, tensor<1x1x3x3xf32>
}

func.func @ceil_drops_window_max() -> (tensor<1x1x2xf32>, tensor<1x1x2xf32>) {
  %0 = graph.constant dense<[[[-4.0, -3.0, -4.0, -1.0, 1.0]]]> : tensor<1x1x5xf32>
  %r = graph.pool max %0 kernel = [2] strides = [3] dilations = [1] pads_begin = [1] pads_end = [1] ceil_mode : (tensor<1x1x5xf32>) -> tensor<1x1x2xf32>
  %e = graph.constant dense<[[[-4.0, -1.0]]]> : tensor<1x1x2xf32>
  return %r, %e : tensor<1x1x2xf32>, tensor<1x1x2xf32>
}

func.func @ceil_drops_window_average() -> (tensor<1x1x2xf32>, tensor<1x1x2xf32>) {
  %0 = graph.constant dense<[[[-4.0, -3.0, -4.0, -1.0, 1.0]]]> : tensor<1x1x5xf32>
  %r = graph.pool average %0 kernel = [2] strides = [3] dilations = [1] pads_begin = [1] pads_end = [1] ceil_mode : (tensor<1x1x5xf32>) -> tensor<1x1x2xf32>
  %e = graph.constant dense<[[[-4.0, -2.5]]]> : tensor<1x1x2xf32>
  return %r, %e : tensor<1x1x2xf32>, tensor<1x1x2xf32>
}

func.func @ceil_drops_window_average_with_pad() -> (tensor<1x1x2xf32>, tensor<1x1x2xf32>) {
  %0 = graph.constant dense<[[[-4.0, -3.0, -4.0, -1.0, 1.0]]]> : tensor<1x1x5xf32>
  %r = graph.pool average %0 kernel = [2] strides = [3] dilations = [1] pads_begin = [1] pads_end = [1] ceil_mode count_include_pad : (tensor<1x1x5xf32>) -> tensor<1x1x2xf32>
  %e = graph.constant dense<[[[-2.0, -2.5]]]> : tensor<1x1x2xf32>
  return %r, %e : tensor<1x1x2xf32>, tensor<1x1x2xf32>
}

func.func @one_d_max() -> (tensor<2x1x4xf32>, tensor<2x1x4xf32>) {
  %0 = graph.constant dense<[[[3.0, -1.0, -1.0, 4.0, 0.0, -1.0, 4.0]], [[1.0, -2.0, 3.0, 2.0, -3.0, 0.0, 0.0]]]> : tensor<2x1x7xf32>
  %r = graph.pool max %0 kernel = [3] strides = [2] dilations = [1] pads_begin = [1] pads_end = [1] : (tensor<2x1x7xf32>) -> tensor<2x1x4xf32>
  %e = graph.constant dense<[[[3.0, 4.0, 4.0, 4.0]], [[1.0, 3.0, 2.0, 0.0]]]> : tensor<2x1x4xf32>
  return %r, %e : tensor<2x1x4xf32>, tensor<2x1x4xf32>
}

func.func @one_d_average() -> (tensor<2x1x4xf32>, tensor<2x1x4xf32>) {
  %0 = graph.constant dense<[[[3.0, -1.0, -1.0, 4.0, 0.0, -1.0, 4.0]], [[1.0, -2.0, 3.0, 2.0, -3.0, 0.0, 0.0]]]> : tensor<2x1x7xf32>
  %r = graph.pool average %0 kernel = [3] strides = [2] dilations = [1] pads_begin = [1] pads_end = [1] : (tensor<2x1x7xf32>) -> tensor<2x1x4xf32>
  %e = graph.constant dense<[[[1.0, 0.6666666865348816, 1.0, 1.5]], [[-0.5, 1.0, -0.3333333432674408, 0.0]]]> : tensor<2x1x4xf32>
  return %r, %e : tensor<2x1x4xf32>, tensor<2x1x4xf32>
}

func.func @one_d_average_with_pad() -> (tensor<2x1x4xf32>, tensor<2x1x4xf32>) {
  %0 = graph.constant dense<[[[3.0, -1.0, -1.0, 4.0, 0.0, -1.0, 4.0]], [[1.0, -2.0, 3.0, 2.0, -3.0, 0.0, 0.0]]]> : tensor<2x1x7xf32>
  %r = graph.pool average %0 kernel = [3] strides = [2] dilations = [1] pads_begin = [1] pads_end = [1] count_include_pad : (tensor<2x1x7xf32>) -> tensor<2x1x4xf32>
  %e = graph.constant dense<[[[0.6666666865348816, 0.6666666865348816, 1.0, 1.0]], [[-0.3333333432674408, 1.0, -0.3333333432674408, 0.0]]]> : tensor<2x1x4xf32>
  return %r, %e : tensor<2x1x4xf32>, tensor<2x1x4xf32>
}

func.func @three_d_max() -> (tensor<1x1x2x3x4xf32>, tensor<1x1x2x3x4xf32>) {
  %0 = graph.constant dense<[[[[[3.0, -1.0, -1.0, 1.0, 0.0], [1.0, -1.0, -3.0, 3.0, 3.0], [4.0, -4.0, 1.0, -2.0, 4.0], [1.0, 2.0, 1.0, 3.0, -3.0]], [[4.0, -1.0, -2.0, -1.0, 4.0], [-3.0, -1.0, 3.0, 0.0, -3.0], [-3.0, 4.0, 3.0, 2.0, -1.0], [-4.0, 2.0, 3.0, -3.0, -4.0]], [[-1.0, -2.0, -1.0, -1.0, -2.0], [4.0, -4.0, 2.0, 2.0, -1.0], [4.0, 4.0, -2.0, -3.0, -3.0], [-4.0, -1.0, -3.0, -4.0, 0.0]]]]]> : tensor<1x1x3x4x5xf32>
  %r = graph.pool max %0 kernel = [2, 2, 2] strides = [1, 2, 1] dilations = [1, 1, 1] pads_begin = [0, 1, 0] pads_end = [0, 1, 0] : (tensor<1x1x3x4x5xf32>) -> tensor<1x1x2x3x4xf32>
  %e = graph.constant dense<[[[[[4.0, -1.0, 1.0, 4.0], [4.0, 4.0, 3.0, 4.0], [2.0, 3.0, 3.0, 3.0]], [[4.0, -1.0, -1.0, 4.0], [4.0, 4.0, 3.0, 2.0], [2.0, 3.0, 3.0, 0.0]]]]]> : tensor<1x1x2x3x4xf32>
  return %r, %e : tensor<1x1x2x3x4xf32>, tensor<1x1x2x3x4xf32>
}

func.func @three_d_average() -> (tensor<1x1x2x3x4xf32>, tensor<1x1x2x3x4xf32>) {
  %0 = graph.constant dense<[[[[[3.0, -1.0, -1.0, 1.0, 0.0], [1.0, -1.0, -3.0, 3.0, 3.0], [4.0, -4.0, 1.0, -2.0, 4.0], [1.0, 2.0, 1.0, 3.0, -3.0]], [[4.0, -1.0, -2.0, -1.0, 4.0], [-3.0, -1.0, 3.0, 0.0, -3.0], [-3.0, 4.0, 3.0, 2.0, -1.0], [-4.0, 2.0, 3.0, -3.0, -4.0]], [[-1.0, -2.0, -1.0, -1.0, -2.0], [4.0, -4.0, 2.0, 2.0, -1.0], [4.0, 4.0, -2.0, -3.0, -3.0], [-4.0, -1.0, -3.0, -4.0, 0.0]]]]]> : tensor<1x1x3x4x5xf32>
  %r = graph.pool average %0 kernel = [2, 2, 2] strides = [1, 2, 1] dilations = [1, 1, 1] pads_begin = [0, 1, 0] pads_end = [0, 1, 0] : (tensor<1x1x3x4x5xf32>) -> tensor<1x1x2x3x4xf32>
  %e = graph.constant dense<[[[[[1.25, -1.25, -0.75, 1.0], [-0.375, 0.25, 0.875, 0.75], [0.25, 2.0, 1.0, -1.75]], [[0.0, -1.5, -1.25, 0.0], [0.625, 1.125, 0.875, -0.875], [-1.75, 0.25, -1.75, -2.75]]]]]> : tensor<1x1x2x3x4xf32>
  return %r, %e : tensor<1x1x2x3x4xf32>, tensor<1x1x2x3x4xf32>
}

func.func @three_d_average_with_pad() -> (tensor<1x1x2x3x4xf32>, tensor<1x1x2x3x4xf32>) {
  %0 = graph.constant dense<[[[[[3.0, -1.0, -1.0, 1.0, 0.0], [1.0, -1.0, -3.0, 3.0, 3.0], [4.0, -4.0, 1.0, -2.0, 4.0], [1.0, 2.0, 1.0, 3.0, -3.0]], [[4.0, -1.0, -2.0, -1.0, 4.0], [-3.0, -1.0, 3.0, 0.0, -3.0], [-3.0, 4.0, 3.0, 2.0, -1.0], [-4.0, 2.0, 3.0, -3.0, -4.0]], [[-1.0, -2.0, -1.0, -1.0, -2.0], [4.0, -4.0, 2.0, 2.0, -1.0], [4.0, 4.0, -2.0, -3.0, -3.0], [-4.0, -1.0, -3.0, -4.0, 0.0]]]]]> : tensor<1x1x3x4x5xf32>
  %r = graph.pool average %0 kernel = [2, 2, 2] strides = [1, 2, 1] dilations = [1, 1, 1] pads_begin = [0, 1, 0] pads_end = [0, 1, 0] count_include_pad : (tensor<1x1x3x4x5xf32>) -> tensor<1x1x2x3x4xf32>
  %e = graph.constant dense<[[[[[0.625, -0.625, -0.375, 0.5], [-0.375, 0.25, 0.875, 0.75], [0.125, 1.0, 0.5, -0.875]], [[0.0, -0.75, -0.625, 0.0], [0.625, 1.125, 0.875, -0.875], [-0.875, 0.125, -0.875, -1.375]]]]]> : tensor<1x1x2x3x4xf32>
  return %r, %e : tensor<1x1x2x3x4xf32>, tensor<1x1x2x3x4xf32>
}

func.func @nan_max() -> (tensor<1x1x4xf32>, tensor<1x1x4xf32>) {
  %0 = graph.constant dense<[[[1.0, 0x7FC00000, 0xFF800000, 0xFF800000, 3.0]]]> : tensor<1x1x5xf32>
  %r = graph.pool max %0 kernel = [2] strides = [1] dilations = [1] pads_begin = [0] pads_end = [0] : (tensor<1x1x5xf32>) -> tensor<1x1x4xf32>
  %e = graph.constant dense<[[[0x7FC00000, 0x7FC00000, 0xFF800000, 3.0]]]> : tensor<1x1x4xf32>
  return %r, %e : tensor<1x1x4xf32>, tensor<1x1x4xf32>
}

func.func @f16_average() -> (tensor<1x1x2xf16>, tensor<1x1x2xf16>) {
  %0 = graph.constant dense<[[[1.5, 1.5, 1.5]]]> : tensor<1x1x3xf16>
  %r = graph.pool average %0 kernel = [2] strides = [1] dilations = [1] pads_begin = [0] pads_end = [0] : (tensor<1x1x3xf16>) -> tensor<1x1x2xf16>
  %e = graph.constant dense<[[[1.5, 1.5]]]> : tensor<1x1x2xf16>
  return %r, %e : tensor<1x1x2xf16>, tensor<1x1x2xf16>
}

func.func @i8_max() -> (tensor<1x1x2xi8>, tensor<1x1x2xi8>) {
  %0 = graph.constant dense<[[[-128, -5, 3]]]> : tensor<1x1x3xi8>
  %r = graph.pool max %0 kernel = [2] strides = [1] dilations = [1] pads_begin = [0] pads_end = [0] : (tensor<1x1x3xi8>) -> tensor<1x1x2xi8>
  %e = graph.constant dense<[[[-5, 3]]]> : tensor<1x1x2xi8>
  return %r, %e : tensor<1x1x2xi8>, tensor<1x1x2xi8>
}
