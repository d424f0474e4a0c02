// Values of graph.compare. Written by generate.py.
// RUN: azulejo-translate --evaluate-pairs %s

func.func @eq() -> (tensor<8xi1>, tensor<8xi1>) {
  %0 = graph.constant dense<[0x7F800000, 0x7F800000, 0.0, -0.0, 1.0, 0x7FC00000, 1.0, -1.0]> : tensor<8xf32>
  %1 = graph.constant dense<[0xFF800000, 0x7F800000, -0.0, 0.0, 0.0, 1.0, 0x7FC00000, 0.0]> : tensor<8xf32>
  %r = graph.compare eq %0, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xi1>
  %e = graph.constant dense<[false, true, true, true, false, false, false, false]> : tensor<8xi1>
  return %r, %e : tensor<8xi1>, tensor<8xi1>
}

func.func @eq_broadcast() -> (tensor<2x3xi1>, tensor<2x3xi1>) {
  %0 = graph.constant dense<[[1.0, -2.0, 3.5], [0.0, -0.0, 7.0]]> : tensor<2x3xf32>
  %1 = graph.constant dense<[2.0, -3.0, 0.5]> : tensor<3xf32>
  %r = graph.compare eq %0, %1 : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xi1>
  %e = graph.constant dense<[[false, false, false], [false, false, false]]> : tensor<2x3xi1>
  return %r, %e : tensor<2x3xi1>, tensor<2x3xi1>
}

func.func @eq_i64() -> (tensor<5xi1>, tensor<5xi1>) {
  %0 = graph.constant dense<[7, -7, 7, -7, 2147483647]> : tensor<5xi64>
  %1 = graph.constant dense<[2, 2, -2, -2, 3]> : tensor<5xi64>
  %r = graph.compare eq %0, %1 : (tensor<5xi64>, tensor<5xi64>) -> tensor<5xi1>
  %e = graph.constant dense<[false, false, false, false, false]> : tensor<5xi1>
  return %r, %e : tensor<5xi1>, tensor<5xi1>
}

func.func @eq_ui64() -> (tensor<2xi1>, tensor<2xi1>) {
  %0 = graph.constant dense<[9223372036854775808, 1]> : tensor<2xui64>
  %1 = graph.constant dense<[1, 9223372036854775808]> : tensor<2xui64>
  %r = graph.compare eq %0, %1 : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xi1>
  %e = graph.constant dense<[false, false]> : tensor<2xi1>
  return %r, %e : tensor<2xi1>, tensor<2xi1>
}

func.func @eq_bool() -> (tensor<3xi1>, tensor<3xi1>) {
  %0 = graph.constant dense<[true, false, true]> : tensor<3xi1>
  %1 = graph.constant dense<[false, false, true]> : tensor<3xi1>
  %r = graph.compare eq %0, %1 : (tensor<3xi1>, tensor<3xi1>) -> tensor<3xi1>
  %e = graph.constant dense<[false, true, true]> : tensor<3xi1>
  return %r, %e : tensor<3xi1>, tensor<3xi1>
}

func.func @ne() -> (tensor<8xi1>, tensor<8xi1>) {
  %0 = graph.constant dense<[0x7F800000, 0x7F800000, 0.0, -0.0, 1.0, 0x7FC00000, 1.0, -1.0]> : tensor<8xf32>
  %1 = graph.constant dense<[0xFF800000, 0x7F800000, -0.0, 0.0, 0.0, 1.0, 0x7FC00000, 0.0]> : tensor<8xf32>
  %r = graph.compare ne %0, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xi1>
  %e = graph.constant dense<[true, false, false, false, true, true, true, true]> : tensor<8xi1>
  return %r, %e : tensor<8xi1>, tensor<8xi1>
}

func.func @ne_broadcast() -> (tensor<2x3xi1>, tensor<2x3xi1>) {
  %0 = graph.constant dense<[[1.0, -2.0, 3.5], [0.0, -0.0, 7.0]]> : tensor<2x3xf32>
  %1 = graph.constant dense<[2.0, -3.0, 0.5]> : tensor<3xf32>
  %r = graph.compare ne %0, %1 : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xi1>
  %e = graph.constant dense<[[true, true, true], [true, true, true]]> : tensor<2x3xi1>
  return %r, %e : tensor<2x3xi1>, tensor<2x3xi1>
}

