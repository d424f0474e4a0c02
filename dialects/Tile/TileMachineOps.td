// This file defines the operations of level 2 that name the machine: roles of warps, channels of
// mbarriers, TMA, wgmma and tcgen05. TileOps.td includes it.
#ifndef AZULEJO_TILE_MACHINE_OPS
#define AZULEJO_TILE_MACHINE_OPS

include "dialects/Tile/TileMachineTypes.td"

def Tile_TensorMapPtr : Type<CPred<"::llvm::isa<::mlir::LLVM::LLVMPointerType>($_self) && "
    "::llvm::cast<::mlir::LLVM::LLVMPointerType>($_self).getAddressSpace() == 0">,
    "a pointer to a tensor map", "::mlir::LLVM::LLVMPointerType">,
    BuildableType<"::mlir::LLVM::LLVMPointerType::get($_builder.getContext(), 0)">;
def Tile_Accumulator : AnyTypeOf<[Tile_AnyTile, Tile_PendingType], "a tile or a pending tile">;

//===-- Roles -------------------------------------------------------------------------------------===//

def Tile_EndOp : Tile_Op<"end", [Terminator, Pure]> {
  let summary = "end a region";
  let description = [{
    Ends a region of `tile.roles` or `tile.one_thread`. It is not written.

    Example:

    ```mlir
    tile.roles warps [4] {
      tile.end
    }
    ```
  }];
  let assemblyFormat = "attr-dict";
}

def Tile_RolesOp : Tile_Op<"roles", [SingleBlockImplicitTerminator<"EndOp">]> {
  let summary = "let groups of warps do different things";
  let description = [{
    The first `warps[0]` warps of the CTA run the first region, the next `warps[1]` the second, and so on. All
    threads meet at a barrier before; there is none after. With `registers`, each warp of a role gives up
    or takes registers until it has that many (`setmaxnreg`).

    The warp number in a layout counts modulo the number of warps of the layout, so a tile of a role of
    2^k warps is one of 2^k warps.

    Constraints:
    - (C1) there is one number of warps for each region, at least 1 each.
    - (C2) `registers`, if given, has one multiple of 8 from 24 to 256 for each region, and each role has a
      multiple of 4 warps, because `setmaxnreg` is for warpgroups.
    - (C3) a region has no operation at which all threads of the CTA meet: `tile.barrier`, `tile.reduce`,
      `tile.roles`, `tile.create_channel`, `tile.tmem_alloc`, `tile.tmem_free`.

    Example:

    ```mlir
    tile.roles warps [8, 4] registers [232, 40] {
      %stage = tile.await %ring[%c0] : !tile.channel<4>
    }, {
      tile.one_thread {
        %stage = tile.acquire %ring[%c0] : !tile.channel<4>
      }
    }
    ```
  }];
  let arguments = (ins DenseI32ArrayAttr:$warps, OptionalAttr<DenseI32ArrayAttr>:$registers);
  let regions = (region VariadicRegion<SizedRegion<1>>:$bodies);
  let assemblyFormat = "`warps` $warps (`registers` $registers^)? $bodies attr-dict";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The first warp of role `index`.
    int32_t firstWarp(unsigned index);
  }];
}

def Tile_OneThreadOp : Tile_Op<"one_thread", [SingleBlockImplicitTerminator<"EndOp">]> {
  let summary = "let one thread of a role do something";
  let description = [{
    One thread of the role's first warp (`elect.sync`) runs the region; the others go past it.

    Constraints:
    - (C1) it stands in a region of `tile.roles`.

    Example:

    ```mlir
    tile.roles warps [4] {
      tile.one_thread {
        tile.expect %ring[%stage] bytes 32768 : !tile.channel<4>
      }
    }
    ```
  }];
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$body attr-dict";
  let hasVerifier = 1;
}

//===-- Channels ----------------------------------------------------------------------------------===//

def Tile_CreateChannelOp : Tile_Op<"create_channel", [MemoryEffects<[MemAlloc]>]> {
  let summary = "make the barriers of a ring";
  let description = [{
    A stage is full after `producers` arrivals and all bytes that were announced (`tile.expect`), and empty after
    `consumers` arrivals. One thread initialises the barriers; they may be used within `tile.roles`, which
    begins with a barrier.

    Constraints:
    - (C1) `producers` and `consumers` are at least 1.

    Example:

    ```mlir
    %ring = tile.create_channel producers 1 consumers 8 : !tile.channel<4>
    ```
  }];
  let arguments = (ins ConfinedAttr<I32Attr, [IntMinValue<1>]>:$producers,
                       ConfinedAttr<I32Attr, [IntMinValue<1>]>:$consumers);
  let results = (outs Tile_ChannelType:$result);
  let assemblyFormat = "`producers` $producers `consumers` $consumers attr-dict `:` type($result)";
}

