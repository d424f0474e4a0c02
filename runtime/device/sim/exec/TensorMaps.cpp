// This file implements the instructions that change tensor maps: single fields, the copy of a map
// from shared to global memory, and the fences of their proxy.
#include "check/ChangedMaps.h"
#include "check/SwizzleMarks.h"
#include "exec/AsyncState.h"
#include "exec/Handlers.h"

#include <cstring>

namespace azulejo::sim {

namespace {
constexpr uint32_t kMapBytes = 128, kMapAlignment = 64;

// A map in global memory, or in shared memory of the own CTA.
struct MapPlace {
  uint64_t address = 0; // or the offset in the shared window
  bool isGlobal = false;
  uint8_t *bytes = nullptr, *marks = nullptr; // marks: check init
};

bool checksRaces(const WarpContext &w) { return (w.worker->checks & kCheckRace) != 0; }

bool failPlace(WarpContext &w, const Inst &i, unsigned lane, const char *kind,
               const std::string &message) {
  failCta(w, i, lane, "mem", kind, message);
  return false;
}

bool isInShared(const Launch &launch, uint32_t offset) {
  for (const SharedVariable &variable : launch.shared)
    if (variable.bytes >= kMapBytes && offset >= variable.offset &&
        offset - variable.offset <= variable.bytes - kMapBytes)
      return true;
  return false;
}

bool findGlobal(WarpContext &w, const Inst &i, unsigned lane, bool isWritten, MapPlace &place) {
  DeviceMemory &memory = *w.worker->launch->memory;
  if (!memory.contains(place.address, kMapBytes))
    return failPlace(w, i, lane, "out-of-bounds",
                     "the 128 bytes of the tensor map are not inside an allocation");
  if (isWritten && memory.allocation(memory.find(place.address)).isReadOnly)
    return failPlace(w, i, lane, "read-only", "a tensor map in constant memory is changed");
  place.bytes = reinterpret_cast<uint8_t *>(place.address);
  place.marks = memory.initShadow(place.address);
  return true;
}

bool findShared(WarpContext &w, const Inst &i, unsigned lane, MapPlace &place) {
  Cta *owner = ownerOf(w, place.address);
  uint32_t offset = windowOffset(place.address);
  if (owner != w.cta || !isInShared(*w.worker->launch, offset))
    return failPlace(w, i, lane, "out-of-bounds",
                     "the 128 bytes of the tensor map are not inside a shared variable of the "
                     "block");
  place.address = offset;
  place.bytes = owner->shared + offset;
  if (w.worker->checks & kCheckInit)
    place.marks = owner->sharedInit.data() + offset;
  return true;
}

// Returns false after reporting.
bool findPlace(WarpContext &w, const Inst &i, unsigned lane, uint64_t address, Space space,
               bool isWritten, MapPlace &place) {
  uint64_t window = space == Space::Generic ? address >> 56 << 56 : 0;
  place.isGlobal = space == Space::Global || (space == Space::Generic && window == 0);
  place.address = address - window;
  if (!place.isGlobal && space == Space::Generic && window != kSharedWindow)
    return failPlace(w, i, lane, "out-of-bounds",
                     "a tensor map that is changed lies in global or shared memory");
  if (place.address % kMapAlignment != 0)
    return failPlace(w, i, lane, "misaligned",
                     "a tensor map's address must be a multiple of 64, got " +
                         std::to_string(place.address));
  return place.isGlobal ? findGlobal(w, i, lane, isWritten, place) : findShared(w, i, lane, place);
}

void observe(WarpContext &w, const Inst &i, unsigned lane, const MapPlace &place, bool isRead,
             bool isWritten) {
  bool checksInit = w.worker->checks & kCheckInit;
  if (isRead && checksInit && std::memchr(place.marks, 0, kMapBytes) != nullptr)
    reportUninitialised(w, i, lane, place.address, kMapBytes, place.isGlobal);
  if (checksRaces(w))
    raceRange(w, i, place.address, kMapBytes, isWritten, place.isGlobal ? nullptr : w.cta);
  if (place.isGlobal && isRead)
    countBulk(*w.worker, place.address, kMapBytes, false);
  if (place.isGlobal && isWritten)
    countBulk(*w.worker, place.address, kMapBytes, true);
}

FenceScope scopeOf(const Inst &i) { return static_cast<FenceScope>(i.n); }
} // namespace

void replaceMapField(WarpContext &w, const Inst &i, uint32_t mask) {
  for (uint32_t m = mask; m != 0 && !w.cta->failed; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    uint64_t address = (i.flags & kMapWide) ? w.reg<uint64_t>(i.a)[lane] + uint64_t(i.imm)
                                            : w.reg<uint32_t>(i.a)[lane] + uint32_t(i.imm);
    uint64_t value =
        (i.flags & kMapWideValue) ? w.reg<uint64_t>(i.b)[lane] : w.reg<uint32_t>(i.b)[lane];
    MapPlace place;
    if (!findPlace(w, i, lane, address, static_cast<Space>(i.space), true, place))
      return;
    observe(w, i, lane, place, true, true);
    std::string why;
    if (!async::replaceField(place.bytes, static_cast<async::MapField>(i.sub), i.n, value, &why))
      return failCta(w, i, lane, "mem", "tensor-map", why);
    if (place.isGlobal && checksRaces(w))
      noteMapChange(w, place.address, nullptr);
  }
}

void copyMap(WarpContext &w, const Inst &i, uint32_t mask) {
  if (!isWholeWarp(w, i, mask, "tensormap.cp_fenceproxy"))
    return;
  const uint64_t *targets = w.reg<uint64_t>(i.a);
  for (unsigned lane = 0; lane < 32 && !w.cta->failed; ++lane) {
    uint64_t source =
        (i.flags & kMapWide) ? w.reg<uint64_t>(i.b)[lane] : w.reg<uint32_t>(i.b)[lane];
    // The lanes of the warp copy the same map, as a rule.
    bool isAgain = lane != 0 && targets[lane] == targets[lane - 1] &&
                   source == ((i.flags & kMapWide) ? w.reg<uint64_t>(i.b)[lane - 1]
                                                   : w.reg<uint32_t>(i.b)[lane - 1]);
    if (isAgain)
      continue;
    MapPlace from, to;
    if (!findPlace(w, i, lane, source + uint64_t(int64_t(int32_t(i.ops[0]))), Space::Shared, false,
                   from) ||
        !findPlace(w, i, lane, targets[lane] + uint64_t(i.imm), Space::Global, true, to))
      return;
    observe(w, i, lane, from, true, false);
    observe(w, i, lane, to, false, true);
    std::memcpy(to.bytes, from.bytes, kMapBytes);
    if (w.worker->checks & kCheckInit)
      copyMarks(to.marks, from.marks, kMapBytes, kMarkWritten);
    FenceScope scope = scopeOf(i);
    if (checksRaces(w))
      noteMapChange(w, to.address, &scope);
  }
}

void mapFence(WarpContext &w, const Inst &i, uint32_t mask) {
  if (!checksRaces(w))
    return;
  if (i.sub == 0)
    return releaseMaps(w, scopeOf(i));
  for (uint32_t m = mask; m != 0; m &= m - 1)
    acquireMap(w, w.reg<uint64_t>(i.a)[__builtin_ctz(m)] + uint64_t(i.imm), scopeOf(i));
}

} // namespace azulejo::sim
