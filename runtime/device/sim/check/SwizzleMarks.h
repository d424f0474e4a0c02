// This file defines what the check for uninitialised memory remembers of bytes in shared memory,
// beside that they were written: the swizzle by which a tensor copy has placed them. Whatever else
// writes them makes that unknown.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_CHECK_SWIZZLEMARKS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_CHECK_SWIZZLEMARKS_H

#include "device/sim/async/TensorMap.h"

#include <cstdint>

namespace azulejo::sim {

struct WarpContext;
struct Inst;
struct Cta;
namespace tc {
struct MatrixDescriptor;
} // namespace tc

constexpr uint8_t kMarkWritten = 1, kMarkPlaced = 2; // kMarkPlaced + the swizzle

// The mark of what a copy by that map brings. Rows without a swizzle that follow each other in
// global memory may have been arranged there for any reader: their mark says nothing.
uint8_t placedMark(const async::TensorMap &map);

// Sets marks where `from` has one: to `mark`.
void copyMarks(uint8_t *to, const uint8_t *from, uint32_t bytes, uint8_t mark);

// A tensor core takes the 16 bytes at `address` by that descriptor: reports them where a tensor
// copy has placed them as another part of its box.
void checkPlacement(WarpContext &w, const Inst &i, unsigned lane, const Cta &owner,
                    const tc::MatrixDescriptor &descriptor, uint32_t address);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_CHECK_SWIZZLEMARKS_H
