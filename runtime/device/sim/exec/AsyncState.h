// This file defines what the asynchronous engines of a CTA and of its warps have under way.
//
// Operations that signal an mbarrier wait in the list of the CTA that has the mbarrier, until
// somebody waits for the phase that they complete. Bulk stores wait in the groups of the lane that
// issued them.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_ASYNCSTATE_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_ASYNCSTATE_H

#include "exec/BulkForm.h"
#include "exec/Worker.h"

#include "device/sim/async/Groups.h"
#include "device/sim/async/Mbarrier.h"
#include "device/sim/async/TensorMap.h"
#include "device/sim/tc/SharedMatrix.h"

#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace azulejo::sim {

enum AsyncMode : unsigned { kLazy, kEager, kRandom }; // Launch::asyncMode

// One bulk copy. A multicast is one for each CTA that receives.
struct BulkCopy {
  WarpContext *warp = nullptr; // that issued it
  const Inst *inst = nullptr;
  const BulkForm *form = nullptr;
  unsigned lane = 0;
  Cta *owner = nullptr; // of the shared memory at `shared`
  uint32_t shared = 0;  // window offset
  async::TensorMap map;
  int32_t coordinates[5] = {};
  uint16_t im2col[3] = {};
  uint64_t global = 0; // of a row of bytes
  uint32_t source = 0; // ToCluster: window offset in the issuing CTA
  uint32_t bytes = 0;
  Type element = Type::None; // of reductions
  Cta *signalled = nullptr;  // has the mbarrier
  uint32_t mbarrier = 0;     // window offset
  uint8_t words[32] = {};    // Word, Cancel
  // Stores: once the source has been read, what it held, and which bytes of it had been written.
  bool isRead = false;
  std::vector<uint8_t> data, marks;
};

// An arrival at an mbarrier that happens when asynchronous operations are done.
struct PendingArrival {
  WarpContext *warp = nullptr; // that asked for it
  const Inst *inst = nullptr;
  unsigned lane = 0;
  uint32_t mbarrier = 0;        // window offset
  std::function<void()> finish; // performs the operations
};

struct CtaAsync {
  async::MbarrierTable mbarriers;
  // Issued and not performed, for mbarriers of this CTA, in the order of issue.
  std::vector<BulkCopy> loads;
  std::vector<PendingArrival> arrivals;
  // Refusals of clusterlaunchcontrol.try_cancel that have come, and not been waited for yet: the
  // mbarrier, and the phase in which they came.
  std::vector<std::pair<uint32_t, uint64_t>> refusals;
  bool hasSeenRefusal = false;
  // Tensor maps that the block has acquired, and the count of changes then: see
  // check/ChangedMaps.h.
  std::map<uint64_t, uint64_t> acquiredMaps;
};

// One wgmma.mma_async of a warp. A's registers are taken when it is issued.
struct PendingWgmma {
  const Inst *inst = nullptr;
  uint64_t descriptorA = 0, descriptorB = 0;
  bool scaleD = true;
  uint32_t a[4][32];
  uint32_t metadata[32]; // of a sparse A
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
  uint64_t committedWgmma() const { return wgmmaWaited + wgmmaEnds.size(); } // groups
  std::unique_ptr<async::Groups<BulkCopy>> stores[32]; // bulk groups belong to lanes
  uint32_t committedStores[32] = {};                   // groups
};

inline async::BoxPlace placeOf(const BulkCopy &copy) {
  return {copy.coordinates, copy.im2col, copy.form->mode == BulkMode::Gather4};
}

CtaAsync &asyncOf(Cta &cta);
WarpAsync &asyncOf(WarpContext &w);

// Checks the registers of a wgmma that is issued.
void checkWgmmaRegisters(WarpContext &w, const Inst &i);

// BulkMove.cpp: tells the race check of a copy that is issued; a store with the number of its
// group.
void bookLoad(const BulkCopy &copy);
void bookStore(const BulkCopy &copy, uint32_t group);
// Moves what a copy that signals an mbarrier moves. Returns false after reporting.
bool moveLoad(const BulkCopy &copy);
// Reads the source of a store.
void readSource(BulkCopy &copy);
// Writes its target, and reads the source first where that is still to do.
void writeTarget(BulkCopy &copy);
// The checks of writing the target, and the writing alone: for stores that outlive their CTA.
bool observeTarget(BulkCopy &copy);
void writeBytes(const BulkCopy &copy);
// Reports a copy that cannot be performed, and gives up the cluster.
void failCopy(const BulkCopy &copy, const char *check, const char *kind,
              const std::string &message);

// Delivery.cpp: queues a copy that signals an mbarrier, or performs it at once, as the mode says.
void issueLoad(const BulkCopy &copy);
// The same for an arrival at an mbarrier of `cta`.
void issueArrival(Cta &cta, const PendingArrival &arrival);
// Performs what the current phase of the mbarrier lacks. Lazily: nothing, unless all of it is under
// way; then no more than that, in the order of issue. `w` waits for the phase.
void deliverTo(WarpContext &w, Cta &cta, uint32_t mbarrier);
// Bytes under way to the mbarrier.
uint64_t bytesUnderWay(const Cta &cta, uint32_t mbarrier);
// The CTA's last thread has ended: reports copies that still use its memory, and completes its
// stores.
void endAsync(Cta &cta);
// The worker has run its last CTA: performs the stores that were left.
void finishLateStores(Worker &worker);

// Mbarriers.cpp: what an engine does to an mbarrier of `cta`.
void signalBytes(const BulkCopy &copy);
void signalArrival(Cta &cta, const PendingArrival &arrival);
// cp.async.mbarrier.arrive of a lane: fills in the mbarrier and, without .noinc, counts the arrival
// extra, so that the expected count stays what it was. Returns false after reporting.
bool startArrival(PendingArrival &arrival);

// CopyAsync.cpp: performs the lane's copies among the first `count` cp.async of the warp.
void performCopies(WarpContext &w, unsigned lane, uint64_t count);

// Atomic.cpp: whether `op` is defined for elements of `type`; and combines those at `at` with those
// at `from`.
bool isReducible(AtomicOp op, Type type);
void reduceElements(AtomicOp op, Type type, uint8_t *at, const uint8_t *from, uint32_t bytes);

// What the checks see of a matrix that the tensor core reads from shared memory of `owner`.
void observeOperand(WarpContext &w, const Inst &i, unsigned lane, Cta &owner,
                    const tc::SharedOperand &operand);
// Counts a matrix in shared memory that a tensor core reads. `mayBeKept`: it may have it from an
// earlier instruction.
void countOperand(Worker &worker, const tc::SharedOperand &operand, bool mayBeKept);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_ASYNCSTATE_H
