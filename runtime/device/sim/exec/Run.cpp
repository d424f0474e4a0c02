// This file implements the scheduling of lane groups inside a warp.
//
// A warp runs its group of lowest program counter; blocks are numbered so that this makes lanes
// that took different ways meet again (see ir/Order.cpp). Groups wait at barriers and warp-wide
// operations; a group that spins lets the others run.
#include "exec/AsyncState.h"
#include "exec/Handlers.h"
#include "exec/RunState.h"
#include "exec/TensorState.h"
#include "exec/Worker.h"

#include <algorithm>

namespace azulejo::sim {

namespace {
// Taken backward branches after which a group lets other groups, and a warp other warps, run.
constexpr uint64_t kGroupQuantum = 512;
constexpr uint64_t kWarpQuantum = 1u << 16;
// The same where CTAs may wait for each other.
constexpr uint64_t kOrderedQuantum = 1u << 10;
// The same in random order, where many CTAs may be under way that wait.
constexpr uint64_t kRandomQuantum = 1u << 5;
// Blocks that a group may run after a spinning group has made way for it.
constexpr uint32_t kGrace = 256;

unsigned lanes(uint32_t mask) { return unsigned(__builtin_popcount(mask)); }

uint64_t quantumOf(const WarpContext &w) {
  if (!w.kernel->isOrdered)
    return kWarpQuantum;
  return w.worker->launch->asyncMode == kRandom ? kRandomQuantum : kOrderedQuantum;
}

class WarpRunner {
public:
  explicit WarpRunner(WarpContext &w)
      : w(w), worker(*w.worker), code(w.kernel->code.data()), quantum(quantumOf(w)) {}

  Stop run() {
    if (w.live == 0)
      return Stop::Done;
    uint32_t after = w.resumeAfter;
    w.resumeAfter = ptx::kNone;
    if (!pickGroup(w, after))
      return Stop::Blocked;
    grace = after != ptx::kNone && !w.others.empty() ? kGrace : 0;
    ++w.runs;
    for (;;) {
      if (!runBlock()) {
        if (stop != Stop::Yielded && w.live != 0 && !w.cta->failed && pickGroup(w, ptx::kNone))
          continue;
        return w.cta->failed ? Stop::Failed : (w.live == 0 ? Stop::Done : stop);
      }
    }
  }

private:
  // Parks the running group in front of instruction `pc`.
  void park(uint32_t pc, GroupState state) {
    w.current.pc = pc;
    w.current.state = state;
    w.others.push_back(w.current);
    w.current.mask = 0;
  }

  bool blocked() {
    stop = Stop::Blocked;
    return false;
  }

  // The running group goes on at `pc`. Returns false where another group has to run instead.
  bool goTo(uint32_t from, uint32_t pc) {
    w.current.pc = pc;
    if (pc <= from && !spin(pc))
      return false;
    if (w.others.empty())
      return true;
    if (grace > 0) {
      --grace;
      return true;
    }
    uint32_t lowest = ptx::kNone;
    for (const Group &g : w.others)
      if (isEligible(w, g) || (g.state == GroupState::AtWarpSync && g.pc == pc))
        lowest = std::min(lowest, g.pc);
    if (lowest > pc)
      return true;
    w.current.state = GroupState::Ready;
    w.others.push_back(w.current);
    w.current.mask = 0;
    return pickGroup(w, ptx::kNone) || blocked();
  }

  // Counts a backward branch. Long loops are no harm; a loop that waits for another lane is.
  bool spin(uint32_t pc) {
    ++w.spins;
    if (isOverLimit(pc))
      return false;
    // Other warps have their turn too where several groups of this one spin.
    if (w.spins % quantum == 0)
      return yield(pc, pc);
    if (w.spins % kGroupQuantum == 0 && !w.others.empty()) {
      w.current.state = GroupState::Ready;
      w.others.push_back(w.current);
      w.current.mask = 0;
      grace = kGrace;
      if (!pickGroup(w, pc))
        return blocked();
    }
    return true;
  }

  // Counts a branch against the launch's limit: a kernel that never ends is reported.
  bool isOverLimit(uint32_t pc) {
    uint64_t limit = worker.launch->branchLimit;
    if (++w.branches <= limit)
      return false;
    failCta(w, code[pc], 0, "sync", "branch-limit",
            "a warp has taken more than " + std::to_string(limit) +
                " branches backwards; the kernel does not seem to end");
    return true;
  }

  // Lets other warps run; then the groups behind `pc` come first.
  bool yield(uint32_t pc, uint32_t resumePc) {
    park(resumePc, GroupState::Ready);
    w.resumeAfter = pc;
    stop = Stop::Yielded;
    return false;
  }

  void countRun(const Inst &i, uint32_t mask) {
    worker.blockRuns[i.block] += 1;
    worker.blockLanes[i.block] += lanes(mask);
  }

