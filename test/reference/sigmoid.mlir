// Values of graph.sigmoid. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs --tolerance=2e-7 %s

func.func @edges() -> (tensor<15xf32>, tensor<15xf32>) {
  %0 = graph.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.5, 3.5, -1.5, 0.0010000000474974513, 88.0, -100.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<15xf32>
  %r = graph.sigmoid %0 : (tensor<15xf32>) -> tensor<15xf32>
  %e = graph.constant dense<[0.5, 0.5, 0.7310585975646973, 0.2689414322376251, 0.622459352016449, 0.3775406777858734, 0.9241418242454529, 0.970687747001648, 0.18242552876472473, 0.500249981880188, 1.0, 3.783505853677006e-44, 1.0, 0.0, 0xFFC00000]> : tensor<15xf32>
  return %r, %e : tensor<15xf32>, tensor<15xf32>
}

func.func @rank_0() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<0.75> : tensor<f32>
  %r = graph.sigmoid %0 : (tensor<f32>) -> tensor<f32>
  %e = graph.constant dense<0.6791787147521973> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @empty() -> (tensor<0x3xf32>, tensor<0x3xf32>) {
  %0 = graph.constant dense<> : tensor<0x3xf32>
  %r = graph.sigmoid %0 : (tensor<0x3xf32>) -> tensor<0x3xf32>
  %e = graph.constant dense<> : tensor<0x3xf32>
  return %r, %e : tensor<0x3xf32>, tensor<0x3xf32>
}
