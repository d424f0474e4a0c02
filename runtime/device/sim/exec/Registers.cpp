// This file implements setmaxnreg. The simulator gives every warp all registers that it names; what
// is checked is whether a GPU could.
#include "exec/Handlers.h"
#include "exec/Worker.h"

#include <algorithm>

namespace azulejo::sim {

namespace {
constexpr uint32_t kRegisters = 65536; // of a multiprocessor, and of a block at the most
constexpr uint32_t kMostPerThread = 255;
constexpr size_t kGroupWarps = 4; // of a warpgroup

void reportRegisters(WarpContext &w, const Inst &i, const std::string &message) {
  if (!(w.worker->checks & kCheckSync))
    return;
  Finding finding = makeFinding(w, i, 0, "sync", "setmaxnreg");
  finding.message = message;
  report(w, i, std::move(finding));
}

// What a thread may have had before: what it set last, or what the launch can have given it.
uint32_t mostBefore(const WarpContext &w) {
  if (!w.registerSets.empty())
    return uint32_t(w.kernel->code[w.registerSets.back()].imm);
  uint32_t warps = uint32_t(w.cta->warps.size());
  return std::min(kMostPerThread, kRegisters / (32 * warps) / 8 * 8);
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

// Once every warp has said what it needs, the block must have that much.
void checkTotal(WarpContext &w, const Inst &i) {
  uint64_t total = 0;
  for (const WarpContext &other : w.cta->warps) {
    if (other.registerSets.empty())
      return;
    total += 32 * uint64_t(w.kernel->code[other.registerSets.back()].imm);
  }
  if (total > kRegisters)
    reportRegisters(w, i,
                    "the warps of the block ask for " + std::to_string(total) +
                        " registers, a block has " + std::to_string(kRegisters) + " at the most");
}
} // namespace

void setMaxRegisters(WarpContext &w, const Inst &i, uint32_t mask) {
  if (mask != w.live)
    return reportRegisters(w, i,
                           "setmaxnreg is executed by a part of the warp; all threads must "
                           "execute it together");
  uint32_t place = uint32_t(&i - w.kernel->code.data()), before = mostBefore(w);
  bool isFirst = w.registerSets.empty(), isIncrease = i.sub != 0;
  if (!isIncrease && i.imm > int64_t(before))
    reportRegisters(w, i,
                    "setmaxnreg.dec takes no more registers than the thread has, " +
                        std::to_string(before) + (isFirst ? " at the most" : "") + ", got " +
                        std::to_string(i.imm));
  if (isIncrease && !isFirst && i.imm < int64_t(before))
    reportRegisters(w, i,
                    "setmaxnreg.inc takes no fewer registers than the thread has, " +
                        std::to_string(before) + ", got " + std::to_string(i.imm));
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
