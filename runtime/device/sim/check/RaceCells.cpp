// This file implements the cells of the race check: what is remembered of accesses to 4 bytes, and
// the comparison of a new access with it.
#include "check/RaceGroups.h"

#include <cstring>

namespace azulejo::sim {

// Planes: time, tag and instruction of the last write and of two reads.
CellRow CtaRace::row(uint32_t cell) {
  uint32_t *base = cells.data() + cell;
  auto plane = [&](size_t p) { return base + p * cellCount; };
  return {{plane(0), plane(1), plane(2), nullptr},
          {{plane(3), plane(4), plane(5), nullptr}, {plane(6), plane(7), plane(8), nullptr}}};
}

namespace {
// Cells of global memory lie group by group, plane behind plane.
CellRow globalRow(DeviceMemory &memory, uint64_t address) {
  auto *group = reinterpret_cast<uint32_t *>(memory.raceShadow(address));
  uint32_t *base = group + (address >> 2) % kGroupCells;
  auto plane = [&](size_t p) { return base + p * kGroupCells; };
  return {{plane(0), plane(1), plane(2), plane(3)},
          {{plane(4), plane(5), plane(6), plane(7)}, {plane(8), plane(9), plane(10), plane(11)}}};
}

void setEvents(EventRow &events, unsigned cells, uint32_t time, uint32_t tag, uint32_t inst) {
  std::fill(events.time, events.time + cells, time);
  std::fill(events.tag, events.tag + cells, tag);
  std::fill(events.inst, events.inst + cells, inst);
}

uint32_t laneOf(uint32_t tag) { return (tag & kTagLane) >> kTagLaneShift; }

// Lanes of one warp are ordered by program order, each for itself.
bool isSameLane(uint32_t a, uint32_t b) {
  uint32_t x = laneOf(a), y = laneOf(b);
  if (x == kWholeWarp || y == kWholeWarp)
    return true;
  if (x == kSeveralLanes || y == kSeveralLanes)
    return false;
  return ((a | b) & kTagSubWord) ? x / 4 == y / 4 : x == y;
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

// Who made the remembered access of `scope`, as rank and warp.
std::pair<uint32_t, uint32_t> placeOf(const ClusterRace &own, uint32_t actor) {
  if (actor >= own.firstMbarrier()) {
    size_t index = actor - own.firstMbarrier();
    return index < own.mbarrierOwners.size() ? own.mbarrierOwners[index]
                                             : std::pair<uint32_t, uint32_t>{0, 0};
  }
  uint32_t line = actor / own.warps, engine = line % ClusterRace::kEngines;
  uint32_t index = actor % own.warps;
  return {line / ClusterRace::kEngines, engine == ClusterRace::kWgmma ? index * 4 : index};
}

FindingSite siteOf(WarpContext &w, uint32_t inst, uint32_t actor, uint32_t lane, uint32_t scope,
                   const char *access) {
  Inst other;
  other.id = inst;
  FindingSite site = makeSite(w, other, lane, access);
  const Launch &launch = *w.worker->launch;
  auto [rank, warp] = placeOf(scopeOf(w), actor);
  uint32_t linear = warp * 32 + lane;
  site.warp = warp;
  site.thread[0] = linear % launch.block.x;
  site.thread[1] = linear / launch.block.x % launch.block.y;
  site.thread[2] = linear / launch.block.x / launch.block.y;
  uint64_t cta = scope - 1;
  const Dim3 &cluster = launch.cluster;
  site.block[0] = uint32_t(cta % launch.grid.x) + rank % cluster.x;
  site.block[1] = uint32_t(cta / launch.grid.x % launch.grid.y) + rank / cluster.x % cluster.y;
  site.block[2] = uint32_t(cta / launch.grid.x / launch.grid.y) + rank / cluster.x / cluster.y;
  return site;
}
} // namespace

FindingSite actorSite(WarpContext &w, uint32_t inst, uint32_t actor, const char *access) {
  return siteOf(w, inst, actor, 0, scopeOf(w).number, access);
}

namespace {
// The comparison of one access with rows of cells. Global: the rows have scopes.
template <bool IsGlobal> class Comparison {
public:
  Comparison(Touch &touch, CellRow row, unsigned cells, uint64_t address)
      : touch(touch), row(row), cells(cells), address(address), w(*touch.warp), clocks(clocksOf(w)),
        rows(w.worker->race->rows), scope(scopeOf(w).number), start(w.worker->race->start) {}

  void run() {
    if (!isSeen(row.write))
      compare(row.write, true);
    if (touch.isWrite)
      for (EventRow &read : row.reads)
        if (!isSeen(read))
          compare(read, false);
    if (touch.checksProxy)
      compareProxy();
    touch.isWrite ? keep(row.write) : keepRead();
  }

private:
  // Whether the warp has surely seen all events of the row. One pass without branches.
  bool isSeen(const EventRow &events) const {
    uint32_t floor = clocks.floor;
    if (!isAnyLater(events.time, IsGlobal ? start : floor))
      return true;
    if constexpr (!IsGlobal)
      return false;
    uint32_t bad = 0;
    for (unsigned k = 0; k < cells; ++k)
      bad |= uint32_t(events.time[k] > start) &
             (uint32_t(events.scope[k] != scope) | uint32_t(events.time[k] > floor));
    return bad == 0;
  }

  bool isAnyLater(const uint32_t *times, uint32_t time) const {
    constexpr unsigned kFew = 8;
    if (cells > kFew)
      return rows.isAnyLater(times, cells, time);
    uint32_t later = 0;
    for (unsigned k = 0; k < cells; ++k)
      later |= uint32_t(times[k] > time);
    return later != 0;
  }

  uint32_t scopeAt(const EventRow &events, unsigned k) const {
    return IsGlobal ? events.scope[k] : scope;
  }

  bool isOrdered(const EventRow &events, unsigned k) const {
    uint32_t time = events.time[k], tag = events.tag[k];
    if (time <= start)
      return true;
    if (scopeAt(events, k) != scope)
      return isKnown(events, k) || isAcquired(events, k);
    if (time <= timeOf(clocks.view.seen, tag & kTagActor))
      return true;
    if ((tag & kTagActor) == actorOf(w) && isSameLane(tag, touch.tag | laneAt(k)))
      return true;
    return hasLaneArrived(time, tag) || ((tag & kTagStrong) != 0 && isAcquired(events, k));
  }

  // A lane that has arrived somewhere by itself, since the access; for one of the warp as a whole,
  // any lane.
  bool hasLaneArrived(uint32_t time, uint32_t tag) const {
    const auto &lanes = clocks.view.lanes;
    if (lanes.empty() || laneOf(tag) == kSeveralLanes)
      return false;
    uint32_t actor = tag & kTagActor, lane = laneOf(tag);
    if (lane < 32) {
      auto it = lanes.find({actor, lane});
      return it != lanes.end() && time <= it->second;
    }
    for (auto it = lanes.lower_bound({actor, 0}); it != lanes.end() && it->first.first == actor;
         ++it)
      if (time <= it->second)
        return true;
    return false;
  }

  bool isKnown(const EventRow &events, unsigned k) const {
    if (clocks.view.others == nullptr)
      return false;
    auto it = clocks.view.others->find(events.scope[k]);
    return it != clocks.view.others->end() &&
           events.time[k] <= timeOf(*it->second, events.tag[k] & kTagActor);
  }

  // A strong access to the place itself, which the scope has read since.
  bool isAcquired(const EventRow &events, unsigned k) const {
    if ((events.tag[k] & kTagStrong) == 0)
      return false;
    auto &variables = IsGlobal ? w.worker->race->variables : scopeOf(w).variables;
    auto it = variables.find(address + 4 * k);
    if (it == variables.end())
      return false;
    auto acquired = it->second.acquired.find(scope);
    return acquired != it->second.acquired.end() && acquired->second >= events.time[k];
  }

  uint32_t laneAt(unsigned k) const {
    return (touch.lanes != nullptr ? touch.lanes[k] : touch.lane) << kTagLaneShift;
  }

  void compare(const EventRow &events, bool otherIsWrite) {
    for (unsigned k = 0; k < cells && !touch.isFound; ++k) {
      uint32_t tag = events.tag[k];
      bool conflicts = events.time[k] > start && ((tag >> kTagBytesShift) & touch.bytes) != 0 &&
                       (tag & touch.tag & kTagStrong) == 0;
      if (conflicts && !isOrdered(events, k))
        report(
            events, k, otherIsWrite, hazard(touch.isWrite, otherIsWrite),
            isPendingAt(events, k)
                ? "the asynchronous operation has not been waited for, or nothing orders the wait "
                  "before this access"
                : "nothing orders the two accesses");
    }
  }

  // An asynchronous operation whose end the warp that issued it has not seen either.
  bool isPendingAt(const EventRow &events, unsigned k) const {
    return events.time[k] == kPending ||
           (scopeAt(events, k) == scope && (events.tag[k] & kTagActor) >= firstEngine());
  }
  uint32_t firstEngine() const { return scopeOf(w).warps; }

  // Ordinary writes that the access is ordered behind, but no proxy fence lies between.
  void compareProxy() {
    for (unsigned k = 0; k < cells && !touch.isFound; ++k) {
      uint32_t tag = row.write.tag[k];
      if (row.write.time[k] <= start || (tag & kTagAsync) != 0 || scopeAt(row.write, k) != scope ||
          row.write.time[k] <= timeOf(clocks.view.proxy, tag & kTagActor))
        continue;
      report(row.write, k, true, "missing-proxy-fence",
             "no fence.proxy.async lies between the write and the asynchronous read");
    }
  }

  void report(const EventRow &events, unsigned k, bool otherIsWrite, const char *kind,
              const char *detail) {
    touch.isFound = true;
    bool isProxy = kind[0] == 'm';
    Worker &worker = *w.worker;
    uint32_t inst = events.inst[k];
    const char *check = isProxy ? "proxy" : "race";
    if (worker.findings.countAgain(check, kind, touch.inst->id, inst + 1, w.cta->linear))
      return;
    uint32_t lane = laneAt(k) >> kTagLaneShift;
    Finding finding = makeFinding(w, *touch.inst, lane < 32 ? lane : 0, check, kind);
    finding.sites[0].access = touch.isWrite ? "write" : "read";
    finding.address = address + 4 * k;
    finding.buffer = nameOf(w, finding.address, IsGlobal, finding.offset);
    finding.message = std::string(kind) + (isProxy ? "" : " hazard") + " on " +
                      (IsGlobal ? "global" : "shared") + " '" + finding.buffer + "' +" +
                      std::to_string(finding.offset) + ": " + detail;
    uint32_t otherLane = laneOf(events.tag[k]) < 32 ? laneOf(events.tag[k]) : 0;
    finding.sites.push_back(siteOf(w, inst, events.tag[k] & kTagActor, otherLane,
                                   scopeAt(events, k), otherIsWrite ? "write" : "read"));
    worker.findings.add(touch.inst->id, inst + 1, std::move(finding));
  }

  const uint8_t *keptLanes() const { return touch.kept != nullptr ? touch.kept : touch.lanes; }

  void keep(EventRow &events) const {
    uint32_t tag = touch.tag | touch.bytes << kTagBytesShift;
    if (touch.lanes != nullptr)
      rows.set(events.time, events.tag, events.inst, keptLanes(), cells,
               {touch.time, tag, touch.inst->id, 0});
    else
      setEvents(events, cells, touch.time, tag | touch.lane << kTagLaneShift, touch.inst->id);
    if constexpr (IsGlobal)
      std::fill(events.scope, events.scope + cells, scope);
  }

  // A read that the new one is not ordered behind, of another actor, is kept beside it.
  void keepRead() {
    if constexpr (!IsGlobal)
      if (touch.lanes != nullptr) {
        RacePlanes planes = {row.write.time, size_t(row.write.tag - row.write.time)};
        uint32_t tag = touch.tag | touch.bytes << kTagBytesShift;
        return rows.read(planes, keptLanes(), cells,
                         {touch.time, tag, touch.inst->id, clocks.floor});
      }
    if (!isSeen(row.reads[0]))
      for (unsigned k = 0; k < cells; ++k) {
        bool isOwn =
            (row.reads[0].tag[k] & kTagActor) == touch.actor && scopeAt(row.reads[0], k) == scope;
        if (isOwn || row.reads[0].time[k] <= start || hasOther(k))
          continue;
        row.reads[1].time[k] = row.reads[0].time[k];
        row.reads[1].tag[k] = row.reads[0].tag[k];
        row.reads[1].inst[k] = row.reads[0].inst[k];
        if constexpr (IsGlobal)
          row.reads[1].scope[k] = row.reads[0].scope[k];
      }
    keep(row.reads[0]);
  }

  // Whether a read of a third cluster is kept beside the last one, which will do.
  bool hasOther(unsigned k) const {
    return IsGlobal && row.reads[0].scope[k] != scope && row.reads[1].time[k] > start &&
           row.reads[1].scope[k] != scope;
  }

  Touch &touch;
  CellRow row;
  unsigned cells;
  uint64_t address;
  WarpContext &w;
  WarpRace &clocks;
  const RaceRows &rows;
  uint32_t scope, start;
};
} // namespace

void touchShared(Touch &touch, Cta &owner, uint32_t address, unsigned cells) {
  uint32_t offset = windowOffset(address);
  if (&owner != touch.warp->cta)
    owner.race->remote[touch.actor] = {touch.time, touch.inst->id};
  Comparison<false>(touch, owner.race->row(offset >> 2), cells, offset & ~3u).run();
}

bool touchScattered(const Touch &touch, Cta &owner, uint32_t address, const AccessRuns &runs) {
  WarpContext &w = *touch.warp;
  if (&owner != w.cta)
    return false;
  const RaceRows &rows = w.worker->race->rows;
  RaceStamp stamp = {touch.time, touch.tag | 15u << kTagBytesShift, touch.inst->id,
                     clocksOf(w).floor};
  RacePlanes planes = owner.race->planes(windowOffset(address) >> 2);
  const uint8_t *lanes = touch.kept != nullptr ? touch.kept : touch.lanes;
  auto fn = touch.isWrite ? rows.writeScattered : rows.readScattered;
  return fn(planes, runs.words().data(), lanes, unsigned(runs.words().size()), runs.isInFours(),
            stamp);
}

namespace {
RaceGroup &groupAt(DeviceMemory &memory, uint64_t address) {
  return *reinterpret_cast<RaceGroup *>(memory.raceGroup(address));
}

// Some cells of a group, or all where they differ.
void touchPart(Touch &touch, DeviceMemory &memory, uint64_t address, unsigned cells) {
  spreadGroup(groupAt(memory, address),
              globalRow(memory, address & ~uint64_t{4 * kGroupCells - 1}));
  Comparison<true>(touch, globalRow(memory, address), cells, address).run();
}
} // namespace

void touchGlobal(Touch &touch, uint64_t address, unsigned cells) {
  DeviceMemory &memory = *touch.warp->worker->launch->memory;
  address &= ~uint64_t{3};
  if (cells == 1)
    return touchPart(touch, memory, address, 1);
  GroupTouch groupTouch(touch);
  const uint8_t *lanes = touch.lanes;
  for (unsigned done = 0; done < cells;) {
    uint64_t at = address + 4 * done;
    unsigned here = std::min<unsigned>(cells - done, kGroupCells - (at >> 2) % kGroupCells);
    touch.lanes = lanes != nullptr ? lanes + done : nullptr;
    if (here < kGroupCells ||
        !groupTouch.touch(groupAt(memory, at), globalRow(memory, at), touch.lanes))
      touchPart(touch, memory, at, here);
    done += here;
  }
  touch.lanes = lanes;
}

void touchGlobalScattered(Touch &touch, uint64_t first, const AccessRuns &runs) {
  DeviceMemory &memory = *touch.warp->worker->launch->memory;
  GroupTouch groupTouch(touch);
  for (const AccessRuns::Run &run : runs.list())
    for (unsigned k = 0; k < run.bytes / 4; ++k) {
      uint64_t at = first + uint64_t(run.offset) + 4 * k;
      touch.lanes = runs.lanesOf(run) + k;
      spreadGroup(groupAt(memory, at), globalRow(memory, at & ~uint64_t{4 * kGroupCells - 1}));
      if (!groupTouch.touchCell(globalRow(memory, at), *touch.lanes))
        Comparison<true>(touch, globalRow(memory, at), 1, at).run();
    }
}

void overwriteShared(const Touch &touch, Cta &owner, uint32_t address, unsigned cells) {
  if (&owner != touch.warp->cta)
    owner.race->remote[touch.actor] = {touch.time, touch.inst->id};
  EventRow write = owner.race->row(windowOffset(address) >> 2).write;
  setEvents(write, cells, touch.time, touch.tag | touch.bytes << kTagBytesShift, touch.inst->id);
}

Touch warpTouch(WarpContext &w, const Inst &i, bool isWrite) {
  Touch touch;
  touch.warp = &w;
  touch.inst = &i;
  touch.actor = actorOf(w);
  touch.time = clocksOf(w).epoch;
  touch.tag = touch.actor;
  touch.isWrite = isWrite;
  return touch;
}

Touch engineTouch(WarpContext &w, const Inst &i, ClusterRace::Engine engine, uint32_t time,
                  bool isWrite) {
  Touch touch = warpTouch(w, i, isWrite);
  touch.actor = actorOf(w, engine);
  touch.tag = touch.actor;
  touch.time = time;
  touch.lane = kWholeWarp;
  activate(scopeOf(w), touch.actor);
  return touch;
}

} // namespace azulejo::sim
