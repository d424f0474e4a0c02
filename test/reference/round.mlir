// Values of graph.round. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs %s

func.func @edges() -> (tensor<15xf32>, tensor<15xf32>) {
  %0 = graph.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.5, 3.5, -1.5, 0.0010000000474974513, 88.0, -100.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<15xf32>
  %r = graph.round %0 : (tensor<15xf32>) -> tensor<15xf32>
  %e = graph.constant dense<[0.0, -0.0, 1.0, -1.0, 0.0, -0.0, 2.0, 4.0, -2.0, 0.0, 88.0, -100.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<15xf32>
  return %r, %e : tensor<15xf32>, tensor<15xf32>
}

func.func @rank_0() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<0.75> : tensor<f32>
  %r = graph.round %0 : (tensor<f32>) -> tensor<f32>
  %e = graph.constant dense<1.0> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @empty() -> (tensor<0x3xf32>, tensor<0x3xf32>) {
  %0 = graph.constant dense<> : tensor<0x3xf32>
  %r = graph.round %0 : (tensor<0x3xf32>) -> tensor<0x3xf32>
  %e = graph.constant dense<> : tensor<0x3xf32>
  return %r, %e : tensor<0x3xf32>, tensor<0x3xf32>
}

func.func @f16() -> (tensor<4xf16>, tensor<4xf16>) {
  %0 = graph.constant dense<[0.25, 1.0, 3.0, 6.5]> : tensor<4xf16>
  %r = graph.round %0 : (tensor<4xf16>) -> tensor<4xf16>
  %e = graph.constant dense<[0.0, 1.0, 3.0, 6.0]> : tensor<4xf16>
  return %r, %e : tensor<4xf16>, tensor<4xf16>
}

func.func @bf16() -> (tensor<4xbf16>, tensor<4xbf16>) {
  %0 = graph.constant dense<[0.25, 1.0, 3.0, 6.5]> : tensor<4xbf16>
  %r = graph.round %0 : (tensor<4xbf16>) -> tensor<4xbf16>
  %e = graph.constant dense<[0.0, 1.0, 3.0, 6.0]> : tensor<4xbf16>
  return %r, %e : tensor<4xbf16>, tensor<4xbf16>
}
