// RUN: azulejo-opt %s --azulejo-tiling-tile-kernels --verify-diagnostics

func.func @double(%x: tensor<8xf64>) -> tensor<8xf64> {
  %0 = graph.kernel(%x) : (tensor<8xf64>) -> tensor<8xf64> {
  ^bb0(%a: tensor<8xf64>):
    // expected-error @+1 {{no kernel computes 'graph.erf' in f64, expected f16, bf16 or f32; cast its operands to f32}}
    %t = graph.erf %a : (tensor<8xf64>) -> tensor<8xf64>
    graph.yield %t : tensor<8xf64>
  }
  return %0 : tensor<8xf64>
}
