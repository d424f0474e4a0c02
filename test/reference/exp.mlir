// Values of graph.exp. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs --tolerance=2e-7 %s

func.func @edges() -> (tensor<15xf32>, tensor<15xf32>) {
  %0 = graph.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.5, 3.5, -1.5, 0.0010000000474974513, 88.0, -100.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<15xf32>
  %r = graph.exp %0 : (tensor<15xf32>) -> tensor<15xf32>
  %e = graph.constant dense<[1.0, 1.0, 2.7182817459106445, 0.3678794503211975, 1.6487212181091309, 0.6065306663513184, 12.182494163513184, 33.11545181274414, 0.22313016653060913, 1.0010005235671997, 1.6516362661361307e+38, 3.783505853677006e-44, 0x7F800000, 0.0, 0x7FC00000]> : tensor<15xf32>
  return %r, %e : tensor<15xf32>, tensor<15xf32>
}

func.func @rank_0() -> (tensor<f32>, tensor<f32>) {
  %0 = graph.constant dense<0.75> : tensor<f32>
  %r = graph.exp %0 : (tensor<f32>) -> tensor<f32>
  %e = graph.constant dense<2.117000102996826> : tensor<f32>
  return %r, %e : tensor<f32>, tensor<f32>
}

func.func @empty() -> (tensor<0x3xf32>, tensor<0x3xf32>) {
  %0 = graph.constant dense<> : tensor<0x3xf32>
  %r = graph.exp %0 : (tensor<0x3xf32>) -> tensor<0x3xf32>
  %e = graph.constant dense<> : tensor<0x3xf32>
  return %r, %e : tensor<0x3xf32>, tensor<0x3xf32>
}
