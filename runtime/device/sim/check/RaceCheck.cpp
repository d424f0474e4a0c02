// This file implements the check for data races.
#include "check/RaceCheck.h"

#include "exec/Worker.h"

#include <algorithm>

namespace azulejo::sim {

namespace {
// Inst::flags of loads and stores: a strong access, which orders.
constexpr unsigned kStrong = 8;

CtaRace &stateOf(WarpContext &w) { return *w.cta->race; }

uint32_t &now(WarpContext &w) { return w.worker->race->time; }

void join(WarpClock &to, const WarpClock &from) {
  for (unsigned i = 0; i < kMaxWarps; ++i)
    to[i] = std::max(to[i], from[i]);
}

// What others learn from the warp: all it has seen, and itself up to now.
WarpClock published(WarpContext &w) {
  WarpClock clock = stateOf(w).warps[w.index];
  clock[w.index] = now(w);
  return clock;
}

bool isOrdered(WarpContext &w, const RaceEvent &event) {
  return event.time == 0 || event.warp == w.index ||
         event.time <= stateOf(w).warps[w.index][event.warp];
}

bool conflicts(const RaceEvent &event, uint8_t bytes, bool isStrong) {
  return event.time != 0 && (event.bytes & bytes) != 0 && !(event.isStrong && isStrong);
}

const char *hazard(bool isWrite, bool otherIsWrite) {
  return isWrite ? (otherIsWrite ? "write-after-write" : "write-after-read") : "read-after-write";
}

std::string nameOf(WarpContext &w, uint64_t address, bool isGlobal, int64_t &offset) {
  const Launch &launch = *w.worker->launch;
  offset = 0;
  if (isGlobal) {
    int64_t index = launch.memory->find(address);
    if (index < 0)
      return "";
    offset = int64_t(address - launch.memory->allocation(index).base);
    return launch.memory->allocation(index).name;
  }
  std::string name;
  for (const SharedVariable &variable : launch.shared)
    if (variable.offset <= address) {
      name = variable.name;
      offset = int64_t(address - variable.offset);
    }
  return name;
}

FindingSite otherSite(WarpContext &w, const RaceEvent &event, const char *access, uint64_t cta) {
  Inst other;
  other.id = event.inst;
  FindingSite site = makeSite(w, other, 0, access);
  const Launch &launch = *w.worker->launch;
  uint32_t linear = uint32_t(event.warp) * 32;
  site.warp = event.warp;
  site.thread[0] = linear % launch.block.x;
  site.thread[1] = linear / launch.block.x % launch.block.y;
  site.thread[2] = linear / launch.block.x / launch.block.y;
  site.block[0] = uint32_t(cta % launch.grid.x);
  site.block[1] = uint32_t(cta / launch.grid.x % launch.grid.y);
  site.block[2] = uint32_t(cta / launch.grid.x / launch.grid.y);
  return site;
}

void reportRace(WarpContext &w, const Inst &i, unsigned lane, uint64_t address, bool isGlobal,
                bool isWrite, const RaceEvent &other, bool otherIsWrite, uint64_t otherCta,
                const char *detail) {
  const char *kind = hazard(isWrite, otherIsWrite);
  Worker &worker = *w.worker;
  if (worker.findings.countAgain("race", kind, i.id, other.inst + 1, w.cta->linear))
    return;
  Finding finding = makeFinding(w, i, lane, "race", kind);
  finding.sites[0].access = isWrite ? "write" : "read";
  finding.address = address;
  finding.buffer = nameOf(w, address, isGlobal, finding.offset);
  finding.message = std::string(kind) + " hazard on " + (isGlobal ? "global" : "shared") + " '" +
                    finding.buffer + "' +" + std::to_string(finding.offset) + ": " + detail;
  finding.sites.push_back(otherSite(w, other, otherIsWrite ? "write" : "read", otherCta));
  worker.findings.add(i.id, other.inst + 1, std::move(finding));
}

constexpr const char *kNoOrder = "nothing orders the two accesses";

void keepRead(RaceEvent (&reads)[2], const RaceEvent &event) {
  if (reads[0].time != 0 && reads[0].warp != event.warp)
    reads[1] = reads[0];
  reads[0] = event;
}

void touchShared(WarpContext &w, const Inst &i, unsigned lane, uint64_t offset,
                 const RaceEvent &event, bool isWrite) {
  SharedCell &cell = stateOf(w).cells[offset >> 2];
  uint64_t cta = w.cta->linear;
  if (cell.isPending) {
    reportRace(w, i, lane, offset, false, isWrite, cell.write, true, cta,
               "an asynchronous copy into it has not been waited for");
    cell.isPending = false;
  } else if (conflicts(cell.write, event.bytes, event.isStrong) && !isOrdered(w, cell.write)) {
    reportRace(w, i, lane, offset, false, isWrite, cell.write, true, cta, kNoOrder);
  }
  if (!isWrite)
    return keepRead(cell.reads, event);
  for (const RaceEvent &read : cell.reads)
    if (conflicts(read, event.bytes, event.isStrong) && !isOrdered(w, read))
      reportRace(w, i, lane, offset, false, true, read, false, cta, kNoOrder);
  cell.write = event;
}

// Accesses of different CTAs are unordered unless the earlier CTA made a strong access after its
// own, and the later one a strong access before its own.
bool areOrdered(WarpContext &w, const RaceEvent &event, uint32_t cta) {
  uint64_t other = uint64_t(cta) - 1;
  if (other == w.cta->linear)
    return isOrdered(w, event);
  const auto &releases = w.worker->race->releases;
  auto it = releases.find(other);
  return it != releases.end() && it->second >= event.time && stateOf(w).lastStrong >= event.time;
}

void touchGlobal(WarpContext &w, const Inst &i, unsigned lane, uint64_t address,
                 const RaceEvent &event, bool isWrite) {
  const Launch &launch = *w.worker->launch;
  GlobalCell &cell =
      *reinterpret_cast<GlobalCell *>(launch.memory->raceShadow(address & ~uint64_t{3}));
  if (cell.launch != uint32_t(launch.gridId)) {
    cell = GlobalCell();
    cell.launch = uint32_t(launch.gridId);
  }
  uint32_t cta = uint32_t(w.cta->linear) + 1;
  if (conflicts(cell.write, event.bytes, event.isStrong) &&
      !areOrdered(w, cell.write, cell.writeCta))
    reportRace(w, i, lane, address, true, isWrite, cell.write, true, cell.writeCta - 1, kNoOrder);
  if (isWrite) {
    for (unsigned r = 0; r < 2; ++r)
      if (conflicts(cell.reads[r], event.bytes, event.isStrong) &&
          !areOrdered(w, cell.reads[r], cell.readCta[r]))
        reportRace(w, i, lane, address, true, true, cell.reads[r], false, cell.readCta[r] - 1,
                   kNoOrder);
    cell.write = event;
    cell.writeCta = cta;
    return;
  }
  if (cell.reads[0].time != 0 && (cell.reads[0].warp != event.warp || cell.readCta[0] != cta)) {
    cell.reads[1] = cell.reads[0];
    cell.readCta[1] = cell.readCta[0];
  }
  cell.reads[0] = event;
  cell.readCta[0] = cta;
}

RaceEvent makeEvent(WarpContext &w, const Inst &i, bool isStrong) {
  RaceEvent event;
  event.time = now(w);
  event.inst = i.id;
  event.warp = uint8_t(w.index);
  event.isStrong = isStrong;
  return event;
}

// Calls fn(cell address, bytes of the cell) for every cell of an access.
template <typename Fn> void forCells(uint64_t address, unsigned bytes, Fn fn) {
  if (bytes < 4) {
    fn(address, uint8_t(((1u << bytes) - 1) << (address & 3)));
    return;
  }
  for (unsigned at = 0; at < bytes; at += 4)
    fn(address + at, uint8_t(15));
}

// Strong accesses to one address order each other and what is around them.
void orderStrong(WarpContext &w, uint32_t mask, const uint64_t *addresses, bool isGlobal) {
  CtaRace &state = stateOf(w);
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    WarpClock &variable = state.variables[addresses[__builtin_ctz(m)]];
    join(state.warps[w.index], variable);
    join(variable, published(w));
  }
  if (isGlobal) {
    state.lastStrong = now(w);
    w.worker->race->releases[w.cta->linear] = now(w);
  }
}
} // namespace

