// This file implements the check of addresses: bounds, alignment and life of what is accessed.
#include "exec/Worker.h"

#include <cinttypes>
#include <cstdio>

namespace azulejo::sim {

Finding makeFinding(const WarpContext &w, const Inst &i, unsigned lane, const char *check,
                    const char *kind) {
  Finding finding;
  const Launch &launch = *w.worker->launch;
  finding.check = check;
  finding.kind = kind;
  finding.kernel = w.kernel->name;
  finding.label = launch.label;
  finding.ctaOrder = w.cta->linear;
  finding.sites.push_back(makeSite(w, i, lane, "at"));
  return finding;
}

FindingSite makeSite(const WarpContext &w, const Inst &i, unsigned lane, const char *access) {
  FindingSite site;
  const Launch &launch = *w.worker->launch;
  site.access = access;
  site.module = launch.module->name;
  std::copy(w.cta->id, w.cta->id + 3, site.block);
  site.warp = w.index;
  site.lane = lane;
  uint32_t linear = w.index * 32 + lane;
  site.thread[0] = linear % launch.block.x;
  site.thread[1] = linear / launch.block.x % launch.block.y;
  site.thread[2] = linear / launch.block.x / launch.block.y;
  const ptx::Instruction *source = w.kernel->info[i.id].source;
  if (source == nullptr)
    return site;
  site.line = source->line;
  site.column = source->column;
  site.text = lineOf(*source);
  for (const auto &[number, name] : launch.module->files)
    if (number == source->loc.file)
      site.modelFile = std::string(name);
  for (const auto &[line, name] : launch.module->nodes)
    if (line == source->loc.line)
      site.modelNode = std::string(name);
  site.modelLine = source->loc.line;
  site.modelColumn = source->loc.column;
  return site;
}

void report(WarpContext &w, const Inst &i, Finding finding) {
  w.worker->findings.add(i.id, 0, std::move(finding));
}

void failCta(WarpContext &w, const Inst &i, unsigned lane, const char *check, const char *kind,
             std::string message) {
  Finding finding = makeFinding(w, i, lane, check, kind);
  finding.message = std::move(message);
  report(w, i, std::move(finding));
  w.cta->failed = true;
}

namespace {
std::string hex(uint64_t value) {
  char text[24];
  snprintf(text, sizeof(text), "0x%" PRIx64, value);
  return text;
}

const char *verb(Access access) {
  return access == Access::Load ? "read" : (access == Access::Store ? "write" : "atomic access");
}

void setAccess(Finding &finding, Access access) {
  finding.sites[0].access =
      access == Access::Load ? "read" : (access == Access::Store ? "write" : "atomic");
}

// Says where `address` lies relative to the nearest allocation.
void describeOutside(const DeviceMemory &memory, uint64_t address, unsigned bytes, Access access,
                     Finding &finding) {
  std::string what = std::string(verb(access)) + " of " + std::to_string(bytes) + " bytes";
  int64_t index = memory.findBelow(address);
  if (index < 0) {
    finding.message = "global " + what + " at " + hex(address) +
                      (address < 4096 ? ", a null pointer" : ", outside any allocation");
    return;
  }
  const Allocation &near = memory.allocation(index);
  uint64_t offset = address - near.base;
  finding.buffer = near.name;
  finding.offset = int64_t(offset);
  if (offset < near.bytes && !near.isLive) {
    finding.kind = "use-after-free";
    finding.message =
        "global " + what + " at '" + near.name + "' +" + hex(offset) + ", which has been released";
  } else {
    finding.message =
        "global " + what + " at " + hex(address) + ", " +
        (offset < near.bytes ? "across the end of"
                             : std::to_string(offset - near.bytes) + " bytes past the end of") +
        " '" + near.name + "' of " + std::to_string(near.bytes) + " bytes";
  }
}

void reportGlobal(WarpContext &w, const Inst &i, unsigned lane, uint64_t address, unsigned bytes,
                  Access access, bool isReadOnly) {
  bool isMisaligned = (address & (bytes - 1)) != 0;
  const char *kind = isMisaligned ? "misaligned" : (isReadOnly ? "read-only" : "out-of-bounds");
  if (w.worker->findings.countAgain("mem", kind, i.id, 0, w.cta->linear))
    return;
  Finding finding = makeFinding(w, i, lane, "mem", kind);
  setAccess(finding, access);
  finding.address = address;
  const DeviceMemory &memory = *w.worker->launch->memory;
  if (isMisaligned) {
    finding.message = "global " + std::string(verb(access)) + " of " + std::to_string(bytes) +
                      " bytes at " + hex(address) + ", which is not a multiple of " +
                      std::to_string(bytes);
    int64_t index = memory.find(address);
    if (index >= 0) {
      finding.buffer = memory.allocation(index).name;
      finding.offset = int64_t(address - memory.allocation(index).base);
    }
  } else if (isReadOnly) {
    finding.buffer = memory.allocation(memory.find(address)).name;
    finding.message = "write to constant memory '" + finding.buffer + "'";
  } else {
    describeOutside(memory, address, bytes, access, finding);
  }
  report(w, i, std::move(finding));
}

// What is wrong with a shared address of a CTA: names the variable it is nearest to.
void reportShared(WarpContext &w, const Inst &i, unsigned lane, uint64_t address, unsigned bytes,
                  Access access, const Cta &owner) {
  bool isMisaligned = (address & (bytes - 1)) != 0;
  uint64_t offset = address - owner.sharedBase;
  const char *kind = isMisaligned ? "misaligned" : "out-of-bounds";
  if (w.worker->findings.countAgain("mem", kind, i.id, 0, w.cta->linear))
    return;
  Finding finding = makeFinding(w, i, lane, "mem", kind);
  setAccess(finding, access);
  finding.address = address;
  std::string what = "shared " + std::string(verb(access)) + " of " + std::to_string(bytes) +
                     " bytes at " + hex(address);
  const SharedVariable *near = nullptr;
  for (const SharedVariable &variable : w.worker->launch->shared)
    if (variable.offset <= offset)
      near = &variable;
  if (isMisaligned) {
    finding.message = what + ", which is not a multiple of " + std::to_string(bytes);
  } else if (near == nullptr) {
    finding.message = what + ", outside any shared variable";
  } else {
    finding.message = what + ", offset " + hex(offset - near->offset) + " of '" + near->name +
                      "' of " + std::to_string(near->bytes) + " bytes" +
                      (near->isDynamic ? " (the dynamic shared memory of the launch)" : "");
  }
  if (near != nullptr) {
    finding.buffer = near->name;
    finding.offset = int64_t(offset - near->offset);
  }
  report(w, i, std::move(finding));
}

bool inside(uint64_t at, unsigned bytes, uint64_t base, uint64_t size) {
  return size >= bytes && at - base <= size - bytes;
}
} // namespace

namespace {
// Whether all 32 lanes are aligned and inside the range of the last access.
bool allInside(const MemCache &cache, uint32_t mask, const uint64_t *addresses, unsigned bytes) {
  if (mask != 0xffffffffu || cache.size < bytes)
    return false;
  uint64_t base = cache.base, limit = cache.size - bytes, unaligned = bytes - 1, bad = 0;
  for (unsigned l = 0; l < 32; ++l)
    bad |= uint64_t(addresses[l] - base > limit) | (addresses[l] & unaligned);
  return bad == 0;
}
} // namespace

uint32_t checkGlobal(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                     unsigned bytes, Access access) {
  MemCache &cache = w.worker->caches[i.mem];
  if (allInside(cache, mask, addresses, bytes))
    return mask;
  const DeviceMemory &memory = *w.worker->launch->memory;
  uint32_t ok = 0;
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    uint64_t address = addresses[lane];
    bool good = (address & (bytes - 1)) == 0, isReadOnly = false;
    if (good && !inside(address, bytes, cache.base, cache.size)) {
      int64_t index = memory.find(address);
      good = index >= 0 && memory.allocation(index).isLive &&
             inside(address, bytes, memory.allocation(index).base, memory.allocation(index).bytes);
      if (good && access != Access::Load && memory.allocation(index).isReadOnly) {
        isReadOnly = true;
        good = false;
      }
      if (good) {
        flushCounts(*w.worker, cache);
        cache.base = memory.allocation(index).base;
        cache.size = memory.allocation(index).bytes;
        cache.allocation = uint32_t(index);
      }
    }
    if (good)
      ok |= 1u << lane;
    else
      reportGlobal(w, i, lane, address, bytes, access, isReadOnly);
  }
  return ok;
}

