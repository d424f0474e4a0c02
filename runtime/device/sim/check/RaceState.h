// This file defines the state of the race check: clocks, cells, and what is kept for CTAs and
// workers.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_CHECK_RACESTATE_H
#define AZULEJO_RUNTIME_DEVICE_SIM_CHECK_RACESTATE_H

#include "exec/Worker.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

namespace azulejo::sim {

// Times by actor; what is missing is 0. Time is one count for all that a worker does, so that an
// entry is the time up to which an actor has been seen.
using Clock = WarpClock;

inline void joinClock(Clock &to, const Clock &from) {
  if (to.size() < from.size())
    to.resize(from.size());
  for (size_t i = 0; i < from.size(); ++i)
    to[i] = std::max(to[i], from[i]);
}
inline void raiseClock(Clock &clock, uint32_t actor, uint32_t time) {
  if (actor >= clock.size())
    clock.resize(actor + 1);
  clock[actor] = std::max(clock[actor], time);
}

// What is known of CTAs of other clusters, by scope.
using Knowledge = std::map<uint32_t, std::shared_ptr<const Clock>>;

// The memories whose proxy fences are told apart.
enum ProxySpace : unsigned { kProxyShared, kProxyGlobal, kProxySpaces };

// What a release publishes and an acquire takes over.
struct RaceView {
  Clock seen;
  Clock proxy[kProxySpaces]; // ordinary writes that the asynchronous proxy may see
  Clock inits;               // mbarrier.init that fence.mbarrier_init has published
  // What fences of the CTA's scope, and of wider scopes, have published: a relaxed write releases
  // that much.
  Clock fencedCta, fencedGpu;
  // Lanes that have arrived without the rest of their warp: up to when they are seen, by actor and
  // lane.
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> lanes;
  std::shared_ptr<const Knowledge> others;
  std::shared_ptr<const Knowledge>
      othersProxy; // the same of writes to global memory, as in `proxy`

  // Forgets all, but keeps its memory for the next CTA.
  void clear();
};

struct WarpRace {
  void clear();

  RaceView view;
  uint32_t epoch = 0; // time of the warp's accesses now
  uint32_t floor = 0; // every actor of the scope has been seen at least up to here
  std::shared_ptr<const Knowledge> fencedOthers; // known at the last fence of wide scope
  // What relaxed reads found, to be taken over by the next fence; and what atomics found, by the
  // next fence or barrier: kernels that take a ticket rely on that.
  RaceView found, foundByAtomic;
  bool hasFound = false, hasFoundByAtomic = false;
  // Copies issued: group and time, oldest first; bulk stores likewise.
  std::deque<std::pair<uint32_t, uint32_t>> copies, stores;
  uint32_t lastCopy = 0;
};

// An mbarrier. Waiters take over what arrived in the phases that are complete.
struct MbarrierRace {
  uint32_t actor = 0;    // of the loads that arrive at it
  uint32_t doneTime = 0; // when the last phase was completed
  RaceView arriving, done;
  uint32_t initWarp = 0, initTime = 0; // actor and time of mbarrier.init
};

// A place of strong accesses.
struct Variable {
  RaceView view;
  std::map<uint32_t, uint32_t> acquired; // scope: when it last read the place
};

// A run of remembered accesses, one per cell. Time 0: none.
struct EventRow {
  uint32_t *time, *tag, *inst, *scope; // no scope in shared memory
};
struct CellRow {
  EventRow write, reads[2];
};

// More of what a cell's tag holds; the rest is in RaceRows.h.
constexpr uint32_t kTagWord = 15u << kTagBytesShift; // all of the cell's bytes
constexpr uint32_t kTagLane = 63u << kTagLaneShift;
constexpr uint32_t kTagStrong = 1u << 26;
constexpr uint32_t kTagAsync = 1u << 27;   // by the asynchronous proxy
constexpr uint32_t kTagSubWord = 1u << 28; // a row of elements smaller than the cell
constexpr uint32_t kTagInit = 1u << 29;    // mbarrier.init, in shared memory

inline uint32_t laneOf(uint32_t tag) { return (tag & kTagLane) >> kTagLaneShift; }

constexpr uint32_t kPending = ~0u; // time of what has not been done yet

// What the CTAs of a cluster share: the numbers of actors, mbarriers and the places of strong
// accesses.
struct ClusterRace {
  void clear();

