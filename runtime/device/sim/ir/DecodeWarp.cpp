// This file decodes barriers and warp-wide operations.
#include "ir/Decoder.h"

#include "exec/Handlers.h"

namespace azulejo::sim {

using namespace ptx;

// bar{.cta}.sync a{, b}; bar.arrive a, b; bar.red.op d, a{, b}, c; bar.warp.sync mask; and the same
// of barrier{.cta}, there with .aligned at will; barrier.cluster.{arrive,wait}.
bool Decoder::decodeBarrier() {
  Modifiers mods(inst->opcode);
  bool isAligned = mods.next() == "bar";
  if (!isAligned && mods.accept("cluster"))
    return decodeClusterBarrier(mods);
  if (isAligned && mods.accept("warp")) {
    uint32_t membership;
    if (!mods.accept("sync") || !mods.done())
      return unsupported();
    if (!need(1) || !source(inst->ops[0], 4, membership))
      return false;
    Inst &out = emitGuarded(warpBarrier, OpClass::Barrier);
    out.flow = Flow::WarpSync;
    out.c = membership;
    return true;
  }
  mods.accept("cta");
  bool isRed = mods.accept("red"), isArrive = !isRed && mods.accept("arrive");
  if (!isRed && !isArrive && !mods.accept("sync"))
    return unsupported();
  isAligned |= mods.take("aligned");
  uint8_t reduction = 0;
  if (isRed) {
    reduction = mods.accept("popc") ? 1 : (mods.accept("and") ? 2 : (mods.accept("or") ? 3 : 0));
    Type type = mods.acceptType();
    if (reduction == 0 || type != (reduction == 1 ? Type::U32 : Type::Pred))
      return unsupported();
  }
  if (!mods.done())
    return unsupported();
  size_t first = isRed ? 1 : 0, count = inst->ops.size();
  size_t least = first + 1 + (isRed ? 1 : 0) + (isArrive ? 1 : 0);
  if (!need(least, first + 2 + (isRed ? 1 : 0)))
    return false;
  bool hasCount = count - first - (isRed ? 1 : 0) == 2;
  uint32_t d = 0, id, threads = 0, p = 0;
  if (!source(inst->ops[first], 4, id) || (hasCount && !source(inst->ops[first + 1], 4, threads)) ||
      (isRed && !predicate(inst->ops[count - 1], p)))
    return false;
  if (isRed && !(reduction == 1 ? result(inst->ops[0], 4, d) : predicateResult(inst->ops[0], d)))
    return false;
  uint32_t *operands = list(1);
  operands[0] = p;
  Inst &out = emitGuarded(nullptr, OpClass::Barrier);
  out.flow = Flow::Barrier;
  out.d = d;
  out.a = id;
  out.b = threads;
  out.ops = operands;
  out.n = reduction;
  out.sub = isArrive ? kBarrierArrive : kBarrierSync;
  // Bit 0: aligned; bit 1: the number of threads is given; bit 2: the predicate is negated.
  out.flags = static_cast<uint8_t>((isAligned ? 1 : 0) | (hasCount ? 2 : 0) |
                                   (isRed && inst->ops[count - 1].negated ? 4 : 0));
  return true;
}

// barrier.cluster.arrive{.release,.relaxed}{.aligned}; barrier.cluster.wait{.acquire}{.aligned}
bool Decoder::decodeClusterBarrier(Modifiers &mods) {
  bool isArrive = mods.accept("arrive");
  if (!isArrive && !mods.accept("wait"))
    return unsupported();
  bool isRelaxed = isArrive && mods.accept("relaxed");
  if (!isRelaxed)
    mods.accept(isArrive ? "release" : "acquire");
  bool isAligned = mods.accept("aligned");
  if (!mods.done())
    return unsupported();
  if (!need(0))
    return false;
  Inst &out = emitGuarded(nullptr, OpClass::Barrier);
  out.flow = Flow::Barrier;
  out.sub = isArrive ? kBarrierClusterArrive : kBarrierClusterWait;
  out.flags = static_cast<uint8_t>((isAligned ? 1 : 0) | (isArrive && !isRelaxed ? 8 : 0));
  return true;
}

bool Decoder::decodeActiveMask() {
  uint32_t d;
  if (!need(1) || !result(inst->ops[0], 4, d))
    return false;
  emitGuarded(activeMask, OpClass::Warp).d = d;
  return true;
}

bool Decoder::decodeElect() {
  uint32_t d = 0, membership, p;
  if (!need(2) || !source(inst->ops[1], 4, membership))
    return false;
  if (inst->ops[0].kind == Operand::Reg && !result(inst->ops[0], 4, d))
    return false;
  if (inst->ops[0].pair == kNone)
    return fail("elect.sync needs a predicate behind '|'");
  Operand second;
  second.kind = Operand::Reg;
  second.index = inst->ops[0].pair;
  if (!predicateResult(second, p))
    return false;
  Inst &out = emitGuarded(electLane, OpClass::Warp);
  out.flow = Flow::WarpSync;
  out.d = d;
  out.a = p;
  out.c = membership;
  return true;
}

bool Decoder::decodeShuffle() {
  Modifiers mods(inst->opcode);
  mods.next();
  if (!mods.accept("sync"))
    return unsupported();
  uint8_t mode;
  if (mods.accept("up"))
    mode = kShflUp;
  else if (mods.accept("down"))
    mode = kShflDown;
  else if (mods.accept("bfly"))
    mode = kShflBfly;
  else if (mods.accept("idx"))
    mode = kShflIdx;
  else
    return unsupported();
  if (!mods.accept("b32") || !mods.done())
    return unsupported();
  uint32_t d, a, b, clamp, membership, p = 0;
  if (!need(5) || !source(inst->ops[1], 4, a) || !source(inst->ops[2], 4, b) ||
      !source(inst->ops[3], 4, clamp) || !source(inst->ops[4], 4, membership) ||
      !result(inst->ops[0], 4, d))
    return false;
  if (inst->ops[0].pair != kNone) {
    Operand second;
    second.kind = Operand::Reg;
    second.index = inst->ops[0].pair;
    if (!predicateResult(second, p))
      return false;
  }
  uint32_t *operands = list(2);
  operands[0] = p;
  operands[1] = clamp;
  Inst &out = emitGuarded(shuffle, OpClass::Warp);
  out.flow = Flow::WarpSync;
  out.sub = mode;
  out.d = d;
  out.a = a;
  out.b = b;
  out.c = membership;
  out.ops = operands;
  return true;
}

bool Decoder::decodeVote() {
  Modifiers mods(inst->opcode);
  mods.next();
  if (!mods.accept("sync"))
    return unsupported();
  uint8_t mode;
  if (mods.accept("all"))
    mode = kVoteAll;
  else if (mods.accept("any"))
    mode = kVoteAny;
  else if (mods.accept("uni"))
    mode = kVoteUni;
  else if (mods.accept("ballot"))
    mode = kVoteBallot;
  else
    return unsupported();
  Type type = mods.acceptType();
  if (type != (mode == kVoteBallot ? Type::B32 : Type::Pred) || !mods.done())
    return unsupported();
  uint32_t d, a, membership;
  if (!need(3) || !predicate(inst->ops[1], a) || !source(inst->ops[2], 4, membership) ||
      !(mode == kVoteBallot ? result(inst->ops[0], 4, d) : predicateResult(inst->ops[0], d)))
    return false;
  Inst &out = emitGuarded(vote, OpClass::Warp);
  out.flow = Flow::WarpSync;
  out.sub = mode;
  out.flags = inst->ops[1].negated ? 1 : 0;
  out.d = d;
  out.a = a;
  out.c = membership;
  return true;
}

bool Decoder::decodeMatch() {
  Modifiers mods(inst->opcode);
  mods.next();
  bool isAll = mods.accept("all");
  if (!isAll && !mods.accept("any"))
    return unsupported();
  if (!mods.accept("sync"))
    return unsupported();
  Type type = mods.acceptType();
  if ((type != Type::B32 && type != Type::B64) || !mods.done())
    return unsupported();
  uint32_t d, a, membership, p = 0;
  if (!need(3) || !source(inst->ops[1], typeBytes(type), a) ||
      !source(inst->ops[2], 4, membership) || !result(inst->ops[0], 4, d))
    return false;
  if (inst->ops[0].pair != kNone) {
    Operand second;
    second.kind = Operand::Reg;
    second.index = inst->ops[0].pair;
    if (!isAll || !predicateResult(second, p))
      return unsupported();
  }
  Inst &out = emitGuarded(matchLanes, OpClass::Warp);
  out.flow = Flow::WarpSync;
  out.sub = isAll;
  out.n = static_cast<uint8_t>(typeBytes(type));
  out.d = d;
  out.a = a;
  out.b = p;
  out.c = membership;
  return true;
}

bool Decoder::decodeRedux() {
  Modifiers mods(inst->opcode);
  mods.next();
  if (!mods.accept("sync"))
    return unsupported();
  static const std::string_view kNames[] = {"add", "min", "max", "and", "or", "xor"};
  std::string_view name = mods.next();
  unsigned op = 0;
  while (op < 6 && kNames[op] != name)
    ++op;
  bool isAbs = mods.accept("abs"), isNan = mods.accept("NaN");
  Type type = mods.acceptType();
  bool isInt = type == Type::U32 || type == Type::S32, isBits = type == Type::B32;
  bool legal = op < 3 ? isInt || (op > 0 && type == Type::F32) : isBits;
  if (op == 6 || !legal || !mods.done() || ((isAbs || isNan) && type != Type::F32))
    return unsupported();
  uint32_t d, a, membership;
  if (!need(3) || !source(inst->ops[1], 4, a) || !source(inst->ops[2], 4, membership) ||
      !result(inst->ops[0], 4, d))
    return false;
  Inst &out = emitGuarded(reduceLanes, OpClass::Warp);
  out.flow = Flow::WarpSync;
  out.sub = static_cast<uint8_t>(op);
  out.flags = static_cast<uint8_t>((type == Type::S32 ? 1 : 0) | (type == Type::F32 ? 2 : 0) |
                                   (isAbs ? 4 : 0) | (isNan ? 8 : 0));
  out.d = d;
  out.a = a;
  out.c = membership;
  return true;
}

} // namespace azulejo::sim
