// Values of graph.log. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs --tolerance=2e-7 %s

func.func @edges() -> (tensor<15xf32>, tensor<15xf32>) {
  %0 = graph.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.5, 3.5, -1.5, 0.0010000000474974513, 88.0, -100.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<15xf32>
  %r = graph.log %0 : (tensor<15xf32>) -> tensor<15xf32>
  %e = graph.constant dense<[0xFF800000, 0xFF800000, 0.0, 0xFFC00000, -0.6931471824645996, 0xFFC00000, 0.9162907600402832, 1.2527629137039185, 0xFFC00000, -6.907755374908447, 4.477336883544922, 0xFFC00000, 0x7F800000, 0xFFC00000, 0x7FC00000]> : tensor<15xf32>
  return %r, %e : tensor<15xf32>, tensor<15xf32>
}

func.func @rank_0() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<0.75> : tensor<f32>
  %r = graph.log %0 : (tensor<f32>) -> tensor<f32>
  %e = graph.constant dense<-0.28768208622932434> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @empty() -> (tensor<0x3xf32>, tensor<0x3xf32>) {
  %0 = graph.constant dense<> : tensor<0x3xf32>
  %r = graph.log %0 : (tensor<0x3xf32>) -> tensor<0x3xf32>
  %e = graph.constant dense<> : tensor<0x3xf32>
  return %r, %e : tensor<0x3xf32>, tensor<0x3xf32>
}
