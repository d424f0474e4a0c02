// This file decodes fences, hints, asynchronous copies and their barriers.
#include "ir/Decoder.h"

#include "exec/Handlers.h"

namespace azulejo::sim {

using namespace ptx;

namespace {
bool startsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// Warps run in turn, so that memory is sequentially consistent and fences between threads have no
// effect on values. What they order is the concern of the race check.
bool isThreadFence(std::string_view op) {
  if (op == "membar.cta" || op == "membar.gl" || op == "membar.sys")
    return true;
  if (!startsWith(op, "fence.") || startsWith(op, "fence.proxy") ||
      startsWith(op, "fence.mbarrier_init"))
    return false;
  Modifiers mods(op);
  mods.next();
  for (std::string_view name : {"sc", "acq_rel", "acquire", "release"})
    if (mods.accept(name))
      break;
  for (std::string_view scope : {"cta", "cluster", "gpu", "sys"})
    if (mods.accept(scope))
      break;
  return mods.done();
}
} // namespace

bool Decoder::decodeAsync() {
  std::string_view op = inst->opcode;
  if (isThreadFence(op)) {
    emitGuarded(threadFence, OpClass::Barrier).sub = op.substr(op.rfind('.')) == ".cta";
    return need(0);
  }
  for (std::string_view hint : {"prefetch.", "prefetchu.", "discard.", "applypriority."})
    if (startsWith(op, hint)) {
      emitGuarded(doNothing, OpClass::Other);
      return true;
    }
  if (startsWith(op, "createpolicy.")) {
    uint32_t d;
    if (inst->ops.empty() || !result(inst->ops[0], 8, d))
      return unsupported();
    emitGuarded(doNothing, OpClass::Other);
    return true;
  }
  if (startsWith(op, "mbarrier."))
    return decodeMbarrier();
  if (startsWith(op, "wgmma."))
    return decodeWgmma();
  if (op == "fence.mbarrier_init.release.cluster" || startsWith(op, "fence.proxy.async")) {
    for (std::string_view space : {"", ".global", ".shared::cta", ".shared::cluster"})
      if (op == "fence.proxy.async" + std::string(space)) {
        Inst &out = emitGuarded(proxyFence, OpClass::Barrier);
        out.sub = space.empty()        ? kProxyFenceBoth
                  : space == ".global" ? kProxyFenceGlobal
                                       : kProxyFenceShared;
        return need(0);
      }
    if (startsWith(op, "fence.proxy"))
      return unsupported();
    emitGuarded(mbarrierFence, OpClass::Barrier);
    return need(0);
  }
  if (op == "fence.proxy.alias" || op == "griddepcontrol.wait" ||
      op == "griddepcontrol.launch_dependents") {
    emitGuarded(doNothing, OpClass::Barrier);
    return need(0);
  }
  if (op == "setmaxnreg.inc.sync.aligned.u32" || op == "setmaxnreg.dec.sync.aligned.u32") {
    uint64_t count;
    if (!need(1) || !immediate(inst->ops[0], count))
      return false;
    if (count < 24 || count > 256 || count % 8 != 0)
      return fail("setmaxnreg takes a multiple of 8 in 24..256, got " + std::to_string(count));
    Inst &out = emitGuarded(setMaxRegisters, OpClass::Other);
    out.imm = static_cast<int64_t>(count);
    out.sub = op.substr(11, 3) == "inc";
    return true;
  }
  if (startsWith(op, "cp.async.mbarrier.arrive.")) {
    Modifiers mods(op);
    for (int i = 0; i < 4; ++i)
      mods.next();
    bool isNoinc = mods.accept("noinc");
    bool isShared = mods.accept("shared") || mods.accept("shared::cta");
    Space space = isShared ? Space::Shared : Space::Generic;
    Inst at;
    if (!mods.accept("b64") || !mods.done())
      return unsupported();
    if (!need(1) || !address(inst->ops[0], space, at))
      return false;
    Inst &out = emitGuarded(arriveForCopies, OpClass::Async);
    out.a = at.a;
    out.imm = at.imm;
    out.flags = static_cast<uint8_t>(at.flags | (isShared ? 0 : kMbarGeneric));
    out.sub = isNoinc;
    return true;
  }
  if (startsWith(op, "cp.async.") && !startsWith(op, "cp.async.bulk"))
    return decodeCpAsync();
  if (op == "nanosleep.u32") {
    Inst &out = emitGuarded(nullptr, OpClass::Other);
    out.flow = Flow::Wait;
    return need(1);
  }
  return unsupported();
}

// cp.async.{ca,cg}.shared.global [dst], [src], bytes{, source bytes | ignore-source predicate};
// cp.async.commit_group; cp.async.wait_group n; cp.async.wait_all
bool Decoder::decodeCpAsync() {
  std::string_view op = inst->opcode;
  if (op == "cp.async.commit_group" || op == "cp.async.wait_all") {
    if (!need(0))
      return false;
    emitGuarded(op == "cp.async.wait_all" ? copyWait : copyCommit, OpClass::Async).sub = 1;
    return true;
  }
  if (op == "cp.async.wait_group") {
    uint64_t keep;
    if (!need(1) || !immediate(inst->ops[0], keep))
      return false;
    emitGuarded(copyWait, OpClass::Async).imm = static_cast<int64_t>(keep);
    return true;
  }
  Modifiers mods(op);
  mods.next();
  mods.next();
  bool isCa = mods.accept("ca"), isCg = !isCa && mods.accept("cg");
  bool isShared = mods.accept("shared") || mods.accept("shared::cta");
  if ((!isCa && !isCg) || !isShared || !mods.accept("global"))
    return unsupported();
  while (!mods.takePrefixed("L2::").empty())
    continue;
  if (!mods.done())
    return unsupported();
  uint64_t bytes;
  Space to = Space::Shared, from = Space::Global;
  Inst target, origin;
  if (!need(3, 5) || !address(inst->ops[0], to, target) || !address(inst->ops[1], from, origin) ||
      !immediate(inst->ops[2], bytes))
    return false;
  if (bytes != 16 && (isCg || (bytes != 4 && bytes != 8)))
    return fail("cp.async copies 4, 8 or 16 bytes, .cg 16 only; got " + std::to_string(bytes));
  uint32_t *operands = list(2);
  operands[0] = operands[1] = 0;
  bool hasPredicate = false;
  if (inst->ops.size() > 3) {
    const Operand &extra = inst->ops[3];
    hasPredicate = extra.kind == Operand::Reg && registerType(extra) == Type::Pred;
    if (hasPredicate && module.version < 75)
      return fail("a predicate that ignores the source of cp.async needs PTX ISA 7.5");
    bool isPolicy = extra.kind == Operand::Reg && registerBytes(extra) == 8;
    if (!isPolicy &&
        !(hasPredicate ? predicate(extra, operands[0]) : source(extra, 4, operands[0])))
      return false;
  }
  operands[1] = origin.a;
  Inst &out = emitGuarded(copyIssue, OpClass::Async);
  out.a = target.a;
  out.b = origin.a;
  out.imm = target.imm;
  out.target = static_cast<uint32_t>(origin.imm);
  out.ops = operands;
  out.n = static_cast<uint8_t>(bytes);
  // Bit 0: the target's address has 64 bits; bit 1: a predicate stands for the source's size; bit
  // 2: the predicate is negated.
  out.flags = static_cast<uint8_t>((target.flags & 1) | (hasPredicate ? 2 : 0) |
                                   (hasPredicate && inst->ops[3].negated ? 4 : 0));
  out.mem = kernel->memCount;
  kernel->memCount += 2; // one cache for either side
  return true;
}

} // namespace azulejo::sim
