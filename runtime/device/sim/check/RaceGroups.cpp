// This file implements the short form of the race check's cells of global memory.
#include "check/RaceGroups.h"

#include <cstring>

namespace azulejo::sim {

namespace {
// Bits of a group's tag: 0: all cells have one lane code; 1 … 3: every cell, every second, every
// fourth has the next; kInCells: the cells hold the event.
constexpr unsigned kStepShift = 29;
constexpr uint32_t kStep = 7u << kStepShift;
constexpr uint32_t kInCells = kStep;

bool isInCells(const GroupEvent &event) { return (event.tag & kStep) == kInCells; }

// Adds the lane codes of the group's cells to `tag`. Returns false where they follow no such rule.
bool addLanes(const uint8_t *lanes, uint32_t &tag) {
  static const uint8_t kNext[4][kGroupCells] = {{0, 0, 0, 0, 0, 0, 0, 0},
                                                {0, 1, 2, 3, 4, 5, 6, 7},
                                                {0, 0, 1, 1, 2, 2, 3, 3},
                                                {0, 0, 0, 0, 1, 1, 1, 1}};
  uint64_t codes, next;
  std::memcpy(&codes, lanes, sizeof(codes));
  codes -= lanes[0] * 0x0101010101010101u;
  for (uint32_t step = 0; step < 4; ++step) {
    std::memcpy(&next, kNext[step], sizeof(next));
    if (codes == next) {
      tag |= uint32_t(lanes[0]) << kTagLaneShift | step << kStepShift;
      return true;
    }
  }
  return false;
}

void spread(GroupEvent &event, const EventRow &cells) {
  if (isInCells(event))
    return;
  uint32_t step = event.tag >> kStepShift, tag = event.tag & ~kStep;
  for (unsigned k = 0; k < kGroupCells; ++k) {
    cells.time[k] = event.time;
    cells.tag[k] = tag + ((step != 0 ? k >> (step - 1) : 0) << kTagLaneShift);
    cells.inst[k] = event.inst;
    cells.scope[k] = event.scope;
  }
  event = {~0u, kInCells, 0, 0};
}
} // namespace

// Cells of global memory lie group by group, plane behind plane.
CellRow globalRow(DeviceMemory &memory, uint64_t address) {
  auto *group = reinterpret_cast<uint32_t *>(memory.raceShadow(address));
  uint32_t *base = group + (address >> 2) % kGroupCells;
  auto plane = [&](size_t p) { return base + p * kGroupCells; };
  return {{plane(0), plane(1), plane(2), plane(3)},
          {{plane(4), plane(5), plane(6), plane(7)}, {plane(8), plane(9), plane(10), plane(11)}}};
}

void spreadGroup(DeviceMemory &memory, uint64_t address) {
  RaceGroup &group = groupAt(memory, address);
  if ((group.write.tag & group.reads[0].tag & group.reads[1].tag & kStep) == kInCells)
    return;
  CellRow cells = globalRow(memory, address & ~uint64_t{4 * kGroupCells - 1});
  spread(group.write, cells.write);
  spread(group.reads[0], cells.reads[0]);
  spread(group.reads[1], cells.reads[1]);
}

GroupTouch::GroupTouch(const Touch &touch)
    : isWrite(touch.isWrite), checksProxy(touch.checksProxy),
      event{touch.time, touch.tag | touch.bytes << kTagBytesShift, touch.inst->id,
            scopeOf(*touch.warp).number},
      lane(touch.lane), seen(clocksOf(*touch.warp).view.seen), floor(clocksOf(*touch.warp).floor),
      start(touch.warp->worker->race->start), ownActor(actorOf(*touch.warp)) {}

// Whether the warp has surely seen the event, whoever did it.
bool GroupTouch::isSeen(const GroupEvent &other, const EventRow &cells) const {
  return isSeen(other.time, other.scope) || (isInCells(other) && areSeen(cells));
}

bool GroupTouch::areSeen(const EventRow &cells) const {
  uint32_t bad = 0;
  for (unsigned k = 0; k < kGroupCells; ++k)
    bad |= uint32_t(cells.time[k] > start) &
           (uint32_t(cells.scope[k] != event.scope) | uint32_t(cells.time[k] > floor));
  return bad == 0;
}

// The same, or what the actor's clock covers, or the same lanes of the warp did before.
bool GroupTouch::isOrdered(const GroupEvent &other, const EventRow &cells, uint32_t tag) const {
  if (isSeen(other, cells))
    return true;
  if (isInCells(other) || other.scope != event.scope)
    return false;
  uint32_t actor = other.tag & kTagActor;
  if (other.time <= timeOf(seen, actor))
    return true;
  constexpr uint32_t kSeveral = uint32_t{kSeveralLanes} << kTagLaneShift;
  return actor == ownActor && ((other.tag ^ tag) & (kTagLane | kStep)) == 0 &&
         (tag & kTagLane) != kSeveral;
}

bool GroupTouch::touch(RaceGroup &group, const CellRow &cells, const uint8_t *lanes) const {
  GroupEvent now = event;
  if (lanes == nullptr)
    now.tag |= lane << kTagLaneShift;
  else if (!addLanes(lanes, now.tag))
    return false;
  if (!isOrdered(group.write, cells.write, now.tag))
    return false;
  if (checksProxy && (isInCells(group.write) || group.write.time > start))
    return false;
  if (!isWrite)
    return keepRead(group, cells, now);
  if (!isOrdered(group.reads[0], cells.reads[0], now.tag) ||
      !isOrdered(group.reads[1], cells.reads[1], now.tag))
    return false;
  group.write = now;
  return true;
}

// One of another actor is, unless a read of a third cluster is kept already.
bool GroupTouch::isKept(const GroupEvent &last, const GroupEvent &other) const {
  if (last.scope == event.scope)
    return ((last.tag ^ event.tag) & kTagActor) != 0;
  return other.time <= start || other.scope == event.scope;
}

bool GroupTouch::keepRead(RaceGroup &group, const CellRow &cells, GroupEvent now) const {
  GroupEvent &last = group.reads[0], &other = group.reads[1];
  if (!isSeen(last, cells.reads[0])) {
    if (isInCells(last) || isInCells(other))
      return false;
    if (isKept(last, other))
      other = last;
  }
  last = now;
  return true;
}

namespace {
// An event of a cell of global memory; `first` is its time.
GroupEvent eventAt(const uint32_t *first) {
  return {first[0], first[kGroupCells], first[2 * kGroupCells], first[3 * kGroupCells]};
}
void setEvent(uint32_t *first, const GroupEvent &event) {
  first[0] = event.time;
  first[kGroupCells] = event.tag;
  first[2 * kGroupCells] = event.inst;
  first[3 * kGroupCells] = event.scope;
}
} // namespace

inline bool GroupTouch::touchCell(const CellRow &cell, uint32_t lane) const {
  uint32_t *write = cell.write.time, *last = cell.reads[0].time, *other = cell.reads[1].time;
  auto isSeenAt = [&](const uint32_t *first) { return isSeen(first[0], first[3 * kGroupCells]); };
  if (!isSeenAt(write) || checksProxy)
    return false;
  GroupEvent now = event;
  now.tag |= lane << kTagLaneShift;
  if (isWrite) {
    if (!isSeenAt(last) || !isSeenAt(other))
      return false;
    setEvent(write, now);
    return true;
  }
  if (!isSeenAt(last) && isKept(eventAt(last), eventAt(other)))
    setEvent(other, eventAt(last));
  setEvent(last, now);
  return true;
}

void touchGlobal(Touch &touch, uint64_t address, unsigned cells) {
  DeviceMemory &memory = *touch.warp->worker->launch->memory;
  address &= ~uint64_t{3};
  if (cells == 1)
    return compareGlobal(touch, address, 1);
  GroupTouch groupTouch(touch);
  const uint8_t *lanes = touch.lanes;
  for (unsigned done = 0; done < cells;) {
    uint64_t at = address + 4 * done;
    unsigned here = std::min<unsigned>(cells - done, kGroupCells - (at >> 2) % kGroupCells);
    touch.lanes = lanes != nullptr ? lanes + done : nullptr;
    if (here < kGroupCells ||
        !groupTouch.touch(groupAt(memory, at), globalRow(memory, at), touch.lanes))
      compareGlobal(touch, at, here);
    done += here;
  }
  touch.lanes = lanes;
}

void touchGlobalScattered(Touch &touch, uint64_t first, const AccessRuns &runs) {
  DeviceMemory &memory = *touch.warp->worker->launch->memory;
  GroupTouch groupTouch(touch);
  const std::vector<int32_t> &words = runs.words();
  uint64_t group = 0;
  for (size_t k = 0; k < words.size(); ++k) {
    uint64_t at = first + uint64_t(int64_t{words[k]} * 4);
    if (at / (4 * kGroupCells) != group)
      spreadGroup(memory, at);
    group = at / (4 * kGroupCells);
    touch.lanes = runs.lanesOfWords() + k;
    if (!groupTouch.touchCell(globalRow(memory, at), *touch.lanes))
      compareGlobal(touch, at, 1);
  }
}

} // namespace azulejo::sim
