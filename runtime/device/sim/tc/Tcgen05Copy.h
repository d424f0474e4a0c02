// This file declares tcgen05.cp, from shared to tensor memory, and tcgen05.shift.
#ifndef AZULEJO_SIM_TC_TCGEN05COPY_H
#define AZULEJO_SIM_TC_TCGEN05COPY_H

#include "device/sim/tc/SharedMatrix.h"
#include "device/sim/tc/TensorMemory.h"

namespace azulejo::sim::tc {

// A form of tcgen05.cp: `rows` rows of `columns` 32-bit words. Rows go to lanes 0…, or 32 of them
// to the 32 lanes of each warp of a set.
struct TmemCopy {
  enum Multicast : uint8_t { None, Pairs02And13, Pairs01And23, AllWarps };
  uint32_t rows = 0, columns = 0;
  Multicast multicast = None;
};

// The rows as a matrix in shared memory, as checkers see it: K-major, in chunks of 16 bytes.
SharedOperand tmemCopySource(const TmemCopy &copy, const MatrixDescriptor &descriptor);

// Copies to `address`, whose lane must be 0. On a fault nothing is changed; `outside` is filled
// where shared memory is left, and the result is then OutOfRange.
TmemFault tmemCopy(const TmemCopy &copy, const MatrixDescriptor &descriptor, uint32_t address,
                   const SharedView &shared, TensorMemory &memory, SharedFault *outside);

// tcgen05.shift.down: of the 32 lanes and 8 columns at `address`, each row but the last goes to the
// lane behind it. The first row stays.
TmemFault tmemShift(uint32_t address, TensorMemory &memory);

constexpr uint32_t kTmemShiftColumns = 8, kTmemShiftLanes = 32;

} // namespace azulejo::sim::tc

#endif // AZULEJO_SIM_TC_TCGEN05COPY_H
