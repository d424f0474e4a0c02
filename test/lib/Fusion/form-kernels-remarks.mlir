// Whoever asks why operators are apart is told.
// RUN: azulejo-opt %s --azulejo-fusion-form-kernels --remarks-filter="fusion.*" --remark-format=emitRemark 2>&1 | FileCheck %s

// CHECK-NOT: NotFused{{.*}}graph.div
// CHECK: remark: [Passed] Fused{{.*}}graph.reduce joins the kernel of graph.div
// CHECK: remark: [Missed] NotFused{{.*}}graph.matmul does not join the kernel of graph.div: the kernel reduces rows, which lie across tiles of the product
func.func @attention(%q: tensor<4x8xf32>, %k: tensor<8x4xf32>) -> tensor<4x4xf32> {
  %0 = graph.matmul %q, %k : (tensor<4x8xf32>, tensor<8x4xf32>) -> tensor<4x4xf32>
  %1 = graph.reduce sum %0 axes = [1] keep_dims : (tensor<4x4xf32>) -> tensor<4x1xf32>
  %2 = graph.div %0, %1 : (tensor<4x4xf32>, tensor<4x1xf32>) -> tensor<4x4xf32>
  return %2 : tensor<4x4xf32>
}
