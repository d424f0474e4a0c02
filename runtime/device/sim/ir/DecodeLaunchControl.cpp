// This file decodes clusterlaunchcontrol.
#include "ir/Decoder.h"

#include "exec/AsyncState.h"
#include "exec/Handlers.h"

#include <algorithm>

namespace azulejo::sim {

using namespace ptx;

// clusterlaunchcontrol.try_cancel.async{.shared::cta}.mbarrier::complete_tx::bytes
// {.multicast::cluster::all}.b128 [response], [mbarrier]
bool Decoder::decodeTryCancel() {
  auto bulk = std::make_shared<BulkForm>();
  bulk->kind = BulkKind::Cancel;
  bulk->isMulticast = inst->opcode.find(".multicast::cluster::all") != std::string_view::npos;
  uint32_t *operands = list(kBulkOperands);
  std::fill(operands, operands + kBulkOperands, 0u);
  uint8_t flags = 0;
  if (!need(2) || !bulkSharedOperand(inst->ops[0], kBulkTarget, kBulkWideTarget, operands, flags) ||
      !bulkSharedOperand(inst->ops[1], kBulkBarrier, kBulkWideBarrier, operands, flags))
    return false;
  // Who runs what depends on the order of clusters.
  kernel->isOrdered = kernel->cancelsClusters = true;
  emitBulk(bulkLoad, bulk, operands, flags);
  return true;
}

// clusterlaunchcontrol.query_cancel.is_canceled.pred.b128 p, response;
// clusterlaunchcontrol.query_cancel.get_first_ctaid.v4.b32.b128 {x, y, z, _}, response;
// clusterlaunchcontrol.query_cancel.get_first_ctaid::x.b32.b128 d, response
bool Decoder::decodeQueryCancel() {
  Modifiers mods(inst->opcode);
  mods.next();
  mods.next();
  std::string_view what = mods.next();
  uint32_t response;
  if (!need(2) || !source(inst->ops[1], 16, response))
    return false;
  if (what == "is_canceled") {
    uint32_t p;
    if (!predicateResult(inst->ops[0], p))
      return false;
    Inst &out = emitGuarded(queryCancel, OpClass::Predicate);
    out.d = p;
    out.a = response;
    out.sub = kQueryIsCanceled;
    return true;
  }
  bool isVector = what == "get_first_ctaid";
  const Operand &to = inst->ops[0];
  if (isVector && (to.kind != Operand::Vector || to.subs.size() != 4))
    return fail("expected a vector of 4 results");
  unsigned count = isVector ? 4 : 1;
  uint32_t *results = list(count);
  for (unsigned k = 0; k < count; ++k)
    if (!result(isVector ? to.subs[k] : to, 4, results[k]))
      return false;
  Inst &out = emitGuarded(queryCancel, OpClass::Move);
  out.a = response;
  out.ops = results;
  out.n = static_cast<uint8_t>(count);
  out.imm = isVector ? 0 : what.back() - 'x';
  out.sub = kQueryFirstCta;
  return true;
}

} // namespace azulejo::sim
