// Values of graph.cast. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs %s

func.func @f32_to_int8() -> (tensor<5xi8>, tensor<5xi8>) {
  %0 = graph.constant dense<[1.899999976158142, -1.899999976158142, 0.0, -0.0, 100.5]> : tensor<5xf32>
  %r = graph.cast %0 : (tensor<5xf32>) -> tensor<5xi8>
  %e = graph.constant dense<[1, -1, 0, 0, 100]> : tensor<5xi8>
  return %r, %e : tensor<5xi8>, tensor<5xi8>
}

func.func @f32_to_int32() -> (tensor<5xi32>, tensor<5xi32>) {
  %0 = graph.constant dense<[1.899999976158142, -1.899999976158142, 0.0, -0.0, 100.5]> : tensor<5xf32>
  %r = graph.cast %0 : (tensor<5xf32>) -> tensor<5xi32>
  %e = graph.constant dense<[1, -1, 0, 0, 100]> : tensor<5xi32>
  return %r, %e : tensor<5xi32>, tensor<5xi32>
}

func.func @f32_to_int64() -> (tensor<5xi64>, tensor<5xi64>) {
  %0 = graph.constant dense<[1.899999976158142, -1.899999976158142, 0.0, -0.0, 100.5]> : tensor<5xf32>
  %r = graph.cast %0 : (tensor<5xf32>) -> tensor<5xi64>
  %e = graph.constant dense<[1, -1, 0, 0, 100]> : tensor<5xi64>
  return %r, %e : tensor<5xi64>, tensor<5xi64>
}

func.func @f32_to_float16() -> (tensor<5xf16>, tensor<5xf16>) {
  %0 = graph.constant dense<[1.899999976158142, -1.899999976158142, 0.0, -0.0, 100.5]> : tensor<5xf32>
  %r = graph.cast %0 : (tensor<5xf32>) -> tensor<5xf16>
  %e = graph.constant dense<[1.900390625, -1.900390625, 0.0, -0.0, 100.5]> : tensor<5xf16>
  return %r, %e : tensor<5xf16>, tensor<5xf16>
}

func.func @f32_to_float64() -> (tensor<5xf64>, tensor<5xf64>) {
  %0 = graph.constant dense<[1.899999976158142, -1.899999976158142, 0.0, -0.0, 100.5]> : tensor<5xf32>
  %r = graph.cast %0 : (tensor<5xf32>) -> tensor<5xf64>
  %e = graph.constant dense<[1.899999976158142, -1.899999976158142, 0.0, -0.0, 100.5]> : tensor<5xf64>
  return %r, %e : tensor<5xf64>, tensor<5xf64>
}

func.func @f32_to_bool() -> (tensor<5xi1>, tensor<5xi1>) {
  %0 = graph.constant dense<[1.899999976158142, -1.899999976158142, 0.0, -0.0, 100.5]> : tensor<5xf32>
  %r = graph.cast %0 : (tensor<5xf32>) -> tensor<5xi1>
  %e = graph.constant dense<[true, true, false, false, true]> : tensor<5xi1>
  return %r, %e : tensor<5xi1>, tensor<5xi1>
}

func.func @f32_to_uint8() -> (tensor<5xui8>, tensor<5xui8>) {
  %0 = graph.constant dense<[1.899999976158142, 1.899999976158142, 0.0, 0.0, 100.5]> : tensor<5xf32>
  %r = graph.cast %0 : (tensor<5xf32>) -> tensor<5xui8>
  %e = graph.constant dense<[1, 1, 0, 0, 100]> : tensor<5xui8>
  return %r, %e : tensor<5xui8>, tensor<5xui8>
}

func.func @f32_to_bf16() -> (tensor<4xbf16>, tensor<4xbf16>) {
  %0 = graph.constant dense<[1.00390625, 1.01171875, 3.3999999521443642e+38, 0x7FC00000]> : tensor<4xf32>
  %r = graph.cast %0 : (tensor<4xf32>) -> tensor<4xbf16>
  %e = graph.constant dense<[1.0, 1.015625, 0x7F80, 0x7FC0]> : tensor<4xbf16>
  return %r, %e : tensor<4xbf16>, tensor<4xbf16>
}

func.func @f32_to_f16_edges() -> (tensor<10xf16>, tensor<10xf16>) {
  %0 = graph.constant dense<[65504.0, 65519.0, 65520.0, 5.99999978589949e-08, 1.999999987845058e-08, 1.0000000116860974e-07, 0xFF800000, 0x7FC00000, 1.00048828125, 1.00146484375]> : tensor<10xf32>
  %r = graph.cast %0 : (tensor<10xf32>) -> tensor<10xf16>
  %e = graph.constant dense<[65504.0, 65504.0, 0x7C00, 5.960464477539063e-08, 0.0, 1.1920928955078125e-07, 0xFC00, 0x7E00, 1.0, 1.001953125]> : tensor<10xf16>
  return %r, %e : tensor<10xf16>, tensor<10xf16>
}

func.func @f16_to_f32_edges() -> (tensor<10xf32>, tensor<10xf32>) {
  %0 = graph.constant dense<[65504.0, 65504.0, 0x7C00, 5.960464477539063e-08, 0.0, 1.1920928955078125e-07, 0xFC00, 0x7E00, 1.0, 1.001953125]> : tensor<10xf16>
  %r = graph.cast %0 : (tensor<10xf16>) -> tensor<10xf32>
  %e = graph.constant dense<[65504.0, 65504.0, 0x7F800000, 5.960464477539063e-08, 0.0, 1.1920928955078125e-07, 0xFF800000, 0x7FC00000, 1.0, 1.001953125]> : tensor<10xf32>
  return %r, %e : tensor<10xf32>, tensor<10xf32>
}

