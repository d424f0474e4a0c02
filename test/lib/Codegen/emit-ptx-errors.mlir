// What ends LLVM's process elsewhere is an error at the kernel here.
// RUN: not azulejo-opt %s --split-input-file --pass-pipeline='builtin.module(gpu.module(azulejo-codegen-emit-ptx{chip=sm_80}))' 2>&1 | FileCheck %s

// CHECK: error: cannot generate code for sm_80
gpu.module @log {
  llvm.func @log(%x: !llvm.ptr<1>, %v: f32) attributes {nvvm.kernel} {
    %0 = llvm.intr.log(%v) : (f32) -> f32
    llvm.store %0, %x : f32, !llvm.ptr<1>
    llvm.return
  }
}

// -----

// CHECK: error: cannot generate code for sm_80: {{.*}}annot select
gpu.module @tensor_memory {
  llvm.func @tensor_memory(%slot: !llvm.ptr<3>, %n: i32) attributes {nvvm.kernel} {
    nvvm.tcgen05.alloc %slot, %n : !llvm.ptr<3>, i32
    llvm.return
  }
}
