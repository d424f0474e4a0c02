// RUN: azulejo-opt %s --split-input-file --pass-pipeline='builtin.module(plan.program(azulejo-scheduling-plan-buffers))' | FileCheck %s
// RUN: azulejo-opt %s --split-input-file --pass-pipeline='builtin.module(plan.program(azulejo-scheduling-plan-buffers))' --remarks-filter='scheduling.*' --remark-format=emitRemark 2>&1 | FileCheck %s --check-prefix=REMARK

// A chain of three buffers of one symbolic factor needs two places.
// CHECK-LABEL: plan.program @chain
// CHECK: %[[S:.*]] = plan.slot bytes <batch * 8192>
// CHECK: %[[A:.*]] = plan.arena %[[S]] at <0> bytes <batch * 4096>
// CHECK: %[[B:.*]] = plan.arena %[[S]] at <batch * 4096> bytes <batch * 4096>
// CHECK: %[[C:.*]] = plan.arena %[[S]] at <0> bytes <batch * 4096>
// CHECK: (%{{.*}} read, %[[A]] write)
// CHECK: (%[[A]] read, %[[B]] write)
// CHECK: (%[[B]] read, %[[C]] write)
// CHECK: (%[[C]] read, %{{.*}} write)
// REMARK: Arena
// REMARK-SAME: Bytes=8192{{.*}}LiveBytes=8192
plan.program @chain {
  %x = plan.input 0 "x" : tensor<?x1024xf32, #graph.dims<batch, 1024>>
  %y = plan.output 0 "y" : tensor<?x1024xf32, #graph.dims<batch, 1024>>
  %a = plan.temp bytes <batch * 4096>
  %b = plan.temp bytes <batch * 4096>
  %c = plan.temp bytes <batch * 4096>
  %unused = plan.temp bytes <batch * 4096>
  plan.launch @k grid <1, 1, 1> (%x read, %a write) scalars <>
  plan.launch @k grid <1, 1, 1> (%a read, %b write) scalars <>
  plan.launch @k grid <1, 1, 1> (%b read, %c write) scalars <>
  plan.launch @k grid <1, 1, 1> (%c read, %y write) scalars <>
}
gpu.module @k {}

// -----

// Static sizes: a residual connection keeps its buffer; small buffers fill gaps, aligned to 256.
// CHECK-LABEL: plan.program @residual
// CHECK: %[[S:.*]] = plan.slot bytes <4352>
// CHECK: plan.arena %[[S]] at <0> bytes <2000>
// CHECK: plan.arena %[[S]] at <4096> bytes <100>
// CHECK: plan.arena %[[S]] at <2048> bytes <2048>
plan.program @residual {
  %x = plan.input 0 "x" : tensor<4xf32>
  %y = plan.output 0 "y" : tensor<4xf32>
  %a = plan.temp bytes <2000>
  %b = plan.temp bytes <100>
  %c = plan.temp bytes <2048>
  plan.launch @k grid <1, 1, 1> (%x read, %a write) scalars <>
  plan.launch @k grid <1, 1, 1> (%a read, %b write) scalars <>
  plan.launch @k grid <1, 1, 1> (%b read, %c write) scalars <>
  plan.launch @k grid <1, 1, 1> (%c read, %a read, %y write) scalars <>
}
gpu.module @k {}

// -----

// Sizes that cannot be compared share a slot when they never live together; its size is the larger one.
// Slots of one formula come first. A size that another always exceeds drops out.
// CHECK-LABEL: plan.program @incomparable
// CHECK: %[[S0:.*]] = plan.slot bytes <1048576>
// CHECK: %[[S1:.*]] = plan.slot bytes <batch * seq * 2048, batch * 4096>
// CHECK: plan.arena %[[S1]] at <0> bytes <batch * 4096>
// CHECK: plan.arena %[[S0]] at <0> bytes <1048576>
// CHECK: plan.arena %[[S1]] at <0> bytes <batch * seq * 2048>
// CHECK: plan.arena %[[S0]] at <0> bytes <4096>
// CHECK: plan.arena %[[S1]] at <0> bytes <batch * 2048>
plan.program @incomparable {
  %x = plan.input 0 "x" : tensor<?x?xf32, #graph.dims<batch, seq>>
  %y = plan.output 0 "y" : tensor<4xf32>
  %a = plan.temp bytes <batch * 4096>
  %b = plan.temp bytes <1048576>
  %c = plan.temp bytes <batch * seq * 2048>
  %d = plan.temp bytes <4096>
  %e = plan.temp bytes <batch * 2048>
  plan.launch @k grid <1, 1, 1> (%x read, %a write) scalars <>
  plan.launch @k grid <1, 1, 1> (%a read, %b write) scalars <>
  plan.launch @k grid <1, 1, 1> (%b read, %c write) scalars <>
  plan.launch @k grid <1, 1, 1> (%c read, %d write) scalars <>
  plan.launch @k grid <1, 1, 1> (%d read, %e write) scalars <>
  plan.launch @k grid <1, 1, 1> (%e read, %y write) scalars <>
}
gpu.module @k {}

// -----

// A small multiple is rounded as a whole, so that 4 bytes for each element do not become 256.
// CHECK-LABEL: plan.program @small
// CHECK: plan.slot bytes <((batch + 63) floordiv 64) * 256>
plan.program @small {
  %x = plan.input 0 "x" : tensor<?xf32, #graph.dims<batch>>
  %y = plan.output 0 "y" : tensor<4xf32>
  %a = plan.temp bytes <batch * 4>
  plan.launch @k grid <1, 1, 1> (%x read, %a write) scalars <>
  plan.launch @k grid <1, 1, 1> (%a read, %y write) scalars <>
}
gpu.module @k {}
