// This file notes a warp's reads of shared memory, and enters them into the cells when a write may
// be in conflict with them.
//
// Kernels read shared memory far more often than they write to it, and mostly all warps meet at a
// barrier before the next write: then what was read before matters no more, and is forgotten
// without having been entered. Entering later is the same as at once: a note holds all that the
// cells depend on, and notes are entered in the order of the reads.
#include "check/RaceState.h"

namespace azulejo::sim {

namespace {
constexpr size_t kMostReads = 4096; // noted at a time

void enter(CtaRace &state, const NotedRead &read) {
  const RaceRows &rows = state.worker.rows;
  const AccessRuns &runs = *read.runs;
  if (runs.isScattered())
    return rows.readScattered(state.planes(read.cell), runs.words().data(), read.lanes,
                              unsigned(runs.words().size()), runs.isInFours(), read.stamp);
  for (const AccessRuns::Run &run : runs.list())
    rows.read(state.planes(uint32_t(read.cell + run.offset / 4)), read.lanes + run.firstCell,
              run.bytes / 4, read.stamp);
}

void note(CtaRace &state, const NotedRead &read) {
  if (state.reads.size() == kMostReads)
    enterReads(state);
  state.reads.push_back(read);
  state.lastRead = std::max(state.lastRead, read.stamp.time);
}

// Whether all warps that still run, and may access the CTA's memory, have seen all that was read.
bool isForgettable(const Cta &owner) {
  for (const auto &cta : owner.cluster->ctas)
    for (const WarpContext &w : cta->warps)
      if (w.live != 0 && cta->race->warps[w.index].floor < owner.race->lastRead)
        return false;
  return true;
}
} // namespace

CtaRace::CtaRace(WorkerRace &worker) : worker(worker) {
  reads.reserve(kMostReads);
  worker.ctas.push_back(this);
}

CtaRace::~CtaRace() { worker.ctas.erase(std::find(worker.ctas.begin(), worker.ctas.end(), this)); }

void enterReads(CtaRace &state) {
  for (const NotedRead &read : state.reads)
    enter(state, read);
  state.reads.clear();
}

void enterAllReads(WorkerRace &worker) {
  for (CtaRace *state : worker.ctas)
    enterReads(*state);
}

// A writer that has seen all reads is in conflict with none of them, wherever they stand.
void enterReadsBefore(const Touch &write, Cta &owner) {
  CtaRace &state = *owner.race;
  if (state.reads.empty())
    return;
  if (clocksOf(*write.warp).floor < state.lastRead)
    enterReads(state);
  else if (isForgettable(owner))
    state.reads.clear();
}

void readShared(Touch &touch, uint32_t address, AccessRuns &runs) {
  WarpContext &w = *touch.warp;
  CtaRace &state = raceOf(w);
  uint32_t floor = clocksOf(w).floor, offset = windowOffset(address), cell = offset >> 2;
  auto isAnyWriteLater = [&] {
    return state.worker.rows.isAnyLaterAt(state.row(cell).write.time, runs.words().data(),
                                          unsigned(runs.words().size()), runs.isInFours(), floor);
  };
  const uint8_t *lanes = touch.lanes;
  if (state.lastWrite > floor && (!runs.isScattered() || isAnyWriteLater()))
    for (const AccessRuns::Run &run : runs.list()) {
      touch.lanes = lanes + run.firstCell;
      compareWithWrites(touch, uint32_t(offset + run.offset), run.bytes / 4);
    }
  runs.isNoted = true;
  note(state, {&runs,
               touch.kept != nullptr ? touch.kept : lanes,
               cell,
               {touch.time, touch.tag | kTagWord, touch.inst->id, floor}});
}

bool raceReadAgain(WarpContext &w, const Inst &i, uint32_t address, AccessRuns &runs) {
  CtaRace &state = raceOf(w);
  const WarpRace &clocks = state.warps[w.index];
  if (state.lastWrite > clocks.floor || (i.flags & kStrong) != 0)
    return false;
  runs.isNoted = true;
  note(state, {&runs,
               runs.lanesOfWords(),
               windowOffset(address) >> 2,
               {clocks.epoch, actorOf(w) | kTagWord, i.id, clocks.floor}});
  return true;
}

} // namespace azulejo::sim
