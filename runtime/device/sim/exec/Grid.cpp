// This file implements the launch of a kernel: contexts of CTAs, and worker threads that take CTAs.
#include "exec/Grid.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <deque>
#include <thread>

namespace azulejo::sim {

namespace {

constexpr size_t kLineBytes = 64;

uint8_t *alignLine(uint8_t *at) {
  return reinterpret_cast<uint8_t *>((reinterpret_cast<uintptr_t>(at) + kLineBytes - 1) &
                                     ~uintptr_t{kLineBytes - 1});
}

// Value of a special register for one thread.
uint64_t specialValue(Special special, const Launch &launch, const Cta &cta, uint32_t linear) {
  uint32_t lane = linear & 31;
  const Dim3 &block = launch.block, &grid = launch.grid, &cluster = launch.cluster;
  uint32_t inCluster[3] = {cta.id[0] % cluster.x, cta.id[1] % cluster.y, cta.id[2] % cluster.z};
  switch (special) {
  case Special::TidX:
    return linear % block.x;
  case Special::TidY:
    return linear / block.x % block.y;
  case Special::TidZ:
    return linear / block.x / block.y;
  case Special::NtidX:
    return block.x;
  case Special::NtidY:
    return block.y;
  case Special::NtidZ:
    return block.z;
  case Special::CtaidX:
    return cta.id[0];
  case Special::CtaidY:
    return cta.id[1];
  case Special::CtaidZ:
    return cta.id[2];
  case Special::NctaidX:
    return grid.x;
  case Special::NctaidY:
    return grid.y;
  case Special::NctaidZ:
    return grid.z;
  case Special::LaneId:
    return lane;
  case Special::WarpId:
    return linear >> 5;
  case Special::NwarpId:
    return (block.count() + 31) / 32;
  case Special::SmId:
    return cta.linear % launch.multiprocessors;
  case Special::NsmId:
    return launch.multiprocessors;
  case Special::GridId:
    return launch.gridId;
  case Special::LanemaskEq:
    return 1u << lane;
  case Special::LanemaskLt:
    return (1u << lane) - 1;
  case Special::LanemaskLe:
    return (2u << lane) - 1;
  case Special::LanemaskGt:
    return ~((2u << lane) - 1);
  case Special::LanemaskGe:
    return ~((1u << lane) - 1);
  case Special::ClusterIdX:
    return cta.id[0] / cluster.x;
  case Special::ClusterIdY:
    return cta.id[1] / cluster.y;
  case Special::ClusterIdZ:
    return cta.id[2] / cluster.z;
  case Special::NclusterIdX:
    return grid.x / cluster.x;
  case Special::NclusterIdY:
    return grid.y / cluster.y;
  case Special::NclusterIdZ:
    return grid.z / cluster.z;
  case Special::ClusterCtaidX:
    return inCluster[0];
  case Special::ClusterCtaidY:
    return inCluster[1];
  case Special::ClusterCtaidZ:
    return inCluster[2];
  case Special::ClusterNctaidX:
    return cluster.x;
  case Special::ClusterNctaidY:
    return cluster.y;
  case Special::ClusterNctaidZ:
    return cluster.z;
  case Special::ClusterCtarank:
    return inCluster[0] + uint64_t(cluster.x) * (inCluster[1] + uint64_t(cluster.y) * inCluster[2]);
  case Special::ClusterNctarank:
    return cluster.count();
  case Special::DynamicSmemSize:
    return launch.dynamicShared;
  case Special::TotalSmemSize:
    return launch.kernel->staticShared + launch.dynamicShared;
  default:
    return 0;
  }
}

// Whether the register has the same values in every CTA.
bool isFixed(Special special) {
  switch (special) {
  case Special::CtaidX:
  case Special::CtaidY:
  case Special::CtaidZ:
  case Special::SmId:
  case Special::ClusterIdX:
  case Special::ClusterIdY:
  case Special::ClusterIdZ:
  case Special::ClusterCtaidX:
  case Special::ClusterCtaidY:
  case Special::ClusterCtaidZ:
  case Special::ClusterCtarank:
    return false;
  default:
    return true;
  }
}

void setSpecials(WarpContext &w, const Launch &launch, bool fixed) {
  for (const SpecialSlot &slot : w.kernel->specials) {
    if (isFixed(slot.special) != fixed)
      continue;
    for (uint32_t lane = 0; lane < 32; ++lane) {
      uint64_t value = specialValue(slot.special, launch, *w.cta, w.index * 32 + lane);
      std::memcpy(w.regs + slot.offset + lane * slot.bytes, &value, slot.bytes);
    }
  }
}

void setParams(WarpContext &w, const Launch &launch, const IsaTable &isa) {
  for (const ParamSlot &slot : w.kernel->paramSlots) {
    uint64_t value = 0;
    std::memcpy(&value, launch.params.data() + slot.paramOffset, slot.memoryBytes);
    if (slot.isSigned && slot.memoryBytes < 8 && ((value >> (slot.memoryBytes * 8 - 1)) & 1))
      value |= ~uint64_t{0} << (slot.memoryBytes * 8);
    isa.splat(w.regs + slot.offset, slot.bytes, value);
  }
}

} // namespace

void prepareCta(Cta &cta, Worker &worker) {
  const Launch &launch = *worker.launch;
  const Kernel &kernel = *launch.kernel;
  const IsaTable &isa = isaTable();
  size_t warpCount = (launch.block.count() + 31) / 32;
  size_t fileBytes = (kernel.fileBytes + kLineBytes - 1) & ~(kLineBytes - 1);
  size_t localBytes = (size_t(kernel.localBytes) * 32 + kLineBytes - 1) & ~(kLineBytes - 1);
  cta.storage.assign(warpCount * (fileBytes + localBytes) + kLineBytes, 0);
  cta.sharedStorage.assign(launch.sharedEnd + 2 * size_t{kSharedGap}, 0);
  if (worker.checks & kCheckInit)
    cta.sharedInit.assign(launch.sharedEnd + size_t{kSharedGap}, 0);
  cta.shared = alignLine(cta.sharedStorage.data());
  uint8_t *at = alignLine(cta.storage.data());
  cta.warps.resize(warpCount);
  for (uint32_t i = 0; i < warpCount; ++i) {
    WarpContext &w = cta.warps[i];
    w.regs = at;
    w.local = at + fileBytes;
    at += fileBytes + localBytes;
    w.index = i;
    w.cta = &cta;
    w.worker = &worker;
    w.kernel = &kernel;
    w.shared = cta.shared;
    for (const ConstSlot &slot : kernel.constants)
      isa.splat(w.regs + slot.offset, slot.bytes, slot.value);
    setParams(w, launch, isa);
    setSpecials(w, launch, true);
  }
}

void startCta(Cta &cta, Worker &worker, uint64_t linear) {
  const Launch &launch = *worker.launch;
  cta.linear = linear;
  cta.id[0] = uint32_t(linear % launch.grid.x);
  cta.id[1] = uint32_t(linear / launch.grid.x % launch.grid.y);
  cta.id[2] = uint32_t(linear / launch.grid.x / launch.grid.y);
  cta.failed = false;
  cta.async.reset();
  cta.progress = cta.seenProgress = 0;
  cta.deadRounds = 0;
  for (Barrier &barrier : cta.barriers)
    barrier = Barrier();
  // What a CTA finds in shared memory and in registers that it never wrote does not depend on the
  // CTAs that ran before it on this thread: bytes that make NaNs.
  std::memset(cta.shared, 0xff, launch.sharedEnd);
  std::fill(cta.sharedInit.begin(), cta.sharedInit.end(), uint8_t{0});
  if (worker.checks & kCheckRace)
    raceStartCta(cta);
  uint64_t threads = launch.block.count();
  cta.liveThreads = uint32_t(threads);
  for (WarpContext &w : cta.warps) {
    uint64_t rest = threads - uint64_t(w.index) * 32;
    w.live = rest >= 32 ? 0xffffffffu : (1u << rest) - 1;
    w.others.clear();
    Group all;
    all.mask = w.live;
    w.others.push_back(all);
    w.current = Group();
    w.branches = w.spins = w.runs = w.steps = w.draws = 0;
    w.copies.reset();
    w.async.reset();
    w.resumeAfter = ptx::kNone;
    w.pred(0) = 0;
    setSpecials(w, launch, false);
    for (auto [offset, bytes] : launch.kernel->poison)
      std::memset(w.regs + offset, 0xff, bytes);
    if (launch.kernel->localBytes > 16)
      std::memset(w.local, 0xff, size_t(launch.kernel->localBytes) * 32);
  }
}

namespace {

// A worker has more than one CTA under way only where they wait for each other.
void runWorker(Worker &worker, std::atomic<uint64_t> &next, uint64_t count) {
  // Only kernels that talk across CTAs can wait for another one; others just run long.
  uint64_t maxResident = worker.launch->kernel->isOrdered ? worker.launch->multiprocessors : 1;
  std::vector<std::unique_ptr<Cta>> idle;
  std::deque<std::unique_ptr<Cta>> resident;
  bool more = true;
  while (!worker.stop) {
    std::unique_ptr<Cta> cta;
    // New CTAs go first: those under way wait for something.
    uint64_t linear = more && resident.size() < maxResident ? next.fetch_add(1) : count;
    if (linear < count) {
      if (idle.empty()) {
        cta = std::make_unique<Cta>();
        prepareCta(*cta, worker);
      } else {
        cta = std::move(idle.back());
        idle.pop_back();
      }
      startCta(*cta, worker, linear);
    } else {
      more = more && resident.size() >= maxResident;
      if (resident.empty())
        return;
      cta = std::move(resident.front());
      resident.pop_front();
    }
    CtaStop stop = runCta(*cta, worker);
    if (stop == CtaStop::Spinning) {
      resident.push_back(std::move(cta));
      continue;
    }
    idle.push_back(std::move(cta));
  }
}

void addCounters(MemCounters &to, const MemCounters &from) {
  to.requests += from.requests;
  to.lanes += from.lanes;
  to.units += from.units;
  to.ideal += from.ideal;
  to.bytes += from.bytes;
}

void addWorker(LaunchResult &result, const Worker &worker) {
  result.findings.merge(worker.findings);
  for (size_t b = 0; b < result.blockRuns.size(); ++b) {
    result.blockRuns[b] += worker.blockRuns[b];
    result.blockLanes[b] += worker.blockLanes[b];
  }
  addCounters(result.globalLoad, worker.globalLoad);
  addCounters(result.globalStore, worker.globalStore);
  addCounters(result.sharedLoad, worker.sharedLoad);
  addCounters(result.sharedStore, worker.sharedStore);
  addCounters(result.local, worker.local);
  result.atomics += worker.atomics;
  result.barriers += worker.barriers;
  result.divergent += worker.divergent;
  result.asyncBytes += worker.asyncBytes;
  for (size_t t = 0; t < 16; ++t)
    result.tensorMacs[t] += worker.tensorMacs[t];
}
} // namespace

void runGrid(const Launch &launch, unsigned threads, LaunchResult &result) {
  const Kernel &kernel = *launch.kernel;
  uint64_t count = launch.grid.count();
  // The race check keeps one clock for the whole launch.
  bool isSerial = kernel.isOrdered || (launch.checks & kCheckRace) != 0;
  unsigned workers = isSerial ? 1 : unsigned(std::min<uint64_t>(threads, count));
  std::atomic<uint64_t> next{0};
  std::vector<Worker> all(workers);
  for (Worker &worker : all) {
    worker.launch = &launch;
    worker.checks = launch.checks;
    worker.caches.resize(kernel.memCount);
    worker.blockRuns.resize(kernel.blocks.size());
    worker.blockLanes.resize(kernel.blocks.size());
  }
  std::vector<std::thread> pool;
  for (unsigned t = 1; t < workers; ++t)
    pool.emplace_back([&, t] { runWorker(all[t], next, count); });
  runWorker(all[0], next, count);
  for (std::thread &thread : pool)
    thread.join();
  result.blockRuns.assign(kernel.blocks.size(), 0);
  result.blockLanes.assign(kernel.blocks.size(), 0);
  for (const Worker &worker : all)
    addWorker(result, worker);
}

} // namespace azulejo::sim
