// This file decodes wmma.
#include "ir/Decoder.h"

#include "exec/Handlers.h"
#include "exec/WmmaForms.h"

#include <cstdio>

namespace azulejo::sim {

using namespace ptx;

namespace {
tc::Type typeOf(std::string_view name) {
  for (tc::Type type : {tc::Type::F16, tc::Type::BF16, tc::Type::TF32, tc::Type::F64, tc::Type::S8,
                        tc::Type::U8, tc::Type::S32, tc::Type::S4, tc::Type::U4, tc::Type::B1})
    if (name == tc::typeName(type))
      return type;
  return tc::Type::F32;
}

void readShape(std::string_view text, int &m, int &n, int &k) {
  std::sscanf(std::string(text).c_str(), "m%dn%dk%d", &m, &n, &k);
}
} // namespace

bool Decoder::decodeWmma() {
  Modifiers mods(inst->opcode);
  mods.next();
  std::string_view op = mods.next();
  return op == "mma" ? decodeWmmaMultiply(mods) : decodeWmmaMove(mods, op == "load");
}

// wmma.load.OPERAND.sync.aligned.LAYOUT.SHAPE{.space}.TYPE {r}, [p]{, stride}; store.d likewise.
bool Decoder::decodeWmmaMove(Modifiers &mods, bool isLoad) {
  auto move = std::make_shared<WmmaMove>();
  std::string_view operand = mods.next();
  move->operand = operand == "a"   ? tc::Operand::A
                  : operand == "b" ? tc::Operand::B
                                   : tc::Operand::C;
  mods.next();
  mods.next();
  move->isRowMajor = mods.next() == "row";
  readShape(mods.next(), move->m, move->n, move->k);
  Space space = mods.accept("global")                                 ? Space::Global
                : mods.accept("shared") || mods.accept("shared::cta") ? Space::Shared
                                                                      : Space::Generic;
  move->type = typeOf(mods.next());
  int rows = move->operand == tc::Operand::B ? move->k : move->m;
  int columns = move->operand == tc::Operand::A ? move->k : move->n;
  move->defaultStride = move->isRowMajor ? columns : rows;
  if (int bits = tc::storageBits(move->type); bits < 8) {
    move->perWord = 32 / bits;
    move->k /= move->perWord;
    move->type = tc::Type::S32;
  }
  tc::WmmaFragment fragment(move->operand, move->m, move->n, move->k, move->type);
  size_t count = static_cast<size_t>(fragment.registers());
  uint32_t *slots = list(count), stride = 0;
  Inst at;
  if (!need(2, 3) || !address(inst->ops[isLoad ? 1 : 0], space, at) ||
      !registerList(inst->ops[isLoad ? 0 : 1], count, move->type == tc::Type::F64 ? 8 : 4, isLoad,
                    slots) ||
      (inst->ops.size() == 3 && !source(inst->ops[2], 4, stride)))
    return false;
  kernel->data.push_back(move);
  Inst &out = emitGuarded(isLoad ? wmmaLoad : wmmaStore, isLoad ? OpClass::Load : OpClass::Store);
  out.flow = Flow::WarpSync;
  out.a = at.a;
  out.b = stride;
  out.imm = at.imm;
  out.flags = at.flags;
  out.space = static_cast<uint8_t>(space);
  out.ops = slots;
  out.data = move.get();
  out.mem = kernel->memCount++;
  return true;
}

// wmma.mma{.OP.popc}.sync.aligned.LAYOUT.LAYOUT.SHAPE{.rn}.D{.A.B}.C{.satfinite} {d}, {a}, {b}, {c}
bool Decoder::decodeWmmaMultiply(Modifiers &mods) {
  auto multiply = std::make_shared<WmmaMultiply>();
  tc::MmaForm form = {};
  form.bitOp = mods.take("and") ? tc::BitOp::And : tc::BitOp::Xor;
  mods.take("xor");
  mods.take("popc");
  for (int skipped = 0; skipped < 4; ++skipped)
    mods.next();
  readShape(mods.next(), form.m, form.n, form.k);
  mods.accept("rn");
  form.saturate = mods.take("satfinite");
  form.d = typeOf(mods.next());
  tc::Type second = typeOf(mods.next());
  bool isShort = mods.done(); // .D.C of f16
  form.a = isShort ? tc::Type::F16 : second;
  form.b = isShort ? tc::Type::F16 : typeOf(mods.next());
  form.c = isShort ? second : typeOf(mods.next());
  std::string why;
  if (!tc::prepareWmma(form, options.isExact ? tc::Mode::Exact : tc::Mode::Fast, options.sm,
                       &multiply->op, &why))
    return fail(why);
  const std::pair<tc::Operand, tc::Type> operands[4] = {{tc::Operand::C, form.d},
                                                        {tc::Operand::A, form.a},
                                                        {tc::Operand::B, form.b},
                                                        {tc::Operand::C, form.c}};
  size_t count = 0;
  for (int o = 0; o < 4; ++o) {
    multiply->registers[o] =
        tc::WmmaFragment(operands[o].first, form.m, form.n, form.k, operands[o].second).registers();
    count += static_cast<size_t>(multiply->registers[o]);
  }
  if (!need(4))
    return false;
  uint32_t *slots = list(count), *next = slots;
  for (size_t o = 0; o < 4; next += multiply->registers[o], ++o)
    if (!registerList(inst->ops[o], size_t(multiply->registers[o]), form.a == tc::Type::F64 ? 8 : 4,
                      o == 0, next))
      return false;
  kernel->data.push_back(multiply);
  Inst &out = emitGuarded(wmmaMultiply, OpClass::Tensor);
  out.flow = Flow::WarpSync;
  out.ops = slots;
  out.data = multiply.get();
  return true;
}

} // namespace azulejo::sim
