// This file implements cp.async and its groups.
//
// Data appear when the mode says so: at the wait that guarantees them (lazy), at once (eager), or
// at random points between. A program that is right in one order only is wrong.
#include "exec/AsyncState.h"
#include "exec/Handlers.h"
#include "exec/Pattern.h"

#include <algorithm>
#include <cstring>

namespace azulejo::sim {

uint64_t drawRandom(WarpContext &w) {
  return scramble(w.worker->launch->seed +
                  kRandomStep * (++w.draws + w.cta->linear * 1021 + w.index * 131));
}

namespace {
CopyQueue &queueOf(WarpContext &w) {
  if (w.copies == nullptr)
    w.copies = std::make_unique<CopyQueue>();
  return *w.copies;
}

// Performs the copy for `lanes`.
void perform(WarpContext &w, PendingCopy &copy, uint32_t lanes) {
  const Inst &i = *copy.inst;
  if (copy.isWhole && i.n == 16) {
    for (uint32_t m = lanes; m != 0; m &= m - 1) {
      unsigned l = unsigned(__builtin_ctz(m));
      std::memcpy(w.shared + copy.target[l], reinterpret_cast<const void *>(copy.source[l]), 16);
    }
  } else {
    for (uint32_t m = lanes; m != 0; m &= m - 1) {
      unsigned l = unsigned(__builtin_ctz(m));
      uint8_t *to = w.shared + copy.target[l];
      unsigned bytes = copy.sourceBytes[l];
      std::memcpy(to, reinterpret_cast<const void *>(copy.source[l]), bytes);
      std::memset(to + bytes, 0, i.n - bytes);
    }
  }
  countShared(w, i, lanes, copy.target, i.n, w.worker->sharedStore);
  // The race check has heard of the copy when it was issued; the other check sees it here.
  uint32_t checks = w.worker->checks;
  w.worker->checks &= ~uint32_t{kCheckRace};
  checkAccess(w, i, lanes, copy.target, i.n, Access::Store, false, w.cta);
  w.worker->checks = checks;
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

// Sets how many bytes each lane reads. Returns the lanes that read any.
uint32_t readSizes(WarpContext &w, const Inst &i, uint32_t mask, PendingCopy &copy) {
  uint32_t readers = 0;
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned l = unsigned(__builtin_ctz(m));
    uint32_t bytes = i.n;
    if (i.flags & 2) {
      bool ignores = ((w.pred(i.ops[0]) >> l) & 1) != ((i.flags & 4) ? 1u : 0u);
      bytes = ignores ? 0 : i.n;
    } else if (i.ops[0] != 0) {
      bytes = std::min<uint32_t>(w.reg<uint32_t>(i.ops[0])[l], i.n);
    }
    copy.sourceBytes[l] = uint8_t(bytes);
    readers |= bytes != 0 ? 1u << l : 0;
  }
  return readers;
}

// Checks and counts what is read. A source of which nothing is read may lie anywhere; one read in
// part is checked for that part. Returns the lanes that may go on.
uint32_t enterSource(WarpContext &w, const Inst &i, uint32_t readers, PendingCopy &copy) {
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
  return good;
}

// The common case: every lane copies whole elements in the pattern seen before. Returns false where
// it is none.
bool repeatsCopy(WarpContext &w, const Inst &i, uint64_t sourceOffset, PendingCopy &copy) {
  MemCache &from = w.worker->caches[i.mem + 1];
  uint64_t target, source;
  if (i.ops[0] != 0 || (w.worker->checks & kCheckInit) ||
      !repeatsShared(w, i.a, i.flags & kWideAddress, uint64_t(i.imm), w.worker->caches[i.mem], i.n,
                     target) ||
      !repeatsGlobal(w, i.b, sourceOffset, from, source))
    return false;
  countGlobalAgain(w, from, source, false);
  if (w.worker->checks & kCheckRace) {
    Inst read = i;
    read.mem = i.mem + 1;
    raceAccess(w, read, 0xffffffffu, copy.source, i.n, Access::Load, false, nullptr);
  }
  std::memset(copy.sourceBytes, i.n, sizeof(copy.sourceBytes));
  copy.mask = 0xffffffffu;
  return true;
}
} // namespace

void copyIssue(WarpContext &w, const Inst &i, uint32_t mask) {
  CopyQueue &queue = queueOf(w);
  queue.pending.emplace_back();
  PendingCopy &copy = queue.pending.back();
  copy.inst = &i;
  copy.number = queue.issued++;
  uint64_t sourceOffset = uint64_t(int64_t(int32_t(i.target)));
  readAddressesOf(w, i.a, i.flags & kWideAddress, uint64_t(i.imm), copy.target);
  readAddressesOf(w, i.b, true, sourceOffset, copy.source);
  std::memcpy(copy.group, queue.committed, sizeof(copy.group));
  if (mask != 0xffffffffu || !repeatsCopy(w, i, sourceOffset, copy)) {
    uint32_t readers = readSizes(w, i, mask, copy);
    uint32_t ok = checkShared(w, i, mask, copy.target, i.n, Access::Store);
    copy.mask = ok & (enterSource(w, i, readers, copy) | (mask & ~readers));
  }
  copy.isWhole = copy.mask == 0xffffffffu && i.ops[0] == 0 && queue.isUniform;
  w.worker->asyncBytes += uint64_t(i.n) * unsigned(__builtin_popcount(copy.mask));
  if (copy.mask == 0) {
    queue.pending.pop_back();
    return;
  }
  if (w.worker->checks & kCheckRace)
    raceCopyIssued(w, i, copy.mask, copy.target, i.n, queue.committed[__builtin_ctz(copy.mask)]);
  unsigned mode = w.worker->launch->asyncMode;
  if (mode == kEager) {
    perform(w, copy, copy.mask);
    queue.pending.pop_back();
  } else if (mode == kRandom) {
    performSome(w, queue);
  }
}

void copyCommit(WarpContext &w, const Inst &, uint32_t mask) {
  CopyQueue &queue = queueOf(w);
  queue.isUniform &= mask == 0xffffffffu;
  for (unsigned l = 0; l < 32; ++l)
    queue.committed[l] += (mask >> l) & 1;
  if (w.worker->launch->asyncMode == kRandom)
    performSome(w, queue);
}

void copyWait(WarpContext &w, const Inst &i, uint32_t mask) {
  CopyQueue &queue = queueOf(w);
  if (w.worker->checks & kCheckRace) {
    uint32_t committed = queue.committed[__builtin_ctz(mask)];
    raceCopyWaited(w, i.sub != 0 ? ~0u : committed - std::min(committed, uint32_t(i.imm)));
  }
  // Groups committed + 1 … are later than the ones to keep; wait_all takes the open one too.
  auto isDue = [&](const PendingCopy &copy, unsigned l) {
    return i.sub != 0 || uint64_t(copy.group[l]) + uint64_t(i.imm) < queue.committed[l];
  };
  for (PendingCopy &copy : queue.pending) {
    uint32_t due = 0;
    if (copy.isWhole && queue.isUniform) {
      due = isDue(copy, 0) ? copy.mask & mask : 0;
    } else {
      for (uint32_t m = copy.mask & mask; m != 0; m &= m - 1)
        due |= isDue(copy, unsigned(__builtin_ctz(m))) ? m & (0 - m) : 0;
    }
    if (due != 0)
      perform(w, copy, due);
  }
  dropDone(queue);
}

void performCopies(WarpContext &w, unsigned lane, uint64_t count) {
  CopyQueue &queue = queueOf(w);
  uint32_t bit = 1u << lane;
  for (PendingCopy &copy : queue.pending)
    if (copy.number < count && (copy.mask & bit) != 0)
      perform(w, copy, bit);
  dropDone(queue);
}

void arriveForCopies(WarpContext &w, const Inst &i, uint32_t mask) {
  uint64_t count = queueOf(w).issued;
  for (uint32_t m = mask; m != 0 && !w.cta->failed; m &= m - 1) {
    PendingArrival arrival;
    arrival.warp = &w;
    arrival.inst = &i;
    arrival.lane = unsigned(__builtin_ctz(m));
    if (!startArrival(arrival))
      return;
    arrival.finish = [&w, lane = arrival.lane, count] { performCopies(w, lane, count); };
    issueArrival(*w.cta, arrival);
  }
}

} // namespace azulejo::sim
