// This file implements the loops of the race check over cells, for one instruction set.
#include "check/RaceRows.h"

#include "exec/AluHandlers.h"

namespace azulejo::sim::AZJ_ISA {

namespace {
enum Plane : size_t { kWrite = 0, kFirstRead = 3, kSecondRead = 6 };

bool isAnyLater(const uint32_t *times, unsigned cells, uint32_t time) {
  uint32_t later = 0;
  for (unsigned k = 0; k < cells; ++k)
    later |= uint32_t(times[k] > time);
  return later != 0;
}

void set(uint32_t *times, uint32_t *tags, uint32_t *insts, const uint8_t *lanes, unsigned cells,
         const RaceStamp &stamp) {
  uint32_t time = stamp.time, tag = stamp.tag, inst = stamp.inst;
  for (unsigned k = 0; k < cells; ++k)
    times[k] = time;
  for (unsigned k = 0; k < cells; ++k)
    tags[k] = tag | uint32_t(lanes[k]) << kTagLaneShift;
  for (unsigned k = 0; k < cells; ++k)
    insts[k] = inst;
}

void read(RacePlanes planes, const uint8_t *lanes, unsigned cells, const RaceStamp &stamp) {
  uint32_t *time = planes.base + kFirstRead * planes.plane, *tag = time + planes.plane,
           *inst = tag + planes.plane;
  if (isAnyLater(time, cells, stamp.floor)) {
    uint32_t *otherTime = planes.base + kSecondRead * planes.plane,
             *otherTag = otherTime + planes.plane, *otherInst = otherTag + planes.plane;
    uint32_t actor = stamp.tag & kTagActor, floor = stamp.floor;
    for (unsigned k = 0; k < cells; ++k) {
      bool keeps = (time[k] > floor) & ((tag[k] & kTagActor) != actor);
      otherTime[k] = keeps ? time[k] : otherTime[k];
      otherTag[k] = keeps ? tag[k] : otherTag[k];
      otherInst[k] = keeps ? inst[k] : otherInst[k];
    }
  }
  set(time, tag, inst, lanes, cells, stamp);
}

void stampCell(RacePlanes planes, Plane plane, int32_t cell, uint8_t lane, const RaceStamp &stamp) {
  uint32_t *at = planes.base + plane * planes.plane + cell;
  at[0] = stamp.time;
  at[planes.plane] = stamp.tag | uint32_t(lane) << kTagLaneShift;
  at[2 * planes.plane] = stamp.inst;
}

bool readScattered(RacePlanes planes, const int32_t *offsets, const uint8_t *lanes, unsigned cells,
                   const RaceStamp &given) {
  RaceStamp stamp = given;
  uint32_t later = 0;
  for (unsigned k = 0; k < cells; ++k)
    later |= uint32_t(planes.base[offsets[k]] > stamp.floor);
  if (later != 0)
    return false;
  uint32_t actor = stamp.tag & kTagActor;
  for (unsigned k = 0; k < cells; ++k) {
    const uint32_t *last = planes.base + kFirstRead * planes.plane + offsets[k];
    if (last[0] > stamp.floor && (last[planes.plane] & kTagActor) != actor) {
      uint32_t *other = planes.base + kSecondRead * planes.plane + offsets[k];
      for (unsigned p = 0; p < 3; ++p)
        other[p * planes.plane] = last[p * planes.plane];
    }
    stampCell(planes, kFirstRead, offsets[k], lanes[k], stamp);
  }
  return true;
}

bool writeScattered(RacePlanes planes, const int32_t *offsets, const uint8_t *lanes, unsigned cells,
                    const RaceStamp &given) {
  RaceStamp stamp = given;
  uint32_t later = 0;
  for (unsigned k = 0; k < cells; ++k)
    for (Plane plane : {kWrite, kFirstRead, kSecondRead})
      later |= uint32_t(planes.base[plane * planes.plane + size_t(offsets[k])] > stamp.floor);
  if (later != 0)
    return false;
  for (unsigned k = 0; k < cells; ++k)
    stampCell(planes, kWrite, offsets[k], lanes[k], stamp);
  return true;
}
} // namespace

const RaceRows kRaceRows = {isAnyLater, set, read, readScattered, writeScattered};

} // namespace azulejo::sim::AZJ_ISA
