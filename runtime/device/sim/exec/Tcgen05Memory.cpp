// This file implements the allocation of tensor memory, its loads and stores by warps, and fences.
#include "exec/AsyncState.h"
#include "exec/Handlers.h"
#include "exec/TensorState.h"

#include <algorithm>
#include <cstring>

namespace azulejo::sim {

namespace {

bool isCollective(WarpContext &w, const Inst &i, uint32_t mask) {
  return isWholeWarp(w, i, mask, "an aligned tcgen05 instruction");
}

bool readUniform(WarpContext &w, const Inst &i, uint32_t slot, const char *what, uint32_t &value) {
  const uint32_t *values = w.reg<uint32_t>(slot);
  value = values[0];
  if (std::all_of(values, values + 32, [&](uint32_t other) { return other == value; }))
    return true;
  failCta(w, i, 0, "sync", "not-uniform",
          std::string("the lanes of the warp give different ") + what +
              " to an aligned tcgen05 instruction");
  return false;
}

std::vector<TensorRange> rangesOf(const tc::TmemAccess &access, uint32_t address) {
  bool isWhole = access.shape == tc::TmemShape::S32x32b;
  TensorRange range;
  // An address beyond the lanes touches nothing: it is reported when the access is performed.
  uint32_t lane = tc::tmemLane(address);
  range.halves = lane < tc::kTmemLanes ? (isWhole ? 3u : 1u) << (lane / 16) : 0;
  range.column = tc::tmemColumn(address);
  uint32_t width = access.packed ? 2 : 1;
  bool isSplit = access.shape == tc::TmemShape::S16x32bx2;
  uint32_t perRepeat = access.shape == tc::TmemShape::S16x64b    ? 2
                       : access.shape == tc::TmemShape::S16x128b ? 4
                       : access.shape == tc::TmemShape::S16x256b ? 8
                                                                 : 1;
  range.columns = perRepeat * uint32_t(access.repeat) * width;
  std::vector<TensorRange> ranges = {range};
  if (isSplit) {
    range.column += uint32_t(access.split) * width;
    ranges.push_back(range);
  }
  return ranges;
}

const tc::TmemAccess &formOf(const Inst &i) { return *static_cast<const tc::TmemAccess *>(i.data); }

bool checksRaces(const WarpContext &w) { return (w.worker->checks & kCheckRace) != 0; }

// Reports a load or store that meets one that has not been waited for. Loads may overlap.
void checkOpen(WarpContext &w, const Inst &i, const std::vector<TensorRange> &ranges,
               bool isStore) {
  for (const TensorAccess &open : tensorOf(*w.cta).accesses) {
    if (!isStore && !open.isStore)
      continue;
    if (std::any_of(ranges.begin(), ranges.end(),
                    [&](const TensorRange &range) { return tensorAccessMeets(open, range); }))
      reportTensorOpen(w, i, 0, open, isStore);
  }
}

void performAccess(TensorAccess &access) {
  if (access.isPerformed)
    return;
  access.isPerformed = true;
  WarpContext &w = *access.warp;
  const Inst &i = *access.inst;
  const tc::TmemAccess &form = formOf(i);
  tc::TensorMemory &memory = tensorOf(*w.cta).memory;
  int count = tc::tmemRegisters(form), warp = int(w.index % 4);
  tc::TmemFault fault;
  if (access.isStore) {
    const uint32_t *values[128];
    for (int r = 0; r < count; ++r)
      values[r] = access.values.data() + 32 * r;
    fault = tc::tmemStore(memory, form, access.address, warp, values);
  } else {
    uint32_t *registers[128];
    for (int r = 0; r < count; ++r)
      registers[r] = w.reg<uint32_t>(i.ops[r]);
    fault = tc::tmemLoad(memory, form, access.address, warp, registers);
  }
  if (fault != tc::TmemFault::None)
    reportTensorFault(w, i, 0, fault, access.address);
}

// Performs the open accesses of the warp and, at their wait, forgets them.
void completeAccesses(WarpContext &w, bool isStore) {
  std::vector<TensorAccess> &accesses = tensorOf(*w.cta).accesses;
  for (size_t a = 0; a < accesses.size();) {
    if (accesses[a].warp != &w || accesses[a].isStore != isStore) {
      ++a;
      continue;
    }
    TensorAccess access = std::move(accesses[a]);
    accesses.erase(accesses.begin() + long(a));
    performAccess(access);
    if (w.cta->failed)
      return;
    if (checksRaces(w))
      for (const TensorRange &range : rangesOf(formOf(*access.inst), access.address))
        tensorRaceRecord(w, *access.inst, *w.cta, range, isStore, 0);
  }
}

// A loop may repeat an access without ever waiting: the earlier one is done then.
void dropRepeated(WarpContext &w, const TensorAccess &access) {
  std::vector<TensorAccess> &accesses = tensorOf(*w.cta).accesses;
  auto same = std::find_if(accesses.begin(), accesses.end(), [&](const TensorAccess &open) {
    return open.warp == &w && open.inst == access.inst && open.address == access.address;
  });
  if (same == accesses.end())
    return;
  performAccess(*same);
  accesses.erase(same);
}

void issueAccess(WarpContext &w, const Inst &i, uint32_t mask, bool isStore) {
  uint32_t base;
  if (!isCollective(w, i, mask) || !readUniform(w, i, i.a, "addresses", base))
    return;
  performSomeOperations(w);
  TensorAccess access;
  access.warp = &w;
  access.inst = &i;
  access.address = base + uint32_t(i.imm);
  access.isStore = isStore;
  const tc::TmemAccess &form = formOf(i);
  if (checksRaces(w)) {
    std::vector<TensorRange> ranges = rangesOf(form, access.address);
    for (const TensorRange &range : ranges)
      tensorRaceCheck(w, i, 0, *w.cta, range, isStore, TensorActor::Warp);
    checkOpen(w, i, ranges, isStore);
  }
  if (isStore) {
    int count = tc::tmemRegisters(form);
    access.values.resize(size_t(count) * 32);
    for (int r = 0; r < count; ++r)
      std::memcpy(access.values.data() + 32 * r, w.reg<uint32_t>(i.ops[r]), 128);
  }
  unsigned mode = w.worker->launch->asyncMode;
  if (mode == kEager || (mode == kRandom && (drawRandom(w) & 1) != 0))
    performAccess(access);
  dropRepeated(w, access);
  tensorOf(*w.cta).accesses.push_back(std::move(access));
}

// Columns that are given back must not be in use.
void checkReturned(WarpContext &w, const Inst &i, uint32_t address, uint32_t columns) {
  for (auto &cta : w.cta->cluster->ctas) {
    if (cta->tensor == nullptr)
      continue;
    for (const TensorOperation &operation : cta->tensor->operations)
      if (operation.kind != TensorOperation::Commit &&
          (cta.get() == w.cta || (operation.isPair && cta.get() == peerOf(*w.cta))))
        return failCta(w, i, 0, "sync", "tensor-memory",
                       "tcgen05.dealloc while operations of the tensor core that nobody has "
                       "waited for are under way");
  }
  TensorRange range = {0xff, tc::tmemColumn(address), columns};
  if (!checksRaces(w))
    return;
  tensorRaceCheck(w, i, 0, *w.cta, range, true, TensorActor::Deallocator);
  checkOpen(w, i, {range}, true);
}

// Both CTAs of a pair allocate together: the first one to come waits for the other.
tc::TmemFault allocatePair(WarpContext &w, const Inst &i, uint32_t columns, uint32_t *address) {
  TensorState &own = tensorOf(*w.cta), &other = tensorOf(*peerOf(*w.cta));
  if (own.granted.has_value()) {
    *address = *own.granted;
    own.granted.reset();
    return tc::TmemFault::None;
  }
  if (other.requested == 0) {
    own.requested = columns;
    return tc::TmemFault::NoSpace;
  }
  if (other.requested != columns)
    failCta(w, i, 0, "sync", "tensor-memory",
            "the CTAs of a pair allocate " + std::to_string(other.requested) + " and " +
                std::to_string(columns) + " columns of tensor memory together");
  uint32_t peerAddress = 0;
  tc::TmemFault fault = own.memory.alloc(columns, address);
  if (fault == tc::TmemFault::None)
    fault = other.memory.alloc(columns, &peerAddress);
  if (fault != tc::TmemFault::None)
    return fault;
  other.requested = 0;
  other.granted = peerAddress;
  return tc::TmemFault::None;
}

bool checkPeer(WarpContext &w, const Inst &i) {
  Cta *peer = peerOf(*w.cta);
  if (peer != nullptr && (peer->liveThreads != 0 || tensorOf(*w.cta).granted.has_value()))
    return true;
  failCta(w, i, 0, "sync", "no-peer",
          "tcgen05.alloc with .cta_group::2 needs a peer CTA in the cluster that has not exited");
  return false;
}
} // namespace

bool tensorAccessMeets(const TensorAccess &access, const TensorRange &range) {
  std::vector<TensorRange> ranges = rangesOf(formOf(*access.inst), access.address);
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const TensorRange &own) { return own.overlaps(range); });
}