  uint32_t number = 0; // of the first CTA, plus one
  uint32_t warps = 0;  // of a CTA
  uint32_t ctas = 1;
  std::vector<bool> isActive;                                // by actor: it has made accesses
  std::vector<std::pair<uint32_t, uint32_t>> mbarrierOwners; // rank and warp of further actors
  std::unordered_map<uint64_t, MbarrierRace> mbarriers;      // by rank and shared address
  std::unordered_map<uint64_t, Variable> variables;          // of strong accesses, by address
  std::vector<CtaRace *> members;
  RaceView arriving, passed; // of the cluster's barrier

  // Actors: the warps of all CTAs, then their engines, then mbarriers.
  enum Engine {
    kWarp,
    kCopies,
    kStoreReads,
    kStoreWrites,
    kWgmma,
    kTensorReads,
    kTensorDone,
    kEngines
  };
  uint32_t actor(uint32_t rank, uint32_t warp, Engine engine) const {
    uint32_t index = engine == kWgmma ? warp / 4 : (engine >= kTensorReads ? 0 : warp);
    return (rank * kEngines + engine) * warps + index;
  }
  uint32_t firstMbarrier() const { return ctas * kEngines * warps; }
};

// A warp's read of words of its CTA's shared memory, which the cells do not show yet.
struct NotedRead {
  const AccessRuns *runs;
  const uint8_t *lanes; // lane codes by word
  uint32_t cell;        // of the lowest lane
  RaceStamp stamp;
};

struct CtaRace {
  explicit CtaRace(WorkerRace &worker);
  ~CtaRace();

  WorkerRace &worker;
  std::vector<uint32_t> cells; // nine planes of one word per cell of the shared window
  size_t cellCount = 0;
  // The latest times of reads and writes that cells or notes hold.
  uint32_t lastRead = 0, lastWrite = 0;
  std::vector<NotedRead> reads; // in order; see RaceReads.cpp
  std::vector<WarpRace> warps;
  RaceView barriers[16];
  RaceView exited;                              // joined by every barrier of the whole CTA
  std::vector<std::deque<uint32_t>> wgmmaTimes; // by warpgroup: times of its latest operations
  std::vector<uint64_t> wgmmaFirst;             // number of the first of them
  // Last accesses of other CTAs' actors to the CTA's memory: time and instruction.
  std::map<uint32_t, std::pair<uint32_t, uint32_t>> remote;

  CellRow row(uint32_t cell);
  RacePlanes planes(uint32_t cell) { return {cells.data() + cell, cellCount}; }
};

struct WorkerRace {
  explicit WorkerRace(DeviceMemory &memory);
  ~WorkerRace();

