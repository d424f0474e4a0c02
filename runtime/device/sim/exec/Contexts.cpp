// This file implements the contexts of CTAs: registers, shared memory and special registers.
#include "exec/Worker.h"

#include <algorithm>
#include <cstring>
#include <numeric>

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
  case Special::GridWorkspaceHigh:
    return launch.gridWorkspace >> 32;
  case Special::GridWorkspaceLow:
    return launch.gridWorkspace & 0xffffffffu;
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
    // What differs between CTAs is the same for all threads of one.
    if (!fixed) {
      isaTable().splat(w.regs + slot.offset, slot.bytes,
                       specialValue(slot.special, launch, *w.cta, w.index * 32));
      continue;
    }
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

namespace {
void prepareWarp(WarpContext &w, Cta &cta, Worker &worker) {
  const Launch &launch = *worker.launch;
  const Kernel &kernel = *launch.kernel;
  const IsaTable &isa = isaTable();
  w.cta = &cta;
  w.worker = &worker;
  w.kernel = &kernel;
  // As a number: the sum of the two need not point into the CTA's storage.
  w.shared = reinterpret_cast<uint8_t *>(reinterpret_cast<uintptr_t>(cta.shared) - cta.sharedBase);
  for (const ConstSlot &slot : kernel.constants)
    isa.splat(w.regs + slot.offset, slot.bytes, slot.value);
  for (const ConstSlot &slot : kernel.sharedAddresses)
    isa.splat(w.regs + slot.offset, slot.bytes, slot.value + cta.sharedBase);
  setParams(w, launch, isa);
  setSpecials(w, launch, true);
}

void prepareCta(Cta &cta, Worker &worker) {
  const Launch &launch = *worker.launch;
  const Kernel &kernel = *launch.kernel;
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
  cta.order.resize(warpCount);
  std::iota(cta.order.begin(), cta.order.end(), 0u);
  for (uint32_t i = 0; i < warpCount; ++i) {
    WarpContext &w = cta.warps[i];
    w.regs = at;
    w.local = at + fileBytes;
    at += fileBytes + localBytes;
    w.index = i;
    prepareWarp(w, cta, worker);
  }
}

void startWarp(WarpContext &w, const Launch &launch) {
  uint64_t rest = launch.block.count() - uint64_t(w.index) * 32;
  w.live = rest >= 32 ? 0xffffffffu : (1u << rest) - 1;
  w.others.clear();
  Group all;
  all.mask = w.live;
  w.others.push_back(all);
  w.current = Group();
  w.branches = w.spins = w.runs = w.steps = w.draws = 0;
  w.clusterArrived = w.clusterPassed = 0;
  w.registerSets.clear();
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

// `first`: of the cluster's first CTA.
void startCta(Cta &cta, Worker &worker, const uint32_t (&first)[3]) {
  const Launch &launch = *worker.launch;
  const Dim3 &grid = launch.grid, &cluster = launch.cluster;
  cta.id[0] = first[0] + cta.rank % cluster.x;
  cta.id[1] = first[1] + cta.rank / cluster.x % cluster.y;
  cta.id[2] = first[2] + cta.rank / cluster.x / cluster.y;
  cta.linear = cta.id[0] + uint64_t(grid.x) * (cta.id[1] + uint64_t(grid.y) * cta.id[2]);
  cta.failed = false;
  cta.async.reset();
  cta.tensor.reset();
  cta.progress = 0;
  for (Barrier &barrier : cta.barriers)
    barrier = Barrier();
  // What a CTA finds in shared memory and in registers that it never wrote does not depend on the
  // CTAs that ran before it on this thread: bytes that make NaNs.
  std::memset(cta.shared, 0xff, launch.sharedEnd);
  std::fill(cta.sharedInit.begin(), cta.sharedInit.end(), uint8_t{0});
  cta.liveThreads = uint32_t(launch.block.count());
  for (WarpContext &w : cta.warps)
    startWarp(w, launch);
}
} // namespace

std::unique_ptr<Cluster> makeCluster(Worker &worker) {
  auto cluster = std::make_unique<Cluster>();
  uint64_t count = worker.launch->cluster.count();
  for (uint32_t rank = 0; rank < count; ++rank) {
    auto cta = std::make_unique<Cta>();
    cta->rank = rank;
    cta->sharedBase = rank << kRankShift;
    cta->cluster = cluster.get();
    prepareCta(*cta, worker);
    cluster->ctas.push_back(std::move(cta));
    cluster->order.push_back(rank);
  }
  return cluster;
}

void firstCtaOf(const Launch &launch, uint64_t number, uint32_t (&id)[3]) {
  const Dim3 &grid = launch.grid, &size = launch.cluster;
  uint64_t across = grid.x / size.x, down = grid.y / size.y;
  id[0] = uint32_t(number % across) * size.x;
  id[1] = uint32_t(number / across % down) * size.y;
  id[2] = uint32_t(number / across / down) * size.z;
}

void startCluster(Cluster &cluster, Worker &worker, uint64_t number) {
  uint32_t first[3];
  firstCtaOf(*worker.launch, number, first);
  cluster.seenProgress = 0;
  cluster.deadRounds = 0;
  for (const auto &cta : cluster.ctas)
    startCta(*cta, worker, first);
  if (worker.checks & kCheckRace)
    raceStartCluster(cluster);
}

} // namespace azulejo::sim
