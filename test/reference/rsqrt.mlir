// Values of graph.rsqrt. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs --tolerance=2e-7 %s

func.func @edges() -> (tensor<15xf32>, tensor<15xf32>) {
  %0 = graph.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.5, 3.5, -1.5, 0.0010000000474974513, 88.0, -100.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<15xf32>
  %r = graph.rsqrt %0 : (tensor<15xf32>) -> tensor<15xf32>
  %e = graph.constant dense<[0x7F800000, 0xFF800000, 1.0, 0xFFC00000, 1.4142135381698608, 0xFFC00000, 0.6324555277824402, 0.5345224738121033, 0xFFC00000, 31.62277603149414, 0.10660035908222198, 0xFFC00000, 0.0, 0xFFC00000, 0x7FC00000]> : tensor<15xf32>
  return %r, %e : tensor<15xf32>, tensor<15xf32>
}

func.func @rank_0() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<0.75> : tensor<f32>
  %r = graph.rsqrt %0 : (tensor<f32>) -> tensor<f32>
  %e = graph.constant dense<1.154700517654419> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @empty() -> (tensor<0x3xf32>, tensor<0x3xf32>) {
  %0 = graph.constant dense<> : tensor<0x3xf32>
  %r = graph.rsqrt %0 : (tensor<0x3xf32>) -> tensor<0x3xf32>
  %e = graph.constant dense<> : tensor<0x3xf32>
  return %r, %e : tensor<0x3xf32>, tensor<0x3xf32>
}
