// RUN: azulejo-opt %s --azulejo-fusion-form-kernels | FileCheck %s

// What follows a matrix product in place is computed with its tiles.
// CHECK-LABEL: func @epilogue
// CHECK: graph.kernel(
// CHECK: graph.matmul
// CHECK-NEXT: graph.add
// CHECK-NEXT: graph.tanh
// CHECK-NEXT: graph.yield
// CHECK-NOT: graph.kernel
func.func @epilogue(%x: tensor<8x16xf32>, %w: tensor<16x32xf32>, %b: tensor<32xf32>) -> tensor<8x32xf32> {
  %0 = graph.matmul %x, %w : (tensor<8x16xf32>, tensor<16x32xf32>) -> tensor<8x32xf32>
  %1 = graph.add %0, %b : (tensor<8x32xf32>, tensor<32xf32>) -> tensor<8x32xf32>
  %2 = graph.tanh %1 : (tensor<8x32xf32>) -> tensor<8x32xf32>
  return %2 : tensor<8x32xf32>
}

// A softmax is one kernel.
// CHECK-LABEL: func @softmax
// CHECK-COUNT-1: graph.kernel(
// CHECK-NOT: graph.kernel(
func.func @softmax(%x: tensor<4x100xf32>) -> tensor<4x100xf32> {
  %0 = graph.reduce max %x axes = [1] keep_dims : (tensor<4x100xf32>) -> tensor<4x1xf32>
  %1 = graph.sub %x, %0 : (tensor<4x100xf32>, tensor<4x1xf32>) -> tensor<4x100xf32>
  %2 = graph.exp %1 : (tensor<4x100xf32>) -> tensor<4x100xf32>
  %3 = graph.reduce sum %2 axes = [1] keep_dims : (tensor<4x100xf32>) -> tensor<4x1xf32>
  %4 = graph.div %2, %3 : (tensor<4x100xf32>, tensor<4x1xf32>) -> tensor<4x100xf32>
  return %4 : tensor<4x100xf32>
}

// Two products are two kernels, and the sum goes with the second.
// CHECK-LABEL: func @two_products
// CHECK: %[[FIRST:.*]] = graph.kernel
// CHECK: graph.matmul
// CHECK-NEXT: graph.yield
// CHECK: graph.kernel(%{{.*}}, %{{.*}}, %[[FIRST]])
// CHECK: graph.matmul
// CHECK-NEXT: graph.add
func.func @two_products(%x: tensor<8x16xf32>, %w: tensor<16x32xf32>, %v: tensor<16x32xf32>) -> tensor<8x32xf32> {
  %0 = graph.matmul %x, %w : (tensor<8x16xf32>, tensor<16x32xf32>) -> tensor<8x32xf32>
  %1 = graph.matmul %x, %v : (tensor<8x16xf32>, tensor<16x32xf32>) -> tensor<8x32xf32>
  %2 = graph.add %1, %0 : (tensor<8x32xf32>, tensor<8x32xf32>) -> tensor<8x32xf32>
  return %2 : tensor<8x32xf32>
}

// A transpose is index arithmetic of the kernel that reads through it.
// CHECK-LABEL: func @movement
// CHECK-COUNT-1: graph.kernel(
// CHECK: graph.transpose
// CHECK: graph.add
// CHECK-NOT: graph.kernel(
func.func @movement(%x: tensor<4x8xf32>, %y: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %0 = graph.transpose %x perm = [1, 0] : (tensor<4x8xf32>) -> tensor<8x4xf32>
  %1 = graph.add %0, %y : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<8x4xf32>
  return %1 : tensor<8x4xf32>
}

// A view needs no kernel; a result of the model that is moved has one.
// CHECK-LABEL: func @results
// CHECK: graph.reshape
// CHECK: graph.kernel(
// CHECK: graph.transpose
func.func @results(%x: tensor<4x8xf32>) -> (tensor<32xf32>, tensor<8x4xf32>) {
  %0 = graph.reshape %x : (tensor<4x8xf32>) -> tensor<32xf32>
  %1 = graph.transpose %x perm = [1, 0] : (tensor<4x8xf32>) -> tensor<8x4xf32>
  return %0, %1 : tensor<32xf32>, tensor<8x4xf32>
}
