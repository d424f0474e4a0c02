// This file implements cp.async and its groups.
//
// Data appear when the mode says so: at the wait that guarantees them (lazy), at once (eager), or
// at random points between. A program that is right in one order only is wrong.
#include "exec/Handlers.h"
#include "exec/Worker.h"

#include <algorithm>
#include <cstring>

namespace azulejo::sim {

// A hash of the seed and a count: the same order for the same seed on any machine.
uint64_t drawRandom(WarpContext &w) {
  uint64_t x = w.worker->launch->seed +
               0x9e3779b97f4a7c15u * (++w.draws + w.cta->linear * 1021 + w.index * 131);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

namespace {
enum AsyncModeValue : unsigned { kLazy, kEager, kRandom };

CopyQueue &queueOf(WarpContext &w) {
  if (w.copies == nullptr)
    w.copies = std::make_unique<CopyQueue>();
  return *w.copies;
}

// Performs the copy for `lanes`.
void perform(WarpContext &w, PendingCopy &copy, uint32_t lanes) {
  const Inst &i = *copy.inst;
  for (uint32_t m = lanes; m != 0; m &= m - 1) {
    unsigned l = unsigned(__builtin_ctz(m));
    uint8_t *to = w.shared + copy.target[l];
    unsigned bytes = copy.sourceBytes[l];
    std::memcpy(to, reinterpret_cast<const void *>(copy.source[l]), bytes);
    std::memset(to + bytes, 0, i.n - bytes);
  }
  // The race check tells the copy's issue from its end; the other observers see it here.
  bool checksRaces = w.worker->checks & kCheckRace;
  if (checksRaces)
    raceCopyDone(w, i, lanes, copy.target, i.n);
  w.worker->checks &= ~uint32_t{kCheckRace};
  observeShared(w, i, lanes, copy.target, i.n, Access::Store, false);
  w.worker->checks |= checksRaces ? uint32_t{kCheckRace} : 0;
  copy.mask &= ~lanes;
}

void dropDone(CopyQueue &queue) {
  queue.pending.erase(std::remove_if(queue.pending.begin(), queue.pending.end(),
                                     [](const PendingCopy &copy) { return copy.mask == 0; }),
                      queue.pending.end());
}

void performSome(WarpContext &w, CopyQueue &queue) {
  for (PendingCopy &copy : queue.pending)
    if (drawRandom(w) % 3 == 0)
      perform(w, copy, copy.mask);
  dropDone(queue);
}
} // namespace

void copyIssue(WarpContext &w, const Inst &i, uint32_t mask) {
  CopyQueue &queue = queueOf(w);
  PendingCopy copy;
  copy.inst = &i;
  uint32_t readers = 0;
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned l = unsigned(__builtin_ctz(m));
    copy.target[l] = (i.flags & 1) ? w.reg<uint64_t>(i.a)[l] + uint64_t(i.imm)
                                   : uint32_t(w.reg<uint32_t>(i.a)[l] + uint32_t(i.imm));
    copy.source[l] = w.reg<uint64_t>(i.b)[l] + uint64_t(int64_t(int32_t(i.target)));
    uint32_t bytes = i.n;
    if (i.flags & 2) {
      bool ignores = ((w.pred(i.ops[0]) >> l) & 1) != ((i.flags & 4) ? 1u : 0u);
      bytes = ignores ? 0 : i.n;
    } else if (i.ops[0] != 0) {
      bytes = std::min<uint32_t>(w.reg<uint32_t>(i.ops[0])[l], i.n);
    }
    copy.sourceBytes[l] = uint8_t(bytes);
    copy.group[l] = queue.committed[l];
    readers |= bytes != 0 ? 1u << l : 0;
  }
  uint32_t ok = checkShared(w, i, mask, copy.target, i.n, Access::Store);
  // A source of which nothing is read may lie anywhere; one read in part is checked for that part.
  Inst from = i;
  from.mem = i.mem + 1;
  uint32_t whole = 0;
  for (uint32_t m = readers; m != 0; m &= m - 1)
    whole |= copy.sourceBytes[__builtin_ctz(m)] == i.n ? m & (0 - m) : 0;
  uint32_t good = whole != 0 ? checkGlobal(w, from, whole, copy.source, i.n, Access::Load) : 0;
  if (good != 0)
    observeGlobal(w, from, good, copy.source, i.n, Access::Load, false);
  for (uint32_t m = readers & ~whole; m != 0; m &= m - 1) {
    uint32_t lane = m & (0 - m);
    unsigned bytes = copy.sourceBytes[__builtin_ctz(m)];
    bool allOk = true;
    for (unsigned byte = 0; byte < bytes && allOk; ++byte) {
      uint64_t at[32];
      at[__builtin_ctz(m)] = copy.source[__builtin_ctz(m)] + byte;
      allOk = checkGlobal(w, from, lane, at, 1, Access::Load) != 0;
      if (allOk)
        observeGlobal(w, from, lane, at, 1, Access::Load, false);
    }
    good |= allOk ? lane : 0;
  }
  copy.mask = ok & (good | (mask & ~readers));
  w.worker->asyncBytes += uint64_t(i.n) * unsigned(__builtin_popcount(copy.mask));
  if (copy.mask == 0)
    return;
  if (w.worker->checks & kCheckRace)
    raceCopyIssued(w, i, copy.mask, copy.target, i.n);
  unsigned mode = w.worker->launch->asyncMode;
  if (mode == kEager) {
    perform(w, copy, copy.mask);
    return;
  }
  queue.pending.push_back(copy);
  if (mode == kRandom)
    performSome(w, queue);
}

void copyCommit(WarpContext &w, const Inst &, uint32_t mask) {
  CopyQueue &queue = queueOf(w);
  for (uint32_t m = mask; m != 0; m &= m - 1)
    ++queue.committed[__builtin_ctz(m)];
  if (w.worker->launch->asyncMode == kRandom)
    performSome(w, queue);
}

void copyWait(WarpContext &w, const Inst &i, uint32_t mask) {
  CopyQueue &queue = queueOf(w);
  for (PendingCopy &copy : queue.pending) {
    uint32_t due = 0;
    for (uint32_t m = copy.mask & mask; m != 0; m &= m - 1) {
      unsigned l = unsigned(__builtin_ctz(m));
      // Groups committed + 1 … are later than the ones to keep; wait_all takes the open one too.
      bool isDue = i.sub != 0 || uint64_t(copy.group[l]) + uint64_t(i.imm) < queue.committed[l];
      due |= isDue ? 1u << l : 0;
    }
    if (due != 0)
      perform(w, copy, due);
  }
  dropDone(queue);
}

} // namespace azulejo::sim