func.func @ne_i64() -> (tensor<5xi1>, tensor<5xi1>) {
  %0 = graph.constant dense<[7, -7, 7, -7, 2147483647]> : tensor<5xi64>
  %1 = graph.constant dense<[2, 2, -2, -2, 3]> : tensor<5xi64>
  %r = graph.compare ne %0, %1 : (tensor<5xi64>, tensor<5xi64>) -> tensor<5xi1>
  %e = graph.constant dense<[true, true, true, true, true]> : tensor<5xi1>
  return %r, %e : tensor<5xi1>, tensor<5xi1>
}

func.func @ne_ui64() -> (tensor<2xi1>, tensor<2xi1>) {
  %0 = graph.constant dense<[9223372036854775808, 1]> : tensor<2xui64>
  %1 = graph.constant dense<[1, 9223372036854775808]> : tensor<2xui64>
  %r = graph.compare ne %0, %1 : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xi1>
  %e = graph.constant dense<[true, true]> : tensor<2xi1>
  return %r, %e : tensor<2xi1>, tensor<2xi1>
}

func.func @ne_bool() -> (tensor<3xi1>, tensor<3xi1>) {
  %0 = graph.constant dense<[true, false, true]> : tensor<3xi1>
  %1 = graph.constant dense<[false, false, true]> : tensor<3xi1>
  %r = graph.compare ne %0, %1 : (tensor<3xi1>, tensor<3xi1>) -> tensor<3xi1>
  %e = graph.constant dense<[true, false, false]> : tensor<3xi1>
  return %r, %e : tensor<3xi1>, tensor<3xi1>
}

func.func @lt() -> (tensor<8xi1>, tensor<8xi1>) {
  %0 = graph.constant dense<[0x7F800000, 0x7F800000, 0.0, -0.0, 1.0, 0x7FC00000, 1.0, -1.0]> : tensor<8xf32>
  %1 = graph.constant dense<[0xFF800000, 0x7F800000, -0.0, 0.0, 0.0, 1.0, 0x7FC00000, 0.0]> : tensor<8xf32>
  %r = graph.compare lt %0, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xi1>
  %e = graph.constant dense<[false, false, false, false, false, false, false, true]> : tensor<8xi1>
  return %r, %e : tensor<8xi1>, tensor<8xi1>
}

func.func @lt_broadcast() -> (tensor<2x3xi1>, tensor<2x3xi1>) {
  %0 = graph.constant dense<[[1.0, -2.0, 3.5], [0.0, -0.0, 7.0]]> : tensor<2x3xf32>
  %1 = graph.constant dense<[2.0, -3.0, 0.5]> : tensor<3xf32>
  %r = graph.compare lt %0, %1 : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xi1>
  %e = graph.constant dense<[[true, false, false], [true, false, false]]> : tensor<2x3xi1>
  return %r, %e : tensor<2x3xi1>, tensor<2x3xi1>
}

func.func @lt_i64() -> (tensor<5xi1>, tensor<5xi1>) {
  %0 = graph.constant dense<[7, -7, 7, -7, 2147483647]> : tensor<5xi64>
  %1 = graph.constant dense<[2, 2, -2, -2, 3]> : tensor<5xi64>
  %r = graph.compare lt %0, %1 : (tensor<5xi64>, tensor<5xi64>) -> tensor<5xi1>
  %e = graph.constant dense<[false, true, false, true, false]> : tensor<5xi1>
  return %r, %e : tensor<5xi1>, tensor<5xi1>
}

func.func @lt_ui64() -> (tensor<2xi1>, tensor<2xi1>) {
  %0 = graph.constant dense<[9223372036854775808, 1]> : tensor<2xui64>
  %1 = graph.constant dense<[1, 9223372036854775808]> : tensor<2xui64>
  %r = graph.compare lt %0, %1 : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xi1>
  %e = graph.constant dense<[false, true]> : tensor<2xi1>
  return %r, %e : tensor<2xi1>, tensor<2xi1>
}

func.func @lt_bool() -> (tensor<3xi1>, tensor<3xi1>) {
  %0 = graph.constant dense<[true, false, true]> : tensor<3xi1>
  %1 = graph.constant dense<[false, false, true]> : tensor<3xi1>
  %r = graph.compare lt %0, %1 : (tensor<3xi1>, tensor<3xi1>) -> tensor<3xi1>
  %e = graph.constant dense<[false, false, false]> : tensor<3xi1>
  return %r, %e : tensor<3xi1>, tensor<3xi1>
}

