// RUN: azulejo-opt %s --verify-roundtrip | FileCheck %s

#s = #tile.swizzle<minor = 1, vector = 8, perPhase = 1, maxPhase = 8, panel = 64>
#acc = #tile.layout<register = [(0, 1), (8, 0), (0, 8), (0, 16), (0, 32), (0, 64)],
                    lane = [(0, 2), (0, 4), (1, 0), (2, 0), (4, 0)], warp = [(16, 0), (32, 0), (64, 0)]>
#rows = #tile.layout<register = [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16)],
                     lane = [(1, 0), (2, 0), (4, 0), (8, 0), (16, 0)], warp = [(32, 0), (64, 0)]>
!a = !tile.buffer<4 x 128 x 64 x f16, #s>
!b = !tile.buffer<4 x 64 x 128 x f16, #s>

// CHECK-LABEL: func @warpgroups(
// CHECK-SAME: %[[MAP:.*]]: !llvm.ptr {tile.tensor_map}
func.func @warpgroups(%map: !llvm.ptr {tile.tensor_map}, %turn: i32, %zero: tensor<128x128xf32, #acc>) {
  %a = tile.alloc : !a
  %b = tile.alloc : !b
  // CHECK: %[[RING:.*]] = tile.create_channel producers 1 consumers 8 : <4>
  %ring = tile.create_channel producers 1 consumers 8 : !tile.channel<4>
  // CHECK: tile.roles warps [8, 4] registers [232, 40] {
  tile.roles warps [8, 4] registers [232, 40] {
    // CHECK: %[[STAGE:.*]] = tile.await %[[RING]][%{{.*}}] : <4>
    %stage = tile.await %ring[%turn] : !tile.channel<4>
    // CHECK: tile.wgmma_fence %{{.*}} : tensor<128x128xf32, #{{.*}}> -> <tensor<128x128xf32, #{{.*}}>>
    %0 = tile.wgmma_fence %zero : tensor<128x128xf32, #acc> -> !tile.pending<tensor<128x128xf32, #acc>>
    // CHECK: tile.wgmma %{{.*}}[%[[STAGE]]], %{{.*}}[%[[STAGE]]], %{{.*}}
    %1 = tile.wgmma %a[%stage], %b[%stage], %0 : !a, !b, !tile.pending<tensor<128x128xf32, #acc>>
    // CHECK: tile.wgmma_wait 1
    %2 = tile.wgmma_wait 1 %1 : !tile.pending<tensor<128x128xf32, #acc>> -> !tile.pending<tensor<128x128xf32, #acc>>
    %3 = tile.wgmma_wait 0 %2 : !tile.pending<tensor<128x128xf32, #acc>> -> tensor<128x128xf32, #acc>
    // CHECK: tile.release %[[RING]][%[[STAGE]]]
    tile.release %ring[%stage] : !tile.channel<4>
    // CHECK: }, {
  }, {
    // CHECK-NEXT: tile.one_thread {
    tile.one_thread {
      %stage = tile.acquire %ring[%turn] : !tile.channel<4>
      // CHECK: tile.expect %[[RING]][%{{.*}}] bytes 16384
      tile.expect %ring[%stage] bytes 16384 : !tile.channel<4>
      // CHECK: tile.tma_load %[[MAP]][%{{.*}}, %{{.*}}], %{{.*}}[%{{.*}}], %[[RING]]
      tile.tma_load %map[%turn, %turn], %a[%stage], %ring : !a, !tile.channel<4>
    }
  }
  return
}

// CHECK-LABEL: func @tensor_memory(
func.func @tensor_memory(%turn: i32, %more: i1) {
  %a = tile.alloc : !a
  %b = tile.alloc : !b
  %done = tile.create_channel producers 1 consumers 1 : !tile.channel<1>
  // CHECK: %[[T:.*]] = tile.tmem_alloc : <128 x 128 x f32>
  %t = tile.tmem_alloc : !tile.tensor_memory<128 x 128 x f32>
  tile.roles warps [4, 1] {
    %stage = tile.await %done[%turn] : !tile.channel<1>
    // CHECK: tile.tmem_load %[[T]] column 32
    %v = tile.tmem_load %t column 32 : !tile.tensor_memory<128 x 128 x f32> -> tensor<128x32xf32, #rows>
  }, {
    // CHECK: tile.tcgen05_mma %{{.*}}[%{{.*}}], %{{.*}}[%{{.*}}], %[[T]] accumulate %{{.*}}
    tile.tcgen05_mma %a[%turn], %b[%turn], %t accumulate %more : !a, !b, !tile.tensor_memory<128 x 128 x f32>
    // CHECK: tile.tcgen05_commit %{{.*}}[%{{.*}}] full
    tile.tcgen05_commit %done[%turn] full : !tile.channel<1>
  }
  // CHECK: tile.tmem_free %[[T]]
  tile.tmem_free %t : !tile.tensor_memory<128 x 128 x f32>
  return
}
