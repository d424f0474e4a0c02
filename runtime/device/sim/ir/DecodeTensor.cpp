// This file decodes loads, stores and transpositions of matrices, and lists of registers.
#include "ir/Decoder.h"

#include "exec/Handlers.h"

namespace azulejo::sim {

using namespace ptx;

bool Decoder::decodeTensor() {
  std::string_view op = inst->opcode;
  if (op.substr(0, 4) == "mma.")
    return decodeMma();
  if (op.substr(0, 9) == "ldmatrix.")
    return decodeMatrixMove(true);
  if (op.substr(0, 9) == "stmatrix.")
    return decodeMatrixMove(false);
  if (op.substr(0, 10) == "movmatrix.")
    return decodeMatrixTranspose();
  return unsupported();
}

// A braced list, or one register without braces.
bool Decoder::registerList(const Operand &op, size_t count, unsigned bytes, bool isResult,
                           uint32_t *slots) {
  bool isVector = op.kind == Operand::Vector;
  size_t given = isVector ? op.subs.size() : 1;
  if (given != count)
    return fail("expected " + std::to_string(count) + " registers, got " + std::to_string(given));
  for (size_t i = 0; i < count; ++i) {
    const Operand &element = isVector ? op.subs[i] : op;
    if (!(isResult ? result(element, bytes, slots[i]) : source(element, bytes, slots[i])))
      return false;
  }
  return true;
}

// ldmatrix.sync.aligned.m8n8.x4{.trans}{.shared}.b16 {…}, [p]; stmatrix the other way round.
bool Decoder::decodeMatrixMove(bool isLoad) {
  Modifiers mods(inst->opcode);
  mods.next();
  if (!mods.accept("sync") || !mods.accept("aligned") || !mods.accept("m8n8"))
    return unsupported();
  unsigned count = mods.accept("x1") ? 1 : (mods.accept("x2") ? 2 : (mods.accept("x4") ? 4 : 0));
  bool isTransposed = mods.accept("trans");
  bool isShared = mods.accept("shared") || mods.accept("shared::cta");
  if (count == 0 || !mods.accept("b16") || !mods.done())
    return unsupported();
  if (!isLoad && (module.sm < 90 || module.version < 78))
    return fail("stmatrix needs sm_90 and PTX ISA 7.8");
  if (!need(2))
    return false;
  Space space = isShared ? Space::Shared : Space::Generic;
  Inst at;
  uint32_t *slots = list(count);
  if (!address(inst->ops[isLoad ? 1 : 0], space, at) ||
      !registerList(inst->ops[isLoad ? 0 : 1], count, 4, isLoad, slots))
    return false;
  Inst &out =
      emitGuarded(isLoad ? loadMatrix : storeMatrix, isLoad ? OpClass::Load : OpClass::Store);
  out.flow = Flow::WarpSync;
  out.a = at.a;
  out.imm = at.imm;
  out.flags = at.flags;
  out.space = static_cast<uint8_t>(space);
  out.sub = isTransposed;
  out.n = static_cast<uint8_t>(count);
  out.ops = slots;
  out.mem = kernel->memCount++;
  return true;
}

bool Decoder::decodeMatrixTranspose() {
  uint32_t d, a;
  if (!need(2) || !source(inst->ops[1], 4, a) || !result(inst->ops[0], 4, d))
    return false;
  Inst &out = emitGuarded(transposeMatrix, OpClass::Warp);
  out.flow = Flow::WarpSync;
  out.d = d;
  out.a = a;
  return true;
}

} // namespace azulejo::sim
