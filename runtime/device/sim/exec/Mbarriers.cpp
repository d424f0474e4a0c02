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
void reportFault(WarpContext &w, const Inst &i, unsigned lane, uint64_t address, const char *why) {
  Finding finding = makeFinding(w, i, lane, "sync", "mbarrier");
  char place[24];
  snprintf(place, sizeof(place), "0x%llx", static_cast<unsigned long long>(address));
  finding.message = std::string(why) + " (shared address " + place + ")";
  finding.address = address;
  report(w, i, std::move(finding));
  w.cta->failed = true;
}

bool isInside(WarpContext &w, uint32_t offset) {
  for (const SharedVariable &variable : w.worker->launch->shared)
    if (variable.bytes >= async::kMbarrierBytes && offset >= variable.offset &&
        offset - variable.offset <= variable.bytes - async::kMbarrierBytes)
      return true;
  return false;
}

// An mbarrier and the CTA that has it.
struct Place {
  Cta *owner = nullptr;
  uint32_t offset = 0;
  bool isOwn(const WarpContext &w) const { return owner == w.cta; }
};

// Reads the address. Returns false after reporting.
bool locate(WarpContext &w, const Inst &i, unsigned lane, Place &place) {
  uint64_t address = (i.flags & kMbarWide) ? w.reg<uint64_t>(i.a)[lane] + uint64_t(i.imm)
                                           : w.reg<uint32_t>(i.a)[lane] + uint32_t(i.imm);
  bool isShared = !(i.flags & kMbarGeneric) || address >> 56 << 56 == kSharedWindow;
  address -= (i.flags & kMbarGeneric) && isShared ? kSharedWindow : 0;
  place.owner = isShared ? ownerOf(w, address) : nullptr;
  place.offset = windowOffset(address);
  const char *fault = nullptr;
  if (place.owner == nullptr || !isInside(w, place.offset))
    fault = "mbarrier outside any shared variable";
  else if (!place.isOwn(w) && !(i.flags & (kMbarGeneric | kMbarCluster)))
    fault = "the mbarrier of another block needs .shared::cluster";
  else if (place.owner->liveThreads == 0)
    fault = "the mbarrier is of a block of the cluster that has exited";
  if (fault != nullptr)
    reportFault(w, i, lane, address, fault);
  return fault == nullptr;
}

MbarrierFault perform(WarpContext &w, const Inst &i, unsigned lane, const Place &place,
                      uint64_t *token) {
  async::MbarrierTable &table = asyncOf(*place.owner).mbarriers;
  uint32_t address = place.offset, operand = i.b != 0 ? w.reg<uint32_t>(i.b)[lane] : 1;
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
  case kMbarArriveDropExpectTx:
    return table.arriveDropExpectTx(address, operand, token);
  case kMbarArriveDropNoComplete:
    return table.arriveDropNoComplete(address, operand, token);
  default:
    return table.arriveDrop(address, operand, token);
  }
}

// Completed phases of an mbarrier.
uint64_t phaseOf(Cta &cta, uint32_t offset) {
  const async::Mbarrier *object = asyncOf(cta).mbarriers.find(offset);
  return object != nullptr ? object->phase : 0;
}

// Tells the race check of an operation, and whether it has completed the phase.
void bookUpdate(WarpContext &w, const Inst &i, unsigned lane, uint32_t lanes, const Place &place) {
  if (!(w.worker->checks & kCheckRace))
    return;
  if (i.sub == kMbarInit)
    return raceMbarrierInit(w, i, lane, *place.owner, place.offset);
  raceMbarrierUse(w, i, lane, *place.owner, place.offset);
  if (i.sub >= kMbarArrive && !(i.flags & kMbarRelaxed))
    raceMbarrierArrive(w, *place.owner, place.offset, lanes);
}

void bookPhase(Cta &cta, uint32_t offset, uint64_t before) {
  if (cta.race != nullptr && phaseOf(cta, offset) > before)
    raceMbarrierPhase(cta, offset);
}

// What may not be done to the mbarrier of another CTA; null if it may.
const char *remoteFault(const Inst &i) {
  if (i.sub == kMbarInit || i.sub == kMbarInval)
    return "only its own block may initialise or invalidate an mbarrier";
  if (i.d != 0)
    return "an arrival at the mbarrier of another block gives no state, its result must be '_'";
  return nullptr;
}
} // namespace

void mbarrierUpdate(WarpContext &w, const Inst &i, uint32_t mask) {
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    Place place;
    if (!locate(w, i, lane, place))
      return;
    if (const char *fault = place.isOwn(w) ? nullptr : remoteFault(i))
      return reportFault(w, i, lane, place.offset, fault);
    uint64_t before = phaseOf(*place.owner, place.offset), token = 0;
    bookUpdate(w, i, lane, mask, place);
    MbarrierFault fault = perform(w, i, lane, place, &token);
    if (fault != MbarrierFault::None)
      return reportFault(w, i, lane, place.offset, async::describe(fault));
    bookPhase(*place.owner, place.offset, before);
    if (i.d != 0)
      w.reg<uint64_t>(i.d)[lane] = token;
    ++place.owner->progress;
  }
}

namespace {
// A wait that passes shows the block what came in the phases before.
void seeRefusals(CtaAsync &state, uint32_t mbarrier, uint64_t phase) {
  for (const auto &[at, when] : state.refusals)
    state.hasSeenRefusal |= at == mbarrier && when < phase;
}
} // namespace

