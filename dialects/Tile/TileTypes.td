// This file defines the types and attributes of the tile dialect.
#ifndef AZULEJO_TILE_TYPES
#define AZULEJO_TILE_TYPES

include "dialects/Tile/TileDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/EnumAttr.td"

def Tile_LayoutAttr : AttrDef<Tile_Dialect, "Layout"> {
  let mnemonic = "layout";
  let summary = "which register of which lane of which warp holds which element of a tile";
  let description = [{
    A linear layout over F2 (Zhou et al., "Linear Layouts", arXiv 2505.23819). Bit *i* of the
    register number, of the lane number (5 bits) and of the warp number each have a *basis*, a
    coordinate of the tile; the element held at (register, lane, warp) is the exclusive or of the bases
    of the bits that are set. A basis of zeros means that the bit does not matter: the element is
    held more than once.

    Example: an 8x32 tile over 2 warps, 4 adjacent columns a thread, 8 threads a row.

    ```mlir
    #tile.layout<register = [(0, 1), (0, 2)], lane = [(0, 4), (0, 8), (0, 16), (1, 0), (2, 0)], warp = [(4, 0)]>
    ```
  }];
  let parameters = (ins "unsigned":$rank, ArrayRefParameter<"int32_t">:$registerBases,
                        ArrayRefParameter<"int32_t">:$laneBases,
                        ArrayRefParameter<"int32_t">:$warpBases);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    enum class Level { Register, Lane, Warp };

    /// The layout of a row-major tile of `shape` for `warps` warps. Each thread holds `perThread`
    /// adjacent elements of dimension `order[0]`; lanes, then warps, then further registers
    /// follow along `order[0]`, `order[1]`, and so on.
    static LayoutAttr blocked(::mlir::MLIRContext *context, ::llvm::ArrayRef<int64_t> shape,
                              int64_t perThread, ::llvm::ArrayRef<unsigned> order, int64_t warps);

    /// The layout of an accumulator of `rows` by `columns` that `warps` warps compute with fma: each thread
    /// holds blocks of 4 by 4, the lanes of a warp 8 blocks side by side and 4 below one another.
    static LayoutAttr fma(::mlir::MLIRContext *context, int64_t rows, int64_t columns, int64_t warps);

    /// The layout of an accumulator of mma.sync m16n8 (PTX ISA, "Matrix Fragments for mma.m16n8k16").
    /// Rows are at least 16 for each warp that divides them, columns 16.
    static LayoutAttr mma(::mlir::MLIRContext *context, int64_t rows, int64_t columns, int64_t warps);

    /// The layout of an accumulator of wgmma m64nNk16 (PTX ISA, "Register Fragments for wgmma"): 16 rows for
    /// each warp, 64 for each four.
    static LayoutAttr wgmma(::mlir::MLIRContext *context, int64_t rows, int64_t columns, int64_t warps);

    /// The bases of one level, flat: `rank` numbers for each bit.
    ::llvm::ArrayRef<int32_t> bases(Level level) const;
    /// The basis of one bit of a level.
    ::llvm::ArrayRef<int32_t> basis(Level level, unsigned bit) const;
    unsigned numBits(Level level) const;
    unsigned numRegisters() const { return 1u << numBits(Level::Register); }
    unsigned numWarps() const { return 1u << numBits(Level::Warp); }

    /// The coordinate that `number` (of a register, lane or warp) contributes.
    ::llvm::SmallVector<int32_t> offset(Level level, unsigned number) const;

    /// The layout of the tile after a reduction along `axis`: bases along the axis become zero, and
    /// registers that then repeat another are dropped.
    LayoutAttr reduced(unsigned axis) const;
  }];
}

def Tile_SwizzleAttr : AttrDef<Tile_Dialect, "Swizzle"> {
  let mnemonic = "swizzle";
  let summary = "how the elements of a tile lie in shared memory";
  let description = [{
    Dimension `minor` is contiguous; the other one is the row. Chunks of `vector` elements of a row are
    permuted: chunk *c* of row *r* lies at position `c xor ((r / perPhase) mod maxPhase)`.
    `maxPhase = 1` permutes nothing. With `panel` the tile is cut along `minor` into panels of that many
    elements, which follow one another, each with all rows: TMA and tensor cores want panels of 128 bytes.
  }];
  let parameters = (ins "unsigned":$minor, "unsigned":$vector, "unsigned":$perPhase,
                        "unsigned":$maxPhase, DefaultValuedParameter<"unsigned", "0">:$panel);
  let builders = [AttrBuilder<(ins "unsigned":$minor, "unsigned":$vector, "unsigned":$perPhase,
                                   "unsigned":$maxPhase), [{
    return $_get($_ctxt, minor, vector, perPhase, maxPhase, /*panel=*/0u);
  }]>];
  let extraClassDeclaration = [{
    /// The permutation of TMA's 128-byte swizzle for elements of `bytes` bytes, `minor` contiguous.
    static SwizzleAttr tma128(::mlir::MLIRContext *context, unsigned minor, unsigned bytes);
  }];
  let assemblyFormat = "`<` struct(params) `>`";
}

def Tile_BufferType : TypeDef<Tile_Dialect, "Buffer"> {
  let mnemonic = "buffer";
  let summary = "a ring of two-dimensional tiles in shared memory";
  let description = [{
    `!tile.buffer<3 x 128 x 32 x f16, #tile.swizzle<...>>` is a ring of 3 stages, each a tile of
    128 by 32.
  }];
  let parameters = (ins "int64_t":$stages, "int64_t":$rows, "int64_t":$columns,
                        "::mlir::Type":$elementType, "SwizzleAttr":$swizzle);
  let assemblyFormat = "`<` $stages `x` $rows `x` $columns `x` $elementType `,` $swizzle `>`";
  let extraClassDeclaration = [{
    /// Bytes of one stage.
    int64_t stageBytes() const;
    /// Bytes of all stages.
    int64_t bytes() const { return getStages() * stageBytes(); }
    /// Whether the stages lie as TMA's 128-byte swizzle puts them, and wgmma and tcgen05 read them.
    bool isTma128() const;
    /// What the address of the buffer is a multiple of: swizzles repeat every 1024 bytes.
    int64_t alignment() const { return isTma128() ? 1024 : 128; }
    /// The number of panels of a stage, and the bytes of each.
    int64_t panels() const;
    int64_t panelBytes() const { return stageBytes() / panels(); }
  }];
}

def Tile_ReduceKind : I32EnumAttr<"ReduceKind", "how two elements are combined", [
    I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Product", 1, "prod">,
    I32EnumAttrCase<"Max", 2, "max">, I32EnumAttrCase<"Min", 3, "min">,
    I32EnumAttrCase<"UnsignedMax", 4, "umax">, I32EnumAttrCase<"UnsignedMin", 5, "umin">]> {
  let cppNamespace = "::azulejo::tile";
  let genSpecializedAttr = 0;
}
def Tile_ReduceKindAttr : EnumAttr<Tile_Dialect, Tile_ReduceKind, "reduce_kind"> {
  let assemblyFormat = "$value";
}

def Tile_DotKind : I32EnumAttr<"DotKind", "which instructions multiply", [
    I32EnumAttrCase<"Fma", 0, "fma">, I32EnumAttrCase<"Mma", 1, "mma">]> {
  let cppNamespace = "::azulejo::tile";
  let genSpecializedAttr = 0;
}
def Tile_DotKindAttr : EnumAttr<Tile_Dialect, Tile_DotKind, "dot_kind"> {
  let assemblyFormat = "$value";
}

#endif // AZULEJO_TILE_TYPES
