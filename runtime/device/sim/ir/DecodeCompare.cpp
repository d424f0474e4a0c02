// This file decodes comparisons, and choices that a predicate or a sign makes.
#include "ir/Decoder.h"

#include "exec/Handlers.h"
#include "exec/Rounding.h"

namespace azulejo::sim {

using namespace ptx;

bool Decoder::comparison(Modifiers &mods, bool &ftz, unsigned &cmp, unsigned &boolOp) {
  struct Row {
    std::string_view name;
    unsigned cmp;
  };
  static const Row kRows[] = {
      {"eq", kCmpEq},   {"ne", kCmpNe},   {"lt", kCmpLt},   {"le", kCmpLe},   {"gt", kCmpGt},
      {"ge", kCmpGe},   {"lo", kCmpLt},   {"ls", kCmpLe},   {"hi", kCmpGt},   {"hs", kCmpGe},
      {"equ", kCmpEqu}, {"neu", kCmpNeu}, {"ltu", kCmpLtu}, {"leu", kCmpLeu}, {"gtu", kCmpGtu},
      {"geu", kCmpGeu}, {"num", kCmpNum}, {"nan", kCmpNan},
  };
  std::string_view name = mods.next();
  const Row *found = nullptr;
  for (const Row &row : kRows)
    if (row.name == name)
      found = &row;
  if (found == nullptr)
    return unsupported();
  cmp = found->cmp;
  boolOp = mods.accept("and")   ? kBoolAnd
           : mods.accept("or")  ? kBoolOr
           : mods.accept("xor") ? kBoolXor
                                : kBoolNone;
  ftz = mods.accept("ftz");
  return true;
}

bool Decoder::decodeSetp() {
  Modifiers mods(inst->opcode);
  mods.next();
  Type type;
  bool ftz;
  unsigned cmp, boolOp;
  if (!comparison(mods, ftz, cmp, boolOp))
    return false;
  type = mods.acceptType();
  Handler fn = mods.done() ? isa.compare(type, cmp, ftz) : nullptr;
  if (fn == nullptr)
    return unsupported();
  if (!need(boolOp == kBoolNone ? 3 : 4))
    return false;
  bool isPair = type == Type::F16x2 || type == Type::BF16x2;
  if (isPair && inst->ops[0].pair == kNone)
    return fail("a comparison of pairs writes two predicates, p|q");
  if ((type == Type::F16 || type == Type::BF16) && inst->ops[0].pair != kNone)
    return fail("a comparison of ." + std::string(typeName(type)) +
                " writes one predicate, not p|q");
  uint32_t d, q = 0;
  if (!predicateResult(inst->ops[0], d))
    return false;
  if (inst->ops[0].pair != kNone)
    q = plan.offsets[flat.registerOf(*current, inst->ops[0].pair)];
  return emitComparison(fn, type, boolOp, d, q);
}

// Compares the second operand with the third, and joins the fourth, into `p`, of pairs also `q`.
bool Decoder::emitComparison(Handler fn, Type type, unsigned boolOp, uint32_t p, uint32_t q) {
  uint32_t a, b, c = 0;
  unsigned bytes = slotBytes(type);
  if (!source(inst->ops[1], bytes, a, isFloat(type)) ||
      !source(inst->ops[2], bytes, b, isFloat(type)) ||
      (boolOp != kBoolNone && !predicate(inst->ops[3], c)))
    return false;
  Inst &out = emitGuarded(fn, OpClass::Predicate);
  out.d = p;
  out.a = a;
  out.b = b;
  out.c = q;
  out.imm = c;
  bool negated = boolOp != kBoolNone && inst->ops[3].negated;
  out.flags = static_cast<uint8_t>(boolOp | (negated ? unsigned{kBoolNegate} : 0u));
  return true;
}

namespace {
// What set writes where the comparison holds; 0 for a type that it does not write.
uint64_t truthOf(Type to) {
  switch (to) {
  case Type::F16:
  case Type::F16x2:
    return 0x3c00;
  case Type::BF16:
  case Type::BF16x2:
    return 0x3f80;
  case Type::F32:
    return 0x3f800000;
  case Type::U16:
  case Type::S16:
  case Type::U32:
  case Type::S32:
    return (uint64_t{1} << (8 * typeBytes(to))) - 1;
  default:
    return 0;
  }
}
} // namespace

// set is setp into a scratch predicate, then a choice between two constants.
bool Decoder::decodeSet() {
  Modifiers mods(inst->opcode);
  mods.next();
  bool ftz;
  unsigned cmp, boolOp;
  // set.cmp{.bool}{.ftz}.dtype.stype
  if (!comparison(mods, ftz, cmp, boolOp))
    return false;
  Type to = mods.acceptType(), type = mods.acceptType();
  Handler fn = type != Type::None && mods.done() ? isa.compare(type, cmp, ftz) : nullptr;
  uint64_t yes = truthOf(to);
  if (fn == nullptr || yes == 0)
    return unsupported();
  if (!need(boolOp == kBoolNone ? 3 : 4))
    return false;
  uint32_t d;
  unsigned resultBytes = slotBytes(to);
  bool isPair = type == Type::F16x2 || type == Type::BF16x2;
  uint32_t p = scratchPredicate(), q = isPair ? scratchPredicate() : 0;
  if (!result(inst->ops[0], resultBytes, d) || !emitComparison(fn, type, boolOp, p, q))
    return false;
  uint32_t low = isPair ? constant(4, yes & 0xffff) : constant(resultBytes, yes);
  uint32_t none = constant(resultBytes, 0);
  if (!isPair) {
    emitChoice(d, low, none, p, resultBytes);
    return true;
  }
  uint32_t both = constant(4, (yes & 0xffff) * 0x10001), high = constant(4, (yes & 0xffff) << 16);
  uint32_t withLow = scratch(4), withoutLow = scratch(4);
  emitChoice(withLow, both, low, q, 4);
  emitChoice(withoutLow, high, none, q, 4);
  emitChoice(d, withLow, withoutLow, p, 4);
  return true;
}

// A choice that is part of another instruction, and counts with it.
void Decoder::emitChoice(uint32_t d, uint32_t yes, uint32_t no, uint32_t p, unsigned bytes) {
  Inst &out = emitGuarded(isa.select(bytes), OpClass::Move);
  out.d = d;
  out.a = yes;
  out.b = no;
  out.c = p;
  --kernel->blocks[position].classCounts[static_cast<unsigned>(OpClass::Move)];
}

bool Decoder::decodeSelp() {
  Modifiers mods(inst->opcode);
  mods.next();
  Type type = mods.acceptType();
  unsigned bytes = slotBytes(type);
  if (type == Type::None || type == Type::Pred || !mods.done() || bytes > 8)
    return unsupported();
  uint32_t d, a, b, c;
  if (!need(4) || !source(inst->ops[1], bytes, a) || !source(inst->ops[2], bytes, b) ||
      !predicate(inst->ops[3], c) || !result(inst->ops[0], bytes, d))
    return false;
  if (inst->ops[3].negated)
    return fail("'!' is not allowed here");
  Inst &out = emitGuarded(isa.select(bytes), OpClass::Move);
  out.d = d;
  out.a = a;
  out.b = b;
  out.c = c;
  return true;
}

bool Decoder::decodeSlct() {
  Modifiers mods(inst->opcode);
  mods.next();
  bool ftz = mods.accept("ftz");
  Type type = mods.acceptType(), test = mods.acceptType();
  unsigned bytes = slotBytes(type);
  bool isKnown = (test == Type::S32 || test == Type::F32) && type != Type::Pred && bytes <= 8;
  if (type == Type::None || !isKnown || !mods.done())
    return unsupported();
  uint32_t d, a, b, c;
  if (!need(4) || !source(inst->ops[1], bytes, a) || !source(inst->ops[2], bytes, b) ||
      !source(inst->ops[3], 4, c) || !result(inst->ops[0], bytes, d))
    return false;
  Inst &out = emitGuarded(selectBySign, OpClass::Move);
  out.d = d;
  out.a = a;
  out.b = b;
  out.c = c;
  out.n = static_cast<uint8_t>(bytes);
  out.sub = test == Type::F32 ? (ftz ? 2 : 1) : 0;
  return true;
}

bool Decoder::decodeTestp() {
  static const std::string_view kNames[] = {"finite",     "infinite", "number",
                                            "notanumber", "normal",   "subnormal"};
  Modifiers mods(inst->opcode);
  mods.next();
  std::string_view name = mods.next();
  Type type = mods.acceptType();
  unsigned op = 0;
  while (op < 6 && kNames[op] != name)
    ++op;
  if (op == 6 || (type != Type::F32 && type != Type::F64) || !mods.done())
    return unsupported();
  uint32_t d, a;
  if (!need(2) || !predicateResult(inst->ops[0], d) ||
      !source(inst->ops[1], typeBytes(type), a, true))
    return false;
  Inst &out = emitGuarded(testProperty, OpClass::Predicate);
  out.d = d;
  out.a = a;
  out.n = static_cast<uint8_t>(typeBytes(type));
  out.sub = static_cast<uint8_t>(op);
  return true;
}

} // namespace azulejo::sim
