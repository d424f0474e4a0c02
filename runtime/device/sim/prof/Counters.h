// This file defines the sums that a worker counts while it runs CTAs. All are exact integers, the
// same for any number of workers.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_PROF_COUNTERS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_PROF_COUNTERS_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace azulejo::sim {

// Accesses of one kind to one memory.
struct MemCounters {
  uint64_t requests = 0; // warp instructions
  uint64_t lanes = 0;
  uint64_t units = 0; // 32-byte sectors, or shared-memory wavefronts
  uint64_t ideal = 0; // wavefronts without conflicts
  uint64_t bytes = 0; // asked for by lanes

  void add(const MemCounters &other) {
    requests += other.requests;
    lanes += other.lanes;
    units += other.units;
    ideal += other.ideal;
    bytes += other.bytes;
  }
};

// Traffic of one allocation.
struct BufferCounters {
  uint64_t loadSectors = 0, loadBytes = 0;
  uint64_t storeSectors = 0, storeBytes = 0; // atomics too

  void add(const BufferCounters &other) {
    loadSectors += other.loadSectors;
    loadBytes += other.loadBytes;
    storeSectors += other.storeSectors;
    storeBytes += other.storeBytes;
  }
};

constexpr size_t kMacKinds = 16; // countMacs() says which operand types they are

struct Counters {
  MemCounters globalLoad, globalStore, globalAtomic;
  MemCounters sharedLoad, sharedStore, sharedAtomic;
  MemCounters matrixLoad, matrixStore; // ldmatrix, stmatrix
  MemCounters localLoad, localStore;   // no units
  // Matrices in shared memory that wgmma and tcgen05 read: requests are matrices. Units leave out
  // those that a tensor core may still have.
  MemCounters tensorOperands;
  MemCounters bulkLoad, bulkStore; // contiguous pieces of bulk and tensor copies in global memory
  uint64_t atomics = 0, barriers = 0, divergent = 0, asyncBytes = 0;
  uint64_t canceledCtas = 0; // by clusterlaunchcontrol: they never ran
  uint64_t tensorMacs[kMacKinds] = {};
  std::vector<BufferCounters> buffers; // by allocation; later ones may be missing

  void add(const Counters &other) {
    globalLoad.add(other.globalLoad);
    globalStore.add(other.globalStore);
    globalAtomic.add(other.globalAtomic);
    sharedLoad.add(other.sharedLoad);
    sharedStore.add(other.sharedStore);
    sharedAtomic.add(other.sharedAtomic);
    matrixLoad.add(other.matrixLoad);
    matrixStore.add(other.matrixStore);
    localLoad.add(other.localLoad);
    localStore.add(other.localStore);
    tensorOperands.add(other.tensorOperands);
    bulkLoad.add(other.bulkLoad);
    bulkStore.add(other.bulkStore);
    atomics += other.atomics;
    barriers += other.barriers;
    divergent += other.divergent;
    asyncBytes += other.asyncBytes;
    canceledCtas += other.canceledCtas;
    for (size_t t = 0; t < kMacKinds; ++t)
      tensorMacs[t] += other.tensorMacs[t];
    if (buffers.size() < other.buffers.size())
      buffers.resize(other.buffers.size());
    for (size_t b = 0; b < other.buffers.size(); ++b)
      buffers[b].add(other.buffers[b]);
  }
};

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_PROF_COUNTERS_H
