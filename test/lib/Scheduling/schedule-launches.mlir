// RUN: azulejo-opt %s --split-input-file --azulejo-scheduling-schedule-launches | FileCheck %s

// A reshape is the same buffer, and what is returned is written directly into the output.
// CHECK-LABEL: plan.program @main
// CHECK-DAG: %[[X:.*]] = plan.input 0 "x" : tensor<?x64xf32, #graph.dims<batch, 64>>
// CHECK-DAG: %[[Y:.*]] = plan.output 0 "y" : tensor<?x8x8xf32, #graph.dims<batch, 8, 8>>
// CHECK-DAG: %[[W:.*]] = plan.weight "fc.w" dense<5.000000e-01> : tensor<64x64xf32>
// CHECK-DAG: %[[T:.*]] = plan.temp bytes <batch * 256>
// CHECK: plan.launch @relu grid <batch, 1, 1> (%[[X]] read, %[[T]] write) scalars <batch * 64>
// CHECK-NEXT: plan.launch @fc grid <batch, 1, 1> (%[[T]] read, %[[W]] read, %[[Y]] write) scalars <batch>
// CHECK-NOT: plan.copy
// CHECK-NOT: func.func @main
func.func @main(%x: tensor<?x64xf32, #graph.dims<batch, 64>> {graph.name = "x"})
    -> (tensor<?x8x8xf32, #graph.dims<batch, 8, 8>> {graph.name = "y"}) {
  %w = graph.constant dense<0.5> : tensor<64x64xf32> loc("fc.w")
  %unused = graph.constant dense<1.5> : tensor<64x64xf32>
  %0 = tile.dispatch @relu(%x) : (tensor<?x64xf32, #graph.dims<batch, 64>>)
      -> tensor<?x64xf32, #graph.dims<batch, 64>>
      grid #graph.dims<batch, 1, 1> scalars #graph.dims<batch * 64>
  %1 = tile.dispatch @fc(%0, %w) : (tensor<?x64xf32, #graph.dims<batch, 64>>, tensor<64x64xf32>)
      -> tensor<?x64xf32, #graph.dims<batch, 64>>
      grid #graph.dims<batch, 1, 1> scalars #graph.dims<batch>
  %2 = graph.reshape %1 : (tensor<?x64xf32, #graph.dims<batch, 64>>)
      -> tensor<?x8x8xf32, #graph.dims<batch, 8, 8>>
  return %2 : tensor<?x8x8xf32, #graph.dims<batch, 8, 8>>
}
gpu.module @relu {}
gpu.module @fc {}

// -----

// Outputs that are an input, a weight, or another output get copies; an output that later kernels read is
// no copy.
// CHECK-LABEL: plan.program @main
// CHECK-DAG: %[[X:.*]] = plan.input 0 "input0" : tensor<4xi1>
// CHECK-DAG: %[[A:.*]] = plan.output 0 "output0"
// CHECK-DAG: %[[B:.*]] = plan.output 1 "output1"
// CHECK-DAG: %[[C:.*]] = plan.output 2 "output2"
// CHECK-DAG: %[[D:.*]] = plan.output 3 "output3"
// CHECK-DAG: %[[E:.*]] = plan.output 4 "output4"
// CHECK-DAG: %[[W:.*]] = plan.weight "constant0" dense<true> : tensor<4xi1>
// CHECK: plan.launch @not grid <1, 1, 1> (%[[X]] read, %[[A]] write) scalars <>
// CHECK-NEXT: plan.launch @not grid <1, 1, 1> (%[[A]] read, %[[B]] write) scalars <>
// CHECK-NEXT: plan.copy %[[X]] to %[[C]] bytes <4>
// CHECK-NEXT: plan.copy %[[W]] to %[[D]] bytes <4>
// CHECK-NEXT: plan.copy %[[A]] to %[[E]] bytes <4>
func.func @main(%x: tensor<4xi1>)
    -> (tensor<4xi1>, tensor<4xi1>, tensor<2x2xi1>, tensor<4xi1>, tensor<4xi1>) {
  %w = graph.constant dense<true> : tensor<4xi1>
  %0 = tile.dispatch @not(%x) : (tensor<4xi1>) -> tensor<4xi1>
      grid #graph.dims<1, 1, 1> scalars #graph.dims<>
  %1 = tile.dispatch @not(%0) : (tensor<4xi1>) -> tensor<4xi1>
      grid #graph.dims<1, 1, 1> scalars #graph.dims<>
  %2 = graph.reshape %x : (tensor<4xi1>) -> tensor<2x2xi1>
  return %0, %1, %2, %w, %0 : tensor<4xi1>, tensor<4xi1>, tensor<2x2xi1>, tensor<4xi1>, tensor<4xi1>
}
gpu.module @not {}

// -----

// A dispatch that describes TMA maps.
// CHECK-LABEL: plan.program @main
// CHECK: plan.launch @gemm
// CHECK-SAME: tensor_maps [#plan.tensor_map<buffer = 0, type = f16, dims = <64, n>, strides = <128>, box = [64, 128], swizzle = 128>]
func.func @main(%x: tensor<?x64xf16, #graph.dims<n, 64>>) -> tensor<?x64xf16, #graph.dims<n, 64>> {
  %0 = tile.dispatch @gemm(%x) : (tensor<?x64xf16, #graph.dims<n, 64>>) -> tensor<?x64xf16, #graph.dims<n, 64>>
      grid #graph.dims<1, 1, 1> scalars #graph.dims<>
      tensor_maps [#tile.tensor_map<operand = 0, dims = #graph.dims<64, n>, strides = #graph.dims<128>,
                                    box = [64, 128], swizzle = 128>]
  return %0 : tensor<?x64xf16, #graph.dims<n, 64>>
}
gpu.module @gemm {}
