// This file decodes wgmma.
#include "ir/Decoder.h"

#include "device/sim/tc/Wgmma.h"
#include "exec/Handlers.h"

namespace azulejo::sim {

using namespace ptx;

namespace {
struct WgmmaType {
  std::string_view name;
  tc::Type type;
};
constexpr WgmmaType kWgmmaTypes[] = {
    {"f16", tc::Type::F16},   {"bf16", tc::Type::BF16}, {"tf32", tc::Type::TF32},
    {"e4m3", tc::Type::E4M3}, {"e5m2", tc::Type::E5M2}, {"f32", tc::Type::F32},
    {"s8", tc::Type::S8},     {"u8", tc::Type::U8},     {"s32", tc::Type::S32}};

bool acceptType(Modifiers &mods, tc::Type &type) {
  for (const WgmmaType &row : kWgmmaTypes)
    if (mods.accept(row.name)) {
      type = row.type;
      return true;
    }
  return false;
}
} // namespace

bool Decoder::decodeWgmma() {
  std::string_view op = inst->opcode;
  if (op == "wgmma.fence.sync.aligned") {
    emitGuarded(wgmmaFence, OpClass::Tensor);
    return need(0);
  }
  if (op == "wgmma.commit_group.sync.aligned") {
    emitGuarded(wgmmaCommit, OpClass::Tensor);
    return need(0);
  }
  if (op == "wgmma.wait_group.sync.aligned") {
    uint64_t keep;
    if (!need(1) || !immediate(inst->ops[0], keep))
      return false;
    Inst &out = emitGuarded(wgmmaWait, OpClass::Tensor);
    out.flow = Flow::Wait;
    out.sub = kWaitAgain;
    out.imm = static_cast<int64_t>(keep);
    return true;
  }
  return decodeWgmmaMultiply();
}

// The form that the opcode and the immediate operands, from number `first` on, say.
bool Decoder::wgmmaForm(tc::WgmmaForm &form, size_t first, int &k) {
  Modifiers mods(inst->opcode);
  mods.next();
  mods.next();
  form.isSparse = mods.accept("sp");
  if (!mods.accept("sync") || !mods.accept("aligned") ||
      sscanf(std::string(mods.next()).c_str(), "m64n%dk%d", &form.n, &k) != 2)
    return unsupported();
  form.saturate = mods.take("satfinite");
  if (!acceptType(mods, form.d) || !acceptType(mods, form.a) || !acceptType(mods, form.b) ||
      !mods.done())
    return unsupported();
  bool isInt = form.a == tc::Type::S8 || form.a == tc::Type::U8;
  bool is16 = form.a == tc::Type::F16 || form.a == tc::Type::BF16;
  if (inst->ops.size() < first)
    return need(first);
  form.aInRegisters = inst->ops[1].kind == Operand::Vector;
  size_t signs = isInt ? 0 : 2, transposes = is16 ? (form.aInRegisters ? 1 : 2) : 0;
  if (!need(first + signs + transposes))
    return false;
  uint64_t values[4] = {1, 1, 0, 0};
  for (size_t v = 0; v < signs + transposes; ++v)
    if (!immediate(inst->ops[first + v], values[v]))
      return false;
  form.negateA = values[0] == ~uint64_t{0};
  form.negateB = values[1] == ~uint64_t{0};
  form.aMnMajor = !form.aInRegisters && values[2] == 1;
  form.bMnMajor = (form.aInRegisters ? values[2] : values[3]) == 1;
  return true;
}

// The metadata register and the selector of a sparse A.
bool Decoder::sparsityOperands(const tc::SparseRows &rows, size_t first, uint32_t &metadata,
                               int &selector) {
  uint64_t value;
  if (!source(inst->ops[first], 4, metadata) || !immediate(inst->ops[first + 1], value))
    return false;
  if (value >= uint64_t(rows.selectors()))
    return fail("the sparsity selector must be 0 to " + std::to_string(rows.selectors() - 1) +
                ", got " + std::to_string(value));
  selector = int(value);
  return true;
}

// wgmma.mma_async{.sp}.sync.aligned.SHAPE{.satfinite}.D.A.B {d}, a, b{, metadata, selector},
// scale-d{, scale-a, scale-b{, transpose-a}{, transpose-b}}
bool Decoder::decodeWgmmaMultiply() {
  auto wgmma = std::make_shared<tc::WgmmaOp>();
  tc::WgmmaForm form = {};
  int k = 0;
  // The predicate follows the metadata.
  size_t scaleAt = inst->opcode.substr(0, 18) == "wgmma.mma_async.sp" ? 5 : 3;
  std::string why;
  if (!wgmmaForm(form, scaleAt + 1, k))
    return false;
  if (!tc::prepareWgmma(form, options.isExact ? tc::Mode::Exact : tc::Mode::Fast, options.sm,
                        wgmma.get(), &why))
    return fail(why);
  if (wgmma->k != k)
    return fail("the form's k is " + std::to_string(wgmma->k) + ", got " + std::to_string(k));
  size_t d = size_t(wgmma->dRegisters), a = form.aInRegisters ? 4 : 1;
  uint32_t *slots = list(d + a + 1), b, scale;
  int selector = 0;
  if (!registerList(inst->ops[0], d, 4, true, slots) ||
      !registerList(inst->ops[1], a, form.aInRegisters ? 4 : 8, false, slots + d) ||
      !source(inst->ops[2], 8, b) ||
      (form.isSparse && !sparsityOperands(wgmma->sparse, 3, slots[d + a], selector)) ||
      !predicate(inst->ops[scaleAt], scale))
    return false;
  if (inst->ops[scaleAt].negated)
    return fail("'!' is not allowed here");
  kernel->data.push_back(wgmma);
  Inst &out = emitGuarded(wgmmaIssue, OpClass::Tensor);
  out.flow = Flow::WarpSync;
  out.ops = slots;
  out.b = b;
  // Word `c` would be read as a membership mask: the whole warp takes part.
  out.c = 0;
  out.imm = scale;
  out.sub = static_cast<uint8_t>(selector);
  out.data = wgmma.get();
  if (!wgmmaNumbers.empty())
    noteWgmmaUse(out);
  return true;
}

} // namespace azulejo::sim
