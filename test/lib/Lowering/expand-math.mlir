// RUN: azulejo-opt %s --pass-pipeline='builtin.module(gpu.module(azulejo-lowering-expand-math))' | FileCheck %s

gpu.module @kernels {
  // CHECK-LABEL: func @exp
  // CHECK: math.roundeven
  // CHECK-COUNT-3: llvm.call_intrinsic "llvm.nvvm.ex2.approx"
  // CHECK-NOT: math.exp
  func.func @exp(%x: f32) -> f32 {
    %0 = math.exp %x : f32
    return %0 : f32
  }

  // CHECK-LABEL: func @narrow
  // CHECK: arith.extf %{{.*}} : f16 to f32
  // CHECK-NOT: math.tanh
  // CHECK: arith.truncf %{{.*}} : f32 to f16
  func.func @narrow(%x: f16) -> f16 {
    %0 = math.tanh %x : f16
    return %0 : f16
  }

  // CHECK-LABEL: func @rsqrt
  // CHECK: math.sqrt
  // CHECK: arith.divf
  func.func @rsqrt(%x: f32) -> f32 {
    %0 = math.rsqrt %x : f32
    return %0 : f32
  }
}