  bool runBlock() {
    const Inst *i = code + w.current.pc;
    // A block that starts with waiting is counted when the wait is over; a group that comes back
    // from one is behind the block's first instruction.
    bool isStart = w.kernel->blocks[i->block].first == w.current.pc;
    if (isStart && (i->flow < Flow::Barrier))
      countRun(*i, w.current.mask);
    return runFrom(i);
  }

  bool runFrom(const Inst *i) {
    uint32_t mask = w.current.mask;
    for (;; ++i) {
      uint32_t m = mask;
      if (i->guard != kNoGuard) {
        uint32_t p = w.pred(i->guard);
        m &= i->guardNegated ? ~p : p;
        if (m == 0 && i->flow == Flow::None)
          continue;
      }
      if (i->flow != Flow::None)
        return endBlock(*i, mask, m);
      i->fn(w, *i, m);
    }
  }

  bool endBlock(const Inst &i, uint32_t mask, uint32_t m) {
    uint32_t pc = static_cast<uint32_t>(&i - code);
    switch (i.flow) {
    case Flow::Fall:
      return goTo(pc, i.target);
    case Flow::Branch:
      return branch(i, pc, mask, m);
    case Flow::BranchIndexed:
      return branchIndexed(i, pc, m);
    case Flow::Exit:
    case Flow::Trap:
      return exitLanes(i, pc, mask, m);
    case Flow::Barrier:
      return barrier(i, pc, mask, m);
    case Flow::WarpSync:
      return warpSync(i, pc, mask, m);
    case Flow::Wait:
      return wait(i, pc, m);
    default:
      return false;
    }
  }

  bool branch(const Inst &i, uint32_t pc, uint32_t mask, uint32_t taken) {
    uint32_t fall = static_cast<uint32_t>(i.imm);
    if (taken == mask)
      return goTo(pc, i.target);
    if (taken == 0)
      return goTo(pc, fall);
    ++worker.divergent;
    uint32_t low = std::min(i.target, fall);
    Group other = w.current;
    other.state = GroupState::Ready;
    other.pc = std::max(i.target, fall);
    other.mask = low == i.target ? mask & ~taken : taken;
    w.current.mask = mask & ~other.mask;
    w.others.push_back(other);
    return goTo(pc, low);
  }

  bool branchIndexed(const Inst &i, uint32_t pc, uint32_t mask) {
    const uint32_t *index = w.reg<uint32_t>(i.a);
    uint32_t rest = mask;
    bool isFirst = true;
    while (rest != 0) {
      unsigned lane = unsigned(__builtin_ctz(rest));
      if (index[lane] >= uint64_t(i.imm)) {
        failCta(w, i, lane, "mem", "branch-index",
                "branch index " + std::to_string(index[lane]) + " is past the list of " +
                    std::to_string(i.imm) + " targets");
        return false;
      }
      uint32_t target = i.ops[index[lane]], same = 0;
      for (uint32_t m = rest; m != 0; m &= m - 1)
        if (index[__builtin_ctz(m)] < uint64_t(i.imm) && i.ops[index[__builtin_ctz(m)]] == target)
          same |= m & (0 - m);
      Group group;
      group.pc = target;
      group.mask = same;
      rest &= ~same;
      w.others.push_back(group);
      if (!isFirst)
        ++worker.divergent;
      isFirst = false;
    }
    w.current.mask = 0;
    if (isOverLimit(pc))
      return false;
    return pickGroup(w, ptx::kNone) || blocked();
  }

  bool exitLanes(const Inst &i, uint32_t pc, uint32_t mask, uint32_t m) {
    if (i.flow == Flow::Trap && m != 0) {
      failCta(w, i, unsigned(__builtin_ctz(m)), "sync", "trap", "the kernel executed a trap");
      return false;
    }
    if (m != 0)
      lanesExit(w, m);
    if (w.cta->liveThreads == 0 && w.cta->tensor != nullptr)
      finishTensor(w, i);
    w.current.mask = mask & ~m;
    if (w.current.mask != 0)
      return goTo(pc, i.target);
    return blocked();
  }

  // A group that has let a spinning one go first may be at an aligned barrier before it: the
  // compiler of the hardware makes the warp meet there. Only where no other group can run the lanes
  // differ.
  bool othersMayCome(uint32_t pc) const {
    for (const Group &g : w.others)
      if (isEligible(w, g) ? g.pc <= pc : g.state == GroupState::AtWarpSync && g.pc == pc)
        return true;
    return false;
  }

