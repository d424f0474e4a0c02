// Values of graph.mul. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs %s

func.func @broadcast_row() -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.constant dense<[[1.0, -2.0, 3.5], [0.0, -0.0, 7.0]]> : tensor<2x3xf32>
  %1 = graph.constant dense<[2.0, -3.0, 0.5]> : tensor<3xf32>
  %r = graph.mul %0, %1 : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %e = graph.constant dense<[[2.0, 6.0, 1.75], [0.0, 0.0, 3.5]]> : tensor<2x3xf32>
  return %r, %e : tensor<2x3xf32>, tensor<2x3xf32>
}

func.func @broadcast_column() -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.constant dense<[[1.0, -2.0, 3.5], [0.0, -0.0, 7.0]]> : tensor<2x3xf32>
  %1 = graph.constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %r = graph.mul %0, %1 : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  %e = graph.constant dense<[[2.0, -4.0, 7.0], [0.0, -0.0, 28.0]]> : tensor<2x3xf32>
  return %r, %e : tensor<2x3xf32>, tensor<2x3xf32>
}

func.func @broadcast_both() -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.constant dense<[[2.0, -3.0, 0.5]]> : tensor<1x3xf32>
  %1 = graph.constant dense<[[1.0], [0.0]]> : tensor<2x1xf32>
  %r = graph.mul %0, %1 : (tensor<1x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  %e = graph.constant dense<[[2.0, -3.0, 0.5], [0.0, -0.0, 0.0]]> : tensor<2x3xf32>
  return %r, %e : tensor<2x3xf32>, tensor<2x3xf32>
}

func.func @scalar() -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = graph.constant dense<3.0> : tensor<f32>
  %1 = graph.constant dense<[[1.0, -2.0, 3.5], [0.0, -0.0, 7.0]]> : tensor<2x3xf32>
  %r = graph.mul %0, %1 : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %e = graph.constant dense<[[3.0, -6.0, 10.5], [0.0, -0.0, 21.0]]> : tensor<2x3xf32>
  return %r, %e : tensor<2x3xf32>, tensor<2x3xf32>
}

func.func @edges() -> (tensor<8xf32>, tensor<8xf32>) {
  %0 = graph.constant dense<[0x7F800000, 0x7F800000, 0.0, -0.0, 1.0, 0x7FC00000, 1.0, -1.0]> : tensor<8xf32>
  %1 = graph.constant dense<[0xFF800000, 0x7F800000, -0.0, 0.0, 0.0, 1.0, 0x7FC00000, 0.0]> : tensor<8xf32>
  %r = graph.mul %0, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %e = graph.constant dense<[0xFF800000, 0x7F800000, -0.0, -0.0, 0.0, 0x7FC00000, 0x7FC00000, -0.0]> : tensor<8xf32>
  return %r, %e : tensor<8xf32>, tensor<8xf32>
}

func.func @empty() -> (tensor<0x3xf32>, tensor<0x3xf32>) {
  %0 = graph.constant dense<> : tensor<0x3xf32>
  %1 = graph.constant dense<[2.0, -3.0, 0.5]> : tensor<3xf32>
  %r = graph.mul %0, %1 : (tensor<0x3xf32>, tensor<3xf32>) -> tensor<0x3xf32>
  %e = graph.constant dense<> : tensor<0x3xf32>
  return %r, %e : tensor<0x3xf32>, tensor<0x3xf32>
}

func.func @f16() -> (tensor<2x3xf16>, tensor<2x3xf16>) {
  %0 = graph.constant dense<[[1.0, -2.0, 3.5], [0.0, -0.0, 7.0]]> : tensor<2x3xf16>
  %1 = graph.constant dense<[2.0, -3.0, 0.5]> : tensor<3xf16>
  %r = graph.mul %0, %1 : (tensor<2x3xf16>, tensor<3xf16>) -> tensor<2x3xf16>
  %e = graph.constant dense<[[2.0, 6.0, 1.75], [0.0, 0.0, 3.5]]> : tensor<2x3xf16>
  return %r, %e : tensor<2x3xf16>, tensor<2x3xf16>
}

func.func @bf16() -> (tensor<2x3xbf16>, tensor<2x3xbf16>) {
  %0 = graph.constant dense<[[1.0, -2.0, 3.5], [0.0, -0.0, 7.0]]> : tensor<2x3xbf16>
  %1 = graph.constant dense<[2.0, -3.0, 0.5]> : tensor<3xbf16>
  %r = graph.mul %0, %1 : (tensor<2x3xbf16>, tensor<3xbf16>) -> tensor<2x3xbf16>
  %e = graph.constant dense<[[2.0, 6.0, 1.75], [0.0, 0.0, 3.5]]> : tensor<2x3xbf16>
  return %r, %e : tensor<2x3xbf16>, tensor<2x3xbf16>
}

func.func @i32() -> (tensor<5xi32>, tensor<5xi32>) {
  %0 = graph.constant dense<[7, -7, 7, -7, 2147483647]> : tensor<5xi32>
  %1 = graph.constant dense<[2, 2, -2, -2, 3]> : tensor<5xi32>
  %r = graph.mul %0, %1 : (tensor<5xi32>, tensor<5xi32>) -> tensor<5xi32>
  %e = graph.constant dense<[14, -14, -14, 14, 2147483645]> : tensor<5xi32>
  return %r, %e : tensor<5xi32>, tensor<5xi32>
}

func.func @ui8() -> (tensor<3xui8>, tensor<3xui8>) {
  %0 = graph.constant dense<[250, 3, 7]> : tensor<3xui8>
  %1 = graph.constant dense<[10, 5, 7]> : tensor<3xui8>
  %r = graph.mul %0, %1 : (tensor<3xui8>, tensor<3xui8>) -> tensor<3xui8>
  %e = graph.constant dense<[196, 15, 49]> : tensor<3xui8>
  return %r, %e : tensor<3xui8>, tensor<3xui8>
}

func.func @i64_wraps() -> (tensor<2xi64>, tensor<2xi64>) {
  %0 = graph.constant dense<[4611686018427387905, -5]> : tensor<2xi64>
  %1 = graph.constant dense<[4611686018427387905, -5]> : tensor<2xi64>
  %r = graph.mul %0, %1 : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  %e = graph.constant dense<[-9223372036854775807, 25]> : tensor<2xi64>
  return %r, %e : tensor<2xi64>, tensor<2xi64>
}
