// This file decodes mma.sync, dense and sparse, with and without block scales.
#include "ir/Decoder.h"

#include "exec/Handlers.h"
#include "exec/MmaForms.h"

namespace azulejo::sim {

using namespace ptx;

namespace {
// The row of the table has only types that exist.
tc::Type acceptTensorType(Modifiers &mods) {
  std::string_view name = mods.next();
  for (tc::Type type :
       {tc::Type::F16, tc::Type::BF16, tc::Type::TF32, tc::Type::E4M3, tc::Type::E5M2,
        tc::Type::E3M2, tc::Type::E2M3, tc::Type::E2M1, tc::Type::F64, tc::Type::S8, tc::Type::U8,
        tc::Type::S32, tc::Type::S4, tc::Type::U4, tc::Type::B1})
    if (name == tc::typeName(type))
      return type;
  return tc::Type::F32;
}

// "m16n8k16"
bool parseShape(std::string_view text, tc::MmaForm &form) {
  const char letters[] = {'m', 'n', 'k'};
  int *sizes[] = {&form.m, &form.n, &form.k};
  size_t at = 0;
  for (int i = 0; i < 3; ++i) {
    if (at >= text.size() || text[at] != letters[i])
      return false;
    *sizes[i] = 0;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9' && *sizes[i] < 1000; ++at)
      *sizes[i] = *sizes[i] * 10 + (text[at] - '0');
  }
  return at == text.size();
}

// .kind::… and .block_scale, wherever they stand: the ISA has them behind the layouts, CUTLASS
// before the shape.
void takeKind(Modifiers &mods, tc::MmaForm &form) {
  std::string_view kind = mods.takePrefixed("kind::");
  bool hasScales = mods.take("block_scale");
  std::string_view vector = mods.takePrefixed("scale_vec::");
  form.inBytes = kind == "kind::f8f6f4" || kind == "kind::mxf8f6f4";
  if (hasScales)
    form.factors = !vector.empty() ? vector[11] - '0' : kind == "kind::mxf8f6f4" ? 1 : 2;
}

// mma{.sp{::ordered_metadata}}.sync.aligned.SHAPE.LAYOUT.LAYOUT{.KIND}{.satfinite}.D.A.B.C, and
// behind it .xor.popc or .and.popc of bits, or the type of scales.
bool parseForm(std::string_view opcode, tc::MmaForm &form) {
  Modifiers mods(opcode);
  mods.next();
  std::string_view sparse = mods.takePrefixed("sp");
  form.isSparse = !sparse.empty();
  form.isOrdered = sparse == "sp::ordered_metadata";
  takeKind(mods, form);
  mods.next();
  mods.next();
  if (!parseShape(mods.next(), form))
    return false;
  form.aIsColumnMajor = mods.next() == "col";
  form.bIsRowMajor = mods.next() == "row";
  form.saturate = mods.accept("satfinite");
  form.d = acceptTensorType(mods);
  form.a = acceptTensorType(mods);
  form.b = acceptTensorType(mods);
  form.c = acceptTensorType(mods);
  form.bitOp = mods.accept("and") ? tc::BitOp::And : tc::BitOp::Xor;
  if (mods.accept("ue4m3"))
    form.factorType = tc::Type::UE4M3;
  return true;
}
} // namespace

// {byte, thread}: constants, or registers that all lanes have the same in.
bool Decoder::scaleSelector(const tc::MmaForm &form, const Operand &op, bool ofA, uint32_t *slots) {
  if (op.kind != Operand::Vector || op.subs.size() != 2)
    return fail("expected a byte and a thread selector in braces");
  bool areConstant = true;
  for (size_t i = 0; i < 2; ++i) {
    areConstant &= op.subs[i].kind == Operand::Int;
    if (!source(op.subs[i], 2, slots[i]))
      return false;
  }
  std::string why;
  if (areConstant && !tc::checkSelectors(form, ofA, unsigned(op.subs[0].bits & 0xffff),
                                         unsigned(op.subs[1].bits & 0xffff), &why))
    return fail(why);
  return true;
}

// The operands from number `first` on, behind the matrices.
bool Decoder::mmaExtras(const tc::MmaOp &op, size_t first, uint32_t *slots, int *selector) {
  const tc::MmaForm &form = op.form;
  size_t at = first;
  if (form.isSparse) {
    if (!sparsityOperands(op.sparse, at, *slots++, *selector))
      return false;
    at += 2;
  }
  for (bool ofA : {true, false}) {
    if (form.factors == 0)
      break;
    if (!registerList(inst->ops[at], 1, 4, false, slots) ||
        !scaleSelector(form, inst->ops[at + 1], ofA, slots + 1))
      return false;
    at += 2;
    slots += 3;
  }
  return true;
}

bool Decoder::decodeMma() {
  auto decoded = std::make_shared<MmaInstruction>();
  tc::MmaOp &op = decoded->op;
  tc::MmaForm parsed = {};
  std::string why;
  tc::Mode mode = options.isExact ? tc::Mode::Exact : tc::Mode::Fast;
  if (!parseForm(inst->opcode, parsed))
    return unsupported();
  if (!tc::prepareMma(parsed, mode, options.sm, &op, &why))
    return fail(why);
  size_t scales = parsed.factors != 0 ? 4 : 0, sparse = parsed.isSparse ? 2 : 0;
  if (!need(4 + sparse + scales))
    return false;
  unsigned bytes = parsed.a == tc::Type::F64 ? 8 : 4;
  size_t d = size_t(op.dRegisters), a = size_t(op.aRegisters), b = size_t(op.bRegisters),
         c = size_t(op.cRegisters);
  uint32_t *slots = list(d + a + b + c + 7);
  if (!registerList(inst->ops[0], d, bytes, true, slots) ||
      !registerList(inst->ops[1], a, bytes, false, slots + d) ||
      !registerList(inst->ops[2], b, bytes, false, slots + d + a) ||
      !registerList(inst->ops[3], c, bytes, false, slots + d + a + b) ||
      !mmaExtras(op, 4, slots + d + a + b + c, &decoded->sparsitySelector))
    return false;
  kernel->data.push_back(decoded);
  Inst &out = emitGuarded(mmaSync, OpClass::Tensor);
  out.flow = Flow::WarpSync;
  out.ops = slots;
  out.data = decoded.get();
  return true;
}

} // namespace azulejo::sim