  DeviceMemory &memory; // keeps the time between launches
  const RaceRows &rows;
  uint32_t time = 0;
  uint32_t start = 0; // accesses up to here belong to earlier launches
  std::unordered_map<uint64_t, Variable> variables; // of global memory
  std::vector<CtaRace *> ctas;                      // of all clusters that there are
};

inline CtaRace &raceOf(WarpContext &w) { return *w.cta->race; }
inline ClusterRace &scopeOf(WarpContext &w) { return *w.cta->cluster->race; }
inline WarpRace &clocksOf(WarpContext &w) { return raceOf(w).warps[w.index]; }
inline uint32_t actorOf(WarpContext &w, ClusterRace::Engine engine = ClusterRace::kWarp) {
  return scopeOf(w).actor(w.cta->rank, w.index, engine);
}
inline uint32_t tick(WarpContext &w) { return ++w.worker->race->time; }

// Recomputes WarpRace::floor after its clock has changed.
void settle(WarpContext &w);
// The actor makes its first access: no one has seen it yet.
void activate(ClusterRace &scope, uint32_t actor);
// Joins what the warp has seen and done into `to`, and begins a new epoch.
void publish(WarpContext &w, RaceView &to);
// The same of some lanes alone.
void publishLanes(WarpContext &w, RaceView &to, uint32_t lanes);
void acquire(WarpContext &w, const RaceView &from);
// Takes over what relaxed accesses have found.
void acquireFound(WarpContext &w, bool isFence);
void joinView(RaceView &to, const RaceView &from);
void joinOthers(std::shared_ptr<const Knowledge> &to, const std::shared_ptr<const Knowledge> &from);
void beginEpoch(WarpContext &w);

// The actor that loads arriving at an mbarrier are. Reports an mbarrier that the asynchronous proxy
// may not see yet.
uint32_t raceMbarrierActor(const RaceLoad &load);
// What a strong access releases and acquires.
void raceStrong(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                bool isGlobal, Access access);

// One access to cells: who, when and how.
struct Touch {
  WarpContext *warp = nullptr; // whose clock decides
  const Inst *inst = nullptr;
  uint32_t actor = 0, time = 0;
  uint32_t tag = 0;               // without lane and bytes
  unsigned lane = 0;              // of all cells, where these are null:
  const uint8_t *lanes = nullptr; // lane codes by cell
  const uint8_t *kept = nullptr;  // those to remember, where they are others
  uint32_t bytes = 15;
  bool isWrite = false;
  bool checksProxy = false; // ordinary writes must be visible to the asynchronous proxy
  bool isFound = false;     // a finding has been made: one per access is enough
};
// A finding: the access to `address` by a lane code of the warp, and what is remembered of another.
struct Conflict {
  uint64_t address;
  bool isGlobal;
  uint32_t lane;
  const char *kind, *detail;
  bool otherIsWrite;
  uint32_t inst, tag, scope; // the other's
};
void reportConflict(Touch &touch, const Conflict &conflict);
// The place of an actor's access, for messages.
FindingSite actorSite(WarpContext &w, uint32_t inst, uint32_t actor, const char *access);
Touch warpTouch(WarpContext &w, const Inst &i, bool isWrite);
Touch engineTouch(WarpContext &w, const Inst &i, ClusterRace::Engine engine, uint32_t time,
                  bool isWrite);

void touchShared(Touch &touch, Cta &owner, uint32_t offset, unsigned cells);
// Writes to the words of `runs`, the lowest lane's at `address`, of the own CTA. Returns false,
// with nothing done, where they are not scattered or one of them has to be looked at more closely.
bool writeScattered(const Touch &touch, uint32_t address, const AccessRuns &runs);
// Compares a read of cells of the own CTA, from window offset `offset` on, with their writes.
void compareWithWrites(Touch &touch, uint32_t offset, unsigned cells);
// Reads of words of the own CTA: are compared with the writes, and noted.
void readShared(Touch &touch, uint32_t address, AccessRuns &runs);
// Enters what has been noted into the cells of the CTA, and of all CTAs.
void enterReads(CtaRace &state);
void enterAllReads(WorkerRace &worker);
// The same before a write, unless the writer has seen all that has been noted.
void enterReadsBefore(const Touch &write, Cta &owner);
// Whole groups of cells are looked at as such where that will do.
void touchGlobal(Touch &touch, uint64_t address, unsigned cells);
// Runs of whole words from `first` on that are mostly shorter than a group.
void touchGlobalScattered(Touch &touch, uint64_t first, const AccessRuns &runs);
// Sets the last write of cells without a look at what was there.
void overwriteShared(const Touch &touch, Cta &owner, uint32_t offset, unsigned cells);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_CHECK_RACESTATE_H
