// RUN: azulejo-opt %s --pass-pipeline='builtin.module(gpu.module(azulejo-lowering-lower-roles))' | FileCheck %s

// CHECK: gpu.module @roles attributes {tile.min_ctas = 1 : i32, tile.warps = 12 : i32}
gpu.module @roles attributes {tile.warps = 12 : i32} {
  // CHECK-LABEL: func @roles
  func.func @roles(%turn: i32) {
    %ring = tile.create_channel producers 1 consumers 8 : !tile.channel<4>
    // CHECK: %[[WARP:.*]] = nvvm.shfl.sync  idx
    // CHECK: nvvm.barrier0
    // CHECK: %[[FIRST:.*]] = arith.cmpi ult, %[[WARP]], %c8_i32
    // CHECK: scf.if %[[FIRST]] {
    // CHECK-NEXT: nvvm.setmaxregister increase 232
    // CHECK: tile.await
    // CHECK: } else {
    // CHECK-NEXT: nvvm.setmaxregister decrease 40
    // CHECK: %[[ONE:.*]] = nvvm.elect.sync -> i1
    // CHECK: %[[GO:.*]] = arith.andi %[[ONE]], %
    // CHECK: scf.if %[[GO]] {
    // CHECK-NEXT: tile.acquire
    // CHECK-NEXT: }
    // CHECK: nvvm.bar.warp.sync
    // CHECK-NOT: tile.roles
    tile.roles warps [8, 4] registers [232, 40] {
      %stage = tile.await %ring[%turn] : !tile.channel<4>
    }, {
      tile.one_thread {
        %stage = tile.acquire %ring[%turn] : !tile.channel<4>
      }
    }
    return
  }
}
