// This file shows memory accesses to the checks, and keeps the shadow of what has been written.
#include "exec/Worker.h"

#include <cstring>

namespace azulejo::sim {

void reportUninitialised(WarpContext &w, const Inst &i, unsigned lane, uint64_t address,
                         unsigned bytes, bool isGlobal) {
  if (w.worker->findings.countAgain("init", "uninitialised", i.id, 0, w.cta->linear))
    return;
  Finding finding = makeFinding(w, i, lane, "init", "uninitialised");
  finding.sites[0].access = "read";
  finding.address = address;
  const Launch &launch = *w.worker->launch;
  if (isGlobal) {
    int64_t index = launch.memory->find(address);
    if (index >= 0) {
      finding.buffer = launch.memory->allocation(index).name;
      finding.offset = int64_t(address - launch.memory->allocation(index).base);
    }
  } else {
    for (const SharedVariable &variable : launch.shared)
      if (variable.offset <= windowOffset(address)) {
        finding.buffer = variable.name;
        finding.offset = int64_t(windowOffset(address) - variable.offset);
      }
  }
  finding.message = std::string(isGlobal ? "global" : "shared") + " read of " +
                    std::to_string(bytes) + " bytes at '" + finding.buffer + "' +" +
                    std::to_string(finding.offset) + ", which nothing has written";
  report(w, i, std::move(finding));
}

namespace {

// Finds the lanes that read what nothing has written; stores mark it written.
void observeLanes(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                  unsigned bytes, uint64_t shadowDelta, bool isGlobal) {
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    uint64_t address = addresses[__builtin_ctz(m)];
    if (std::memchr(reinterpret_cast<const void *>(address + shadowDelta), 0, bytes) != nullptr)
      reportUninitialised(w, i, unsigned(__builtin_ctz(m)), address, bytes, isGlobal);
  }
}

void observeInit(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                 unsigned bytes, Access access, uint64_t shadowDelta, bool isGlobal) {
  AccessRuns &runs = w.worker->runs[i.mem];
  if (!runs.isSame(addresses, mask, bytes))
    runs.take(addresses, mask, bytes);
  uint64_t first = addresses[__builtin_ctz(mask)] + shadowDelta;
  if (access != Access::Store)
    for (const AccessRuns::Run &run : runs.list())
      if (std::memchr(reinterpret_cast<const void *>(first + uint64_t(run.offset)), 0, run.bytes) !=
          nullptr) {
        observeLanes(w, i, mask, addresses, bytes, shadowDelta, isGlobal);
        break;
      }
  if (access != Access::Load)
    for (const AccessRuns::Run &run : runs.list())
      std::memset(reinterpret_cast<void *>(first + uint64_t(run.offset)), 1, run.bytes);
}
} // namespace

void checkAccess(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                 unsigned bytes, Access access, bool isRow, Cta *owner) {
  Worker &worker = *w.worker;
  if (worker.checks & kCheckRace)
    raceAccess(w, i, mask, addresses, bytes, access, isRow, owner);
  if (worker.checks & kCheckInit) {
    uint64_t shadow =
        owner == nullptr ? reinterpret_cast<uint64_t>(worker.launch->memory->initShadow(0))
                         : reinterpret_cast<uint64_t>(owner->sharedInit.data()) - owner->sharedBase;
    observeInit(w, i, mask, addresses, bytes, access, shadow, owner == nullptr);
  }
}

void observeGlobal(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                   unsigned bytes, Access access, bool isRow) {
  if (mask == 0)
    return;
  countGlobal(w, i, mask, addresses, bytes, access);
  checkAccess(w, i, mask, addresses, bytes, access, isRow, nullptr);
}

void observeShared(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                   unsigned bytes, Access access, bool isRow, Cta *owner) {
  if (mask == 0)
    return;
  Worker &worker = *w.worker;
  countShared(w, i, mask, addresses, bytes,
              access == Access::Load    ? worker.sharedLoad
              : access == Access::Store ? worker.sharedStore
                                        : worker.sharedAtomic);
  checkAccess(w, i, mask, addresses, bytes, access, isRow, owner != nullptr ? owner : w.cta);
}

} // namespace azulejo::sim
