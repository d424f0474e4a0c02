// RUN: azulejo-opt %s --split-input-file --verify-diagnostics

func.func @roles_c1() {
  // expected-error@+1 {{there must be one number of warps for each of 1 regions, got: 2}}
  tile.roles warps [4, 4] {
  }
  return
}

// -----

func.func @roles_c2_registers() {
  // expected-error@+1 {{registers must be a multiple of 8 from 24 to 256, got: 100}}
  tile.roles warps [4] registers [100] {
  }
  return
}

// -----

func.func @roles_c2_warps() {
  // expected-error@+1 {{a role with a number of registers must have a multiple of 4 warps, got: 2}}
  tile.roles warps [2] registers [40] {
  }
  return
}

// -----

func.func @roles_c3() {
  // expected-error@+1 {{all threads of the CTA would have to meet at tile.barrier within a role}}
  tile.roles warps [4] {
    tile.barrier
  }
  return
}

// -----

func.func @one_thread_c1() {
  // expected-error@+1 {{must stand in a region of tile.roles}}
  tile.one_thread {
  }
  return
}

// -----

#plain = #tile.swizzle<minor = 1, vector = 8, perPhase = 1, maxPhase = 8>
func.func @tma_load_c1(%map: !llvm.ptr, %i: i32, %a: !tile.buffer<4 x 128 x 64 x f16, #plain>, %ring: !tile.channel<4>) {
  // expected-error@+1 {{the buffer must have the swizzle of TMA}}
  tile.tma_load %map[%i, %i], %a[%i], %ring : !tile.buffer<4 x 128 x 64 x f16, #plain>, !tile.channel<4>
  return
}

// -----

#s = #tile.swizzle<minor = 1, vector = 8, perPhase = 1, maxPhase = 8, panel = 64>
func.func @tma_load_c2(%map: !llvm.ptr, %i: i32, %a: !tile.buffer<4 x 128 x 64 x f16, #s>, %ring: !tile.channel<3>) {
  // expected-error@+1 {{buffer and channel must have the same number of stages, got: 4 and 3}}
  tile.tma_load %map[%i, %i], %a[%i], %ring : !tile.buffer<4 x 128 x 64 x f16, #s>, !tile.channel<3>
  return
}

// -----

#s = #tile.swizzle<minor = 1, vector = 8, perPhase = 1, maxPhase = 8, panel = 64>
func.func @tma_load_c3(%map: !llvm.ptr, %i: i32, %a: !tile.buffer<4 x 128 x 64 x f16, #s>, %ring: !tile.channel<4>) {
  // expected-error@+1 {{there must be two to five coordinates, got: 1}}
  tile.tma_load %map[%i], %a[%i], %ring : !tile.buffer<4 x 128 x 64 x f16, #s>, !tile.channel<4>
  return
}

// -----

#acc = #tile.layout<register = [(0, 1), (8, 0), (0, 8), (0, 16), (0, 32), (0, 64)],
                    lane = [(0, 2), (0, 4), (1, 0), (2, 0), (4, 0)], warp = [(16, 0), (32, 0), (64, 0)]>
func.func @wgmma_wait_c1(%p: !tile.pending<tensor<128x128xf32, #acc>>) {
  // expected-error@+1 {{with 1 groups the result must be the pending tile}}
  %0 = tile.wgmma_wait 1 %p : !tile.pending<tensor<128x128xf32, #acc>> -> tensor<128x128xf32, #acc>
  return
}

// -----

#s = #tile.swizzle<minor = 1, vector = 8, perPhase = 1, maxPhase = 8, panel = 64>
#acc = #tile.layout<register = [(0, 1), (8, 0), (0, 8), (0, 16), (0, 32), (0, 64)],
                    lane = [(0, 2), (0, 4), (1, 0), (2, 0), (4, 0)], warp = [(16, 0), (32, 0), (64, 0)]>
func.func @wgmma_c1(%i: i32, %a: !tile.buffer<4 x 128 x 64 x f16, #s>, %b: !tile.buffer<4 x 128 x 128 x f16, #s>,
                    %p: !tile.pending<tensor<128x128xf32, #acc>>) {
  // expected-error@+1 {{shapes must be MxK, KxN and MxN}}
  %0 = tile.wgmma %a[%i], %b[%i], %p : !tile.buffer<4 x 128 x 64 x f16, #s>, !tile.buffer<4 x 128 x 128 x f16, #s>,
                                       !tile.pending<tensor<128x128xf32, #acc>>
  return
}

// -----

#s = #tile.swizzle<minor = 1, vector = 8, perPhase = 1, maxPhase = 8, panel = 64>
#acc = #tile.layout<register = [(0, 1), (8, 0), (0, 8), (0, 16), (0, 32), (0, 64)],
                    lane = [(0, 2), (0, 4), (1, 0), (2, 0), (4, 0)], warp = [(64, 0), (32, 0), (16, 0)]>
func.func @wgmma_c4(%i: i32, %a: !tile.buffer<4 x 128 x 64 x f16, #s>, %b: !tile.buffer<4 x 64 x 128 x f16, #s>,
                    %p: !tile.pending<tensor<128x128xf32, #acc>>) {
  // expected-error@+1 {{the accumulator's layout must be}}
  %0 = tile.wgmma %a[%i], %b[%i], %p : !tile.buffer<4 x 128 x 64 x f16, #s>, !tile.buffer<4 x 64 x 128 x f16, #s>,
                                       !tile.pending<tensor<128x128xf32, #acc>>
  return
}

// -----

// expected-error@+1 {{columns must be a power of two from 32 to 512, got: 48}}
func.func private @tensor_memory_columns(!tile.tensor_memory<128 x 48 x f32>)

// -----

#rows = #tile.layout<register = [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16)],
                     lane = [(1, 0), (2, 0), (4, 0), (8, 0), (16, 0)], warp = [(32, 0), (64, 0)]>
func.func @tmem_load_c2(%t: !tile.tensor_memory<128 x 128 x f32>) {
  // expected-error@+1 {{columns must lie within 128, got: 112 to 144}}
  %v = tile.tmem_load %t column 112 : !tile.tensor_memory<128 x 128 x f32> -> tensor<128x32xf32, #rows>
  return
}

// -----

func.func @dispatch_c3(%x: tensor<64x64xf16>) -> tensor<64x64xf16> {
  // expected-error@+1 {{tensor map must be of one of 2 operands and results, got: 2}}
  %y = tile.dispatch @k(%x) : (tensor<64x64xf16>) -> tensor<64x64xf16> grid #graph.dims<1, 1, 1> scalars #graph.dims<>
      tensor_maps [#tile.tensor_map<operand = 2, dims = #graph.dims<64, 64>, strides = #graph.dims<128>, box = [64, 64], swizzle = 128>]
  return %y : tensor<64x64xf16>
}