class Tile_TurnOp<string mnemonic> : Tile_Op<mnemonic, [MemoryEffects<[MemRead, MemWrite]>]> {
  let arguments = (ins Tile_ChannelType:$channel, I32:$turn);
  let results = (outs I32:$stage);
  let assemblyFormat = "$channel `[` $turn `]` attr-dict `:` type($channel)";
}

def Tile_AcquireOp : Tile_TurnOp<"acquire"> {
  let summary = "wait until the stage of a turn may be overwritten";
  let description = [{
    Waits until all consumers have released the stage of turn `turn` in the turn before; in the first turn of each
    stage it does not wait. Returns the stage.

    Example:

    ```mlir
    %stage = tile.acquire %ring[%turn] : !tile.channel<4>
    ```
  }];
}

def Tile_AwaitOp : Tile_TurnOp<"await"> {
  let summary = "wait until the data of a turn have arrived";
  let description = [{
    Waits until the stage of turn `turn` is full. Returns the stage.

    Example:

    ```mlir
    %stage = tile.await %ring[%turn] : !tile.channel<4>
    ```
  }];
}

def Tile_ExpectOp : Tile_Op<"expect", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "arrive as a producer and announce bytes";
  let description = [{
    The running thread arrives at the full barrier of `stage`; the stage is full when `bytes` bytes of
    copies that name it have arrived too. Zeros that a copy fills in count.

    Example:

    ```mlir
    tile.expect %ring[%stage] bytes 32768 : !tile.channel<4>
    ```
  }];
  let arguments = (ins Tile_ChannelType:$channel, I32:$stage,
                       ConfinedAttr<I32Attr, [IntPositive]>:$bytes);
  let assemblyFormat = "$channel `[` $stage `]` `bytes` $bytes attr-dict `:` type($channel)";
}

def Tile_ReleaseOp : Tile_Op<"release", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "say that this warp is done with a stage";
  let description = [{
    One thread of each warp that reaches it arrives at the empty barrier of `stage`.

    Example:

    ```mlir
    tile.release %ring[%stage] : !tile.channel<4>
    ```
  }];
  let arguments = (ins Tile_ChannelType:$channel, I32:$stage);
  let assemblyFormat = "$channel `[` $stage `]` attr-dict `:` type($channel)";
}

def Tile_TmaLoadOp : Tile_Op<"tma_load", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "start TMA copies of a tile to shared memory";
  let description = [{
    The running thread starts the copies of the tile at `coordinates` (the innermost dimension first) to stage
    `stage` of the buffer: one for each panel, with the first coordinate moved on. They arrive at the full
    barrier of the same stage of `channel`. The box of the map is one panel.

    Constraints:
    - (C1) the buffer is swizzled as TMA does for 128 bytes.
    - (C2) buffer and channel have the same number of stages.
    - (C3) there are two to five coordinates.

    Example:

    ```mlir
    #s = #tile.swizzle<minor = 1, vector = 8, perPhase = 1, maxPhase = 8, panel = 64>
    tile.tma_load %map[%k, %m], %a[%stage], %ring
        : !tile.buffer<4 x 128 x 64 x f16, #s>, !tile.channel<4>
    ```
  }];
  let arguments = (ins Tile_TensorMapPtr:$map, Variadic<I32>:$coordinates, Tile_BufferType:$buffer,
                       I32:$stage, Tile_ChannelType:$channel);
  let assemblyFormat = [{
    $map `[` $coordinates `]` `,` $buffer `[` $stage `]` `,` $channel attr-dict
    `:` type($buffer) `,` type($channel)
  }];
  let hasVerifier = 1;
}

//===-- wgmma -------------------------------------------------------------------------------------===//

