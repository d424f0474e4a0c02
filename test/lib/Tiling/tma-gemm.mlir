// RUN: azulejo-opt %s --azulejo-tiling-tile-kernels='sm=90 chip=sm_90a' | FileCheck %s --check-prefixes=CHECK,WGMMA
// RUN: azulejo-opt %s --azulejo-tiling-tile-kernels='sm=100 chip=sm_100a' | FileCheck %s --check-prefixes=CHECK,TCGEN05
// RUN: azulejo-opt %s --azulejo-tiling-tile-kernels='sm=90 chip=sm_90' | FileCheck %s --check-prefix=PLAIN
// RUN: azulejo-opt %s --azulejo-tiling-tile-kernels='sm=80 chip=sm_80' | FileCheck %s --check-prefix=PLAIN

// One operator, three schedules. The maps follow the pointers, the scalars the maps.
// CHECK-LABEL: func @plain
// CHECK: tile.dispatch @matmul_0
// CHECK-SAME: tensor_maps [#tile.tensor_map<operand = 0, dims = #graph.dims<256, m>, strides = #graph.dims<512>, box = [64, 128], swizzle = 128>,
// CHECK-SAME: #tile.tensor_map<operand = 1, dims = #graph.dims<384, 256>, strides = #graph.dims<768>, box = [64, 64], swizzle = 128>]
// WGMMA: gpu.module @matmul_0 attributes {tile.chip = "sm_90a", tile.warps = 12 : i32}
// WGMMA: func @matmul_0(%{{.*}}: !llvm.ptr<1>, %{{.*}}: !llvm.ptr<1>, %{{.*}}: !llvm.ptr<1>, %[[A:.*]]: !llvm.ptr {tile.tensor_map}, %[[B:.*]]: !llvm.ptr {tile.tensor_map}, %{{.*}}: i32
// WGMMA: tile.roles warps [8, 4] registers [232, 40] {
// WGMMA: tile.wgmma
// WGMMA: tile.store
// WGMMA: tile.tma_load %[[A]][
// WGMMA: tile.tma_load %[[B]][
// TCGEN05: gpu.module @matmul_0 attributes {tile.chip = "sm_100a", tile.warps = 6 : i32}
// TCGEN05: tile.roles warps [4, 1, 1] {
// TCGEN05-COUNT-4: tile.tmem_load
// TCGEN05: tile.tcgen05_mma
// TCGEN05: tile.tma_load
// TCGEN05: tile.tmem_free
// PLAIN-LABEL: func @plain
// PLAIN-NOT: tensor_map
// PLAIN: tile.dot mma
func.func @plain(%x: tensor<?x256xf16, #graph.dims<m, 256>>, %w: tensor<256x384xf16>) -> tensor<?x384xf16, #graph.dims<m, 384>> {
  %0 = graph.kernel(%x, %w) : (tensor<?x256xf16, #graph.dims<m, 256>>, tensor<256x384xf16>) -> tensor<?x384xf16, #graph.dims<m, 384>> {
  ^bb0(%a: tensor<?x256xf16, #graph.dims<m, 256>>, %b: tensor<256x384xf16>):
    %t = graph.matmul %a, %b : (tensor<?x256xf16, #graph.dims<m, 256>>, tensor<256x384xf16>) -> tensor<?x384xf16, #graph.dims<m, 384>>
    graph.yield %t : tensor<?x384xf16, #graph.dims<m, 384>>
  }
  return %0 : tensor<?x384xf16, #graph.dims<m, 384>>
}
