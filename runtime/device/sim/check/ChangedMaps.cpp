// This file implements the check of tensor maps that kernels have changed.
#include "check/ChangedMaps.h"
#include "exec/AsyncState.h"

namespace azulejo::sim {

namespace {
constexpr uint64_t kMapBytes = 128;

uint64_t clusterOf(const WarpContext &w) { return w.cta->cluster->ctas[0]->linear; }

bool isOfThisLaunch(const WarpContext &w, const MapChange &change) {
  return change.launch == w.worker->launch->gridId;
}

// Whether a fence of that scope orders the block of `w` and the one that made the change. The end
// of a launch reaches all.
bool reaches(const WarpContext &w, const MapChange &change, FenceScope scope) {
  if (scope >= FenceScope::Gpu || !isOfThisLaunch(w, change))
    return true;
  return scope == FenceScope::Cluster ? change.cluster == clusterOf(w)
                                      : change.cta == w.cta->linear;
}

void reportUse(WarpContext &w, const Inst &i, unsigned lane, uint64_t address,
               const std::string &message) {
  Finding finding = makeFinding(w, i, lane, "proxy", "tensor-map");
  finding.address = address;
  finding.message = message;
  report(w, i, std::move(finding));
}
} // namespace

MapChange *ChangedMaps::find(uint64_t address) {
  auto it = changes.find(address);
  return it == changes.end() ? nullptr : &it->second;
}

void ChangedMaps::forget(uint64_t address, uint64_t bytes) {
  auto it = changes.lower_bound(address < kMapBytes ? 0 : address - kMapBytes + 1);
  while (it != changes.end() && it->first < address + bytes)
    it = changes.erase(it);
}

void noteMapChange(WarpContext &w, uint64_t address, const FenceScope *scope) {
  MapChange &change = w.worker->launch->changedMaps->change(address);
  ++change.count;
  change.launch = w.worker->launch->gridId;
  change.cta = w.cta->linear;
  change.cluster = clusterOf(w);
  change.isReleased = scope != nullptr;
  change.release = scope != nullptr ? *scope : FenceScope::Cta;
}

void releaseMaps(WarpContext &w, FenceScope scope) {
  for (auto &[address, change] : w.worker->launch->changedMaps->all())
    if (isOfThisLaunch(w, change) && change.cta == w.cta->linear && !change.isReleased) {
      change.isReleased = true;
      change.release = scope;
    }
}

void acquireMap(WarpContext &w, uint64_t address, FenceScope scope) {
  const MapChange *change = w.worker->launch->changedMaps->find(address);
  if (change != nullptr && reaches(w, *change, scope))
    asyncOf(*w.cta).acquiredMaps[address] = change->count;
}

void checkMapUse(WarpContext &w, const Inst &i, unsigned lane, uint64_t address) {
  const MapChange *change = w.worker->launch->changedMaps->find(address);
  if (change == nullptr)
    return;
  if (isOfThisLaunch(w, *change)) {
    raceRange(w, i, address, kMapBytes, false, nullptr);
    if (!change->isReleased || !reaches(w, *change, change->release))
      return reportUse(w, i, lane, address,
                       "no fence.proxy.tensormap::generic.release whose scope reaches this block "
                       "lies behind the change of the tensor map");
  }
  const auto &acquired = asyncOf(*w.cta).acquiredMaps;
  auto it = acquired.find(address);
  if (it == acquired.end() || it->second != change->count)
    reportUse(w, i, lane, address,
              "the tensor map was changed, and no fence.proxy.tensormap::generic.acquire of this "
              "block, whose scope reaches who changed it, lies between the change and its use");
}

} // namespace azulejo::sim
