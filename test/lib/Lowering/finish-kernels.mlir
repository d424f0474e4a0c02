// RUN: azulejo-opt %s --pass-pipeline='builtin.module(gpu.module(azulejo-lowering-finish-kernels))' | FileCheck %s

// CHECK: llvm.func @copy(%{{.*}}: !llvm.ptr<1> {llvm.align = 16 : i64, llvm.noalias}, %{{.*}}: i32)
// CHECK-SAME: attributes {nvvm.kernel, nvvm.reqntid = array<i32: 128, 1, 1>}
// CHECK: llvm.cond_br
// CHECK: llvm.return
gpu.module @copy attributes {tile.block = array<i32: 128, 1, 1>} {
  func.func @copy(%x: !llvm.ptr<1>, %n: i32) {
    %c = llvm.trunc %n : i32 to i1
    cf.cond_br %c, ^bb1, ^bb2
  ^bb1:
    llvm.store %n, %x : i32, !llvm.ptr<1>
    cf.br ^bb2
  ^bb2:
    return
  }
}
