// RUN: azulejo-opt %s --azulejo-tiling-tile-kernels='sm=80' --remarks-filter='tiling' --remark-format=emitRemark 2>&1 >/dev/null | FileCheck %s --check-prefix=EXACT
// RUN: azulejo-opt %s --azulejo-tiling-tile-kernels='sm=80 allow-tf32' --remarks-filter='tiling' --remark-format=emitRemark 2>&1 >/dev/null | FileCheck %s --check-prefix=TF32
// RUN: azulejo-opt %s --azulejo-tiling-tile-kernels='sm=75 allow-tf32' --remarks-filter='tiling' --remark-format=emitRemark 2>&1 >/dev/null | FileCheck %s --check-prefix=OLD
// RUN: azulejo-opt %s --azulejo-tiling-tile-kernels='sm=80' | FileCheck %s --check-prefix=FMA
// RUN: azulejo-opt %s --azulejo-tiling-tile-kernels='sm=80 allow-tf32' | FileCheck %s --check-prefix=MMA

// Full f32 unless the user allows tf32; a remark says which, and what to do.
// EXACT: remark: [Missed] NoTensorCores{{.*}}no tensor cores: they would round f32 operands to tf32, which --allow-tf32 permits
// EXACT: remark: [Passed] TensorCores{{.*}}mma.sync multiplies f16
// EXACT: remark: [Passed] TensorCores{{.*}}mma.sync multiplies bf16
// EXACT: remark: [Missed] NoTensorCores{{.*}}no tensor cores: products of f64 are computed without them
// TF32: remark: [Passed] TensorCores{{.*}}mma.sync multiplies f32, rounded to tf32
// TF32: remark: [Passed] TensorCores{{.*}}mma.sync multiplies f16
// OLD: remark: [Missed] NoTensorCores{{.*}}no tensor cores: those of sm_75 do not multiply tf32
// OLD: remark: [Passed] TensorCores{{.*}}mma.sync multiplies f16
// OLD: remark: [Missed] NoTensorCores{{.*}}no tensor cores: those of sm_75 do not multiply bf16
// FMA: gpu.module @matmul_0
// FMA: tile.dot fma
// MMA: gpu.module @matmul_0
// MMA: tile.dot mma
func.func @f32(%x: tensor<128x256xf32>, %w: tensor<256x384xf32>) -> tensor<128x384xf32> {
  %0 = graph.kernel(%x, %w) : (tensor<128x256xf32>, tensor<256x384xf32>) -> tensor<128x384xf32> {
  ^bb0(%a: tensor<128x256xf32>, %b: tensor<256x384xf32>):
    %t = graph.matmul %a, %b : (tensor<128x256xf32>, tensor<256x384xf32>) -> tensor<128x384xf32>
    graph.yield %t : tensor<128x384xf32>
  }
  return %0 : tensor<128x384xf32>
}

func.func @f16(%x: tensor<128x256xf16>, %w: tensor<256x384xf16>) -> tensor<128x384xf16> {
  %0 = graph.kernel(%x, %w) : (tensor<128x256xf16>, tensor<256x384xf16>) -> tensor<128x384xf16> {
  ^bb0(%a: tensor<128x256xf16>, %b: tensor<256x384xf16>):
    %t = graph.matmul %a, %b : (tensor<128x256xf16>, tensor<256x384xf16>) -> tensor<128x384xf16>
    graph.yield %t : tensor<128x384xf16>
  }
  return %0 : tensor<128x384xf16>
}

func.func @bf16(%x: tensor<128x256xbf16>, %w: tensor<256x384xbf16>) -> tensor<128x384xbf16> {
  %0 = graph.kernel(%x, %w) : (tensor<128x256xbf16>, tensor<256x384xbf16>) -> tensor<128x384xbf16> {
  ^bb0(%a: tensor<128x256xbf16>, %b: tensor<256x384xbf16>):
    %t = graph.matmul %a, %b : (tensor<128x256xbf16>, tensor<256x384xbf16>) -> tensor<128x384xbf16>
    graph.yield %t : tensor<128x384xbf16>
  }
  return %0 : tensor<128x384xbf16>
}

func.func @f64(%x: tensor<128x256xf64>, %w: tensor<256x384xf64>) -> tensor<128x384xf64> {
  %0 = graph.kernel(%x, %w) : (tensor<128x256xf64>, tensor<256x384xf64>) -> tensor<128x384xf64> {
  ^bb0(%a: tensor<128x256xf64>, %b: tensor<256x384xf64>):
    %t = graph.matmul %a, %b : (tensor<128x256xf64>, tensor<256x384xf64>) -> tensor<128x384xf64>
    graph.yield %t : tensor<128x384xf64>
  }
  return %0 : tensor<128x384xf64>
}
