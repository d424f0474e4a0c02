// RUN: azulejo-opt %s --pass-pipeline='builtin.module(gpu.module(azulejo-lowering-lower-tiles{sm=80}))' | FileCheck %s

#l = #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>
#r = #tile.layout<register = [], lane = [(0), (0), (0), (0), (0)], warp = [(0), (0)]>

// Aligned neighbours under one mask are one access of 16 bytes.
// CHECK: gpu.module @wide attributes {tile.block = array<i32: 128, 1, 1>, tile.shared = 0 : i32, tile.warps = 4 : i32}
// CHECK: llvm.inline_asm {{.*}}"@$5 ld.global.nc.v4.b32 {$0, $1, $2, $3}, [$4];"
// CHECK-COUNT-4: arith.addf %{{.*}} : f32
// CHECK: "@$1 st.global.v4.b32 [$0], {$2, $3, $4, $5};"
gpu.module @wide attributes {tile.warps = 4 : i32} {
  func.func @wide(%x: !llvm.ptr<1>, %n: i32 {tile.divisibility = 4 : i32}) {
    %i = tile.coordinate 0 : tensor<512xi32, #l>
    %ns = tile.splat %n : i32 -> tensor<512xi32, #l>
    %m = arith.cmpi slt, %i, %ns : tensor<512xi32, #l>
    %v = tile.load %x[%i : tensor<512xi32, #l>] mask %m : tensor<512xi1, #l> : tensor<512xf32, #l>
    %d = arith.addf %v, %v : tensor<512xf32, #l>
    tile.store %d, %x[%i : tensor<512xi32, #l>] mask %m : tensor<512xi1, #l> : tensor<512xf32, #l>
    return
  }
}

// Without knowledge of n the mask may change anywhere.
// CHECK: gpu.module @narrow
// CHECK-COUNT-4: "@$2 ld.global.nc.b32 $0, [$1];"
// CHECK-NOT: ld.global
gpu.module @narrow attributes {tile.warps = 4 : i32} {
  func.func @narrow(%x: !llvm.ptr<1>, %n: i32) {
    %i = tile.coordinate 0 : tensor<512xi32, #l>
    %ns = tile.splat %n : i32 -> tensor<512xi32, #l>
    %m = arith.cmpi slt, %i, %ns : tensor<512xi32, #l>
    %v = tile.load %x[%i : tensor<512xi32, #l>] mask %m : tensor<512xi1, #l> : tensor<512xf32, #l>
    tile.store %v, %x[%i : tensor<512xi32, #l>] mask %m : tensor<512xi1, #l> : tensor<512xf32, #l>
    return
  }
}

// Registers, then five shuffles, then the warps through 512 bytes of shared memory.
// CHECK: gpu.module @reduce attributes {{.*}}tile.shared = 512 : i32
// CHECK: llvm.mlir.global external @shared_memory() {addr_space = 3 : i32, alignment = 128 : i64} : !llvm.array<0 x i8>
// CHECK-COUNT-5: nvvm.shfl.sync bfly
// CHECK: nvvm.barrier0
// CHECK: llvm.store
// CHECK: nvvm.barrier0
// CHECK-COUNT-4: llvm.load
gpu.module @reduce attributes {tile.warps = 4 : i32} {
  func.func @reduce(%x: !llvm.ptr<1>) {
    %i = tile.coordinate 0 : tensor<512xi32, #l>
    %v = tile.load %x[%i : tensor<512xi32, #l>] : tensor<512xf32, #l>
    %s = tile.reduce sum %v axis 0 : tensor<512xf32, #l> -> tensor<1xf32, #r>
    %b = tile.broadcast %s : tensor<1xf32, #r> -> tensor<512xf32, #l>
    tile.store %b, %x[%i : tensor<512xi32, #l>] : tensor<512xf32, #l>
    return
  }
}
