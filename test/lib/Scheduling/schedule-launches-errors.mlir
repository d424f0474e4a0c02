// RUN: azulejo-opt %s --split-input-file --azulejo-scheduling-schedule-launches --verify-diagnostics

// expected-error @below {{tensor has too many elements, expected at most 2147483647, got: 4294967296; split the tensor in the model}}
func.func @main(%x: tensor<65536x65536xi8>) -> tensor<4xi8> {
  %0 = tile.dispatch @k(%x) : (tensor<65536x65536xi8>) -> tensor<4xi8>
      grid #graph.dims<1, 1, 1> scalars #graph.dims<>
  return %0 : tensor<4xi8>
}
gpu.module @k {}

// -----

module attributes {graph.symbols = {a = #graph.range<4294967296, 4294967296, 1>}} {
  // expected-error @below {{tensor has too many elements, expected at most 2147483647, got: more than 2^63; split the tensor in the model}}
  func.func @main(%x: tensor<?x?xi8, #graph.dims<a, a>>) -> tensor<4xi8> {
    %0 = tile.dispatch @k(%x) : (tensor<?x?xi8, #graph.dims<a, a>>) -> tensor<4xi8>
        grid #graph.dims<1, 1, 1> scalars #graph.dims<>
    return %0 : tensor<4xi8>
  }
  gpu.module @k {}
}

// -----

func.func @main(%x: tensor<?xi8, #graph.dims<n * 2>>) -> tensor<4xi8> {
  // expected-error @above {{dimension 'n' is not the size of any input; fix it with --dim n=N}}
  %0 = tile.dispatch @k(%x) : (tensor<?xi8, #graph.dims<n * 2>>) -> tensor<4xi8>
      grid #graph.dims<1, 1, 1> scalars #graph.dims<>
  return %0 : tensor<4xi8>
}
gpu.module @k {}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{expected graph.constant, graph.reshape or tile.dispatch after tiling, got: graph.abs}}
  %0 = graph.abs %x : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{dims and strides of a tensor map must be #graph.dims, got: #tile.tensor_map<operand = 1, dims = 4 : i64, strides = #graph.dims<>, box = [4], swizzle = 0>}}
  %0 = tile.dispatch @k(%x) : (tensor<4xf32>) -> tensor<4xf32>
      grid #graph.dims<1, 1, 1> scalars #graph.dims<> tensor_maps [#tile.tensor_map<operand = 1, dims = 4, strides = #graph.dims<>, box = [4], swizzle = 0>]
  return %0 : tensor<4xf32>
}
gpu.module @k {}

// -----

// expected-error @below {{expected a function @main of one block, got none}}
module {}
