// This file chooses the instruction set of the tile engine and checks what it is asked to compute.
#include "device/sim/tc/Cpu.h"
#include "device/sim/tc/TileTable.h"

namespace azulejo::sim::tc {

namespace {

const TileTable &tiles() {
#ifdef AZULEJO_SIM_TC_HAS_AVX2
  return runsAvx2() ? kAvx2Tiles : kBaseTiles;
#else
  return kBaseTiles;
#endif
}

} // namespace

bool prepareDot(int sm, Unit unit, Mode mode, Type a, Type b, Type d, int k, bool saturate,
                DotOp *op, std::string *error) {
  *op = {a, b, d, k, mode, saturate, {}};
  if (k < 4 || k > kTileMaxK || k % 4 != 0) {
    *error = "expected k to be a multiple of 4 up to 64, got " + std::to_string(k);
    return false;
  }
  if (!isInteger(a))
    return blockModel(sm, unit, a, b, d, &op->model, error);
  bool integers = (a == Type::S8 || a == Type::U8) && (b == Type::S8 || b == Type::U8);
  if (!integers || d != Type::S32) {
    *error = std::string("expected s8 or u8 operands and an s32 result, got ") + typeName(a) +
             ", " + typeName(b) + " and " + typeName(d);
    return false;
  }
  if (sm < 72) {
    *error = "integer tensor cores start at sm_72, got sm_" + std::to_string(sm);
    return false;
  }
  return true;
}

void decodeA(const DotOp &op, const uint8_t *packed, size_t stride, int rows, TileA *tile) {
  tiles().decodeA(op, packed, stride, rows, tile);
}

void decodeB(const DotOp &op, const uint8_t *packed, size_t stride, TileB *tile) {
  tiles().decodeB(op, packed, stride, tile);
}

void dotTile(const DotOp &op, const TileA &a, const TileB &b, int rows, void *c) {
  tiles().dotTile(op, a, b, rows, c);
}

bool multiplyRegisters(const DotOp &op, const uint32_t *const *a, const uint32_t *const *b,
                       const uint32_t *const *c, uint32_t *const *d) {
  return tiles().multiplyRegisters(op, a, b, c, d);
}

} // namespace azulejo::sim::tc