func.func @nan_to_bool() -> (tensor<3xi1>, tensor<3xi1>) {
  %0 = graph.constant dense<[0x7FC00000, 0.0, 9.99994610111476e-41]> : tensor<3xf32>
  %r = graph.cast %0 : (tensor<3xf32>) -> tensor<3xi1>
  %e = graph.constant dense<[true, false, true]> : tensor<3xi1>
  return %r, %e : tensor<3xi1>, tensor<3xi1>
}

func.func @i64_to_int8() -> (tensor<4xi8>, tensor<4xi8>) {
  %0 = graph.constant dense<[-1, 300, 1099511627781, 16777217]> : tensor<4xi64>
  %r = graph.cast %0 : (tensor<4xi64>) -> tensor<4xi8>
  %e = graph.constant dense<[-1, 44, 5, 1]> : tensor<4xi8>
  return %r, %e : tensor<4xi8>, tensor<4xi8>
}

func.func @i64_to_uint8() -> (tensor<4xui8>, tensor<4xui8>) {
  %0 = graph.constant dense<[-1, 300, 1099511627781, 16777217]> : tensor<4xi64>
  %r = graph.cast %0 : (tensor<4xi64>) -> tensor<4xui8>
  %e = graph.constant dense<[255, 44, 5, 1]> : tensor<4xui8>
  return %r, %e : tensor<4xui8>, tensor<4xui8>
}

func.func @i64_to_int32() -> (tensor<4xi32>, tensor<4xi32>) {
  %0 = graph.constant dense<[-1, 300, 1099511627781, 16777217]> : tensor<4xi64>
  %r = graph.cast %0 : (tensor<4xi64>) -> tensor<4xi32>
  %e = graph.constant dense<[-1, 300, 5, 16777217]> : tensor<4xi32>
  return %r, %e : tensor<4xi32>, tensor<4xi32>
}

func.func @i64_to_uint32() -> (tensor<4xui32>, tensor<4xui32>) {
  %0 = graph.constant dense<[-1, 300, 1099511627781, 16777217]> : tensor<4xi64>
  %r = graph.cast %0 : (tensor<4xi64>) -> tensor<4xui32>
  %e = graph.constant dense<[4294967295, 300, 5, 16777217]> : tensor<4xui32>
  return %r, %e : tensor<4xui32>, tensor<4xui32>
}

func.func @i64_to_uint64() -> (tensor<4xui64>, tensor<4xui64>) {
  %0 = graph.constant dense<[-1, 300, 1099511627781, 16777217]> : tensor<4xi64>
  %r = graph.cast %0 : (tensor<4xi64>) -> tensor<4xui64>
  %e = graph.constant dense<[18446744073709551615, 300, 1099511627781, 16777217]> : tensor<4xui64>
  return %r, %e : tensor<4xui64>, tensor<4xui64>
}

func.func @i64_to_float32() -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = graph.constant dense<[-1, 300, 1099511627781, 16777217]> : tensor<4xi64>
  %r = graph.cast %0 : (tensor<4xi64>) -> tensor<4xf32>
  %e = graph.constant dense<[-1.0, 300.0, 1099511627776.0, 16777216.0]> : tensor<4xf32>
  return %r, %e : tensor<4xf32>, tensor<4xf32>
}

func.func @i64_to_bool() -> (tensor<4xi1>, tensor<4xi1>) {
  %0 = graph.constant dense<[-1, 300, 1099511627781, 16777217]> : tensor<4xi64>
  %r = graph.cast %0 : (tensor<4xi64>) -> tensor<4xi1>
  %e = graph.constant dense<[true, true, true, true]> : tensor<4xi1>
  return %r, %e : tensor<4xi1>, tensor<4xi1>
}

func.func @ui64_to_f32() -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = graph.constant dense<[18446744073709551615, 9223372036854775808]> : tensor<2xui64>
  %r = graph.cast %0 : (tensor<2xui64>) -> tensor<2xf32>
  %e = graph.constant dense<[1.8446744073709552e+19, 9.223372036854776e+18]> : tensor<2xf32>
  return %r, %e : tensor<2xf32>, tensor<2xf32>
}

func.func @bool_to_f32() -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = graph.constant dense<[true, false]> : tensor<2xi1>
  %r = graph.cast %0 : (tensor<2xi1>) -> tensor<2xf32>
  %e = graph.constant dense<[1.0, 0.0]> : tensor<2xf32>
  return %r, %e : tensor<2xf32>, tensor<2xf32>
}

func.func @bool_to_i64() -> (tensor<1x2xi64>, tensor<1x2xi64>) {
  %0 = graph.constant dense<[[true, false]]> : tensor<1x2xi1>
  %r = graph.cast %0 : (tensor<1x2xi1>) -> tensor<1x2xi64>
  %e = graph.constant dense<[[1, 0]]> : tensor<1x2xi64>
  return %r, %e : tensor<1x2xi64>, tensor<1x2xi64>
}

func.func @i8_to_i64() -> (tensor<2xi64>, tensor<2xi64>) {
  %0 = graph.constant dense<[-1, 127]> : tensor<2xi8>
  %r = graph.cast %0 : (tensor<2xi8>) -> tensor<2xi64>
  %e = graph.constant dense<[-1, 127]> : tensor<2xi64>
  return %r, %e : tensor<2xi64>, tensor<2xi64>
}
