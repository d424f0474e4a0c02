// This file implements what level 2 of the tile dialect says of the machine: swizzles of TMA, and
// the verifiers of roles, channels, wgmma and tcgen05.
#include "dialects/Tile/TileOps.h"

using namespace mlir;
using namespace azulejo::tile;

//===-- Types and attributes
//-----------------------------------------------------------------------===//

/// The bytes after which TMA's 128-byte swizzle starts a new row, and those that stay together.
static constexpr unsigned kRowBytes = 128, kChunkBytes = 16;

static unsigned elementBytes(Type element) {
  return std::max(1u, element.getIntOrFloatBitWidth() / 8);
}

SwizzleAttr SwizzleAttr::tma128(MLIRContext *context, unsigned minor, unsigned bytes) {
  return SwizzleAttr::get(context, minor, kChunkBytes / bytes, /*perPhase=*/1, /*maxPhase=*/8,
                          /*panel=*/kRowBytes / bytes);
}

bool BufferType::isTma128() const {
  unsigned minor = getSwizzle().getMinor();
  if (minor > 1 ||
      getSwizzle() != SwizzleAttr::tma128(getContext(), minor, elementBytes(getElementType())))
    return false;
  int64_t along = minor == 1 ? getColumns() : getRows();
  int64_t across = minor == 1 ? getRows() : getColumns();
  return along % getSwizzle().getPanel() == 0 && across % 8 == 0;
}

int64_t BufferType::panels() const {
  int64_t along = getSwizzle().getMinor() == 1 ? getColumns() : getRows();
  int64_t panel = getSwizzle().getPanel();
  return panel ? along / panel : 1;
}

LogicalResult TensorMapAttr::verify(function_ref<InFlightDiagnostic()> emitError, unsigned operand,
                                    Attribute dims, Attribute strides, DenseI32ArrayAttr box,
                                    unsigned swizzle) {
  if (box.empty() || box.size() > 5)
    return emitError() << "a box has one to five dimensions, got: " << box.size();
  for (int32_t size : box.asArrayRef())
    if (size < 1 || size > 256)
      return emitError() << "a box has 1 to 256 elements along a dimension, got: " << size;
  if (swizzle != 0 && swizzle != 32 && swizzle != 64 && swizzle != 128)
    return emitError() << "swizzle must be 0, 32, 64 or 128, got: " << swizzle;
  return success();
}

LogicalResult ChannelType::verify(function_ref<InFlightDiagnostic()> emitError, int64_t stages) {
  if (stages < 1 || stages > 64)
    return emitError() << "a channel has 1 to 64 stages, got: " << stages;
  return success();
}

LogicalResult PendingType::verify(function_ref<InFlightDiagnostic()> emitError,
                                  RankedTensorType tile) {
  if (!isTile(tile))
    return emitError() << "what is pending must be a tile, got: " << tile;
  return success();
}

LogicalResult TensorMemoryType::verify(function_ref<InFlightDiagnostic()> emitError, int64_t rows,
                                       int64_t columns, Type elementType) {
  if (rows != 128)
    return emitError() << "tensor memory has 128 rows, got: " << rows;
  if (columns < 32 || columns > 512 || !llvm::isPowerOf2_64(columns))
    return emitError() << "columns must be a power of two from 32 to 512, got: " << columns;
  if (!elementType.isIntOrFloat() || elementType.getIntOrFloatBitWidth() != 32)
    return emitError() << "elements must have 32 bits, got: " << elementType;
  return success();
}

//===-- Roles
//--------------------------------------------------------------------------------------===//

int32_t RolesOp::firstWarp(unsigned index) {
  int32_t first = 0;
  for (int32_t warps : getWarps().take_front(index))
    first += warps;
  return first;
}

/// Whether all threads of the CTA meet at `op`.
static bool needsAllThreads(Operation *op) {
  return isa<BarrierOp, ReduceOp, RolesOp, CreateChannelOp, TmemAllocOp, TmemFreeOp>(op);
}

LogicalResult RolesOp::verify() {
  // roles_c1
  if (getWarps().size() != getBodies().size())
    return emitOpError() << "there must be one number of warps for each of " << getBodies().size()
                         << " regions, got: " << getWarps().size();
  for (int32_t warps : getWarps())
    if (warps < 1)
      return emitOpError() << "a role must have at least 1 warp, got: " << warps;
  // roles_c2
  if (auto registers = getRegisters()) {
    if (registers->size() != getBodies().size())
      return emitOpError() << "there must be one number of registers for each of "
                           << getBodies().size() << " regions, got: " << registers->size();
    for (int32_t count : *registers)
      if (count % 8 != 0 || count < 24 || count > 256)
        return emitOpError() << "registers must be a multiple of 8 from 24 to 256, got: " << count;
    for (int32_t warps : getWarps())
      if (warps % 4 != 0)
        return emitOpError() << "a role with a number of registers must have a multiple of 4 warps,"
                             << " got: " << warps;
  }
  // roles_c3
  for (Region &body : getBodies()) {
    Operation *inner = nullptr;
    body.walk([&](Operation *op) {
      inner = needsAllThreads(op) ? op : nullptr;
      return inner ? WalkResult::interrupt() : WalkResult::advance();
    });
    if (inner)
      return emitOpError() << "all threads of the CTA would have to meet at " << inner->getName()
                           << " within a role";
  }
  return success();
}

LogicalResult OneThreadOp::verify() {
  // one_thread_c1
  if (!(*this)->getParentOfType<RolesOp>())
    return emitOpError("must stand in a region of tile.roles");
  return success();
}

