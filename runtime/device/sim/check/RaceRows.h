// This file declares the loops of the race check over many cells, for one instruction set.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_CHECK_RACEROWS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_CHECK_RACEROWS_H

#include <cstddef>
#include <cstdint>

namespace azulejo::sim {

// What a cell's tag holds.
constexpr uint32_t kTagActor = 0xffff;
constexpr unsigned kTagLaneShift = 16;  // 6 bits: a lane code
constexpr unsigned kTagBytesShift = 22; // 4 bits: which of the cell's bytes

// An event to be remembered of many cells.
struct RaceStamp {
  uint32_t time, tag, inst;
  uint32_t floor; // events up to here have been seen
};

// Cells of shared memory: planes of times, tags and instructions of the last write and of two reads
// lie `plane` words apart.
struct RacePlanes {
  uint32_t *base;
  size_t plane;
};

struct RaceRows {
  // Whether any of the times is later than `time`.
  bool (*isAnyLater)(const uint32_t *times, unsigned cells, uint32_t time);
  // Sets the events of consecutive cells; lane codes go into the tags.
  void (*set)(uint32_t *times, uint32_t *tags, uint32_t *insts, const uint8_t *lanes,
              unsigned cells, const RaceStamp &stamp);
  // Reads of consecutive cells: keeps the last read beside the new one where it is another actor's
  // and has not been seen, and sets the new one.
  void (*read)(RacePlanes planes, const uint8_t *lanes, unsigned cells, const RaceStamp &stamp);
  // Cells at `offsets`. Where `inFours`, the offsets are those of four neighbours each.
  // Whether any of the times is later than `time`.
  bool (*isAnyLaterAt)(const uint32_t *times, const int32_t *offsets, unsigned cells, bool inFours,
                       uint32_t time);
  // As `read`.
  void (*readScattered)(RacePlanes planes, const int32_t *offsets, const uint8_t *lanes,
                        unsigned cells, bool inFours, const RaceStamp &stamp);
  // Writes, if all accesses to the cells have been seen. Returns whether.
  bool (*writeScattered)(RacePlanes planes, const int32_t *offsets, const uint8_t *lanes,
                         unsigned cells, bool inFours, const RaceStamp &stamp);
};

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_CHECK_RACEROWS_H