func.func @le() -> (tensor<8xi1>, tensor<8xi1>) {
  %0 = graph.constant dense<[0x7F800000, 0x7F800000, 0.0, -0.0, 1.0, 0x7FC00000, 1.0, -1.0]> : tensor<8xf32>
  %1 = graph.constant dense<[0xFF800000, 0x7F800000, -0.0, 0.0, 0.0, 1.0, 0x7FC00000, 0.0]> : tensor<8xf32>
  %r = graph.compare le %0, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xi1>
  %e = graph.constant dense<[false, true, true, true, false, false, false, true]> : tensor<8xi1>
  return %r, %e : tensor<8xi1>, tensor<8xi1>
}

func.func @le_broadcast() -> (tensor<2x3xi1>, tensor<2x3xi1>) {
  %0 = graph.constant dense<[[1.0, -2.0, 3.5], [0.0, -0.0, 7.0]]> : tensor<2x3xf32>
  %1 = graph.constant dense<[2.0, -3.0, 0.5]> : tensor<3xf32>
  %r = graph.compare le %0, %1 : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xi1>
  %e = graph.constant dense<[[true, false, false], [true, false, false]]> : tensor<2x3xi1>
  return %r, %e : tensor<2x3xi1>, tensor<2x3xi1>
}

func.func @le_i64() -> (tensor<5xi1>, tensor<5xi1>) {
  %0 = graph.constant dense<[7, -7, 7, -7, 2147483647]> : tensor<5xi64>
  %1 = graph.constant dense<[2, 2, -2, -2, 3]> : tensor<5xi64>
  %r = graph.compare le %0, %1 : (tensor<5xi64>, tensor<5xi64>) -> tensor<5xi1>
  %e = graph.constant dense<[false, true, false, true, false]> : tensor<5xi1>
  return %r, %e : tensor<5xi1>, tensor<5xi1>
}

func.func @le_ui64() -> (tensor<2xi1>, tensor<2xi1>) {
  %0 = graph.constant dense<[9223372036854775808, 1]> : tensor<2xui64>
  %1 = graph.constant dense<[1, 9223372036854775808]> : tensor<2xui64>
  %r = graph.compare le %0, %1 : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xi1>
  %e = graph.constant dense<[false, true]> : tensor<2xi1>
  return %r, %e : tensor<2xi1>, tensor<2xi1>
}

func.func @le_bool() -> (tensor<3xi1>, tensor<3xi1>) {
  %0 = graph.constant dense<[true, false, true]> : tensor<3xi1>
  %1 = graph.constant dense<[false, false, true]> : tensor<3xi1>
  %r = graph.compare le %0, %1 : (tensor<3xi1>, tensor<3xi1>) -> tensor<3xi1>
  %e = graph.constant dense<[false, true, true]> : tensor<3xi1>
  return %r, %e : tensor<3xi1>, tensor<3xi1>
}

func.func @gt() -> (tensor<8xi1>, tensor<8xi1>) {
  %0 = graph.constant dense<[0x7F800000, 0x7F800000, 0.0, -0.0, 1.0, 0x7FC00000, 1.0, -1.0]> : tensor<8xf32>
  %1 = graph.constant dense<[0xFF800000, 0x7F800000, -0.0, 0.0, 0.0, 1.0, 0x7FC00000, 0.0]> : tensor<8xf32>
  %r = graph.compare gt %0, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xi1>
  %e = graph.constant dense<[true, false, false, false, true, false, false, false]> : tensor<8xi1>
  return %r, %e : tensor<8xi1>, tensor<8xi1>
}

func.func @gt_broadcast() -> (tensor<2x3xi1>, tensor<2x3xi1>) {
  %0 = graph.constant dense<[[1.0, -2.0, 3.5], [0.0, -0.0, 7.0]]> : tensor<2x3xf32>
  %1 = graph.constant dense<[2.0, -3.0, 0.5]> : tensor<3xf32>
  %r = graph.compare gt %0, %1 : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xi1>
  %e = graph.constant dense<[[false, true, true], [false, true, true]]> : tensor<2x3xi1>
  return %r, %e : tensor<2x3xi1>, tensor<2x3xi1>
}