void tcgen05Alloc(WarpContext &w, const Inst &i, uint32_t mask) {
  uint32_t columns, address = 0;
  if (!isCollective(w, i, mask) || !readUniform(w, i, i.b, "column counts", columns))
    return;
  bool isPair = i.n == 2;
  if (isPair && !checkPeer(w, i))
    return;
  tc::TmemFault fault = isPair ? allocatePair(w, i, columns, &address)
                               : tensorOf(*w.cta).memory.alloc(columns, &address);
  if (fault == tc::TmemFault::NoSpace) {
    w.waitFailed = true; // until another warp gives columns back, or the peer comes
    return;
  }
  if (fault != tc::TmemFault::None)
    return reportTensorFault(w, i, 0, fault, columns);
  ++w.cta->progress;
  if (checksRaces(w))
    tensorRaceForget(*w.cta, {0xff, tc::tmemColumn(address), columns});
  uint64_t offsets[32];
  offsets[0] = (i.flags & 1) ? w.reg<uint64_t>(i.a)[0] + uint64_t(i.imm)
                             : uint64_t(uint32_t(w.reg<uint32_t>(i.a)[0] + uint32_t(i.imm)));
  if (static_cast<Space>(i.space) == Space::Generic)
    offsets[0] -= kSharedWindow;
  if (checkShared(w, i, 1, offsets, 4, Access::Store) == 0)
    return;
  std::memcpy(w.shared + offsets[0], &address, 4);
  observeShared(w, i, 1, offsets, 4, Access::Store, false);
  if (checksRaces(w))
    raceRange(w, i, offsets[0], 4, true, w.cta);
}

