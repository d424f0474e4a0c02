// Every operator of the tile dialect prints in the form in which it is read.
// RUN: azulejo-opt %s --verify-roundtrip | FileCheck %s

#l = #tile.layout<register = [(0, 1), (0, 2)], lane = [(0, 4), (0, 8), (0, 16), (1, 0), (2, 0)], warp = [(4, 0), (8, 0)]>
#r = #tile.layout<register = [], lane = [(0, 0), (0, 0), (0, 0), (1, 0), (2, 0)], warp = [(4, 0), (8, 0)]>
#s = #tile.swizzle<minor = 1, vector = 4, perPhase = 1, maxPhase = 8>

// CHECK: #layout = #tile.layout<register = [(0, 1), (0, 2)], lane = [(0, 4), (0, 8), (0, 16), (1, 0), (2, 0)], warp = [(4, 0), (8, 0)]>

// CHECK-LABEL: func @values
func.func @values(%x: !llvm.ptr<1>, %n: i32) {
  // CHECK: tile.program_id 0
  %pid = tile.program_id 0
  // CHECK: tile.splat %{{.*}} : i32 -> tensor<16x32xi32, #layout>
  %base = tile.splat %pid : i32 -> tensor<16x32xi32, #l>
  // CHECK: tile.coordinate 1 : tensor<16x32xi32, #layout>
  %c = tile.coordinate 1 : tensor<16x32xi32, #l>
  %o = arith.addi %base, %c : tensor<16x32xi32, #l>
  %m = arith.cmpi slt, %o, %base : tensor<16x32xi32, #l>
  // CHECK: tile.load %{{.*}}[%{{.*}} : tensor<16x32xi32, #layout>] mask %{{.*}} : tensor<16x32xi1, #layout> : tensor<16x32xf32, #layout>
  %v = tile.load %x[%o : tensor<16x32xi32, #l>] mask %m : tensor<16x32xi1, #l> : tensor<16x32xf32, #l>
  // CHECK: tile.reduce sum %{{.*}} axis 1 : tensor<16x32xf32, #layout> -> tensor<16x1xf32, #layout1>
  %sum = tile.reduce sum %v axis 1 : tensor<16x32xf32, #l> -> tensor<16x1xf32, #r>
  // CHECK: tile.broadcast %{{.*}} : tensor<16x1xf32, #layout1> -> tensor<16x32xf32, #layout>
  %b = tile.broadcast %sum : tensor<16x1xf32, #r> -> tensor<16x32xf32, #l>
  // CHECK: tile.store %{{.*}}, %{{.*}}[%{{.*}} : tensor<16x32xi32, #layout>] : tensor<16x32xf32, #layout>
  tile.store %b, %x[%o : tensor<16x32xi32, #l>] : tensor<16x32xf32, #l>
  return
}

// CHECK-LABEL: func @machine
func.func @machine(%x: !llvm.ptr<1>, %o: tensor<16x32xi32, #l>, %v: tensor<16x32xf32, #l>, %c: tensor<16x16xf32, #l>, %stage: i32) {
  // CHECK: tile.alloc : <2 x 16 x 32 x f32, #swizzle>
  %a = tile.alloc : !tile.buffer<2 x 16 x 32 x f32, #s>
  %b = tile.alloc : !tile.buffer<2 x 32 x 16 x f32, #s>
  // CHECK: tile.copy %{{.*}}[%{{.*}}], %{{.*}}[%{{.*}}] async
  tile.copy %x[%o], %a[%stage] async : tensor<16x32xi32, #l> -> !tile.buffer<2 x 16 x 32 x f32, #s>
  // CHECK: tile.write
  tile.write %v, %a[%stage] : tensor<16x32xf32, #l> -> !tile.buffer<2 x 16 x 32 x f32, #s>
  // CHECK: tile.commit
  tile.commit
  // CHECK: tile.wait 1
  tile.wait 1
  // CHECK: tile.barrier
  tile.barrier
  // CHECK: tile.dot fma
  %d = tile.dot fma %a[%stage], %b[%stage], %c : !tile.buffer<2 x 16 x 32 x f32, #s>, !tile.buffer<2 x 32 x 16 x f32, #s>, tensor<16x16xf32, #l> -> tensor<16x16xf32, #l>
  return
}

// CHECK-LABEL: func @dispatch
func.func @dispatch(%x: tensor<?x256xf32, #graph.dims<batch, 256>>) -> tensor<?x256xf32, #graph.dims<batch, 256>> {
  // CHECK: tile.dispatch @relu(%{{.*}}) : (tensor<?x256xf32, #graph.dims<batch, 256>>) -> tensor<?x256xf32, #graph.dims<batch, 256>> grid #graph.dims<batch, 1, 1> scalars #graph.dims<batch * 256>
  %y = tile.dispatch @relu(%x) : (tensor<?x256xf32, #graph.dims<batch, 256>>) -> tensor<?x256xf32, #graph.dims<batch, 256>> grid #graph.dims<batch, 1, 1> scalars #graph.dims<batch * 256>
  return %y : tensor<?x256xf32, #graph.dims<batch, 256>>
}