void raceStartCta(Cta &cta) {
  Worker &worker = *cta.warps[0].worker;
  if (worker.race == nullptr)
    worker.race = std::make_unique<WorkerRace>();
  if (cta.race == nullptr)
    cta.race = std::make_unique<CtaRace>();
  CtaRace &state = *cta.race;
  state.cells.assign((worker.launch->sharedEnd + 4) / 4 + 4, SharedCell());
  state.warps.assign(cta.warps.size(), WarpClock{});
  for (WarpClock &clock : state.barriers)
    clock = WarpClock{};
  state.exited = WarpClock{};
  state.variables.clear();
  state.lastStrong = 0;
}

void raceAccess(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                unsigned bytes, Access access, bool isGlobal) {
  bool isStrong = access == Access::Atomic || (i.flags & kStrong) != 0;
  bool isWrite = access != Access::Load;
  ++now(w);
  if (isStrong)
    orderStrong(w, mask, addresses, isGlobal);
  RaceEvent event = makeEvent(w, i, isStrong);
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    forCells(addresses[lane], bytes, [&](uint64_t at, uint8_t which) {
      event.bytes = which;
      if (isGlobal)
        touchGlobal(w, i, lane, at, event, isWrite);
      else
        touchShared(w, i, lane, at, event, isWrite);
    });
  }
}

