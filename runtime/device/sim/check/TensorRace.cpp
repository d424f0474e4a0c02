// This file implements the check for races in tensor memory.
#include "check/TensorRace.h"

#include "exec/TensorState.h"

#include <algorithm>

namespace azulejo::sim {

namespace {
constexpr uint32_t kHalves = tc::kTmemLanes / 16;

TensorRace &stateOf(Cta &cta) {
  TensorRace &race = tensorOf(cta).race;
  if (race.cells.empty()) {
    race.cells.resize(size_t{kHalves} * tc::kTmemColumns);
    race.warps.resize(cta.warps.size());
  }
  return race;
}

template <typename Fn> void forCells(TensorRace &race, const TensorRange &range, Fn fn) {
  uint32_t end = std::min(range.column + range.columns, tc::kTmemColumns);
  for (uint32_t column = range.column; column < end; ++column)
    for (uint32_t half = 0; half < kHalves; ++half)
      if ((range.halves >> half) & 1)
        fn(race.cells[column * kHalves + half]);
}

constexpr const char *kNoOrder = "nothing orders the two accesses";
constexpr const char *kNotComplete =
    "the warp has not waited for the tcgen05.commit of that operation";
constexpr const char *kNoAfter =
    "tcgen05.fence::after_thread_sync is missing between the wait and this access";
constexpr const char *kNoBefore =
    "tcgen05.fence::before_thread_sync is missing between that access and the synchronisation";

TensorRace::Warp &fencesOf(const WarpContext &w) { return stateOf(*w.cta).warps[w.index]; }

// Why the access is not ordered behind `event`; null where it is.
const char *whyUnordered(WarpContext &w, const TensorEvent &event, TensorActor actor) {
  if (event.time == 0)
    return nullptr;
  const WarpClock &seen = raceClock(w);
  bool needsFences = actor != TensorActor::Deallocator;
  const WarpClock &fenced = needsFences ? fencesOf(w).fenced : seen;
  if (event.number != 0 && actor != TensorActor::Core) {
    uint32_t entry = raceTensorEntry(*raceWarp(w, event.warp).cta);
    if (event.number <= timeOf(fenced, entry))
      return nullptr;
    return event.number <= timeOf(seen, entry) ? kNoAfter : kNotComplete;
  }
  if (event.warp == raceActor(w))
    return nullptr;
  if (event.time > timeOf(seen, event.warp))
    return kNoOrder;
  if (event.time > timeOf(fenced, event.warp))
    return kNoAfter;
  const std::vector<uint32_t> &published = fencesOf(raceWarp(w, event.warp)).published;
  auto fence = std::lower_bound(published.begin(), published.end(), event.time);
  bool isPublished = fence != published.end() && *fence <= timeOf(fenced, event.warp);
  return isPublished || !needsFences ? nullptr : kNoBefore;
}

const char *hazard(bool isWrite, bool otherIsWrite) {
  return isWrite ? (otherIsWrite ? "write-after-write" : "write-after-read") : "read-after-write";
}

void reportHazard(WarpContext &w, const Inst &i, unsigned lane, const WarpContext &other,
                  uint32_t otherInst, bool isWrite, bool otherIsWrite, const char *why) {
  const char *kind = hazard(isWrite, otherIsWrite);
  Worker &worker = *w.worker;
  if (worker.findings.countAgain("race", kind, i.id, otherInst + 1, w.cta->linear))
    return;
  Finding finding = makeFinding(w, i, lane, "race", kind);
  finding.sites[0].access = isWrite ? "write" : "read";
  finding.message = std::string(kind) + " hazard in tensor memory: " + why;
  Inst earlier;
  earlier.id = otherInst;
  finding.sites.push_back(makeSite(other, earlier, 0, otherIsWrite ? "write" : "read"));
  worker.findings.add(i.id, otherInst + 1, std::move(finding));
}

void checkEvent(WarpContext &w, const Inst &i, unsigned lane, const TensorEvent &event,
                bool isWrite, bool otherIsWrite, TensorActor actor) {
  if (const char *why = whyUnordered(w, event, actor))
    reportHazard(w, i, lane, raceWarp(w, event.warp), event.inst, isWrite, otherIsWrite, why);
}
} // namespace

void tensorFence(WarpContext &w, bool isBefore) {
  TensorRace::Warp &warp = fencesOf(w);
  if (!isBefore) {
    warp.fenced = raceClock(w);
    return;
  }
  warp.published.push_back(raceEpoch(w));
  raceBeginEpoch(w);
}

void tensorRaceCheck(WarpContext &w, const Inst &i, unsigned lane, Cta &owner,
                     const TensorRange &range, bool isWrite, TensorActor actor) {
  TensorRace &race = stateOf(owner);
  forCells(race, range, [&](const TensorRace::Cell &cell) {
    checkEvent(w, i, lane, cell.write, isWrite, true, actor);
    if (isWrite)
      for (const TensorEvent &read : cell.reads)
        checkEvent(w, i, lane, read, true, false, actor);
  });
}

void tensorRaceRecord(WarpContext &w, const Inst &i, Cta &owner, const TensorRange &range,
                      bool isWrite, uint64_t number) {
  TensorEvent event;
  event.time = raceEpoch(w);
  event.inst = i.id;
  event.number = uint32_t(number);
  event.warp = uint16_t(raceActor(w));
  forCells(stateOf(owner), range, [&](TensorRace::Cell &cell) {
    if (isWrite) {
      cell = TensorRace::Cell();
      cell.write = event;
      return;
    }
    bool isSameActor =
        cell.reads[0].warp == event.warp && (cell.reads[0].number != 0) == (event.number != 0);
    if (cell.reads[0].time != 0 && !isSameActor)
      cell.reads[1] = cell.reads[0];
    cell.reads[0] = event;
  });
}

void tensorRaceForget(Cta &cta, const TensorRange &range) {
  forCells(stateOf(cta), range, [](TensorRace::Cell &cell) { cell = TensorRace::Cell(); });
}

void reportTensorOpen(WarpContext &w, const Inst &i, unsigned lane, const TensorAccess &open,
                      bool isWrite) {
  reportHazard(w, i, lane, *open.warp, open.inst->id, isWrite, open.isStore,
               open.isStore ? "the tcgen05.st has not been waited for"
                            : "the tcgen05.ld has not been waited for");
}

} // namespace azulejo::sim
