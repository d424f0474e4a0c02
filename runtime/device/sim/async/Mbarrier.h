// This file declares mbarrier objects: phases that complete when all arrivals and all announced
// bytes have come.
#ifndef AZULEJO_SIM_ASYNC_MBARRIER_H
#define AZULEJO_SIM_ASYNC_MBARRIER_H

#include <cstdint>
#include <map>

namespace azulejo::sim::async {

// What a wrong use of an mbarrier is reported as.
enum class MbarrierFault : uint8_t {
  None,
  Misaligned,         // address not a multiple of 8
  NotInitialised,     // used before init or after inval
  AlreadyInitialised, // init over a live object
  CountOutOfRange,    // init or arrive count outside 1 … 2^20 - 1
  TooManyArrivals,    // more arrivals in a phase than are pending
  TxOutOfRange,       // the tx-count leaves ±(2^20 - 1)
  CompletesPhase,     // arrive.noComplete that completes its phase
  StaleToken,         // a token that is neither of this phase nor of the one before
};

// A sentence for a report, without the address: "mbarrier used before mbarrier.init".
const char *describe(MbarrierFault fault);

constexpr uint32_t kMbarrierBytes = 8;
constexpr int32_t kMbarrierMaxCount = (1 << 20) - 1;

// One object.
struct Mbarrier {
  uint32_t expected = 0; // arrivals per phase
  uint32_t pending = 0;  // arrivals that the current phase lacks
  int32_t tx = 0;        // bytes announced less bytes that came
  uint64_t phase = 0;    // completed phases
};

// The mbarriers of a CTA, by shared address. The objects' bytes in shared memory are opaque to the
// program, so the state lives here; the executor asks overlaps() on ordinary stores. Every function
// that returns a fault has changed nothing where it is not None. Not for use by several threads.
class MbarrierTable {
public:
  MbarrierFault init(uint32_t address, uint32_t count);
  MbarrierFault invalidate(uint32_t address);

  // Arrives `count` times; `token` (may be null) receives the state of before, for test_wait.
  MbarrierFault arrive(uint32_t address, uint32_t count, uint64_t *token);
  // The same, and takes the arrivals out of all later phases.
  MbarrierFault arriveDrop(uint32_t address, uint32_t count, uint64_t *token);
  MbarrierFault arriveDropNoComplete(uint32_t address, uint32_t count, uint64_t *token);
  MbarrierFault arriveDropExpectTx(uint32_t address, uint32_t bytes, uint64_t *token);
  // arrive.noComplete: a fault if the phase would complete.
  MbarrierFault arriveNoComplete(uint32_t address, uint32_t count, uint64_t *token);
  // arrive.expect_tx: announces `bytes`, then arrives once.
  MbarrierFault arriveExpectTx(uint32_t address, uint32_t bytes, uint64_t *token);

  MbarrierFault expectTx(uint32_t address, uint32_t bytes);
  MbarrierFault completeTx(uint32_t address, uint32_t bytes);

  // cp.async.mbarrier.arrive without .noinc: one more arrival is pending in this phase.
  MbarrierFault addPending(uint32_t address);

  // test_wait and try_wait with a token: `done` if the token's phase has completed.
  MbarrierFault testWait(uint32_t address, uint64_t token, bool *done) const;
  // …with a parity: `done` if the parity of the current phase differs (fresh: 1 passes, 0 waits).
  MbarrierFault testParity(uint32_t address, uint32_t parity, bool *done) const;

  // The live object at `address`, or null.
  const Mbarrier *find(uint32_t address) const;
  // True if [address, address + bytes) touches a live object.
  bool overlaps(uint32_t address, uint32_t bytes) const;
  // All live objects, by address: for deadlock reports and the check at exit.
  const std::map<uint32_t, Mbarrier> &objects() const { return live; }
  void clear() { live.clear(); }

private:
  MbarrierFault locate(uint32_t address, Mbarrier **object);
  // The bytes of an arrival that is still to come.
  MbarrierFault announce(uint32_t address, uint32_t bytes);

  std::map<uint32_t, Mbarrier> live;
};

// mbarrier.pending_count: the arrivals that were pending when the token was made.
uint32_t pendingCount(uint64_t token);

} // namespace azulejo::sim::async

#endif // AZULEJO_SIM_ASYNC_MBARRIER_H
