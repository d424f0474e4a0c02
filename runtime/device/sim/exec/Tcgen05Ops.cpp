// This file performs the operations of the tensor core of sm_100: tcgen05.mma, cp, shift and the
// commits that announce their completion.
//
// They are performed in the order of issue: at the wait that guarantees them (lazy), at once
// (eager), or at random points in between.
#include "exec/AsyncState.h"
#include "exec/Handlers.h"
#include "exec/TensorState.h"

namespace azulejo::sim {

namespace {
tc::SharedView sharedOf(const Cta &cta) {
  return {cta.shared, cta.warps[0].worker->launch->sharedEnd};
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
  for (size_t c = 0; c < ctas.size(); ++c) {
    if (!operands.aInTensorMemory)
      countOperand(worker, tc::tcgen05OperandA(op.mma, operands.a), op.mayKeepA);
    countOperand(worker, tc::tcgen05OperandB(op.mma, operands), op.mayKeepB);
  }
  countMacs(worker, unsigned(op.mma.dot.a),
            uint64_t(op.mma.m) * unsigned(op.mma.n) * unsigned(op.mma.dot.k));
}

// A copy or shift in one CTA: of a pair each has its own shared and tensor memory.
void performMove(const TensorOperation &op, Cta &cta) {
  tc::TensorMemory &memory = tensorOf(cta).memory;
  tc::SharedFault outside = {};
  tc::TmemFault fault =
      op.kind == TensorOperation::Shift
          ? tc::tmemShift(op.address, memory)
          : tc::tmemCopy(op.copy, op.source, op.address, sharedOf(cta), memory, &outside);
  if (outside.bytes != 0)
    failOutside(op, outside.address);
  else if (fault != tc::TmemFault::None)
    reportTensorFault(*op.warp, *op.inst, op.lane, fault, op.address);
  else if (op.kind == TensorOperation::Copy)
    countOperand(*op.warp->worker, tc::tmemCopySource(op.copy, op.source), false);
}
} // namespace

std::vector<Cta *> ctasOf(const TensorOperation &op) {
  Cta *own = op.warp->cta;
  if (!op.isPair)
    return {own};
  Cta *peer = peerOf(*own);
  return own->rank < peer->rank ? std::vector<Cta *>{own, peer} : std::vector<Cta *>{peer, own};
}

void failOperation(const TensorOperation &op, const char *check, const char *kind,
                   const std::string &message) {
  failCta(*op.warp, *op.inst, op.lane, check, kind, message);
}

void performOperation(const TensorOperation &op) {
  switch (op.kind) {
  case TensorOperation::Mma:
    return performMma(op);
  case TensorOperation::Copy:
  case TensorOperation::Shift:
    for (Cta *cta : ctasOf(op))
      if (!op.warp->cta->failed)
        performMove(op, *cta);
    return;
  case TensorOperation::Commit:
    for (auto &cta : op.warp->cta->cluster->ctas)
      if ((op.ranks >> cta->rank) & 1)
        arriveForTensor(*op.warp, *op.inst, op.lane, *cta, op.mbarrier, op.done.get());
  }
}

void performFirst(TensorState &state) {
  TensorOperation op = std::move(state.operations.front());
  state.operations.pop_front();
  performOperation(op);
}

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

} // namespace azulejo::sim
