// This file declares the passes of the step Lowering.
#ifndef AZULEJO_LOWERING_PASSES
#define AZULEJO_LOWERING_PASSES

include "mlir/Pass/PassBase.td"

def LowerTilesPass : Pass<"azulejo-lowering-lower-tiles", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Replace each tile by the scalars that one thread holds";
  let description = [{
    A tile becomes one scalar for each register of its layout; operations of `tile` become address
    arithmetic, loads, stores, shuffles, `cp.async`, `ldmatrix` and `mma.sync`; `arith` and `math` are
    repeated for each register. Buffers get their places in dynamic shared memory, whose size becomes
    `tile.shared` on the module.

    Before:
    ```mlir
    %i = tile.coordinate 0 : tensor<64xi32, #layout>
    %t = tile.load %x[%i : tensor<64xi32, #layout>] : tensor<64xf32, #layout>
    %d = arith.addf %t, %t : tensor<64xf32, #layout>
    ```
    After:
    ```mlir
    %lane = arith.andi %tid, %c31 : i32
    …
    %p = llvm.getelementptr %x[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
    %t = llvm.load %p invariant {alignment = 8 : i64} : !llvm.ptr<1> -> vector<2xf32>
    %t0 = llvm.extractelement %t[%c0 : i32] : vector<2xf32>
    %d0 = arith.addf %t0, %t0 : f32
    …
    ```
  }];
  let options = [Option<"sm", "sm", "int", "75", "the compute capability to lower for">];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::NVVM::NVVMDialect",
                           "::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect"];
}

def LowerRolesPass : Pass<"azulejo-lowering-lower-roles", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Replace roles of warps by branches";
  let description = [{
    `tile.roles` becomes a barrier and an `scf.if` on the number of the warp, which `shfl.sync` makes uniform for
    the compiler; a number of registers becomes `setmaxnreg`. `tile.one_thread` becomes an `scf.if` on
    `elect.sync`, behind which the threads of the warp wait for each other. The kernel gets `tile.min_ctas = 1`:
    ptxas needs to know how many registers there are in all, and that it need not spill to make room for more CTAs.

    Before:
    ```mlir
    tile.roles warps [8, 4] registers [232, 40] {
      …
    }, {
      tile.one_thread { … }
    }
    ```
    After:
    ```mlir
    %warp = nvvm.shfl.sync idx %all, %w, %c0, %c31 : i32 -> i32
    nvvm.barrier0
    %first = arith.cmpi ult, %warp, %c8 : i32
    scf.if %first {
      nvvm.setmaxregister increase 232
      …
    } else {
      nvvm.setmaxregister decrease 40
      %elected = nvvm.elect.sync -> i1
      …
    }
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::NVVM::NVVMDialect",
                           "::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect"];
}

def ExpandMathPass : Pass<"azulejo-lowering-expand-math", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Replace mathematical functions that PTX has not by arithmetic";
  let description = [{
    PTX has no correctly rounded exp, log, tanh and the like, and libdevice may be absent. `exp` becomes two
    `ex2.approx` with a split argument (relative error about 2^-21), the others become upstream's
    polynomials. Functions of f16 and bf16 are computed in f32.

    Before:
    ```mlir
    %y = math.exp %x : f32
    ```
    After:
    ```mlir
    %n = math.roundeven %t : f32
    …
    %s = llvm.call_intrinsic "llvm.nvvm.ex2.approx"(%n) : (f32) -> f32
    %y = arith.mulf %e, %s : f32
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

def FinishKernelsPass : Pass<"azulejo-lowering-finish-kernels", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Make functions into kernels of the LLVM dialect";
  let description = [{
    Adds `nvvm.kernel` and the block's size, and to pointers that they do not alias and how they are aligned.

    Before:
    ```mlir
    func.func @relu(%x: !llvm.ptr<1>, %y: !llvm.ptr<1>)
    ```
    After:
    ```mlir
    llvm.func @relu(%x: !llvm.ptr<1> {llvm.align = 16 : i64, llvm.noalias},
                    %y: !llvm.ptr<1> {llvm.align = 16 : i64, llvm.noalias})
        attributes {nvvm.kernel, nvvm.reqntid = array<i32: 128, 1, 1>}
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::NVVM::NVVMDialect"];
}

#endif // AZULEJO_LOWERING_PASSES