void raceRange(WarpContext &w, const Inst &i, unsigned lane, uint64_t address, unsigned bytes,
               bool isWrite, bool isGlobal) {
  ++now(w);
  RaceEvent event = makeEvent(w, i, false);
  event.bytes = 15;
  for (uint64_t at = address & ~uint64_t{3}; at < address + bytes; at += 4) {
    if (isGlobal)
      touchGlobal(w, i, lane, at, event, isWrite);
    else
      touchShared(w, i, lane, at, event, isWrite);
  }
}

void raceCopyIssued(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *offsets,
                    unsigned bytes) {
  raceAccess(w, i, mask, offsets, bytes, Access::Store, false);
  for (uint32_t m = mask; m != 0; m &= m - 1)
    forCells(offsets[__builtin_ctz(m)], bytes,
             [&](uint64_t at, uint8_t) { stateOf(w).cells[at >> 2].isPending = true; });
}

void raceCopyDone(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *offsets,
                  unsigned bytes) {
  for (uint32_t m = mask; m != 0; m &= m - 1)
    forCells(offsets[__builtin_ctz(m)], bytes,
             [&](uint64_t at, uint8_t) { stateOf(w).cells[at >> 2].isPending = false; });
  raceAccess(w, i, mask, offsets, bytes, Access::Store, false);
}

void raceBarrierArrive(WarpContext &w, unsigned id) { join(stateOf(w).barriers[id], published(w)); }

void raceBarrierLeave(WarpContext &w, unsigned id, bool isWholeCta) {
  CtaRace &state = stateOf(w);
  join(state.warps[w.index], state.barriers[id]);
  if (isWholeCta)
    join(state.warps[w.index], state.exited);
}

void raceExit(WarpContext &w) { join(stateOf(w).exited, published(w)); }

void raceRelease(WarpContext &w, uint64_t object) {
  join(stateOf(w).variables[object], published(w));
}

void raceAcquire(WarpContext &w, uint64_t object) {
  CtaRace &state = stateOf(w);
  auto it = state.variables.find(object);
  if (it != state.variables.end())
    join(state.warps[w.index], it->second);
}

} // namespace azulejo::sim
