// This file decodes matrix instructions on the registers of a warp.
#include "ir/Decoder.h"

#include "device/sim/tc/Mma.h"
#include "exec/Handlers.h"

namespace azulejo::sim {

using namespace ptx;

namespace {
struct TensorType {
  std::string_view name;
  tc::Type type;
};
constexpr TensorType kTensorTypes[] = {
    {"f16", tc::Type::F16},   {"bf16", tc::Type::BF16}, {"tf32", tc::Type::TF32},
    {"e4m3", tc::Type::E4M3}, {"e5m2", tc::Type::E5M2}, {"f32", tc::Type::F32},
    {"f64", tc::Type::F64},   {"s8", tc::Type::S8},     {"u8", tc::Type::U8},
    {"s32", tc::Type::S32},
};

bool acceptTensorType(Modifiers &mods, tc::Type &type) {
  for (const TensorType &row : kTensorTypes)
    if (mods.accept(row.name)) {
      type = row.type;
      return true;
    }
  return false;
}

// "m16n8k16"
bool parseShape(std::string_view text, int (&shape)[3]) {
  const char letters[] = {'m', 'n', 'k'};
  size_t at = 0;
  for (int i = 0; i < 3; ++i) {
    if (at >= text.size() || text[at] != letters[i])
      return false;
    shape[i] = 0;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9' && shape[i] < 1000; ++at)
      shape[i] = shape[i] * 10 + (text[at] - '0');
  }
  return at == text.size();
}
} // namespace

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

bool Decoder::decodeMma() {
  Modifiers mods(inst->opcode);
  mods.next();
  if (!mods.accept("sync") || !mods.accept("aligned"))
    return unsupported();
  int shape[3];
  if (!parseShape(mods.next(), shape) || !mods.accept("row") || !mods.accept("col"))
    return unsupported();
  auto op = std::make_shared<tc::MmaOp>();
  tc::MmaForm form = {};
  form.m = shape[0];
  form.n = shape[1];
  form.k = shape[2];
  form.saturate = mods.accept("satfinite");
  if (!acceptTensorType(mods, form.d) || !acceptTensorType(mods, form.a) ||
      !acceptTensorType(mods, form.b) || !acceptTensorType(mods, form.c) || !mods.done())
    return unsupported();
  std::string why;
  tc::Mode mode = options.isExact ? tc::Mode::Exact : tc::Mode::Fast;
  if (!tc::prepareMma(form, mode, options.sm, op.get(), &why))
    return fail(why);
  if (!need(4))
    return false;
  unsigned bytes = form.a == tc::Type::F64 ? 8 : 4;
  size_t d = size_t(op->dRegisters), a = size_t(op->aRegisters), b = size_t(op->bRegisters),
         c = size_t(op->cRegisters);
  uint32_t *slots = list(d + a + b + c);
  if (!registerList(inst->ops[0], d, bytes, true, slots) ||
      !registerList(inst->ops[1], a, bytes, false, slots + d) ||
      !registerList(inst->ops[2], b, bytes, false, slots + d + a) ||
      !registerList(inst->ops[3], c, bytes, false, slots + d + a + b))
    return false;
  kernel->data.push_back(op);
  Inst &out = emitGuarded(mmaSync, OpClass::Tensor);
  out.flow = Flow::WarpSync;
  out.ops = slots;
  out.data = op.get();
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
