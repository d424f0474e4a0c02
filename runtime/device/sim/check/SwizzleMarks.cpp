// This file implements the check that descriptors of tensor cores have the swizzle by which tensor
// copies have placed what they read.
#include "check/SwizzleMarks.h"
#include "device/sim/tc/SharedMatrix.h"
#include "exec/Worker.h"

namespace azulejo::sim {

namespace {
const char *nameOf(async::Swizzle swizzle) {
  static const char *const kNames[] = {"no swizzle",
                                       "the 32-byte swizzle",
                                       "the 64-byte swizzle",
                                       "the 128-byte swizzle",
                                       "the 128-byte swizzle of 32-byte atoms",
                                       "the 128-byte swizzle of 64-byte atoms"};
  return kNames[static_cast<unsigned>(swizzle)];
}
} // namespace

uint8_t placedMark(const async::TensorMap &map) {
  uint64_t row = uint64_t(async::isIm2col(map.kind) ? map.channels : map.box[0]) *
                 async::elementBytes(map.type);
  bool isCut = map.rank > 1 && map.strides[1] != row;
  return map.swizzle != async::Swizzle::None || isCut ? uint8_t(kMarkPlaced + uint8_t(map.swizzle))
                                                      : kMarkWritten;
}

void copyMarks(uint8_t *to, const uint8_t *from, uint32_t bytes, uint8_t mark) {
  for (uint32_t k = 0; k < bytes; ++k)
    to[k] = from[k] != 0 ? mark : 0;
}

// Both know a place before the swizzle: the copy in its box, the descriptor in its matrix. Where
// the two are one, as in rows that no swizzle moves, nothing is wrong.
void checkPlacement(WarpContext &w, const Inst &i, unsigned lane, const Cta &owner,
                    const tc::MatrixDescriptor &descriptor, uint32_t address) {
  uint8_t mark = owner.sharedInit[address];
  if (mark < kMarkPlaced)
    return;
  auto placed = static_cast<async::Swizzle>(mark - kMarkPlaced);
  uint32_t shift = descriptor.baseOffset << 7;
  uint32_t asTaken = async::swizzleAddress(descriptor.swizzle, address - shift) + shift;
  if (placed == descriptor.swizzle || async::swizzleAddress(placed, address) == asTaken ||
      w.worker->findings.countAgain("init", "swizzle", i.id, 0, w.cta->linear))
    return;
  Finding finding = makeFinding(w, i, lane, "init", "swizzle");
  finding.address = address;
  finding.message = std::string("the descriptor has ") + nameOf(descriptor.swizzle) +
                    ", the tensor copy that wrote shared address " + std::to_string(address) +
                    " has " + nameOf(placed);
  report(w, i, std::move(finding));
}

} // namespace azulejo::sim
