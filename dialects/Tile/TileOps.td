// This file defines the operations of the tile dialect.
#ifndef AZULEJO_TILE_OPS
#define AZULEJO_TILE_OPS

include "dialects/Tile/TileTypes.td"
include "mlir/Dialect/LLVMIR/LLVMTypes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"

class Tile_Op<string mnemonic, list<Trait> traits = []> : Op<Tile_Dialect, mnemonic, traits>;

def Tile_GlobalPtr : Type<CPred<"::llvm::isa<::mlir::LLVM::LLVMPointerType>($_self) && "
    "::llvm::cast<::mlir::LLVM::LLVMPointerType>($_self).getAddressSpace() == 1">,
    "a pointer to global memory", "::mlir::LLVM::LLVMPointerType">,
    BuildableType<"::mlir::LLVM::LLVMPointerType::get($_builder.getContext(), 1)">;

def Tile_IsTile : CPred<"::azulejo::tile::isTile($_self)">;
class Tile_TileOf<list<Type> elements, string what>
    : Type<And<[TensorOf<elements>.predicate, Tile_IsTile]>, what, "::mlir::RankedTensorType">;
def Tile_AnyTile : Tile_TileOf<[AnySignlessInteger, AnyFloat], "a tile">;
def Tile_OffsetTile : Tile_TileOf<[I32], "a tile of i32 offsets">;
def Tile_MaskTile : Tile_TileOf<[I1], "a tile of i1">;
def Tile_Scalar : AnyTypeOf<[AnySignlessInteger, AnyFloat], "a scalar">;

//===-- Outside of kernels ------------------------------------------------------------------------===//

