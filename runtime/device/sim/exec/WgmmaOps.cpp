// This file implements wgmma.mma_async and its groups.
#include "exec/AsyncState.h"
#include "exec/Handlers.h"

#include "device/sim/tc/Wgmma.h"

#include <cstring>

namespace azulejo::sim {

namespace {
void fail(WarpContext &w, const Inst &i, const char *check, const char *kind,
          const std::string &message) {
  Finding finding = makeFinding(w, i, 0, check, kind);
  finding.message = message;
  report(w, i, std::move(finding));
  w.cta->failed = true;
}

void performWgmma(WarpContext &w, const PendingWgmma &pending) {
  const Inst &i = *pending.inst;
  const tc::WgmmaOp &op = *static_cast<const tc::WgmmaOp *>(i.data);
  tc::MatrixDescriptor a = {}, b = {};
  std::string why;
  if ((!op.form.aInRegisters && !tc::decodeWgmmaDescriptor(pending.descriptorA, &a, &why)) ||
      !tc::decodeWgmmaDescriptor(pending.descriptorB, &b, &why))
    return fail(w, i, "mem", "descriptor", why);
  tc::SharedView view = {w.cta->shared, w.worker->launch->sharedEnd};
  tc::SharedFault fault = {};
  tc::WgmmaB matrix;
  int warp = int(w.index % 4);
  uint32_t *d[128];
  const uint32_t *registers[4] = {pending.a[0], pending.a[1], pending.a[2], pending.a[3]};
  for (int r = 0; r < op.dRegisters; ++r)
    d[r] = w.reg<uint32_t>(i.ops[r]);
  if (!matrix.read(op, view, b, &fault) ||
      !tc::wgmmaWarp(op, matrix, view, a, registers, warp, pending.scaleD, d, &fault))
    return fail(w, i, "mem", "out-of-bounds",
                "wgmma reads " + std::to_string(fault.bytes) + " bytes at shared address " +
                    std::to_string(fault.address) + ", outside of shared memory");
  if (!op.form.aInRegisters)
    observeOperand(w, i, 0, tc::wgmmaOperandA(op, a, warp));
  observeOperand(w, i, 0, tc::wgmmaOperandB(op, b));
  countMacs(*w.worker, unsigned(op.form.a), 16ull * unsigned(op.form.n) * unsigned(op.k));
}
} // namespace

void observeOperand(WarpContext &w, const Inst &i, unsigned lane,
                    const tc::SharedOperand &operand) {
  if (!(w.worker->checks & (kCheckRace | kCheckInit)))
    return;
  tc::forEachChunk(operand, [&](uint32_t address) {
    if (w.cta->failed || uint64_t(address) + 16 > w.worker->launch->sharedEnd)
      return;
    if (w.worker->checks & kCheckRace)
      raceRange(w, i, lane, address, 16, false, w.cta);
    if ((w.worker->checks & kCheckInit) &&
        std::memchr(w.cta->sharedInit.data() + address, 0, 16) != nullptr)
      reportUninitialised(w, i, lane, address, 16, false);
  });
}

void wgmmaIssue(WarpContext &w, const Inst &i, uint32_t mask) {
  if (mask != 0xffffffffu)
    return fail(w, i, "sync", "partial-warp",
                "wgmma is executed by a part of the warp; all 32 lanes must execute it together");
  const tc::WgmmaOp &op = *static_cast<const tc::WgmmaOp *>(i.data);
  PendingWgmma pending;
  pending.inst = &i;
  const uint32_t *rest = i.ops + op.dRegisters;
  if (op.form.aInRegisters)
    for (int r = 0; r < 4; ++r)
      std::memcpy(pending.a[r], w.reg<uint32_t>(rest[r]), 128);
  else
    pending.descriptorA = w.reg<uint64_t>(rest[0])[0];
  pending.descriptorB = w.reg<uint64_t>(i.b)[0];
  pending.scaleD = (w.pred(uint32_t(i.imm)) & 1) != 0;
  if (w.worker->launch->asyncMode == 1)
    performWgmma(w, pending);
  else
    asyncOf(w).wgmma.issue(pending);
}

void wgmmaCommit(WarpContext &w, const Inst &, uint32_t) { asyncOf(w).wgmma.commit(); }

void wgmmaWait(WarpContext &w, const Inst &i, uint32_t) {
  asyncOf(w).wgmma.wait(size_t(i.imm), [&](PendingWgmma &pending) {
    if (!w.cta->failed)
      performWgmma(w, pending);
  });
}

} // namespace azulejo::sim
