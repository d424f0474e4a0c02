// RUN: azulejo-opt %s --pass-pipeline='builtin.module(gpu.module(azulejo-lowering-lower-tiles{sm=80}))' | FileCheck %s

#pair = #tile.layout<register = [(0, 1), (8, 0), (0, 8)], lane = [(0, 2), (0, 4), (1, 0), (2, 0), (4, 0)], warp = []>
#along_k = #tile.swizzle<minor = 1, vector = 4, perPhase = 4, maxPhase = 2>
#across_k = #tile.swizzle<minor = 1, vector = 8, perPhase = 1, maxPhase = 4>

// f32 becomes tf32. What lies along K is loaded by ldmatrix; words across it one by one.
// CHECK: gpu.module @tf32
// CHECK: nvvm.ldmatrix {{.*}}layout = #nvvm.mma_layout<row>, num = 4
// CHECK-COUNT-4: nvvm.convert.float.to.tf32 {{.*}}rnd = #nvvm.fp_rnd_mode<rna>
// CHECK-COUNT-4: llvm.load {{.*}} : !llvm.ptr<3> -> i32
// CHECK-COUNT-4: nvvm.convert.float.to.tf32
// CHECK-COUNT-2: nvvm.mma.sync {{.*}}multiplicandAPtxType = #nvvm.mma_type<tf32>, multiplicandBPtxType = #nvvm.mma_type<tf32>, shape = #nvvm.shape<m = 16, n = 8, k = 8>
// CHECK-NOT: nvvm.mma.sync
gpu.module @tf32 attributes {tile.warps = 1 : i32} {
  func.func @tf32(%x: !llvm.ptr<1>, %stage: i32, %offsets: i32) {
    %a = tile.alloc : !tile.buffer<2 x 16 x 8 x f32, #along_k>
    %b = tile.alloc : !tile.buffer<2 x 8 x 16 x f32, #across_k>
    %zero = arith.constant dense<0.0> : tensor<16x16xf32, #pair>
    %d = tile.dot mma %a[%stage], %b[%stage], %zero : !tile.buffer<2 x 16 x 8 x f32, #along_k>, !tile.buffer<2 x 8 x 16 x f32, #across_k>, tensor<16x16xf32, #pair> -> tensor<16x16xf32, #pair>
    %i = tile.splat %offsets : i32 -> tensor<16x16xi32, #pair>
    tile.store %d, %x[%i : tensor<16x16xi32, #pair>] : tensor<16x16xf32, #pair>
    return
  }
}