  bool barrier(const Inst &i, uint32_t pc, uint32_t mask, uint32_t m) {
    if ((i.flags & 1) != 0 && othersMayCome(pc)) {
      w.current.syncMask = w.live;
      park(pc, GroupState::AtWarpSync);
      return pickGroup(w, ptx::kNone) || blocked();
    }
    countRun(i, mask);
    if (m == 0)
      return resume(pc + 1);
    ++worker.barriers;
    if (i.sub == kBarrierClusterArrive) {
      arriveAtCluster(w, i, m);
      return w.cta->failed ? false : resume(pc + 1);
    }
    // Lanes whose guard is false go on without waiting.
    if (m != mask) {
      Group rest = w.current;
      rest.pc = pc + 1;
      rest.mask = mask & ~m;
      w.others.push_back(rest);
      w.current.mask = m;
    }
    bool waits = i.sub != kBarrierArrive;
    bool isCluster = i.sub == kBarrierClusterWait;
    park(pc, isCluster ? GroupState::AtClusterBarrier : GroupState::AtBarrier);
    size_t slot = w.others.size() - 1;
    if (!(isCluster ? waitForCluster(w, i, w.others[slot])
                    : arriveAtBarrier(w, i, m, w.others[slot])))
      return false;
    if (!waits && slot < w.others.size() && w.others[slot].state == GroupState::AtBarrier) {
      w.others[slot].state = GroupState::Ready;
      w.others[slot].pc = pc + 1;
    }
    w.spins = 0;
    return pickGroup(w, ptx::kNone) || blocked();
  }

  // Goes on behind a waiting instruction, in the same block.
  bool resume(uint32_t pc) {
    w.current.pc = pc;
    return runFrom(code + pc);
  }

  bool warpSync(const Inst &i, uint32_t pc, uint32_t mask, uint32_t m) {
    if (m == 0) {
      countRun(i, mask);
      return resume(pc + 1);
    }
    uint32_t named = i.c != 0 ? w.reg<uint32_t>(i.c)[__builtin_ctz(m)] : 0xffffffffu;
    if (i.c != 0 && lanesNaming(w, i, m, named) != m)
      return tileSync(i, pc, mask, m);
    if ((m & ~named) != 0)
      reportMask(w, i, unsigned(__builtin_ctz(m & ~named)), named);
    if ((named & w.live & ~mask) != 0) {
      w.current.syncMask = named & w.live;
      park(pc, GroupState::AtWarpSync);
      return pickGroup(w, ptx::kNone) || blocked();
    }
    w.waitFailed = false;
    i.fn(w, i, m);
    if (w.cta->failed)
      return false;
    // tcgen05.alloc without room: it is tried again when other warps have run.
    if (w.waitFailed)
      return yield(pc, pc);
    countRun(i, mask);
    return resume(pc + 1);
  }

  // Lanes at one place that name different masks: every tile of the warp works, and waits, for
  // itself. Tiles that are complete go on; together where that is all of them.
  bool tileSync(const Inst &i, uint32_t pc, uint32_t mask, uint32_t m) {
    uint32_t done = mask & ~m, waiting = 0, awaited = 0;
    for (uint32_t rest = m; rest != 0;) {
      uint32_t named = w.reg<uint32_t>(i.c)[__builtin_ctz(rest)];
      uint32_t tile = lanesNaming(w, i, rest, named);
      rest &= ~tile;
      if ((tile & ~named) != 0)
        reportMask(w, i, unsigned(__builtin_ctz(tile & ~named)), named);
      if ((named & w.live & ~tile) != 0) {
        waiting |= tile;
        awaited |= named & w.live;
        continue;
      }
      i.fn(w, i, tile);
      if (w.cta->failed)
        return false;
      done |= tile;
    }
    if (done == mask) {
      countRun(i, mask);
      return resume(pc + 1);
    }
    // Whom the lanes wait for is here, and none has the mask that another asks for.
    if (waiting == m && (awaited & ~m) == 0) {
      failContradiction(w, i, m);
      return false;
    }
    if (done != 0) {
      countRun(i, done);
      Group rest = w.current;
      rest.pc = pc + 1;
      rest.mask = done;
      w.others.push_back(rest);
    }
    w.current.mask = waiting;
    w.current.syncMask = awaited;
    park(pc, GroupState::AtWarpSync);
    return pickGroup(w, ptx::kNone) || blocked();
  }

  // nanosleep, and waits that failed: other warps run before this one looks again.
  bool wait(const Inst &i, uint32_t pc, uint32_t m) {
    bool isRepeated = i.fn != nullptr && i.sub == kWaitAgain;
    if (!isRepeated)
      countRun(i, w.current.mask);
    w.waitFailed = i.fn == nullptr;
    if (m != 0 && i.fn != nullptr)
      i.fn(w, i, m);
    if (w.cta->failed)
      return false;
    if (isRepeated && w.waitFailed)
      return yield(pc, pc);
    if (isRepeated)
      countRun(i, w.current.mask);
    if (!w.waitFailed || m == 0)
      return resume(pc + 1);
    return yield(pc, pc + 1);
  }

  WarpContext &w;
  Worker &worker;
  const Inst *code;
  uint64_t quantum;
  Stop stop = Stop::Blocked;
  uint32_t grace = 0;
};

} // namespace

Stop runWarp(WarpContext &w) { return WarpRunner(w).run(); }

} // namespace azulejo::sim
