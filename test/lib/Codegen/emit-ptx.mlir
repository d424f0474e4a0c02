// RUN: azulejo-opt %s --pass-pipeline='builtin.module(gpu.module(azulejo-codegen-emit-ptx{chip=sm_80}))' | FileCheck %s

// CHECK: gpu.module @store attributes {tile.ptx = "{{.*}}.version 7.0\0A.target sm_80{{.*}}.visible .entry store({{.*}}st.global.b32{{.*}}", tile.ptx_version = 70 : i32}
gpu.module @store {
  llvm.func @store(%x: !llvm.ptr<1>, %n: i32) attributes {nvvm.kernel} {
    llvm.store %n, %x : i32, !llvm.ptr<1>
    llvm.return
  }
}

// Comments name the nodes of the lines in .loc.
// CHECK: gpu.module @named attributes {tile.ptx = "{{.*}}\0A// node 9 Relu ?2\0A// node 17 Relu_1\0A", tile.ptx_version = 70 : i32}
gpu.module @named {
  llvm.func @named(%x: !llvm.ptr<1>, %n: i32) attributes {nvvm.kernel} {
    llvm.store %n, %x : i32, !llvm.ptr<1> loc("Relu_1"("model.onnx.json":17:5))
    llvm.return loc(fused["Relu \n2"("model.onnx.json":9:5), "model.onnx.json":3:1])
  }
}
