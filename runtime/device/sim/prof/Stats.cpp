// This file implements the sums of the simulator's counters over launches and kernels.
#include "prof/Stats.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace azulejo::sim {

const char *className(OpClass opClass) {
  static const char *const kNames[] = {
      "move",  "int",    "fp16", "fp32",    "fp64",    "special", "convert", "predicate", "load",
      "store", "atomic", "warp", "barrier", "control", "tensor",  "async",   "other",
  };
  return kNames[static_cast<unsigned>(opClass)];
}

void BufferStats::add(const BufferStats &other) {
  BufferCounters::add(other);
  footprintRead += other.footprintRead;
  footprintWritten += other.footprintWritten;
}

bool LaunchShape::operator<(const LaunchShape &other) const {
  auto key = [](const LaunchShape &s) {
    return std::tie(s.grid[0], s.grid[1], s.grid[2], s.block[0], s.block[1], s.block[2],
                    s.cluster[0], s.cluster[1], s.cluster[2], s.staticShared, s.dynamicShared);
  };
  return key(*this) < key(other);
}

namespace {
LaunchShape shapeOf(const Launch &launch) {
  const Dim3 &grid = launch.grid, &block = launch.block, &cluster = launch.cluster;
  return {{grid.x, grid.y, grid.z},
          {block.x, block.y, block.z},
          {cluster.x, cluster.y, cluster.z},
          launch.kernel->staticShared,
          launch.dynamicShared};
}

Occupancy occupancyOf(const Launch &launch) {
  const Kernel &kernel = *launch.kernel;
  // What the kernel promises, ptxas keeps: so many CTAs find registers.
  bool hasBlock = kernel.requiredThreads[0] != 0 || kernel.maxThreads[0] != 0;
  uint32_t least = std::max(kernel.function->minCtas, hasBlock ? 1u : 0u);
  return computeOccupancy(*findSmResources(launch.sm), uint32_t(launch.block.count()),
                          kernel.staticShared + launch.dynamicShared, least);
}

// Instructions that ptxas neither removes nor folds into others.
bool isIssued(OpClass opClass) {
  switch (opClass) {
  case OpClass::Move:
  case OpClass::Int:
  case OpClass::Convert:
  case OpClass::Predicate:
  case OpClass::Control:
  case OpClass::Other:
    return false;
  default:
    return true;
  }
}

// `stats` are those of one launch.
LaunchWork workOf(const KernelStats &stats, uint64_t footprintRead, uint64_t footprintWritten) {
  LaunchWork work;
  work.ctas = stats.ctas;
  for (unsigned c = 0; c < static_cast<unsigned>(OpClass::Count); ++c)
    work.issued += isIssued(static_cast<OpClass>(c)) ? stats.instructions[c] : 0;
  work.fp32 = stats.instructions[static_cast<unsigned>(OpClass::Fp32)];
  work.fp64 = stats.instructions[static_cast<unsigned>(OpClass::Fp64)];
  work.special = stats.instructions[static_cast<unsigned>(OpClass::Special)];
  work.wavefronts = stats.sharedLoad.units + stats.sharedStore.units + stats.sharedAtomic.units +
                    stats.matrixLoad.units + stats.matrixStore.units + stats.tensorOperands.units;
  work.l1Sectors = stats.globalLoad.units;
  // Bulk copies pass by the first level; what lanes read comes from the second level once at least.
  uint64_t writes = stats.globalStore.units + stats.globalAtomic.units + stats.bulkStore.units;
  work.l2Sectors = std::max(footprintRead / 32, stats.bulkLoad.units) + writes;
  work.dramSectors = (footprintRead + footprintWritten) / 32;
  std::copy(std::begin(stats.tensorMacs), std::end(stats.tensorMacs), work.tensorMacs);
  return work;
}
} // namespace

void KernelStats::addLaunch(const Launch &launch, const LaunchResult &result, const Gpu *roofline) {
  const Kernel &kernel = *launch.kernel;
  KernelStats one;
  one.launches = 1;
  one.ctas = launch.grid.count();
  one.threads = launch.grid.count() * launch.block.count();
  for (size_t b = 0; b < kernel.blocks.size(); ++b)
    for (unsigned c = 0; c < static_cast<unsigned>(OpClass::Count); ++c) {
      uint64_t count = kernel.blocks[b].classCounts[c];
      one.instructions[c] += count * result.blockRuns[b];
      one.warpInstructions += count * result.blockRuns[b];
      one.laneInstructions += count * result.blockLanes[b];
    }
  one.Counters::add(result);
  one.buffers.clear();
  DeviceMemory &memory = *launch.memory;
  uint64_t read = 0, written = 0;
  for (size_t a = 0; a < result.buffers.size(); ++a) {
    const BufferCounters &counted = result.buffers[a];
    if (counted.loadSectors + counted.storeSectors == 0)
      continue;
    const Allocation &allocation = memory.allocation(int64_t(a));
    BufferStats buffer;
    buffer.BufferCounters::add(counted);
    buffer.footprintRead = memory.takeFootprint(allocation, false) * 32;
    buffer.footprintWritten = memory.takeFootprint(allocation, true) * 32;
    read += buffer.footprintRead;
    written += buffer.footprintWritten;
    one.namedBuffers[allocation.name].add(buffer);
  }
  one.shapes[shapeOf(launch)] = {1, occupancyOf(launch)};
  if (roofline != nullptr)
    one.bound.add(boundLaunch(*roofline, workOf(one, read, written)));
  add(one);
}

void KernelStats::add(const KernelStats &other) {
  Counters::add(other);
  launches += other.launches;
  ctas += other.ctas;
  threads += other.threads;
  for (unsigned c = 0; c < static_cast<unsigned>(OpClass::Count); ++c)
    instructions[c] += other.instructions[c];
  warpInstructions += other.warpInstructions;
  laneInstructions += other.laneInstructions;
  for (const auto &[name, buffer] : other.namedBuffers)
    namedBuffers[name].add(buffer);
  for (const auto &[shape, counted] : other.shapes) {
    shapes[shape].launches += counted.launches;
    shapes[shape].occupancy = counted.occupancy;
  }
  bound.add(other.bound);
}

} // namespace azulejo::sim
