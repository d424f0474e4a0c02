// This file executes tcgen05.cp and tcgen05.shift.
#include "device/sim/tc/Tcgen05Copy.h"

#include <cstring>

namespace azulejo::sim::tc {

namespace {
constexpr uint32_t kWordsPerChunk = 4;

// Lanes that row `row` of the copy goes to.
template <typename Function> void forEachLane(const TmemCopy &copy, uint32_t row, Function &&fn) {
  uint32_t half = row / 32, lane = row % 32;
  switch (copy.multicast) {
  case TmemCopy::None:
    return fn(row);
  case TmemCopy::Pairs02And13:
    fn(half * 32 + lane);
    return fn(half * 32 + 64 + lane);
  case TmemCopy::Pairs01And23:
    fn(half * 64 + lane);
    return fn(half * 64 + 32 + lane);
  case TmemCopy::AllWarps:
    for (uint32_t warp = 0; warp < 4; ++warp)
      fn(warp * 32 + lane);
  }
}
} // namespace

SharedOperand tmemCopySource(const TmemCopy &copy, const MatrixDescriptor &descriptor) {
  return {descriptor, {Type::U8, false}, false, int(copy.rows), int(copy.columns * 4)};
}

TmemFault tmemCopy(const TmemCopy &copy, const MatrixDescriptor &descriptor, uint32_t address,
                   const SharedView &shared, TensorMemory &memory, SharedFault *outside) {
  if (tmemLane(address) != 0)
    return TmemFault::MisalignedLane;
  TmemFault fault = memory.checkColumns(tmemColumn(address), copy.columns);
  if (fault != TmemFault::None)
    return fault;
  SharedOperand source = tmemCopySource(copy, descriptor);
  bool inside = true;
  forEachChunk(source, [&](uint32_t at) {
    if (inside && (shared.size < 16 || at > shared.size - 16)) {
      inside = false;
      *outside = {at, 16};
    }
  });
  if (!inside)
    return TmemFault::OutOfRange;
  for (uint32_t row = 0; row < copy.rows; ++row)
    for (uint32_t column = 0; column < copy.columns; column += kWordsPerChunk) {
      uint32_t words[kWordsPerChunk];
      std::memcpy(words, shared.bytes + chunkAddress(source, int(row), int(column * 4)), 16);
      forEachLane(copy, row, [&](uint32_t lane) {
        for (uint32_t i = 0; i < kWordsPerChunk; ++i)
          memory.write(lane, tmemColumn(address) + column + i, words[i]);
      });
    }
  return TmemFault::None;
}

TmemFault tmemShift(uint32_t address, TensorMemory &memory) {
  uint32_t first = tmemLane(address), column = tmemColumn(address);
  if (first >= kTmemLanes)
    return TmemFault::OutOfRange;
  if (first % kTmemShiftLanes != 0)
    return TmemFault::MisalignedLane;
  if (TmemFault fault = memory.checkColumns(column, kTmemShiftColumns); fault != TmemFault::None)
    return fault;
  for (uint32_t lane = first + kTmemShiftLanes - 1; lane > first; --lane)
    for (uint32_t i = 0; i < kTmemShiftColumns; ++i)
      if (memory.isWritten(lane - 1, column + i))
        memory.write(lane, column + i, memory.read(lane - 1, column + i));
  return TmemFault::None;
}

} // namespace azulejo::sim::tc