void tcgen05Dealloc(WarpContext &w, const Inst &i, uint32_t mask) {
  uint32_t columns, address;
  if (!isCollective(w, i, mask) || !readUniform(w, i, i.a, "addresses", address) ||
      !readUniform(w, i, i.b, "column counts", columns))
    return;
  checkReturned(w, i, address, columns);
  tc::TmemFault fault = tensorOf(*w.cta).memory.dealloc(address, columns);
  if (fault != tc::TmemFault::None)
    return reportTensorFault(w, i, 0, fault, address);
  ++w.cta->progress;
}

void tcgen05Relinquish(WarpContext &w, const Inst &i, uint32_t mask) {
  if (isCollective(w, i, mask))
    tensorOf(*w.cta).memory.relinquish();
}

void tcgen05Load(WarpContext &w, const Inst &i, uint32_t mask) { issueAccess(w, i, mask, false); }

void tcgen05Store(WarpContext &w, const Inst &i, uint32_t mask) { issueAccess(w, i, mask, true); }

void tcgen05Wait(WarpContext &w, const Inst &i, uint32_t mask) {
  if (isCollective(w, i, mask))
    completeAccesses(w, i.sub != 0);
}

void tcgen05Fence(WarpContext &w, const Inst &i, uint32_t) {
  if (checksRaces(w))
    tensorFence(w, i.sub != 0);
}

// A register of a load that nobody has waited for is touched: the value is there, as the hardware
// keeps true dependences, but the program has lost its order.
void tcgen05TouchPending(WarpContext &w, const Inst &i, uint32_t mask) {
  if (w.cta->tensor == nullptr)
    return;
  for (TensorAccess &access : w.cta->tensor->accesses) {
    if (access.warp != &w || access.isStore)
      continue;
    const uint32_t *slots = access.inst->ops,
                   *end = slots + tc::tmemRegisters(formOf(*access.inst));
    bool touches = std::any_of(i.ops, i.ops + i.imm,
                               [&](uint32_t slot) { return std::find(slots, end, slot) != end; });
    if (!touches)
      continue;
    performAccess(access);
    if (!(w.worker->checks & kCheckSync))
      continue;
    Finding finding = makeFinding(w, i, unsigned(__builtin_ctz(mask)), "sync", "unwaited-load");
    finding.message = "a register of a tcgen05.ld is used before tcgen05.wait::ld";
    finding.sites.push_back(makeSite(w, *access.inst, 0, "load"));
    report(w, i, std::move(finding));
  }
}

} // namespace azulejo::sim
