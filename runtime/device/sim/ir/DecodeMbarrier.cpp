// This file decodes mbarriers and wgmma.
#include "ir/Decoder.h"

#include "device/sim/tc/Wgmma.h"
#include "exec/Handlers.h"

namespace azulejo::sim {

using namespace ptx;

namespace {
// Returns MbarrierFlag bits.
uint8_t takeScopes(Modifiers &mods) {
  bool isRelaxed = mods.take("relaxed");
  for (std::string_view name : {"release", "acquire", "cta", "cluster"})
    mods.take(name);
  return isRelaxed ? kMbarRelaxed : 0;
}

uint8_t acceptSpace(Modifiers &mods) {
  if (mods.accept("shared") || mods.accept("shared::cta"))
    return 0;
  return mods.accept("shared::cluster") ? kMbarCluster : kMbarGeneric;
}
Space mbarrierSpace(uint8_t flags) {
  return (flags & kMbarGeneric)   ? Space::Generic
         : (flags & kMbarCluster) ? Space::SharedCluster
                                  : Space::Shared;
}
} // namespace

bool Decoder::decodeMbarrier() {
  struct Row {
    std::string_view name;
    uint8_t sub;
  };
  static const Row kRows[] = {{"init", kMbarInit},          {"inval", kMbarInval},
                              {"expect_tx", kMbarExpectTx}, {"complete_tx", kMbarCompleteTx},
                              {"arrive", kMbarArrive},      {"arrive_drop", kMbarArriveDrop}};
  Modifiers mods(inst->opcode);
  mods.next();
  std::string_view name = mods.next();
  if (name == "test_wait" || name == "try_wait")
    return decodeMbarrierWait(mods);
  if (name == "pending_count")
    return decodePendingCount(mods);
  uint8_t sub = 255;
  for (const Row &row : kRows)
    if (row.name == name)
      sub = row.sub;
  if (sub == 255)
    return unsupported();
  bool arrives = sub >= kMbarArrive;
  bool isDrop = sub == kMbarArriveDrop;
  if (arrives && mods.take("expect_tx"))
    sub = isDrop ? kMbarArriveDropExpectTx : kMbarArriveExpectTx;
  else if (arrives && mods.take("noComplete"))
    sub = isDrop ? kMbarArriveDropNoComplete : kMbarArriveNoComplete;
  uint8_t flags = takeScopes(mods);
  flags |= acceptSpace(mods);
  if (!mods.accept("b64") || !mods.done())
    return unsupported();
  size_t first = arrives ? 1 : 0;
  if (!need(first + 1, first + 2))
    return false;
  Space space = mbarrierSpace(flags);
  Inst at;
  uint32_t d = 0, b = 0;
  bool isUsed = arrives && inst->ops[0].kind != Operand::Sink;
  if (!address(inst->ops[first], space, at) ||
      (inst->ops.size() > first + 1 && !source(inst->ops[first + 1], 4, b)) ||
      (isUsed && !result(inst->ops[0], 8, d)))
    return false;
  Inst &out = emitGuarded(mbarrierUpdate, OpClass::Barrier);
  out.d = d;
  out.a = at.a;
  out.b = b;
  out.imm = at.imm;
  out.flags = static_cast<uint8_t>(at.flags | flags);
  out.sub = sub;
  return true;
}

bool Decoder::decodeMbarrierWait(Modifiers &mods) {
  bool isParity = mods.accept("parity");
  uint8_t flags = takeScopes(mods);
  flags |= acceptSpace(mods);
  if ((flags & kMbarCluster) || !mods.accept("b64") || !mods.done())
    return unsupported();
  Space space = mbarrierSpace(flags);
  Inst at;
  uint32_t d, b;
  if (!need(3, 4) || !predicateResult(inst->ops[0], d) || !address(inst->ops[1], space, at) ||
      !source(inst->ops[2], isParity ? 4 : 8, b))
    return false;
  Inst &out = emitGuarded(mbarrierWait, OpClass::Barrier);
  out.flow = Flow::Wait;
  out.d = d;
  out.a = at.a;
  out.b = b;
  out.imm = at.imm;
  out.flags = static_cast<uint8_t>(at.flags | flags);
  out.sub = isParity;
  return true;
}

// mbarrier.pending_count.b64 d, state
bool Decoder::decodePendingCount(Modifiers &mods) {
  uint32_t d, a;
  if (!mods.accept("b64") || !mods.done())
    return unsupported();
  if (!need(2) || !source(inst->ops[1], 8, a) || !result(inst->ops[0], 4, d))
    return false;
  Inst &out = emitGuarded(mbarrierPendingCount, OpClass::Barrier);
  out.d = d;
  out.a = a;
  return true;
}

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
  Modifiers mods(op);
  for (std::string_view part : {"wgmma", "mma_async", "sync", "aligned"})
    if (!mods.accept(part))
      return unsupported();
  std::string shape(mods.next());
  int n = 0, k = 0;
  auto wgmma = std::make_shared<tc::WgmmaOp>();
  tc::WgmmaForm form = {};
  if (sscanf(shape.c_str(), "m64n%dk%d", &n, &k) != 2)
    return unsupported();
  form.saturate = mods.take("satfinite");
  if (!acceptType(mods, form.d) || !acceptType(mods, form.a) || !acceptType(mods, form.b) ||
      !mods.done())
    return unsupported();
  form.n = n;
  bool isInt = form.a == tc::Type::S8 || form.a == tc::Type::U8;
  bool is16 = form.a == tc::Type::F16 || form.a == tc::Type::BF16;
  if (inst->ops.size() < 4)
    return need(4);
  form.aInRegisters = inst->ops[1].kind == Operand::Vector;
  size_t signs = isInt ? 0 : 2, transposes = is16 ? (form.aInRegisters ? 1 : 2) : 0;
  if (!need(4 + signs + transposes))
    return false;
  uint64_t values[4] = {1, 1, 0, 0};
  for (size_t v = 0; v < signs + transposes; ++v)
    if (!immediate(inst->ops[4 + v], values[v]))
      return false;
  form.negateA = values[0] == ~uint64_t{0};
  form.negateB = values[1] == ~uint64_t{0};
  form.aMnMajor = !form.aInRegisters && values[2] == 1;
  form.bMnMajor = (form.aInRegisters ? values[2] : values[3]) == 1;
  std::string why;
  if (!tc::prepareWgmma(form, options.isExact ? tc::Mode::Exact : tc::Mode::Fast, options.sm,
                        wgmma.get(), &why))
    return fail(why);
  if (wgmma->k != k)
    return fail("the form's k is " + std::to_string(wgmma->k) + ", got " + std::to_string(k));
  size_t d = size_t(wgmma->dRegisters), a = form.aInRegisters ? 4 : 1;
  uint32_t *slots = list(d + a), b, scale;
  if (!registerList(inst->ops[0], d, 4, true, slots) ||
      !registerList(inst->ops[1], a, form.aInRegisters ? 4 : 8, false, slots + d) ||
      !source(inst->ops[2], 8, b) || !predicate(inst->ops[3], scale))
    return false;
  if (inst->ops[3].negated)
    return fail("'!' is not allowed here");
  kernel->data.push_back(wgmma);
  Inst &out = emitGuarded(wgmmaIssue, OpClass::Tensor);
  out.flow = Flow::WarpSync;
  out.ops = slots;
  out.b = b;
  // Word `c` would be read as a membership mask: the whole warp takes part.
  out.c = 0;
  out.imm = scale;
  out.data = wgmma.get();
  if (!wgmmaNumbers.empty())
    noteWgmmaUse(out);
  return true;
}

} // namespace azulejo::sim
