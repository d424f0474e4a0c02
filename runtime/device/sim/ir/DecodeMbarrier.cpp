// This file decodes mbarriers.
#include "ir/Decoder.h"

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
  bool isPlain = sub == kMbarArrive || sub == kMbarArriveDrop;
  if (isPlain && inst->ops.size() == 3 && (module.sm < 90 || module.version < 78))
    return fail("a count without .noComplete needs sm_90 and PTX ISA 7.8");
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

} // namespace azulejo::sim
