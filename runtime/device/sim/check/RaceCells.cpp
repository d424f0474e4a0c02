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
void setEvents(EventRow &events, unsigned cells, uint32_t time, uint32_t tag, uint32_t inst) {
  std::fill(events.time, events.time + cells, time);
  std::fill(events.tag, events.tag + cells, tag);
  std::fill(events.inst, events.inst + cells, inst);
}

const char *hazard(bool isWrite, bool otherIsWrite) {
  return isWrite ? (otherIsWrite ? "write-after-write" : "write-after-read") : "read-after-write";
}

// Lanes of one warp are ordered by program order, each for itself.
bool isSameLane(uint32_t a, uint32_t b) {
  uint32_t x = laneOf(a), y = laneOf(b);
  if (x == kWholeWarp || y == kWholeWarp)
    return true;
  if (x == kSeveralLanes || y == kSeveralLanes)
    return false;
  return ((a | b) & kTagSubWord) ? x / 4 == y / 4 : x == y;
}

// The comparison of one access with rows of cells. Global: the rows have scopes.
template <bool IsGlobal> class Comparison {
public:
  Comparison(Touch &touch, CellRow row, unsigned cells, uint64_t address)
      : touch(touch), row(row), cells(cells), address(address), w(*touch.warp), clocks(clocksOf(w)),
        rows(w.worker->race->rows), scope(scopeOf(w).number), start(w.worker->race->start) {}

  void compareWrites() {
    if (!isSeen(row.write))
      compare(row.write, true);
  }

  void run() {
    compareWrites();
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
      return isKnownIn(clocks.view.others, events, k) || isAcquired(events, k);
    if (time <= timeOf(clocks.view.seen, tag & kTagActor))
      return true;
    if ((tag & kTagActor) == actorOf(w) && isSameLane(tag, touch.tag | laneAt(k)))
      return true;
    if ((tag & kTagInit) != 0 && !IsGlobal && time <= timeOf(clocks.view.inits, tag & kTagActor))
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

  bool isKnownIn(const std::shared_ptr<const Knowledge> &others, const EventRow &events,
                 unsigned k) const {
    if (others == nullptr)
      return false;
    auto it = others->find(events.scope[k]);
    return it != others->end() && events.time[k] <= timeOf(*it->second, events.tag[k] & kTagActor);
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
      bool isOrdinary = row.write.time[k] > start && (row.write.tag[k] & kTagAsync) == 0;
      if (!isOrdinary || isFenced(k))
        continue;
      report(row.write, k, true, "missing-proxy-fence",
             "no fence.proxy.async of its state space lies between the write and the asynchronous "
             "read");
    }
  }

  // Whether a proxy fence lies behind the last write. Writes of other clusters that are ordered by
  // themselves alone, as strong ones, are not judged.
  bool isFenced(unsigned k) const {
    uint32_t time = row.write.time[k], actor = row.write.tag[k] & kTagActor;
    if (scopeAt(row.write, k) == scope)
      return time <= timeOf(clocks.view.proxy[IsGlobal ? kProxyGlobal : kProxyShared], actor);
    return !isKnownIn(clocks.view.others, row.write, k) ||
           isKnownIn(clocks.view.othersProxy, row.write, k);
  }

  void report(const EventRow &events, unsigned k, bool otherIsWrite, const char *kind,
              const char *detail) {
    reportConflict(touch, {address + 4 * k, IsGlobal, laneAt(k) >> kTagLaneShift, kind, detail,
                           otherIsWrite, events.inst[k], events.tag[k], scopeAt(events, k)});
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
  CtaRace &state = *owner.race;
  uint32_t offset = windowOffset(address);
  if (&owner != touch.warp->cta)
    state.remote[touch.actor] = {touch.time, touch.inst->id};
  touch.isWrite ? enterReadsBefore(touch, owner) : enterReads(state);
  uint32_t &last = touch.isWrite ? state.lastWrite : state.lastRead;
  last = std::max(last, touch.time);
  Comparison<false>(touch, state.row(offset >> 2), cells, offset & ~3u).run();
}

bool writeScattered(const Touch &touch, uint32_t address, const AccessRuns &runs) {
  if (!runs.isScattered())
    return false;
  WarpContext &w = *touch.warp;
  CtaRace &state = raceOf(w);
  enterReadsBefore(touch, *w.cta);
  RaceStamp stamp = {touch.time, touch.tag | kTagWord, touch.inst->id, clocksOf(w).floor};
  if (!state.worker.rows.writeScattered(state.planes(windowOffset(address) >> 2),
                                        runs.words().data(), touch.lanes,
                                        unsigned(runs.words().size()), runs.isInFours(), stamp))
    return false;
  state.lastWrite = std::max(state.lastWrite, touch.time);
  return true;
}

void compareWithWrites(Touch &touch, uint32_t offset, unsigned cells) {
  Comparison<false>(touch, raceOf(*touch.warp).row(offset >> 2), cells, offset).compareWrites();
}

void compareGlobal(Touch &touch, uint64_t address, unsigned cells) {
  DeviceMemory &memory = *touch.warp->worker->launch->memory;
  spreadGroup(memory, address);
  Comparison<true>(touch, globalRow(memory, address), cells, address).run();
}

void overwriteShared(const Touch &touch, Cta &owner, uint32_t address, unsigned cells) {
  if (&owner != touch.warp->cta)
    owner.race->remote[touch.actor] = {touch.time, touch.inst->id};
  owner.race->lastWrite = std::max(owner.race->lastWrite, touch.time);
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