LogicalResult TmaLoadOp::verify() {
  // tma_load_c1
  if (!getBuffer().getType().isTma128())
    return emitOpError() << "the buffer must have the swizzle of TMA, got: "
                         << getBuffer().getType();
  // tma_load_c2
  if (getBuffer().getType().getStages() != getChannel().getType().getStages())
    return emitOpError() << "buffer and channel must have the same number of stages, got: "
                         << getBuffer().getType().getStages() << " and "
                         << getChannel().getType().getStages();
  // tma_load_c3
  if (getCoordinates().size() < 2 || getCoordinates().size() > 5)
    return emitOpError() << "there must be two to five coordinates, got: "
                         << getCoordinates().size();
  return success();
}

//===-- Tensor cores
//-------------------------------------------------------------------------------===//

static RankedTensorType tileOf(Type accumulator) {
  if (auto pending = dyn_cast<PendingType>(accumulator))
    return pending.getTile();
  return cast<RankedTensorType>(accumulator);
}

LogicalResult WgmmaFenceOp::verify() {
  // wgmma_fence_c1
  if (getResult().getType().getTile() != tileOf(getAccumulator().getType()))
    return emitOpError() << "the result must be the accumulator's tile, pending, got: "
                         << getResult().getType();
  return success();
}

LogicalResult WgmmaWaitOp::verify() {
  // wgmma_wait_c1
  bool isPending = isa<PendingType>(getResult().getType());
  if (tileOf(getResult().getType()) != getAccumulator().getType().getTile() ||
      isPending != (getGroups() > 0))
    return emitOpError() << "with " << getGroups() << " groups the result must be the "
                         << (getGroups() > 0 ? "pending tile" : "tile")
                         << ", got: " << getResult().getType();
  return success();
}

/// What wgmma and tcgen05 ask of their operands alike.
static LogicalResult verifyProduct(Operation *op, BufferType a, BufferType b, int64_t rows,
                                   int64_t columns, Type sum) {
  if (a.getRows() != rows || b.getColumns() != columns || a.getColumns() != b.getRows())
    return op->emitOpError() << "shapes must be MxK, KxN and MxN, got: " << a << ", " << b
                             << " and " << rows << "x" << columns;
  if (a.getColumns() % 16 != 0)
    return op->emitOpError() << "K must be a multiple of 16, got: " << a.getColumns();
  Type element = a.getElementType();
  if (element != b.getElementType() || !(element.isF16() || element.isBF16()) || !sum.isF32())
    return op->emitOpError() << "operands must be f16 or bf16 and sums f32, got: " << element
                             << ", " << b.getElementType() << " and " << sum;
  if (!a.isTma128() || !b.isTma128())
    return op->emitOpError() << "both operands must have the swizzle of TMA, got: " << a << " and "
                             << b;
  return success();
}

LogicalResult WgmmaOp::verify() {
  RankedTensorType tile = getResult().getType().getTile();
  if (tile.getRank() != 2)
    return emitOpError() << "the accumulator must have two dimensions, got: " << tile;
  int64_t rows = tile.getDimSize(0), columns = tile.getDimSize(1);
  // wgmma_c1, wgmma_c2, wgmma_c3
  if (failed(verifyProduct(*this, getA().getType(), getB().getType(), rows, columns,
                           tile.getElementType())))
    return failure();
  int64_t warps = layoutOf(tile).numWarps();
  if (warps % 4 != 0 || rows % (16 * warps) != 0 || columns < 8 || columns > 256)
    return emitOpError()
           << "M must be a multiple of 64 for each four warps and N at most 256, got: " << tile;
  // wgmma_c4
  auto expected = LayoutAttr::wgmma(getContext(), rows, columns, warps);
  if (layoutOf(tile) != expected)
    return emitOpError() << "the accumulator's layout must be " << expected
                         << ", got: " << layoutOf(tile);
  return success();
}

LogicalResult Tcgen05MmaOp::verify() {
  TensorMemoryType memory = getMemory().getType();
  // tcgen05_mma_c1
  if (memory.getColumns() > 256)
    return emitOpError() << "N must be at most 256, got: " << memory.getColumns();
  // tcgen05_mma_c1, tcgen05_mma_c2, tcgen05_mma_c3
  return verifyProduct(*this, getA().getType(), getB().getType(), memory.getRows(),
                       memory.getColumns(), memory.getElementType());
}

LogicalResult TmemLoadOp::verify() {
  TensorMemoryType memory = getMemory().getType();
  auto result = getResult().getType();
  // tmem_load_c1
  if (result.getRank() != 2 || result.getDimSize(0) != memory.getRows() ||
      result.getDimSize(1) > 128 || result.getElementType() != memory.getElementType())
    return emitOpError() << "the result must be all rows and at most 128 columns of " << memory
                         << ", got: " << result;
  // tmem_load_c2
  if (getColumn() + result.getDimSize(1) > memory.getColumns())
    return emitOpError() << "columns must lie within " << memory.getColumns()
                         << ", got: " << getColumn() << " to "
                         << getColumn() + result.getDimSize(1);
  // tmem_load_c3
  unsigned order[] = {1, 0};
  auto expected =
      LayoutAttr::blocked(getContext(), result.getShape(), result.getDimSize(1), order, 4);
  if (layoutOf(result) != expected)
    return emitOpError() << "the result's layout must be " << expected
                         << ", got: " << layoutOf(result);
  return success();
}
