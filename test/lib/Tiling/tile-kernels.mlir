// RUN: azulejo-opt %s --azulejo-tiling-tile-kernels=sm=80 | FileCheck %s

// Equal kernels are one module; grids are formulas of the dimensions.
// CHECK-LABEL: func @pointwise
// CHECK: tile.dispatch @pointwise_0(%{{.*}}) : {{.*}} grid #graph.dims<(batch + 3) floordiv 4, 1, 1> scalars #graph.dims<batch * 128>
// CHECK: tile.dispatch @pointwise_0(
func.func @pointwise(%x: tensor<?x128xf32, #graph.dims<batch, 128>>) -> tensor<?x128xf32, #graph.dims<batch, 128>> {
  %0 = graph.kernel(%x) : (tensor<?x128xf32, #graph.dims<batch, 128>>) -> tensor<?x128xf32, #graph.dims<batch, 128>> {
  ^bb0(%a: tensor<?x128xf32, #graph.dims<batch, 128>>):
    %t = graph.tanh %a : (tensor<?x128xf32, #graph.dims<batch, 128>>) -> tensor<?x128xf32, #graph.dims<batch, 128>>
    graph.yield %t : tensor<?x128xf32, #graph.dims<batch, 128>>
  }
  %1 = graph.kernel(%0) : (tensor<?x128xf32, #graph.dims<batch, 128>>) -> tensor<?x128xf32, #graph.dims<batch, 128>> {
  ^bb0(%a: tensor<?x128xf32, #graph.dims<batch, 128>>):
    %t = graph.tanh %a : (tensor<?x128xf32, #graph.dims<batch, 128>>) -> tensor<?x128xf32, #graph.dims<batch, 128>>
    graph.yield %t : tensor<?x128xf32, #graph.dims<batch, 128>>
  }
  return %1 : tensor<?x128xf32, #graph.dims<batch, 128>>
}

// CHECK-LABEL: func @rows
// CHECK: tile.dispatch @rows_1
func.func @rows(%x: tensor<4x100xf32>) -> tensor<4x1xf32> {
  %0 = graph.kernel(%x) : (tensor<4x100xf32>) -> tensor<4x1xf32> {
  ^bb0(%a: tensor<4x100xf32>):
    %t = graph.reduce max %a axes = [1] keep_dims : (tensor<4x100xf32>) -> tensor<4x1xf32>
    graph.yield %t : tensor<4x1xf32>
  }
  return %0 : tensor<4x1xf32>
}

// CHECK-LABEL: func @gemm
// CHECK: tile.dispatch @matmul_2({{.*}} grid #graph.dims<2, 1, 1>
func.func @gemm(%x: tensor<64x256xf16>, %w: tensor<256x128xf16>) -> tensor<64x128xf16> {
  %0 = graph.kernel(%x, %w) : (tensor<64x256xf16>, tensor<256x128xf16>) -> tensor<64x128xf16> {
  ^bb0(%a: tensor<64x256xf16>, %b: tensor<256x128xf16>):
    %t = graph.matmul %a, %b : (tensor<64x256xf16>, tensor<256x128xf16>) -> tensor<64x128xf16>
    graph.yield %t : tensor<64x128xf16>
  }
  return %0 : tensor<64x128xf16>
}

// CHECK: gpu.module @pointwise_0 attributes {tile.chip = "sm_80", tile.warps = 4 : i32}
// CHECK: func.func @pointwise_0(%{{.*}}: !llvm.ptr<1>, %{{.*}}: !llvm.ptr<1>, %{{.*}}: i32 {tile.divisibility = 128 : i32})
// CHECK: tile.load
// CHECK: math.tanh
// CHECK: tile.store

// CHECK: gpu.module @rows_1
// CHECK: tile.reduce max

// Copies of later stages are under way while one is multiplied.
// CHECK: gpu.module @matmul_2
// CHECK: tile.copy {{.*}} async
// CHECK: tile.commit
// CHECK: scf.for
// CHECK: tile.wait 1
// CHECK-NEXT: tile.barrier
// CHECK: tile.copy
// CHECK: tile.dot mma
