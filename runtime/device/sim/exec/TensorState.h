// This file defines what the tensor core of a CTA has under way: tensor memory, operations that
// have been issued and not performed, and loads and stores that have not been waited for.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_EXEC_TENSORSTATE_H
#define AZULEJO_RUNTIME_DEVICE_SIM_EXEC_TENSORSTATE_H

#include "check/TensorRace.h"
#include "exec/Worker.h"

#include "device/sim/tc/Tcgen05.h"
#include "device/sim/tc/Tcgen05Copy.h"
#include "device/sim/tc/Tcgen05Sparse.h"

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace azulejo::sim {

// A decoded tcgen05.mma. Addresses are a slot of the register file and an offset.
struct TensorMmaForm : tc::Tcgen05Form {
  bool enableNegated = false;
  bool hasLanes = false;
  bool hasZeroColumns = false;
  bool mayKeepA = false, mayKeepB = false; // .collector::…::use and lastuse
  int scaleInputD = 0;
  uint32_t metadata = 0, metadataOffset = 0; // of .sp
  uint32_t scaleA = 0, scaleAOffset = 0, scaleB = 0, scaleBOffset = 0;
  uint32_t d = 0, dOffset = 0, a = 0, aOffset = 0, b = 0, instruction = 0, enable = 0;
  uint32_t lanes[8] = {};   // disable-output-lane: four per CTA
  uint32_t zeroColumns = 0; // of .ws: the mask's descriptor
};

// tcgen05.mma, cp, shift or commit, with the operands it was issued with.
struct TensorOperation {
  enum Kind : uint8_t { Mma, Copy, Shift, Commit } kind = Mma;
  WarpContext *warp = nullptr;
  const Inst *inst = nullptr;
  unsigned lane = 0;
  bool isPair = false;                     // .cta_group::2; of a commit it makes no difference
  bool mayKeepA = false, mayKeepB = false; // the collector buffer may have them
  uint64_t number = 0;                     // in the order of issue, from 1
  tc::Tcgen05Mma mma = {};
  tc::Tcgen05Operands operands = {};
  std::array<uint32_t, 8> disabledLanes = {};
  tc::TmemCopy copy = {};
  tc::MatrixDescriptor source = {}; // of a copy
  uint32_t address = 0;             // in tensor memory, of copies and shifts
  uint32_t mbarrier = 0;            // of a commit: the offset
  uint32_t ranks = 0;               // of a commit: the CTAs that it arrives at
  uint64_t covers = 0;              // of a commit: the thread's last operation before it, 0 if none
  std::shared_ptr<const RaceView> done; // of a commit: what its warp had done
};

// tcgen05.ld or tcgen05.st of a warp that its wait has not completed.
struct TensorAccess {
  WarpContext *warp = nullptr;
  const Inst *inst = nullptr;
  uint32_t address = 0;
  bool isStore = false;
  bool isPerformed = false;
  std::vector<uint32_t> values; // of a store: [register][lane]
};

struct TensorState {
  tc::TensorMemory memory;
  std::deque<TensorOperation> operations; // issued, in order; those performed are gone
  std::vector<TensorAccess> accesses;
  uint64_t issued = 0;
  TensorRace race;
  // Of a pair's allocation: what the CTA waits for its peer with, and what that has given it.
  uint32_t requested = 0;
  std::optional<uint32_t> granted;

  // The number of the last operation of a thread of the CTA, 0 if it has issued none.
  uint64_t &lastOf(uint32_t thread) {
    if (thread >= last.size())
      last.resize(thread + 1);
    return last[thread];
  }

private:
  std::vector<uint64_t> last;
};

// The state of the CTA's tensor core, made at its first use.
TensorState &tensorOf(Cta &cta);
// The other CTA of the pair; null where the cluster has none.
Cta *peerOf(const Cta &cta);

// The CTAs that an operation works on, the even one of a pair first.
std::vector<Cta *> ctasOf(const TensorOperation &op);
// Reports what is wrong with an operation, and ends its CTA.
void failOperation(const TensorOperation &op, const char *check, const char *kind,
                   const std::string &message);
void performOperation(const TensorOperation &op);
// Performs the operation that was issued first.
void performFirst(TensorState &state);

// Reports a wrong use of tensor memory; a fault of the data path ends the CTA.
void reportTensorFault(WarpContext &w, const Inst &i, unsigned lane, tc::TmemFault fault,
                       uint32_t address);

// Whether the cells of a load or store overlap the range.
bool tensorAccessMeets(const TensorAccess &access, const TensorRange &range);

// Performs the operations that the next commit to an mbarrier of `cta` waits for, and lets it
// arrive. Returns false if no commit to it is under way in the cluster.
bool performCommit(Cta &cta, uint32_t mbarrier);
// In the random order: performs some of what is under way.
void performSomeOperations(WarpContext &w);
// The CTA ends with instruction `i`: what it has not given back is reported.
void finishTensor(WarpContext &w, const Inst &i);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_EXEC_TENSORSTATE_H
