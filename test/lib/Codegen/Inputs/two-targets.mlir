// Two copies of a model after Tiling, one for each target.
module attributes {tile.target = "sm_80", graph.symbols = {batch = #graph.range<1, 32, 1>}} {
  func.func @main(%x: tensor<?x64xf32, #graph.dims<batch, 64>> {graph.name = "x"}, %w: tensor<100xf32> {graph.name = "bias"}) -> (tensor<?x64xf32, #graph.dims<batch, 64>> {graph.name = "y"}, tensor<3xi1> {graph.name = "mask"}, tensor<100xf32> {graph.name = "z"}) {
    %m = graph.constant dense<[true, false, true]> : tensor<3xi1> loc("mask/w\22eird")
    %c = graph.constant dense<2.5> : tensor<100xf32> loc("fc.bias")
    %0 = tile.dispatch @relu(%x) : (tensor<?x64xf32, #graph.dims<batch, 64>>) -> tensor<?x64xf32, #graph.dims<batch, 64>> grid #graph.dims<(batch * 64) ceildiv 512, 1, 1> scalars #graph.dims<batch * 64> loc("Relu_0")
    %1 = tile.dispatch @relu(%0) : (tensor<?x64xf32, #graph.dims<batch, 64>>) -> tensor<?x64xf32, #graph.dims<batch, 64>> grid #graph.dims<(batch * 64) ceildiv 512, 1, 1> scalars #graph.dims<batch * 64> loc("Relu_1")
    %2 = tile.dispatch @relu(%1) : (tensor<?x64xf32, #graph.dims<batch, 64>>) -> tensor<?x64xf32, #graph.dims<batch, 64>> grid #graph.dims<(batch * 64) ceildiv 512, 1, 1> scalars #graph.dims<batch * 64> loc("Relu_2")
    %3 = tile.dispatch @relu(%c) : (tensor<100xf32>) -> tensor<100xf32> grid #graph.dims<1, 1, 1> scalars #graph.dims<100> loc("Relu_3")
    return %2, %m, %3 : tensor<?x64xf32, #graph.dims<batch, 64>>, tensor<3xi1>, tensor<100xf32>
  }
  gpu.module @relu attributes {tile.chip = "sm_80", tile.warps = 4 : i32} {
    func.func @relu(%x: !llvm.ptr<1>, %y: !llvm.ptr<1>, %n: i32) {
      %size = arith.constant 512 : i32
      %zero = arith.constant 0.0 : f32
      %pid = tile.program_id 0
      %base = arith.muli %pid, %size : i32
      %start = tile.splat %base : i32 -> tensor<512xi32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>
      %step = tile.coordinate 0 : tensor<512xi32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>
      %i = arith.addi %start, %step : tensor<512xi32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>
      %limit = tile.splat %n : i32 -> tensor<512xi32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>
      %mask = arith.cmpi slt, %i, %limit : tensor<512xi32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>
      %t = tile.load %x[%i : tensor<512xi32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>] mask %mask : tensor<512xi1, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>> : tensor<512xf32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>
      %z = tile.splat %zero : f32 -> tensor<512xf32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>
      %r = arith.maximumf %t, %z : tensor<512xf32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>
      tile.store %r, %y[%i : tensor<512xi32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>] mask %mask : tensor<512xi1, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>> : tensor<512xf32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>
      return
    }
  }
}

module attributes {tile.target = "sm_90a", graph.symbols = {batch = #graph.range<1, 32, 1>}} {
  func.func @main(%x: tensor<?x64xf32, #graph.dims<batch, 64>> {graph.name = "x"}, %w: tensor<100xf32> {graph.name = "bias"}) -> (tensor<?x64xf32, #graph.dims<batch, 64>> {graph.name = "y"}, tensor<3xi1> {graph.name = "mask"}, tensor<100xf32> {graph.name = "z"}) {
    %m = graph.constant dense<[true, false, true]> : tensor<3xi1> loc("mask/w\22eird")
    %c = graph.constant dense<2.5> : tensor<100xf32> loc("fc.bias")
    %0 = tile.dispatch @relu(%x) : (tensor<?x64xf32, #graph.dims<batch, 64>>) -> tensor<?x64xf32, #graph.dims<batch, 64>> grid #graph.dims<(batch * 64) ceildiv 512, 1, 1> scalars #graph.dims<batch * 64> loc("Relu_0")
    %1 = tile.dispatch @relu(%0) : (tensor<?x64xf32, #graph.dims<batch, 64>>) -> tensor<?x64xf32, #graph.dims<batch, 64>> grid #graph.dims<(batch * 64) ceildiv 512, 1, 1> scalars #graph.dims<batch * 64> loc("Relu_1")
    %2 = tile.dispatch @relu(%1) : (tensor<?x64xf32, #graph.dims<batch, 64>>) -> tensor<?x64xf32, #graph.dims<batch, 64>> grid #graph.dims<(batch * 64) ceildiv 512, 1, 1> scalars #graph.dims<batch * 64> loc("Relu_2")
    %3 = tile.dispatch @relu(%c) : (tensor<100xf32>) -> tensor<100xf32> grid #graph.dims<1, 1, 1> scalars #graph.dims<100> loc("Relu_3")
    return %2, %m, %3 : tensor<?x64xf32, #graph.dims<batch, 64>>, tensor<3xi1>, tensor<100xf32>
  }
  gpu.module @relu attributes {tile.chip = "sm_80", tile.warps = 4 : i32} {
    func.func @relu(%x: !llvm.ptr<1>, %y: !llvm.ptr<1>, %n: i32) {
      %size = arith.constant 512 : i32
      %zero = arith.constant 0.0 : f32
      %pid = tile.program_id 0
      %base = arith.muli %pid, %size : i32
      %start = tile.splat %base : i32 -> tensor<512xi32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>
      %step = tile.coordinate 0 : tensor<512xi32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>
      %i = arith.addi %start, %step : tensor<512xi32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>
      %limit = tile.splat %n : i32 -> tensor<512xi32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>
      %mask = arith.cmpi slt, %i, %limit : tensor<512xi32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>
      %t = tile.load %x[%i : tensor<512xi32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>] mask %mask : tensor<512xi1, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>> : tensor<512xf32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>
      %z = tile.splat %zero : f32 -> tensor<512xf32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>
      %r = arith.maximumf %t, %z : tensor<512xf32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>
      tile.store %r, %y[%i : tensor<512xi32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>] mask %mask : tensor<512xi1, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>> : tensor<512xf32, #tile.layout<register = [(1), (2)], lane = [(4), (8), (16), (32), (64)], warp = [(128), (256)]>>
      return
    }
  }
}
