// RUN: azulejo-opt %s --pass-pipeline='builtin.module(gpu.module(azulejo-lowering-lower-tiles{sm=100},canonicalize,cse))' | FileCheck %s

#s = #tile.swizzle<minor = 1, vector = 8, perPhase = 1, maxPhase = 8, panel = 64>
#k = #tile.swizzle<minor = 0, vector = 8, perPhase = 1, maxPhase = 8, panel = 64>
#acc = #tile.layout<register = [(0, 1), (8, 0)], lane = [(0, 2), (0, 4), (1, 0), (2, 0), (4, 0)], warp = [(16, 0), (32, 0)]>
#rows = #tile.layout<register = [(0, 1)], lane = [(1, 0), (2, 0), (4, 0), (8, 0), (16, 0)], warp = [(32, 0), (64, 0)]>

// Barriers come after the buffers, which TMA wants at multiples of 1024.
// CHECK: gpu.module @channel attributes {tile.block = array<i32: 128, 1, 1>, tile.shared = 16416 : i32
// CHECK: llvm.mlir.global external @shared_memory() {addr_space = 3 : i32, alignment = 1024 : i64}
gpu.module @channel attributes {tile.warps = 4 : i32} {
  // CHECK-LABEL: func @channel
  func.func @channel(%map: !llvm.ptr {tile.tensor_map}, %turn: i32) {
    %b = tile.alloc : !tile.buffer<2 x 32 x 128 x f16, #s>
    // CHECK: scf.if
    // CHECK-COUNT-4: nvvm.mbarrier.init
    // CHECK: nvvm.fence.mbarrier.init
    %ring = tile.create_channel producers 1 consumers 8 : !tile.channel<2>
    // CHECK: scf.while
    // CHECK: nvvm.mbarrier.try_wait
    %stage = tile.acquire %ring[%turn] : !tile.channel<2>
    // CHECK: nvvm.mbarrier.arrive.expect_tx
    tile.expect %ring[%stage] bytes 8192 : !tile.channel<2>
    // One copy for each panel.
    // CHECK: nvvm.cp.async.bulk.tensor.shared.cluster.global %{{.*}}, %{{.*}}, %{{.*}}, box[%[[X:[a-z0-9]+]], %[[X]]]
    // CHECK: %[[NEXT:.*]] = arith.addi %[[X]], %c64_i32
    // CHECK: nvvm.cp.async.bulk.tensor.shared.cluster.global %{{.*}}, %{{.*}}, %{{.*}}, box[%[[NEXT]], %[[X]]]
    tile.tma_load %map[%turn, %turn], %b[%stage], %ring : !tile.buffer<2 x 32 x 128 x f16, #s>, !tile.channel<2>
    %full = tile.await %ring[%turn] : !tile.channel<2>
    // CHECK: nvvm.mbarrier.arrive %
    tile.release %ring[%full] : !tile.channel<2>
    return
  }
}

// Fences and waits are tied to the accumulators.
gpu.module @wgmma attributes {tile.warps = 4 : i32} {
  // CHECK-LABEL: func @wgmma
  func.func @wgmma(%stage: i32, %y: !llvm.ptr<1>, %zero: f32) {
    %a = tile.alloc : !tile.buffer<2 x 64 x 64 x f16, #s>
    %b = tile.alloc : !tile.buffer<2 x 64 x 8 x f16, #k>
    %z = tile.splat %zero : f32 -> tensor<64x8xf32, #acc>
    // CHECK: llvm.inline_asm has_side_effects asm_dialect = att "wgmma.fence.sync.aligned;", "=f,=f,=f,=f,0,1,2,3,~{memory}"
    %0 = tile.wgmma_fence %z : tensor<64x8xf32, #acc> -> !tile.pending<tensor<64x8xf32, #acc>>
    // CHECK-COUNT-4: wgmma.mma_async.sync.aligned.m64n8k16.f32.f16.f16 {$0, $1, $2, $3}, $4, $5, p, 1, 1, 0, 0; }", "=f,=f,=f,=f,l,l,0,1,2,3,~{memory}"
    // CHECK: nvvm.wgmma.commit.group.sync.aligned
    %1 = tile.wgmma %a[%stage], %b[%stage], %0
        : !tile.buffer<2 x 64 x 64 x f16, #s>, !tile.buffer<2 x 64 x 8 x f16, #k>, !tile.pending<tensor<64x8xf32, #acc>>
    // CHECK: "wgmma.wait_group.sync.aligned 0;", "=f,=f,=f,=f,0,1,2,3,~{memory}"
    %2 = tile.wgmma_wait 0 %1 : !tile.pending<tensor<64x8xf32, #acc>> -> tensor<64x8xf32, #acc>
    %i = tile.coordinate 0 : tensor<64x8xi32, #acc>
    tile.store %2, %y[%i : tensor<64x8xi32, #acc>] : tensor<64x8xf32, #acc>
    return
  }
}

gpu.module @tcgen05 attributes {tile.warps = 4 : i32} {
  // CHECK-LABEL: func @tcgen05
  func.func @tcgen05(%stage: i32, %y: !llvm.ptr<1>, %more: i1) {
    %a = tile.alloc : !tile.buffer<1 x 128 x 64 x f16, #s>
    %b = tile.alloc : !tile.buffer<1 x 64 x 64 x f16, #s>
    %done = tile.create_channel producers 1 consumers 1 : !tile.channel<1>
    // CHECK: nvvm.tcgen05.alloc
    // CHECK: nvvm.tcgen05.relinquish_alloc_permit
    // CHECK: nvvm.tcgen05.fence <before>
    // CHECK-NEXT: nvvm.barrier0
    // CHECK-NEXT: nvvm.tcgen05.fence <after>
    // CHECK-NEXT: llvm.load volatile
    %t = tile.tmem_alloc : !tile.tensor_memory<128 x 64 x f32>
    // CHECK-COUNT-4: nvvm.tcgen05.mma
    tile.tcgen05_mma %a[%stage], %b[%stage], %t accumulate %more
        : !tile.buffer<1 x 128 x 64 x f16, #s>, !tile.buffer<1 x 64 x 64 x f16, #s>, !tile.tensor_memory<128 x 64 x f32>
    // CHECK: nvvm.tcgen05.commit
    tile.tcgen05_commit %done[%stage] full : !tile.channel<1>
    // CHECK: nvvm.tcgen05.ld
    // CHECK: "tcgen05.wait::ld.sync.aligned;", "=r,=r,0,1,~{memory}"
    %v = tile.tmem_load %t column 32 : !tile.tensor_memory<128 x 64 x f32> -> tensor<128x2xf32, #rows>
    %i = tile.coordinate 0 : tensor<128x2xi32, #rows>
    tile.store %v, %y[%i : tensor<128x2xi32, #rows>] : tensor<128x2xf32, #rows>
    // CHECK: nvvm.barrier0
    // CHECK: nvvm.tcgen05.dealloc
    tile.tmem_free %t : !tile.tensor_memory<128 x 64 x f32>
    return
  }
}
