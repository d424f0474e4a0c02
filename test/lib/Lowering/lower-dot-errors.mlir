// RUN: azulejo-opt %s --pass-pipeline='builtin.module(gpu.module(azulejo-lowering-lower-tiles{sm=75}))' --verify-diagnostics

#pair = #tile.layout<register = [(0, 1), (8, 0), (0, 8)], lane = [(0, 2), (0, 4), (1, 0), (2, 0), (4, 0)], warp = []>
#s = #tile.swizzle<minor = 1, vector = 8, perPhase = 1, maxPhase = 1>
gpu.module @tf32 attributes {tile.warps = 1 : i32} {
  func.func @tf32(%x: !llvm.ptr<1>, %stage: i32) {
    %a = tile.alloc : !tile.buffer<2 x 16 x 16 x f32, #s>
    %zero = arith.constant dense<0.0> : tensor<16x16xf32, #pair>
    // expected-error @+1 {{mma of 'f32' needs sm_80, got: sm_75}}
    %d = tile.dot mma %a[%stage], %a[%stage], %zero : !tile.buffer<2 x 16 x 16 x f32, #s>, !tile.buffer<2 x 16 x 16 x f32, #s>, tensor<16x16xf32, #pair> -> tensor<16x16xf32, #pair>
    return
  }
}
