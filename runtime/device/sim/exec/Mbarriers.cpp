// This file implements the mbarrier instructions.
#include "exec/AsyncState.h"
#include "exec/Handlers.h"
#include "exec/TensorState.h"

#include <cstdio>

namespace azulejo::sim {

using async::MbarrierFault;

CtaAsync &asyncOf(Cta &cta) {
  if (cta.async == nullptr)
    cta.async = std::make_shared<CtaAsync>();
  return *cta.async;
}

WarpAsync &asyncOf(WarpContext &w) {
  if (w.async == nullptr)
    w.async = std::make_shared<WarpAsync>();
  return *w.async;
}

namespace {
uint32_t addressOf(WarpContext &w, const Inst &i, unsigned lane) {
  uint64_t address = (i.flags & 1) ? w.reg<uint64_t>(i.a)[lane] + uint64_t(i.imm)
                                   : w.reg<uint32_t>(i.a)[lane] + uint32_t(i.imm);
  return uint32_t(address) & ((1u << kRankShift) - 1);
}

bool isInside(WarpContext &w, uint32_t address) {
  for (const SharedVariable &variable : w.worker->launch->shared)
    if (variable.bytes >= async::kMbarrierBytes && address >= variable.offset &&
        address - variable.offset <= variable.bytes - async::kMbarrierBytes)
      return true;
  return false;
}

void reportFault(WarpContext &w, const Inst &i, unsigned lane, uint32_t address, const char *why) {
  Finding finding = makeFinding(w, i, lane, "sync", "mbarrier");
  char place[16];
  snprintf(place, sizeof(place), "0x%x", address);
  finding.message = std::string(why) + " (shared address " + place + ")";
  finding.address = address;
  report(w, i, std::move(finding));
  w.cta->failed = true;
}

MbarrierFault perform(WarpContext &w, const Inst &i, unsigned lane, uint32_t address,
                      uint64_t *token) {
  async::MbarrierTable &table = asyncOf(*w.cta).mbarriers;
  uint32_t operand = i.b != 0 ? w.reg<uint32_t>(i.b)[lane] : 1;
  switch (i.sub) {
  case kMbarInit:
    return table.init(address, operand);
  case kMbarInval:
    return table.invalidate(address);
  case kMbarExpectTx:
    return table.expectTx(address, operand);
  case kMbarCompleteTx:
    return table.completeTx(address, operand);
  case kMbarArrive:
    return table.arrive(address, operand, token);
  case kMbarArriveExpectTx:
    return table.arriveExpectTx(address, operand, token);
  case kMbarArriveNoComplete:
    return table.arriveNoComplete(address, operand, token);
  default:
    return table.arriveDrop(address, operand, token);
  }
}

// Completed phases of an mbarrier.
uint64_t phaseOf(Cta &cta, uint32_t address) {
  const async::Mbarrier *object = asyncOf(cta).mbarriers.find(address);
  return object != nullptr ? object->phase : 0;
}

// Tells the race check of an operation, and whether it has completed the phase.
void bookUpdate(WarpContext &w, const Inst &i, unsigned lane, uint32_t lanes, uint32_t address) {
  if (!(w.worker->checks & kCheckRace))
    return;
  if (i.sub == kMbarInit)
    return raceMbarrierInit(w, i, lane, *w.cta, address);
  raceMbarrierUse(w, i, lane, *w.cta, address);
  if (i.sub >= kMbarArrive)
    raceMbarrierArrive(w, *w.cta, address, lanes);
}

void bookPhase(Cta &cta, uint32_t address, uint64_t before) {
  if (cta.race != nullptr && phaseOf(cta, address) > before)
    raceMbarrierPhase(cta, address);
}
} // namespace

void mbarrierUpdate(WarpContext &w, const Inst &i, uint32_t mask) {
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    uint32_t address = addressOf(w, i, lane);
    if (!isInside(w, address))
      return reportFault(w, i, lane, address, "mbarrier outside any shared variable");
    uint64_t before = phaseOf(*w.cta, address);
    bookUpdate(w, i, lane, mask, address);
    uint64_t token = 0;
    MbarrierFault fault = perform(w, i, lane, address, &token);
    if (fault != MbarrierFault::None)
      return reportFault(w, i, lane, address, async::describe(fault));
    bookPhase(*w.cta, address, before);
    if (i.d != 0)
      w.reg<uint64_t>(i.d)[lane] = token;
    ++w.cta->progress;
  }
}

