// This file defines what the asynchronous engines of a CTA and of its warps have under way.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_ASYNCSTATE_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_ASYNCSTATE_H

#include "exec/Worker.h"

#include "device/sim/async/Groups.h"
#include "device/sim/async/Mbarrier.h"
#include "device/sim/async/TensorMap.h"
#include "device/sim/tc/SharedMatrix.h"

#include <deque>
#include <memory>
#include <vector>

namespace azulejo::sim {

// A bulk copy between global and shared memory: of a box of a tensor map, or of a row of bytes.
struct BulkCopy {
  WarpContext *warp = nullptr; // that issued it
  const Inst *inst = nullptr;
  unsigned lane = 0;
  bool isTensor = false;
  async::TensorMap map;
  int32_t coordinates[5] = {};
  uint32_t shared = 0; // window offset
  uint64_t global = 0; // of a row of bytes
  uint32_t bytes = 0;
  uint32_t mbarrier = 0; // of loads
};

struct CtaAsync {
  async::MbarrierTable mbarriers;
  std::vector<BulkCopy> loads; // issued and not performed
};

// One wgmma.mma_async of a warp. A's registers are taken when it is issued.
struct PendingWgmma {
  const Inst *inst = nullptr;
  uint64_t descriptorA = 0, descriptorB = 0;
  bool scaleD = true;
  uint32_t a[4][32];
};

// A register that some wgmma uses, and what has been done with it. Numbers are plus one; 0: never.
struct WgmmaRegister {
  uint64_t group = 0;   // of the last wgmma that uses it
  uint64_t touched = 0; // fences before the last access by another instruction
  const Inst *inst = nullptr, *toucher = nullptr;
  bool isInput = false; // of A: it may be read meanwhile
};

struct WarpAsync {
  async::Groups<PendingWgmma> wgmma;
  uint64_t fences = 0;                  // wgmma.fence executed
  std::vector<WgmmaRegister> registers; // where the kernel has checks of them
  uint64_t wgmmaIssued = 0;             // operations
  uint64_t wgmmaWaited = 0;             // groups that the warp has waited for
  std::deque<uint64_t> wgmmaEnds;       // of the later ones: operations issued until their commit
  std::unique_ptr<async::Groups<BulkCopy>> stores[32]; // bulk groups belong to lanes
  uint32_t committedStores[32] = {};                   // groups
};

CtaAsync &asyncOf(Cta &cta);
WarpAsync &asyncOf(WarpContext &w);

// Checks the registers of a wgmma that is issued.
void checkWgmmaRegisters(WarpContext &w, const Inst &i);
// Performs all cp.async of the lanes, for an arrival that follows them.
void performCopies(WarpContext &w, uint32_t mask);

// Performs the loads that will arrive at `mbarrier`.
void performLoads(Cta &cta, uint32_t mbarrier);

// What the checks see of a matrix that the tensor core reads from shared memory of `owner`.
void observeOperand(WarpContext &w, const Inst &i, unsigned lane, Cta &owner,
                    const tc::SharedOperand &operand);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_ASYNCSTATE_H
