// RUN: azulejo-opt %s --verify-roundtrip --verify-diagnostics | FileCheck %s
// RUN: azulejo-opt %s --mlir-print-op-generic | azulejo-opt | FileCheck %s

// CHECK-LABEL: plan.program @main
plan.program @main {
  // CHECK: %[[X:.*]] = plan.input 0 "x" : tensor<?x64xf32, #graph.dims<batch, 64>>
  %x = plan.input 0 "x" : tensor<?x64xf32, #graph.dims<batch, 64>>
  // CHECK: %[[Y:.*]] = plan.output 0 "y" : tensor<?x8x8xf32, #graph.dims<batch, 8, 8>>
  %y = plan.output 0 "y" : tensor<?x8x8xf32, #graph.dims<batch, 8, 8>>
  %z = plan.output 1 "z" : tensor<?x64xf32, #graph.dims<batch, 64>>
  // CHECK: %[[W:.*]] = plan.weight "fc.w" dense<5.000000e-01> : tensor<64x64xf32>
  %w = plan.weight "fc.w" dense<0.5> : tensor<64x64xf32>
  // CHECK: plan.temp bytes <batch * 256>
  %t = plan.temp bytes <batch * 256>
  // CHECK: %[[S:.*]] = plan.slot bytes <batch * 256, 4096>
  %s = plan.slot bytes <batch * 256, 4096>
  // CHECK: %[[A:.*]] = plan.arena %[[S]] at <0> bytes <batch * 256>
  %a = plan.arena %s at <0> bytes <batch * 256>
  // CHECK: plan.launch @relu grid <batch, 1, 1> (%[[X]] read, %[[A]] write) scalars <batch * 64>
  plan.launch @relu grid <batch, 1, 1> (%x read, %a write) scalars <batch * 64>
  // CHECK: plan.launch @fc grid <1, 1, 1> (%[[A]] read, %[[W]] read, %[[Y]] readwrite) scalars <>
  // CHECK-SAME: tensor_maps [#plan.tensor_map<buffer = 1, type = f32, dims = <64, 64>, strides = <256>, box = [32, 64], swizzle = 128>]
  plan.launch @fc grid <1, 1, 1> (%a read, %w read, %y readwrite) scalars <> tensor_maps [
    #plan.tensor_map<buffer = 1, type = f32, dims = <64, 64>, strides = <256>, box = [32, 64], swizzle = 128>]
  // CHECK: plan.launch @empty grid <1, 1, 1> () scalars <>
  plan.launch @empty grid <1, 1, 1> () scalars <>
  // CHECK: plan.copy %[[X]] to %{{.*}} bytes <batch * 256>
  plan.copy %x to %z bytes <batch * 256>
}

gpu.module @relu {}
gpu.module @fc {}
gpu.module @empty {}