// Loads and operations of the tensor core that the phase waits for appear here in the lazy mode:
// the wait is what guarantees them.
void mbarrierWait(WarpContext &w, const Inst &i, uint32_t mask) {
  CtaAsync &state = asyncOf(*w.cta);
  if (w.cta->tensor != nullptr)
    performSomeOperations(w);
  uint32_t passed = 0;
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    uint32_t address = addressOf(w, i, lane);
    bool done = false;
    auto test = [&] {
      return i.sub != 0 ? state.mbarriers.testParity(address, w.reg<uint32_t>(i.b)[lane] & 1, &done)
                        : state.mbarriers.testWait(address, w.reg<uint64_t>(i.b)[lane], &done);
    };
    MbarrierFault fault = test();
    if (fault == MbarrierFault::None && !done && !state.loads.empty()) {
      performLoads(*w.cta, address);
      if (w.cta->failed)
        return;
      fault = test();
    }
    while (fault == MbarrierFault::None && !done && performCommit(*w.cta, address)) {
      if (w.cta->failed)
        return;
      fault = test();
    }
    if (fault != MbarrierFault::None)
      return reportFault(w, i, lane, address, async::describe(fault));
    if (w.worker->checks & kCheckRace) {
      raceMbarrierUse(w, i, lane, *w.cta, address);
      if (done)
        raceMbarrierWait(w, *w.cta, address);
    }
    passed |= uint32_t(done) << lane;
  }
  uint32_t &p = w.pred(i.d);
  p = (p & ~mask) | passed;
  w.waitFailed = passed != mask;
}

void arriveForCopies(WarpContext &w, const Inst &i, uint32_t mask) {
  // The arrival happens when the lane's copies are done: they are performed now, as the engine may.
  performCopies(w, mask);
  async::MbarrierTable &table = asyncOf(*w.cta).mbarriers;
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    uint32_t address = addressOf(w, i, lane);
    if (!isInside(w, address))
      return reportFault(w, i, lane, address, "mbarrier outside any shared variable");
    uint64_t before = phaseOf(*w.cta, address);
    if (w.worker->checks & kCheckRace) {
      raceMbarrierUse(w, i, lane, *w.cta, address);
      raceCopyArrive(w, *w.cta, address);
    }
    // Without .noinc the arrival is counted extra, so that the expected count stays what it was.
    MbarrierFault fault = i.sub == 0 ? table.addPending(address) : MbarrierFault::None;
    if (fault == MbarrierFault::None)
      fault = table.arrive(address, 1, nullptr);
    if (fault != MbarrierFault::None)
      return reportFault(w, i, lane, address, async::describe(fault));
    bookPhase(*w.cta, address, before);
    ++w.cta->progress;
  }
}

void completeBytes(WarpContext &w, const Inst &i, unsigned lane, uint32_t mbarrier,
                   uint32_t bytes) {
  uint64_t before = phaseOf(*w.cta, mbarrier);
  MbarrierFault fault = asyncOf(*w.cta).mbarriers.completeTx(mbarrier, bytes);
  if (fault != MbarrierFault::None)
    reportFault(w, i, lane, mbarrier, async::describe(fault));
  bookPhase(*w.cta, mbarrier, before);
  ++w.cta->progress;
}

void arriveForTensor(WarpContext &w, const Inst &i, unsigned lane, Cta &owner, uint32_t mbarrier,
                     const RaceView *done) {
  uint64_t before = phaseOf(owner, mbarrier);
  if (done != nullptr)
    raceCommitArrive(owner, mbarrier, *done);
  MbarrierFault fault = asyncOf(owner).mbarriers.arrive(mbarrier, 1, nullptr);
  if (fault != MbarrierFault::None)
    reportFault(w, i, lane, mbarrier, async::describe(fault));
  bookPhase(owner, mbarrier, before);
  ++owner.progress;
}

} // namespace azulejo::sim
