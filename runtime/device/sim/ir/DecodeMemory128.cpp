// This file decodes loads and stores of 128-bit registers: they are moved as two words of 64 bits.
#include "ir/Decoder.h"

#include "exec/Handlers.h"

namespace azulejo::sim {

using namespace ptx;

namespace {
constexpr unsigned kWords = 2, kWordBytes = 8;

void setAccess(Inst &out, const Inst &at, uint32_t *slots, Space space, unsigned order) {
  out.d = slots[0];
  out.ops = slots;
  out.a = at.a;
  out.imm = at.imm;
  out.flags = static_cast<uint8_t>(at.flags | order);
  out.space = static_cast<uint8_t>(space);
  out.n = kWords * kWordBytes;
}
} // namespace

// What packs and unpacks the register is no instruction of the program.
Inst &Decoder::emitPiece(Handler fn) {
  Inst &out = emitGuarded(fn, OpClass::Move);
  --kernel->blocks[position].classCounts[static_cast<unsigned>(OpClass::Move)];
  return out;
}

bool Decoder::decodeLoad128(Space space, unsigned order) {
  Inst at;
  uint32_t whole;
  if (!need(2, 3) || !address(inst->ops[1], space, at) || !result(inst->ops[0], 16, whole))
    return false;
  Handler fn = isa.load(space, kWordBytes, kWords);
  if (fn == nullptr)
    return unsupported();
  uint32_t *slots = list(kWords);
  for (unsigned k = 0; k < kWords; ++k)
    slots[k] = scratch(kWordBytes);
  Inst &out = emitGuarded(fn, OpClass::Load);
  setAccess(out, at, slots, space, order);
  out.mem = kernel->memCount++;
  Inst &pack = emitPiece(packHandler(16, kWordBytes));
  pack.d = whole;
  pack.ops = slots;
  return true;
}

bool Decoder::decodeStore128(Space space, unsigned order) {
  Inst at;
  uint32_t whole;
  if (!need(2, 3) || !address(inst->ops[0], space, at) || !source(inst->ops[1], 16, whole))
    return false;
  Handler fn = isa.store(space, kWordBytes, kWords);
  if (fn == nullptr || space == Space::Param)
    return unsupported();
  uint32_t *slots = list(kWords);
  for (unsigned k = 0; k < kWords; ++k)
    slots[k] = scratch(kWordBytes);
  Inst &unpack = emitPiece(unpackHandler(16, kWordBytes));
  unpack.a = whole;
  unpack.ops = slots;
  Inst &out = emitGuarded(fn, OpClass::Store);
  setAccess(out, at, slots, space, order);
  out.sub = kWords;
  out.mem = kernel->memCount++;
  return true;
}

} // namespace azulejo::sim
