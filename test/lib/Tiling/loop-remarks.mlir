// RUN: azulejo-opt %s --azulejo-tiling-tile-kernels='sm=80' --remarks-filter='tiling' --remark-format=emitRemark 2>&1 >/dev/null | FileCheck %s --implicit-check-not=NoSchedule

// What no schedule fits is a loop in each thread: right, but slow. A remark says so.
// CHECK: remark: [Missed] NoSchedule{{.*}}graph.conv is a loop in each thread: a group has 1 output channels, tiles need at least 8
func.func @depthwise(%x: tensor<1x32x8x8xf32>, %w: tensor<32x1x3x3xf32>) -> tensor<1x32x6x6xf32> {
  %0 = graph.kernel(%x, %w) : (tensor<1x32x8x8xf32>, tensor<32x1x3x3xf32>) -> tensor<1x32x6x6xf32> {
  ^bb0(%a: tensor<1x32x8x8xf32>, %b: tensor<32x1x3x3xf32>):
    %t = graph.conv %a, %b strides = [1, 1] dilations = [1, 1] pads_begin = [0, 0] pads_end = [0, 0] group = 32 : (tensor<1x32x8x8xf32>, tensor<32x1x3x3xf32>) -> tensor<1x32x6x6xf32>
    graph.yield %t : tensor<1x32x6x6xf32>
  }
  return %0 : tensor<1x32x6x6xf32>
}

// CHECK: remark: [Missed] NoSchedule{{.*}}graph.matmul is a loop in each thread: what follows moves elements, so that a tile of the product is not a tile of the result
func.func @moved(%x: tensor<64x32xf32>, %w: tensor<32x16xf32>) -> tensor<16x64xf32> {
  %0 = graph.kernel(%x, %w) : (tensor<64x32xf32>, tensor<32x16xf32>) -> tensor<16x64xf32> {
  ^bb0(%a: tensor<64x32xf32>, %b: tensor<32x16xf32>):
    %t = graph.matmul %a, %b : (tensor<64x32xf32>, tensor<32x16xf32>) -> tensor<64x16xf32>
    %u = graph.transpose %t perm = [1, 0] : (tensor<64x16xf32>) -> tensor<16x64xf32>
    graph.yield %u : tensor<16x64xf32>
  }
  return %0 : tensor<16x64xf32>
}

// CHECK: remark: [Missed] NoSchedule{{.*}}graph.reduce is a loop in each thread: the kernel works on something else than the rows of this reduction
func.func @reduced(%x: tensor<64x32xf32>) -> tensor<1x64xf32> {
  %0 = graph.kernel(%x) : (tensor<64x32xf32>) -> tensor<1x64xf32> {
  ^bb0(%a: tensor<64x32xf32>):
    %t = graph.reduce sum %a axes = [1] keep_dims : (tensor<64x32xf32>) -> tensor<64x1xf32>
    %u = graph.transpose %t perm = [1, 0] : (tensor<64x1xf32>) -> tensor<1x64xf32>
    graph.yield %u : tensor<1x64xf32>
  }
  return %0 : tensor<1x64xf32>
}

// CHECK: remark: [Missed] NoSchedule{{.*}}graph.matmul is a loop in each thread: the kernel has another product
func.func @twice(%x: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %0 = graph.kernel(%x) : (tensor<64x64xf32>) -> tensor<64x64xf32> {
  ^bb0(%a: tensor<64x64xf32>):
    %t = graph.matmul %a, %a : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
    %u = graph.matmul %a, %a transpose_b : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
    %v = graph.add %t, %u : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
    graph.yield %v : tensor<64x64xf32>
  }
  return %0 : tensor<64x64xf32>
}

// A reduction of rows has its schedule.
func.func @rows(%x: tensor<4x100xf32>) -> tensor<4x1xf32> {
  %0 = graph.kernel(%x) : (tensor<4x100xf32>) -> tensor<4x1xf32> {
  ^bb0(%a: tensor<4x100xf32>):
    %t = graph.reduce max %a axes = [1] keep_dims : (tensor<4x100xf32>) -> tensor<4x1xf32>
    graph.yield %t : tensor<4x1xf32>
  }
  return %0 : tensor<4x1xf32>
}