func.func @gt_i64() -> (tensor<5xi1>, tensor<5xi1>) {
  %0 = graph.constant dense<[7, -7, 7, -7, 2147483647]> : tensor<5xi64>
  %1 = graph.constant dense<[2, 2, -2, -2, 3]> : tensor<5xi64>
  %r = graph.compare gt %0, %1 : (tensor<5xi64>, tensor<5xi64>) -> tensor<5xi1>
  %e = graph.constant dense<[true, false, true, false, true]> : tensor<5xi1>
  return %r, %e : tensor<5xi1>, tensor<5xi1>
}

func.func @gt_ui64() -> (tensor<2xi1>, tensor<2xi1>) {
  %0 = graph.constant dense<[9223372036854775808, 1]> : tensor<2xui64>
  %1 = graph.constant dense<[1, 9223372036854775808]> : tensor<2xui64>
  %r = graph.compare gt %0, %1 : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xi1>
  %e = graph.constant dense<[true, false]> : tensor<2xi1>
  return %r, %e : tensor<2xi1>, tensor<2xi1>
}

func.func @gt_bool() -> (tensor<3xi1>, tensor<3xi1>) {
  %0 = graph.constant dense<[true, false, true]> : tensor<3xi1>
  %1 = graph.constant dense<[false, false, true]> : tensor<3xi1>
  %r = graph.compare gt %0, %1 : (tensor<3xi1>, tensor<3xi1>) -> tensor<3xi1>
  %e = graph.constant dense<[true, false, false]> : tensor<3xi1>
  return %r, %e : tensor<3xi1>, tensor<3xi1>
}

func.func @ge() -> (tensor<8xi1>, tensor<8xi1>) {
  %0 = graph.constant dense<[0x7F800000, 0x7F800000, 0.0, -0.0, 1.0, 0x7FC00000, 1.0, -1.0]> : tensor<8xf32>
  %1 = graph.constant dense<[0xFF800000, 0x7F800000, -0.0, 0.0, 0.0, 1.0, 0x7FC00000, 0.0]> : tensor<8xf32>
  %r = graph.compare ge %0, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xi1>
  %e = graph.constant dense<[true, true, true, true, true, false, false, false]> : tensor<8xi1>
  return %r, %e : tensor<8xi1>, tensor<8xi1>
}

func.func @ge_broadcast() -> (tensor<2x3xi1>, tensor<2x3xi1>) {
  %0 = graph.constant dense<[[1.0, -2.0, 3.5], [0.0, -0.0, 7.0]]> : tensor<2x3xf32>
  %1 = graph.constant dense<[2.0, -3.0, 0.5]> : tensor<3xf32>
  %r = graph.compare ge %0, %1 : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xi1>
  %e = graph.constant dense<[[false, true, true], [false, true, true]]> : tensor<2x3xi1>
  return %r, %e : tensor<2x3xi1>, tensor<2x3xi1>
}

func.func @ge_i64() -> (tensor<5xi1>, tensor<5xi1>) {
  %0 = graph.constant dense<[7, -7, 7, -7, 2147483647]> : tensor<5xi64>
  %1 = graph.constant dense<[2, 2, -2, -2, 3]> : tensor<5xi64>
  %r = graph.compare ge %0, %1 : (tensor<5xi64>, tensor<5xi64>) -> tensor<5xi1>
  %e = graph.constant dense<[true, false, true, false, true]> : tensor<5xi1>
  return %r, %e : tensor<5xi1>, tensor<5xi1>
}

func.func @ge_ui64() -> (tensor<2xi1>, tensor<2xi1>) {
  %0 = graph.constant dense<[9223372036854775808, 1]> : tensor<2xui64>
  %1 = graph.constant dense<[1, 9223372036854775808]> : tensor<2xui64>
  %r = graph.compare ge %0, %1 : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xi1>
  %e = graph.constant dense<[true, false]> : tensor<2xi1>
  return %r, %e : tensor<2xi1>, tensor<2xi1>
}

func.func @ge_bool() -> (tensor<3xi1>, tensor<3xi1>) {
  %0 = graph.constant dense<[true, false, true]> : tensor<3xi1>
  %1 = graph.constant dense<[false, false, true]> : tensor<3xi1>
  %r = graph.compare ge %0, %1 : (tensor<3xi1>, tensor<3xi1>) -> tensor<3xi1>
  %e = graph.constant dense<[true, true, true]> : tensor<3xi1>
  return %r, %e : tensor<3xi1>, tensor<3xi1>
}