// Operations that the phase waits for happen here in the lazy order: the wait is what guarantees
// them.
void mbarrierWait(WarpContext &w, const Inst &i, uint32_t mask) {
  async::MbarrierTable &table = asyncOf(*w.cta).mbarriers;
  if (w.cta->tensor != nullptr)
    performSomeOperations(w);
  // Who has asked to cancel a cluster lets the others run before anything more arrives.
  bool delivers = !w.worker->handsOver;
  uint32_t passed = 0;
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    Place place;
    if (!locate(w, i, lane, place))
      return;
    if (!place.isOwn(w))
      return reportFault(w, i, lane, place.offset, "a block can only wait for its own mbarriers");
    bool done = false;
    auto test = [&] {
      return i.sub != 0 ? table.testParity(place.offset, w.reg<uint32_t>(i.b)[lane] & 1, &done)
                        : table.testWait(place.offset, w.reg<uint64_t>(i.b)[lane], &done);
    };
    MbarrierFault fault = test();
    if (delivers && fault == MbarrierFault::None && !done) {
      deliverTo(w, *w.cta, place.offset);
      if (w.cta->failed)
        return;
      fault = test();
    }
    while (delivers && fault == MbarrierFault::None && !done &&
           performCommit(*w.cta, place.offset)) {
      if (w.cta->failed)
        return;
      fault = test();
    }
    if (fault != MbarrierFault::None)
      return reportFault(w, i, lane, place.offset, async::describe(fault));
    if (w.worker->checks & kCheckRace) {
      raceMbarrierUse(w, i, lane, *w.cta, place.offset);
      if (done && !(i.flags & kMbarRelaxed))
        raceMbarrierWait(w, *w.cta, place.offset);
    }
    if (done && !asyncOf(*w.cta).refusals.empty())
      seeRefusals(asyncOf(*w.cta), place.offset, phaseOf(*w.cta, place.offset));
    passed |= uint32_t(done) << lane;
  }
  uint32_t &p = w.pred(i.d);
  p = (p & ~mask) | passed;
  w.waitFailed = passed != mask;
}

void mbarrierPendingCount(WarpContext &w, const Inst &i, uint32_t mask) {
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    w.reg<uint32_t>(i.d)[lane] = async::pendingCount(w.reg<uint64_t>(i.a)[lane]);
  }
}

bool startArrival(PendingArrival &arrival) {
  WarpContext &w = *arrival.warp;
  const Inst &i = *arrival.inst;
  Place place;
  if (!locate(w, i, arrival.lane, place))
    return false;
  arrival.mbarrier = place.offset;
  async::MbarrierTable &table = asyncOf(*w.cta).mbarriers;
  MbarrierFault fault = place.isOwn(w) && table.find(place.offset) != nullptr
                            ? MbarrierFault::None
                            : MbarrierFault::NotInitialised;
  if (fault == MbarrierFault::None && i.sub == 0)
    fault = table.addPending(place.offset);
  if (fault != MbarrierFault::None) {
    reportFault(w, i, arrival.lane, place.offset, async::describe(fault));
    return false;
  }
  // The phase cannot end before this arrival: what it orders may be told now.
  if (w.worker->checks & kCheckRace) {
    raceMbarrierUse(w, i, arrival.lane, *w.cta, place.offset);
    raceCopyArrive(w, *w.cta, place.offset);
  }
  return true;
}

namespace {
// What an engine has done to an mbarrier: reports a fault, and tells of the end of the phase.
void finishSignal(WarpContext &w, const Inst &i, unsigned lane, Cta &owner, uint32_t mbarrier,
                  MbarrierFault fault, uint64_t before) {
  if (fault != MbarrierFault::None) {
    reportFault(w, i, lane, mbarrier, async::describe(fault));
    owner.failed = true;
  }
  bookPhase(owner, mbarrier, before);
  ++owner.progress;
}
} // namespace

void signalArrival(Cta &cta, const PendingArrival &arrival) {
  uint64_t before = phaseOf(cta, arrival.mbarrier);
  MbarrierFault fault = asyncOf(cta).mbarriers.arrive(arrival.mbarrier, 1, nullptr);
  finishSignal(*arrival.warp, *arrival.inst, arrival.lane, cta, arrival.mbarrier, fault, before);
}

void signalBytes(const BulkCopy &copy) {
  Cta &owner = *copy.signalled;
  uint64_t before = phaseOf(owner, copy.mbarrier);
  MbarrierFault fault = asyncOf(owner).mbarriers.completeTx(copy.mbarrier, copy.bytes);
  finishSignal(*copy.warp, *copy.inst, copy.lane, owner, copy.mbarrier, fault, before);
}

void arriveForTensor(WarpContext &w, const Inst &i, unsigned lane, Cta &owner, uint32_t mbarrier,
                     const RaceView *done) {
  uint64_t before = phaseOf(owner, mbarrier);
  if (done != nullptr)
    raceCommitArrive(owner, mbarrier, *done);
  MbarrierFault fault = asyncOf(owner).mbarriers.arrive(mbarrier, 1, nullptr);
  finishSignal(w, i, lane, owner, mbarrier, fault, before);
}

} // namespace azulejo::sim
