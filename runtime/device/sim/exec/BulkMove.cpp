// This file moves the bytes of bulk copies: rows, boxes of tensor maps, words, and reductions.
#include "check/SwizzleMarks.h"
#include "exec/AsyncState.h"
#include "exec/LaunchControl.h"

#include <cstring>

namespace azulejo::sim {

void failCopy(const BulkCopy &copy, const char *check, const char *kind,
              const std::string &message) {
  Finding finding = makeFinding(*copy.warp, *copy.inst, copy.lane, check, kind);
  finding.message = message;
  report(*copy.warp, *copy.inst, std::move(finding));
  for (const auto &cta : copy.warp->cta->cluster->ctas)
    cta->failed = true;
}

namespace {
// Calls fn(window offset, run) for the pieces of a copy between global and shared memory.
template <typename Function> void forPieces(const BulkCopy &copy, Function &&fn) {
  if (copy.form->rank == 0) {
    fn(copy.shared, async::BoxRun{0, copy.global, copy.bytes, true});
    return;
  }
  async::forEachPiece(copy.map, placeOf(copy), copy.shared, fn);
}

Worker &workerOf(const BulkCopy &copy) { return *copy.warp->worker; }

bool checkGlobalRange(const BulkCopy &copy, uint64_t address, uint32_t bytes) {
  const DeviceMemory &memory = *workerOf(copy).launch->memory;
  if (memory.contains(address, bytes))
    return true;
  int64_t index = memory.findBelow(address);
  failCopy(copy, "mem", "out-of-bounds",
           "bulk copy of " + std::to_string(bytes) + " bytes at global address " +
               std::to_string(address) + " is not inside an allocation" +
               (index >= 0 ? "; the nearest is '" + memory.allocation(index).name + "'" : ""));
  return false;
}

RaceLoad raceLoadOf(const BulkCopy &copy) {
  bool isGeneric = copy.form->kind == BulkKind::Cancel;
  return {copy.warp, copy.inst, copy.lane, copy.signalled, copy.mbarrier, isGeneric};
}

// A piece has come to shared memory.
void arrived(const BulkCopy &copy, uint32_t shared, uint32_t bytes) {
  if (workerOf(copy).checks & kCheckRace)
    raceLoadDone(raceLoadOf(copy), *copy.owner, shared, bytes);
}

bool loadPiece(const BulkCopy &copy, uint32_t shared, const async::BoxRun &run) {
  Worker &worker = workerOf(copy);
  uint8_t *to = copy.owner->shared + shared;
  bool marks = worker.checks & kCheckInit;
  uint8_t mark = copy.form->rank != 0 ? placedMark(copy.map) : kMarkWritten;
  if (!run.inside) {
    async::fillOutside(copy.map, to, run.bytes);
    if (marks)
      std::memset(copy.owner->sharedInit.data() + shared, mark, run.bytes);
  } else {
    if (!checkGlobalRange(copy, run.address, run.bytes))
      return false;
    DeviceMemory &memory = *worker.launch->memory;
    std::memcpy(to, reinterpret_cast<const void *>(run.address), run.bytes);
    countBulk(worker, run.address, run.bytes, false);
    if (marks)
      copyMarks(copy.owner->sharedInit.data() + shared, memory.initShadow(run.address), run.bytes,
                mark);
  }
  arrived(copy, shared, run.bytes);
  return true;
}

// Writes bytes to shared memory of the cluster, or combines them with what is there.
void putShared(const BulkCopy &copy, const uint8_t *from, const uint8_t *marks) {
  const BulkReduction &reduction = copy.form->reduction;
  uint8_t *to = copy.owner->shared + copy.shared;
  if (workerOf(copy).checks & kCheckInit) {
    uint8_t *toMarks = copy.owner->sharedInit.data() + copy.shared;
    if (reduction.isUsed && std::memchr(toMarks, 0, copy.bytes) != nullptr)
      reportUninitialised(*copy.warp, *copy.inst, copy.lane, copy.shared, copy.bytes, false);
    if (marks != nullptr)
      copyMarks(toMarks, marks, copy.bytes, kMarkWritten);
    else
      std::memset(toMarks, kMarkWritten, copy.bytes);
  }
  if (reduction.isUsed)
    reduceElements(reduction.op, copy.element, to, from, copy.bytes);
  else
    std::memcpy(to, from, copy.bytes);
  arrived(copy, copy.shared, copy.bytes);
}
} // namespace

// The race check books a copy when it is issued.
void bookLoad(const BulkCopy &copy) {
  WarpContext &w = *copy.warp;
  if (!(w.worker->checks & kCheckRace))
    return;
  if (copy.form->kind == BulkKind::ToCluster)
    raceLoadSharedSource(raceLoadOf(copy), copy.source, copy.bytes);
  if (copy.form->kind != BulkKind::Load) {
    bool combines = copy.form->kind == BulkKind::ToCluster && copy.form->reduction.isUsed;
    return raceLoadIssued(raceLoadOf(copy), *copy.owner, copy.shared, copy.bytes, combines);
  }
  const DeviceMemory &memory = *w.worker->launch->memory;
  forPieces(copy, [&](uint32_t shared, const async::BoxRun &run) {
    raceLoadIssued(raceLoadOf(copy), *copy.owner, shared, run.bytes, false);
    if (run.inside && memory.contains(run.address, run.bytes))
      raceLoadSource(raceLoadOf(copy), run.address, run.bytes);
  });
}

void bookStore(const BulkCopy &copy, uint32_t group) {
  WarpContext &w = *copy.warp;
  if (!(w.worker->checks & kCheckRace))
    return;
  const DeviceMemory &memory = *w.worker->launch->memory;
  forPieces(copy, [&](uint32_t shared, const async::BoxRun &run) {
    if (run.inside && memory.contains(run.address, run.bytes))
      raceStoreIssued(w, *copy.inst, copy.lane, shared, run.address, run.bytes, group,
                      copy.form->reduction.isUsed);
  });
}

bool moveLoad(const BulkCopy &copy) {
  if (copy.form->kind == BulkKind::Word || copy.form->kind == BulkKind::Cancel) {
    putShared(copy, copy.words, nullptr);
    if (copy.form->kind == BulkKind::Cancel)
      noteResponse(copy);
    return true;
  }
  if (copy.form->kind == BulkKind::ToCluster) {
    Cta &from = *copy.warp->cta;
    bool hasMarks = workerOf(copy).checks & kCheckInit;
    putShared(copy, from.shared + copy.source,
              hasMarks ? from.sharedInit.data() + copy.source : nullptr);
    return true;
  }
  bool ok = true;
  forPieces(copy, [&](uint32_t shared, const async::BoxRun &run) {
    ok = ok && loadPiece(copy, shared, run);
  });
  return ok;
}

void readSource(BulkCopy &copy) {
  copy.isRead = true;
  copy.data.resize(copy.bytes);
  bool hasMarks = workerOf(copy).checks & kCheckInit;
  copy.marks.resize(hasMarks ? copy.bytes : 0);
  forPieces(copy, [&](uint32_t shared, const async::BoxRun &run) {
    if (!run.inside)
      return;
    std::memcpy(copy.data.data() + run.offset, copy.owner->shared + shared, run.bytes);
    if (hasMarks)
      copyMarks(copy.marks.data() + run.offset, copy.owner->sharedInit.data() + shared, run.bytes,
                kMarkWritten);
  });
}

bool observeTarget(BulkCopy &copy) {
  bool ok = true;
  DeviceMemory &memory = *workerOf(copy).launch->memory;
  bool reads = copy.form->reduction.isUsed, checksInit = workerOf(copy).checks & kCheckInit;
  forPieces(copy, [&](uint32_t, const async::BoxRun &run) {
    if (!run.inside || !ok)
      return;
    ok = checkGlobalRange(copy, run.address, run.bytes);
    if (!ok)
      return;
    countBulk(workerOf(copy), run.address, run.bytes, true);
    if (reads)
      countBulk(workerOf(copy), run.address, run.bytes, false);
    if (reads && checksInit && std::memchr(memory.initShadow(run.address), 0, run.bytes) != nullptr)
      reportUninitialised(*copy.warp, *copy.inst, copy.lane, run.address, run.bytes, true);
  });
  return ok;
}

void writeBytes(const BulkCopy &copy) {
  const BulkReduction &reduction = copy.form->reduction;
  DeviceMemory &memory = *workerOf(copy).launch->memory;
  forPieces(copy, [&](uint32_t, const async::BoxRun &run) {
    if (!run.inside)
      return;
    uint8_t *to = reinterpret_cast<uint8_t *>(run.address);
    if (reduction.isUsed)
      reduceElements(reduction.op, copy.element, to, copy.data.data() + run.offset, run.bytes);
    else
      std::memcpy(to, copy.data.data() + run.offset, run.bytes);
    if (!copy.marks.empty())
      std::memcpy(memory.initShadow(run.address), copy.marks.data() + run.offset, run.bytes);
  });
}

void writeTarget(BulkCopy &copy) {
  if (!copy.isRead)
    readSource(copy);
  if (observeTarget(copy))
    writeBytes(copy);
}

} // namespace azulejo::sim
