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
    emitGuarded(doNothing, OpClass::Barrier);
    return need(0);
  }
  for (std::string_view hint : {"prefetch.", "prefetchu.", "discard.", "applypriority."})
    if (startsWith(op, hint) && op.find("tensormap") == std::string_view::npos) {
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
  if (op == "nanosleep.u32") {
    Inst &out = emitGuarded(nullptr, OpClass::Other);
    out.flow = Flow::Wait;
    return need(1);
  }
  return unsupported();
}

bool Decoder::decodeTensor() { return unsupported(); }

} // namespace azulejo::sim
