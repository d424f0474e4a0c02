// Values of graph.mod. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs %s

func.func @i32() -> (tensor<5xi32>, tensor<5xi32>) {
  %0 = graph.constant dense<[7, -7, 7, -7, 2147483647]> : tensor<5xi32>
  %1 = graph.constant dense<[2, 2, -2, -2, 3]> : tensor<5xi32>
  %r = graph.mod %0, %1 : (tensor<5xi32>, tensor<5xi32>) -> tensor<5xi32>
  %e = graph.constant dense<[1, 1, -1, -1, 1]> : tensor<5xi32>
  return %r, %e : tensor<5xi32>, tensor<5xi32>
}

func.func @i32_fmod() -> (tensor<5xi32>, tensor<5xi32>) {
  %0 = graph.constant dense<[7, -7, 7, -7, 2147483647]> : tensor<5xi32>
  %1 = graph.constant dense<[2, 2, -2, -2, 3]> : tensor<5xi32>
  %r = graph.mod %0, %1 fmod : (tensor<5xi32>, tensor<5xi32>) -> tensor<5xi32>
  %e = graph.constant dense<[1, -1, 1, -1, 1]> : tensor<5xi32>
  return %r, %e : tensor<5xi32>, tensor<5xi32>
}

func.func @f32() -> (tensor<6xf32>, tensor<6xf32>) {
  %0 = graph.constant dense<[5.5, -5.5, 5.5, -5.5, 6.0, -6.0]> : tensor<6xf32>
  %1 = graph.constant dense<[2.0, 2.0, -2.0, -2.0, 3.0, 3.0]> : tensor<6xf32>
  %r = graph.mod %0, %1 : (tensor<6xf32>, tensor<6xf32>) -> tensor<6xf32>
  %e = graph.constant dense<[1.5, 0.5, -0.5, -1.5, 0.0, 0.0]> : tensor<6xf32>
  return %r, %e : tensor<6xf32>, tensor<6xf32>
}

func.func @f32_fmod() -> (tensor<6xf32>, tensor<6xf32>) {
  %0 = graph.constant dense<[5.5, -5.5, 5.5, -5.5, 6.0, -6.0]> : tensor<6xf32>
  %1 = graph.constant dense<[2.0, 2.0, -2.0, -2.0, 3.0, 3.0]> : tensor<6xf32>
  %r = graph.mod %0, %1 fmod : (tensor<6xf32>, tensor<6xf32>) -> tensor<6xf32>
  %e = graph.constant dense<[1.5, -1.5, 1.5, -1.5, 0.0, -0.0]> : tensor<6xf32>
  return %r, %e : tensor<6xf32>, tensor<6xf32>
}

func.func @edges() -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = graph.constant dense<[0x7F800000, 1.0, 1.0, 0x7FC00000]> : tensor<4xf32>
  %1 = graph.constant dense<[1.0, 0.0, 0x7F800000, 1.0]> : tensor<4xf32>
  %r = graph.mod %0, %1 fmod : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e = graph.constant dense<[0x7FC00000, 0x7FC00000, 1.0, 0x7FC00000]> : tensor<4xf32>
  return %r, %e : tensor<4xf32>, tensor<4xf32>
}

func.func @ui8() -> (tensor<1xui8>, tensor<1xui8>) {
  %0 = graph.constant dense<[250]> : tensor<1xui8>
  %1 = graph.constant dense<[7]> : tensor<1xui8>
  %r = graph.mod %0, %1 : (tensor<1xui8>, tensor<1xui8>) -> tensor<1xui8>
  %e = graph.constant dense<[5]> : tensor<1xui8>
  return %r, %e : tensor<1xui8>, tensor<1xui8>
}
