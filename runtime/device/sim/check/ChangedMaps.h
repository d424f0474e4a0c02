// This file declares which tensor maps in global memory kernels have changed: the tensor-map proxy
// sees a change only behind a release by those who made it, and an acquire by the block that uses
// the map.
#ifndef AZULEJO_RUNTIME_DEVICE_SIM_CHECK_CHANGEDMAPS_H
#define AZULEJO_RUNTIME_DEVICE_SIM_CHECK_CHANGEDMAPS_H

#include <cstdint>
#include <map>

namespace azulejo::sim {

struct WarpContext;
struct Inst;

// Of fences, from narrow to wide.
enum class FenceScope : uint8_t { Cta, Cluster, Gpu, Sys };

struct MapChange {
  uint64_t count = 0;  // changes so far; an acquire takes over as many
  uint64_t launch = 0; // of the last, and the block and cluster that made it
  uint64_t cta = 0, cluster = 0;
  bool isReleased = false;
  FenceScope release = FenceScope::Cta;
};

// By address. A device has one; only launches with the check for races, which have one worker, use
// it.
class ChangedMaps {
public:
  MapChange &change(uint64_t address) { return changes[address]; }
  // Null: no kernel has changed it.
  MapChange *find(uint64_t address);
  // The host, or a copy, has written these bytes.
  void forget(uint64_t address, uint64_t bytes);
  std::map<uint64_t, MapChange> &all() { return changes; }

private:
  std::map<uint64_t, MapChange> changes;
};

// A warp changes the map at `address`, and releases it at once where `scope` is not null.
void noteMapChange(WarpContext &w, uint64_t address, const FenceScope *scope);
// fence.proxy.tensormap: releases what the block has changed; acquires the map at `address`.
void releaseMaps(WarpContext &w, FenceScope scope);
void acquireMap(WarpContext &w, uint64_t address, FenceScope scope);
// A copy uses the map at `address`: reports a change that the tensor-map proxy need not see.
void checkMapUse(WarpContext &w, const Inst &i, unsigned lane, uint64_t address);

} // namespace azulejo::sim

#endif // AZULEJO_RUNTIME_DEVICE_SIM_CHECK_CHANGEDMAPS_H
