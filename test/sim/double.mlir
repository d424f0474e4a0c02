// exp and log of f64 agree with the C library's values (computed by NumPy).
// RUN: rm -rf %t && %python %S/Inputs/run-pairs.py sm_75 %t %s

func.func @exp() -> (tensor<8xf64>, tensor<8xf64>) {
  %0 = graph.constant dense<[0.0, 1.0, -1.0, 700.0, -745.0, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000]> : tensor<8xf64>
  %r = graph.exp %0 : (tensor<8xf64>) -> tensor<8xf64>
  %e = graph.constant dense<[1.0, 2.7182818284590451, 0.36787944117144233, 1.0142320547350045E+304, 4.9406564584124654E-324, 0x7FF0000000000000, 0.0, 0x7FF8000000000000]> : tensor<8xf64>
  return %r, %e : tensor<8xf64>, tensor<8xf64>
}

func.func @log() -> (tensor<8xf64>, tensor<8xf64>) {
  %0 = graph.constant dense<[1.0, 2.0, 0.1, 1.0E+300, 4.9406564584124654E-324, 0.0, -1.0, 0x7FF0000000000000]> : tensor<8xf64>
  %r = graph.log %0 : (tensor<8xf64>) -> tensor<8xf64>
  %e = graph.constant dense<[0.0, 0.69314718055994529, -2.3025850929940455, 690.77552789821368, -744.44007192138122, 0xFFF0000000000000, 0x7FF8000000000000, 0x7FF0000000000000]> : tensor<8xf64>
  return %r, %e : tensor<8xf64>, tensor<8xf64>
}
