// This file declares the short form of the race check's cells of global memory: an access to all of
// a group of cells is remembered once, and cell by cell only where an access differs between them.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_CHECK_RACEGROUPS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_CHECK_RACEGROUPS_H

#include "check/RaceState.h"

namespace azulejo::sim {

constexpr unsigned kGroupCells = 8;

// What is remembered of all cells of a group: as in EventRow, but bits of the tag say how the lane
// code goes on from the first cell's, or that the cells themselves hold the event.
struct GroupEvent {
  uint32_t time, tag, inst, scope;
};
struct RaceGroup {
  GroupEvent write, reads[2];
};

// Where what is remembered of global memory lies: the group of a cell, and the row of the cell.
inline RaceGroup &groupAt(DeviceMemory &memory, uint64_t address) {
  return *reinterpret_cast<RaceGroup *>(memory.raceGroup(address));
}
CellRow globalRow(DeviceMemory &memory, uint64_t address);

// Moves what the group of `address` remembers to its cells.
void spreadGroup(DeviceMemory &memory, uint64_t address);
// Looks closely at cells of one group, which remembers nothing of its own afterwards.
void compareGlobal(Touch &touch, uint64_t address, unsigned cells);

// An access to whole groups. It decides what is surely in order by the group's events.
class GroupTouch {
public:
  explicit GroupTouch(const Touch &touch);

  // Compares the access with the group's and remembers it. Returns false, with nothing done, where
  // the cells have to be looked at one by one. `lanes`: codes by cell; null: Touch::lane.
  bool touch(RaceGroup &group, const CellRow &cells, const uint8_t *lanes) const;
  // The same for one cell, whose group remembers nothing of its own.
  bool touchCell(const CellRow &cell, uint32_t lane) const;

private:
  bool isSeen(uint32_t time, uint32_t scope) const {
    return time <= start || (scope == event.scope && time <= floor);
  }
  bool isSeen(const GroupEvent &event, const EventRow &cells) const;
  bool areSeen(const EventRow &cells) const;
  bool isOrdered(const GroupEvent &event, const EventRow &cells, uint32_t tag) const;
  bool keepRead(RaceGroup &group, const CellRow &cells, GroupEvent now) const;
  // Whether the last read, which has not been seen, is to be kept beside the new one.
  bool isKept(const GroupEvent &last, const GroupEvent &other) const;

  bool isWrite, checksProxy;
  GroupEvent event; // without a lane
  uint32_t lane;
  const Clock &seen;
  uint32_t floor, start, ownActor;
};

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_CHECK_RACEGROUPS_H
