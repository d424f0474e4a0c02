// Values of graph.cos. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs --tolerance=2e-7 %s

func.func @edges() -> (tensor<15xf32>, tensor<15xf32>) {
  %0 = graph.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.5, 3.5, -1.5, 0.0010000000474974513, 88.0, -100.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<15xf32>
  %r = graph.cos %0 : (tensor<15xf32>) -> tensor<15xf32>
  %e = graph.constant dense<[1.0, 1.0, 0.5403022766113281, 0.5403022766113281, 0.8775825500488281, 0.8775825500488281, -0.8011435866355896, -0.9364566802978516, 0.07073719799518585, 0.9999995231628418, 0.9993732571601868, 0.8623188734054565, 0xFFC00000, 0xFFC00000, 0x7FC00000]> : tensor<15xf32>
  return %r, %e : tensor<15xf32>, tensor<15xf32>
}

func.func @rank_0() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<0.75> : tensor<f32>
  %r = graph.cos %0 : (tensor<f32>) -> tensor<f32>
  %e = graph.constant dense<0.7316888570785522> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @empty() -> (tensor<0x3xf32>, tensor<0x3xf32>) {
  %0 = graph.constant dense<> : tensor<0x3xf32>
  %r = graph.cos %0 : (tensor<0x3xf32>) -> tensor<0x3xf32>
  %e = graph.constant dense<> : tensor<0x3xf32>
  return %r, %e : tensor<0x3xf32>, tensor<0x3xf32>
}
