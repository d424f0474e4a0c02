// Values of graph.is_inf. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs %s

func.func @edges() -> (tensor<15xi1>, tensor<15xi1>) {
  %0 = graph.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.5, 3.5, -1.5, 0.0010000000474974513, 88.0, -100.0, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<15xf32>
  %r = graph.is_inf %0 : (tensor<15xf32>) -> tensor<15xi1>
  %e = graph.constant dense<[false, false, false, false, false, false, false, false, false, false, false, false, true, true, false]> : tensor<15xi1>
  return %r, %e : tensor<15xi1>, tensor<15xi1>
}

func.func @f16() -> (tensor<15xi1>, tensor<15xi1>) {
  %0 = graph.constant dense<[0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.5, 3.5, -1.5, 0.0010004043579101562, 88.0, -100.0, 0x7C00, 0xFC00, 0x7E00]> : tensor<15xf16>
  %r = graph.is_inf %0 : (tensor<15xf16>) -> tensor<15xi1>
  %e = graph.constant dense<[false, false, false, false, false, false, false, false, false, false, false, false, true, true, false]> : tensor<15xi1>
  return %r, %e : tensor<15xi1>, tensor<15xi1>
}

func.func @empty() -> (tensor<0xi1>, tensor<0xi1>) {
  %0 = graph.constant dense<> : tensor<0xf32>
  %r = graph.is_inf %0 : (tensor<0xf32>) -> tensor<0xi1>
  %e = graph.constant dense<> : tensor<0xi1>
  return %r, %e : tensor<0xi1>, tensor<0xi1>
}
