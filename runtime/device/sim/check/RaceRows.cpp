// This file implements the loops of the race check over cells, for one instruction set.
#include "check/RaceRows.h"

#include "exec/AluHandlers.h"

#include <cstring>

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

// One cell, or four neighbours.
using Four = uint32_t __attribute__((vector_size(16)));

template <typename T> T load(const uint32_t *from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}
template <typename T> void store(uint32_t *to, T value) { std::memcpy(to, &value, sizeof(T)); }

// All bits where a > b.
uint32_t later(uint32_t a, uint32_t b) { return a > b ? ~0u : 0u; }
Four later(Four a, uint32_t b) { return Four(a > b); }
uint32_t differs(uint32_t a, uint32_t b) { return a != b ? ~0u : 0u; }
Four differs(Four a, uint32_t b) { return Four(a != b); }
bool isAny(uint32_t bits) { return bits != 0; }
bool isAny(Four bits) { return (bits[0] | bits[1] | bits[2] | bits[3]) != 0; }

void widen(const uint8_t *lanes, uint32_t &out) { out = lanes[0]; }
void widen(const uint8_t *lanes, Four &out) { out = Four{lanes[0], lanes[1], lanes[2], lanes[3]}; }

template <typename T>
void stampCells(uint32_t *at, size_t plane, const uint8_t *lanes, const RaceStamp &stamp) {
  T lane, zero = {};
  widen(lanes, lane);
  store<T>(at, zero + stamp.time);
  store<T>(at + plane, (lane << kTagLaneShift) | stamp.tag);
  store<T>(at + 2 * plane, zero + stamp.inst);
}

// Keeps the last read in the second place where it is another actor's and has not been seen.
template <typename T>
void shiftRead(uint32_t *last, uint32_t *other, size_t plane, const RaceStamp &stamp) {
  T keeps = later(load<T>(last), stamp.floor) &
            differs(load<T>(last + plane) & kTagActor, stamp.tag & kTagActor);
  if (!isAny(keeps))
    return;
  for (unsigned p = 0; p < 3; ++p) {
    T from = load<T>(last + p * plane), to = load<T>(other + p * plane);
    store<T>(other + p * plane, (from & keeps) | (to & ~keeps));
  }
}

template <typename T>
bool isAnyCellLater(const uint32_t *times, const int32_t *offsets, unsigned cells, uint32_t time) {
  T bad = {};
  for (unsigned k = 0; k < cells; k += sizeof(T) / 4)
    bad |= later(load<T>(times + offsets[k]), time);
  return isAny(bad);
}

template <typename T>
void readCells(RacePlanes planes, const int32_t *offsets, const uint8_t *lanes, unsigned cells,
               const RaceStamp &stamp) {
  for (unsigned k = 0; k < cells; k += sizeof(T) / 4) {
    uint32_t *last = planes.base + kFirstRead * planes.plane + offsets[k];
    shiftRead<T>(last, planes.base + kSecondRead * planes.plane + offsets[k], planes.plane, stamp);
    stampCells<T>(last, planes.plane, lanes + k, stamp);
  }
}

template <typename T>
bool writeCells(RacePlanes planes, const int32_t *offsets, const uint8_t *lanes, unsigned cells,
                const RaceStamp &stamp) {
  for (Plane plane : {kWrite, kFirstRead, kSecondRead})
    if (isAnyCellLater<T>(planes.base + plane * planes.plane, offsets, cells, stamp.floor))
      return false;
  for (unsigned k = 0; k < cells; k += sizeof(T) / 4)
    stampCells<T>(planes.base + kWrite * planes.plane + offsets[k], planes.plane, lanes + k, stamp);
  return true;
}

bool isAnyLaterAt(const uint32_t *times, const int32_t *offsets, unsigned cells, bool inFours,
                  uint32_t time) {
  return inFours ? isAnyCellLater<Four>(times, offsets, cells, time)
                 : isAnyCellLater<uint32_t>(times, offsets, cells, time);
}

void readScattered(RacePlanes planes, const int32_t *offsets, const uint8_t *lanes, unsigned cells,
                   bool inFours, const RaceStamp &given) {
  RaceStamp stamp = given;
  inFours ? readCells<Four>(planes, offsets, lanes, cells, stamp)
          : readCells<uint32_t>(planes, offsets, lanes, cells, stamp);
}

bool writeScattered(RacePlanes planes, const int32_t *offsets, const uint8_t *lanes, unsigned cells,
                    bool inFours, const RaceStamp &given) {
  RaceStamp stamp = given;
  return inFours ? writeCells<Four>(planes, offsets, lanes, cells, stamp)
                 : writeCells<uint32_t>(planes, offsets, lanes, cells, stamp);
}
} // namespace

const RaceRows kRaceRows = {isAnyLater, set, read, isAnyLaterAt, readScattered, writeScattered};

} // namespace azulejo::sim::AZJ_ISA
