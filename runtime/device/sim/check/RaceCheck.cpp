// This file books the accesses of warps and of asynchronous engines for the race check.
#include "check/RaceState.h"

#include <cstring>

namespace azulejo::sim {

namespace {
// Bits of a cell that an access of fewer than 4 bytes touches.
uint32_t byteMask(uint64_t address, unsigned bytes) { return ((1u << bytes) - 1) << (address & 3); }

void touchCells(Touch &touch, Cta *owner, uint64_t address, unsigned cells) {
  if (owner != nullptr)
    touchShared(touch, *owner, uint32_t(address), cells);
  else
    touchGlobal(touch, address, cells);
}

// Rows of elements smaller than a cell: the first lane of a cell stands for those that share it.
void touchSmallRow(Touch &touch, Cta *owner, uint64_t address, unsigned bytes) {
  touch.tag |= kTagSubWord;
  for (unsigned cell = 0; cell < bytes * 8; ++cell) {
    touch.lane = cell * (4 / bytes);
    touchCells(touch, owner, address + 4 * cell, 1);
  }
}

// ldmatrix and stmatrix: the lane that gives a row's address is one of several that move the row.
bool isMatrixMove(const Inst &i, unsigned bytes) { return bytes == 16 && i.n < 16; }

// Whether the lane stores what the lowest lane with the same address stores.
bool storesSame(WarpContext &w, const Inst &i, unsigned lane, unsigned other) {
  unsigned elements = std::max<unsigned>(i.sub, 1), bytes = std::max(i.n / elements, 2u);
  for (unsigned e = 0; e < elements; ++e) {
    const uint8_t *slot = w.regs + i.ops[e];
    if (std::memcmp(slot + lane * bytes, slot + other * bytes, std::min(bytes, i.n / elements)) !=
        0)
      return false;
  }
  return true;
}

void reportLanes(WarpContext &w, const Inst &i, unsigned lane, unsigned other, uint64_t address,
                 bool isGlobal) {
  if (w.worker->findings.countAgain("race", "lanes", i.id, 0, w.cta->linear))
    return;
  Finding finding = makeFinding(w, i, lane, "race", "lanes");
  finding.sites[0].access = "write";
  finding.sites.push_back(makeSite(w, i, other, "write"));
  finding.address = address;
  finding.message = std::string("write-after-write hazard on ") + (isGlobal ? "global" : "shared") +
                    " memory: lanes of one instruction store different values at one address";
  w.worker->findings.add(i.id, 0, std::move(finding));
}

void checkLanes(WarpContext &w, const Inst &i, uint32_t mask, uint32_t repeated,
                const uint64_t *addresses, bool isGlobal) {
  for (uint32_t m = repeated; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m)), other = lane;
    for (uint32_t d = mask & ~repeated; d != 0; d &= d - 1)
      if (addresses[__builtin_ctz(d)] == addresses[lane])
        other = unsigned(__builtin_ctz(d));
    if (other != lane && !storesSame(w, i, lane, other))
      return reportLanes(w, i, lane, other, addresses[lane], isGlobal);
  }
}

// The shape of the access. Reads that have been noted with another one are entered first.
AccessRuns &shapeOf(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                    unsigned bytes) {
  AccessRuns &runs = w.worker->runs[i.mem];
  if (runs.isSame(addresses, mask, bytes))
    return runs;
  if (runs.isNoted)
    enterAllReads(*w.worker->race);
  runs.take(addresses, mask, bytes);
  return runs;
}

// All runs; `touch.lanes` are the codes of all their words.
void touchRuns(Touch &touch, Cta *owner, const AccessRuns &runs, uint64_t first, unsigned bytes) {
  const uint8_t *lanes = touch.lanes;
  for (const AccessRuns::Run &run : runs.list()) {
    uint64_t address = first + uint64_t(run.offset);
    touch.lanes = lanes + run.firstCell;
    touch.bytes = bytes < 4 ? byteMask(address, bytes) : 15;
    touchCells(touch, owner, address, (run.bytes + 3) / 4);
  }
}

void touchShape(Touch &touch, Cta *owner, AccessRuns &runs, uint64_t first, unsigned bytes) {
  static const std::vector<uint8_t> kSeveral(256, kSeveralLanes), kAll(256, kWholeWarp);
  bool isCollective = isMatrixMove(*touch.inst, bytes);
  touch.lanes = isCollective ? kSeveral.data() : runs.lanesOfWords();
  // All lanes have executed the ldmatrix when one of them goes on.
  if (isCollective && !touch.isWrite)
    touch.kept = kAll.data();
  if (bytes >= 4 && owner == touch.warp->cta && !touch.isWrite)
    return readShared(touch, uint32_t(first), runs);
  if (bytes >= 4 && owner == touch.warp->cta && writeScattered(touch, uint32_t(first), runs))
    return;
  if (bytes >= 4 && owner == nullptr && runs.areShort())
    return touchGlobalScattered(touch, first, runs);
  touchRuns(touch, owner, runs, first, bytes);
}
} // namespace