def Tile_WgmmaFenceOp : Tile_Op<"wgmma_fence", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "hand an accumulator to wgmma";
  let description = [{
    Orders what was done to the registers of the accumulator, and to shared memory, before the `tile.wgmma`
    that follow (`wgmma.fence`). Needed before the first, and where other code wrote the registers.

    Constraints:
    - (C1) the result is the accumulator's tile, pending.

    Example:

    ```mlir
    #acc = #tile.layout<register = [(0, 1), (8, 0), (0, 8), (0, 16), (0, 32), (0, 64)],
                        lane = [(0, 2), (0, 4), (1, 0), (2, 0), (4, 0)], warp = [(16, 0), (32, 0), (64, 0)]>
    %p = tile.wgmma_fence %zero : tensor<128x128xf32, #acc> -> !tile.pending<tensor<128x128xf32, #acc>>
    ```
  }];
  let arguments = (ins Tile_Accumulator:$accumulator);
  let results = (outs Tile_PendingType:$result);
  let assemblyFormat = "$accumulator attr-dict `:` type($accumulator) `->` type($result)";
  let hasVerifier = 1;
}

def Tile_WgmmaOp : Tile_Op<"wgmma", [MemoryEffects<[MemRead, MemWrite]>,
                                     AllTypesMatch<["accumulator", "result"]>]> {
  let summary = "multiply two tiles of shared memory with wgmma";
  let description = [{
    `result[m, n] = accumulator[m, n] + sum over k of a[m, k] * b[k, n]`, with products of f16 or bf16 and
    sums in f32, from one stage of each ring. The instructions form one group (`wgmma.commit_group`). All
    warps of the accumulator's layout run it together.

    Constraints:
    - (C1) `a` is M by K, `b` K by N, the accumulator M by N; M is a multiple of 64 for each four warps, N is
      a multiple of 8 up to 256, K a multiple of 16.
    - (C2) `a` and `b` have the same element type, f16 or bf16, and the accumulator f32.
    - (C3) `a` and `b` are swizzled as TMA does for 128 bytes.
    - (C4) the accumulator's layout is that of wgmma.

    Example:

    ```mlir
    #s = #tile.swizzle<minor = 1, vector = 8, perPhase = 1, maxPhase = 8, panel = 64>
    #acc = #tile.layout<register = [(0, 1), (8, 0), (0, 8), (0, 16), (0, 32), (0, 64)],
                        lane = [(0, 2), (0, 4), (1, 0), (2, 0), (4, 0)], warp = [(16, 0), (32, 0), (64, 0)]>
    %q = tile.wgmma %a[%stage], %b[%stage], %p
        : !tile.buffer<4 x 128 x 64 x f16, #s>, !tile.buffer<4 x 64 x 128 x f16, #s>,
          !tile.pending<tensor<128x128xf32, #acc>>
    ```
  }];
  let arguments = (ins Tile_BufferType:$a, I32:$stageA, Tile_BufferType:$b, I32:$stageB,
                       Tile_PendingType:$accumulator);
  let results = (outs Tile_PendingType:$result);
  let assemblyFormat = [{
    $a `[` $stageA `]` `,` $b `[` $stageB `]` `,` $accumulator attr-dict
    `:` type($a) `,` type($b) `,` type($accumulator)
  }];
  let hasVerifier = 1;
}

def Tile_WgmmaWaitOp : Tile_Op<"wgmma_wait", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "wait until at most `groups` groups of wgmma are under way";
  let description = [{
    Takes the accumulator and gives it back, so that nothing that uses it can move before the wait. When
    `groups` is 0 the accumulator comes back as a tile; else it is still pending, but the buffers that
    earlier groups read may be overwritten.

    Constraints:
    - (C1) the result is the tile if `groups` is 0, else the pending tile.

    Example:

    ```mlir
    #acc = #tile.layout<register = [(0, 1), (8, 0), (0, 8), (0, 16), (0, 32), (0, 64)],
                        lane = [(0, 2), (0, 4), (1, 0), (2, 0), (4, 0)], warp = [(16, 0), (32, 0), (64, 0)]>
    %sum = tile.wgmma_wait 0 %q : !tile.pending<tensor<128x128xf32, #acc>> -> tensor<128x128xf32, #acc>
    ```
  }];
  let arguments = (ins ConfinedAttr<I32Attr, [IntMinValue<0>, IntMaxValue<7>]>:$groups,
                       Tile_PendingType:$accumulator);
  let results = (outs Tile_Accumulator:$result);
  let assemblyFormat = "$groups $accumulator attr-dict `:` type($accumulator) `->` type($result)";
  let hasVerifier = 1;
}

//===-- tcgen05 -----------------------------------------------------------------------------------===//

