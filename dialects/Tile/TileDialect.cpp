// This file registers the tile dialect.
#include "dialects/Tile/TileOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#include "dialects/Tile/TileOpsDialect.cpp.inc"
#include "dialects/Tile/TileOpsEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Tile/TileOpsAttrs.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/Tile/TileOpsTypes.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/Tile/TileOps.cpp.inc"

using namespace mlir;
using namespace azulejo::tile;

namespace {
/// Prints layouts and swizzles as aliases at the top of a file: they are long, and repeat.
struct TileAsmInterface : OpAsmDialectInterface {
  using OpAsmDialectInterface::OpAsmDialectInterface;

  AliasResult getAlias(Attribute attribute, raw_ostream &stream) const override {
    if (isa<LayoutAttr>(attribute)) {
      stream << "layout";
      return AliasResult::OverridableAlias;
    }
    if (isa<SwizzleAttr>(attribute)) {
      stream << "swizzle";
      return AliasResult::OverridableAlias;
    }
    return AliasResult::NoAlias;
  }
};
} // namespace

void TileDialect::initialize() {
  addInterfaces<TileAsmInterface>();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Tile/TileOpsAttrs.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/Tile/TileOpsTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/Tile/TileOps.cpp.inc"
      >();
}

int64_t BufferType::stageBytes() const {
  unsigned bits = getElementType().getIntOrFloatBitWidth();
  return getRows() * getColumns() * ((bits + 7) / 8);
}
