// This file implements setmaxnreg. The simulator gives every warp all registers that it names; what
// is checked is whether a GPU could.
#include "exec/Handlers.h"
#include "exec/Worker.h"

#include <algorithm>

namespace azulejo::sim {

namespace {
constexpr uint32_t kRegisters = 65536; // of a multiprocessor, and of a block at the most
constexpr uint32_t kMostPerThread = 255, kLeastPerThread = 24;
constexpr uint32_t kUnit = 8;     // registers of a thread are given in such units
constexpr size_t kGroupWarps = 4; // of a warpgroup

void reportRegisters(WarpContext &w, const Inst &i, const std::string &message) {
  if (!(w.worker->checks & kCheckSync))
    return;
  Finding finding = makeFinding(w, i, 0, "sync", "setmaxnreg");
  finding.message = message;
  report(w, i, std::move(finding));
}

uint64_t threadsOf(const WarpContext &w) { return 32 * uint64_t(w.cta->warps.size()); }

// Most registers of a thread where `blocks` of `threads` share a multiprocessor.
uint32_t fairShare(uint64_t blocks, uint64_t threads) {
  return uint32_t(
      std::min<uint64_t>(kMostPerThread, kRegisters / (blocks * threads) / kUnit * kUnit));
}

// Registers of a thread at the start of a kernel that moves them: as ptxas takes it from .maxnreg,
// or from .minnctapersm with .maxntid or .reqntid. 0: from neither.
uint32_t registersAtEntry(const Kernel &kernel) {
  const ptx::Function &function = *kernel.function;
  if (function.maxRegisters != 0)
    return std::min(std::max(function.maxRegisters, kLeastPerThread), kMostPerThread);
  const uint32_t *block =
      kernel.requiredThreads[0] != 0 ? kernel.requiredThreads : kernel.maxThreads;
  uint64_t threads = (uint64_t(block[0]) * block[1] * block[2] + 31) / 32 * 32;
  if (function.minCtas == 0 || threads == 0)
    return 0;
  return fairShare(function.minCtas, threads);
}

// What the block was started with; 0: not known.
uint64_t registersOfBlock(const WarpContext &w) {
  uint64_t entry = registersAtEntry(*w.kernel);
  return (entry + kUnit - 1) / kUnit * kUnit * threadsOf(w);
}

// What a thread has.
struct Held {
  uint32_t count;
  bool isExact; // else it is the most that the launch can have given it
};
Held heldBefore(const WarpContext &w) {
  if (!w.registerSets.empty())
    return {uint32_t(w.kernel->code[w.registerSets.back()].imm), true};
  if (uint32_t entry = registersAtEntry(*w.kernel))
    return {entry, true};
  return {fairShare(1, threadsOf(w)), false};
}

// As many blocks as the kernel promises must find registers.
void checkEntry(WarpContext &w, const Inst &i) {
  uint64_t block = registersOfBlock(w), blocks = std::max(w.kernel->function->minCtas, 1u);
  if (block * blocks > kRegisters)
    reportRegisters(w, i,
                    std::to_string(blocks) + " blocks of " + std::to_string(threadsOf(w)) +
                        " threads with " + std::to_string(registersAtEntry(*w.kernel)) +
                        " registers each need " + std::to_string(block * blocks) +
                        ", a multiprocessor has " + std::to_string(kRegisters));
}

// The warps of a warpgroup execute the same setmaxnreg, one after the other.
void checkWarpgroup(WarpContext &w, const Inst &i, uint32_t place) {
  size_t first = w.index / kGroupWarps * kGroupWarps;
  size_t end = std::min(first + kGroupWarps, w.cta->warps.size());
  for (size_t other = first; other < end; ++other) {
    const std::vector<uint32_t> &sets = w.cta->warps[other].registerSets;
    size_t turn = w.registerSets.size();
    if (turn < sets.size() && sets[turn] != place)
      return reportRegisters(w, i,
                             "the warps of a warpgroup must execute the same setmaxnreg; warp " +
                                 std::to_string(other) + " executed another one");
  }
}

// Once every warp has said what it needs, the block must have that much: an increase waits for what
// other warps of the block give back.
void checkTotal(WarpContext &w, const Inst &i) {
  uint64_t total = 0, block = registersOfBlock(w);
  for (const WarpContext &other : w.cta->warps) {
    if (other.registerSets.empty())
      return;
    total += 32 * uint64_t(w.kernel->code[other.registerSets.back()].imm);
  }
  if (total <= (block != 0 ? block : kRegisters))
    return;
  reportRegisters(w, i,
                  "the warps of the block ask for " + std::to_string(total) +
                      " registers, a block " +
                      (block != 0 ? "of this kernel is started with " + std::to_string(block)
                                  : "has " + std::to_string(kRegisters) + " at the most"));
}
} // namespace

void setMaxRegisters(WarpContext &w, const Inst &i, uint32_t mask) {
  if (mask != w.live)
    return reportRegisters(w, i,
                           "setmaxnreg is executed by a part of the warp; all threads must "
                           "execute it together");
  uint32_t place = uint32_t(&i - w.kernel->code.data());
  Held held = heldBefore(w);
  bool isIncrease = i.sub != 0;
  if (w.registerSets.empty())
    checkEntry(w, i);
  if (!isIncrease && i.imm > int64_t(held.count))
    reportRegisters(w, i,
                    "setmaxnreg.dec takes no more registers than the thread has, " +
                        std::to_string(held.count) + (held.isExact ? "" : " at the most") +
                        ", got " + std::to_string(i.imm));
  if (isIncrease && held.isExact && i.imm < int64_t(held.count))
    reportRegisters(w, i,
                    "setmaxnreg.inc takes no fewer registers than the thread has, " +
                        std::to_string(held.count) + ", got " + std::to_string(i.imm));
  checkWarpgroup(w, i, place);
  w.registerSets.push_back(place);
  checkTotal(w, i);
}

void finishRegisters(WarpContext &w) {
  for (const WarpContext &other : w.cta->warps) {
    const WarpContext &first = w.cta->warps[other.index / kGroupWarps * kGroupWarps];
    const WarpContext &more = other.registerSets.size() > first.registerSets.size() ? other : first;
    if (other.registerSets.size() == first.registerSets.size())
      continue;
    const Inst &i = w.kernel->code[more.registerSets.back()];
    return reportRegisters(w, i,
                           "setmaxnreg must be executed by all warps of the warpgroup; warps " +
                               std::to_string(first.index) + " and " + std::to_string(other.index) +
                               " differ");
  }
}

} // namespace azulejo::sim