def Tile_TmemAllocOp : Tile_Op<"tmem_alloc", [MemoryEffects<[MemAlloc]>]> {
  let summary = "reserve tensor memory";
  let description = [{
    The first warp allocates; all threads of the CTA meet there and get the address. Contents are undefined at
    first. `tile.tmem_free` must follow on every path.

    Example:

    ```mlir
    %t = tile.tmem_alloc : !tile.tensor_memory<128 x 128 x f32>
    ```
  }];
  let results = (outs Tile_TensorMemoryType:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

def Tile_TmemFreeOp : Tile_Op<"tmem_free", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "give tensor memory back";
  let description = [{
    All threads of the CTA meet there; then the first warp frees what it allocated.

    Example:

    ```mlir
    tile.tmem_free %t : !tile.tensor_memory<128 x 128 x f32>
    ```
  }];
  let arguments = (ins Tile_TensorMemoryType:$memory);
  let assemblyFormat = "$memory attr-dict `:` type($memory)";
}

def Tile_TmemLoadOp : Tile_Op<"tmem_load", [MemoryEffects<[MemRead]>]> {
  let summary = "read columns of tensor memory into registers";
  let description = [{
    Element `(i, j)` of the result is row `i`, column `column + j`. It waits for the data (`tcgen05.wait::ld`), and
    what was signalled by `tile.tcgen05_commit` and awaited before it is seen.

    Constraints:
    - (C1) the result has all rows, at least 1 and at most 128 columns, and elements of 32 bits like the memory.
    - (C2) the columns lie within the memory.
    - (C3) the result's layout has a row for each thread of four warps, and its columns in the registers.

    Example:

    ```mlir
    #rows = #tile.layout<register = [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16)],
                         lane = [(1, 0), (2, 0), (4, 0), (8, 0), (16, 0)], warp = [(32, 0), (64, 0)]>
    %v = tile.tmem_load %t column 32
        : !tile.tensor_memory<128 x 128 x f32> -> tensor<128x32xf32, #rows>
    ```
  }];
  let arguments = (ins Tile_TensorMemoryType:$memory,
                       ConfinedAttr<I32Attr, [IntMinValue<0>]>:$column);
  let results = (outs Tile_AnyTile:$result);
  let assemblyFormat = "$memory `column` $column attr-dict `:` type($memory) `->` type($result)";
  let hasVerifier = 1;
}

def Tile_Tcgen05MmaOp : Tile_Op<"tcgen05_mma", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "multiply two tiles of shared memory into tensor memory";
  let description = [{
    `memory[m, n] = (accumulate ? memory[m, n] : 0) + sum over k of a[m, k] * b[k, n]`, with products of f16 or
    bf16 and sums in f32. One thread starts it; it is done when a later `tile.tcgen05_commit` has arrived.

    Constraints:
    - (C1) `a` is M by K, `b` K by N, the memory M by N; M is 128, N a multiple of 16 up to 256, K of 16.
    - (C2) `a` and `b` have the same element type, f16 or bf16, and the memory f32.
    - (C3) `a` and `b` are swizzled as TMA does for 128 bytes.

    Example:

    ```mlir
    #s = #tile.swizzle<minor = 1, vector = 8, perPhase = 1, maxPhase = 8, panel = 64>
    tile.tcgen05_mma %a[%stage], %b[%stage], %t accumulate %more
        : !tile.buffer<4 x 128 x 64 x f16, #s>, !tile.buffer<4 x 64 x 128 x f16, #s>,
          !tile.tensor_memory<128 x 128 x f32>
    ```
  }];
  let arguments = (ins Tile_BufferType:$a, I32:$stageA, Tile_BufferType:$b, I32:$stageB,
                       Tile_TensorMemoryType:$memory, I1:$accumulate);
  let assemblyFormat = [{
    $a `[` $stageA `]` `,` $b `[` $stageB `]` `,` $memory `accumulate` $accumulate attr-dict
    `:` type($a) `,` type($b) `,` type($memory)
  }];
  let hasVerifier = 1;
}

def Tile_Tcgen05CommitOp : Tile_Op<"tcgen05_commit", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "signal a channel when the multiplications before are done";
  let description = [{
    When all `tile.tcgen05_mma` that this thread started before it are done, the empty barrier of `stage` gets an
    arrival, or with `full` the full barrier.

    Example:

    ```mlir
    tile.tcgen05_commit %done[%c0] full : !tile.channel<1>
    ```
  }];
  let arguments = (ins Tile_ChannelType:$channel, I32:$stage, UnitAttr:$full);
  let assemblyFormat = "$channel `[` $stage `]` (`full` $full^)? attr-dict `:` type($channel)";
}

#endif // AZULEJO_TILE_MACHINE_OPS
