// RUN: azulejo-opt %s --azulejo-kernels-to-ptx=chip=sm_90a -o %t.90a && FileCheck %s --check-prefix=WGMMA < %t.90a
// RUN: azulejo-opt %s --azulejo-kernels-to-ptx=chip=sm_100a -o %t.100a && FileCheck %s --check-prefix=TCGEN05 < %t.100a
// RUN: azulejo-opt %s --azulejo-kernels-to-ptx=chip=sm_80 -o %t.80 && FileCheck %s --check-prefix=MMA < %t.80
// RUN: %python %source/tools/checks/assemble-kernels.py --target=sm_90a < %t.90a
// RUN: %python %source/tools/checks/assemble-kernels.py --target=sm_100a < %t.100a

// One operator, three generations of tensor cores. ptxas, where it is found, must neither spill nor mend.
// WGMMA: gpu.module @matmul_0
// WGMMA-SAME: tile.block = array<i32: 384, 1, 1>
// WGMMA-SAME: .param .align 64 .b8 matmul_0_param_4[128]
// WGMMA-SAME: .reqntid 384
// WGMMA-SAME: mbarrier.init.shared
// WGMMA-SAME: setmaxnreg.inc.sync.aligned.u32{{[^,;]*}}232
// WGMMA-SAME: wgmma.fence.sync.aligned
// WGMMA-SAME: wgmma.mma_async.sync.aligned.m64n128k16.f32.f16.f16
// WGMMA-SAME: wgmma.wait_group.sync.aligned 1
// WGMMA-SAME: wgmma.wait_group.sync.aligned 0
// WGMMA-SAME: setmaxnreg.dec.sync.aligned.u32{{[^,;]*}}40
// WGMMA-SAME: cp.async.bulk.tensor.2d.shared::cluster.global
// TCGEN05: gpu.module @matmul_0
// TCGEN05-SAME: tile.block = array<i32: 192, 1, 1>
// TCGEN05-SAME: .minnctapersm 1
// TCGEN05-SAME: tcgen05.alloc
// TCGEN05-SAME: tcgen05.dealloc
// MMA: gpu.module @matmul_0
// MMA-SAME: cp.async.cg.shared.global
// MMA-SAME: mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32

// The rows of the batch are dynamic, and a bias and an activation are fused.
func.func @dynamic(%x: tensor<?x256xf16, #graph.dims<m, 256>>, %w: tensor<256x384xf16>, %c: tensor<384xf16>) -> tensor<?x384xf16, #graph.dims<m, 384>> {
  %0 = graph.kernel(%x, %w, %c) : (tensor<?x256xf16, #graph.dims<m, 256>>, tensor<256x384xf16>, tensor<384xf16>) -> tensor<?x384xf16, #graph.dims<m, 384>> {
  ^bb0(%a: tensor<?x256xf16, #graph.dims<m, 256>>, %b: tensor<256x384xf16>, %bias: tensor<384xf16>):
    %t = graph.matmul %a, %b : (tensor<?x256xf16, #graph.dims<m, 256>>, tensor<256x384xf16>) -> tensor<?x384xf16, #graph.dims<m, 384>>
    %s = graph.add %t, %bias : (tensor<?x384xf16, #graph.dims<m, 384>>, tensor<384xf16>) -> tensor<?x384xf16, #graph.dims<m, 384>>
    %r = graph.tanh %s : (tensor<?x384xf16, #graph.dims<m, 384>>) -> tensor<?x384xf16, #graph.dims<m, 384>>
    graph.yield %r : tensor<?x384xf16, #graph.dims<m, 384>>
  }
  return %0 : tensor<?x384xf16, #graph.dims<m, 384>>
}

// An epilogue with loads, at edges that are not multiples of a tile.
func.func @edges(%x: tensor<?x392xf16, #graph.dims<m, 392>>, %w: tensor<392x136xf16>, %c: tensor<136xf16>) -> tensor<?x136xf16, #graph.dims<m, 136>> {
  %0 = graph.kernel(%x, %w, %c) : (tensor<?x392xf16, #graph.dims<m, 392>>, tensor<392x136xf16>, tensor<136xf16>) -> tensor<?x136xf16, #graph.dims<m, 136>> {
  ^bb0(%a: tensor<?x392xf16, #graph.dims<m, 392>>, %b: tensor<392x136xf16>, %bias: tensor<136xf16>):
    %t = graph.matmul %a, %b : (tensor<?x392xf16, #graph.dims<m, 392>>, tensor<392x136xf16>) -> tensor<?x136xf16, #graph.dims<m, 136>>
    %s = graph.add %t, %bias : (tensor<?x136xf16, #graph.dims<m, 136>>, tensor<136xf16>) -> tensor<?x136xf16, #graph.dims<m, 136>>
    graph.yield %s : tensor<?x136xf16, #graph.dims<m, 136>>
  }
  return %0 : tensor<?x136xf16, #graph.dims<m, 136>>
}

// Both operands along K, bf16, and tiles of 256 columns where there are many.
// WGMMA: gpu.module @matmul_2
// WGMMA-SAME: wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16
func.func @wide(%x: tensor<4096x512xbf16>, %w: tensor<4096x512xbf16>) -> tensor<4096x4096xbf16> {
  %0 = graph.kernel(%x, %w) : (tensor<4096x512xbf16>, tensor<4096x512xbf16>) -> tensor<4096x4096xbf16> {
  ^bb0(%a: tensor<4096x512xbf16>, %b: tensor<4096x512xbf16>):
    %t = graph.matmul %a, %b transpose_b : (tensor<4096x512xbf16>, tensor<4096x512xbf16>) -> tensor<4096x4096xbf16>
    graph.yield %t : tensor<4096x4096xbf16>
  }
  return %0 : tensor<4096x4096xbf16>
}

// The left operand lies along M, and no dimension is known.
func.func @unknown(%x: tensor<?x?xf16, #graph.dims<8 * k, 8 * m>>, %w: tensor<?x?xf16, #graph.dims<8 * k, 8 * n>>) -> tensor<?x?xf16, #graph.dims<8 * m, 8 * n>> {
  %0 = graph.kernel(%x, %w) : (tensor<?x?xf16, #graph.dims<8 * k, 8 * m>>, tensor<?x?xf16, #graph.dims<8 * k, 8 * n>>) -> tensor<?x?xf16, #graph.dims<8 * m, 8 * n>> {
  ^bb0(%a: tensor<?x?xf16, #graph.dims<8 * k, 8 * m>>, %b: tensor<?x?xf16, #graph.dims<8 * k, 8 * n>>):
    %t = graph.matmul %a, %b transpose_a : (tensor<?x?xf16, #graph.dims<8 * k, 8 * m>>, tensor<?x?xf16, #graph.dims<8 * k, 8 * n>>) -> tensor<?x?xf16, #graph.dims<8 * m, 8 * n>>
    graph.yield %t : tensor<?x?xf16, #graph.dims<8 * m, 8 * n>>
  }
  return %0 : tensor<?x?xf16, #graph.dims<8 * m, 8 * n>>
}
