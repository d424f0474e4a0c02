// This file implements bulk copies: of rows of bytes, and of boxes of tensor maps.
#include "exec/AsyncState.h"
#include "exec/Handlers.h"

#include <algorithm>
#include <cstring>

namespace azulejo::sim {

namespace {
void fail(const BulkCopy &copy, const char *kind, const std::string &message) {
  Finding finding = makeFinding(*copy.warp, *copy.inst, copy.lane, "mem", kind);
  finding.message = message;
  report(*copy.warp, *copy.inst, std::move(finding));
  copy.warp->cta->failed = true;
}

bool checkSharedRange(const BulkCopy &copy, uint32_t alignment) {
  if (copy.shared % alignment != 0) {
    fail(copy, "misaligned",
         "bulk copy at shared address " + std::to_string(copy.shared) +
             ", which is not a multiple of " + std::to_string(alignment));
    return false;
  }
  for (const SharedVariable &variable : copy.warp->worker->launch->shared)
    if (copy.shared >= variable.offset && copy.bytes <= variable.bytes &&
        copy.shared - variable.offset <= variable.bytes - copy.bytes)
      return true;
  fail(copy, "out-of-bounds",
       "bulk copy of " + std::to_string(copy.bytes) + " bytes at shared address " +
           std::to_string(copy.shared) + " is not inside a shared variable");
  return false;
}

// Moves one contiguous piece. `isLoad`: to shared memory.
bool movePiece(const BulkCopy &copy, uint32_t shared, uint64_t global, uint32_t bytes,
               bool isLoad) {
  WarpContext &w = *copy.warp;
  DeviceMemory &memory = *w.worker->launch->memory;
  if (!memory.contains(global, bytes)) {
    int64_t index = memory.findBelow(global);
    fail(copy, "out-of-bounds",
         "bulk copy of " + std::to_string(bytes) + " bytes at global address " +
             std::to_string(global) + " is not inside an allocation" +
             (index >= 0 ? "; the nearest is '" + memory.allocation(index).name + "'" : ""));
    return false;
  }
  uint8_t *host = w.cta->shared + shared, *device = reinterpret_cast<uint8_t *>(global);
  std::memcpy(isLoad ? host : device, isLoad ? device : host, bytes);
  countBulk(*w.worker, global, bytes, !isLoad);
  if (w.worker->checks & kCheckInit) {
    uint8_t *sharedMarks = w.cta->sharedInit.data() + shared,
            *globalMarks = memory.initShadow(global);
    std::memcpy(isLoad ? sharedMarks : globalMarks, isLoad ? globalMarks : sharedMarks, bytes);
  }
  return true;
}

void fillPiece(const BulkCopy &copy, uint32_t shared, uint32_t bytes) {
  WarpContext &w = *copy.warp;
  async::fillOutside(copy.map, w.cta->shared + shared, bytes);
  if (w.worker->checks & kCheckInit)
    std::memset(w.cta->sharedInit.data() + shared, 1, bytes);
}

// Calls fn(shared, run) for every contiguous piece.
template <typename Function> void forEachPiece(const BulkCopy &copy, Function &&fn) {
  if (copy.isTensor)
    return async::forEachPiece(copy.map, copy.coordinates, nullptr, copy.shared, fn);
  fn(copy.shared, async::BoxRun{0, copy.global, copy.bytes, true});
}

RaceLoad raceLoadOf(const BulkCopy &copy) {
  return {copy.warp, copy.inst, copy.lane, copy.warp->cta, copy.mbarrier};
}

// Tells the race check of all that the copy will access.
void bookCopy(const BulkCopy &copy, bool isLoad, uint32_t group) {
  WarpContext &w = *copy.warp;
  if (!(w.worker->checks & kCheckRace))
    return;
  const DeviceMemory &memory = *w.worker->launch->memory;
  forEachPiece(copy, [&](uint32_t shared, const async::BoxRun &piece) {
    if (isLoad)
      raceLoadIssued(raceLoadOf(copy), *w.cta, shared, piece.bytes);
    if (!piece.inside || !memory.contains(piece.address, piece.bytes))
      return;
    if (isLoad)
      raceLoadSource(raceLoadOf(copy), piece.address, piece.bytes);
    else
      raceStoreIssued(w, *copy.inst, copy.lane, shared, piece.address, piece.bytes, group);
  });
}

void performCopy(const BulkCopy &copy, bool isLoad) {
  bool ok = true;
  bool checksRaces = isLoad && (copy.warp->worker->checks & kCheckRace);
  forEachPiece(copy, [&](uint32_t shared, const async::BoxRun &piece) {
    if (!ok)
      return;
    if (piece.inside)
      ok = movePiece(copy, shared, piece.address, piece.bytes, isLoad);
    else if (isLoad)
      fillPiece(copy, shared, piece.bytes);
    if (checksRaces)
      raceLoadDone(raceLoadOf(copy), *copy.warp->cta, shared, piece.bytes);
  });
  if (ok && isLoad)
    completeBytes(*copy.warp, *copy.inst, copy.lane, copy.mbarrier, copy.bytes);
}

// The 128 bytes of a tensor map, in parameters or in global memory. Null after reporting.
const uint8_t *findMap(const BulkCopy &copy, uint64_t address) {
  const Launch &launch = *copy.warp->worker->launch;
  uint64_t window = address >> 56 << 56, offset = address - window;
  if (window == kParamWindow && offset + 128 <= launch.params.size())
    return launch.params.data() + offset;
  if (window == 0 && launch.memory->contains(address, 128))
    return reinterpret_cast<const uint8_t *>(address);
  return nullptr;
}

uint64_t readAddress(WarpContext &w, uint32_t slot, bool isWide, unsigned lane) {
  return isWide ? w.reg<uint64_t>(slot)[lane] : w.reg<uint32_t>(slot)[lane];
}

// Inst::ops of a bulk copy: shared address, global address or map, size, mbarrier, coordinates; and
// for each address its offset.
bool makeCopy(WarpContext &w, const Inst &i, unsigned lane, BulkCopy &copy) {
  constexpr uint32_t kOffset = (1u << kRankShift) - 1;
  copy.warp = &w;
  copy.inst = &i;
  copy.lane = lane;
  copy.isTensor = i.n != 0;
  copy.shared = uint32_t(readAddress(w, i.ops[0], i.flags & 1, lane) + i.ops[1]) & kOffset;
  uint64_t global = readAddress(w, i.ops[2], true, lane) + uint64_t(int64_t(int32_t(i.ops[3])));
  if (i.ops[5] != 0)
    copy.mbarrier = uint32_t(readAddress(w, i.ops[5], i.flags & 2, lane) + i.ops[6]) & kOffset;
  if (!copy.isTensor) {
    copy.global = global;
    copy.bytes = w.reg<uint32_t>(i.ops[4])[lane];
    if (copy.bytes % 16 != 0 || copy.global % 16 != 0) {
      fail(copy, "misaligned",
           "a bulk copy needs addresses and sizes that are multiples of 16, got " +
               std::to_string(copy.bytes) + " bytes");
      return false;
    }
    return checkSharedRange(copy, 16);
  }
  const uint8_t *bytes = findMap(copy, global);
  std::string why = "the address of the tensor map is not readable";
  if (bytes == nullptr || !async::decodeTensorMap(bytes, &copy.map, &why)) {
    fail(copy, "tensor-map", why);
    return false;
  }
  if (copy.map.rank != i.n || copy.map.kind != async::TensorMapKind::Tiled) {
    fail(copy, "tensor-map",
         "the instruction copies " + std::to_string(i.n) + " dimensions, the tensor map has " +
             std::to_string(copy.map.rank));
    return false;
  }
  for (unsigned d = 0; d < i.n; ++d)
    copy.coordinates[d] = w.reg<int32_t>(i.ops[7 + d])[lane];
  copy.bytes = async::boxBytes(copy.map);
  return checkSharedRange(copy, 128);
}
} // namespace

void performLoads(Cta &cta, uint32_t mbarrier) {
  std::vector<BulkCopy> &loads = asyncOf(cta).loads;
  for (size_t l = 0; l < loads.size();) {
    if (loads[l].mbarrier != mbarrier) {
      ++l;
      continue;
    }
    BulkCopy copy = loads[l];
    loads.erase(loads.begin() + long(l));
    performCopy(copy, true);
  }
}

void bulkLoad(WarpContext &w, const Inst &i, uint32_t mask) {
  for (uint32_t m = mask; m != 0 && !w.cta->failed; m &= m - 1) {
    BulkCopy copy;
    if (!makeCopy(w, i, unsigned(__builtin_ctz(m)), copy))
      return;
    w.worker->asyncBytes += copy.bytes;
    bookCopy(copy, true, 0);
    bool isEager = w.worker->launch->asyncMode == 1 ||
                   (w.worker->launch->asyncMode == 2 && (drawRandom(w) & 1) != 0);
    if (isEager)
      performCopy(copy, true);
    else
      asyncOf(*w.cta).loads.push_back(copy);
  }
}

// A store reads shared memory when its group is waited for, at the latest.
void bulkStore(WarpContext &w, const Inst &i, uint32_t mask) {
  for (uint32_t m = mask; m != 0 && !w.cta->failed; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    BulkCopy copy;
    if (!makeCopy(w, i, lane, copy))
      return;
    w.worker->asyncBytes += copy.bytes;
    bookCopy(copy, false, asyncOf(w).committedStores[lane]);
    if (w.worker->launch->asyncMode == 1) {
      performCopy(copy, false);
      continue;
    }
    auto &groups = asyncOf(w).stores[lane];
    if (groups == nullptr)
      groups = std::make_unique<async::Groups<BulkCopy>>();
    groups->issue(copy);
  }
}

void bulkCommit(WarpContext &w, const Inst &, uint32_t mask) {
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    WarpAsync &async = asyncOf(w);
    ++async.committedStores[__builtin_ctz(m)];
    if (auto &groups = async.stores[__builtin_ctz(m)]; groups != nullptr)
      groups->commit();
  }
}

// wait_group.read guarantees that the sources have been read: here the whole copy is done with it.
void bulkWait(WarpContext &w, const Inst &i, uint32_t mask) {
  WarpAsync &async = asyncOf(w);
  for (uint32_t m = mask; m != 0; m &= m - 1) {
    uint32_t committed = async.committedStores[__builtin_ctz(m)];
    if (w.worker->checks & kCheckRace)
      raceStoreWaited(w, committed - std::min(committed, uint32_t(i.imm)), i.sub != 0);
    if (auto &groups = async.stores[__builtin_ctz(m)]; groups != nullptr)
      groups->wait(size_t(i.imm), [](BulkCopy &copy) { performCopy(copy, false); });
  }
}

// The kernel's end completes what was committed.
void finishStores(WarpContext &w) {
  if (w.async == nullptr)
    return;
  for (auto &groups : w.async->stores)
    if (groups != nullptr)
      groups->waitAll([](BulkCopy &copy) { performCopy(copy, false); });
}

} // namespace azulejo::sim