def Tile_DispatchOp : Tile_Op<"dispatch", [Pure]> {
  let summary = "run a kernel on tensors of the model";
  let description = [{
    Runs the kernel of the `gpu.module` named `kernel` once for each point of `grid`. The kernel receives
    the addresses of the operands, then of the results, then the tensor maps, then the `scalars` as
    i32, in this order. Grid and scalars are expressions of the model's symbolic dimensions; the host evaluates
    them before the launch.

    Constraints:
    - (C1) `grid` has three expressions; it and `scalars` are `#graph.dims`.
    - (C2) operands and results are tensors of the graph dialect's types.
    - (C3) `tensor_maps` are `#tile.tensor_map`, each of an operand or result of the dispatch.

    Example:

    ```mlir
    %y = tile.dispatch @relu(%x)
        : (tensor<?x256xf32, #graph.dims<batch, 256>>) -> tensor<?x256xf32, #graph.dims<batch, 256>>
        grid #graph.dims<batch ceildiv 4, 1, 1> scalars #graph.dims<batch * 256>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, AnyAttr:$grid, Variadic<AnyRankedTensor>:$inputs,
                       AnyAttr:$scalars, OptionalAttr<ArrayAttr>:$tensorMaps);
  let results = (outs Variadic<AnyRankedTensor>:$outputs);
  let assemblyFormat = [{
    $kernel `(` $inputs `)` `:` functional-type($inputs, $outputs) `grid` $grid `scalars` $scalars
    (`tensor_maps` $tensorMaps^)? attr-dict
  }];
  let hasVerifier = 1;
}

//===-- Level 1: values ---------------------------------------------------------------------------===//

def Tile_ProgramIdOp : Tile_Op<"program_id", [Pure]> {
  let summary = "get the position of this CTA in the grid";
  let description = [{
    Returns `%ctaid.x`, `.y` or `.z` for axis 0, 1 or 2.

    Example:

    ```mlir
    %pid = tile.program_id 0
    ```
  }];
  let arguments = (ins ConfinedAttr<I32Attr, [IntMinValue<0>, IntMaxValue<2>]>:$axis);
  let results = (outs I32:$result);
  let assemblyFormat = "$axis attr-dict";
}

def Tile_SplatOp : Tile_Op<"splat", [Pure]> {
  let summary = "make a tile whose elements are all one scalar";
  let description = [{
    Constraints:
    - (C1) the scalar's type is the element type of the tile.

    Example:

    ```mlir
    #l = #tile.layout<register = [], lane = [(1), (2), (4), (8), (16)], warp = [(32), (64)]>
    %t = tile.splat %x : f32 -> tensor<128xf32, #l>
    ```
  }];
  let arguments = (ins Tile_Scalar:$scalar);
  let results = (outs Tile_AnyTile:$result);
  let assemblyFormat = "$scalar attr-dict `:` type($scalar) `->` type($result)";
  let hasVerifier = 1;
}

def Tile_CoordinateOp : Tile_Op<"coordinate", [Pure]> {
  let summary = "make the tile of its own coordinates along a dimension";
  let description = [{
    Element `(i0, …, in)` of the result is `i_dim`.

    Constraints:
    - (C1) `dim` is less than the rank.

    Example:

    ```mlir
    #l = #tile.layout<register = [(0, 1), (0, 2), (1, 0), (2, 0)], lane = [(0, 4), (0, 8), (0, 16), (0, 32), (0, 64)], warp = []>
    %column = tile.coordinate 1 : tensor<4x128xi32, #l>
    ```
  }];
  let arguments = (ins I32Attr:$dim);
  let results = (outs Tile_OffsetTile:$result);
  let assemblyFormat = "$dim attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Tile_BroadcastOp : Tile_Op<"broadcast", [Pure]> {
  let summary = "repeat a tile along its dimensions of size 1";
  let description = [{
    Constraints:
    - (C1) source and result have the same rank and element type.
    - (C2) every dimension of the source is that of the result, or 1.
    - (C3) the layout of the source is that of the result, reduced along the repeated dimensions: no element moves between threads.

    Example:

    ```mlir
    #l = #tile.layout<register = [(0, 1), (0, 2), (1, 0), (2, 0)], lane = [(0, 4), (0, 8), (0, 16), (0, 32), (0, 64)], warp = []>
    #row = #tile.layout<register = [(1, 0), (2, 0)], lane = [(0, 0), (0, 0), (0, 0), (0, 0), (0, 0)], warp = []>
    %b = tile.broadcast %a : tensor<4x1xf32, #row> -> tensor<4x128xf32, #l>
    ```
  }];
  let arguments = (ins Tile_AnyTile:$source);
  let results = (outs Tile_AnyTile:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def Tile_LoadOp : Tile_Op<"load"> {
  let summary = "read a tile from global memory";
  let description = [{
    Element `i` of the result is the element `offsets[i]` (counted in elements, not bytes) after `base` where
    `mask[i]` holds, else zero; without a mask all are read. Masked-off elements are not touched.
    Elements of i1 are stored as one byte.

    Constraints:
    - (C1) result, offsets and mask have the same shape and layout.

    Example:

    ```mlir
    #l = #tile.layout<register = [], lane = [(1), (2), (4), (8), (16)], warp = [(32), (64)]>
    %t = tile.load %x[%offsets : tensor<128xi32, #l>] mask %m : tensor<128xi1, #l> : tensor<128xf32, #l>
    ```
  }];
  let arguments = (ins Arg<Tile_GlobalPtr, "", [MemRead]>:$base, Tile_OffsetTile:$offsets,
                       Optional<Tile_MaskTile>:$mask);
  let results = (outs Tile_AnyTile:$result);
  let assemblyFormat = "$base `[` $offsets `:` type($offsets) `]` (`mask` $mask^ `:` type($mask))? attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Tile_StoreOp : Tile_Op<"store"> {
  let summary = "write a tile to global memory";
  let description = [{
    Writes element `i` of `value` to the element `offsets[i]` after `base` where `mask[i]` holds. An element
    that several threads hold is written by one of them.

    Constraints:
    - (C1) value, offsets and mask have the same shape and layout.

    Example:

    ```mlir
    #l = #tile.layout<register = [], lane = [(1), (2), (4), (8), (16)], warp = [(32), (64)]>
    tile.store %t, %y[%offsets : tensor<128xi32, #l>] mask %m : tensor<128xi1, #l> : tensor<128xf32, #l>
    ```
  }];
  let arguments = (ins Tile_AnyTile:$value, Arg<Tile_GlobalPtr, "", [MemWrite]>:$base,
                       Tile_OffsetTile:$offsets, Optional<Tile_MaskTile>:$mask);
  let assemblyFormat = "$value `,` $base `[` $offsets `:` type($offsets) `]` (`mask` $mask^ `:` type($mask))? attr-dict `:` type($value)";
  let hasVerifier = 1;
}

def Tile_ReduceOp : Tile_Op<"reduce"> {
  let summary = "combine the elements of a tile along a dimension";
  let description = [{
    The result has size 1 along `axis`. The order in which elements are combined depends on the layout only:
    registers, then lanes, then warps. `max` and `min` return NaN if an element is NaN;
    integers are signed for them, and unsigned (as i1 is) for `umax` and `umin`.
    May use shared memory and barriers: every thread of the CTA must reach it.

    Constraints:
    - (C1) the result's shape is the source's with 1 at `axis`.
    - (C2) the result's layout is the source's, reduced along `axis`.

    Example:

    ```mlir
    #l = #tile.layout<register = [(0, 1), (0, 2), (1, 0), (2, 0)], lane = [(0, 4), (0, 8), (0, 16), (0, 32), (0, 64)], warp = []>
    #row = #tile.layout<register = [(1, 0), (2, 0)], lane = [(0, 0), (0, 0), (0, 0), (0, 0), (0, 0)], warp = []>
    %s = tile.reduce sum %t axis 1 : tensor<4x128xf32, #l> -> tensor<4x1xf32, #row>
    ```
  }];
  let arguments = (ins Tile_ReduceKindAttr:$kind, Tile_AnyTile:$source, I32Attr:$axis);
  let results = (outs Tile_AnyTile:$result);
  let assemblyFormat = "`` $kind $source `axis` $axis attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

//===-- Level 2: shared memory --------------------------------------------------------------------===//

def Tile_AllocOp : Tile_Op<"alloc", [MemoryEffects<[MemAlloc]>]> {
  let summary = "reserve a ring of tiles in shared memory";
  let description = [{
    The memory lives as long as the kernel. Its contents are undefined at first.

    Example:

    ```mlir
    %a = tile.alloc : !tile.buffer<3 x 128 x 32 x f16, #tile.swizzle<minor = 1, vector = 8, perPhase = 2, maxPhase = 4>>
    ```
  }];
  let results = (outs Tile_BufferType:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

def Tile_CopyOp : Tile_Op<"copy"> {
  let summary = "copy a tile from global to shared memory";
  let description = [{
    Like a `tile.load` followed by a `tile.write` to stage `stage` of `buffer`; masked-off elements become
    zero. With `async` the copy is `cp.async`: it has arrived after a `tile.wait` for its group and a barrier.

    Constraints:
    - (C1) offsets and mask have the shape of a stage and the same layout.
    - (C2) with `async` the target has `cp.async` (sm_80), and adjacent elements of a thread are 4, 8 or 16 bytes wide.

    Example:

    ```mlir
    #l = #tile.layout<register = [(0, 1), (0, 2), (0, 4), (32, 0), (64, 0)], lane = [(0, 8), (0, 16), (1, 0), (2, 0), (4, 0)],
                      warp = [(8, 0), (16, 0)]>
    #s = #tile.swizzle<minor = 1, vector = 8, perPhase = 2, maxPhase = 4>
    tile.copy %x[%offsets] mask %m : tensor<128x32xi1, #l>, %a[%stage] async
        : tensor<128x32xi32, #l> -> !tile.buffer<3 x 128 x 32 x f16, #s>
    ```
  }];
  let arguments = (ins Arg<Tile_GlobalPtr, "", [MemRead]>:$base, Tile_OffsetTile:$offsets,
                       Optional<Tile_MaskTile>:$mask, Arg<Tile_BufferType, "", [MemWrite]>:$buffer,
                       I32:$stage, UnitAttr:$async);
  let assemblyFormat = [{
    $base `[` $offsets `]` (`mask` $mask^ `:` type($mask))? `,` $buffer `[` $stage `]` (`async` $async^)? attr-dict
    `:` type($offsets) `->` type($buffer)
  }];
  let hasVerifier = 1;
}

def Tile_WriteOp : Tile_Op<"write"> {
  let summary = "write a tile to shared memory";
  let description = [{
    Constraints:
    - (C1) the value has the shape and element type of a stage.

    Example:

    ```mlir
    #l = #tile.layout<register = [(0, 1), (0, 2), (0, 4), (32, 0), (64, 0)], lane = [(0, 8), (0, 16), (1, 0), (2, 0), (4, 0)],
                      warp = [(8, 0), (16, 0)]>
    #s = #tile.swizzle<minor = 1, vector = 8, perPhase = 2, maxPhase = 4>
    tile.write %t, %a[%stage] : tensor<128x32xf16, #l> -> !tile.buffer<3 x 128 x 32 x f16, #s>
    ```
  }];
  let arguments = (ins Tile_AnyTile:$value, Arg<Tile_BufferType, "", [MemWrite]>:$buffer, I32:$stage);
  let assemblyFormat = "$value `,` $buffer `[` $stage `]` attr-dict `:` type($value) `->` type($buffer)";
  let hasVerifier = 1;
}

def Tile_CommitOp : Tile_Op<"commit", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "close a group of asynchronous copies";
  let description = [{
    The asynchronous copies of this thread since the last commit form a group (PTX ISA,
    `cp.async.commit_group`).

    Example:

    ```mlir
    tile.commit
    ```
  }];
  let assemblyFormat = "attr-dict";
}

def Tile_WaitOp : Tile_Op<"wait", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "wait until at most `pending` groups of copies are under way";
  let description = [{
    Waits for the groups of this thread; other threads' copies need a `tile.barrier` too (PTX ISA,
    `cp.async.wait_group`).

    Example:

    ```mlir
    tile.wait 2
    ```
  }];
  let arguments = (ins ConfinedAttr<I32Attr, [IntMinValue<0>]>:$pending);
  let assemblyFormat = "$pending attr-dict";
}

def Tile_BarrierOp : Tile_Op<"barrier", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "wait for all threads of the CTA";
  let description = [{
    Shared memory written before it by any thread is seen after it by all (`bar.sync 0`).

    Example:

    ```mlir
    tile.barrier
    ```
  }];
  let assemblyFormat = "attr-dict";
}

def Tile_DotOp : Tile_Op<"dot"> {
  let summary = "multiply two tiles of shared memory and add to an accumulator";
  let description = [{
    `result[m, n] = accumulator[m, n] + sum over k of a[m, k] * b[k, n]`, with `a` of stage `stage` of its ring
    and `b` likewise. Kind `fma` multiplies and adds in the accumulator's type, in the order of k, one rounding each;
    kind `mma` uses tensor cores with products of f16, bf16, or f32 rounded to tf32 (to nearest, ties away from
    zero; sm_80), and sums in f32.

    Constraints:
    - (C1) `a` is M by K, `b` K by N, the accumulator M by N.
    - (C2) `a` and `b` have the same element type.
    - (C3) with `mma` the elements are f16, bf16 or f32, the accumulator f32, and its layout that of the instruction.

    Example:

    ```mlir
    #l = #tile.layout<register = [(0, 1), (0, 2), (1, 0), (2, 0)], lane = [(0, 4), (0, 8), (0, 16), (4, 0), (8, 0)], warp = []>
    #s = #tile.swizzle<minor = 1, vector = 4, perPhase = 1, maxPhase = 1>
    %d = tile.dot fma %a[%stage], %b[%stage], %c
        : !tile.buffer<2 x 16 x 16 x f32, #s>, !tile.buffer<2 x 16 x 32 x f32, #s>, tensor<16x32xf32, #l>
        -> tensor<16x32xf32, #l>
    ```
  }];
  let arguments = (ins Tile_DotKindAttr:$kind, Arg<Tile_BufferType, "", [MemRead]>:$a, I32:$stageA,
                       Arg<Tile_BufferType, "", [MemRead]>:$b, I32:$stageB, Tile_AnyTile:$accumulator);
  let results = (outs Tile_AnyTile:$result);
  let assemblyFormat = [{
    `` $kind $a `[` $stageA `]` `,` $b `[` $stageB `]` `,` $accumulator attr-dict
    `:` type($a) `,` type($b) `,` type($accumulator) `->` type($result)
  }];
  let hasVerifier = 1;
}

include "dialects/Tile/TileMachineOps.td"

#endif // AZULEJO_TILE_OPS
