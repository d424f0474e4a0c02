// This file computes which elements of a tile the running thread holds.
#include "lib/Lowering/LowerTiles.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace azulejo::lowering;
using azulejo::tile::LayoutAttr;

ThreadCoordinates::ThreadCoordinates(OpBuilder &builder, Location loc, LayoutAttr layout)
    : builder(builder), loc(loc), layout(layout), bases(layout.getRank()) {}

Value ThreadCoordinates::lane() {
  if (!laneId) {
    Value thread = NVVM::ThreadIdXOp::create(builder, loc, builder.getI32Type());
    laneId = arith::AndIOp::create(builder, loc, thread, constantI32(builder, loc, 31));
  }
  return laneId;
}

Value ThreadCoordinates::warp() {
  if (!warpId) {
    Value thread = NVVM::ThreadIdXOp::create(builder, loc, builder.getI32Type());
    warpId = arith::ShRUIOp::create(builder, loc, thread, constantI32(builder, loc, 5));
  }
  return warpId;
}

/// The coordinate along `dim` that the bits of `number` add up to. Successive bits whose bases
/// double are moved together.
Value ThreadCoordinates::contribution(Value number, LayoutAttr::Level level, unsigned dim) {
  Value total;
  for (unsigned bit = 0, end = layout.numBits(level); bit < end;) {
    int32_t first = layout.basis(level, bit)[dim];
    unsigned length = 1;
    while (first && bit + length < end && layout.basis(level, bit + length)[dim] == first << length)
      ++length;
    if (first) {
      int64_t mask = ((int64_t(1) << length) - 1) << bit;
      Value part = arith::AndIOp::create(builder, loc, number, constantI32(builder, loc, mask));
      int shift = int(llvm::Log2_32(first)) - int(bit);
      if (shift > 0)
        part = arith::ShLIOp::create(builder, loc, part, constantI32(builder, loc, shift));
      if (shift < 0)
        part = arith::ShRUIOp::create(builder, loc, part, constantI32(builder, loc, -shift));
      total = total ? arith::OrIOp::create(builder, loc, total, part).getResult() : part;
    }
    bit += length;
  }
  return total;
}

Value ThreadCoordinates::base(unsigned dim) {
  if (bases[dim])
    return bases[dim];
  Value fromLane = contribution(lane(), LayoutAttr::Level::Lane, dim);
  Value fromWarp = contribution(warp(), LayoutAttr::Level::Warp, dim);
  if (fromLane && fromWarp)
    bases[dim] = arith::OrIOp::create(builder, loc, fromLane, fromWarp);
  else
    bases[dim] = fromLane ? fromLane : fromWarp ? fromWarp : constantI32(builder, loc, 0);
  return bases[dim];
}

Value ThreadCoordinates::of(unsigned index, unsigned dim) {
  int32_t offset = layout.offset(LayoutAttr::Level::Register, index)[dim];
  if (offset == 0)
    return base(dim);
  return arith::AddIOp::create(builder, loc, base(dim), constantI32(builder, loc, offset));
}

Value ThreadCoordinates::isFirstHolder() {
  auto freeBits = [&](LayoutAttr::Level level) {
    int64_t mask = 0;
    for (unsigned bit = 0; bit < layout.numBits(level); ++bit)
      if (llvm::all_of(layout.basis(level, bit), [](int32_t part) { return part == 0; }))
        mask |= int64_t(1) << bit;
    return mask;
  };
  Value result;
  auto requireZero = [&](Value number, int64_t mask) {
    Value bits = arith::AndIOp::create(builder, loc, number, constantI32(builder, loc, mask));
    Value zero = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, bits,
                                       constantI32(builder, loc, 0));
    result = result ? arith::AndIOp::create(builder, loc, result, zero).getResult() : zero;
  };
  if (int64_t mask = freeBits(LayoutAttr::Level::Lane))
    requireZero(lane(), mask);
  if (int64_t mask = freeBits(LayoutAttr::Level::Warp))
    requireZero(warp(), mask);
  return result;
}
