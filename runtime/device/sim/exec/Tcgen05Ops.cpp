// This file implements the operations of the tensor core of sm_100: tcgen05.mma, cp, shift and the
// commits that announce their completion.
//
// They are performed in the order of issue: at the wait that guarantees them (lazy), at once
// (eager), or at random points in between.
#include "exec/AsyncState.h"
#include "exec/Handlers.h"
#include "exec/TensorState.h"

namespace azulejo::sim {

namespace {
// Operations that may be under way; more are performed though nobody waits.
constexpr size_t kMostOperations = 4096;

bool checksRaces(const WarpContext &w) { return (w.worker->checks & kCheckRace) != 0; }

tc::SharedView sharedOf(const Cta &cta) {
  return {cta.shared, cta.warps[0].worker->launch->sharedEnd};
}

// The CTAs that an operation works on, the even one of a pair first.
std::vector<Cta *> ctasOf(const TensorOperation &op) {
  Cta *own = op.warp->cta;
  if (op.kind != TensorOperation::Mma || !op.mma.pair)
    return {own};
  Cta *peer = peerOf(*own);
  return own->rank < peer->rank ? std::vector<Cta *>{own, peer} : std::vector<Cta *>{peer, own};
}

void failOperation(const TensorOperation &op, const char *check, const char *kind,
                   const std::string &message) {
  failCta(*op.warp, *op.inst, op.lane, check, kind, message);
}

void failOutside(const TensorOperation &op, uint32_t address) {
  failOperation(op, "mem", "out-of-bounds",
                "the tensor core reads 16 bytes at shared address " + std::to_string(address) +
                    ", outside of shared memory");
}

void performMma(const TensorOperation &op) {
  tc::Tcgen05Operands operands = op.operands;
  if (operands.disableLanes != nullptr)
    operands.disableLanes = op.disabledLanes.data();
  tc::Tcgen05Fault fault;
  Worker &worker = *op.warp->worker;
  std::vector<tc::Tcgen05Cta> ctas;
  for (Cta *cta : ctasOf(op))
    ctas.push_back({sharedOf(*cta), &tensorOf(*cta).memory});
  bool isDone = tc::tcgen05Mma(op.mma, operands, ctas.data(), &fault);
  if (!isDone && fault.shared)
    return failOutside(op, fault.address);
  if (!isDone)
    reportTensorFault(*op.warp, *op.inst, op.lane, fault.tensorMemory, fault.address);
  countMacs(worker, unsigned(op.mma.dot.a),
            uint64_t(op.mma.m) * unsigned(op.mma.n) * unsigned(op.mma.dot.k));
}

void performOperation(const TensorOperation &op) {
  tc::TensorMemory &memory = tensorOf(*op.warp->cta).memory;
  if (op.kind == TensorOperation::Mma)
    return performMma(op);
  if (op.kind == TensorOperation::Commit) {
    for (auto &cta : op.warp->cta->cluster->ctas)
      if ((op.ranks >> cta->rank) & 1)
        arriveForTensor(*op.warp, *op.inst, op.lane, *cta, op.mbarrier, op.done.get());
    return;
  }
  tc::SharedFault outside = {};
  tc::TmemFault fault =
      op.kind == TensorOperation::Shift
          ? tc::tmemShift(op.address, memory)
          : tc::tmemCopy(op.copy, op.source, op.address, sharedOf(*op.warp->cta), memory, &outside);
  if (outside.bytes != 0)
    return failOutside(op, outside.address);
  if (fault != tc::TmemFault::None)
    reportTensorFault(*op.warp, *op.inst, op.lane, fault, op.address);
}

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
  if (op.mma.scales.block != 0) {
    ranges.push_back(
        {{0xff, tc::tmemColumn(op.operands.scaleA), tc::tcgen05ScaleColumns(op.mma.m)}, false});
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

void performFirst(TensorState &state) {
  TensorOperation op = std::move(state.operations.front());
  state.operations.pop_front();
  performOperation(op);
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
                            TensorOperation::Kind kind) {
  TensorOperation op;
  op.kind = kind;
  op.warp = &w;
  op.inst = &i;
  op.lane = lane;
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

// Reads the operands of one lane and checks what can be checked now. Returns false after reporting.
bool readMma(const TensorMmaForm &form, TensorOperation &op) {
  WarpContext &w = *op.warp;
  unsigned lane = op.lane;
  const Launch &launch = *w.worker->launch;
  std::string why;
  tc::Mode mode = launch.isExact ? tc::Mode::Exact : tc::Mode::Fast;
  uint32_t bits = w.reg<uint32_t>(form.instruction)[lane];
  bool isKnown = form.scaleBlock != 0
                     ? tc::decodeScaledInstruction(form.kind, form.scaleBlock, bits,
                                                   form.aInTensorMemory, launch.sm, &op.mma, &why)
                     : tc::decodeInstruction(form.kind, bits, form.aInTensorMemory, mode, launch.sm,
                                             &op.mma, &why, form.isWeightStationary, form.isPair);
  if (!isKnown) {
    failOperation(op, "mem", "descriptor", why);
    return false;
  }
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
  if (form.scaleBlock != 0) {
    operands.scaleA = w.reg<uint32_t>(form.scaleA)[lane] + form.scaleAOffset;
    operands.scaleB = w.reg<uint32_t>(form.scaleB)[lane] + form.scaleBOffset;
  }
  if (form.hasLanes) {
    for (int word = 0; word < (form.isPair ? 8 : 4); ++word)
      op.disabledLanes[size_t(word)] = w.reg<uint32_t>(form.lanes[word])[lane];
    operands.disableLanes = op.disabledLanes.data();
  }
  if (!tc::checkTcgen05Swizzles(op.mma, operands, &why)) {
    failOperation(op, "mem", "descriptor", why);
    return false;
  }
  return true;
}
} // namespace

TensorState &tensorOf(Cta &cta) {
  if (cta.tensor == nullptr)
    cta.tensor = std::make_shared<TensorState>();
  return *cta.tensor;
}

void reportTensorFault(WarpContext &w, const Inst &i, unsigned lane, tc::TmemFault fault,
                       uint32_t address) {
  char place[16];
  snprintf(place, sizeof(place), "0x%08x", address);
  std::string message = std::string(tc::describe(fault)) + " (tensor memory address " + place + ")";
  if (fault != tc::TmemFault::Uninitialised)
    return failCta(w, i, lane, "mem", "tensor-memory", message);
  if (!(w.worker->checks & kCheckInit) ||
      w.worker->findings.countAgain("init", "uninitialised", i.id, 0, w.cta->linear))
    return;
  Finding finding = makeFinding(w, i, lane, "init", "uninitialised");
  finding.sites[0].access = "read";
  finding.message = message;
  finding.address = address;
  report(w, i, std::move(finding));
}

namespace {
// All operations before the ones that the commit covers come first: the tensor core works in order.
void performThrough(Cta &cta, size_t at) {
  std::deque<TensorOperation> &operations = tensorOf(cta).operations;
  TensorOperation commit = std::move(operations[at]);
  operations.erase(operations.begin() + long(at));
  for (size_t o = 0; o < operations.size() && !cta.failed;) {
    if (operations[o].kind == TensorOperation::Commit || operations[o].number > commit.covers) {
      ++o;
      continue;
    }
    TensorOperation op = std::move(operations[o]);
    operations.erase(operations.begin() + long(o));
    performOperation(op);
  }
  if (!cta.failed)
    performOperation(commit);
}
} // namespace

bool performCommit(Cta &cta, uint32_t mbarrier) {
  for (auto &owner : cta.cluster->ctas) {
    if (owner->tensor == nullptr)
      continue;
    const std::deque<TensorOperation> &operations = owner->tensor->operations;
    for (size_t at = 0; at < operations.size(); ++at)
      if (operations[at].kind == TensorOperation::Commit && operations[at].mbarrier == mbarrier &&
          ((operations[at].ranks >> cta.rank) & 1) != 0) {
        performThrough(*owner, at);
        cta.failed |= owner->failed;
        return true;
      }
  }
  return false;
}

Cta *peerOf(const Cta &cta) {
  auto &ctas = cta.cluster->ctas;
  return (cta.rank ^ 1) < ctas.size() ? ctas[cta.rank ^ 1].get() : nullptr;
}

void performSomeOperations(WarpContext &w) {
  TensorState &state = tensorOf(*w.cta);
  if (w.worker->launch->asyncMode != kRandom || state.operations.empty() || drawRandom(w) % 3 != 0)
    return;
  for (uint64_t n = 1 + drawRandom(w) % state.operations.size(); n != 0 && !w.cta->failed; --n)
    performFirst(state);
}

void finishTensor(WarpContext &w, const Inst &i) {
  uint32_t columns = w.cta->tensor->memory.allocatedColumns();
  if (columns == 0)
    return;
  Finding finding = makeFinding(w, i, 0, "mem", "tensor-memory-leak");
  finding.message = "the CTA ends with " + std::to_string(columns) +
                    " columns of tensor memory that no tcgen05.dealloc has given back";
  report(w, i, std::move(finding));
}

void tcgen05Mma(WarpContext &w, const Inst &i, uint32_t mask) {
  const TensorMmaForm &form = *static_cast<const TensorMmaForm *>(i.data);
  for (uint32_t m = mask; m != 0 && !w.cta->failed; m &= m - 1) {
    TensorOperation op = operationOf(w, i, unsigned(__builtin_ctz(m)), TensorOperation::Mma);
    if ((form.isPair && !hasPeer(w, i, op.lane)) || !readMma(form, op))
      return;
    for (Cta *cta : ctasOf(op)) {
      if (!op.operands.aInTensorMemory)
        observeOperand(w, i, op.lane, *cta, tc::tcgen05OperandA(op.mma, op.operands.a));
      observeOperand(w, i, op.lane, *cta, tc::tcgen05OperandB(op.mma, op.operands.b));
    }
    issue(std::move(op));
  }
}

void tcgen05Copy(WarpContext &w, const Inst &i, uint32_t mask) {
  for (uint32_t m = mask; m != 0 && !w.cta->failed; m &= m - 1) {
    TensorOperation op = operationOf(w, i, unsigned(__builtin_ctz(m)), TensorOperation::Copy);
    op.copy = *static_cast<const tc::TmemCopy *>(i.data);
    op.address = w.reg<uint32_t>(i.a)[op.lane] + uint32_t(i.imm);
    if (!decodeDescriptor(op, w.reg<uint64_t>(i.b)[op.lane], op.source))
      return;
    observeOperand(w, i, op.lane, *w.cta, tc::tmemCopySource(op.copy, op.source));
    issue(std::move(op));
  }
}

void tcgen05Shift(WarpContext &w, const Inst &i, uint32_t mask) {
  for (uint32_t m = mask; m != 0 && !w.cta->failed; m &= m - 1) {
    TensorOperation op = operationOf(w, i, unsigned(__builtin_ctz(m)), TensorOperation::Shift);
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