uint32_t checkShared(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                     unsigned bytes, Access access, Cta *other) {
  MemCache &cache = w.worker->caches[i.mem];
  const Cta &owner = other != nullptr ? *other : *w.cta;
  if (cache.base >> kRankShift == owner.rank && allInside(cache, mask, addresses, bytes))
    return mask;
  uint32_t ok = 0;
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    uint64_t address = addresses[lane];
    bool aligned = (address & (bytes - 1)) == 0;
    bool isOwners = address >> kRankShift == owner.rank;
    if (aligned && isOwners && !inside(address, bytes, cache.base, cache.size))
      for (const SharedVariable &variable : w.worker->launch->shared)
        if (inside(address - owner.sharedBase, bytes, variable.offset, variable.bytes)) {
          cache.base = owner.sharedBase + variable.offset;
          cache.size = variable.bytes;
        }
    if (aligned && isOwners && inside(address, bytes, cache.base, cache.size))
      ok |= 1u << lane;
    else
      reportShared(w, i, lane, address, bytes, access, owner);
  }
  return ok;
}

namespace {
void reportFrame(WarpContext &w, const Inst &i, unsigned lane, uint64_t address, unsigned bytes,
                 Access access, const char *space, uint64_t size) {
  const char *kind = (address & (bytes - 1)) != 0 ? "misaligned" : "out-of-bounds";
  if (w.worker->findings.countAgain("mem", kind, i.id, 0, w.cta->linear))
    return;
  Finding finding = makeFinding(w, i, lane, "mem", kind);
  setAccess(finding, access);
  finding.address = address;
  finding.message = std::string(space) + " " + verb(access) + " of " + std::to_string(bytes) +
                    " bytes at offset " + hex(address) + " of " + std::to_string(size) + " bytes";
  report(w, i, std::move(finding));
}

// One lane of a local or parameter access. Returns null after reporting.
uint8_t *resolveFrame(WarpContext &w, const Inst &i, unsigned lane, uint64_t offset, unsigned bytes,
                      Access access, bool isLocal) {
  const Launch &launch = *w.worker->launch;
  uint64_t size = isLocal ? w.kernel->localBytes : launch.params.size();
  // Locals start at 16, so that a null pointer is outside.
  uint64_t least = isLocal ? 16 : 0;
  bool good = offset >= least && inside(offset, bytes, 0, size) && (offset & (bytes - 1)) == 0 &&
              (isLocal || access == Access::Load);
  if (!good) {
    reportFrame(w, i, lane, offset, bytes, access, isLocal ? "local" : "parameter", size);
    return nullptr;
  }
  return isLocal ? w.local + lane * size + offset
                 : const_cast<uint8_t *>(launch.params.data()) + offset;
}

void reportNoOwner(WarpContext &w, const Inst &i, unsigned lane, uint64_t address, unsigned bytes,
                   Access access) {
  if (w.worker->findings.countAgain("mem", "out-of-bounds", i.id, 0, w.cta->linear))
    return;
  Finding finding = makeFinding(w, i, lane, "mem", "out-of-bounds");
  setAccess(finding, access);
  finding.address = address;
  finding.message = "shared " + std::string(verb(access)) + " of " + std::to_string(bytes) +
                    " bytes at " + hex(address) + ", which belongs to no block of the cluster of " +
                    std::to_string(w.cta->cluster->ctas.size());
  report(w, i, std::move(finding));
}

// The windows of the CTAs of the cluster: which CTA of the cluster owns each address. Returns the
// lanes whose access may happen.
uint32_t resolveShared(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                       unsigned bytes, Access access, uint8_t **host) {
  uint32_t ok = 0;
  while (mask != 0) {
    uint64_t rank = addresses[__builtin_ctz(mask)] >> kRankShift;
    uint32_t same = 0;
    for (uint32_t m = mask; m != 0; m &= m - 1)
      same |= addresses[__builtin_ctz(m)] >> kRankShift == rank ? m & (0 - m) : 0;
    mask &= ~same;
    unsigned first = unsigned(__builtin_ctz(same));
    Cta *owner = ownerOf(w, addresses[first]);
    if (owner == nullptr) {
      reportNoOwner(w, i, first, addresses[first], bytes, access);
      continue;
    }
    if (owner->liveThreads == 0) {
      reportExited(w, i, first, addresses[first], *owner);
      continue;
    }
    uint32_t good = checkShared(w, i, same, addresses, bytes, access, owner);
    for (uint32_t m = good; m != 0; m &= m - 1)
      host[__builtin_ctz(m)] = owner->shared + (addresses[__builtin_ctz(m)] - owner->sharedBase);
    observeShared(w, i, good, addresses, bytes, access, false, owner);
    ok |= good;
  }
  return ok;
}
} // namespace

