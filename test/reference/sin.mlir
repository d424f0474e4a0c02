// Values of graph.sin. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs --tolerance=2e-7 %s

func.func @edges() -> (tensor<15xf32>, tensor<15xf32>) {
  %0 = graph.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.5, 3.5, -1.5, 0.0010000000474974513, 88.0, -100.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<15xf32>
  %r = graph.sin %0 : (tensor<15xf32>) -> tensor<15xf32>
  %e = graph.constant dense<[0.0, -0.0, 0.8414709568023682, -0.8414709568023682, 0.4794255495071411, -0.4794255495071411, 0.5984721183776855, -0.35078322887420654, -0.9974949955940247, 0.0009999999310821295, 0.03539830446243286, 0.5063656568527222, 0xFFC00000, 0xFFC00000, 0x7FC00000]> : tensor<15xf32>
  return %r, %e : tensor<15xf32>, tensor<15xf32>
}

func.func @rank_0() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<0.75> : tensor<f32>
  %r = graph.sin %0 : (tensor<f32>) -> tensor<f32>
  %e = graph.constant dense<0.681638777256012> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @empty() -> (tensor<0x3xf32>, tensor<0x3xf32>) {
  %0 = graph.constant dense<> : tensor<0x3xf32>
  %r = graph.sin %0 : (tensor<0x3xf32>) -> tensor<0x3xf32>
  %e = graph.constant dense<> : tensor<0x3xf32>
  return %r, %e : tensor<0x3xf32>, tensor<0x3xf32>
}