void raceAccess(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                unsigned bytes, Access access, bool isRow, Cta *owner) {
  bool isStrong = access == Access::Atomic || (i.flags & kStrong) != 0;
  Touch touch = warpTouch(w, i, access != Access::Load);
  touch.tag |= isStrong ? kTagStrong : 0;
  if (isRow && bytes < 4 && (addresses[0] & 3) == 0) {
    touchSmallRow(touch, owner, addresses[0], bytes);
  } else {
    AccessRuns &runs = shapeOf(w, i, mask, addresses, bytes);
    bool mayDiffer = access == Access::Store && i.ops != nullptr && !isStrong && i.n == bytes;
    if (runs.repeated() != 0 && mayDiffer)
      checkLanes(w, i, mask, runs.repeated(), addresses, owner == nullptr);
    touchShape(touch, owner, runs, addresses[__builtin_ctz(mask)], bytes);
  }
  if (isStrong)
    raceStrong(w, i, mask, addresses, owner == nullptr, access);
}

void raceRange(WarpContext &w, const Inst &i, uint64_t address, unsigned bytes, bool isWrite,
               Cta *owner) {
  Touch touch = warpTouch(w, i, isWrite);
  touch.lane = kWholeWarp;
  touchCells(touch, owner, address, (bytes + 3) / 4);
}

void raceCopyIssued(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *offsets,
                    unsigned bytes, uint32_t group) {
  WarpRace &clocks = clocksOf(w);
  clocks.lastCopy = tick(w);
  clocks.copies.push_back({group, clocks.lastCopy});
  Touch touch = engineTouch(w, i, ClusterRace::kCopies, clocks.lastCopy, true);
  AccessRuns &runs = shapeOf(w, i, mask, offsets, bytes);
  uint32_t first = uint32_t(offsets[__builtin_ctz(mask)]);
  touch.lanes = runs.lanesOfWords();
  if (!writeScattered(touch, first, runs))
    touchRuns(touch, w.cta, runs, first, bytes);
}

void raceStoreIssued(WarpContext &w, const Inst &i, unsigned lane, uint32_t shared, uint64_t global,
                     unsigned bytes, uint32_t group, bool combines) {
  WarpRace &clocks = clocksOf(w);
  uint32_t time = tick(w);
  clocks.stores.push_back({group, time});
  Touch read = engineTouch(w, i, ClusterRace::kStoreReads, time, false);
  read.tag |= kTagAsync;
  read.lane = lane;
  read.checksProxy = true;
  touchShared(read, *w.cta, shared, bytes / 4);
  Touch write = engineTouch(w, i, ClusterRace::kStoreWrites, time, true);
  write.tag |= kTagAsync;
  write.lane = lane;
  write.checksProxy = combines;
  touchGlobal(write, global, bytes / 4);
}

void raceWgmmaReads(WarpContext &w, const Inst &i, uint64_t operation, uint32_t shared,
                    unsigned bytes) {
  // More than can be under way; older ones have been waited for.
  constexpr size_t kKept = 4096;
  CtaRace &state = raceOf(w);
  std::deque<uint32_t> &times = state.wgmmaTimes[w.index / 4];
  uint64_t &first = state.wgmmaFirst[w.index / 4];
  while (first + times.size() <= operation)
    times.push_back(tick(w));
  for (; times.size() > kKept; ++first)
    times.pop_front();
  uint32_t time = times[operation < first ? 0 : size_t(operation - first)];
  Touch touch = engineTouch(w, i, ClusterRace::kWgmma, time, false);
  touch.tag |= kTagAsync;
  touch.checksProxy = true;
  touchShared(touch, *w.cta, shared, bytes / 4);
}

void raceTensorReads(WarpContext &w, const Inst &i, unsigned lane, Cta &owner, uint32_t shared,
                     unsigned bytes) {
  Touch touch = engineTouch(w, i, ClusterRace::kTensorReads, tick(w), false);
  touch.lane = lane;
  touch.tag |= kTagAsync;
  touch.checksProxy = true;
  touchShared(touch, owner, shared, bytes / 4);
}

namespace {
Touch loadTouch(const RaceLoad &load, uint32_t time, bool isWrite) {
  Touch touch = warpTouch(*load.warp, *load.inst, isWrite);
  touch.actor = raceMbarrierActor(load);
  touch.tag = touch.actor | kTagAsync;
  touch.time = time;
  touch.lane = load.lane;
  return touch;
}
} // namespace

void raceLoadIssued(const RaceLoad &load, Cta &to, uint32_t shared, unsigned bytes, bool combines) {
  Touch touch = loadTouch(load, kPending, true);
  touch.checksProxy = combines;
  touchShared(touch, to, shared, bytes / 4);
}

void raceLoadDone(const RaceLoad &load, Cta &to, uint32_t shared, unsigned bytes) {
  overwriteShared(loadTouch(load, tick(*load.warp), true), to, shared, bytes / 4);
}

void raceLoadSource(const RaceLoad &load, uint64_t global, unsigned bytes) {
  Touch touch = loadTouch(load, tick(*load.warp), false);
  touch.checksProxy = true;
  touchGlobal(touch, global, bytes / 4);
}

void raceLoadSharedSource(const RaceLoad &load, uint32_t shared, unsigned bytes) {
  Touch touch = loadTouch(load, tick(*load.warp), false);
  touch.checksProxy = true;
  touchShared(touch, *load.warp->cta, shared, bytes / 4);
}

} // namespace azulejo::sim
