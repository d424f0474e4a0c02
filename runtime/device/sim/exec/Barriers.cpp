// This file implements CTA barriers and the end of lanes.
#include "exec/AsyncState.h"
#include "exec/RunState.h"

#include <algorithm>

namespace azulejo::sim {

namespace {
unsigned countLanes(uint32_t mask) { return unsigned(__builtin_popcount(mask)); }

enum Reduction : uint8_t { kRedNone, kRedPopc, kRedAnd, kRedOr };

void deliver(WarpContext &w, const Group &group, const Barrier &barrier) {
  const Inst &i = w.kernel->code[group.pc];
  if (i.n == kRedNone)
    return;
  if (i.n == kRedPopc) {
    for (uint32_t m = group.mask; m != 0; m &= m - 1)
      w.reg<uint32_t>(i.d)[__builtin_ctz(m)] = barrier.redCount;
    return;
  }
  bool holds = i.n == kRedAnd ? barrier.redAnd : barrier.redOr;
  uint32_t &d = w.pred(i.d);
  d = (d & ~group.mask) | (holds ? group.mask : 0);
}

void release(Cta &cta, unsigned id) {
  Barrier &barrier = cta.barriers[id];
  if (cta.race != nullptr)
    raceBarrierPass(cta, id, barrier.isWholeCta);
  for (WarpContext &w : cta.warps)
    for (Group &group : w.others)
      if (group.state == GroupState::AtBarrier && group.barrier == id) {
        deliver(w, group, barrier);
        if (w.worker->checks & kCheckRace)
          raceBarrierLeave(w, id);
        group.state = GroupState::Ready;
        group.pc += 1;
      }
  barrier = Barrier();
  if (cta.race != nullptr)
    raceBarrierReset(cta, id);
}

bool isComplete(const Cta &cta, const Barrier &barrier) {
  return barrier.arrived != 0 &&
         barrier.arrived >= (barrier.isWholeCta ? cta.liveThreads : barrier.expected);
}

bool failBarrier(WarpContext &w, const Inst &i, uint32_t lanes, const char *kind,
                 const std::string &message) {
  failCta(w, i, unsigned(__builtin_ctz(lanes)), "sync", kind, message);
  return false;
}
} // namespace

bool arriveAtBarrier(WarpContext &w, const Inst &i, uint32_t lanes, Group &group) {
  Cta &cta = *w.cta;
  unsigned first = unsigned(__builtin_ctz(lanes));
  bool isAligned = i.flags & 1, hasCount = i.flags & 2;
  uint32_t id = w.reg<uint32_t>(i.a)[first];
  uint32_t expected = hasCount ? w.reg<uint32_t>(i.b)[first] : cta.liveThreads;
  if (id >= 16)
    return failBarrier(w, i, lanes, "barrier-number",
                       "barrier number must be in 0..15, got " + std::to_string(id));
  if (hasCount && (expected == 0 || expected % 32 != 0))
    return failBarrier(w, i, lanes, "barrier-count",
                       "a barrier's thread count must be a positive multiple of 32, got " +
                           std::to_string(expected));
  if (isAligned && lanes != w.live && (w.worker->checks & kCheckSync)) {
    Finding finding = makeFinding(w, i, first, "sync", "divergent-barrier");
    finding.message = "an aligned barrier is executed by " + std::to_string(countLanes(lanes)) +
                      " of the " + std::to_string(countLanes(w.live)) +
                      " threads of the warp; all must execute it together";
    report(w, i, std::move(finding));
  }
  ++cta.progress;
  Barrier &barrier = cta.barriers[id];
  if (barrier.arrived == 0) {
    barrier.expected = expected;
    barrier.isWholeCta = !hasCount;
  } else if (barrier.isWholeCta == hasCount || (hasCount && barrier.expected != expected)) {
    return failBarrier(w, i, lanes, "barrier-mismatch",
                       "barrier " + std::to_string(id) + " is used with " +
                           std::to_string(expected) + " threads while others wait for " +
                           std::to_string(barrier.expected));
  }
  // With a count, a warp counts as 32 threads however many of its lanes exist.
  barrier.arrived += hasCount && lanes == w.live ? 32 : countLanes(lanes);
  if (i.n != kRedNone) {
    uint32_t p = w.pred(i.ops[0]);
    p = ((i.flags & 4) ? ~p : p) & lanes;
    barrier.redCount += countLanes(p);
    barrier.redAnd &= p == lanes;
    barrier.redOr |= p != 0;
  }
  if (w.worker->checks & kCheckRace)
    raceBarrierArrive(w, id);
  group.barrier = static_cast<uint8_t>(id);
  if (hasCount && barrier.arrived > barrier.expected)
    return failBarrier(w, i, lanes, "barrier-overflow",
                       "more than " + std::to_string(barrier.expected) +
                           " threads arrive at barrier " + std::to_string(id));
  if (isComplete(cta, barrier))
    release(cta, id);
  return true;
}

void lanesExit(WarpContext &w, uint32_t lanes) {
  Cta &cta = *w.cta;
  if (w.worker->checks & kCheckRace)
    raceExit(w);
  w.live &= ~lanes;
  ++cta.progress;
  cta.liveThreads -= countLanes(lanes);
  for (unsigned id = 0; id < 16; ++id)
    if (cta.barriers[id].isWholeCta && isComplete(cta, cta.barriers[id]))
      release(cta, id);
  clusterLanesExit(w);
  if (cta.liveThreads != 0)
    return;
  finishRegisters(w);
  endAsync(cta);
  if (w.worker->checks & kCheckRace)
    raceCtaExit(w);
}

} // namespace azulejo::sim
