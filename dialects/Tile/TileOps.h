// This file is the one header through which others use the tile dialect.
#ifndef AZULEJO_DIALECTS_TILE_TILEOPS_H
#define AZULEJO_DIALECTS_TILE_TILEOPS_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/Tile/TileOpsDialect.h.inc"
#include "dialects/Tile/TileOpsEnums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Tile/TileOpsAttrs.h.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/Tile/TileOpsTypes.h.inc"

namespace azulejo::tile {
/// Whether `type` is a tensor of static, power-of-two shape with a #tile.layout of its rank.
bool isTile(mlir::Type type);
/// The layout of a tile.
LayoutAttr layoutOf(mlir::Type tile);
/// The type of a tile of `shape` and `element`.
mlir::RankedTensorType tileType(llvm::ArrayRef<int64_t> shape, mlir::Type element,
                                LayoutAttr layout);
} // namespace azulejo::tile

#define GET_OP_CLASSES
#include "dialects/Tile/TileOps.h.inc"

#endif // AZULEJO_DIALECTS_TILE_TILEOPS_H
