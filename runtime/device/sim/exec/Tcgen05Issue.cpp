// This file issues the operations of the tensor core of sm_100: it reads their operands and checks
// what can be checked before they are performed.
#include "exec/AsyncState.h"
#include "exec/Handlers.h"
#include "exec/TensorState.h"

namespace azulejo::sim {

namespace {
// Operations that may be under way; more are performed though nobody waits.
constexpr size_t kMostOperations = 4096;

bool checksRaces(const WarpContext &w) { return (w.worker->checks & kCheckRace) != 0; }

// An access of tensor memory by an operation.
struct OperandRange {
  TensorRange range;
  bool isWrite;
};

std::vector<OperandRange> rangesOf(const TensorOperation &op) {
  if (op.kind == TensorOperation::Copy)
    return {{{0xff, tc::tmemColumn(op.address), op.copy.columns}, true}};
  if (op.kind == TensorOperation::Shift) {
    uint32_t lane = tc::tmemLane(op.address);
    uint32_t halves = lane < tc::kTmemLanes ? 3u << (lane / 16) : 0;
    return {{{halves, tc::tmemColumn(op.address), tc::kTmemShiftColumns}, true}};
  }
  uint32_t halves = tc::tcgen05Halves(op.mma, op.operands.d);
  std::vector<OperandRange> ranges = {
      {{halves, tc::tmemColumn(op.operands.d), tc::tcgen05Columns(op.mma)}, true}};
  if (op.operands.aInTensorMemory)
    ranges.push_back({{halves, tc::tmemColumn(op.operands.aAddress),
                       uint32_t(op.mma.dot.k * tc::storageBits(op.mma.dot.a) / 32)},
                      false});
  if (op.mma.isSparse)
    ranges.push_back(
        {{0xff, tc::tmemColumn(op.operands.metadata), tc::tcgen05MetadataColumns(op.mma)}, false});
  if (op.mma.scales.block != 0) {
    ranges.push_back(
        {{0xff, tc::tmemColumn(op.operands.scaleA), tc::tcgen05ScaleColumns(op.mma.rows())},
         false});
    ranges.push_back(
        {{0xff, tc::tmemColumn(op.operands.scaleB), tc::tcgen05ScaleColumns(op.mma.n)}, false});
  }
  return ranges;
}

// What is wrong with the operation's order, seen when it is issued.
void checkRaces(const TensorOperation &op, Cta &owner) {
  WarpContext &w = *op.warp;
  for (const OperandRange &operand : rangesOf(op)) {
    tensorRaceCheck(w, *op.inst, op.lane, owner, operand.range, operand.isWrite, TensorActor::Core);
    for (const TensorAccess &open : tensorOf(owner).accesses)
      if (tensorAccessMeets(open, operand.range) && (operand.isWrite || open.isStore))
        reportTensorOpen(w, *op.inst, op.lane, open, operand.isWrite);
    tensorRaceRecord(w, *op.inst, owner, operand.range, operand.isWrite, op.number);
  }
}

void issue(TensorOperation op) {
  WarpContext &w = *op.warp;
  TensorState &state = tensorOf(*w.cta);
  if (op.kind != TensorOperation::Commit) {
    op.number = ++state.issued;
    state.lastOf(w.index * 32 + op.lane) = op.number;
    if (checksRaces(w))
      for (Cta *owner : ctasOf(op))
        checkRaces(op, *owner);
  }
  if (w.cta->failed)
    return;
  if (w.worker->launch->asyncMode == kEager)
    return performOperation(op);
  state.operations.push_back(std::move(op));
  if (state.operations.size() > kMostOperations)
    performFirst(state);
  performSomeOperations(w);
}

TensorOperation operationOf(WarpContext &w, const Inst &i, unsigned lane,
                            TensorOperation::Kind kind, bool isPair = false) {
  TensorOperation op;
  op.kind = kind;
  op.warp = &w;
  op.inst = &i;
  op.lane = lane;
  op.isPair = isPair;
  return op;
}

// A pair needs its other CTA, and that it has not exited.
bool hasPeer(WarpContext &w, const Inst &i, unsigned lane) {
  Cta *peer = peerOf(*w.cta);
  if (peer != nullptr && peer->liveThreads != 0)
    return true;
  failCta(w, i, lane, "sync", "no-peer",
          peer == nullptr ? "tcgen05 with .cta_group::2 in a CTA that has no peer in its cluster"
                          : "tcgen05 with .cta_group::2 after the peer CTA has exited");
  return false;
}

bool decodeDescriptor(const TensorOperation &op, uint64_t bits, tc::MatrixDescriptor &out) {
  std::string why;
  if (tc::decodeTcgen05Descriptor(bits, &out, &why))
    return true;
  failOperation(op, "mem", "descriptor", why);
  return false;
}

// Decodes the instruction descriptor of one lane. Returns false after reporting.
bool readInstruction(const TensorMmaForm &form, TensorOperation &op) {
  const Launch &launch = *op.warp->worker->launch;
  tc::Mode mode = launch.isExact ? tc::Mode::Exact : tc::Mode::Fast;
  uint32_t bits = op.warp->reg<uint32_t>(form.instruction)[op.lane];
  std::string why;
  bool isKnown = tc::decodeInstruction(form, bits, mode, launch.sm, &op.mma, &why);
  if (!isKnown)
    failOperation(op, "mem", "descriptor", why);
  return isKnown;
}

bool readZeroColumns(const TensorMmaForm &form, TensorOperation &op) {
  std::string why;
  uint64_t bits = op.warp->reg<uint64_t>(form.zeroColumns)[op.lane];
  if (tc::decodeZeroColumns(bits, op.mma, &op.operands.zeroColumns, &why))
    return true;
  failOperation(op, "mem", "descriptor", why);
  return false;
}

// Reads the operands of one lane and checks what can be checked now. Returns false after reporting.
bool readMma(const TensorMmaForm &form, TensorOperation &op) {
  if (!readInstruction(form, op))
    return false;
  WarpContext &w = *op.warp;
  unsigned lane = op.lane;
  tc::Tcgen05Operands &operands = op.operands;
  operands.d = w.reg<uint32_t>(form.d)[lane] + form.dOffset;
  operands.aInTensorMemory = form.aInTensorMemory;
  operands.scaleInputD = form.scaleInputD;
  operands.accumulate = (((w.pred(form.enable) >> lane) & 1) != 0) != form.enableNegated;
  if (form.aInTensorMemory)
    operands.aAddress = w.reg<uint32_t>(form.a)[lane] + form.aOffset;
  else if (!decodeDescriptor(op, w.reg<uint64_t>(form.a)[lane], operands.a))
    return false;
  if (!decodeDescriptor(op, w.reg<uint64_t>(form.b)[lane], operands.b))
    return false;
  if (form.isSparse)
    operands.metadata = w.reg<uint32_t>(form.metadata)[lane] + form.metadataOffset;
  if (form.scaleBlock != 0) {
    operands.scaleA = w.reg<uint32_t>(form.scaleA)[lane] + form.scaleAOffset;
    operands.scaleB = w.reg<uint32_t>(form.scaleB)[lane] + form.scaleBOffset;
  }
  if (form.hasLanes) {
    for (int word = 0; word < (form.isPair ? 8 : 4); ++word)
      op.disabledLanes[size_t(word)] = w.reg<uint32_t>(form.lanes[word])[lane];
    operands.disableLanes = op.disabledLanes.data();
  }
  std::string why;
  if (!tc::checkTcgen05Swizzles(op.mma, operands, &why) ||
      (form.isSparse && !tc::checkSelector(op.mma, operands.metadata, &why))) {
    failOperation(op, "mem", "descriptor", why);
    return false;
  }
  return !form.hasZeroColumns || readZeroColumns(form, op);
}
} // namespace

void tcgen05Mma(WarpContext &w, const Inst &i, uint32_t mask) {
  const TensorMmaForm &form = *static_cast<const TensorMmaForm *>(i.data);
  for (uint32_t m = mask; m != 0 && !w.cta->failed; m &= m - 1) {
    TensorOperation op =
        operationOf(w, i, unsigned(__builtin_ctz(m)), TensorOperation::Mma, form.isPair);
    op.mayKeepA = form.mayKeepA;
    op.mayKeepB = form.mayKeepB;
    if ((form.isPair && !hasPeer(w, i, op.lane)) || !readMma(form, op))
      return;
    for (Cta *cta : ctasOf(op)) {
      if (!op.operands.aInTensorMemory)
        observeOperand(w, i, op.lane, *cta, tc::tcgen05OperandA(op.mma, op.operands.a));
      observeOperand(w, i, op.lane, *cta, tc::tcgen05OperandB(op.mma, op.operands));
    }
    issue(std::move(op));
  }
}

void tcgen05Copy(WarpContext &w, const Inst &i, uint32_t mask) {
  for (uint32_t m = mask; m != 0 && !w.cta->failed; m &= m - 1) {
    TensorOperation op =
        operationOf(w, i, unsigned(__builtin_ctz(m)), TensorOperation::Copy, i.n == 2);
    if (op.isPair && !hasPeer(w, i, op.lane))
      return;
    op.copy = *static_cast<const tc::TmemCopy *>(i.data);
    op.address = w.reg<uint32_t>(i.a)[op.lane] + uint32_t(i.imm);
    if (!decodeDescriptor(op, w.reg<uint64_t>(i.b)[op.lane], op.source))
      return;
    for (Cta *cta : ctasOf(op))
      observeOperand(w, i, op.lane, *cta, tc::tmemCopySource(op.copy, op.source));
    issue(std::move(op));
  }
}

void tcgen05Shift(WarpContext &w, const Inst &i, uint32_t mask) {
  for (uint32_t m = mask; m != 0 && !w.cta->failed; m &= m - 1) {
    TensorOperation op =
        operationOf(w, i, unsigned(__builtin_ctz(m)), TensorOperation::Shift, i.n == 2);
    if (op.isPair && !hasPeer(w, i, op.lane))
      return;
    op.address = w.reg<uint32_t>(i.a)[op.lane] + uint32_t(i.imm);
    issue(std::move(op));
  }
}

void tcgen05Commit(WarpContext &w, const Inst &i, uint32_t mask) {
  for (uint32_t m = mask; m != 0 && !w.cta->failed; m &= m - 1) {
    TensorOperation op = operationOf(w, i, unsigned(__builtin_ctz(m)), TensorOperation::Commit);
    uint64_t address = (i.flags & 1) ? w.reg<uint64_t>(i.a)[op.lane] + uint64_t(i.imm)
                                     : uint64_t(w.reg<uint32_t>(i.a)[op.lane] + uint32_t(i.imm));
    op.mbarrier = windowOffset(address);
    op.ranks = 1u << w.cta->rank;
    if (i.b != 0)
      op.ranks = w.reg<uint16_t>(i.b)[op.lane];
    else if (Cta *owner = ownerOf(w, address & 0xffffffffu))
      op.ranks = 1u << owner->rank;
    if (op.ranks >> w.cta->cluster->ctas.size() != 0)
      return failCta(w, i, op.lane, "mem", "cluster-rank",
                     "tcgen05.commit names CTAs that the cluster of " +
                         std::to_string(w.cta->cluster->ctas.size()) + " has not");
    op.covers = tensorOf(*w.cta).lastOf(w.index * 32 + op.lane);
    if (checksRaces(w)) {
      tensorFence(w, true); // a commit orders what it covers by itself
      op.done = raceCommit(w, uint32_t(op.covers));
    }
    issue(std::move(op));
  }
}

} // namespace azulejo::sim
