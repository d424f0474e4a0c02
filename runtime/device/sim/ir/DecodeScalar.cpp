// This file decodes arithmetic, moves and conversions.
#include "ir/Decoder.h"

#include "exec/Approximate.h"
#include "exec/Handlers.h"
#include "exec/Rounding.h"
#include "ir/Forms.h"

namespace azulejo::sim {

using namespace ptx;

bool Decoder::decode() {
  using Method = bool (Decoder::*)();
  static constexpr Method kMethods[] = {
#define FORM(id, spellings, operands, decode, ...) &Decoder::decode,
#include "ir/Forms.def"
  };
  return form->alu != nullptr ? decodeAlu(*form->alu) : (this->*kMethods[form->decoder])();
}

// What decides how a move is spelled in the table beside its opcode.
std::string_view Decoder::movOperands() const {
  if (inst->ops.size() != 2)
    return "";
  if (inst->ops[0].kind == Operand::Vector || inst->ops[1].kind == Operand::Vector)
    return "{}";
  std::string_view text = inst->ops[1].kind == Operand::Special ? inst->ops[1].text : "";
  bool isClock = text.substr(0, 6) == "%clock" && text.substr(0, 8) != "%cluster";
  return isClock || text.substr(0, 12) == "%globaltimer" ? "%clock" : "";
}

bool Decoder::findRow() {
  std::string_view family = inst->opcode.substr(0, 4);
  bool hasThird = (family == "min." || family == "max.") && inst->ops.size() == 4;
  std::string_view suffix = family == "mov." ? movOperands() : (hasThird ? "{c}" : "");
  auto [it, isNew] = rows.emplace(std::make_pair(inst->opcode, suffix), nullptr);
  if (isNew)
    it->second = findForm(std::string(inst->opcode) + std::string(suffix));
  form = it->second;
  if (form == nullptr)
    return unsupported();
  std::string missing =
      isNew ? missingFor(*form, inst->opcode, module.version, module.target) : std::string();
  return missing.empty() || fail("'" + std::string(inst->opcode) + "' " + missing);
}

bool Decoder::decodeAlu(const AluForm &row) {
  bool hasImmediate = inst->opcode == "lop3.b32";
  if (!need(row.operands + 1u + (hasImmediate ? 1u : 0u)))
    return false;
  uint32_t slots[4] = {}, d;
  for (unsigned s = 0; s < row.operands; ++s)
    if (!source(inst->ops[s + 1], row.sourceBytes[s], slots[s], row.sourceFloat[s]))
      return false;
  if (!result(inst->ops[0], row.resultBytes, d))
    return false;
  uint64_t imm = 0;
  if (hasImmediate && !immediate(inst->ops[4], imm))
    return false;
  std::shared_ptr<const Approximation> approximation;
  if (options.isAdversarial && row.form.opClass == OpClass::Special)
    approximation = makeApproximation(inst->opcode, isa.alu[row.id], options.seed);
  Inst &out =
      emitGuarded(approximation != nullptr ? approximate : isa.alu[row.id], row.form.opClass);
  out.d = d;
  out.a = slots[0];
  out.b = slots[1];
  out.c = slots[2];
  out.imm = static_cast<int64_t>(imm);
  if (approximation != nullptr) {
    out.data = approximation.get();
    kernel->data.push_back(std::move(approximation));
  }
  if (row.operands == 4) {
    uint32_t *fourth = list(1);
    fourth[0] = slots[3];
    kernel->code.back().ops = fourth;
  }
  return true;
}

bool Decoder::decodeMov() {
  if (!need(2))
    return false;
  Modifiers mods(inst->opcode);
  mods.next();
  Type type = mods.acceptType();
  if (type == Type::None || !mods.done())
    return unsupported();
  const Operand &from = inst->ops[1];
  if (type == Type::Pred) {
    uint32_t d, a;
    if (!predicateResult(inst->ops[0], d) || !predicate(from, a))
      return false;
    Inst &out = emitGuarded(predicateOp, OpClass::Predicate);
    out.sub = kPredMove;
    out.d = d;
    out.a = a;
    return true;
  }
  if (inst->ops[0].kind == Operand::Vector || from.kind == Operand::Vector)
    return decodeMovVector(type);
  unsigned bytes = slotBytes(type);
  uint32_t d;
  if (!result(inst->ops[0], bytes, d))
    return false;
  bool isClock = from.kind == Operand::Special &&
                 (from.text == "%clock" || from.text == "%clock64" || from.text == "%clock_hi" ||
                  from.text == "%globaltimer" || from.text == "%globaltimer_lo");
  if (isClock) {
    Inst &out = emitGuarded(readClock, OpClass::Move);
    out.d = d;
    out.n = static_cast<uint8_t>(bytes);
    out.sub = from.text == "%clock_hi" ? 1 : 0;
    return true;
  }
  uint32_t a;
  if (!source(from, bytes, a))
    return false;
  const char *name = bytes == 2 ? "mov.b16" : (bytes == 4 ? "mov.b32" : "mov.b64");
  Inst &out = emitGuarded(bytes == 16 ? move128 : isa.alu[findAluForm(name)->id], OpClass::Move);
  out.d = d;
  out.a = a;
  return true;
}

bool Decoder::decodeMovVector(Type type) {
  bool isPack = inst->ops[1].kind == Operand::Vector;
  const Operand &vector = inst->ops[isPack ? 1 : 0], &whole = inst->ops[isPack ? 0 : 1];
  unsigned bytes = slotBytes(type);
  size_t count = vector.subs.size();
  if (whole.kind == Operand::Vector || (count != 2 && count != 4) || bytes / count < 2)
    return unsupported();
  unsigned piece = bytes / static_cast<unsigned>(count);
  uint32_t *pieces = list(count);
  uint32_t slot;
  for (size_t i = 0; i < count; ++i)
    if (!(isPack ? source(vector.subs[i], piece, pieces[i])
                 : result(vector.subs[i], piece, pieces[i])))
      return false;
  if (!(isPack ? result(whole, bytes, slot) : source(whole, bytes, slot)))
    return false;
  Handler fn = isPack ? packHandler(bytes, piece) : unpackHandler(bytes, piece);
  if (fn == nullptr)
    return unsupported();
  Inst &out = emitGuarded(fn, OpClass::Move);
  out.d = out.a = slot;
  out.ops = pieces;
  out.n = static_cast<uint8_t>(count);
  return true;
}

bool Decoder::decodePredicateLogic() {
  std::string_view op = inst->opcode;
  uint8_t sub;
  if (op == "and.pred")
    sub = kPredAnd;
  else if (op == "or.pred")
    sub = kPredOr;
  else if (op == "xor.pred")
    sub = kPredXor;
  else if (op == "not.pred")
    sub = kPredNot;
  else
    return unsupported();
  uint32_t d, a, b = 0;
  if (!need(sub == kPredNot ? 2 : 3) || !predicateResult(inst->ops[0], d) ||
      !predicate(inst->ops[1], a) || (sub != kPredNot && !predicate(inst->ops[2], b)))
    return false;
  if (inst->ops[1].negated || (sub != kPredNot && inst->ops[2].negated))
    return fail("'!' is not allowed here");
  Inst &out = emitGuarded(predicateOp, OpClass::Predicate);
  out.sub = sub;
  out.d = d;
  out.a = a;
  out.b = b;
  return true;
}

namespace {
unsigned parseRounding(std::string_view text) {
  struct Row {
    std::string_view name;
    unsigned mode;
  };
  static const Row kRows[] = {{"rn", kRoundRn},   {"rz", kRoundRz},   {"rm", kRoundRm},
                              {"rp", kRoundRp},   {"rni", kRoundRni}, {"rzi", kRoundRzi},
                              {"rmi", kRoundRmi}, {"rpi", kRoundRpi}, {"rna", kRoundRna}};
  for (const Row &row : kRows)
    if (row.name == text)
      return row.mode;
  return kRoundNone;
}

bool isScalarCvtType(Type type) {
  return type == Type::F16 || type == Type::BF16 || type == Type::F32 || type == Type::F64 ||
         (type >= Type::U8 && type <= Type::S64);
}
} // namespace

bool Decoder::decodeCvt() {
  Modifiers mods(inst->opcode);
  mods.next();
  unsigned rounding = parseRounding(mods.peek());
  if (rounding != kRoundNone)
    mods.next();
  bool isSatfinite = mods.take("satfinite");
  unsigned flags = (mods.take("ftz") ? kCvtFtz : 0u) | (mods.take("sat") ? kCvtSat : 0u) |
                   (mods.take("relu") ? kCvtRelu : 0u);
  Type to = mods.acceptType(), from = mods.acceptType();
  if (!mods.done() || isSatfinite || to == Type::None || from == Type::None)
    return unsupported();
  if ((to == Type::F16x2 || to == Type::BF16x2) && from == Type::F32)
    return decodeCvtPair(to, rounding, flags);
  if (!need(2))
    return false;
  if (to == Type::TF32 && from == Type::F32) {
    uint32_t d, a;
    if (!source(inst->ops[1], 4, a, true) || !result(inst->ops[0], 4, d))
      return false;
    if (rounding != kRoundRna && rounding != kRoundRn && rounding != kRoundRz)
      return unsupported();
    Inst &out = emitGuarded(convertTf32, OpClass::Convert);
    out.d = d;
    out.a = a;
    out.sub = static_cast<uint8_t>(rounding);
    out.flags = static_cast<uint8_t>(flags);
    return true;
  }
  if (!isScalarCvtType(to) || !isScalarCvtType(from))
    return unsupported();
  bool intToFloat = !isFloat(from) && isFloat(to), floatToInt = isFloat(from) && !isFloat(to);
  bool narrows =
      isFloat(from) && isFloat(to) &&
      (typeBytes(to) < typeBytes(from) || (typeBytes(to) == typeBytes(from) && to != from));
  bool isIntegral = rounding >= kRoundRni && rounding <= kRoundRpi;
  if (floatToInt && !isIntegral)
    return fail("a conversion to an integer needs .rni, .rzi, .rmi or .rpi");
  if ((intToFloat || narrows) && (rounding == kRoundNone || isIntegral || rounding == kRoundRna))
    return fail("this conversion needs .rn, .rz, .rm or .rp");
  if (!isFloat(from) && !isFloat(to) && rounding != kRoundNone)
    return fail("a conversion between integers takes no rounding");
  bool isPlain = flags == 0 && !(isIntegral && !floatToInt);
  Handler fn = isa.convert(to, from, rounding, isPlain);
  if (fn == nullptr)
    return unsupported();
  bool isBF16 = to == Type::BF16 || from == Type::BF16;
  if (isBF16 && ((typeBytes(to) == 1 && !needByte(inst->ops[0])) ||
                 (typeBytes(from) == 1 && !needByte(inst->ops[1]))))
    return false;
  uint32_t a;
  WideResult wide;
  if (!narrowSource(inst->ops[1], from, a) || !wideResult(inst->ops[0], to, wide))
    return false;
  Inst &out = emitGuarded(fn, OpClass::Convert);
  out.d = wide.slot;
  out.a = a;
  out.sub = static_cast<uint8_t>(rounding);
  out.flags = static_cast<uint8_t>(flags);
  finishWide(wide, to);
  return true;
}

bool Decoder::decodeCvtPair(Type to, unsigned rounding, unsigned flags) {
  uint32_t d, a, b;
  if (!need(3) || !source(inst->ops[1], 4, a, true) || !source(inst->ops[2], 4, b, true) ||
      !result(inst->ops[0], 4, d))
    return false;
  if ((rounding != kRoundRn && rounding != kRoundRz) || (flags & ~unsigned{kCvtRelu}) != 0)
    return unsupported();
  Inst &out = emitGuarded(isa.convertPair(to, rounding), OpClass::Convert);
  out.d = d;
  out.a = a;
  out.b = b;
  out.flags = static_cast<uint8_t>(flags);
  return true;
}

// add.cc, addc{.cc}, sub.cc, subc{.cc}, mad{c}.{lo,hi}{.cc}
bool Decoder::decodeCarry() {
  Modifiers mods(inst->opcode);
  std::string_view family = mods.next();
  bool isMad = family.substr(0, 3) == "mad";
  bool reads = family.back() == 'c';
  bool isHigh = false;
  if (isMad) {
    isHigh = mods.accept("hi");
    if (!isHigh && !mods.accept("lo"))
      return unsupported();
  }
  bool writes = mods.accept("cc");
  Type type = mods.acceptType();
  bool is32 = type == Type::U32 || type == Type::S32, is64 = type == Type::U64 || type == Type::S64;
  if ((!is32 && !is64) || !mods.done() || (!reads && !writes))
    return unsupported();
  unsigned bytes = typeBytes(type);
  uint32_t d, a, b, c = 0;
  if (!need(isMad ? 4 : 3) || !source(inst->ops[1], bytes, a) || !source(inst->ops[2], bytes, b) ||
      (isMad && !source(inst->ops[3], bytes, c)) || !result(inst->ops[0], bytes, d))
    return false;
  Inst &out = emitGuarded(isMad ? madCarry : addCarry, OpClass::Int);
  out.d = d;
  out.a = a;
  out.b = b;
  out.c = c;
  out.n = static_cast<uint8_t>(bytes);
  out.flags = static_cast<uint8_t>((reads ? 1 : 0) | (writes ? 2 : 0));
  out.sub = isMad ? isHigh : family.substr(0, 3) == "sub";
  out.space = isSigned(type);
  return true;
}

} // namespace azulejo::sim
