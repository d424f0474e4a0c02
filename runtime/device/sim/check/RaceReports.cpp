// This file words the findings of the race check: who accessed what, and who else did before.
#include "check/RaceState.h"

namespace azulejo::sim {

namespace {
std::string nameOf(WarpContext &w, uint64_t address, bool isGlobal, int64_t &offset) {
  const Launch &launch = *w.worker->launch;
  offset = 0;
  if (isGlobal) {
    int64_t index = launch.memory->find(address);
    if (index < 0)
      return "";
    offset = int64_t(address - launch.memory->allocation(index).base);
    return launch.memory->allocation(index).name;
  }
  std::string name;
  for (const SharedVariable &variable : launch.shared)
    if (variable.offset <= address) {
      name = variable.name;
      offset = int64_t(address - variable.offset);
    }
  return name;
}

// Who made the remembered access of `scope`, as rank and warp.
std::pair<uint32_t, uint32_t> placeOf(const ClusterRace &own, uint32_t actor) {
  if (actor >= own.firstMbarrier()) {
    size_t index = actor - own.firstMbarrier();
    return index < own.mbarrierOwners.size() ? own.mbarrierOwners[index]
                                             : std::pair<uint32_t, uint32_t>{0, 0};
  }
  uint32_t line = actor / own.warps, engine = line % ClusterRace::kEngines;
  uint32_t index = actor % own.warps;
  return {line / ClusterRace::kEngines, engine == ClusterRace::kWgmma ? index * 4 : index};
}

FindingSite siteOf(WarpContext &w, uint32_t inst, uint32_t actor, uint32_t lane, uint32_t scope,
                   const char *access) {
  Inst other;
  other.id = inst;
  FindingSite site = makeSite(w, other, lane, access);
  const Launch &launch = *w.worker->launch;
  auto [rank, warp] = placeOf(scopeOf(w), actor);
  uint32_t linear = warp * 32 + lane;
  site.warp = warp;
  site.thread[0] = linear % launch.block.x;
  site.thread[1] = linear / launch.block.x % launch.block.y;
  site.thread[2] = linear / launch.block.x / launch.block.y;
  uint64_t cta = scope - 1;
  const Dim3 &cluster = launch.cluster;
  site.block[0] = uint32_t(cta % launch.grid.x) + rank % cluster.x;
  site.block[1] = uint32_t(cta / launch.grid.x % launch.grid.y) + rank / cluster.x % cluster.y;
  site.block[2] = uint32_t(cta / launch.grid.x / launch.grid.y) + rank / cluster.x / cluster.y;
  return site;
}
} // namespace

FindingSite actorSite(WarpContext &w, uint32_t inst, uint32_t actor, const char *access) {
  return siteOf(w, inst, actor, 0, scopeOf(w).number, access);
}

void reportConflict(Touch &touch, const Conflict &conflict) {
  WarpContext &w = *touch.warp;
  touch.isFound = true;
  bool isProxy = conflict.kind[0] == 'm';
  const char *check = isProxy ? "proxy" : "race";
  uint32_t other = conflict.inst + 1;
  if (w.worker->findings.countAgain(check, conflict.kind, touch.inst->id, other, w.cta->linear))
    return;
  Finding finding =
      makeFinding(w, *touch.inst, conflict.lane < 32 ? conflict.lane : 0, check, conflict.kind);
  finding.sites[0].access = touch.isWrite ? "write" : "read";
  finding.address = conflict.address;
  finding.buffer = nameOf(w, finding.address, conflict.isGlobal, finding.offset);
  finding.message = std::string(conflict.kind) + (isProxy ? "" : " hazard") + " on " +
                    (conflict.isGlobal ? "global" : "shared") + " '" + finding.buffer + "' +" +
                    std::to_string(finding.offset) + ": " + conflict.detail;
  uint32_t otherLane = laneOf(conflict.tag) < 32 ? laneOf(conflict.tag) : 0;
  finding.sites.push_back(siteOf(w, conflict.inst, conflict.tag & kTagActor, otherLane,
                                 conflict.scope, conflict.otherIsWrite ? "write" : "read"));
  w.worker->findings.add(touch.inst->id, other, std::move(finding));
}

} // namespace azulejo::sim
