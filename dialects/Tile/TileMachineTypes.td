// This file defines the types and attributes with which kernels name the machine: barriers, tensor
// maps, accumulators in flight and tensor memory.
#ifndef AZULEJO_TILE_MACHINE_TYPES
#define AZULEJO_TILE_MACHINE_TYPES

include "dialects/Tile/TileTypes.td"

def Tile_TensorMapAttr : AttrDef<Tile_Dialect, "TensorMap"> {
  let mnemonic = "tensor_map";
  let summary = "how TMA sees an operand of a dispatch as a tensor";
  let description = [{
    The host encodes it for each call whose symbols changed, and passes it as 128 bytes by value.

    - `operand`: counts the operands of the dispatch, then its results.
    - `dims`: sizes in elements, the innermost first, one to five.
    - `strides`: bytes between neighbours along dimensions 1 and up, one less than `dims`.
    - `box`: elements that one copy moves, one for each dimension.
    - `swizzle`: 0, 32, 64 or 128 bytes. What lies outside of the tensor is copied as zeros.

    ```mlir
    #tile.tensor_map<operand = 0, dims = #graph.dims<512, batch>, strides = #graph.dims<1024>,
                     box = [64, 128], swizzle = 128>
    ```
  }];
  let parameters = (ins "unsigned":$operand, "::mlir::Attribute":$dims,
                        "::mlir::Attribute":$strides, "::mlir::DenseI32ArrayAttr":$box,
                        "unsigned":$swizzle);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Tile_ChannelType : TypeDef<Tile_Dialect, "Channel"> {
  let mnemonic = "channel";
  let summary = "the barriers of a ring in shared memory";
  let description = [{
    `!tile.channel<4>` has two mbarriers for each of 4 stages: *full* (the data of the stage have arrived)
    and *empty* (all consumers are done with them). A producer and its consumers go through the stages in
    turns 0, 1, 2, …; turn `t` is stage `t mod 4`.
  }];
  let parameters = (ins "int64_t":$stages);
  let assemblyFormat = "`<` $stages `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Bytes of all barriers: first the full ones, then the empty ones.
    int64_t bytes() const { return 16 * getStages(); }
  }];
}

def Tile_PendingType : TypeDef<Tile_Dialect, "Pending"> {
  let mnemonic = "pending";
  let summary = "an accumulator that wgmma may still be writing";
  let description = [{
    Only `tile.wgmma`, `tile.wgmma_fence` and `tile.wgmma_wait` take it: the registers must not be touched
    before a wait has given them back as a tile.
  }];
  let parameters = (ins "::mlir::RankedTensorType":$tile);
  let assemblyFormat = "`<` $tile `>`";
  let genVerifyDecl = 1;
}

def Tile_TensorMemoryType : TypeDef<Tile_Dialect, "TensorMemory"> {
  let mnemonic = "tensor_memory";
  let summary = "an accumulator in tensor memory";
  let description = [{
    `!tile.tensor_memory<128 x 256 x f32>`: row `i` is lane `i`, column `j` the `j`-th column of 32
    bits of what was allocated. There are 128 rows, and columns are a power of two from 32 to 512.
  }];
  let parameters = (ins "int64_t":$rows, "int64_t":$columns, "::mlir::Type":$elementType);
  let assemblyFormat = "`<` $rows `x` $columns `x` $elementType `>`";
  let genVerifyDecl = 1;
}

#endif // AZULEJO_TILE_MACHINE_TYPES
