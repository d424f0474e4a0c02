// RUN: azulejo-opt %s --pass-pipeline='builtin.module(gpu.module(azulejo-codegen-emit-ptx{chip=sm_80}))' | FileCheck %s

// CHECK: gpu.module @store attributes {tile.ptx = "{{.*}}.version 7.0\0A.target sm_80{{.*}}.visible .entry store({{.*}}st.global.b32{{.*}}", tile.ptx_version = 70 : i32}
gpu.module @store {
  llvm.func @store(%x: !llvm.ptr<1>, %n: i32) attributes {nvvm.kernel} {
    llvm.store %n, %x : i32, !llvm.ptr<1>
    llvm.return
  }
}
