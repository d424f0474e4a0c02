// This file moves fragments between the registers of a warp and rows in memory; mma.sync and wgmma
// share these layouts.
#ifndef AZULEJO_SIM_TC_REGISTERTILES_H
#define AZULEJO_SIM_TC_REGISTERTILES_H

#include "device/sim/tc/Tile.h"
#include "device/sim/tc/Vec.h"

namespace azulejo::sim::tc {

// A register holds eight rows of 16 bytes, lane after lane. Registers of A walk the 8-row halves
// first, then k; those of B (halves = 1, "rows" are columns of B) walk k.
inline void packRows(const uint32_t *const *registers, int count, int halves, uint8_t *rows,
                     int stride) {
  for (int r = 0; r < count; ++r)
    for (int g = 0; g < 8; ++g)
      std::memcpy(rows + (g + 8 * (r % halves)) * stride + 16 * (r / halves), registers[r] + 4 * g,
                  16);
}

// Registers of `halves` 8-row halves of an accumulator with eight columns.
inline int accumulatorRegisters(Type type, int halves) {
  return type == Type::F16 ? halves : 2 * halves;
}

// Lane 4 g + t holds columns 2 t and 2 t + 1 of row g: of 32 bits in two registers, of f16 in one.
// `tile` is [8 * halves][8] of float or int32_t patterns.
inline void loadAccumulator(Type type, const uint32_t *const *registers, int halves,
                            uint32_t *tile) {
  for (int half = 0; half < halves; ++half)
    for (int g = 0; g < 8; ++g) {
      uint32_t *row = tile + (8 * half + g) * kTileColumns;
      if (type == Type::F16) {
        store(row, loadHalf(registers[half] + 4 * g));
        continue;
      }
      V4i even = load<V4i>(registers[2 * half] + 4 * g);
      V4i odd = load<V4i>(registers[2 * half + 1] + 4 * g);
      store(row, __builtin_shufflevector(even, odd, 0, 4, 1, 5));
      store(row + 4, __builtin_shufflevector(even, odd, 2, 6, 3, 7));
    }
}

inline void storeAccumulator(Type type, const uint32_t *tile, int halves,
                             uint32_t *const *registers) {
  for (int half = 0; half < halves; ++half)
    for (int g = 0; g < 8; ++g) {
      const uint32_t *row = tile + (8 * half + g) * kTileColumns;
      if (type == Type::F16) {
        storeHalf(registers[half] + 4 * g, load<V8f>(row));
        continue;
      }
      V4i low = load<V4i>(row), high = load<V4i>(row + 4);
      store(registers[2 * half] + 4 * g, __builtin_shufflevector(low, high, 0, 2, 4, 6));
      store(registers[2 * half + 1] + 4 * g, __builtin_shufflevector(low, high, 1, 3, 5, 7));
    }
}

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_REGISTERTILES_H
