// RUN: azulejo-opt %s --azulejo-tiling-tile-kernels='sm=90 chip=sm_90a' --remarks-filter='tiling' --remark-format=emitRemark 2>&1 >/dev/null | FileCheck %s

// What TMA cannot fetch gets mma.sync, and a remark says why.
// CHECK: remark: [Missed] NoTma{{.*}}operands must be f16 or bf16; wgmma is not used
// CHECK: remark: [Missed] NoTma{{.*}}a row of an operand is not known to be a multiple of 16 bytes long; wgmma is not used
// CHECK: remark: [Missed] NoTma{{.*}}an operand is repeated along a part of the batch; wgmma is not used
// CHECK: remark: [Missed] NoTma{{.*}}there are fewer than 64 rows; wgmma is not used
func.func @f32(%x: tensor<128x256xf32>, %w: tensor<256x384xf32>) -> tensor<128x384xf32> {
  %0 = graph.kernel(%x, %w) : (tensor<128x256xf32>, tensor<256x384xf32>) -> tensor<128x384xf32> {
  ^bb0(%a: tensor<128x256xf32>, %b: tensor<256x384xf32>):
    %t = graph.matmul %a, %b : (tensor<128x256xf32>, tensor<256x384xf32>) -> tensor<128x384xf32>
    graph.yield %t : tensor<128x384xf32>
  }
  return %0 : tensor<128x384xf32>
}

func.func @odd(%x: tensor<128x255xf16>, %w: tensor<255x384xf16>) -> tensor<128x384xf16> {
  %0 = graph.kernel(%x, %w) : (tensor<128x255xf16>, tensor<255x384xf16>) -> tensor<128x384xf16> {
  ^bb0(%a: tensor<128x255xf16>, %b: tensor<255x384xf16>):
    %t = graph.matmul %a, %b : (tensor<128x255xf16>, tensor<255x384xf16>) -> tensor<128x384xf16>
    graph.yield %t : tensor<128x384xf16>
  }
  return %0 : tensor<128x384xf16>
}

func.func @batch(%x: tensor<4x1x128x256xf16>, %w: tensor<1x3x256x384xf16>) -> tensor<4x3x128x384xf16> {
  %0 = graph.kernel(%x, %w) : (tensor<4x1x128x256xf16>, tensor<1x3x256x384xf16>) -> tensor<4x3x128x384xf16> {
  ^bb0(%a: tensor<4x1x128x256xf16>, %b: tensor<1x3x256x384xf16>):
    %t = graph.matmul %a, %b : (tensor<4x1x128x256xf16>, tensor<1x3x256x384xf16>) -> tensor<4x3x128x384xf16>
    graph.yield %t : tensor<4x3x128x384xf16>
  }
  return %0 : tensor<4x3x128x384xf16>
}

func.func @few(%x: tensor<8x256xf16>, %w: tensor<256x384xf16>) -> tensor<8x384xf16> {
  %0 = graph.kernel(%x, %w) : (tensor<8x256xf16>, tensor<256x384xf16>) -> tensor<8x384xf16> {
  ^bb0(%a: tensor<8x256xf16>, %b: tensor<256x384xf16>):
    %t = graph.matmul %a, %b : (tensor<8x256xf16>, tensor<256x384xf16>) -> tensor<8x384xf16>
    graph.yield %t : tensor<8x384xf16>
  }
  return %0 : tensor<8x384xf16>
}
