// This file implements wgmma.mma_async and its groups.
#include "check/SwizzleMarks.h"
#include "exec/AsyncState.h"
#include "exec/Handlers.h"

#include "device/sim/tc/Wgmma.h"

#include <algorithm>
#include <cstring>

namespace azulejo::sim {

namespace {
// Calls fn(address) for every 16-byte chunk of the operand that lies in shared memory.
template <typename Function>
void forChunks(WarpContext &w, const tc::SharedOperand &operand, Function &&fn) {
  tc::forEachChunk(operand, [&](uint32_t address) {
    if (!w.cta->failed && uint64_t(address) + 16 <= w.worker->launch->sharedEnd)
      fn(address);
  });
}

struct Descriptors {
  tc::MatrixDescriptor a = {}, b = {};
};

// Of a swizzled B that runs along k an atom has to hold all of k: no offset leads to another.
bool holdsAllOfK(const tc::WgmmaOp &op, const tc::MatrixDescriptor &b, std::string &why) {
  if (!op.form.isSparse || op.form.bMnMajor || b.swizzle != async::Swizzle::B32)
    return true;
  why = "a sparse wgmma reads 64 bytes along k of b, more than its swizzle of 32 bytes holds";
  return false;
}

bool decodeDescriptors(const PendingWgmma &pending, Descriptors &out, std::string &why) {
  const tc::WgmmaOp &op = *static_cast<const tc::WgmmaOp *>(pending.inst->data);
  return (op.form.aInRegisters || tc::decodeWgmmaDescriptor(pending.descriptorA, &out.a, &why)) &&
         tc::decodeWgmmaDescriptor(pending.descriptorB, &out.b, &why) &&
         holdsAllOfK(op, out.b, why);
}

// Calls fn(address, descriptor) for every chunk that the warp's part of the operation reads.
template <typename Function>
void forOperands(WarpContext &w, const PendingWgmma &pending, const Descriptors &at,
                 Function &&fn) {
  const tc::WgmmaOp &op = *static_cast<const tc::WgmmaOp *>(pending.inst->data);
  if (!op.form.aInRegisters)
    forChunks(w, tc::wgmmaOperandA(op, at.a, int(w.index % 4)),
              [&](uint32_t address) { fn(address, at.a); });
  forChunks(w, tc::wgmmaOperandB(op, at.b), [&](uint32_t address) { fn(address, at.b); });
}

// Tells the race check what the operation of that number will read.
void bookReads(WarpContext &w, const PendingWgmma &pending, uint64_t number) {
  Descriptors at;
  std::string why;
  if (!(w.worker->checks & kCheckRace) || !decodeDescriptors(pending, at, why))
    return;
  forOperands(w, pending, at, [&](uint32_t address, const tc::MatrixDescriptor &) {
    raceWgmmaReads(w, *pending.inst, number, address, 16);
  });
}

void checkWritten(WarpContext &w, const PendingWgmma &pending, const Descriptors &at) {
  if (!(w.worker->checks & kCheckInit))
    return;
  forOperands(w, pending, at, [&](uint32_t address, const tc::MatrixDescriptor &descriptor) {
    if (std::memchr(w.cta->sharedInit.data() + address, 0, 16) != nullptr)
      reportUninitialised(w, *pending.inst, 0, address, 16, false);
    checkPlacement(w, *pending.inst, 0, *w.cta, descriptor, address);
  });
}

void performWgmma(WarpContext &w, const PendingWgmma &pending) {
  const Inst &i = *pending.inst;
  const tc::WgmmaOp &op = *static_cast<const tc::WgmmaOp *>(i.data);
  Descriptors at;
  std::string why;
  if (!decodeDescriptors(pending, at, why))
    return failCta(w, i, 0, "mem", "descriptor", why);
  tc::SharedView view = {w.cta->shared, w.worker->launch->sharedEnd};
  tc::SharedFault fault = {};
  tc::WgmmaB matrix;
  uint32_t *d[128];
  const uint32_t *registers[4] = {pending.a[0], pending.a[1], pending.a[2], pending.a[3]};
  for (int r = 0; r < op.dRegisters; ++r)
    d[r] = w.reg<uint32_t>(i.ops[r]);
  if (!matrix.read(op, view, at.b, &fault) ||
      !tc::wgmmaWarp(op, matrix, view, at.a, registers, int(w.index % 4), pending.scaleD,
                     {pending.metadata, i.sub}, d, &fault))
    return failCta(w, i, 0, "mem", "out-of-bounds",
                   "wgmma reads " + std::to_string(fault.bytes) + " bytes at shared address " +
                       std::to_string(fault.address) + ", outside of shared memory");
  checkWritten(w, pending, at);
  // A warp reads its own rows of A; B is one for the four.
  if (!op.form.aInRegisters)
    countOperand(*w.worker, tc::wgmmaOperandA(op, at.a, int(w.index % 4)), false);
  if (w.index % 4 == 0)
    countOperand(*w.worker, tc::wgmmaOperandB(op, at.b), false);
  countMacs(*w.worker, unsigned(op.form.a), 16ull * unsigned(op.form.n) * unsigned(op.dot.k));
}

// The four warps of the warp's group. Null after reporting where there are less.
WarpContext *warpgroupOf(WarpContext &w, const Inst &i) {
  size_t first = w.index & ~3u;
  if (first + 4 <= w.cta->warps.size())
    return &w.cta->warps[first];
  failCta(w, i, 0, "sync", "partial-warpgroup",
          "wgmma needs a warpgroup of four warps; the block ends after warp " +
              std::to_string(w.cta->warps.size() - 1));
  return nullptr;
}
} // namespace

void observeOperand(WarpContext &w, const Inst &i, unsigned lane, Cta &owner,
                    const tc::SharedOperand &operand) {
  if (!(w.worker->checks & (kCheckRace | kCheckInit)))
    return;
  forChunks(w, operand, [&](uint32_t address) {
    if (w.worker->checks & kCheckRace)
      raceTensorReads(w, i, lane, owner, address, 16);
    if ((w.worker->checks & kCheckInit) &&
        std::memchr(owner.sharedInit.data() + address, 0, 16) != nullptr)
      reportUninitialised(w, i, lane, address, 16, false);
    if (w.worker->checks & kCheckInit)
      checkPlacement(w, i, lane, owner, operand.descriptor, address);
  });
}

// 32 banks give 4 bytes a wavefront each, whatever reads them.
void countOperand(Worker &worker, const tc::SharedOperand &operand, bool mayBeKept) {
  constexpr uint64_t kChunkBytes = 16, kWavefrontBytes = 128;
  uint64_t bytes = tc::chunkCount(operand) * kChunkBytes;
  uint64_t wavefronts = mayBeKept ? 0 : (bytes + kWavefrontBytes - 1) / kWavefrontBytes;
  worker.tensorOperands.requests += 1;
  worker.tensorOperands.bytes += bytes;
  worker.tensorOperands.units += wavefronts;
  worker.tensorOperands.ideal += wavefronts;
}

namespace {
// Performs the groups of that warpgroup below `count`, in their order, for all of its warps.
void performGroups(WarpContext *group, uint64_t count) {
  for (WarpContext *v = group; v != group + 4; ++v) {
    WarpAsync &async = asyncOf(*v);
    async.wgmma.wait(size_t(async.committedWgmma() - count), [&](PendingWgmma &pending) {
      if (!v->cta->failed)
        performWgmma(*v, pending);
    });
  }
}

// In random order, what all four warps have committed may be done at any time.
void performSome(WarpContext &w) {
  size_t first = w.index & ~3u;
  if (w.worker->launch->asyncMode != kRandom || first + 4 > w.cta->warps.size())
    return;
  WarpContext *group = &w.cta->warps[first];
  uint64_t committed = asyncOf(w).committedWgmma();
  uint64_t done = committed - asyncOf(w).wgmma.committedGroups();
  for (WarpContext *v = group; v != group + 4; ++v)
    committed = std::min(committed, asyncOf(*v).committedWgmma());
  performGroups(group, done + drawRandom(w) % (committed - done + 1));
}
} // namespace

void wgmmaFence(WarpContext &w, const Inst &, uint32_t) {
  ++asyncOf(w).fences;
  performSome(w);
}

void wgmmaIssue(WarpContext &w, const Inst &i, uint32_t mask) {
  if (mask != 0xffffffffu)
    return failCta(
        w, i, 0, "sync", "partial-warp",
        "wgmma is executed by a part of the warp; all 32 lanes must execute it together");
  if (warpgroupOf(w, i) == nullptr)
    return;
  const tc::WgmmaOp &op = *static_cast<const tc::WgmmaOp *>(i.data);
  PendingWgmma pending;
  pending.inst = &i;
  const uint32_t *rest = i.ops + op.dRegisters;
  if (op.form.aInRegisters)
    for (int r = 0; r < 4; ++r)
      std::memcpy(pending.a[r], w.reg<uint32_t>(rest[r]), 128);
  else
    pending.descriptorA = w.reg<uint64_t>(rest[0])[0];
  pending.descriptorB = w.reg<uint64_t>(i.b)[0];
  if (op.form.isSparse) {
    std::memcpy(pending.metadata, w.reg<uint32_t>(rest[op.form.aInRegisters ? 4 : 1]), 128);
    if (!isMetadataValid(w, i, op.sparse, {pending.metadata, i.sub}))
      return;
  }
  pending.scaleD = (w.pred(uint32_t(i.imm)) & 1) != 0;
  WarpAsync &async = asyncOf(w);
  if (!w.kernel->wgmmaUses.empty())
    checkWgmmaRegisters(w, i);
  bookReads(w, pending, async.wgmmaIssued++);
  if (w.worker->launch->asyncMode == kEager)
    performWgmma(w, pending);
  else
    async.wgmma.issue(pending);
  performSome(w);
}

void wgmmaCommit(WarpContext &w, const Inst &, uint32_t) {
  WarpAsync &async = asyncOf(w);
  async.wgmma.commit();
  async.wgmmaEnds.push_back(async.wgmmaIssued);
  ++w.cta->progress;
  performSome(w);
}

// An operation is one of the whole warpgroup: it is done when all four warps have issued it, and
// then for all of them. A warp that learns of its end may have its operands overwritten.
void wgmmaWait(WarpContext &w, const Inst &i, uint32_t) {
  WarpContext *group = warpgroupOf(w, i);
  if (group == nullptr)
    return;
  WarpAsync &own = asyncOf(w);
  performSome(w);
  uint64_t committed = own.committedWgmma();
  uint64_t wanted = committed - std::min<uint64_t>(committed, uint64_t(i.imm));
  if (wanted <= own.wgmmaWaited)
    return;
  for (WarpContext *v = group; v != group + 4; ++v) {
    if (asyncOf(*v).committedWgmma() >= wanted)
      continue;
    w.waitFailed = true;
    if (v->live == 0)
      failCta(w, i, 0, "sync", "partial-warpgroup",
              "warp " + std::to_string(v->index) +
                  " of the warpgroup has ended without the wgmma that this warp waits for");
    return;
  }
  performGroups(group, wanted);
  uint64_t operations = own.wgmmaEnds[size_t(wanted - own.wgmmaWaited) - 1];
  own.wgmmaEnds.erase(own.wgmmaEnds.begin(),
                      own.wgmmaEnds.begin() + long(wanted - own.wgmmaWaited));
  own.wgmmaWaited = wanted;
  if (w.worker->checks & kCheckRace)
    raceWgmmaWaited(w, operations);
}

} // namespace azulejo::sim
