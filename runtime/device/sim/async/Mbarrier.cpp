// This file holds the state machine of mbarrier objects.
#include "device/sim/async/Mbarrier.h"

namespace azulejo::sim::async {

namespace {

constexpr int kTokenPendingBits = 20;

// A token holds the phase and the arrivals that were pending.
uint64_t makeToken(const Mbarrier &object) {
  return object.phase << kTokenPendingBits | object.pending;
}

bool countInRange(uint32_t count) { return count >= 1 && count <= uint32_t(kMbarrierMaxCount); }

bool txInRange(int64_t tx) { return tx >= -int64_t(kMbarrierMaxCount) && tx <= kMbarrierMaxCount; }

void completeIfDue(Mbarrier *object) {
  if (object->pending != 0 || object->tx != 0)
    return;
  ++object->phase;
  object->pending = object->expected;
}

} // namespace

const char *describe(MbarrierFault fault) {
  switch (fault) {
  case MbarrierFault::None:
    return "no fault";
  case MbarrierFault::Misaligned:
    return "mbarrier address is not a multiple of 8";
  case MbarrierFault::NotInitialised:
    return "mbarrier used before mbarrier.init or after mbarrier.inval";
  case MbarrierFault::AlreadyInitialised:
    return "mbarrier.init over a live mbarrier; call mbarrier.inval first";
  case MbarrierFault::CountOutOfRange:
    return "mbarrier count outside 1 to 1048575";
  case MbarrierFault::TooManyArrivals:
    return "more arrivals than the mbarrier's phase has pending";
  case MbarrierFault::TxOutOfRange:
    return "mbarrier tx-count leaves -1048575 to 1048575";
  case MbarrierFault::CompletesPhase:
    return "mbarrier.arrive.noComplete completes the phase";
  case MbarrierFault::StaleToken:
    return "mbarrier token is of neither the current nor the preceding phase";
  }
  return "unknown mbarrier fault";
}

MbarrierFault MbarrierTable::locate(uint32_t address, Mbarrier **object) {
  if (address % kMbarrierBytes != 0)
    return MbarrierFault::Misaligned;
  auto found = live.find(address);
  if (found == live.end())
    return MbarrierFault::NotInitialised;
  *object = &found->second;
  return MbarrierFault::None;
}

MbarrierFault MbarrierTable::init(uint32_t address, uint32_t count) {
  if (address % kMbarrierBytes != 0)
    return MbarrierFault::Misaligned;
  if (!countInRange(count))
    return MbarrierFault::CountOutOfRange;
  if (live.count(address))
    return MbarrierFault::AlreadyInitialised;
  live[address] = {count, count, 0, 0};
  return MbarrierFault::None;
}

MbarrierFault MbarrierTable::invalidate(uint32_t address) {
  Mbarrier *object = nullptr;
  MbarrierFault fault = locate(address, &object);
  if (fault == MbarrierFault::None)
    live.erase(address);
  return fault;
}

MbarrierFault MbarrierTable::arrive(uint32_t address, uint32_t count, uint64_t *token) {
  Mbarrier *object = nullptr;
  if (MbarrierFault fault = locate(address, &object); fault != MbarrierFault::None)
    return fault;
  if (!countInRange(count))
    return MbarrierFault::CountOutOfRange;
  if (count > object->pending)
    return MbarrierFault::TooManyArrivals;
  if (token)
    *token = makeToken(*object);
  object->pending -= count;
  completeIfDue(object);
  return MbarrierFault::None;
}

MbarrierFault MbarrierTable::arriveDrop(uint32_t address, uint32_t count, uint64_t *token) {
  Mbarrier *object = nullptr;
  if (MbarrierFault fault = locate(address, &object); fault != MbarrierFault::None)
    return fault;
  if (!countInRange(count))
    return MbarrierFault::CountOutOfRange;
  if (count > object->pending || count > object->expected)
    return MbarrierFault::TooManyArrivals;
  object->expected -= count;
  return arrive(address, count, token);
}

MbarrierFault MbarrierTable::arriveNoComplete(uint32_t address, uint32_t count, uint64_t *token) {
  Mbarrier *object = nullptr;
  if (MbarrierFault fault = locate(address, &object); fault != MbarrierFault::None)
    return fault;
  if (count == object->pending && object->tx == 0)
    return MbarrierFault::CompletesPhase;
  return arrive(address, count, token);
}

MbarrierFault MbarrierTable::arriveDropNoComplete(uint32_t address, uint32_t count,
                                                  uint64_t *token) {
  Mbarrier *object = nullptr;
  if (MbarrierFault fault = locate(address, &object); fault != MbarrierFault::None)
    return fault;
  if (count == object->pending && object->tx == 0)
    return MbarrierFault::CompletesPhase;
  return arriveDrop(address, count, token);
}

MbarrierFault MbarrierTable::announce(uint32_t address, uint32_t bytes) {
  Mbarrier *object = nullptr;
  if (MbarrierFault fault = locate(address, &object); fault != MbarrierFault::None)
    return fault;
  if (object->pending == 0)
    return MbarrierFault::TooManyArrivals;
  return expectTx(address, bytes);
}

MbarrierFault MbarrierTable::arriveDropExpectTx(uint32_t address, uint32_t bytes, uint64_t *token) {
  MbarrierFault fault = announce(address, bytes);
  return fault != MbarrierFault::None ? fault : arriveDrop(address, 1, token);
}

MbarrierFault MbarrierTable::arriveExpectTx(uint32_t address, uint32_t bytes, uint64_t *token) {
  MbarrierFault fault = announce(address, bytes);
  return fault != MbarrierFault::None ? fault : arrive(address, 1, token);
}

MbarrierFault MbarrierTable::expectTx(uint32_t address, uint32_t bytes) {
  Mbarrier *object = nullptr;
  if (MbarrierFault fault = locate(address, &object); fault != MbarrierFault::None)
    return fault;
  int64_t tx = int64_t(object->tx) + bytes;
  if (!txInRange(tx))
    return MbarrierFault::TxOutOfRange;
  object->tx = int32_t(tx);
  return MbarrierFault::None;
}

MbarrierFault MbarrierTable::completeTx(uint32_t address, uint32_t bytes) {
  Mbarrier *object = nullptr;
  if (MbarrierFault fault = locate(address, &object); fault != MbarrierFault::None)
    return fault;
  int64_t tx = int64_t(object->tx) - bytes;
  if (!txInRange(tx))
    return MbarrierFault::TxOutOfRange;
  object->tx = int32_t(tx);
  completeIfDue(object);
  return MbarrierFault::None;
}

MbarrierFault MbarrierTable::addPending(uint32_t address) {
  Mbarrier *object = nullptr;
  if (MbarrierFault fault = locate(address, &object); fault != MbarrierFault::None)
    return fault;
  if (object->pending == uint32_t(kMbarrierMaxCount))
    return MbarrierFault::CountOutOfRange;
  ++object->pending;
  return MbarrierFault::None;
}

MbarrierFault MbarrierTable::testWait(uint32_t address, uint64_t token, bool *done) const {
  if (address % kMbarrierBytes != 0)
    return MbarrierFault::Misaligned;
  const Mbarrier *object = find(address);
  if (!object)
    return MbarrierFault::NotInitialised;
  uint64_t phase = token >> kTokenPendingBits;
  if (phase != object->phase && phase + 1 != object->phase)
    return MbarrierFault::StaleToken;
  *done = phase != object->phase;
  return MbarrierFault::None;
}

MbarrierFault MbarrierTable::testParity(uint32_t address, uint32_t parity, bool *done) const {
  if (address % kMbarrierBytes != 0)
    return MbarrierFault::Misaligned;
  const Mbarrier *object = find(address);
  if (!object)
    return MbarrierFault::NotInitialised;
  *done = (object->phase & 1) != (parity & 1);
  return MbarrierFault::None;
}

const Mbarrier *MbarrierTable::find(uint32_t address) const {
  auto found = live.find(address);
  return found == live.end() ? nullptr : &found->second;
}

bool MbarrierTable::overlaps(uint32_t address, uint32_t bytes) const {
  auto next = live.lower_bound(address);
  if (next != live.end() && next->first - address < bytes)
    return true;
  if (next == live.begin())
    return false;
  --next;
  return address - next->first < kMbarrierBytes && bytes > 0;
}

uint32_t pendingCount(uint64_t token) { return uint32_t(token) & uint32_t(kMbarrierMaxCount); }

} // namespace azulejo::sim::async