void reportExited(WarpContext &w, const Inst &i, unsigned lane, uint64_t address,
                  const Cta &owner) {
  if (w.worker->findings.countAgain("mem", "exited-block", i.id, 0, w.cta->linear))
    return;
  Finding finding = makeFinding(w, i, lane, "mem", "exited-block");
  finding.address = address;
  finding.message = "access to shared memory of block (" + std::to_string(owner.id[0]) + "," +
                    std::to_string(owner.id[1]) + "," + std::to_string(owner.id[2]) + "), rank " +
                    std::to_string(owner.rank) + " of the cluster, which has exited";
  report(w, i, std::move(finding));
}

uint32_t resolveAddresses(WarpContext &w, const Inst &i, uint32_t mask, const uint64_t *addresses,
                          unsigned bytes, Access access, uint8_t **host) {
  Space space = static_cast<Space>(i.space);
  uint32_t globals = 0, shareds = 0, ok = 0, locals = 0;
  bool isOwn = true; // the window of the own CTA alone
  uint64_t offsets[32] = {};
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    uint64_t address = addresses[lane];
    Space own = space;
    if (space == Space::Generic) {
      uint64_t window = address >> 56 << 56;
      own = window == kSharedWindow  ? Space::SharedCluster
            : window == kLocalWindow ? Space::Local
            : window == kParamWindow ? Space::Param
                                     : Space::Global;
      address = own == Space::Global ? address : address - window;
    }
    offsets[lane] = address;
    if (own == Space::Global || own == Space::Const) {
      globals |= 1u << lane;
    } else if (own == Space::Local || own == Space::Param) {
      host[lane] = resolveFrame(w, i, lane, address, bytes, access, own == Space::Local);
      locals += own == Space::Local;
      ok |= host[lane] != nullptr ? 1u << lane : 0;
    } else {
      shareds |= 1u << lane;
      isOwn &= own == Space::Shared;
    }
  }
  if (locals != 0) {
    MemCounters &local = access == Access::Load ? w.worker->localLoad : w.worker->localStore;
    local.requests += 1;
    local.lanes += locals;
    local.bytes += uint64_t(locals) * bytes;
  }
  if (globals != 0) {
    uint32_t good = checkGlobal(w, i, globals, offsets, bytes, access);
    for (uint32_t m = good; m != 0; m &= m - 1)
      host[__builtin_ctz(m)] = reinterpret_cast<uint8_t *>(offsets[__builtin_ctz(m)]);
    if (good != 0)
      observeGlobal(w, i, good, offsets, bytes, access, false);
    ok |= good;
  }
  if (shareds != 0 && !isOwn)
    return ok | resolveShared(w, i, shareds, offsets, bytes, access, host);
  if (shareds != 0) {
    uint32_t good = checkShared(w, i, shareds, offsets, bytes, access);
    for (uint32_t m = good; m != 0; m &= m - 1)
      host[__builtin_ctz(m)] = w.shared + offsets[__builtin_ctz(m)];
    observeShared(w, i, good, offsets, bytes, access, false);
    ok |= good;
  }
  return ok;
}

} // namespace azulejo::sim
